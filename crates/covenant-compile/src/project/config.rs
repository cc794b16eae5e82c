//! Reading TOML with errors that say file, line and column.

use std::{fs, ops::Range, path::Path};

use serde::de::DeserializeOwned;

use crate::{
    error::{CompileError, ConfigError},
    position::Place,
};

/// A configuration file and its text, for errors that point into it.
#[derive(Debug)]
pub(super) struct ConfigFile<'a> {
    path: &'a Path,
    text: String,
}

impl<'a> ConfigFile<'a> {
    /// Reads the file.
    pub(super) fn read(path: &'a Path) -> Result<Self, CompileError> {
        let bytes = fs::read(path).map_err(CompileError::reading(path))?;
        let text = String::from_utf8(bytes).map_err(|_| ConfigError {
            path: path.to_owned(),
            place: None,
            message: "not a text file: it is not valid UTF-8".into(),
        })?;
        Ok(Self { path, text })
    }

    /// The text of the file.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Parses the file as TOML of the given shape.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, CompileError> {
        toml::from_str(&self.text)
            .map_err(|error| self.error(error.span(), error.message().to_owned()))
    }

    /// An error at a byte range of the file.
    pub(super) fn error(&self, bytes: Option<Range<usize>>, message: String) -> CompileError {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let place = bytes.map(|bytes| Place::new(name, &self.text, bytes));
        ConfigError { path: self.path.to_owned(), place, message }.into()
    }
}
