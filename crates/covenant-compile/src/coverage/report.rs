//! What was covered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::position::Position;

/// What was covered of every source of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoverageReport {
    /// The sources that have anything to cover, in the order of their paths.
    pub files: Vec<FileCoverage>,
}

/// What was covered of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileCoverage {
    /// The path as the compiler knows it, relative to the Solidity project.
    pub path: String,
    /// Functions with a body, in their order.
    pub functions: Vec<Function>,
    /// Statements that have code of their own, in their order.
    pub statements: Vec<Statement>,
    /// Branches, in their order.
    pub branches: Vec<Branch>,
}

/// A function with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name with that of its contract: `Escrow.fund`; with its parameters where several have it.
    pub name: String,
    /// Where it begins.
    pub at: Position,
    /// How often it was entered.
    pub hits: u64,
}

/// A statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Where it begins.
    pub at: Position,
    /// How often it was executed.
    pub hits: u64,
}

/// A place where execution goes one of several ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Where it begins.
    pub at: Position,
    /// What it is.
    pub kind: BranchKind,
    /// How often each way was taken, in the order of [`BranchKind::way`].
    pub taken: Vec<u64>,
}

/// What a branch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BranchKind {
    /// `if`, in Solidity or assembly.
    If,
    /// `condition ? a : b`
    Conditional,
    /// `a && b`
    And,
    /// `a || b`
    Or,
    /// `require(condition, …)`
    Require,
    /// `for`, `while` and `do … while`
    Loop,
    /// `try … catch`
    Try,
    /// `switch` in assembly.
    Switch,
}

impl BranchKind {
    /// What the way with this number means.
    #[must_use]
    pub const fn way(self, number: usize) -> &'static str {
        match (self, number) {
            (Self::If | Self::Conditional, 0) => "is true",
            (Self::If | Self::Conditional, _) => "is false",
            (Self::And, 0) => "gets beyond its left side, which is then true",
            (Self::And, _) => "ends with its left side, which is then false",
            (Self::Or, 0) => "gets beyond its left side, which is then false",
            (Self::Or, _) => "ends with its left side, which is then true",
            (Self::Require, 0) => "holds",
            (Self::Require, _) => "fails",
            (Self::Loop, 0) => "goes round",
            (Self::Loop, _) => "ends by its condition",
            (Self::Try, 0) => "succeeds",
            (Self::Try, _) => "fails into a clause",
            (Self::Switch, _) => "takes a case",
        }
    }

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::If => "if",
            Self::Conditional => "? :",
            Self::And => "&&",
            Self::Or => "||",
            Self::Require => "require",
            Self::Loop => "loop",
            Self::Try => "try",
            Self::Switch => "switch",
        }
    }
}

/// How many of some things there are, and how many of them were reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How many were reached.
    pub hit: usize,
    /// How many there are.
    pub found: usize,
}

impl Count {
    fn of(hits: impl Iterator<Item = u64>) -> Self {
        hits.fold(Self::default(), |count, hits| Self {
            hit: count.hit + usize::from(hits > 0),
            found: count.found + 1,
        })
    }
}

impl std::ops::Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { hit: self.hit + other.hit, found: self.found + other.found }
    }
}

impl FileCoverage {
    /// The lines on which statements or branches begin, each with how often the most frequent of them was executed.
    #[must_use]
    pub fn lines(&self) -> BTreeMap<u32, u64> {
        let statements = self.statements.iter().map(|statement| (statement.at.line, statement.hits));
        let branches =
            self.branches.iter().map(|branch| (branch.at.line, branch.taken.iter().sum()));
        let mut lines = BTreeMap::new();
        for (line, hits) in statements.chain(branches) {
            let most = lines.entry(line).or_default();
            *most = hits.max(*most);
        }
        lines
    }

    /// How many lines there are with statements, and how many were reached.
    #[must_use]
    pub fn count_lines(&self) -> Count {
        Count::of(self.lines().into_values())
    }

    /// How many statements there are, and how many were executed.
    #[must_use]
    pub fn count_statements(&self) -> Count {
        Count::of(self.statements.iter().map(|statement| statement.hits))
    }

    /// How many ways all branches have together, and how many were taken.
    #[must_use]
    pub fn count_branches(&self) -> Count {
        Count::of(self.branches.iter().flat_map(|branch| branch.taken.iter().copied()))
    }

    /// How many functions there are, and how many were entered.
    #[must_use]
    pub fn count_functions(&self) -> Count {
        Count::of(self.functions.iter().map(|function| function.hits))
    }
}

impl CoverageReport {
    /// The same for a kind of thing in all files together.
    #[must_use]
    pub fn total(&self, count: impl Fn(&FileCoverage) -> Count) -> Count {
        self.files.iter().map(count).fold(Count::default(), |all, one| all + one)
    }
}
