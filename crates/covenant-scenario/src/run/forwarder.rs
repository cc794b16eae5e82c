//! Contracts that act: what they do goes through a forwarder, which reacts as they do.

use std::sync::Arc;

use alloy_primitives::{Address, Bytes};
use alloy_sol_types::SolValue;
use covenant_chain::Key;
use covenant_compile::{Build, Contract};

/// The address of the forwarder: the first contract that its owner creates.
pub(super) fn address(owner: &Key) -> Address {
    owner.address().create(0)
}

/// The init code of a forwarder, and the contract that it is; `None` where the bundled contracts have none.
pub(super) fn init_code(
    bundled: &Build,
    owner: Address,
    behaviour: Address,
) -> Option<(Bytes, Arc<Contract>)> {
    let contract = bundled.find("Forwarder").ok()?;
    let arguments = (owner, behaviour).abi_encode_params();
    Some(([contract.creation.bytes.as_ref(), &arguments].concat().into(), Arc::clone(contract)))
}
