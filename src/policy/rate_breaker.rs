//! The breaker that looks at rates: resilience4j's `CircuitBreaker`. Knows neither timers nor who calls.

use crate::failure::FailureCause;
use crate::policy::breaker_state::BreakerState;
use crate::policy::sliding_window::{Counts, Outcome, SlidingWindow};
use crate::scenario::BreakerWindow;
use crate::time::{SimDuration, SimTime};

/// resilience4j's `CircuitBreakerStateMachine` and `CircuitBreakerMetrics`, in nanoseconds where it has milliseconds.
///
/// **Late results** are credited to the state that is current when they come, whichever admitted the call. In closed
/// and half-open they count and can decide; a late ignored failure or release in half-open adds a permit, so that more
/// than `half_open_calls` probes can be under way. In open they are added to the window that was frozen when it opened,
/// which no decision reads again (the next state starts with an empty one): they change the rate it reports, no more.
///
/// **Timed transitions** (open to half-open if `automatic`, half-open to open after `half_open_for`) are made at the
/// next access, but dated at the instant they were due. Decisions are those of a timer that fires on time: nothing but
/// an access reads or changes the state, every access makes the due transitions first, in order, and each depends only
/// on the date of the one before. At the due instant itself the timer counts as having fired first, like an event that
/// was scheduled when the state began. A transition due at the end of time never comes.
#[derive(Clone, Debug)]
pub(super) struct RateBreaker {
    settings: RateSettings,
    phase: Phase,
    /// The outcomes of the current state; in open those of the state before.
    window: SlidingWindow,
    /// Fewer outcomes than this in `window` decide nothing; at least 1.
    min_calls: u32,
    /// How often it has opened since it was last closed: the wait grows with it.
    openings: u32,
}

/// As in `Breaker::Resilience4j`.
#[derive(Clone, Debug)]
pub(super) struct RateSettings {
    pub(super) window: BreakerWindow,
    pub(super) min_calls: u32,
    pub(super) failure_rate: f64,
    pub(super) slow_rate: f64,
    pub(super) slow_after: SimDuration,
    pub(super) open_for: SimDuration,
    pub(super) open_factor: f64,
    pub(super) open_max: Option<SimDuration>,
    pub(super) half_open_calls: u32,
    pub(super) half_open_for: SimDuration,
    pub(super) automatic: bool,
    pub(super) ignore: Vec<FailureCause>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Closed,
    Open { since: SimTime },
    HalfOpen { since: SimTime, permits: u32 },
}

/// What a window says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    TooFewCalls,
    Below,
    Exceeded,
}

impl RateSettings {
    /// Time from the `opening`-th opening in a row, from 1, to half-open (`IntervalFunction.ofExponentialBackoff`).
    fn wait(&self, opening: u32) -> SimDuration {
        let times = libm::pow(self.open_factor, f64::from(opening.saturating_sub(1)));
        let wait = self.open_for.scaled(times);
        self.open_max.map_or(wait, |max| wait.min(max))
    }
}

impl RateBreaker {
    /// Closed, without an outcome yet.
    pub(super) fn new(settings: RateSettings) -> Self {
        let (window, min_calls) = observe(settings.window, settings.min_calls);
        Self { settings, phase: Phase::Closed, window, min_calls, openings: 0 }
    }

    /// Goes by other numbers from now on, in the state it is in.
    ///
    /// The window keeps what it has seen: a longer one grows from there, a shorter one keeps the newest, one of the
    /// other kind begins empty. What is due by the new times already, is due now. Half-open, probes that were admitted
    /// count against the new number, and if enough of them have ended it decides at once: there may be none to come.
    pub(super) fn reconfigure(&mut self, now: SimTime, settings: RateSettings) {
        self.advance(now);
        let old = std::mem::replace(&mut self.settings, settings);
        let settings = &self.settings;
        let observed = match &mut self.phase {
            Phase::Closed => settings.window,
            Phase::Open { since } => {
                if settings.automatic && *since + settings.wait(self.openings) <= now {
                    self.half_open(now);
                }
                return;
            }
            Phase::HalfOpen { permits, .. } => {
                *permits = (*permits + settings.half_open_calls).saturating_sub(old.half_open_calls);
                BreakerWindow::Calls(settings.half_open_calls)
            }
        };
        self.min_calls = minimum(observed, settings.min_calls);
        self.window = std::mem::replace(&mut self.window, SlidingWindow::new(observed)).resized(observed);
        let Phase::HalfOpen { since, .. } = self.phase else { return };
        let half_open_for = self.settings.half_open_for;
        match self.judge(self.window.totals()) {
            Verdict::Exceeded => self.open(now),
            Verdict::Below => self.close(),
            Verdict::TooFewCalls if !half_open_for.is_zero() && since + half_open_for <= now => {
                self.open(now);
            }
            Verdict::TooFewCalls => {}
        }
    }

    pub(super) const fn state(&self) -> BreakerState {
        match self.phase {
            Phase::Closed => BreakerState::Closed,
            Phase::Open { .. } => BreakerState::Open,
            Phase::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    pub(super) fn try_acquire(&mut self, now: SimTime) -> bool {
        self.advance(now);
        // Strict, as `clock.instant().isAfter(retryAfterWaitDuration)`; a timer, above, is not.
        if let Phase::Open { since } = self.phase
            && now > since + self.settings.wait(self.openings)
        {
            self.half_open(now);
        }
        match &mut self.phase {
            Phase::Closed => true,
            Phase::HalfOpen { permits, .. } if *permits > 0 => {
                *permits -= 1;
                true
            }
            Phase::Open { .. } | Phase::HalfOpen { .. } => false,
        }
    }

    pub(super) fn record(&mut self, now: SimTime, outcome: Result<(), FailureCause>, duration: SimDuration) {
        if outcome.is_err_and(|cause| self.settings.ignore.contains(&cause)) {
            self.release(now);
            return;
        }
        self.advance(now);
        let slow = duration > self.settings.slow_after;
        let counts = self.window.record(now, Outcome { failed: outcome.is_err(), slow });
        // Successes are judged like failures: the one that makes `min_calls` can trip it.
        match (self.phase, self.judge(counts)) {
            (Phase::Closed | Phase::HalfOpen { .. }, Verdict::Exceeded) => self.open(now),
            (Phase::HalfOpen { .. }, Verdict::Below) => self.close(),
            (Phase::Open { .. }, _) | (_, Verdict::TooFewCalls) | (Phase::Closed, Verdict::Below) => {}
        }
    }

    pub(super) fn release(&mut self, now: SimTime) {
        self.advance(now);
        if let Phase::HalfOpen { permits, .. } = &mut self.phase {
            *permits = permits.saturating_add(1);
        }
    }

    /// When it will change its state without being asked.
    pub(super) fn next_timed_transition(&self) -> Option<SimTime> {
        let due = match self.phase {
            Phase::Open { since } if self.settings.automatic => since + self.settings.wait(self.openings),
            Phase::HalfOpen { since, .. } if !self.settings.half_open_for.is_zero() => {
                since + self.settings.half_open_for
            }
            Phase::Closed | Phase::Open { .. } | Phase::HalfOpen { .. } => return None,
        };
        (due < SimTime::MAX).then_some(due)
    }

    /// Makes the transitions that are due by now.
    pub(super) fn advance(&mut self, now: SimTime) {
        while let Some(due) = self.next_timed_transition().filter(|&due| due <= now) {
            match self.phase {
                Phase::Open { .. } => self.half_open(self.last_of_its_kind(due, now)),
                Phase::Closed | Phase::HalfOpen { .. } => self.open(due),
            }
        }
    }

    /// Without traffic it alternates between open and half-open for ever: whole rounds are skipped, not replayed, once
    /// they do not grow any more.
    fn last_of_its_kind(&self, due: SimTime, now: SimTime) -> SimTime {
        let half_open_for = self.settings.half_open_for;
        let wait = self.settings.wait(self.openings);
        if half_open_for.is_zero() || wait < self.settings.wait(self.openings + 1) {
            return due;
        }
        let round = (wait + half_open_for).as_nanos();
        now - SimDuration::from_nanos((now - due).as_nanos() % round)
    }

    fn open(&mut self, now: SimTime) {
        self.phase = Phase::Open { since: now };
        self.openings = self.openings.saturating_add(1);
    }

    fn half_open(&mut self, now: SimTime) {
        self.phase = Phase::HalfOpen { since: now, permits: self.settings.half_open_calls };
        let probes = BreakerWindow::Calls(self.settings.half_open_calls);
        (self.window, self.min_calls) = observe(probes, self.settings.min_calls);
    }

    fn close(&mut self) {
        self.phase = Phase::Closed;
        self.openings = 0;
        (self.window, self.min_calls) = observe(self.settings.window, self.settings.min_calls);
    }

    fn judge(&self, counts: Counts) -> Verdict {
        if counts.calls < self.min_calls {
            Verdict::TooFewCalls
        } else if reaches(counts.failed, counts.calls, self.settings.failure_rate)
            || reaches(counts.slow, counts.calls, self.settings.slow_rate)
        {
            Verdict::Exceeded
        } else {
            Verdict::Below
        }
    }
}

/// An empty window with its effective minimum: a count window decides at the latest when it is full, a time window
/// only ever at the minimum itself. The minimum set for closed is used, unclamped, for half-open too.
fn observe(window: BreakerWindow, min_calls: u32) -> (SlidingWindow, u32) {
    (SlidingWindow::new(window), minimum(window, min_calls))
}

fn minimum(window: BreakerWindow, min_calls: u32) -> u32 {
    let minimum = match window {
        BreakerWindow::Calls(size) => min_calls.min(size),
        BreakerWindow::Time(_) => min_calls,
    };
    minimum.max(1)
}

/// Whether so many of the calls are this share of them, 0 to 1, or more. Compared as resilience4j does, in percents of 32
/// bits: for a rate of whole percents this differs from exact arithmetic only in windows of more than 100,000 calls.
fn reaches(part: u32, calls: u32, rate: f64) -> bool {
    part as f32 * 100.0 / calls as f32 >= (rate * 100.0) as f32
}

#[cfg(test)]
mod tests;
