//! Files into memory, with a clear word about those that cannot be a scenario.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
};

use super::{
    diagnostic::{Diagnostic, Severity},
    text::{FileId, Sources, Span},
};

/// Most bytes of a scenario file.
pub const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

impl Sources {
    /// Reads a file and adds it; never reads more than [`MAX_FILE_BYTES`].
    ///
    /// # Errors
    /// When the file cannot be read, is too large, is empty, is binary or is not UTF-8. The finding has a place only where the
    /// file is text up to there.
    pub fn read(&mut self, path: &Path) -> Result<FileId, Box<Diagnostic>> {
        let bytes = read_capped(path)?;
        self.add_bytes(path, bytes)
    }

    /// Adds a file whose bytes are at hand.
    ///
    /// # Errors
    /// As [`Self::read`], but for what only a file system can get wrong.
    pub fn add_bytes(&mut self, path: &Path, bytes: Vec<u8>) -> Result<FileId, Box<Diagnostic>> {
        let shown = path.display();
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(too_large(path, bytes.len() as u64));
        }
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            let wrong =
                unplaced(format!("`{shown}` is UTF-16 text; a scenario file has to be UTF-8"));
            return Err(Box::new(wrong.hint("save it again as UTF-8")));
        }
        if bytes.contains(&0) {
            return Err(Box::new(unplaced(format!(
                "`{shown}` is a binary file, not a scenario: it contains zero bytes"
            ))));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(self.add(path, text)),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let file = self.add(path, text);
                let start = u32::try_from(valid).unwrap_or(u32::MAX);
                let span = Span { file, start, end: start.saturating_add(3) };
                Err(Box::new(
                    Diagnostic::error(span, "this byte is not UTF-8 text")
                        .hint("save the file again as UTF-8"),
                ))
            }
        }
    }
}

/// Reads a file, but no more of it than it takes to see that it is too large.
fn read_capped(path: &Path) -> Result<Vec<u8>, Box<Diagnostic>> {
    let cannot = |error: &io::Error| {
        Box::new(unplaced(format!("cannot read `{}`: {}", path.display(), reason(error))))
    };
    let mut file = File::open(path).map_err(|error| cannot(&error))?;
    let metadata = file.metadata().map_err(|error| cannot(&error))?;
    if metadata.is_dir() {
        return Err(Box::new(unplaced(format!("`{}` is a folder, not a file", path.display()))));
    }
    if metadata.len() > MAX_FILE_BYTES {
        return Err(too_large(path, metadata.len()));
    }
    let mut bytes = Vec::new();
    // A pipe has no length of its own, so the cap holds here as well.
    (&mut file).take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| cannot(&error))?;
    Ok(bytes)
}

/// The words of the operating system without its error number, which differs between systems.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

fn too_large(path: &Path, bytes: u64) -> Box<Diagnostic> {
    let size = if bytes > MAX_FILE_BYTES + 1 {
        format!("is {} MB", bytes.div_ceil(1_000_000))
    } else {
        "is too large".to_owned()
    };
    let wrong = format!("`{}` {size}; a scenario file may have at most 4 MiB", path.display());
    Box::new(unplaced(wrong).hint("split it, and take the parts in with `include`"))
}

const fn unplaced(message: String) -> Diagnostic {
    Diagnostic { severity: Severity::Error, message, span: None, hint: None, related: Vec::new() }
}
