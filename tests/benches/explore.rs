//! How fast every path is looked at: transitions a second, on one core and on both, beside bare revm that executes the
//! same calls; and how much memory a state takes.
//!
//! Machines differ and are shared: compare within one run. On one core the time is what a thread was executed for, where
//! the system tells, so that others on the machine make less of a difference. It is that of all that `explore` does
//! without questions, from the deployment of the contracts to the second look at the graph. What counts is the number of
//! moves that succeed somewhere, though most of the work is to find out that the others fail: bare revm makes every move in
//! every state once where it succeeds and once where it fails, and keeps nothing.

use std::{
    collections::BTreeSet,
    hint::black_box,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use alloy_primitives::{Address, U256};
use covenant_chain::{Transaction, TxKind};
use covenant_compile::bundled;
use covenant_explore::{Options, Report, explore};
use covenant_scenario::{
    Scenario,
    expr::{act_transaction, eval},
    plan::Plan,
    world::World,
};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use rayon::ThreadPool;
use revm::{
    Context, ExecuteEvm, MainBuilder, MainContext,
    bytecode::Bytecode,
    context::TxEnv,
    database::{CacheDB, EmptyDB},
    primitives::hardfork::SpecId,
    state::AccountInfo,
};

/// The bundled explorations that are timed.
const FILES: [&str; 3] = ["escrow", "lease-running", "lease-deposit"];

/// A bundled exploration without its questions.
fn plan(name: &str) -> Arc<Plan> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/explore");
    let path = folder.join(name).with_extension("yaml");
    let scenario = Scenario::load(&path, &bundled()).expect("the scenario is valid");
    let mut plan = Plan::clone(&scenario.plans[0]);
    let mut asked = plan.explore.as_deref().cloned().expect("it says what is explored");
    asked.properties.clear();
    plan.explore = Some(Arc::new(asked));
    Arc::new(plan)
}

fn explored(plan: &Arc<Plan>) -> Report {
    explore(plan, &Options::default(), &mut |_| ()).expect("the engine explores it")
}

/// For how long this thread has been executed.
fn executed() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(told.split(' ').next()?.parse().ok()?))
}

/// How long it takes to do something so many times.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn took(threads: &ThreadPool, mut act: impl FnMut(), times: u64) -> Duration {
    let (begun, before) = (Instant::now(), executed());
    (0..times).for_each(|_| act());
    let alone = (threads.current_num_threads() == 1).then(executed).flatten();
    match (alone, before) {
        (Some(after), Some(before)) => after - before,
        _ => begun.elapsed(),
    }
}

fn pool(threads: usize) -> ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be started")
}

/// A state at one of its times, as bare revm has it, and what is sent there.
struct Case {
    database: CacheDB<EmptyDB>,
    block: u64,
    time: u64,
    sent: Vec<TxEnv>,
}

fn database(world: &World) -> CacheDB<EmptyDB> {
    let mut database = CacheDB::new(EmptyDB::default());
    for (address, account) in world.chain.accounts().expect("no account is on a fork") {
        let code = world.chain.code(address).expect("no account is on a fork");
        let mut info = AccountInfo::from_bytecode(Bytecode::new_raw(code));
        (info.balance, info.nonce) = (account.state.balance, account.state.nonce);
        database.insert_account_info(address, info);
        for (slot, word) in account.storage {
            database.insert_account_storage(address, slot, word).expect("it is in memory");
        }
    }
    database
}

fn environment(transaction: &Transaction) -> TxEnv {
    let kind = match transaction.kind {
        TxKind::Call(to) => revm::primitives::TxKind::Call(to),
        TxKind::Create => revm::primitives::TxKind::Create,
    };
    TxEnv::builder()
        .caller(transaction.from)
        .kind(kind)
        .value(transaction.value)
        .data(transaction.input.clone())
        .gas_limit(16_777_216)
        .gas_price(0)
        .chain_id(Some(31_337))
        .build()
        .expect("the transaction is complete")
}

/// Every move in every state: once at a time at which it succeeds, and once at a time at which it fails.
fn cases(report: &Report) -> Vec<Case> {
    let graph = &report.graph;
    let mut cases = Vec::new();
    for id in graph.all() {
        let mut seen = BTreeSet::new();
        for (times, succeeding) in graph.regions(id) {
            let world = graph.world_in(id, &times).expect("no account is on a fork");
            let moves = graph.moves().iter().enumerate();
            let new = moves.filter(|(index, _)| {
                let succeeds = succeeding.iter().any(|by| by.index() == *index);
                seen.insert((*index, succeeds))
            });
            let sent = new.map(|(_, one)| {
                let wei = one.value.as_ref().map(|wei| eval(wei, &world).expect("it has a value"));
                let wei = wei.and_then(|wei| wei.as_amount()).unwrap_or_default();
                let sent = act_transaction(&world, one.actor, &one.action, wei);
                environment(&sent.expect("arguments have values"))
            });
            let sent: Vec<TxEnv> = sent.collect();
            cases.push(Case {
                database: database(&world),
                block: world.chain.block_number() + 1,
                time: world.chain.now().0,
                sent,
            });
        }
    }
    cases
}

/// Executes them on bare revm, and counts what succeeds.
fn bare(cases: &mut [Case]) -> usize {
    let mut evm = Context::mainnet()
        .with_db(CacheDB::new(EmptyDB::default()))
        .modify_cfg_chained(|cfg| {
            cfg.spec = SpecId::PRAGUE;
            cfg.chain_id = 31_337;
            cfg.disable_nonce_check = true;
            cfg.disable_eip3607 = true;
        })
        .build_mainnet();
    let mut succeeded = 0;
    for case in cases {
        std::mem::swap(&mut evm.ctx.journaled_state.database, &mut case.database);
        evm.ctx.block.number = U256::from(case.block);
        evm.ctx.block.timestamp = U256::from(case.time);
        evm.ctx.block.beneficiary = Address::ZERO;
        for sent in &case.sent {
            // Who sends more than he has is refused before anything is executed.
            let result = evm.transact(sent.clone());
            succeeded += usize::from(result.is_ok_and(|found| found.result.is_success()));
        }
        std::mem::swap(&mut evm.ctx.journaled_state.database, &mut case.database);
    }
    succeeded
}

/// What the process has in memory, in bytes.
fn resident() -> Option<usize> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(pages.split(' ').nth(1)?.parse::<usize>().ok()? * 4096)
}

/// How much more memory each state takes when so many explorations are kept.
fn bytes_a_state(plan: &Arc<Plan>) -> Option<usize> {
    // What the first ones leave behind is used again.
    let mut kept: Vec<Report> = (0..4).map(|_| explored(plan)).collect();
    let before = resident()?;
    let more = 40;
    kept.extend((0..more).map(|_| explored(plan)));
    let states = more * kept[0].graph.states();
    Some(resident()?.saturating_sub(before) / states)
}

fn benches(criterion: &mut Criterion) {
    let (one, two) = (pool(1), pool(2));
    for name in FILES {
        let plan = plan(name);
        let report = one.install(|| explored(&plan));
        let transitions = report.graph.transitions();
        let (states, executions) = (report.graph.states(), report.executions);
        let mut cases = cases(&report);
        let calls: usize = cases.iter().map(|case| case.sent.len()).sum();
        let succeeded = bare(&mut cases);
        #[expect(clippy::print_stdout, reason = "a bench speaks to whoever runs it")]
        {
            println!(
                "explore/{name}: {states} states, {transitions} transitions, {executions} executions"
            );
            println!("explore/{name}: bare revm makes {calls} calls, of which {succeeded} succeed");
        }
        let mut group = criterion.benchmark_group(format!("explore/{name}"));
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        group.measurement_time(Duration::from_secs(4));
        group.throughput(Throughput::Elements(u64::try_from(transitions).expect("it is small")));
        for (label, threads) in [("one core", &one), ("two cores", &two)] {
            group.bench_function(label, |bencher| {
                bencher.iter_custom(|times| {
                    threads.install(|| took(threads, || drop(black_box(explored(&plan))), times))
                });
            });
        }
        group.bench_function("bare revm", |bencher| {
            bencher.iter_custom(|times| {
                let act = || {
                    black_box(bare(black_box(&mut cases)));
                };
                took(&one, act, times)
            });
        });
        group.finish();
    }
    let bytes = bytes_a_state(&plan("escrow"));
    #[expect(clippy::print_stdout, reason = "a bench speaks to whoever runs it")]
    if let Some(bytes) = bytes {
        println!("explore/escrow: {bytes} bytes a state");
    }
}

criterion_group!(exploring, benches);
criterion_main!(exploring);
