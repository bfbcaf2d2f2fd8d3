//! The breaker that looks at its window from time to time: Hystrix's. Knows neither timers nor who calls.

use std::collections::VecDeque;

use crate::failure::FailureCause;
use crate::policy::breaker_state::BreakerState;
use crate::policy::sliding_window::Counts;
use crate::time::{SimDuration, SimTime};

/// Hystrix's `HystrixCircuitBreaker` with its `HealthCountsStream`, in nanoseconds where it has milliseconds.
///
/// **It opens at looks alone**, one every `interval` from the first call on: if at least `min_calls` ended in the window
/// of whole intervals before the look, and the failures among them, cut to whole percents, reach `failure_rate`. A look
/// is made at the next access, but dated at its instant; a result of that very instant belongs to the next interval.
/// Between two accesses nothing is counted, so that the look that opens it can be told in advance.
///
/// **Half-open** begins with the first call strictly later than `open_for` after it opened, which is the only one
/// admitted. Any success then closes it and any failure reopens it, also those of calls from before, and so do ignored
/// failures and calls that were given up (`markNonSuccess` stands before all distinctions). Closing throws away what was
/// counted and starts the looks anew; the success that closed it is the first that is counted (the command marks the
/// success before it tells the stream). If the probe never ends, no other call is ever admitted.
#[derive(Clone, Debug)]
pub(super) struct HystrixBreaker {
    settings: HystrixSettings,
    phase: Phase,
    health: Health,
}

/// As in `Breaker::Hystrix`.
#[derive(Clone, Debug)]
pub(super) struct HystrixSettings {
    pub(super) window: SimDuration,
    pub(super) interval: SimDuration,
    pub(super) min_calls: u32,
    pub(super) failure_rate: f64,
    pub(super) open_for: SimDuration,
    pub(super) ignore: Vec<FailureCause>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Closed,
    Open { since: SimTime },
    HalfOpen,
}

/// What was counted while closed; meaningless in the other phases, since closing starts afresh.
#[derive(Clone, Debug, Default)]
struct Health {
    /// From when intervals are counted; none before the first call.
    begun: Option<SimTime>,
    /// Looks made so far. The `n`-th is at the end of interval `n - 1`.
    looks: u64,
    /// By interval, the oldest first; without those in which nothing ended.
    buckets: VecDeque<(u64, Counts)>,
    /// All buckets together.
    totals: Counts,
}

impl HystrixBreaker {
    /// Closed, without a call yet.
    pub(super) fn new(settings: HystrixSettings) -> Self {
        Self { settings, phase: Phase::Closed, health: Health::default() }
    }

    /// Goes by other numbers from now on, in the state it is in. Another window or interval begins empty.
    pub(super) fn reconfigure(&mut self, now: SimTime, settings: HystrixSettings) {
        self.advance(now);
        if (settings.window, settings.interval) != (self.settings.window, self.settings.interval) {
            self.health.restart(now);
        }
        self.settings = settings;
    }

    pub(super) const fn state(&self) -> BreakerState {
        match self.phase {
            Phase::Closed => BreakerState::Closed,
            Phase::Open { .. } => BreakerState::Open,
            Phase::HalfOpen => BreakerState::HalfOpen,
        }
    }

    pub(super) fn try_acquire(&mut self, now: SimTime) -> bool {
        self.advance(now);
        match self.phase {
            Phase::Closed => {
                self.health.begun.get_or_insert(now);
                true
            }
            Phase::Open { since } if now > since + self.settings.open_for => {
                self.phase = Phase::HalfOpen;
                true
            }
            Phase::Open { .. } | Phase::HalfOpen => false,
        }
    }

    pub(super) fn record(&mut self, now: SimTime, outcome: Result<(), FailureCause>) {
        self.advance(now);
        match (self.phase, outcome) {
            (Phase::Closed, Err(cause)) if self.settings.ignore.contains(&cause) => {}
            (Phase::Closed, _) => self.health.count(now, self.settings.interval, outcome.is_err()),
            (Phase::HalfOpen, Ok(())) => {
                self.phase = Phase::Closed;
                self.health.restart(now);
                self.health.count(now, self.settings.interval, false);
            }
            (Phase::HalfOpen, Err(_)) => self.phase = Phase::Open { since: now },
            (Phase::Open { .. }, _) => {}
        }
    }

    pub(super) fn release(&mut self, now: SimTime) {
        self.advance(now);
        if matches!(self.phase, Phase::HalfOpen) {
            self.phase = Phase::Open { since: now };
        }
    }

    /// The look at which it will open, if nothing ends before: the next one, or one that has lost old successes.
    pub(super) fn next_timed_transition(&self) -> Option<SimTime> {
        let Phase::Closed = self.phase else { return None };
        let intervals = self.intervals();
        let mut look = self.health.looks + 1;
        let mut left = self.health.totals;
        let mut oldest = self.health.buckets.iter();
        while left.failed > 0 && left.calls >= self.settings.min_calls {
            if self.reaches_the_rate(left) {
                return self.health.begun.map(|begun| begun + self.settings.interval * look);
            }
            let &(interval, gone) = oldest.next()?;
            left.subtract(gone);
            look = interval + intervals + 1;
        }
        None
    }

    /// Makes the looks that are due by now.
    pub(super) fn advance(&mut self, now: SimTime) {
        let (Phase::Closed, Some(begun)) = (self.phase, self.health.begun) else { return };
        if let Some(due) = self.next_timed_transition().filter(|&due| due <= now) {
            self.phase = Phase::Open { since: due };
        } else {
            let looks = (now - begun).as_nanos() / self.settings.interval.as_nanos();
            self.health.look(looks, self.intervals());
        }
    }

    /// Whole intervals that a window holds.
    fn intervals(&self) -> u64 {
        self.settings.window.as_nanos() / self.settings.interval.as_nanos()
    }

    /// As `HealthCounts`: a quotient of doubles, times 100, cut. So 29 failures of 100 are 28 %.
    fn reaches_the_rate(&self, counts: Counts) -> bool {
        let percent = (f64::from(counts.failed) / f64::from(counts.calls) * 100.0) as u32;
        f64::from(percent) / 100.0 >= self.settings.failure_rate
    }
}

impl Health {
    fn restart(&mut self, now: SimTime) {
        self.buckets.clear();
        self.begun = Some(now);
        self.looks = 0;
        self.totals = Counts::default();
    }

    fn count(&mut self, now: SimTime, interval: SimDuration, failed: bool) {
        let begun = *self.begun.get_or_insert(now);
        let current = (now - begun).as_nanos() / interval.as_nanos();
        let newest = Counts { calls: 1, failed: u32::from(failed), slow: 0 };
        match self.buckets.back_mut() {
            Some((interval, bucket)) if *interval == current => bucket.add(newest),
            _ => self.buckets.push_back((current, newest)),
        }
        self.totals.add(newest);
    }

    /// Forgets the intervals that no look after this one sees.
    fn look(&mut self, looks: u64, intervals: u64) {
        self.looks = looks;
        while let Some(&(interval, counts)) = self.buckets.front()
            && interval + intervals <= looks
        {
            self.totals.subtract(counts);
            self.buckets.pop_front();
        }
    }
}

#[cfg(test)]
mod tests;
