//! Fallbacks: when each answers, what it answers with, and that a degraded answer stays one up to the user.

use knockon::analysis::Summary;
use knockon::record::Record;
use knockon::scenario::{Scenario, VerdictKind};

use crate::support::replay;

/// A gateway calls `a`, which calls `b` (constant work of 20 ms) under the given policy; one user unless said otherwise.
fn run(policy: &str, traffic: &str, faults: &str) -> (Record, Summary) {
    let text = format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"60s\", seed: 5,
        services: {{
            \"gateway\": Service(threads: 1000, operations: {{ \"op\": [Call(\"a.op\")], \"write\": [Call(\"b.op\")] }}),
            \"a\": Service(threads: 1000, operations: {{ \"op\": [Call(\"b.op\"), Work(Constant(\"1ms\"))] }}),
            \"b\": Service(threads: 1000, operations: {{ \"op\": [Work(Constant(\"20ms\"))] }}),
        }},
        calls: {{ \"a -> b\": Policy({policy}) }},
        traffic: {{ {traffic} }},
        faults: [{faults}])"
    );
    let scenario =
        Scenario::parse(&text).unwrap_or_else(|rejected| panic!("{:#?}\n{text}", rejected.diagnostics));
    let incident = replay(&scenario);
    (incident.record, incident.summary)
}

const ONE: &str = "\"c\": Open(rate: \"50/s\", entry: \"gateway.op\", users: 1)";
/// b answers nothing but errors for 20 s.
const BROKEN: &str = "Fault(at: \"T+10s\", for: \"20s\", on: \"b\", effect: Errors(\"100%\"))";

#[test]
fn a_default_answers_what_failed_and_the_answer_is_degraded_up_to_the_user() {
    let (record, summary) = run("fallback: Fixed()", ONE, BROKEN);
    let class = &summary.traffic["c"];
    assert_eq!(class.failed, 0);
    assert!((900..1_200).contains(&class.degraded), "{class:?}");
    assert!(class.availability > 0.999, "a degraded answer is one");
    let call = &summary.calls["a -> b"];
    assert_eq!((call.fallbacks, call.failed), (class.degraded, class.degraded));
    // Counts agree wherever they stand: totals, series, blast radius, table.
    let series = &record.actual.classes["c"];
    assert_eq!(series.degraded.iter().sum::<u64>(), class.degraded);
    assert_eq!(series.ok.iter().sum::<u64>(), class.ok + class.degraded);
    assert_eq!(record.actual.calls["a -> b"].fallbacks.iter().sum::<u64>(), call.fallbacks);
    let radius = summary.blast_radius.as_ref().unwrap();
    assert_eq!((radius.by_severity.degraded, radius.by_severity.failed), (class.degraded, 0));
    assert_eq!(summary.verdict, Some(VerdictKind::Contained));
    // Above the call nothing has failed.
    assert_eq!((summary.services["a"].failed, summary.services["gateway"].failed), (0, 0));
    assert_eq!(summary.services["a"].first_impact_s, None);
}

#[test]
fn the_last_answer_serves_until_it_is_too_old() {
    // The last good answer comes within 20 ms of T+10 s, or is under way then.
    let (record, summary) = run("fallback: Cached(max_age: \"5s\")", ONE, BROKEN);
    let class = &summary.traffic["c"];
    assert!((250..320).contains(&class.degraded) && (700..850).contains(&class.failed), "{class:?}");
    let failed = &record.actual.classes["c"].failed;
    let second = |s: f64| (s / record.actual.window_s).round() as usize;
    let sum = |from: f64, to: f64| failed[second(from)..second(to)].iter().sum::<u64>();
    assert_eq!((sum(0.0, 14.9), sum(30.1, 60.0)), (0, 0));
    assert_eq!(
        sum(15.1, 29.9),
        record.actual.classes["c"].arrived[second(15.1)..second(29.9)].iter().sum::<u64>()
    );
}

#[test]
fn an_answer_serves_only_the_same_user_at_the_same_operation() {
    // So many users that hardly any comes again within 10 s.
    let many = "\"c\": Open(rate: \"50/s\", entry: \"gateway.op\", users: 1000000)";
    let (_, summary) = run("fallback: Cached(max_age: \"10s\")", many, BROKEN);
    assert!(summary.traffic["c"].degraded <= 3, "{:?}", summary.traffic["c"]);
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"20s\",
        services: {
            \"a\": Service(threads: 1000, operations: { \"one\": [Call(\"b.one\")], \"two\": [Call(\"b.two\")] }),
            \"b\": Service(threads: 1000, operations: { \"one\": [], \"two\": [Fail] }),
        },
        calls: { \"a -> b\": Policy(fallback: Cached()) },
        traffic: { \"one\": Open(rate: \"50/s\", entry: \"a.one\", users: 1), \"two\": Open(rate: \"50/s\", entry: \"a.two\", users: 1) })";
    let summary = replay(&Scenario::parse(text).unwrap()).summary;
    assert_eq!((summary.traffic["one"].degraded, summary.traffic["two"].ok), (0, 0));
    assert_eq!(summary.traffic["two"].failed, summary.traffic["two"].requests);
}

#[test]
fn all_callers_of_a_service_share_their_answers() {
    // `d` succeeds for the user just before `a` fails for the same one: a call to the same operation by another caller.
    let text = |fallback: &str| {
        format!(
            "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"20s\",
            services: {{
                \"a\": Service(threads: 1000, operations: {{ \"op\": [Call(\"b.op\")] }}),
                \"d\": Service(threads: 1000, operations: {{ \"op\": [Call(\"b.op\")] }}),
                \"b\": Service(threads: 1000, operations: {{ \"op\": [Branch(Class(\"a\"), then: [Fail])] }}),
            }},
            calls: {{ \"a -> b\": Policy(fallback: Cached()), \"d -> b\": Policy({fallback}) }},
            traffic: {{ \"a\": Open(rate: \"50/s\", entry: \"a.op\", users: 1), \"d\": Open(rate: \"50/s\", entry: \"d.op\", users: 1) }})"
        )
    };
    let with =
        |fallback: &str| replay(&Scenario::parse(&text(fallback)).unwrap()).summary.traffic["a"].clone();
    let shared = with("fallback: Cached(max_age: \"5s\", when: BeforeCall)");
    assert_eq!((shared.degraded, shared.failed), (shared.requests, 0));
    assert_eq!(with("").degraded, 0, "who has no such fallback keeps nothing");
}

#[test]
fn requests_that_write_are_not_served_unless_it_is_said() {
    let write = "\"c\": Open(rate: \"50/s\", entry: \"gateway.op\", users: 1, access: Write)";
    let (_, never) = run("fallback: Cached(max_age: \"1h\")", write, BROKEN);
    assert_eq!((never.traffic["c"].degraded, never.calls["a -> b"].fallbacks), (0, 0));
    let (_, before) = run("fallback: Cached(max_age: \"1h\", when: BeforeCall)", write, BROKEN);
    assert_eq!(before.calls["a -> b"].fallbacks, 0);
    let (_, said) = run("fallback: Cached(max_age: \"1h\", writes: true)", write, BROKEN);
    assert_eq!(said.traffic["c"].failed, 0);
    assert!(said.traffic["c"].degraded > 900);
    // The answer to a write is not kept for those who read.
    let both = "\"r\": Open(rate: \"5/s\", entry: \"gateway.op\", users: 1),
        \"w\": Open(rate: \"50/s\", entry: \"gateway.op\", users: 1, access: Write)";
    let (_, kept) = run("fallback: Cached(max_age: \"100ms\")", both, BROKEN);
    assert!(kept.traffic["r"].degraded <= 2, "{:?}", kept.traffic["r"]);
}

#[test]
fn after_retries_all_of_them_are_sent_and_instead_of_a_retry_none_is() {
    let retry = "retry: Retry(max_attempts: 4)";
    let attempts = |when: &str| {
        let (_, summary) = run(&format!("{retry}, fallback: Fixed(when: {when})"), ONE, BROKEN);
        let class = summary.traffic["c"].clone();
        assert_eq!(class.failed, 0);
        (summary.calls["a -> b"].clone(), class.degraded)
    };
    let (after, degraded) = attempts("AfterRetries");
    assert_eq!(after.attempts - after.first_attempts, 3 * degraded);
    let (instead, degraded) = attempts("InsteadOfRetry");
    assert_eq!((instead.attempts, instead.failed), (instead.first_attempts, degraded));
}

#[test]
fn with_nothing_at_hand_retries_go_on() {
    // Every attempt draws its own error: a user who is new fails at first, and is answered by a retry or not at all.
    let many = "\"c\": Open(rate: \"50/s\", entry: \"gateway.op\", users: 1000000)";
    let half = "Fault(at: \"T+10s\", for: \"20s\", on: \"b\", effect: Errors(\"50%\"))";
    let policy = "retry: Retry(max_attempts: 2), fallback: Cached(max_age: \"1s\", when: InsteadOfRetry)";
    let (_, summary) = run(policy, many, half);
    let call = &summary.calls["a -> b"];
    let retries = call.attempts - call.first_attempts;
    assert!((400..600).contains(&retries) && (150..350).contains(&summary.traffic["c"].failed), "{call:?}");
}

#[test]
fn an_answer_before_the_call_spares_it_and_is_as_good_as_any() {
    let (_, summary) = run("fallback: Cached(max_age: \"1s\", when: BeforeCall)", ONE, BROKEN);
    let (class, call) = (&summary.traffic["c"], &summary.calls["a -> b"]);
    assert_eq!(class.degraded, 0);
    // In health one call a second is made, and what comes while it is under way; a failure is one.
    let healthy = summary.twin.as_ref().unwrap().services["b"].attempts;
    assert!((50..200).contains(&healthy), "{healthy}");
    assert!((850..1_000).contains(&class.failed) && call.failed == class.failed, "{class:?}");
    assert!(call.fallbacks > 1_500 && call.attempts + call.fallbacks >= class.requests, "{call:?}");
}

#[test]
fn a_fallback_answers_for_breakers_bulkheads_and_deadlines_which_count_as_before() {
    for order in ["Outside", "Inside"] {
        let breaker = format!(
            "breaker: Consecutive(failures: 5, open_for: \"5s\"), retry: Retry(max_attempts: 2, order: {order})"
        );
        let (_, plain) = run(&breaker, ONE, BROKEN);
        let (_, summary) = run(&format!("{breaker}, fallback: Fixed()"), ONE, BROKEN);
        let (class, call) = (&summary.traffic["c"], &summary.calls["a -> b"]);
        assert_eq!((class.failed, class.degraded), (0, plain.traffic["c"].failed), "{order}");
        assert_eq!(call.breaker_opened, plain.calls["a -> b"].breaker_opened, "{order}");
        assert!(call.breaker_opened >= 3 && call.refused > 500, "{order}: {call:?}");
    }
    for policy in ["deadline: \"10ms\"", "timeout: \"10ms\"", "bulkhead: Bulkhead(max_concurrent: 1)"] {
        let (_, summary) = run(&format!("{policy}, fallback: Fixed()"), ONE, "");
        let class = &summary.traffic["c"];
        assert!(class.failed == 0 && class.degraded > 500, "{policy}: {class:?}");
    }
    let (_, summary) = run("deadline: \"10ms\", fallback: Fixed()", ONE, "");
    let latency = summary.traffic["c"].latency_ms;
    assert!((latency.mean - 11.0).abs() < 1e-9, "a fallback takes no time: {latency:?}");
}

#[test]
fn a_breaker_above_a_degraded_answer_counts_a_success() {
    let text = "Scenario(format: 1, name: \"test\", horizon: \"20s\",
        services: {
            \"g\": Service(threads: 1000, operations: { \"op\": [Call(\"a.op\")] }),
            \"a\": Service(threads: 1000, operations: { \"op\": [Call(\"b.op\")] }),
            \"b\": Service(operations: { \"op\": [Fail] }),
        },
        calls: { \"g -> a\": Policy(breaker: Consecutive(failures: 1)), \"a -> b\": Policy(fallback: Fixed()) },
        traffic: { \"c\": Open(rate: \"50/s\", entry: \"g.op\") })";
    let summary = replay(&Scenario::parse(text).unwrap()).summary;
    assert_eq!(summary.calls["g -> a"].breaker_opened, 0);
    assert_eq!(summary.traffic["c"].degraded, summary.traffic["c"].requests);
}

#[test]
fn of_several_calls_at_once_one_degraded_answer_is_enough_to_degrade() {
    let degraded = |join: &str| {
        let text = format!(
            "Scenario(format: 1, name: \"test\", horizon: \"20s\",
            services: {{
                \"a\": Service(threads: 1000, operations: {{ \"op\": [Parallel([\"b.op\", \"c.op\"], join: {join})] }}),
                \"b\": Service(threads: 1000, operations: {{ \"op\": [Work(Constant(\"5ms\")), Fail] }}),
                \"c\": Service(threads: 1000, operations: {{ \"op\": [Work(Constant(\"1ms\"))] }}),
            }},
            calls: {{ \"a -> b\": Policy(fallback: Fixed()) }},
            traffic: {{ \"c\": Open(rate: \"50/s\", entry: \"a.op\") }})"
        );
        let class = replay(&Scenario::parse(&text).unwrap()).summary.traffic["c"].clone();
        (class.degraded > 900, class.ok > 900)
    };
    assert_eq!(degraded("All"), (true, false));
    assert_eq!(degraded("First"), (false, true), "an answer that nobody waited for does not count");
}

#[test]
fn many_fallbacks_in_a_row_take_no_time_and_no_stack() {
    let calls = vec!["Call(\"b.op\")"; 3_000].join(", ");
    let text = format!(
        "Scenario(format: 1, name: \"test\", horizon: \"2s\",
        services: {{ \"a\": Service(threads: 1000, operations: {{ \"op\": [{calls}] }}),
                    \"b\": Service(operations: {{ \"op\": [Fail] }}) }},
        calls: {{ \"a -> b\": Policy(breaker: Consecutive(failures: 1, open_for: \"1h\"), fallback: Fixed()) }},
        traffic: {{ \"c\": Open(rate: \"10/s\", entry: \"a.op\") }})"
    );
    let summary = replay(&Scenario::parse(&text).unwrap()).summary;
    let class = &summary.traffic["c"];
    assert!(
        class.requests > 10 && class.degraded == class.requests && class.latency_ms.max == 0.0,
        "{class:?}"
    );
}
