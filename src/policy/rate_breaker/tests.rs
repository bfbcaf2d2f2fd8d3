//! What the stories of `conformance` cannot tell: timers, other numbers on the way, arithmetic. Knows the breaker's inside.

use super::*;

const OK: Result<(), FailureCause> = Ok(());
const ERROR: Result<(), FailureCause> = Err(FailureCause::Error);
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
        open_factor: 1.0,
        open_max: None,
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
fn a_late_release_adds_a_probe() {
    // `releasePermission` increments the counter, whoever was admitted when.
    let mut breaker = probing(settings(), 3);
    breaker.release(at(62));
    assert!(breaker.try_acquire(at(62)));
    assert!(!breaker.try_acquire(at(62)));
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
    breaker.reconfigure(at(29), RateSettings { automatic: true, ..settings() });
    assert_eq!(breaker.state(), BreakerState::Open, "60 s are not over");
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

#[test]
fn rates_are_compared_in_percents_of_32_bits() {
    // One call in 30 million short of 99 %, which 32 bits cannot tell.
    assert!(reaches(296_999, 299_999, 0.99));
    assert!(f64::from(296_999) / f64::from(299_999) < 0.99);
    // In small windows nothing differs: of each whole percent, the first share that reaches it.
    for calls in (1..2_000).chain([9_999, 65_536, 99_999]) {
        for percent in 1..=100_u32 {
            let enough = (percent * calls).div_ceil(100);
            let rate = f64::from(percent) / 100.0;
            assert!(reaches(enough, calls, rate), "{enough} of {calls} at {percent} %");
            assert!(!reaches(enough - 1, calls, rate), "{} of {calls} at {percent} %", enough - 1);
        }
    }
}
