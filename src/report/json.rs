//! The summary and the record as JSON. Same input, same bytes.

use std::fmt::Write;
use std::io;

use serde::Serialize;

use crate::analysis::Summary;
use crate::record::Record;
use crate::unseen::{is_layout, is_unseen};

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
    seen(text)
}

/// The same JSON without characters that cannot be seen: escapes mean the same. They stand in texts only, since the rest
/// is ASCII; line breaks are between values.
fn seen(text: String) -> String {
    let harmful = |c: char| is_unseen(c) && !is_layout(c);
    if !text.contains(harmful) {
        return text;
    }
    let mut seen = String::with_capacity(text.len());
    for c in text.chars() {
        if harmful(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(seen, "\\u{unit:04x}");
            }
        } else {
            seen.push(c);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_escaped_and_read_back() {
        let name = "a\u{202e}b\u{e0041}\u{7f}";
        let text = pretty(&[name]);
        assert_eq!(text, "[\n  \"a\\u202eb\\udb40\\udc41\\u007f\"\n]\n");
        assert_eq!(serde_json::from_str::<Vec<String>>(&text).unwrap(), [name]);
    }
}
