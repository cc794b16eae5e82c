//! How fast the engine is: `run` (a whole scenario), `step` (the runner against the same transactions on bare revm) and
//! `compile_warm` (a build that the store has already).
//!
//! Machines differ and are shared: compare within one run. `step/runner` over `step/revm` is the overhead of the runner.

use std::{hint::black_box, path::Path, sync::Arc};

use alloy_primitives::U256;
use covenant_chain::{Transaction, TxKind};
use covenant_compile::{BuildOptions, Project};
use covenant_scenario::{RunOptions, Scenario, event::Verdict, plan::Plan, run};
use criterion::{Criterion, criterion_group, criterion_main};
use revm::{
    Context, ExecuteCommitEvm, MainBuilder, MainContext,
    context::TxEnv,
    database::{CacheDB, EmptyDB},
    primitives::hardfork::SpecId,
    state::AccountInfo,
};

/// A life of an escrow: proposed, funded, accepted, released in two parts.
const ESCROW: &str = include_str!("escrow.yaml");

fn plan() -> Arc<Plan> {
    let build = covenant_compile::bundled();
    let scenario =
        Scenario::parse(Path::new("escrow.yaml"), ESCROW, &build).expect("the scenario is valid");
    let plan = Arc::clone(scenario.plans.first().expect("it has one plan"));
    let outcome = run(&plan, &RunOptions::default()).expect("the engine runs");
    assert_eq!(outcome.verdict, Verdict::Passed);
    plan
}

/// Every transaction of a run, with the time of its block.
fn transactions(plan: &Arc<Plan>) -> Vec<(u64, Transaction)> {
    let outcome = run(plan, &RunOptions::default()).expect("the engine runs");
    outcome.transactions().map(|event| (event.at.0, event.sent.clone())).collect()
}

/// Executes transactions with nothing around the EVM but a block and a cache of the state.
fn bare(transactions: &[(u64, Transaction)]) -> u64 {
    let mut database = CacheDB::new(EmptyDB::default());
    for (_, transaction) in transactions {
        let rich =
            AccountInfo::from_balance(U256::from(10_000) * U256::from(10).pow(U256::from(18)));
        database.insert_account_info(transaction.from, rich);
    }
    let mut evm = Context::mainnet()
        .with_db(database)
        .modify_cfg_chained(|cfg| {
            cfg.spec = SpecId::PRAGUE;
            cfg.chain_id = 31_337;
            cfg.disable_nonce_check = true;
        })
        .build_mainnet();
    let mut gas = 0;
    for (number, (time, transaction)) in transactions.iter().enumerate() {
        evm.ctx.block.number = U256::from(number + 1);
        evm.ctx.block.timestamp = U256::from(*time);
        let kind = match transaction.kind {
            TxKind::Call(to) => revm::primitives::TxKind::Call(to),
            TxKind::Create => revm::primitives::TxKind::Create,
        };
        let sent = TxEnv::builder()
            .caller(transaction.from)
            .kind(kind)
            .value(transaction.value)
            .data(transaction.input.clone())
            .gas_limit(16_777_216)
            .gas_price(0)
            .chain_id(Some(31_337))
            .build()
            .expect("the transaction is complete");
        let result = evm.transact_commit(sent).expect("the transaction is valid");
        assert!(result.is_success(), "{result:?}");
        gas += result.tx_gas_used();
    }
    gas
}

fn benches(criterion: &mut Criterion) {
    let plan = plan();
    let sent = transactions(&plan);
    criterion.bench_function("run", |bencher| {
        let build = covenant_compile::bundled();
        bencher.iter(|| {
            let scenario = Scenario::parse(Path::new("escrow.yaml"), ESCROW, &build)
                .expect("the scenario is valid");
            run(black_box(&scenario.plans[0]), &RunOptions::default()).expect("the engine runs")
        });
    });
    let mut step = criterion.benchmark_group("step");
    step.bench_function("runner", |bencher| {
        bencher.iter(|| run(black_box(&plan), &RunOptions::default()).expect("the engine runs"));
    });
    step.bench_function("revm", |bencher| bencher.iter(|| bare(black_box(&sent))));
    step.finish();
    criterion.bench_function("compile_warm", |bencher| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contracts");
        let options = BuildOptions { offline: true, ..BuildOptions::default() };
        bencher.iter(|| {
            let project =
                Project::discover(black_box(&root)).expect("the bundled project is there");
            project.build(&options, &|_| ()).expect("its artifacts are fresh")
        });
    });
}

criterion_group!(engine, benches);
criterion_main!(engine);
