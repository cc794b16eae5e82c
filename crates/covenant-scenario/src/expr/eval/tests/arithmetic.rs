use num_bigint::BigInt;
use proptest::prelude::*;

use crate::{
    expr::{BinaryOp, EvalErrorKind, Kind, Type, Typed, UnaryOp, Value, eval},
    testing::{binary, constant, int, int_type, typed, world},
    world::World,
};

/// A formula, evaluated by the simplest means there are.
#[derive(Clone, Debug)]
enum Formula {
    Number(i8),
    Negative(Box<Self>),
    Operation(BinaryOp, Box<Self>, Box<Self>),
    /// `a < b ? c : d`
    Choice(Box<[Self; 4]>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    DivisionByZero,
    Exponent,
    Shift,
    /// Too large for this reference, which says nothing then.
    Unknown,
}

impl Formula {
    fn reference(&self) -> Result<i128, Failure> {
        match self {
            Self::Number(number) => Ok((*number).into()),
            Self::Negative(inner) => inner.reference().map(|number| -number),
            Self::Choice(parts) => {
                let [a, b, c, d] = &**parts;
                if a.reference()? < b.reference()? { c.reference() } else { d.reference() }
            }
            Self::Operation(op, a, b) => {
                let (a, b) = (a.reference()?, b.reference()?);
                let small = u32::try_from(b);
                match op {
                    BinaryOp::Add => a.checked_add(b).ok_or(Failure::Unknown),
                    BinaryOp::Sub => a.checked_sub(b).ok_or(Failure::Unknown),
                    BinaryOp::Mul => a.checked_mul(b).ok_or(Failure::Unknown),
                    BinaryOp::Div | BinaryOp::Rem if b == 0 => Err(Failure::DivisionByZero),
                    BinaryOp::Div => Ok(a / b),
                    BinaryOp::Rem => Ok(a % b),
                    BinaryOp::Pow if b < 0 => Err(Failure::Exponent),
                    BinaryOp::Pow => {
                        small.ok().and_then(|b| a.checked_pow(b)).ok_or(Failure::Unknown)
                    }
                    BinaryOp::Shl | BinaryOp::Shr if b < 0 => Err(Failure::Shift),
                    BinaryOp::Shl if b > 100 || a.unsigned_abs().leading_zeros() < 110 => {
                        Err(Failure::Unknown)
                    }
                    BinaryOp::Shl => a
                        .checked_mul(1_i128.checked_shl(small.unwrap()).unwrap())
                        .ok_or(Failure::Unknown),
                    BinaryOp::Shr => Ok(a >> b.min(127)),
                    BinaryOp::BitAnd => Ok(a & b),
                    BinaryOp::BitOr => Ok(a | b),
                    BinaryOp::BitXor => Ok(a ^ b),
                    other => panic!("{other:?} is no operation on numbers"),
                }
            }
        }
    }

    fn typed(&self) -> Typed {
        match self {
            Self::Number(number) => int((*number).into()),
            Self::Negative(inner) => {
                typed(Kind::Unary(UnaryOp::Neg, Box::new(inner.typed())), Type::Int(None))
            }
            Self::Operation(op, a, b) => binary(*op, a.typed(), b.typed()),
            Self::Choice(parts) => {
                let [a, b, c, d] = (**parts).each_ref().map(Self::typed);
                let condition = binary(BinaryOp::Lt, a, b);
                typed(Kind::Ternary(Box::new(condition), Box::new(c), Box::new(d)), Type::Int(None))
            }
        }
    }
}

fn formula() -> impl Strategy<Value = Formula> {
    let ops = [
        BinaryOp::Add,
        BinaryOp::Sub,
        BinaryOp::Mul,
        BinaryOp::Div,
        BinaryOp::Rem,
        BinaryOp::Pow,
        BinaryOp::Shl,
        BinaryOp::Shr,
        BinaryOp::BitAnd,
        BinaryOp::BitOr,
        BinaryOp::BitXor,
    ];
    any::<i8>().prop_map(Formula::Number).prop_recursive(6, 40, 4, move |inner| {
        prop_oneof![
            1 => inner.clone().prop_map(|inner| Formula::Negative(Box::new(inner))),
            6 => (prop::sample::select(ops.to_vec()), inner.clone(), inner.clone())
                .prop_map(|(op, a, b)| Formula::Operation(op, Box::new(a), Box::new(b))),
            1 => prop::array::uniform4(inner).prop_map(|parts| Formula::Choice(Box::new(parts))),
        ]
    })
}

fn kind(result: Result<Value, crate::expr::EvalError>) -> Result<Value, EvalErrorKind> {
    result.map_err(|error| error.kind)
}

#[test]
fn arithmetic_agrees_with_a_reference() {
    let world = world();
    proptest!(ProptestConfig::with_cases(2_000), |(formula in formula())| {
        let actual = kind(eval(&formula.typed(), &world));
        match formula.reference() {
            Ok(number) => prop_assert_eq!(actual.unwrap(), Value::Int(number.into())),
            Err(Failure::Unknown) => prop_assert!(!matches!(actual, Err(kind) if kind.is_engine())),
            Err(Failure::DivisionByZero) => prop_assert!(matches!(actual, Err(EvalErrorKind::DivisionByZero))),
            Err(Failure::Exponent) => prop_assert!(matches!(actual, Err(EvalErrorKind::Exponent(_)))),
            Err(Failure::Shift) => prop_assert!(matches!(actual, Err(EvalErrorKind::Shift(_)))),
        }
    });
}

fn of(op: BinaryOp, a: BigInt, b: BigInt, world: &World) -> Result<BigInt, EvalErrorKind> {
    let whole = |number: BigInt| constant(number, Type::Int(None));
    kind(eval(&binary(op, whole(a), whole(b)), world)).map(|value| value.as_int().unwrap().clone())
}

#[test]
fn results_have_a_largest_size() {
    let world = world();
    let big = || BigInt::from(1) << 4_000;
    for (op, a, b) in [
        (BinaryOp::Pow, 2.into(), 4_096.into()),
        (BinaryOp::Pow, (-3).into(), u64::MAX.into()),
        (BinaryOp::Pow, big(), big()),
        (BinaryOp::Shl, 1.into(), 4_096.into()),
        (BinaryOp::Shl, 1.into(), big()),
        (BinaryOp::Mul, big(), big()),
    ] {
        assert!(
            matches!(of(op, a, b, &world), Err(EvalErrorKind::TooLarge { bits: 4_096 })),
            "{op:?}"
        );
    }
    for (op, a, b, result) in [
        (BinaryOp::Pow, 2.into(), 4_095.into(), BigInt::from(1) << 4_095),
        (BinaryOp::Pow, 1.into(), big(), 1.into()),
        (BinaryOp::Pow, (-1).into(), big() + 1, (-1).into()),
        (BinaryOp::Pow, (-1).into(), big(), 1.into()),
        (BinaryOp::Pow, 0.into(), 0.into(), 1.into()),
        (BinaryOp::Shl, 0.into(), big(), 0.into()),
        (BinaryOp::Shr, big(), big(), 0.into()),
        (BinaryOp::Shr, (-5).into(), big(), (-1).into()),
    ] {
        assert_eq!(of(op, a, b, &world).unwrap(), result, "{op:?}");
    }
}

#[test]
fn what_need_not_be_looked_at_is_not() {
    let world = world();
    let broken = || binary(BinaryOp::Eq, binary(BinaryOp::Div, int(1), int(0)), int(1));
    let truth = |truth: bool| constant(truth, Type::Bool);
    for (op, left) in [(BinaryOp::And, false), (BinaryOp::Or, true)] {
        assert_eq!(eval(&binary(op, truth(left), broken()), &world).unwrap(), Value::Bool(left));
        assert!(eval(&binary(op, truth(!left), broken()), &world).is_err());
        assert!(eval(&binary(op, broken(), truth(left)), &world).is_err());
    }
    let choice = |condition| {
        typed(
            Kind::Ternary(Box::new(truth(condition)), Box::new(int(7)), Box::new(broken())),
            Type::Int(None),
        )
    };
    assert_eq!(eval(&choice(true), &world).unwrap(), Value::from(7));
    assert!(eval(&choice(false), &world).is_err());
}

#[test]
fn bits_are_flipped_within_the_type() {
    let world = world();
    let flipped = |number: i64, ty: Type| {
        let inner = constant(Value::Int(number.into()), ty.clone());
        kind(eval(&typed(Kind::Unary(UnaryOp::BitNot, Box::new(inner)), ty), &world))
    };
    assert_eq!(flipped(1, int_type(false, 8)).unwrap(), Value::from(254));
    assert_eq!(flipped(1, int_type(true, 8)).unwrap(), Value::Int((-2).into()));
    assert!(matches!(flipped(256, int_type(false, 8)), Err(EvalErrorKind::OutOfRange { .. })));
}

#[test]
fn deep_nesting_is_an_error() {
    let world = world();
    let nested = |depth: usize| {
        (0..depth).fold(int(1), |inner, _| {
            typed(Kind::Unary(UnaryOp::Neg, Box::new(inner)), Type::Int(None))
        })
    };
    assert_eq!(eval(&nested(256), &world).unwrap(), Value::from(1));
    assert!(matches!(kind(eval(&nested(1_000), &world)), Err(EvalErrorKind::TooDeep)));
}
