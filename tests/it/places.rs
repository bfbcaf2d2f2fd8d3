//! Bulkheads and pools to the instant: five attempts at once, of 100 ms each, and how many find a place in time.

use crate::support::simulate;

/// Attempts sent and refused per request, and how long a request takes in milliseconds.
fn five_at_once(policy: &str) -> (u64, u64, f64) {
    let text = format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"5s\", horizon: \"600s\", seed: 3,
        services: {{
            \"a\": Service(operations: {{ \"op\": [Parallel([\"b.op\", \"b.op\", \"b.op\", \"b.op\", \"b.op\"])] }}),
            \"b\": Service(threads: 100, operations: {{ \"op\": [Work(\"100ms\")] }}),
        }},
        calls: {{ \"a -> b\": Policy(fallback: Fixed(), {policy}) }},
        traffic: {{ \"c\": Open(rate: \"2/min\", entry: \"a.op\") }})"
    );
    let (_, summary) = simulate(&text);
    let requests = summary.traffic["c"].requests;
    let (sent, refused) = (summary.services["b"].attempts, summary.calls["a -> b"].refused);
    assert_eq!((sent % requests, refused % requests), (0, 0), "no request meets another");
    (sent / requests, refused / requests, summary.traffic["c"].latency_ms.max)
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
