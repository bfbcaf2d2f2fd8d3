//! Peaks of amplification as moments, read off the windows.

use crate::analysis::Summary;
use crate::record::{CallSeries, Record};
use crate::report::block::{Line, Tone};
use crate::report::quantity;
use crate::report::story::moments::{Happening, Weight};
use crate::report::story::outage::{from_fault, periods};

/// Amplification peaks in periods of at least this length, as its definition says.
const PEAK_S: f64 = 10.0;
/// A period with fewer of the twin's attempts says nothing.
const TWIN_ATTEMPTS: u64 = 20;
/// A load is at its peak when it is this share of it; which one is the largest is left to chance.
const PLATEAU: f64 = 0.95;
/// A peak below this is no news.
const NEWS: f64 = 1.5;
/// So many calls have their peak told.
const PEAKS: usize = 2;

/// The largest amplifications, each when it is first about as large as ever.
pub(super) fn peaks(record: &Record, summary: &Summary) -> Vec<Happening> {
    let Some(twin) = &record.twin else { return Vec::new() };
    let mut amplified: Vec<(&str, f64)> = summary
        .calls
        .iter()
        .filter_map(|(name, call)| Some((name.as_str(), call.peak_amplification?)))
        .filter(|(_, peak)| *peak >= NEWS)
        .collect();
    amplified.sort_by(|a, b| b.1.total_cmp(&a.1));
    let width = record.actual.window_s;
    let mut found = Vec::new();
    for (position, (name, _)) in amplified.into_iter().take(PEAKS).enumerate() {
        let (Some(actual), Some(twin)) = (record.actual.calls.get(name), twin.calls.get(name)) else {
            continue;
        };
        let Some((begin_s, ratio)) = plateau(actual, twin, width).filter(|(_, ratio)| *ratio >= NEWS) else {
            continue;
        };
        let at_s = from_fault(record, begin_s, width);
        let text = format!("on {name} reaches {} its normal attempts", quantity::ratio(ratio));
        let what = Line::toned(Tone::Caution, "load ").and(text);
        let weight = if position == 0 { Weight::Important } else { Weight::Detail };
        found.push(Happening { at_s, weight, what });
    }
    found
}

/// When the ratio of attempts to the twin's first attempts first was about the largest, and what it was then.
fn plateau(actual: &CallSeries, twin: &CallSeries, window_s: f64) -> Option<(f64, f64)> {
    let windows = periods(window_s, PEAK_S);
    let periods = actual.attempts.chunks(windows).zip(twin.first_attempts.chunks(windows));
    let ratios: Vec<Option<f64>> = periods
        .map(|(attempts, first)| {
            let (attempts, first): (u64, u64) = (attempts.iter().sum(), first.iter().sum());
            (first >= TWIN_ATTEMPTS).then(|| attempts as f64 / first as f64)
        })
        .collect();
    let largest = ratios.iter().flatten().copied().fold(0.0, f64::max);
    let (index, ratio) = ratios.iter().enumerate().find_map(|(index, ratio)| {
        ratio.filter(|ratio| *ratio >= PLATEAU * largest).map(|ratio| (index, ratio))
    })?;
    // Within the period it is reached in the first window that has so much of it.
    let period = index * windows..((index + 1) * windows).min(actual.attempts.len());
    let mean = actual.attempts[period.clone()].iter().sum::<u64>() as f64 / period.len() as f64;
    let window = period.clone().find(|window| actual.attempts[*window] as f64 >= PLATEAU * mean);
    Some((window.unwrap_or(period.start) as f64 * window_s, ratio))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plateau_is_told_when_it_is_reached() {
        let calls = |attempts: &[u64]| CallSeries {
            attempts: attempts.to_vec(),
            first_attempts: vec![100; attempts.len()],
            ..CallSeries::default()
        };
        let actual = calls(&[100, 250, 400, 395, 402, 410, 100]);
        assert_eq!(plateau(&actual, &calls(&[100; 7]), 10.0), Some((20.0, 4.0)));
        assert_eq!(plateau(&actual, &CallSeries::default(), 10.0), None);
        // Windows of 5 s: the second period has 400, twice its first attempts, most of them in its second half.
        let actual = calls(&[50, 50, 80, 320, 60, 50]);
        assert_eq!(plateau(&actual, &calls(&[50; 6]), 5.0), Some((15.0, 2.0)));
    }
}
