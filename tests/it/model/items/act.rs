//! What can be done with exchanges, and with items besides.

use std::fmt;

use super::{
    super::{abi::Value, aside::Aside, cast::Who},
    shelf::Shelf,
    terms::Item,
};

/// A call by somebody.
#[derive(Clone, Debug)]
pub(in super::super) enum Act {
    /// A function of the contract on the agreement with this number, with wei sent along.
    On(usize, Call, u128),
    /// `withdrawItem(kind, token, id, to)`.
    Withdraw(u8, Who, u64, Who),
    /// `pushItem(item, to)`, which only the contract itself may call.
    PushItem(Item, Who),
    /// Something that is done to items.
    Handle(Handling),
    /// Something besides.
    Aside(Aside),
}

/// A function of the contract that takes the terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Call {
    Deposit,
    Fund,
    Cancel,
    Settle,
}

/// A call of the contract of items, or of an item's account.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Handling {
    /// What somebody sends is caught so.
    Trap(Who, u8),
    /// This is added to every amount.
    Slip(i8),
    /// An item is bound, or free.
    Lock(u64, bool),
    /// An item will be bound by its next transfer, or not.
    Bind(u64, bool),
    /// The caller moves an item of his without asking the receiver.
    Move(Who, u64, Who),
    /// The caller sends an item of his.
    Send(u64, Who),
    /// The caller sends some of many.
    SendMany(u64, u128, Who),
    /// The account of an item acts.
    Account,
}

impl Act {
    /// The function.
    pub(super) const fn function(&self) -> &'static str {
        match self {
            Self::On(_, call, _) => call.function(),
            Self::Withdraw(..) => "withdrawItem",
            Self::PushItem(..) => "pushItem",
            Self::Handle(_) => "(items)",
            Self::Aside(act) => act.function(),
        }
    }
}

impl Call {
    pub(super) const fn function(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Fund => "fund",
            Self::Cancel => "cancel",
            Self::Settle => "settle",
        }
    }
}

impl Handling {
    /// Does what needs nobody's leave.
    pub(in super::super) fn switch(self, shelf: &mut Shelf) {
        match self {
            Self::Trap(who, trap) => shelf.set_trap(who, trap),
            Self::Slip(slip) => shelf.set_slip(slip),
            Self::Lock(id, locked) => shelf.set_locked(id, locked),
            Self::Bind(id, binds) => shelf.set_binds(id, binds),
            Self::Move(..) | Self::Send(..) | Self::SendMany(..) | Self::Account => {
                unreachable!("that takes an owner")
            }
        }
    }

    /// Whom it calls, the function, and the arguments.
    pub(in super::super) fn call(self, caller: Who) -> (Who, &'static str, Vec<Value>) {
        match self {
            Self::Trap(who, trap) => {
                (Who::ITEMS, "setTrap(address,uint8)", vec![who.into(), trap.into()])
            }
            Self::Slip(slip) => {
                let mut word = [if slip < 0 { 0xff } else { 0 }; 32];
                word[31] = slip.to_be_bytes()[0];
                (Who::MULTI, "setSlip(int256)", vec![Value::Word(word)])
            }
            Self::Lock(id, locked) => {
                (Who::BOUND, "setLocked(uint256,bool)", vec![id.into(), locked.into()])
            }
            Self::Bind(id, binds) => {
                (Who::BOUND, "setBindsOnTransfer(uint256,bool)", vec![id.into(), binds.into()])
            }
            Self::Move(token, id, to) => {
                let arguments = vec![caller.into(), to.into(), id.into()];
                (token, "transferFrom(address,address,uint256)", arguments)
            }
            Self::Send(id, to) => {
                let arguments = vec![caller.into(), to.into(), id.into()];
                (Who::ITEMS, "safeTransferFrom(address,address,uint256)", arguments)
            }
            Self::SendMany(id, amount, to) => {
                let mut arguments = vec![caller.into(), to.into(), id.into(), amount.into()];
                arguments.push(Value::bytes(&[]));
                let function = "safeTransferFrom(address,address,uint256,uint256,bytes)";
                (Who::MULTI, function, arguments)
            }
            Self::Account => {
                let arguments = vec![Who::STRANGER.into(), 0_u64.into()];
                (Who::ACCOUNT, "send(address,uint256)", arguments)
            }
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(index, call, value) => {
                write!(f, "{}(#{index})", call.function())?;
                if *value > 0 { write!(f, " with {value} wei") } else { Ok(()) }
            }
            Self::Withdraw(kind, token, id, to) => {
                write!(f, "withdrawItem({kind}, {token}, {id}, {to})")
            }
            Self::PushItem(item, to) => write!(f, "pushItem({item}, {to})"),
            Self::Handle(act) => write!(f, "{act}"),
            Self::Aside(act) => write!(f, "{act}"),
        }
    }
}

impl fmt::Display for Handling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trap(who, trap) => write!(f, "catch what {who} sends in way {trap}"),
            Self::Slip(slip) => write!(f, "let amounts slip by {slip}"),
            Self::Lock(id, locked) => write!(f, "bound {id} is locked: {locked}"),
            Self::Bind(id, binds) => write!(f, "bound {id} binds on transfer: {binds}"),
            Self::Move(token, id, to) => write!(f, "move {token} {id} to {to}"),
            Self::Send(id, to) => write!(f, "send items {id} to {to}"),
            Self::SendMany(id, amount, to) => write!(f, "send {amount} of multi {id} to {to}"),
            Self::Account => f.write_str("let the account act"),
        }
    }
}
