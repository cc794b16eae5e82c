//! Broken input that no repository should hold: large, deep, binary. Each is made when its test runs.

use std::{fs, path::Path};

use crate::{
    bad_input::{cache, expect_none, mismatch},
    binary::covenant,
};

/// A sound beginning of a scenario.
const SOUND: &str = "scenario: pocket money\nactors: [parent, child]\nsteps:\n  - parent: transfer(child, 1 ether)\n";

/// Makes one broken input in an empty folder; the scenario is `s.yaml`.
type Make = fn(&Path);

/// Inputs with what makes them; all are invalid.
const GENERATED: &[(&str, Make)] = &[
    ("fifty-megabytes", |folder| {
        let steps = "  - wait: 1 days\n".repeat(50 * 1024 * 1024 / 17);
        scenario(folder, &format!("scenario: a lot\nactors: [parent]\nsteps:\n{steps}"));
    }),
    ("fifty-megabytes-of-blanks", |folder| scenario(folder, &" ".repeat(50 << 20))),
    ("deep-lists", |folder| scenario(folder, &format!("scenario: {}", "[".repeat(100_000)))),
    ("deep-mappings", |folder| {
        scenario(
            folder,
            &(0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>(),
        );
    }),
    ("deep-parentheses", |folder| {
        ensures(folder, &format!("{}1{} == 1", "(".repeat(20_000), ")".repeat(20_000)));
    }),
    ("deep-members", |folder| ensures(folder, &format!("now{}", ".x".repeat(20_000)))),
    ("long-expression", |folder| ensures(folder, &format!("1{} > 0", " + 1".repeat(50_000)))),
    ("many-terms", |folder| ensures(folder, &format!("1{} > 0", " + 1".repeat(10_000)))),
    ("many-factors", |folder| ensures(folder, &format!("9{} > 0", " * 9".repeat(3_000)))),
    ("long-number", |folder| ensures(folder, &format!("{} > 0", "9".repeat(60_000)))),
    ("long-broken-line", |folder| {
        ensures(folder, &format!("{} && ", vec!["now > 0"; 4_000].join(" && ")));
    }),
    ("long-line", |folder| {
        scenario(folder, &format!("scenario: {}\nactor: [a]\nsteps: []\n", "x".repeat(1_000_000)));
    }),
    ("binary", |folder| write(folder, "s.yaml", &(0..=255).collect::<Vec<u8>>().repeat(16))),
    ("utf-16", |folder| {
        let units = std::iter::once(0xfeff).chain(SOUND.encode_utf16());
        write(folder, "s.yaml", &units.flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    }),
    ("latin-1", |folder| write(folder, "s.yaml", b"scenario: M\xfcller\nactors: [a]\n")),
    ("folder-with-the-name-of-a-file", |folder| {
        fs::create_dir(folder.join("s.yaml")).expect("the folder can be written");
    }),
    ("too-many-includes", |folder| {
        scenario(folder, &format!("{SOUND}include: _0.yaml\n"));
        for index in 0..120 {
            let text = format!("include: _{}.yaml\n", index + 1);
            write(folder, &format!("_{index}.yaml"), text.as_bytes());
        }
    }),
    ("many-errors", |folder| {
        let steps = "  - nobody: transfer(parent, 1)\n".repeat(5_000);
        scenario(folder, &format!("scenario: a lot\nactors: [parent]\nsteps:\n{steps}"));
    }),
];

/// Inputs that only Unix has.
#[cfg(unix)]
const ON_UNIX: &[(&str, Make)] = &[
    ("include-of-a-device", |folder| scenario(folder, &format!("{SOUND}include: /dev/zero\n"))),
    ("link-to-itself", |folder| {
        std::os::unix::fs::symlink("s.yaml", folder.join("s.yaml")).expect("links can be made");
    }),
];
#[cfg(not(unix))]
const ON_UNIX: &[(&str, Make)] = &[];

/// The code of this contract is more than a transaction may deploy.
const HUGE: &str = "init-code-over-the-limit";

/// The names of all of them, as their golden messages have them.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    GENERATED.iter().chain(ON_UNIX).map(|(name, _)| *name).chain([HUGE])
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("it is in the folder"))
        .expect("the folder can be written");
    fs::write(path, bytes).expect("the folder can be written");
}

fn scenario(folder: &Path, text: &str) {
    write(folder, "s.yaml", text.as_bytes());
}

fn ensures(folder: &Path, expression: &str) {
    scenario(folder, &format!("{SOUND}ensures: {expression}\n"));
}

/// Runs in the folder, so that paths are the same wherever it is.
fn wrong_in(folder: &Path, name: &str, args: &[&str]) -> Option<String> {
    let mut command = covenant(args);
    command.current_dir(folder).env("COVENANT_CACHE", cache());
    mismatch(&format!("generated/{name}"), &mut command, 2)
}

#[test]
fn input_of_unusual_size_and_form() {
    let wrong: Vec<_> = GENERATED
        .iter()
        .chain(ON_UNIX)
        .filter_map(|(name, make)| {
            let folder = tempfile::tempdir().expect("there is room for a folder");
            make(folder.path());
            wrong_in(folder.path(), name, &["run", "s.yaml"])
        })
        .collect();
    expect_none(&wrong);
}

#[test]
fn more_code_than_a_transaction_may_deploy() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let mut artifact = String::from(r#"{"abi":[],"bytecode":{"object":"0x"#);
    artifact.push_str(&"00".repeat(50_000));
    artifact.push_str(
        r#"","linkReferences":{}},"deployedBytecode":{"object":"0x00","linkReferences":{}},"#,
    );
    artifact.push_str(r#""metadata":{"compiler":{"version":"0.8.37"},"#);
    artifact.push_str(r#""settings":{"compilationTarget":{"src/Huge.sol":"Huge"}}}}"#);
    write(folder.path(), "foundry.toml", b"[profile.default]\nsrc = \"src\"\n");
    write(folder.path(), "src/Huge.sol", b"contract Huge {}\n");
    write(folder.path(), "out/Huge.sol/Huge.json", artifact.as_bytes());
    scenario(
        folder.path(),
        "scenario: too much\nactors: [saver]\ncontracts:\n  huge: { deploy: Huge, by: saver }\nsteps:\n  - check: balance(huge) == 0\n",
    );
    expect_none(
        &wrong_in(folder.path(), HUGE, &["run", "--artifacts", "out", "s.yaml"])
            .into_iter()
            .collect::<Vec<_>>(),
    );
}
