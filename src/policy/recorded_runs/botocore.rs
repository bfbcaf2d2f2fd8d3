//! The standard mode of botocore: the attempts that calls make, and what they leave of the quota.

use super::{Case, Seen, cases, halves, retry};
use crate::failure::FailureCause;
use crate::policy::{FailedAttempt, GiveUpReason, InProgress, RetryBudget, RetryDecision, decide};
use crate::scenario::{Budget, Retry};
use crate::time::SimTime;

/// What the SDK tries again; `invalid` is none of it.
const RETRIED: [FailureCause; 4] =
    [FailureCause::Error, FailureCause::RateLimited, FailureCause::Reset, FailureCause::Timeout];

fn cause(end: &str) -> FailureCause {
    match end {
        "500" => FailureCause::Error,
        "throttled" => FailureCause::RateLimited,
        "dropped" => FailureCause::Reset,
        "late" => FailureCause::Timeout,
        "invalid" => FailureCause::Dependency,
        _ => panic!("no such end: {end}"),
    }
}

/// A client, as it was configured and as its version prices retries.
struct Client {
    tokens: u32,
    policy: Retry,
    budget: RetryBudget,
}

impl Client {
    fn new(case: &Case, prices: fn(u32) -> Budget) -> Self {
        let tokens = case.number("tokens");
        let policy = retry(case.number("max_attempts"), &RETRIED, prices(tokens));
        Self { tokens, policy, budget: RetryBudget::new(&prices(tokens), SimTime::ZERO) }
    }

    /// A call whose attempts end like this: how many there are, whether the last succeeds, and why there is no other.
    fn call(&mut self, ends: &str) -> (String, &'static str) {
        let mut last_retry = None;
        for (number, end) in (1..).zip(ends.split(", ")) {
            if end == "ok" {
                self.budget.on_success(last_retry);
                return (format!("{number}, ok"), if number > 1 { "a retry helped" } else { "answered" });
            }
            let cause = cause(end);
            let failed =
                FailedAttempt { number, cause, at: SimTime::ZERO, in_progress: InProgress::default() };
            let why = match decide(Some(&self.policy), failed, Some(&mut self.budget)) {
                RetryDecision::Retry => {
                    last_retry = Some(cause);
                    continue;
                }
                RetryDecision::GiveUp(GiveUpReason::BudgetExhausted) => "no quota",
                RetryDecision::GiveUp(GiveUpReason::AttemptsExhausted) => "all attempts made",
                RetryDecision::GiveUp(_) => "final",
            };
            return (format!("{number}, failed"), why);
        }
        panic!("no end: {ends}");
    }

    /// The tokens that are left: how many retries there would be of one token each.
    fn left(&self) -> usize {
        let mut budget = self.budget.clone();
        let cheap = Budget::AwsSdk { tokens: self.tokens, cost: 1, timeout_cost: 1, throttling_cost: 1 };
        budget.reconfigure(&cheap, SimTime::ZERO);
        let mut spends = || budget.try_withdraw(FailureCause::Error, InProgress::default(), SimTime::ZERO);
        (0..=self.tokens).take_while(|_| spends()).count()
    }
}

fn replay(recording: &'static str, prices: fn(u32) -> Budget) {
    let mut seen = Seen::default();
    for case in cases(recording) {
        let mut client = Client::new(&case, prices);
        seen.one("case");
        for (line, number) in case.lines.iter().zip(1..) {
            let (ends, recorded) = halves(line);
            let (found, why) = client.call(ends);
            let found = format!("{found}, {} left", client.left());
            assert_eq!(found, recorded, "{}, call {number}: {ends}", case.settings);
            seen.one(why);
        }
    }
    seen.at_least(60, &["case", "answered", "a retry helped", "no quota", "all attempts made", "final"]);
}

#[test]
fn botocore_1_35_makes_the_attempts_that_were_recorded() {
    replay(include_str!("../../../tests/recorded/botocore_1.35.txt"), |tokens| Budget::AwsSdk {
        tokens,
        cost: 5,
        timeout_cost: 10,
        throttling_cost: 5,
    });
}

#[test]
fn botocore_1_44_makes_the_attempts_that_were_recorded() {
    replay(include_str!("../../../tests/recorded/botocore_1.44.txt"), |tokens| Budget::AwsSdk {
        tokens,
        cost: 14,
        timeout_cost: 14,
        throttling_cost: 5,
    });
}
