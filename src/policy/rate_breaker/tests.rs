//! resilience4j's breaker against its source, rule by rule. Knows the breaker's inside; nothing else may.

use super::*;

const OK: Result<(), FailureCause> = Ok(());
const ERROR: Result<(), FailureCause> = Err(FailureCause::Error);
const IGNORED: Result<(), FailureCause> = Err(FailureCause::Refused);
const QUICK: SimDuration = SimDuration::from_millis(1);
const NANO: SimDuration = SimDuration::from_nanos(1);

/// Five calls decide; open for 60 s, then three probes.
fn settings() -> RateSettings {
    RateSettings {
        window: BreakerWindow::Calls(10),
        min_calls: 5,
        failure_rate: 0.5,
        slow_rate: 1.0,
        slow_after: SimDuration::from_secs(2),
        open_for: SimDuration::from_secs(60),
        half_open_calls: 3,
        half_open_for: SimDuration::ZERO,
        automatic: false,
        ignore: vec![FailureCause::Refused],
    }
}

fn at(secs: u64) -> SimTime {
    SimTime::from_nanos(secs * 1_000_000_000)
}

/// A breaker after these outcomes, all at 1 s.
fn after(settings: RateSettings, outcomes: &[(Result<(), FailureCause>, SimDuration)]) -> RateBreaker {
    let mut breaker = RateBreaker::new(settings);
    for &(outcome, duration) in outcomes {
        assert!(breaker.try_acquire(at(1)));
        breaker.record(at(1), outcome, duration);
    }
    breaker
}

/// One that opened at 1 s.
fn opened(settings: RateSettings) -> RateBreaker {
    let failures = vec![(ERROR, QUICK); settings.min_calls as usize];
    let breaker = after(settings, &failures);
    assert_eq!(breaker.state(), BreakerState::Open);
    breaker
}

/// One that became half-open at 62 s, with this many of its permits taken then.
fn probing(settings: RateSettings, probes: u32) -> RateBreaker {
    let mut breaker = opened(settings);
    for _ in 0..probes {
        assert!(breaker.try_acquire(at(62)));
    }
    breaker
}

#[test]
fn rates_trip_it_inclusively() {
    let slow = SimDuration::from_secs(2) + NANO;
    let edge = SimDuration::from_secs(2);
    let (closed, open) = (BreakerState::Closed, BreakerState::Open);
    let [ok, err, ign] = [OK, ERROR, IGNORED].map(|outcome| (outcome, QUICK));
    for (outcomes, state) in [
        // SEMANTICS 1.1: min = 5, 3 failures then 2 successes: opens on the 5th call (60 %).
        (&[err, err, err, ok][..], closed),
        (&[err, err, err, ok, ok], open),
        // Two of five are below one half, three of six are one half exactly.
        (&[err, err, ok, ok, ok], closed),
        (&[err, err, ok, ok, ok, err], open),
        // An ignored failure counts nothing, as if it had not been.
        (&[err, err, err, ok, ign], closed),
        (&[err, err, err, ok, ign, ok], open),
        // Slow is strictly longer; failure and slowness are independent.
        (&[(OK, slow); 5], open),
        (&[(OK, edge); 5], closed),
        (&[(OK, slow), (OK, slow), (OK, slow), (OK, slow), ok], closed),
        (&[(ERROR, slow), (ERROR, slow), (OK, slow), (OK, slow), (OK, slow)], open),
    ] {
        assert_eq!(after(settings(), outcomes).state(), state, "{outcomes:?}");
    }
}

#[test]
fn the_minimum_is_clamped_to_a_count_window_only() {
    // SEMANTICS 1.1: COUNT_BASED effective = min(min, size); TIME_BASED is not clamped.
    let few = |window, min_calls| RateSettings { window, min_calls, ..settings() };
    let by_count = few(BreakerWindow::Calls(4), 100);
    assert_eq!(after(by_count.clone(), &[(ERROR, QUICK); 3]).state(), BreakerState::Closed);
    assert_eq!(after(by_count, &[(ERROR, QUICK); 4]).state(), BreakerState::Open);
    let by_time = few(BreakerWindow::Time(SimDuration::from_secs(10)), 20);
    assert_eq!(after(by_time.clone(), &[(ERROR, QUICK); 19]).state(), BreakerState::Closed);
    assert_eq!(after(by_time, &[(ERROR, QUICK); 20]).state(), BreakerState::Open);
    let none = few(BreakerWindow::Calls(4), 0);
    assert_eq!(RateBreaker::new(none.clone()).failure_rate(), None);
    assert_eq!(after(none, &[(ERROR, QUICK)]).state(), BreakerState::Open);
}

#[test]
fn half_open_begins_strictly_after_open_for() {
    // SEMANTICS 1.1: now > retryAfter.
    let mut breaker = opened(settings());
    assert_eq!(breaker.next_timed_transition(), None);
    assert!(!breaker.try_acquire(at(61)));
    assert_eq!(breaker.state(), BreakerState::Open);
    assert!(breaker.try_acquire(at(61) + NANO));
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
}

#[test]
fn the_automatic_transition_is_on_time() {
    let mut breaker = opened(RateSettings { automatic: true, ..settings() });
    assert_eq!(breaker.next_timed_transition(), Some(at(61)));
    breaker.advance(at(61) - NANO);
    assert_eq!(breaker.state(), BreakerState::Open);
    breaker.advance(at(61));
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    assert_eq!(breaker.next_timed_transition(), None);
}

#[test]
fn probes_decide_when_the_effective_minimum_is_in() {
    // SEMANTICS 1.1: effective minCalls = min(minimumNumberOfCalls, permitted), decided after each result.
    let (closed, open, half) = (BreakerState::Closed, BreakerState::Open, BreakerState::HalfOpen);
    for (min_calls, outcomes, state) in [
        (5, &[ERROR, ERROR][..], half),
        (5, &[ERROR, ERROR, OK], open),
        (5, &[OK, ERROR, OK], closed),
        (2, &[OK], half),
        (2, &[OK, OK], closed),
        (2, &[OK, ERROR], open),
        (1, &[OK], closed),
    ] {
        let mut breaker = probing(RateSettings { min_calls, ..settings() }, 3);
        for &outcome in outcomes {
            breaker.record(at(63), outcome, QUICK);
        }
        assert_eq!(breaker.state(), state, "{min_calls} {outcomes:?}");
    }
}

#[test]
fn each_state_begins_with_an_empty_window() {
    let mut breaker = probing(settings(), 3);
    for outcome in [ERROR, OK, OK] {
        breaker.record(at(63), outcome, QUICK);
    }
    assert_eq!(breaker.state(), BreakerState::Closed);
    assert_eq!(breaker.failure_rate(), None);
    for _ in 0..4 {
        breaker.record(at(63), ERROR, QUICK);
    }
    assert_eq!(breaker.state(), BreakerState::Closed, "four of a fresh five");
    breaker.record(at(63), ERROR, QUICK);
    assert_eq!(breaker.state(), BreakerState::Open);
}

#[test]
fn permits_are_used_up_by_results_and_returned_without_one() {
    let mut breaker = probing(settings(), 3);
    assert!(!breaker.try_acquire(at(62)));
    breaker.record(at(63), OK, QUICK);
    assert!(!breaker.try_acquire(at(63)), "a result does not return the permit");
    breaker.record(at(63), IGNORED, QUICK);
    assert!(breaker.try_acquire(at(63)));
    assert!(!breaker.try_acquire(at(63)));
    breaker.release(at(64));
    assert!(breaker.try_acquire(at(64)));
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
}

#[test]
fn without_a_limit_lost_probes_deny_for_ever() {
    // SEMANTICS 1.1: if probes never complete and maxWaitDurationInHalfOpenState = 0, it is stuck.
    let mut breaker = probing(settings(), 3);
    assert_eq!(breaker.next_timed_transition(), None);
    assert!(!breaker.try_acquire(at(1_000_000)));
}

#[test]
fn half_open_ends_after_half_open_for() {
    let mut breaker = probing(RateSettings { half_open_for: SimDuration::from_secs(5), ..settings() }, 3);
    assert_eq!(breaker.next_timed_transition(), Some(at(67)));
    breaker.advance(at(67) - NANO);
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    // Asked much later only: open since 67 s, so half-open after 127 s, with all its permits again.
    assert!(!breaker.clone().try_acquire(at(127)));
    assert!(breaker.try_acquire(at(127) + NANO));
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    assert_eq!(breaker.next_timed_transition(), Some(at(132) + NANO));
}

#[test]
fn late_results_count_in_the_state_they_come_to() {
    // SEMANTICS 1.1: the state object at completion time receives it.
    let mut breaker = opened(settings());
    assert_eq!(breaker.failure_rate(), Some(1.0));
    for _ in 0..5 {
        breaker.record(at(2), OK, QUICK);
    }
    assert_eq!(breaker.failure_rate(), Some(0.5), "the frozen window takes it");
    breaker.record(at(2), OK, QUICK);
    breaker.release(at(2));
    assert_eq!(breaker.state(), BreakerState::Open);
    assert!(breaker.try_acquire(at(62)));
    for _ in 0..3 {
        breaker.record(at(62), OK, QUICK);
    }
    assert_eq!(breaker.state(), BreakerState::Closed, "two late results and a probe");
}

#[test]
fn a_late_release_adds_a_probe() {
    // SEMANTICS 1.1: releasePermission increments the counter, whoever was admitted when.
    let mut breaker = probing(settings(), 3);
    breaker.release(at(62));
    assert!(breaker.try_acquire(at(62)));
    assert!(!breaker.try_acquire(at(62)));
}

#[test]
fn a_late_result_after_half_open_for_finds_it_open() {
    let mut breaker = probing(RateSettings { half_open_for: SimDuration::from_secs(5), ..settings() }, 3);
    breaker.record(at(62), OK, QUICK);
    breaker.record(at(62), OK, QUICK);
    breaker.record(at(67), OK, QUICK);
    assert_eq!(breaker.state(), BreakerState::Open);
    assert_eq!(breaker.failure_rate(), Some(0.0));
}

#[test]
fn seven_of_a_hundred_are_seven_percent() {
    let window = BreakerWindow::Calls(100);
    let settings = RateSettings { window, min_calls: 100, failure_rate: 0.07, ..settings() };
    let mut outcomes = vec![(OK, QUICK); 93];
    outcomes.extend([(ERROR, QUICK); 7]);
    assert_eq!(after(settings, &outcomes).state(), BreakerState::Open);
}

#[test]
fn idle_rounds_are_skipped_to_the_same_instants() {
    let idle = RateSettings {
        automatic: true,
        open_for: SimDuration::from_nanos(3),
        half_open_for: SimDuration::from_nanos(2),
        ..settings()
    };
    for nanos in 0..12 {
        let mut stepped = opened(idle.clone());
        let mut skipped = stepped.clone();
        let now = at(1) + SimDuration::from_nanos(nanos);
        (0..=nanos).for_each(|n| stepped.advance(at(1) + SimDuration::from_nanos(n)));
        skipped.advance(now);
        assert_eq!(skipped.state(), stepped.state(), "{nanos}");
        assert_eq!(skipped.next_timed_transition(), stepped.next_timed_transition(), "{nanos}");
    }
    let mut year_later = opened(idle);
    year_later.advance(at(31_000_000));
    assert_eq!(year_later.state(), BreakerState::Open);
    year_later.advance(SimTime::MAX);
}

#[test]
fn other_numbers_keep_the_state() {
    // Open stays open, and lasts as long as the new time says, counted from when it opened.
    for (open_for, before, from) in [(30, 31, 32), (90, 91, 92)] {
        let mut breaker = opened(settings());
        let open_for = SimDuration::from_secs(open_for);
        breaker.reconfigure(at(10), RateSettings { open_for, failure_rate: 0.9, ..settings() });
        assert_eq!(breaker.state(), BreakerState::Open);
        assert!(!breaker.clone().try_acquire(at(before)), "{open_for}");
        assert!(breaker.try_acquire(at(from)), "{open_for}");
    }
    // Closed goes on with what it has seen: two failures, and with the third there are enough.
    let mut breaker = after(settings(), &[(ERROR, QUICK), (ERROR, QUICK)]);
    breaker.reconfigure(at(2), RateSettings { min_calls: 3, ..settings() });
    assert_eq!(breaker.state(), BreakerState::Closed);
    breaker.record(at(2), ERROR, QUICK);
    assert_eq!(breaker.state(), BreakerState::Open);
    // A window of another kind begins empty.
    let mut breaker = after(settings(), &[(ERROR, QUICK), (ERROR, QUICK)]);
    let window = BreakerWindow::Time(SimDuration::from_secs(10));
    breaker.reconfigure(at(2), RateSettings { window, min_calls: 3, ..settings() });
    breaker.record(at(2), ERROR, QUICK);
    assert_eq!(breaker.state(), BreakerState::Closed);
}

#[test]
fn what_is_due_by_the_new_times_is_due_now() {
    let mut breaker = opened(RateSettings { automatic: true, ..settings() });
    let open_for = SimDuration::from_secs(5);
    let half_open_for = SimDuration::from_secs(20);
    breaker.reconfigure(at(30), RateSettings { automatic: true, open_for, half_open_for, ..settings() });
    assert_eq!(breaker.state(), BreakerState::HalfOpen);
    assert_eq!(breaker.next_timed_transition(), Some(at(50)), "half-open since the change");
    let half_open_for = SimDuration::from_secs(3);
    breaker.reconfigure(at(40), RateSettings { half_open_for, ..settings() });
    assert_eq!(breaker.state(), BreakerState::Open);
    assert!(!breaker.clone().try_acquire(at(100)));
    assert!(breaker.try_acquire(at(101)));
}

#[test]
fn probes_under_way_count_against_the_new_number_of_probes() {
    let with = |half_open_calls| RateSettings { half_open_calls, ..settings() };
    let admitted = |mut breaker: RateBreaker| (0..9).filter(|_| breaker.try_acquire(at(64))).count();
    for (calls, more) in [(1, 0), (2, 0), (3, 1), (5, 3)] {
        let mut breaker = probing(settings(), 2);
        breaker.reconfigure(at(63), with(calls));
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        assert_eq!(admitted(breaker), more, "{calls}");
    }
    // Nobody would ever be admitted again, if what has ended did not decide.
    for (outcome, state) in [(OK, BreakerState::Closed), (ERROR, BreakerState::Open)] {
        let mut breaker = probing(settings(), 1);
        breaker.record(at(63), outcome, QUICK);
        breaker.reconfigure(at(63), with(1));
        assert_eq!(breaker.state(), state);
    }
}
