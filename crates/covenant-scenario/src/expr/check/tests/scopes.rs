use super::fixture::{bundled, check, project, scope, text};
use crate::{
    expr::{ActorId, LetId, Name, Scope, Type, check::expression, parse},
    source::{FileId, Severity, Span, Text},
};

#[test]
fn names_are_declared_once() {
    let mut scope = scope();
    let table = [
        ("tenant", "`tenant` is already the name of an actor", None),
        ("lease", "`lease` is already the name of a contract", None),
        ("terms", "`terms` is already the name of a `let`", None),
        ("now", "`now` is a built-in name", Some("choose another name")),
        ("_", "`_` is a built-in name", Some("choose another name")),
        ("value", "`value` is a key of a step", Some("choose another name")),
        ("wait", "`wait` is a key of a step", Some("choose another name")),
        ("contract", "`contract` is a word of Solidity", Some("choose another name")),
        ("uint8", "`uint8` is a word of Solidity", Some("choose another name")),
        ("payable", "`payable` is a word of Solidity", Some("choose another name")),
        ("true", "`true` is a word of Solidity", Some("choose another name")),
        ("Lease", "`Lease` is the name of a contract type", Some("choose another name")),
        ("Token", "`Token` is the name of a contract type", Some("choose another name")),
        (
            "the tenant",
            "`the tenant` is not a name",
            Some("a name consists of letters, digits and `_`, and does not start with a digit"),
        ),
        (
            "2nd",
            "`2nd` is not a name",
            Some("a name consists of letters, digits and `_`, and does not start with a digit"),
        ),
        (
            "täter",
            "`täter` is not a name",
            Some("a name consists of letters, digits and `_`, and does not start with a digit"),
        ),
        (
            "",
            "`` is not a name",
            Some("a name consists of letters, digits and `_`, and does not start with a digit"),
        ),
    ];
    for (name, message, hint) in table {
        let error = scope.declare(&text(name), Name::Actor(ActorId(9))).unwrap_err();
        assert_eq!((error.message.as_str(), error.hint.as_deref()), (message, hint), "{name}");
    }
    assert!(scope.declare(&text("from"), Name::Actor(ActorId(9))).is_ok());
}

#[test]
fn both_places_of_a_double_name_are_shown() {
    let place = |start| Text::plain("bob", Span { file: FileId(0), start, end: start + 3 });
    let mut scope = Scope::new(project(), bundled());
    scope.declare(&place(10), Name::Actor(ActorId(0))).unwrap();
    let error = scope.declare(&place(50), Name::Let(LetId(0), Type::Bool)).unwrap_err();
    assert_eq!(error.span.unwrap().start, 50);
    assert_eq!(error.related, [(place(10).span, "first declared here".to_owned())]);
}

#[test]
fn unused_names_are_warned_about() {
    let mut fresh = Scope::new(project(), bundled());
    for name in ["alice", "bob", "carol"] {
        fresh.declare(&text(name), Name::Actor(ActorId(0))).unwrap();
    }
    let ast = parse(&text("balance(bob)")).unwrap();
    expression(&ast, &fresh, None, &mut Vec::new()).unwrap();
    fresh.lookup("carol").unwrap();
    let unused = fresh.unused();
    assert_eq!(unused.len(), 1);
    assert_eq!(unused[0].severity, Severity::Warning);
    assert_eq!(unused[0].message, "actor `alice` is never used");
}

#[test]
fn contracts_are_found_in_the_project_first() {
    let scope = scope();
    assert_eq!(scope.contract(&text("Lease")).unwrap().id.to_string(), "src/Lease.sol:Lease");
    assert_eq!(
        scope.contract(&text("covenant:Token")).unwrap().id.to_string(),
        "src/Token.sol:Token"
    );
    assert_eq!(scope.contract(&text("Token")).unwrap().id.to_string(), "src/Token.sol:Token");
    assert_eq!(
        scope.contract(&text("b/Twin.sol:Twin")).unwrap().id.to_string(),
        "src/b/Twin.sol:Twin"
    );
    let error = scope.contract(&text("Leese")).unwrap_err();
    assert_eq!(error.message, "no contract is named `Leese`");
    assert_eq!(error.hint.as_deref(), Some("did you mean `Lease`?"));
    assert!(scope.contract(&text("covenant:Lease")).is_err());
    assert!(scope.contract(&text("Twin")).is_err());
}

#[test]
fn last_needs_a_call_before() {
    let mut scope = scope();
    let last = |scope: &Scope| {
        let mut diagnostics = Vec::new();
        expression(&parse(&text("last")).unwrap(), scope, None, &mut diagnostics);
        diagnostics.pop().map(|error| error.message)
    };
    assert_eq!(last(&scope), None);
    scope.set_last_type(Some(Type::Tuple(Vec::new())));
    assert_eq!(last(&scope).as_deref(), Some("`last` has no value: the last call returns nothing"));
    scope.set_last_type(None);
    assert_eq!(last(&scope).as_deref(), Some("`last` has no value: no call comes before"));
    assert!(check("last.reached", None).is_ok());
}
