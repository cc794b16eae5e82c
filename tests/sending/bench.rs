//! How long 100 contracts take, sent through the journal and sent bare: `NODE CHAIN-ID FOLDER ROUNDS`. Both sign the same
//! kind of transaction and end when every contract is in a block; they take turns, and the ratio is of one run.

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]

use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use alloy_primitives::{Address, B256, Bytes, TxKind, U256, hex};
use covenant_chain::{Key, Timestamp};
use covenant_live::{
    clock::{Clock, SystemClock},
    journal::{Identity, Journal, Position, StepId},
    rpc::{Client, Endpoint, Http, Limits, Patience},
    send::{Options, Sender, Signer, SigningRequest, Step},
    storage::{Disk, Owner},
};
use covenant_tests::sending::begun;
use serde_json::{Value, json};

const CONTRACTS: u32 = 100;
const GAS: u64 = 120_000;
const MAX_FEE: u128 = 100_000_000_000;
const TIP: u128 = 1_000_000_000;
const POLL: Duration = Duration::from_millis(20);
/// Leaves a counter behind.
const INIT: [u8; 31] = hex!("6015600a5f3960155ff336600c575f546001015f55005b5f545f5260205ff3");

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [node, chain_id, folder, rounds] = words.as_slice() else {
        return Err("give NODE CHAIN-ID FOLDER ROUNDS".into());
    };
    let (chain_id, folder) = (chain_id.parse()?, PathBuf::from(folder));
    let mut ratios = Vec::new();
    for round in 0..rounds.parse()? {
        let bare = bare(&mut connect(node, chain_id)?, &format!("bare-{round}"))?;
        let ours = ours(connect(node, chain_id)?, &format!("ours-{round}"), &folder)?;
        let ratio = ours.as_secs_f64() / bare.as_secs_f64();
        println!("bare {bare:.2?}, with the journal {ours:.2?}, ratio {ratio:.3}");
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    println!("median ratio {:.3}", ratios[ratios.len() / 2]);
    Ok(())
}

fn connect(node: &str, chain_id: u64) -> Result<Client, Box<dyn Error>> {
    let http = Http::new(Limits::default()).map_err(|failure| failure.0)?;
    let (clock, endpoints) = (Arc::new(SystemClock::start()), vec![Endpoint::parse(node)?]);
    Ok(Client::connect(Box::new(http), clock, endpoints, chain_id, None, Patience::default())?)
}

/// A new account with something to pay with.
fn account(client: &mut Client, name: &str) -> Result<Key, Box<dyn Error>> {
    let key = Key::derive(name);
    let wei = U256::from(10).pow(U256::from(20));
    let _: Value = client.ask("anvil_setBalance", json!([key.address(), wei]))?;
    // Everybody begins with a new block.
    let head = client.head()?.number;
    while client.head()?.number == head {
        SystemClock::start().sleep(POLL);
    }
    Ok(key)
}

/// Signs and sends one after the other, then waits for the last receipt.
#[expect(clippy::disallowed_methods, reason = "this is what is measured")]
fn bare(client: &mut Client, name: &str) -> Result<Duration, Box<dyn Error>> {
    let key = account(client, name)?;
    let start = Instant::now();
    let mut hashes: Vec<B256> = Vec::new();
    for nonce in 0..u64::from(CONTRACTS) {
        let request = SigningRequest {
            chain_id: client.chain_id(),
            nonce,
            gas_limit: GAS,
            max_fee_per_gas: MAX_FEE,
            max_priority_fee_per_gas: TIP,
            to: TxKind::Create,
            value: U256::ZERO,
            access_list: Default::default(),
            input: Bytes::from_static(&INIT),
        };
        hashes.push(client.send_raw(&Signer::sign(&key, &request)?)?);
    }
    for hash in hashes {
        while client.receipt(hash)?.is_none() {
            SystemClock::start().sleep(POLL);
        }
    }
    Ok(start.elapsed())
}

/// The same as steps.
#[expect(clippy::disallowed_methods, reason = "this is what is measured")]
fn ours(mut client: Client, name: &str, folder: &Path) -> Result<Duration, Box<dyn Error>> {
    let key = account(&mut client, name)?;
    let steps: Vec<Step> =
        (0..CONTRACTS).map(|position| creation(position, key.address())).collect();
    let owner = Owner::this_process(Timestamp(0));
    let begun = begun(client.chain_id(), client.genesis());
    let start = Instant::now();
    let journal =
        Journal::begin(Arc::new(Disk), &folder.join(format!("{name}.jsonl")), &owner, begun)?;
    let options = Options {
        confirmations: 1,
        poll: POLL,
        window: CONTRACTS as usize,
        max_fee: MAX_FEE,
        tip: Some(TIP),
        ..Options::default()
    };
    let clock = Arc::new(SystemClock::start());
    let mut sender = Sender::new(client, journal, clock, vec![Box::new(key)], options)?;
    assert_eq!(sender.run(&steps)?.len(), CONTRACTS as usize);
    Ok(start.elapsed())
}

fn creation(position: u32, sender: Address) -> Step {
    Step {
        id: StepId {
            position: Position(position),
            name: format!("contract-{position}"),
            identity: Identity::of(&[&position.to_be_bytes()]),
        },
        sender,
        to: None,
        value: U256::ZERO,
        input: Bytes::from_static(&INIT),
        gas_limit: Some(GAS),
        creates: None,
        code: None,
        expects: Default::default(),
        after: Vec::new(),
        by: None,
    }
}
