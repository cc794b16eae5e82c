//! A node on somebody's desk: its clock, its balances and its base fee are ours to set.

use alloy_primitives::{Address, U64, U256};
use covenant_chain::Timestamp;
use serde_json::{Value, json};

use super::error::LiveError;
use crate::rpc::{Client, RpcError};

/// Gives an account a balance. Only the next block is sure to show it.
pub(super) fn set_balance(
    client: &mut Client,
    account: Address,
    balance: U256,
) -> Result<(), LiveError> {
    tell(client, "set a balance", "hardhat_setBalance", json!([account, balance]))
}

/// Has priority fees go where they go in simulation, so that looking at that account costs the same. A node that will not
/// is taken as it is.
pub(super) fn set_coinbase(client: &mut Client, coinbase: Address) -> Result<(), LiveError> {
    match tell(client, "set its coinbase", "hardhat_setCoinbase", json!([coinbase])) {
        Ok(()) | Err(LiveError::NotOurs { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Gives the next block a base fee.
pub(super) fn set_base_fee(client: &mut Client, fee: u128) -> Result<(), LiveError> {
    let fee = U256::from(fee);
    tell(client, "set its base fee", "hardhat_setNextBlockBaseFeePerGas", json!([fee]))
}

/// Gives the next block a time, which the latest may have already; the time that it will have, since some nodes want a
/// later one than that.
pub(super) fn set_time(client: &mut Client, time: Timestamp) -> Result<Timestamp, LiveError> {
    const WHAT: &str = "set its clock";
    const METHOD: &str = "evm_setNextBlockTimestamp";
    let latest: u64 = client.head()?.timestamp.to();
    let wanted = time.0.max(latest);
    match tell(client, WHAT, METHOD, json!([U64::from(wanted)])) {
        Err(LiveError::NotOurs { .. }) if wanted == latest => {
            tell(client, WHAT, METHOD, json!([U64::from(latest + 1)]))?;
            Ok(Timestamp(latest + 1))
        }
        told => told.map(|()| Timestamp(wanted)),
    }
}

/// Makes a block.
pub(super) fn mine(client: &mut Client) -> Result<(), LiveError> {
    tell(client, "make a block", "evm_mine", json!([]))
}

fn tell(
    client: &mut Client,
    what: &'static str,
    method: &'static str,
    params: Value,
) -> Result<(), LiveError> {
    match client.ask::<Value>(method, params) {
        Ok(_) => Ok(()),
        Err(RpcError::Refused { node, refusal, .. }) => {
            Err(LiveError::NotOurs { node, what, reason: refusal.to_string() })
        }
        Err(error) => Err(error.into()),
    }
}
