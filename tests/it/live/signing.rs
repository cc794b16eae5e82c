//! Typed data (EIP-712) that kept keys sign: what it is, how often, and for whom.

#![cfg(unix)]

use std::{collections::BTreeSet, fs, process::Output};

use alloy_primitives::{Address, U256, hex};
use serde_json::{Value, json};

use super::{
    project::{Project, stderr, stdout},
    secrets::{KEY, PASSWORD, contains, keystore, written},
};
use crate::{
    binary::transcript,
    nodes::{Kind, RunningNode},
};

const SETTLED: &str = "scenarios/escrow/settlement-by-signature.yaml::signed-by-the-payer";

/// The network of an escrow: the payer's key is in a keystore, the others' are in the environment.
const BANK: &str = "
[networks.bank]
rpc = '${TOWN_RPC}'
chain_id = 987654321
testnet = true
[networks.bank.actors]
deployer = { env = 'ARBITER_KEY' }
arbiter = { env = 'ARBITER_KEY' }
payer = { keystore = 'home/quick.json' }
payee = { env = 'TENANT_KEY' }
platform = { env = 'PLATFORM_KEY' }
";

struct Bank {
    node: RunningNode,
    project: Project,
}

impl Bank {
    fn new(arguments: &[&str]) -> Self {
        let all = [&["--chain-id", "987654321"], arguments].concat();
        let node = RunningNode::start_with(Kind::Anvil, &all);
        let project = Project::new("http://127.0.0.1:1");
        let text = fs::read_to_string(project.path("covenant.toml")).expect("it was written");
        project.write("covenant.toml", &format!("{text}{BANK}"));
        keystore(&project);
        Self { node, project }
    }

    /// Runs the command, which ends with this code.
    #[track_caller]
    fn expect(&self, args: &[&str], code: i32) -> Output {
        let args = [args, &["--network", "bank", "--password-file", "home/password"]].concat();
        let mut command = self.project.command(&args);
        command.env("TOWN_RPC", self.node.url()).env("RUST_LOG", "trace");
        command.env("PLATFORM_KEY", format!("0x{:064x}", 0x9147));
        let output = command.output().expect("the binary starts");
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{}", transcript(&output));
        output
    }

    /// The typed data that is in the audit log.
    fn signed(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.project.path("home/keys/audit.jsonl"));
        let entries = text.unwrap_or_default();
        let entries = entries.lines().map(|line| serde_json::from_str(line).expect("it is JSON"));
        entries.filter(|entry: &Value| entry["type"].is_string()).collect()
    }
}

fn hashes(entries: &[Value]) -> BTreeSet<String> {
    entries.iter().map(|entry| entry["hash"].as_str().expect("it has one").to_owned()).collect()
}

#[test]
fn an_escrow_is_settled_by_what_a_kept_key_signed() {
    let bank = Bank::new(&["--block-time", "1"]);
    let mut all = Vec::new();
    let mut keep = |output: Output| {
        all.extend(output.stdout.clone());
        all.extend(output.stderr.clone());
        output
    };
    keep(bank.expect(&["plan", SETTLED], 0));
    let planned = bank.signed();
    assert_eq!(planned.len(), 1, "simulated twice, signed once: {planned:?}");

    let output = keep(bank.expect(&["run", SETTLED, "--yes", "-vvv"], 0));
    assert!(stderr(&output).contains("no difference"), "{}", transcript(&output));
    let platform: Address =
        covenant_chain::Key::from_secret(U256::from(0x9147).into()).expect("it is a key").address();
    let fee = U256::from(187_500_000_000_000_000_u64);
    assert_eq!(bank.node.asking().balance(platform), fee, "{}", transcript(&output));

    // Simulated, run and compared: every message once, for the payer and the escrow, and no other.
    let sent = bank.signed()[1..].to_vec();
    assert!((1..=2).contains(&sent.len()), "{sent:?}");
    assert_eq!(hashes(&sent).len(), sent.len());
    for entry in planned.iter().chain(&sent) {
        assert_eq!(entry["act"], "sign");
        assert_eq!(entry["type"], "Settlement");
        assert_eq!(entry["chain_id"], 987_654_321);
        assert_eq!(entry["address"], "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
        let escrow: Address = serde_json::from_value(entry["contract"].clone()).expect("it is one");
        assert!(!bank.node.asking().code(escrow).is_empty(), "{entry}");
    }

    // A later run reads back what was sent, and decides the same; so does one whose journal is lost.
    keep(bank.expect(&["run", SETTLED, "--yes"], 0));
    let journal = bank.project.path("deployments/987654321");
    let name = "scenarios-escrow-settlement-by-signature-signed-by-the-payer.jsonl";
    fs::remove_file(journal.join(name)).expect("it is there");
    let file = SETTLED;
    let recovered = keep(bank.expect(&["recover", file], 0));
    assert!(
        stdout(&recovered).contains("all of its steps were sent"),
        "{}",
        transcript(&recovered)
    );
    let later = bank.signed();
    assert!(hashes(&later[1 + sent.len()..]).is_superset(&hashes(&sent[sent.len() - 1..])));

    written(&bank.project.path("."), &mut all);
    let low = all.to_ascii_lowercase();
    let raw = hex::decode(KEY).expect("it is a key");
    assert!(!contains(&low, KEY.as_bytes()) && !contains(&low, PASSWORD.as_bytes()));
    assert!(!contains(&all, &raw));
}

/// Code that answers everything with these bytes.
fn answering(answer: &[u8]) -> Vec<u8> {
    let length = u16::try_from(answer.len()).expect("it is short").to_be_bytes();
    let head = [0x61, length[0], length[1], 0x60, 13, 0x5f, 0x39, 0x61, length[0], length[1]];
    [&head[..], &[0x5f, 0xf3, 0], answer].concat()
}

/// What `eip712Domain()` returns.
fn domain(fields: u8, chain_id: u64, contract: Address) -> Vec<u8> {
    let word = |number: u64| U256::from(number).to_be_bytes::<32>().to_vec();
    let mut first = [0; 32];
    first[0] = fields;
    let head = [
        first.to_vec(),
        word(7 * 32),
        word(8 * 32),
        word(chain_id),
        contract.into_word().to_vec(),
        word(0),
        word(9 * 32),
    ];
    [head.concat(), word(0), word(0), word(0)].concat()
}

#[test]
fn what_would_be_good_elsewhere_is_not_signed() {
    let bank = Bank::new(&[]);
    let fake = Address::repeat_byte(0xfa);
    let twin = Address::repeat_byte(0xfb);
    bank.project.write(
        "fake.yaml",
        &format!(
            "scenario: a signature for somebody else\nactors: [payer]\ncontracts:\n  fake: {{ deploy: Escrow, at: {fake} }}\n\
             let:\n  settlement: Escrow.Settlement(bytes32(0), 1, 0, 0, 1)\n\
             steps:\n  - check: sign(payer, settlement, fake).length == 65\n  - payer: transfer(payer, 0)\n"
        ),
    );
    let elsewhere = format!("its domain is that of another contract, {twin}");
    let asked = format!("`payer` did not sign: `Settlement` for {fake}");
    let cases = [
        (domain(15, 1, fake), "its domain is of chain 1, not 987654321"),
        (domain(15, 987_654_321, twin), elsewhere.as_str()),
        (domain(11, 987_654_321, fake), "its domain names no chain"),
        (domain(7, 987_654_321, fake), "its domain names no contract"),
    ];
    for (answer, words) in cases {
        let code = hex::encode_prefixed(answering(&answer));
        bank.node.asking().ask("anvil_setCode", &json!([fake, code]));
        for command in [&["plan", "fake.yaml"][..], &["run", "fake.yaml", "--yes"]] {
            let text = stderr(&bank.expect(command, 6));
            assert!(text.contains(&asked), "{text}");
            assert!(text.contains(words), "{text}");
        }
    }
    assert!(bank.signed().is_empty());
    assert_eq!(bank.node.asking().number("eth_blockNumber", &json!([])), 0);
    let code = hex::encode_prefixed(answering(&domain(15, 987_654_321, fake)));
    bank.node.asking().ask("anvil_setCode", &json!([fake, code]));
    // Blocks come by themselves from here on: what is sent has to be confirmed.
    bank.node.asking().ask("evm_setIntervalMining", &json!([1]));
    bank.expect(&["run", "fake.yaml", "--yes"], 0);
    assert_eq!(hashes(&bank.signed()).len(), 1);
}

#[test]
fn a_permit_of_a_kept_key_is_taken() {
    let node =
        RunningNode::start_with(Kind::Anvil, &["--chain-id", "987654321", "--block-time", "1"]);
    let project = Project::new("http://127.0.0.1:1");
    let file = "scenarios/language/permit.yaml";
    let mut command = project.command(&["run", file, "--network", "town", "--yes"]);
    let output = command.env("TOWN_RPC", node.url()).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(0), "{}", transcript(&output));
    assert!(stderr(&output).contains("no difference"), "{}", transcript(&output));
    let log = fs::read_to_string(project.path("home/keys/audit.jsonl")).expect("keys were used");
    let permits = log.lines().filter(|line| line.contains("\"type\":\"Permit\""));
    assert!((1..=2).contains(&permits.count()), "{log}");
}
