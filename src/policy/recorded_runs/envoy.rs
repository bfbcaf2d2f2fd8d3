//! Envoy: which retries its budget allows, and how long it waits before them.

use std::collections::BTreeMap;

use super::{Case, Seen, cases, halves, ms, retry};
use crate::failure::FailureCause;
use crate::policy::{FailedAttempt, InProgress, RetryBudget, RetryDecision, decide, delay};
use crate::scenario::{Backoff, Budget, Jitter};
use crate::time::{SimDuration, SimTime};

/// Requests to one cluster. A case whose back-off lasts for ever shows that retries count while they wait.
#[derive(Default)]
struct Cluster<'a> {
    /// Those with an attempt in progress, and whether it is a retry.
    open: BTreeMap<&'a str, bool>,
    backing_off: Vec<&'a str>,
}

impl<'a> Cluster<'a> {
    fn in_progress(&self) -> InProgress {
        let retries = self.open.values().filter(|&&retry| retry).count() + self.backing_off.len();
        InProgress { attempts: self.open.len() as u32, retries: retries as u32 }
    }

    fn end(&mut self, request: &str) {
        self.open.remove(request);
        self.backing_off.retain(|&other| other != request);
    }

    /// A retry was allowed. One that follows a timeout is answered before anything else happens.
    fn tries_again(&mut self, request: &'a str, cause: FailureCause, for_ever: bool) {
        if for_ever {
            self.backing_off.push(request);
        } else if cause != FailureCause::Timeout {
            self.open.insert(request, true);
        }
    }
}

fn cause(how: &str) -> FailureCause {
    match how {
        "fails" | "fails-with-a-body" => FailureCause::Error,
        "drops" => FailureCause::Reset,
        "times-out" => FailureCause::Timeout,
        "refused" => FailureCause::Refused,
        _ => panic!("no such failure: {how}"),
    }
}

fn replay_budget(case: &Case, seen: &mut Seen) {
    let share = case.number::<f64>("budget") / 100.0;
    let budget = Budget::Envoy { share, min_concurrent: case.number("at least") };
    let policy = retry(1_001, &FailureCause::ALL, budget);
    let mut budget = RetryBudget::new(&budget, SimTime::ZERO);
    let for_ever = case.settings.ends_with("back-off for ever");
    let mut cluster = Cluster::default();
    for line in &case.lines {
        let (what, recorded) = halves(line);
        let (request, how) = what.split_once(' ').unwrap();
        cluster.end(request);
        match how {
            "begins" => _ = cluster.open.insert(request, false),
            "ok" | "leaves" => seen.one(how),
            _ => {
                let (cause, in_progress) = (cause(how), cluster.in_progress());
                let failed = FailedAttempt { number: 1, cause, at: SimTime::ZERO, in_progress };
                let retried = decide(Some(&policy), failed, Some(&mut budget)) == RetryDecision::Retry;
                let found = if retried { "retried" } else { "not" };
                assert_eq!(found, recorded, "{}: {line}, {in_progress:?}", case.settings);
                seen.one(&format!("{how} {found}"));
                if retried {
                    cluster.tries_again(request, cause, for_ever);
                }
            }
        }
    }
}

#[test]
fn envoy_makes_the_retries_that_were_recorded() {
    let mut seen = Seen::default();
    for case in cases(include_str!("../../../tests/recorded/envoy_budget.txt")) {
        replay_budget(&case, &mut seen);
        seen.one("case");
    }
    seen.at_least(80, &["case", "ok", "leaves"]);
    for how in ["fails", "fails-with-a-body", "drops", "times-out", "refused"] {
        seen.at_least(20, &[&format!("{how} retried"), &format!("{how} not")]);
    }
}

/// The machine was busy, and so were Envoy and the upstream: a wait looks longer by this much at the most, and by a fifth
/// of it on average.
const LATE_MS: f64 = 15.0;

/// The waits before one retry of many requests lie where knockon draws them from, and everywhere in it. `drawn` is the
/// wait for a draw.
fn compare_waits(waits: &[f64], drawn: impl Fn(f64) -> f64, context: &str) {
    let count = waits.len() as f64;
    let mean = waits.iter().sum::<f64>() / count;
    // Four standard errors of the mean of uniform draws. Envoy's whole milliseconds lie half of one below it.
    let error = 4.0 * (drawn(1.0) - drawn(0.0)) / (12.0 * count).sqrt();
    let means = drawn(0.5) - error - 0.5..drawn(0.5) + error + LATE_MS / 5.0;
    assert!(means.contains(&mean), "{context}: a mean of {mean}, {means:?} expected");
    let range = drawn(0.0)..drawn(1.0) + LATE_MS;
    assert!(waits.iter().all(|wait| range.contains(wait)), "{context}: {waits:?} out of {range:?}");
    // Each tenth has some of a hundred, but with a probability of one in 38,000. The last may look longer.
    for tenth in 0..10 {
        let tenth = drawn(f64::from(tenth) / 10.0)..drawn(f64::from(tenth + 1) / 10.0) + LATE_MS / 5.0;
        assert!(waits.iter().any(|wait| tenth.contains(wait)), "{context}: no wait in {tenth:?}");
    }
}

#[test]
fn envoy_waits_as_long_as_was_recorded() {
    let mut compared = 0;
    for case in cases(include_str!("../../../tests/recorded/envoy_backoff.txt")) {
        let (base, max) = (ms(case.number("base")), ms(case.number("at most")));
        let backoff = Backoff::Exponential { base, factor: 2.0, max };
        let of_request = |line: &&str| line.split(' ').map(|wait| wait.parse().unwrap()).collect();
        let waits: Vec<Vec<f64>> = case.lines.iter().map(of_request).collect();
        for retry in 1..=6 {
            let of_this: Vec<f64> = waits.iter().map(|waits| waits[retry as usize - 1]).collect();
            let drawn =
                |draw| delay(backoff, Jitter::Full, retry, SimDuration::ZERO, |_| draw).as_secs_f64() * 1e3;
            compare_waits(&of_this, drawn, &format!("{}, retry {retry}", case.settings));
            compared += of_this.len();
        }
    }
    assert_eq!(compared, 5 * 6 * 100, "five back-offs, six retries, a hundred requests");
}
