//! The compiler's messages.

use serde_json::Value;

use crate::{
    diagnostic::{Diagnostic, Note, Severity},
    position::Place,
};

/// Reads the messages of a compilation, errors first; `text` gives the text of a source by name.
pub(crate) fn diagnostics<'a>(
    errors: &[Value],
    text: &dyn Fn(&str) -> Option<&'a str>,
) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = errors.iter().map(|error| diagnostic(error, text)).collect();
    found.sort_by_key(|diagnostic| diagnostic.severity);
    found
}

fn diagnostic<'a>(error: &Value, text: &dyn Fn(&str) -> Option<&'a str>) -> Diagnostic {
    let string = |key: &str| error.get(key).and_then(Value::as_str);
    let severity = match string("severity") {
        Some("warning") => Severity::Warning,
        Some("info") => Severity::Info,
        _ => Severity::Error,
    };
    let secondary = error
        .get("secondarySourceLocations")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    let notes = secondary.iter().map(|note| Note {
        message: note.get("message").and_then(Value::as_str).unwrap_or_default().trim().to_owned(),
        place: place(note, text),
    });
    Diagnostic {
        severity,
        code: string("errorCode").map(str::to_owned),
        kind: string("type").unwrap_or("Error").to_owned(),
        message: string("message").unwrap_or_default().trim().to_owned(),
        place: error.get("sourceLocation").and_then(|location| place(location, text)),
        notes: notes.collect(),
    }
}

/// A place in a source; nothing when solc gives none (`-1`).
fn place<'a>(location: &Value, text: &dyn Fn(&str) -> Option<&'a str>) -> Option<Place> {
    let file = location.get("file")?.as_str()?;
    let offset = |key: &str| location.get(key)?.as_u64()?.try_into().ok();
    let start: usize = offset("start")?;
    Some(Place::new(file, text(file).unwrap_or_default(), start..offset("end").unwrap_or(start)))
}
