//! Blame for who is refused, and for who waits for one thing after the other, where arithmetic says what it is.

use crate::blame::{B, run, run_at, share, told};

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
/// meanwhile by `b` for 35 - t and by `e` for five.
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
        assert!((found - expected).abs() < 0.02, "{root}: {found} instead of {expected}");
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
/// which says nothing beside them.
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
        root.windows.iter().take(second(50.0)).skip(second(30.0)).sum()
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
            (cause.from_s - from_s).abs() < 2.5 && (1.0..30.0).contains(&(cause.to_s - from_s)),
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
