//! Requests of a class.

use crate::failure::{FailureCause, Outcome};
use crate::record::latency::Latencies;
use crate::record::tally::rows::{Causes, Three, column, end_latencies, quantiles};
use crate::record::{ClassSeries, ClassTotals};
use crate::time::SimDuration;

/// Requests of a class.
#[derive(Clone, Debug)]
pub(crate) struct ClassTally {
    latency: Latencies,
    all_latency: Latencies,
    now: Counts,
    windows: Vec<(Counts, Three)>,
    /// Answers later than this are too slow.
    in_time: Option<SimDuration>,
    /// Whether surges of it come; how many requests came with one, and how many of these failed.
    surges: bool,
    surge_requests: u64,
    surge_failed: u64,
    causes: Causes,
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    arrived: u64,
    /// Answered, degraded or not.
    ok: u64,
    degraded: u64,
    failed: u64,
    limited: u64,
    too_slow: u64,
    of_surges: u64,
}

impl ClassTally {
    /// A class whose answers are to come in this time, if anything was promised.
    pub(crate) fn new(in_time: Option<SimDuration>, surges: bool) -> Self {
        Self {
            latency: Latencies::coarse(),
            all_latency: Latencies::precise(),
            now: Counts::default(),
            windows: Vec::new(),
            in_time,
            surges,
            surge_requests: 0,
            surge_failed: 0,
            causes: Causes::default(),
        }
    }

    pub(crate) fn arrived(&mut self, of_surge: bool) {
        self.now.arrived += 1;
        self.surge_requests += u64::from(of_surge);
    }

    pub(crate) fn ended(&mut self, outcome: Outcome, latency: SimDuration, of_surge: bool) {
        let now = &mut self.now;
        match outcome {
            Outcome::Ok | Outcome::Degraded => {
                now.ok += 1;
                now.of_surges += u64::from(of_surge);
                now.degraded += u64::from(outcome == Outcome::Degraded);
                now.too_slow += u64::from(self.in_time.is_some_and(|longest| latency > longest));
                self.latency.record(latency);
                self.all_latency.record(latency);
            }
            Outcome::Failed(cause) => {
                now.failed += 1;
                self.surge_failed += u64::from(of_surge);
                now.limited += u64::from(matches!(cause, FailureCause::RateLimited | FailureCause::Shed));
                self.causes.count(cause);
            }
            Outcome::Abandoned => {}
        }
    }

    pub(crate) fn close_window(&mut self) {
        let counts = std::mem::take(&mut self.now);
        self.windows.push((counts, end_latencies(&mut self.latency, counts.ok)));
    }

    pub(crate) fn finish(self) -> (ClassSeries, ClassTotals) {
        let rows = &self.windows;
        let counts = |of: fn(&Counts) -> u64| column(rows, |(counts, _)| of(counts));
        let only_if = |wanted: bool, of: fn(&Counts) -> u64| if wanted { counts(of) } else { Vec::new() };
        let series = ClassSeries {
            arrived: counts(|c| c.arrived),
            ok: counts(|c| c.ok),
            degraded: counts(|c| c.degraded),
            failed: counts(|c| c.failed),
            limited: counts(|c| c.limited),
            too_slow: only_if(self.in_time.is_some(), |c| c.too_slow),
            of_surges: only_if(self.surges, |c| c.of_surges),
            latency: quantiles(rows, |(_, latency)| *latency),
        };
        let all =
            |of: fn(&Counts) -> u64| rows.iter().map(|(counts, _)| of(counts)).sum::<u64>() + of(&self.now);
        let answered = all(|c| c.ok);
        assert_eq!(self.all_latency.len(), answered, "latencies of a class, and what was answered");
        let totals = ClassTotals {
            requests: all(|c| c.arrived),
            ok: answered - all(|c| c.degraded),
            degraded: all(|c| c.degraded),
            failed: all(|c| c.failed),
            failed_by_cause: self.causes.by_name(),
            surge_requests: self.surge_requests,
            surge_failed: self.surge_failed,
            too_slow: all(|c| c.too_slow),
            latency_ms: self.all_latency.summary(),
        };
        (series, totals)
    }
}
