//! What would fail for certain costs nothing.

use std::collections::BTreeMap;

use alloy_primitives::{Address, Bytes, U256};
use covenant_chain::{Chain, ChainOptions};
use covenant_compile::{Code, Contract, ContractId, ContractKind, DeployError, LibraryRef};
use covenant_live::{
    preflight::{PreflightError, Profile, check_sizes, init_code, rehearse},
    send::{CodeCheck, Options, Step},
};

use crate::rig::{account, start, step, twelve_steps};

fn funded() -> Chain {
    let mut chain = Chain::new(ChainOptions::default()).unwrap();
    for name in ["anna", "bert", "cleo"] {
        chain.set_balance(account(name), U256::from(10).pow(U256::from(20))).unwrap();
    }
    chain
}

#[test]
fn the_twelve_steps_are_rehearsed_and_their_gas_is_enough() {
    let needs = rehearse(&mut funded(), &twelve_steps(), &Profile::ETHEREUM).unwrap();
    assert_eq!(needs.len(), 12);
    assert!(
        needs.iter().all(|need| need.used <= need.limit && need.limit <= need.used * 2 + 60_000)
    );
}

#[test]
fn a_constructor_that_runs_out_of_gas_is_refused_with_what_it_needs() {
    let mut steps = twelve_steps();
    let enough = rehearse(&mut funded(), &steps[..1], &Profile::ETHEREUM).unwrap()[0].used;
    steps[0].gas_limit = Some(enough - 1);
    let error = rehearse(&mut funded(), &steps, &Profile::ETHEREUM).unwrap_err();
    let PreflightError::OutOfGas { step: id, needs: Some(needs), .. } = error else {
        panic!("{error}")
    };
    assert_eq!((id.position.0, needs), (0, enough));
    steps[0].gas_limit = None;
    let poor = Profile { gas: Some(enough - 1), ..Profile::ETHEREUM };
    let error = rehearse(&mut funded(), &steps, &poor).unwrap_err();
    assert!(
        matches!(error, PreflightError::OutOfGas { limit, .. } if limit == enough - 1),
        "{error}"
    );
    // JUMPDEST, PUSH0, JUMP: no gas is ever enough.
    let endless =
        Step { input: Bytes::from_static(&[0x5b, 0x5f, 0x56]), ..step(0, "anna", None, &[]) };
    let error = rehearse(&mut funded(), &[endless], &Profile::ETHEREUM).unwrap_err();
    assert!(matches!(error, PreflightError::OutOfGas { needs: None, .. }), "{error}");
}

#[test]
fn a_step_that_would_end_otherwise_is_refused() {
    let mut steps = twelve_steps();
    steps[9].expects = covenant_live::send::Expectation::Success;
    let error = rehearse(&mut funded(), &steps, &Profile::ETHEREUM).unwrap_err();
    assert!(
        matches!(error, PreflightError::Unexpected { ref step, success: false, .. } if step.position.0 == 9),
        "{error}"
    );
}

#[test]
fn code_over_the_networks_limits_is_refused_at_the_first_byte_over() {
    let creating = |code: usize, init_code: usize| Step {
        input: vec![0; init_code].into(),
        code: Some(CodeCheck { code: vec![0; code].into(), open: Vec::new() }),
        ..step(0, "anna", None, &[])
    };
    let profile = Profile::ETHEREUM;
    check_sizes(&[creating(24_576, 49_152)], &profile).unwrap();
    for (code, init) in [(24_577, 49_152), (24_576, 49_153)] {
        let error = check_sizes(&[creating(code, init)], &profile).unwrap_err();
        let PreflightError::TooLarge { size, limit, .. } = error else { panic!("{error}") };
        assert_eq!(size, limit + 1);
    }
    let roomy = Profile { code: 30_000, ..profile };
    check_sizes(&[creating(24_577, 49_152)], &roomy).unwrap();
}

#[test]
fn a_library_that_is_not_linked_is_refused_by_name() {
    let named = |name: &str| ContractId { file: "src/All.sol".to_owned(), name: name.to_owned() };
    let library = named("Dates");
    let places = vec![LibraryRef { library: library.clone(), offset: 1 }];
    let contract = Contract {
        id: named("Lease"),
        kind: ContractKind::Contract,
        bases: Vec::new(),
        abi: Default::default(),
        creation: Code { bytes: vec![0; 22].into(), libraries: places, ..Code::default() },
        runtime: Code { bytes: vec![0; 1].into(), ..Code::default() },
        types: Default::default(),
        types_known: true,
        storage: None,
        notice: None,
    };
    let error = init_code(&contract, &BTreeMap::new(), &[]).unwrap_err();
    assert!(
        matches!(error, PreflightError::Link(_)) && error.to_string().contains(":Dates`"),
        "{error}"
    );
    let address = Address::repeat_byte(7);
    let linked = init_code(&contract, &[(library, address)].into(), &[9]).unwrap();
    assert_eq!(linked[1..21], address[..]);
    assert_eq!((linked.len(), linked[22]), (23, 9));
    let interface = Contract { kind: ContractKind::Interface, ..contract };
    let error = init_code(&interface, &BTreeMap::new(), &[]).unwrap_err();
    assert!(matches!(error, PreflightError::Deploy(DeployError::NotDeployable { .. })), "{error}");
}

#[test]
fn networks_without_a_pool_get_one_transaction_at_a_time() {
    let arbitrum = Profile::of(42_161);
    assert_eq!((arbitrum.window, arbitrum.replaces, arbitrum.gas), (1, false, None));
    let base = Profile::of(8_453);
    assert_eq!((base.window, base.replaces), (1, false));
    let known = Profile { window: 16, exact: true, ..Profile::ETHEREUM };
    assert_eq!([1, 11_155_111, 17_000, 560_048].map(Profile::of), [known; 4]);
    assert_eq!(Profile::of(987_654_321), Profile::ETHEREUM);
    assert_eq!(Profile::of(31_337).window, 16);
    // With that window, no account ever has two that wait.
    let world = crate::rig::World::new();
    let options = Options { window: arbitrum.window, ..crate::rig::options() };
    let (mut sender, _locks) = start(&world, options).unwrap();
    let most = std::sync::Arc::new(std::sync::Mutex::new(0));
    let (seen, node) = (std::sync::Arc::clone(&most), world.node.clone());
    sender.watch(move |_| {
        let waiting = node.most_waiting();
        let mut most = seen.lock().unwrap();
        *most = waiting.max(*most);
    });
    sender.run(&twelve_steps()).unwrap();
    assert_eq!(*most.lock().unwrap(), 1);
    assert_eq!(crate::rig::end(&world), crate::rig::right_end());
}
