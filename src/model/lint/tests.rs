//! The review of small models whose findings are known.

use crate::model::lint::{Finding, Gravity, review};
use crate::model::{Forecast, Model};
use crate::scenario::Scenario;

/// `users -> a -> b`, with what is given.
fn findings(a: &str, b: &str, calls: &str, rate: &str) -> Vec<Finding> {
    let text = format!(
        r#"Scenario(format: 1, name: "x", horizon: "60s",
            services: {{
                "a": Service(replicas: 2, {a} operations: {{ "x": [Call("b.y")] }}),
                "b": Service(replicas: 2, {b} operations: {{ "y": [Work(Constant("100ms"))] }}),
            }},
            calls: {{ {calls} }},
            traffic: {{ "users": Open(rate: "{rate}", entry: "a.x") }})"#
    );
    let model = Model::compile(&Scenario::parse(&text).unwrap());
    review(&model, &Forecast::of(&model))
}

fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code).collect()
}

#[track_caller]
fn only(findings: &[Finding], code: &str, words: &str) {
    assert_eq!(codes(findings), [code], "{findings:#?}");
    assert!(findings[0].message.contains(words), "{}", findings[0].message);
}

const CALM: &str = r#""a -> b": Policy(timeout: "1s")"#;

#[test]
fn a_sound_design_has_no_findings() {
    assert_eq!(findings("", "threads: 10, queue: Fifo(capacity: 50),", CALM, "100/s"), []);
}

#[test]
fn busy_services_are_found_by_degrees() {
    let at = |rate| findings("", "threads: 10, queue: Fifo(capacity: 50),", CALM, rate);
    // 20 threads of 100 ms each: 200/s.
    assert_eq!(at("160/s"), []);
    only(&at("170/s"), "L002", "`b` is 85 % busy in health: 170/s of the 200/s");
    only(&at("240/s"), "L001", "`b` gets 240/s of 100ms each, which keep 24 threads busy, but it has 20");
}

#[test]
fn places_are_compared_with_the_calls_that_hold_them() {
    let with = |policy: &str, rate| {
        let call = format!(r#""a -> b": Policy(timeout: "1s", {policy})"#);
        findings("threads: 200,", "threads: 10, queue: Fifo(capacity: 50),", &call, rate)
    };
    // Two callers of 3 connections each, which 100 ms hold: 60/s.
    let few = "pool: Pool(size: 3)";
    assert_eq!(with(few, "59/s"), []);
    only(
        &with(few, "90/s"),
        "L006",
        "`a -> b` makes 90/s calls of 100ms each, 9 at once, but its pool has 6 places (2 callers of 3 each)",
    );
    assert!(with(few, "90/s")[0].hint.contains("60/s at most"));
    only(&with("bulkhead: Bulkhead(max_concurrent: 4)", "90/s"), "L006", "its bulkhead has 8 places");
    // The network holds them, too: 100 + 2 x 50 ms.
    only(
        &with("pool: Pool(size: 7), network: Constant(\"50ms\")", "75/s"),
        "L006",
        "of 200ms each, 15 at once",
    );
}

#[test]
fn queues_are_compared_with_their_callers() {
    let with =
        |queue: &str, call: &str| findings("", &format!("threads: 10, queue: {queue},"), call, "100/s");
    only(&with("Fifo(capacity: Unbounded)", CALM), "L030", "`b`");
    // 200 x 100 ms / 10.
    only(&with("Fifo(capacity: 200)", CALM), "L031", "the last of 200 in the queue of `b` waits about 2s");
    assert_eq!(with("Lifo(capacity: 200)", CALM), []);
    assert_eq!(with("Fifo(capacity: 200)", r#""a -> b": Policy(timeout: "1s", cancel: AtDequeue)"#), []);
}

#[test]
fn queues_are_compared_with_their_memory() {
    // Room for 80 requests.
    let with = |queue: &str| {
        let memory = r#"memory: Memory(limit: "100MiB", idle: "20MiB", per_request: "1MiB"),"#;
        findings("", &format!("threads: 10, queue: {queue}, {memory}"), CALM, "100/s")
    };
    assert_eq!(with("Fifo(capacity: 70)"), []);
    let words =
        "a replica of `b` has memory for 80 requests, but it has 10 threads and a queue of 71: a backlog";
    only(&with("Fifo(capacity: 71)"), "L032", words);
    let found = with("Fifo(capacity: Unbounded)");
    assert_eq!(codes(&found), ["L030", "L032"]);
    assert!(found[1].message.contains("its queue has no bound"), "{}", found[1].message);
}

#[test]
fn cold_caches_are_compared_with_the_load() {
    let with = |cache: &str, rate: &str| {
        let text = format!(
            r#"Scenario(format: 1, name: "x", horizon: "60s",
                services: {{ "a": Service(replicas: 2, threads: 10, caches: {{ "c": Warming({cache}) }},
                    operations: {{ "x": [Lookup("c", hit: [Work("20ms")], miss: [Work("100ms")])] }}) }},
                traffic: {{ "users": Open(rate: "{rate}", entry: "a.x") }})"#
        );
        let model = Model::compile(&Scenario::parse(&text).unwrap());
        review(&model, &Forecast::of(&model)).into_iter().filter(|f| f.code == "L004").collect::<Vec<_>>()
    };
    // Warm: 20 / 28 ms = 714/s; cold: 20 / 100 ms = 200/s; half warm 20 / 64 ms = 312/s.
    let ninety = r#"hit_ratio: "90%", after: 100"#;
    only(&with(ninety, "210/s"), "L004", "cold, `a` holds 200/s of its 210/s: a restart of all replicas");
    assert_eq!(with(ninety, "190/s"), []);
    assert_eq!(with(&format!(r#"{ninety}, after_start: "50%""#), "310/s"), []);
    only(&with(&format!(r#"{ninety}, after_start: "50%""#), "315/s"), "L004", "holds 312/s of its 315/s");
    assert_eq!(with(r#"hit_ratio: "90%", after: 0"#, "500/s"), [], "always warm");
    assert_eq!(with(ninety, "800/s"), [], "that is too much for warm caches too, and is said as such");
}

#[test]
fn what_comes_through_a_cold_cache_is_compared_with_what_is_behind_it() {
    let with = |cache: &str, rate: &str| {
        let text = format!(
            r#"Scenario(format: 1, name: "x", horizon: "60s",
                services: {{
                    "a": Service(threads: 1000, caches: {{ "c": Warming({cache}) }},
                        operations: {{ "x": [Lookup("c", miss: [Call("b.y")])] }}),
                    "b": Service(threads: 30, operations: {{ "y": [Work("100ms")] }}),
                }},
                traffic: {{ "users": Open(rate: "{rate}", entry: "a.x") }})"#
        );
        let model = Model::compile(&Scenario::parse(&text).unwrap());
        review(&model, &Forecast::of(&model)).into_iter().filter(|f| f.code == "L005").collect::<Vec<_>>()
    };
    let ninety = r#"hit_ratio: "90%", after: 100"#;
    only(
        &with(ninety, "2500/s"),
        "L005",
        "with the caches of `a` cold, 2500/s reach `b`, which can carry 300/s",
    );
    assert_eq!(with(ninety, "290/s"), []);
    // Half warm, 1 - 0.9 x 0.5 = 55 % of the lookups miss.
    assert_eq!(with(&format!(r#"{ninety}, after_start: "50%""#), "540/s"), []);
    only(&with(&format!(r#"{ninety}, after_start: "50%""#), "560/s"), "L005", "308/s reach `b`");
    assert_eq!(with(ninety, "3100/s"), [], "that is too much with warm caches too, and is said as such");
}

#[test]
fn timeouts_are_looked_at_from_all_sides() {
    let with = |calls: &str| findings("", "threads: 10, queue: Fifo(capacity: 20),", calls, "100/s");
    only(&with(""), "L020", "1 call waits without a timeout: `a -> b`");
    assert_eq!(with(r#""a -> b": Policy(deadline: "1s")"#), []);
    let outer = r#""users -> a": Policy(timeout: "500ms"), "#;
    only(
        &with(&format!("{outer}{CALM}")),
        "L022",
        "`users -> a` gives up after 500ms, but `a -> b` below it may go on for 1s",
    );
    assert_eq!(with(&format!("{outer}\"a -> b\": Policy(timeout: \"400ms\")")), []);
    // Backoffs count: 150 ms + 100 ms + 150 ms.
    let backoff =
        r#""a -> b": Policy(timeout: "150ms", retry: Retry(max_attempts: 2, backoff: Fixed("300ms")))"#;
    let found = with(&format!("{outer}{backoff}"));
    let order = found.iter().find(|finding| finding.code == "L022").unwrap();
    assert!(order.message.contains("600ms, in up to 2 attempts"), "{}", order.message);
    let found = with(r#""a -> b": Policy(timeout: "50ms", network: Constant("1ms"))"#);
    let short = found.iter().find(|finding| finding.code == "L021").unwrap();
    assert!(short.message.contains("after 50ms, but `b.y` takes 102ms"), "{}", short.message);
}

#[test]
fn storms_need_capacity_between_load_and_worst_case() {
    let with = |policy: &str, rate: &str| {
        let calls = format!("\"a -> b\": Policy(timeout: \"1s\", {policy})");
        findings("", "threads: 10, queue: Fifo(capacity: Unbounded),", &calls, rate)
    };
    let storm = |policy: &str, rate: &str| {
        with(policy, rate).into_iter().find(|finding| finding.code == "L010").map(|finding| finding.message)
    };
    let message = storm("retry: Retry(max_attempts: 3)", "100/s").unwrap();
    assert!(message.contains("100/s of first attempts < 200/s of capacity < 300/s"), "{message}");
    for (policy, rate) in [
        ("retry: Retry(max_attempts: 3)", "60/s"),
        ("retry: Retry(max_attempts: 3)", "210/s"),
        ("retry: Retry(max_attempts: 3, on: [BreakerOpen])", "100/s"),
        ("retry: Retry(max_attempts: 3, budget: Ratio(share: \"20%\"))", "100/s"),
        ("retry: Retry(max_attempts: 3), breaker: Consecutive(failures: 5)", "100/s"),
        ("retry: Retry(max_attempts: 3), breaker: Resilience4j(min_calls: 10)", "100/s"),
        ("retry: Retry(max_attempts: 3), breaker: Hystrix()", "100/s"),
        ("retry: Retry(max_attempts: 3), breaker: Polly()", "100/s"),
        ("retry: Retry(max_attempts: 3), breaker: Gobreaker()", "100/s"),
    ] {
        assert_eq!(storm(policy, rate), None, "{policy} {rate}");
    }
    for helpless in ["Hystrix(ignore: Timeout)", "Polly(min_calls: 100_000)", "Gobreaker(ignore: Timeout)"] {
        let policy = format!("retry: Retry(max_attempts: 3), breaker: {helpless}");
        assert!(storm(&policy, "100/s").is_some(), "{helpless}");
    }
    // A floor of 60/s for each of the two replicas of a: 100 + 20 + 120.
    let floor = storm("retry: Retry(max_attempts: 3, budget: Ratio(share: \"20%\", min_per_s: 60))", "100/s");
    assert!(floor.is_some_and(|message| message.contains("240/s")));
    let gravity = |policy: &str| with(policy, "100/s")[0].gravity;
    assert_eq!(gravity("retry: Retry(max_attempts: 3)"), Gravity::Serious);
    assert_eq!(gravity("cancel: AtOnce, retry: Retry(max_attempts: 3)"), Gravity::Caution);
}

#[test]
fn layers_multiply_unless_they_do_not_try_again() {
    let with = |outer: &str| {
        let calls = format!(
            "\"users -> a\": Policy(timeout: \"9s\", retry: {outer}), \"a -> b\": Policy(timeout: \"1s\", retry: Retry(max_attempts: 3))"
        );
        findings("", "threads: 100, queue: Fifo(capacity: 50),", &calls, "100/s")
    };
    let found = with("Retry(max_attempts: 3)");
    only(&found, "L011", "9x the attempts at `b` (3 on `users -> a` x 3 on `a -> b`)");
    for outer in [
        "Retry(max_attempts: 1)",
        "Retry(max_attempts: 3, on: [Refused])",
        "Retry(max_attempts: 3, budget: Tokens(share: \"10%\"))",
    ] {
        assert_eq!(with(outer), [], "{outer}");
    }
}

#[test]
fn breakers_are_asked_whether_they_can_open() {
    let with = |policy: &str| {
        let calls = format!("\"a -> b\": Policy(timeout: \"1s\", {policy})");
        findings("", "threads: 10, queue: Fifo(capacity: 50),", &calls, "10/s")
    };
    // 10/s over two replicas: 50 in ten seconds at each.
    let breaker = "breaker: Resilience4j(window: Time(\"10s\"), min_calls: 200)";
    only(
        &with(breaker),
        "L040",
        "at most about 50 calls in 10s (each of 2 replicas has its own) and decides from 200",
    );
    for (breaker, seen) in [
        ("breaker: Hystrix(min_calls: 200)", "about 50 calls in 10s"),
        ("breaker: Polly(min_calls: 300)", "about 150 calls in 30s"),
        (
            "breaker: Gobreaker(trip: Ratio(min_calls: 300), interval: \"10s\", bucket: \"4s\")",
            "about 60 calls in 12s",
        ),
    ] {
        only(&with(breaker), "L040", seen);
    }
    for enough in [
        "breaker: Resilience4j(window: Time(\"10s\"), min_calls: 60)",
        "breaker: Resilience4j(window: Calls(100), min_calls: 200)",
        "scope: Service, breaker: Resilience4j(window: Time(\"10s\"), min_calls: 140)",
        "breaker: Hystrix()",
        "breaker: Polly(min_calls: 180)",
        "breaker: Gobreaker()",
        "breaker: Gobreaker(trip: Ratio(min_calls: 200))",
        "breaker: Gobreaker(trip: Ratio(min_calls: 60), interval: \"10s\")",
    ] {
        assert_eq!(with(enough), [], "{enough}");
    }
    let again = "breaker: Consecutive(), retry: Retry(max_attempts: 2)";
    only(&with(again), "L012", "all 2 attempts");
    let waits = "breaker: Consecutive(), retry: Retry(max_attempts: 2, backoff: Fixed(\"1s\"))";
    assert_eq!(with(waits), []);
}

#[test]
fn probes_that_ask_for_others_are_found() {
    let with = |probe: &str, detection: &str| {
        let text = format!(
            r#"Scenario(format: 1, name: "x", horizon: "60s",
                services: {{
                    "a": Service(replicas: 2, probe: Probe({probe}), operations: {{
                        "x": [Call("b.y")], "health": [Work(Constant("1ms"))],
                    }}),
                    "b": Service(replicas: 2, threads: 10, queue: Fifo(capacity: 20),
                        operations: {{ "y": [Work(Constant("100ms"))] }}),
                }},
                calls: {{ "a -> b": Policy(timeout: "1s"), "users -> a": Policy({detection}) }},
                traffic: {{ "users": Open(rate: "10/s", entry: "a.x") }})"#
        );
        let model = Model::compile(&Scenario::parse(&text).unwrap());
        review(&model, &Forecast::of(&model))
    };
    assert_eq!(with("asks: \"health\"", ""), []);
    assert_eq!(with("", "detection: Probes"), []);
    let dashboard = with("asks: \"x\"", "");
    only(&dashboard, "L060", "the probe of `a` asks for `a.x`, which calls `b`");
    assert_eq!(dashboard[0].gravity, Gravity::Note);
    let believed = with("asks: \"x\"", "detection: Probes");
    only(&believed, "L060", "every replica is taken out of the balancers at once");
    assert_eq!(believed[0].gravity, Gravity::Caution);
}

#[test]
fn deep_probes_are_part_of_the_forecast() {
    let text = r#"Scenario(format: 1, name: "x", horizon: "60s",
        services: {
            "a": Service(replicas: 4, probe: Probe(interval: "2s", asks: "x"), operations: { "x": [Call("b.y")] }),
            "b": Service(operations: { "y": [Work(Constant("100ms"))] }),
        },
        traffic: { "users": Open(rate: "10/s", entry: "a.x") })"#;
    let model = Model::compile(&Scenario::parse(text).unwrap());
    let forecast = Forecast::of(&model);
    // Four replicas, every two seconds.
    for load in &forecast.services {
        assert!((load.attempts_per_s - 12.0).abs() < 1e-9 && (load.hold_s - 0.1).abs() < 1e-9, "{load:?}");
    }
}
