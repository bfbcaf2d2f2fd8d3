//! What pointed elsewhere, and what stayed silent.

use crate::analysis::Summary;
use crate::record::Record;
use crate::report::block::Line;
use crate::report::postmortem::cause::{heads, without_head};
use crate::report::story;

/// How the paragraph of a story begins that says where the first alert pointed.
pub(super) const MISLEADING: &str = "MISLEADING";

/// What misled those who looked.
pub(in crate::report) fn misled(record: &Record, summary: &Summary) -> Vec<Line> {
    let reasons = story::reasons(record, summary).into_iter();
    let mut found: Vec<Line> = reasons.filter(|line| heads(line, MISLEADING)).map(without_head).collect();
    found.extend(story::misleading(record, summary));
    found
}

/// Alerts that never fired although somebody was harmed.
pub(super) fn silent(record: &Record) -> Vec<&str> {
    let monitors = record.actual.monitors.iter();
    let silent = monitors.filter(|(_, track)| track.threshold.is_some() && track.alerts.is_empty());
    silent.map(|(name, _)| name.as_str()).collect()
}
