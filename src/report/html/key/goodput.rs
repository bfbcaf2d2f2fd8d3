//! What users got against the twin: of the traffic class that got the least. Knows no cause.

use crate::record::{ClassSeries, Record};
use crate::report::quantity;

/// A class counts with at least so many answers in the twin.
const LEAST: u64 = 20;

/// Which class got the smallest share of the twin's answers between two instants: `12 % of checkout gets an answer`. None
/// without a twin, or where that has too few.
pub(super) fn least(record: &Record, from_s: f64, to_s: f64) -> Option<String> {
    let twin = record.twin.as_ref()?;
    let place = |at_s: f64| (at_s.clamp(0.0, record.simulated_s) / record.actual.window_s).round() as usize;
    let (from, to) = (place(from_s), place(to_s));
    let answers = |series: &ClassSeries| series.ok.iter().take(to).skip(from).sum::<u64>();
    let shares = record.actual.classes.iter().filter_map(|(name, series)| {
        let normal = answers(twin.classes.get(name)?);
        (normal >= LEAST).then(|| (name, answers(series) as f64 / normal as f64))
    });
    let (name, share) = shares.min_by(|a, b| a.1.total_cmp(&b.1))?;
    Some(format!("{} of {name} gets an answer", quantity::share(share.min(1.0))))
}
