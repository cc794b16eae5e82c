//! Others in front of our transactions, and blocks that go away, with several steps in flight.

use std::fs;

use alloy_primitives::{Address, B256, Bytes, U64, U256, keccak256};
use serde_json::{Value, json};

use super::{
    project::{Project, stderr, stdout},
    window::{COINS, DEPLOYER, Moment, SENT, dies, ends, node, nonces, project, sea},
};
use crate::{
    binary::transcript,
    nodes::{Asking, Proxy, RunningNode},
};

/// How many of others are in front of ours.
const CROWD: u64 = 60;
/// A tip that nobody else pays.
const TIP: u64 = 50_000_000_000;

/// Sends transactions of types 0, 1 and 2 by others, one of which fails, and one of which makes some of a token.
fn crowd(node: &mut Asking, token: Address) {
    let accounts = node.ask("eth_accounts", &json!([]));
    let others: Vec<Address> = serde_json::from_value(accounts).expect("there are some");
    let call = |function: &str, whom: Address| {
        let selector = keccak256(format!("{function}(address,uint256)"));
        let amount = U256::from(1_000).to_be_bytes::<32>();
        let input = [&selector[..4], whom.into_word().as_slice(), &amount].concat();
        Value::from(Bytes::from(input).to_string())
    };
    for number in 0..CROWD {
        let (place, nonce) = (usize::try_from(number % 6).expect("it is less"), number / 6);
        let from = others[place + 3];
        let mut sent = json!({
            "from": from, "to": others[place + 2], "value": U64::from(number), "gas": U64::from(90_000), "nonce": U64::from(nonce),
        });
        match number % 3 {
            2 => {
                sent["maxFeePerGas"] = json!(U64::from(4 * TIP));
                sent["maxPriorityFeePerGas"] = json!(U64::from(TIP));
            }
            kind => sent["gasPrice"] = json!(U64::from(2 * TIP + kind)),
        }
        if number % 3 == 1 {
            sent["accessList"] = json!([{ "address": token, "storageKeys": [B256::ZERO] }]);
        }
        let to_token = match number {
            20 => Some(call("transfer", DEPLOYER)),
            30 => Some(call("mint", from)),
            _ => None,
        };
        if let Some(input) = to_token {
            (sent["to"], sent["input"], sent["value"]) = (json!(token), input, json!("0x0"));
        }
        node.ask("eth_sendTransaction", &json!([sent]));
    }
}

#[test]
fn those_of_others_in_front_of_ours_are_executed_too() {
    let node = node();
    let token = DEPLOYER.create(0);
    let proxy = sea(&node, move |sent, _, node| {
        // The first call is on its way, and both are in the block that comes next.
        if sent == 7 {
            crowd(node, token);
        }
        None
    });
    let project = project(COINS);
    // Somebody else made some before, so ours cost less; the scenario knows of nobody else.
    let output = ends(&project, proxy.url(), &["run", "coins.yaml", "--yes"], 6);
    let text = transcript(&output);
    assert_eq!(stdout(&output).matches("difference in").count(), 1, "{text}");
    assert!(stdout(&output).contains("difference in gas of `a.mint(landlord, 1)`"), "{text}");
    assert!(!stderr(&output).contains("not compared"), "{text}");
    assert_eq!(nonces(&node), SENT);
    assert_eq!(most_in_a_block(&node), CROWD + 3, "they are in one block");
}

/// How many transactions the fullest block has.
fn most_in_a_block(node: &RunningNode) -> u64 {
    let mut asking = node.asking();
    let head = asking.number("eth_blockNumber", &json!([]));
    let mut count = |number: u64| {
        let block = asking.ask("eth_getBlockByNumber", &json!([format!("{number:#x}"), false]));
        block["transactions"].as_array().map_or(0, Vec::len) as u64
    };
    (0..=head).map(&mut count).max().expect("there is one")
}

/// Whether the journal says that something went away.
fn noticed(project: &Project) -> bool {
    let file = project.path("deployments/11155111/coins.jsonl");
    fs::read_to_string(file).expect("it was begun").contains("\"type\":\"reorganised\"")
}

#[test]
fn three_blocks_go_away_while_a_run_with_several_in_flight_is_dead() {
    for (dies_with, moment) in [(7, Moment::BeforeSending), (10, Moment::BeforeSending)] {
        let node = node();
        let (project, proxy) = dies(&node, dies_with, moment);
        assert!(!noticed(&project));
        // In the latest three are steps that two were waited for.
        node.asking().ask("anvil_reorg", &json!([3, []]));
        let again = ends(&project, proxy.url(), &["run", "coins.yaml", "--continue"], 0);
        assert!(stderr(&again).contains("no difference"), "{}", transcript(&again));
        assert!(noticed(&project), "{}", transcript(&again));
        assert_eq!(nonces(&node), SENT);
    }
}

#[test]
fn three_blocks_go_away_during_a_resumed_run_after_what_was_settled_was_compared() {
    let mut noticed_in = 0;
    for at_look in [6, 8, 10, 12] {
        let node = node();
        let (project, proxy) = dies(&node, 7, Moment::BeforeSending);
        drop(proxy);
        let mut looks = 0_usize;
        let proxy = Proxy::before(&node, move |question, node| {
            if question.is_look() {
                looks += 1;
                if looks.is_multiple_of(3) {
                    node.mine();
                }
                if looks == at_look {
                    node.ask("anvil_reorg", &json!([3, []]));
                }
            }
            question.pass_on(node)
        });
        let again = ends(&project, proxy.url(), &["run", "coins.yaml", "--continue"], 0);
        assert!(stderr(&again).contains("no difference"), "{at_look}\n{}", transcript(&again));
        assert_eq!(nonces(&node), SENT, "{at_look}");
        noticed_in += u32::from(noticed(&project));
    }
    assert!(noticed_in > 1, "what was settled was in these blocks: {noticed_in}");
}
