//! What an actor does, as a transaction; and whether it would succeed.

use std::sync::Arc;

use alloy_primitives::{Address, Bytes, U256};
use covenant_chain::{ChainError, Outcome, Transaction, TxKind};

use super::{
    error::EvalErrorKind,
    evaluate::{Evaluator, Result},
};
use crate::{
    expr::{
        typed::{Action, ActorId, Kind, Typed},
        types::Type,
    },
    world::World,
};

/// A transaction about to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    /// What is sent.
    pub(crate) transaction: Transaction,
    /// Wei the actor sends along, by whatever way.
    pub(crate) value: U256,
    /// The type of what it returns.
    pub(crate) returns: Type,
}

/// The transaction by which an actor does something here and now, with `value` wei. An actor that is a contract acts
/// through its forwarder.
///
/// # Errors
/// When a part of the action has no value, nobody is at the address that is called, or the code of a contract to create
/// needs a library that is not on the chain yet.
pub fn act_transaction(
    world: &World,
    actor: ActorId,
    action: &Action,
    value: U256,
) -> Result<Transaction> {
    prepared(world, actor, action, value).map(|prepared| prepared.transaction)
}

/// Evaluates everything that a transaction consists of.
pub(crate) fn prepared(
    world: &World,
    actor: ActorId,
    action: &Action,
    value: U256,
) -> Result<Prepared> {
    let mut evaluator = Evaluator::new(world);
    let (kind, input, value, returns) = match action {
        Action::Call { target, function, args } => {
            let to = evaluator.address(target)?;
            let code = world.chain.code(to).map_err(|error| engine(error, target))?;
            if code.is_empty() {
                return Err(EvalErrorKind::NobodyThere.at(target.span));
            }
            let input = evaluator.call_data(function, args)?;
            (TxKind::Call(to), input, value, function.output.clone())
        }
        Action::Transfer { to, amount } => {
            let (to, amount) = (evaluator.address(to)?, evaluator.word(amount)?);
            (TxKind::Call(to), Bytes::new(), amount, Type::nothing())
        }
        Action::Force { to, amount } => {
            let (to, amount) = (evaluator.address(to)?, evaluator.word(amount)?);
            (TxKind::Create, forcing(to), amount, Type::nothing())
        }
        Action::Deploy { contract, args, span } => {
            let arguments = super::constructor_arguments(args, world)?;
            let code = contract
                .link(&contract.creation, world.libraries())
                .map_err(|error| EvalErrorKind::NotLinked(error.to_string()).at(*span))?;
            let code = [code.as_ref(), arguments.as_ref()].concat();
            (TxKind::Create, code.into(), value, Type::Address(Some(Arc::clone(contract))))
        }
    };
    let sender = world.actor(actor);
    let transaction = match kind {
        TxKind::Call(to) => sender.call(to, value, input),
        TxKind::Create => Transaction::create(sender.address, input).with_value(value),
    };
    Ok(Prepared { transaction, value, returns })
}

/// Code that is created, and destroyed at once in favour of an account: `SELFDESTRUCT` asks no code, and still works
/// where the contract was created in the same transaction (EIP-6780).
fn forcing(to: Address) -> Bytes {
    [&[PUSH20][..], to.as_slice(), &[SELFDESTRUCT]].concat().into()
}

/// Whether a transaction with this code only puts ETH into an account, as `force(to, amount)` does: no contract is there
/// afterwards.
pub fn is_forcing(code: &[u8]) -> bool {
    matches!(code, [PUSH20, to @ .., SELFDESTRUCT] if to.len() == Address::len_bytes())
}

const PUSH20: u8 = 0x73;
const SELFDESTRUCT: u8 = 0xff;

/// What the call that an expression asks about would do here and now; `None` if it would not even be executed, or the
/// expression asks about none.
pub(crate) fn attempt(typed: &Typed, world: &World) -> Result<Option<Outcome>> {
    Evaluator::new(world).attempt(typed)
}

impl<'a> Evaluator<'a> {
    /// As the function of that name.
    pub(super) fn attempt(&mut self, typed: &'a Typed) -> Result<Option<Outcome>> {
        let Some(transaction) = self.asked_about(typed)? else { return Ok(None) };
        match self.world.chain.clone().send(&transaction) {
            Ok(receipt) => Ok(Some(receipt.outcome)),
            Err(ChainError::Rejected(_)) => Ok(None),
            Err(error) => Err(engine(error, typed)),
        }
    }

    /// The transaction that an expression asks about; `None` if nobody is at the address that is called, or the
    /// expression asks about none.
    pub(super) fn asked_about(&mut self, typed: &'a Typed) -> Result<Option<Transaction>> {
        let Kind::Enabled { actor, action, value, gas_limit } = &typed.kind else {
            return Ok(None);
        };
        let value = value.as_deref().map_or(Ok(U256::ZERO), |value| self.word(value))?;
        let gas_limit = gas_limit.as_deref().map(|limit| self.word(limit)).transpose()?;
        let prepared = match prepared(self.world, *actor, action, value) {
            // In Solidity such a call reverts.
            Err(error) if matches!(error.kind, EvalErrorKind::NobodyThere) => return Ok(None),
            other => other?,
        };
        let gas_limit = gas_limit.map(|limit| u64::try_from(limit).unwrap_or(u64::MAX));
        Ok(Some(Transaction { gas_limit, ..prepared.transaction }))
    }

    fn word(&mut self, typed: &'a Typed) -> Result<U256> {
        let value = self.value(typed)?;
        value.as_amount().ok_or_else(|| EvalErrorKind::NoAmount(value.to_string()).at(typed.span))
    }
}

fn engine(error: ChainError, place: &Typed) -> super::EvalError {
    EvalErrorKind::from(error).at(place.span)
}
