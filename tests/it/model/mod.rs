//! Contracts against their models.
//!
//! A model is a state machine written from `contracts/docs`, `contracts/INVARIANTS.md` and the interfaces. Random scripts of
//! calls and waits run on the model and on the real bytecode; after every step the result or the exact error, every view
//! and every balance are the same, and the invariants hold. A script that shows a difference is shortened and printed
//! with its seed.
//!
//! - `COVENANT_MODEL_SCRIPTS`: how many scripts.
//! - `COVENANT_MODEL_ROOT`: another number, other scripts.
//! - `COVENANT_MODEL_SEED`: only the script with this seed, which is printed.
//! - `COVENANT_MODEL_CONTRACTS`: the folder of other contracts.

mod abi;
mod aside;
mod books;
mod cast;
mod dice;
mod escrow;
mod harness;
mod signature;
mod world;

use escrow::Escrow;
use harness::Model;

/// Errors of both contracts that no script here can bring about: they take a gas limit, a receiver that calls back, a
/// time beyond 40 bits, or another name of the contract.
const UNSEEN: &[&str] = &[
    "Ledger_InsufficientGas",
    "ReentrancyGuardReentrantCall",
    "SafeCastOverflowedUintDowncast",
    "InvalidShortString",
    "StringTooLong",
];

fn try_contract<M: Model>(scripts: u64) {
    harness::run::<M>(&world::contracts(), harness::scripts(scripts));
}

#[test]
fn escrow_does_what_its_model_does() {
    try_contract::<Escrow>(60_000);
}
