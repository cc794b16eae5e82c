//! Contracts against their models.
//!
//! A model is a state machine written from `contracts/docs`, `contracts/INVARIANTS.md` and the interfaces. Random scripts of
//! calls and waits run on the model and on the real bytecode; after every step the result or the exact error, every event,
//! every view and every balance are the same, and the invariants hold. A script that shows a difference is shortened and
//! printed with its seed.
//!
//! - `COVENANT_MODEL_SCRIPTS`: how many scripts.
//! - `COVENANT_MODEL_ROOT`: another number, other scripts.
//! - `COVENANT_MODEL_SEED`: only the script with this seed, which is printed.
//! - `COVENANT_MODEL_SURVEY`: one script for every kind of difference, instead of the first.
//! - `COVENANT_MODEL_CONTRACTS`: the folder of other contracts.

mod abi;
mod agent;
mod agreement;
mod arbiter;
mod aside;
mod beside;
mod books;
mod cast;
mod debit;
pub(crate) mod dice;
mod escrow;
mod extension;
mod facts;
mod funding;
mod group;
mod guarantee;
mod harness;
mod items;
mod lease;
mod milestones;
mod offers;
mod option;
mod outside;
mod repair;
mod run;
mod runner;
mod script;
mod signature;
mod table;
mod tally;
mod world;

use agreement::Agreements;
use arbiter::{Adapter, Panel};
use debit::Debits;
use escrow::Escrow;
use funding::{ByAuthorization, ByPermit, ByPermit2, Routers};
use group::Groups;
use guarantee::Guarantees;
use harness::Model;
use items::Exchanges;
use lease::Leases;
use milestones::Plans;
use offers::Offers;
use option::Deals;
use repair::Repairs;

/// Errors and events of all contracts that no script here can bring about: they take a gas limit, a receiver that calls
/// back, a time beyond 40 bits, or another name of the contract.
const UNSEEN: &[&str] = &[
    "Ledger_InsufficientGas",
    "ReentrancyGuardReentrantCall",
    "SafeCastOverflowedUintDowncast",
    "InvalidShortString",
    "StringTooLong",
    "EIP712DomainChanged",
];

/// What the scripts of a contract did.
fn tried<M: Model>(scripts: u64) -> String {
    run::run::<M>(&world::contracts(), run::scripts(scripts))
}

#[test]
fn escrow_does_what_its_model_does() {
    println!("{}", tried::<Escrow>(60_000));
}

#[test]
fn lease_does_what_its_model_does() {
    println!("{}", tried::<Leases>(40_000));
}

#[test]
fn milestones_do_what_their_model_does() {
    println!("{}", tried::<Plans>(10_000));
}

#[test]
fn nft_escrow_does_what_its_model_does() {
    println!("{}", tried::<Exchanges>(20_000));
}

#[test]
fn guarantee_does_what_its_model_does() {
    println!("{}", tried::<Guarantees>(10_000));
}

#[test]
fn agreement_does_what_its_model_does() {
    println!("{}", tried::<Agreements>(10_000));
}

#[test]
fn direct_debit_does_what_its_model_does() {
    println!("{}", tried::<Debits>(10_000));
}

#[test]
fn rent_to_own_does_what_its_model_does() {
    println!("{}", tried::<Deals>(10_000));
}

#[test]
fn repair_escrow_does_what_its_model_does() {
    println!("{}", tried::<Repairs>(5_000));
}

#[test]
fn co_tenants_do_what_their_model_does() {
    println!("{}", tried::<Groups>(4_000));
}

#[test]
fn settlement_offers_do_what_their_model_does() {
    println!("{}", tried::<Offers>(4_000));
}

#[test]
fn escrow_arbitrator_adapter_does_what_its_model_does() {
    println!("{}", tried::<Adapter<Escrow>>(4_000));
}

#[test]
fn lease_arbitrator_adapter_does_what_its_model_does() {
    println!("{}", tried::<Adapter<Leases>>(4_000));
}

#[test]
fn escrow_panel_does_what_its_model_does() {
    println!("{}", tried::<Panel<Escrow>>(4_000));
}

#[test]
fn lease_panel_does_what_its_model_does() {
    println!("{}", tried::<Panel<Leases>>(4_000));
}

#[test]
fn permit_funding_does_what_its_model_does() {
    println!("{}", tried::<Routers<ByPermit>>(4_000));
}

#[test]
fn permit2_funding_does_what_its_model_does() {
    println!("{}", tried::<Routers<ByPermit2>>(4_000));
}

#[test]
fn authorization_funding_does_what_its_model_does() {
    println!("{}", tried::<Routers<ByAuthorization>>(4_000));
}
