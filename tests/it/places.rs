//! Bulkheads and pools to the instant: five attempts at once, of 100 ms each, and how many find a place in time.

use knockon::analysis::Summary;

use crate::support::simulate;

/// Attempts sent and refused per request, and how long a request takes in milliseconds.
fn five_at_once(policy: &str) -> (u64, u64, f64) {
    let summary = summary(policy);
    let requests = summary.traffic["c"].requests;
    let (sent, refused) = (summary.services["b"].attempts, summary.calls["a -> b"].refused);
    assert_eq!((sent % requests, refused % requests), (0, 0), "no request meets another");
    (sent / requests, refused / requests, summary.traffic["c"].latency_ms.max)
}

fn summary(policy: &str) -> Summary {
    let text = format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"5s\", horizon: \"600s\", seed: 3,
        services: {{
            \"a\": Service(operations: {{ \"op\": [Parallel([\"b.op\", \"b.op\", \"b.op\", \"b.op\", \"b.op\"])] }}),
            \"b\": Service(threads: 100, operations: {{ \"op\": [Work(\"100ms\")] }}),
        }},
        calls: {{ \"a -> b\": Policy(fallback: Fixed(), {policy}) }},
        traffic: {{ \"c\": Open(rate: \"2/min\", entry: \"a.op\") }})"
    );
    simulate(&text).1
}

/// Who is sent waits for those before; who is refused has waited as long as it may.
#[test]
fn waits_before_sending_are_measured_to_the_instant() {
    for (places, wait, mean, longest) in [
        (5, 250, 0.0, 0.0),
        // At 0 and 100 ms and so on, as far as patience goes.
        (1, 401, 200.0, 400.0),
        (1, 399, 199.8, 399.0),
        (1, 250, 160.0, 250.0),
        // Two at 0, two at 100 ms, one at 200 ms.
        (2, 250, 80.0, 200.0),
    ] {
        let bulkhead = format!("bulkhead: Bulkhead(max_concurrent: {places}, max_wait: \"{wait}ms\")");
        let pool = format!("pool: Pool(size: {places}, max_wait: \"{wait}ms\")");
        for policy in [bulkhead, pool] {
            let call = &summary(&policy).calls["a -> b"];
            let (got_mean, got_longest) = (call.mean_wait_ms.unwrap(), call.longest_wait_ms.unwrap());
            assert!((got_mean - mean).abs() < 1e-6, "{policy}: {got_mean}");
            assert!((got_longest - longest).abs() < 1e-6, "{policy}: {got_longest}");
        }
    }
    // Five ask at once for the one turn of each 50 ms: the first has it, the second waits for the next period, and so on.
    let turns = summary("throttle: Resilience4j(limit: 1, period: \"50ms\", max_wait: \"10s\")");
    let call = &turns.calls["a -> b"];
    assert!((150.0..=200.0).contains(&call.longest_wait_ms.unwrap()), "{call:?}");
    assert!((60.0..=100.0).contains(&call.mean_wait_ms.unwrap()), "{call:?}");
}

/// A callee that stands still to the end lets nobody through any more: whoever comes waits until the run is over, and that
/// is told, though none of them is sent.
#[test]
fn who_still_waits_when_the_run_ends_has_waited() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"5s\", horizon: \"60s\", seed: 3,
        services: {
            \"a\": Service(threads: 1000, operations: { \"op\": [Call(\"b.op\")] }),
            \"b\": Service(threads: 100, operations: { \"op\": [Work(\"10ms\")] }),
        },
        calls: { \"a -> b\": Policy(pool: Pool(size: 20, max_wait: \"90s\")) },
        traffic: { \"c\": Open(rate: \"10/s\", entry: \"a.op\") },
        faults: [Fault(at: \"T+20s\", for: \"60s\", on: \"b\", effect: Pause)])";
    let (_, summary) = simulate(text);
    let call = &summary.calls["a -> b"];
    // About 20 fill the pool within 2 s; of some 600 in all, some 380 wait for 38 s and less.
    let (mean, longest) = (call.mean_wait_ms.unwrap(), call.longest_wait_ms.unwrap());
    assert!((36_000.0..=40_000.0).contains(&longest), "{call:?}");
    assert!((0.8..=1.2).contains(&(mean / (380.0 / 600.0 * 19_000.0))), "{call:?}");
}

#[test]
fn where_nobody_has_to_wait_there_is_no_wait() {
    for policy in [
        "timeout: \"1s\"",
        "bulkhead: Bulkhead(max_concurrent: 2)",
        "throttle: Adaptive()",
        "pool: Pool(size: 2, max_wait: \"0s\")",
    ] {
        let summary = summary(policy);
        assert_eq!(
            (summary.calls["a -> b"].mean_wait_ms, summary.calls["a -> b"].longest_wait_ms),
            (None, None)
        );
    }
}

/// A wait that only a change of the response brings.
#[test]
fn what_may_wait_after_a_change_is_measured_from_the_begin() {
    let text = "Scenario(format: 1, name: \"test\", horizon: \"100s\", seed: 3,
        services: {
            \"a\": Service(operations: { \"op\": [Parallel([\"b.op\", \"b.op\"])] }),
            \"b\": Service(threads: 100, operations: { \"op\": [Work(\"100ms\")] }),
        },
        traffic: { \"c\": Open(rate: \"60/min\", entry: \"a.op\") },
        response: [Act(at: \"T+50s\", does: Set(\"calls.'a -> b'.pool\", Pool(size: 1)))])";
    let (record, summary) = simulate(text);
    let call = &summary.calls["a -> b"];
    assert!(call.longest_wait_ms.unwrap() >= 100.0 && call.mean_wait_ms.unwrap() > 10.0, "{call:?}");
    let twin = &record.twin.unwrap().totals.calls["a -> b"];
    assert_eq!((twin.mean_wait_ms, twin.longest_wait_ms), (Some(0.0), Some(0.0)));
}

#[test]
fn places_are_handed_on_in_the_same_instant_and_waits_end_on_time() {
    // Places, longest wait in ms, then sent, refused, and when the last is over.
    for (places, wait, sent, refused, ends) in [
        (5, 0, 5, 0, 100.0),
        // A wait of nothing is a refusal at once.
        (1, 0, 1, 4, 100.0),
        (2, 0, 2, 3, 100.0),
        // One after another: at 0, 100 and 200 ms; the last two have waited long enough at 250 ms.
        (1, 250, 3, 2, 300.0),
        (1, 201, 3, 2, 300.0),
        (1, 399, 4, 1, 400.0),
        (1, 401, 5, 0, 500.0),
        // Two at once: the fifth would go at 200 ms.
        (2, 150, 4, 1, 200.0),
        (2, 250, 5, 0, 300.0),
        // In the same instant what was scheduled first comes first: at 100 ms the end of the first attempt's work, which
        // began before the others waited, and at 200 ms the end of the waits, which are older than the second's work.
        (1, 100, 2, 3, 200.0),
        (1, 200, 2, 3, 200.0),
    ] {
        let bulkhead = format!("bulkhead: Bulkhead(max_concurrent: {places}, max_wait: \"{wait}ms\")");
        let pool = format!("pool: Pool(size: {places}, max_wait: \"{wait}ms\")");
        for policy in [bulkhead, pool] {
            let (got_sent, got_refused, got_ends) = five_at_once(&policy);
            assert_eq!((got_sent, got_refused), (sent, refused), "{policy}");
            assert!((got_ends - ends).abs() < 1e-9, "{policy}: {got_ends}");
        }
    }
}
