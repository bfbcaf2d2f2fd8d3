//! Blame against scenarios whose truth is known by construction.

use knockon::analysis::Summary;
use knockon::record::Record;

use crate::support::simulate;

/// Users of `a`, 50 a second, who wait 2 s, and what else is given.
pub(crate) fn run(services: &str, calls: &str, faults: &str) -> (Record, Summary) {
    run_at("50/s", services, calls, faults)
}

pub(crate) fn run_at(rate: &str, services: &str, calls: &str, faults: &str) -> (Record, Summary) {
    let text = format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: {{
            \"a\": Service(threads: 5000, queue: Fifo(capacity: Unbounded), operations: {{ \"op\": [Call(\"b.op\")] }}),
            {services}
        }},
        calls: {{ \"c -> a\": Policy(timeout: \"2s\"), {calls} }},
        traffic: {{ \"c\": Open(rate: \"{rate}\", entry: \"a.op\") }},
        faults: [{faults}])"
    );
    told(&text)
}

pub(crate) fn told(text: &str) -> (Record, Summary) {
    let (record, summary) = simulate(text);
    let shares: f64 = summary.root_causes.iter().map(|root| root.share).sum();
    let harmed = record.blame.as_ref().unwrap().harmed;
    assert!(harmed == 0 || (shares - 1.0).abs() < 1e-6, "{shares} of all");
    (record, summary)
}

/// The share of a root.
pub(crate) fn share(summary: &Summary, root: &str) -> f64 {
    summary.root_causes.iter().find(|cause| cause.root == root).map_or(0.0, |cause| cause.share)
}

#[track_caller]
pub(crate) fn all_of_it(summary: &Summary, root: &str) {
    let blast = summary.blast_radius.as_ref().unwrap();
    assert!(blast.requests_affected > 0.01, "nobody was harmed");
    assert!(share(summary, root) > 0.98, "{root}: {:#?}", summary.root_causes);
}

/// 50 times a second 60 ms of work on 5 threads: 60 % busy.
pub(crate) const B: &str = "\"b\": Service(threads: 5, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(Exp(\"60ms\"))] }),";

/// One fault of each kind, and nothing else: no retries, no caches. What it leaves behind, a backlog, is its fault as
/// well.
#[test]
fn a_single_fault_is_to_blame_for_everything() {
    for (effect, root) in [
        ("Pause", "pause of b"),
        ("Slow(4)", "slow of b"),
        ("Latency(\"300ms\")", "latency of b"),
        ("Errors(\"40%\")", "errors of b"),
        ("Crash", "crash of b"),
    ] {
        let fault = format!("Fault(at: \"T+20s\", for: \"15s\", on: \"b\", effect: {effect})");
        let (_, summary) = run(B, "", &fault);
        all_of_it(&summary, root);
    }
    let (_, summary) = run(
        &B.replace("threads: 5,", "threads: 5, restart: Restart(startup: \"10s\"),"),
        "",
        "Fault(at: \"T+20s\", on: \"b\", effect: Restart)",
    );
    all_of_it(&summary, "restart of b");
    let (_, summary) =
        run(B, "", "Fault(at: \"T+20s\", for: \"10s\", on: \"a -> b\", effect: Errors(\"50%\"))");
    all_of_it(&summary, "errors of b");
}

/// What pauses a callee of a callee is followed down to it, by the threads that wait on the way.
#[test]
fn a_wait_is_followed_to_its_end() {
    let services = "\"b\": Service(threads: 10, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"5ms\"), Call(\"d.op\")] }),
        \"d\": Service(threads: 10, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"20ms\"), Call(\"e.op\")] }),
        \"e\": Service(threads: 50, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"10ms\")] }),";
    let (record, summary) = run(services, "", "Fault(at: \"T+20s\", for: \"10s\", on: \"e\", effect: Pause)");
    all_of_it(&summary, "pause of e");
    let blame = record.blame.unwrap();
    let calls: Vec<&str> = blame.chains[0].links.iter().map(|link| link.call.as_str()).collect();
    assert_eq!(calls, ["c -> a", "a -> b", "b -> d", "d -> e"]);
    let ways: Vec<&str> = blame.chains[0].links.iter().map(|link| link.how.as_str()).collect();
    assert_eq!(ways[..2], ["thread", "line"], "most of them stood in line for one of the ten threads of b");
}

/// Half of the replicas are gone, and the other half is not enough for those who work as usual.
#[test]
fn missing_replicas_are_to_blame_for_the_load_of_the_others() {
    let b = B.replace("threads: 5,", "threads: 2, replicas: 2,");
    let fault = "Fault(at: \"T+20s\", for: \"20s\", on: Replica(\"b\", 0), effect: Crash)";
    let (_, summary) = run(&b, "", fault);
    all_of_it(&summary, "crash of b");
}

/// A flush is a fault of its own; caches that a restart left cold are told apart from it.
#[test]
fn cold_caches_are_told_from_what_cooled_them() {
    let services = "\"b\": Service(threads: 20, queue: Fifo(capacity: Unbounded), caches: { \"k\": Warming(hit_ratio: \"95%\", after: 600) },
        restart: Restart(startup: \"5s\"),
        operations: { \"op\": [Work(\"2ms\"), Lookup(\"k\", miss: [Call(\"d.op\")])] }),
        \"d\": Service(threads: 2, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"60ms\")] }),";
    let flush = "Fault(at: \"T+20s\", on: \"b\", effect: Flush)";
    let (_, summary) = run(services, "", flush);
    all_of_it(&summary, "flush of b");
    let restart = "Fault(at: \"T+20s\", on: \"b\", effect: Restart)";
    let (_, summary) = run(services, "", restart);
    let (cold, gone) = (share(&summary, "cold caches of b"), share(&summary, "restart of b"));
    assert!(cold > 0.2 && gone > 0.2 && cold + gone > 0.98, "{:#?}", summary.root_causes);
    // 50 requests a second, gone for five seconds.
    let harmed = summary.blast_radius.as_ref().unwrap().requests_affected * 6_000.0;
    assert!((gone * harmed - 250.0).abs() < 40.0, "{} of {harmed}", gone * harmed);
}

/// Two classes, two databases, two faults at once: each class knows its own.
#[test]
fn each_request_blames_the_fault_that_it_met() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: {
            \"a\": Service(threads: 5000, queue: Fifo(capacity: Unbounded), operations: { \"left\": [Call(\"b.op\")], \"right\": [Call(\"d.op\")] }),
            \"b\": Service(threads: 5, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(Exp(\"60ms\"))] }),
            \"d\": Service(threads: 5, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(Exp(\"60ms\"))] }),
        },
        calls: { \"left -> a\": Policy(timeout: \"2s\"), \"right -> a\": Policy(timeout: \"2s\") },
        traffic: { \"left\": Open(rate: \"50/s\", entry: \"a.left\"), \"right\": Open(rate: \"50/s\", entry: \"a.right\") },
        faults: [
            Fault(at: \"T+20s\", for: \"10s\", on: \"b\", effect: Pause),
            Fault(at: \"T+15s\", for: \"30s\", on: \"d\", effect: Errors(\"30%\")),
        ])";
    let (record, _) = told(text);
    let blame = record.blame.unwrap();
    for (root, class) in [("pause of b", "left"), ("errors of d", "right")] {
        let found = blame.roots.iter().find(|other| other.root == root).unwrap();
        let of =
            |name: &str| found.classes.iter().find(|(other, _)| other == name).map_or(0.0, |(_, sum)| *sum);
        let others: f64 = found.classes.iter().map(|(_, sum)| sum).sum::<f64>() - of(class);
        assert!(of(class) > 300.0 && others < 0.5, "{root}: {:?}", found.classes);
    }
}

/// A service that is always close to its limit, and always answers with errors, alarms everybody and is not the cause.
#[test]
fn a_red_herring_is_not_blamed() {
    let services = "\"b\": Service(threads: 5, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Call(\"noisy.op\"), Call(\"d.op\")] }),
        \"noisy\": Service(threads: 1, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"17ms\"), Branch(Chance(\"30%\"), then: [Fail])] }),
        \"d\": Service(threads: 50, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"10ms\")] }),";
    let calls = "\"b -> noisy\": Policy(fallback: Fixed()),";
    let (_, summary) = run(services, calls, "Fault(at: \"T+40s\", for: \"8s\", on: \"d\", effect: Pause)");
    assert!(share(&summary, "pause of d") > 0.95, "{:#?}", summary.root_causes);
}

/// Who is answered by a fallback is only worse off by it, and knows why; an open breaker knows what opened it.
#[test]
fn those_who_refuse_remember_why() {
    let fault = "Fault(at: \"T+20s\", for: \"20s\", on: \"b\", effect: Errors(\"100%\"))";
    let (_, summary) = run(B, "\"a -> b\": Policy(fallback: Fixed())", fault);
    all_of_it(&summary, "errors of b");
    assert_eq!(summary.blast_radius.as_ref().unwrap().by_severity.failed, 0);
    let breaker = "\"a -> b\": Policy(timeout: \"1s\", breaker: Resilience4j(window: Calls(20), min_calls: 10, failure_rate: \"50%\", open_for: \"5s\"))";
    let (record, summary) = run(B, breaker, fault);
    all_of_it(&summary, "errors of b");
    // A thousand calls in the 20 s: all but some twenty, and a few every five seconds, never left.
    let refused = summary.calls["a -> b"].refused as f64;
    assert!(refused > 500.0, "{refused}");
    let calls = record.blame.unwrap().calls;
    let how = &calls.iter().find(|call| call.call == "a -> b").unwrap().how;
    assert!(
        how[0].0 == "breaker" && (how[0].1 - refused).abs() < 0.02 * refused,
        "{how:?}, {refused} refused"
    );
}

/// Who waits for a connection waits for what holds those who have one.
#[test]
fn a_line_for_connections_is_followed_to_who_holds_them() {
    let calls = "\"a -> b\": Policy(pool: Pool(size: 5, max_wait: \"1s\")),";
    let b = B.replace("threads: 5,", "threads: 50,");
    let (record, summary) = run(&b, calls, "Fault(at: \"T+20s\", for: \"10s\", on: \"b\", effect: Slow(10))");
    all_of_it(&summary, "slow of b");
    let calls = record.blame.unwrap().calls;
    let pool = calls.iter().find(|call| call.call == "a -> b").unwrap();
    assert_eq!(pool.how[0].0, "connection", "{pool:?}");
}

/// A pause of five seconds, and retries that bring more than twice what `b` can do: they take over and stay.
#[test]
fn a_retry_storm_outlives_what_began_it() {
    let calls = "\"a -> b\": Policy(timeout: \"500ms\", retry: Retry(max_attempts: 4)),";
    let (record, summary) = run(B, calls, "Fault(at: \"T+20s\", for: \"5s\", on: \"b\", effect: Pause)");
    let blame = record.blame.unwrap();
    let at = |name: &str, second: f64| {
        let root = blame.roots.iter().find(|root| root.root == name).unwrap();
        root.windows.get((second / blame.window_s) as usize).copied().unwrap_or(0.0)
    };
    let (pause, storm) = ("pause of b", "retries of a -> b");
    let sum =
        |name: &str, from: u32, to: u32| (from..to).map(|second| at(name, f64::from(second))).sum::<f64>();
    assert!(sum(pause, 22, 25) > 20.0 * sum(storm, 22, 25), "the pause first");
    assert!(sum(storm, 60, 100) > 50.0 * sum(pause, 60, 100), "then the storm");
    assert!(share(&summary, storm) > 0.8, "{:#?}", summary.root_causes);
    let told: Vec<(&str, bool)> =
        summary.phases.iter().map(|phase| (phase.roots[0].as_str(), phase.from_s < 30.0)).collect();
    assert_eq!(told, [(pause, true), (storm, true)]);
    // All four attempts of 50 calls a second fail, and hold one of 5 threads for 60 ms each.
    let held = summary.sustaining_loop.unwrap();
    assert_eq!((held.root.as_str(), held.service.as_str()), (storm, "b"));
    assert!((held.gain.unwrap() - 50.0 * 4.0 * 0.06 / 5.0).abs() < 0.1, "{held:?}");
    assert_eq!(held.steps[..2], ["calls of b time out", "a tries them again"]);
}

/// What the first step of a journey fails by is to blame for those that were never made.
#[test]
fn steps_that_were_never_made_go_back_to_the_one_that_failed() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"90s\", seed: 7,
        services: {
            \"a\": Service(threads: 50, queue: Fifo(capacity: Unbounded), operations: { \"find\": [Work(\"5ms\")], \"buy\": [Work(\"5ms\")] }),
        },
        traffic: { \"trip\": Journey(rate: \"20/s\", steps: {
            \"find\": Visit(\"a.find\", think: Constant(\"1s\")), \"buy\": Visit(\"a.buy\") }) },
        faults: [Fault(at: \"T+20s\", for: \"10s\", on: \"a\", effect: Errors(\"50%\"))])";
    let (record, summary) = told(text);
    all_of_it(&summary, "errors of a");
    let not_made = record.actual.totals.classes["trip: buy"].failed_by_cause["not_made"];
    assert!(not_made > 50, "{not_made}");
}

/// A process that is killed for its memory again and again is to blame for those whom it turns away, and the slow callee
/// that filled it for those who waited for that.
#[test]
fn kills_for_memory_are_told_from_what_filled_it() {
    let services = "\"b\": Service(threads: 500, queue: Fifo(capacity: Unbounded), restart: Restart(startup: \"4s\"),
            memory: Memory(limit: \"200MiB\", idle: \"100MiB\", per_request: \"256KiB\"),
            operations: { \"op\": [Call(\"d.op\")] }),
        \"d\": Service(threads: 500, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"20ms\")] }),";
    let (_, summary) = run(services, "", "Fault(at: \"T+20s\", for: \"30s\", on: \"d\", effect: Pause)");
    let (killed, paused) = (share(&summary, "out-of-memory kills of b"), share(&summary, "pause of d"));
    assert!(summary.services["b"].oom_kills > 1);
    assert!(killed > 0.3 && paused > 0.1 && killed + paused > 0.98, "{:#?}", summary.root_causes);
}

/// Who is turned away by a limit that somebody set goes back to the limit.
#[test]
fn a_limit_is_to_blame_for_whom_it_turns_away() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: { \"a\": Service(threads: 50, operations: { \"op\": [Work(\"5ms\")] }) },
        traffic: { \"c\": Open(rate: \"50/s\", entry: \"a.op\") },
        faults: [Fault(at: \"T+10s\", for: \"1s\", on: \"a\", effect: Errors(\"10%\"))],
        response: [Act(at: \"T+20s\", does: Set(\"services.a.rate_limits.op\", \"10/s\"))])";
    let (record, summary) = told(text);
    assert!(share(&summary, "rate limit of a.op") > 0.98, "{:#?}", summary.root_causes);
    let blame = record.blame.unwrap();
    // 100 seconds of which 40 requests each are turned away.
    assert!((blame.roots[0].harmed - 4_000.0).abs() < 200.0, "{}", blame.roots[0].harmed);
}

/// The time between two attempts goes to what failed the first one; a retry that succeeds is only late by it.
#[test]
fn a_retry_that_succeeds_is_late_by_the_failure_before_it() {
    let calls = "\"a -> b\": Policy(retry: Retry(max_attempts: 3, backoff: Fixed(\"400ms\"))),";
    let b = B.replace("threads: 5,", "threads: 50,").replace("Exp(\"60ms\")", "\"5ms\"");
    let (_, summary) =
        run(&b, calls, "Fault(at: \"T+20s\", for: \"20s\", on: \"b\", effect: Errors(\"20%\"))");
    all_of_it(&summary, "errors of b");
    let by = summary.blast_radius.as_ref().unwrap().by_severity;
    assert!(by.slower > 5 * by.failed, "{by:?}");
}

/// A fifth of the calls of `b` fail and cost 400 ms each, all calls of `d` are 400 ms late: who met one failure blames half of
/// it on `b`, who met two two thirds.
#[test]
fn waits_are_shared_out_by_their_length() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: {
            \"a\": Service(threads: 5000, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Call(\"b.op\"), Call(\"d.op\")] }),
            \"b\": Service(threads: 500, operations: { \"op\": [Work(\"1ms\")] }),
            \"d\": Service(threads: 500, operations: { \"op\": [Work(\"1ms\")] }),
        },
        calls: { \"a -> b\": Policy(retry: Retry(max_attempts: 9, backoff: Fixed(\"400ms\"))) },
        traffic: { \"c\": Open(rate: \"100/s\", entry: \"a.op\") },
        faults: [
            Fault(at: \"T+20s\", for: \"60s\", on: \"b\", effect: Errors(\"20%\")),
            Fault(at: \"T+20s\", for: \"60s\", on: \"d\", effect: Latency(\"400ms\")),
        ])";
    let (_, summary) = told(text);
    let expected: f64 = (1..9)
        .map(|failures: i32| 0.8 * 0.2_f64.powi(failures) * f64::from(failures) / f64::from(failures + 1))
        .sum();
    let (errors, latency) = (share(&summary, "errors of b"), share(&summary, "latency of d"));
    assert!((errors - expected).abs() < 0.01, "{errors} instead of {expected}");
    assert!((errors + latency - 1.0).abs() < 0.001, "{:#?}", summary.root_causes);
}

/// Work of 100 ms that takes 400 ms is slow by 300 ms; together with 100 ms of latency that makes three quarters.
#[test]
fn slow_work_is_to_blame_for_what_it_takes_longer() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: {
            \"a\": Service(threads: 5000, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Call(\"b.op\"), Call(\"d.op\")] }),
            \"b\": Service(threads: 500, operations: { \"op\": [Work(\"100ms\")] }),
            \"d\": Service(threads: 500, operations: { \"op\": [Work(\"1ms\")] }),
        },
        traffic: { \"c\": Open(rate: \"100/s\", entry: \"a.op\") },
        faults: [
            Fault(at: \"T+20s\", for: \"60s\", on: \"b\", effect: Slow(4)),
            Fault(at: \"T+20s\", for: \"60s\", on: \"d\", effect: Latency(\"100ms\")),
        ])";
    let (_, summary) = told(text);
    let (slow, latency) = (share(&summary, "slow of b"), share(&summary, "latency of d"));
    assert!((slow - 0.75).abs() < 0.01 && (latency - 0.25).abs() < 0.01, "{:#?}", summary.root_causes);
}

/// Only what a warm cache would have spared is its fault: not the call that follows the lookup. Of the thousand requests in
/// the 20 s after a flush 1,000 (1 - exp(-20/40)) / 0.5 miss; they wait a second for that, and all wait another one.
#[test]
fn what_follows_a_miss_is_not_its_fault() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"45s\", seed: 7,
        services: {
            \"b\": Service(threads: 900, caches: { \"k\": Warming(hit_ratio: \"100%\", after: 2000) },
                operations: { \"op\": [Lookup(\"k\", miss: [Call(\"d.op\")]), Call(\"e.op\")] }),
            \"d\": Service(threads: 900, operations: { \"op\": [Work(\"1s\")] }),
            \"e\": Service(threads: 900, operations: { \"op\": [Work(\"300ms\")] }),
        },
        traffic: { \"c\": Open(rate: \"50/s\", entry: \"b.op\") },
        faults: [
            Fault(at: \"T+20s\", on: \"b\", effect: Flush),
            Fault(at: \"T+20s\", for: \"25s\", on: \"e\", effect: Latency(\"1s\")),
        ])";
    let (record, summary) = told(text);
    let blame = record.blame.unwrap();
    let sum = |name: &str| -> f64 {
        let root = blame.roots.iter().find(|root| root.root == name).unwrap();
        root.windows.iter().take((42.3 / blame.window_s) as usize).sum()
    };
    let (flush, latency) = (sum("flush of b"), sum("latency of e"));
    let missed = 2.0 * (1.0 - libm::exp(-0.5));
    let found = flush / (flush + latency);
    assert!((found - missed / 2.0).abs() < 0.05, "{found}, not {}: {:#?}", missed / 2.0, summary.root_causes);
}

/// However many roots there are at once, none is taken for another.
#[test]
fn a_hundred_faults_at_once_are_told_apart() {
    let each = |one: &dyn Fn(usize) -> String| (0..100).map(one).collect::<String>();
    let services =
        each(&|n| format!("\"s{n}\": Service(threads: 5, operations: {{ \"op\": [Work(\"5ms\")] }}),"));
    let traffic = each(&|n| format!("\"c{n}\": Open(rate: \"5/s\", entry: \"s{n}.op\"),"));
    let faults =
        each(&|n| format!("Fault(at: \"T+10s\", for: \"5s\", on: \"s{n}\", effect: Errors(\"100%\")),"));
    let (record, _) = told(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"5s\", horizon: \"30s\", seed: 7,
        services: {{ {services} }}, traffic: {{ {traffic} }}, faults: [{faults}])"
    ));
    let roots = record.blame.unwrap().roots;
    assert_eq!(roots.len(), 100);
    for root in roots {
        let class = root.place.replace('s', "c");
        let failed = record.actual.totals.classes[&class].failed as f64;
        assert_eq!(root.classes.len(), 1, "{root:?}");
        assert!(
            root.classes[0].0 == class && (root.harmed - failed).abs() < 0.01,
            "{root:?}, {failed} failed"
        );
    }
}

/// Nothing moves at `b` while it is paused; before and after, all its threads wait for `d`. Who came at second t of the twenty
/// was held by `b` for 10 of 20 - t seconds, or for what was left of the ten.
#[test]
fn a_pause_within_a_wait_is_counted_once() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: {
            \"b\": Service(threads: 100, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Call(\"d.op\")] }),
            \"d\": Service(threads: 500, operations: { \"op\": [Work(\"1ms\")] }),
        },
        traffic: { \"c\": Open(rate: \"200/s\", entry: \"b.op\") },
        faults: [
            Fault(at: \"T+20s\", for: \"20s\", on: \"d\", effect: Pause),
            Fault(at: \"T+25s\", for: \"10s\", on: \"b\", effect: Pause),
        ])";
    let (_, summary) = told(text);
    let before = 10.0 * libm::log(20.0 / 15.0);
    let meanwhile = 10.0 - 5.0 * libm::log(3.0);
    let expected = (before + meanwhile) / 20.0;
    let (b, d) = (share(&summary, "pause of b"), share(&summary, "pause of d"));
    assert!((b - expected).abs() < 0.02 && (b + d - 1.0).abs() < 0.001, "{b} and {d} instead of {expected}");
}

/// Half of the calls of `e` fail, and are tried again after a second; the others wait for `d` until their user has left, after
/// a second and a half. Who met one failure was held for two thirds of it by `e`, who met two all the time.
#[test]
fn earlier_attempts_count_for_users_who_gave_up() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: {
            \"a\": Service(threads: 5000, operations: { \"op\": [Call(\"b.op\")] }),
            \"b\": Service(threads: 5000, operations: { \"op\": [Call(\"e.op\"), Call(\"d.op\")] }),
            \"d\": Service(threads: 5000, operations: { \"op\": [Work(\"1ms\")] }),
            \"e\": Service(threads: 5000, operations: { \"op\": [Work(\"1ms\")] }),
        },
        calls: { \"c -> a\": Policy(timeout: \"1500ms\"), \"a -> b\": Policy(retry: Retry(max_attempts: 9, backoff: Fixed(\"1s\"))) },
        traffic: { \"c\": Open(rate: \"100/s\", entry: \"a.op\") },
        faults: [
            Fault(at: \"T+20s\", for: \"60s\", on: \"e\", effect: Errors(\"50%\")),
            Fault(at: \"T+20s\", for: \"60s\", on: \"d\", effect: Latency(\"9s\")),
        ])";
    let (_, summary) = told(text);
    let expected = 0.5 * (0.5 + 0.5 * 2.0 / 3.0);
    let (errors, latency) = (share(&summary, "errors of e"), share(&summary, "latency of d"));
    assert!((errors - expected).abs() < 0.015, "{errors} instead of {expected}");
    assert!((errors + latency - 1.0).abs() < 0.001, "{:#?}", summary.root_causes);
}

/// Of faults of one kind at once the one that does more has more of it, whichever came last.
#[test]
fn faults_that_overlap_share_by_what_they_do() {
    for (large, small) in [
        ("Slow(8)", "Slow(1.02)"),
        ("Slow(8)", "Slow(0.9)"),
        ("Errors(\"80%\")", "Errors(\"1%\")"),
        ("Latency(\"2s\")", "Latency(\"1ms\", share: \"5%\")"),
    ] {
        let (_, summary) = run(
            B,
            "",
            &format!(
                "Fault(name: \"large\", at: \"T+20s\", for: \"20s\", on: \"b\", effect: {large}),
                Fault(name: \"small\", at: \"T+20.1s\", for: \"20s\", on: \"b\", effect: {small})"
            ),
        );
        let large = summary.root_causes.iter().find(|cause| cause.root.ends_with("(large)"));
        assert!(large.is_some_and(|cause| cause.share > 0.9), "{small}: {:#?}", summary.root_causes);
    }
}

/// A queue so short that nobody who stands in it is late: those who find it full go back to the fault all the same, and not
/// to the usual load, which comes in the twin as well.
#[test]
fn the_usual_load_is_no_reason_beside_a_fault() {
    let b = B.replace("Fifo(capacity: Unbounded)", "Fifo(capacity: 1)");
    let (_, summary) = run(&b, "", "Fault(at: \"T+20s\", for: \"40s\", on: \"b\", effect: Slow(2))");
    all_of_it(&summary, "slow of b");
}

/// A restart of all, one after another, kills nobody who is dead already.
#[test]
fn a_restart_is_no_reason_for_who_was_dead_before() {
    let text = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: { \"a\": Service(replicas: 2, threads: 3, queue: Fifo(capacity: 5), restart: Restart(startup: \"1s\"),
            operations: { \"op\": [Work(\"50ms\")] }) },
        traffic: { \"c\": Open(rate: \"90/s\", entry: \"a.op\") },
        faults: [Fault(at: \"T+20s\", for: \"60s\", on: Replica(\"a\", 0), effect: Crash)],
        response: [Act(at: \"T+40s\", does: Restart(\"a\", how: Rolling(at_once: 1)))])";
    let (_, summary) = told(text);
    assert!(share(&summary, "crash of a") > 0.9, "{:#?}", summary.root_causes);
}

/// Over time and by root a call has the harm that it has in all.
#[test]
fn the_harm_of_a_call_is_that_of_its_roots_over_time() {
    let fault = "Fault(at: \"T+20s\", for: \"15s\", on: \"b\", effect: Pause)";
    let retry = "\"a -> b\": Policy(timeout: \"500ms\", retry: Retry(max_attempts: 4))";
    let (record, _) = run(B, retry, fault);
    let blame = record.blame.unwrap();
    assert!(blame.roots.len() > 1 && blame.calls.len() == 2, "{:?}", blame.roots);
    for call in &blame.calls {
        let sums = |of: &knockon::record::CallRoot| of.stretches.iter().map(|(_, sum)| *sum).sum::<f64>();
        let all: f64 = call.roots.iter().map(sums).sum();
        // Each number is rounded to a thousandth.
        assert!((all - call.harmed).abs() < 0.5, "{}: {all} of {}", call.call, call.harmed);
        for of in &call.roots {
            let root = &blame.roots[of.root];
            assert!(
                (sums(of) - root.harmed).abs() < 0.5,
                "every chain of {} goes over {}",
                root.root,
                call.call
            );
            let first = root.windows.iter().position(|sum| *sum > 0.0).unwrap();
            assert_eq!(of.stretches[0].0, first / blame.stretch);
        }
    }
}
