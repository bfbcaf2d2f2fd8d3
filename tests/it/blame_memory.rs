//! Blame where what is to be remembered is gone by the time somebody asks: the last of a line, a breaker, an idle door.

use crate::blame::{all_of_it, run, told};

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
