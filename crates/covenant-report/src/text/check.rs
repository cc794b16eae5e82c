//! The result of checking files.

use crate::{
    escape::escape,
    model::{CheckReport, CheckedFile, FindingSeverity},
    style::{Colour, Paint},
};

/// One line for each file, and the counts.
pub fn check(report: &CheckReport, colour: Colour) -> String {
    let mut out: String = report.files.iter().map(|file| line(file, colour)).collect();
    let valid = report.files.iter().filter(|file| file.valid).count();
    let invalid = report.files.len() - valid;
    let plural = if report.files.len() == 1 { "" } else { "s" };
    let rest = if invalid == 0 { String::new() } else { format!(", {invalid} invalid") };
    let counts = format!("{} file{plural}: {valid} valid{rest}", report.files.len());
    out.push_str(&colour.paint(if invalid == 0 { Paint::Good } else { Paint::Bad }, counts));
    out.push('\n');
    out
}

fn line(file: &CheckedFile, colour: Colour) -> String {
    let of = |severity| file.findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (of(FindingSeverity::Error), of(FindingSeverity::Warning));
    let (word, paint) = if file.valid { ("ok", Paint::Good) } else { ("INVALID", Paint::Bad) };
    let mut notes = Vec::new();
    for (count, name) in [(file.cases.len(), "case"), (errors, "error"), (warnings, "warning")] {
        if count > 0 {
            notes.push(format!("{count} {name}{}", if count == 1 { "" } else { "s" }));
        }
    }
    notes.extend(file.error.iter().map(|_| "its project cannot be built".to_owned()));
    let notes = if notes.is_empty() { String::new() } else { format!("  {}", notes.join(", ")) };
    format!(
        "{}  {}{}\n",
        colour.paint(paint, word),
        escape(&file.file),
        colour.paint(Paint::Faint, notes)
    )
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::{
        model::{CheckReport, CheckedFile},
        samples,
        style::Colour,
    };

    #[test]
    fn says_what_is_valid() {
        let invalid = samples::invalid();
        let good = CheckedFile {
            file: "lease.yaml".to_owned(),
            valid: true,
            cases: vec!["early".to_owned(), "late".to_owned()],
            error: None,
            findings: Vec::new(),
        };
        let bad = CheckedFile {
            file: invalid.file,
            valid: false,
            cases: Vec::new(),
            error: None,
            findings: invalid.findings,
        };
        assert_eq!(
            check(&CheckReport::new(vec![good, bad], 2), Colour::Plain),
            "ok  lease.yaml  2 cases\nINVALID  broken <1>.yaml  1 error\n2 files: 1 valid, 1 invalid\n"
        );
    }
}
