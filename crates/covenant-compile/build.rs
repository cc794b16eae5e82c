//! Embeds the bundled contracts: their sources and their committed artifacts, read from the repository.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

/// The folder of the bundled contracts, relative to this crate.
const CONTRACTS: &str = "../../contracts";

/// What a copy of the project needs besides sources.
const PROJECT_FILES: [&str; 4] =
    ["foundry.toml", "remappings.txt", "package.json", "package-lock.json"];

fn main() -> io::Result<()> {
    // Cargo tells build scripts where things are by environment variables.
    #[expect(
        clippy::disallowed_methods,
        reason = "a build script has no other way to learn where it is"
    )]
    let variable = |name: &str| env::var(name).map(PathBuf::from).map_err(io::Error::other);
    let contracts = variable("CARGO_MANIFEST_DIR")?.join(CONTRACTS);
    let mut sources = Vec::new();
    for name in PROJECT_FILES {
        let path = contracts.join(name);
        if path.is_file() {
            watch(&path);
            sources.push((name.to_owned(), path));
        }
    }
    gather(&contracts.join("src"), "src", "sol", &mut sources)?;
    let mut artifacts = Vec::new();
    gather(&contracts.join("artifacts"), "", "json", &mut artifacts)?;
    let text = table("SOURCES", &sources) + &table("ARTIFACTS", &artifacts);
    fs::write(variable("OUT_DIR")?.join("bundled.rs"), text)
}

/// Lists the files with an ending in a folder and the folders within; a folder that is absent has none.
fn gather(
    folder: &Path,
    name: &str,
    ending: &str,
    files: &mut Vec<(String, PathBuf)>,
) -> io::Result<()> {
    // Cargo looks into watched folders by itself, and looks again each time when a watched folder is absent.
    watch(folder);
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(last) = path.file_name().and_then(|last| last.to_str()) else { continue };
        let inner = if name.is_empty() { last.to_owned() } else { format!("{name}/{last}") };
        if path.is_dir() {
            gather(&path, &inner, ending, files)?;
        } else if path.extension().is_some_and(|extension| extension == ending) {
            files.push((inner, path));
        }
    }
    Ok(())
}

/// Has the script run again when a file or folder changes, or comes to be.
fn watch(path: &Path) {
    println!("cargo:rerun-if-changed={}", path.display());
}

/// A sorted table of file names and texts.
fn table(name: &str, files: &[(String, PathBuf)]) -> String {
    let mut sorted = files.to_vec();
    sorted.sort();
    let mut text = format!("static {name}: &[(&str, &str)] = &[\n");
    for (file, path) in sorted {
        writeln!(text, "    ({file:?}, include_str!({path:?})),")
            .expect("writing to a string cannot fail");
    }
    text + "];\n"
}
