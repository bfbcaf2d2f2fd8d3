//! Throttles of callers in a whole world: what a callee is sent, and who waits how long.

use knockon::analysis::Summary;

use crate::support::simulate;

/// A caller `a` of `b`, `rate` times a second for a minute.
fn run(rate: &str, b: &str, policy: &str, faults: &str) -> Summary {
    let text = format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"60s\", seed: 5,
        services: {{
            \"a\": Service(threads: 1000, queue: Fifo(capacity: Unbounded), operations: {{ \"op\": [Call(\"b.op\")] }}),
            \"b\": Service({b}, operations: {{ \"op\": [Work(\"10ms\")] }}),
        }},
        calls: {{ \"a -> b\": Policy({policy}) }},
        traffic: {{ \"c\": Open(rate: \"{rate}\", entry: \"a.op\") }},
        faults: [{faults}])"
    );
    simulate(&text).1
}

#[test]
fn an_adaptive_throttle_sends_k_times_what_is_accepted() {
    // One thread of 10 ms without a queue accepts up to 100/s, and refuses the rest at once.
    let b = "threads: 1, queue: Fifo(capacity: 0)";
    for (k, most) in [("2", 2.0), ("1.1", 1.1)] {
        let policy = format!("throttle: Adaptive(k: {k}, window: \"10s\")");
        let summary = run("600/s", b, &policy, "");
        let service = &summary.services["b"];
        let per_accepted = service.attempts as f64 / service.ok as f64;
        assert!((per_accepted / most - 1.0).abs() < 0.07, "k {k}: {per_accepted}");
        let refused = summary.calls["a -> b"].refused;
        assert_eq!(service.attempts + refused, summary.traffic["c"].requests, "each is sent or throttled");
    }
    // Below k times the capacity nothing is held back for long; without a throttle all of it arrives.
    let gentle = run("60/s", "threads: 10", "throttle: Adaptive()", "");
    assert_eq!(gentle.calls["a -> b"].refused, 0);
    let without = run("600/s", b, "", "");
    assert!(without.services["b"].attempts as f64 > 6.0 * 0.99 * without.services["b"].ok as f64);
}

#[test]
fn an_error_of_the_callee_itself_is_an_answer() {
    let errors = "Fault(at: \"T+0s\", for: \"60s\", on: \"b\", effect: Errors(\"100%\"))";
    let summary = run("50/s", "threads: 10", "throttle: Adaptive()", errors);
    assert_eq!((summary.calls["a -> b"].refused, summary.traffic["c"].ok), (0, 0));
}

#[test]
fn a_limiter_passes_its_limit_in_each_period() {
    // At most 20 in each second of the 60, whoever comes too early is refused at once.
    let at_once = "throttle: Resilience4j(limit: 20, period: \"1s\", max_wait: \"0s\")";
    let summary = run("100/s", "threads: 100", at_once, "");
    assert_eq!(summary.services["b"].attempts, 20 * 60);
    let class = &summary.traffic["c"];
    assert!(class.latency_ms.max < 10.001, "{}", class.latency_ms.max);
    // Those who wait for a later period wait no longer than they may, those who are refused just as long.
    let waiting = "throttle: Resilience4j(limit: 20, period: \"1s\", max_wait: \"2500ms\")";
    let summary = run("100/s", "threads: 100", waiting, "");
    let (class, sent) = (&summary.traffic["c"], summary.services["b"].attempts);
    // The first of them still belong to the warm-up.
    assert!((20 * 57..=20 * 60).contains(&sent), "{sent}");
    assert!(class.latency_ms.max <= 2_510.001 && class.latency_ms.max > 2_400.0, "{}", class.latency_ms.max);
    let held = summary.services["a"].mean_service_ms;
    assert!((2_300.0..2_510.0).contains(&held), "the refused have waited as well: {held}");
}

#[test]
fn a_wait_for_a_turn_counts_for_the_timeout_and_holds_the_permit() {
    let throttle = "throttle: Resilience4j(limit: 1, period: \"1s\", max_wait: \"5s\")";
    let summary = run("20/s", "threads: 100", &format!("timeout: \"300ms\", {throttle}"), "");
    assert!(summary.traffic["c"].latency_ms.max <= 300.001);
    // What has timed out has its turn nevertheless: it is never taken, and nobody else gets it.
    assert!(summary.services["b"].attempts < 30, "{}", summary.services["b"].attempts);
    let bulkhead = format!("bulkhead: Bulkhead(max_concurrent: 2), {throttle}");
    let summary = run("20/s", "threads: 100", &bulkhead, "");
    // Two hold the permits until their turns; all others are refused by the bulkhead.
    assert!((57..=60).contains(&summary.services["b"].attempts), "{}", summary.services["b"].attempts);
    assert!(summary.calls["a -> b"].refused > 1_000);
}

#[test]
fn a_throttled_attempt_is_retried_and_counts_for_the_breaker() {
    let throttle = "throttle: Resilience4j(limit: 10, period: \"1s\", max_wait: \"0s\")";
    let retry = "retry: Retry(max_attempts: 3, backoff: Fixed(\"400ms\")";
    let tried = run("15/s", "threads: 100", &format!("{throttle}, {retry})"), "");
    let given_up = run("15/s", "threads: 100", &format!("{throttle}, {retry}, on: [Timeout])"), "");
    assert!(tried.calls["a -> b"].refused > 2 * given_up.calls["a -> b"].refused);
    let breaker = "breaker: Resilience4j(window: Calls(20), min_calls: 20, open_for: \"5s\")";
    let ignoring =
        "breaker: Resilience4j(window: Calls(20), min_calls: 20, open_for: \"5s\", ignore: [Throttled])";
    assert!(
        run("50/s", "threads: 100", &format!("{throttle}, {breaker}"), "").calls["a -> b"].breaker_opened > 5
    );
    assert_eq!(
        run("50/s", "threads: 100", &format!("{throttle}, {ignoring}"), "").calls["a -> b"].breaker_opened,
        0
    );
}
