//! Checked expressions: names resolved, types known, nothing left to go wrong but what the chain decides.

use std::{fmt, sync::Arc};

use alloy_json_abi as abi;
use alloy_primitives::Selector;
use covenant_compile::Contract;

use super::{
    types::{StructType, Type},
    value::Value,
};
use crate::source::Span;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub usize);
    )*};
}

ids! {
    /// The number of an actor in the plan.
    ActorId
    /// The number of a declared contract (an instance) in the plan.
    InstanceId
    /// The number of a declared token in the plan.
    TokenId
    /// The number of a `let` in the plan.
    LetId
    /// The number of an `as:` binding in the plan.
    BoundId
}

/// A checked expression.
#[derive(Clone, Debug)]
pub struct Typed {
    /// What it computes.
    pub kind: Kind,
    /// The type of its value.
    pub ty: Type,
    /// Where it stands.
    pub span: Span,
}

/// What an expression computes.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A constant.
    Constant(Value),
    /// The address of an actor.
    Actor(ActorId),
    /// The address of a declared contract.
    Instance(InstanceId),
    /// The address of a declared token.
    Token(TokenId),
    /// A `let`.
    Let(LetId),
    /// What `as:` bound.
    Bound(BoundId),
    /// `last`: what the last call returned.
    Last,
    /// `now`
    Now,
    /// `start`
    Start,
    /// `block.number`
    BlockNumber,
    /// `block.timestamp`
    BlockTimestamp,
    /// `block.basefee`
    BlockBasefee,
    /// `chain.id`
    ChainId,
    /// `balance(x)`, or `balance(token, x)`.
    Balance {
        /// The token; ETH without.
        token: Option<Box<Typed>>,
        /// Whose.
        of: Box<Typed>,
    },
    /// `gained(x)`, or `gained(token, x)`: signed, since the account entered the scenario. The account (and the token)
    /// is checked to be an actor, an instance or a token of the scenario, so that its first balance is known.
    Gained {
        /// The token; ETH without.
        token: Option<Box<Typed>>,
        /// Whose.
        of: Box<Typed>,
    },
    /// `change(x)`, or `change(token, x)`: signed, over the transition that is looked at.
    Change {
        /// The token; ETH without.
        token: Option<Box<Typed>>,
        /// Whose.
        of: Box<Typed>,
    },
    /// `succeeded`: whether the call of the transition that is looked at did not revert.
    Succeeded,
    /// `enabled(actor, call)`: whether that call by that actor would succeed here and now.
    Enabled {
        /// Who.
        actor: ActorId,
        /// What.
        action: Box<Action>,
        /// Wei sent along.
        value: Option<Box<Typed>>,
        /// Most gas it may use.
        gas_limit: Option<Box<Typed>>,
    },
    /// A view call on a contract.
    Call {
        /// The address called.
        target: Box<Typed>,
        /// The function.
        function: FunctionRef,
        /// The arguments, as many as the function has inputs.
        args: Vec<Typed>,
    },
    /// A field of a struct, or a value of a tuple.
    Field {
        /// The struct or tuple.
        base: Box<Typed>,
        /// Which.
        index: usize,
    },
    /// An element of an array, or a byte of bytes.
    Index {
        /// The array.
        base: Box<Typed>,
        /// Which.
        index: Box<Typed>,
    },
    /// Some of the bytes of `bytes`: `signature[32:64]`.
    Slice {
        /// The bytes.
        base: Box<Typed>,
        /// The first of them; from the start without.
        from: Option<Box<Typed>>,
        /// The one after the last of them; to the end without.
        to: Option<Box<Typed>>,
    },
    /// A part of a signature of 65 bytes, as `ecrecover` takes it.
    SignaturePart {
        /// The signature.
        of: Box<Typed>,
        /// Which part.
        part: SignaturePart,
    },
    /// `.length` of an array or of bytes.
    Length(Box<Typed>),
    /// An operator before its operand.
    Unary(UnaryOp, Box<Typed>),
    /// An operator between its operands; both sides have been converted to one type.
    Binary(BinaryOp, Box<Typed>, Box<Typed>),
    /// `condition ? yes : no`
    Ternary(Box<Typed>, Box<Typed>, Box<Typed>),
    /// A conversion to the type of this expression: integers are range-checked, an enum from its number and back,
    /// bytes resized as Solidity does, an address from a number or 20 bytes and back.
    Cast(Box<Typed>),
    /// A struct from its fields, in order of declaration.
    Struct(Arc<StructType>, Vec<Typed>),
    /// An array from its elements.
    Array(Vec<Typed>),
    /// Several values.
    Tuple(Vec<Typed>),
    /// `keccak256(bytes)`
    Keccak256(Box<Typed>),
    /// `abi.encode(…)`
    AbiEncode(Vec<Typed>),
    /// `abi.encodePacked(…)`
    AbiEncodePacked(Vec<Typed>),
    /// `sign(actor, struct, contract)`: an EIP-712 signature, 65 bytes.
    Sign {
        /// Whose key.
        actor: ActorId,
        /// The struct.
        message: Box<Typed>,
        /// The contract whose `eip712Domain()` gives the domain.
        contract: Box<Typed>,
    },
    /// `permit(actor, token, spender, amount, deadline)`: an ERC-2612 signature, 65 bytes.
    Permit {
        /// Whose key.
        actor: ActorId,
        /// The token.
        token: Box<Typed>,
        /// Who may take.
        spender: Box<Typed>,
        /// How much.
        amount: Box<Typed>,
        /// Until when.
        deadline: Box<Typed>,
    },
}

impl Typed {
    /// The expressions that it is computed from.
    pub fn parts(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Constant(_)
            | Kind::Actor(_)
            | Kind::Instance(_)
            | Kind::Token(_)
            | Kind::Let(_)
            | Kind::Bound(_)
            | Kind::Last
            | Kind::Now
            | Kind::Start
            | Kind::BlockNumber
            | Kind::BlockTimestamp
            | Kind::BlockBasefee
            | Kind::ChainId
            | Kind::Succeeded => Vec::new(),
            Kind::Balance { token, of }
            | Kind::Gained { token, of }
            | Kind::Change { token, of } => token.iter().chain([of]).map(|part| &**part).collect(),
            Kind::Enabled { action, value, gas_limit, .. } => {
                let sent = [value, gas_limit].into_iter().flatten().map(|part| &**part);
                action.parts().into_iter().chain(sent).collect()
            }
            Kind::Call { target, args, .. } => [&**target].into_iter().chain(args).collect(),
            Kind::Field { base: inner, .. }
            | Kind::SignaturePart { of: inner, .. }
            | Kind::Length(inner)
            | Kind::Unary(_, inner)
            | Kind::Cast(inner)
            | Kind::Keccak256(inner) => vec![inner],
            Kind::Index { base, index } => vec![base, index],
            Kind::Slice { base, from, to } => [Some(base), from.as_ref(), to.as_ref()]
                .into_iter()
                .flatten()
                .map(|it| &**it)
                .collect(),
            Kind::Binary(_, one, other) => vec![one, other],
            Kind::Ternary(condition, yes, no) => vec![condition, yes, no],
            Kind::Struct(_, parts)
            | Kind::Array(parts)
            | Kind::Tuple(parts)
            | Kind::AbiEncode(parts)
            | Kind::AbiEncodePacked(parts) => parts.iter().collect(),
            Kind::Sign { message, contract, .. } => vec![message, contract],
            Kind::Permit { token, spender, amount, deadline, .. } => {
                vec![token, spender, amount, deadline]
            }
        }
    }
}

/// A part of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignaturePart {
    /// `.r`: the first 32 bytes.
    R,
    /// `.s`: the 32 bytes after those.
    S,
    /// `.v`: the last byte, a number.
    V,
}

/// A function of a contract.
#[derive(Clone, Debug)]
pub struct FunctionRef {
    /// The contract that declares it.
    pub contract: Arc<Contract>,
    /// Its ABI.
    pub function: Arc<abi::Function>,
    /// Its selector, which takes a hash to compute.
    pub selector: Selector,
    /// The types of its inputs.
    pub inputs: Arc<[Type]>,
    /// The type of what it returns: the value itself if there is one, a tuple otherwise.
    pub output: Type,
}

impl FunctionRef {
    /// Whether wei may be sent along.
    pub fn is_payable(&self) -> bool {
        self.function.state_mutability == abi::StateMutability::Payable
    }
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-x`
    Neg,
    /// `!x`
    Not,
    /// `~x`, of a sized integer or fixed bytes.
    BitNot,
}

/// An operator between two operands; `&&` and `||` do not look at the right one when the left one decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    Lt,
    Le,
    Gt,
    Ge,
    Eq,
    Ne,
    And,
    Or,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
}

impl fmt::Display for UnaryOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Neg => "-",
            Self::Not => "!",
            Self::BitNot => "~",
        })
    }
}

impl fmt::Display for BinaryOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
            Self::Pow => "**",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::And => "&&",
            Self::Or => "||",
            Self::BitAnd => "&",
            Self::BitOr => "|",
            Self::BitXor => "^",
            Self::Shl => "<<",
            Self::Shr => ">>",
        })
    }
}

/// What an actor does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Calls a function.
    Call {
        /// The address called.
        target: Typed,
        /// The function.
        function: FunctionRef,
        /// The arguments.
        args: Vec<Typed>,
    },
    /// `transfer(to, amount)`: sends ETH.
    Transfer {
        /// To whom.
        to: Typed,
        /// How many wei.
        amount: Typed,
    },
    /// `force(to, amount)`: puts ETH into an account without asking its code.
    Force {
        /// Into whose.
        to: Typed,
        /// How many wei.
        amount: Typed,
    },
    /// `deploy(Name, …)`: creates a contract.
    Deploy {
        /// Which.
        contract: Arc<Contract>,
        /// The arguments of its constructor.
        args: Vec<Typed>,
        /// Where it stands.
        span: Span,
    },
}

impl Action {
    /// The expressions that it is made of.
    pub fn parts(&self) -> Vec<&Typed> {
        match self {
            Self::Call { target, args, .. } => [target].into_iter().chain(args).collect(),
            Self::Transfer { to, amount } | Self::Force { to, amount } => vec![to, amount],
            Self::Deploy { args, .. } => args.iter().collect(),
        }
    }
}

/// Calls of a function, by whomever: `escrow.release(terms)`, `escrow.withdraw(_, buyer)`, `escrow.release`.
#[derive(Clone, Debug)]
pub struct CallPattern {
    /// The contract.
    pub target: Typed,
    /// The functions: one with arguments, perhaps several of one name without.
    pub functions: Vec<FunctionRef>,
    /// What each argument must equal, `None` matching anything; any arguments without.
    pub args: Option<Vec<Option<Typed>>>,
}

/// An event that is expected: `lease.Signed(_, tenant)`.
#[derive(Clone, Debug)]
pub struct EventPattern {
    /// The address that must have emitted it; anyone, when only the contract's type was named.
    pub emitter: Option<Typed>,
    /// The event.
    pub event: Arc<abi::Event>,
    /// The types of its fields.
    pub types: Arc<[Type]>,
    /// What each field must equal; `None` matches anything.
    pub fields: Vec<Option<Typed>>,
    /// Where it stands.
    pub span: Span,
}

/// A revert that is expected.
#[derive(Clone, Debug)]
pub enum RevertPattern {
    /// `any`
    Any,
    /// The string of a `require` or `revert("…")`.
    Message(String),
    /// `Panic(0x11)`; any code without one.
    Panic(Option<Typed>),
    /// A custom error.
    Error {
        /// The error.
        error: Arc<abi::Error>,
        /// The types of its parameters.
        types: Arc<[Type]>,
        /// What each must equal; `None` matches anything.
        args: Vec<Option<Typed>>,
    },
}

/// A bound on the gas of a transaction: `<= 95_000`.
#[derive(Clone, Debug)]
pub struct GasBound {
    /// How the gas used must compare.
    pub op: GasOp,
    /// With what.
    pub bound: Typed,
}

/// How gas used is compared with a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GasOp {
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `==`, or a bare number.
    Eq,
    /// `>=`
    Ge,
    /// `>`
    Gt,
}
