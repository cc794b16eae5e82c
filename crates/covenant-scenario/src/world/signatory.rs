//! Who signs for actors whose keys a scenario has not.

use std::fmt;

use alloy_primitives::Address;

use crate::expr::eip712::TypedMessage;

/// Signs typed data (EIP-712) for accounts whose keys are kept elsewhere.
///
/// Expressions are evaluated again and again, and in simulations of what is then done: the same message must get the
/// same signature each time.
pub trait Signatory: fmt::Debug + Send + Sync {
    /// The signature of an account: 65 bytes, the last of them 27 or 28.
    ///
    /// # Errors
    /// When there is none.
    fn sign(&self, account: Address, message: &TypedMessage) -> Result<[u8; 65], Unsigned>;
}

/// Why there is no signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// Nobody has a key of this account.
    #[error("nobody has its key")]
    NoKey,
    /// Whoever has it does not sign this; in words, without secrets.
    #[error("{0}")]
    Refused(String),
}
