//! Finds a compiler, in a fixed order, and says which it took.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use semver::Version;

use super::{npm, run::native_version, version};
use crate::{
    digest::sha256,
    error::{Attempt, CompileError, NoCompiler},
    options::{BuildOptions, OnProgress, Progress, Surroundings},
    project::{Project, WantedCompiler},
    sources::SourceSet,
};

/// A compiler that can be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiler {
    /// The release it is.
    pub version: Version,
    /// The program, or the folder of the npm package.
    pub path: PathBuf,
    /// How it is run.
    pub kind: CompilerKind,
}

/// How a compiler is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompilerKind {
    /// A program of the operating system.
    Native,
    /// The npm package `solc`, run by Node.js.
    Npm {
        /// The program `node`.
        node: PathBuf,
    },
}

impl fmt::Display for Compiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            CompilerKind::Native => write!(f, "solc {} at {}", self.version, self.path.display()),
            CompilerKind::Npm { .. } => {
                write!(f, "solc {} (npm package at {})", self.version, self.path.display())
            }
        }
    }
}

/// Which compiler a project gets, and how that came about.
#[derive(Clone, Debug)]
pub struct CompilerReport {
    /// The version.
    pub version: Version,
    /// Who chose the version: `solc in foundry.toml`.
    pub chosen_by: String,
    /// The compiler that is taken, unless it would have to be fetched first.
    pub taken: Option<Compiler>,
    /// Every place that was looked at before.
    pub tried: Vec<Attempt>,
}

/// The version a project needs, and the exact compiler where the user named one.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) version: Version,
    pub(crate) chosen_by: String,
    named: Option<Compiler>,
}

/// Whether a missing compiler may be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fetch {
    Allowed,
    No,
}

/// Decides on the version. Starts no process, except for a native compiler that the user named and that was not
/// asked for its version before.
pub(crate) fn wanted(
    project: &Project,
    sources: &SourceSet,
    options: &BuildOptions,
) -> Result<Wanted, CompileError> {
    let configured = match (&options.solc, &project.settings().compiler) {
        (Some(path), _) => Some((WantedCompiler::Path(path.clone()), "named by --solc")),
        (None, Some(compiler)) => {
            Some((compiler.clone(), "named by `solc` in the project's configuration"))
        }
        (None, None) => None,
    };
    let wanted = match configured {
        Some((WantedCompiler::Path(path), by)) => {
            let compiler = named(&path, options)?;
            Wanted {
                version: compiler.version.clone(),
                chosen_by: by.into(),
                named: Some(compiler),
            }
        }
        Some((WantedCompiler::Version(version), by)) => {
            Wanted { version, chosen_by: by.into(), named: None }
        }
        None => {
            let version = version::choose(sources, &installed(project, options))?;
            let by = if version == version::PINNED {
                "the default"
            } else {
                "chosen by the sources' pragmas"
            };
            return Ok(Wanted { version, chosen_by: by.into(), named: None });
        }
    };
    version::check(sources, &wanted.version, &wanted.chosen_by)?;
    Ok(wanted)
}

/// Finds a compiler of the wanted version, in the documented order.
pub(crate) fn find(
    project: &Project,
    wanted: &Wanted,
    options: &BuildOptions,
    fetch: Fetch,
    progress: OnProgress<'_>,
) -> Result<CompilerReport, CompileError> {
    let mut search = Search { wanted: &wanted.version, options, tried: Vec::new() };
    let taken = match &wanted.named {
        Some(compiler) => Some(compiler.clone()),
        None => search.installed(project).or_else(|| search.fetched(fetch, progress)),
    };
    if taken.is_none() && fetch == Fetch::Allowed {
        let error = NoCompiler { wanted: wanted.version.clone(), tried: search.tried };
        return Err(CompileError::NoCompiler(Box::new(error)));
    }
    let Search { tried, .. } = search;
    Ok(CompilerReport {
        version: wanted.version.clone(),
        chosen_by: wanted.chosen_by.clone(),
        taken,
        tried,
    })
}

/// A search for one version.
struct Search<'a> {
    wanted: &'a Version,
    options: &'a BuildOptions,
    tried: Vec<Attempt>,
}

impl Search<'_> {
    fn note(&mut self, place: impl Into<String>, result: impl Into<String>) {
        self.tried.push(Attempt { place: place.into(), result: result.into() });
    }

    /// Looks where compilers are on the machine.
    fn installed(&mut self, project: &Project) -> Option<Compiler> {
        self.on_path().or_else(|| self.in_svm()).or_else(|| self.in_npm(project))
    }

    fn on_path(&mut self) -> Option<Compiler> {
        let Some(path) = on_path("solc", &self.options.surroundings) else {
            self.note("solc on PATH", "not found");
            return None;
        };
        match probed_version(&path, &self.options.store) {
            Ok(version) if version == *self.wanted => Some(native(path, version)),
            Ok(version) => {
                self.note("solc on PATH", format!("{} is version {version}", path.display()));
                None
            }
            Err(error) => {
                self.note("solc on PATH", error.to_string());
                None
            }
        }
    }

    fn in_svm(&mut self) -> Option<Compiler> {
        for folder in svm_folders(&self.options.surroundings) {
            let path = folder.join(self.wanted.to_string()).join(format!("solc-{}", self.wanted));
            if path.is_file() {
                return Some(native(path, self.wanted.clone()));
            }
            self.note(
                format!("svm folder {}", folder.display()),
                format!("no version {}", self.wanted),
            );
        }
        None
    }

    fn in_npm(&mut self, project: &Project) -> Option<Compiler> {
        let in_project = npm::of_project(project.contracts_root());
        let in_store = npm::of_store(&self.options.store, self.wanted);
        match in_project {
            Some((folder, version)) if version == *self.wanted => return self.with_node(folder),
            Some((folder, version)) => {
                self.note(
                    "npm package of the project",
                    format!("{} is version {version}", folder.display()),
                );
            }
            None => self.note("npm package of the project", "not installed"),
        }
        match in_store {
            Some(folder) => self.with_node(folder),
            None => {
                self.note("npm package in Covenant's cache", "not installed");
                None
            }
        }
    }

    /// An npm package can be run if there is a `node`.
    fn with_node(&mut self, folder: PathBuf) -> Option<Compiler> {
        let Some(node) = on_path("node", &self.options.surroundings) else {
            self.note(
                folder.display().to_string(),
                "`node` is not on PATH, which the npm package needs",
            );
            return None;
        };
        Some(Compiler {
            version: self.wanted.clone(),
            path: folder,
            kind: CompilerKind::Npm { node },
        })
    }

    /// Fetches a compiler: from npm, else a native one.
    fn fetched(&mut self, fetch: Fetch, progress: OnProgress<'_>) -> Option<Compiler> {
        if fetch == Fetch::No {
            return None;
        }
        if self.options.offline {
            self.note("npm and native download", "not tried: offline");
            return None;
        }
        self.fetched_from_npm(progress).or_else(|| self.fetched_native(progress))
    }

    fn fetched_from_npm(&mut self, progress: OnProgress<'_>) -> Option<Compiler> {
        let programs = |name| on_path(name, &self.options.surroundings);
        let (Some(node), Some(npm)) = (programs("node"), programs("npm")) else {
            self.note("npm", "`node` and `npm` are not both on PATH");
            return None;
        };
        match npm::install(&npm, self.wanted, self.options, progress) {
            Ok(folder) => Some(Compiler {
                version: self.wanted.clone(),
                path: folder,
                kind: CompilerKind::Npm { node },
            }),
            Err(why) => {
                self.note("npm", why);
                None
            }
        }
    }

    /// Downloads a native compiler into the folder that svm and Foundry share.
    fn fetched_native(&mut self, progress: OnProgress<'_>) -> Option<Compiler> {
        progress(Progress::DownloadingNative { version: self.wanted.clone() });
        match svm::blocking_install(self.wanted) {
            Ok(path) => Some(native(path, self.wanted.clone())),
            Err(error) => {
                self.note("native download", error.to_string());
                None
            }
        }
    }
}

const fn native(path: PathBuf, version: Version) -> Compiler {
    Compiler { version, path, kind: CompilerKind::Native }
}

/// The compiler a user named: a program, or the npm package.
fn named(path: &Path, options: &BuildOptions) -> Result<Compiler, CompileError> {
    // A bare name such as `solc` is looked up like the shell does.
    let path = match path.to_str() {
        Some(name) if !path.exists() && !name.contains(['/', '\\']) => {
            on_path(name, &options.surroundings).unwrap_or_else(|| path.to_owned())
        }
        _ => path.to_owned(),
    };
    let is_script = path.extension().is_some_and(|extension| extension == "js");
    if path.is_dir() || is_script {
        let (folder, version) =
            npm::package_folder(&path).ok_or_else(|| CompileError::UnusableCompiler {
                path: path.clone(),
                why: "it is not a program, nor the folder of the npm package `solc`".into(),
            })?;
        let node = on_path("node", &options.surroundings).ok_or_else(npm::no_node)?;
        return Ok(Compiler { version, path: folder, kind: CompilerKind::Npm { node } });
    }
    if !path.is_file() {
        return Err(CompileError::UnusableCompiler { path, why: "there is no such file".into() });
    }
    let version = probed_version(&path, &options.store)?;
    Ok(native(path, version))
}

/// Every version that could be used without fetching anything.
fn installed(project: &Project, options: &BuildOptions) -> Vec<Version> {
    let mut versions = npm::versions_in_store(&options.store);
    versions.extend(npm::of_project(project.contracts_root()).map(|(_, version)| version));
    for folder in svm_folders(&options.surroundings) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().into_string().unwrap_or_default();
            versions.extend(Version::parse(&name).ok().filter(|version| version.pre.is_empty()));
        }
    }
    versions.extend(
        on_path("solc", &options.surroundings)
            .and_then(|path| probed_version(&path, &options.store).ok()),
    );
    versions
}

/// The version of a native compiler. It is asked once; the answer is kept in the store with the size and the time
/// of change of the file, so that a warm start runs nothing.
fn probed_version(path: &Path, store: &Path) -> Result<Version, CompileError> {
    let Some(note) = probe_note(path, store) else { return Ok(native_version(path)?.1) };
    if let Some(version) =
        fs::read_to_string(&note).ok().and_then(|text| Version::parse(text.trim()).ok())
    {
        return Ok(version);
    }
    let (_, version) = native_version(path)?;
    // A store that cannot be written only costs the time to ask again.
    drop(crate::store::write_atomically(&note, version.to_string().as_bytes()));
    Ok(version)
}

/// Where the version of a program is noted.
fn probe_note(path: &Path, store: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    let metadata = fs::metadata(&path).ok()?;
    let changed = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_nanos();
    let identity = format!("{}\n{}\n{changed}", path.display(), metadata.len());
    Some(store.join("compilers").join(sha256(identity.as_bytes())))
}

/// The folders in which svm and Foundry keep compilers.
fn svm_folders(surroundings: &Surroundings) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    folders.extend(surroundings.home.as_ref().map(|home| home.join(".svm")));
    folders.extend(surroundings.data_home.as_ref().map(|data| data.join("svm")));
    if let Some(home) = &surroundings.home {
        folders.push(home.join(".local").join("share").join("svm"));
        folders.push(home.join("Library").join("Application Support").join("svm"));
    }
    let mut seen = Vec::new();
    folders.retain(|folder| {
        folder.is_dir() && !seen.contains(folder) && {
            seen.push(folder.clone());
            true
        }
    });
    folders
}

/// Finds a program as a shell would.
pub(crate) fn on_path(name: &str, surroundings: &Surroundings) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    let path = surroundings.path.as_ref()?;
    std::env::split_paths(path)
        .flat_map(|folder| endings.iter().map(move |ending| folder.join(format!("{name}{ending}"))))
        .find(|candidate| is_program(candidate))
}

/// Whether a file can be run.
fn is_program(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path)
            .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    {
        path.is_file()
    }
}

/// The version that committed artifacts of this version are measured against: what the project names, or the
/// recorded one where every source accepts it. Nothing when that cannot be known on this machine.
pub(crate) fn wanted_of_record(
    project: &Project,
    sources: &SourceSet,
    options: &BuildOptions,
    recorded: &Version,
) -> Option<Version> {
    let open = options.solc.is_none() && project.settings().compiler.is_none();
    if open && version::check(sources, recorded, "recorded").is_ok() {
        return Some(recorded.clone());
    }
    wanted(project, sources, options).ok().map(|wanted| wanted.version)
}
