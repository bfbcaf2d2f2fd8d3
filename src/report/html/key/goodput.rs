//! What users got against the twin: of the traffic class that got the least. Knows no cause.

use crate::record::{ClassSeries, Record};
use crate::report::quantity;

/// A class counts with at least so many answers in the twin.
const LEAST: u64 = 20;

/// Which class got the smallest share of the twin's answers between two instants: `12 % of checkout gets an answer`. None
/// without a twin, or where that has too few.
pub(super) fn least(record: &Record, from_s: f64, to_s: f64) -> Option<String> {
    let name = worst(record, from_s, to_s)?;
    of(record, name, from_s, to_s)
}

/// The class that got the smallest share.
pub(super) fn worst(record: &Record, from_s: f64, to_s: f64) -> Option<&str> {
    let shares =
        record.actual.classes.keys().filter_map(|name| Some((name, share(record, name, from_s, to_s)?)));
    shares.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(name, _)| name.as_str())
}

/// The same of one class, so that two stretches of time can be held against each other.
pub(super) fn of(record: &Record, name: &str, from_s: f64, to_s: f64) -> Option<String> {
    let share = share(record, name, from_s, to_s)?;
    Some(format!("{} of {name} gets an answer", quantity::share(share.min(1.0))))
}

/// What a class got of what the twin's got.
fn share(record: &Record, name: &str, from_s: f64, to_s: f64) -> Option<f64> {
    let place = |at_s: f64| (at_s.clamp(0.0, record.simulated_s) / record.actual.window_s).round() as usize;
    let (from, to) = (place(from_s), place(to_s));
    let answers = |series: &ClassSeries| series.ok.iter().take(to).skip(from).sum::<u64>();
    let normal = answers(record.twin.as_ref()?.classes.get(name)?);
    (normal >= LEAST).then_some(answers(record.actual.classes.get(name)?) as f64 / normal as f64)
}
