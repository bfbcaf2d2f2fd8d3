//! The breaker that only failures can open: Polly's. Knows no timers.

use std::collections::VecDeque;

use crate::failure::FailureCause;
use crate::policy::breaker_state::BreakerState;
use crate::policy::sliding_window::Counts;
use crate::time::{SimDuration, SimTime};

/// Parts of the window, which are forgotten one by one.
const PARTS: u64 = 10;

/// Polly 8's `CircuitStateController` with `AdvancedCircuitBehavior` and `RollingHealthMetrics`, in nanoseconds where it
/// has ticks of 100 ns.
///
/// **It opens at a failure** while closed, if the window then holds at least `min_calls` calls and the share of failures
/// is at least `failure_rate`. A part of the window begins with the first result that comes a tenth of its length or
/// more after the part before began, and is forgotten when it began a whole length ago. Failures that it does not handle
/// are successes to it, and so are calls that were given up (`OperationCanceledException` is not handled).
///
/// **Half-open** begins with the first call at `open_for` after it opened or later, which is the only one admitted. The
/// next result decides, whichever call it belongs to: a success closes it and empties the window, a failure reopens it
/// and is not counted. Opening empties nothing, and what ends while it is open is counted. If the probe never ends, no
/// other call is ever admitted.
#[derive(Clone, Debug)]
pub(super) struct PollyBreaker {
    settings: PollySettings,
    phase: Phase,
    /// Parts of the window by when they began, the oldest first.
    parts: VecDeque<(SimTime, Counts)>,
    /// All parts together.
    totals: Counts,
}

/// As in `Breaker::Polly`.
#[derive(Clone, Debug)]
pub(super) struct PollySettings {
    pub(super) window: SimDuration,
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

impl PollyBreaker {
    /// Closed, without a call yet.
    pub(super) const fn new(settings: PollySettings) -> Self {
        let totals = Counts { calls: 0, failed: 0, slow: 0 };
        Self { settings, phase: Phase::Closed, parts: VecDeque::new(), totals }
    }

    /// Goes by other numbers from now on, in the state it is in and with what it has seen.
    pub(super) fn reconfigure(&mut self, settings: PollySettings) {
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
        match self.phase {
            Phase::Closed => true,
            // Inclusive: `now >= _blockedUntil`.
            Phase::Open { since } if now >= since + self.settings.open_for => {
                self.phase = Phase::HalfOpen;
                true
            }
            Phase::Open { .. } | Phase::HalfOpen => false,
        }
    }

    pub(super) fn record(&mut self, now: SimTime, outcome: Result<(), FailureCause>) {
        match outcome {
            Err(cause) if !self.settings.ignore.contains(&cause) => self.on_failure(now),
            Ok(()) | Err(_) => self.on_success(now),
        }
    }

    /// The call was given up: a success, as everything that is not handled.
    pub(super) fn release(&mut self, now: SimTime) {
        self.on_success(now);
    }

    fn on_success(&mut self, now: SimTime) {
        if matches!(self.phase, Phase::HalfOpen) {
            self.phase = Phase::Closed;
            self.parts.clear();
            self.totals = Counts::default();
        } else {
            self.count(now, false);
        }
    }

    fn on_failure(&mut self, now: SimTime) {
        match self.phase {
            Phase::Closed => {
                self.count(now, true);
                let Counts { calls, failed, .. } = self.totals;
                let rate = f64::from(failed) / f64::from(calls);
                if calls >= self.settings.min_calls && rate >= self.settings.failure_rate {
                    self.phase = Phase::Open { since: now };
                }
            }
            Phase::Open { .. } => self.count(now, true),
            Phase::HalfOpen => self.phase = Phase::Open { since: now },
        }
    }

    /// Counts a result, and forgets what is too old by now.
    fn count(&mut self, now: SimTime, failed: bool) {
        let newest = Counts { calls: 1, failed: u32::from(failed), slow: 0 };
        let length = self.settings.window.as_nanos();
        match self.parts.back_mut() {
            Some((begun, part)) if (now - *begun).as_nanos() < length / PARTS => part.add(newest),
            _ => self.parts.push_back((now, newest)),
        }
        self.totals.add(newest);
        while let Some(&(begun, part)) = self.parts.front()
            && (now - begun).as_nanos() >= length
        {
            self.totals.subtract(part);
            self.parts.pop_front();
        }
    }
}
