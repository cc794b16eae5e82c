//! How much is told.

use crate::style::Colour;

/// How much is told: 0 is the default, each `-v` adds one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Verbosity(pub u8);

impl Verbosity {
    /// `-v`: events, returned values and the transactions that set the scene.
    pub const EVENTS: Self = Self(1);
    /// `-vv`: what `console.log` printed.
    pub const CONSOLE: Self = Self(2);
    /// `-vvv`: the call traces of transactions that did not succeed.
    pub const FAILED_TRACES: Self = Self(3);
    /// `-vvvv`: every call trace.
    pub const TRACES: Self = Self(4);
    /// `-vvvvv`: storage changes in call traces.
    pub const STORAGE: Self = Self(5);
}

/// What is shown of a scenario whose expectations held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One line.
    Line,
    /// The timeline.
    Timeline,
    /// The timeline of a run that has not come to its end yet.
    SoFar,
}

/// How a report is written.
#[derive(Clone, Copy, Debug)]
pub struct TextOptions {
    /// How much is told.
    pub verbosity: Verbosity,
    /// With or without colour.
    pub colour: Colour,
    /// What is shown of a scenario whose expectations held.
    pub layout: Layout,
}
