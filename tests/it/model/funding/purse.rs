//! How the routers get at the owner's tokens, after contracts/docs/funding.md: what the token or Permit2 says to what is
//! handed in.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{B256, U256};

use super::{
    super::{
        abi::{Fault, fault, require},
        books::Books,
        cast::Who,
        signature::Signature,
    },
    permission::{Kind, Payment, Permission},
};

/// What tokens and Permit2 remember of what was handed in.
#[derive(Clone, Debug, Default)]
pub(super) struct Used {
    /// How many permits of an owner a token has taken.
    permits: BTreeMap<(Who, Who), u64>,
    /// The nonces of owners that are used up at Permit2.
    nonces: BTreeSet<(Who, u64)>,
    /// The authorizations of owners that a token has taken, or that were taken back.
    authorizations: BTreeSet<(Who, Who, B256)>,
}

impl Used {
    /// How many permits of an owner a token has taken.
    pub(super) fn permits(&self, asset: Who, owner: Who) -> u64 {
        self.permits.get(&(asset, owner)).copied().unwrap_or_default()
    }

    /// Whether a nonce is used up at Permit2.
    pub(super) fn is_used(&self, owner: Who, nonce: u64) -> bool {
        self.nonces.contains(&(owner, nonce))
    }

    /// An owner uses up a nonce at Permit2.
    pub(super) fn invalidate(&mut self, owner: Who, nonce: u64) {
        self.nonces.insert((owner, nonce));
    }

    /// An owner takes an authorization back.
    pub(super) fn cancel(&mut self, owner: Who, asset: Who, purpose: B256) -> Result<(), Fault> {
        let fresh = self.authorizations.insert((asset, owner, purpose));
        require!(fresh, "ERC3009UsedAuthorization", owner, purpose);
        Ok(())
    }

    /// A token takes a permit for the router, or nothing happens: true if it does.
    pub(super) fn permit(
        &mut self,
        asset: Who,
        permission: &Permission,
        books: &mut Books,
    ) -> bool {
        let Permission { owner, value, until, .. } = *permission;
        let known = matches!(asset, Who::BLOCKING | Who::TAXED);
        let good = known && books.now <= until && permission.is_signed_by_key(owner);
        if good {
            *self.permits.entry((asset, owner)).or_default() += 1;
            books.allow(asset, owner, Who::CONTRACT, U256::from(value));
        }
        good
    }

    /// The tokens of the owner who is authenticated go to the router.
    pub(super) fn collect(
        &mut self,
        kind: Kind,
        permission: &Permission,
        payment: &Payment,
        purpose: B256,
        books: &mut Books,
    ) -> Result<(), Fault> {
        let Payment { asset, amount, .. } = *payment;
        let way = (permission.owner, Who::CONTRACT);
        match kind {
            Kind::Permit => {
                self.permit(asset, permission, books);
                books.transfer_by(Who::CONTRACT, asset, way, amount)
            }
            Kind::Permit2 => {
                self.witnessed(permission, books.now)?;
                books.transfer_by(Who::PERMIT2, asset, way, amount)
            }
            Kind::Authorization => {
                // Only one of the tokens knows what that is.
                if asset != Who::TAXED {
                    return Err(Fault::SILENT);
                }
                self.authorized(asset, permission, purpose, books.now)?;
                books.transfer(asset, permission.owner, Who::CONTRACT, U256::from(amount))
            }
        }
    }

    /// Permit2 looks at a signature.
    fn witnessed(&mut self, permission: &Permission, now: u64) -> Result<(), Fault> {
        let Permission { owner, signature, slip, nonce, until, .. } = *permission;
        require!(now <= until, "SignatureExpired", until);
        let fresh = self.nonces.insert((owner, nonce));
        require!(fresh, "InvalidNonce");
        // Who has delegated its code is asked as a contract, and this one refuses.
        let signed = signature.is_by(owner) && owner != Who::REFUSER && slip.is_none();
        require!(signed, "InvalidSigner");
        Ok(())
    }

    /// A token looks at an authorization.
    fn authorized(
        &mut self,
        asset: Who,
        permission: &Permission,
        purpose: B256,
        now: u64,
    ) -> Result<(), Fault> {
        let Permission { owner, until, after, .. } = *permission;
        if !permission.is_signed_by_key(owner) {
            return Err(permission.forged());
        }
        let timely = now > after && now < until;
        require!(timely, "ERC3009InvalidAuthorizationTime", after, until);
        self.cancel(owner, asset, purpose)
    }
}

impl Permission {
    /// Whether the key of this one has signed just this.
    pub(super) fn is_signed_by_key(&self, owner: Who) -> bool {
        self.signature.is_by(owner) && owner.has_key() && self.slip.is_none()
    }

    /// What a token says of a signature that is not good.
    fn forged(&self) -> Fault {
        match self.signature {
            Signature::By(who) | Signature::OverAnother(who) if who.has_key() => {
                fault!("ERC3009InvalidSignature")
            }
            Signature::Mirrored(who) if who.has_key() => {
                Fault { unspoken: Some(0), ..fault!("ECDSAInvalidSignatureS", 0_u64) }
            }
            _ => fault!("ECDSAInvalidSignature"),
        }
    }
}
