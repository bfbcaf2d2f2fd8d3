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
/// Outages with less than this between them are one.
const APART_S: f64 = 120.0;
/// One that lasts for less than this share of its time comes and goes.
const WHOLE: f64 = 0.8;
/// From this share of failures on it is an outage of the class, not of some.
const HALF: f64 = 0.5;
/// So many outages of a class are told before others.
const STRETCHES: usize = 2;
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

/// For each class, from when to when half of its requests failed, or else a twentieth.
pub(super) fn outages(record: &Record) -> Vec<Happening> {
    let width = record.actual.window_s;
    let mut found = Vec::new();
    for (name, series) in &record.actual.classes {
        let requests = series.arrived.iter().sum::<u64>().max(1) as f64;
        let per_s = requests / (width * series.arrived.len().max(1) as f64);
        let windows = periods(width, OUTAGE_S.max(OUTAGE_REQUESTS / per_s));
        let shares = failed_shares(series, windows);
        let calm = libm::ceil(APART_S / (width * windows as f64)) as usize;
        let half = stretches(&shares, HALF, calm);
        let (stretches, limit, how_much) = if half.is_empty() {
            (stretches(&shares, 0.05, calm), 0.05, "more than 5 % of")
        } else {
            (half, HALF, "more than half of")
        };
        // A period is as long as it must be to count; what failed in it tells when.
        let in_period = |period: usize| {
            let end = (period * windows + windows).min(series.failed.len());
            (period * windows..end).filter(|window| series.failed[*window] > 0)
        };
        let longest = stretches.iter().map(|(first, last)| last - first).max();
        for (nth, (first, last)) in stretches.into_iter().enumerate() {
            let begin = in_period(first).next().unwrap_or(first * windows);
            let end = match in_period(last).next_back() {
                Some(window) if last + 1 < shares.len() => {
                    format!("until {}", quantity::instant((window + 1) as f64 * width))
                }
                _ => "to the end".to_owned(),
            };
            let again = if nth > 0 { " again" } else { "" };
            let whole =
                (first..=last).filter(|period| shares[*period].is_some_and(|share| share > limit)).count();
            let on_and_off =
                if (whole as f64) < WHOLE * (last - first + 1) as f64 { " on and off" } else { "" };
            let what = Line::toned(Tone::Bad, "outage ")
                .and(format!("{how_much} {name} fails{again}{on_and_off}, {end}"));
            found.push(Happening {
                at_s: from_fault(record, begin as f64 * width, width),
                weight: match nth {
                    _ if limit >= HALF && longest == Some(last - first) => Weight::Essential,
                    nth if nth < STRETCHES => Weight::Important,
                    _ => Weight::Detail,
                },
                what,
            });
        }
    }
    found
}

/// The begin of a period, or the first fault if that lies in it: what it did is not told before it.
fn from_fault(record: &Record, begin_s: f64, length_s: f64) -> f64 {
    let first = record.faults.iter().map(|fault| fault.from_s).fold(f64::INFINITY, f64::min);
    if (begin_s..begin_s + length_s).contains(&first) { first } else { begin_s }
}

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

/// The stretches of periods above a share, each as (first, last); those with fewer than `calm` periods between are one.
fn stretches(shares: &[Option<f64>], above: f64, calm: usize) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (period, _) in shares.iter().enumerate().filter(|(_, share)| share.is_some_and(|share| share > above))
    {
        match found.last_mut() {
            Some(last) if period - last.1 <= calm.max(1) => last.1 = period,
            _ => found.push((period, period)),
        }
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
    use crate::report::fixture::record;

    #[test]
    fn a_rare_request_does_not_date_its_outage_before_the_fault() {
        // Two hours with a request every two seconds: periods of 40 s, in windows of 3.6 s.
        let mut record = record();
        record.faults[0].from_s = 10.0;
        record.actual.window_s = 3.6;
        let series = &mut record.actual.classes[0];
        series.arrived = vec![2; 2_000];
        series.arrived.iter_mut().step_by(5).for_each(|arrived| *arrived = 1);
        series.ok = series.arrived.clone();
        series.failed = vec![0; 2_000];
        for window in 2..30 {
            (series.ok[window], series.failed[window]) = (0, series.arrived[window]);
        }
        let told = outages(&record);
        assert_eq!(told.len(), 1);
        assert!((told[0].at_s - 10.0).abs() < 1e-9, "the fault begins within the first window that fails");
        assert_eq!(told[0].what.text(), "outage more than half of buy fails, until T+108s");
    }

    #[test]
    fn outages_minutes_apart_are_told_apart() {
        let told = |gap: usize| {
            let mut record = record();
            record.actual.window_s = 1.0;
            let series = &mut record.actual.classes[0];
            (series.arrived, series.ok, series.failed) = (vec![100; 600], vec![100; 600], vec![0; 600]);
            for window in (100..120).chain(120 + gap..140 + gap) {
                (series.ok[window], series.failed[window]) = (0, 100);
            }
            outages(&record).iter().map(|outage| outage.what.text()).collect::<Vec<_>>()
        };
        assert_eq!(told(60), ["outage more than half of buy fails on and off, until T+200s"]);
        let apart = [
            "outage more than half of buy fails, until T+120s",
            "outage more than half of buy fails again, until T+320s",
        ];
        assert_eq!(told(180), apart);
    }

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
