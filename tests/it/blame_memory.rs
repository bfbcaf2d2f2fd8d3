//! Blame where what is to be remembered is gone by the time somebody asks: the last of a line, a breaker, an idle door.

use crate::blame::{all_of_it, run, share, told};

/// Whoever gets the only thread finds nobody on it, and has waited for somebody.
#[test]
fn who_waited_for_the_only_thread_knows_for_whom() {
    let (_, summary) = told(
        "Scenario(format: 1, name: \"test\", warm_up: \"500ms\", horizon: \"4s\", seed: 2547043961,
        services: { \"b\": Service(threads: 1, operations: { \"op\": [Work(\"1ms\")] }) },
        calls: { \"trip -> b\": Policy() },
        traffic: {
            \"others\": Open(rate: \"5/s\", entry: \"b.op\", users: 9),
            \"trip\": Journey(\"5/s\", users: 20, steps: {
                \"1st\": Visit(\"b.op\", think: Exp(\"200ms\")), \"2nd\": Visit(\"b.op\", think: \"0s\"), \"3rd\": Visit(\"b.op\") }),
        },
        faults: [Fault(at: \"571ms\", for: \"883ms\", on: Share(\"b\", \"50%\"), effect: Latency(Exp(\"50ms\"), share: \"50%\"))])",
    );
    all_of_it(&summary, "latency of b");
}

/// Nothing fails until the breaker opens: what made the answers slow is what it remembers.
#[test]
fn a_breaker_that_opens_on_slow_answers_knows_what_slowed_them() {
    let b = "\"b\": Service(threads: 500, operations: { \"op\": [Work(\"20ms\")] }),";
    let breaker =
        "\"a -> b\": Policy(breaker: Resilience4j(window: Calls(50), min_calls: 20, slow_rate: \"50%\",
        slow_after: \"100ms\", open_for: \"5s\")),";
    let fault = "Fault(at: \"T+20s\", for: \"30s\", on: \"b\", effect: Slow(10))";
    let (_, summary) = run(b, breaker, fault);
    assert!(summary.calls["a -> b"].refused > 500, "the breaker refuses: {:?}", summary.calls);
    all_of_it(&summary, "slow of b");
}

/// A rule that turns away whoever comes needs no line: then it is what comes as usual that is too much for it.
#[test]
fn who_is_shed_at_an_idle_service_came_as_usual() {
    let (record, summary) = told(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"1m\", seed: 7,
        services: { \"b\": Service(threads: 50, operations: { \"op\": [Work(\"10ms\")] }) },
        calls: { \"c -> b\": Policy() },
        traffic: { \"c\": Open(rate: \"50/s\", entry: \"b.op\", priority: 3) },
        response: [Act(at: \"T+20s\", does: Set(\"services.b.shed\", [Shed(queue: 0, below: 9)]))])",
    );
    all_of_it(&summary, "first attempts at b");
    assert_eq!(record.blame.unwrap().calls[0].how[0].0, "shed");
}

/// A call through sixty services that hold their threads: what stops the last of them is to blame for all.
#[test]
fn a_long_chain_is_followed_to_its_end() {
    use std::fmt::Write;
    let last = 60;
    let mut services = String::new();
    for id in 0..last {
        write!(
            services,
            "\"s{id}\": Service(threads: 10, operations: {{ \"op\": [Call(\"s{}.op\")] }}), ",
            id + 1
        )
        .unwrap();
    }
    let (_, summary) = told(&format!(
        "Scenario(format: 1, name: \"deep\", warm_up: \"5s\", horizon: \"30s\", seed: 7,
        services: {{ {services} \"s{last}\": Service(threads: 10, operations: {{ \"op\": [Work(\"10ms\")] }}) }},
        traffic: {{ \"users\": Open(rate: \"30/s\", entry: \"s0.op\") }},
        faults: [Fault(at: \"T+10s\", for: \"3s\", on: \"s{last}\", effect: Pause)])"
    ));
    all_of_it(&summary, &format!("pause of s{last}"));
}

/// The line of a pause has long been gone when people throttle calls below what is asked for: 5 of 10 a second.
#[test]
fn what_a_line_was_held_by_is_not_what_holds_it_minutes_later() {
    let (_, summary) = told(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"6m\", seed: 1,
        services: {
            \"a\": Service(threads: 1000, operations: { \"op\": [Call(\"b.op\")] }),
            \"b\": Service(threads: 10, operations: { \"op\": [Work(\"5ms\")] }),
        },
        calls: { \"a -> b\": Policy() },
        traffic: { \"c\": Open(rate: \"10/s\", entry: \"a.op\") },
        faults: [Fault(at: \"T+10s\", for: \"5s\", on: \"b\", effect: Pause)],
        response: [Act(at: \"T+200s\", does: Set(\"calls.'a -> b'.throttle\", Resilience4j(limit: 5, period: \"1s\", max_wait: \"1s\")))])",
    );
    let (pause, load) = (share(&summary, "pause of b"), share(&summary, "first attempts at b"));
    assert!(pause < 0.05 && load > 0.95, "{:?}", summary.root_causes);
}

/// A pause opens a breaker for half a minute. Its next two probes fail by what came since, and keep it closed off for a minute.
#[test]
fn who_opens_a_breaker_again_is_to_blame_for_what_it_refuses_from_then_on() {
    let b = "\"b\": Service(threads: 1000, operations: { \"op\": [Work(\"25ms\")] }),";
    let breaker = "\"a -> b\": Policy(timeout: \"1s\", breaker: Consecutive(failures: 5, open_for: \"30s\", successes: 1)),";
    let faults = "Fault(at: \"T+10s\", for: \"5s\", on: \"b\", effect: Pause),
        Fault(at: \"T+20s\", for: \"60s\", on: \"b\", effect: Latency(Constant(\"2s\")))";
    let (_, summary) = run(b, breaker, faults);
    let (pause, latency) = (share(&summary, "pause of b"), share(&summary, "latency of b"));
    assert!((pause - 1.0 / 3.0).abs() < 0.03 && (latency - 2.0 / 3.0).abs() < 0.03, "{pause} and {latency}");
}

/// 200 s in which work takes ten times as long, then 200 s in which each answer is held for 225 ms: 4 of 20 a second are done in
/// each. A line of 320 s, and more than is kept of it, is told as its short twin is.
#[test]
fn a_line_of_many_minutes_knows_how_it_began() {
    let slow_share = |scale: f64| {
        let fault = |from_s: f64, effect: &str| {
            let (from_s, for_s) = (from_s * scale, 200.0 * scale);
            format!("Fault(at: \"T+{from_s}s\", for: \"{for_s}s\", on: \"b\", effect: {effect}),")
        };
        let faults = fault(0.0, "Slow(10)") + &fault(200.0, "Latency(Constant(\"225ms\"))");
        let (_, summary) = told(&format!(
            "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"{}s\", seed: 1,
            services: {{ \"b\": Service(threads: 1, queue: Fifo(capacity: Unbounded), operations: {{ \"op\": [Work(\"25ms\")] }}) }},
            traffic: {{ \"c\": Open(rate: \"20/s\", entry: \"b.op\") }},
            faults: [{faults}])",
            1_200.0 * scale
        ));
        share(&summary, "slow of b")
    };
    let (long, short) = (slow_share(1.0), slow_share(0.2));
    assert!((long - short).abs() < 0.03 && (long - 0.247).abs() < 0.03, "{long} and {short}");
}

/// Ten wait for the pool until the pause ends; meanwhile errors come and go, and hit nobody.
#[test]
fn an_error_of_a_time_when_nobody_was_sent_hits_nobody() {
    let fault = |name: &str, at: &str, length: &str, share: &str| {
        format!(
            "Fault(name: \"{name}\", at: \"{at}\", for: \"{length}\", on: \"a -> b\", effect: Errors(\"{share}\")),"
        )
    };
    let (_, summary) = told(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"5m\", seed: 1,
        services: {{
            \"a\": Service(threads: 10000, operations: {{ \"op\": [Call(\"b.op\")] }}),
            \"b\": Service(threads: 1000, operations: {{ \"op\": [Work(\"25ms\")] }}),
        }},
        calls: {{ \"a -> b\": Policy(pool: Pool(size: 10, max_wait: \"10m\")) }},
        traffic: {{ \"c\": Open(rate: \"10/s\", entry: \"a.op\") }},
        faults: [Fault(at: \"T+0s\", for: \"60s\", on: \"b\", effect: Pause), {} {}])",
        fault("early", "T+10s", "40s", "50%"),
        fault("late", "T+60s", "10s", "100%"),
    ));
    let cause = |root: &str| summary.root_causes.iter().find(|cause| cause.root == root);
    assert!(cause("errors of b (early)").is_none(), "{:?}", summary.root_causes);
    assert!(cause("errors of b (late)").unwrap().share_of_lost > 0.999, "{:?}", summary.root_causes);
    assert!(share(&summary, "pause of b") > 0.8, "{:?}", summary.root_causes);
}
