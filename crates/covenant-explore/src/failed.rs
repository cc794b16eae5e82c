//! Why there is no report, and why one is not complete, in words.

use std::fmt;

use covenant_scenario::StageError;

use crate::graph::{ExploreError, Stopped};

/// Why there is no report.
#[derive(Debug)]
pub enum Failed {
    /// The scenario has neither `explore:` nor `properties:`.
    NothingToExplore,
    /// Its steps do not get to where exploration begins.
    Stage(Box<StageError>),
    /// The exploration itself failed.
    Explore(Box<ExploreError>),
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingToExplore => {
                formatter.write_str("the scenario has neither `explore:` nor `properties:`")
            }
            Self::Stage(error) => error.fmt(formatter),
            Self::Explore(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for Failed {}

impl From<ExploreError> for Failed {
    fn from(error: ExploreError) -> Self {
        Self::Explore(Box::new(error))
    }
}

/// Whether an exploration was cut short, and by what, in words.
impl fmt::Display for Stopped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::States => "the limit on states",
            Self::Seconds => "the limit on seconds",
            Self::Memory => "the limit on memory",
            Self::Cancelled => "the user",
        })
    }
}
