//! From whom harm came and what carried it, in systems so small that nothing else could have.

use knockon::analysis::Summary;

use crate::support::simulate;

/// Users of `a`, 50 a second for a minute, and what else is given.
fn run(services: &str, calls: &str, rest: &str) -> Summary {
    simulate(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"1m\", seed: 7,
        services: {{ {services} }}, calls: {{ {calls} }},
        traffic: {{ \"c\": Open(rate: \"50/s\", entry: \"a.op\") }}, {rest})"
    ))
    .1
}

/// A service with so many threads, and what an attempt at it does.
fn service(name: &str, threads: u32, does: &str) -> String {
    format!(
        "\"{name}\": Service(threads: {threads}, queue: Fifo(capacity: Unbounded), operations: {{ \"op\": [{does}] }}),"
    )
}

/// `a` asks `b`, which works.
fn two(calls: &str, fault: &str) -> Summary {
    run(&(service("a", 5_000, "Call(\"b.op\")") + &service("b", 50, "Work(\"5ms\")")), calls, fault)
}

fn fault(on: &str, effect: &str) -> String {
    format!("faults: [Fault(at: \"T+20s\", for: \"10s\", on: {on}, effect: {effect})]")
}

/// Who was hit, from whom, and by what, in the order of time.
fn told(summary: &Summary) -> Vec<(&str, &str, &str)> {
    let hits = summary.propagation.iter();
    hits.map(|hit| (hit.service.as_str(), hit.from.as_deref().unwrap_or("-"), hit.via.as_str())).collect()
}

#[test]
fn a_pause_travels_up_by_threads_that_wait_and_then_by_slow_answers() {
    let chain = service("a", 5_000, "Call(\"b.op\")")
        + &service("b", 10, "Call(\"d.op\")")
        + &service("d", 50, "Work(\"5ms\")");
    let summary = run(&chain, "", &fault("\"d\"", "Pause"));
    let wanted =
        [("d", "-", "pause"), ("b", "d", "threads wait on the call"), ("a", "b", "slow answers of the call")];
    assert_eq!(told(&summary), wanted);
}

#[test]
fn a_caller_is_hit_by_what_its_calls_met() {
    for (calls, effect, struck, via) in [
        ("", "Errors(\"50%\")", "errors", "errors of the call"),
        ("", "Slow(50)", "slow", "slow answers of the call"),
    ] {
        let summary = two(&format!("\"a -> b\": Policy({calls})"), &fault("\"b\"", effect));
        assert_eq!(told(&summary), [("b", "-", struck), ("a", "b", via)], "{calls}");
    }
    // So few errors that they alone are no impact.
    let breaker = "\"a -> b\": Policy(breaker: Consecutive(failures: 1, open_for: \"10s\"))";
    let summary = two(breaker, &fault("\"b\"", "Errors(\"1%\")"));
    assert_eq!(told(&summary), [("a", "b", "calls that the breaker refuses")]);
}

/// Reads that a cache spared are more than the database can do: a flush is a fault, a restart only leaves the caches cold.
#[test]
fn a_database_is_hit_by_the_caches_before_it() {
    let services = "\"a\": Service(threads: 5000, caches: { \"k\": Warming(hit_ratio: \"95%\", after: 2000) },
        operations: { \"op\": [Lookup(\"k\", miss: [Call(\"d.op\")])] }),"
        .to_owned() + &service("d", 1, "Work(\"60ms\")");
    for (effect, struck, via) in [("Flush", "flush", "flush"), ("Restart", "restart", "load of cold caches")]
    {
        let fault = format!("faults: [Fault(at: \"T+20s\", on: \"a\", effect: {effect})]");
        let summary = run(services.as_str(), "", &fault);
        assert_eq!(told(&summary), [("a", "-", struck), ("d", "a", via)]);
    }
}

/// `e` fails after `d` was asked: whoever tries `b` again asks `d` again, which can do hardly more than the usual.
#[test]
fn a_callee_is_hit_by_the_retries_of_its_callers_caller() {
    let services = service("a", 5_000, "Call(\"b.op\")")
        + &service("b", 5_000, "Call(\"d.op\"), Call(\"e.op\")")
        + &service("d", 4, "Work(\"60ms\")")
        + &service("e", 50, "Work(\"5ms\")");
    let calls = "\"a -> b\": Policy(retry: Retry(max_attempts: 9, backoff: None)),";
    let summary = run(&services, calls, &fault("\"e\"", "Errors(\"60%\")"));
    let found = told(&summary);
    assert!(found.contains(&("d", "a", "retries of a -> b")), "{found:?}");
    assert!(
        found.contains(&("e", "-", "errors")) && found.contains(&("b", "e", "errors of the call")),
        "{found:?}"
    );
}

/// Retries keep every failure from the users: there is no chain of blame, and what was seen stands in.
#[test]
fn where_no_user_is_harmed_what_was_seen_is_told() {
    let services = service("a", 5_000, "Call(\"b.op\")")
        + &service("b", 5_000, "Call(\"d.op\")")
        + &service("d", 50, "Work(\"5ms\")");
    let calls = "\"a -> b\": Policy(retry: Retry(max_attempts: 20, backoff: None)),";
    let summary = run(&services, calls, &fault("\"d\"", "Errors(\"30%\")"));
    assert_eq!(summary.traffic["c"].failed, 0);
    assert_eq!(told(&summary), [("d", "-", "errors"), ("b", "d", "errors of the call")]);
}

/// What people do is no fault, and carries harm all the same.
#[test]
fn what_was_done_about_it_can_carry_harm() {
    let errors = fault("\"a\"", "Errors(\"1%\")");
    let limit = format!(
        "{errors}, response: [Act(at: \"T+40s\", does: Set(\"services.b.rate_limits.op\", \"10/s\"))]"
    );
    assert_eq!(told(&two("", &limit)), [("b", "-", "rate limit"), ("a", "b", "errors of the call")]);
    let restart = format!("{errors}, response: [Act(at: \"T+40s\", does: Restart(\"b\"))]");
    let services = service("a", 5_000, "Call(\"b.op\")")
        + &service("b", 50, "Work(\"5ms\")").replace("threads", "restart: Restart(startup: \"4s\"), threads");
    let summary = run(&services, "", &restart);
    assert_eq!(told(&summary), [("b", "-", "restart"), ("a", "b", "errors of the call")]);
    assert!(summary.root_causes.iter().any(|cause| cause.root == "restart of b" && cause.share > 0.9));
}
