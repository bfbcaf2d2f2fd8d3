//! Which monitors are worth a line: those with an alert first, none that shows what another shows. Draws nothing.

use crate::record::{MonitorTrack, Record};

/// More lines than this are not told apart any more.
pub(super) const MOST: usize = 7;
/// Readings that never differ by more are the same line.
const SAME: f64 = 0.05;

/// A monitor that is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reading<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// What it read.
    pub(super) monitor: &'a MonitorTrack,
    /// What it read until the run ended.
    pub(super) samples: &'a [(f64, f64)],
    /// Whether one above reads the same class, service or call.
    pub(super) second: bool,
}

/// The error rates to show, the most important first.
pub(super) fn error_rates(record: &Record) -> Vec<Reading<'_>> {
    let mut all: Vec<Reading<'_>> = record
        .actual
        .monitors
        .iter()
        .filter(|(_, monitor)| monitor.reading == "error_rate")
        .map(|(name, monitor)| Reading { name, monitor, samples: within(record, monitor), second: false })
        .filter(|reading| !reading.samples.is_empty())
        .collect();
    all.sort_by_key(|reading| reading.monitor.threshold.is_none());
    let mut chosen: Vec<Reading<'_>> = Vec::new();
    for mut reading in all {
        let mut same_subject =
            chosen.iter().filter(|other| other.monitor.of == reading.monitor.of).peekable();
        reading.second = same_subject.peek().is_some();
        let told = same_subject.any(|other| alike(other.samples, reading.samples));
        let alerts = reading.monitor.threshold.is_some();
        if (alerts || !told) && chosen.len() < MOST {
            chosen.push(reading);
        }
    }
    chosen
}

/// The readings up to the end of the run.
fn within<'a>(record: &Record, monitor: &'a MonitorTrack) -> &'a [(f64, f64)] {
    let count = monitor.samples.iter().take_while(|sample| sample.0 <= record.simulated_s + 1e-6).count();
    &monitor.samples[..count]
}

/// Whether one never differs much from the other, where the first was read.
fn alike(one: &[(f64, f64)], other: &[(f64, f64)]) -> bool {
    let mut next = 0;
    one.iter().all(|(at_s, value)| {
        while next + 1 < other.len() && other[next + 1].0 <= at_s + 1e-6 {
            next += 1;
        }
        other.get(next).is_some_and(|sample| (sample.1 - value).abs() <= SAME)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::fixture;

    #[test]
    fn a_monitor_that_tells_nothing_new_gets_no_line() {
        let (mut record, _) = fixture::thursday();
        let mut closer = record.actual.monitors["user errors"].clone();
        closer.threshold = None;
        record.actual.monitors.insert("the same again".into(), closer.clone());
        closer.samples.iter_mut().for_each(|sample| sample.1 = if sample.0 >= 4.0 { 1.0 } else { 0.0 });
        record.actual.monitors.insert("right now".into(), closer);
        let shown = error_rates(&record);
        let names: Vec<_> = shown.iter().map(|reading| (reading.name, reading.second)).collect();
        assert_eq!(names, [("user errors", false), ("checkout errors", false), ("right now", true)]);
    }
}
