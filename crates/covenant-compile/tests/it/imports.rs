//! Imports, pragmas, configuration and the search for a compiler: everything that fails before a compiler starts.

use covenant_compile::{CompileError, CompileErrorKind, Layout, Project};

use crate::support::{Fixture, options, without_compiler};

const HEADER: &str = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\n";

fn source(rest: &str) -> String {
    format!("{HEADER}{rest}\n")
}

#[test]
fn a_missing_import_says_where_and_what_was_tried() {
    let fixture = Fixture::new(&[
        ("foundry.toml", ""),
        (
            "src/A.sol",
            &source("import {ERC20} from \"@openzeppelin/contracts/token/ERC20/ERC20.sol\";"),
        ),
    ]);
    let error = fixture.build().unwrap_err();
    assert_eq!(error.kind(), CompileErrorKind::Solidity);
    let text = error.to_string();
    assert!(
        text.starts_with(
            "src/A.sol:3:21: cannot find `@openzeppelin/contracts/token/ERC20/ERC20.sol`\n"
        ),
        "{text}"
    );
    assert!(text.contains("node_modules/@openzeppelin/contracts/token/ERC20/ERC20.sol"), "{text}");
    assert!(text.ends_with(
        "hint: `npm install @openzeppelin/contracts`, or add a remapping for `@openzeppelin/contracts/` to foundry.toml"
    ));
}

#[test]
fn every_missing_import_is_named_once() {
    let import = |path: &str| source(&format!("import \"{path}\";"));
    let fixture = Fixture::new(&[
        ("foundry.toml", "[profile.default]\nremappings = ['@oz/=node_modules/@oz/']\n"),
        ("src/A.sol", &(import("@oz/contracts/X.sol") + "import \"@oz/contracts/Y.sol\";\n")),
        ("src/B.sol", &(import("@oz/contracts/X.sol") + "import \"./Gone.sol\";\n")),
    ]);
    let error = fixture.build().unwrap_err();
    let CompileError::MissingImports { imports } = &error else { panic!("{error}") };
    let names: Vec<&str> = imports.iter().map(|missing| missing.import.as_str()).collect();
    assert_eq!(names, ["@oz/contracts/X.sol", "@oz/contracts/Y.sol", "./Gone.sol"]);
    assert_eq!(imports[0].tried, ["node_modules/@oz/contracts/X.sol"]);
    let text = error.to_string();
    assert_eq!(text.matches("hint: `npm install @oz/contracts`").count(), 1, "{text}");
    assert!(text.contains("\nsrc/B.sol:4:8: cannot find `./Gone.sol`\n"), "{text}");
}

#[test]
fn files_are_named_as_the_reader_sees_them() {
    let fixture =
        Fixture::new(&[("foundry.toml", ""), ("src/A.sol", &source("import \"./Gone.sol\";"))]);
    let show = |path: &std::path::Path| {
        let inner = path.strip_prefix(fixture.path("")).unwrap();
        format!("my/{}", inner.display())
    };
    let text = fixture.project().named(fixture.build().unwrap_err(), &show).to_string();
    assert!(text.starts_with("my/src/A.sol:3:8: cannot find `./Gone.sol`\n"), "{text}");
    assert!(text.ends_with("\ntried: my/src/Gone.sol"), "{text}");
}

#[test]
fn hard_forks_are_known_in_any_spelling() {
    let fixture = Fixture::new(&[("foundry.toml", "[profile.default]\nevm_version = 'Cancun'\n")]);
    assert_eq!(fixture.project().evm_version(), Some("cancun"));
}

#[test]
fn packages_resolve_from_node_modules_with_or_without_a_remapping() {
    let lib = source("import \"./inner/I.sol\";\ncontract Base {}");
    for config in [
        "[profile.default]\nlibs = ['node_modules']",
        "[profile.default]\nremappings = ['@p/q/=node_modules/@p/q/']",
    ] {
        let fixture = Fixture::new(&[
            ("foundry.toml", config),
            ("src/A.sol", &source("import {Base} from \"@p/q/Base.sol\";\ncontract A is Base {}")),
            ("node_modules/@p/q/Base.sol", &lib),
            ("node_modules/@p/q/inner/I.sol", &source("interface I {}")),
        ]);
        let build = fixture.build().unwrap();
        assert_eq!(build.contracts.len(), 3, "{config}");
    }
}

#[test]
fn libraries_of_foundry_resolve_by_name() {
    let fixture = Fixture::new(&[
        ("foundry.toml", ""),
        (
            "src/A.sol",
            &source(
                "import \"one/X.sol\";\nimport \"two/contracts/Y.sol\";\nimport \"@two/Y.sol\";\nimport \"src/B.sol\";",
            ),
        ),
        ("src/B.sol", &source("contract B {}")),
        ("lib/one/src/X.sol", &source("contract X {}")),
        ("lib/two/contracts/Y.sol", &source("contract Y {}")),
        ("lib/two/remappings.txt", "@two/=contracts/\n"),
    ]);
    let build = fixture.build().unwrap();
    let files: Vec<String> = build.contracts.keys().map(ToString::to_string).collect();
    assert_eq!(files, ["lib/one/src/X.sol:X", "lib/two/contracts/Y.sol:Y", "src/B.sol:B"]);
}

#[test]
fn a_pragma_that_the_configured_compiler_does_not_meet_is_named() {
    let fixture = Fixture::new(&[
        ("foundry.toml", "[profile.default]\nsolc = '0.8.20'\n"),
        ("src/A.sol", "pragma solidity ^0.8.25;\ncontract A {}\n"),
    ]);
    let error = fixture.build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "src/A.sol:1:17: `pragma solidity ^0.8.25` does not accept solc 0.8.20, named by `solc` in the project's \
         configuration\n  |\n1 | pragma solidity ^0.8.25;\n  |                 ^^^^^^^"
    );
}

#[test]
fn without_any_compiler_the_ways_to_get_one_are_listed() {
    let mut fixture =
        Fixture::new(&[("foundry.toml", ""), ("src/A.sol", &source("contract A {}"))]);
    fixture.options = without_compiler(&fixture.path("store"));
    let error = fixture.build().unwrap_err();
    let CompileError::NoCompiler(none) = &error else { panic!("{error}") };
    let places: Vec<&str> = none.tried.iter().map(|attempt| attempt.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "solc on PATH",
            "npm package of the project",
            "npm package in Covenant's cache",
            "npm and native download"
        ]
    );
    assert_eq!(error.kind(), CompileErrorKind::Environment);
    for way in ["Node.js", "npm install solc@0.8.37", "svm install", "--solc PATH"] {
        assert!(error.to_string().contains(way), "{way}: {error}");
    }
}

#[test]
fn the_report_names_the_compiler_and_what_was_tried() {
    let fixture = Fixture::new(&[("foundry.toml", ""), ("src/A.sol", &source("contract A {}"))]);
    fixture.build().unwrap();
    let report = fixture.project().compiler(&options()).unwrap();
    assert_eq!(
        (report.version.to_string().as_str(), report.chosen_by.as_str()),
        ("0.8.37", "the default")
    );
    let taken = report.taken.unwrap().to_string();
    assert!(taken.starts_with("solc 0.8.37"), "{taken}");
}

#[test]
fn mistakes_in_configuration_have_a_place() {
    for (file, text, expected) in [
        (
            "foundry.toml",
            "[profile.default]\noptimizer = \"yes\"\n",
            "foundry.toml:2:13: invalid type",
        ),
        ("foundry.toml", "[profile.default\n", "foundry.toml:1:17: "),
        (
            "foundry.toml",
            "[profile.default]\nsolc = '0.8'\n",
            "foundry.toml:2:8: `0.8` is not a compiler version",
        ),
        (
            "foundry.toml",
            "[profile.default]\nsolc = '0.8.38-pre.1'\n",
            "foundry.toml:2:8: `0.8.38-pre.1` is a prerelease",
        ),
        (
            "foundry.toml",
            "[profile.default]\nremappings = ['x']\n",
            "foundry.toml:2:15: a remapping is written",
        ),
        (
            "foundry.toml",
            "[profile.default]\nlibraries = ['a:b:c']\n",
            "foundry.toml:2:14: `c` is not an address",
        ),
        (
            "foundry.toml",
            "[profile.default]\nbytecode_hash = 'md5'\n",
            "foundry.toml:2:17: `md5` is not a bytecode hash",
        ),
        (
            "foundry.toml",
            "[profile.default]\nevm_version = 'banana'\n",
            "foundry.toml:2:15: `banana` is not a hard fork; known are homestead, tangerineWhistle, ",
        ),
        ("covenant.toml", "contract = 'x'\n", "covenant.toml:1:1: unknown field `contract`"),
        ("covenant.toml", "contracts = 'nowhere'\n", "covenant.toml:1:13: `contracts`: "),
        (
            "covenant.toml",
            "[solidity]\noptimiser = true\n",
            "covenant.toml:2:1: unknown field `optimiser`",
        ),
    ] {
        let fixture = Fixture::new(&[(file, text)]);
        let error = fixture.build().unwrap_err();
        assert_eq!(error.kind(), CompileErrorKind::Project);
        let shown = error.to_string();
        let relative = shown.strip_prefix(&fixture.path("").display().to_string()).unwrap();
        assert!(relative.starts_with(expected), "{expected}\n{relative}");
    }
}

#[test]
fn foundry_and_covenant_settings_do_not_mix() {
    let fixture =
        Fixture::new(&[("foundry.toml", ""), ("covenant.toml", "[solidity]\nvia_ir = true\n")]);
    assert!(
        fixture
            .build()
            .unwrap_err()
            .to_string()
            .contains("compiler settings belong in foundry.toml")
    );
}

#[test]
fn the_nearest_project_file_decides() {
    let fixture = Fixture::new(&[
        ("foundry.toml", ""),
        (
            "scenarios/covenant.toml",
            "contracts = '..'\nscenarios = 'all'\n[networks.sepolia]\nrpc = 'x'\n",
        ),
        ("scenarios/all/one.yaml", ""),
        ("hardhat/hardhat.config.ts", ""),
    ]);
    let project = Project::discover(&fixture.path("scenarios/all/one.yaml")).unwrap();
    assert_eq!(project.root(), fixture.path("scenarios"));
    assert_eq!(project.contracts_root(), fixture.path(""));
    assert_eq!(project.scenarios(), Some(fixture.path("scenarios/all")));
    assert!(project.networks().contains_key("sepolia"));
    assert_eq!(project.layout(), Layout::Foundry);
    let hardhat = Project::discover(&fixture.path("hardhat/contracts")).unwrap();
    assert_eq!(
        (hardhat.layout(), hardhat.sources_root()),
        (Layout::Hardhat, fixture.path("hardhat/contracts"))
    );
}

#[test]
fn a_project_without_solidity_is_an_empty_build() {
    let mut fixture = Fixture::new(&[("covenant.toml", "")]);
    fixture.options = without_compiler(&fixture.path("store"));
    assert!(fixture.build().unwrap().contracts.is_empty());
}

#[test]
fn hardhat_projects_say_that_settings_are_not_read() {
    let fixture =
        Fixture::new(&[("hardhat.config.js", ""), ("contracts/A.sol", &source("contract A {}"))]);
    fixture.build().unwrap();
    if fixture.compiled() {
        assert!(fixture.warnings()[0].contains("hardhat.config"), "{:?}", fixture.warnings());
    }
    assert_eq!(fixture.build().unwrap().find("A").unwrap().id.file, "contracts/A.sol");
}

#[test]
fn contracts_of_one_name_need_their_file() {
    let fixture = Fixture::new(&[
        ("foundry.toml", ""),
        ("src/One.sol", &source("contract Same {}")),
        ("src/Two.sol", &source("contract Same {}")),
    ]);
    let build = fixture.build().unwrap();
    let error = build.find("Same").unwrap_err().to_string();
    assert_eq!(
        error,
        "`Same` is declared in several files; write `src/One.sol:Same` or `src/Two.sol:Same`"
    );
    assert_eq!(build.find("Two.sol:Same").unwrap().id.file, "src/Two.sol");
}
