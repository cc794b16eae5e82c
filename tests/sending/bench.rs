//! How long 100 contracts take, deployed as a scenario and sent bare: `NODE FOLDER ROUNDS`. Both send the same bytes and end
//! when every contract is in a block; they take turns, and the ratio is of one run. What a deployment also does is in it:
//! simulation, the journal, what every block shows, the comparison with simulation, the files for others.

#![expect(clippy::print_stdout, reason = "a bench says what it measured")]

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use alloy_primitives::{B256, TxKind, U256};
use covenant_chain::{Key, Timestamp, Transaction};
use covenant_live::{
    clock::{Clock, SystemClock},
    network::networks,
    rpc::{Client, Endpoint, Http, Limits, Patience},
    run::{Cast, Machine, SCENE, Voyage, Waiting},
    send::{OnForeign, Signer, SigningRequest},
};
use covenant_scenario::{RunOptions, Scenario, plan::Plan, run};
use serde_json::{Value, json};

const CONTRACTS: usize = 100;
/// A network whose clock is its own, and that is known to take several of one account.
const SEPOLIA: u64 = 11_155_111;
const MAX_FEE: u128 = 100_000_000_000;
const TIP: u128 = 1_000_000_000;
const POLL: Duration = Duration::from_millis(20);

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [node, folder, rounds] = words.as_slice() else {
        return Err("give NODE FOLDER ROUNDS".into());
    };
    let folder = PathBuf::from(folder);
    let plan = plan()?;
    let mut ratios = Vec::new();
    for round in 0..rounds.parse()? {
        let bare = bare(&mut connect(node)?, &format!("bare-{round}"), &plan)?;
        let ours = ours(node, &format!("ours-{round}"), &folder, &plan)?;
        let ratio = ours.as_secs_f64() / bare.as_secs_f64();
        println!("bare {bare:.2?}, deployed {ours:.2?}, ratio {ratio:.3}");
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    println!("median ratio {:.3}", ratios[ratios.len() / 2]);
    Ok(())
}

/// A hundred tokens, of a name each.
fn plan() -> Result<Arc<Plan>, Box<dyn Error>> {
    let mut text = "scenario: a hundred\nactors: [somebody]\ncontracts:\n".to_owned();
    for number in 0..CONTRACTS {
        let entry = format!(
            "  coin{number}: {{ deploy: TestToken, args: ['\"coin {number}\"', '\"C{number}\"', 18] }}\n"
        );
        text.push_str(&entry);
    }
    let build = covenant_compile::bundled();
    let scenario = Scenario::parse(Path::new("hundred.yaml"), &text, &build);
    let scenario = scenario.map_err(|errors| format!("{errors:?}"))?;
    Ok(Arc::clone(scenario.plans.first().ok_or("it has one plan")?))
}

fn connect(node: &str) -> Result<Client, Box<dyn Error>> {
    let http = Http::new(Limits::default()).map_err(|failure| failure.0)?;
    let (clock, endpoints) = (Arc::new(SystemClock::start()), vec![Endpoint::parse(node)?]);
    Ok(Client::connect(Box::new(http), clock, endpoints, SEPOLIA, None, Patience::default())?)
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
fn bare(client: &mut Client, name: &str, plan: &Arc<Plan>) -> Result<Duration, Box<dyn Error>> {
    let simulated = run(plan, &RunOptions::default())?;
    let creations: Vec<(Transaction, u64)> =
        simulated.transactions().map(|event| (event.sent.clone(), event.gas_used)).collect();
    assert_eq!(creations.len(), CONTRACTS);
    let key = account(client, name)?;
    let start = Instant::now();
    let mut hashes: Vec<B256> = Vec::new();
    for (nonce, (creation, gas)) in (0..).zip(creations) {
        let request = SigningRequest {
            chain_id: client.chain_id(),
            nonce,
            gas_limit: gas * 3 / 2,
            max_fee_per_gas: MAX_FEE,
            max_priority_fee_per_gas: TIP,
            to: TxKind::Create,
            value: U256::ZERO,
            access_list: Default::default(),
            input: creation.input,
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

/// The same as a scenario.
#[expect(clippy::disallowed_methods, reason = "this is what is measured")]
fn ours(node: &str, name: &str, folder: &Path, plan: &Plan) -> Result<Duration, Box<dyn Error>> {
    let key = account(&mut connect(node)?, name)?;
    let folder = folder.join(name);
    fs::create_dir_all(&folder)?;
    let settings = format!(
        "[networks.sea]\nrpc = '{node}'\nchain_id = {SEPOLIA}\nconfirmations = 1\nwindow = {CONTRACTS}\n"
    );
    fs::write(folder.join("covenant.toml"), settings)?;
    let mut found = networks(&folder, &folder)?;
    let network = found.remove("sea").ok_or("it was just written")??;
    let mut cast = Cast::public(plan);
    cast.accounts.insert(SCENE.to_owned(), key.address());
    let bound = Arc::new(cast.bind(plan, &network)?);
    let voyage = Voyage {
        network,
        addresses: vec![node.to_owned()],
        journal: folder.join("hundred.jsonl"),
        broadcast: folder.join("broadcast"),
        locks: folder.join("locks"),
        program: "bench".to_owned(),
        now: Timestamp(0),
        max_spend: None,
        waiting: Waiting::Here,
        foreign: OnForeign::Refuse,
        release: Vec::new(),
        stop: Arc::default(),
        machine: Machine::default(),
    };
    let start = Instant::now();
    let options = RunOptions::default();
    let done = voyage.perform(&bound, &cast, vec![Box::new(key)], &options, |_| ())?;
    let took = start.elapsed();
    let run = done.outcome.map_err(|(error, _)| error)?;
    assert_eq!(run.transactions().count(), CONTRACTS);
    assert!(done.differences.is_empty(), "{:?}", done.differences);
    assert_eq!((done.not_compared, done.not_recorded), (None, None));
    Ok(took)
}
