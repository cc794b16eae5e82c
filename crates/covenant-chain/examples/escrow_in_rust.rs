//! A chain without scenarios: a contract driven from Rust, with types from `sol!`.
//!
//! The contract is `fixtures/Purse.sol`. Run with `cargo run -p covenant-chain --example escrow_in_rust`.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::Arc;

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::{SolCall, SolError, SolEvent, sol};
use covenant_chain::{
    Call, Chain, ChainOptions, Decoder, Key, Lexicon, Outcome, Timestamp, TraceDetail, Transaction,
};

sol! {
    struct Terms {
        address payable seller;
        uint96 price;
        string note;
    }

    error Purse_WrongValue(uint256 sent, uint256 price);

    event Paid(bytes32 indexed id, address indexed by, Terms terms);

    function pay(Terms calldata terms) external payable returns (bytes32 id);
    function paid(bytes32 id) external view returns (uint256 wei_);
    function release(Terms calldata terms) external;
}

/// What the compiler made of the contract.
#[derive(serde::Deserialize)]
struct Compiled {
    abi: alloy_json_abi::JsonAbi,
    bytecode: Bytes,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let compiled: Compiled = serde_json::from_str(include_str!("../fixtures/Purse.json"))?;
    let (buyer, seller) = (Key::derive("buyer").address(), Key::derive("seller").address());
    let mut chain = Chain::new(ChainOptions {
        timestamp: Timestamp(1_767_225_600),
        ..ChainOptions::default()
    })?;
    chain.set_balance(buyer, U256::from(10_000))?;

    // Deploy.
    let receipt = chain.send(&Transaction::create(buyer, compiled.bytecode))?;
    let purse = receipt.outcome.created().ok_or("the purse was not created")?;

    // Pay too little: a revert is an outcome, not an error.
    let terms = Terms { seller, price: "1000".parse()?, note: "a bicycle".to_owned() };
    let pay = Transaction::call(buyer, purse, payCall { terms: terms.clone() }.abi_encode());
    let before = chain.snapshot();
    let receipt = chain.send(&pay.clone().with_value(U256::from(999)))?;
    let Outcome::Revert { data } = &receipt.outcome else {
        return Err("999 wei were taken for 1000".into());
    };
    let error = Purse_WrongValue::abi_decode(data)?;
    println!("999 wei are refused: the price is {} wei", error.price);

    // The trace shows where it failed.
    let mut lexicon = Lexicon::new();
    lexicon.register("Purse", &compiled.abi);
    let mut decoder = Decoder::new().with_lexicon(Arc::new(lexicon));
    decoder.attach(purse, "Purse");
    decoder.label(seller, "seller");
    chain.restore(&before);
    let trace = chain.trace(&pay.clone().with_value(U256::from(999)))?;
    print!("{}", trace.render(&decoder, TraceDetail::Calls));

    // Pay, look, release a week later.
    let receipt = chain.send(&pay.with_value(U256::from(1_000)))?;
    let log = receipt.logs.first().ok_or("no event")?;
    let event = Paid::decode_raw_log(log.topics.iter().copied(), &log.data)?;
    println!("paid in block {} at {}: {}", receipt.block, receipt.timestamp.0, event.terms.note);
    let held = chain.call(&Call::new(purse, paidCall { id: event.id }.abi_encode()))?;
    let held = paidCall::abi_decode_returns(held.data().ok_or("the view was stopped")?)?;
    println!("the purse holds {held} wei");
    chain.set_now(Timestamp(chain.now().0 + 7 * 86_400))?;
    chain.send(&Transaction::call(buyer, purse, releaseCall { terms }.abi_encode()))?;
    println!("the seller has {} wei", chain.balance(seller)?);
    Ok(())
}
