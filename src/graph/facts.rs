//! Bounds and policies in few words, as a reviewer says them; what bounds nothing is left out. Knows no format.

use crate::model::{Class, Model, Service};
use crate::scenario::{
    Backoff, Breaker, BreakerTrip, Budget, Cache, Cancel, Capacity, Fallback, Jitter, Policy, Queue,
    RateLimit, Retry, Throttle, WhenFull,
};
use crate::unseen::marked;

/// How often the users of a class ask.
pub(super) fn traffic(model: &Model, class: &Class) -> Vec<String> {
    let rates = class.rate.corners().map(|at| class.rate.at(at.min(model.end)));
    let (least, most) = rates.fold((f64::INFINITY, 0.0_f64), |(a, b), rate| (a.min(rate), b.max(rate)));
    vec![match (least < most, class.arrives()) {
        (false, true) => format!("{}/s", number(most)),
        (true, true) => format!("{} to {}/s", number(least), number(most)),
        (_, false) => format!("at most {}/s", number(most)),
    }]
}

/// What bounds a service.
pub(super) fn service(service: &Service) -> Vec<String> {
    let settings = &service.settings;
    let threads = settings.threads;
    let each = if threads == 1 { "thread" } else { "threads" };
    let mut facts = vec![format!("{} \u{d7} {threads} {each}", service.replicas)];
    let order = match settings.queue {
        Queue::Fifo { .. } => "",
        Queue::Lifo { .. } => "LIFO ",
        Queue::Priority { .. } => "priority ",
    };
    let silent = if settings.when_full == WhenFull::Silent { ", drops silently" } else { "" };
    facts.push(match settings.queue.capacity() {
        Capacity::AtMost(0) => format!("no queue{silent}"),
        Capacity::AtMost(most) => format!("{order}queue {most}{silent}"),
        Capacity::Unbounded => format!("{order}queue unbounded"),
    });
    facts.extend(settings.memory.map(|memory| format!("memory {}", memory.limit)));
    for (name, cache) in &settings.caches {
        let Cache::Warming { hit_ratio, .. } = cache;
        facts.push(format!("cache {}: {} hits", marked(name), percent(*hit_ratio)));
    }
    for (operation, limit) in &settings.rate_limits {
        let limit = match limit {
            RateLimit::Unlimited => continue,
            RateLimit::TokenBucket { rate, .. } => format!("{}/s", number(*rate)),
            RateLimit::Ramp { from, to, .. } => format!("{} to {}/s", number(*from), number(*to)),
        };
        facts.push(format!("limit {}: {limit}", marked(operation)));
    }
    for shed in &settings.shed {
        facts.push(format!("sheds below priority {} from {} waiting", shed.below.value, shed.queue.value));
    }
    let asks = settings.probe.as_ref().and_then(|probe| probe.asks.as_ref());
    facts.extend(asks.map(|operation| format!("deep probe: {}", marked(operation))));
    facts
}

/// What limits a call.
pub(super) fn policy(policy: &Policy) -> Vec<String> {
    let mut facts = Vec::new();
    facts.extend(policy.timeout.map(|timeout| format!("timeout {timeout}")));
    facts.extend(policy.deadline.map(|deadline| format!("deadline {deadline}")));
    facts.extend(policy.retry.iter().flat_map(retries));
    facts.extend(policy.breaker.as_ref().map(breaker));
    facts.extend(policy.bulkhead.map(|bulkhead| format!("bulkhead {}", bulkhead.max_concurrent)));
    facts.extend(policy.pool.map(|pool| format!("pool {}", pool.size)));
    facts.extend(policy.throttle.as_ref().map(throttle));
    facts.extend(policy.fallback.map(|fallback| match fallback {
        Fallback::Cached { max_age, .. } => format!("fallback: cached {max_age}"),
        Fallback::Fixed { .. } => "fallback: fixed".to_owned(),
    }));
    match policy.cancel {
        Cancel::Never => {}
        Cancel::AtDequeue => facts.push("canceled in queue".to_owned()),
        Cancel::AtOnce => facts.push("canceled at once".to_owned()),
    }
    facts
}

/// How often it is tried, with which wait, within which budget.
fn retries(retry: &Retry) -> Vec<String> {
    if retry.max_attempts <= 1 {
        return Vec::new();
    }
    let wait = match retry.backoff {
        Backoff::None => "no backoff".to_owned(),
        Backoff::Fixed(wait) => format!("backoff {wait}"),
        Backoff::Exponential { base, factor, .. } => format!("backoff {base} \u{d7}{}", number(factor)),
    };
    let jitter =
        if retry.backoff == Backoff::None || retry.jitter != Jitter::None { "" } else { ", no jitter" };
    let mut facts = vec![format!("{} attempts", retry.max_attempts), wait + jitter];
    facts.extend(retry.budget.map(|budget| match budget {
        Budget::Ratio { share, .. }
        | Budget::Tokens { share, .. }
        | Budget::Finagle { share, .. }
        | Budget::Envoy { share, .. } => format!("budget {}", percent(share)),
        Budget::Grpc { max_tokens, .. } => format!("budget {max_tokens} tokens"),
        Budget::AwsSdk { tokens, .. } => format!("budget {tokens} tokens"),
    }));
    facts
}

fn breaker(breaker: &Breaker) -> String {
    match breaker {
        Breaker::Consecutive { failures, .. }
        | Breaker::Gobreaker { trip: BreakerTrip::Consecutive(failures), .. } => {
            format!("breaker {failures} in a row")
        }
        _ => format!("breaker {}", percent(breaker.tripping_rate().unwrap_or_default())),
    }
}

fn throttle(throttle: &Throttle) -> String {
    match throttle {
        Throttle::Adaptive { k, .. } => format!("throttle {}\u{d7} accepted", number(*k)),
        Throttle::Resilience4j { limit, period, .. } => format!("throttle {limit} per {period}"),
    }
}

fn percent(share: f64) -> String {
    format!("{}%", number(share * 100.0))
}

/// A number in few digits: 165, 12.5, 0.333.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        v if v >= 0.9995 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (value, text) in [
            (0.0, "0"),
            (164.667, "165"),
            (12.5, "12.5"),
            (1.0, "1"),
            (0.333_33, "0.333"),
            (2e9, "2000000000"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn what_bounds_nothing_is_not_told() {
        assert!(policy(&Policy::default()).is_empty());
    }
}
