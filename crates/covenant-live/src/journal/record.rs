//! What a journal records.

use std::{collections::BTreeMap, fmt};

use alloy_primitives::{Address, B256, Bytes, U128, U256, hex};
use covenant_chain::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// One line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Record {
    /// The first line: what this is the journal of, and what a later run must find unchanged.
    Begun(Begun),
    /// A run goes on with what an earlier one began.
    Resumed {
        /// The program, with its version.
        program: String,
        /// By the chain's clock.
        at: Timestamp,
    },
    /// A transaction was signed, and will be sent after this line is durable.
    Signed(Signed),
    /// A node took a signed transaction, or said that it had it already.
    Sent {
        /// The transaction.
        hash: B256,
    },
    /// A transaction was seen in a block.
    Mined(Mined),
    /// The block is as deep as was asked for, and is still the one on the chain.
    Confirmed {
        /// The transaction.
        hash: B256,
        /// The block.
        block: BlockRef,
    },
    /// A transaction that was replaced can land no more: another of the same nonce is confirmed.
    Replaced {
        /// The one that will never land.
        hash: B256,
        /// The one that did.
        by: B256,
    },
    /// The nonce of a step went to a transaction that does nothing: the step will never land.
    Cancelled {
        /// The step.
        step: Position,
        /// The transaction that did nothing.
        hash: B256,
    },
    /// The block that a transaction was in is not on the chain any more.
    Reorganised {
        /// The transaction.
        hash: B256,
        /// The block that went away.
        block: BlockRef,
    },
    /// The nonce of a step went to a transaction of somebody else: the step will be signed with another one.
    Overtaken {
        /// The step.
        step: Position,
    },
    /// The step is as if it had never been; the nonces it used stay used.
    Forgotten {
        /// The step.
        step: Position,
        /// What it is forgotten for.
        why: Forgetting,
    },
    /// A step gave a name to a value, which keeps it from now on.
    Bound {
        /// The step.
        step: Position,
        /// The name.
        name: String,
        /// The value, as the scenario's language writes it.
        value: String,
    },
    /// What came next was decided by the state after this block, without a transaction having made it.
    Looked(Look),
    /// The block of a look went away, and another one is looked at in its place.
    LookedAgain {
        /// Which look, counted from 0.
        place: u32,
        /// The block that is looked at instead.
        look: Look,
    },
    /// The run ended to be continued at a later time.
    Parked {
        /// The step that has to wait.
        step: Position,
        /// When to come back, by the chain's clock.
        until: Timestamp,
    },
    /// Every step is confirmed.
    Finished {
        /// How many steps there are.
        steps: u32,
    },
}

/// The first line of a journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begun {
    /// The format of the journal, [`Begun::FORMAT`].
    pub format: u32,
    /// The program, with its version.
    pub program: String,
    /// The chain, by its number.
    pub chain_id: u64,
    /// The chain, by its first block: numbers are reused, and test networks begin anew.
    pub genesis: B256,
    /// The scenario, by a name that stays when the file moves.
    pub scenario: String,
    /// The time that `start` stands for, in every run.
    pub start: Timestamp,
    /// Values that were computed at the first run and stand in every later one.
    pub lets: BTreeMap<String, String>,
    /// Which account each actor has.
    pub actors: BTreeMap<String, Address>,
}

impl Begun {
    /// The format that this program writes and reads.
    pub const FORMAT: u32 = 1;
}

/// A place in a scenario, from 0.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Position(pub u32);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0 + 1)
    }
}

/// What a step does, as a hash: its source text, and the code it deploys or calls.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity(pub B256);

impl Identity {
    /// The identity of a step with these parts, for example its text, then the hash of the code it deploys.
    ///
    /// Parts are counted and measured, so that moving a byte from one to the next gives another identity.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"covenant/step/v1/");
        hasher.update((parts.len() as u64).to_be_bytes());
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Self(B256::from_slice(&hasher.finalize()))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({self})")
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0[..6]))
    }
}

/// A step, by where it is, what it is called and what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepId {
    /// Where it is.
    pub position: Position,
    /// What people call it.
    pub name: String,
    /// What it does.
    pub identity: Identity,
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} ({})", self.position, self.name)
    }
}

/// A signed transaction. It stays valid until its nonce is used, whatever happens to this journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// The step it is for.
    pub step: StepId,
    /// What it is for.
    pub purpose: Purpose,
    /// Who sends it.
    pub sender: Address,
    /// Its nonce.
    pub nonce: u64,
    /// Its hash, by which nodes know it.
    pub hash: B256,
    /// Its bytes, as they are sent.
    pub raw: Bytes,
    /// The contract it creates.
    pub creates: Option<Address>,
    /// Wei it sends along.
    pub value: U256,
    /// Most gas it uses.
    pub gas_limit: u64,
    /// Most wei per gas it pays.
    pub max_fee: U128,
    /// Wei per gas for whoever includes it.
    pub priority_fee: U128,
    /// When it was signed, by the chain's clock.
    pub at: Timestamp,
    /// A moment, by the chain's clock, from which on the step must not land: whoever goes on with it keeps to it. Journals
    /// of before deadlines were written down have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Timestamp>,
}

/// What a signed transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To do what the step says; the first of its nonce.
    Step,
    /// To do it at a higher fee, in place of an earlier one of the same nonce.
    Replacement,
    /// To use the nonce up, so that the step never happens.
    Cancellation,
}

/// A transaction in a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mined {
    /// The transaction.
    pub hash: B256,
    /// The block.
    pub block: BlockRef,
    /// Its place in the block.
    pub index: u64,
    /// It ran to its end.
    pub success: bool,
    /// Gas it used.
    pub gas_used: u64,
    /// Wei per gas it paid; `None` if the node does not say.
    pub gas_price: Option<U128>,
}

/// A block by which it was decided what comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// The block.
    pub block: BlockRef,
    /// Its time.
    pub at: Timestamp,
}

/// A block, by number and hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockRef {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
}

/// What a step is forgotten for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forgetting {
    /// To be done again.
    Redo,
    /// To be left out.
    LeaveOut,
}
