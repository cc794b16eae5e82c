//! What the runner asks of the chain that a scenario happens on.

use alloy_primitives::{Address, U256};
use covenant_chain::{
    Chain, ChainError, Outcome, Receipt, Rejection, Snapshot, Timestamp, Transaction,
};

use super::options::{RunError, RunOptions};
use crate::{event::Site, plan::Plan};

/// Brings what a scenario does onto its chain.
///
/// The runner looks at a [`Chain`], and evaluates everything there; how it comes that transactions are in it, and that
/// time has passed, is for a carrier to say. On the chain in this process ([`Local`]) a transaction is executed; for a
/// network it is sent, and the chain that the runner looks at becomes that of the block it was put into.
pub trait Carrier {
    /// Whether it wants to hear when something [looks](Self::look) at the chain.
    const LOOKS: bool = false;

    /// The chain as it is before anything happens.
    ///
    /// # Errors
    /// When there is none.
    fn open(&mut self, plan: &Plan, options: &RunOptions) -> Result<Chain, RunError>;

    /// What `start` stands for; `chain` is the one that was [opened](Self::open).
    fn start(&self, chain: &Chain) -> Timestamp {
        chain.now()
    }

    /// Gives an account its first balance.
    ///
    /// # Errors
    /// When that is not possible.
    fn endow(&mut self, chain: &mut Chain, account: Address, balance: U256)
    -> Result<(), RunError>;

    /// Everybody has a first balance; from here on things happen.
    ///
    /// # Errors
    /// When the chain cannot be looked at.
    fn begin(&mut self, chain: &mut Chain) -> Result<(), RunError>;

    /// Puts a transaction into a block.
    ///
    /// # Errors
    /// When it is not known what became of it. What the EVM did is no error.
    fn send(&mut self, chain: &mut Chain, parcel: &Parcel<'_>) -> Result<Sent, RunError>;

    /// Puts several transactions into one block.
    ///
    /// # Errors
    /// As [`send`](Self::send), and where no block can be had for oneself.
    fn send_block(
        &mut self,
        chain: &mut Chain,
        transactions: &[Transaction],
    ) -> Result<Result<Vec<Receipt>, Rejection>, RunError>;

    /// Lets time pass, at least up to an instant that has not passed yet.
    ///
    /// # Errors
    /// When it cannot be waited for here and now.
    fn wait(&mut self, chain: &mut Chain, to: Timestamp) -> Result<(), RunError>;

    /// Sees to it that the clock's time is that of a block.
    ///
    /// # Errors
    /// As [`wait`](Self::wait).
    fn mine(&mut self, chain: &mut Chain) -> Result<(), RunError>;

    /// Something is about to be decided by what the chain or its clock says: an expectation, a rule, an argument that is
    /// read. Whoever sends ahead of the runner must not do so beyond this.
    ///
    /// # Errors
    /// When the carrier goes no further.
    fn look(&mut self) -> Result<(), RunError> {
        Ok(())
    }
}

/// A transaction, and what is wanted of it.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    /// The transaction.
    pub transaction: &'a Transaction,
    /// What it is called.
    pub text: &'a str,
    /// Where it stands in the scenario.
    pub site: &'a Site,
    /// How it is to end.
    pub ending: Ending,
    /// Whether what it returns is needed.
    pub answer: Answer,
    /// The moment after which it must not be in a block.
    pub by: Option<Timestamp>,
}

/// How a transaction is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It runs to its end.
    Success,
    /// It reverts, or is stopped.
    Revert,
}

/// Whether what a transaction returns is needed. No receipt says what that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The scenario uses it.
    Needed,
    /// The scenario may do without.
    Welcome,
}

/// What became of a transaction.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its receipt, or why there is none.
    pub result: Result<Receipt, Unsent>,
    /// The chain just before it, where that is another than the one it was prepared on.
    pub before: Option<Snapshot>,
    /// The chain just after it, where the runner goes on from another state: it was done earlier than what stands before it.
    pub after: Option<Snapshot>,
    /// Fees that were paid for attempts at it that were given up, with who paid them.
    pub given_up: Vec<(Address, U256)>,
    /// Whether the output in the receipt's outcome is what the transaction returned.
    pub output: Output,
}

impl Sent {
    /// What became of a transaction where all is as it was prepared.
    pub const fn plain(result: Result<Receipt, Unsent>) -> Self {
        Self { result, before: None, after: None, given_up: Vec::new(), output: Output::Known }
    }
}

/// Whether it is known what a transaction returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// It is in the receipt's outcome.
    Known,
    /// Nobody can tell.
    Unknown,
}

/// Why a transaction is in no block.
#[derive(Clone, Debug)]
pub enum Unsent {
    /// It is invalid.
    Rejected(Rejection),
    /// It was held back, because it would have ended so.
    HeldBack(Outcome),
    /// The user wants it to be left out.
    LeftOut,
}

/// The chain in this process: what happens on it is executed at once, and time passes when it is told to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Local;

impl Carrier for Local {
    fn open(&mut self, plan: &Plan, options: &RunOptions) -> Result<Chain, RunError> {
        super::setup::chain(plan, options)
    }

    fn endow(
        &mut self,
        chain: &mut Chain,
        account: Address,
        balance: U256,
    ) -> Result<(), RunError> {
        Ok(chain.set_balance(account, balance)?)
    }

    fn begin(&mut self, _: &mut Chain) -> Result<(), RunError> {
        Ok(())
    }

    fn send(&mut self, chain: &mut Chain, parcel: &Parcel<'_>) -> Result<Sent, RunError> {
        let result = match chain.send(parcel.transaction) {
            Ok(receipt) => Ok(receipt),
            Err(ChainError::Rejected(rejection)) => Err(Unsent::Rejected(rejection)),
            Err(error) => return Err(error.into()),
        };
        Ok(Sent::plain(result))
    }

    fn send_block(
        &mut self,
        chain: &mut Chain,
        transactions: &[Transaction],
    ) -> Result<Result<Vec<Receipt>, Rejection>, RunError> {
        match chain.send_block(transactions) {
            Ok(receipts) => Ok(Ok(receipts)),
            Err(ChainError::Rejected(rejection)) => Ok(Err(rejection)),
            Err(error) => Err(error.into()),
        }
    }

    fn wait(&mut self, chain: &mut Chain, to: Timestamp) -> Result<(), RunError> {
        Ok(chain.set_now(to)?)
    }

    fn mine(&mut self, chain: &mut Chain) -> Result<(), RunError> {
        Ok(chain.mine()?)
    }
}

impl<C: Carrier> Carrier for &mut C {
    const LOOKS: bool = C::LOOKS;

    fn open(&mut self, plan: &Plan, options: &RunOptions) -> Result<Chain, RunError> {
        (**self).open(plan, options)
    }

    fn start(&self, chain: &Chain) -> Timestamp {
        (**self).start(chain)
    }

    fn endow(
        &mut self,
        chain: &mut Chain,
        account: Address,
        balance: U256,
    ) -> Result<(), RunError> {
        (**self).endow(chain, account, balance)
    }

    fn begin(&mut self, chain: &mut Chain) -> Result<(), RunError> {
        (**self).begin(chain)
    }

    fn send(&mut self, chain: &mut Chain, parcel: &Parcel<'_>) -> Result<Sent, RunError> {
        (**self).send(chain, parcel)
    }

    fn send_block(
        &mut self,
        chain: &mut Chain,
        transactions: &[Transaction],
    ) -> Result<Result<Vec<Receipt>, Rejection>, RunError> {
        (**self).send_block(chain, transactions)
    }

    fn wait(&mut self, chain: &mut Chain, to: Timestamp) -> Result<(), RunError> {
        (**self).wait(chain, to)
    }

    fn mine(&mut self, chain: &mut Chain) -> Result<(), RunError> {
        (**self).mine(chain)
    }

    fn look(&mut self) -> Result<(), RunError> {
        (**self).look()
    }
}
