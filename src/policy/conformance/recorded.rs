//! Runs of the libraries themselves, in the same words: what they decided is decided here too. How the recordings were
//! made is in `tests/recorded/README.md`.

use std::collections::BTreeMap;

use super::{follows, policy, sum};
use crate::failure::FailureCause;
use crate::policy::{Admission, ClientThrottle, InProgress, RetryBudget, delay};
use crate::time::{SimDuration, SimTime};

/// What a recording of a breaker has seen.
#[derive(Default)]
struct Seen {
    cases: usize,
    lines: usize,
    /// How often the state after a line, and the change to it from the line before.
    states: BTreeMap<String, usize>,
    changes: BTreeMap<String, usize>,
    /// How often a call was admitted or refused, and the state after that.
    answers: BTreeMap<String, usize>,
    /// How often calls under way ended in which way.
    ends: BTreeMap<String, usize>,
}

/// The cases of a recording: what it is of, as a scenario writes it, and the lines of its story. They stand apart by
/// empty lines.
fn cases(recording: &str) -> impl Iterator<Item = (&str, &str)> {
    let cases = recording.split("\n\n").filter(|case| !case.starts_with('#'));
    cases.map(|case| case.trim().split_once('\n').unwrap())
}

/// Tells every case of a breaker.
fn replay(recording: &str) -> Seen {
    let mut seen = Seen::default();
    for (breaker, story) in cases(recording) {
        follows(breaker, story);
        seen.note(story);
    }
    seen
}

impl Seen {
    fn note(&mut self, story: &str) {
        let mut before = "closed";
        for line in story.lines() {
            let (what, found) = line.split_once(" -> ").unwrap();
            let (answer, state) = found.split_once(", ").unwrap_or(("", found));
            count(&mut self.states, state.to_owned());
            if state != before {
                count(&mut self.changes, format!("{before} to {state}"));
            }
            if !answer.is_empty() {
                count(&mut self.answers, found.to_owned());
            } else if let [_, name, how @ ..] = &what.split(' ').collect::<Vec<_>>()[..]
                && name.starts_with(char::is_alphabetic)
            {
                count(&mut self.ends, how.join(" "));
            }
            before = state;
            self.lines += 1;
        }
        self.cases += 1;
    }

    /// A recording that shows little proves little.
    fn is_rich(&self) {
        assert!(self.cases >= 150, "{} cases", self.cases);
        assert!(self.lines >= 60 * self.cases, "{} lines", self.lines);
        let often = |counted: &BTreeMap<String, usize>, what: &str| {
            let times = counted.get(what).copied().unwrap_or_default();
            assert!(times >= 50, "{what}: only {times} times");
        };
        for state in ["closed", "open", "half-open"] {
            often(&self.states, state);
        }
        for change in ["closed to open", "open to half-open", "half-open to closed", "half-open to open"] {
            often(&self.changes, change);
        }
        for answer in ["yes, closed", "no, open", "yes, half-open", "no, half-open"] {
            often(&self.answers, answer);
        }
        for end in ["ok", "fails", "ignored", "given up"] {
            often(&self.ends, end);
        }
    }
}

fn count(counts: &mut BTreeMap<String, usize>, what: String) {
    *counts.entry(what).or_default() += 1;
}

#[test]
fn gobreaker_decided_so() {
    replay(include_str!("../../../tests/recorded/gobreaker.txt")).is_rich();
}

#[test]
fn hystrix_decided_so() {
    replay(include_str!("../../../tests/recorded/hystrix.txt")).is_rich();
}

#[test]
fn polly_decided_so() {
    replay(include_str!("../../../tests/recorded/polly.txt")).is_rich();
}

#[test]
fn resilience4j_decided_so() {
    replay(include_str!("../../../tests/recorded/resilience4j.txt")).is_rich();
}

#[test]
fn the_rate_limiter_of_resilience4j_decided_so() {
    let throttle = |text: &str| policy(&format!("throttle: {text}")).throttle.unwrap();
    let mut seen = BTreeMap::new();
    for (settings, story) in cases(include_str!("../../../tests/recorded/limiter.txt")) {
        let mut limiter = ClientThrottle::new(&throttle(settings), SimTime::ZERO);
        for line in story.lines() {
            let (time, what) = line.split_once(": ").unwrap();
            let now = SimTime::ZERO + sum(time);
            let Some(expected) = what.strip_prefix("ask -> ") else {
                let settings = throttle(what.strip_prefix("set ").unwrap());
                assert!(limiter.reconfigure(&settings, now));
                count(&mut seen, "set".to_owned());
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
            assert_eq!(answer, expected, "{settings}\n{line}");
            count(&mut seen, answer.split(' ').next().unwrap().to_owned());
        }
    }
    assert!(["now", "after", "no", "set"].iter().all(|&what| seen[what] >= 300), "{seen:?}");
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
    for (settings, story) in cases(include_str!("../../../tests/recorded/finagle.txt")) {
        let retry = policy(&format!("retry: Retry(budget: {settings})")).retry.unwrap();
        let mut budget = RetryBudget::new(&retry.budget.unwrap(), SimTime::ZERO);
        for line in story.lines() {
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
            assert_eq!(format!("{may} may"), expected, "{settings}\n{line}");
            allowed += may;
            refused += number - may;
        }
    }
    assert!(allowed >= 1_000 && refused >= 1_000, "{allowed} allowed, {refused} refused");
}
