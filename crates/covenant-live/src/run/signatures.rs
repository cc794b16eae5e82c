//! Signatures of kept keys over what a scenario has its actors sign.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

use alloy_primitives::{Address, B256, U256};
use covenant_scenario::{
    expr::eip712::TypedMessage,
    world::{Signatory, Unsigned},
};

use crate::send::Signer;

/// The keys that sign the typed data of a scenario on one chain. Each message is signed once, however often the scenario
/// is simulated and compared.
pub struct Signatures {
    chain_id: u64,
    signers: BTreeMap<Address, Arc<dyn Signer>>,
    signed: Mutex<BTreeMap<(Address, B256), [u8; 65]>>,
}

impl Signatures {
    /// Has these accounts sign for this chain.
    #[must_use]
    pub const fn new(chain_id: u64, signers: BTreeMap<Address, Arc<dyn Signer>>) -> Self {
        Self { chain_id, signers, signed: Mutex::new(BTreeMap::new()) }
    }

    /// Whether a signature of this would be good for this chain and the contract that asks for it, and for nothing else.
    fn check(&self, message: &TypedMessage) -> Result<(), String> {
        let TypedMessage { contract, domain, name, .. } = message;
        let wrong = |reason: String| Err(format!("`{name}` for {contract}: {reason}"));
        match domain.chain_id() {
            None => return wrong("its domain names no chain, so it would be good on all".into()),
            Some(chain_id) if chain_id != U256::from(self.chain_id) => {
                return wrong(format!("its domain is of chain {chain_id}, not {}", self.chain_id));
            }
            Some(_) => {}
        }
        match domain.contract() {
            None => wrong("its domain names no contract, so it would be good for all".into()),
            Some(other) if other != *contract => {
                wrong(format!("its domain is that of another contract, {other}"))
            }
            Some(_) => Ok(()),
        }
    }
}

impl Signatory for Signatures {
    fn sign(&self, account: Address, message: &TypedMessage) -> Result<[u8; 65], Unsigned> {
        let signer = self.signers.get(&account).ok_or(Unsigned::NoKey)?;
        self.check(message).map_err(Unsigned::Refused)?;
        let digest = message.digest();
        let mut signed = self.signed.lock().expect("signing does not panic");
        if let Some(known) = signed.get(&(account, digest)) {
            return Ok(*known);
        }
        let signature =
            signer.sign_typed(message).map_err(|error| Unsigned::Refused(error.to_string()))?;
        if signature.recover_address_from_prehash(&digest).ok() != Some(account) {
            let reason = "the signer returned a signature of something else";
            return Err(Unsigned::Refused(reason.to_owned()));
        }
        let bytes = signature.as_bytes();
        signed.insert((account, digest), bytes);
        Ok(bytes)
    }
}

impl fmt::Debug for Signatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signatures")
            .field("chain_id", &self.chain_id)
            .field("accounts", &self.signers.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use alloy_primitives::{Bytes, Signature, keccak256};
    use alloy_sol_types::SolValue;
    use covenant_chain::Key;
    use covenant_scenario::expr::eip712::Domain;

    use super::*;
    use crate::send::{SignerError, SigningRequest};

    const HERE: Address = Address::repeat_byte(0xaa);

    /// Signs with the key of a name, and says that it has the account of another one.
    struct Counted {
        says: &'static str,
        key: Key,
        times: Arc<AtomicU64>,
    }

    impl Signer for Counted {
        fn address(&self) -> Address {
            Key::derive(self.says).address()
        }

        fn sign(&self, _: &SigningRequest) -> Result<Bytes, SignerError> {
            Err(SignerError("not here".to_owned()))
        }

        fn sign_typed(&self, message: &TypedMessage) -> Result<Signature, SignerError> {
            self.times.fetch_add(1, Ordering::Relaxed);
            self.key.sign_typed(message)
        }
    }

    fn signatures(says: &'static str, signs: &str) -> (Signatures, Address, Arc<AtomicU64>) {
        let times = Arc::new(AtomicU64::new(0));
        let signer: Arc<dyn Signer> =
            Arc::new(Counted { says, key: Key::derive(signs), times: Arc::clone(&times) });
        let address = signer.address();
        (Signatures::new(7, BTreeMap::from([(address, signer)])), address, times)
    }

    fn message(domain: Domain, words: &str) -> TypedMessage {
        let hash = keccak256(words);
        TypedMessage { contract: HERE, domain, name: "Offer".to_owned(), hash }
    }

    fn domain(chain_id: u64, contract: Address) -> Domain {
        Domain::of_contract("Escrow".to_owned(), Some("1".to_owned()), chain_id, contract)
    }

    fn partial(fields: u8) -> Domain {
        let parts = (
            alloy_primitives::FixedBytes([fields]),
            "Escrow".to_owned(),
            "1".to_owned(),
            U256::from(7),
            HERE,
            B256::ZERO,
            Vec::<U256>::new(),
        );
        Domain::decode(&parts.abi_encode_params()).unwrap()
    }

    #[test]
    fn the_same_message_is_signed_once() {
        let (signatures, anna, times) = signatures("anna", "anna");
        let one = message(domain(7, HERE), "one");
        let first = signatures.sign(anna, &one).unwrap();
        assert_eq!(signatures.sign(anna, &one).unwrap(), first);
        assert_eq!(times.load(Ordering::Relaxed), 1);
        assert_eq!(first, Key::derive("anna").sign_hash(one.digest()));
        assert_ne!(signatures.sign(anna, &message(domain(7, HERE), "two")).unwrap(), first);
        assert_eq!(times.load(Ordering::Relaxed), 2);
        let bert = Key::derive("bert").address();
        assert_eq!(signatures.sign(bert, &one), Err(Unsigned::NoKey));
    }

    #[test]
    fn only_what_is_good_for_this_chain_and_this_contract_is_signed() {
        let (signatures, anna, times) = signatures("anna", "anna");
        let elsewhere = Address::repeat_byte(0xbb);
        let cases = [
            (domain(8, HERE), "its domain is of chain 8, not 7"),
            (domain(7, elsewhere), "its domain is that of another contract, 0xbBbBBBBb"),
            (partial(0b1011), "its domain names no chain"),
            (partial(0b0111), "its domain names no contract"),
        ];
        for (domain, words) in cases {
            match signatures.sign(anna, &message(domain, "one")) {
                Err(Unsigned::Refused(reason)) => {
                    assert!(reason.starts_with("`Offer` for 0xaAaA"), "{reason}");
                    assert!(reason.contains(words), "{reason}");
                }
                other => panic!("{words}: {other:?}"),
            }
        }
        assert_eq!(times.load(Ordering::Relaxed), 0);
        signatures.sign(anna, &message(partial(0b1111), "one")).unwrap();
    }

    #[test]
    fn what_comes_back_is_compared_with_what_was_asked_for() {
        let (signatures, anna, _) = signatures("anna", "bert");
        let refused = signatures.sign(anna, &message(domain(7, HERE), "one")).unwrap_err();
        assert_eq!(refused.to_string(), "the signer returned a signature of something else");
    }
}
