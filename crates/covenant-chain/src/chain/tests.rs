use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::{Address, B256, Bytes, U256, bytes};

use super::*;
use crate::*;

pub(crate) fn key(name: &str) -> Address {
    Key::derive(name).address()
}

pub(super) fn chain() -> Chain {
    let mut chain = Chain::new(ChainOptions::default()).unwrap();
    for name in ["alice", "bob", "carol"] {
        chain.set_balance(key(name), U256::from(1_000_000)).unwrap();
    }
    chain
}

/// Init code that deploys `runtime`.
pub(crate) fn deploying(runtime: &[u8]) -> Bytes {
    let size = u8::try_from(runtime.len()).unwrap();
    // PUSH1 size, DUP1, PUSH1 11, PUSH0, CODECOPY, PUSH0, RETURN, padded to 11 bytes.
    [&[0x60, size, 0x80, 0x60, 0x0b, 0x5f, 0x39, 0x5f, 0xf3, 0x00, 0x00], runtime].concat().into()
}

pub(crate) fn deploy(chain: &mut Chain, runtime: &[u8]) -> Address {
    let receipt = chain.send(&Transaction::create(key("alice"), deploying(runtime))).unwrap();
    receipt.outcome.created().unwrap()
}

#[test]
fn transfers_are_exact() {
    let mut chain = chain();
    let receipt =
        chain.send(&Transaction::transfer(key("alice"), key("bob"), U256::from(400))).unwrap();
    assert_eq!(receipt.outcome, Outcome::Success { output: Bytes::new(), created: None });
    assert_eq!((receipt.gas_used, receipt.fee, receipt.block), (21_000, U256::ZERO, 1));
    assert_eq!(chain.balance(key("alice")).unwrap(), U256::from(999_600));
    assert_eq!(chain.balance(key("bob")).unwrap(), U256::from(1_000_400));
    assert_eq!(chain.nonce(key("alice")).unwrap(), 1);
}

#[test]
fn blocks_follow_the_clock() {
    let mut chain = chain();
    // NUMBER, TIMESTAMP, PUSH0 MSTORE, PUSH1 32 MSTORE, PUSH1 64 PUSH0 RETURN: (timestamp, number).
    let clock =
        deploy(&mut chain, &[0x43, 0x42, 0x5f, 0x52, 0x60, 0x20, 0x52, 0x60, 0x40, 0x5f, 0xf3]);
    chain.set_now(Timestamp(2_000_000_000)).unwrap();
    let call = Call::new(clock, Bytes::new());
    let words = |outcome: Outcome| {
        let data = outcome.data().unwrap().clone();
        (U256::from_be_slice(&data[..32]), U256::from_be_slice(&data[32..]))
    };
    assert_eq!(words(chain.call(&call).unwrap()), (U256::from(2_000_000_000), U256::from(2)));
    chain.mine().unwrap();
    let transaction = Transaction::call(key("bob"), clock, Bytes::new());
    let receipts = chain.send_block(&[transaction.clone(), transaction]).unwrap();
    assert_eq!(
        receipts.iter().map(|it| (it.block, it.index)).collect::<Vec<_>>(),
        [(3, 0), (3, 1)]
    );
    assert_eq!(words(receipts[1].outcome.clone()), (U256::from(2_000_000_000), U256::from(3)));
    assert_eq!(chain.block_number(), 3);
    let error = chain.set_now(Timestamp(1_999_999_999)).unwrap_err();
    assert_eq!(error.to_string(), "the clock is at 2000000000 and cannot go back to 1999999999");
}

#[test]
fn the_coinbase_is_warm_whoever_it_is() {
    let mut chain = chain();
    // BALANCE(0), POP, COINBASE, PUSH0, MSTORE, RETURN(0, 32).
    let asks = deploy(&mut chain, &[0x5f, 0x31, 0x50, 0x41, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]);
    let mut send = |coinbase| {
        chain.set_coinbase(coinbase);
        assert_eq!(chain.coinbase(), coinbase);
        let receipt = chain.send(&Transaction::call(key("bob"), asks, Bytes::new())).unwrap();
        assert_eq!(receipt.outcome.data().unwrap()[12..], coinbase[..]);
        receipt.gas_used
    };
    assert_eq!(send(key("carol")) - send(Address::ZERO), 2_500);
}

#[test]
fn fees_are_paid_and_reported() {
    let options = ChainOptions { fees: Fees::On { base: 7 }, ..ChainOptions::default() };
    let mut chain = Chain::new(options).unwrap();
    let start = U256::from(200_000);
    chain.set_balance(key("alice"), start).unwrap();
    let receipt =
        chain.send(&Transaction::transfer(key("alice"), key("bob"), U256::from(9))).unwrap();
    assert_eq!((receipt.gas_price, receipt.fee), (7, U256::from(147_000)));
    assert_eq!(chain.balance(key("alice")).unwrap(), start - U256::from(147_009));
    let error =
        chain.send(&Transaction::transfer(key("alice"), key("bob"), U256::from(9))).unwrap_err();
    let expected = Rejection::InsufficientFunds {
        sender: key("alice"),
        have: U256::from(52_991),
        want: U256::from(147_009),
    };
    assert!(matches!(error, ChainError::Rejected(rejection) if rejection == expected));
    assert_eq!(chain.block_number(), 1);
    chain.set_balance(key("bob"), U256::from(10_000_000)).unwrap();
    let tipping = Transaction::transfer(key("bob"), key("alice"), U256::ZERO).with_fees(10, 2);
    assert_eq!(chain.send(&tipping).unwrap().gas_price, 9);
    assert_eq!(chain.balance(chain.settings.coinbase).unwrap(), U256::from(42_000));
    let cheap = Transaction::transfer(key("bob"), key("alice"), U256::ZERO).with_fees(6, 0);
    let error = chain.send(&cheap).unwrap_err().to_string();
    assert_eq!(error, "transaction rejected: max fee 6 wei per gas is below the base fee of 7");
}

#[test]
fn an_invalid_transaction_undoes_its_whole_block() {
    let mut chain = chain();
    let good = Transaction::transfer(key("alice"), key("bob"), U256::from(1));
    let bad = Transaction::transfer(key("bob"), key("carol"), U256::from(5_000_000));
    chain.send_block(&[good, bad]).unwrap_err();
    assert_eq!(chain.balance(key("alice")).unwrap(), U256::from(1_000_000));
    assert_eq!((chain.nonce(key("alice")).unwrap(), chain.block_number()), (0, 0));
}

#[test]
fn invalid_transactions_are_named() {
    let mut chain = chain();
    let transfer = || Transaction::transfer(key("alice"), key("bob"), U256::ZERO);
    let mut refused = |transaction: Transaction| chain.send(&transaction).unwrap_err().to_string();
    let cases = [
        (
            transfer().with_gas_limit(20_999),
            "gas limit 20999 is below the 21000 that the transaction costs before it runs",
        ),
        (
            transfer().with_gas_limit(20_000_000),
            "gas limit 20000000 is over 16777216, the hard fork's cap for one transaction (EIP-7825)",
        ),
        (
            transfer().with_gas_limit(70_000_000),
            "gas limit 70000000 is over 60000000, what is left in the block",
        ),
        (
            transfer().with_nonce(3),
            &format!("nonce 3 is not the next of {}, which is 0", key("alice")),
        ),
        (transfer().with_fees(1, 2), "priority fee 2 wei per gas is over the max fee of 1"),
        (
            Transaction::create(key("alice"), vec![0; 49_153]),
            "init code of 49153 bytes is over the limit of 49152 (EIP-3860)",
        ),
    ];
    for (transaction, expected) in cases {
        assert_eq!(refused(transaction), format!("transaction rejected: {expected}"));
    }
}

#[test]
fn reverts_and_halts_are_outcomes() {
    let mut chain = chain();
    // MSTORE8(0, 0xab), REVERT(0, 1).
    let reverting = deploy(&mut chain, &[0x60, 0xab, 0x5f, 0x53, 0x60, 0x01, 0x5f, 0xfd]);
    let receipt = chain.send(&Transaction::call(key("bob"), reverting, Bytes::new())).unwrap();
    assert_eq!(receipt.outcome, Outcome::Revert { data: bytes!("ab") });
    let halting = deploy(&mut chain, &[0xfe]);
    let receipt = chain
        .send(&Transaction::call(key("bob"), halting, Bytes::new()).with_gas_limit(50_000))
        .unwrap();
    assert_eq!(receipt.outcome, Outcome::Halt { reason: "INVALID opcode".to_owned() });
    assert_eq!(receipt.gas_used, 50_000);
    assert_eq!(chain.nonce(key("bob")).unwrap(), 2);
}

#[test]
fn calls_change_nothing() {
    let mut chain = chain();
    // SSTORE(0, 1).
    let writing = deploy(&mut chain, &[0x60, 0x01, 0x5f, 0x55]);
    assert!(chain.call(&Call::new(writing, Bytes::new())).unwrap().is_success());
    assert_eq!(chain.storage(writing, U256::ZERO).unwrap(), U256::ZERO);
    assert!(
        chain
            .send(&Transaction::call(key("bob"), writing, Bytes::new()))
            .unwrap()
            .outcome
            .is_success()
    );
    assert_eq!(chain.storage(writing, U256::ZERO).unwrap(), U256::ONE);
    let error = chain
        .call(&Call::new(writing, Bytes::new()).with_value(U256::ONE))
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "transaction rejected: insufficient funds: 0x0000000000000000000000000000000000000000 has 0 wei \
         and needs 1 wei for value and gas"
    );
}

#[test]
fn a_contract_can_send() {
    let mut chain = chain();
    let contract = deploy(&mut chain, &[0x00]);
    chain.set_balance(contract, U256::from(5)).unwrap();
    chain.send(&Transaction::transfer(contract, key("bob"), U256::from(5))).unwrap();
    assert_eq!(chain.balance(key("bob")).unwrap(), U256::from(1_000_005));
}

#[test]
fn a_destroyed_contract_loses_its_storage() {
    let options = ChainOptions { hard_fork: HardFork::Shanghai, ..ChainOptions::default() };
    let mut chain = Chain::new(options).unwrap();
    // With calldata: SELFDESTRUCT(0). Without: SSTORE(0, 1).
    let runtime = [0x36, 0x60, 0x09, 0x57, 0x60, 0x01, 0x5f, 0x55, 0x00, 0x5b, 0x5f, 0xff];
    let salted: Bytes =
        [U256::ZERO.to_be_bytes::<32>().as_slice(), &deploying(&runtime)].concat().into();
    let create = Transaction::call(key("alice"), CREATE2_DEPLOYER, salted);
    let contract = Address::from_slice(chain.send(&create).unwrap().outcome.data().unwrap());
    let write = Transaction::call(key("alice"), contract, Bytes::new());
    chain.send(&write).unwrap();
    let written = chain.snapshot();
    for layered in [false, true] {
        chain.restore(&written);
        let keep = layered.then(|| chain.snapshot());
        chain.send(&Transaction::call(key("alice"), contract, bytes!("01"))).unwrap();
        assert_eq!(chain.code(contract).unwrap(), Bytes::new());
        assert_eq!(chain.storage(contract, U256::ZERO).unwrap(), U256::ZERO);
        drop(keep);
        let _keep = layered.then(|| chain.snapshot());
        chain.send(&create).unwrap();
        assert_eq!(chain.code(contract).unwrap(), Bytes::from(runtime.to_vec()));
        assert_eq!(chain.storage(contract, U256::ZERO).unwrap(), U256::ZERO);
    }
}

#[test]
fn an_account_takes_on_code_by_authorization() {
    let mut chain = chain();
    // SSTORE(0, ADDRESS).
    let code = deploy(&mut chain, &[0x30, 0x5f, 0x55]);
    let bob = Key::derive("bob");
    let authorization = bob.authorize(chain.chain_id(), code, 0);
    let transaction = Transaction::call(key("alice"), bob.address(), Bytes::new())
        .with_authorizations(vec![authorization]);
    assert!(chain.send(&transaction).unwrap().outcome.is_success());
    assert_eq!(chain.code(bob.address()).unwrap(), [&[0xef, 0x01, 0x00], code.as_slice()].concat());
    assert_eq!(
        chain.storage(bob.address(), U256::ZERO).unwrap(),
        U256::from_be_slice(bob.address().as_slice())
    );
    assert_eq!(chain.nonce(bob.address()).unwrap(), 1);
    let old = ChainOptions { hard_fork: HardFork::Cancun, ..ChainOptions::default() };
    let error = Chain::new(old).unwrap().send(&transaction).unwrap_err().to_string();
    assert_eq!(
        error,
        "transaction rejected: an authorization list (EIP-7702) needs the hard fork prague or later"
    );
}

#[test]
fn every_hard_fork_executes() {
    for (name, hard_fork) in HardFork::ALL {
        let mut chain = Chain::new(ChainOptions { hard_fork, ..ChainOptions::default() }).unwrap();
        chain.set_balance(key("alice"), U256::from(10)).unwrap();
        let receipt =
            chain.send(&Transaction::transfer(key("alice"), key("bob"), U256::from(10))).unwrap();
        assert!(receipt.outcome.is_success(), "{name}");
        assert_eq!(chain.balance(key("bob")).unwrap(), U256::from(10), "{name}");
        assert_eq!(chain.hard_fork().to_string(), name);
        // PUSH0 came with Shanghai.
        chain.set_code(key("code"), bytes!("5f")).unwrap();
        let outcome = chain.call(&Call::new(key("code"), Bytes::new())).unwrap();
        assert_eq!(outcome.is_success(), hard_fork as u8 >= HardFork::Shanghai as u8, "{name}");
    }
}

#[test]
fn access_lists_warm_slots() {
    let mut chain = chain();
    // SLOAD(0), SLOAD(1).
    let reader = deploy(&mut chain, &[0x5f, 0x54, 0x60, 0x01, 0x54]);
    let list = AccessListItem { address: reader, storage_keys: vec![B256::ZERO, U256::ONE.into()] };
    let plain = Transaction::call(key("bob"), reader, Bytes::new());
    let warm = plain.clone().with_access_list(AccessList(vec![list]));
    let used =
        |chain: &mut Chain, transaction: &Transaction| chain.send(transaction).unwrap().gas_used;
    // The list costs 2400 and 1900 a slot, and saves 2000 of each slot (EIP-2930).
    assert_eq!(used(&mut chain, &warm) - used(&mut chain, &plain), 2_400 + 2 * 1_900 - 2 * 2_000);
    let old = ChainOptions { hard_fork: HardFork::Istanbul, ..ChainOptions::default() };
    let error = Chain::new(old).unwrap().send(&warm).unwrap_err().to_string();
    assert_eq!(
        error,
        "transaction rejected: an access list (EIP-2930) needs the hard fork berlin or later"
    );
}

#[test]
fn create2_gives_the_address_that_follows_from_salt_and_code() {
    let mut chain = chain();
    let (salt, code) = (B256::repeat_byte(7), deploying(&[0xfe]));
    let receipt = chain.send(&Transaction::create2(key("alice"), salt, &code)).unwrap();
    let expected = CREATE2_DEPLOYER.create2_from_code(salt, &code);
    assert_eq!(receipt.outcome.data().unwrap(), expected.as_slice());
    assert_eq!(chain.code(expected).unwrap(), bytes!("fe"));
}

#[test]
fn deep_recursion_can_be_traced() {
    let mut chain = chain();
    // CALL(GAS, ADDRESS, 0, 0, 0, 0, 0): calls itself until no gas is left for it.
    let deep = deploy(&mut chain, &[0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x30, 0x5a, 0xf1]);
    let (outcome, trace) = chain.trace_call(&Call::new(deep, Bytes::new())).unwrap();
    assert!(outcome.is_success());
    let depth = std::iter::successors(Some(&trace), |call| call.calls().next()).count();
    assert!(depth > 400, "{depth}");
    assert_eq!(trace.render(&Decoder::new(), TraceDetail::Storage).lines().count(), 2 * depth);
}

#[test]
fn chains_and_snapshots_cross_threads() {
    fn crosses<T: Send + Sync + Clone>(_: &T) {}
    let chain = chain();
    crosses(&chain);
    crosses(&chain.snapshot());
    let balance = std::thread::scope(|scope| {
        let mut clone = chain.clone();
        let pay = Transaction::transfer(key("alice"), key("bob"), U256::ONE);
        scope
            .spawn(move || clone.send(&pay).and_then(|_| clone.balance(key("bob"))))
            .join()
            .unwrap()
            .unwrap()
    });
    assert_eq!(balance, U256::from(1_000_001));
    assert_eq!(chain.balance(key("bob")).unwrap(), U256::from(1_000_000));
}
