//! When blame dates harm: when something began to hold a request, however much later the request ended.

use knockon::analysis::Summary;
use knockon::record::Record;

use crate::blame::{B, all_of_it, share, told};

/// Users of `a`, 50 a second, who wait for as long as it takes.
fn patient(b: &str, calls: &str, faults: &str) -> (Record, Summary) {
    told(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: {{
            \"a\": Service(threads: 5000, queue: Fifo(capacity: Unbounded), operations: {{ \"op\": [Call(\"b.op\")] }}),
            {b}
        }},
        calls: {{ {calls} }},
        traffic: {{ \"c\": Open(rate: \"50/s\", entry: \"a.op\") }},
        faults: [{faults}])"
    ))
}

/// From when to when a root began to hold requests, in seconds.
fn began(record: &Record, root: &str) -> (f64, f64) {
    let blame = record.blame.as_ref().unwrap();
    let windows = &blame.roots.iter().find(|other| other.root == root).unwrap().windows;
    let first = windows.iter().position(|harm| *harm > 0.0).unwrap();
    (first as f64 * blame.window_s, windows.len() as f64 * blame.window_s)
}

/// Whoever is refused while `b` restarts tries again half a minute later.
#[test]
fn who_tries_again_much_later_was_hit_when_it_was_refused() {
    let (record, summary) = patient(
        &B.replace("threads: 5,", "threads: 50, restart: Restart(startup: \"4s\"),"),
        "\"a -> b\": Policy(retry: Retry(max_attempts: 2, backoff: Fixed(\"30s\"))),",
        "Fault(at: \"T+20s\", on: \"b\", effect: Restart)",
    );
    all_of_it(&summary, "restart of b");
    let (from_s, to_s) = began(&record, "restart of b");
    assert!((from_s - 20.0).abs() < 0.2 && (to_s - 24.0).abs() < 0.5, "{from_s} to {to_s}");
    let phases: Vec<f64> = summary.phases.iter().map(|phase| phase.from_s).collect();
    assert!(phases.len() == 1 && (phases[0] - 20.0).abs() < 0.2, "{:?}", summary.phases);
    let ended = record.actual.classes["c"].ok.iter().skip((45.0 / record.actual.window_s) as usize);
    assert!(ended.sum::<u64>() > 75 * 50, "they are answered from T+50s on");
}

/// 83 a second are done: what 200 a second for five seconds leave behind is there for eighteen more. When all stands still
/// meanwhile, most of those who wait have come before.
#[test]
fn who_stands_in_line_is_held_by_a_pause_since_it_began() {
    let (record, summary) = patient(
        B,
        "",
        "Fault(at: \"T+20s\", for: \"5s\", on: Traffic(\"c\"), effect: Surge(4)),
        Fault(at: \"T+30s\", for: \"5s\", on: \"b\", effect: Pause)",
    );
    assert!(share(&summary, "pause of b") > 0.3, "{:?}", summary.root_causes);
    let (from_s, to_s) = began(&record, "pause of b");
    assert!((from_s - 30.0).abs() < 0.2 && to_s > 35.0, "{from_s} to {to_s}");
    let (from_s, _) = began(&record, "surge of c");
    assert!((20.0..20.5).contains(&from_s), "{from_s}");
}

/// One thread that is slow for two hundred seconds leaves a line of minutes; then people restart `b`, whose caches are warm
/// until then.
#[test]
fn what_a_restart_left_cold_is_to_blame_from_then_on() {
    let (record, summary) = told(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"15m\", seed: 1,
        services: {
            \"a\": Service(threads: 1, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"25ms\"), Call(\"b.op\")] }),
            \"b\": Service(threads: 10, restart: Restart(startup: \"1s\"), caches: { \"k\": Warming(hit_ratio: \"99%\", after: 800) },
                operations: { \"op\": [Lookup(\"k\", miss: [Call(\"d.op\")])] }),
            \"d\": Service(threads: 10, operations: { \"op\": [Work(\"225ms\")] }),
        },
        traffic: { \"c\": Open(rate: \"20/s\", entry: \"a.op\") },
        faults: [Fault(at: \"T+0s\", for: \"200s\", on: \"a\", effect: Slow(10))],
        response: [Act(at: \"T+200s\", does: Restart(\"b\"))])",
    );
    assert!(share(&summary, "cold caches of b") > 0.5, "{:?}", summary.root_causes);
    let (from_s, _) = began(&record, "cold caches of b");
    assert!((199.0..205.0).contains(&from_s), "{from_s}");
    let phases: Vec<f64> = summary.phases.iter().map(|phase| phase.from_s).collect();
    assert!(phases[0] < 1.0 && phases[1] >= 199.0, "{:?}", summary.phases);
}

/// Whoever fails at the first step, up to T+90s, makes no second one a minute later: it goes back to when the first was refused.
#[test]
fn a_step_that_is_never_made_is_dated_where_the_one_before_was_hit() {
    let (record, summary) = told(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"3m\", seed: 7,
        services: { \"b\": Service(threads: 50, operations: { \"op\": [Work(\"10ms\")] }) },
        traffic: { \"trip\": Journey(\"5/s\", users: 20, steps: { \"1st\": Visit(\"b.op\", think: \"60s\"), \"2nd\": Visit(\"b.op\") }) },
        faults: [Fault(at: \"T+70s\", for: \"10s\", on: \"b\", effect: Crash)])",
    );
    all_of_it(&summary, "crash of b");
    let of = &record.blame.as_ref().unwrap().roots[0].classes;
    assert!(of.len() == 2 && of.iter().all(|(_, harmed)| *harmed > 20.0), "both steps: {of:?}");
    let (from_s, to_s) = began(&record, "crash of b");
    assert!((69.9..71.0).contains(&from_s) && to_s < 90.5, "{from_s} to {to_s}");
}

/// Ten seconds of work, of which callers wait for eight from T+30s on.
#[test]
fn work_that_takes_longer_than_its_timeout_holds_from_its_begin() {
    let (record, summary) = told(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: {
            \"a\": Service(threads: 5000, operations: { \"op\": [Call(\"b.op\")] }),
            \"b\": Service(threads: 5000, operations: { \"op\": [Work(\"10s\")] }),
        },
        calls: { \"a -> b\": Policy(timeout: \"60s\") },
        traffic: { \"c\": Open(rate: \"20/s\", entry: \"a.op\") },
        response: [
            Act(at: \"T+30s\", does: Set(\"calls.'a -> b'.timeout\", \"8s\")),
            Act(at: \"T+60s\", does: Set(\"calls.'a -> b'.timeout\", \"60s\")),
        ],
        faults: [Fault(at: \"T+10s\", for: \"1ms\", on: \"a\", effect: Slow(2))])",
    );
    all_of_it(&summary, "work of b");
    let (from_s, to_s) = began(&record, "work of b");
    assert!((29.9..30.5).contains(&from_s) && to_s < 60.5, "{from_s} to {to_s}");
}
