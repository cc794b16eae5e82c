//! The contracts, and their compiler, which stays in memory: starting it takes longer than most compilations.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::Arc,
};

use alloy_primitives::{Bytes, hex, keccak256};
use covenant_compile::{Code, Contract, ContractId, ImmutableRef, LibraryRef, Project};
use serde_json::{Value, json};

use crate::is_for_real;

/// Reads standard JSON, a line each, and answers with a line each.
const DRIVER: &str = r#"
const solc = require(process.argv[1]);
require("readline").createInterface({ input: process.stdin, crlfDelay: Infinity })
  .on("line", (line) => process.stdout.write(solc.compile(line) + "\n"));
"#;

/// The sources of the Solidity project with all they import, by the names that the compiler knows them by.
#[derive(Debug)]
pub struct Sources {
    /// The folder of the project.
    pub folder: PathBuf,
    texts: BTreeMap<String, String>,
    imports: BTreeMap<String, BTreeSet<String>>,
    settings: Value,
}

impl Sources {
    /// Reads the project in a folder.
    ///
    /// # Panics
    /// When it cannot be read, or an import cannot be found.
    #[must_use]
    pub fn read(folder: &Path) -> Self {
        let project = Project::open(folder).expect("the contracts are a project");
        let mut sources = Self {
            folder: folder.to_owned(),
            texts: BTreeMap::new(),
            imports: BTreeMap::new(),
            settings: settings(&project, folder),
        };
        for file in files(&folder.join("src")) {
            let unit = file.strip_prefix(folder).expect("it is in the folder");
            sources.add(unit.to_str().expect("names are UTF-8"));
        }
        sources
    }

    fn add(&mut self, unit: &str) {
        if self.texts.contains_key(unit) {
            return;
        }
        let text = fs::read_to_string(self.folder.join(unit));
        let text = text.unwrap_or_else(|error| panic!("{unit}: {error}"));
        let imported: BTreeSet<String> = imported(&text).map(|path| resolve(unit, path)).collect();
        self.texts.insert(unit.to_owned(), text);
        imported.iter().for_each(|unit| self.add(unit));
        self.imports.insert(unit.to_owned(), imported);
    }

    /// The text of a source.
    #[must_use]
    pub fn text(&self, unit: &str) -> &str {
        &self.texts[unit]
    }

    /// The project's own sources.
    pub fn own(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str).filter(|unit| unit.starts_with("src/"))
    }

    /// What identifies the code of each source that people put money behind, with the settings of the compiler. Neither
    /// comments nor layout count: they change nothing that a test could notice, and a result would be out of date at
    /// every sentence that is improved.
    #[must_use]
    pub fn codes(&self) -> BTreeMap<String, String> {
        let code = |unit: &str| format!("{}\n{}", self.settings, code_of(self.text(unit)));
        let units = self.own().filter(|unit| is_for_real(unit));
        units.map(|unit| (unit.to_owned(), hex::encode(&keccak256(code(unit))[..8]))).collect()
    }

    /// What identifies all of them.
    #[must_use]
    pub fn hash(&self) -> String {
        let codes = self.codes().into_iter().map(|(unit, code)| format!("{unit} {code}"));
        keccak256(codes.collect::<Vec<_>>().join("\n")).to_string()
    }

    /// A source with everything that it imports, itself included.
    #[must_use]
    pub fn closure(&self, unit: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![unit.to_owned()];
        while let Some(unit) = waiting.pop() {
            if !found.contains(&unit) {
                waiting.extend(self.imports[&unit].iter().cloned());
                found.insert(unit);
            }
        }
        found
    }

    /// Standard JSON for contracts, with some sources changed.
    #[must_use]
    pub fn input(&self, contracts: &[&ContractId], changed: &[(&str, &str)]) -> Value {
        let closure: BTreeSet<String> =
            contracts.iter().flat_map(|contract| self.closure(&contract.file)).collect();
        let text = |unit: &String| {
            let other = changed.iter().find(|(file, _)| file == unit);
            other.map_or_else(|| self.text(unit), |(_, text)| text)
        };
        let sources =
            closure.iter().map(|unit| (unit.as_str(), json!({ "content": text(unit) }))).collect();
        let parts = [
            "evm.bytecode.object",
            "evm.bytecode.linkReferences",
            "evm.deployedBytecode.object",
            "evm.deployedBytecode.linkReferences",
            "evm.deployedBytecode.immutableReferences",
        ];
        let mut wanted = json!({});
        for ContractId { file, name } in contracts {
            wanted[file][name] = json!(parts);
        }
        self.standard_json(sources, wanted)
    }

    /// Standard JSON for the syntax trees of all sources.
    #[must_use]
    pub fn input_for_trees(&self) -> Value {
        let sources =
            self.texts.iter().map(|(unit, text)| (unit.as_str(), json!({ "content": text })));
        self.standard_json(sources.collect(), json!({ "*": { "": ["ast"] } }))
    }

    fn standard_json(&self, sources: BTreeMap<&str, Value>, output: Value) -> Value {
        let mut settings = self.settings.clone();
        settings["outputSelection"] = output;
        json!({ "language": "Solidity", "sources": sources, "settings": settings })
    }

    /// What of the project's own sources some contracts need, and the simulations that need nothing beside that.
    #[must_use]
    pub fn needed<'a>(&'a self, contracts: &[String]) -> Vec<&'a str> {
        let is_of =
            |unit: &&str| contracts.iter().any(|name| unit.ends_with(&format!("/{name}.sol")));
        let needed: BTreeSet<String> =
            self.own().filter(is_of).flat_map(|unit| self.closure(unit)).collect();
        let adds_nothing = |unit: &str| {
            self.closure(unit).iter().all(|it| needed.contains(it) || !is_for_real(it))
        };
        self.own().filter(|unit| needed.contains(*unit) || adds_nothing(unit)).collect()
    }

    /// Writes these sources, one of them changed, to a folder, for programs that compile by themselves.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(
        &self,
        units: &[&str],
        folder: &Path,
        changed: (&str, &str),
    ) -> std::io::Result<()> {
        for unit in units.iter().copied() {
            let path = folder.join(unit);
            fs::create_dir_all(path.parent().expect("it is in a folder"))?;
            fs::write(path, if unit == changed.0 { changed.1 } else { self.text(unit) })?;
        }
        for name in ["foundry.toml", "remappings.txt", "package.json"] {
            if self.folder.join(name).is_file() {
                fs::copy(self.folder.join(name), folder.join(name))?;
            }
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(self.folder.join("node_modules"), folder.join("node_modules"))?;
        Ok(())
    }
}

/// The settings that the project is compiled with.
fn settings(project: &Project, folder: &Path) -> Value {
    let own = project.settings();
    let remappings = fs::read_to_string(folder.join("remappings.txt")).unwrap_or_default();
    let mut settings = json!({
        "remappings": remappings.lines().collect::<Vec<_>>(),
        "optimizer": { "enabled": own.optimizer, "runs": own.optimizer_runs },
        "metadata": { "bytecodeHash": own.bytecode_hash, "appendCBOR": own.cbor_metadata },
        "viaIR": own.via_ir,
    });
    if let Some(version) = &own.evm_version {
        settings["evmVersion"] = json!(version);
    }
    settings
}

/// Solidity files, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder can be read").path())
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "sol"))
        .collect();
    found.sort();
    found
}

/// A source without comments and layout.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first.is_whitespace() {
            first.len_utf8()
        } else {
            let length = if matches!(first, '"' | '\'') { quoted(rest) } else { first.len_utf8() };
            code.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        };
        // Whatever separates two words still does.
        if !code.ends_with(' ') {
            code.push(' ');
        }
        rest = &rest[length..];
    }
    code
}

/// The length of the string that a text begins with, quotes included.
fn quoted(text: &str) -> usize {
    let quote = text.as_bytes()[0];
    let mut escaped = false;
    let end = text.bytes().enumerate().skip(1).find(|(_, byte)| {
        let closes = *byte == quote && !escaped;
        escaped = *byte == b'\\' && !escaped;
        closes
    });
    end.map_or(text.len(), |(place, _)| place + 1)
}

/// The paths that a source imports.
fn imported(text: &str) -> impl Iterator<Item = &str> {
    // A statement begins on a line of its own and may go over several.
    let statements = text.split(';').filter_map(|statement| {
        let from = statement.rfind("\nimport ").map_or_else(
            || statement.starts_with("import ").then_some(0),
            |place| Some(place + 1),
        )?;
        Some(&statement[from..])
    });
    statements.filter_map(|statement| {
        let end = statement.rfind('"')?;
        let start = statement[..end].rfind('"')? + 1;
        Some(&statement[start..end])
    })
}

/// The source that an import means.
fn resolve(unit: &str, path: &str) -> String {
    if let Some(rest) = path.strip_prefix("@openzeppelin/") {
        return format!("node_modules/@openzeppelin/{rest}");
    }
    let mut parts: Vec<&str> = unit.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A compiler that stays in memory.
#[derive(Debug)]
pub struct Solc {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Solc {
    /// Starts the npm package of a project.
    ///
    /// # Panics
    /// When there is no node, or no package.
    #[must_use]
    pub fn start(folder: &Path) -> Self {
        let package = folder.join("node_modules/solc");
        assert!(package.is_dir(), "compiling the contracts needs `npm ci --prefix contracts`");
        let mut process = Command::new("node")
            .args(["-e", DRIVER, "--"])
            .arg(package)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a program `node`");
        let input = process.stdin.take().expect("it has an input");
        let output = BufReader::new(process.stdout.take().expect("it has an output"));
        Self { process, input, output }
    }

    /// Compiles.
    ///
    /// # Panics
    /// When the compiler stops.
    pub fn compile(&mut self, input: &Value) -> Value {
        writeln!(self.input, "{input}").expect("the compiler listens");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the compiler answers");
        serde_json::from_str(&line).expect("it answers with standard JSON")
    }

    /// The contract with what a change makes of its code; nothing if that does not compile.
    pub fn contract(
        &mut self,
        sources: &Sources,
        contract: &Arc<Contract>,
        changed: Option<(&str, &str)>,
    ) -> Option<Contract> {
        let changed: Vec<_> = changed.into_iter().collect();
        self.contracts(sources, &[contract], &changed)?.pop()
    }

    /// Contracts with what changes make of their code; nothing if one of them does not compile.
    pub fn contracts(
        &mut self,
        sources: &Sources,
        contracts: &[&Arc<Contract>],
        changed: &[(&str, &str)],
    ) -> Option<Vec<Contract>> {
        let ids: Vec<&ContractId> = contracts.iter().map(|contract| &contract.id).collect();
        let output = self.compile(&sources.input(&ids, changed));
        let compiled = contracts.iter().map(|contract| {
            let evm = &output["contracts"][&contract.id.file][&contract.id.name]["evm"];
            Some(Contract {
                creation: code(&evm["bytecode"])?,
                runtime: code(&evm["deployedBytecode"])?,
                ..Contract::clone(contract)
            })
        });
        compiled.collect()
    }
}

impl Drop for Solc {
    fn drop(&mut self) {
        // It is of no more use, whether it still runs or not.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Reads code with its places for libraries and immutables.
fn code(json: &Value) -> Option<Code> {
    let mut digits = json["object"].as_str()?.as_bytes().to_vec();
    let number = |json: &Value| u32::try_from(json.as_u64()?).ok();
    let mut libraries = Vec::new();
    for (file, named) in json["linkReferences"].as_object().into_iter().flatten() {
        for (name, places) in named.as_object().into_iter().flatten() {
            for place in places.as_array().into_iter().flatten() {
                let offset = number(&place["start"])?;
                let start = usize::try_from(offset).ok()? * 2;
                digits.get_mut(start..start + 40)?.fill(b'0');
                let library = ContractId { file: file.clone(), name: name.clone() };
                libraries.push(LibraryRef { library, offset });
            }
        }
    }
    let mut immutables = Vec::new();
    for places in json["immutableReferences"].as_object().into_iter().flat_map(|all| all.values()) {
        for place in places.as_array().into_iter().flatten() {
            let (offset, length) = (number(&place["start"])?, number(&place["length"])?);
            immutables.push(ImmutableRef { offset, length });
        }
    }
    libraries.sort_by_key(|place| place.offset);
    immutables.sort_by_key(|place| place.offset);
    let bytes = Bytes::from(hex::decode(digits).ok()?);
    Some(Code { bytes, libraries, immutables, source_map: String::new() })
}

/// Whether two versions of a contract do the same.
#[must_use]
pub fn is_same(one: &Contract, other: &Contract) -> bool {
    one.creation.bytes == other.creation.bytes && one.runtime.bytes == other.runtime.bytes
}

#[cfg(test)]
mod tests {
    use super::code_of;

    #[test]
    fn comments_and_layout_are_no_code() {
        let one = "// a \"b\nuint x = 1; /* c\n */\n\n  string s = \"// no \\\" comment\"; // d";
        let other = "uint x = 1;\tstring s = \"// no \\\" comment\";";
        assert_eq!(code_of(one).trim(), code_of(other).trim());
        assert_ne!(code_of("uint x = 1;"), code_of("uint x = 2;"));
        assert_ne!(code_of("uint/**/x"), code_of("uintx"));
        assert_ne!(code_of("s = \"a b\";"), code_of("s = \"a  b\";"));
    }
}
