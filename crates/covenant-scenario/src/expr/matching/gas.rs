//! Gas.

use num_bigint::BigInt;

use crate::{
    expr::{
        eval::{EvalError, EvalErrorKind, eval},
        typed::{GasBound, GasOp},
        value::Value,
    },
    world::World,
};

/// A bound on gas, evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedGas {
    /// How the gas used must compare.
    pub op: GasOp,
    /// With how much.
    pub bound: BigInt,
}

/// A transaction used more, or less, than it should have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GasMismatch {
    /// What was expected.
    pub expected: ExpectedGas,
    /// What was used.
    pub actual: u64,
}

impl ExpectedGas {
    /// Evaluates a bound.
    ///
    /// # Errors
    /// When it has no value.
    pub fn new(bound: &GasBound, world: &World) -> Result<Self, EvalError> {
        match eval(&bound.bound, world)? {
            Value::Int(number) => Ok(Self { op: bound.op, bound: number }),
            other => Err(EvalErrorKind::Mismatch { value: other.to_string(), wanted: "a number" }
                .at(bound.bound.span)),
        }
    }

    /// Compares with the gas that a transaction used.
    ///
    /// # Errors
    /// Both numbers, when the bound does not hold.
    pub fn check(&self, used: u64) -> Result<(), GasMismatch> {
        let order = BigInt::from(used).cmp(&self.bound);
        let holds = match self.op {
            GasOp::Lt => order.is_lt(),
            GasOp::Le => order.is_le(),
            GasOp::Eq => order.is_eq(),
            GasOp::Ge => order.is_ge(),
            GasOp::Gt => order.is_gt(),
        };
        if holds { Ok(()) } else { Err(GasMismatch { expected: self.clone(), actual: used }) }
    }
}

impl GasOp {
    /// The operator as it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Eq => "==",
            Self::Ge => ">=",
            Self::Gt => ">",
        }
    }
}
