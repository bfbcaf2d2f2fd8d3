//! Two things at once, or one after the other: which of them held whom follows from arithmetic.

use knockon::analysis::Summary;

use crate::blame::{share, told};

/// Users of `a`, 50 a second, who wait for as long as it takes; `a` has threads for all of them.
const OFTEN: &str = "\"50/s\"";

fn of_a(rate: &str, services: &str, calls: &str, faults: &str) -> Summary {
    let text = format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"30s\", horizon: \"6m\", seed: 7,
        services: {{ \"a\": Service(threads: 100000, operations: {{ \"op\": [Call(\"b.op\")] }}), {services} }},
        calls: {{ {calls} }},
        traffic: {{ \"c\": Open(rate: {rate}, entry: \"a.op\") }},
        faults: [{faults}])"
    );
    told(&text).1
}

/// A service with threads and room for everybody.
fn wide(name: &str, settings: &str, steps: &str) -> String {
    format!(
        "\"{name}\": Service(threads: 100000, queue: Fifo(capacity: Unbounded), {settings} operations: {{ \"op\": [{steps}] }}),"
    )
}

/// `b` with two threads that are 75 % busy if its work takes 30 ms.
fn two_threads(queue: &str, settings: &str, work: &str) -> String {
    format!(
        "\"b\": Service(threads: 2, queue: {queue}(capacity: Unbounded), {settings} operations: {{ \"op\": [Work(\"{work}\")] }}),"
    )
}

#[track_caller]
fn shares(summary: &Summary, wanted: &[(&str, f64)]) {
    for (root, wanted) in wanted {
        let found = share(summary, root);
        assert!((found - wanted).abs() < 0.03, "{root}: {found}, not {wanted}: {:#?}", summary.root_causes);
    }
}

/// One second of back-off after an error at once, and then five of latency.
#[test]
fn a_retry_that_is_answered_late_is_not_the_fault_of_what_failed_before() {
    let summary = of_a(
        "Steps([(\"0s\", \"0.0001/s\"), (\"20s\", \"50/s\"), (\"21s\", \"0.0001/s\")])",
        &wide("b", "", "Work(\"10ms\")"),
        "\"a -> b\": Policy(retry: Retry(max_attempts: 2, backoff: Fixed(\"1s\")))",
        "Fault(at: \"T+20s\", for: \"1s\", on: \"b\", effect: Errors(\"100%\")),
        Fault(at: \"T+21s\", for: \"2s\", on: \"b\", effect: Latency(\"5s\"))",
    );
    shares(&summary, &[("errors of b", 1.0 / 6.0), ("latency of b", 5.0 / 6.0)]);
    assert_eq!(summary.phases[0].roots, ["errors of b"], "it began with them: {:?}", summary.phases);
}

/// A pause that would last for 100 s, of a process that is replaced after 10, or is not there when it begins.
#[test]
fn a_process_that_dies_is_paused_no_more() {
    let b = two_threads("Fifo", "restart: Restart(startup: \"2s\"),", "15ms");
    let summary = of_a(
        OFTEN,
        &b,
        "",
        "Fault(at: \"T+10s\", for: \"100s\", on: \"b\", effect: Pause),
        Fault(at: \"T+20s\", on: \"b\", effect: Restart),
        Fault(at: \"T+60s\", for: \"20s\", on: \"b\", effect: Slow(4))",
    );
    // 500 wait for the pause, 100 are refused, and 1,200 wait for what is slow.
    shares(&summary, &[("pause of b", 0.29), ("restart of b", 0.055), ("slow of b", 0.655)]);
    let summary = of_a(
        OFTEN,
        &b,
        "",
        "Fault(at: \"T+10s\", for: \"5s\", on: \"b\", effect: Crash),
        Fault(at: \"T+12s\", for: \"100s\", on: \"b\", effect: Pause),
        Fault(at: \"T+30s\", for: \"20s\", on: \"b\", effect: Slow(4))",
    );
    shares(&summary, &[("pause of b", 0.0), ("crash of b", 0.22), ("slow of b", 0.78)]);
}

#[test]
fn nothing_happens_to_the_dead() {
    let b = wide("b", "restart: Restart(startup: \"1s\"),", "Work(\"10ms\")");
    let crash = |name: &str, at: &str, length: &str| {
        format!("Fault(name: \"{name}\", at: \"{at}\", for: \"{length}\", on: \"b\", effect: Crash),")
    };
    let long = crash("long", "T+10s", "60s");
    let summary = of_a(OFTEN, &b, "", &(long.clone() + &crash("short", "T+20s", "1s")));
    shares(&summary, &[("crash of b (long)", 1.0)]);
    // What the first has killed is kept down by the second, from T+70s to T+130s.
    let summary = of_a(OFTEN, &b, "", &(long + &crash("longer", "T+20s", "110s")));
    shares(&summary, &[("crash of b (long)", 0.5), ("crash of b (longer)", 0.5)]);
}

/// One of four dies while they are replaced one after the other, and is replaced itself 28 s later.
#[test]
fn who_is_replaced_later_dies_of_that() {
    let b = wide("b", "replicas: 4, restart: Restart(startup: \"10s\"),", "Work(\"1s\")");
    let summary = of_a(
        "\"100/s\"",
        &b,
        "",
        "Fault(at: \"T+10s\", on: \"b\", effect: Restart(how: Rolling(at_once: 1))),
        Fault(at: \"T+12s\", for: \"1s\", on: Replica(\"b\", 3), effect: Crash)",
    );
    // Of a hundred in flight 25, 33 (of two times three), 33 and 25: one 33 dies of the crash.
    shares(&summary, &[("crash of b", 0.2), ("restart of b", 0.8)]);
}

#[test]
fn a_cache_is_cold_for_what_took_most_of_it() {
    let b = wide(
        "b",
        "caches: { \"k\": Warming(hit_ratio: \"95%\", after: 2000) }, restart: Restart(startup: \"2s\"),",
        "Work(\"2ms\"), Lookup(\"k\", miss: [Call(\"d.op\")])",
    );
    let d = "\"d\": Service(threads: 2, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"60ms\")] }),";
    let flushed = |share: &str| {
        let flush = format!("Fault(at: \"T+25s\", on: \"b\", effect: Flush(share: \"{share}\"))");
        of_a(
            OFTEN,
            &(b.clone() + d),
            "",
            &format!("Fault(at: \"T+20s\", on: \"b\", effect: Restart), {flush}"),
        )
    };
    shares(&flushed("1%"), &[("flush of b", 0.0), ("cold caches of b", 0.95)]);
    // Three hundred seconds later the cache is warm, and all of it is taken.
    let summary = of_a(OFTEN, &(b + d), "", "Fault(at: \"T+25s\", on: \"b\", effect: Flush)");
    shares(&summary, &[("flush of b", 1.0)]);
}

#[test]
fn faults_that_overlap_hold_a_request_once() {
    let b = "\"b\": Service(threads: 20, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"10ms\"), Call(\"d.op\")] }),";
    let pause = |name: &str| {
        format!("Fault(name: \"{name}\", at: \"T+20s\", for: \"5s\", on: \"b\", effect: Pause),")
    };
    let then = "Fault(at: \"T+25s\", for: \"2s\", on: \"d\", effect: Pause)";
    let both = |pauses: &str| {
        let services = b.to_owned() + &wide("d", "", "Work(\"1ms\")");
        of_a(OFTEN, &services, "", &(pauses.to_owned() + then))
    };
    let alone = share(&both(&pause("1")), "pause of b");
    // Who comes u seconds before T+25s waits u for the one and two for the other; and a hundred wait for the other alone.
    let expected = 50.0 * (5.0 - 2.0 * libm::log(3.5)) / 350.0;
    assert!((alone - expected).abs() < 0.05, "{alone}, not {expected}");
    let summary = both(&(pause("1") + &pause("2")));
    shares(&summary, &[("pause of b (1)", alone / 2.0), ("pause of b (2)", alone / 2.0)]);

    // Ten seconds of work are stretched by five where nothing stands still, and stand still for ten.
    let summary = of_a(
        "Steps([(\"0s\", \"0.0001/s\"), (\"25s\", \"50/s\"), (\"26s\", \"0.0001/s\")])",
        &wide("b", "", "Work(\"10s\")"),
        "",
        "Fault(at: \"T+10s\", for: \"80s\", on: \"b\", effect: Slow(1.5)),
        Fault(at: \"T+30s\", for: \"10s\", on: \"b\", effect: Pause)",
    );
    shares(&summary, &[("pause of b", 2.0 / 3.0), ("slow of b", 1.0 / 3.0)]);

    // Of five seconds of latency two are over when everything stands still for five.
    let summary = of_a(
        "Steps([(\"0s\", \"0.0001/s\"), (\"26s\", \"500/s\"), (\"26.1s\", \"0.0001/s\")])",
        &wide("b", "", "Work(\"10ms\")"),
        "",
        "Fault(at: \"T+20s\", for: \"10s\", on: \"b\", effect: Latency(\"5s\")),
        Fault(at: \"T+28s\", for: \"5s\", on: \"b\", effect: Pause)",
    );
    shares(&summary, &[("latency of b", 0.5), ("pause of b", 0.5)]);
}

/// Those who came last are served first, or those who matter more: whoever stays in line waits for what made it.
#[test]
fn a_line_is_what_made_it_whoever_is_served_first() {
    let pause = "Fault(at: \"T+20s\", for: \"5s\", on: \"b\", effect: Pause)";
    for queue in ["Fifo", "Lifo", "Priority"] {
        let summary = of_a(OFTEN, &two_threads(queue, "", "30ms"), "", pause);
        assert!(share(&summary, "pause of b") > 0.99, "{queue}: {:#?}", summary.root_causes);
    }
}

/// Connections are held for two seconds by the network alone: what they carry is the surge.
#[test]
fn what_holds_connections_in_the_network_is_the_load() {
    let summary = of_a(
        "\"2/s\"",
        &wide("b", "", "Work(\"1ms\")"),
        "\"a -> b\": Policy(pool: Pool(size: 5, max_wait: \"200s\"), network: Constant(\"1s\"))",
        "Fault(at: \"T+20s\", for: \"20s\", on: Traffic(\"c\"), effect: Surge(5))",
    );
    shares(&summary, &[("surge of c", 1.0)]);
}

/// Eight come within two seconds and stand in line when `d` stops; nobody comes after them.
#[test]
fn a_line_that_nobody_joins_is_looked_at_when_a_fault_begins() {
    let b = "\"b\": Service(threads: 1, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"1ms\"), Call(\"d.op\")] }),
        \"d\": Service(threads: 1, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"2s\")] }),";
    let summary = of_a(
        "Steps([(\"0s\", \"0.0001/s\"), (\"10s\", \"4/s\"), (\"12s\", \"0.0001/s\")])",
        b,
        "",
        "Fault(at: \"T+12s\", for: \"60s\", on: \"d\", effect: Pause)",
    );
    shares(&summary, &[("pause of d", 1.0)]);
}

/// They arrive five seconds after they were sent: 500 meet the one fault, 50 the other.
#[test]
fn an_error_is_that_of_when_the_attempt_arrived() {
    let errors = |name: &str, at: &str, length: &str| {
        format!(
            "Fault(name: \"{name}\", at: \"{at}\", for: \"{length}\", on: \"b\", effect: Errors(\"100%\")),"
        )
    };
    let summary = of_a(
        OFTEN,
        &wide("b", "", "Work(\"10ms\")"),
        "\"a -> b\": Policy(network: Constant(\"5s\"))",
        &(errors("1st", "T+10s", "10s") + &errors("2nd", "T+20s", "1s")),
    );
    shares(&summary, &[("errors of b (1st)", 10.0 / 11.0), ("errors of b (2nd)", 1.0 / 11.0)]);
}

/// `d` is 95 % busy in all worlds, and the twin waits in its line as well.
#[test]
fn the_usual_line_is_not_to_blame_for_what_is_late_behind_it() {
    let services = "\"b\": Service(threads: 100000, operations: { \"op\": [Call(\"d.op\"), Call(\"e.op\")] }),
        \"d\": Service(threads: 1, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(Exp(\"190ms\"))] }),"
        .to_owned()
        + &wide("e", "", "Work(\"10ms\")");
    let pause = "Fault(at: \"T+60s\", for: \"20s\", on: \"e\", effect: Pause)";
    shares(&of_a("\"5/s\"", &services, "", pause), &[("pause of e", 1.0)]);
}

/// 40 % fail by design; the breaker would not open for that.
#[test]
fn what_fails_by_design_opens_no_breaker() {
    let summary = of_a(
        "\"100/s\"",
        &wide("b", "", "Work(\"2ms\"), Branch(Chance(\"40%\"), then: [Fail])"),
        "\"a -> b\": Policy(breaker: Resilience4j(window: Calls(400), min_calls: 400, failure_rate: \"50%\", open_for: \"20s\"))",
        "Fault(at: \"T+20s\", for: \"20s\", on: \"b\", effect: Errors(\"30%\"))",
    );
    assert!(summary.calls["a -> b"].refused > 500, "{:?}", summary.calls);
    shares(&summary, &[("errors of b", 1.0)]);
}

/// The caller stands still for two of the five seconds for which it waits anyway.
#[test]
fn a_caller_that_stands_still_while_it_waits_misses_nothing() {
    let summary = of_a(
        "Steps([(\"0s\", \"0.0001/s\"), (\"21s\", \"50/s\"), (\"22s\", \"0.0001/s\")])",
        &wide("b", "", "Work(\"10ms\")"),
        "",
        "Fault(at: \"T+20s\", for: \"20s\", on: \"b\", effect: Latency(\"5s\")),
        Fault(at: \"T+22s\", for: \"2s\", on: \"a\", effect: Pause)",
    );
    shares(&summary, &[("pause of a", 0.0), ("latency of b", 1.0)]);
}

/// Half of four are dead for 38 s, and the other half, asked for one and a half times what it can do, works off what it gets for
/// minutes; who is paused for a second before that is soon served. So it is where one replica of four stands still, whoever chooses
/// among them.
#[test]
fn a_line_becomes_that_of_what_is_missing() {
    let four = |policy: &str, faults: &str| {
        let b = "\"b\": Service(threads: 1, queue: Fifo(capacity: Unbounded), replicas: 4, restart: Restart(startup: \"1s\"),
            operations: { \"op\": [Work(\"60ms\")] }),";
        of_a(OFTEN, b, policy, faults)
    };
    let summary = four(
        "",
        "Fault(at: \"T+20s\", for: \"1s\", on: \"b\", effect: Pause),
        Fault(at: \"T+22s\", for: \"38s\", on: Share(\"b\", \"50%\"), effect: Crash)",
    );
    // Alone the pause harms 160, and the crash 3,458.
    assert!(share(&summary, "crash of b") > 0.9, "{:#?}", summary.root_causes);
    let summary = four(
        "\"a -> b\": Policy(balancer: LeastInFlight)",
        "Fault(at: \"T+20s\", for: \"30s\", on: Replica(\"b\", 0), effect: Pause)",
    );
    assert!(share(&summary, "pause of b") > 0.9, "{:#?}", summary.root_causes);
}

/// 93 % busy: who waits in line for others, as in the twin, passes that on to nobody.
#[test]
fn a_blip_elsewhere_changes_no_shares() {
    let services = "\"b\": Service(threads: 1, queue: Fifo(capacity: Unbounded), replicas: 4, restart: Restart(startup: \"1s\"),
            operations: { \"op\": [Work(Exp(\"74ms\"))] }),
        \"h\": Service(operations: { \"op\": [Work(\"1ms\")] }),";
    let crash = "Fault(at: \"T+100s\", for: \"30s\", on: Replica(\"b\", 0), effect: Crash)";
    let blip = "Fault(at: \"T+1s\", for: \"1ms\", on: \"h\", effect: Pause),";
    for faults in [crash.to_owned(), blip.to_owned() + crash] {
        let summary = of_a(OFTEN, services, "", &faults);
        assert!(share(&summary, "crash of b") > 0.97, "{faults}: {:#?}", summary.root_causes);
    }
}

/// All die at T+5s, and two minutes later each is drained and replaced, one after the other.
#[test]
fn who_drains_is_missing_for_its_restart() {
    let b = "\"b\": Service(threads: 1, queue: Fifo(capacity: Unbounded), replicas: 4, restart: Restart(startup: \"10s\"),
        operations: { \"op\": [Work(\"65ms\")] }),";
    let crash = "Fault(at: \"T+5s\", for: \"10ms\", on: \"b\", effect: Crash),";
    let restart =
        "Fault(at: \"T+120s\", on: \"b\", effect: Restart(how: Rolling(at_once: 1), drain: \"10s\"))";
    let harmed = |summary: &Summary| summary.blast_radius.as_ref().unwrap().by_severity.affected() as f64;
    let alone = of_a(OFTEN, b, "", crash);
    let both = of_a(OFTEN, b, "", &(crash.to_owned() + restart));
    let of_crash = harmed(&alone) / harmed(&both);
    shares(&both, &[("crash of b", of_crash), ("restart of b", 1.0 - of_crash)]);
}

/// Seven seconds of the 23 are those of the crash and its start-up, which a pause of 16 interrupts.
#[test]
fn a_pause_that_puts_off_a_start_up_is_to_blame_for_that() {
    let b = wide("b", "restart: Restart(startup: \"5s\"),", "Work(\"10ms\")");
    let summary = of_a(
        OFTEN,
        &b,
        "",
        "Fault(at: \"T+20s\", for: \"2s\", on: \"b\", effect: Crash),
        Fault(at: \"T+24s\", for: \"16s\", on: \"b\", effect: Pause)",
    );
    shares(&summary, &[("crash of b", 7.0 / 23.0), ("pause of b", 16.0 / 23.0)]);
}

/// The answers would be there after ten seconds, between T+39.5s and T+40s; the caller takes them at T+41s.
#[test]
fn a_caller_that_stands_still_holds_up_what_is_answered() {
    let summary = of_a(
        "Steps([(\"0s\", \"0.0001/s\"), (\"29.5s\", \"100/s\"), (\"30s\", \"0.0001/s\")])",
        &wide("b", "", "Work(\"10ms\")"),
        "",
        "Fault(at: \"T+20s\", for: \"10s\", on: \"b\", effect: Latency(\"10s\")),
        Fault(at: \"T+31s\", for: \"10s\", on: \"a\", effect: Pause)",
    );
    shares(&summary, &[("pause of a", 1.25 / 11.25), ("latency of b", 10.0 / 11.25)]);
}

/// The same, where the thread is busy with work of its own when `d` stops: four seconds later it stands before it.
#[test]
fn a_line_that_nobody_joins_is_looked_at_when_a_thread_of_it_joins_another() {
    let b = "\"b\": Service(threads: 1, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"4s\"), Call(\"d.op\")] }),"
        .to_owned()
        + &wide("d", "", "Work(\"1ms\")");
    let summary = of_a(
        "Steps([(\"0s\", \"0.0001/s\"), (\"10s\", \"4/s\"), (\"12s\", \"0.0001/s\")])",
        &b,
        "",
        "Fault(at: \"T+12s\", for: \"60s\", on: \"d\", effect: Pause)",
    );
    shares(&summary, &[("pause of d", 1.0)]);
}
