//! From the bytes of the two files to a record and a summary that belong together. Touches no file.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::analysis::{SUMMARY_VERSION, Summary};
use crate::record::{RECORD_VERSION, Record};

use super::plausible::Plausible;

/// Why a file is not what this program left behind.
#[derive(Debug, thiserror::Error)]
pub enum SavedError {
    /// It ends too early.
    #[error("it ends in the middle, at line {line}, column {column}: was it cut off?")]
    Truncated {
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
    /// It is no JSON, or other JSON.
    #[error("it is not what knockon writes: {0}")]
    Foreign(#[from] serde_json::Error),
    /// Another version of knockon wrote it.
    #[error("its {field} is {found}, this knockon reads {known}")]
    Version {
        /// The field that says so.
        field: &'static str,
        /// What it says.
        found: u64,
        /// What can be read.
        known: u32,
    },
    /// Its parts contradict each other.
    #[error("it contradicts itself: {0}")]
    Broken(String),
    /// It belongs to another run.
    #[error("it is of another run than the record: its {0} differs")]
    OtherRun(&'static str),
}

/// Reads `record.json`.
pub fn record(text: &[u8]) -> Result<Record, SavedError> {
    #[derive(Deserialize)]
    struct Version {
        record_version: u64,
    }
    plausible(text)?;
    let Version { record_version } = parse(text)?;
    version("record_version", record_version, RECORD_VERSION)?;
    let record: Record = parse(text)?;
    record.check().map_err(SavedError::Broken)?;
    Ok(record)
}

/// Reads the `summary.json` of a record.
pub fn summary(text: &[u8], record: &Record) -> Result<Summary, SavedError> {
    #[derive(Deserialize)]
    struct Version {
        summary_version: u64,
    }
    plausible(text)?;
    let Version { summary_version } = parse(text)?;
    version("summary_version", summary_version, SUMMARY_VERSION)?;
    let summary: Summary = parse(text)?;
    for (what, same) in [
        ("scenario", summary.scenario == record.scenario),
        ("variant", summary.variant == record.variant),
        ("seed", summary.seed == record.seed),
        ("fingerprint", summary.fingerprint == record.actual.fingerprint),
        ("twin", summary.twin.is_some() == record.twin.is_some()),
    ] {
        if !same {
            return Err(SavedError::OtherRun(what));
        }
    }
    summary.check(record).map_err(SavedError::Broken)?;
    Ok(summary)
}

fn version(field: &'static str, found: u64, known: u32) -> Result<(), SavedError> {
    if found == u64::from(known) { Ok(()) } else { Err(SavedError::Version { field, found, known }) }
}

fn plausible(text: &[u8]) -> Result<(), SavedError> {
    parse::<Plausible>(text).map(|_| ())
}

fn parse<T: DeserializeOwned>(text: &[u8]) -> Result<T, SavedError> {
    serde_json::from_slice(text).map_err(|error| {
        if error.is_eof() {
            SavedError::Truncated { line: error.line(), column: error.column() }
        } else {
            SavedError::Foreign(error)
        }
    })
}
