//! Tests only: laws that hold for whatever is done to a chain.

use std::collections::BTreeMap;

use alloy_primitives::{Address, Bytes, U256};
use proptest::prelude::*;

use super::tests::{chain, deploy, deploying, key};
use crate::*;

/// What the property tests do to a chain.
#[derive(Clone, Debug)]
enum Act {
    Write { contract: usize, slot: u8, value: u8 },
    Pay { from: usize, to: usize, wei: u32 },
    Deploy { from: usize },
    Wait { seconds: u16 },
    Snapshot,
    Restore { which: usize },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..2_usize, 0..4_u8, any::<u8>()).prop_map(|(contract, slot, value)| Act::Write { contract, slot, value }),
        3 => (0..3_usize, 0..3_usize, 0..2_000_000_u32).prop_map(|(from, to, wei)| Act::Pay { from, to, wei }),
        1 => (0..3_usize).prop_map(|from| Act::Deploy { from }),
        1 => any::<u16>().prop_map(|seconds| Act::Wait { seconds }),
        3 => Just(Act::Snapshot),
        2 => any::<usize>().prop_map(|which| Act::Restore { which }),
    ]
}

const NAMES: [&str; 3] = ["alice", "bob", "carol"];

/// SSTORE(byte 0 of calldata, byte 1 of calldata).
const WRITER: [u8; 13] =
    [0x5f, 0x35, 0x80, 0x60, 0x01, 0x1a, 0x90, 0x5f, 0x1a, 0x55, 0x00, 0x00, 0x00];

fn world() -> (Chain, [Address; 2]) {
    let mut chain = chain();
    let contracts = [deploy(&mut chain, &WRITER), deploy(&mut chain, &WRITER)];
    (chain, contracts)
}

/// Does everything but snapshots; a rejected transaction is part of the game.
fn perform(chain: &mut Chain, contracts: &[Address; 2], act: &Act) {
    match *act {
        Act::Write { contract, slot, value } => {
            chain
                .send(&Transaction::call(key("alice"), contracts[contract], vec![slot, value]))
                .unwrap();
        }
        Act::Pay { from, to, wei } => {
            let _ = chain.send(&Transaction::transfer(
                key(NAMES[from]),
                key(NAMES[to]),
                U256::from(wei),
            ));
        }
        Act::Deploy { from } => {
            chain.send(&Transaction::create(key(NAMES[from]), deploying(&WRITER))).unwrap();
        }
        Act::Wait { seconds } => {
            chain.set_now(Timestamp(chain.now().0 + u64::from(seconds))).unwrap()
        }
        Act::Snapshot | Act::Restore { .. } => unreachable!("the test keeps the snapshots itself"),
    }
}

/// Everything that the acts can change.
fn observed(chain: &Chain, contracts: &[Address; 2]) -> (Vec<U256>, Vec<u64>, Vec<Bytes>) {
    let accounts = NAMES.map(key);
    let slots = contracts
        .iter()
        .flat_map(|it| (0..4).map(|slot| chain.storage(*it, U256::from(slot)).unwrap()));
    let balances = accounts.iter().map(|it| chain.balance(*it).unwrap());
    let nonces = accounts.iter().map(|it| chain.nonce(*it).unwrap());
    let created =
        accounts.iter().flat_map(|it| (0..4).map(|nonce| chain.code(it.create(nonce)).unwrap()));
    (
        slots.chain(balances).collect(),
        nonces.chain([chain.block_number(), chain.now().0]).collect(),
        created.collect(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn snapshots_are_as_good_as_replaying(acts in proptest::collection::vec(act(), 1..80)) {
        let (mut chain, contracts) = world();
        let mut history: Vec<Act> = Vec::new();
        let mut kept: Vec<(Snapshot, Vec<Act>)> = Vec::new();
        for act in acts {
            match act {
                Act::Snapshot => kept.push((chain.snapshot(), history.clone())),
                Act::Restore { which } => {
                    if let Some((snapshot, then)) = kept.get(which % kept.len().max(1)) {
                        chain.restore(snapshot);
                        history.clone_from(then);
                    }
                }
                act => {
                    perform(&mut chain, &contracts, &act);
                    history.push(act);
                }
            }
        }
        let (mut replayed, _) = world();
        history.iter().for_each(|act| perform(&mut replayed, &contracts, act));
        prop_assert_eq!(observed(&chain, &contracts), observed(&replayed, &contracts));
    }

    #[test]
    fn a_moment_is_an_earlier_one_and_what_changed_since(
        acts in proptest::collection::vec(act(), 1..80), from in 0..80_usize, is_flat in any::<bool>(),
    ) {
        let (mut chain, contracts) = world();
        let mut earlier = chain.snapshot();
        for (index, act) in acts.iter().enumerate() {
            if index == from {
                earlier = if is_flat { chain.snapshot().flat() } else { chain.snapshot() };
                chain.restore(&earlier);
            }
            if !matches!(act, Act::Snapshot | Act::Restore { .. }) {
                perform(&mut chain, &contracts, act);
            }
        }
        let now = chain.snapshot();
        let parts = now.since(&earlier);
        let mut again = chain.clone();
        again.restore(&earlier);
        let begun = observed(&again, &contracts);
        let (number, clock) = (chain.block_number(), chain.now());
        again.restore_at(&earlier.with(&parts), (number, clock), &[]).unwrap();
        prop_assert_eq!(observed(&again, &contracts), observed(&chain, &contracts));
        again.restore(&earlier);
        prop_assert_eq!(observed(&again, &contracts), begun);
        again.restore(&now.flat());
        prop_assert_eq!(observed(&again, &contracts), observed(&chain, &contracts));
    }

    #[test]
    fn layers_read_like_one_map(writes in proptest::collection::vec((0..3_u8, 0..6_u8, any::<u8>(), any::<bool>()), 1..200)) {
        let mut chain = Chain::new(ChainOptions::default()).unwrap();
        let mut flat = BTreeMap::new();
        let mut kept = Vec::new();
        for (account, slot, value, keep) in writes {
            let (address, slot, value) = (Address::with_last_byte(account + 100), U256::from(slot), U256::from(value));
            chain.set_storage(address, slot, value).unwrap();
            flat.insert((address, slot), value);
            if keep {
                kept.push((chain.snapshot(), flat.clone()));
            }
        }
        kept.push((chain.snapshot(), flat));
        for (snapshot, flat) in kept {
            chain.restore(&snapshot);
            for account in 0..3 {
                for slot in 0..6 {
                    let (address, slot) = (Address::with_last_byte(account + 100), U256::from(slot));
                    let expected = flat.get(&(address, slot)).copied().unwrap_or_default();
                    prop_assert_eq!(chain.storage(address, slot).unwrap(), expected);
                }
            }
        }
    }
}
