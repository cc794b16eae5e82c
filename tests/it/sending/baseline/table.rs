//! The committed table of deaths, and what the README says of it.

use std::{collections::BTreeMap, fs, path::PathBuf};

use super::{
    death::{Death, Window},
    tool::Tool,
};
use crate::binary::root;

/// All deaths that were measured.
#[derive(Debug)]
pub(super) struct Table(BTreeMap<Tool, Vec<Death>>);

impl Table {
    pub(super) fn read() -> Self {
        let bytes = fs::read(file()).expect("the table is committed");
        Self(serde_json::from_slice(&bytes).expect("the table is whole"))
    }

    /// Notes what was measured of a program, instead of what was known.
    pub(super) fn write(tool: Tool, deaths: Vec<Death>) {
        let Self(mut all) = Self::read();
        all.insert(tool, deaths);
        let text = serde_json::to_string_pretty(&all).expect("the table can be written");
        fs::write(file(), text + "\n").expect("the table can be written");
    }

    pub(super) fn deaths(&self, tool: Tool) -> &[Death] {
        self.0.get(&tool).map(Vec::as_slice).unwrap_or_default()
    }

    #[track_caller]
    pub(super) fn death(&self, tool: Tool, window: Window, transaction: u64) -> &Death {
        let mut deaths = self.deaths(tool).iter();
        let found = deaths.find(|it| (it.window, it.transaction) == (window, transaction));
        found.unwrap_or_else(|| panic!("{}: no death {window:?} {transaction}", tool.name()))
    }

    /// What the README says is what was measured.
    pub(super) fn is_in_the_readme(&self) {
        let readme = fs::read_to_string(root().join("crates/covenant-live/README.md"))
            .expect("the crate has a README");
        for (tool, deaths) in &self.0 {
            let line = line(*tool, deaths);
            assert!(readme.contains(&line), "the README of covenant-live should have\n{line}");
        }
    }
}

/// A program's line: deaths; resumed; also resumed at the second attempt; by outcome, those that were not.
fn line(tool: Tool, deaths: &[Death]) -> String {
    let count = |holds: &dyn Fn(&Death) -> bool| deaths.iter().filter(|it| holds(it)).count();
    let resumed = count(&|it| it.is_resumed(1));
    let later = count(&|it| it.is_resumed(2)) - resumed;
    let silent = count(&|it| it.is_whole() && !it.says_so(2));
    let missing = count(&|it| !it.is_whole() && !it.says_so(2));
    let wrong = count(&|it| it.says_so(2) && !it.is_resumed(2));
    format!(
        "| `{}` | {} | {resumed} | {later} | {silent} | {missing} | {wrong} |",
        tool.name(),
        deaths.len()
    )
}

fn file() -> PathBuf {
    root().join("tests/golden/resumes.json")
}
