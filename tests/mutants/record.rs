//! What a campaign found, as it is committed.

use std::{collections::BTreeMap, fs, path::Path};

use serde::{Deserialize, Serialize};

/// The result of a campaign.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// What it is about.
    pub about: String,
    /// What identifies the sources that were changed, and the settings of the compiler.
    pub sources: String,
    /// What the choice of mutants follows from.
    pub seed: u64,
    /// The code of each file, how many mutants it could have, and how many were tried.
    pub files: BTreeMap<String, FileCount>,
    /// Killed mutants in a hundred of those that are not equivalent, with two digits.
    pub score: String,
    /// How many were killed.
    pub killed: usize,
    /// How many survived and do something else than the original.
    pub survived: usize,
    /// How many survived and cannot be told from the original by any caller; each says why.
    pub equivalent: usize,
    /// How many compile to the same code as the original; they are not listed.
    pub same_code: usize,
    /// Every mutant with another code than the original, by place.
    pub mutants: Vec<Tried>,
}

/// The mutants of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileCount {
    /// What identifies its code.
    #[serde(default)]
    pub code: String,
    /// How many can be made.
    pub made: usize,
    /// How many were chosen.
    pub tried: usize,
}

/// A mutant and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tried {
    /// The function that is changed, the kind of change, and its number among these.
    pub id: String,
    /// The source.
    pub file: String,
    /// The line that the change began on when it was tried.
    pub line: u32,
    /// The kind of change.
    pub kind: String,
    /// What is there.
    pub before: String,
    /// What is there instead; nothing if it is left out.
    pub after: String,
    /// What became of it.
    pub verdict: Verdict,
    /// The test that noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub killed_by: Option<String>,
    /// How many scenarios execute the place, where none noticed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached_by: Option<usize>,
    /// Why nobody noticed, or why nobody can. Written by hand, and kept when the campaign is repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A test noticed.
    Killed,
    /// No test noticed.
    Survived,
    /// No test noticed, and none can: somebody has proved it, by hand.
    Equivalent,
}

impl Record {
    /// Reads a result; an empty one if there is none.
    ///
    /// # Panics
    /// When there is something else.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        match fs::read_to_string(path) {
            Ok(text) => serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display())),
            Err(_) => Self::default(),
        }
    }

    /// What is known of a change, if it was tried before.
    #[must_use]
    pub fn of(&self, file: &str, id: &str, (before, after): &(String, String)) -> Option<&Tried> {
        let is_it = |it: &&Tried| {
            it.id == id && it.file == file && it.before == *before && it.after == *after
        };
        self.mutants.iter().find(is_it)
    }

    /// Takes over what was written by hand about the same changes in an earlier result.
    pub fn keep(&mut self, earlier: &Self) {
        let known: BTreeMap<(&str, &str, &str), &Tried> =
            earlier.mutants.iter().map(|it| ((&*it.id, &*it.before, &*it.after), it)).collect();
        for mutant in self.mutants.iter_mut().filter(|it| it.verdict == Verdict::Survived) {
            let Some(it) = known.get(&(&*mutant.id, &*mutant.before, &*mutant.after)) else {
                continue;
            };
            mutant.why.clone_from(&it.why);
            if it.verdict == Verdict::Equivalent && it.why.is_some() {
                mutant.verdict = Verdict::Equivalent;
            }
        }
    }

    /// Counts anew.
    pub fn count(&mut self) {
        let count = |verdict| self.mutants.iter().filter(|it| it.verdict == verdict).count();
        self.killed = count(Verdict::Killed);
        self.survived = count(Verdict::Survived);
        self.equivalent = count(Verdict::Equivalent);
        let hundredths = self.hundredths();
        self.score = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    }

    /// The score in hundredths of a percent, rounded down.
    #[must_use]
    pub fn hundredths(&self) -> usize {
        let count = |verdict| self.mutants.iter().filter(|it| it.verdict == verdict).count();
        let (killed, survived) = (count(Verdict::Killed), count(Verdict::Survived));
        (killed * 10_000).checked_div(killed + survived).unwrap_or_default()
    }

    /// The result as it is committed: a line for each mutant.
    ///
    /// # Panics
    /// Never: it is plain data.
    #[must_use]
    pub fn to_json(&self) -> String {
        let lines: Vec<String> = self
            .mutants
            .iter()
            .map(|mutant| serde_json::to_string(mutant).expect("it is plain data"))
            .collect();
        let rest = Self { mutants: Vec::new(), ..self.clone() };
        let head = serde_json::to_string_pretty(&rest).expect("it is plain data");
        let list = if lines.is_empty() {
            "[]".to_owned()
        } else {
            format!("[\n    {}\n  ]", lines.join(",\n    "))
        };
        head.replace("\"mutants\": []", &format!("\"mutants\": {list}")) + "\n"
    }
}
