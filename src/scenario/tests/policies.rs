//! Mistakes in the mechanisms of a policy: budgets, backoffs, throttles.

use std::fmt::Write;

use super::mistakes::{GOOD, problems};

/// What stands in the policy of the good scenario, and the mistakes that are written instead.
const RIGHT: &str = "retry: Retry(max_attempts: 4)";
const MISTAKES: &[&str] = &[
    "retry: Retry(budget: Finagle(ttl: \"500ms\"))",
    "retry: Retry(budget: Finagle(ttl: \"2m\", min_per_s: 1.5))",
    "retry: Retry(budget: Finagle(share: \"0%\", min_per_s: 0))",
    "retry: Retry(budget: Ratio(share: \"0%\"))",
    "retry: Retry(budget: Envoy(share: \"120%\"))",
    "retry: Retry(budget: Envoy(share: \"0%\", min_concurrent: 0))",
    "retry: Retry(budget: Envoi(share: \"20%\"))",
    "retry: Retry(budget: Grpc(max_tokens: 1001))",
    "retry: Retry(budget: Grpc(max_tokens: 2))",
    "retry: Retry(budget: Grpc(token_ratio: 0.0001))",
    "retry: Retry(budget: Grpc(token_ratio: \"10%\"))",
    "retry: Retry(budget: AwsSdk(tokens: 4))",
    "retry: Retry(budget: AwsSdk(cost: 0))",
    "retry: Retry(backoff: Fixed(\"1s\"), jitter: Polly)",
    "retry: Retry(backoff: Fixed(\"1s\"), jitter: Around)",
    "retry: Retry(backoff: Fixed(\"1s\"), jitter: Around(\"150%\"))",
    "throttle: Adaptive(k: 0.5)",
    "throttle: Adaptive(window: \"0s\")",
    "throttle: Resilience4j(limit: 50)",
    "throttle: Resilience4j(limit: 0, period: \"1s\")",
    "throttle: Resilience4j(period: \"0s\")",
    "throttle: AIMD",
    "throttle: \"50/s\"",
    "retry: Retry(on: [Throtled])",
    "retry: Retry(budget: AwsSdk(costs: 14))",
];

#[test]
fn each_mistake_is_located_and_explained() {
    assert_eq!(problems(GOOD), "");
    assert_eq!(GOOD.matches(RIGHT).count(), 1);
    let mut out = String::new();
    for wrong in MISTAKES {
        let found = problems(&GOOD.replace(RIGHT, wrong));
        assert!(!found.is_empty(), "{wrong} is accepted");
        let _ = writeln!(out, "{wrong}\n{found}");
    }
    insta::assert_snapshot!("policies", out);
}

#[test]
fn calls_are_told_apart_from_those_of_names_that_begin_alike() {
    let unused = |key: &str| {
        let text = format!(
            r#"Scenario(format: 1, name: "x", horizon: "60s", services: {{
                "a": Service(operations: {{ "x": [Work("1ms")], "xy": [Call("c.z")] }}),
                "a b": Service(operations: {{ "x": [Call("c.z")] }}),
                "ab": Service(operations: {{ "x": [Call("a.x"), Call("a.xy")] }}),
                "c": Service(operations: {{ "z": [Work("1ms")] }}),
            }}, calls: {{ "{key}": Policy(timeout: "1s") }},
            traffic: {{ "t": Open(rate: "1/s", entry: "ab.x"), "u": Open(rate: "1/s", entry: "a b.x") }})"#
        );
        problems(&text).contains("never calls")
    };
    for made in [
        "a -> c",
        "a.xy -> c",
        "a.xy -> c.z",
        "ab -> a",
        "ab -> a.xy",
        "ab.x -> a.x",
        "t -> ab",
        "u -> a b.x",
    ] {
        assert!(!unused(made), "{made}");
    }
    for never in ["a.x -> c", "a -> ab", "ab -> c", "t -> a b", "c -> a", "t -> a.x", "a b -> a"] {
        assert!(unused(never), "{never}");
    }
}
