//! What a step wants of a token, and is not there, is said in words before anything is sent.

use serde_json::json;

use super::project::{Project, account, desk, stderr};
use crate::{binary::transcript, nodes::RunningNode};

/// Two people, of whom one has five of a token.
fn payment(like: &str, step: &str) -> String {
    format!(
        "scenario: a payment\nactors: [payer, payee]\n\
         tokens:\n  usd: {{ decimals: 6, {like}mint: {{ payer: 5_000_000 }} }}\nsteps:\n  - {step}\n"
    )
}

/// An escrow of ten of a token, whose payer has `has` and lets it take `lets`.
fn escrow(like: &str, has: &str, lets: &str) -> String {
    let common =
        std::fs::read_to_string(crate::binary::root().join("tests/scenarios/escrow/_common.yaml"))
            .expect("it is committed");
    let common = common
        .replace("asset: address(0) # ether", "asset: usd")
        .replace("amount: 10 ether", "amount: 10_000_000");
    format!(
        "scenario: an escrow of tokens\n{common}tokens:\n  usd: {{ decimals: 6, like: {like}, mint: {{ payer: {has} }} }}\n\
         steps:\n  - payee: escrow.propose(terms)\n  - arbiter: escrow.accept(terms)\n  \
         - payer: usd.approve(escrow, {lets})\n  - payer: escrow.fund(terms)\n"
    )
}

/// `plan` and `run` end with 6 and say this, and nothing is sent.
#[track_caller]
fn refused(node: &RunningNode, text: &str, words: &[&str]) {
    let project = Project::new(node.url());
    project.write("pay.yaml", text);
    for command in ["plan", "run"] {
        let output = project.expect(&[command, "pay.yaml", "--network", "desk"], 6);
        let said = stderr(&output);
        for words in words.iter().chain(&["nothing was sent"]) {
            assert!(said.contains(words), "{words}\n{}", transcript(&output));
        }
    }
    assert!(!project.path("deployments").exists());
    assert_eq!(node.asking().number("eth_blockNumber", &json!([])), 0);
}

#[test]
fn whoever_lacks_tokens_or_an_allowance_is_named_with_amounts() {
    let node = desk();
    let [payer, payee] = ["payer", "payee"].map(|name| format!("{name} ({})", account(name)));
    // Tokens that say what is missing, in the words of ERC-6093 and in their own.
    for like in ["", "like: no-return, "] {
        let text = payment(like, "payer: usd.transfer(payee, 6_500_000)");
        let words = [
            "pay.yaml:6: `usd.transfer(payee, 6_500_000)` would fail: ".to_owned(),
            format!("fail: {payer} has 5000000 (5) of the token usd (0x"),
            "and needs 6500000 (6.5)".to_owned(),
            format!("give {payer} more of usd first"),
        ];
        refused(&node, &text, &words.each_ref().map(String::as_str));
        let text = payment(like, "payee: usd.transferFrom(payer, payee, 1_500_000)");
        let words = [
            format!("fail: {payer} lets {payee} take 0 (0) of the token usd (0x"),
            "and 1500000 (1.5) would be taken".to_owned(),
            format!("an `approve` of usd by {payer} lets {payee} take them"),
        ];
        refused(&node, &text, &words.each_ref().map(String::as_str));
    }
}

#[test]
fn a_contract_that_may_not_take_what_it_needs_is_named() {
    let node = desk();
    for like in ["test", "no-return", "false-returning"] {
        let text = escrow(like, "20_000_000", "4_000_000");
        let words = [
            "`escrow.fund(terms)` would fail: payer (0x",
            " lets escrow (0x",
            " take 4000000 (4) of the token usd (0x",
            "and 10000000 (10) would be taken",
        ];
        refused(&node, &text, &words);
        let text = escrow(like, "5_000_000", "10_000_000");
        let words = [" has 5000000 (5) of the token usd (0x", "and needs 10000000 (10)"];
        refused(&node, &text, &words);
    }
}
