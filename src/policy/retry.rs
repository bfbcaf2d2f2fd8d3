//! Whether a failed attempt is tried again. Knows neither how long to wait nor how much of a deadline is left.

use crate::failure::FailureCause;
use crate::policy::envoy_budget::InProgress;
use crate::policy::retry_budget::RetryBudget;
use crate::scenario::Retry;
use crate::time::SimTime;

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// It is tried again, after a backoff; the budget has been debited.
    Retry,
    /// The failure is final; the budget is as it was.
    GiveUp(GiveUpReason),
}

/// Why a failed attempt is not tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GiveUpReason {
    /// The call has no retry policy.
    NoPolicy,
    /// The failure is not one that is tried again.
    NotRetryable,
    /// All attempts have been made.
    AttemptsExhausted,
    /// The retry budget has nothing left.
    BudgetExhausted,
}

/// An attempt that has just failed.
#[derive(Clone, Copy, Debug)]
pub struct FailedAttempt {
    /// Attempts that its call has made in all, it included.
    pub number: u32,
    /// Why it failed.
    pub cause: FailureCause,
    /// When it failed.
    pub at: SimTime,
    /// What else is in progress between its caller and its callee.
    pub in_progress: InProgress,
}

/// Whether a failure for this cause is one that is tried again, attempts and budget permitting.
///
/// [`FailureCause::Deadline`] never is, whatever `on` says: the deadline covers all attempts, so none is left.
pub fn is_retryable(retry: &Retry, cause: FailureCause) -> bool {
    cause != FailureCause::Deadline && retry.on.contains(&cause)
}

/// Whether a failed attempt is tried again.
///
/// The cause is looked at before the count, as resilience4j's `RetryImpl` does. The budget is asked last and debited
/// only by a retry that everything else allows, so that no token is spent on a retry that does not happen. gRPC asks its
/// throttle before the count; as a failure drains it when it is told of and not here, that decides the same.
pub fn decide(
    retry: Option<&Retry>,
    failed: FailedAttempt,
    budget: Option<&mut RetryBudget>,
) -> RetryDecision {
    let FailedAttempt { number, cause, at, in_progress } = failed;
    let Some(retry) = retry else {
        return RetryDecision::GiveUp(GiveUpReason::NoPolicy);
    };
    if !is_retryable(retry, cause) {
        RetryDecision::GiveUp(GiveUpReason::NotRetryable)
    } else if number >= retry.max_attempts {
        RetryDecision::GiveUp(GiveUpReason::AttemptsExhausted)
    } else if budget.is_some_and(|budget| !budget.try_withdraw(cause, in_progress, at)) {
        RetryDecision::GiveUp(GiveUpReason::BudgetExhausted)
    } else {
        RetryDecision::Retry
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Backoff, Budget, Jitter, Order};

    fn policy(max_attempts: u32, on: &[FailureCause]) -> Retry {
        Retry {
            max_attempts,
            backoff: Backoff::None,
            jitter: Jitter::None,
            on: on.to_vec(),
            budget: None,
            order: Order::Outside,
        }
    }

    fn failed(number: u32, cause: FailureCause) -> FailedAttempt {
        FailedAttempt { number, cause, at: SimTime::ZERO, in_progress: InProgress::default() }
    }

    fn withdraw(budget: &mut RetryBudget) -> bool {
        budget.try_withdraw(FailureCause::Error, InProgress::default(), SimTime::ZERO)
    }

    fn one_token() -> RetryBudget {
        RetryBudget::new(&Budget::Tokens { share: 0.0, capacity: 1.0 }, SimTime::ZERO)
    }

    #[test]
    fn attempts_include_the_first() {
        // resilience4j: maxAttempts 3 is the first attempt and two retries.
        let retry = policy(3, &FailureCause::ALL);
        let after = |made| decide(Some(&retry), failed(made, FailureCause::Error), None);
        assert_eq!(after(1), RetryDecision::Retry);
        assert_eq!(after(2), RetryDecision::Retry);
        assert_eq!(after(3), RetryDecision::GiveUp(GiveUpReason::AttemptsExhausted));
        assert_eq!(after(4), RetryDecision::GiveUp(GiveUpReason::AttemptsExhausted));
    }

    #[test]
    fn each_reason_is_named_in_order() {
        let all = policy(3, &FailureCause::ALL);
        let timeouts = policy(3, &[FailureCause::Timeout]);
        for (retry, made, cause, reason) in [
            (None, 1, FailureCause::Error, GiveUpReason::NoPolicy),
            (Some(&timeouts), 1, FailureCause::Error, GiveUpReason::NotRetryable),
            // The cause is looked at before the count (resilience4j: ignored is rethrown immediately).
            (Some(&timeouts), 3, FailureCause::Error, GiveUpReason::NotRetryable),
            (Some(&timeouts), 3, FailureCause::Timeout, GiveUpReason::AttemptsExhausted),
            (Some(&all), 1, FailureCause::Deadline, GiveUpReason::NotRetryable),
        ] {
            let mut budget = one_token();
            let decision = decide(retry, failed(made, cause), Some(&mut budget));
            assert_eq!(decision, RetryDecision::GiveUp(reason), "{made} {cause:?}");
            assert!(withdraw(&mut budget), "{reason:?} leaves the budget alone");
        }
    }

    #[test]
    fn an_open_breaker_is_retried_unless_excluded() {
        // resilience4j: CallNotPermittedException is itself retried unless ignored.
        let retry = policy(2, &FailureCause::ALL);
        let decision = decide(Some(&retry), failed(1, FailureCause::BreakerOpen), None);
        assert_eq!(decision, RetryDecision::Retry);
    }

    #[test]
    fn the_budget_is_debited_by_a_retry_only() {
        let retry = policy(9, &FailureCause::ALL);
        let mut budget = one_token();
        let mut ask = |made| decide(Some(&retry), failed(made, FailureCause::Error), Some(&mut budget));
        assert_eq!(ask(1), RetryDecision::Retry);
        assert_eq!(ask(2), RetryDecision::GiveUp(GiveUpReason::BudgetExhausted));
    }
}
