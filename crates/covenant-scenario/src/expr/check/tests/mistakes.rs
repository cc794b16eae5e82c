use super::{
    fixture::{check, shown},
    wrong_values,
};
use crate::expr::{Type, types::IntSize};

/// Source; message, underlined text and hint of each error.
#[test]
fn every_mistake_is_named_and_placed() {
    let failures: Vec<String> = table()
        .iter()
        .filter_map(|(source, message, underlined, hint)| {
            let errors = match check(source, None) {
                Err(errors) => errors,
                Ok(checked) => return Some(format!("{source}\n  is {}", checked.ty)),
            };
            let found = shown(source, &errors);
            (found != [(*message, *underlined, *hint)]).then(|| format!("{source}\n  {found:#?}"))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

pub(super) type Row = (&'static str, &'static str, &'static str, Option<&'static str>);

fn table() -> Vec<Row> {
    let mut table = names();
    table.extend(calls());
    table.extend(wrong_values::values());
    table.extend(wrong_values::operators());
    table.extend(wrong_values::builtins());
    table
}

fn names() -> Vec<Row> {
    vec![
        ("tenat", "`tenat` is not known here", "tenat", Some("did you mean `tenant`?")),
        ("blance(tenant)", "`blance` is not known here", "blance", Some("did you mean `balance`?")),
        (
            "arrears(terms)",
            "`arrears` is not known here",
            "arrears",
            Some("did you mean `lease.arrears`?"),
        ),
        ("Leese.Status.Open", "`Leese` is not known here", "Leese", Some("did you mean `Lease`?")),
        ("xyzzy", "`xyzzy` is not known here", "xyzzy", None),
        (
            "msg.sender",
            "`msg` is not known here",
            "msg",
            Some("a scenario has no caller of its own; name the actor or the contract"),
        ),
        ("True", "`True` is not known here", "True", Some("did you mean `true`?")),
        (
            "lease.arears(terms)",
            "`Lease` has no `arears`",
            "arears",
            Some("did you mean `lease.arrears`?"),
        ),
        (
            "Lease.Statsu.Open",
            "`Lease` has no `Statsu`",
            "Statsu",
            Some("did you mean `Lease.Status`?"),
        ),
        (
            "Lease.Status.Opened",
            "`Lease.Status` has no member `Opened`",
            "Opened",
            Some("did you mean `Lease.Status.Open`?"),
        ),
        (
            "Mode.Reverse",
            "`Mode` has no member `Reverse`",
            "Reverse",
            Some("its members are Slow, Fast"),
        ),
        (
            "terms.rant",
            "`Lease.Terms` has no field `rant`",
            "rant",
            Some("did you mean `terms.rent`?"),
        ),
        (
            "last.reched",
            "`last` has no value named `reched`",
            "reched",
            Some("did you mean `last.reached`?"),
        ),
        (
            "last.other",
            "`last` has no value named `other`",
            "other",
            Some("its values are reached, done"),
        ),
        (
            "lease.pair().x",
            "`lease.pair()` has no value named `x`",
            "x",
            Some("its values have no names; use a number: `lease.pair()[0]`"),
        ),
        ("last[2]", "`last` has 2 values, counted from 0", "2", None),
        (
            "last[receipt]",
            "`last` is several values: choose one by a literal number or by name",
            "receipt",
            None,
        ),
        (
            "tenant.arrears(terms)",
            "`tenant` is an address of which no contract is known",
            "arrears",
            Some("say which contract lives there: `Lease(tenant).arrears`"),
        ),
        (
            "Lease.arrears(terms)",
            "`Lease` is a contract type: which contract should `arrears` be called on?",
            "Lease",
            Some("name a declared contract, or an address: `Lease(address).arrears(…)`"),
        ),
        (
            "Lease",
            "`Lease` is a contract type, not a contract",
            "Lease",
            Some("name a declared contract, or say which one: `Lease(address)`"),
        ),
        (
            "Lease.Terms",
            "`Lease.Terms` is a struct type",
            "Lease.Terms",
            Some("give its fields: `Lease.Terms({…})`"),
        ),
        (
            "Lease.Status",
            "`Lease.Status` is an enum type",
            "Lease.Status",
            Some("name a member: `Lease.Status.None`"),
        ),
        (
            "lease.count",
            "`lease.count` is a function",
            "lease.count",
            Some("call it: `lease.count(…)`"),
        ),
        (
            "lease.count == 1",
            "`lease.count` is a function",
            "lease.count",
            Some("call it: `lease.count(…)`"),
        ),
        (
            "lease.progress.reached",
            "`lease.progress` is a function, which has no `reached`",
            "reached",
            Some("call it first: `lease.progress(…).reached`"),
        ),
        ("balance", "`balance` is a function", "balance", Some("call it: `balance(…)`")),
        (
            "block",
            "`block` is not a value by itself",
            "block",
            Some("write `block.number`, `block.timestamp` or `block.basefee`"),
        ),
        (
            "block.coinbase",
            "`block` has no `coinbase`",
            "coinbase",
            Some("there is `block.number`, `block.timestamp`, `block.basefee`"),
        ),
        ("uint256", "`uint256` is a type", "uint256", None),
        (
            "lease.Signed",
            "`lease.Signed` is an event, which has no value",
            "Signed",
            Some("it can be expected with `emits`"),
        ),
        (
            "lease.Lease_NotDue",
            "`lease.Lease_NotDue` is an error, which has no value",
            "Lease_NotDue",
            Some("it can be expected with `reverts`"),
        ),
        (
            "Twin(tenant)",
            "`Twin` is declared in several files: `src/a/Twin.sol:Twin`, `src/b/Twin.sol:Twin`",
            "Twin",
            Some(
                "an expression cannot name a file: go through a declared contract, as in `lease.Terms`",
            ),
        ),
        (
            "foreign.State.Open",
            "`Foreign` has no `State`",
            "State",
            Some(
                "the types of `Foreign` are not in its artifact: set `ast = true` in foundry.toml and build again, or let Covenant compile the sources",
            ),
        ),
        (
            "_ == 1",
            "`_` matches anything, which only makes sense in `emits` and `reverts`",
            "_",
            None,
        ),
        ("receipt.x", "`receipt` is uint256, which has no `x`", "x", None),
        ("\"a\".length", "a string has no `length`", "length", Some("write `bytes(\"a\").length`")),
    ]
}

fn calls() -> Vec<Row> {
    vec![
        ("lease.arrears()", "`lease.arrears` takes 1 argument, not 0", "lease.arrears()", Some("it is `lease.arrears(Lease.Terms terms)`")),
        ("lease.count(1)", "`lease.count` takes 0 arguments, not 1", "lease.count(1)", Some("it is `lease.count()`")),
        ("lease.arrears(id)", "`terms` of `lease.arrears` must be Lease.Terms, not bytes32", "id", None),
        ("lease.arrears({term: terms})", "`lease.arrears` has no parameter `term`", "term", Some("did you mean `terms`?")),
        ("lease.progress({})", "`lease.progress` lacks `plan`", "lease.progress({})", Some("it is `lease.progress(uint256 plan)`")),
        ("lease.find({who: tenant, who: lease})", "`who` is given twice", "who", None),
        ("lease.small(300)", "`value` of `lease.small`: 300 does not fit uint8, which goes from 0 to 255", "300", None),
        ("lease.small(-1)", "`value` of `lease.small`: -1 is negative, which uint8 cannot be", "-1", None),
        ("lease.signed(2**63)", "", "", None),
        ("lease.small(tenant)", "`value` of `lease.small` must be uint8, not address", "tenant", None),
        ("usd.balanceOf(0)", "`account` of `usd.balanceOf` must be address, not a number", "0", Some("write `address(0)`")),
        ("lease.termsOf(1)", "`id` of `lease.termsOf` must be bytes32, not a number", "1", Some("convert it: `bytes32(1)`")),
        ("lease.tag(0xdead)", "`tag` of `lease.tag`: bytes4 is written with 8 hexadecimal digits, this has 4", "0xdead", None),
        ("lease.tag(\"abcde\")", "`tag` of `lease.tag`: 5 bytes do not fit bytes4", "\"abcde\"", None),
        ("lease.tag(id)", "`tag` of `lease.tag` must be bytes4, not bytes32", "id", Some("cut it: `bytes4(id)`")),
        ("lease.pick([1, -2], [0, 0])", "an element: -2 is negative, which uint40 cannot be", "-2", None),
        ("lease.find(5)", "the call of `lease.find` is ambiguous: `lease.find(uint8 index)`, `lease.find(uint256 index)` fit", "lease.find(5)", Some("choose by converting an argument, as in `uint256(1)`")),
        ("lease.find(flag)", "no `lease.find` takes these arguments", "lease.find(flag)", Some("there is `lease.find(uint8 index)`, `lease.find(uint256 index)`, `lease.find(address who)`")),
        ("lease.find(1, 2, 3)", "no `lease.find` takes this number of arguments", "lease.find(1, 2, 3)", Some("there is `lease.find(uint8 index)`, `lease.find(uint256 index)`, `lease.find(address who)`, `lease.find(address who, uint256 index)`")),
        ("lease.pay(terms)", "`lease.pay` changes state, so it cannot be part of an expression", "lease.pay(terms)", Some("let an actor call it, as a step: `tenant: lease.pay(…)`")),
        ("lease.count{value: 1}()", "`lease.count` is given call options, which only an action takes", "lease.count{value: 1}", Some("conditions and arguments only read the chain")),
        ("terms{rnt: 1}", "`Lease.Terms` has no field `rnt`", "rnt", Some("did you mean `rent`?")),
        ("terms{rent: tenant}", "`rent` must be uint128, not address", "tenant", None),
        ("terms{rent: 1, rent: 2}", "`rent` is given twice", "rent", None),
        ("tenant{rent: 1}", "`tenant` is address, which has no fields to change", "tenant", None),
        ("tenant(1)", "`tenant` is address, not a function", "tenant(1)", None),
        ("transfer(tenant, 1)", "`transfer` is an action, not a value", "transfer(tenant, 1)", Some("it goes after an actor: `tenant: transfer(…)`")),
        ("Lease(5)", "`Lease(…)` takes an address, not a number", "5", Some("an address has 40 hexadecimal digits, or write `address(uint160(5))`")),
        ("Lease.Id(id)", "`Lease.Id` is a value type", "Lease.Id(id)", Some("write `Lease.Id.wrap(…)`")),
        ("lease.arrears(terms) + lease.arears(terms)", "`Lease` has no `arears`", "arears", Some("did you mean `lease.arrears`?")),
    ]
    .into_iter()
    .filter(|(_, message, ..)| !message.is_empty())
    .collect()
}

/// One pass reports everything.
#[test]
fn all_errors_are_reported_at_once() {
    let source = "balance(tenat) > lease.small(300) && lease.pay(terms) == 1.5";
    let errors = check(source, None).unwrap_err();
    let underlined: Vec<&str> =
        shown(source, &errors).iter().map(|(_, underlined, _)| *underlined).collect();
    assert_eq!(underlined, ["tenat", "300", "lease.pay(terms)", "1.5"]);
}

#[test]
fn what_is_wanted_is_said() {
    let source = "lease.count()";
    let errors = check(source, Some(&Type::Bool)).unwrap_err();
    assert_eq!(
        shown(source, &errors),
        [("this must be bool, not uint256", source, Some("compare it: `lease.count() != 0`"))]
    );
    let uint40 = Type::Int(Some(IntSize { signed: false, bits: 40 }));
    assert!(check("2 ** 3 + 2 gwei", Some(&uint40)).is_ok());
    for source in ["1.5 ether", "1 ether + 0.5 ether"] {
        let errors = check(source, Some(&uint40)).unwrap_err();
        assert_eq!(
            errors[0].message,
            "1500000000000000000 does not fit uint40, which goes from 0 to 1099511627775"
        );
    }
}

/// Several returned values are expected with literals, in parentheses or as a list.
#[test]
fn literals_become_several_values() {
    let several = Type::Tuple(vec![(None, Type::UINT256), (None, Type::FixedBytes(4))]);
    for source in ["(4, 0x12345678)", "[2 + 2, 0x12345678]"] {
        assert!(check(source, Some(&several)).is_ok(), "{source}");
    }
    let errors = check("(4, 5, 6)", Some(&several)).unwrap_err();
    assert_eq!(errors[0].message, "this must be 2 values, not 3");
    let errors = check("(4, true)", Some(&several)).unwrap_err();
    assert_eq!(errors[0].message, "a value must be bytes4, not bool");
}
