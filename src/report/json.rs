//! The summary and the record as JSON. Same input, same bytes.

use std::io;

use serde::Serialize;

use crate::analysis::Summary;
use crate::record::Record;

/// `summary.json`: made to be read by people as well.
pub fn summary(summary: &Summary) -> String {
    pretty(summary)
}

/// Writes `record.json`: too long to be read, so without indentation.
pub fn record(record: &Record, mut out: impl io::Write) -> io::Result<()> {
    serde_json::to_writer(&mut out, record)?;
    out.write_all(b"\n")
}

/// Any value, with indentation.
pub fn pretty(value: &impl Serialize) -> String {
    // Serialization of plain data with string keys cannot fail.
    let mut text = serde_json::to_string_pretty(value)
        .unwrap_or_else(|error| format!("{{\"error\":{:?}}}", error.to_string()));
    text.push('\n');
    text
}
