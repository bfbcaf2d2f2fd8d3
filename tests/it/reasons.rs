//! Blame for who is refused, and for who waits for one thing after the other, where arithmetic says what it is.

use knockon::record::{BlameRecord, Record};
use knockon::report::{Telling, story, text};

use crate::blame::{B, all_of_it, run, run_at, share, told};

/// The harm of a root between two seconds.
fn harm(blame: &BlameRecord, root: &str, from_s: f64, to_s: f64) -> f64 {
    let root = blame.roots.iter().find(|other| other.root == root).unwrap();
    let window = |s: f64| (s / blame.window_s) as usize;
    root.windows.iter().take(window(to_s)).skip(window(from_s)).sum()
}

/// How a call held up its caller, the most frequent way first, and for how many requests in all.
fn ways(record: &Record, call: &str) -> (String, f64) {
    let calls = &record.blame.as_ref().unwrap().calls;
    let call = calls.iter().find(|other| other.call == call).unwrap();
    (call.how[0].0.clone(), call.harmed)
}

/// What opens a breaker the second time is to blame for what it refuses then, whatever opened it the first time.
#[test]
fn a_breaker_forgets_what_opened_it_before() {
    let breaker = "\"a -> b\": Policy(timeout: \"1s\", breaker: Resilience4j(window: Calls(100), min_calls: 100, failure_rate: \"50%\", open_for: \"5s\"))";
    let (record, _) = run(
        B,
        breaker,
        "Fault(name: \"first\", at: \"T+20s\", for: \"20s\", on: \"b\", effect: Errors(\"100%\")),
        Fault(name: \"second\", at: \"T+70s\", for: \"20s\", on: \"b\", effect: Errors(\"100%\"))",
    );
    let blame = record.blame.unwrap();
    let harm = |name: &str| -> f64 {
        let root = blame.roots.iter().find(|root| root.root.ends_with(name)).unwrap();
        root.windows.iter().skip((72.0 / blame.window_s) as usize).sum()
    };
    let (first, second) = (harm("(first)"), harm("(second)"));
    assert!(second > 400.0 && first < 0.1 * second, "{first} and {second}");
}

/// Who asks a dead replica of which nobody knows yet goes back to its death, and not to that of another which nobody asks any
/// more: a third of the first six seconds, and a half of the later ones.
#[test]
fn who_is_refused_blames_the_replica_that_it_asked() {
    let b = "\"b\": Service(replicas: 3, threads: 500, probe: Probe(interval: \"2s\", timeout: \"1s\", failures: 3, successes: 1),
        operations: { \"op\": [Work(\"5ms\")] }),";
    let (_, summary) = run(
        b,
        "\"a -> b\": Policy(detection: Probes),",
        "Fault(name: \"first\", at: \"T+20.5s\", for: \"90s\", on: Replica(\"b\", 0), effect: Crash),
        Fault(name: \"second\", at: \"T+60.5s\", for: \"50s\", on: Replica(\"b\", 1), effect: Crash)",
    );
    let (first, second) = (share(&summary, "crash of b (first)"), share(&summary, "crash of b (second)"));
    assert!((first - 0.4).abs() < 0.06 && (second - 0.6).abs() < 0.06, "{:#?}", summary.root_causes);
}

/// All threads of `b` wait for `d`, until T+30s, and then for `e`, until T+40s; from T+25s to T+35s `b` itself stands still.
/// Who came at second t before that was held by `d` for 25 - t seconds, by `b` for ten and by `e` for five; who came
/// meanwhile by `b` for 35 - t and by `e` for five. In the last tenth of a second the line passes on all three.
#[test]
fn a_wait_around_a_pause_goes_to_what_held_it_before_and_after() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: {
            \"b\": Service(threads: 100, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Call(\"d.op\"), Call(\"e.op\")] }),
            \"d\": Service(threads: 500, operations: { \"op\": [Work(\"1ms\")] }),
            \"e\": Service(threads: 500, operations: { \"op\": [Work(\"1ms\")] }),
        },
        traffic: { \"c\": Open(rate: \"200/s\", entry: \"b.op\") },
        faults: [
            Fault(at: \"T+20s\", for: \"10s\", on: \"d\", effect: Pause),
            Fault(at: \"T+25s\", for: \"10s\", on: \"b\", effect: Pause),
            Fault(at: \"T+20s\", for: \"20s\", on: \"e\", effect: Pause),
        ])";
    let (_, summary) = told(text);
    let d = (5.0 - 15.0 * libm::log(20.0 / 15.0)) / 20.0;
    let b = (10.0 * libm::log(20.0 / 15.0) + 10.0 - 5.0 * libm::log(3.0)) / 20.0;
    for (root, expected) in [("pause of d", d), ("pause of b", b), ("pause of e", 1.0 - b - d)] {
        let found = share(&summary, root);
        assert!((found - expected).abs() < 0.025, "{root}: {found} instead of {expected}");
    }
}

/// Four requests a second: nobody joins the line within a tenth of a second of the one before.
#[test]
fn a_line_is_looked_at_anew_however_seldom_somebody_joins_it() {
    let services = "\"b\": Service(threads: 2, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Call(\"d.op\"), Call(\"e.op\")] }),
        \"d\": Service(threads: 50, operations: { \"op\": [Work(\"1ms\")] }),
        \"e\": Service(threads: 50, operations: { \"op\": [Work(\"1ms\")] }),";
    let faults = "Fault(at: \"T+20s\", for: \"20s\", on: \"d\", effect: Pause),
        Fault(at: \"T+70s\", for: \"20s\", on: \"e\", effect: Pause)";
    let (_, summary) = run_at("4/s", services, "", faults);
    let (d, e) = (share(&summary, "pause of d"), share(&summary, "pause of e"));
    assert!((d - 0.5).abs() < 0.08 && (d + e - 1.0).abs() < 0.001, "{d} and {e}");
}

/// Twice as slow, half of what is done is the slowness; of the rest three quarters are the surge's, and one is the usual load,
/// which says nothing beside them. Of 200 a second 42 are done: whoever comes within six seconds waits as long as both last.
#[test]
fn half_of_what_a_slow_thread_does_is_its_load() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: { \"a\": Service(threads: 5, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"60ms\")] }) },
        traffic: { \"c\": Open(rate: \"50/s\", entry: \"a.op\") },
        faults: [
            Fault(at: \"T+20s\", for: \"30s\", on: \"a\", effect: Slow(2)),
            Fault(at: \"T+20s\", for: \"30s\", on: Traffic(\"c\"), effect: Surge(4)),
        ])";
    let (record, _) = told(text);
    let blame = record.blame.unwrap();
    let harm = |name: &str| -> f64 {
        let root = blame.roots.iter().find(|root| root.root == name).unwrap();
        let second = |s: f64| (s / blame.window_s) as usize;
        root.windows.iter().take(second(26.0)).skip(second(20.0)).sum()
    };
    let (slow, surge) = (harm("slow of a"), harm("surge of c"));
    let expected = 0.5 / (0.5 + 0.5 * 0.75);
    assert!((slow / (slow + surge) - expected).abs() < 0.05, "{slow} and {surge}, not {expected}");
}

/// Two of a kind at one place are told by when they began, and each by its own time.
#[test]
fn faults_that_are_alike_are_told_by_when_they_begin() {
    let pause = |at: &str| format!("Fault(at: \"{at}\", for: \"5s\", on: \"b\", effect: Pause),");
    let (record, summary) = run(B, "", &(pause("T+20s") + &pause("T+60.5s")));
    for (root, from_s) in [("pause of b at T+20s", 20.0), ("pause of b at T+60.5s", 60.5)] {
        let cause = summary.root_causes.iter().find(|cause| cause.root == root).unwrap();
        assert!(
            (cause.from_s - from_s).abs() < 0.11 && (1.0..30.0).contains(&(cause.to_s - from_s)),
            "{cause:?}"
        );
        assert!(cause.share > 0.3, "{cause:?}");
        let blame = record.blame.as_ref().unwrap();
        let place = blame.roots.iter().position(|other| other.root == root).unwrap();
        let chain = blame.chains.iter().find(|chain| chain.root == place).unwrap();
        assert!((cause.from_s..cause.to_s).contains(&chain.from_s), "{chain:?} of {cause:?}");
        assert!(chain.to_s > chain.from_s && chain.to_s <= cause.to_s + 1e-9, "{chain:?} of {cause:?}");
    }
}

/// Of those whose first attempt failed at `d`, three in ten fail at `b` by what it was asked to do.
#[test]
fn what_fails_by_design_is_no_reason_beside_a_fault() {
    let services = "\"b\": Service(threads: 500, operations: { \"op\": [Call(\"d.op\"), Branch(Chance(\"30%\"), then: [Fail])] }),
        \"d\": Service(threads: 500, operations: { \"op\": [Work(\"5ms\")] }),";
    let calls = "\"a -> b\": Policy(retry: Retry(max_attempts: 2, backoff: None)),";
    let (_, summary) =
        run(services, calls, "Fault(at: \"T+20s\", for: \"20s\", on: \"d\", effect: Errors(\"50%\"))");
    all_of_it(&summary, "errors of d");
}

#[test]
fn latency_is_that_of_the_fault_of_its_time() {
    let fault = |name: &str, at: &str| {
        format!("Fault(name: \"{name}\", at: \"{at}\", for: \"10s\", on: \"b\", effect: Latency(\"300ms\")),")
    };
    let (record, _) = run(
        &B.replace("threads: 5,", "threads: 500,"),
        "",
        &(fault("first", "T+20s") + &fault("second", "T+60s")),
    );
    let blame = record.blame.unwrap();
    assert!((blame.calls[0].from_s - 20.0).abs() < 0.2, "since the first waits: {:?}", blame.calls[0]);
    for (root, own, other) in [("latency of b (first)", 20.0, 60.0), ("latency of b (second)", 60.0, 20.0)] {
        assert!(harm(&blame, root, own, own + 15.0) > 400.0, "{root}");
        assert!(harm(&blame, root, other, other + 15.0) < 1e-9, "{root}");
        // All of it came by one way, until the last of it.
        let place = blame.roots.iter().position(|other| other.root == root).unwrap();
        let chains: Vec<_> = blame.chains.iter().filter(|chain| chain.root == place).collect();
        let ends_s = blame.roots[place].windows.len() as f64 * blame.window_s;
        assert!(chains.len() == 1 && (chains[0].to_s - ends_s).abs() < 1e-9, "{chains:?}");
    }
}

/// A miss costs 120 ms instead of 60 ms: half of it is the flush's, and half that of what slows the callee down; the same
/// with a line for the threads that wait for misses.
#[test]
fn a_slow_miss_is_shared_by_what_cooled_the_cache_and_what_slows_the_callee() {
    for threads in [900, 5] {
        let text = format!(
            "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"1m\", seed: 7,
            services: {{
                \"a\": Service(threads: {threads}, queue: Fifo(capacity: Unbounded), caches: {{ \"k\": Warming(hit_ratio: \"95%\", after: 100000) }},
                    operations: {{ \"op\": [Lookup(\"k\", miss: [Call(\"d.op\")])] }}),
                \"d\": Service(threads: 900, operations: {{ \"op\": [Work(\"60ms\")] }}),
            }},
            traffic: {{ \"c\": Open(rate: \"50/s\", entry: \"a.op\") }},
            faults: [
                Fault(at: \"T+20s\", on: \"a\", effect: Flush),
                Fault(at: \"T+20s\", for: \"30s\", on: \"d\", effect: Slow(2)),
            ])"
        );
        let blame = told(&text).0.blame.unwrap();
        let of = |root: &str| harm(&blame, root, 25.0, 50.0);
        let (slow, flush) = (of("slow of d"), of("flush of a"));
        assert!((slow / (slow + flush) - 0.5).abs() < 0.03, "{slow} and {flush}, with {threads} threads");
    }
}

/// `b` can do without `d`, and not without `e`.
#[test]
fn who_is_answered_with_less_blames_what_failed_and_not_what_was_made_up_for() {
    let services = "\"b\": Service(threads: 500, operations: { \"op\": [Call(\"d.op\"), Call(\"e.op\")] }),
        \"d\": Service(threads: 500, operations: { \"op\": [Work(\"5ms\")] }),
        \"e\": Service(threads: 500, operations: { \"op\": [Work(\"5ms\")] }),";
    let calls = "\"a -> b\": Policy(fallback: Fixed()), \"b -> d\": Policy(fallback: Fixed()),";
    let errors =
        |on: &str| format!("Fault(at: \"T+20s\", for: \"20s\", on: \"{on}\", effect: Errors(\"100%\")),");
    let (_, summary) = run(services, calls, &(errors("d") + &errors("e")));
    let by = summary.blast_radius.as_ref().unwrap().by_severity;
    assert!(by.degraded > 900 && by.failed == 0, "{by:?}");
    all_of_it(&summary, "errors of e");
}

/// A process that stands still for a moment loses no cache.
#[test]
fn caches_stay_as_cold_as_the_flush_left_them() {
    let services = "\"b\": Service(threads: 20, queue: Fifo(capacity: Unbounded), caches: { \"k\": Warming(hit_ratio: \"95%\", after: 600) },
        operations: { \"op\": [Work(\"2ms\"), Lookup(\"k\", miss: [Call(\"d.op\")])] }),
        \"d\": Service(threads: 2, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"60ms\")] }),";
    let faults = "Fault(at: \"T+20s\", on: \"b\", effect: Flush),
        Fault(at: \"T+21s\", for: \"100ms\", on: \"b\", effect: Pause)";
    let (_, summary) = run(services, "", faults);
    all_of_it(&summary, "flush of b");
}

/// `b` takes five seconds, stands still from T+20s to T+25s, and `a`, which asks it, until T+30s. Of those who wait for `b` at
/// T+20s, since u seconds, the answer is there at T+30s - u: five seconds of their wait are the pause of `b`, and the last u that of
/// `a`. So is all the harm of those who come later: the half of them that waits for more than another five seconds.
#[test]
fn a_caller_that_stands_still_has_held_up_what_it_waits_for() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"20s\", horizon: \"1m\", seed: 7,
        services: {
            \"a\": Service(threads: 5000, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Call(\"b.op\")] }),
            \"b\": Service(threads: 5000, operations: { \"op\": [Work(\"5s\")] }),
        },
        traffic: { \"c\": Open(rate: \"50/s\", entry: \"a.op\") },
        faults: [
            Fault(at: \"T+20s\", for: \"10s\", on: \"a\", effect: Pause),
            Fault(at: \"T+20s\", for: \"5s\", on: \"b\", effect: Pause),
        ])";
    let (_, summary) = told(text);
    let waiting = 1.0 - libm::log(2.0);
    let expected = f64::midpoint(waiting, 1.0);
    let found = share(&summary, "pause of a");
    assert!((found - expected).abs() < 0.015, "{found} instead of {expected}");
}

/// Some fail by the first fault, then all by the second until fifty have; what succeeds in between makes nobody forget.
#[test]
fn a_breaker_forgets_by_failures_alone() {
    let breaker = "\"a -> b\": Policy(breaker: Resilience4j(window: Calls(100), min_calls: 50, failure_rate: \"50%\", open_for: \"40s\")),";
    let errors = |name: &str, at: &str, length: &str| {
        format!(
            "Fault(name: \"{name}\", at: \"{at}\", for: \"{length}\", on: \"b\", effect: Errors(\"100%\")),"
        )
    };
    let b = B.replace("threads: 5,", "threads: 500,").replace("Exp(\"60ms\")", "\"5ms\"");
    let faults = errors("first", "T+20s", "400ms") + &errors("second", "T+21s", "10s");
    let blame = run(&b, breaker, &faults).0.blame.unwrap();
    let of =
        |root: &str, from_s: f64, to_s: f64| harm(&blame, &format!("errors of b ({root})"), from_s, to_s);
    let failed = of("first", 20.0, 21.0);
    let left = |failures: f64| 1.0 - libm::pow(0.95, failures);
    let expected = left(failed) * libm::pow(0.95, 50.0 - failed) / left(50.0);
    let (first, second) = (of("first", 30.0, 60.0), of("second", 30.0, 60.0));
    let found = first / (first + second);
    assert!(failed > 5.0 && first + second > 1_000.0, "{failed} failed, {first} and {second}");
    assert!((found - expected).abs() < 0.003, "{found} instead of {expected}");
}

/// What those in line wait for is a permit, a turn or a connection; each of them waits once, however many wait before it.
#[test]
fn who_waits_at_its_caller_waits_for_what_it_has_not_got() {
    let b = "\"b\": Service(threads: 500, operations: { \"op\": [Work(\"60ms\")] }),";
    let slow = "Fault(at: \"T+20s\", for: \"10s\", on: \"b\", effect: Slow(3))";
    let surge = "Fault(at: \"T+20s\", for: \"10s\", on: Traffic(\"c\"), effect: Surge(2))";
    for (policy, fault, root, how) in [
        ("bulkhead: Bulkhead(max_concurrent: 5, max_wait: \"2s\")", slow, "slow of b", "permit"),
        ("pool: Pool(size: 5, max_wait: \"2s\")", slow, "slow of b", "connection"),
        (
            "throttle: Resilience4j(limit: 60, period: \"1s\", max_wait: \"5s\")",
            surge,
            "surge of c",
            "throttle",
        ),
    ] {
        let (record, summary) = run(b, &format!("\"a -> b\": Policy({policy}),"), fault);
        all_of_it(&summary, root);
        let harmed = record.blame.as_ref().unwrap().harmed as f64;
        let (most, sum) = ways(&record, "a -> b");
        assert_eq!(most, how, "{policy}");
        assert!(sum <= harmed + 0.01, "{sum} of {harmed}: {policy}");
    }
}

/// What failed twenty seconds ago is no reason to wait for a limit that counts attempts and not failures.
#[test]
fn who_waits_for_a_limit_waits_for_those_before_it() {
    let b = "\"b\": Service(threads: 500, operations: { \"op\": [Work(\"5ms\")] }),";
    let throttle = "\"a -> b\": Policy(throttle: Resilience4j(limit: 60, period: \"1s\", max_wait: \"5s\")),";
    let faults = "Fault(at: \"T+10s\", for: \"1s\", on: \"b\", effect: Errors(\"20%\")),
        Fault(at: \"T+30s\", for: \"10s\", on: Traffic(\"c\"), effect: Surge(2))";
    let blame = run(b, throttle, faults).0.blame.unwrap();
    assert!(harm(&blame, "surge of c", 30.0, 60.0) > 100.0);
    assert!(harm(&blame, "errors of b", 20.0, 120.0) < 1e-9);
}

/// Many are slowed and few fail, for two reasons: what most of the harm goes back to is not what failed anybody, and both
/// are told.
#[test]
fn what_failed_is_told_apart_from_what_was_slow() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: {
            \"a\": Service(threads: 5000, queue: Fifo(capacity: Unbounded), operations: { \"left\": [Call(\"b.op\")], \"right\": [Call(\"d.op\")] }),
            \"b\": Service(threads: 500, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"5ms\")] }),
            \"d\": Service(threads: 500, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"5ms\")] }),
        },
        traffic: { \"left\": Open(rate: \"50/s\", entry: \"a.left\"), \"right\": Open(rate: \"50/s\", entry: \"a.right\") },
        faults: [
            Fault(at: \"T+20s\", for: \"5s\", on: \"b\", effect: Errors(\"100%\")),
            Fault(at: \"T+20s\", for: \"45s\", on: \"d\", effect: Latency(added: \"1s\")),
        ])";
    let (record, summary) = told(text);
    let cause = |name: &str| summary.root_causes.iter().find(|cause| cause.root == name).unwrap();
    let (errors, latency) = (cause("errors of b"), cause("latency of d"));
    // 5 s of failures, 45 s of slow answers.
    assert!(
        (errors.share - 0.1).abs() < 0.02 && (latency.share - 0.9).abs() < 0.02,
        "{errors:?} {latency:?}"
    );
    assert!(errors.share_of_lost > 0.999 && latency.share_of_lost < 0.001, "{errors:?} {latency:?}");
    let story = text::plain(&story(&record, &summary, &Telling::default()), 100);
    let wanted = format!(
        "Of all the harm: {:.1} % latency of d, {:.1} % errors of b. Of what failed: 100 % errors of b.",
        100.0 * latency.share,
        100.0 * errors.share
    );
    assert!(story.split_whitespace().collect::<Vec<_>>().join(" ").contains(&wanted), "{wanted}\n{story}");
}

/// What failed a few is named even where nearly all of the harm is delay.
#[test]
fn what_failed_few_is_not_lost_among_what_slowed_many() {
    let (record, summary) = run_at(
        "200/s",
        "\"b\": Service(threads: 2000, operations: { \"op\": [Work(\"5ms\"), Call(\"d.op\")] }), \"d\": Service(operations: { \"op\": [] }),",
        "",
        "Fault(at: \"T+20s\", for: \"60s\", on: \"b\", effect: Latency(added: \"500ms\")),
        Fault(at: \"T+20s\", for: \"60s\", on: \"d\", effect: Errors(\"0.3%\"))",
    );
    let cause = |name: &str| summary.root_causes.iter().find(|cause| cause.root == name).unwrap();
    assert!(cause("errors of d").share < 0.005 && cause("errors of d").share_of_lost > 0.999);
    let story = text::plain(&story(&record, &summary, &Telling::default()), 1_000);
    assert!(
        story.contains("% latency of b") && story.contains("Of what failed: 100 % errors of d."),
        "{story}"
    );
}
