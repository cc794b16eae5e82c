//! Why an expression has no value.

use alloy_primitives::{Address, Bytes};
use covenant_chain::ChainError;
use num_bigint::BigInt;

use crate::{
    expr::{
        abi::{DecodeError, EncodeError},
        value::{Names, Value},
    },
    source::Span,
};

/// An expression has no value, and where.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct EvalError {
    /// The part of the expression that failed.
    pub span: Span,
    /// What happened.
    pub kind: EvalErrorKind,
}

impl EvalError {
    /// Whether the engine or its surroundings failed, rather than the expression on this chain.
    pub const fn is_engine(&self) -> bool {
        self.kind.is_engine()
    }
}

/// The call that an expression made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallSite {
    /// Who was called.
    pub target: Address,
    /// What the expression takes it for, where it says so.
    pub contract: Option<String>,
    /// The name of the function.
    pub function: String,
}

impl CallSite {
    /// A call of a function, boxed as errors keep it.
    pub(crate) fn boxed(target: Address, contract: Option<&str>, function: &str) -> Box<Self> {
        Box::new(Self { target, contract: contract.map(Into::into), function: function.into() })
    }

    /// The call as text, with a name for the target if it has one: `lease.arrears`, or `Lease(0x…).arrears`.
    pub fn label(&self, names: &Names) -> String {
        let target = match (names.get(self.target), &self.contract) {
            (Some(name), _) => name.to_owned(),
            (None, Some(contract)) => format!("{contract}({})", self.target),
            (None, None) => self.target.to_string(),
        };
        format!("{target}.{}", self.function)
    }
}

impl std::fmt::Display for CallSite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.label(&Names::default()))
    }
}

/// Why an expression has no value.
#[derive(Debug, thiserror::Error)]
pub enum EvalErrorKind {
    /// A view call reverted.
    #[error("`{call}` reverted")]
    Reverted {
        /// The call.
        call: Box<CallSite>,
        /// The encoded error.
        data: Bytes,
    },
    /// The EVM stopped a view call.
    #[error("`{call}` was stopped: {reason}")]
    Halted {
        /// The call.
        call: Box<CallSite>,
        /// What happened, in words.
        reason: String,
    },
    /// Nothing lives at the address that was called.
    #[error("`{call}` calls an address without code")]
    NoCode {
        /// The call.
        call: Box<CallSite>,
    },
    /// What a call returned is not what its ABI says.
    #[error("`{call}` returned something else than its ABI says: {error}")]
    BadReturnData {
        /// The call.
        call: Box<CallSite>,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// An integer does not fit the type that it is encoded as or cast to.
    #[error("{} does not fit {ty}", Value::Int(value.clone()))]
    OutOfRange {
        /// The integer.
        value: BigInt,
        /// The name of the type.
        ty: String,
    },
    /// A value cannot be encoded for another reason.
    #[error(transparent)]
    Encode(EncodeError),
    /// A conversion that depends on the value failed: 21 bytes are no address.
    #[error("{value} is no {ty}")]
    Cast {
        /// The value, as text.
        value: String,
        /// The name of the type.
        ty: String,
    },
    /// `x / 0` or `x % 0`
    #[error("division by zero")]
    DivisionByZero,
    /// `x ** -1`
    #[error("{} is no exponent", Value::Int(_0.clone()))]
    Exponent(BigInt),
    /// `x << -1`
    #[error("cannot shift by {}", Value::Int(_0.clone()))]
    Shift(BigInt),
    /// A result that is larger than any program needs.
    #[error("the result has more than {bits} bits")]
    TooLarge {
        /// The most that is computed with.
        bits: u64,
    },
    /// An index that the array has not.
    #[error("index {} is out of bounds: there are {length}", Value::Int(index.clone()))]
    IndexOutOfBounds {
        /// The index.
        index: BigInt,
        /// How many elements there are.
        length: usize,
    },
    /// A slice whose ends are outside of the bytes, or in the wrong order.
    #[error("there is no slice from {} to {}: there are {length} bytes", Value::Int(from.clone()), Value::Int(to.clone()))]
    NoSlice {
        /// Where it begins.
        from: BigInt,
        /// Where it ends.
        to: BigInt,
        /// How many bytes there are.
        length: usize,
    },
    /// `.v`, `.r` or `.s` of something that has not the length of a signature.
    #[error("a signature has 65 bytes, this has {length}")]
    NotASignature {
        /// How many bytes there are.
        length: usize,
    },
    /// Solidity refuses to call an address without code; a bare transaction would succeed and do nothing.
    #[error("there is no contract at this address, so the call would do nothing")]
    NobodyThere,
    /// A number that no word holds stands where an amount is sent.
    #[error("{0} is not an amount: that is a number from 0 to 2^256 - 1")]
    NoAmount(String),
    /// The code of a contract to create needs a library that is not there.
    #[error("{0}")]
    NotLinked(String),
    /// A contract or token that is not on the chain yet.
    #[error("`{name}` is not deployed yet")]
    NotDeployed {
        /// Its name.
        name: String,
    },
    /// A `let`, an `as` or `last` that has no value yet.
    #[error("{what} has no value yet")]
    Unset {
        /// What it is.
        what: &'static str,
    },
    /// `gained` of an account that has not entered the scenario.
    #[error("`{account}` has not entered the scenario, so what it gained is not known")]
    NoBaseline {
        /// The account.
        account: String,
    },
    /// An actor without a key cannot sign.
    #[error("`{actor}` has no key to sign with")]
    NoKey {
        /// Its name.
        actor: String,
    },
    /// Whoever has an actor's key did not sign with it.
    #[error("`{actor}` did not sign: {reason}")]
    Unsigned {
        /// The actor's name.
        actor: String,
        /// Why, without secrets.
        reason: String,
    },
    /// The contract says nothing usable about its EIP-712 domain.
    #[error("the EIP-712 domain of `{contract}` is not known: {reason}")]
    NoDomain {
        /// The contract.
        contract: String,
        /// What is missing or odd.
        reason: String,
    },
    /// A struct that EIP-712 cannot describe.
    #[error("the struct cannot be signed: {0}")]
    TypedData(String),
    /// Expressions are nested deeper than the evaluator goes.
    #[error("the expression is nested too deeply")]
    TooDeep,
    /// A value is of another kind than the checker promised: a bug.
    #[error("{value} stands where {wanted} was expected")]
    Mismatch {
        /// The value, as text.
        value: String,
        /// What was expected.
        wanted: &'static str,
    },
    /// The engine or its surroundings failed.
    #[error(transparent)]
    Engine(#[from] ChainError),
}

impl EvalErrorKind {
    /// Whether the engine or its surroundings failed, rather than the expression on this chain.
    pub const fn is_engine(&self) -> bool {
        matches!(
            self,
            Self::Engine(_) | Self::Mismatch { .. } | Self::TooDeep | Self::Unsigned { .. }
        )
    }

    /// The same, with its place.
    #[must_use]
    pub const fn at(self, span: Span) -> EvalError {
        EvalError { span, kind: self }
    }
}

impl From<EncodeError> for EvalErrorKind {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::OutOfRange { value, ty } => Self::OutOfRange { value, ty },
            other => Self::Encode(other),
        }
    }
}
