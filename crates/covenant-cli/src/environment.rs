//! Everything that is read from the environment.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

use covenant_compile::{BuildOptions, Surroundings};
use covenant_live::keys::{KeyringOptions, Password};
use etcetera::BaseStrategy;
use jiff::Timestamp;

use crate::args::CompileArgs;

/// Where GitHub Actions wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GitHub {
    /// The file that the summary of the step is added to.
    pub(crate) summary: Option<PathBuf>,
    /// The working folder seen from the root of the repository: empty, or ending with `/`.
    pub(crate) folder: String,
}

/// A variable, unless it is unset or empty.
fn variable(name: &str) -> Option<OsString> {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    env::var_os(name).filter(|value| !value.is_empty())
}

/// Where GitHub Actions wants to be told; nothing outside of it.
pub(crate) fn github() -> Option<GitHub> {
    if variable("GITHUB_ACTIONS")? != "true" {
        return None;
    }
    let workspace = variable("GITHUB_WORKSPACE").map(PathBuf::from);
    Some(GitHub {
        summary: variable("GITHUB_STEP_SUMMARY").map(PathBuf::from),
        folder: workspace.map_or(String::new(), |workspace| {
            folder(&env::current_dir().unwrap_or_default(), &workspace)
        }),
    })
}

/// The working folder seen from the root of the repository.
fn folder(working: &Path, root: &Path) -> String {
    let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    match canonical(working).strip_prefix(canonical(root)) {
        Ok(inner) if !inner.as_os_str().is_empty() => format!("{}/", covenant_report::shown(inner)),
        _ => String::new(),
    }
}

/// How many bytes of memory this process uses, where the system tells.
pub(crate) fn memory_used() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// The folder for what can be made again: `COVENANT_CACHE`, else what the system has for caches.
pub(crate) fn cache() -> PathBuf {
    if let Some(folder) = variable("COVENANT_CACHE") {
        return folder.into();
    }
    match etcetera::choose_base_strategy() {
        Ok(strategy) => strategy.cache_dir().join("covenant"),
        // Nobody's home: an account without one, as in some containers.
        Err(_) => PathBuf::from(".covenant/cache"),
    }
}

/// Where keys are: in `COVENANT_KEYS`, else in what the system has for a user's data; and where Foundry has them.
pub(crate) fn keyring() -> KeyringOptions {
    let folder = variable("COVENANT_KEYS").map(PathBuf::from).unwrap_or_else(|| {
        match etcetera::choose_base_strategy() {
            Ok(strategy) => strategy.data_dir().join("covenant").join("keys"),
            Err(_) => PathBuf::from(".covenant/keys"),
        }
    });
    let foundry = etcetera::home_dir().ok().map(|home| home.join(".foundry/keystores"));
    KeyringOptions { folder, foundry, clock: Timestamp::now }
}

/// The file of a password that `ETH_PASSWORD` names, as for other tools.
pub(crate) fn password_file() -> Option<PathBuf> {
    variable("ETH_PASSWORD").map(PathBuf::from)
}

/// Where the locks of accounts are: every process of this user that sends for an account finds them there.
pub(crate) fn locks() -> PathBuf {
    keyring().folder.with_file_name("locks")
}

/// A part of a node's address that covenant.toml names.
pub(crate) fn address_part(name: &str) -> Option<String> {
    variable(name).and_then(|value| value.into_string().ok())
}

/// The private key in a variable that covenant.toml names. The system's own copy of it stays where it is.
pub(crate) fn private_key(name: &str) -> Option<Password> {
    variable(name).map(|value| Password::new(value.into_string().unwrap_or_default()))
}

/// How Solidity is compiled here.
pub(crate) fn build_options(args: &CompileArgs) -> BuildOptions {
    BuildOptions {
        solc: args.solc.clone(),
        artifacts: args.artifacts.clone(),
        store: cache(),
        offline: args.offline,
        force: false,
        surroundings: Surroundings {
            path: variable("PATH"),
            home: etcetera::home_dir().ok(),
            data_home: variable("XDG_DATA_HOME").map(PathBuf::from),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn finds_the_folder_in_the_repository() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("packages/lease");
        std::fs::create_dir_all(&inner).unwrap();
        assert_eq!(folder(&inner, root.path()), "packages/lease/");
        assert_eq!(folder(root.path(), root.path()), "");
        assert_eq!(folder(root.path(), &inner), "");
    }
}
