use std::sync::Arc;

use super::fixture::{project, scope, shown, text};
use crate::{
    expr::{
        Action, Args, AstKind, Entry, Ident, Kind,
        check::{CheckedAction, action, constructor, constructor_is_payable},
        parse,
    },
    source::{Diagnostic, Severity},
};

fn run(source: &str, beside: Option<&str>) -> (Option<CheckedAction>, Vec<Diagnostic>) {
    let ast = parse(&text(source)).unwrap();
    // `f(…)` gives a list, `f({…})` a mapping.
    let args = beside.map(|beside| match parse(&text(beside)).unwrap().kind {
        AstKind::Call(_, args) => args,
        other => panic!("{other:?}"),
    });
    let mut diagnostics = Vec::new();
    let checked = action(&ast, args.as_ref(), &scope(), &mut diagnostics);
    (checked, diagnostics)
}

fn good(source: &str, beside: Option<&str>) -> CheckedAction {
    let (checked, diagnostics) = run(source, beside);
    assert!(diagnostics.is_empty(), "{source}: {diagnostics:?}");
    checked.unwrap()
}

fn called(checked: &CheckedAction) -> String {
    match &checked.action {
        Action::Call { function, args, .. } => {
            format!("{} with {}", function.function.signature(), args.len())
        }
        Action::Transfer { .. } => "transfer".to_owned(),
        Action::Force { .. } => "force".to_owned(),
        Action::Deploy { contract, args, .. } => {
            format!("deploy {} with {}", contract.id, args.len())
        }
    }
}

#[test]
fn actions_are_calls_transfers_and_deployments() {
    let sign = "sign((address,address,uint128,uint40,uint8)) with 1";
    let table = [
        ("lease.sign(terms)", None, sign, "bytes32", true),
        ("lease.sign", Some("f({terms: terms})"), sign, "bytes32", true),
        ("lease.sign()", Some("f(terms)"), sign, "bytes32", true),
        ("Lease(tenant).close()", None, "close() with 0", "nothing", false),
        ("lease.sign{value: 2 ether, gas: 100_000}(terms)", None, sign, "bytes32", true),
        ("lease.sign{value: 2 ether}", Some("f(terms)"), sign, "bytes32", true),
        ("usd.transfer(lease, 5e6)", None, "transfer(address,uint256) with 2", "bool", false),
        ("transfer(tenant, 1 ether)", None, "transfer", "nothing", false),
        ("transfer", Some("f({amount: 1, to: tenant})"), "transfer", "nothing", false),
        ("force(lease, 1 ether)", None, "force", "nothing", false),
        ("force", Some("f({amount: 1, to: tenant})"), "force", "nothing", false),
        (
            "deploy(Lease, landlord, 5 days)",
            None,
            "deploy src/Lease.sol:Lease with 2",
            "address",
            false,
        ),
        (
            "deploy(Lease)",
            Some("f({grace: 1, owner: landlord})"),
            "deploy src/Lease.sol:Lease with 2",
            "address",
            false,
        ),
        (
            "deploy(\"src/a/Twin.sol:Twin\")",
            None,
            "deploy src/a/Twin.sol:Twin with 0",
            "address",
            false,
        ),
        ("deploy(\"covenant:Token\")", None, "deploy src/Token.sol:Token with 0", "address", false),
        ("deploy{value: 1}(Vault)", None, "deploy src/Vault.sol:Vault with 0", "address", true),
    ];
    for (source, beside, expected, returns, payable) in table {
        let checked = good(source, beside);
        assert_eq!(called(&checked), expected, "{source}");
        assert_eq!(checked.returns.to_string(), returns, "{source}");
        assert_eq!(checked.payable, payable, "{source}");
        assert_eq!(checked.value.is_some(), source.contains("value"), "{source}");
    }
}

/// The action, arguments beside it; message, underlined text and hint.
type Row = (&'static str, Option<&'static str>, &'static str, &'static str, Option<&'static str>);

#[test]
fn wrong_actions() {
    let table: &[Row] = &[
        (
            "lease.sign",
            None,
            "`lease.sign` is named but not called",
            "lease.sign",
            Some("write `lease.sign(…)`, or give the arguments under `args:`"),
        ),
        (
            "lease.sign(terms)",
            Some("f(terms)"),
            "the arguments are given twice: in the call and in `args`",
            "lease.sign(terms)",
            None,
        ),
        (
            "lease.close{value: 1}()",
            None,
            "`lease.close` is not payable, so no value can be sent with it",
            "1",
            None,
        ),
        (
            "lease.close{gass: 1}()",
            None,
            "`gass` is not a call option",
            "gass",
            Some("did you mean `gas`?"),
        ),
        (
            "lease",
            None,
            "`lease` is not an action",
            "lease",
            Some("call one of its functions: `lease.claim(…)`"),
        ),
        (
            "balance(tenant)",
            None,
            "`balance` is not an action",
            "balance",
            Some(
                "an actor calls a function, transfers or deploys: `lease.pay(…)`, `transfer(to, amount)`",
            ),
        ),
        (
            "lease.clame(terms)",
            None,
            "`Lease` has no `clame`",
            "clame",
            Some("did you mean `lease.claim`?"),
        ),
        (
            "lease.claim(terms, 2**2, 0)",
            Some("f(1)"),
            "the arguments are given twice: in the call and in `args`",
            "lease.claim(terms, 2**2, 0)",
            None,
        ),
        (
            "transfer(tenant)",
            None,
            "the arguments do not fit: write `transfer(to, amount)`",
            "transfer(tenant)",
            None,
        ),
        (
            "transfer(tenant, -1)",
            None,
            "the amount of `transfer`: -1 is negative, which uint256 cannot be",
            "-1",
            None,
        ),
        (
            "transfer{value: 1}(tenant, 1)",
            None,
            "`transfer` takes the amount as an argument",
            "1",
            Some("write `transfer(to, amount)`"),
        ),
        (
            "deploy(lease)",
            None,
            "`lease` is not the name of a contract type",
            "lease",
            Some("write `deploy(Lease, …)`, or `deploy(\"src/Lease.sol:Lease\", …)`"),
        ),
        (
            "deploy(Base)",
            None,
            "`Base` is an abstract contract, which cannot be deployed",
            "deploy(Base)",
            None,
        ),
        (
            "deploy(ILease)",
            None,
            "`ILease` is an interface, which cannot be deployed",
            "deploy(ILease)",
            None,
        ),
        ("deploy(Lib)", None, "`Lib` is a library, which cannot be deployed", "deploy(Lib)", None),
        (
            "deploy(Lease, landlord)",
            None,
            "`Lease` takes 2 arguments, not 1",
            "deploy(Lease, landlord)",
            Some("it is `Lease(address owner, uint40 grace)`"),
        ),
        (
            "deploy(\"covenant:Lease\")",
            None,
            "no bundled contract is named `Lease`",
            "\"covenant:Lease\"",
            Some("it is a contract of the project: write `Lease`"),
        ),
        (
            "deploy(\"Twin\")",
            None,
            "`Twin` is declared in several files; write `src/a/Twin.sol:Twin` or `src/b/Twin.sol:Twin`",
            "\"Twin\"",
            None,
        ),
    ];
    for (source, beside, message, underlined, hint) in table {
        let (checked, diagnostics) = run(source, *beside);
        assert!(checked.is_none(), "{source}");
        assert_eq!(shown(source, &diagnostics), [(*message, *underlined, *hint)], "{source}");
    }
}

#[test]
fn a_view_as_an_action_is_a_warning() {
    let (checked, diagnostics) = run("lease.count()", None);
    assert!(checked.is_some());
    assert_eq!(diagnostics[0].severity, Severity::Warning);
    assert_eq!(
        diagnostics[0].message,
        "`lease.count` only reads: as an action it is a transaction without effect"
    );
}

#[test]
fn value_beside_a_call_can_be_refused() {
    let place = text("1 ether").span;
    assert!(good("lease.sign(terms)", None).refuse_value(place).is_none());
    let refused = good("lease.close()", None).refuse_value(place).unwrap();
    assert_eq!(refused.message, "`lease.close` is not payable, so no value can be sent with it");
}

#[test]
fn constructors() {
    let project = project();
    let lease = Arc::clone(project.find("Lease").unwrap());
    let mut diagnostics = Vec::new();
    let entry = |name: &str, value: &str| {
        let value = parse(&text(value)).unwrap();
        Entry { name: Ident { name: name.to_owned(), span: value.span }, value }
    };
    let args = Args::Named(vec![entry("grace", "5 days"), entry("owner", "landlord")]);
    let place = text("Lease").span;
    let checked = constructor(&lease, Some(&args), place, &scope(), &mut diagnostics).unwrap();
    assert!(matches!(checked[0].kind, Kind::Actor(_)));
    assert!(constructor(&lease, None, place, &scope(), &mut diagnostics).is_none());
    assert_eq!(diagnostics[0].message, "`Lease` takes 2 arguments, not 0");
    assert!(!constructor_is_payable(&lease));
    assert!(constructor_is_payable(project.find("Vault").unwrap()));
}
