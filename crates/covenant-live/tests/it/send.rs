//! Sending: undisturbed, by processes that die at every moment, and past every fault at every question.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use alloy_primitives::{Address, Bytes, U256};
use covenant_chain::{Key, Timestamp};
use covenant_live::{
    journal::{Forgetting, Journal, JournalError, Position, Purpose, Record, StepState},
    rpc::RpcError,
    send::{OnForeign, Options, SendError, Signer, SignerError, SigningRequest, Step},
    storage::LockError,
};

use crate::{
    doom::Doom,
    faults::{self, Fault},
    node::BLOCK_TIME,
    rig::{
        World, account, check_journal, contracts, counter, end, journal_file, key, options,
        right_end, run_once, start, start_with, step, twelve_steps,
    },
};

/// How many processes a run may need: each ends with an error that says to run it again. The longest fault is another
/// chain for eight questions, and each process asks one before it refuses.
const PROCESSES: u32 = 10;

/// Runs processes until one is done; returns how many there were.
fn run_until_done(world: &World, steps: &[Step]) -> u32 {
    let mut errors = Vec::new();
    for process in 1..=PROCESSES {
        let result = run_once(world, steps);
        errors.extend(result.as_ref().err().map(ToString::to_string));
        match result {
            Ok(landed) => {
                assert_eq!(landed.len(), steps.len());
                return process;
            }
            Err(SendError::Rpc(RpcError::WrongChain { .. })) => {}
            Err(error) if error.is_passing() => {}
            Err(error) => panic!("{error}: {error:?}"),
        }
        world.node.advance(Duration::from_secs(60));
    }
    panic!("{PROCESSES} processes were not enough: {errors:#?}");
}

/// A world that waits for deeper blocks than the fault takes away.
fn world_for(fault: Fault) -> World {
    let confirmations = if let Fault::Reorganise { depth, .. } = fault { depth + 1 } else { 2 };
    World { confirmations: confirmations as u64, ..World::new() }
}

/// What the undisturbed run asks, and how many moments it has.
fn undisturbed(world: &World) -> (u64, u64) {
    assert_eq!(run_until_done(world, &twelve_steps()), 1);
    let calls = world.node.state().calls;
    (calls, world.doom.moments())
}

#[test]
fn twelve_steps_land_once_each() {
    let world = World::new();
    let steps = twelve_steps();
    let landed = run_once(&world, &steps).unwrap();
    assert_eq!(end(&world), right_end());
    check_journal(&world);
    assert!(landed.windows(2).all(|pair| pair[0].position < pair[1].position));
    assert_eq!([0, 1, 6, 7].map(|at| landed[at].created), contracts().map(Some));
    let book = Journal::read(&world.disk, &journal_file()).unwrap().unwrap().book;
    assert!(book.steps().all(|step| matches!(step.state(), StepState::Confirmed { .. })));
    // A second run finds everything done, and sends nothing.
    let taken = world.node.state().taken.clone();
    assert_eq!(run_once(&world, &steps).unwrap(), landed);
    assert_eq!(world.node.state().taken, taken);
    assert!(taken.values().all(|times| *times == 1));
}

/// Runs `jobs` jobs on as many threads as help, and adds up what they return.
fn in_parallel<T: Sync>(jobs: &[T], run: impl Fn(&T) -> u64 + Sync) -> u64 {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let total = std::sync::atomic::AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(job) =
                    jobs.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
                {
                    total.fetch_add(run(job), std::sync::atomic::Ordering::SeqCst);
                }
            });
        }
    });
    total.into_inner()
}

#[test]
fn a_process_may_die_at_any_moment() {
    let (_, moments) = undisturbed(&World::new());
    let steps = twelve_steps();
    let jobs: Vec<u64> = (0..moments).collect();
    let runs = in_parallel(&jobs, |moment| {
        let world = World::new();
        world.doom.at(*moment);
        assert!(Doom::process(|| run_once(&world, &steps)).is_none(), "it dies at {moment}");
        world.disk.crash(*moment);
        // Time goes on while nobody looks; now and then a lot of it.
        world.node.advance(Duration::from_secs((*moment % 7) * 9));
        run_until_done(&world, &steps);
        assert_eq!(end(&world), right_end(), "after a death at moment {moment}");
        check_journal(&world);
        1
    });
    println!("{runs} deaths, one at each of {moments} moments: no step twice, none lost");
    assert_eq!(runs, moments);
}

#[test]
fn processes_may_die_again_and_again() {
    let steps = twelve_steps();
    let jobs: Vec<u64> = (1..=60).collect();
    let deaths = in_parallel(&jobs, |seed| {
        let world = World::new();
        let mut random = *seed;
        let mut deaths = 0;
        loop {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            world.doom.at(world.doom.moments() + (random >> 33) % 160);
            if let Some(result) = Doom::process(|| run_once(&world, &steps)) {
                assert!(result.is_ok(), "{result:?}");
                break;
            }
            world.disk.crash(random);
            deaths += 1;
        }
        assert_eq!(end(&world), right_end(), "seed {seed}");
        check_journal(&world);
        deaths
    });
    println!("{} runs with {deaths} deaths in all", jobs.len());
}

#[test]
fn every_fault_at_every_question() {
    let steps = twelve_steps();
    let faults: Vec<(u32, Fault, u64)> = faults::all()
        .into_iter()
        .map(|(row, fault)| (row, fault, undisturbed(&world_for(fault)).0))
        .collect();
    let jobs: Vec<(u64, u32, Fault)> = faults
        .iter()
        .flat_map(|(row, fault, calls)| (0..*calls).map(move |call| (call, *row, *fault)))
        .collect();
    let again = in_parallel(&jobs, |(call, row, fault)| {
        let world = world_for(*fault);
        world.node.plan_fault(*call, *fault);
        let processes = run_until_done(&world, &steps);
        assert_eq!(end(&world), right_end(), "row {row}, {fault:?} at question {call}");
        check_journal(&world);
        u64::from(processes - 1)
    });
    println!(
        "{} runs: {} faults, each at every question of {} or more; {again} more processes were needed",
        jobs.len(),
        faults.len(),
        faults.iter().map(|(_, _, calls)| calls).min().unwrap()
    );
}

#[test]
fn every_fault_and_a_death_soon_after() {
    let steps = twelve_steps();
    let faults: Vec<(u32, Fault, u64)> = faults::all()
        .into_iter()
        .map(|(row, fault)| (row, fault, undisturbed(&world_for(fault)).0))
        .collect();
    let jobs: Vec<(u64, Fault)> = faults
        .iter()
        .flat_map(|(_, fault, calls)| (0..*calls).step_by(17).map(move |call| (call, *fault)))
        .collect();
    let deaths = in_parallel(&jobs, |(call, fault)| {
        let world = world_for(*fault);
        world.node.plan_fault(*call, *fault);
        world.doom.at(call * 3 + 11);
        let died = match Doom::process(|| run_once(&world, &steps)) {
            None => true,
            Some(Ok(_)) => false,
            Some(Err(error)) => {
                let passing = error.is_passing()
                    || matches!(error, SendError::Rpc(RpcError::WrongChain { .. }));
                assert!(passing, "{error}");
                false
            }
        };
        world.doom.at(u64::MAX);
        world.disk.crash(*call);
        run_until_done(&world, &steps);
        assert_eq!(end(&world), right_end(), "{fault:?} at question {call}");
        check_journal(&world);
        u64::from(died)
    });
    println!("{} runs with a fault, {deaths} of them with a death as well", jobs.len());
}

#[test]
fn a_full_disk_stops_before_anything_is_sent_that_is_not_written_down() {
    let calm = World::new();
    let steps = twelve_steps();
    run_until_done(&calm, &steps);
    let operations: Vec<u64> = (0..calm.disk.operations()).collect();
    let runs = in_parallel(&operations, |operation| {
        let world = World::new();
        world.disk.fill(*operation, usize::try_from(operation % 50).unwrap());
        let error = run_once(&world, &steps).unwrap_err();
        assert!(matches!(error, SendError::Journal(_)), "{error}");
        world.disk.free();
        run_until_done(&world, &steps);
        assert_eq!(end(&world), right_end(), "full at operation {operation}");
        check_journal(&world);
        1
    });
    println!("{runs} runs, with the disk full at each operation");
}

fn records(world: &World) -> Vec<Record> {
    Journal::read(&world.disk, &journal_file()).unwrap().unwrap().records
}

fn signatures(world: &World, wanted: Purpose) -> usize {
    let is =
        |record: &&Record| matches!(record, Record::Signed(signed) if signed.purpose == wanted);
    records(world).iter().filter(is).count()
}

#[test]
fn what_is_stuck_is_replaced_at_most_four_times_and_only_one_lands() {
    for ignored in [1, 4] {
        let world = World::new();
        let steps = [step(0, "anna", Some(account("dora")), &[])];
        let (mut sender, _locks) = start(&world, options()).unwrap();
        let node = world.node.clone();
        let mut seen = 0;
        sender.watch(move |record| {
            // The node sits on all but the last one.
            if matches!(record, Record::Sent { .. }) && seen < ignored {
                seen += 1;
                node.state().ignore_all();
            }
        });
        sender.run(&steps).unwrap();
        assert_eq!(signatures(&world, Purpose::Replacement), ignored);
        let replaced =
            records(&world).iter().filter(|it| matches!(it, Record::Replaced { .. })).count();
        assert_eq!(replaced, ignored);
        assert_eq!(world.node.state().chain.nonce(account("anna")).unwrap(), 1);
    }
    let world = World::new();
    let steps = [step(0, "anna", Some(account("dora")), &[])];
    let (mut sender, _locks) = start(&world, options()).unwrap();
    let node = world.node.clone();
    sender.watch(move |_| node.state().ignore_all());
    let error = sender.run(&steps).unwrap_err();
    assert!(matches!(error, SendError::Waiting { .. }), "{error}");
    assert_eq!(signatures(&world, Purpose::Replacement), 4);
}

#[test]
fn nobody_pays_more_than_the_bound() {
    let world = World::new();
    let low = Options { max_fee: 900_000_000, ..options() };
    let steps = [step(0, "anna", Some(account("dora")), &[])];
    let (mut sender, _locks) = start(&world, low).unwrap();
    let error = sender.run(&steps).unwrap_err().to_string();
    assert!(error.contains("the base fee is over 900000000 wei"), "{error}");
    assert!(world.node.state().taken.is_empty());
    drop((sender, _locks));
    let spend = Options { max_spend: Some(U256::from(1_000)), ..options() };
    let (mut sender, _locks) = start(&world, spend).unwrap();
    let error = sender.run(&steps).unwrap_err();
    assert!(matches!(error, SendError::MaxSpend { .. }), "{error}");
    assert!(world.node.state().taken.is_empty());
}

#[test]
fn an_account_without_money_is_named_before_anything_is_signed() {
    let world = World::new();
    world.node.fund(account("anna"), U256::from(3));
    let error = run_once(&world, &twelve_steps()).unwrap_err();
    assert!(matches!(&error, SendError::Funds { have, .. } if *have == U256::from(3)), "{error}");
    assert_eq!(signatures(&world, Purpose::Step), 0);
    world.node.fund(account("anna"), U256::from(10).pow(U256::from(20)));
    run_until_done(&world, &twelve_steps());
    assert_eq!(end(&world), right_end());
}

/// Two steps, of which the second reverts where it should not.
fn reverting() -> Vec<Step> {
    let mut steps = twelve_steps();
    steps.truncate(10);
    // Nonces stay as they are in the plan.
    steps[9].expects = covenant_live::send::Expectation::Success;
    steps
}

#[test]
fn a_step_that_reverted_stops_the_run_and_is_never_skipped() {
    let world = World::new();
    let steps = reverting();
    for _ in 0..3 {
        let error = run_once(&world, &steps).unwrap_err();
        let unexpected = matches!(&error, SendError::Unexpected { step, success: false, .. } if step.position == Position(9));
        assert!(unexpected, "{error}");
    }
    assert_eq!(world.node.state().chain.nonce(account("bert")).unwrap(), 4);
    // Done again with another nonce, it reverts again; left out, the rest is done.
    let (mut sender, locks) = start(&world, options()).unwrap();
    sender.release(Position(9), Forgetting::Redo).unwrap();
    drop((sender, locks));
    let error = run_once(&world, &steps).unwrap_err();
    assert!(matches!(error, SendError::Unexpected { .. }), "{error}");
    assert_eq!(world.node.state().chain.nonce(account("bert")).unwrap(), 5);
    let (mut sender, locks) = start(&world, options()).unwrap();
    sender.release(Position(9), Forgetting::LeaveOut).unwrap();
    drop((sender, locks));
    assert_eq!(run_once(&world, &steps).unwrap().len(), 9);
    assert_eq!(world.node.state().chain.nonce(account("bert")).unwrap(), 5);
}

#[test]
fn what_is_done_is_not_done_again() {
    let world = World::new();
    run_until_done(&world, &twelve_steps());
    let (mut sender, _locks) = start(&world, options()).unwrap();
    let error = sender.release(Position(3), Forgetting::Redo).unwrap_err();
    assert!(matches!(error, SendError::Done { .. }), "{error}");
    assert_eq!(end(&world), right_end());
}

#[test]
fn forgetting_a_step_uses_its_nonce_up_first() {
    let world = World::new();
    let steps = [counter(0, "anna", &[]), counter(1, "anna", &[])];
    // It is signed and taken, then the run is interrupted; the node sits on it.
    let stop = Arc::new(AtomicBool::new(false));
    let (mut sender, locks) =
        start(&world, Options { stop: Arc::clone(&stop), window: 1, ..options() }).unwrap();
    let node = world.node.clone();
    let flag = Arc::clone(&stop);
    sender.watch(move |record| {
        if matches!(record, Record::Sent { .. }) {
            node.state().ignore_all();
            flag.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    });
    let error = sender.run(&steps).unwrap_err();
    assert!(matches!(error, SendError::Interrupted), "{error}");
    drop((sender, locks));
    let (mut sender, locks) = start(&world, options()).unwrap();
    sender.release(Position(0), Forgetting::Redo).unwrap();
    assert_eq!(world.node.state().chain.nonce(account("anna")).unwrap(), 1);
    assert!(records(&world).iter().any(|it| matches!(it, Record::Cancelled { .. })));
    drop((sender, locks));
    let landed = run_once(&world, &steps).unwrap();
    let created: Vec<Option<Address>> = landed.iter().map(|it| it.created).collect();
    let expected = [1, 2].map(|nonce| Some(account("anna").create(nonce)));
    assert_eq!(created, expected);
    assert_eq!(world.node.state().chain.nonce(account("anna")).unwrap(), 3);
}

#[test]
fn a_step_does_not_land_after_its_last_moment() {
    let world = World::new();
    let by = Some(Timestamp(crate::node::START + 120));
    let steps = [Step { by, ..step(0, "anna", Some(account("dora")), &[]) }];
    let (mut sender, locks) = start(&world, options()).unwrap();
    let node = world.node.clone();
    let mut first = true;
    sender.watch(move |record| {
        if matches!(record, Record::Sent { .. }) && std::mem::take(&mut first) {
            node.state().ignore_all();
        }
    });
    let error = sender.run(&steps).unwrap_err();
    assert!(matches!(error, SendError::Expired { .. }), "{error}");
    assert_eq!(signatures(&world, Purpose::Cancellation), 1);
    drop((sender, locks));
    let state = world.node.state();
    assert_eq!(state.chain.nonce(account("anna")).unwrap(), 1);
    drop(state);
    // The same again: it stays so, and a step whose time is over is not even signed.
    assert!(matches!(run_once(&world, &steps).unwrap_err(), SendError::Expired { .. }));
    let late = [Step { by, ..step(1, "bert", Some(account("dora")), &[]) }];
    assert!(matches!(run_once(&world, &late).unwrap_err(), SendError::Expired { .. }));
    assert_eq!(signatures(&world, Purpose::Step), 1);
}

#[test]
fn a_nonce_that_somebody_else_used_stops_the_run() {
    let world = World::new();
    let steps = [counter(0, "anna", &[]), counter(1, "anna", &[0])];
    let (mut sender, locks) = start(&world, options()).unwrap();
    sender.run(&steps[..1]).unwrap();
    drop((sender, locks));
    world.node.state().chain.set_nonce(account("anna"), 4).unwrap();
    world.node.advance(BLOCK_TIME);
    let error = run_once(&world, &steps).unwrap_err();
    assert!(matches!(error, SendError::Foreign { nonce: 1, .. }), "{error}");
    let (mut sender, _locks) =
        start(&world, Options { foreign: OnForeign::Replan, ..options() }).unwrap();
    let landed = sender.run(&steps).unwrap();
    assert_eq!(landed[1].created, Some(account("anna").create(4)));
}

#[test]
fn a_signed_step_that_was_overtaken_is_signed_anew_only_if_asked() {
    let world = World::new();
    let steps = [counter(0, "anna", &[])];
    let (mut sender, locks) = start(&world, options()).unwrap();
    let node = world.node.clone();
    sender.watch(move |record| {
        if matches!(record, Record::Sent { .. }) {
            let mut state = node.state();
            state.pool.clear();
            state.chain.set_nonce(account("anna"), 1).unwrap();
        }
    });
    let error = sender.run(&steps).unwrap_err();
    assert!(matches!(error, SendError::Foreign { nonce: 0, step: Some(_), .. }), "{error}");
    drop((sender, locks));
    let (mut sender, _locks) =
        start(&world, Options { foreign: OnForeign::Replan, ..options() }).unwrap();
    let landed = sender.run(&steps).unwrap();
    assert_eq!(landed[0].created, Some(account("anna").create(1)));
    assert!(records(&world).iter().any(|it| matches!(it, Record::Overtaken { .. })));
}

#[test]
fn a_step_that_changed_after_it_was_signed_is_refused_by_name() {
    let world = World::new();
    run_until_done(&world, &twelve_steps());
    let mut steps = twelve_steps();
    steps[4] = Step { id: steps[5].id.clone(), ..steps[4].clone() };
    steps[4].id.position = Position(4);
    steps.remove(5);
    let error = run_once(&world, &steps).unwrap_err();
    assert!(matches!(&error, SendError::Changed { what: "content", .. }), "{error}");
    assert!(error.to_string().contains("`--redo 5` or `--forget 5`"), "{error}");
    let mut steps = twelve_steps();
    steps[4].sender = account("anna");
    let error = run_once(&world, &steps).unwrap_err();
    assert!(matches!(error, SendError::Changed { what: "sender", .. }), "{error}");
    assert_eq!(end(&world), right_end());
}

/// A signer that signs something other than it was asked.
struct Crooked(fn(&mut SigningRequest), &'static str);

impl Signer for Crooked {
    fn address(&self) -> Address {
        account("anna")
    }

    fn sign(&self, request: &SigningRequest) -> Result<Bytes, SignerError> {
        let mut other = request.clone();
        (self.0)(&mut other);
        Signer::sign(&Key::derive(self.1), &other)
    }
}

#[test]
fn what_was_signed_is_compared_with_what_was_asked() {
    type Change = fn(&mut SigningRequest);
    let changes: [(Change, &str); 6] = [
        (|it| it.chain_id = 1, "anna"),
        (|it| it.nonce += 1, "anna"),
        (|it| it.value += U256::from(1), "anna"),
        (|it| it.max_fee_per_gas += 1, "anna"),
        (|it| it.to = alloy_primitives::TxKind::Call(account("bert")), "anna"),
        (|_| (), "bert"),
    ];
    for (change, name) in changes {
        let world = World::new();
        let steps = [step(0, "anna", Some(account("dora")), &[])];
        let (mut sender, _locks) =
            start_with(&world, options(), vec![Box::new(Crooked(change, name))]).unwrap();
        let error = sender.run(&steps).unwrap_err();
        assert!(matches!(error, SendError::Signer { .. }), "{error}");
        assert!(world.node.state().taken.is_empty());
    }
    let world = World::new();
    let (mut sender, _locks) = start_with(&world, options(), vec![Box::new(key("bert"))]).unwrap();
    let error = sender.run(&[step(0, "anna", Some(account("dora")), &[])]).unwrap_err();
    assert!(matches!(error, SendError::NoSigner { .. }), "{error}");
}

#[test]
fn code_that_is_there_already_or_is_another_is_not_taken_for_ours() {
    let world = World::new();
    run_until_done(&world, &twelve_steps());
    let again = [Step { id: step(20, "anna", None, &[]).id, ..twelve_steps()[6].clone() }];
    let error = run_once(&world, &again).unwrap_err();
    assert!(matches!(error, SendError::Occupied { same: true, .. }), "{error}");
    let mut other = counter(21, "anna", &[]);
    other.code =
        Some(covenant_live::send::CodeCheck { code: vec![1; 21].into(), open: Vec::new() });
    let error = run_once(&world, &[other.clone()]).unwrap_err();
    assert!(matches!(error, SendError::OtherCode { .. }), "{error}");
    // Where immutable values are, anything may be.
    other.code = Some(covenant_live::send::CodeCheck {
        code: vec![1; 21].into(),
        open: vec![0..10, 10..21],
    });
    run_once(&world, &[other]).unwrap();
}

#[test]
fn a_step_that_would_fail_is_not_sent() {
    let world = World::new();
    let mut steps = twelve_steps();
    steps[9].gas_limit = None;
    let error = run_once(&world, &steps).unwrap_err();
    assert!(
        matches!(&error, SendError::WouldFail { step, .. } if step.position == Position(9)),
        "{error}"
    );
}

#[test]
fn another_chain_of_the_same_number_is_refused() {
    let world = World::new();
    run_until_done(&world, &twelve_steps());
    let other = World::new();
    other.node.state().blocks[0].hash = alloy_primitives::keccak256("begun anew");
    other.disk.set(&journal_file(), &world.disk.bytes(&journal_file()));
    let error = run_once(&other, &twelve_steps()).unwrap_err();
    assert!(matches!(error, SendError::Rpc(RpcError::WrongGenesis { .. })), "{error}");
    assert!(other.node.state().taken.is_empty());
}

#[test]
fn a_reorganisation_after_the_end_is_repaired_by_the_next_run() {
    for (depth, forget) in [(1, true), (1, false), (4, true), (30, true)] {
        let world = World::new();
        let steps = twelve_steps();
        run_until_done(&world, &steps);
        world.node.state().reorganise(depth, forget);
        run_until_done(&world, &steps);
        assert_eq!(end(&world), right_end(), "depth {depth}");
        check_journal(&world);
    }
}

#[test]
fn a_deeper_reorganisation_than_was_waited_for_is_never_silently_wrong() {
    let steps = twelve_steps();
    let (calls, _) = undisturbed(&World::new());
    let jobs: Vec<(u64, bool)> =
        (0..calls).flat_map(|call| [(call, true), (call, false)]).collect();
    let stopped = in_parallel(&jobs, |(call, forget)| {
        let world = World::new();
        world.node.plan_fault(*call, Fault::Reorganise { depth: 4, forget: *forget });
        // What happens after the last look of a run is for the next one to see.
        match run_once(&world, &steps).and_then(|_| run_once(&world, &steps)) {
            Ok(_) => {
                assert_eq!(end(&world), right_end(), "at question {call}, forgotten: {forget}");
                check_journal(&world);
                0
            }
            // What waits in other accounts' names may land before what it needs: that is said.
            Err(SendError::OutOfOrder { .. } | SendError::Unexpected { .. }) => 1,
            Err(error) => panic!("{error}"),
        }
    });
    println!(
        "{} reorganisations of four blocks with two waited for: {stopped} stopped the run",
        jobs.len()
    );
}

#[test]
fn what_was_signed_stays_the_same_bytes() {
    let world = World::new();
    let steps = twelve_steps();
    run_until_done(&world, &steps);
    let before = records(&world);
    let raws = |records: &[Record]| {
        let raw = |record: &Record| match record {
            Record::Signed(signed) => Some(signed.raw.clone()),
            _ => None,
        };
        records.iter().filter_map(raw).collect::<Vec<_>>()
    };
    world.node.state().reorganise(40, true);
    run_until_done(&world, &steps);
    assert_eq!(raws(&records(&world)), raws(&before), "nothing was signed anew");
}

#[test]
fn two_processes_do_not_send_for_one_account() {
    let world = World::new();
    let first = start(&world, options()).unwrap();
    let error = start(&world, options()).unwrap_err();
    let held = matches!(error, SendError::Journal(JournalError::Lock(LockError::Held { .. })));
    assert!(held, "{error}");
    drop(first);
    start(&world, options()).unwrap();
}
