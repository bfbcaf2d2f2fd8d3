//! Whether there is anything left for one more retry: what the kinds of budgets have in common. Knows no calls.

use crate::failure::FailureCause;
use crate::policy::envoy_budget::{EnvoyBudget, InProgress};
use crate::policy::finagle_budget::FinagleBudget;
use crate::policy::grpc_throttle::GrpcThrottle;
use crate::policy::ratio_budget::{RatioBudget, TokenBudget};
use crate::policy::retry_quota::{Prices, RetryQuota};
use crate::scenario::Budget;
use crate::time::SimTime;

/// Bounds the retries of one caller's calls to one callee.
///
/// Each kind listens to what concerns it: first attempts earn ([`Budget::Ratio`], [`Budget::Tokens`],
/// [`Budget::Finagle`]), failures drain and successes restore ([`Budget::Grpc`]), successes pay back
/// ([`Budget::AwsSdk`]), and some only look at what is in progress ([`Budget::Envoy`]).
#[derive(Clone, Debug)]
pub struct RetryBudget {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Ratio(RatioBudget),
    Tokens(TokenBudget),
    Finagle(FinagleBudget),
    Envoy(EnvoyBudget),
    Grpc(GrpcThrottle),
    AwsSdk(RetryQuota),
}

impl RetryBudget {
    /// A budget of which nothing has been used: a full bucket, or an empty window that begins now.
    pub fn new(budget: &Budget, now: SimTime) -> Self {
        let kind = match *budget {
            Budget::Ratio { share, window, min_per_s } => {
                Kind::Ratio(RatioBudget::new(share, window, min_per_s, now))
            }
            Budget::Tokens { share, capacity } => Kind::Tokens(TokenBudget::new(share, capacity)),
            Budget::Finagle { ttl, min_per_s, share } => {
                Kind::Finagle(FinagleBudget::new(ttl, min_per_s, share, now))
            }
            Budget::Envoy { share, min_concurrent } => Kind::Envoy(EnvoyBudget { share, min_concurrent }),
            Budget::Grpc { max_tokens, token_ratio } => {
                Kind::Grpc(GrpcThrottle::new(max_tokens, token_ratio))
            }
            Budget::AwsSdk { tokens, cost, timeout_cost, throttling_cost } => {
                Kind::AwsSdk(RetryQuota::new(Prices { tokens, cost, timeout_cost, throttling_cost }))
            }
        };
        Self { kind }
    }

    /// Goes by other numbers from now on; false, and nothing changed, if they are of another kind.
    ///
    /// What has been earned and spent stays, as far as the new numbers have room for it.
    pub fn reconfigure(&mut self, budget: &Budget, now: SimTime) -> bool {
        match (&mut self.kind, *budget) {
            (Kind::Ratio(ratio), Budget::Ratio { share, window, min_per_s }) => {
                ratio.reconfigure(share, window, min_per_s, now);
            }
            (Kind::Tokens(tokens), Budget::Tokens { share, capacity }) => tokens.reconfigure(share, capacity),
            (Kind::Finagle(finagle), Budget::Finagle { ttl, min_per_s, share }) => {
                finagle.reconfigure(ttl, min_per_s, share, now);
            }
            (Kind::Envoy(envoy), Budget::Envoy { share, min_concurrent }) => {
                *envoy = EnvoyBudget { share, min_concurrent };
            }
            (Kind::Grpc(throttle), Budget::Grpc { max_tokens, token_ratio }) => {
                throttle.reconfigure(max_tokens, token_ratio);
            }
            (Kind::AwsSdk(quota), Budget::AwsSdk { tokens, cost, timeout_cost, throttling_cost }) => {
                quota.reconfigure(Prices { tokens, cost, timeout_cost, throttling_cost });
            }
            _ => return false,
        }
        true
    }

    /// A call was begun: to be told once for each, not for its retries.
    pub fn on_first_attempt(&mut self, now: SimTime) {
        match &mut self.kind {
            Kind::Ratio(ratio) => ratio.on_first_attempt(now),
            Kind::Tokens(tokens) => tokens.on_first_attempt(),
            Kind::Finagle(finagle) => finagle.on_first_attempt(now),
            Kind::Envoy(_) | Kind::Grpc(_) | Kind::AwsSdk(_) => {}
        }
    }

    /// An attempt failed in a way that is tried again: to be told before anything is decided, and whatever is.
    pub const fn on_retryable_failure(&mut self) {
        if let Kind::Grpc(throttle) = &mut self.kind {
            throttle.on_retryable_failure();
        }
    }

    /// A call was answered, by its first attempt or by a retry that followed `last_retry`.
    pub fn on_success(&mut self, last_retry: Option<FailureCause>) {
        match &mut self.kind {
            Kind::Grpc(throttle) => throttle.on_success(),
            Kind::AwsSdk(quota) => quota.on_success(last_retry),
            Kind::Ratio(_) | Kind::Tokens(_) | Kind::Finagle(_) | Kind::Envoy(_) => {}
        }
    }

    /// Takes the retry that follows a failure out of the budget; false, and nothing taken, if too little is left.
    pub fn try_withdraw(&mut self, cause: FailureCause, in_progress: InProgress, now: SimTime) -> bool {
        match &mut self.kind {
            Kind::Ratio(ratio) => ratio.try_withdraw(now),
            Kind::Tokens(tokens) => tokens.try_withdraw(),
            Kind::Finagle(finagle) => finagle.try_withdraw(now),
            Kind::Envoy(envoy) => envoy.allows(in_progress),
            Kind::Grpc(throttle) => throttle.allows(),
            Kind::AwsSdk(quota) => quota.try_withdraw(cause),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::retry::{FailedAttempt, GiveUpReason, RetryDecision, decide, is_retryable};
    use crate::scenario::{Backoff, Jitter, Order, Retry};
    use crate::time::SimDuration;

    const KINDS: [Budget; 6] = [
        Budget::Ratio { share: 0.5, window: SimDuration::from_secs(10), min_per_s: 0.0 },
        Budget::Tokens { share: 0.5, capacity: 2.0 },
        Budget::Finagle { ttl: SimDuration::from_secs(10), min_per_s: 0, share: 0.5 },
        Budget::Envoy { share: 0.5, min_concurrent: 0 },
        Budget::Grpc { max_tokens: 4, token_ratio: 0.5 },
        Budget::AwsSdk { tokens: 10, cost: 5, timeout_cost: 10, throttling_cost: 5 },
    ];

    #[test]
    fn other_numbers_are_taken_another_kind_is_not() {
        for before in KINDS {
            for after in KINDS {
                let mut budget = RetryBudget::new(&before, SimTime::ZERO);
                let same_kind = std::mem::discriminant(&before) == std::mem::discriminant(&after);
                assert_eq!(budget.reconfigure(&after, SimTime::ZERO), same_kind, "{before:?} {after:?}");
            }
        }
    }

    /// How a call of so many attempts goes that all fail, and whose caller has nothing else in progress.
    fn fails(budget: &mut RetryBudget, max_attempts: u32, cause: FailureCause) -> (u32, GiveUpReason) {
        let retry = Retry {
            max_attempts,
            backoff: Backoff::None,
            jitter: Jitter::None,
            on: vec![FailureCause::Error, FailureCause::Timeout],
            budget: None,
            order: Order::Outside,
        };
        budget.on_first_attempt(SimTime::ZERO);
        let mut number = 1;
        loop {
            if is_retryable(&retry, cause) {
                budget.on_retryable_failure();
            }
            let in_progress = InProgress::default();
            let failed = FailedAttempt { number, cause, at: SimTime::ZERO, in_progress };
            match decide(Some(&retry), failed, Some(budget)) {
                RetryDecision::Retry => number += 1,
                RetryDecision::GiveUp(reason) => return (number, reason),
            }
        }
    }

    #[test]
    fn what_a_failing_call_leaves_behind() {
        use FailureCause::{Error, Refused, Timeout};
        use GiveUpReason::{AttemptsExhausted, BudgetExhausted, NotRetryable};
        let with = |kind: usize| RetryBudget::new(&KINDS[kind], SimTime::ZERO);
        // gRPC: the status comes before the throttle; the last failure of a call that has used all its attempts drains
        // a token as well, so the next call has 4 - 1 - 1 = 2 left, which is not more than half.
        let mut grpc = with(4);
        assert_eq!(fails(&mut grpc, 3, Refused), (1, NotRetryable));
        assert_eq!(fails(&mut grpc, 1, Error), (1, AttemptsExhausted));
        assert_eq!(fails(&mut grpc, 3, Error), (1, BudgetExhausted));
        // AWS: a failed call gives nothing back, whatever it was tried for.
        let mut aws = with(5);
        assert_eq!(fails(&mut aws, 2, Error), (2, AttemptsExhausted));
        assert_eq!(fails(&mut aws, 2, Timeout), (1, BudgetExhausted));
        assert_eq!(fails(&mut aws, 3, Error), (2, BudgetExhausted));
        // The others: retries that are not made cost nothing.
        for kind in 0..3 {
            let mut budget = with(kind);
            (0..3).for_each(|_| budget.on_first_attempt(SimTime::ZERO));
            assert_eq!(fails(&mut budget, 1, Error), (1, AttemptsExhausted), "{kind}");
            assert_eq!(fails(&mut budget, 9, Refused), (1, NotRetryable), "{kind}");
            assert_eq!(fails(&mut budget, 2, Error), (2, AttemptsExhausted), "{kind}");
        }
    }

    #[test]
    fn what_a_success_gives_back() {
        let withdraws = |budget: &mut RetryBudget| {
            budget.try_withdraw(FailureCause::Error, InProgress::default(), SimTime::ZERO)
        };
        // gRPC: of 4 tokens two are left, which is not more than half; with two successes it is.
        let mut grpc = RetryBudget::new(&KINDS[4], SimTime::ZERO);
        (0..2).for_each(|_| grpc.on_retryable_failure());
        assert!(!withdraws(&mut grpc));
        (0..2).for_each(|_| grpc.on_success(None));
        assert!(withdraws(&mut grpc));
        // AWS: what the retry that succeeded had cost.
        let mut aws = RetryBudget::new(&KINDS[5], SimTime::ZERO);
        (0..2).for_each(|_| assert!(withdraws(&mut aws)));
        assert!(!withdraws(&mut aws));
        aws.on_success(Some(FailureCause::Error));
        assert!(withdraws(&mut aws) && !withdraws(&mut aws));
    }
}
