use std::path::Path;

use num_bigint::BigInt;
use num_rational::BigRational;

use super::{
    super::{AstKind, parse},
    fixture::{ast, error, grouped},
};
use crate::source::{Sources, Span, Text};

/// The order of precedence in Solidity's documentation ("Order of Precedence of Operators"), and associativity.
#[test]
fn operators_group_as_in_solidity() {
    let table = [
        // Left to right.
        ("10 - 3 - 2", "((10 - 3) - 2)"),
        ("100 / 5 / 2", "((100 / 5) / 2)"),
        ("a % b % c", "((a % b) % c)"),
        ("a << b >> c", "((a << b) >> c)"),
        ("a == b != c", "((a == b) != c)"),
        ("a && b && c", "((a && b) && c)"),
        ("a - b + c - d", "(((a - b) + c) - d)"),
        // Right to left.
        ("2**3**2", "(2 ** (3 ** 2))"),
        ("a ? b : c ? d : e", "(a ? b : (c ? d : e))"),
        ("a ? b ? c : d : e", "(a ? (b ? c : d) : e)"),
        // One rank above the next.
        ("-2**2", "((-2) ** 2)"),
        ("-a.b[1 + 2:n][:3]", "(-a.b[(1 + 2):n][:3])"),
        ("2**-x", "(2 ** (-x))"),
        ("!a.b", "(!a.b)"),
        ("-a.b[c](d)", "(-a.b[c](d))"),
        ("~a ** b", "((~a) ** b)"),
        ("!a && b", "((!a) && b)"),
        ("- -a", "(-(-a))"),
        ("!!a", "(!(!a))"),
        ("a * b ** c", "(a * (b ** c))"),
        ("a ** b * c", "((a ** b) * c)"),
        ("1 + 2 * 3", "(1 + (2 * 3))"),
        ("1 * 2 + 3", "((1 * 2) + 3)"),
        ("a + b << c", "((a + b) << c)"),
        ("a << b + c", "(a << (b + c))"),
        ("a << b & c", "((a << b) & c)"),
        ("a & b << c", "(a & (b << c))"),
        ("a & b ^ c", "((a & b) ^ c)"),
        ("a ^ b & c", "(a ^ (b & c))"),
        ("a ^ b | c", "((a ^ b) | c)"),
        ("a | b ^ c", "(a | (b ^ c))"),
        ("a | b < c", "((a | b) < c)"),
        ("a < b | c", "(a < (b | c))"),
        ("a & 1 == 1", "((a & 1) == 1)"),
        ("a < b == c < d", "((a < b) == (c < d))"),
        ("a == b && c == d", "((a == b) && (c == d))"),
        ("a || b && c", "(a || (b && c))"),
        ("a && b || c", "((a && b) || c)"),
        ("a || b ? c : d", "((a || b) ? c : d)"),
        ("a ? b : c || d", "(a ? b : (c || d))"),
        // Parentheses.
        ("(10 - (3 - 2))", "(10 - (3 - 2))"),
        ("-(2**2)", "(-(2 ** 2))"),
        ("(a, b)", "<a, b>"),
        ("[1, -2]", "[1, (-2)]"),
        ("f({b: 1 + 2, a: c})", "f(b: (1 + 2), a: c)"),
    ];
    for (source, expected) in table {
        assert_eq!(grouped(&ast(source)), expected, "{source}");
    }
}

#[test]
fn numbers_are_exact() {
    let whole = |source: &str| match ast(source).kind {
        AstKind::Number(number) => number.value,
        other => panic!("{source} is {other:?}"),
    };
    let integer = |source: &str| BigRational::from_integer(source.parse::<BigInt>().unwrap());
    let table = [
        ("0", "0"),
        ("5_000e6", "5000000000"),
        ("1.5 ether", "1500000000000000000"),
        ("0.5 gwei", "500000000"),
        ("3 wei", "3"),
        ("1e-18 ether", "1"),
        (".5 ether", "500000000000000000"),
        ("30 days", "2592000"),
        ("2 weeks", "1209600"),
        ("1.5 hours", "5400"),
        ("90 minutes", "5400"),
        ("7 seconds", "7"),
        ("0x2a", "42"),
        ("0x00", "0"),
        ("1e77", &format!("1{}", "0".repeat(77))),
    ];
    for (source, expected) in table {
        assert_eq!(whole(source), integer(expected), "{source}");
    }
    assert_eq!(whole("0.75"), BigRational::new(3.into(), 4.into()));
}

#[test]
fn literals() {
    let address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    for source in [address, &address.to_lowercase(), "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED"] {
        assert_eq!(ast(source).to_string(), address);
    }
    assert!(matches!(ast("true").kind, AstKind::Bool(true)));
    assert!(matches!(ast("hex\"c0de\"").kind, AstKind::Hex(bytes) if bytes == [0xc0, 0xde]));
    assert!(matches!(ast("\"a\\n\" \"b\"").kind, AstKind::String(text) if text == "a\nb"));
    assert!(matches!(ast("unicode\"grün\"").kind, AstKind::String(text) if text == "grün"));
    assert!(matches!(ast("lease._x").kind, AstKind::Member(_, name) if name.name == "_x"));
    assert_eq!(ast("f(_, x)").to_string(), "f(_, x)");
    assert_eq!(
        ast("lease.pay{value: 1 ether}(terms)").to_string(),
        "lease.pay{value: 1 ether}(terms)"
    );
    assert_eq!(ast("type(Lease.Status).max").to_string(), "type(Lease.Status).max");
    assert_eq!(ast("payable(x)").to_string(), "payable(x)");
    assert_eq!(ast("uint(1) + int8(2)").to_string(), "uint256(1) + int8(2)");
}

/// Source, message, the text that is underlined, hint.
#[test]
fn mistakes() {
    let table: &[(&str, &str, &str, Option<&str>)] = &[
        ("", "an expression is missing", "", None),
        ("  ", "an expression is missing", "  ", None),
        ("a +", "the expression ends too early", "+", None),
        ("a b", "`b` is not expected here", "b", Some("an operator seems to be missing")),
        ("a and b", "`and` is not expected here", "and", Some("write `&&`")),
        ("a == 1;", "`;` is not expected here", ";", Some("an expression ends without `;`")),
        ("f(a", "`(` is never closed", "(", None),
        ("f(a]", "`]` does not close `(`", "]", None),
        ("a)", "`)` closes nothing", ")", None),
        ("a.", "a name is missing after `.`", ".", None),
        ("f(a.)", "a name is missing after `.`", ")", None),
        ("a = 1", "an expression cannot assign", " = 1", Some("to compare, write `==`")),
        ("a += 1", "an expression cannot assign", " += 1", None),
        ("x++", "`++` changes state; an expression cannot", "x++", None),
        ("--x", "`--` changes state; an expression cannot", "--x", None),
        ("delete x", "`delete` changes state; an expression cannot", "delete x", None),
        (
            "new Lease()",
            "`new` is not supported",
            "new Lease",
            Some("an actor deploys with `deploy(Name, …)`"),
        ),
        ("+1", "unary plus is not supported", "+", None),
        ("a >>> 1", "`>>>` is not supported", ">>>", Some("`>>` keeps the sign")),
        ("a[]", "the index is missing", "a[]", None),
        (
            "uint256[](x)",
            "an array type cannot be used in an expression",
            "uint256[]",
            Some("write the elements, as in `[a, b]`"),
        ),
        (
            "1 years",
            "`years` is not a unit",
            "1 years",
            Some(
                "calendar years are written in `wait`, `at` and `every`; elsewhere say `365 days`",
            ),
        ),
        (
            "start + 2 months",
            "`months` is not expected here",
            "months",
            Some("months and years are calendar spans: use them in `wait`, `at` and `every` only"),
        ),
        ("1 day", "`day` is not expected here", "day", Some("the unit is spelled `days`")),
        ("1 eth", "`eth` is not expected here", "eth", Some("the unit is spelled `ether`")),
        (
            "1 finney",
            "`finney` is not expected here",
            "finney",
            Some("units are wei, gwei, ether, seconds, minutes, hours, days and weeks"),
        ),
        (
            "a // b",
            "a comment cannot stand inside an expression",
            "// b",
            Some("write comments with `#`, after the expression"),
        ),
        (
            "0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "the address has a wrong checksum",
            "0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            Some("did you mean `0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed`?"),
        ),
        ("0x1 ether", "a hexadecimal number takes no unit", "0x1 ether", None),
        (
            "0x",
            "hexadecimal digits are missing after `0x`",
            "0x",
            Some("no bytes at all are written `hex\"\"`"),
        ),
        ("01", "leading zeros are not allowed in integers", "01", None),
        ("\"abc", "this text is never closed", "\"", Some("add `\"` at its end")),
        (
            "\"\\xff\"",
            "the string is not valid UTF-8",
            "\"\\xff\"",
            Some("write bytes as `hex\"…\"`"),
        ),
        ("f(a b)", "`b` is not expected here", "b", Some("an operator seems to be missing")),
        ("f(a,)", "trailing `,` separator is not allowed", ",", None),
        ("(a,,b)", "a value of the tuple is missing", "(a,,b)", None),
        ("covenant:Lease", "`:` is not expected here", ":", None),
        ("if (a) b", "`if` is not expected here", "if", None),
    ];
    for (source, message, underlined, hint) in table {
        let found = error(source);
        assert_eq!(found.message, *message, "{source}");
        assert_eq!(&source[found.span.unwrap().range()], *underlined, "{source}");
        assert_eq!(found.hint.as_deref(), *hint, "{source}");
    }
    assert_eq!(
        error(&format!("0x{}", "a".repeat(41))).message,
        "an address has 40 hexadecimal digits, this has 41"
    );
}

#[test]
fn too_much() {
    let table = [
        ("(".repeat(100) + "1" + &")".repeat(100), "brackets are nested more than 64 deep"),
        ("!".repeat(5_000) + "a", "the expression is nested more than 64 deep"),
        ("-".repeat(3) + &"- ".repeat(500) + "a", "the expression is nested more than 64 deep"),
        ("delete ".repeat(500) + "a", "the expression is nested more than 64 deep"),
        ("a ? b : ".repeat(500) + "c", "the expression is nested more than 64 deep"),
        ("2 ** ".repeat(500) + "2", "the expression is nested more than 64 deep"),
        ("a + ".repeat(500) + "a", "the expression is nested more than 128 deep"),
        ("a".to_owned() + &".b".repeat(500), "the expression is nested more than 128 deep"),
        ("type(a".to_owned() + &".b".repeat(500) + ")", "this name has too many parts"),
        (
            "type(uint".to_owned() + &"[]".repeat(2_000) + ")",
            "an array type cannot be used in an expression",
        ),
        ("a, ".repeat(5_000) + "a", "the expression has more than 8192 words and signs"),
        ("a".repeat(70_000), "the expression is longer than 64 KiB"),
    ];
    for (source, message) in table {
        assert_eq!(error(&source).message, message, "{}…", &source[..20]);
    }
    ast(&("a + ".repeat(100) + "a"));
}

/// A scalar that YAML has folded, unescaped or quoted still gives exact places.
#[test]
fn places_lead_back_into_the_file() {
    let mut sources = Sources::default();
    // The value: the escape is one letter, the line break and the indentation are one space.
    let file = sources.add(Path::new("a.yaml"), "é: \"gr\\u0075n(\n      lease.x)\"\n");
    let span = Span { file, start: 4, end: 30 };
    let folded = Text::new(
        "grun( lease.x)".to_owned(),
        span,
        vec![(0, 5), (2, 7), (3, 13), (5, 15), (6, 22)],
    );
    let ast = parse(&folded).unwrap();
    let AstKind::Call(callee, args) = &ast.kind else { panic!("a call") };
    assert_eq!(sources.text(callee.span), "gr\\u0075n");
    assert_eq!(sources.position(callee.span).column, 5);
    let argument = args.values().next().unwrap();
    assert_eq!(sources.text(argument.span), "lease.x");
    let position = sources.position(argument.span);
    assert_eq!((position.line, position.column), (2, 7));
    let AstKind::Member(_, name) = &argument.kind else { panic!("a member") };
    assert_eq!(sources.text(name.span), "x");

    // Letters of two bytes before the mistake.
    let source = "unicode\"grün\" == ö";
    let found = error(source);
    assert_eq!(&source[found.span.unwrap().range()], "ö");
}

#[test]
fn free_names_are_all_names() {
    let names = ast("lease.pay(a, [b], f({x: e}).y) + (c ? d : now)").free_names();
    assert_eq!(names.iter().collect::<Vec<_>>(), ["a", "b", "c", "d", "e", "f", "lease", "now"]);
}
