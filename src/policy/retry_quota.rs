//! The retry quota of the AWS SDKs: retries pay, successes pay back. Knows no time.

use crate::failure::FailureCause;

/// What an AWS SDK's standard mode spends on retries (`Budget::AwsSdk`), after botocore's `retries/standard.py` and
/// `retries/quota.py`.
///
/// It starts full. A retry takes its cost, or does not happen. A call that succeeds after retries gives back what the
/// last of them took, one that succeeds at once brings one token; a call that fails gives nothing back. So while nothing
/// succeeds at most tokens/cost retries are made.
#[derive(Clone, Debug)]
pub(super) struct RetryQuota {
    prices: Prices,
    available: u32,
}

/// As in `Budget::AwsSdk`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prices {
    pub(super) tokens: u32,
    pub(super) cost: u32,
    pub(super) timeout_cost: u32,
    pub(super) throttling_cost: u32,
}

impl Prices {
    /// What a retry after such a failure costs.
    const fn of(&self, cause: FailureCause) -> u32 {
        match cause {
            FailureCause::Timeout => self.timeout_cost,
            FailureCause::RateLimited | FailureCause::Shed => self.throttling_cost,
            _ => self.cost,
        }
    }
}

impl RetryQuota {
    /// All tokens there.
    pub(super) const fn new(prices: Prices) -> Self {
        Self { prices, available: prices.tokens }
    }

    /// Other numbers; tokens beyond the new most are lost.
    pub(super) fn reconfigure(&mut self, prices: Prices) {
        self.prices = prices;
        self.available = self.available.min(prices.tokens);
    }

    pub(super) fn try_withdraw(&mut self, cause: FailureCause) -> bool {
        let left = self.available.checked_sub(self.prices.of(cause));
        self.available = left.unwrap_or(self.available);
        left.is_some()
    }

    /// A call succeeded, at once or after a last retry that followed such a failure.
    pub(super) fn on_success(&mut self, last_retry: Option<FailureCause>) {
        let back = last_retry.map_or(1, |cause| self.prices.of(cause));
        self.available = self.available.saturating_add(back).min(self.prices.tokens);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V2_0: Prices = Prices { tokens: 500, cost: 5, timeout_cost: 10, throttling_cost: 5 };
    const V2_1: Prices = Prices { tokens: 500, cost: 14, timeout_cost: 14, throttling_cost: 5 };

    /// Retries that are granted while nothing succeeds.
    fn granted(prices: Prices, cause: FailureCause) -> usize {
        let mut quota = RetryQuota::new(prices);
        (0..1_000).filter(|_| quota.try_withdraw(cause)).count()
    }

    #[test]
    fn aws_sdk_retries_of_a_total_outage() {
        for (prices, cause, retries) in [
            (V2_0, FailureCause::Error, 100),
            (V2_0, FailureCause::Timeout, 50),
            (V2_0, FailureCause::RateLimited, 100),
            (V2_1, FailureCause::Error, 35),
            (V2_1, FailureCause::Timeout, 35),
            (V2_1, FailureCause::Shed, 100),
        ] {
            assert_eq!(granted(prices, cause), retries, "{prices:?} {cause:?}");
        }
    }

    /// What the quota is told.
    #[derive(Clone, Copy, Debug)]
    enum Op {
        /// A retry is wanted after such a failure, and granted or not.
        Ask(FailureCause, bool),
        /// A call succeeded, and what its last retry followed.
        Done(Option<FailureCause>),
    }

    #[test]
    fn aws_sdk_retry_quota() {
        use FailureCause::{Error, RateLimited, Timeout};
        use Op::{Ask, Done};
        // Prices, then: what happens, and the tokens left.
        let few = Prices { tokens: 12, ..V2_0 };
        let tables: &[(Prices, &[(Op, u32)])] = &[
            // A call that succeeds on its second retry gets the price of that one back, not of both.
            (V2_0, &[(Ask(Timeout, true), 490), (Ask(Error, true), 485), (Done(Some(Error)), 490)]),
            (
                V2_1,
                &[(Ask(Timeout, true), 486), (Ask(RateLimited, true), 481), (Done(Some(RateLimited)), 486)],
            ),
            // One token for a success without a retry, and never more than there were.
            (
                V2_0,
                &[(Ask(Error, true), 495), (Done(None), 496), (Done(None), 497), (Done(Some(Error)), 500)],
            ),
            (V2_0, &[(Done(None), 500), (Done(Some(Timeout)), 500)]),
            // What is too dear takes nothing, and leaves something for what is cheaper.
            (
                few,
                &[
                    (Ask(Error, true), 7),
                    (Ask(Timeout, false), 7),
                    (Ask(Error, true), 2),
                    (Ask(Error, false), 2),
                    (Done(None), 3),
                    (Done(None), 4),
                    (Done(None), 5),
                    (Ask(Error, true), 0),
                ],
            ),
        ];
        for (prices, rows) in tables {
            let mut quota = RetryQuota::new(*prices);
            for (op, left) in *rows {
                match *op {
                    Ask(cause, granted) => assert_eq!(quota.try_withdraw(cause), granted, "{op:?}"),
                    Done(last_retry) => quota.on_success(last_retry),
                }
                assert_eq!(quota.available, *left, "{op:?}");
            }
        }
    }

    #[test]
    fn other_prices_keep_the_tokens() {
        let mut quota = RetryQuota::new(V2_0);
        (0..40).for_each(|_| assert!(quota.try_withdraw(FailureCause::Error)));
        quota.reconfigure(V2_1);
        assert_eq!(quota.available, 300);
        quota.reconfigure(Prices { tokens: 100, ..V2_1 });
        assert_eq!(quota.available, 100);
    }
}
