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
        + &service("b", 4, "Call(\"d.op\")")
        + &service("d", 50, "Work(\"5ms\")");
    let summary = run(&chain, "", &fault("\"d\"", "Pause"));
    let wanted =
        [("d", "-", "pause"), ("b", "d", "threads wait on the call"), ("a", "b", "slow answers of the call")];
    assert_eq!(told(&summary), wanted);
}

#[test]
fn who_is_asked_after_a_pause_gets_what_it_held_up() {
    // Two hundred and fifty calls of b end at once, and all go on to d.
    let services = service("a", 5_000, "Call(\"b.op\"), Call(\"d.op\")")
        + &service("b", 500, "Work(\"5ms\")")
        + &service("d", 1, "Work(\"10ms\")");
    let fault = "faults: [Fault(at: \"T+20s\", for: \"5s\", on: \"b\", effect: Pause)]";
    let summary = run(&services, "", fault);
    assert!(told(&summary).contains(&("d", "a", "load that was held up before")), "{:?}", told(&summary));
}

#[test]
fn who_is_struck_is_not_well_while_it_lasts() {
    // Nobody asks while the breaker is open.
    let breaker = "\"a -> b\": Policy(breaker: Consecutive(failures: 40, open_for: \"30s\"))";
    let over = |lasts: &str| {
        let fault = format!("faults: [Fault(at: \"T+20s\", {lasts} on: \"b\", effect: Errors(\"100%\"))]");
        two(breaker, &fault).services["b"].recovered_s
    };
    assert!(over("for: \"10s\",").is_some_and(|at_s| at_s >= 30.0), "{:?}", over("for: \"10s\","));
    assert_eq!(over(""), None);
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

/// Whoever holds a thread of `b` fails with `d`, or waits for it.
#[test]
fn a_failure_that_travels_is_an_error_at_every_step_and_a_wait_a_slow_answer() {
    let chain = service("a", 5_000, "Call(\"b.op\")")
        + &service("b", 5_000, "Call(\"d.op\")")
        + &service("d", 50, "Work(\"5ms\")");
    for (effect, struck, via) in
        [("Errors(\"50%\")", "errors", "errors of the call"), ("Pause", "pause", "slow answers of the call")]
    {
        let summary = run(&chain, "", &fault("\"d\"", effect));
        assert_eq!(told(&summary), [("d", "-", struck), ("b", "d", via), ("a", "b", via)]);
    }
}

/// 100 ms more are much for `b`, and nothing to users who wait 300 ms anyway: five of six threads that wait are all of them
/// now and then, of fifty they are few.
#[test]
fn where_no_user_is_late_threads_that_wait_are_seen() {
    for (threads, via) in [(6, "threads wait on the call"), (50, "slow answers of the call")] {
        let services = service("a", 5_000, "Work(\"300ms\"), Call(\"b.op\")")
            + &service("b", threads, "Call(\"d.op\")")
            + &service("d", 50, "Work(\"5ms\")");
        let summary = run(&services, "", &fault("\"d\"", "Latency(\"100ms\")").replace("10s", "3s"));
        assert_eq!(summary.blast_radius.as_ref().unwrap().by_severity.affected(), 0);
        assert_eq!(told(&summary), [("d", "-", "latency"), ("b", "d", via)]);
    }
}

/// A millisecond of latency harms nobody; half a minute later a surge does.
#[test]
fn a_fault_that_was_over_long_ago_does_not_claim_what_a_later_one_did() {
    let services = service("a", 5_000, "Call(\"b.op\")") + &service("b", 5, "Work(\"60ms\")");
    let faults = "faults: [
        Fault(at: \"T+5s\", for: \"2s\", on: \"b\", effect: Latency(\"1ms\")),
        Fault(at: \"T+40s\", for: \"10s\", on: Traffic(\"c\"), effect: Surge(4))]";
    let summary = run(&services, "", faults);
    assert_eq!(told(&summary), [("a", "-", "surge"), ("b", "a", "surge")]);
    assert!(summary.services["b"].first_impact_s.unwrap() > 40.0);
}

/// Who is harmed first waits for `d`, and is still waiting when the memory of `b` is full, eight seconds later.
#[test]
fn what_had_not_happened_yet_carried_nothing() {
    let b = service("b", 500, "Call(\"d.op\")").replace(
        "threads",
        "restart: Restart(startup: \"4s\"), memory: Memory(limit: \"200MiB\", idle: \"100MiB\", per_request: \"256KiB\"), threads",
    );
    let services = service("a", 5_000, "Call(\"b.op\")") + &b + &service("d", 500, "Work(\"20ms\")");
    let summary = run(&services, "", &fault("\"d\"", "Pause"));
    assert!(summary.services["b"].oom_kills > 0);
    let hit = |name: &str| summary.propagation.iter().find(|hit| hit.service == name).unwrap();
    assert_eq!((hit("b").from.as_deref(), hit("b").via.as_str()), (Some("d"), "slow answers of the call"));
    // Work of a second for so many that their memory is the first that fails them.
    let surge = fault("Traffic(\"c\")", "Surge(10)");
    let summary = run(
        &(service("a", 5_000, "Call(\"b.op\")")
            + &b.replace("Call(\"d.op\")", "Work(\"1s\")").replace("500", "5000")),
        "",
        &surge,
    );
    assert_eq!(told(&summary), [("a", "-", "surge"), ("b", "-", "out-of-memory kills")]);
}

/// `r` fails all the time, and a default is answered instead of what it says: hundreds get less, and nobody waits until `p` stops.
#[test]
fn who_is_answered_with_less_was_not_hit_by_it() {
    let services = service("a", 5_000, "Call(\"r.op\"), Call(\"p.op\")")
        + &service("r", 50, "Work(\"5ms\")")
        + &service("p", 50, "Work(\"5ms\")");
    let faults = "faults: [
        Fault(at: \"T+5s\", for: \"50s\", on: \"r\", effect: Errors(\"100%\")),
        Fault(at: \"T+30s\", for: \"1s\", on: \"p\", effect: Pause)]";
    let summary = run(&services, "\"a -> r\": Policy(fallback: Fixed())", faults);
    assert!(summary.blast_radius.as_ref().unwrap().by_severity.degraded > 1_000);
    let hit = summary.propagation.iter().find(|hit| hit.service == "a").unwrap();
    assert_eq!((hit.from.as_deref(), hit.via.as_str()), (Some("p"), "slow answers of the call"));
    assert!(hit.at_s >= 30.0, "{hit:?}");
}
