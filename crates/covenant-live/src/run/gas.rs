//! How much gas a transaction may use.

use covenant_chain::{BLOCK_GAS_LIMIT, Chain, ChainError, Receipt, Transaction};

use super::error::LiveError;

/// The most that one transaction may use on mainnet since Osaka (EIP-7825).
const MOST: u64 = 1 << 24;

/// What is enough for a transaction whose gas without a limit is known, with room to spare; that it is enough was tried.
///
/// What stops only at the end of its gas gets a bound that one can pay.
pub(super) fn limit(
    chain: &Chain,
    transaction: &Transaction,
    free: &Receipt,
) -> Result<u64, LiveError> {
    const STOPS: u64 = 3_000_000;
    if free.gas_used >= MOST {
        return Ok(STOPS);
    }
    // Refunds are at most a fifth of what is spent, and calls keep back a 64th each.
    let mut limit = free.gas_used.saturating_mul(3) / 2 + 30_000;
    while limit < MOST {
        let mut chain = chain.clone();
        match chain.send(&transaction.clone().with_gas_limit(limit)) {
            Ok(receipt) if receipt.outcome == free.outcome => return Ok(limit),
            Ok(_) => limit = limit.saturating_mul(2),
            Err(ChainError::Rejected(_)) => break,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(MOST.min(BLOCK_GAS_LIMIT))
}
