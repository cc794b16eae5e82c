//! What is said of a scenario, and by whom.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use alloy_primitives::U256;
use serde::Deserialize;

use crate::binary::root;

/// What is said of a property; how sure an explorer is that its inputs were exhausted is another question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Holds,
    Fails,
    /// Exploration ended at a limit.
    Bounded,
}

/// Everything of a state that decides what can be done in it, amounts aside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Control {
    /// What each contract that has a view `status()` says, by name.
    pub(crate) status: Vec<(String, U256)>,
    /// Who succeeds with which move.
    pub(crate) succeeds: BTreeSet<String>,
}

/// What an explorer says of a scenario.
#[derive(Clone, Debug)]
pub(crate) struct Answers {
    /// By property, as written.
    pub(crate) verdicts: BTreeMap<String, Class>,
    /// How many units of time an exit takes at worst, by property, for `exit(…) alone` that hold.
    pub(crate) slowest: BTreeMap<String, u64>,
    /// All states that can be reached, as far as control goes. `None` for an explorer that does not say.
    pub(crate) control: Option<BTreeSet<Control>>,
    /// How many states it visited.
    pub(crate) states: usize,
}

/// What must be said of a scenario.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    /// Why.
    pub(super) why: String,
    #[serde(default)]
    holds: Vec<String>,
    #[serde(default)]
    fails: Vec<String>,
    #[serde(default)]
    bounded: Vec<String>,
}

impl Expected {
    pub(super) fn verdicts(&self) -> BTreeMap<String, Class> {
        let classes = [
            (&self.holds, Class::Holds),
            (&self.fails, Class::Fails),
            (&self.bounded, Class::Bounded),
        ];
        let all = classes.into_iter().flat_map(|(properties, class)| {
            properties.iter().map(move |property| (property.clone(), class))
        });
        all.collect()
    }
}

/// What must be said of the whole family, by the name of the file.
pub(super) fn expected() -> BTreeMap<String, Expected> {
    let path = root().join("tests/golden/explore/family.toml");
    let text = fs::read_to_string(&path).expect("the golden file is there");
    toml::from_str(&text).expect("the golden file says of each file what holds and what fails")
}

/// Where two explorers, or an explorer and what is expected of it, differ.
pub(super) fn differences(
    file: &str,
    found: &BTreeMap<String, Class>,
    wanted: &BTreeMap<String, Class>,
) -> Vec<String> {
    let properties: BTreeSet<&String> = found.keys().chain(wanted.keys()).collect();
    properties
        .into_iter()
        .filter(|property| found.get(*property) != wanted.get(*property))
        .map(|property| {
            let said = |map: &BTreeMap<String, Class>| {
                map.get(property).map_or_else(|| "nothing".to_owned(), |class| format!("{class:?}"))
            };
            format!("{file}: {property}: {}, not {}", said(found), said(wanted))
        })
        .collect()
}
