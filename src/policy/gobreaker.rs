//! The breaker that counts by generations: sony/gobreaker. Knows no timers.

use crate::failure::FailureCause;
use crate::policy::breaker_state::BreakerState;
use crate::scenario::{Breaker, BreakerTrip};
use crate::time::{SimDuration, SimTime};

/// gobreaker 2's `CircuitBreaker` with its `rollingCounts`.
///
/// **A generation** begins with every change of state and every clearing of the counts; the result of a call that was
/// admitted in an earlier one is dropped. Every access first makes what is due by now: open becomes half-open strictly
/// later than `open_for` after it opened, at a late result as well as at a call; counts are cleared strictly later than
/// `interval` after the last clearing.
///
/// **It opens at a failure** while closed, if `trip` says so. With buckets, counts belong to the bucket in which their
/// call was admitted, and are lost if it is gone when the call ends; nothing is ever cleared as a whole then. A run of
/// failures that fills the window loses those of its oldest bucket (`rollingCounts.subtract`).
///
/// **Half-open** admits `half_open_calls`, and one more for each that ended with an ignored failure or was given up. So
/// many successes in a row close it, one failure reopens it. If the probes never end, no other call is ever admitted.
#[derive(Clone, Debug)]
pub(super) struct Gobreaker {
    settings: GobreakerSettings,
    phase: Phase,
    /// Counts the generations.
    generation: u32,
    /// When this one began.
    begun: SimTime,
    /// Buckets since then.
    age: u64,
    /// What was counted while closed, by the age of the bucket modulo their number.
    buckets: Vec<Counts>,
    /// All buckets together.
    totals: Counts,
}

/// As in `Breaker::Gobreaker`.
#[derive(Clone, Debug)]
pub(super) struct GobreakerSettings {
    pub(super) trip: BreakerTrip,
    pub(super) interval: SimDuration,
    pub(super) bucket: SimDuration,
    pub(super) open_for: SimDuration,
    pub(super) half_open_calls: u32,
    pub(super) ignore: Vec<FailureCause>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Closed,
    Open,
    HalfOpen { admitted: u32, successes: u32 },
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    /// Calls admitted, those under way included.
    calls: u32,
    failures: u32,
    failures_in_a_row: u32,
}

impl Gobreaker {
    /// Closed, without a call yet; intervals are counted from now.
    pub(super) fn new(settings: GobreakerSettings, now: SimTime) -> Self {
        let buckets = vec![Counts::default(); settings.buckets()];
        let totals = Counts::default();
        Self { settings, phase: Phase::Closed, generation: 0, begun: now, age: 0, buckets, totals }
    }

    /// Goes by other numbers from now on, in the state it is in. Another interval or bucket begins empty.
    pub(super) fn reconfigure(&mut self, now: SimTime, settings: GobreakerSettings) {
        self.settle(now);
        let divided = |settings: &GobreakerSettings| (settings.interval, settings.bucket);
        let redivided = divided(&settings) != divided(&self.settings);
        self.settings = settings;
        if redivided {
            self.buckets = vec![Counts::default(); self.settings.buckets()];
            if matches!(self.phase, Phase::Closed) {
                self.enter(Phase::Closed, now);
            }
        }
    }

    pub(super) const fn state(&self) -> BreakerState {
        match self.phase {
            Phase::Closed => BreakerState::Closed,
            Phase::Open => BreakerState::Open,
            Phase::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    /// Admits a call, which then belongs to the generation and the bucket returned. Of the bucket the low bits are
    /// enough: no call is under way for as many as there are.
    pub(super) fn try_acquire(&mut self, now: SimTime) -> Option<(u32, u32)> {
        self.settle(now);
        match &mut self.phase {
            Phase::Closed => {
                self.totals.calls += 1;
                self.bucket(self.age).calls += 1;
            }
            Phase::HalfOpen { admitted, .. } if *admitted < self.settings.half_open_calls => *admitted += 1,
            Phase::Open | Phase::HalfOpen { .. } => return None,
        }
        Some((self.generation, self.age as u32))
    }

    pub(super) fn record(&mut self, from: (u32, u32), now: SimTime, outcome: Result<(), FailureCause>) {
        self.settle(now);
        let (generation, age) = from;
        if generation != self.generation {
            return;
        }
        // How many buckets ago the call was admitted.
        let back = u64::from((self.age as u32).wrapping_sub(age));
        match outcome {
            Ok(()) => self.on_success(back, now),
            Err(cause) if self.settings.ignore.contains(&cause) => self.on_exclusion(),
            Err(_) => self.on_failure(back, now),
        }
    }

    /// The call was given up, which counts as an exclusion.
    pub(super) fn release(&mut self, from: (u32, u32), now: SimTime) {
        self.settle(now);
        if from.0 == self.generation {
            self.on_exclusion();
        }
    }

    const fn on_exclusion(&mut self) {
        if let Phase::HalfOpen { admitted, .. } = &mut self.phase {
            *admitted -= 1;
        }
    }

    fn on_success(&mut self, back: u64, now: SimTime) {
        match &mut self.phase {
            Phase::Closed if back < self.buckets.len() as u64 => {
                self.totals.failures_in_a_row = 0;
                self.bucket(self.age - back).failures_in_a_row = 0;
            }
            Phase::HalfOpen { successes, .. } => {
                *successes += 1;
                if *successes >= self.settings.half_open_calls {
                    self.enter(Phase::Closed, now);
                }
            }
            // While open no call is admitted, so none belongs to its generation.
            Phase::Closed | Phase::Open => {}
        }
    }

    fn on_failure(&mut self, back: u64, now: SimTime) {
        if matches!(self.phase, Phase::HalfOpen { .. }) {
            self.enter(Phase::Open, now);
            return;
        }
        if back < self.buckets.len() as u64 {
            self.totals.fail();
            self.bucket(self.age - back).fail();
        }
        if self.trips() {
            self.enter(Phase::Open, now);
        }
    }

    fn trips(&self) -> bool {
        let Counts { calls, failures, failures_in_a_row } = self.totals;
        match self.settings.trip {
            BreakerTrip::Consecutive(enough) => failures_in_a_row >= enough,
            BreakerTrip::Ratio { failure_rate, min_calls } => {
                calls >= min_calls && f64::from(failures) / f64::from(calls) >= failure_rate
            }
        }
    }

    /// Makes what is due by now.
    fn settle(&mut self, now: SimTime) {
        match self.phase {
            Phase::Closed if self.buckets.len() > 1 => {
                self.grow((now - self.begun).as_nanos() / self.settings.bucket.as_nanos());
            }
            Phase::Closed => {
                let interval = self.settings.whole();
                if !interval.is_zero() && now > self.begun + interval {
                    self.enter(Phase::Closed, now);
                }
            }
            Phase::Open if now > self.begun + self.settings.open_for => {
                self.enter(Phase::HalfOpen { admitted: 0, successes: 0 }, now);
            }
            Phase::Open | Phase::HalfOpen { .. } => {}
        }
    }

    /// Forgets the buckets that are too old when the newest has this age.
    fn grow(&mut self, age: u64) {
        if age - self.age >= self.buckets.len() as u64 {
            self.clear();
            self.age = age;
        }
        while self.age < age {
            self.age += 1;
            let oldest = std::mem::take(self.bucket(self.age));
            let others = self.totals.failures - oldest.failures;
            if self.totals.failures_in_a_row == others + oldest.failures_in_a_row {
                self.totals.failures_in_a_row -= oldest.failures_in_a_row;
            }
            self.totals.calls -= oldest.calls;
            self.totals.failures = others;
        }
    }

    fn enter(&mut self, phase: Phase, now: SimTime) {
        self.phase = phase;
        self.generation = self.generation.wrapping_add(1);
        self.begun = now;
        self.clear();
    }

    fn clear(&mut self) {
        self.age = 0;
        self.totals = Counts::default();
        self.buckets.fill(Counts::default());
    }

    fn bucket(&mut self, age: u64) -> &mut Counts {
        let index = age % self.buckets.len() as u64;
        &mut self.buckets[index as usize]
    }
}

impl GobreakerSettings {
    fn buckets(&self) -> usize {
        Breaker::buckets(self.interval, self.bucket).0 as usize
    }

    /// The interval, as many whole buckets as it needs.
    fn whole(&self) -> SimDuration {
        Breaker::buckets(self.interval, self.bucket).1
    }
}

impl Counts {
    const fn fail(&mut self) {
        self.failures += 1;
        self.failures_in_a_row += 1;
    }
}

#[cfg(test)]
mod tests;
