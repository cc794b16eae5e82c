//! Lines: a record, or several that became durable together, and a checksum that depends on every byte of the file up to
//! there.

use alloy_primitives::hex;
use sha2::{Digest, Sha256};

use super::record::Record;

const HEAD: &str = r#"{"sum":""#;
const MIDDLE: &str = r#"","record":"#;
const TAIL: &str = "}";
const SUM_DIGITS: usize = 32;

/// The checksum of a line, and by way of it of all lines before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum([u8; SUM_DIGITS / 2]);

impl Sum {
    fn after(self, record: &str) -> Self {
        let digest = Sha256::new().chain_update(self.0).chain_update(record.as_bytes()).finalize();
        let mut sum = Self::default();
        sum.0.copy_from_slice(&digest[..SUM_DIGITS / 2]);
        sum
    }
}

/// Records as a line without its newline, and the sum that the next line continues.
pub(super) fn encode(records: &[Record], before: Sum) -> (String, Sum) {
    let record = match records {
        [record] => serde_json::to_string(record),
        several => serde_json::to_string(several),
    };
    let record = record.expect("a record can be written as JSON");
    let sum = before.after(&record);
    (format!("{HEAD}{}{MIDDLE}{record}{TAIL}", hex::encode(sum.0)), sum)
}

/// The records of a line without its newline, and the sum that the next line continues.
///
/// Only what [`encode`] writes is read: every byte is either fixed or under the sum.
pub(super) fn decode(line: &[u8], before: Sum) -> Result<(Vec<Record>, Sum), String> {
    let (sum, record) = split(line).ok_or("it does not have the form of a journal's line")?;
    let expected = before.after(record);
    if sum != hex::encode(expected.0) {
        return Err("its checksum is not that of its content and the lines before".to_owned());
    }
    let several = record.starts_with('[');
    let records = if several {
        serde_json::from_str(record)
    } else {
        serde_json::from_str(record).map(|record| vec![record])
    };
    let records: Vec<Record> =
        records.map_err(|error| format!("this program does not know such a record: {error}"))?;
    if several && records.len() < 2 {
        return Err("it has the form of several records and is not".to_owned());
    }
    Ok((records, expected))
}

/// Checksum and content of a line.
fn split(line: &[u8]) -> Option<(&str, &str)> {
    let text = std::str::from_utf8(line).ok()?;
    let rest = text.strip_prefix(HEAD)?;
    let (sum, rest) = rest.split_at_checked(SUM_DIGITS)?;
    Some((sum, rest.strip_prefix(MIDDLE)?.strip_suffix(TAIL)?))
}

/// What the end of a file is, after its last newline.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing.
    Clean,
    /// A whole line that lacks only its newline.
    Whole,
    /// The beginning of a line: whoever wrote it died, before anything was done because of it.
    Torn,
    /// A whole line with something after it, which no crash leaves.
    Damaged,
}

/// Says what the end of a file is.
pub(super) fn end(bytes: &[u8], before: Sum) -> End {
    if bytes.is_empty() {
        return End::Clean;
    }
    if decode(bytes, before).is_ok() {
        return End::Whole;
    }
    // A line's JSON ends with its last byte, so a whole line inside of these bytes ends where the first value does.
    let mut values =
        serde_json::Deserializer::from_slice(bytes).into_iter::<serde::de::IgnoredAny>();
    let whole = values.next().is_some_and(|value| value.is_ok());
    let length = values.byte_offset();
    if whole && length < bytes.len() && decode(&bytes[..length], before).is_ok() {
        return End::Damaged;
    }
    End::Torn
}
