//! The summary and the record as JSON. Same input, same bytes.

use serde::Serialize;

use crate::analysis::Summary;
use crate::record::Record;

/// `summary.json`: made to be read by people as well.
pub fn summary(summary: &Summary) -> String {
    pretty(summary)
}

/// `record.json`: too long to be read, so without indentation.
pub fn record(record: &Record) -> String {
    finished(serde_json::to_string(record))
}

/// Any value, with indentation.
pub fn pretty(value: &impl Serialize) -> String {
    finished(serde_json::to_string_pretty(value))
}

/// With the end of its last line. Serialization of plain data with string keys cannot fail.
fn finished(json: Result<String, serde_json::Error>) -> String {
    let mut text = json.unwrap_or_else(|error| format!("{{\"error\":{:?}}}", error.to_string()));
    text.push('\n');
    text
}
