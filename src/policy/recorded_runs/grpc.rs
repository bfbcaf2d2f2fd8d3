//! gRPC's C core: the attempts that calls make under `retryThrottling`.

use super::{Seen, cases, halves, retry};
use crate::failure::FailureCause;
use crate::policy::{
    FailedAttempt, GiveUpReason, InProgress, RetryBudget, RetryDecision, decide, is_retryable,
};
use crate::scenario::{Budget, Retry};
use crate::time::SimTime;

/// How a status stands here: `invalid` is the one that the service config does not name.
fn cause(status: &str) -> FailureCause {
    match status {
        "unavailable" => FailureCause::Error,
        "aborted" => FailureCause::Reset,
        "invalid" => FailureCause::Dependency,
        _ => panic!("no such status: {status}"),
    }
}

/// A call whose attempts end like this: how many there are, why there is no other, and how the last ended.
fn call(policy: &Retry, budget: &mut RetryBudget, ends: &str) -> (String, &'static str) {
    for (number, end) in (1..).zip(ends.split(", ")) {
        if end == "ok" {
            budget.on_success(None);
            return (format!("{number}, ok"), if number > 1 { "a retry helped" } else { "answered" });
        }
        let cause = cause(end);
        if is_retryable(policy, cause) {
            budget.on_retryable_failure();
        }
        let failed = FailedAttempt { number, cause, at: SimTime::ZERO, in_progress: InProgress::default() };
        let why = match decide(Some(policy), failed, Some(budget)) {
            RetryDecision::Retry => continue,
            RetryDecision::GiveUp(GiveUpReason::NotRetryable) => "final",
            RetryDecision::GiveUp(GiveUpReason::AttemptsExhausted) => "all attempts made",
            RetryDecision::GiveUp(_) => "throttled",
        };
        return (format!("{number}, {end}"), why);
    }
    panic!("no end: {ends}");
}

/// The ratio that is in effect. The C core takes a number without a decimal point as thousandths: `3` as 0.003.
fn token_ratio(written: &str) -> f64 {
    let ratio: f64 = written.parse().unwrap();
    if written.contains('.') { ratio } else { ratio / 1e3 }
}

#[test]
fn grpc_makes_the_attempts_that_were_recorded() {
    let mut seen = Seen::default();
    for case in cases(include_str!("../../../tests/recorded/grpc.txt")) {
        let written: String = case.number("token_ratio");
        let (max_tokens, token_ratio) = (case.number("max_tokens"), token_ratio(&written));
        let budget = Budget::Grpc { max_tokens, token_ratio };
        let on = [FailureCause::Error, FailureCause::Reset];
        let policy = retry(case.number("max_attempts"), &on, budget);
        let mut budget = RetryBudget::new(&budget, SimTime::ZERO);
        seen.one(if written.contains('.') { "case" } else { "case of a whole number" });
        for (line, number) in case.lines.iter().zip(1..) {
            let (ends, recorded) = halves(line);
            let (found, why) = call(&policy, &mut budget, ends);
            assert_eq!(found, recorded, "{}, call {number}: {ends}", case.settings);
            seen.one(why);
        }
    }
    seen.at_least(15, &["case of a whole number"]);
    seen.at_least(50, &["case", "answered", "a retry helped", "final", "throttled", "all attempts made"]);
}
