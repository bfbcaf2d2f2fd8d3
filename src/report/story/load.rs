//! Outages of traffic classes and peaks of amplification as moments, read off the windows.

use crate::analysis::Summary;
use crate::record::{CallSeries, ClassSeries, Record};
use crate::report::block::{Line, Tone};
use crate::report::quantity;
use crate::report::story::moments::{Happening, Weight};

/// Outages are looked for in periods of at least this length,
const OUTAGE_S: f64 = 1.0;
/// and in which so many requests end, so that a few failures are no outage.
const OUTAGE_REQUESTS: f64 = 20.0;
/// Amplification peaks in periods of at least this length, as its definition says.
const PEAK_S: f64 = 10.0;
/// A period with fewer of the twin's attempts says nothing.
const TWIN_ATTEMPTS: u64 = 20;
/// A peak below this is no news.
const NEWS: f64 = 1.5;
/// So many calls have their peak told.
const PEAKS: usize = 2;

/// For each class, from when to when half of its requests failed, or else a twentieth.
pub(super) fn outages(record: &Record) -> Vec<Happening> {
    let width = record.actual.window_s;
    let mut found = Vec::new();
    for (name, series) in &record.actual.classes {
        let requests = series.arrived.iter().sum::<u64>().max(1) as f64;
        let per_s = requests / (width * series.arrived.len().max(1) as f64);
        let windows = periods(width, OUTAGE_S.max(OUTAGE_REQUESTS / per_s));
        let shares = failed_shares(series, windows);
        let length = windows as f64 * width;
        let half = outage(&shares, 0.5).map(|span| (span, "more than half of"));
        let some = || outage(&shares, 0.05).map(|span| (span, "more than 5 % of"));
        let Some(((first, last), how_much)) = half.or_else(some) else { continue };
        let end = if last + 1 >= shares.len() {
            "to the end".to_owned()
        } else {
            format!("until {}", quantity::instant((last + 1) as f64 * length))
        };
        let what = Line::toned(Tone::Bad, "outage ").and(format!("{how_much} {name} fails, {end}"));
        found.push(Happening { at_s: first as f64 * length, weight: Weight::Important, what });
    }
    found
}

/// The largest amplifications, each at the begin of its period.
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
    for (name, peak) in amplified.into_iter().take(PEAKS) {
        let (Some(actual), Some(twin)) = (record.actual.calls.get(name), twin.calls.get(name)) else {
            continue;
        };
        let Some(at_s) = peak_begin(actual, twin, width) else { continue };
        let text = format!("on {name} peaks at {} its normal attempts", quantity::ratio(peak));
        let what = Line::toned(Tone::Caution, "load ").and(text);
        found.push(Happening { at_s, weight: Weight::Important, what });
    }
    found
}

/// Windows in a period of at least this length.
fn periods(window_s: f64, at_least_s: f64) -> usize {
    if window_s > 0.0 { (at_least_s / window_s).ceil().max(1.0) as usize } else { 1 }
}

/// Failed / ended in each period; none where nothing ended.
fn failed_shares(series: &ClassSeries, windows: usize) -> Vec<Option<f64>> {
    let ended = series.ok.chunks(windows).zip(series.failed.chunks(windows));
    ended
        .map(|(ok, failed)| {
            let (ok, failed): (u64, u64) = (ok.iter().sum(), failed.iter().sum());
            (ok + failed > 0).then(|| failed as f64 / (ok + failed) as f64)
        })
        .collect()
}

/// The first and the last period above a share.
fn outage(shares: &[Option<f64>], above: f64) -> Option<(usize, usize)> {
    let is_out = |share: &Option<f64>| share.is_some_and(|share| share > above);
    Some((shares.iter().position(is_out)?, shares.iter().rposition(is_out)?))
}

/// When the largest ratio of attempts to the twin's first attempts began.
fn peak_begin(actual: &CallSeries, twin: &CallSeries, window_s: f64) -> Option<f64> {
    let windows = periods(window_s, PEAK_S);
    let mut best: Option<(f64, usize)> = None;
    for (index, (attempts, first)) in
        actual.attempts.chunks(windows).zip(twin.first_attempts.chunks(windows)).enumerate()
    {
        let (attempts, first): (u64, u64) = (attempts.iter().sum(), first.iter().sum());
        let ratio = attempts as f64 / first.max(1) as f64;
        if first >= TWIN_ATTEMPTS && best.is_none_or(|(so_far, _)| ratio > so_far) {
            best = Some((ratio, index));
        }
    }
    best.map(|(_, index)| (index * windows) as f64 * window_s)
}
