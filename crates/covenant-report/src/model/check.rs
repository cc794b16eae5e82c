//! The result of `covenant check`.

use schemars::JsonSchema;
use serde::Serialize;

use super::event::Finding;

/// The name and version of the form that `covenant check --json` writes.
pub const CHECK_SCHEMA: &str = "covenant.check/1";

/// What `covenant check` found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CheckReport {
    /// The name and version of this form.
    pub schema: String,
    /// The exit code of the command.
    pub exit_code: u8,
    /// Every file, in the order of the command.
    pub files: Vec<CheckedFile>,
}

impl CheckReport {
    /// The report of these files.
    pub fn new(files: Vec<CheckedFile>, exit_code: u8) -> Self {
        Self { schema: CHECK_SCHEMA.to_owned(), exit_code, files }
    }
}

/// A file that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CheckedFile {
    /// The file, as the user named it.
    pub file: String,
    /// Whether it can be run.
    pub valid: bool,
    /// The names of its cases.
    pub cases: Vec<String>,
    /// What is wrong with its project: why the Solidity could not be compiled, for example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What is wrong or doubtful about it.
    pub findings: Vec<Finding>,
}
