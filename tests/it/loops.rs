//! What holds a metastable world: the loop, and its gain, where arithmetic says what they are.

use knockon::analysis::{Summary, SustainingLoop};

use crate::support::simulate;

/// Users of `a` for three minutes, who are struck at T+20s.
fn run(rate: &str, services: &str, calls: &str, fault: &str) -> Summary {
    let text = format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"20s\", horizon: \"3m\", seed: 7,
        services: {{ {services} }}, calls: {{ {calls} }},
        traffic: {{ \"c\": Open(rate: \"{rate}\", entry: \"a.op\") }},
        faults: [Fault(at: \"T+20s\", {fault})])"
    );
    simulate(&text).1
}

#[track_caller]
fn held(summary: &Summary) -> &SustainingLoop {
    summary.sustaining_loop.as_ref().unwrap_or_else(|| panic!("{:#?}", summary.root_causes))
}

/// A database of 20 places for 100 ms each, 200 reads a second, and a cache before it that spares nine in ten of 500.
const CACHED: &str = "\"a\": Service(threads: 20000, caches: { \"k\": Warming(hit_ratio: \"90%\", after: 20000) },
        operations: { \"op\": [Lookup(\"k\", miss: [Call(\"d.op\")])] }),
    \"d\": Service(threads: 20, queue: Fifo(capacity: 400), when_full: Silent, operations: { \"op\": [Work(\"100ms\")] }),";

/// All 500 reads a second where 200 can be done, and none answered in time: a gain of 2.5, whatever made the caches cold.
#[test]
fn cold_caches_that_stay_cold_are_a_loop() {
    for fault in ["on: \"a\", effect: Flush", "on: \"a\", effect: Restart"] {
        let summary = run("500/s", CACHED, "\"a -> d\": Policy(timeout: \"1s\"),", fault);
        let held = held(&summary);
        assert_eq!(held.service, "d");
        assert!((held.gain.unwrap() - 2.5).abs() < 0.1, "{held:?}");
        let steps: Vec<&str> = held.steps.iter().map(String::as_str).collect();
        let wanted = [
            "the caches of a are cold",
            "it makes the calls a -> d that they would spare",
            "d is asked for",
            "",
        ];
        assert!(
            steps.len() == 4 && steps.iter().zip(wanted).all(|(step, begin)| step.starts_with(begin)),
            "{steps:?}"
        );
        assert!(steps[3].ends_with("% of the lookups of a still miss"), "{steps:?}");
    }
}

/// The same with half of the load: 250 reads a second are too many until the cache has seen enough, and then no more.
#[test]
fn caches_that_warm_up_again_are_no_loop() {
    let services = CACHED.replace("after: 20000", "after: 1000");
    let summary = run("150/s", &services, "\"a -> d\": Policy(timeout: \"1s\"),", "on: \"a\", effect: Flush");
    assert_eq!(summary.sustaining_loop, None);
}

/// Probes that ask what the cold caches have overloaded take everybody out of rotation: they are part of the loop.
#[test]
fn probes_that_ask_the_overloaded_are_part_of_the_loop() {
    let services = CACHED
        .replace("operations: { \"op\": [Lookup", "operations: { \"up\": [Call(\"d.op\")], \"op\": [Lookup")
        .replace("threads: 20000,", "threads: 20000, replicas: 3, probe: Probe(interval: \"2s\", timeout: \"1s\", failures: 3, successes: 5, asks: \"up\"),");
    let calls = "\"c -> a\": Policy(detection: Probes), \"a -> d\": Policy(timeout: \"1s\"),";
    let summary = run("500/s", &services, calls, "on: \"a\", effect: Flush");
    let held = held(&summary);
    assert!(
        held.steps.contains(&"probes of a fail, and take its replicas out of rotation".to_owned()),
        "{held:?}"
    );
    assert!(held.gain.unwrap() > 1.2, "while the database is asked it is asked for too much: {held:?}");
}

/// Two replicas carry what one cannot: whoever comes back alone is killed before the other is there.
#[test]
fn processes_killed_for_their_memory_again_and_again_are_a_loop() {
    let services = "\"a\": Service(replicas: 2, threads: 10, queue: Fifo(capacity: Unbounded), restart: Restart(startup: \"10s\"),
            memory: Memory(limit: \"200MiB\", idle: \"100MiB\", per_request: \"1MiB\"),
            operations: { \"op\": [Work(\"100ms\")] }),";
    let summary = run("150/s", services, "", "for: \"5s\", on: Replica(\"a\", 0), effect: Crash");
    let held = held(&summary);
    assert_eq!((held.root.as_str(), held.service.as_str()), ("out-of-memory kills of a", "a"));
    assert_eq!(held.steps[0], "processes of a are killed for their memory");
}

/// What a flush of another cache takes away, nobody asks for.
#[test]
fn a_flush_is_no_reason_for_a_cache_that_was_cold_before() {
    let services = CACHED.replace("caches: {", "caches: { \"z\": Warming(hit_ratio: \"90%\", after: 10),");
    let faults = "on: \"a\", effect: Restart), Fault(at: \"T+30s\", on: \"a\", effect: Flush(share: \"1%\", cache: \"z\")";
    let summary = run("500/s", &services, "\"a -> d\": Policy(timeout: \"1s\"),", faults);
    assert_eq!(summary.root_causes[0].root, "cold caches of a");
    assert!(summary.root_causes[0].share > 0.9, "{:#?}", summary.root_causes);
    assert!(summary.sustaining_loop.is_some());
}
