//! The command line from the outside: what it promises whatever the terminal, the folder and the environment are.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    bad_input::cache,
    binary::{covenant, transcript},
};

/// A scenario that passes when `paid` is 2.
fn gift(paid: u8) -> String {
    format!(
        "scenario: a gift of {paid}\nactors: [parent, child]\nsteps:\n  - parent: transfer(child, {paid} ether)\n    \
         expect:\n      changes: {{ parent: -2 ether, child: 2 ether }}\n"
    )
}

/// A scenario that takes for ever, and says so before it begins: nobody uses `bystander`.
#[cfg(unix)]
const ENDLESS: &str = "scenario: for ever\nchain: { tick: 1 seconds }\nactors: [bystander]\nsteps:\n  - wait: 1 days\n\
                       until: now == 0\nwithin: 900 years\n";

/// A folder with files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in the folder"))
            .expect("the folder can be written");
        fs::write(path, text).expect("the folder can be written");
    }
    folder
}

/// Nine scenarios, of which the fifth fails.
fn nine() -> TempDir {
    let folder = folder(&[]);
    for index in 1..=9 {
        let paid = if index == 5 { 3 } else { 2 };
        fs::write(folder.path().join(format!("{index}.yaml")), gift(paid))
            .expect("the folder can be written");
    }
    folder
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = covenant(args);
    command.current_dir(folder).env("COVENANT_CACHE", cache());
    command
}

/// Runs and expects this exit code.
#[track_caller]
fn expect(folder: &Path, args: &[&str], code: i32) -> Output {
    let output = command(folder, args).output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(code), "covenant {args:?}\n{}", transcript(&output));
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("output is UTF-8")
}

/// The scenarios that a run reports, by their ids.
fn ids(output: &Output) -> Vec<String> {
    let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let scenarios = report["scenarios"].as_array().expect("it lists scenarios");
    scenarios
        .iter()
        .map(|scenario| scenario["id"].as_str().expect("it has an id").to_owned())
        .collect()
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let folder = nine();
    for args in [&["run"][..], &["run", "--json"], &["schema"], &["--help"]] {
        let mut args = args.to_vec();
        if args[0] == "run" {
            args.push("1.yaml");
        }
        let mut child = command(folder.path(), &args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(0), "covenant {args:?}\n{}", transcript(&output));
        assert_eq!(text(&output.stderr), "", "covenant {args:?}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_and_leaves_nothing() {
    let folder = folder(&[("a.yaml", &gift(2)), ("file", "not a folder\n")]);
    let output = expect(folder.path(), &["run", "a.yaml", "--junit", "file/report.xml"], 2);
    assert!(
        text(&output.stderr).contains("--junit: `file` is not a folder"),
        "{}",
        transcript(&output)
    );
    assert_eq!(entries(folder.path()), ["a.yaml", "file"]);
    assert_eq!(
        fs::read_to_string(folder.path().join("file")).expect("it is there"),
        "not a folder\n"
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_read_only_is_an_error_and_stays_empty() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder(&[("a.yaml", &gift(2))]);
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).expect("the folder can be written");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555))
        .expect("permissions can be set");
    // Nothing is closed to the superuser, whom this test then has nothing to say to.
    if fs::write(closed.join("probe"), "").is_ok() {
        return;
    }
    let output = expect(folder.path(), &["run", "a.yaml", "--junit", "closed/report.xml"], 2);
    assert!(
        text(&output.stderr).contains("cannot write `closed/report.xml`"),
        "{}",
        transcript(&output)
    );
    assert!(entries(&closed).is_empty());
}

#[test]
fn a_report_of_a_failed_run_is_whole() {
    let folder = nine();
    expect(folder.path(), &["run", ".", "--junit", "new/folder/report.xml"], 3);
    let report =
        fs::read_to_string(folder.path().join("new/folder/report.xml")).expect("it was written");
    assert!(report.trim_end().ends_with("</testsuites>"), "{report}");
    assert_eq!(report.matches("<testcase ").count(), 9, "{report}");
    assert_eq!(report.matches("<failure ").count(), 1, "{report}");
    assert_eq!(entries(&folder.path().join("new/folder")), ["report.xml"]);
}

#[test]
fn a_report_that_was_there_is_replaced_as_a_whole_or_not_at_all() {
    let folder = folder(&[("a.yaml", &gift(2)), ("report.xml", "what was there\n")]);
    expect(folder.path(), &["run", "nowhere.yaml", "--junit", "report.xml"], 2);
    let report = || fs::read_to_string(folder.path().join("report.xml")).expect("it is there");
    assert_eq!(report(), "what was there\n");
    expect(folder.path(), &["run", "a.yaml", "--junit", "report.xml"], 0);
    assert!(report().starts_with("<?xml"), "{}", report());
}

/// The names in a folder, sorted.
fn entries(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the folder can be read")
        .map(|entry| {
            entry.expect("the folder can be read").file_name().to_string_lossy().into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let plain = folder(&[("a.yaml", &gift(2))]);
    let windows = folder(&[("a.yaml", &format!("\u{feff}{}", gift(2).replace('\n', "\r\n")))]);
    let [plain, windows] =
        [plain, windows].map(|folder| expect(folder.path(), &["run", "a.yaml"], 0));
    assert_eq!(text(&windows.stdout), text(&plain.stdout));
    assert_eq!(text(&windows.stderr), "");
}

#[test]
fn places_in_a_file_with_windows_line_ends_are_right() {
    let broken = gift(2).replace("transfer", "trnasfer");
    let plain = folder(&[("a.yaml", &broken)]);
    let windows = folder(&[("a.yaml", &broken.replace('\n', "\r\n"))]);
    let [plain, windows] =
        [plain, windows].map(|folder| expect(folder.path(), &["check", "a.yaml"], 2));
    assert_eq!(text(&windows.stderr), text(&plain.stderr));
    assert!(text(&plain.stderr).contains("--> a.yaml:4:13"), "{}", text(&plain.stderr));
}

#[test]
fn names_may_have_blanks_and_letters_of_any_language() {
    let folder =
        folder(&[("my files/the gift – für dich.yaml", &gift(3)), ("my files/b.yaml", &gift(2))]);
    let output = expect(folder.path(), &["run", "my files"], 3);
    let said = text(&output.stdout);
    assert!(said.contains("covenant run 'my files/the gift – für dich.yaml'"), "{said}");
    assert!(said.ends_with("2 scenarios: 1 passed, 1 failed\n"), "{said}");
}

#[test]
fn running_twice_gives_the_same_bytes() {
    let folder = nine();
    let once = |args: &[&str]| {
        let mut args = args.to_vec();
        args.extend(["run", ".", "--junit", "report.xml"]);
        let output = expect(folder.path(), &args, 3);
        (output.stdout, fs::read(folder.path().join("report.xml")).expect("it was written"))
    };
    assert_eq!(once(&[]), once(&[]));
    let json = |threads| {
        let output = expect(folder.path(), &["run", ".", "--json", "--threads", threads], 3);
        text(&output.stdout)
    };
    assert_eq!(json("1"), json("2"));
    let plain = |threads| {
        text(&expect(folder.path(), &["run", ".", "-vvvvv", "--threads", threads], 3).stdout)
    };
    assert_eq!(plain("1"), plain("4"));
}

#[test]
fn the_environment_changes_nothing_on_stdout() {
    let folder = nine();
    let plain = expect(folder.path(), &["run", "."], 3).stdout;
    let variables = [
        ("COLUMNS", "20"),
        ("TERM", "dumb"),
        ("LANG", "de_DE.UTF-8"),
        ("TZ", "Asia/Tokyo"),
        ("CI", "true"),
    ];
    let output =
        command(folder.path(), &["run", "."]).envs(variables).output().expect("the binary starts");
    assert_eq!(text(&output.stdout), text(&plain));
}

#[test]
fn a_filter_chooses_by_path_and_title() {
    let folder = nine();
    let chosen = |filter, code| {
        ids(&expect(folder.path(), &["run", ".", "--json", "--filter", filter], code))
    };
    assert_eq!(chosen("7.yaml", 0), ["7.yaml"]);
    assert_eq!(chosen("gift of 3", 3), ["5.yaml"]);
    assert_eq!(chosen("yaml", 3).len(), 9);
}

#[test]
fn shards_are_a_partition() {
    let folder = nine();
    let all = ids(&expect(folder.path(), &["run", ".", "--json"], 3));
    for count in [1, 2, 3, 4] {
        let mut found = Vec::new();
        for index in 1..=count {
            let shard = format!("{index}/{count}");
            let output =
                command(folder.path(), &["run", ".", "--json", "--shard", &shard]).output();
            found.extend(ids(&output.expect("the binary starts")));
        }
        let distinct: BTreeSet<_> = found.iter().collect();
        assert_eq!(distinct.len(), found.len(), "{count} shards share {found:?}");
        assert_eq!(distinct, all.iter().collect(), "{count} shards");
    }
}

#[test]
fn fail_fast_stops_at_the_failure() {
    let folder = nine();
    let all = text(&expect(folder.path(), &["run", "."], 3).stdout);
    assert!(all.ends_with("9 scenarios: 8 passed, 1 failed\n"), "{all}");
    for threads in ["1", "2"] {
        let args = ["run", ".", "--fail-fast", "--threads", threads];
        let said = text(&expect(folder.path(), &args, 3).stdout);
        assert!(said.contains("PASS  4.yaml") && !said.contains("PASS  6.yaml"), "{said}");
    }
}

#[test]
fn json_is_one_document_that_names_its_schema() {
    let folder = nine();
    for (args, schema, code) in [
        (["run", ".", "--json"], "covenant.run/1", 3),
        (["check", ".", "--json"], "covenant.check/1", 0),
    ] {
        let output = expect(folder.path(), &args, code);
        let report: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        assert_eq!(report["schema"], schema);
        assert_eq!(report["exit_code"], code);
    }
}

#[test]
fn a_case_is_named_with_two_colons() {
    let cases = format!(
        "{}cases:\n  fine: {{}}\n  greedy: {{ ensures: gained(child) == 9 ether }}\n",
        gift(2)
    );
    let folder = folder(&[("a.yaml", &cases)]);
    let chosen = |path, code| ids(&expect(folder.path(), &["run", "--json", path], code));
    assert_eq!(chosen("a.yaml", 3), ["a.yaml::fine", "a.yaml::greedy"]);
    assert_eq!(chosen("a.yaml::fine", 0), ["a.yaml::fine"]);
    assert_eq!(chosen("a.yaml::greedy", 3), ["a.yaml::greedy"]);
}

#[test]
fn wrong_usage_says_how_it_is_used() {
    let folder = folder(&[]);
    for args in [&["rnu"][..], &["run", "--jsno"], &["new"], &[], &["run", "--threads", "none"]] {
        let output = expect(folder.path(), args, 2);
        assert_eq!(text(&output.stdout), "", "covenant {args:?}");
        let said = text(&output.stderr);
        assert!(said.contains("Usage: ") || said.contains("--help"), "covenant {args:?}\n{said}");
    }
    let said = text(&expect(folder.path(), &["--help"], 0).stdout);
    assert!(said.contains("130  interrupted"), "{said}");
    assert!(text(&expect(folder.path(), &["--version"], 0).stdout).starts_with("covenant "));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_run_with_130() {
    use std::io::{BufRead, BufReader, Read};
    let folder = folder(&[("a.yaml", ENDLESS)]);
    let mut child = command(folder.path(), &["run", "a.yaml", "--junit", "report.xml"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
    // The warning is what shows that the command has begun and listens.
    let mut line = String::new();
    said.read_line(&mut line).expect("it can be read");
    assert!(line.starts_with("warning: "), "{line}");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("there is `kill`").success());
    said.read_to_string(&mut line).expect("it can be read");
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(130), "{line}");
    // What was written about the run, if anything, is whole.
    let report = fs::read_to_string(folder.path().join("report.xml")).unwrap_or_default();
    assert!(report.is_empty() || report.trim_end().ends_with("</testsuites>"), "{report}");
}

#[test]
fn a_new_project_runs_from_anywhere_with_nothing_installed() {
    for template in ["escrow", "lease", "blank"] {
        let folder = folder(&[]);
        let elsewhere = tempfile::tempdir().expect("there is room for a folder");
        let inner = format!("my {template}");
        expect(folder.path(), &["new", template, &inner], 0);
        let project = folder.path().join(&inner);
        let run = |place: &Path, path: &OsStr| {
            let mut command = command(place, &["run"]);
            // Neither compiler nor node is to be found, and nothing that an earlier run has left.
            command
                .arg(path)
                .env("PATH", "")
                .env("HOME", elsewhere.path())
                .env("COVENANT_CACHE", elsewhere.path());
            let output = command.output().expect("the binary starts");
            assert_eq!(output.status.code(), Some(0), "{template}\n{}", transcript(&output));
            assert_eq!(text(&output.stderr), "", "{template}");
            text(&output.stdout)
        };
        let from_outside = run(elsewhere.path(), project.as_os_str());
        let from_inside = run(&project, OsStr::new("."));
        let last = |said: &str| said.lines().last().unwrap_or_default().to_owned();
        assert!(last(&from_inside).ends_with(" passed"), "{from_inside}");
        assert_eq!(last(&from_inside), last(&from_outside));
        expect(&project, &["check"], 0);
        assert!(project.join(".github/workflows/covenant.yml").is_file());
        // A second time there is something that could be lost.
        let before = entries(&project);
        let output = expect(folder.path(), &["new", template, &inner], 2);
        assert!(text(&output.stderr).contains("is not an empty folder"), "{}", transcript(&output));
        assert_eq!(entries(&project), before);
    }
}

#[test]
fn check_counts_and_runs_nothing() {
    let folder = nine();
    let said = text(&expect(folder.path(), &["check", "."], 0).stdout);
    assert!(said.contains("ok  5.yaml\n") && said.ends_with("9 files: 9 valid\n"), "{said}");
}

#[test]
fn actors_have_the_same_address_everywhere() {
    let folder = folder(&[
        ("a.yaml", &gift(2)),
        ("b.yaml", "scenario: other\nactors: [child]\nsteps:\n  - wait: 1 days\n"),
    ]);
    let all = text(&expect(folder.path(), &["actors", "a.yaml"], 0).stdout);
    let one = text(&expect(folder.path(), &["actors", "b.yaml"], 0).stdout);
    let address = |said: &str| {
        let line = said.lines().find(|line| line.starts_with("child")).expect("it is listed");
        line.split_whitespace().nth(1).expect("it has an address").to_owned()
    };
    assert_eq!(address(&all), address(&one));
    assert!(address(&all).starts_with("0x") && address(&all).len() == 42, "{all}");
    assert!(
        !all.to_lowercase().contains(&"f".repeat(64)) && all.lines().all(|line| line.len() < 64),
        "a key is shown: {all}"
    );
    let keys = text(&expect(folder.path(), &["actors", "--keys", "b.yaml"], 0).stdout);
    assert!(keys.lines().any(|line| line.len() > 66), "{keys}");
}

#[test]
fn schemas_are_json() {
    let folder = folder(&[]);
    for of in ["scenario", "report", "check"] {
        let output = expect(folder.path(), &["schema", of], 0);
        let schema: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        assert!(
            schema["$schema"]
                .as_str()
                .is_some_and(|uri| uri.starts_with("https://json-schema.org/")),
            "{of}"
        );
        assert!(schema.get("properties").is_some() || schema.get("$defs").is_some(), "{of}");
    }
}

#[test]
fn without_a_compiler_the_ways_to_get_one_are_said() {
    let source = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.37;\ncontract Jar {}\n";
    let scenario = "scenario: jar\nactors: [saver]\ncontracts:\n  jar: { deploy: Jar, by: saver }\nsteps:\n  - check: balance(jar) == 0\n";
    let folder = folder(&[
        ("foundry.toml", "[profile.default]\nsrc = \"src\"\nsolc = \"0.8.37\"\n"),
        ("src/Jar.sol", source),
        ("a.yaml", scenario),
    ]);
    let empty = tempfile::tempdir().expect("there is room for a folder");
    let mut command = command(folder.path(), &["run", "--offline", "a.yaml"]);
    command
        .env("PATH", "")
        .env("HOME", empty.path())
        .env("COVENANT_CACHE", empty.path())
        .env_remove("XDG_DATA_HOME");
    let output = command.output().expect("the binary starts");
    assert_eq!(output.status.code(), Some(2), "{}", transcript(&output));
    let said = text(&output.stderr);
    for part in [
        "no Solidity compiler 0.8.37 to be had",
        "ways to get one:",
        "Node.js",
        "`--solc PATH`",
        "foundry.toml",
    ] {
        assert!(said.contains(part), "`{part}` is missing:\n{said}");
    }
}
