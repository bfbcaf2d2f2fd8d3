//! The amplification of calls over time: which calls are worth a line, and their lines. Draws nothing.

use crate::analysis::Summary;
use crate::plot::series::Windows;
use crate::record::{CallSeries, Record, WorldRecord};

/// So many calls have a line.
const MOST: usize = 8;
/// So many have one if none was amplified.
const OF_CALM: usize = 3;
/// Least amplification that is told.
pub(super) const AMPLIFIED: f64 = 1.2;
/// A ratio is that of the attempts in a trailing stretch of this length, as in the summary.
pub(super) const TRAILING_S: f64 = 10.0;
/// Fewer first attempts of the twin in it say nothing.
const ENOUGH: u64 = 20;

/// A call and its amplification over time.
pub(super) struct Call<'a> {
    /// `"caller -> callee"`.
    pub(super) name: &'a str,
    /// (time, ratio), in stretches without a gap.
    pub(super) parts: Vec<Vec<(f64, f64)>>,
    /// The largest ratio: that of the summary if it has one.
    pub(super) peak: f64,
}

impl Call<'_> {
    /// The last ratio.
    pub(super) fn last(&self) -> f64 {
        self.parts.last().and_then(|part| part.last()).map_or(0.0, |last| last.1)
    }

    /// The largest ratio that is drawn.
    pub(super) fn highest(&self) -> f64 {
        self.parts.iter().flatten().map(|point| point.1).fold(0.0, f64::max)
    }
}

/// The calls to show, that with the largest peak first; and how many amplified ones have no line.
pub(super) fn chosen<'a>(record: &'a Record, summary: &Summary) -> (Vec<Call<'a>>, usize) {
    let known = |name: &str| summary.calls.get(name).and_then(|call| call.peak_amplification);
    let mut peaks: Vec<(&str, f64)> = Vec::new();
    for (name, series) in &record.actual.calls {
        let peak = known(name).or_else(|| {
            let ratios = ratios(record, name, series);
            ratios.into_iter().flatten().map(|point| point.1).max_by(f64::total_cmp)
        });
        peaks.extend(peak.map(|peak| (name.as_str(), peak)));
    }
    peaks.sort_by(|a, b| b.1.total_cmp(&a.1));
    let amplified = peaks.iter().filter(|call| call.1 >= AMPLIFIED).count();
    let shown = if amplified == 0 { OF_CALM } else { amplified.min(MOST) };
    peaks.truncate(shown);
    let call = |(name, peak): (&'a str, f64)| Call {
        name,
        peak,
        parts: ratios(record, name, &record.actual.calls[name]),
    };
    (peaks.into_iter().map(call).collect(), amplified.saturating_sub(shown))
}

/// Attempts against the twin's first attempts (without a twin, against its own), over a trailing stretch; broken where there are
/// too few to tell.
fn ratios(record: &Record, name: &str, series: &CallSeries) -> Vec<Vec<(f64, f64)>> {
    let of = |world: &WorldRecord| Windows::of(world, record.simulated_s);
    let ours = of(&record.actual);
    let (theirs, first) = match &record.twin {
        Some(twin) => (of(twin), twin.calls.get(name).map_or(&[][..], |call| &call.first_attempts)),
        None => (ours, &series.first_attempts[..]),
    };
    let coarse = if theirs.width_s > ours.width_s { theirs } else { ours };
    let trailing = (libm::round(TRAILING_S / coarse.width_s) as usize).max(1);
    let (sent, wanted) = (sums(&series.attempts), sums(first));
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut open = false;
    for end in 1..=coarse.count {
        let (from, to) = (coarse.begin(end.saturating_sub(trailing)), coarse.begin(end));
        let within = |sums: &[u64], windows: Windows| {
            let range = windows.between(from, to);
            let up_to = |window: usize| sums[window.min(sums.len() - 1)];
            up_to(range.end) - up_to(range.start)
        };
        let first = within(&wanted, theirs);
        if first < ENOUGH {
            open = false;
            continue;
        }
        let point = (to, within(&sent, ours) as f64 / first as f64);
        match parts.last_mut().filter(|_| open) {
            Some(part) => part.push(point),
            None => parts.push(vec![point]),
        }
        open = true;
    }
    parts
}

/// The sums of a series before each window, and of all.
fn sums(counts: &[u64]) -> Vec<u64> {
    let mut sum = 0;
    let after = counts.iter().map(|count| {
        sum += count;
        sum
    });
    std::iter::once(0).chain(after).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::fixture;

    /// Four attempts for each of the twin's first attempts from T+100 s on: the ratio is there ten seconds later.
    #[test]
    fn the_ratio_is_that_of_the_last_ten_seconds() {
        let (mut record, mut summary) = fixture::thursday();
        summary.calls.clear();
        for (name, call) in &mut record.actual.calls {
            call.attempts =
                (0..1500).map(|s| if s >= 100 && name == "checkout -> user" { 40 } else { 10 }).collect();
        }
        for call in record.twin.as_mut().unwrap().calls.values_mut() {
            call.first_attempts = vec![10; 1500];
        }
        let (calls, left_out) = chosen(&record, &summary);
        assert_eq!((calls.len(), left_out), (1, 0));
        assert_eq!((calls[0].name, calls[0].peak.to_bits()), ("checkout -> user", 4.0_f64.to_bits()));
        let at = |s: f64| calls[0].parts[0].iter().find(|point| (point.0 - s).abs() < 1e-9).unwrap().1;
        for (s, ratio) in [(50.0, 1.0), (100.0, 1.0), (105.0, 2.5), (110.0, 4.0), (1500.0, 4.0)] {
            assert!((at(s) - ratio).abs() < 1e-9, "{} at {s}", at(s));
        }
        assert!((calls[0].last() - 4.0).abs() < 1e-9);
    }

    #[test]
    fn too_few_attempts_of_the_twin_tell_nothing() {
        let (mut record, summary) = fixture::thursday();
        for call in record.twin.as_mut().unwrap().calls.values_mut() {
            call.first_attempts[500..600].fill(0);
            call.first_attempts[800..].fill(1);
        }
        let (calls, _) = chosen(&record, &summary);
        assert_eq!(calls[0].name, "checkout -> user");
        assert_eq!(calls[0].parts.len(), 2, "it is broken where the twin sends nothing");
        assert!(calls[0].parts[1].last().unwrap().0 < 811.0);
    }
}
