//! What pointed elsewhere, and what stayed silent.

use crate::analysis::Summary;
use crate::record::Record;
use crate::report::block::Line;
use crate::report::story;

/// What misled those who looked.
pub(in crate::report) fn misled(record: &Record, summary: &Summary) -> Vec<Line> {
    let first = story::misled(record).map(|misled| Line::plain(story::sentence(&misled.told())));
    let mut found: Vec<Line> = first.into_iter().collect();
    found.extend(story::misleading(record, summary));
    found
}

/// Alerts that never fired although somebody was harmed.
pub(super) fn silent(record: &Record) -> Vec<&str> {
    let monitors = record.actual.monitors.iter();
    let silent = monitors.filter(|(_, track)| track.threshold.is_some() && track.alerts.is_empty());
    silent.map(|(name, _)| name.as_str()).collect()
}
