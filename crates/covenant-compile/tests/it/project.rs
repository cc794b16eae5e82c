//! Projects of every layout, from source to build.

use covenant_compile::{CompileError, ContractKind, SolType, SourceMap};

use crate::support::Fixture;

const VAULT: &str = r#"// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Kind, Amount, IVault} from "./IVault.sol";
import {Maths} from "@maths/Maths.sol";

/// @title A vault
/// @notice Keeps things.
contract Vault is IVault {
    using Maths for uint256;

    struct Box { Kind kind; Amount amount; Maths.Pair[2] pairs; }

    uint256 public immutable limit;
    mapping(address owner => Box) internal boxes;

    constructor(uint256 limit_) { limit = limit_; }

    function put(Terms calldata terms, Amount amount) external returns (Kind) {
        if (terms.size.half() > limit) {
            revert Vault_TooLarge(terms.size, limit);
        }
        boxes[msg.sender].amount = amount;
        emit Put(msg.sender, terms);
        return Kind.Full;
    }
}
"#;

const IVAULT: &str = r#"// SPDX-License-Identifier: MIT
pragma solidity >=0.8.0 <0.9.0;
enum Kind { Empty, Full }
type Amount is uint128;
struct Loose { uint256 x; }
interface IVault {
    struct Terms { uint256 size; Kind[] kinds; }
    error Vault_TooLarge(uint256 size, uint256 limit);
    event Put(address indexed who, Terms terms);
    function put(Terms calldata terms, Amount amount) external returns (Kind);
}
"#;

const MATHS: &str = r#"// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;
library Maths {
    struct Pair { uint256 a; uint256 b; }
    error Maths_Zero();
    function half(uint256 x) external pure returns (uint256) { if (x == 0) revert Maths_Zero(); return x / 2; }
}
"#;

fn vault() -> Fixture {
    Fixture::new(&[
        (
            "foundry.toml",
            "[profile.default]\nremappings = ['@maths/=deps/maths/']\nevm_version = 'prague'\n",
        ),
        ("src/Vault.sol", VAULT),
        ("src/IVault.sol", IVAULT),
        ("src/Vault.t.sol", "this is a test and is not compiled"),
        ("deps/maths/Maths.sol", MATHS),
    ])
}

#[test]
fn a_foundry_project_compiles_and_is_kept() {
    let fixture = vault();
    let first = fixture.build().unwrap();
    assert!(first.compiler.starts_with("0.8.37+commit."), "{}", first.compiler);
    assert_eq!(first.evm_version.as_deref(), Some("prague"));
    let second = fixture.build().unwrap();
    assert!(!fixture.compiled(), "a warm build starts no compiler");
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
}

#[test]
fn everything_a_scenario_names_is_there() {
    let build = vault().build().unwrap();
    let vault = build.find("Vault").unwrap();
    assert_eq!(vault.kind, ContractKind::Contract);
    assert_eq!(vault.notice.as_deref(), Some("Keeps things."));
    assert_eq!(vault.bases.iter().map(|id| id.name.as_str()).collect::<Vec<_>>(), ["IVault"]);
    assert!(vault.types_known);
    let structs: Vec<&str> = vault.types.structs.keys().map(String::as_str).collect();
    assert_eq!(structs, ["IVault.Terms", "Maths.Pair", "Vault.Box"]);
    let kinds = SolType::Array(Box::new(SolType::Enum("Kind".into())), None);
    assert_eq!(vault.types.structs["IVault.Terms"].fields[1], ("kinds".into(), kinds));
    assert_eq!(vault.types.enums["Kind"].members, ["Empty", "Full"]);
    assert_eq!(vault.types.values["Amount"], SolType::Uint(128));
    assert!(build.types.structs.contains_key("Loose"), "a struct at file level");
    let layout = vault.storage.as_ref().unwrap();
    assert_eq!(layout.slots[0].label, "boxes");
    assert_eq!(layout.structs["Vault.Box"].len(), 3);
    assert_eq!(vault.runtime.immutables[0].length, 32);
    assert!(build.errors().any(|(id, error)| id.name == "Maths" && error.name == "Maths_Zero"));
    assert!(build.events().any(|(id, event)| id.name == "Vault" && event.name == "Put"));
    assert_eq!(vault.libraries()[0].to_string(), "deps/maths/Maths.sol:Maths");
    assert!(build.find("IVault").unwrap().check_deployable(0).is_err());
}

#[test]
fn a_revert_leads_to_its_line() {
    let build = vault().build().unwrap();
    let vault = build.find("Vault").unwrap();
    let map = SourceMap::new(&vault.runtime);
    let lines: Vec<String> = (0..vault.runtime.bytes.len())
        .filter(|pc| vault.runtime.bytes[*pc] == 0xfd)
        .filter_map(|pc| map.pc_to_source(&build, pc))
        .filter(|found| found.place.file == "src/Vault.sol")
        .map(|found| found.place.line_text.trim().to_owned())
        .collect();
    assert!(lines.contains(&"revert Vault_TooLarge(terms.size, limit);".to_owned()), "{lines:?}");
}

#[test]
fn solidity_errors_show_the_line() {
    let fixture = vault();
    fixture.write(
        "src/Bad.sol",
        "pragma solidity ^0.8.0;\ncontract Bad {\n    uint x = nothing;\n}\n",
    );
    let error = fixture.build().unwrap_err();
    let CompileError::Solidity { diagnostics } = &error else { panic!("{error}") };
    let place = diagnostics[0].place.as_ref().unwrap();
    assert_eq!(
        (place.to_string().as_str(), place.line_text.as_str()),
        ("src/Bad.sol:3:14", "    uint x = nothing;")
    );
    assert!(error.to_string().contains("error[7576]: Undeclared identifier."), "{error}");
    assert!(error.to_string().ends_with("Solidity did not compile: 1 error"), "{error}");
}
