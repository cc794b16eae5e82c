//! Foundry's `cast`, which `npm ci --prefix contracts` installs.

use super::*;

fn cast(home: &Home, args: &[&str]) -> String {
    let program = root().join("contracts/node_modules/@foundry-rs/cast-linux-amd64/bin/cast");
    let mut command = Command::new(program);
    command.arg("wallet").args(args).current_dir(home.0.path()).env("HOME", home.0.path());
    let output = command.output().expect("`npm ci --prefix contracts` installs cast");
    assert!(output.status.success(), "cast wallet {args:?}\n{}", transcript(&output));
    text(&output.stdout)
}

#[test]
fn cast_opens_what_covenant_writes() {
    let home = Home::new();
    let made = address(&home.unlocked(&["new", "deployer"]));
    let keystore = home.listed()[0]["keystore"].as_str().expect("it has one").to_owned();
    let opened = cast(&home, &["address", "--keystore", &keystore, "--password-file", "password"]);
    assert_eq!(opened.trim(), made);
    let signed =
        cast(&home, &["sign", "hello", "--keystore", &keystore, "--password-file", "password"]);
    let verified = cast(&home, &["verify", "--address", &made, "hello", signed.trim()]);
    assert!(verified.to_lowercase().contains(&made.to_lowercase()), "{verified}");
}

#[test]
fn covenant_opens_what_cast_writes() {
    let home = Home::new();
    // Where cast keeps keystores when nobody says where.
    fs::create_dir_all(home.path(".foundry/keystores")).expect("the folder can be written");
    cast(&home, &["import", "theirs", "--private-key", KEY, "--unsafe-password", PASSWORD]);
    let keystore = home.path(".foundry/keystores/theirs");
    // cast leaves them open to everybody.
    let said = home.refused(&["check", "--account", "theirs", "--chain-id", "1"]);
    assert!(said.contains("hint: chmod 600 'HOME/.foundry/keystores/theirs'"), "{said}");
    set_mode(&keystore, 0o600);
    let opened = home.unlocked(&["check", "--account", "theirs", "--chain-id", "1"]);
    assert_eq!(opened, format!("{ADDRESS}  signs for chain id 1\n"));
    let listed = home.listed();
    assert_eq!(listed[0]["place"], "foundry");
    assert_eq!(listed[0]["address"], Value::Null);
    assert_eq!(listed[0]["weak"], true);
    // Imported, it is strong, says its address, and cast opens that too.
    let keystore = keystore.display().to_string();
    let from = ["import", "ours", "--keystore", &keystore, "--keystore-password-file", "password"];
    assert_eq!(address(&home.unlocked(&from)), ADDRESS);
    let opened = ["address", "--keystore", "keys/keystores/ours", "--password-file", "password"];
    assert_eq!(cast(&home, &opened).trim(), ADDRESS);
}

#[test]
fn the_committed_keystore_of_foundry_opens() {
    let home = Home::new();
    home.keystore("foundry.json", FOUNDRY);
    home.write("password", "hunter2 hunter2\n");
    let opened = home.unlocked(&["check", "--keystore", "foundry.json", "--chain-id", "1"]);
    assert_eq!(opened, format!("{ADDRESS}  signs for chain id 1\n"));
}
