//! Envoy's retry budget: retries at once against attempts at once. Knows neither time nor the past.

/// What of one caller's calls to one callee is going on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InProgress {
    /// Attempts whose outcome is waited for, in line for a permit or a connection included. One that has just failed is
    /// none of them.
    pub attempts: u32,
    /// Calls that are being tried again: from the decision, through the backoff, to the outcome of that retry.
    pub retries: u32,
}

/// The `retry_budget` of Envoy's circuit breakers (`Budget::Envoy`), after `ResourceManagerImpl::RetryBudgetImpl`.
///
/// A retry is allowed while fewer are in progress than the share of the attempts in progress, truncated, and in any case
/// while fewer than `min_concurrent` are. The attempt that has just failed still counts among them, however it failed; the
/// retry that it may have been is over.
#[derive(Clone, Debug)]
pub(super) struct EnvoyBudget {
    pub(super) share: f64,
    pub(super) min_concurrent: u32,
}

impl EnvoyBudget {
    pub(super) fn allows(&self, in_progress: InProgress) -> bool {
        let share = (self.share * (f64::from(in_progress.attempts) + 1.0)) as u32;
        in_progress.retries < share.max(self.min_concurrent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn envoy_retry_budget() {
        // Share, least, other attempts and retries in progress, whether one more retry is allowed.
        for (share, min_concurrent, attempts, retries, allowed) in [
            // The defaults, 20 % and 3: below 20 attempts, the failed one included, the least rules.
            (0.2, 3, 0, 2, true),
            (0.2, 3, 0, 3, false),
            (0.2, 3, 18, 3, false),
            (0.2, 3, 19, 3, true),
            (0.2, 3, 19, 4, false),
            // The share is truncated: 20 % of 24 is 4.
            (0.2, 3, 23, 4, false),
            (0.2, 3, 24, 4, true),
            (0.0, 0, 1_000, 0, false),
            (0.0, 1, 1_000, 0, true),
            // Alone, with all of it as the share, a call may always be tried again.
            (1.0, 0, 0, 0, true),
            (1.0, 0, 0, 1, false),
            (0.5, 0, 0, 0, false),
            (0.5, 0, 1, 0, true),
        ] {
            let budget = EnvoyBudget { share, min_concurrent };
            let got = budget.allows(InProgress { attempts, retries });
            assert_eq!(got, allowed, "{share} {min_concurrent}: {retries} of {attempts}");
        }
    }
}
