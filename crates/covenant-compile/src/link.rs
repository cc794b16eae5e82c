//! Code that is ready to deploy: libraries linked, size and kind checked.

use std::collections::BTreeMap;

use alloy_primitives::{Address, Bytes};

use crate::artifact::{Code, Contract, ContractId, ContractKind, LibraryRef};

/// The most bytes that init code, constructor arguments included, may have (EIP-3860).
pub const MAX_INIT_CODE: usize = 49_152;

/// The most bytes that code on chain may have (EIP-170).
pub const MAX_RUNTIME_CODE: usize = 24_576;

/// Why code cannot be linked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Libraries without an address.
    #[error("`{}` needs the address of {}", contract.name, list(missing))]
    Unlinked {
        /// The contract.
        contract: ContractId,
        /// The libraries, sorted.
        missing: Vec<ContractId>,
    },
    /// A place for an address that lies outside the code; the artifact is damaged.
    #[error(
        "the artifact of `{contract}` is damaged: the place of `{library}` lies outside its code"
    )]
    Damaged {
        /// The contract.
        contract: ContractId,
        /// The library.
        library: ContractId,
    },
}

/// Why a contract cannot be deployed, whatever its arguments are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeployError {
    /// It is abstract or an interface, or has no code for another reason.
    #[error("{} cannot be deployed", described(contract, *kind))]
    NotDeployable {
        /// The contract.
        contract: ContractId,
        /// What it is.
        kind: ContractKind,
    },
    /// Init code over the limit of EIP-3860.
    #[error("the init code of `{}` has {size} bytes, over the limit of {MAX_INIT_CODE} (EIP-3860); turn the optimizer on or split the contract", contract.name)]
    InitCodeTooLarge {
        /// The contract.
        contract: ContractId,
        /// Its size in bytes.
        size: usize,
    },
    /// Runtime code over the limit of EIP-170.
    #[error("the code of `{}` has {size} bytes, over the limit of {MAX_RUNTIME_CODE} (EIP-170); turn the optimizer on or split the contract", contract.name)]
    CodeTooLarge {
        /// The contract.
        contract: ContractId,
        /// Its size in bytes.
        size: usize,
    },
}

impl Contract {
    /// The code with library addresses written in.
    ///
    /// # Errors
    /// When a library has no address: all such libraries are named.
    pub fn link(
        &self,
        code: &Code,
        addresses: &BTreeMap<ContractId, Address>,
    ) -> Result<Bytes, LinkError> {
        if code.libraries.is_empty() {
            return Ok(code.bytes.clone());
        }
        let mut missing: Vec<ContractId> = code
            .libraries
            .iter()
            .map(|place| &place.library)
            .filter(|library| !addresses.contains_key(library))
            .cloned()
            .collect();
        if !missing.is_empty() {
            missing.sort();
            missing.dedup();
            return Err(LinkError::Unlinked { contract: self.id.clone(), missing });
        }
        let mut bytes = code.bytes.to_vec();
        for LibraryRef { library, offset } in &code.libraries {
            let start = *offset as usize;
            let damaged =
                || LinkError::Damaged { contract: self.id.clone(), library: library.clone() };
            let place = bytes.get_mut(start..start + 20).ok_or_else(damaged)?;
            place.copy_from_slice(addresses[library].as_slice());
        }
        Ok(bytes.into())
    }

    /// Checks that the contract can be deployed: neither abstract nor an interface, and within the size limits.
    /// Constructor arguments count as init code, too: `arguments` is their length in bytes.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check_deployable(&self, arguments: usize) -> Result<(), DeployError> {
        let contract = || self.id.clone();
        if matches!(self.kind, ContractKind::Abstract | ContractKind::Interface)
            || self.creation.bytes.is_empty()
        {
            return Err(DeployError::NotDeployable { contract: contract(), kind: self.kind });
        }
        let size = self.creation.bytes.len() + arguments;
        if size > MAX_INIT_CODE {
            return Err(DeployError::InitCodeTooLarge { contract: contract(), size });
        }
        let size = self.runtime.bytes.len();
        if size > MAX_RUNTIME_CODE {
            return Err(DeployError::CodeTooLarge { contract: contract(), size });
        }
        Ok(())
    }

    /// The libraries that the creation or runtime code must be linked with, sorted.
    #[must_use]
    pub fn libraries(&self) -> Vec<ContractId> {
        let places = self.creation.libraries.iter().chain(&self.runtime.libraries);
        let mut libraries: Vec<ContractId> = places.map(|place| place.library.clone()).collect();
        libraries.sort();
        libraries.dedup();
        libraries
    }
}

fn list(ids: &[ContractId]) -> String {
    ids.iter().map(|id| format!("library `{id}`")).collect::<Vec<_>>().join(", ")
}

fn described(contract: &ContractId, kind: ContractKind) -> String {
    match kind {
        ContractKind::Abstract => format!("`{}` is abstract: it", contract.name),
        ContractKind::Interface => format!("`{}` is an interface: it", contract.name),
        ContractKind::Library | ContractKind::Contract => {
            format!("`{}` has no code: it", contract.name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> ContractId {
        ContractId { file: "src/A.sol".into(), name: name.into() }
    }

    fn contract(kind: ContractKind, creation: usize, runtime: usize) -> Contract {
        let code = |size| Code { bytes: vec![0; size].into(), ..Code::default() };
        Contract {
            id: id("A"),
            kind,
            bases: Vec::new(),
            abi: alloy_json_abi::JsonAbi::default(),
            creation: code(creation),
            runtime: code(runtime),
            types: crate::TypeDefs::default(),
            types_known: true,
            storage: None,
            notice: None,
        }
    }

    #[test]
    fn writes_addresses_and_names_every_missing_library() {
        let mut contract = contract(ContractKind::Contract, 64, 0);
        let place = |name: &str, offset| LibraryRef { library: id(name), offset };
        contract.creation.libraries = vec![place("M", 3), place("L", 30)];
        let mut addresses = BTreeMap::from([(id("L"), Address::repeat_byte(0x11))]);
        let missing = contract.link(&contract.creation, &addresses).unwrap_err();
        assert_eq!(missing.to_string(), "`A` needs the address of library `src/A.sol:M`");
        addresses.insert(id("M"), Address::repeat_byte(0x22));
        let linked = contract.link(&contract.creation, &addresses).unwrap();
        assert_eq!(linked[3..23], [0x22; 20]);
        assert_eq!(linked[30..50], [0x11; 20]);
        assert_eq!(linked[23..30], [0; 7]);
    }

    #[test]
    fn damaged_artifacts_do_not_panic() {
        let mut contract = contract(ContractKind::Contract, 10, 0);
        contract.creation.libraries = vec![LibraryRef { library: id("L"), offset: u32::MAX }];
        let addresses = BTreeMap::from([(id("L"), Address::ZERO)]);
        assert!(matches!(
            contract.link(&contract.creation, &addresses),
            Err(LinkError::Damaged { .. })
        ));
    }

    #[test]
    fn only_whole_contracts_within_the_limits_are_deployable() {
        let check = |kind, creation, runtime, arguments| {
            contract(kind, creation, runtime).check_deployable(arguments)
        };
        assert_eq!(check(ContractKind::Contract, MAX_INIT_CODE, MAX_RUNTIME_CODE, 0), Ok(()));
        let error = check(ContractKind::Contract, MAX_INIT_CODE, 1, 1).unwrap_err();
        assert!(matches!(error, DeployError::InitCodeTooLarge { size: 49_153, .. }));
        let error = check(ContractKind::Contract, 1, MAX_RUNTIME_CODE + 1, 0).unwrap_err();
        assert!(matches!(error, DeployError::CodeTooLarge { size: 24_577, .. }));
        let error = check(ContractKind::Abstract, 0, 0, 0).unwrap_err();
        assert_eq!(error.to_string(), "`A` is abstract: it cannot be deployed");
    }
}
