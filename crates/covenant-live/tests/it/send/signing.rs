//! What was signed is what was asked for, and stays so.

use alloy_primitives::{Address, Bytes, U256};
use covenant_chain::Key;
use covenant_live::{
    journal::{JournalError, Record},
    send::{SendError, Signer, SignerError, SigningRequest},
    storage::LockError,
};

use super::runs::*;

use crate::rig::{World, account, key, options, start, start_with, step, twelve_steps};

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
