//! What a deployment leaves behind for other programs, read by Foundry's.

use std::{collections::BTreeMap, fs, path::Path};

use alloy_primitives::Address;
use covenant_live::{
    journal::Position,
    records::{Described, Descriptions, RecordsError, receipts, write_addresses, write_broadcast},
    storage::Disk,
};
use covenant_tests::sending::start;
use serde_json::Value;
use tempfile::TempDir;

use super::world::World;
use crate::nodes::{CHAIN_ID, Kind, folder, forge};

fn descriptions() -> Descriptions {
    let named = [(0, "First"), (1, "Second"), (6, "Third"), (7, "Reverter")];
    let described =
        |name: &str| Described { contract: Some(name.to_owned()), ..Described::default() };
    named.map(|(position, name)| (Position(position), described(name))).into()
}

/// A forge project whose test asks for the addresses in both ways.
fn project(at: &Path, contracts: [Address; 4]) {
    fs::create_dir(at.join("test")).expect("files can be written");
    let solc = folder().join("solc.sh");
    fs::write(
        at.join("foundry.toml"),
        format!(
            "[profile.default]\nsolc = '{}'\noffline = true\nfs_permissions = [{{ access = 'read', path = './' }}]\n",
            solc.display()
        ),
    )
    .expect("files can be written");
    let [first, second, third, reverter] = contracts;
    let test = format!(
        r#"// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

interface Vm {{
    function getDeployment(string calldata name, uint64 chain) external view returns (address);
    function readFile(string calldata file) external view returns (string memory);
    function parseJsonAddress(string calldata json, string calldata key) external view returns (address);
}}

contract ReadTest {{
    Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);

    function test_broadcast() external view {{
        require(vm.getDeployment("First", {CHAIN_ID}) == {first}, "first");
        require(vm.getDeployment("Second", {CHAIN_ID}) == {second}, "second");
        require(vm.getDeployment("Third", {CHAIN_ID}) == {third}, "third");
        require(vm.getDeployment("Reverter", {CHAIN_ID}) == {reverter}, "reverter");
    }}

    function test_addresses() external view {{
        string memory all = vm.readFile("deployments/{CHAIN_ID}/addresses.json");
        require(vm.parseJsonAddress(all, ".twelve['step-0'].address") == {first}, "first");
        require(vm.parseJsonAddress(all, ".twelve['step-6'].address") == {third}, "third");
    }}
}}
"#
    );
    fs::write(at.join("test/Read.t.sol"), test).expect("files can be written");
}

#[test]
fn foundry_reads_a_deployment() {
    let world = World::new(Kind::Anvil);
    let (job, plan) = (world.job("read"), world.plan("read"));
    let (mut sender, _locks) = start(&job, &plan).expect("files can be written");
    sender.run(&plan.steps()).expect("files can be written");
    let book = sender.journal().book().clone();
    let receipts = receipts(sender.client(), &book).expect("files can be written");
    assert_eq!(receipts.len(), 12);
    let folder = TempDir::new().expect("files can be written");
    let addresses = folder.path().join(format!("deployments/{CHAIN_ID}/addresses.json"));
    write_addresses(&Disk, &addresses, &book, "twelve", &descriptions())
        .expect("files can be written");
    let broadcast = folder.path().join("broadcast");
    write_broadcast(&Disk, &broadcast, &book, "twelve", &descriptions(), &[], &receipts)
        .expect("files can be written");
    project(folder.path(), plan.contracts());
    let output =
        forge().args(["test", "--root"]).arg(folder.path()).output().expect("files can be written");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("2 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    others_stay(&addresses, &book);
}

/// What is said of other scenarios stays as it is, and a file of somebody else's is not written over.
fn others_stay(addresses: &Path, book: &covenant_live::journal::Book) {
    let mut all: BTreeMap<String, Value> =
        serde_json::from_slice(&fs::read(addresses).expect("files can be written"))
            .expect("files can be written");
    let ours = all["twelve"].clone();
    all.insert("another".to_owned(), serde_json::json!({ "vault": { "address": "0x01" } }));
    all.insert("twelve".to_owned(), Value::Null);
    fs::write(addresses, serde_json::to_vec(&all).expect("files can be written"))
        .expect("files can be written");
    write_addresses(&Disk, addresses, book, "twelve", &descriptions())
        .expect("files can be written");
    let after: BTreeMap<String, Value> =
        serde_json::from_slice(&fs::read(addresses).expect("files can be written"))
            .expect("files can be written");
    assert_eq!((&after["twelve"], &after["another"]), (&ours, &all["another"]));
    fs::write(addresses, b"[1]").expect("files can be written");
    let error = write_addresses(&Disk, addresses, book, "twelve", &descriptions())
        .expect_err("it is refused");
    assert!(matches!(error, RecordsError::Foreign { .. }), "{error}");
    assert_eq!(fs::read(addresses).expect("files can be written"), b"[1]");
}
