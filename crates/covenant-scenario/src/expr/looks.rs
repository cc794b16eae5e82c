//! Which expressions depend on the chain.

use super::typed::{Kind, Typed};

impl Typed {
    /// Whether its value depends on the chain or its clock, and may be another after a transaction. Addresses do not, and
    /// what has a value already does not either.
    pub fn looks(&self) -> bool {
        match &self.kind {
            Kind::Last
            | Kind::Now
            | Kind::BlockNumber
            | Kind::BlockTimestamp
            | Kind::BlockBasefee
            | Kind::Balance { .. }
            | Kind::Gained { .. }
            | Kind::Change { .. }
            | Kind::Succeeded
            | Kind::Enabled { .. }
            | Kind::Call { .. }
            // A contract is asked for the domain that is signed for.
            | Kind::Sign { .. }
            | Kind::Permit { .. } => true,
            Kind::Constant(_)
            | Kind::Actor(_)
            | Kind::Instance(_)
            | Kind::Token(_)
            | Kind::Let(_)
            | Kind::Bound(_)
            | Kind::Start
            | Kind::ChainId
            | Kind::Field { .. }
            | Kind::Index { .. }
            | Kind::Slice { .. }
            | Kind::SignaturePart { .. }
            | Kind::Length(_)
            | Kind::Unary(..)
            | Kind::Binary(..)
            | Kind::Ternary(..)
            | Kind::Cast(_)
            | Kind::Struct(..)
            | Kind::Array(_)
            | Kind::Tuple(_)
            | Kind::Keccak256(_)
            | Kind::AbiEncode(_)
            | Kind::AbiEncodePacked(_) => self.parts().into_iter().any(Self::looks),
        }
    }
}
