//! Who signs, and that what was signed is what was asked for.

use std::sync::Arc;

use alloy_consensus::{SignableTransaction, TxEip1559, TxEnvelope, transaction::SignerRecoverable};
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::{Address, B256, Bytes, Signature, keccak256};
use covenant_chain::Key;
use covenant_scenario::expr::eip712::TypedMessage;

/// A transaction to be signed, chain id and nonce included.
pub type SigningRequest = TxEip1559;

/// Signs transactions of one account, and typed data where it can.
pub trait Signer: Send + Sync {
    /// The account.
    fn address(&self) -> Address;

    /// Signs `request` and returns the bytes to be sent (EIP-2718). What comes back is compared with what was asked.
    ///
    /// # Errors
    ///
    /// [`SignerError`] if it will not or cannot.
    fn sign(&self, request: &SigningRequest) -> Result<Bytes, SignerError>;

    /// Signs a struct (EIP-712), deterministically. Its domain names the chain and the contract that the signature is good
    /// for.
    ///
    /// # Errors
    ///
    /// [`SignerError`] if it will not or cannot.
    fn sign_typed(&self, message: &TypedMessage) -> Result<Signature, SignerError> {
        let _ = message;
        Err(SignerError("this account signs transactions only; bind the actor to a key".to_owned()))
    }
}

impl<S: Signer + ?Sized> Signer for Arc<S> {
    fn address(&self) -> Address {
        (**self).address()
    }

    fn sign(&self, request: &SigningRequest) -> Result<Bytes, SignerError> {
        (**self).sign(request)
    }

    fn sign_typed(&self, message: &TypedMessage) -> Result<Signature, SignerError> {
        (**self).sign_typed(message)
    }
}

/// Why nothing was signed, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SignerError(pub String);

impl Signer for Key {
    fn address(&self) -> Address {
        Self::address(self)
    }

    fn sign(&self, request: &SigningRequest) -> Result<Bytes, SignerError> {
        let signature = Signature::from_raw(&self.sign_hash(request.signature_hash()))
            .map_err(|error| SignerError(error.to_string()))?;
        Ok(request.clone().into_signed(signature).encoded_2718().into())
    }

    fn sign_typed(&self, message: &TypedMessage) -> Result<Signature, SignerError> {
        Signature::from_raw(&self.sign_hash(message.digest()))
            .map_err(|error| SignerError(error.to_string()))
    }
}

/// Has `request` signed, and returns bytes and hash only if they are exactly what was asked for.
pub(super) fn sign(
    signer: &dyn Signer,
    request: &SigningRequest,
) -> Result<(Bytes, B256), SignerError> {
    let raw = signer.sign(request)?;
    let wrong = |what: &str| Err(SignerError(format!("the signer returned {what}")));
    let Ok(envelope) = TxEnvelope::decode_2718_exact(&raw) else {
        return wrong("something that is no transaction");
    };
    match envelope.recover_signer() {
        Ok(found) if found == signer.address() => {}
        _ => return wrong("a signature of another account"),
    }
    match &envelope {
        TxEnvelope::Eip1559(signed) if signed.tx() == request => {}
        _ => return wrong("another transaction than it was given"),
    }
    let hash = keccak256(&raw);
    Ok((raw, hash))
}

/// What was asked for when these bytes were signed.
pub(crate) fn request_of(raw: &Bytes) -> SigningRequest {
    let envelope = TxEnvelope::decode_2718_exact(raw).expect("only transactions are written down");
    match envelope {
        TxEnvelope::Eip1559(signed) => signed.into_parts().0,
        other => {
            panic!("a transaction of type {} is never written down", u8::from(other.tx_type()))
        }
    }
}
