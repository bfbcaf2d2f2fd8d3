//! The breaker that counts failures in a row. Knows neither rates nor durations of calls.

use crate::failure::FailureCause;
use crate::policy::breaker_state::BreakerState;
use crate::time::{SimDuration, SimTime};

/// Opens after failures in a row; half-open admits probes one at a time.
///
/// The core of gobreaker: only a failure opens it, it becomes half-open at the first call strictly
/// later than `open_for` after it opened, and every change begins a generation whose calls alone count from then on.
/// It opens on the `failures`-th failure in a row (gobreaker's default condition `> 5` is 6 here). gobreaker admits as
/// many probes at once as it wants successes; this one admits the next only when the one before is done, as Hystrix and
/// Polly do. No interval clears the count of failures while closed (gobreaker's default).
#[derive(Clone, Debug)]
pub(super) struct ConsecutiveBreaker {
    settings: ConsecutiveSettings,
    phase: Phase,
    /// Counts the changes of phase.
    generation: u32,
}

/// As in `Breaker::Consecutive`.
#[derive(Clone, Debug)]
pub(super) struct ConsecutiveSettings {
    pub(super) failures: u32,
    pub(super) open_for: SimDuration,
    pub(super) successes: u32,
    pub(super) ignore: Vec<FailureCause>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Closed { failures_in_a_row: u32 },
    Open { since: SimTime },
    HalfOpen { successes: u32, probing: bool },
}

impl ConsecutiveBreaker {
    /// Closed, without a failure yet.
    pub(super) const fn new(settings: ConsecutiveSettings) -> Self {
        Self { settings, phase: Phase::Closed { failures_in_a_row: 0 }, generation: 0 }
    }

    /// Goes by other numbers from now on, in the state it is in: what it has counted already is enough as soon as the
    /// next result says so.
    pub(super) fn reconfigure(&mut self, settings: ConsecutiveSettings) {
        self.settings = settings;
    }

    pub(super) const fn state(&self) -> BreakerState {
        match self.phase {
            Phase::Closed { .. } => BreakerState::Closed,
            Phase::Open { .. } => BreakerState::Open,
            Phase::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    /// Admits a call, which then belongs to the generation returned.
    pub(super) fn try_acquire(&mut self, now: SimTime) -> Option<u32> {
        if let Phase::Open { since } = self.phase
            && now > since + self.settings.open_for
        {
            self.enter(Phase::HalfOpen { successes: 0, probing: false });
        }
        match &mut self.phase {
            Phase::Closed { .. } => Some(self.generation),
            Phase::HalfOpen { probing, .. } if !*probing => {
                *probing = true;
                Some(self.generation)
            }
            Phase::Open { .. } | Phase::HalfOpen { .. } => None,
        }
    }

    pub(super) fn record(&mut self, generation: u32, now: SimTime, outcome: Result<(), FailureCause>) {
        if generation != self.generation {
            return;
        }
        match outcome {
            Ok(()) => self.on_success(),
            Err(cause) if self.settings.ignore.contains(&cause) => self.release(generation),
            Err(_) => self.on_failure(now),
        }
    }

    /// The call counts nothing; the next probe may go.
    pub(super) const fn release(&mut self, from: u32) {
        if from == self.generation
            && let Phase::HalfOpen { probing, .. } = &mut self.phase
        {
            *probing = false;
        }
    }

    fn on_success(&mut self) {
        match self.phase {
            Phase::Closed { .. } => self.phase = Phase::Closed { failures_in_a_row: 0 },
            Phase::HalfOpen { successes, .. } if successes + 1 >= self.settings.successes => {
                self.enter(Phase::Closed { failures_in_a_row: 0 });
            }
            Phase::HalfOpen { successes, .. } => {
                self.phase = Phase::HalfOpen { successes: successes + 1, probing: false };
            }
            // No call is admitted while open, so none belongs to such a generation.
            Phase::Open { .. } => {}
        }
    }

    fn on_failure(&mut self, now: SimTime) {
        match self.phase {
            Phase::Closed { failures_in_a_row } if failures_in_a_row + 1 < self.settings.failures => {
                self.phase = Phase::Closed { failures_in_a_row: failures_in_a_row + 1 };
            }
            Phase::Closed { .. } | Phase::HalfOpen { .. } => self.enter(Phase::Open { since: now }),
            Phase::Open { .. } => {}
        }
    }

    const fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.generation = self.generation.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN_FOR: SimDuration = SimDuration::from_secs(30);
    const ERROR: Result<(), FailureCause> = Err(FailureCause::Error);

    fn breaker(failures: u32, successes: u32) -> ConsecutiveBreaker {
        let ignore = vec![FailureCause::Refused];
        ConsecutiveBreaker::new(ConsecutiveSettings { failures, open_for: OPEN_FOR, successes, ignore })
    }

    fn at(secs: u64) -> SimTime {
        SimTime::from_nanos(secs * 1_000_000_000)
    }

    /// Calls of which each is done before the next.
    fn call(breaker: &mut ConsecutiveBreaker, now: SimTime, outcome: Result<(), FailureCause>) {
        let generation = breaker.try_acquire(now).unwrap();
        breaker.record(generation, now, outcome);
    }

    /// A breaker that opened at 1 s after one failure.
    fn opened(successes: u32) -> ConsecutiveBreaker {
        let mut breaker = breaker(1, successes);
        call(&mut breaker, at(1), ERROR);
        assert_eq!(breaker.state(), BreakerState::Open);
        breaker
    }

    #[test]
    fn other_numbers_keep_the_state() {
        let with = |failures, open_for, successes| {
            let open_for = SimDuration::from_secs(open_for);
            ConsecutiveSettings { failures, open_for, successes, ignore: Vec::new() }
        };
        let mut breaker = breaker(9, 1);
        (0..4).for_each(|_| call(&mut breaker, at(0), ERROR));
        breaker.reconfigure(with(2, 30, 1));
        assert_eq!(breaker.state(), BreakerState::Closed, "the next result decides");
        call(&mut breaker, at(1), ERROR);
        assert_eq!(breaker.state(), BreakerState::Open);
        breaker.reconfigure(with(2, 5, 3));
        assert_eq!((breaker.try_acquire(at(6)), breaker.state()), (None, BreakerState::Open));
        call(&mut breaker, at(7), Ok(()));
        breaker.reconfigure(with(2, 5, 1));
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        call(&mut breaker, at(7), Ok(()));
        assert_eq!(breaker.state(), BreakerState::Closed);
    }

    #[test]
    fn opens_on_the_nth_failure_in_a_row() {
        let ignored = Err(FailureCause::Refused);
        for (outcomes, state) in [
            (&[ERROR, ERROR][..], BreakerState::Closed),
            (&[ERROR, ERROR, ERROR], BreakerState::Open),
            (&[ERROR, ERROR, Ok(()), ERROR, ERROR], BreakerState::Closed),
            (&[ERROR, ERROR, Ok(()), ERROR, ERROR, ERROR], BreakerState::Open),
            // An ignored failure neither counts nor ends the row.
            (&[ERROR, ERROR, ignored], BreakerState::Closed),
            (&[ERROR, ERROR, ignored, ERROR], BreakerState::Open),
        ] {
            let mut breaker = breaker(3, 1);
            for &outcome in outcomes {
                call(&mut breaker, at(1), outcome);
            }
            assert_eq!(breaker.state(), state, "{outcomes:?}");
        }
    }

    #[test]
    fn half_open_begins_strictly_after_open_for() {
        // gobreaker compares now > expiry.
        let mut breaker = opened(1);
        assert_eq!(breaker.try_acquire(at(31)), None);
        assert_eq!(breaker.state(), BreakerState::Open);
        assert!(breaker.try_acquire(at(31) + SimDuration::from_nanos(1)).is_some());
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
    }

    #[test]
    fn probes_go_one_at_a_time_and_close_it_in_a_row() {
        let mut breaker = opened(2);
        let probe = breaker.try_acquire(at(32)).unwrap();
        assert_eq!(breaker.try_acquire(at(32)), None);
        breaker.record(probe, at(33), Ok(()));
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        let probe = breaker.try_acquire(at(33)).unwrap();
        assert_eq!(breaker.try_acquire(at(33)), None);
        breaker.record(probe, at(34), Ok(()));
        assert_eq!(breaker.state(), BreakerState::Closed);
        // It needs the full row of failures again (here: one).
        call(&mut breaker, at(35), ERROR);
        assert_eq!(breaker.state(), BreakerState::Open);
    }

    #[test]
    fn one_failed_probe_reopens_it_for_the_full_time() {
        let mut breaker = opened(2);
        call(&mut breaker, at(32), Ok(()));
        call(&mut breaker, at(33), ERROR);
        assert_eq!(breaker.state(), BreakerState::Open);
        assert_eq!(breaker.try_acquire(at(63)), None);
        // The success before the failure is forgotten.
        call(&mut breaker, at(64), Ok(()));
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
    }

    #[test]
    fn a_probe_without_an_outcome_makes_room_for_the_next() {
        let mut breaker = opened(1);
        let probe = breaker.try_acquire(at(32)).unwrap();
        breaker.record(probe, at(33), Err(FailureCause::Refused));
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        let probe = breaker.try_acquire(at(33)).unwrap();
        assert_eq!(breaker.try_acquire(at(33)), None);
        breaker.release(probe);
        assert!(breaker.try_acquire(at(34)).is_some());
    }

    #[test]
    fn results_of_earlier_generations_are_dropped() {
        // Results whose generation differs from the current are discarded.
        let mut breaker = breaker(1, 1);
        let late = [0; 4].map(|_| breaker.try_acquire(at(0)).unwrap());
        call(&mut breaker, at(1), ERROR);
        breaker.record(late[0], at(2), Ok(()));
        assert_eq!(breaker.state(), BreakerState::Open);
        let probe = breaker.try_acquire(at(32)).unwrap();
        breaker.record(late[1], at(33), ERROR);
        breaker.record(late[2], at(33), Ok(()));
        breaker.record(late[3], at(33), Err(FailureCause::Refused));
        breaker.release(late[3]);
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        assert_eq!(breaker.try_acquire(at(33)), None, "the probe is still out");
        breaker.record(probe, at(34), Ok(()));
        assert_eq!(breaker.state(), BreakerState::Closed);
        breaker.record(late[0], at(35), ERROR);
        assert_eq!(breaker.state(), BreakerState::Closed);
    }
}
