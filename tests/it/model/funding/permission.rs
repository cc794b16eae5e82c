//! What an owner signs, for each of the routers, and what is handed in.

use std::fmt;

use alloy_primitives::{B256, keccak256};

use super::super::{
    abi::{Value, word},
    cast::Who,
    facts::Facts,
    signature::Signature,
};

/// How a router gets at the owner's tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    /// ERC-2612.
    Permit,
    /// Permit2, with a witness.
    Permit2,
    /// ERC-3009.
    Authorization,
}

/// One payment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Payment {
    /// The contract of the agreement.
    pub(super) place: Who,
    /// The agreement's id.
    pub(super) id: B256,
    pub(super) asset: Who,
    pub(super) amount: u128,
}

/// What is handed in for one.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Permission {
    /// Who is to have signed. For an ERC-2612 permit it is whoever calls.
    pub(super) owner: Who,
    pub(super) signature: Signature,
    /// What was signed, if it was not this.
    pub(super) slip: Option<Slip>,
    /// How much a permit lets the router take.
    pub(super) value: u128,
    pub(super) nonce: u64,
    /// Until when it is good; for an authorization, strictly before when.
    pub(super) until: u64,
    /// Strictly after when an authorization is good.
    pub(super) after: u64,
}

/// Something else that was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Slip {
    /// For another agreement of the contract.
    Agreement,
    /// For the agreement with that id at another contract.
    Place,
    /// For another amount.
    Amount,
    /// For somebody else to hand in.
    Spender,
    /// With another nonce.
    Nonce,
    /// For another time.
    Time,
}

impl Slip {
    /// Those that make a difference to what is signed.
    pub(super) const fn of(kind: Kind) -> &'static [Self] {
        match kind {
            Kind::Permit => &[Self::Amount, Self::Spender, Self::Nonce, Self::Time],
            Kind::Permit2 => &[
                Self::Agreement,
                Self::Place,
                Self::Amount,
                Self::Spender,
                Self::Nonce,
                Self::Time,
            ],
            Kind::Authorization => {
                &[Self::Agreement, Self::Place, Self::Amount, Self::Spender, Self::Time]
            }
        }
    }
}

/// The EIP-712 types of what is signed.
const PERMIT: &str =
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)";
const AUTHORIZATION: &str = "ReceiveWithAuthorization(address from,address to,uint256 value,\
    uint256 validAfter,uint256 validBefore,bytes32 nonce)";
const CANCEL: &str = "CancelAuthorization(address authorizer,bytes32 nonce)";
const TRANSFER: &str = "PermitWitnessTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,\
    uint256 deadline,Purpose witness)Purpose(address agreements,bytes32 id)TokenPermissions(address token,uint256 amount)";
const PERMISSIONS: &str = "TokenPermissions(address token,uint256 amount)";
const PURPOSE: &str = "Purpose(address agreements,bytes32 id)";

impl Payment {
    /// The hash of what the payment is for.
    pub(super) fn purpose(&self, facts: &Facts) -> B256 {
        keccak256([keccak256(PURPOSE).0, facts.word(self.place), self.id.0].concat())
    }
}

impl Permission {
    /// The digest that was signed, where so many permits of the owner were used before.
    pub(super) fn digest(
        &self,
        kind: Kind,
        facts: &Facts,
        payment: &Payment,
        permits: u64,
    ) -> B256 {
        let (mut payment, mut signed, mut spender) = (*payment, *self, Who::CONTRACT);
        let mut permits = permits;
        match self.slip {
            None => {}
            Some(Slip::Agreement) => payment.id = !payment.id,
            Some(Slip::Place) => payment.place = Who::STRANGER,
            Some(Slip::Amount) => {
                payment.amount = payment.amount.wrapping_add(1);
                signed.value = signed.value.wrapping_sub(1);
            }
            Some(Slip::Spender) => spender = Who::STRANGER,
            Some(Slip::Nonce) => (signed.nonce, permits) = (signed.nonce + 1, permits + 1),
            Some(Slip::Time) => signed.until += 1,
        }
        let (by, domain, content) = match kind {
            Kind::Permit => (payment.asset, Some("1"), signed.permit(facts, spender, permits)),
            Kind::Permit2 => (Who::PERMIT2, None, signed.transfer(facts, spender, &payment)),
            Kind::Authorization => {
                (payment.asset, Some("1"), signed.authorization(facts, spender, &payment))
            }
        };
        let name = if kind == Kind::Permit2 { "Permit2" } else { symbol(by) };
        facts.foreign_digest(by, (name, domain), keccak256(content))
    }

    fn permit(&self, facts: &Facts, spender: Who, permits: u64) -> Vec<u8> {
        let numbers = [self.value, permits.into(), self.until.into()].map(word);
        let mut content = keccak256(PERMIT).to_vec();
        content.extend([facts.word(self.owner), facts.word(spender)].concat());
        content.extend(numbers.concat());
        content
    }

    fn transfer(&self, facts: &Facts, spender: Who, payment: &Payment) -> Vec<u8> {
        let permitted =
            [keccak256(PERMISSIONS).0, facts.word(payment.asset), word(payment.amount)].concat();
        let words = [
            keccak256(TRANSFER).0,
            keccak256(permitted).0,
            facts.word(spender),
            word(self.nonce.into()),
            word(self.until.into()),
            payment.purpose(facts).0,
        ];
        words.concat()
    }

    fn authorization(&self, facts: &Facts, spender: Who, payment: &Payment) -> Vec<u8> {
        let words = [
            keccak256(AUTHORIZATION).0,
            facts.word(self.owner),
            facts.word(spender),
            word(payment.amount),
            word(self.after.into()),
            word(self.until.into()),
            payment.purpose(facts).0,
        ];
        words.concat()
    }

    /// What the router's function takes.
    pub(super) fn argument(&self, kind: Kind, facts: &Facts, digest: B256) -> Value {
        let bytes = self.signature.bytes(facts, digest);
        let owner = facts.word(self.owner);
        match kind {
            Kind::Permit => {
                let numbers = [word(self.value), word(self.until.into())].concat();
                Value::Words([numbers, parts(&bytes)].concat())
            }
            Kind::Permit2 => {
                let words = [self.owner.into(), self.nonce.into(), Value::from(self.until)];
                let members = [&words[..], &[Value::bytes(&bytes)]].concat();
                Value::Tail(facts.encode(&members))
            }
            Kind::Authorization => {
                let times = [word(self.after.into()), word(self.until.into())].concat();
                Value::Words([owner.to_vec(), times, parts(&bytes)].concat())
            }
        }
    }

    /// What the token's own `permit` takes.
    pub(super) fn permit_arguments(&self, facts: &Facts, digest: B256) -> Vec<Value> {
        let bytes = self.signature.bytes(facts, digest);
        let numbers = [word(self.value), word(self.until.into())].concat();
        let words = [numbers, parts(&bytes)].concat();
        vec![self.owner.into(), Who::CONTRACT.into(), Value::Words(words)]
    }
}

/// What the token's `cancelAuthorization` takes.
pub(super) fn cancel_arguments(facts: &Facts, owner: Who, payment: &Payment) -> Vec<Value> {
    let nonce = payment.purpose(facts);
    let content = [keccak256(CANCEL).0, facts.word(owner), nonce.0].concat();
    let domain = (symbol(payment.asset), Some("1"));
    let digest = facts.foreign_digest(payment.asset, domain, keccak256(content));
    let bytes = Signature::By(owner).bytes(facts, digest);
    vec![owner.into(), nonce.into(), Value::Words(parts(&bytes))]
}

/// `v`, `r` and `s` as words; zeros where a signature is too short.
fn parts(signature: &[u8]) -> Vec<u8> {
    let mut whole = signature.to_vec();
    whole.resize(65, 0);
    [&word(whole[64].into()), &whole[..64]].concat()
}

/// What a token is called.
fn symbol(asset: Who) -> &'static str {
    match asset {
        Who::BLOCKING => "BLK",
        Who::LYING => "LIE",
        _ => "TAX",
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |time: u64| time.saturating_sub(super::START);
        let Self { owner, signature, slip, value, nonce, until, after } = self;
        write!(f, "owner {owner} {signature} value {value} nonce {nonce}")?;
        write!(f, " after +{} until +{}", time(*after), time(*until))?;
        slip.map_or(Ok(()), |slip| write!(f, ", but another {slip:?}"))
    }
}
