use std::collections::BTreeSet;

use alloy_primitives::{Address, Bytes, U256, hex};

use super::{Asked, Input, Looked, Watch};
use crate::{Chain, ChainOptions, Transaction, shadow::InstantId, shadow::StorageShadows};

const CALLER: Address = Address::repeat_byte(1);
const TARGET: Address = Address::repeat_byte(2);

/// What becomes of these inputs of some code, which comes after a selector.
fn looked(code: &str, words: &[u64], value: u64) -> Looked {
    let mut chain = Chain::new(ChainOptions::default()).expect("a chain needs nothing");
    chain.set_balance(CALLER, U256::from(1_000_000)).expect("it obeys");
    let code: Bytes = hex::decode(code).expect("code is in hexadecimal digits").into();
    chain.set_code(TARGET, code).expect("it obeys");
    let data: Vec<u8> = [0; 4]
        .into_iter()
        .chain(words.iter().flat_map(|word| U256::from(*word).to_be_bytes::<32>()))
        .collect();
    let transaction = Transaction::call(CALLER, TARGET, data).with_value(U256::from(value));
    let watch =
        Watch { target: TARGET, caller: CALLER, skipped: 0, counted: None, clocks: Vec::new() };
    let sent = chain.send_compared(&transaction, InstantId(1), StorageShadows::new(), Some(watch));
    sent.expect("it can be sent").1.looked.expect("inputs were looked at")
}

fn steps(looked: &Looked, input: Input) -> Vec<U256> {
    looked.steps.get(&input).into_iter().flatten().copied().collect()
}

const FIRST: Input = Input::Word(0);

#[test]
fn where_a_comparison_changes_there_is_a_step() {
    // lt(input, 100); pop
    let seen = looked("60646004351050", &[7], 0);
    assert_eq!(steps(&seen, FIRST), [U256::from(100)]);
    assert!(seen.escaped.is_empty() && seen.related.is_empty());
    // gt(input, 100)
    assert_eq!(steps(&looked("60646004351150", &[7], 0), FIRST), [U256::from(101)]);
    // eq(input, 100)
    let seen = looked("60646004351450", &[7], 0);
    assert_eq!(steps(&seen, FIRST), [U256::from(100), U256::from(101)]);
    // iszero(input)
    assert_eq!(steps(&looked("6004351550", &[7], 0), FIRST), [U256::from(1)]);
    // slt(input, 100): below 100, and from where numbers are below zero.
    let seen = looked("60646004351250", &[7], 0);
    assert_eq!(steps(&seen, FIRST), [U256::from(100), U256::ONE << 255]);
}

#[test]
fn what_is_added_moves_the_step() {
    // lt(add(5, input), 100): below 95, and where the sum begins again.
    let seen = looked("606460043560050110", &[7], 0);
    assert_eq!(steps(&seen, FIRST), [U256::from(95), U256::MAX - U256::from(4)]);
    // gt(sub(50, input), 50): whether there was less than that. `50 - input` begins again from 51 on.
    let seen = looked("603260043560320311", &[7], 0);
    assert_eq!(steps(&seen, FIRST), [U256::from(51)]);
}

/// At every value the code does what it does at the greatest step below it.
#[test]
fn between_steps_the_outcome_is_the_same() {
    // Each leaves a number on the stack that is returned: sub, not, add, then a comparison.
    let codes = [
        ("lt", "603c6004356014900310"),
        ("gt", "603c60043560140311"),
        ("not", "60046004351910"),
        ("slt", "60056004351960070112"),
        ("eq", "600960043560200314"),
    ];
    for (name, code) in codes {
        let code = format!("{code}60005260206000f3");
        let outcome = |value: u64| {
            let mut chain = Chain::new(ChainOptions::default()).expect("a chain needs nothing");
            let bytes: Bytes = hex::decode(&code).expect("code is in hexadecimal digits").into();
            chain.set_code(TARGET, bytes).expect("it obeys");
            let input = [&[0; 4][..], &U256::from(value).to_be_bytes::<32>()].concat();
            let call =
                crate::Call { from: CALLER, to: TARGET, input: input.into(), value: U256::ZERO };
            chain.call(&call).expect("it can be called")
        };
        for at in 0..80 {
            let steps = steps(&looked(&code, &[at], 0), FIRST);
            for other in 0..80 {
                let (low, high) = (U256::from(at.min(other)), U256::from(at.max(other)));
                let is_parted = steps.iter().any(|step| low < *step && *step <= high);
                assert!(is_parted || outcome(at) == outcome(other), "{name}: {at} and {other}");
            }
        }
    }
}

#[test]
fn what_is_stored_hashed_or_sent_escapes() {
    // sstore(0, input)
    assert!(looked("60043560005500", &[7], 0).escaped.contains(&FIRST));
    // sload(keccak256(input))
    assert!(
        looked("6004356000526020600020 54".replace(' ', "").as_str(), &[7], 0)
            .escaped
            .contains(&FIRST)
    );
    // iszero(mul(input, 3))
    assert!(looked("60036004350215", &[7], 0).escaped.contains(&FIRST));
    // A product that nobody looks at is none.
    assert!(looked("60036004350250", &[7], 0).escaped.is_empty());
    // call(gas, 5, input, …)
    assert!(looked("600060006000600060043560055af1", &[0], 0).escaped.contains(&FIRST));
    // call{gas: input}(…)
    assert!(looked("600060006000600060006005600435f1", &[0], 0).escaped.contains(&FIRST));
    // What the precompiled contract of SHA-256 makes of it, though nobody looks.
    let hashed = "600435600052600060006020600060025afa50";
    assert!(looked(hashed, &[7], 0).escaped.contains(&FIRST));
    // Whether a signature is one, which shows in what is not returned.
    let recovered = "600435600052602060406080600060015afa506040511550";
    assert!(looked(recovered, &[7], 0).escaped.contains(&FIRST));
    // log1(…, input)
    assert!(looked("60043560006000a1", &[7], 0).escaped.is_empty());
}

#[test]
fn that_a_value_is_less_is_told_from_that_it_is_the_same() {
    let orders = |code: &str| looked(code, &[7], 0).orders;
    // eq(input, 100), iszero(input)
    assert!(orders("60646004351450").is_empty());
    assert!(orders("6004351550").is_empty());
    // lt(input, 100), beside eq(input, 100)
    let both = orders("6064600435105060646004351450");
    assert_eq!(both[&FIRST].iter().copied().collect::<Vec<_>>(), [U256::from(100)]);
}

/// Adding to a word that begins with a selector may reach the selector.
#[test]
fn what_is_added_to_a_selector_counts() {
    // shr(224, calldataload(0)), and iszero of it: none of the inputs.
    assert!(looked("60003560e01c1550", &[7], 0).escaped.is_empty());
    // The same with one added before.
    assert!(looked("60016000350160e01c1550", &[7], 0).escaped.contains(&FIRST));
}

#[test]
fn what_is_compared_with_a_clock_or_another_input_is_related() {
    // lt(input, timestamp)
    let seen = looked("4260043510", &[7], 0);
    assert_eq!(seen.related.iter().copied().collect::<Vec<_>>(), [FIRST]);
    // eq(callvalue, input)
    let seen = looked("6004353414", &[7], 7);
    assert_eq!(seen.related.iter().copied().collect::<Vec<_>>(), [FIRST, Input::Value]);
    // lt(callvalue, 9)
    assert_eq!(steps(&looked("60093410", &[], 7), Input::Value), [U256::from(9)]);
    // A mask that changes nothing is a comparison: eq(input, and(input, 0xff)).
    let seen = looked("60ff600435166004351450", &[7], 0);
    assert!(seen.related.is_empty() && seen.escaped.is_empty());
    assert_eq!(steps(&seen, FIRST), [U256::from(256)]);
}

#[test]
fn what_should_have_been_signed_is_seen_where_a_signature_is_asked_about() {
    // ecrecover(7, input, input, input), each of them another.
    let given = "6007600052600435602052602435604052604435606052";
    let asked = "602060806080600060015afa50";
    let seen = looked(&format!("{given}{asked}"), &[27, 1, 2], 0);
    let only = |word: u8| BTreeSet::from([Input::Word(word)]);
    let digest = U256::from(7).into();
    let wanted = Asked { digest, v: only(0), r: only(1), s: only(2) };
    assert_eq!(seen.asked, BTreeSet::from([wanted]));
    // ecrecover(input, …) of the same input as one of the others: it depends on what is to be signed.
    let given = "6024356000526004356020526024356040526044356060 52".replace(' ', "");
    assert!(looked(&format!("{given}{asked}"), &[27, 1, 2], 0).asked.is_empty());
    // What is no input is nobody's to choose: ecrecover(7, 27, 1, 2).
    let given = "6007600052601b602052600160405260026060 52".replace(' ', "");
    assert!(looked(&format!("{given}{asked}"), &[27, 1, 2], 0).asked.is_empty());
}
