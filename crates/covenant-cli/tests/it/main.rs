//! The built command, from the outside.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

/// The command in a folder, with nothing of the machine in its environment that would change what it says.
fn covenant(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_covenant"));
    command
        .args(args)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env("COVENANT_CACHE", folder.join(".cache"));
    for name in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    covenant(folder, args).output().expect("the binary starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs, expects this exit code, and yields stdout.
#[track_caller]
fn expect(folder: &Path, args: &[&str], code: i32) -> String {
    let output = run(folder, args);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(
        output.status.code(),
        Some(code),
        "covenant {args:?}\n--- stdout\n{out}\n--- stderr\n{err}"
    );
    out
}

/// A scenario without contracts, which passes when `paid` is 2.
fn scenario(paid: &str) -> String {
    format!(
        "scenario: pocket money\nactors: {{ parent: {{}}, child: {{}} }}\nsteps:\n  - parent: transfer(child, {paid} ether)\n\
         \x20   expect: {{ changes: {{ parent: -2 ether, child: 2 ether }} }}\n"
    )
}

fn folder(files: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in the folder"))
            .expect("the folder can be written");
        fs::write(path, text).expect("the folder can be written");
    }
    folder
}

#[test]
fn every_template_runs_at_once() {
    let root = tempfile::tempdir().unwrap();
    for (template, scenarios) in [("escrow", 3), ("lease", 3), ("blank", 1)] {
        let name = format!("my {template}");
        expect(root.path(), &["new", template, &name], 0);
        let project = root.path().join(&name);
        assert!(project.join(".github/workflows/covenant.yml").is_file());
        let plural = if scenarios == 1 { "" } else { "s" };
        let out = expect(&project, &["run"], 0);
        assert!(
            out.ends_with(&format!("{scenarios} scenario{plural}: {scenarios} passed\n")),
            "{out}"
        );
        expect(&project, &["check"], 0);
        expect(root.path(), &["new", template, &name], 2);
    }
}

#[test]
fn results_do_not_depend_on_the_run_or_on_threads() {
    let root = tempfile::tempdir().unwrap();
    expect(root.path(), &["new", "lease", "lease"], 0);
    let project = root.path().join("lease");
    let once = |threads| {
        let out =
            expect(&project, &["run", "--json", "--junit", "junit.xml", "--threads", threads], 0);
        (out, fs::read_to_string(project.join("junit.xml")).unwrap())
    };
    assert_eq!(once("1"), once("3"));
}

#[test]
fn a_failed_expectation_ends_with_3_and_shows_both_values() {
    let root =
        folder(&[("scenarios/a.yaml", scenario("2")), ("scenarios/b c.yaml", scenario("1"))]);
    let out = expect(root.path(), &["run"], 3);
    assert!(out.contains("PASS  scenarios/a.yaml"), "{out}");
    assert!(out.contains("FAIL  scenarios/b c.yaml"), "{out}");
    assert!(out.contains("scenarios/b c.yaml:5:"), "{out}");
    assert!(
        out.ends_with("  covenant run 'scenarios/b c.yaml'\n\n2 scenarios: 1 passed, 1 failed\n"),
        "{out}"
    );
}

#[test]
fn an_invalid_scenario_ends_with_2_and_the_others_run() {
    let root = folder(&[
        ("scenarios/a.yaml", scenario("2")),
        ("scenarios/b.yaml", scenario("2").replace("steps", "stebs").replace('\n', "\r\n")),
    ]);
    let output = run(root.path(), &["run"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stdout).ends_with("2 scenarios: 1 passed, 1 invalid\n"),
        "{}",
        text(&output.stdout)
    );
    let err = text(&output.stderr);
    assert!(err.contains("scenarios/b.yaml:3:1") && err.contains("did you mean `steps`?"), "{err}");
    assert!(!err.contains('\r'), "{err:?}");
}

#[test]
fn fail_fast_stops_at_the_first_in_order() {
    let files: Vec<(String, String)> = (0..6)
        .map(|n| (format!("scenarios/{n}.yaml"), scenario(if n == 2 { "1" } else { "2" })))
        .collect();
    let files: Vec<(&str, String)> =
        files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let root = folder(&files);
    for threads in ["1", "4"] {
        let out = expect(root.path(), &["run", "--fail-fast", "--threads", threads], 3);
        assert!(out.ends_with("3 scenarios: 2 passed, 1 failed, 3 not run\n"), "{out}");
    }
}

#[test]
fn filters_and_shards_choose() {
    let files = ["a", "b", "c"].map(|name| (format!("scenarios/{name}.yaml"), scenario("2")));
    let root = folder(&files.each_ref().map(|(name, text)| (name.as_str(), text.clone())));
    assert!(expect(root.path(), &["run", "--filter", "b.y"], 0).contains("1 passed"));
    assert!(expect(root.path(), &["run", "--shard", "1/2"], 0).contains("2 passed"));
    assert!(expect(root.path(), &["run", "--shard", "2/2"], 0).contains("1 passed"));
    expect(root.path(), &["run", "--filter", "nothing"], 2);
    expect(root.path(), &["run", "--shard", "3/2"], 2);
}

#[test]
fn cases_can_be_named() {
    let text = "scenario: pocket money\nactors: { parent: {}, child: {} }\nlet: { sum: 1 ether }\nsteps:\n  \
                - parent: transfer(child, sum)\ncases:\n  little: { ensures: gained(child) == 1 ether }\n  \
                much: { let: { sum: 3 ether }, ensures: gained(child) == 3 ether }\n";
    let root = folder(&[("a.yaml", text.to_owned())]);
    assert!(expect(root.path(), &["run", "a.yaml"], 0).ends_with("2 scenarios: 2 passed\n"));
    let out = expect(root.path(), &["run", "a.yaml::much"], 0);
    assert!(
        out.starts_with("PASS  a.yaml::much") && out.ends_with("1 scenario: 1 passed\n"),
        "{out}"
    );
    expect(root.path(), &["run", "a.yaml::none"], 2);
}

#[test]
fn wrong_usage_ends_with_2() {
    let root = tempfile::tempdir().unwrap();
    for args in [
        &["run", "missing.yaml"][..],
        &["run"],
        &["frobnicate"],
        &["new", "lease"],
        &["run", "--threads", "0"],
        &["build", "nowhere"],
        &["compiler", "nowhere"],
    ] {
        let output = run(root.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(
            output.stdout.is_empty() && text(&output.stderr).starts_with("error: "),
            "{args:?}"
        );
    }
    expect(root.path(), &["--help"], 0);
    expect(root.path(), &["--version"], 0);
}

#[test]
fn what_is_wrong_with_a_project_is_said_once_with_its_place() {
    let root = folder(&[
        ("foundry.toml", "[profile.default]\nevm_version = 'banana'\n".to_owned()),
        ("scenarios/a.yaml", scenario("2")),
        ("scenarios/b.yaml", scenario("2")),
    ]);
    let output = run(root.path(), &["run", "scenarios"]);
    assert_eq!(output.status.code(), Some(2));
    let err = text(&output.stderr);
    assert!(err.starts_with("error: foundry.toml:2:15: `banana` is not a hard fork"), "{err}");
    assert_eq!(err.matches("banana` is").count(), 1, "{err}");
    expect(root.path(), &["run"], 2);
}

#[test]
fn sources_are_named_from_the_working_folder() {
    let import = "pragma solidity ^0.8.0;\nimport \"./Gone.sol\";\n";
    let root = folder(&[
        ("mine/foundry.toml", String::new()),
        ("mine/src/A.sol", import.to_owned()),
        ("mine/a.yaml", scenario("2")),
    ]);
    let output = run(root.path(), &["run", "mine/a.yaml"]);
    assert_eq!(output.status.code(), Some(5));
    let err = text(&output.stderr);
    let line = "error: mine/src/A.sol:2:8: cannot find `./Gone.sol`\n  |\n2 | import";
    assert!(err.starts_with(line), "{err}");
    assert!(text(&run(root.path(), &["build", "mine"]).stderr).starts_with(line));
}

#[test]
fn a_machine_without_a_compiler_ends_with_2() {
    let root = folder(&[
        ("foundry.toml", String::new()),
        ("src/A.sol", "pragma solidity ^0.8.0;\ncontract A {}\n".to_owned()),
        ("a.yaml", scenario("2")),
    ]);
    let output = covenant(root.path(), &["run", "--offline", "a.yaml"])
        .env("PATH", "")
        .env("HOME", root.path())
        .env_remove("XDG_DATA_HOME")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).starts_with("error: no Solidity compiler "), "{output:?}");
}

#[test]
fn a_broken_recording_is_invalid_and_a_silent_node_is_a_network_failure() {
    let with = |fork: &str| format!("chain: {{ fork: {fork} }}\n{}", scenario("2"));
    // Nothing listens on port 1, and nothing may: it is reserved.
    let node = "rpc: 'http://127.0.0.1:1', block: 1";
    let root = folder(&[
        ("address.yaml", with("{ rpc: mainnet, block: 1 }")),
        ("broken.yaml", with(&format!("{{ {node}, recording: broken.json }}"))),
        ("broken.json", "{".to_owned()),
        ("down.yaml", with(&format!("{{ {node} }}"))),
    ]);
    expect(root.path(), &["run", "address.yaml"], 2);
    expect(root.path(), &["run", "broken.yaml"], 2);
    expect(root.path(), &["run", "down.yaml"], 6);
}

#[test]
fn schemas_are_documents() {
    let root = tempfile::tempdir().unwrap();
    for of in ["scenario", "report", "check"] {
        let schema: serde_json::Value =
            serde_json::from_str(&expect(root.path(), &["schema", of], 0)).unwrap();
        assert!(schema["$schema"].is_string(), "{of}");
    }
}

#[test]
fn github_gets_annotations_and_a_summary() {
    let root = folder(&[("pkg/scenarios/a.yaml", scenario("1"))]);
    let summary = root.path().join("summary.md");
    let output = covenant(&root.path().join("pkg"), &["run", "--json"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_WORKSPACE", root.path())
        .env("GITHUB_STEP_SUMMARY", &summary)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(
        text(&output.stderr).contains("::error file=pkg/scenarios/a.yaml,line=5,"),
        "{}",
        text(&output.stderr)
    );
    let summary = fs::read_to_string(summary).unwrap();
    assert!(summary.contains("| scenarios/a.yaml | failed |"), "{summary}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["exit_code"], 3);
}

#[test]
fn actors_have_the_same_address_everywhere() {
    let root = folder(&[("a.yaml", scenario("2")), ("b.yaml", scenario("2"))]);
    let one = expect(root.path(), &["actors", "a.yaml"], 0);
    assert_eq!(one, expect(root.path(), &["actors", "b.yaml"], 0));
    assert!(one.lines().all(|line| line.contains("  0x")), "{one}");
    assert_eq!(one.lines().count(), 2);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let root = folder(&[("a.yaml", scenario("2"))]);
    let mut child = covenant(root.path(), &["schema"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "");
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error() {
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else {
        return;
    };
    let root = tempfile::tempdir().unwrap();
    let output = covenant(root.path(), &["schema"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).starts_with("error: cannot write to stdout: "),
        "{}",
        text(&output.stderr)
    );
}
