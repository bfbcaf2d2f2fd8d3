//! Outages of traffic classes as moments, read off the windows: many fail, or all wait.

use crate::analysis::CHANCE;
use crate::record::{ClassSeries, Record};
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
/// From this share of failures on it is an outage of the class,
const HALF: f64 = 0.5;
/// from this on of some.
const SOME: f64 = 0.05;
/// What is beyond chance is looked for in one period, and in so many together.
const TOGETHER: [usize; 3] = [1, 4, 16];
/// Of what ends in the twin, at most this share ends where all wait.
const SILENT: f64 = 0.1;
/// A silence shorter than this is part of what follows it.
const SILENCE_S: f64 = 10.0;
/// So many outages of a class are told before others.
const STRETCHES: usize = 2;

/// Periods of a class, each as long as it must be to count.
struct Periods<'a> {
    record: &'a Record,
    name: &'a str,
    series: &'a ClassSeries,
    /// Windows in a period.
    windows: usize,
}

/// For each class, from when to when half of its requests failed; where that is not the whole of it, also a twentieth.
pub(super) fn outages(record: &Record) -> Vec<Happening> {
    let mut found = Vec::new();
    for (name, series) in &record.actual.classes {
        let periods = Periods::of(record, name, series);
        let counts = ended(series, periods.windows);
        let [half, some] = [HALF, SOME].map(|limit| above(&counts, limit));
        let count = |such: &[bool]| such.iter().filter(|such| **such).count();
        if 2 * count(&half) < count(&some) {
            found.extend(periods.failing(&some, "more than 5 % of", false));
        }
        found.extend(periods.failing(&half, "more than half of", true));
    }
    found
}

/// For each class, from when to when hardly anything of it ended, well or not, that ended in the twin: whoever asks waits.
pub(super) fn silences(record: &Record) -> Vec<Happening> {
    let Some(twin) = &record.twin else { return Vec::new() };
    let mut found = Vec::new();
    for (name, series) in &record.actual.classes {
        let Some(usual) = twin.classes.get(name) else { continue };
        let periods = Periods::of(record, name, usual);
        let pairs = ended(series, periods.windows).into_iter().zip(ended(usual, periods.windows));
        let silent: Vec<bool> = pairs
            .map(|((_, ended), (_, usual))| {
                usual as f64 >= OUTAGE_REQUESTS / 2.0 && ended as f64 <= SILENT * usual as f64
            })
            .collect();
        found.extend(periods.silent(&silent));
    }
    found
}

impl<'a> Periods<'a> {
    fn of(record: &'a Record, name: &'a str, series: &'a ClassSeries) -> Self {
        let width = record.actual.window_s;
        let requests = series.arrived.iter().sum::<u64>().max(1) as f64;
        let per_s = requests / (width * series.arrived.len().max(1) as f64);
        let windows = periods(width, OUTAGE_S.max(OUTAGE_REQUESTS / per_s));
        Self { record, name, series, windows }
    }

    fn length_s(&self) -> f64 {
        self.windows as f64 * self.record.actual.window_s
    }

    /// The windows of a period in which something failed: a period is long, they tell when.
    fn failed_in(&self, period: usize) -> impl DoubleEndedIterator<Item = usize> {
        let end = (period * self.windows + self.windows).min(self.series.failed.len());
        (period * self.windows..end).filter(|window| self.series.failed[*window] > 0)
    }

    /// The stretches of periods in which so many fail.
    fn failing(&self, such: &[bool], how_much: &str, of_all: bool) -> Vec<Happening> {
        let width = self.record.actual.window_s;
        let calm = libm::ceil(APART_S / self.length_s()) as usize;
        let stretches = stretches(such, calm);
        let weight = weights(&stretches, of_all);
        let one = |(nth, (first, last)): (usize, (usize, usize))| {
            let begin = self.failed_in(first).next().unwrap_or(first * self.windows);
            let end = match self.failed_in(last).next_back() {
                Some(window) if last + 1 < such.len() => {
                    format!("until {}", quantity::instant((window + 1) as f64 * width))
                }
                _ => "to the end".to_owned(),
            };
            let again = if nth > 0 { " again" } else { "" };
            let whole = such[first..=last].iter().filter(|fails| **fails).count();
            let on_and_off =
                if (whole as f64) < WHOLE * (last - first + 1) as f64 { " on and off" } else { "" };
            Happening {
                at_s: from_fault(self.record, begin as f64 * width, width),
                weight: weight[nth],
                what: Line::toned(Tone::Bad, "outage ")
                    .and(format!("{how_much} {} fails{again}{on_and_off}, {end}", self.name)),
            }
        };
        stretches.iter().copied().enumerate().map(one).collect()
    }

    /// The stretches of periods in which all wait.
    fn silent(&self, such: &[bool]) -> Vec<Happening> {
        let length_s = self.length_s();
        let long = |(first, last): &(usize, usize)| (last - first + 1) as f64 * length_s >= SILENCE_S;
        let stretches: Vec<(usize, usize)> = stretches(such, 0).into_iter().filter(long).collect();
        let weight = weights(&stretches, true);
        let one = |(nth, (first, last)): (usize, (usize, usize))| {
            let end = if last + 1 < such.len() {
                format!("until {}", quantity::instant((last + 1) as f64 * length_s))
            } else {
                "to the end".to_owned()
            };
            let again = if nth > 0 { " again" } else { "" };
            Happening {
                at_s: from_fault(self.record, first as f64 * length_s, length_s),
                weight: weight[nth],
                what: Line::toned(Tone::Bad, "outage ")
                    .and(format!("hardly anything of {} is answered{again}, {end}", self.name)),
            }
        };
        stretches.iter().copied().enumerate().map(one).collect()
    }
}

/// How much the stretches weigh: of those of a whole class the longest the most.
fn weights(stretches: &[(usize, usize)], of_all: bool) -> Vec<Weight> {
    let longest = stretches.iter().map(|(first, last)| last - first).max();
    let one = |(nth, (first, last)): (usize, &(usize, usize))| match nth {
        _ if of_all && longest == Some(last - first) => Weight::Essential,
        nth if nth < STRETCHES => Weight::Important,
        _ => Weight::Detail,
    };
    stretches.iter().enumerate().map(one).collect()
}

/// The begin of a period, or the first fault if that lies in it: what it did is not told before it.
pub(super) fn from_fault(record: &Record, begin_s: f64, length_s: f64) -> f64 {
    let first = record.faults.iter().map(|fault| fault.from_s).fold(f64::INFINITY, f64::min);
    if (begin_s..begin_s + length_s).contains(&first) { first } else { begin_s }
}

/// Windows in a period of at least this length.
pub(super) fn periods(window_s: f64, at_least_s: f64) -> usize {
    if window_s > 0.0 { (at_least_s / window_s).ceil().max(1.0) as usize } else { 1 }
}

/// How many failed in each period, and how many ended.
fn ended(series: &ClassSeries, windows: usize) -> Vec<(u64, u64)> {
    let periods = series.ok.chunks(windows).zip(series.failed.chunks(windows));
    periods
        .map(|(ok, failed)| {
            let failed: u64 = failed.iter().sum();
            (failed, failed + ok.iter().sum::<u64>())
        })
        .collect()
}

/// The periods in which more than a share of what ended has failed, and not by chance: alone, with those around it, or next
/// to such.
fn above(counts: &[(u64, u64)], limit: f64) -> Vec<bool> {
    let excess = |(failed, ended): (u64, u64)| failed as f64 - limit * ended as f64;
    let own = |count: &(u64, u64)| excess(*count) > 0.0;
    let mut found = vec![false; counts.len()];
    for together in TOGETHER {
        for (chunk, flags) in counts.chunks(together).zip(found.chunks_mut(together)) {
            let sum = chunk.iter().fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
            let by_chance = CHANCE * (limit * (1.0 - limit) * sum.1 as f64).sqrt();
            if let (true, Some(first), Some(last)) =
                (excess(sum) > by_chance, chunk.iter().position(own), chunk.iter().rposition(own))
            {
                flags[first..=last].fill(true);
            }
        }
    }
    for period in 1..counts.len() {
        found[period] |= found[period - 1] && own(&counts[period]);
    }
    for period in (1..counts.len()).rev() {
        found[period - 1] |= found[period] && own(&counts[period - 1]);
    }
    found
}

/// The stretches of such periods, each as (first, last); those with fewer than `calm` others between are one.
fn stretches(such: &[bool], calm: usize) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (period, _) in such.iter().enumerate().filter(|(_, such)| **such) {
        match found.last_mut() {
            Some(last) if period - last.1 <= calm.max(1) => last.1 = period,
            _ => found.push((period, period)),
        }
    }
    found
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

    /// What is told if so many of twenty a second fail, in turn, for eight of ten minutes.
    fn told_of(failed: [u64; 3]) -> Vec<String> {
        let mut record = record();
        record.actual.window_s = 1.0;
        let series = &mut record.actual.classes[0];
        series.arrived = vec![20; 600];
        let of = |second: usize| if (60..540).contains(&second) { failed[second % 3] } else { 0 };
        series.failed = (0..600).map(of).collect();
        series.ok = series.failed.iter().map(|failed| 20 - failed).collect();
        outages(&record).iter().map(|outage| outage.what.text()).collect()
    }

    #[test]
    fn a_second_above_a_limit_by_chance_is_no_outage() {
        assert_eq!(told_of([2, 11, 5]), ["outage more than 5 % of buy fails, until T+540s"]);
        // Six in ten are more than half, seen over some seconds.
        assert_eq!(told_of([4, 12, 20]), ["outage more than half of buy fails, until T+540s"]);
        assert_eq!(told_of([1, 0, 1]), [""; 0]);
    }

    #[test]
    fn who_waits_for_minutes_has_an_outage() {
        let mut record = record();
        let twin = record.twin.as_mut().unwrap();
        (record.actual.window_s, twin.window_s) = (1.0, 1.0);
        let usual = &mut twin.classes[0];
        (usual.arrived, usual.ok, usual.failed) = (vec![5; 600], vec![5; 600], vec![0; 600]);
        let series = &mut record.actual.classes[0];
        (series.arrived, series.ok, series.failed) = (vec![5; 600], vec![5; 600], vec![0; 600]);
        series.ok[100..400].fill(0);
        series.ok[400] = 1_505;
        let told: Vec<String> = silences(&record).iter().map(|silence| silence.what.text()).collect();
        assert_eq!(told, ["outage hardly anything of buy is answered, until T+400s"]);
        // Those who fail have their answer.
        record.actual.classes[0].failed[100..400].fill(5);
        assert!(silences(&record).is_empty());
    }
}
