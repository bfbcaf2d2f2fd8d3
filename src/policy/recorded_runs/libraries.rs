//! The libraries on a clock of the recorder's: breakers, a rate limiter, waits and a retry budget.

use super::{Seen, cases, halves};
use crate::failure::FailureCause;
use crate::policy::conformance::{follows, policy, sum};
use crate::policy::{Admission, ClientThrottle, InProgress, RetryBudget, delay};
use crate::time::{SimDuration, SimTime};

/// Tells every story of a breaker, of which there must be enough of each kind.
fn replay_breaker(recording: &'static str) {
    let mut seen = Seen::default();
    let mut lines = 0;
    for case in cases(recording) {
        follows(case.settings, &case.lines.join("\n"));
        note(&case.lines, &mut seen);
        lines += case.lines.len();
        seen.one("case");
    }
    assert!(lines >= 60 * 150, "{lines} lines");
    seen.at_least(150, &["case"]);
    seen.at_least(50, &["closed", "open", "half-open"]);
    seen.at_least(50, &["closed to open", "open to half-open", "half-open to closed", "half-open to open"]);
    seen.at_least(50, &["yes, closed", "no, open", "yes, half-open", "no, half-open"]);
    seen.at_least(50, &["ok", "fails", "ignored", "given up"]);
}

/// Each line's state, the change to it, what was answered, and how a call under way ended.
fn note(story: &[&str], seen: &mut Seen) {
    let mut before = "closed";
    for line in story {
        let (what, found) = halves(line);
        let (answer, state) = found.split_once(", ").unwrap_or(("", found));
        seen.one(state);
        if state != before {
            seen.one(&format!("{before} to {state}"));
        }
        if !answer.is_empty() {
            seen.one(found);
        } else if let [_, name, how @ ..] = &what.split(' ').collect::<Vec<_>>()[..]
            && name.starts_with(char::is_alphabetic)
        {
            seen.one(&how.join(" "));
        }
        before = state;
    }
}

#[test]
fn gobreaker_decided_so() {
    replay_breaker(include_str!("../../../tests/recorded/gobreaker.txt"));
}

#[test]
fn hystrix_decided_so() {
    replay_breaker(include_str!("../../../tests/recorded/hystrix.txt"));
}

#[test]
fn polly_decided_so() {
    replay_breaker(include_str!("../../../tests/recorded/polly.txt"));
}

#[test]
fn resilience4j_decided_so() {
    replay_breaker(include_str!("../../../tests/recorded/resilience4j.txt"));
}

#[test]
fn the_rate_limiter_of_resilience4j_decided_so() {
    let throttle = |text: &str| policy(&format!("throttle: {text}")).throttle.unwrap();
    let mut seen = Seen::default();
    for case in cases(include_str!("../../../tests/recorded/limiter.txt")) {
        let mut limiter = ClientThrottle::new(&throttle(case.settings), SimTime::ZERO);
        for line in &case.lines {
            let (time, what) = line.split_once(": ").unwrap();
            let now = SimTime::ZERO + sum(time);
            let Some(expected) = what.strip_prefix("ask -> ") else {
                let settings = throttle(what.strip_prefix("set ").unwrap());
                assert!(limiter.reconfigure(&settings, now));
                seen.one("set");
                continue;
            };
            let answer = match limiter.ask(now, || unreachable!("nothing is drawn")) {
                Admission::Now => "now".to_owned(),
                Admission::After(wait) => format!("after {}", wait.as_nanos()),
                Admission::Refused(_) => "no".to_owned(),
            };
            let expected = expected
                .strip_prefix("after ")
                .map_or_else(|| expected.to_owned(), |wait| format!("after {}", sum(wait).as_nanos()));
            assert_eq!(answer, expected, "{}\n{line}", case.settings);
            seen.one(answer.split(' ').next().unwrap());
        }
    }
    seen.at_least(300, &["now", "after", "no", "set"]);
}

#[test]
fn resilience4j_waited_so() {
    let recording = include_str!("../../../tests/recorded/waits.txt");
    let mut waits = 0;
    for line in recording.lines().filter(|line| !line.starts_with('#')) {
        let (backoff, expected) = line.split_once(" -> ").unwrap();
        let retry = policy(&format!("retry: Retry(backoff: {backoff})")).retry.unwrap();
        for (nth, wait) in (1..).zip(expected.split(' ')) {
            let ours =
                delay(retry.backoff, retry.jitter, nth, SimDuration::ZERO, |_| unreachable!("no jitter"));
            assert_eq!(ours, sum(wait), "{backoff} {nth}");
            waits += 1;
        }
    }
    assert!(waits >= 1_000, "{waits} waits");
}

#[test]
fn the_retry_budget_of_finagle_allowed_so() {
    let (mut allowed, mut refused) = (0, 0);
    for case in cases(include_str!("../../../tests/recorded/finagle.txt")) {
        let retry = policy(&format!("retry: Retry(budget: {})", case.settings)).retry.unwrap();
        let mut budget = RetryBudget::new(&retry.budget.unwrap(), SimTime::ZERO);
        for line in &case.lines {
            let (time, what) = line.split_once(": ").unwrap();
            let now = SimTime::ZERO + sum(time);
            let (number, what) = what.split_once(' ').unwrap();
            let number: usize = number.parse().unwrap();
            let Some(expected) = what.strip_prefix("ask -> ") else {
                assert_eq!(what, "first");
                (0..number).for_each(|_| budget.on_first_attempt(now));
                continue;
            };
            let asks =
                (0..number).filter(|_| budget.try_withdraw(FailureCause::Error, InProgress::default(), now));
            let may = asks.count();
            assert_eq!(format!("{may} may"), expected, "{}\n{line}", case.settings);
            allowed += may;
            refused += number - may;
        }
    }
    assert!(allowed >= 1_000 && refused >= 1_000, "{allowed} allowed, {refused} refused");
}
