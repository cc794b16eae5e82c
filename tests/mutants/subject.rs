//! The bundled contracts, one of them changed, with all that it is linked to.

use std::{collections::BTreeSet, sync::Arc};

use covenant_compile::{Build, Contract, ContractId, bundled};

use super::{
    compile::{Solc, Sources},
    suite::with,
};

/// A bundled contract and the libraries that it calls.
#[derive(Debug)]
pub struct Subject {
    build: Arc<Build>,
    parts: Vec<Arc<Contract>>,
}

impl Subject {
    /// The contract of this name.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let build = bundled();
        let named = build
            .contracts
            .values()
            .find(|it| it.id.name == name && it.id.file.starts_with("src/"));
        let named = named.unwrap_or_else(|| panic!("there is no contract {name}"));
        let mut found: BTreeSet<ContractId> = BTreeSet::new();
        let mut waiting = vec![named.id.clone()];
        while let Some(id) = waiting.pop() {
            let code = &build.contracts[&id];
            let links = code.creation.libraries.iter().chain(&code.runtime.libraries);
            let new: Vec<ContractId> = links.map(|link| link.library.clone()).collect();
            if found.insert(id) {
                waiting.extend(new);
            }
        }
        let parts = found.iter().map(|id| Arc::clone(&build.contracts[id])).collect();
        Self { build, parts }
    }

    /// The bundled contracts with these sources changed; nothing if that does not compile. What is not linked to the
    /// contract stays as it is.
    pub fn changed(
        &self,
        sources: &Sources,
        solc: &mut Solc,
        changes: &[(&str, &str)],
    ) -> Option<Arc<Build>> {
        let is_affected = |part: &&Arc<Contract>| {
            let closure = sources.closure(&part.id.file);
            changes.iter().any(|(file, _)| closure.contains(*file))
        };
        let affected: Vec<&Arc<Contract>> = self.parts.iter().filter(is_affected).collect();
        let changed = solc.contracts(sources, &affected, changes)?;
        let changed: Vec<Arc<Contract>> = changed.into_iter().map(Arc::new).collect();
        Some(with(&self.build, &changed))
    }
}
