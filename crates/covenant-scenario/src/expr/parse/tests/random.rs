use num_rational::BigRational;

use super::{
    super::{Args, Ast, AstKind, Entry, Ident, Number, parse},
    fixture::{grouped, text},
};
use crate::expr::typed::{BinaryOp, UnaryOp};

/// A small generator of its own: the same sequence everywhere, for ever.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    fn ast(&mut self, depth: usize) -> Ast {
        let span = text("").span;
        let name = |random: &mut Self| ["a", "lease", "_x", "Terms"][random.below(4)].to_owned();
        let choice = if depth == 0 { self.below(5) } else { self.below(14) };
        let kind = match choice {
            0 | 1 => AstKind::Name(name(self)),
            2 => {
                let value = self.below(1000);
                AstKind::Number(Number {
                    value: BigRational::from_integer(value.into()),
                    hex_digits: None,
                    text: value.to_string(),
                })
            }
            3 => {
                AstKind::String(["", "a \"quote\"", "grün\n", "\u{1}\\"][self.below(4)].to_owned())
            }
            4 => AstKind::Hex(vec![0xab; self.below(3)]),
            5 => AstKind::Unary(
                [UnaryOp::Neg, UnaryOp::Not, UnaryOp::BitNot][self.below(3)],
                Box::new(self.ast(depth - 1)),
            ),
            6..=9 => {
                let op = BINARY[self.below(BINARY.len())];
                AstKind::Binary(op, Box::new(self.ast(depth - 1)), Box::new(self.ast(depth - 1)))
            }
            10 => AstKind::Ternary(
                Box::new(self.ast(depth - 1)),
                Box::new(self.ast(depth - 1)),
                Box::new(self.ast(depth - 1)),
            ),
            11 => AstKind::Call(
                Box::new(Ast::new(AstKind::Name(name(self)), span)),
                if self.below(2) == 0 {
                    Args::Positional((0..self.below(3)).map(|_| self.ast(depth - 1)).collect())
                } else {
                    let entry = Entry {
                        name: Ident { name: name(self), span },
                        value: self.ast(depth - 1),
                    };
                    Args::Named(vec![entry])
                },
            ),
            12 => AstKind::Member(
                Box::new(Ast::new(AstKind::Name(name(self)), span)),
                Ident { name: name(self), span },
            ),
            _ => AstKind::Array((0..self.below(3)).map(|_| self.ast(depth - 1)).collect()),
        };
        Ast::new(kind, span)
    }
}

const BINARY: [BinaryOp; 19] = [
    BinaryOp::Add,
    BinaryOp::Sub,
    BinaryOp::Mul,
    BinaryOp::Div,
    BinaryOp::Rem,
    BinaryOp::Pow,
    BinaryOp::Lt,
    BinaryOp::Le,
    BinaryOp::Gt,
    BinaryOp::Ge,
    BinaryOp::Eq,
    BinaryOp::Ne,
    BinaryOp::And,
    BinaryOp::Or,
    BinaryOp::BitAnd,
    BinaryOp::BitOr,
    BinaryOp::BitXor,
    BinaryOp::Shl,
    BinaryOp::Shr,
];

/// What is printed reads back as the same tree, so the printed parentheses and the grammar agree on precedence.
#[test]
fn printing_and_reading_are_inverse() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3_000 {
        let tree = random.ast(4);
        let printed = tree.to_string();
        let read =
            parse(&text(&printed)).unwrap_or_else(|error| panic!("{printed}: {}", error.message));
        assert_eq!(grouped(&read), grouped(&tree), "{printed}");
    }
}

/// Arbitrary sequences of words and signs, and arbitrary characters, are read or refused, with a place inside the text.
#[test]
fn nothing_panics() {
    let words = [
        "a",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        ":",
        "?",
        "+",
        "-",
        "*",
        "/",
        "**",
        "!",
        "~",
        "<",
        "<<",
        "==",
        "=",
        "&&",
        "1",
        "0x",
        "1.",
        ".5",
        "1e",
        "1e-",
        "1_",
        "_",
        "0b1",
        "ether",
        "days",
        "type",
        "new",
        "delete",
        "payable",
        "address",
        "uint8",
        "bytes32",
        "mapping",
        "function",
        "\"",
        "'",
        "hex\"a\"",
        "unicode\"ü\"",
        "ü",
        "\u{a0}",
        "\0",
        "//",
        "/*",
        "*/",
        "\n",
        "\r",
        "\\",
        "@",
        "#",
        "=>",
        "->",
        "true",
        "is",
        "calldata",
        ";",
        "++",
        "0x1e5",
        "1e99999",
    ];
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..20_000 {
        let mut source = String::new();
        for _ in 0..=random.below(12) {
            source.push_str(words[random.below(words.len())]);
            if random.below(3) == 0 {
                source.push(' ');
            }
        }
        if let Err(error) = parse(&text(&source)) {
            let span = error.span.unwrap();
            assert!(span.start <= span.end && span.range().end <= source.len(), "{source}");
            assert_ne!(error.message, "the expression cannot be read", "{source:?}");
        }
    }
}
