use super::fixture::{scope, shown, text};
use crate::{
    expr::{
        EventPattern, GasBound, GasOp, Kind, RevertPattern, Value,
        check::{event_pattern, gas_bound, revert_pattern},
        parse,
    },
    source::{Diagnostic, Span, Text},
};

fn event(source: &str) -> (Option<EventPattern>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let pattern = event_pattern(&parse(&text(source)).unwrap(), &scope(), &mut diagnostics);
    (pattern, diagnostics)
}

#[test]
fn events() {
    let table = [
        ("lease.Signed(_, tenant)", true, "Signed(bytes32,address)", "?-+"),
        ("Lease.Signed(_, tenant)", false, "Signed(bytes32,address)", "?-+"),
        ("Lease(tenant).Signed", true, "Signed(bytes32,address)", "?-?"),
        ("Signed(id, _)", false, "Signed(bytes32,address)", "+-?"),
        ("lease.Paid({amount: 1 ether})", true, "Paid(bytes32,uint256)", "?-+"),
        ("lease.Moved(tenant)", true, "Moved(address)", "+"),
        ("lease.Moved(1 + 1)", true, "Moved(uint256)", "+"),
        ("lease.Moved({who: _})", true, "Moved(address)", "?"),
        ("usd.Transfer(tenant, lease, 5e6)", true, "Transfer(address,address,uint256)", "+-+-+"),
        ("Transfer(_, _, 1)", false, "Transfer(address,address,uint256)", "?-?-+"),
    ];
    for (source, emitter, signature, fields) in table {
        let (pattern, diagnostics) = event(source);
        assert!(diagnostics.is_empty(), "{source}: {diagnostics:?}");
        let pattern = pattern.unwrap();
        assert_eq!(pattern.emitter.is_some(), emitter, "{source}");
        assert_eq!(pattern.event.signature(), signature, "{source}");
        let shape: Vec<&str> =
            pattern.fields.iter().map(|field| if field.is_some() { "+" } else { "?" }).collect();
        assert_eq!(shape.join("-"), fields, "{source}");
        assert_eq!(pattern.types.len(), pattern.fields.len());
    }
}

#[test]
fn wrong_events() {
    let table: &[(&str, &str, &str, Option<&str>)] = &[
        (
            "lease.Sined(_, tenant)",
            "`Lease` has no event `Sined`",
            "Sined",
            Some("did you mean `lease.Signed`?"),
        ),
        (
            "lease.Cancelled",
            "`Lease` has no event `Cancelled`",
            "Cancelled",
            Some("its events are Moved, Paid, Signed"),
        ),
        (
            "foreign.Signed",
            "`Foreign` has no event `Signed`",
            "Signed",
            Some("`Foreign` declares no events"),
        ),
        (
            "Sined(_, tenant)",
            "no declared contract has an event `Sined`",
            "Sined",
            Some("did you mean `lease.Signed`?"),
        ),
        (
            "lease.Signed(tenant)",
            "`lease.Signed` takes 2 arguments, not 1",
            "lease.Signed(tenant)",
            Some("it is `lease.Signed(bytes32 id, address tenant)`"),
        ),
        (
            "lease.Signed(tenant, _)",
            "`id` of `lease.Signed` must be bytes32, not address",
            "tenant",
            Some("convert it: `bytes32(uint256(uint160(tenant)))`"),
        ),
        (
            "lease.Paid({amont: 1})",
            "`lease.Paid` has no parameter `amont`",
            "amont",
            Some("did you mean `amount`?"),
        ),
        (
            "lease.Moved(_)",
            "the call of `lease.Moved` is ambiguous: `lease.Moved(address who)`, `lease.Moved(uint256 amount)` fit",
            "lease.Moved(_)",
            Some("choose by converting an argument, as in `uint256(1)`"),
        ),
        (
            "lease.Moved",
            "there are several events `lease.Moved`",
            "lease.Moved",
            Some("give the arguments of `Moved(address)` or `Moved(uint256)`"),
        ),
        (
            "tenant.Signed",
            "`tenant` is not a contract that emits events",
            "tenant",
            Some(
                "write `lease.Signed(…)` for a declared contract, `Lease.Signed(…)` for any contract of the type",
            ),
        ),
        ("1 + 1", "this is not an event", "1 + 1", Some("write `lease.Signed(_, tenant)`")),
    ];
    for (source, message, underlined, hint) in table {
        let (pattern, diagnostics) = event(source);
        assert!(pattern.is_none(), "{source}");
        assert_eq!(shown(source, &diagnostics), [(*message, *underlined, *hint)], "{source}");
    }
}

fn revert(text: &Text) -> (Option<RevertPattern>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let pattern = revert_pattern(text, &scope(), &mut diagnostics);
    (pattern, diagnostics)
}

fn quoted(value: &str) -> Text {
    let end = u32::try_from(value.len()).unwrap() + 2;
    Text::new(
        value.to_owned(),
        Span { file: crate::source::FileId(0), start: 0, end },
        vec![(0, 1)],
    )
}

fn describe(pattern: &RevertPattern) -> String {
    match pattern {
        RevertPattern::Any => "any".to_owned(),
        RevertPattern::Message(message) => format!("message {message}"),
        RevertPattern::Panic(code) => format!("panic {}", code.is_some()),
        RevertPattern::Error { error, args, .. } => {
            let args: Vec<&str> =
                args.iter().map(|arg| if arg.is_some() { "+" } else { "?" }).collect();
            format!("{} {}", error.signature(), args.join(""))
        }
    }
}

#[test]
fn reverts() {
    let plain = [
        ("any", "any"),
        ("Panic(0x11)", "panic true"),
        ("Panic(_)", "panic false"),
        ("Panic", "panic false"),
        ("\"not yours\"", "message not yours"),
        ("Error(\"not yours\")", "message not yours"),
        ("Lease.Lease_WrongState", "Lease_WrongState(uint8,uint8) ??"),
        ("lease.Lease_WrongState(_, Lease.Status.Open)", "Lease_WrongState(uint8,uint8) ?+"),
        ("Lease.Lease_WrongState({actual: Lease.Status.None})", "Lease_WrongState(uint8,uint8) +?"),
        ("Lease_NotDue", "Lease_NotDue() "),
        ("Lease_NotDue()", "Lease_NotDue() "),
        ("Lease_Short(1, _)", "Lease_Short(uint256,uint256) +?"),
        ("Lib.Lib_Failed(tenant)", "Lib_Failed(address) +"),
        ("Lib_Failed", "Lib_Failed(address) ?"),
        (
            "ERC20InsufficientBalance(tenant, _, _)",
            "ERC20InsufficientBalance(address,uint256,uint256) +??",
        ),
    ];
    for (source, expected) in plain {
        let (pattern, diagnostics) = revert(&text(source));
        assert!(diagnostics.is_empty(), "{source}: {diagnostics:?}");
        assert_eq!(describe(&pattern.unwrap()), expected, "{source}");
    }
    let in_quotes = [
        ("not yours", "message not yours"),
        ("Unauthorized", "message Unauthorized"),
        ("Lease: too early (day 3)", "message Lease: too early (day 3)"),
        ("1 + 1", "message 1 + 1"),
        ("Lease_NotDue", "Lease_NotDue() "),
        ("Lease.Lease_Short(1, 2)", "Lease_Short(uint256,uint256) ++"),
    ];
    for (value, expected) in in_quotes {
        let (pattern, diagnostics) = revert(&quoted(value));
        assert!(diagnostics.is_empty(), "{value}: {diagnostics:?}");
        assert_eq!(describe(&pattern.unwrap()), expected, "{value}");
    }
}

#[test]
fn wrong_reverts() {
    let table: &[(&str, &str, &str, Option<&str>)] = &[
        (
            "Lease.Lease_WrongStat",
            "`Lease` has no error `Lease_WrongStat`",
            "Lease_WrongStat",
            Some("did you mean `Lease.Lease_WrongState`?"),
        ),
        (
            "Lease.Lib_Failed",
            "`Lease` has no error `Lib_Failed`",
            "Lib_Failed",
            Some("it is an error of `Lib`: write `Lib.Lib_Failed`"),
        ),
        (
            "Lease_NotDu",
            "no contract has an error `Lease_NotDu`",
            "Lease_NotDu",
            Some("did you mean `Lease.Lease_NotDue`?"),
        ),
        (
            "Unauthorized",
            "no contract has an error `Unauthorized`",
            "Unauthorized",
            Some("a `require` string stands in quotes: `reverts: \"…\"`"),
        ),
        (
            "Lease.Lease_WrongState(_, 3)",
            "`expected` of `Lease.Lease_WrongState` must be Lease.Status, not a number",
            "3",
            Some("name a member, or convert it: `Lease.Status(3)`"),
        ),
        (
            "Lease.Lease_Short(1)",
            "`Lease.Lease_Short` takes 2 arguments, not 1",
            "Lease.Lease_Short(1)",
            Some("it is `Lease.Lease_Short(uint256 paid, uint256 due)`"),
        ),
        (
            "Panic(tenant)",
            "the code of a panic must be uint256, not address",
            "tenant",
            Some("convert it: `uint160(tenant)`"),
        ),
        (
            "too early",
            "`early` is not expected here",
            "early",
            Some("a `require` string stands in quotes: `reverts: \"…\"`"),
        ),
        (
            "1 + 1",
            "`1 + 1` is not an error",
            "1 + 1",
            Some(
                "write an error like `Lease.WrongState(_, 3)`, a `require` string in quotes, `Panic(0x11)` or `any`",
            ),
        ),
        ("tenant.Failed", "`tenant` is not a contract", "tenant", None),
    ];
    for (source, message, underlined, hint) in table {
        let (pattern, diagnostics) = revert(&text(source));
        assert!(pattern.is_none(), "{source}");
        assert_eq!(shown(source, &diagnostics), [(*message, *underlined, *hint)], "{source}");
    }
}

#[test]
fn gas_bounds() {
    let bound = |source: &str| {
        let mut diagnostics = Vec::new();
        let bound = gas_bound(&text(source), &scope(), &mut diagnostics);
        (bound, diagnostics)
    };
    let table = [
        ("<= 95_000", GasOp::Le),
        ("<95_000", GasOp::Lt),
        (" == 95_000", GasOp::Eq),
        ("95_000", GasOp::Eq),
        (">= 95_000", GasOp::Ge),
        ("> 95_000", GasOp::Gt),
    ];
    for (source, expected) in table {
        let Some(GasBound { op, bound }) = bound(source).0 else { panic!("{source}") };
        assert_eq!(op, expected, "{source}");
        assert!(
            matches!(bound.kind, Kind::Constant(Value::Int(gas)) if gas == 95_000.into()),
            "{source}"
        );
    }
    for (source, message, underlined) in [
        ("<=", "the amount of gas is missing", "<="),
        ("<= tenant", "this must be uint256, not address", "tenant"),
        ("95_000..100_000", "digits are missing after the point", "95_000."),
    ] {
        let (none, diagnostics) = bound(source);
        assert!(none.is_none(), "{source}");
        assert_eq!(shown(source, &diagnostics)[0].0, message, "{source}");
        assert_eq!(shown(source, &diagnostics)[0].1, underlined, "{source}");
    }
}
