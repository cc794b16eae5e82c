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
mod books;
mod cast;
mod dice;
mod escrow;
mod harness;
mod signature;
mod world;

use escrow::Escrow;
use harness::{Coverage, Model};

/// How many scripts each contract is tried with.
const SCRIPTS: u64 = 100_000;

fn try_contract<M: Model>() -> Coverage {
    let build = world::contracts();
    let coverage = harness::run::<M>(&build, harness::scripts(SCRIPTS));
    println!("{coverage:#?}");
    coverage
}

#[test]
fn escrow_does_what_its_model_does() {
    try_contract::<Escrow>();
}
