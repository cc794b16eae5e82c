use std::sync::Arc;

use alloy_primitives::{address, keccak256};
use num_bigint::BigInt;

use super::fixture::check;
use crate::expr::{Ast, Kind, Type, Typed, Value, types::IntSize};

fn ty(source: &str) -> String {
    match check(source, None) {
        Ok(checked) => checked.ty.to_string(),
        Err(errors) => panic!("{source}: {errors:?}"),
    }
}

fn as_type(source: &str, want: &Type) -> Typed {
    check(source, Some(want)).unwrap_or_else(|errors| panic!("{source}: {errors:?}"))
}

/// Every name, every operator, every kind of call, with the type of the result.
#[test]
fn types_of_expressions() {
    let table = [
        ("42", "a number"),
        ("-1.5 ether", "a number"),
        ("true", "bool"),
        ("\"text\"", "string"),
        ("hex\"c0de\"", "bytes"),
        ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "address"),
        ("now", "uint256"),
        ("start + 30 days", "a number"),
        ("block.number", "uint256"),
        ("block.timestamp - start", "a number"),
        ("block.basefee == 0", "bool"),
        ("chain.id", "uint256"),
        ("date(\"2026-03-31\")", "uint256"),
        ("date(\"2026-03-31T12:00:00Z\")", "uint256"),
        ("landlord", "address"),
        ("lease", "address"),
        ("usd", "address"),
        ("amount", "a number"),
        ("receipt", "uint256"),
        ("balance(tenant)", "uint256"),
        ("balance(usd, lease)", "uint256"),
        ("balance(address(0))", "uint256"),
        ("tenant.balance", "uint256"),
        ("lease.balance", "uint256"),
        ("gained(tenant)", "int256"),
        ("gained(usd, lease)", "int256"),
        ("gained(landlord) == -12 ether", "bool"),
        ("keccak256(\"a\")", "bytes32"),
        ("keccak256(abi.encode(terms, 1, -1, id))", "bytes32"),
        ("abi.encodePacked(uint8(1), tenant, id, \"x\")", "bytes"),
        ("abi.encode([1, 2])", "bytes"),
        ("type(uint256).max", "uint256"),
        ("type(int8).min", "int8"),
        ("type(Lease.Status).max", "Lease.Status"),
        ("address(0)", "address"),
        ("address(lease)", "address"),
        ("payable(tenant)", "address"),
        ("address(uint160(receipt))", "address"),
        ("address(bytes20(hex\"5aaeb6053f3e94c9b9a09f33669435e7ef1beaed\"))", "address"),
        ("int256(amount)", "int256"),
        ("uint8(receipt)", "uint8"),
        ("uint8(Lease.Status.Open)", "uint8"),
        ("uint256(id)", "uint256"),
        ("uint160(tenant)", "uint160"),
        ("bytes32(0)", "bytes32"),
        ("bytes32(receipt)", "bytes32"),
        ("bytes32(\"salt\")", "bytes32"),
        ("bytes4(id)", "bytes4"),
        ("bytes32(bytes4(id))", "bytes32"),
        ("bytes20(tenant)", "bytes20"),
        ("bytes(\"abc\").length", "uint256"),
        ("string(hex\"6162\")", "string"),
        ("bool(true)", "bool"),
        ("Lease.Status.Closed", "Lease.Status"),
        ("lease.Status.Closed", "Lease.Status"),
        ("Lease.Status(1)", "Lease.Status"),
        ("Lease.Status(receipt)", "Lease.Status"),
        ("Mode.Fast", "Mode"),
        ("Lease.Id.wrap(id)", "bytes32"),
        ("Lease.Id.unwrap(lease.idOf(terms))", "bytes32"),
        ("Money.wrap(5)", "uint128"),
        ("Lease.Terms(landlord, tenant, 1 ether, start, Lease.Status.None)", "Lease.Terms"),
        (
            "lease.Terms({tenant: tenant, landlord: lease, rent: 1, start: now + 1 days, status: Lease.Status.Open})",
            "Lease.Terms",
        ),
        ("Point({x: -1, y: 2})", "Point"),
        ("Lease.Ticket(7)", "Base.Ticket"),
        ("Lease.Offer(terms, [Point(1, 2), point])", "Lease.Offer"),
        ("Lease.Offer({terms: terms, points: []})", "Lease.Offer"),
        ("terms.rent", "uint128"),
        ("terms.status == Lease.Status.Open", "bool"),
        ("point.x", "int256"),
        ("lease.arrears(terms)", "uint256"),
        ("lease.arrears({terms: terms})", "uint256"),
        ("lease.statusOf(terms)", "Lease.Status"),
        ("lease.statusOf(terms) == Lease.Status.Closed", "bool"),
        ("lease.statusOf(terms) < lease.Status.Closed", "bool"),
        ("lease.termsOf(id).tenant == tenant", "bool"),
        ("lease.termsOf(lease.idOf(terms)) == terms", "bool"),
        ("lease.progress(1)", "(uint256, bool)"),
        ("lease.progress(1).reached", "uint256"),
        ("lease.progress({plan: 1})[1]", "bool"),
        ("lease.pair()[1] == tenant", "bool"),
        ("last[0]", "uint256"),
        ("last.done", "bool"),
        ("lease.parties()[0]", "address"),
        ("lease.parties().length", "uint256"),
        ("lease.parties() == [tenant, landlord]", "bool"),
        ("lease.pick([1, now], [0x01020304, \"abcd\"])", "bool"),
        ("lease.tag(0xdeadbeef)", "bytes4"),
        ("lease.tag(\"ab\")", "bytes4"),
        ("lease.tag(hex\"ab\") == 0xab000000", "bool"),
        ("lease.tag(0)[1]", "bytes1"),
        ("lease.note(\"a\", hex\"00\") == \"b\"", "bool"),
        ("lease.note(\"a\", \"b\")", "string"),
        ("lease.shift(point)[0].x", "int256"),
        ("lease.signed(-1)", "int64"),
        ("lease.small(amount)", "uint8"),
        ("lease.isLease(address(0))", "bool"),
        ("lease.partner().count()", "uint256"),
        ("Lease(tenant).arrears(terms)", "uint256"),
        ("Lease(lease.partner()).count() + Lease(address(0)).count()", "a number"),
        ("Token(usd).balanceOf(tenant)", "uint256"),
        ("usd.balanceOf(lease)", "uint256"),
        ("lease.find(tenant, 1)", "bool"),
        ("lease.find(tenant)", "uint256"),
        ("lease.find(300)", "uint256"),
        ("lease.find(receipt)", "uint256"),
        ("lease.find(uint8(1))", "uint256"),
        ("lease.find({who: tenant})", "uint256"),
        ("lease == address(lease)", "bool"),
        ("lease.partner() == tenant", "bool"),
        ("flag ? 1 : 2", "a number"),
        ("flag ? lease.count() : 0", "a number"),
        ("flag ? id : 0", "bytes32"),
        ("flag ? tenant : lease", "address"),
        ("flag && !flag || receipt > 0", "bool"),
        ("flag == true", "bool"),
        ("amount / 3 % 2 - 7 * 2 ** 10", "a number"),
        ("receipt & 0xff", "a number"),
        ("receipt ^ receipt", "uint256"),
        ("id & bytes32(\"x\")", "bytes32"),
        ("id << 8", "bytes32"),
        ("receipt >> 8", "uint256"),
        ("receipt << 8", "a number"),
        ("~receipt", "uint256"),
        ("~id == id", "bool"),
        ("id == 0x00000000000000000000000000000000000000000000000000000000000000ff", "bool"),
        ("0 == id", "bool"),
        ("\"text\" == lease.note(\"\", \"\")", "bool"),
        ("sign(tenant, terms)", "bytes"),
        ("sign(tenant, Lease.Ticket(1))", "bytes"),
        ("sign(tenant, point, lease)", "bytes"),
        ("permit(tenant, usd, lease, 1, now + 1 days)", "bytes"),
        ("[1, 2, receipt]", "number[3]"),
        ("[tenant, lease][0]", "address"),
        ("(1, tenant)", "(a number, address)"),
    ];
    for (source, expected) in table {
        assert_eq!(ty(source), expected, "{source}");
    }
}

#[test]
fn literals_take_the_wanted_type() {
    let bytes32 = Type::FixedBytes(32);
    let word = format!("0x{}2a", "0".repeat(62));
    for source in [word.as_str(), "bytes32(uint256(42))"] {
        let checked = as_type(source, &bytes32);
        assert_eq!(checked.ty.to_string(), "bytes32");
    }
    let Kind::Constant(Value::FixedBytes(found, 32)) = as_type(&word, &bytes32).kind else {
        panic!("bytes32")
    };
    assert_eq!(found[31], 42);
    let Kind::Constant(Value::FixedBytes(found, 4)) =
        as_type("0xdeadbeef", &Type::FixedBytes(4)).kind
    else {
        panic!("bytes4")
    };
    assert_eq!(found[..5], [0xde, 0xad, 0xbe, 0xef, 0]);
    let Kind::Constant(Value::FixedBytes(found, 32)) = as_type("\"ab\"", &bytes32).kind else {
        panic!("bytes32")
    };
    assert_eq!(&found[..3], b"ab\0");
    let Kind::Constant(Value::Bytes(found)) = as_type("\"ab\"", &Type::Bytes).kind else {
        panic!("bytes")
    };
    assert_eq!(found, b"ab");
    let Kind::Constant(Value::FixedBytes(found, 32)) = check("keccak256(\"\")", None).unwrap().kind
    else {
        panic!("a hash")
    };
    assert_eq!(found, keccak256([]));
    let Kind::Constant(Value::Address(found)) = check("address(0xff)", None).unwrap().kind else {
        panic!("an address")
    };
    assert_eq!(found, address!("0x00000000000000000000000000000000000000ff"));
    let Kind::Constant(Value::Int(found)) = check("date(\"2026-03-31\")", None).unwrap().kind
    else {
        panic!("a date")
    };
    assert_eq!(found, BigInt::from(1_774_915_200));
    let Kind::Constant(Value::Int(found)) = as_type("-(1.5 ether)", &Type::INT256).kind else {
        panic!("a number")
    };
    assert_eq!(found, BigInt::from(-1_500_000_000_000_000_000_i64));
}

/// A number whose size is only known when it is evaluated is range-checked then, by a cast.
#[test]
fn sizes_are_checked_by_casts() {
    let uint40 = Type::Int(Some(IntSize { signed: false, bits: 40 }));
    assert!(matches!(as_type("start + 90 days", &uint40).kind, Kind::Cast(_)));
    assert!(matches!(as_type("receipt", &Type::UINT256).kind, Kind::Bound(_)));
    assert!(matches!(as_type("receipt", &Type::NUMBER).kind, Kind::Bound(_)));
    let Kind::Call { args, .. } = check("lease.small(amount)", None).unwrap().kind else {
        panic!("a call")
    };
    assert!(matches!(args[0].kind, Kind::Cast(_)));
}

/// Named arguments and fields end up in the order of declaration.
#[test]
fn names_are_put_in_order() {
    let source = "Lease.Terms({status: Lease.Status.Open, start: 1, rent: 2, tenant: tenant, landlord: landlord})";
    let Kind::Struct(structure, fields) = check(source, None).unwrap().kind else {
        panic!("a struct")
    };
    assert_eq!(structure.name, "Lease.Terms");
    assert!(matches!(fields[0].kind, Kind::Actor(id) if id.0 == 0));
    assert!(
        matches!(&fields[2].kind, Kind::Constant(Value::Int(rent)) if *rent == BigInt::from(2))
    );
    assert!(matches!(&fields[4].kind, Kind::Constant(Value::Enum(_, 1))));
    let Kind::Call { function, args, .. } =
        check("lease.find({index: 3, who: tenant})", None).unwrap().kind
    else {
        panic!("a call")
    };
    assert_eq!(function.function.signature(), "find(address,uint256)");
    assert!(matches!(args[0].kind, Kind::Actor(_)));
    assert!(function.output.same(&Type::Bool));
}

/// The other fields are the struct's own.
#[test]
fn fields_of_a_struct_are_changed_in_braces() {
    let Kind::Struct(structure, fields) = check("terms{rent: 7}", None).unwrap().kind else {
        panic!("a struct")
    };
    assert_eq!(structure.name, "Lease.Terms");
    for (index, (field, (name, _))) in fields.iter().zip(&structure.fields).enumerate() {
        match &field.kind {
            Kind::Field { base, index: own } => {
                assert!(name != "rent" && index == *own && matches!(base.kind, Kind::Let(_)));
            }
            Kind::Constant(Value::Int(rent)) => assert!(name == "rent" && *rent == 7.into()),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(check("terms{rent: 7}.rent", None).unwrap().ty.to_string(), "uint128");
}

/// A YAML mapping without a name takes the struct that is wanted, also inside others.
#[test]
fn mappings_become_structs() {
    use super::fixture::{scope, text};
    use crate::expr::{AstKind, Entry, Ident, check::expression, parse};
    let entry = |name: &str, value: Ast| {
        let span = value.span;
        Entry { name: Ident { name: name.to_owned(), span }, value }
    };
    let expr = |source: &str| parse(&text(source)).unwrap();
    let span = text("x").span;
    let point = Ast::new(AstKind::Fields(vec![entry("x", expr("1")), entry("y", expr("2"))]), span);
    let points = Ast::new(AstKind::Array(vec![point.clone()]), span);
    let offer = Ast::structure(
        expr("Lease.Offer"),
        vec![entry("terms", expr("terms")), entry("points", points)],
        span,
    );
    let mut diagnostics = Vec::new();
    let checked = expression(&offer, &scope(), None, &mut diagnostics).unwrap();
    let Kind::Struct(_, fields) = checked.kind else { panic!("a struct") };
    assert_eq!(fields[1].ty.to_string(), "Point[]");
    assert!(expression(&point, &scope(), None, &mut diagnostics).is_none());
    assert_eq!(diagnostics[0].message, "this mapping needs the name of a struct");
    assert_eq!(
        diagnostics[0].hint.as_deref(),
        Some("write the fields under the name, as in `Lease.Terms: { … }`")
    );
}

#[test]
fn signatures_find_their_contract() {
    let Kind::Sign { actor, contract, .. } = check("sign(tenant, terms)", None).unwrap().kind
    else {
        panic!("sign")
    };
    assert_eq!(actor.0, 1);
    assert!(matches!(contract.kind, Kind::Instance(id) if id.0 == 0));
}

#[test]
fn types_from_the_abi_and_from_the_source_are_the_same() {
    let (a, b) = (check("lease.termsOf(id)", None).unwrap().ty, check("terms", None).unwrap().ty);
    let c = check("Lease.Terms(lease, lease, 1, 2, Lease.Status.None)", None).unwrap().ty;
    assert!(a.same(&b) && b.same(&c));
    let (Type::Struct(x), Type::Struct(y)) = (&a, &c) else { panic!("structs") };
    assert!(!Arc::ptr_eq(x, y));
}

/// As deep as the parser lets an expression be, on the stack of a test; and the number of overloads does not multiply
/// with the depth.
#[test]
fn deep_expressions() {
    let table = [
        "now + ".repeat(120) + "now",
        "!".repeat(60) + "flag",
        "lease.small(".repeat(60) + "1" + &")".repeat(60),
        "lease.find(uint256(".repeat(30) + "1" + &"))".repeat(30),
        "flag ? 1 : ".repeat(60) + "now",
        "1 ** ".repeat(60) + "2",
        "uint8(".repeat(60) + "1" + &")".repeat(60),
    ];
    for source in &table {
        assert!(check(source, None).is_ok(), "{source}");
    }
}

/// Arbitrary sequences of words that mean something are checked or refused, with places inside the text.
#[test]
fn nothing_panics() {
    use super::fixture::{scope, text};
    use crate::expr::{check, parse};
    let words = [
        "lease",
        "Lease",
        ".",
        ".",
        "(",
        ")",
        "(",
        ")",
        "[",
        "]",
        ",",
        ",",
        "tenant",
        "terms",
        "id",
        "flag",
        "1",
        "0",
        "-",
        "+",
        "**",
        "<<",
        "==",
        "<",
        "&&",
        "?",
        ":",
        "!",
        "~",
        "now",
        "last",
        "Status",
        "Open",
        "Terms",
        "find",
        "pay",
        "progress",
        "{",
        "}",
        "x",
        "_",
        "balance",
        "gained",
        "uint8",
        "bytes4",
        "address",
        "type",
        "max",
        "sign",
        "abi",
        "encode",
        "keccak256",
        "\"a\"",
        "hex\"00\"",
        "0xdeadbeef",
        "Point",
        "transfer",
        "force",
        "deploy",
        "value",
        "any",
    ];
    let scope = scope();
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(limit).unwrap()).unwrap()
    };
    let mut understood = 0;
    for _ in 0..20_000 {
        let length = 1 + below(8);
        let source: String =
            (0..length).map(|_| words[below(words.len())].to_owned() + " ").collect();
        let mut diagnostics = Vec::new();
        if let Ok(ast) = parse(&text(&source)) {
            understood += 1;
            check::expression(&ast, &scope, None, &mut diagnostics);
            check::expression(&ast, &scope, Some(&Type::UINT256), &mut diagnostics);
            check::action(&ast, None, &scope, &mut diagnostics);
            check::event_pattern(&ast, &scope, &mut diagnostics);
        }
        check::revert_pattern(&text(&source), &scope, &mut diagnostics);
        check::gas_bound(&text(&source), &scope, &mut diagnostics);
        for found in diagnostics {
            assert!(found.span.unwrap().range().end <= source.len(), "{source}");
        }
    }
    assert!(understood > 1_000, "{understood} of the inputs are expressions");
}
