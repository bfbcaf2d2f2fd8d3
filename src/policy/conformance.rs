//! Circuit breakers against their libraries: cases that read like the specification. Knows no inside of any breaker.
//!
//! A case is a breaker as a scenario writes it, and a story of one line per access:
//!
//! | line | means |
//! |---|---|
//! | `1s: 3 fail -> closed` | three calls are made, admitted, and fail at once; then it is closed |
//! | `1s: 1 ok taking 2s -> closed` | a call that was begun two seconds ago succeeds |
//! | `2s: ask a -> yes, half-open` | a call, from here on named `a`, is admitted |
//! | `2s: ask -> no, open` | a call is refused; if admitted, it never ends |
//! | `3s: a fails -> open` | `a` ends: `ok`, `fails`, `ignored` (with a failure that is not counted), or `given up` |
//! | `4s: look -> open` | nothing happens, but somebody watches the state |
//! | `5s: set Polly() -> open` | from now on it goes by these numbers |
//!
//! Times are added: `61s+1ns`. Each story is told twice, once with a timer for what happens by time alone and once
//! without. The ignored failure is always `Refused`. What the libraries themselves were seen to do is told in the same
//! words (`recorded_runs`).

mod gobreaker;
mod hystrix;
mod polly;
mod resilience4j;
mod side_by_side;

use std::collections::BTreeMap;

use crate::failure::FailureCause;
use crate::policy::{BreakerPermit, BreakerState, CircuitBreaker};
use crate::scenario::{Breaker, Policy, Scenario};
use crate::time::{SimDuration, SimTime};

/// How long a call takes if nothing is said of it.
const QUICK: SimDuration = SimDuration::from_millis(1);

/// A breaker whose story is being told, and its calls under way.
struct Storyteller {
    breaker: CircuitBreaker,
    timer: bool,
    calls: BTreeMap<String, (BreakerPermit, SimTime)>,
}

/// A breaker, from its text in a scenario.
fn breaker(text: &str) -> Breaker {
    policy(&format!("breaker: {text}")).breaker.unwrap()
}

/// The policies of a call, from their text in a scenario.
pub(super) fn policy(text: &str) -> Policy {
    let text = format!(
        "Scenario(format: 1, name: \"x\", horizon: \"1m\",
        services: {{ \"a\": Service(operations: {{ \"op\": [] }}) }},
        traffic: {{ \"t\": Open(rate: \"1/s\", entry: \"a.op\") }},
        calls: {{ \"t -> a\": Policy({text}) }})"
    );
    let scenario = Scenario::parse(&text).unwrap_or_else(|rejected| panic!("{:?}", rejected.diagnostics));
    scenario.calls[0].1.clone()
}

/// Whether a breaker does what the story says, line by line.
pub(super) fn follows(settings: &str, story: &str) {
    for timer in [false, true] {
        let mut teller = Storyteller::new(settings, timer);
        for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (when_and_what, expected) = line.split_once(" -> ").unwrap();
            let found = teller.tell(when_and_what);
            assert_eq!(found, expected.trim(), "{settings}, timer: {timer}\n{line}");
        }
    }
}

impl Storyteller {
    fn new(settings: &str, timer: bool) -> Self {
        let breaker = CircuitBreaker::new(&breaker(settings), SimTime::ZERO);
        Self { breaker, timer, calls: BTreeMap::new() }
    }

    /// What is seen after one line: the answer if something was asked, and the state.
    fn tell(&mut self, line: &str) -> String {
        let (time, what) = line.split_once(": ").unwrap();
        let now = SimTime::ZERO + sum(time);
        while let Some(due) = self.breaker.next_timed_transition().filter(|&due| self.timer && due <= now) {
            self.breaker.advance(due);
        }
        let words: Vec<&str> = what.split_whitespace().collect();
        let mut answer = "";
        match words[..] {
            ["look"] => self.breaker.advance(now),
            ["set", ..] => {
                let kept = self.breaker.reconfigure(&breaker(&words[1..].join(" ")), now);
                assert!(kept, "of another flavor");
            }
            ["ask", ref name @ ..] => {
                let permit = self.breaker.try_acquire(now);
                answer = if permit.is_some() { "yes, " } else { "no, " };
                if let (Some(permit), [name]) = (permit, name) {
                    self.calls.insert((*name).to_owned(), (permit, now));
                }
            }
            [first, ref rest @ ..] => {
                if let Ok(count) = first.parse() {
                    self.calls_that_end(count, rest, now);
                } else if let Some((permit, begun)) = self.calls.remove(first) {
                    self.end(permit, now, rest, now - begun);
                }
            }
            [] => panic!("nothing happens: {line}"),
        }
        format!("{answer}{}", state(self.breaker.state()))
    }

    /// Calls one after the other, each admitted and ended at the same instant.
    fn calls_that_end(&mut self, count: u32, how: &[&str], now: SimTime) {
        let (how, took) = match how {
            [how @ .., "taking", took] => (how, duration(took)),
            _ => (how, QUICK),
        };
        for _ in 0..count {
            let permit = self.breaker.try_acquire(now).unwrap();
            self.end(permit, now, how, took);
        }
    }

    fn end(&mut self, permit: BreakerPermit, now: SimTime, how: &[&str], took: SimDuration) {
        let outcome = match how {
            ["ok"] => Ok(()),
            ["fail" | "fails"] => Err(FailureCause::Error),
            ["ignored"] => Err(FailureCause::Refused),
            ["given", "up"] => return self.breaker.release(permit, now),
            _ => panic!("no such end of a call: {how:?}"),
        };
        self.breaker.record(permit, now, outcome, took);
    }
}

/// Lengths of time, added: `61s+1ns`.
pub(super) fn sum(text: &str) -> SimDuration {
    text.split('+').map(duration).fold(SimDuration::ZERO, |sum, part| sum + part)
}

fn duration(text: &str) -> SimDuration {
    text.trim().parse().unwrap()
}

fn state(state: BreakerState) -> &'static str {
    match state {
        BreakerState::Closed => "closed",
        BreakerState::Open => "open",
        BreakerState::HalfOpen => "half-open",
    }
}
