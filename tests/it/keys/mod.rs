//! `covenant keys` from the outside: what it keeps, what it refuses, and that it shows no secret.

#![cfg(unix)]

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod cast;
mod terminal;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::binary::{binary, covenant, root, transcript};

/// The first account of anvil and Hardhat.
const KEY: &str = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const ADDRESS: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
const PASSWORD: &str = "correct horse battery";

/// A keystore of that account under that password. Its N of 2 makes it open in no time; Covenant never writes such a one.
const QUICK: &str = "keystores/quick.json";

/// Written by `cast wallet import` 1.7.1: the same account under `hunter2 hunter2`, with N = 8192 and without an address.
const FOUNDRY: &str = "keystores/foundry.json";

/// A home of its own, with a password in it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().expect("there is room for a folder"));
        home.write("password", &format!("{PASSWORD}\n"));
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a private file.
    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is in the folder"))
            .expect("the folder can be written");
        fs::write(&path, text).expect("the folder can be written");
        set_mode(&path, 0o600);
        path
    }

    /// Puts one of the committed keystores somewhere.
    fn keystore(&self, name: &str, committed: &str) -> PathBuf {
        let text = fs::read_to_string(root().join("tests").join(committed));
        self.write(name, &text.expect("the keystore is committed"))
    }

    /// The command without a terminal, and with nothing of the machine's keys.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = covenant(&["keys"]);
        command.args(args).current_dir(self.0.path()).env("HOME", self.0.path());
        command.env("COVENANT_KEYS", self.path("keys")).env_remove("ETH_PASSWORD");
        command.stdin(std::process::Stdio::null());
        command
    }

    #[track_caller]
    fn expect(&self, args: &[&str], code: i32) -> Output {
        let output = self.command(args).output().expect("the binary starts");
        assert_eq!(output.status.code(), Some(code), "keys {args:?}\n{}", transcript(&output));
        output
    }

    /// Runs with the password, and gives what it wrote to stdout.
    #[track_caller]
    fn unlocked(&self, args: &[&str]) -> String {
        let args: Vec<&str> = args.iter().copied().chain(["--password-file", "password"]).collect();
        text(&self.expect(&args, 0).stdout)
    }

    /// Runs, expects a failure of keys, and gives what it said.
    #[track_caller]
    fn refused(&self, args: &[&str]) -> String {
        let output = self.expect(args, 6);
        assert!(output.stdout.is_empty(), "{}", transcript(&output));
        let said = text(&output.stderr).replace(&self.0.path().display().to_string(), "HOME");
        said.replace("\n |\n = hint: ", "\n  hint: ")
    }

    fn listed(&self) -> Vec<Value> {
        let output = self.expect(&["list", "--json"], 0);
        let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        assert_eq!(report["schema"], "covenant.keys/1");
        report["accounts"].as_array().expect("it lists accounts").clone()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the file is ours");
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o7777
}

/// The address in `NAME  0x…`.
#[track_caller]
fn address(line: &str) -> String {
    let address = line.split_whitespace().nth(1).expect("a name and an address");
    assert!(address.len() == 42 && address.starts_with("0x"), "{line}");
    address.to_owned()
}

#[test]
fn a_key_is_made_listed_and_opened() {
    let home = Home::new();
    let made = home.unlocked(&["new", "deployer"]);
    let address = address(&made);
    assert_eq!(made, format!("deployer  {address}\n"));
    assert_eq!(text(&home.expect(&["list"], 0).stdout), format!("deployer  {address}  current\n"));
    let listed = home.listed();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0]["strength"], "scrypt N=262144 r=8 p=1");
    let keystore = PathBuf::from(listed[0]["keystore"].as_str().expect("it has a keystore"));
    assert_eq!(mode(&keystore), 0o600);
    assert_eq!(mode(&home.path("keys")), 0o700);
    let checked = home.unlocked(&["check", "--account", "deployer", "--chain-id", "1"]);
    assert_eq!(checked, format!("{address}  signs for chain id 1\n"));
    let again = home.refused(&["new", "deployer", "--password-file", "password"]);
    assert!(again.contains("there is an account `deployer` already"), "{again}");
}

#[test]
fn a_rotation_binds_both_keys_until_it_is_finished() {
    let home = Home::new();
    home.keystore("quick.json", QUICK);
    fs::create_dir_all(home.path("keys/keystores")).expect("the folder can be written");
    set_mode(&home.path("keys"), 0o700);
    set_mode(&home.path("keys/keystores"), 0o700);
    home.keystore("keys/keystores/ops", QUICK);
    let rotated = home.unlocked(&["rotate", "ops"]);
    let current = address(&rotated);
    assert_eq!(rotated, format!("ops  {current}  current\nops  {ADDRESS}  outgoing\n"));
    let listed = text(&home.expect(&["list"], 0).stdout);
    assert_eq!(listed.replace("  weak: scrypt N=2 r=1 p=1", ""), rotated);
    let twice = home.refused(&["rotate", "ops", "--password-file", "password"]);
    assert!(twice.contains(&format!("is being rotated: {ADDRESS} is still bound")), "{twice}");
    assert!(home.refused(&["remove", "ops", "--yes"]).contains("is being rotated"));
    // Nobody is there to be asked whether the key may go.
    let asked = home.refused(&["rotate", "ops", "--finish"]);
    assert!(asked.contains("there is no terminal to ask on"), "{asked}");
    let finished = text(&home.expect(&["rotate", "ops", "--finish", "--yes"], 0).stdout);
    assert_eq!(finished, format!("ops  {ADDRESS}  retired\n"));
    assert!(!home.path("keys/keystores/ops.outgoing").exists());
    let states: Vec<(String, String)> = home
        .listed()
        .iter()
        .map(|account| {
            let field = |key: &str| account[key].as_str().expect("it is text").to_owned();
            (field("address"), field("state"))
        })
        .collect();
    let expected = [(current.clone(), "current"), (ADDRESS.to_owned(), "retired")];
    assert_eq!(states, expected.map(|(address, state)| (address, state.to_owned())));
    home.expect(&["remove", "ops", "--yes"], 0);
    let gone = home.refused(&["check", "--account", "ops", "--chain-id", "1"]);
    assert!(gone.contains(&format!("account `ops` is retired: of its key {current}")), "{gone}");
}

#[test]
fn every_refusal_is_a_clear_sentence() {
    let home = Home::new();
    home.keystore("quick.json", QUICK);
    let wide = home.keystore("wide.json", QUICK);
    set_mode(&wide, 0o644);
    home.write("key.txt", KEY);
    home.write("wrong", "correct horse batter\n");
    home.write("lines", "one\ntwo\n");
    home.write("short", "secret7\n");
    let check = |source: &[&'static str], chain: &'static str| -> Vec<&'static str> {
        [&["check"], source, &["--chain-id", chain, "--password-file", "password"]].concat()
    };
    let wrong =
        ["check", "--keystore", "quick.json", "--chain-id", "1", "--password-file", "wrong"];
    let cases: Vec<(Vec<&str>, &str)> = vec![
        (wrong.to_vec(), "error: wrong password for `quick.json` (or the file is damaged)"),
        (
            check(&["--keystore", "wide.json"], "1"),
            "error: `wide.json` is open to other users (mode 0644)\n  hint: chmod 600 'wide.json'",
        ),
        (check(&["--keystore", "none.json"], "1"), "error: there is no file `none.json`"),
        (check(&["--keystore", "keys-folder"], "1"), "error: there is no file `keys-folder`"),
        (
            check(&["--keystore", "key.txt"], "1"),
            "error: `key.txt` is not a keystore that can be used: it is not JSON (line 1, column",
        ),
        (
            check(&["--account", "x"], "1"),
            "error: there is no account `x`: HOME/keys/keystores/x does not exist",
        ),
        (check(&["--ledger"], "1"), "error: this version of covenant cannot talk to a Ledger"),
        (
            check(&["--test-account", "0"], "11155111"),
            "error: the well-known test mnemonic is for development chains, and chain id 11155111 is none",
        ),
        (
            check(&["--unlocked", ADDRESS], "1"),
            "error: an account that the node has unlocked is for development chains, and chain id 1 is none",
        ),
        (
            vec!["new", "a"],
            "error: there is no terminal to ask on: New password for a\n  hint: `--password-file FILE` or ETH_PASSWORD=FILE",
        ),
        (
            vec!["check", "--keystore", "quick.json", "--chain-id", "1"],
            "error: there is no terminal to ask on: Password of quick.json\n  hint: `--password-file FILE`",
        ),
        (
            vec!["import", "a"],
            "error: there is no terminal to ask on: Private key\n  hint: `--keystore FILE` takes the key",
        ),
        (
            vec!["new", "a", "--password-file", "lines"],
            "error: `lines` does not hold a password: it has more than one line",
        ),
        (
            vec!["new", "a", "--password-file", "short"],
            "error: the password is too short: at least 8 characters protect a key",
        ),
        (vec!["rotate", "a", "--password-file", "password"], "error: there is no account `a`"),
        (vec!["remove", "a", "--yes"], "error: there is no account `a`"),
    ];
    for (args, expected) in cases {
        let said = home.refused(&args);
        assert!(said.contains(expected), "keys {args:?}\n{said}");
    }
    assert!(home.listed().is_empty(), "nothing was made");
}

#[test]
fn a_key_in_the_wrong_place_is_not_repeated() {
    let home = Home::new();
    let calls: [&[&str]; 6] = [
        &["check", "--account", KEY, "--chain-id", "1"],
        &["check", "--account", &KEY[2..], "--chain-id", "1"],
        &["check", "--unlocked", KEY, "--chain-id", "31337"],
        &["new", KEY],
        &["import", &KEY[2..]],
        &["remove", KEY],
    ];
    for args in calls {
        let said = transcript(&home.expect(args, 2));
        assert!(!said.contains(&KEY[2..]), "keys {args:?}\n{said}");
    }
}

#[test]
fn covenant_toml_binds_actors_to_keys() {
    let home = Home::new();
    home.keystore("secrets/quick.json", QUICK);
    let network = |name: &str, id: u64| {
        format!(
            "[networks.{name}]\nchain_id = {id}\n[networks.{name}.actors]\nraw = {{ env = \"DEPLOYER_KEY\" }}\n\
             file = {{ keystore = \"secrets/quick.json\" }}\ntest = {{ test-account = 1 }}\nnamed = \"nobody\"\n"
        )
    };
    let toml =
        [network("desk", 31337), network("sepolia", 11_155_111), network("main", 1)].concat();
    home.write("covenant.toml", &format!("{toml}[networks.bad]\nchain_id = 1\ntestnet = true\n"));
    home.write("deep/er/empty", "");
    let check = |network: &str, actor: &str| {
        let mut command = home.command(&["check", "--network", network, "--actor", actor]);
        command.args(["--password-file", "../../password"]).env("DEPLOYER_KEY", KEY);
        let output = command.current_dir(home.path("deep/er")).output().expect("the binary starts");
        transcript(&output)
    };
    let opens = |id: u64| format!("exit code: 0\n--- stdout\n{ADDRESS}  signs for chain id {id}\n");
    assert!(check("desk", "raw").starts_with(&opens(31337)));
    assert!(check("sepolia", "raw").starts_with(&opens(11_155_111)));
    for (network, id) in [("desk", 31337), ("sepolia", 11_155_111), ("main", 1)] {
        let said = check(network, "file");
        assert!(said.starts_with(&opens(id)), "{said}");
        assert!(said.contains("protects its key weakly (scrypt N=2 r=1 p=1)"), "{said}");
    }
    let refusals = [
        (
            "main",
            "raw",
            6,
            "from the environment (`DEPLOYER_KEY`) is not used on a main network (chain id 1)",
        ),
        ("main", "test", 6, "the well-known test mnemonic is for development chains"),
        ("main", "named", 6, "there is no account `nobody`"),
        ("main", "nobody", 2, "covenant.toml binds no key to actor `nobody`"),
        ("moon", "raw", 2, "covenant.toml has no [networks.moon]"),
        (
            "bad",
            "raw",
            6,
            "[networks.bad] in covenant.toml: `testnet`: chain id 1 is known to be a main network",
        ),
    ];
    for (network, actor, code, expected) in refusals {
        let said = check(network, actor);
        assert!(said.starts_with(&format!("exit code: {code}\n")), "{said}");
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains(&KEY[2..]), "{said}");
    }
    let unset = home.refused(&["check", "--network", "desk", "--actor", "raw"]);
    assert!(unset.contains("`DEPLOYER_KEY`, which covenant.toml names, is not set"), "{unset}");
}

#[test]
fn eth_password_names_a_file() {
    let home = Home::new();
    home.keystore("quick.json", QUICK);
    let args = ["check", "--keystore", "quick.json", "--chain-id", "1"];
    let with = |password: &str| {
        let output = home.command(&args).env("ETH_PASSWORD", password).output();
        output.expect("the binary starts")
    };
    assert_eq!(with("password").status.code(), Some(0));
    // The password itself is not what it wants.
    let said = transcript(&with(PASSWORD));
    assert!(said.starts_with("exit code: 6"), "{said}");
}

/// Everything that is written, however much is asked for, and every file in the keyring.
#[test]
fn no_output_and_no_file_shows_a_key_or_a_password() {
    let home = Home::new();
    home.keystore("quick.json", QUICK);
    home.write("wrong", "wrong but also secret\n");
    home.write(
        "covenant.toml",
        "[networks.desk]\nchain_id = 31337\n[networks.desk.actors]\nraw = { env = \"RAW\" }\n",
    );
    let imported = ["--keystore", "quick.json", "--keystore-password-file", "password"];
    let import = [&["import", "a"], imported.as_slice(), &["--password-file", "password"]].concat();
    let calls: Vec<Vec<&str>> = vec![
        import,
        vec!["list"],
        vec!["list", "--json"],
        vec!["check", "--account", "a", "--chain-id", "1", "--password-file", "password"],
        vec!["check", "--account", "a", "--chain-id", "1", "--password-file", "wrong"],
        vec!["check", "--network", "desk", "--actor", "raw"],
        vec!["check", "--test-account", "0", "--chain-id", "31337"],
        vec!["check", "--chain-id", "31337", "--password-file"],
        vec!["rotate", "a", "--password-file", "password"],
        vec!["rotate", "a", "--finish", "--yes"],
        vec!["remove", "a", "--yes"],
    ];
    let mut said = String::new();
    for args in calls {
        for color in ["--color=always", "--color=never"] {
            let mut command = home.command(&args);
            command.arg(color).env("RAW", KEY);
            command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
            said.push_str(&transcript(&command.output().expect("the binary starts")));
        }
    }
    assert!(said.contains(ADDRESS), "the commands did something\n{said}");
    for entry in fs::read_dir(home.path("keys")).expect("the keyring is there") {
        let path = entry.expect("the keyring can be read").path();
        if path.is_file() {
            said.push_str(&fs::read_to_string(path).expect("it is text"));
        }
    }
    let low = said.to_lowercase();
    for secret in [&KEY[2..], PASSWORD, "wrong but also secret"] {
        assert!(!low.contains(secret), "{said}");
    }
    let audit = fs::read_to_string(home.path("keys/audit.jsonl")).expect("the log is there");
    let acts: Vec<String> = audit
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("it is JSON"))
        .map(|entry| entry["act"].as_str().expect("it has an act").to_owned())
        .collect();
    for act in ["read", "import", "open", "refuse", "rotate", "retire", "remove"] {
        assert!(acts.iter().any(|found| found == act), "{act} is not in {acts:?}\n{said}");
    }
}

#[test]
fn of_two_that_make_the_same_account_one_wins() {
    let home = Home::new();
    let start = || {
        let mut command = home.command(&["new", "a", "--password-file", "password"]);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        command.spawn().expect("the binary starts")
    };
    let children = [start(), start()];
    let outputs = children.map(|child| child.wait_with_output().expect("it ends"));
    let mut codes = outputs.each_ref().map(|output| output.status.code());
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(6)]);
    let made = outputs.iter().find(|output| output.status.success()).expect("one wins");
    assert_eq!(home.listed()[0]["address"], address(&text(&made.stdout)));
}
