//! What signs.

use alloy_consensus::{
    SignableTransaction, Transaction, TxEnvelope, TypedTransaction, transaction::SignerRecoverable,
};
use alloy_eips::eip2718::{Decodable2718, Encodable2718};
use alloy_primitives::{Address, B256, Bytes, ChainId, Signature};
use covenant_scenario::expr::eip712::TypedMessage;

use super::{
    audit::{Act, Audit, Subject, TypedData},
    error::KeyError,
    secret::Secret,
};
use crate::send::{Signer, SignerError, SigningRequest};

/// What a source opened to: what signs for an actor.
#[derive(Clone, Debug)]
pub enum Opened {
    /// A key in this process.
    Key(Key),
    /// An account that the node signs for. For development chains.
    Node {
        /// The account.
        address: Address,
        /// The chain.
        chain_id: ChainId,
    },
}

impl Opened {
    /// The address that acts.
    #[must_use]
    pub fn address(&self) -> Address {
        match self {
            Self::Key(key) => key.address(),
            Self::Node { address, .. } => *address,
        }
    }

    /// The only chain that is signed for.
    #[must_use]
    pub const fn chain_id(&self) -> ChainId {
        match self {
            Self::Key(key) => key.chain_id(),
            Self::Node { chain_id, .. } => *chain_id,
        }
    }
}

/// A private key that signs for one chain. Whatever it signs is in the audit log before the signature exists.
#[derive(Clone)]
pub struct Key {
    secret: Secret,
    chain_id: ChainId,
    account: String,
    audit: Audit,
}

/// A signed transaction, which has been decoded again and compared with what was to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    /// What a node is sent.
    pub raw: Bytes,
    /// Its hash.
    pub hash: B256,
    /// Who sends it.
    pub from: Address,
    /// Its place among the transactions of its sender.
    pub nonce: u64,
}

impl Key {
    pub(super) const fn new(
        secret: Secret,
        chain_id: ChainId,
        account: String,
        audit: Audit,
    ) -> Self {
        Self { secret, chain_id, account, audit }
    }

    /// The address that belongs to the key.
    #[must_use]
    pub fn address(&self) -> Address {
        self.secret.address()
    }

    /// The only chain that the key signs for.
    #[must_use]
    pub const fn chain_id(&self) -> ChainId {
        self.chain_id
    }

    /// Signs a transaction (EIP-155 or typed).
    ///
    /// # Errors
    /// When the transaction says no chain or another one, or when the audit log cannot be written.
    pub fn sign_transaction(
        &self,
        transaction: TypedTransaction,
    ) -> Result<SignedTransaction, KeyError> {
        let signature = self.sign_hash(transaction.signature_hash(), transaction.chain_id())?;
        let signed = TxEnvelope::from(transaction.clone().into_signed(signature));
        self.check(signed.encoded_2718().into(), &transaction)
    }

    /// Signs a hash of which the caller says for which chain it is good: that of an EIP-712 domain, or of an EIP-7702
    /// authorization. Deterministic (RFC 6979), with `s` in the lower half (EIP-2).
    ///
    /// # Errors
    /// When it is good for every chain, or for another one; or when the audit log cannot be written.
    pub fn sign_hash(&self, hash: B256, good_for: Option<ChainId>) -> Result<Signature, KeyError> {
        self.sign_for(hash, good_for, None)
    }

    /// Signs a struct (EIP-712) for the contract that its domain names, on this key's chain.
    ///
    /// # Errors
    /// When its domain is of another chain or of all of them, or of any contract; or when the audit log cannot be written.
    pub fn sign_typed_data(&self, message: &TypedMessage) -> Result<Signature, KeyError> {
        let contract = message.domain.contract().ok_or(KeyError::NoContract)?;
        // A number that is too large is that of another chain.
        let good_for = message.domain.chain_id().map(|id| id.try_into().unwrap_or(ChainId::MAX));
        let what = TypedData { contract, name: &message.name };
        self.sign_for(message.digest(), good_for, Some(what))
    }

    fn sign_for(
        &self,
        hash: B256,
        good_for: Option<ChainId>,
        typed: Option<TypedData<'_>>,
    ) -> Result<Signature, KeyError> {
        let asked = good_for.ok_or(KeyError::NoChainId)?;
        if asked != self.chain_id {
            return Err(KeyError::WrongChain { opened: self.chain_id, asked });
        }
        self.audit.record(Act::Sign, Subject { hash: Some(hash), typed, ..self.subject() })?;
        let signed = self.secret.signing_key().sign_prehash_recoverable(hash.as_slice());
        Ok(signed.expect("a hash of 32 bytes can always be signed").into())
    }

    /// Writes down that the key is in use.
    pub(super) fn record_open(&self) -> Result<(), KeyError> {
        self.audit.record(Act::Open, self.subject())
    }

    fn subject(&self) -> Subject<'_> {
        let chain_id = Some(self.chain_id);
        Subject { chain_id, ..Subject::new(&self.account, Some(self.address())) }
    }

    /// Decodes what is about to be handed out: it must be what was to be signed, and from this key.
    fn check(&self, raw: Bytes, wanted: &TypedTransaction) -> Result<SignedTransaction, KeyError> {
        let signed = TxEnvelope::decode_2718(&mut raw.as_ref()).map_err(|_| KeyError::Altered)?;
        let from = signed.recover_signer().map_err(|_| KeyError::Altered)?;
        let (hash, nonce) = (*signed.tx_hash(), signed.nonce());
        if from != self.address() || TypedTransaction::from(signed) != *wanted {
            return Err(KeyError::Altered);
        }
        Ok(SignedTransaction { raw, hash, from, nonce })
    }
}

/// Deployments sign with a kept key as with any other; the entry in the audit log comes first, as always.
impl Signer for Key {
    fn address(&self) -> Address {
        Self::address(self)
    }

    fn sign(&self, request: &SigningRequest) -> Result<Bytes, SignerError> {
        self.sign_transaction(TypedTransaction::Eip1559(request.clone()))
            .map(|signed| signed.raw)
            .map_err(|error| SignerError(error.to_string()))
    }

    fn sign_typed(&self, message: &TypedMessage) -> Result<Signature, SignerError> {
        self.sign_typed_data(message).map_err(|error| SignerError(error.to_string()))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key")
            .field("address", &self.address())
            .field("chain_id", &self.chain_id)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
