//! Random policies: any mix of mechanisms, with numbers so small that they act.

use proptest::prelude::*;

use crate::service::fields;

/// What a policy says, field by field.
pub(crate) type Fields = Vec<String>;

const FIELDS: &[&[&str]] = &[
    &["timeout: \"80ms\"", "timeout: \"300ms\"", "timeout: \"5ms\""],
    &["deadline: \"250ms\"", "deadline: \"60ms\""],
    &["cancel: AtDequeue", "cancel: AtOnce"],
    &["late_reply: Accept"],
    &[
        "retry: Retry(max_attempts: 3)",
        "retry: Retry(max_attempts: 3, backoff: Fixed(\"10ms\"), jitter: Equal)",
        "retry: Retry(max_attempts: 4, backoff: Exponential(base: \"20ms\"), jitter: Full)",
        "retry: Retry(max_attempts: 3, backoff: Exponential(base: \"10ms\"), jitter: Decorrelated, order: Inside)",
        "retry: Retry(max_attempts: 2, order: Inside)",
        "retry: Retry(max_attempts: 5, budget: Tokens(share: \"20%\", capacity: 3))",
        "retry: Retry(max_attempts: 5, budget: Ratio(share: \"20%\", window: \"1s\"), on: [Timeout, Refused])",
        "retry: Retry(max_attempts: 4, backoff: Fixed(\"30ms\"), jitter: Full, budget: Finagle(ttl: \"1s\", min_per_s: 2))",
        "retry: Retry(max_attempts: 4, backoff: Fixed(\"30ms\"), jitter: Around(\"50%\"), budget: Envoy(min_concurrent: 1))",
        "retry: Retry(max_attempts: 4, order: Inside, budget: Grpc(max_tokens: 5, token_ratio: 0.5))",
        "retry: Retry(max_attempts: 3, budget: AwsSdk(tokens: 20))",
        "retry: Retry(max_attempts: 5, backoff: Exponential(base: \"10ms\", max: \"50ms\"), jitter: Polly)",
    ],
    &[
        "breaker: Consecutive(failures: 3, open_for: \"300ms\")",
        "breaker: Consecutive(failures: 1, open_for: \"100ms\", successes: 2, ignore: [Timeout])",
        "breaker: Resilience4j(window: Calls(10), min_calls: 5, open_for: \"200ms\", half_open_calls: 2)",
        "breaker: Resilience4j(window: Calls(6), min_calls: 2, open_for: \"200ms\", half_open_calls: 3, half_open_for: \"200ms\", ignore: [Refused])",
        "breaker: Hystrix(window: \"2s\", interval: \"300ms\", min_calls: 4, open_for: \"600ms\")",
        "breaker: Polly(window: \"2s\", min_calls: 4, open_for: \"500ms\", ignore: [PoolTimeout])",
        "breaker: Gobreaker(trip: Ratio(), interval: \"1s\", bucket: \"200ms\", open_for: \"400ms\", half_open_calls: 2)",
        "breaker: Resilience4j(window: Time(\"2s\"), min_calls: 5, slow_after: \"50ms\", slow_rate: \"50%\", open_for: \"400ms\", automatic: true)",
        "breaker: Hystrix(window: \"1s\", interval: \"100ms\", min_calls: 3, open_for: \"200ms\")",
        "breaker: Polly(window: \"500ms\", min_calls: 2, open_for: \"500ms\", ignore: [Error])",
        "breaker: Gobreaker(trip: Consecutive(2), open_for: \"200ms\", half_open_calls: 2)",
        "breaker: Gobreaker(trip: Ratio(failure_rate: \"30%\"), interval: \"1s\", bucket: \"250ms\", open_for: \"100ms\")",
    ],
    &["bulkhead: Bulkhead(max_concurrent: 2)", "bulkhead: Bulkhead(max_concurrent: 3, max_wait: \"100ms\")"],
    &[
        "throttle: Adaptive(k: 1.1, window: \"1s\")",
        "throttle: Adaptive(k: 1.5, window: \"2s\")",
        "throttle: Resilience4j(limit: 2, period: \"100ms\", max_wait: \"0s\")",
        "throttle: Resilience4j(limit: 3, period: \"200ms\", max_wait: \"150ms\")",
        "throttle: Resilience4j(limit: 1, period: \"50ms\", max_wait: \"1s\")",
    ],
    &["pool: Pool(size: 2, max_wait: \"50ms\")", "pool: Pool(size: 1, max_wait: \"10s\")"],
    &["balancer: Random", "balancer: LeastInFlight", "balancer: PowerOfTwo"],
    &["detection: Probes"],
    &["network: Constant(\"1ms\")", "network: Exp(\"2ms\")"],
    &["scope: Service"],
    &[
        "fallback: Cached(max_age: \"2s\")",
        "fallback: Cached(max_age: \"1s\", when: InsteadOfRetry, writes: true)",
        "fallback: Cached(max_age: \"300ms\", when: BeforeCall, writes: true)",
        "fallback: Fixed()",
        "fallback: Fixed(when: InsteadOfRetry)",
    ],
];

pub(crate) fn policy() -> impl Strategy<Value = Fields> {
    fields(0.35, FIELDS)
}

/// Some fields, to be written over a policy.
pub(crate) fn finer() -> impl Strategy<Value = Fields> {
    fields(0.15, FIELDS)
}

/// A policy as it can be written for a callee: balancers believe only probes that there are, and whoever calls a
/// service that may never answer gives up at some time.
pub(crate) fn text(fields: &Fields, probed: bool, silent: bool, finer: bool) -> String {
    let mut fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    fields.retain(|field| probed || !field.starts_with("detection"));
    // The state of single operations may be shared only as that of the whole is.
    fields.retain(|field| !finer || !field.starts_with("scope"));
    // It would inherit a jitter that may not fit its backoff.
    fields.retain(|field| !finer || !field.contains("backoff") || field.contains("jitter"));
    if silent && !finer && !fields.iter().any(|field| field.starts_with("timeout")) {
        fields.push("timeout: \"400ms\"");
    }
    format!("Policy({})", fields.join(", "))
}
