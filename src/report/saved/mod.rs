//! A saved run: `record.json` and `summary.json`, read back and checked, so that it can be told and drawn again.

mod plausible;
mod read;

pub use read::{SavedError, record, summary};
