//! Attempts of a call, from all places that make it.

use crate::failure::Outcome;
use crate::record::level::Level;
use crate::record::tally::rows::{Sent, column, mean_ms};
use crate::record::{CallSeries, CallTotals};
use crate::time::{SimDuration, SimTime};

/// Attempts of a call. In this order in memory: what every attempt touches is one line of the cache.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct CallTally {
    now: Counts,
    /// Waits at the caller; none if no attempt ever waits there.
    waits: Option<Box<Waits>>,
    /// Breakers open; none if the call never has a breaker.
    pub(crate) open: Option<Box<Level>>,
    /// Of those sent, those before the first fault.
    before_fault: Sent,
    windows: Vec<(Counts, Option<f64>)>,
    pub(crate) breaker_opened: u64,
    fallbacks_degraded: u64,
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    attempts: u64,
    first_attempts: u64,
    failed: u64,
    refused: u64,
    fallbacks: u64,
}

/// How many asked for something at their caller, and how long they waited for it.
#[derive(Clone, Copy, Debug, Default)]
struct Waits {
    count: u64,
    sum_ns: u128,
    longest: SimDuration,
}

impl CallTally {
    /// A call that may have a breaker, and whose attempts may wait before they are sent.
    pub(crate) fn new(has_breaker: bool, may_wait: bool) -> Self {
        Self {
            now: Counts::default(),
            before_fault: Sent::default(),
            waits: may_wait.then(Box::default),
            open: has_breaker.then(|| Box::new(Level::new(0))),
            windows: Vec::new(),
            breaker_opened: 0,
            fallbacks_degraded: 0,
        }
    }

    /// An attempt waits at its caller no more: it is sent, it gave up, or the run is over.
    pub(crate) fn waited(&mut self, wait: SimDuration) {
        if let Some(waits) = &mut self.waits {
            waits.count += 1;
            waits.sum_ns += u128::from(wait.as_nanos());
            waits.longest = waits.longest.max(wait);
        }
    }

    pub(crate) fn sent(&mut self, first: bool, since_fault: bool) {
        self.now.attempts += 1;
        self.now.first_attempts += u64::from(first);
        if !since_fault {
            self.before_fault.count(first);
        }
    }

    pub(crate) fn ended(&mut self, outcome: Outcome) {
        self.now.failed += u64::from(outcome.is_failed());
    }

    pub(crate) fn fell_back(&mut self, outcome: Outcome) {
        self.now.fallbacks += 1;
        self.fallbacks_degraded += u64::from(outcome == Outcome::Degraded);
    }

    pub(crate) fn refused(&mut self) {
        self.now.refused += 1;
    }

    pub(crate) fn begin(&mut self, now: SimTime) {
        if let Some(open) = &mut self.open {
            open.take(now);
        }
    }

    pub(crate) fn close_window(&mut self, now: SimTime, width_s: f64) {
        let open = self.open.as_mut().map(|open| open.take(now) / width_s);
        self.windows.push((std::mem::take(&mut self.now), open));
    }

    pub(crate) fn finish(self) -> (CallSeries, CallTotals) {
        let rows = &self.windows;
        let counts = |of: fn(&Counts) -> u64| column(rows, |(counts, _)| of(counts));
        let series = CallSeries {
            attempts: counts(|c| c.attempts),
            first_attempts: counts(|c| c.first_attempts),
            failed: counts(|c| c.failed),
            refused: counts(|c| c.refused),
            fallbacks: counts(|c| c.fallbacks),
            breakers_open: rows.iter().filter_map(|(_, open)| *open).collect(),
        };
        let all =
            |of: fn(&Counts) -> u64| rows.iter().map(|(counts, _)| of(counts)).sum::<u64>() + of(&self.now);
        let totals = CallTotals {
            attempts: all(|c| c.attempts),
            first_attempts: all(|c| c.first_attempts),
            failed: all(|c| c.failed),
            refused: all(|c| c.refused),
            fallbacks: all(|c| c.fallbacks),
            fallbacks_degraded: self.fallbacks_degraded,
            attempts_since_fault: all(|c| c.attempts) - self.before_fault.attempts,
            first_attempts_since_fault: all(|c| c.first_attempts) - self.before_fault.first_attempts,
            breaker_opened: self.breaker_opened,
            mean_wait_ms: self.waits.as_ref().map(|waits| mean_ms(waits.sum_ns, waits.count)),
            longest_wait_ms: self.waits.as_ref().map(|waits| mean_ms(waits.longest.as_nanos().into(), 1)),
            ..CallTotals::default()
        };
        (series, totals)
    }
}
