//! One circuit breaker of any flavor. Knows neither who calls nor how an attempt came to its outcome.

use crate::failure::FailureCause;
use crate::policy::breaker_settings::Settings;
use crate::policy::breaker_state::BreakerState;
use crate::policy::consecutive_breaker::ConsecutiveBreaker;
use crate::policy::gobreaker::Gobreaker;
use crate::policy::hystrix_breaker::HystrixBreaker;
use crate::policy::polly_breaker::PollyBreaker;
use crate::policy::rate_breaker::RateBreaker;
use crate::scenario::Breaker;
use crate::time::{SimDuration, SimTime};

/// Stops calling a callee that fails, as the library that its flavor is named after.
///
/// Every call that is admitted ends with exactly one [`record`](Self::record) or [`release`](Self::release); one that
/// ends with neither keeps its place among the probes. [`state`](Self::state) is as of the last access: an observer
/// that wants a timed transition on time calls [`advance`](Self::advance) at
/// [`next_timed_transition`](Self::next_timed_transition). Decisions are the same whether it does or not.
#[derive(Clone, Debug)]
pub struct CircuitBreaker {
    flavor: Flavor,
}

/// That a call was admitted, and when as the breaker counts: its later result says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerPermit {
    /// The generation that admitted it, where late results are dropped; else zero.
    generation: u32,
    /// The bucket of that generation; zero where there are none.
    bucket: u32,
}

#[derive(Clone, Debug)]
enum Flavor {
    Rate(RateBreaker),
    Consecutive(ConsecutiveBreaker),
    Hystrix(HystrixBreaker),
    Polly(PollyBreaker),
    Gobreaker(Gobreaker),
}

impl CircuitBreaker {
    /// Closed, without an outcome yet. resilience4j's time windows are aligned to whole seconds of the run; gobreaker's
    /// intervals count from now, the other flavors' from their first call.
    pub fn new(breaker: &Breaker, now: SimTime) -> Self {
        let flavor = match Settings::of(breaker) {
            Settings::Rate(settings) => Flavor::Rate(RateBreaker::new(settings)),
            Settings::Consecutive(settings) => Flavor::Consecutive(ConsecutiveBreaker::new(settings)),
            Settings::Hystrix(settings) => Flavor::Hystrix(HystrixBreaker::new(settings)),
            Settings::Polly(settings) => Flavor::Polly(PollyBreaker::new(settings)),
            Settings::Gobreaker(settings) => Flavor::Gobreaker(Gobreaker::new(settings, now)),
        };
        Self { flavor }
    }

    /// Goes by other numbers from now on, in the state it is in and with what it has seen; false, and nothing changed,
    /// if they are of another flavor.
    ///
    /// Times count from when its state began. Of resilience4j's window, a shorter one keeps the newest outcomes and a
    /// longer one grows from those there are; a window of calls that becomes one of time, or the reverse, begins empty.
    /// Half-open, its probes under way count against the new number of probes. Another window or interval of Hystrix,
    /// another interval or bucket of gobreaker begins empty; Polly's window stays as it is.
    pub fn reconfigure(&mut self, breaker: &Breaker, now: SimTime) -> bool {
        match (&mut self.flavor, Settings::of(breaker)) {
            (Flavor::Rate(breaker), Settings::Rate(settings)) => breaker.reconfigure(now, settings),
            (Flavor::Consecutive(breaker), Settings::Consecutive(settings)) => breaker.reconfigure(settings),
            (Flavor::Hystrix(breaker), Settings::Hystrix(settings)) => breaker.reconfigure(now, settings),
            (Flavor::Polly(breaker), Settings::Polly(settings)) => breaker.reconfigure(settings),
            (Flavor::Gobreaker(breaker), Settings::Gobreaker(settings)) => breaker.reconfigure(now, settings),
            _ => return false,
        }
        true
    }

    /// Its state as of the last access. Open turns half-open at an access, not with time alone, unless `automatic`.
    pub const fn state(&self) -> BreakerState {
        match &self.flavor {
            Flavor::Rate(breaker) => breaker.state(),
            Flavor::Consecutive(breaker) => breaker.state(),
            Flavor::Hystrix(breaker) => breaker.state(),
            Flavor::Polly(breaker) => breaker.state(),
            Flavor::Gobreaker(breaker) => breaker.state(),
        }
    }

    /// Admits a call or, with nothing, refuses it.
    pub fn try_acquire(&mut self, now: SimTime) -> Option<BreakerPermit> {
        let (generation, bucket) = match &mut self.flavor {
            Flavor::Rate(breaker) => breaker.try_acquire(now).then_some((0, 0)),
            Flavor::Consecutive(breaker) => breaker.try_acquire(now).map(|generation| (generation, 0)),
            Flavor::Hystrix(breaker) => breaker.try_acquire(now).then_some((0, 0)),
            Flavor::Polly(breaker) => breaker.try_acquire(now).then_some((0, 0)),
            Flavor::Gobreaker(breaker) => breaker.try_acquire(now),
        }?;
        Some(BreakerPermit { generation, bucket })
    }

    /// The result of an admitted call, which took `duration`. What an ignored cause means is the flavor's: it counts
    /// nothing and returns the permit, but to Polly it is a success, and to Hystrix's probe a failure.
    ///
    /// A call admitted in an earlier state counts in the current one, but for the consecutive flavor and gobreaker, which
    /// drop its result.
    pub fn record(
        &mut self,
        permit: BreakerPermit,
        now: SimTime,
        outcome: Result<(), FailureCause>,
        duration: SimDuration,
    ) {
        let BreakerPermit { generation, bucket } = permit;
        match &mut self.flavor {
            Flavor::Rate(breaker) => breaker.record(now, outcome, duration),
            Flavor::Consecutive(breaker) => breaker.record(generation, now, outcome),
            Flavor::Hystrix(breaker) => breaker.record(now, outcome),
            Flavor::Polly(breaker) => breaker.record(now, outcome),
            Flavor::Gobreaker(breaker) => breaker.record((generation, bucket), now, outcome),
        }
    }

    /// An admitted call ended without a result, because nobody waits for it any more. Counts nothing and returns the
    /// permit, but to Polly it is a success, and to Hystrix's probe a failure.
    pub fn release(&mut self, permit: BreakerPermit, now: SimTime) {
        let BreakerPermit { generation, bucket } = permit;
        match &mut self.flavor {
            Flavor::Rate(breaker) => breaker.release(now),
            Flavor::Consecutive(breaker) => breaker.release(generation),
            Flavor::Hystrix(breaker) => breaker.release(now),
            Flavor::Polly(breaker) => breaker.release(now),
            Flavor::Gobreaker(breaker) => breaker.release((generation, bucket), now),
        }
    }

    /// When its state will change by time alone, if nothing happens before.
    pub fn next_timed_transition(&self) -> Option<SimTime> {
        match &self.flavor {
            Flavor::Rate(breaker) => breaker.next_timed_transition(),
            Flavor::Hystrix(breaker) => breaker.next_timed_transition(),
            Flavor::Consecutive(_) | Flavor::Polly(_) | Flavor::Gobreaker(_) => None,
        }
    }

    /// Makes the timed transitions that are due by now, so that [`state`](Self::state) shows them.
    pub fn advance(&mut self, now: SimTime) {
        match &mut self.flavor {
            Flavor::Rate(breaker) => breaker.advance(now),
            Flavor::Hystrix(breaker) => breaker.advance(now),
            Flavor::Consecutive(_) | Flavor::Polly(_) | Flavor::Gobreaker(_) => {}
        }
    }
}

#[cfg(test)]
mod tests;
