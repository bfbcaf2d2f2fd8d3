//! How long a caller waits at most, and how often it tries: what the policy of an edge promises. Knows no rates.

use crate::distribution::DurationDistribution;
use crate::failure::FailureCause;
use crate::model::Model;
use crate::model::parts::{Class, Edge};
use crate::scenario::{Backoff, Budget, Jitter, Order};
use crate::time::SimDuration;

/// How an attempt can fail because its callee does.
const DIRECT: [FailureCause; 5] = [
    FailureCause::Timeout,
    FailureCause::Refused,
    FailureCause::QueueFull,
    FailureCause::Reset,
    FailureCause::Error,
];

/// How an attempt can fail because something that its callee needs does.
const INDIRECT: [FailureCause; 2] = [FailureCause::Timeout, FailureCause::Dependency];

impl Model {
    /// The longest that a user of a class waits for an answer, all attempts together; none if that may be for ever, or is
    /// drawn for each user.
    pub(crate) fn longest_wait(&self, class: &Class) -> Option<SimDuration> {
        let patience = match class.patience {
            Some(DurationDistribution::Constant(patience)) => Some(patience),
            _ => None,
        };
        let call = self.edges[self.sites[class.site].edge].longest_call();
        call.into_iter().chain(patience).min()
    }
}

impl Edge {
    /// Attempts that one call can make in all if every one fails: at the callee itself (`direct`), or at something
    /// that it needs.
    pub(super) fn most_attempts(&self, direct: bool) -> u32 {
        let causes: &[FailureCause] = if direct { &DIRECT } else { &INDIRECT };
        match &self.policy.retry {
            Some(retry) if retry.on.iter().any(|cause| causes.contains(cause)) => retry.max_attempts,
            _ => 1,
        }
    }

    /// The longest time from the begin of a call to its end; none if it may last for ever.
    pub(super) fn longest_call(&self) -> Option<SimDuration> {
        let policy = &self.policy;
        let attempts = policy.retry.as_ref().map_or(1, |retry| retry.max_attempts);
        let tries = policy.timeout.map(|timeout| {
            let waits = (1..attempts).fold(SimDuration::ZERO, |sum, retry| sum + self.longest_backoff(retry));
            timeout * u64::from(attempts) + waits
        });
        match (tries, policy.deadline) {
            (Some(tries), Some(deadline)) => Some(tries.min(deadline)),
            (tries, deadline) => tries.or(deadline),
        }
    }

    /// The longest wait for one attempt; none if it may last for ever.
    pub(super) fn longest_attempt(&self) -> Option<SimDuration> {
        match (self.policy.timeout, self.policy.deadline) {
            (Some(timeout), Some(deadline)) => Some(timeout.min(deadline)),
            (timeout, deadline) => timeout.or(deadline),
        }
    }

    /// The longest wait before a retry, whatever the draw.
    fn longest_backoff(&self, retry: u32) -> SimDuration {
        let Some(policy) = &self.policy.retry else { return SimDuration::ZERO };
        let most = match policy.jitter {
            Jitter::Around { share, .. } => 1.0 + share,
            _ => 1.0,
        };
        match (policy.backoff, policy.jitter) {
            (Backoff::None, _) => SimDuration::ZERO,
            (Backoff::Fixed(wait), _) => wait.scaled(most),
            (Backoff::Exponential { max, .. }, Jitter::Decorrelated | Jitter::Polly) => max,
            (Backoff::Exponential { base, factor, max }, jitter) => {
                let power = base.scaled(libm::pow(factor, f64::from(retry - 1)));
                match jitter {
                    Jitter::Around { beyond_max: true, .. } => power.min(max).scaled(most),
                    _ => power.scaled(most).min(max),
                }
            }
        }
    }

    /// Attempts that a call makes on average, for ever, if each fails with this probability.
    ///
    /// Without bounds a geometric sum, `(1 - p^n) / (1 - p)`. A retry budget allows its share of retries on top of the
    /// first attempts (Google SRE book, ch. 21; Finagle), and its floor, of which there is one for each of `guards`
    /// states. A breaker that trips at this probability sends less than the first attempts.
    pub(super) fn mean_attempts(&self, failing: f64, direct: bool, calls_per_s: f64, guards: u32) -> f64 {
        let most = f64::from(self.most_attempts(direct));
        let unbounded =
            if failing >= 1.0 { most } else { (1.0 - libm::pow(failing, most)) / (1.0 - failing) };
        let bounded = match self.policy.retry.as_ref().and_then(|retry| retry.budget) {
            None => unbounded,
            Some(budget) => unbounded.min(1.0 + lasting_retries(budget, failing, calls_per_s, guards)),
        };
        if self.breaker_trips(failing, calls_per_s * unbounded / f64::from(guards)) {
            bounded.min(1.0)
        } else {
            bounded
        }
    }

    /// Whether the breaker, if there is one, opens for long when attempts time out with this probability, at this rate
    /// of attempts that each of its states sees.
    fn breaker_trips(&self, failing: f64, seen_per_s: f64) -> bool {
        let inside = self.policy.retry.as_ref().is_some_and(|retry| retry.order == Order::Inside);
        let Some(breaker) = &self.policy.breaker else { return false };
        if breaker.ignored().contains(&FailureCause::Timeout) {
            return false;
        }
        match breaker.tripping_rate() {
            // Within one permission, retries pass a breaker that is still closed; open, it stops them as well.
            None => failing >= 1.0 && !inside,
            Some(rate) => failing >= rate && self.breaker_shortfall(seen_per_s).is_none(),
        }
    }

    /// Calls that the breaker sees in its window, and those that it needs, if even chance will not bring it there.
    ///
    /// Only a window in time can fall short: one of so many calls fills up (resilience4j, `CircuitBreakerMetrics`:
    /// there `min_calls` is at most the window). Counts of Poisson arrivals beyond their mean plus six standard
    /// deviations plus ten are taken for never (below 1e-8 for each second).
    pub(super) fn breaker_shortfall(&self, seen_per_s: f64) -> Option<(f64, u32, SimDuration)> {
        let (min_calls, length) = self.policy.breaker.as_ref()?.calls_needed_within()?;
        let seen = seen_per_s * length.as_secs_f64();
        (seen + 6.0 * libm::sqrt(seen) + 10.0 < f64::from(min_calls)).then_some((seen, min_calls, length))
    }
}

/// Retries per call that a budget allows for ever, if each attempt fails with this probability.
fn lasting_retries(budget: Budget, failing: f64, calls_per_s: f64, guards: u32) -> f64 {
    let floor = |min_per_s: f64| {
        if min_per_s > 0.0 { min_per_s * f64::from(guards) / calls_per_s } else { 0.0 }
    };
    match budget {
        Budget::Tokens { share, .. } => share,
        Budget::Ratio { share, min_per_s, .. } => share + floor(min_per_s),
        Budget::Finagle { share, min_per_s, .. } => share + floor(f64::from(min_per_s)),
        // Of attempts that all last equally long. The floor is of retries at once: how many that is per second, nobody
        // can say who does not know how fast they fail.
        Budget::Envoy { share, min_concurrent: 0 } if share < 1.0 => share / (1.0 - share),
        // Each attempt takes a token with this probability and else brings the ratio: one or the other wins.
        Budget::Grpc { token_ratio, .. } if failing > (1.0 - failing) * token_ratio => 0.0,
        // A retry that succeeds gives its cost back, so each costs `failing x cost`; first successes bring one token.
        Budget::AwsSdk { cost, .. } if failing > 0.0 => (1.0 - failing) / (failing * f64::from(cost)),
        Budget::Envoy { .. } | Budget::Grpc { .. } | Budget::AwsSdk { .. } => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_wait_as_long_as_their_calls_and_their_patience() {
        let text = r#"Scenario(format: 1, name: "x", horizon: "60s",
            services: { "a": Service(threads: 1, operations: { "x": [Work(Exp("1ms"))] }) },
            calls: {
                "retrying -> a": Policy(timeout: "2s", retry: Retry(max_attempts: 3)),
                "hasty -> a": Policy(timeout: "2s"),
            },
            traffic: {
                "retrying": Open(rate: "1/s", entry: "a.x"),
                "hasty": Open(rate: "1/s", entry: "a.x", patience: Constant("1500ms")),
                "drawn": Open(rate: "1/s", entry: "a.x", patience: Exp("1s")),
                "patient": Open(rate: "1/s", entry: "a.x"),
            })"#;
        let model = Model::compile(&crate::scenario::Scenario::parse(text).unwrap());
        let waits: Vec<Option<f64>> = model
            .classes
            .iter()
            .map(|class| model.longest_wait(class).map(SimDuration::as_secs_f64))
            .collect();
        assert_eq!(waits, [Some(6.0), Some(1.5), None, None]);
    }

    #[test]
    fn what_budgets_allow_for_ever() {
        let ten_s = SimDuration::from_secs(10);
        let aws = Budget::AwsSdk { tokens: 500, cost: 5, timeout_cost: 10, throttling_cost: 5 };
        let grpc = Budget::Grpc { max_tokens: 10, token_ratio: 0.25 };
        // Budget, share of attempts that fail, retries per call; at 20 calls per second and two states.
        for (budget, failing, retries) in [
            (Budget::Tokens { share: 0.1, capacity: 9.0 }, 1.0, 0.1),
            (Budget::Ratio { share: 0.1, window: ten_s, min_per_s: 3.0 }, 1.0, 0.1 + 0.3),
            (Budget::Finagle { ttl: ten_s, min_per_s: 3, share: 0.1 }, 1.0, 0.1 + 0.3),
            (Budget::Envoy { share: 0.2, min_concurrent: 0 }, 1.0, 0.25),
            (Budget::Envoy { share: 0.2, min_concurrent: 3 }, 1.0, 1e9),
            // 0.2 failures drain as much as 0.8 successes bring back.
            (grpc, 0.21, 0.0),
            (grpc, 0.19, 1e9),
            (aws, 1.0, 0.0),
            (aws, 0.5, 0.2),
            (aws, 0.0, 1e9),
        ] {
            let allowed = lasting_retries(budget, failing, 20.0, 2).min(1e9);
            assert!((allowed - retries).abs() < 1e-12, "{budget:?} {failing}: {allowed}");
        }
    }
}
