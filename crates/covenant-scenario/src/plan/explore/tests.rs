//! What is said about the sections before anything is explored.

use std::sync::Arc;

use super::*;
use crate::{
    expr::{Action, ActorId, TokenId},
    plan::{
        Plan, TimeSpec,
        tests::{fine, planned, says},
    },
    world::{Asset, Party},
};

const TOKENS: &str =
    "tokens: { usd: { like: blocklisting }, eur: { like: pausing, mint: { alice: 5 } } }\n";

fn explored(body: &str) -> Arc<Plan> {
    match planned(body) {
        Ok(scenario) => Arc::clone(&scenario.plans[0]),
        Err(wrong) => panic!("{wrong}"),
    }
}

fn section(plan: &Plan) -> &ExplorePlan {
    plan.explore.as_deref().expect("there is something to explore")
}

/// What is said about a section, given as the lines under `explore:`.
#[track_caller]
fn section_says(lines: &str, findings: &[&str]) {
    says(&format!("{TOKENS}explore:\n{lines}"), findings);
}

#[test]
fn without_the_sections_there_is_nothing_to_explore() {
    assert!(explored("ensures: [now >= start]\n").explore.is_none());
    let plan = explored("explore: {}\n");
    let section = section(&plan);
    assert_eq!(
        section.limits,
        Limits { states: 1_000_000, seconds: 600, memory: 8 << 30, repeats: 2, callbacks: 1 }
    );
    assert_eq!((section.delay, section.movers.len(), section.dust.len()), (12, 0, 0));
    assert!(section.horizon.is_none() && section.outsiders.is_none());
    let idle = planned("explore: {}\n").expect("it is valid").warnings();
    assert!(!idle.iter().any(|warning| warning.message.contains("nothing happens")), "{idle:?}");
}

#[test]
fn everything_that_can_be_said_is_in_the_plan() {
    let plan = explored(&format!(
        "{TOKENS}explore:
  actors:
    alice: free
    bob:
      - usd.transfer(alice, 1)
      - {{ call: \"transfer(alice, 1 gwei)\" }}
      - call: usd.approve
        args: {{ spender: alice, value: 2 }}
        gas_limit: 50_000
    outsiders: {{ purse: 2 ether }}
  claims:
    alice: {{ ether: balance(alice), usd: 5 }}
    bob: {{ eur: \"usd.balanceOf(bob)\" }}
  assume:
    - usd can block bob
    - eur can pause
    - usd.setBlocked(alice, true)
  horizon: 400 days
  limits: {{ states: 5_000, seconds: 1 minutes, memory: 512 MiB, repeats: 3, callbacks: 2 }}
  delay: 2 minutes
  dust: {{ usd: 2 }}
  values: {{ value: [0, 1 ether], to: alice }}
"
    ));
    let section = section(&plan);
    assert!(matches!(section.movers[0], Mover { actor: ActorId(0), moves: Moves::Free, .. }));
    let Moves::Exactly(moves) = &section.movers[1].moves else { panic!("bob's calls are listed") };
    assert!(matches!(moves[0].action, Action::Call { .. }) && moves[0].gas_limit.is_none());
    assert!(matches!(moves[1].action, Action::Transfer { .. }));
    assert_eq!((&*moves[2].text, moves[2].gas_limit.is_some()), ("usd.approve", true));
    assert_eq!(moves[2].site.path, "explore.actors.bob[2]");
    assert!(section.outsiders.is_some());
    let claims: Vec<_> = section.claims.iter().map(|claim| (claim.actor.0, claim.asset)).collect();
    let token = |id| Asset::Token(TokenId(id));
    assert_eq!(claims, [(0, Asset::Ether), (0, token(0)), (1, token(1))]);
    assert_eq!(&*section.claims[2].text, "usd.balanceOf(bob)");
    let assumed: Vec<_> =
        section.assume.iter().map(|assumption| (assumption.kind, assumption.acts.len())).collect();
    let bob = Party::Actor(ActorId(1));
    let block = AssumptionKind::TokenCanBlock { token: TokenId(0), party: bob };
    let pause = AssumptionKind::TokenCanPause { token: TokenId(1) };
    assert_eq!(assumed, [(block, 2), (pause, 2), (AssumptionKind::Call, 1)]);
    let acts = section.assume.iter().flat_map(|assumption| &assumption.acts);
    let acts: Vec<&str> = acts.map(|act| &*act.text).collect();
    let block = ["usd.setBlocked(bob, true)", "usd.setBlocked(bob, false)"];
    let pause = ["eur.setPaused(true)", "eur.setPaused(false)"];
    assert_eq!(acts, [&block[..], &pause, &["usd.setBlocked(alice, true)"]].concat());
    assert!(matches!(section.horizon, Some(Horizon::Span(TimeSpec::Seconds(_)))));
    assert_eq!(
        section.limits,
        Limits { states: 5_000, seconds: 60, memory: 512 << 20, repeats: 3, callbacks: 2 }
    );
    assert_eq!(section.delay, 120);
    assert_eq!(section.dust.iter().map(|dust| dust.asset).collect::<Vec<_>>(), [token(0)]);
    let values: Vec<_> =
        section.values.iter().map(|(name, values)| (&**name, values.len())).collect();
    assert_eq!(values, [("value", 2), ("to", 1)]);
}

#[test]
fn properties_become_what_they_say() {
    let plan = explored(&format!(
        "{TOKENS}rules: [{{ rule: gift, when: now > start, then: [{{ alice: \"transfer(bob, 1)\" }}] }}]
explore:
  actors: {{ alice: free }}
  claims: {{ alice: {{ ether: 1 }} }}
  honest: {{ alice: [\"transfer(bob, 1)\"] }}
properties:
  - conservation
  - no  trapped   funds
  - exit(alice) alone
  - exit( alice ) within 1 months
  - ends
  - reaction(alice)
  - reaction(alice) at least 2 days
  - exit gas <= 2_000_000
  - exit gas <21_000
  - no unattributed loss
  - incentives
  - order
  - rules
  - only(bob, alice, usd.transfer)
  - always: enabled(alice, usd.transfer(bob, 0)) && now >= start
  - never: balance(alice) < 0
  - reachable: now > start + 1 days
  - after: usd.transfer(_, 5)
    then: change(usd, bob) == 5 || change(alice) != -1
  - after: usd.transfer
    then: succeeded || now > start
"
    ));
    let properties = &section(&plan).properties;
    let text: Vec<&str> = properties.iter().map(|property| &*property.text).collect();
    assert_eq!(text[1], "no trapped funds");
    assert_eq!(text[14], "always: enabled(alice, usd.transfer(bob, 0)) && now >= start");
    assert_eq!(text[18], "after: usd.transfer, then: succeeded || now > start");
    assert_eq!(properties[17].site.path, "properties[17]");
    let kinds: Vec<&PropertyKind> = properties.iter().map(|property| &property.kind).collect();
    let alice = ActorId(0);
    assert!(matches!(kinds[0], PropertyKind::Conservation));
    assert!(matches!(kinds[1], PropertyKind::NoTrappedFunds));
    assert!(matches!(kinds[2], PropertyKind::ExitAlone(who) if *who == alice));
    assert!(
        matches!(kinds[3], PropertyKind::ExitWithin(who, TimeSpec::Months { anchor: None, months: 1, .. }) if *who == alice)
    );
    assert!(matches!(kinds[4], PropertyKind::Ends));
    assert!(matches!(kinds[5], PropertyKind::ReactionWindow { at_least: None, .. }));
    assert!(matches!(kinds[6], PropertyKind::ReactionWindow { at_least: Some(_), .. }));
    assert!(matches!(kinds[7], PropertyKind::ExitGas { cap: 2_000_000 }));
    assert!(matches!(kinds[8], PropertyKind::ExitGas { cap: 20_999 }));
    assert!(matches!(kinds[9], PropertyKind::NoUnattributedLoss));
    assert!(matches!(kinds[10], PropertyKind::Incentives));
    assert!(matches!(kinds[11], PropertyKind::Order));
    assert!(matches!(kinds[12], PropertyKind::Rules));
    let PropertyKind::Only { actors, functions, .. } = kinds[13] else { panic!("{:?}", kinds[13]) };
    assert_eq!((actors.as_slice(), functions.len()), ([ActorId(1), alice].as_slice(), 1));
    assert!(matches!(kinds[14], PropertyKind::Always(_)));
    assert!(matches!(kinds[15], PropertyKind::Never(_)));
    assert!(matches!(kinds[16], PropertyKind::Reachable(_)));
    let PropertyKind::After { call, attempts: false, .. } = kinds[17] else {
        panic!("{:?}", kinds[17])
    };
    let args: Vec<bool> = call.args.iter().flatten().map(Option::is_some).collect();
    assert_eq!(args, [false, true]);
    let PropertyKind::After { call, attempts: true, .. } = kinds[18] else {
        panic!("{:?}", kinds[18])
    };
    assert!(call.args.is_none());
}

#[test]
fn a_horizon_is_a_span_or_an_instant() {
    let horizon = |text: &str| {
        let plan = explored(&format!("explore: {{ horizon: {text} }}\n"));
        section(&plan).horizon.clone().expect("it was given")
    };
    assert!(matches!(horizon("400 days"), Horizon::Span(TimeSpec::Seconds(_))));
    assert!(matches!(horizon("100 years"), Horizon::Span(TimeSpec::Months { .. })));
    assert!(matches!(horizon("2027-01-01"), Horizon::Instant(TimeSpec::Date(_))));
    assert!(matches!(horizon("start + 400 days"), Horizon::Instant(TimeSpec::Seconds(_))));
    assert!(matches!(horizon("start + 3 months"), Horizon::Instant(TimeSpec::Months { .. })));
    section_says(
        "  horizon: 2025-01-01\n",
        &["5:12: the horizon lies before where the exploration begins"],
    );
    section_says(
        "  horizon: 0 days\n",
        &["the horizon has to lie ahead (write a span as `400 days`"],
    );
    section_says("  horizon: some day\n", &["5:17: `day` is not expected here"]);
    says(
        "steps:\n  - wait: 10 days\nexplore: { horizon: start + 5 days }\n",
        &["5:21: the horizon lies before where the exploration begins"],
    );
}

#[test]
fn movers_are_actors_who_are_free_or_have_calls() {
    section_says(
        "  actors: { alice: fre }\n",
        &["`fre` does not say how this actor acts (did you mean `free`?)"],
    );
    section_says(
        "  actors: { alice: \"usd.transfer(bob, 1)\" }\n",
        &["(calls are listed: `- usd.transfer(bob, 1)`, on a line of its own)"],
    );
    section_says(
        "  actors: { alcie: free }\n",
        &["no actor is named `alcie` (did you mean `alice`?)"],
    );
    section_says(
        "  actors: [alice]\n",
        &["a mapping of actors, each with `free` or a list of calls, belongs here"],
    );
    section_says(
        "  actors:\n    alice: [{ call: usd.approve, args: [bob, 1], value: 1 ether }]\n",
        &["`usd.approve` is not payable, so no value can be sent with it"],
    );
    section_says("  actors: { alice: [usd.trasfer] }\n", &["did you mean `usd.transfer`?"]);
    section_says("  actors: { outsiders: free }\n", &["`outsiders` is written as a mapping"]);
    section_says("  actors: { outsiders: { purse: now > 1 } }\n", &["bool"]);
    section_says("  actors: { outsiders: { purse: { usd: now > 1 } } }\n", &["bool"]);
    let strange = &["no token is named `us` (did you mean `usd`?)"];
    section_says("  actors: { outsiders: { purse: { us: 1 } } }\n", strange);
}

#[test]
fn strangers_have_ether_or_what_is_said_of_each_asset() {
    let purse = |said: &str| {
        let actors = format!("explore: {{ actors: {{ outsiders: {{ purse: {said} }} }} }}\n");
        let plan = explored(&format!("{TOKENS}{actors}"));
        let outsiders = section(&plan).outsiders.as_ref().unwrap();
        outsiders.purse.iter().map(|(asset, _)| *asset).collect::<Vec<_>>()
    };
    assert_eq!(purse("5 wei"), [Asset::Ether]);
    assert_eq!(purse("{ usd: 5 }"), [Asset::Token(TokenId(0))]);
    assert_eq!(purse("{ eur: 5, ether: 2 ether }"), [Asset::Token(TokenId(1)), Asset::Ether]);
}

#[test]
fn claims_say_whose_and_of_what() {
    section_says(
        "  claims: { alice: 5 }\n",
        &[
            "of what is this `alice`'s? there are tokens here (write `alice: { usd: \"5\" }`, or `ether:` for ETH)",
        ],
    );
    section_says(
        "  claims: { alice: { us: 5 } }\n",
        &["no token is named `us` (did you mean `usd`?)"],
    );
    section_says("  claims: { alice: { ethr: 5 } }\n", &["(did you mean `ether`?)"]);
    section_says("  claims: { alice: { usd: now == 1 } }\n", &["bool"]);
    section_says("  claims: { usd: { usd: 1 } }\n", &["`usd` is not an actor"]);
    fine("explore: { claims: { alice: balance(alice) } }\n");
}

#[test]
fn numbers_are_known_and_in_range() {
    section_says(
        "  limits: { states: 0 }\n",
        &["with a limit of 0 nothing is explored (leave it out for 1_000_000)"],
    );
    for memory in ["8 GB", "8", "0 GiB", "x KiB", "99999999999 TiB"] {
        section_says(
            &format!("  limits: {{ memory: {memory} }}\n"),
            &["is not an amount of memory (write a whole number"],
        );
    }
    section_says("  limits: { seconds: now }\n", &["expected a number from 0"]);
    section_says("  delay: soon\n", &["`soon` is not known here"]);
    section_says(
        "  dust: balance(alice)\n",
        &["expected an amount that is known before anything runs"],
    );
    section_says("  dust: { usd: -1 }\n", &["-1 is negative, which uint256 cannot be"]);
    let plan = explored(&format!("{TOKENS}explore: {{ dust: 2 }}\n"));
    assert_eq!(section(&plan).dust.len(), 3, "so much of ETH and of each token");
}

#[test]
fn values_are_for_arguments_that_exist() {
    section_says(
        "  values: { amuont: [1] }\n",
        &["no call takes an argument `amuont` (did you mean `amount`?)"],
    );
    section_says("  values: { to: [5] }\n", &["5:18: this must be address, not a number"]);
    section_says("  values: { value: [-1] }\n", &["-1 is negative, which uint256 cannot be"]);
    section_says(
        "  values: { blocked: [\"true\", 1] }\n",
        &["5:31: this must be bool, not a number"],
    );
}

#[test]
fn assumptions_are_about_what_tokens_can() {
    section_says(
        "  assume: [eur can block alice]\n",
        &["5:12: `eur` is a token that cannot block (declare it as `eur: { like: blocklisting }`)"],
    );
    section_says("  assume: [usd can pause]\n", &["`usd` is a token that cannot pause"]);
    section_says(
        "  assume: [usd can blok alice]\n",
        &["5:20: nothing is known that can `blok` (did you mean `block`?)"],
    );
    section_says("  assume: [us can pause]\n", &["no token is named `us` (did you mean `usd`?)"]);
    section_says(
        "  assume: [usd can block alcie]\n",
        &["no actor or contract is named `alcie` (did you mean `alice`?)"],
    );
    section_says(
        "  assume: [it rains]\n",
        &["`it rains` is no assumption (write `usd can block seller`"],
    );
    section_says("  assume: [usd.total()]\n", &["`BlocklistingToken` has no `total`"]);
    let plan = explored(
        "tokens: { usd: { like: blocklisting } }\nexplore: { assume: token can block usd }\n",
    );
    let party = Party::Token(TokenId(0));
    let kind = AssumptionKind::TokenCanBlock { token: TokenId(0), party };
    assert_eq!(section(&plan).assume[0].kind, kind, "the only token is `token`");
    section_says(
        "  assume: [token can pause]\n",
        &["no token is named `token` (name one of usd, eur)"],
    );
}

#[track_caller]
fn property_says(property: &str, findings: &[&str]) {
    let head = "explore: { actors: { alice: free }, claims: { alice: { ether: 1 } } }\n";
    says(&format!("{TOKENS}{head}properties:\n  - {property}\n"), findings);
}

#[test]
fn words_that_are_no_property_are_explained() {
    property_says(
        "conservatoin",
        &["6:5: `conservatoin` is no property (did you mean `conservation`?)"],
    );
    property_says("no traped funds", &["(did you mean `no trapped funds`?)"]);
    property_says("exit(alice)", &["alone, or within some time? (write `exit(buyer) alone`"]);
    property_says("exit(alice) together", &["6:17: `together` does not say what is meant"]);
    property_says(
        "exit(alcie) alone",
        &["6:10: no actor is named `alcie` (did you mean `alice`?)"],
    );
    property_says("exit() alone", &["`exit` is about one actor"]);
    property_says("exit(alice) within", &["within what time?"]);
    property_says("exit(alice) within 2027-01-01", &["expected a span of time, found an instant"]);
    property_says(
        "exit alice alone",
        &["(write `exit(buyer) alone` or `exit(buyer) within 30 days`)"],
    );
    property_says("reaction(alice) of 2 days", &["(write `reaction(buyer)` or"]);
    property_says("exit gas", &["how much gas at most?"]);
    property_says("\"exit gas > 5\"", &["this does not say how much gas at most"]);
    property_says("exit gas <=", &["the amount of gas is missing"]);
    property_says("exit gas <= lots", &["`lots` is not known here"]);
    property_says("only(alice)", &["`only` needs who may call a function, and which"]);
    property_says("only(alice, usd.transfr)", &["did you mean `usd.transfer`?"]);
    property_says("only(alice, usd.transfer(bob, 1))", &["(write `usd.transfer`)"]);
    property_says("only(usd, usd.transfer)", &["`usd` is not an actor"]);
    property_says(
        "only(alice, usd.balanceOf)",
        &["`usd.balanceOf` only reads, so anyone can call it"],
    );
    property_says("now > start", &["(a condition says when it holds: `always: now > start`"]);
    property_says(
        "peace on earth",
        &["(the properties in words are conservation, no trapped funds,"],
    );
}

#[test]
fn a_property_needs_what_it_is_about() {
    let head = "explore: { actors: { alice: free } }\nproperties:\n  - ";
    says(&format!("{head}no trapped funds\n"), &["`no trapped funds` needs to know what is whose"]);
    says(&format!("{head}exit(alice) alone\n"), &["what `alice` can get out is not known"]);
    says(
        &format!("{head}reaction(bob)\n"),
        &["`bob` never acts in this exploration (add `bob: free` under `explore.actors`)"],
    );
    says(&format!("{head}rules\n"), &["this scenario has no rules"]);
    let warned = |body: &str| planned(body).expect("it is valid").warnings();
    let twice = warned(&format!("{head}conservation\n  - conservation\n"));
    assert!(twice.iter().any(|warning| warning.message == "this property is here twice"));
    let nobody = warned("properties: conservation\n");
    assert!(nobody.iter().any(|warning| warning.message.starts_with("nobody acts")), "{nobody:?}");
}

#[test]
fn questions_about_calls_stand_where_they_have_an_answer() {
    property_says(
        "always: change(alice) == 0",
        &["6:13: `change` asks about a call, and none is looked at here"],
    );
    property_says(
        "never: succeeded",
        &["`succeeded` asks about a call, and none is looked at here"],
    );
    property_says(
        "always: enabled(usd, usd.transfer(bob, 1))",
        &["`usd` is no actor, who could call"],
    );
    property_says("always: enabled(alice, usd)", &["`usd` is not an action"]);
    property_says("always: enabled(alice)", &["write `enabled(actor, call)`"]);
    property_says(
        "always: \"enabled(alice, usd.approve{value: 1}(bob, 1))\"",
        &["`usd.approve` is not payable"],
    );
    property_says(
        "after: usd.transfer(_, 5)\n    then: change() == 0",
        &["write `change(account)` or `change(token, account)`"],
    );
    property_says("after: usd.transfer(_)\n    then: now > 0", &["`usd.transfer`"]);
    property_says("after: usd\n    then: now > 0", &["`usd` is not a function of a contract"]);
    says(
        "let: { a: \"enabled(alice, transfer(bob, 1))\" }\nensures: [a]\n",
        &["`enabled` asks about a state, so it cannot be a value"],
    );
    fine("ensures:\n  - enabled(alice, transfer(bob, 1))\n");
    fine("steps:\n  - check: enabled(alice, transfer(bob, 1))\n");
    for name in ["enabled", "change", "succeeded"] {
        let wrong = format!("`{name}` is a built-in name");
        says(&format!("let: {{ {name}: 1 }}\n"), &[&wrong]);
    }
}

#[test]
fn a_property_of_shapes_says_one_thing() {
    property_says(
        "{ always: now > 0, never: now > 0 }",
        &["a property says one thing, and this one has `always` and `never`"],
    );
    property_says("{ then: now > 0 }", &["`then` needs the key `after` next to it"]);
    property_says(
        "{ always: now > 0, then: now > 0 }",
        &["`then` goes with `after`, not with `always`"],
    );
    property_says("{ after: usd.transfer }", &["`after` needs the key `then` next to it"]);
    property_says(
        "{ alwas: now > 0 }",
        &["a property has no key `alwas` (did you mean `always`?)"],
    );
}

#[test]
fn cases_inherit_add_and_replace() {
    let body = "explore: { actors: { alice: free } }
properties: conservation
cases:
  plain: {}
  more: { properties: [order], explore: { actors: { bob: free }, claims: { bob: 1 } } }
";
    let scenario = planned(body).expect("it is valid");
    let [plain, more] = scenario.plans.as_slice() else { panic!("there are two cases") };
    let movers =
        |plan: &Plan| section(plan).movers.iter().map(|mover| mover.actor.0).collect::<Vec<_>>();
    assert_eq!((movers(plain), section(plain).properties.len()), (vec![0], 1));
    assert_eq!((movers(more), section(more).properties.len()), (vec![1], 2));
}
