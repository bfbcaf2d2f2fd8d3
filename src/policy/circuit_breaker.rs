//! One circuit breaker of either flavor. Knows neither who calls nor how an attempt came to its outcome.

use crate::failure::FailureCause;
use crate::policy::breaker_state::BreakerState;
use crate::policy::consecutive_breaker::{ConsecutiveBreaker, ConsecutiveSettings};
use crate::policy::rate_breaker::{RateBreaker, RateSettings};
use crate::scenario::Breaker;
use crate::time::{SimDuration, SimTime};

/// Stops calling a callee that fails: resilience4j's breaker, or one that counts failures in a row.
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
    /// Changes of state before the admission (gobreaker's generation); always zero where late results count.
    generation: u32,
}

#[derive(Clone, Debug)]
enum Flavor {
    Rate(RateBreaker),
    Consecutive(ConsecutiveBreaker),
}

impl CircuitBreaker {
    /// Closed, without an outcome yet. Time windows are aligned to whole seconds of the run, whenever it is made.
    pub fn new(breaker: &Breaker) -> Self {
        let flavor = match settings(breaker) {
            Settings::Rate(settings) => Flavor::Rate(RateBreaker::new(settings)),
            Settings::Consecutive(settings) => Flavor::Consecutive(ConsecutiveBreaker::new(settings)),
        };
        Self { flavor }
    }

    /// Goes by other numbers from now on, in the state it is in and with what it has seen; false, and nothing changed,
    /// if they are of the other flavor.
    ///
    /// Of resilience4j's window, a shorter one keeps the newest outcomes and a longer one grows from those there are; a
    /// window of calls that becomes one of time, or the reverse, begins empty. Times count from when its state began.
    /// Half-open, probes under way count against the new number of probes.
    pub fn reconfigure(&mut self, breaker: &Breaker, now: SimTime) -> bool {
        match (&mut self.flavor, settings(breaker)) {
            (Flavor::Rate(breaker), Settings::Rate(settings)) => breaker.reconfigure(now, settings),
            (Flavor::Consecutive(breaker), Settings::Consecutive(settings)) => breaker.reconfigure(settings),
            (Flavor::Rate(_), Settings::Consecutive(_)) | (Flavor::Consecutive(_), Settings::Rate(_)) => {
                return false;
            }
        }
        true
    }

    /// Its state as of the last access. Open turns half-open at an access, not with time alone, unless `automatic`.
    pub const fn state(&self) -> BreakerState {
        match &self.flavor {
            Flavor::Rate(breaker) => breaker.state(),
            Flavor::Consecutive(breaker) => breaker.state(),
        }
    }

    /// Admits a call or, with nothing, refuses it.
    pub fn try_acquire(&mut self, now: SimTime) -> Option<BreakerPermit> {
        let generation = match &mut self.flavor {
            Flavor::Rate(breaker) => breaker.try_acquire(now).then_some(0),
            Flavor::Consecutive(breaker) => breaker.try_acquire(now),
        };
        generation.map(|generation| BreakerPermit { generation })
    }

    /// The result of an admitted call, which took `duration`. An ignored cause returns the permit and counts nothing.
    ///
    /// A call admitted in an earlier state counts in the current one as its flavor has it: resilience4j credits it to
    /// the current state, the consecutive flavor drops it.
    pub fn record(
        &mut self,
        permit: BreakerPermit,
        now: SimTime,
        outcome: Result<(), FailureCause>,
        duration: SimDuration,
    ) {
        match &mut self.flavor {
            Flavor::Rate(breaker) => breaker.record(now, outcome, duration),
            Flavor::Consecutive(breaker) => breaker.record(permit.generation, now, outcome),
        }
    }

    /// An admitted call ended without a result: returns its permit and counts nothing.
    pub fn release(&mut self, permit: BreakerPermit, now: SimTime) {
        match &mut self.flavor {
            Flavor::Rate(breaker) => breaker.release(now),
            Flavor::Consecutive(breaker) => breaker.release(permit.generation),
        }
    }

    /// When its state will change by time alone, if nothing happens before.
    pub fn next_timed_transition(&self) -> Option<SimTime> {
        match &self.flavor {
            Flavor::Rate(breaker) => breaker.next_timed_transition(),
            Flavor::Consecutive(_) => None,
        }
    }

    /// Makes the timed transitions that are due by now, so that [`state`](Self::state) shows them.
    pub fn advance(&mut self, now: SimTime) {
        match &mut self.flavor {
            Flavor::Rate(breaker) => breaker.advance(now),
            Flavor::Consecutive(_) => {}
        }
    }

    /// Share of failures among the outcomes it looks at, 0 to 1, as of the last one: after opening, the rate that
    /// opened it. None below its minimum of calls, and none for the consecutive flavor, which has no rate.
    pub fn failure_rate(&self) -> Option<f64> {
        match &self.flavor {
            Flavor::Rate(breaker) => breaker.failure_rate(),
            Flavor::Consecutive(_) => None,
        }
    }
}

/// What is written of a breaker, as its flavor takes it.
enum Settings {
    Rate(RateSettings),
    Consecutive(ConsecutiveSettings),
}

fn settings(breaker: &Breaker) -> Settings {
    match breaker.clone() {
        Breaker::Resilience4j {
            window,
            min_calls,
            failure_rate,
            slow_rate,
            slow_after,
            open_for,
            half_open_calls,
            half_open_for,
            automatic,
            ignore,
        } => Settings::Rate(RateSettings {
            window,
            min_calls,
            failure_rate,
            slow_rate,
            slow_after,
            open_for,
            half_open_calls,
            half_open_for,
            automatic,
            ignore,
        }),
        Breaker::Consecutive { failures, open_for, successes, ignore } => {
            Settings::Consecutive(ConsecutiveSettings { failures, open_for, successes, ignore })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;
    use crate::scenario::BreakerWindow;

    fn rate(half_open_calls: u32, half_open_for: SimDuration, automatic: bool) -> Breaker {
        Breaker::Resilience4j {
            window: BreakerWindow::Time(SimDuration::from_secs(5)),
            min_calls: 4,
            failure_rate: 0.5,
            slow_rate: 1.0,
            slow_after: SimDuration::from_millis(900),
            open_for: SimDuration::from_secs(2),
            half_open_calls,
            half_open_for,
            automatic,
            ignore: vec![FailureCause::Refused],
        }
    }

    fn consecutive(successes: u32) -> Breaker {
        let open_for = SimDuration::from_secs(2);
        Breaker::Consecutive { failures: 2, open_for, successes, ignore: vec![FailureCause::Refused] }
    }

    /// What happens next, some time later.
    #[derive(Clone, Copy, Debug)]
    enum Op {
        Acquire,
        /// The call admitted longest ago ends.
        End(Option<Result<(), FailureCause>>),
    }

    fn ops() -> impl Strategy<Value = Vec<(u64, Op)>> {
        let op = prop_oneof![
            4 => Just(Op::Acquire),
            2 => Just(Op::End(Some(Err(FailureCause::Error)))),
            2 => Just(Op::End(Some(Ok(())))),
            1 => Just(Op::End(Some(Err(FailureCause::Refused)))),
            1 => Just(Op::End(None)),
        ];
        prop::collection::vec((prop_oneof![0_u64..400, 0_u64..9_000], op), 0..300)
    }

    /// Plays the operations and shows each access: the permit that it got or gave back, and the state after it.
    fn play(
        mut breaker: CircuitBreaker,
        ops: &[(u64, Op)],
        on_time: bool,
        mut see: impl FnMut(Op, Option<BreakerPermit>, BreakerState),
    ) {
        let mut now = SimTime::ZERO;
        let mut out = VecDeque::new();
        for &(gap, op) in ops {
            now += SimDuration::from_millis(gap);
            while let Some(due) = breaker.next_timed_transition().filter(|&due| on_time && due <= now) {
                breaker.advance(due);
            }
            let permit = match op {
                Op::Acquire => {
                    let permit = breaker.try_acquire(now);
                    out.extend(permit.map(|permit| (permit, now)));
                    permit
                }
                Op::End(outcome) => {
                    let Some((permit, begun)) = out.pop_front() else { continue };
                    match outcome {
                        Some(outcome) => breaker.record(permit, now, outcome, now - begun),
                        None => breaker.release(permit, now),
                    }
                    Some(permit)
                }
            };
            see(op, permit, breaker.state());
        }
    }

    #[test]
    fn each_flavor_treats_late_results_as_its_library() {
        // SEMANTICS 1.10, "result of stale call": resilience4j credits it, gobreaker drops it.
        for (breaker, state) in [
            (rate(1, SimDuration::ZERO, false), BreakerState::Closed),
            (consecutive(1), BreakerState::HalfOpen),
        ] {
            let mut breaker = CircuitBreaker::new(&breaker);
            let quick = SimDuration::from_millis(1);
            let late = breaker.try_acquire(SimTime::ZERO).unwrap();
            while breaker.state() == BreakerState::Closed {
                let permit = breaker.try_acquire(SimTime::ZERO).unwrap();
                breaker.record(permit, SimTime::ZERO, Err(FailureCause::Error), quick);
            }
            let now = SimTime::ZERO + SimDuration::from_secs(3);
            assert!(breaker.try_acquire(now).is_some());
            assert_eq!(breaker.state(), BreakerState::HalfOpen);
            breaker.record(late, now, Ok(()), quick);
            assert_eq!(breaker.state(), state);
        }
    }

    proptest! {
        #[test]
        fn a_timer_makes_no_difference(
            ops in ops(), half_open_for in 0_u64..4, automatic: bool, probes in 1_u32..4,
        ) {
            let half_open_for = SimDuration::from_secs(half_open_for);
            let breaker = CircuitBreaker::new(&rate(probes, half_open_for, automatic));
            let (mut lazy, mut timed) = (Vec::new(), Vec::new());
            play(breaker.clone(), &ops, false, |_, permit, state| lazy.push((permit, state)));
            play(breaker, &ops, true, |_, permit, state| timed.push((permit, state)));
            prop_assert_eq!(lazy, timed);
        }

        #[test]
        fn resilience4j_admits_its_permits_and_those_returned(ops in ops(), probes in 1_u32..4) {
            let breaker = CircuitBreaker::new(&rate(probes, SimDuration::ZERO, false));
            let (mut admitted, mut returned, mut exceeded) = (0_u32, 0_u32, false);
            play(breaker, &ops, false, |op, permit, state| {
                match op {
                    _ if state != BreakerState::HalfOpen => (admitted, returned) = (0, 0),
                    Op::Acquire => admitted += u32::from(permit.is_some()),
                    Op::End(None | Some(Err(FailureCause::Refused))) => returned += 1,
                    Op::End(_) => {}
                }
                exceeded |= admitted > probes + returned;
            });
            prop_assert!(!exceeded);
        }

        #[test]
        fn the_consecutive_flavor_admits_one_probe_at_once(ops in ops(), successes in 1_u32..4) {
            let (mut out, mut most) = (Vec::new(), 0);
            play(CircuitBreaker::new(&consecutive(successes)), &ops, false, |op, permit, state| {
                match op {
                    Op::Acquire => out.extend(permit),
                    Op::End(_) => drop(out.remove(0)),
                }
                let probing = matches!(op, Op::Acquire) && state == BreakerState::HalfOpen;
                if let Some(probe) = permit.filter(|_| probing) {
                    most = most.max(out.iter().filter(|&&other| other == probe).count());
                }
            });
            prop_assert!(most <= 1);
        }
    }
}
