//! Corners of the engine: what falls due at one instant, what nobody waits for any more, what takes no time at all.

use knockon::analysis::Summary;

use crate::support::simulate;

/// What a paused caller missed is made up for in the order in which it fell due, not in that in which it was scheduled.
#[test]
fn a_replica_that_wakes_handles_what_fell_due_in_due_order() {
    // b fails at T+2 s, the retry is due a second later, the deadline another half; a stands still meanwhile. The
    // deadline was scheduled first: handled first it would leave no retry.
    let attempts = |deadline: &str| {
        let text = format!(
            "Scenario(format: 1, name: \"test\", warm_up: \"0s\", horizon: \"20s\",
            services: {{
                \"a\": Service(operations: {{ \"op\": [Call(\"b.op\")] }}),
                \"b\": Service(operations: {{ \"op\": [Fail] }}),
            }},
            calls: {{ \"a -> b\": Policy(deadline: \"{deadline}\",
                retry: Retry(max_attempts: 2, backoff: Fixed(\"1s\"))) }},
            traffic: {{ \"c\": Open(rate: Steps([(\"T+0s\", \"1000/s\"), (\"T+100ms\", \"0/s\")]), entry: \"a.op\") }},
            faults: [Fault(at: \"T+500ms\", for: \"5s\", on: \"a\", effect: Pause)])"
        );
        let (_, summary) = simulate(&text);
        summary.services["b"].attempts as f64 / summary.services["a"].attempts as f64
    };
    assert!((attempts("1500ms") - 2.0).abs() < 1e-9, "{}", attempts("1500ms"));
    assert!((attempts("900ms") - 1.0).abs() < 1e-9, "no time for another attempt");
}

/// A probe of a half-open breaker that is let go gives its permission back; kept, it would shut the breaker for ever.
#[test]
fn a_call_that_is_let_go_gives_its_permission_back() {
    for order in ["Inside", "Outside"] {
        let text = format!(
            "Scenario(format: 1, name: \"test\", warm_up: \"1s\", horizon: \"60s\",
            services: {{
                \"a\": Service(threads: 1000, operations: {{ \"op\": [Parallel([\"slow.op\", \"fast.op\"], join: First)] }}),
                \"slow\": Service(threads: 1000, operations: {{ \"op\": [Work(\"50ms\")] }}),
                \"fast\": Service(threads: 1000, operations: {{ \"op\": [Work(\"10ms\")] }}),
            }},
            calls: {{ \"a -> slow\": Policy(breaker: Consecutive(failures: 3, open_for: \"1s\"),
                retry: Retry(max_attempts: 2, order: {order})) }},
            traffic: {{ \"c\": Open(rate: \"20/s\", entry: \"a.op\") }},
            faults: [Fault(at: \"T+5s\", for: \"5s\", on: \"slow\", effect: Errors(\"100%\"))])"
        );
        // Errors are at once, so the breaker opens; afterwards every probe is overtaken by the fast call and let go.
        let (record, summary) = simulate(&text);
        let attempts = &record.actual.calls["a -> slow"].attempts;
        let late: u64 = attempts[attempts.len() * 2 / 3..].iter().sum();
        assert!(late > 300, "{order}: {late} attempts in the last 20 s");
        assert!(summary.services["slow"].failed > 0, "{order}: it opened");
    }
}

fn sequential(calls: usize) -> Summary {
    let steps = vec!["Call(\"b.op\")"; calls].join(", ");
    let text = format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"0s\", horizon: \"2s\",
        services: {{
            \"a\": Service(operations: {{ \"op\": [{steps}] }}),
            \"b\": Service(operations: {{ \"op\": [] }}),
        }},
        traffic: {{ \"c\": Open(rate: \"5/s\", entry: \"a.op\") }})"
    );
    simulate(&text).1
}

/// Calls and their answers recurse; one after another they must not pile up on the stack.
#[test]
fn calls_that_take_no_time_do_not_nest() {
    let summary = sequential(20_000);
    let class = &summary.traffic["c"];
    assert!(class.ok > 0 && class.ok == class.requests, "{class:?}");
    assert_eq!(summary.services["b"].attempts, 20_000 * class.requests);
}
