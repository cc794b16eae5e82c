//! Keys that are kept sign on a network, and nobody else learns of them.

#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

use super::project::Project;
use crate::{
    binary::{root, transcript},
    nodes::{Kind, RunningNode},
};

/// The account of `keystores/quick.json`, to which anvil gives ether.
pub(super) const KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
pub(super) const PASSWORD: &str = "correct horse battery";
const WRONG: &str = "wrong but also secret";

const TIP: &str = "
scenario: a tip
actors: [landlord]
steps:
  - landlord: transfer(landlord, 0)
";

fn vault(project: &Project) {
    let text = fs::read_to_string(project.path("covenant.toml")).expect("it was written");
    let vault = "\n[networks.vault]\nrpc = '${TOWN_RPC}'\nchain_id = 987654321\n\
                 [networks.vault.actors]\nlandlord = { keystore = 'home/quick.json' }\n";
    project.write("covenant.toml", &format!("{text}{vault}"));
    project.write("tip.yaml", TIP);
    keystore(project);
}

/// The committed keystore, and its password, which is not seen by whoever looks for it.
pub(super) fn keystore(project: &Project) {
    fs::create_dir_all(project.path("home")).expect("the folder can be used");
    fs::copy(root().join("tests/keystores/quick.json"), project.path("home/quick.json"))
        .expect("the keystore is committed");
    project.write("home/password", &format!("{PASSWORD}\n"));
    project.write("home/wrong", &format!("{WRONG}\n"));
    for file in ["quick.json", "password", "wrong"] {
        mode(&project.path("home").join(file), 0o600);
    }
}

fn mode(file: &Path, mode: u32) {
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).expect("the file is ours");
}

fn command(project: &Project, node: &RunningNode, more: &[&str]) -> Command {
    let args = [&["run", "tip.yaml", "--network", "vault", "--yes"], more].concat();
    let mut command = project.command(&args);
    command.env("TOWN_RPC", node.url()).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
    command.env("HOME", project.path("home"));
    command
}

/// Everything in a folder, but for what has to hold the secret.
pub(super) fn written(folder: &Path, all: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        if path.is_dir() {
            written(&path, all);
        } else if !["password", "wrong"].contains(&name.as_str()) {
            all.extend(fs::read(&path).expect("the file can be read"));
        }
    }
}

pub(super) fn contains(all: &[u8], part: &[u8]) -> bool {
    all.windows(part.len()).any(|window| window == part)
}

#[test]
fn no_byte_of_a_run_shows_a_key_or_a_password_at_any_verbosity() {
    let node =
        RunningNode::start_with(Kind::Anvil, &["--chain-id", "987654321", "--block-time", "1"]);
    let project = Project::new("http://127.0.0.1:1");
    vault(&project);
    let mut all = Vec::new();
    let mut ran = 0;
    for verbosity in ["--color=never", "-v", "-vv", "-vvvvv"] {
        for password in ["home/password", "home/wrong"] {
            let more = [verbosity, "--password-file", password];
            let output: Output = command(&project, &node, &more).output().expect("it starts");
            let expected = if password == "home/password" { 0 } else { 6 };
            assert_eq!(output.status.code(), Some(expected), "{}", transcript(&output));
            ran += u64::from(expected == 0);
            all.extend(output.stdout);
            all.extend(output.stderr);
            let journal = project.path("deployments/987654321/tip.jsonl");
            if journal.exists() {
                all.extend(fs::read(&journal).expect("it is there"));
                fs::remove_file(&journal).expect("it is ours");
            }
        }
    }
    let account = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266".parse().expect("an address");
    assert_eq!(node.asking().nonce(account), ran);
    written(&project.path("."), &mut all);
    assert!(contains(&all, b"\"act\":\"sign\""), "every use is in the audit log");
    let low = all.to_ascii_lowercase();
    let raw = alloy_primitives::hex::decode(KEY).expect("it is a key");
    for secret in [KEY.as_bytes(), PASSWORD.as_bytes(), WRONG.as_bytes()] {
        assert!(!contains(&low, secret));
    }
    assert!(!contains(&all, &raw));
}

#[test]
fn a_key_that_cannot_be_had_ends_with_6_and_nothing_is_sent() {
    let node = RunningNode::start_with(Kind::Anvil, &["--chain-id", "987654321"]);
    let project = Project::new("http://127.0.0.1:1");
    vault(&project);
    let keystore = project.path("home/quick.json");
    let good = ["--password-file", "home/password"];
    let refused = |more: &[&str], words: &str| {
        let output = command(&project, &node, more).output().expect("it starts");
        assert_eq!(output.status.code(), Some(6), "{}", transcript(&output));
        assert!(transcript(&output).contains(words), "{words}\n{}", transcript(&output));
    };
    refused(&["--password-file", "home/wrong"], "wrong password");
    refused(&["--password-file", "home/none"], "home/none");
    refused(&[], "terminal");
    mode(&keystore, 0o644);
    refused(&good, "0644");
    mode(&keystore, 0o600);
    fs::rename(&keystore, project.path("home/away.json")).expect("it is ours");
    refused(&good, "quick.json");
    assert_eq!(node.asking().number("eth_blockNumber", &serde_json::json!([])), 0);
    assert!(!project.path("deployments/987654321/tip.jsonl").exists());
}
