//! What holds for breakers of every flavor, whatever happens. Knows no inside.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::*;
use crate::scenario::{BreakerTrip, BreakerWindow};

fn rate(half_open_calls: u32, half_open_for: SimDuration, automatic: bool, open_factor: f64) -> Breaker {
    Breaker::Resilience4j {
        window: BreakerWindow::Time(SimDuration::from_secs(5)),
        min_calls: 4,
        failure_rate: 0.5,
        slow_rate: 1.0,
        slow_after: SimDuration::from_millis(900),
        open_for: SimDuration::from_secs(2),
        open_factor,
        open_max: Some(SimDuration::from_secs(5)),
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

fn hystrix() -> Breaker {
    Breaker::Hystrix {
        window: SimDuration::from_secs(5),
        interval: SimDuration::from_millis(700),
        min_calls: 4,
        failure_rate: 0.5,
        open_for: SimDuration::from_secs(2),
        ignore: vec![FailureCause::Refused],
    }
}

fn polly() -> Breaker {
    Breaker::Polly {
        window: SimDuration::from_secs(5),
        min_calls: 4,
        failure_rate: 0.5,
        open_for: SimDuration::from_secs(2),
        ignore: vec![FailureCause::Refused],
    }
}

fn gobreaker(half_open_calls: u32, bucket: u64) -> Breaker {
    Breaker::Gobreaker {
        trip: BreakerTrip::Ratio { failure_rate: 0.5, min_calls: 4 },
        interval: SimDuration::from_secs(5),
        bucket: SimDuration::from_millis(bucket),
        open_for: SimDuration::from_secs(2),
        half_open_calls,
        ignore: vec![FailureCause::Refused],
    }
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

proptest! {
    #[test]
    fn a_timer_makes_no_difference(
        ops in ops(), half_open_for in 0_u64..4, automatic: bool, probes in 1_u32..4,
        factor in prop_oneof![Just(1.0), Just(1.3)],
    ) {
        let half_open_for = SimDuration::from_secs(half_open_for);
        let breaker = CircuitBreaker::new(&rate(probes, half_open_for, automatic, factor), SimTime::ZERO);
        let (mut lazy, mut timed) = (Vec::new(), Vec::new());
        play(breaker.clone(), &ops, false, |_, permit, state| lazy.push((permit, state)));
        play(breaker, &ops, true, |_, permit, state| timed.push((permit, state)));
        prop_assert_eq!(lazy, timed);
    }

    #[test]
    fn resilience4j_admits_its_permits_and_those_returned(ops in ops(), probes in 1_u32..4) {
        let breaker = CircuitBreaker::new(&rate(probes, SimDuration::ZERO, false, 1.0), SimTime::ZERO);
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
    fn looks_make_no_difference(ops in ops()) {
        let breaker = CircuitBreaker::new(&hystrix(), SimTime::ZERO);
        let (mut lazy, mut timed) = (Vec::new(), Vec::new());
        play(breaker.clone(), &ops, false, |_, permit, state| lazy.push((permit, state)));
        play(breaker, &ops, true, |_, permit, state| timed.push((permit, state)));
        prop_assert_eq!(lazy, timed);
    }

    #[test]
    fn each_flavor_admits_as_many_probes_at_once_as_it_says(
        ops in ops(), probes in 1_u32..4, bucket in prop_oneof![Just(0), Just(700_u64)],
    ) {
        let consecutive = consecutive(probes);
        for (breaker, at_once) in
            [(consecutive, 1), (hystrix(), 1), (polly(), 1), (gobreaker(probes, bucket), probes)]
        {
            // Those admitted in this stay in half-open: no result of theirs yet.
            let (mut probing, mut before, mut out) = (0_u32, BreakerState::Closed, VecDeque::new());
            let mut most = 0;
            play(CircuitBreaker::new(&breaker, SimTime::ZERO), &ops, false, |op, permit, state| {
                if state != before || state != BreakerState::HalfOpen {
                    probing = 0;
                    out.make_contiguous().fill(false);
                }
                match op {
                    Op::Acquire if permit.is_some() => {
                        probing += u32::from(state == BreakerState::HalfOpen);
                        out.push_back(state == BreakerState::HalfOpen);
                    }
                    Op::Acquire => {}
                    Op::End(_) => probing -= u32::from(out.pop_front() == Some(true)),
                }
                most = most.max(probing);
                before = state;
            });
            prop_assert!(most <= at_once, "{most} of {at_once}: {breaker:?}");
        }
    }
}

/// Every flavor, tripped by four failures at `at`.
fn tripped(at: SimTime) -> Vec<(Breaker, CircuitBreaker)> {
    let never = SimDuration::ZERO;
    let all = [rate(2, never, true, 1.0), consecutive(1), hystrix(), polly(), gobreaker(2, 1_000)];
    all.into_iter()
        .map(|settings| {
            let mut breaker = CircuitBreaker::new(&settings, SimTime::ZERO);
            let permits: Vec<_> = (0..4).filter_map(|_| breaker.try_acquire(at)).collect();
            for permit in permits {
                breaker.record(permit, at, Err(FailureCause::Error), SimDuration::ZERO);
            }
            // Hystrix looks at its counts from time to time.
            breaker.advance(at + SimDuration::from_secs(1));
            assert_eq!(breaker.state(), BreakerState::Open, "{settings:?}");
            (settings, breaker)
        })
        .collect()
}

#[test]
fn other_numbers_leave_the_state_and_another_flavor_is_refused() {
    let tripped_at = SimTime::ZERO + SimDuration::from_secs(10);
    let now = tripped_at + SimDuration::from_secs(1);
    for (of, (settings, breaker)) in tripped(tripped_at).into_iter().enumerate() {
        for (to, (other, _)) in tripped(tripped_at).into_iter().enumerate() {
            let mut breaker = breaker.clone();
            assert_eq!(breaker.reconfigure(&other, now), of == to, "{settings:?} to {other:?}");
            assert_eq!(breaker.state(), BreakerState::Open, "{settings:?} to {other:?}");
        }
    }
}

#[test]
fn an_automatic_breaker_says_when_it_turns_half_open() {
    let now = SimTime::ZERO + SimDuration::from_secs(10);
    let due = now + SimDuration::from_secs(2);
    let (_, mut breaker) = tripped(now).swap_remove(0);
    let next = breaker.next_timed_transition().expect("it is automatic");
    assert!(next >= due && next <= due + SimDuration::from_millis(1), "{next:?}");
    breaker.advance(next);
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
}
