//! What monitors read of a service, against what the record says.

use knockon::analysis::Summary;
use knockon::record::Record;

use crate::support::simulate;

fn run(back: &str, policy: &str, faults: &str, monitors: &str) -> (Record, Summary) {
    simulate(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"100s\", seed: 7,
        services: {{
            \"front\": Service(threads: 1000, queue: Fifo(capacity: Unbounded), operations: {{ \"x\": [Call(\"back.y\")] }}),
            \"back\": Service(replicas: 4, {back}, operations: {{ \"y\": [Work(Constant(\"100ms\"))] }}),
        }},
        calls: {{ \"front -> back\": Policy({policy}) }},
        traffic: {{ \"users\": Open(rate: \"100/s\", entry: \"front.x\") }},
        monitors: {{ {monitors} }},
        faults: [{faults}])"
    ))
}

fn samples<'a>(record: &'a Record, monitor: &str) -> &'a [(f64, f64)] {
    &record.actual.monitors[monitor].samples
}

/// The readings of a period.
fn during(record: &Record, monitor: &str, from_s: f64, to_s: f64) -> Vec<f64> {
    let all = samples(record, monitor).iter();
    all.filter(|(at, _)| (from_s..=to_s).contains(at)).map(|(_, value)| *value).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn busy_threads_and_queues_are_read_off_the_instant() {
    // 100/s x 100 ms of 4 x 5 threads: half of them; twice as slow, all of them.
    let monitors = "\"busy\": Busy(of: \"back\", scrape: \"100ms\"), \"queue\": Queue(of: \"back\", scrape: \"100ms\", alert: Above(50))";
    let slow = "Fault(at: \"T+50s\", on: \"back\", effect: Slow(2.5))";
    let (record, _) = run("threads: 5, queue: Fifo(capacity: Unbounded)", "", slow, monitors);
    let series = &record.actual.services["back"];
    let window = |at_s: f64| (at_s / record.actual.window_s).round() as usize;
    for (from, to) in [(0.0, 50.0), (60.0, 100.0)] {
        let (first, last) = (window(from), window(to));
        let busy = mean(&series.busy_threads[first..last]) / 20.0;
        assert!((mean(&during(&record, "busy", from, to)) - busy).abs() < 0.02, "{busy}");
        let queue = mean(&series.queue_length[first..last]);
        let read = mean(&during(&record, "queue", from, to));
        assert!((read - queue).abs() < 0.5 + 0.02 * queue, "{read}, not {queue}");
    }
    assert!(during(&record, "busy", 60.0, 100.0).iter().all(|busy| *busy > 0.99));
    assert_eq!(record.actual.monitors["queue"].unit, "count");
    assert_eq!(record.actual.monitors["queue"].alerts.len(), 1);
}

#[test]
fn ready_replicas_are_those_with_a_process() {
    let monitors = "\"ready\": Ready(of: \"back\", scrape: \"1s\")";
    let faults = "Fault(at: \"T+10.5s\", for: \"10s\", on: Replica(\"back\", 0), effect: Crash),
                  Fault(at: \"T+60.5s\", for: \"10s\", on: \"back\", effect: Pause)";
    let back = "threads: 100, restart: Restart(startup: \"5s\")";
    let (record, _) = run(back, "timeout: \"1s\"", faults, monitors);
    // Ten seconds down, five to start up; a pause is seen by nobody.
    let low: Vec<f64> =
        samples(&record, "ready").iter().filter(|(_, v)| *v < 1.0).map(|(at, _)| *at).collect();
    assert_eq!(low, (11..=25).map(f64::from).collect::<Vec<_>>());
    assert!(during(&record, "ready", 11.0, 25.0).iter().all(|ready| (*ready - 0.75).abs() < 1e-9));
}

#[test]
fn pauses_are_those_of_the_worst_replica_in_the_window() {
    let monitors = "\"pauses\": Pauses(of: \"back\", window: \"20s\", scrape: \"1s\", alert: Above(\"2s\"))";
    let faults = "Fault(at: \"T+10s\", for: \"1.5s\", on: \"back\", effect: Pause),
                  Fault(at: \"T+15s\", for: \"2s\", on: Replica(\"back\", 2), effect: Pause),
                  Fault(at: \"T+16s\", for: \"2s\", on: Replica(\"back\", 2), effect: Pause),
                  Fault(at: \"T+70s\", on: Replica(\"back\", 1), effect: Pause),
                  Fault(at: \"T+75s\", on: Replica(\"back\", 1), effect: Restart)";
    let (record, _) = run("threads: 100", "timeout: \"1s\"", faults, monitors);
    let at = |at_s: f64| during(&record, "pauses", at_s, at_s)[0];
    // Two that overlap are one; what has left the window is forgotten; a killed process stands still no more.
    for (at_s, wanted) in [
        (9.0, 0.0),
        (11.0, 1.0),
        (12.0, 1.5),
        (16.0, 2.5),
        (18.0, 4.5),
        (30.0, 4.5),
        (31.0, 3.5),
        (32.0, 3.0),
        (36.0, 2.0),
        (38.0, 0.0),
        (72.0, 2.0),
        (80.0, 5.0),
        (96.0, 0.0),
    ] {
        assert!((at(at_s) - wanted).abs() < 1e-9, "T+{at_s}: {}, not {wanted}", at(at_s));
    }
    assert_eq!(record.actual.monitors["pauses"].unit, "s");
}

#[test]
fn retries_are_a_share_of_what_is_sent() {
    let monitors = "\"of service\": Retries(of: \"back\", window: \"5s\", scrape: \"5s\"), \"of call\": Retries(of: \"front -> back\", window: \"5s\", scrape: \"5s\")";
    let policy = "timeout: \"200ms\", retry: Retry(max_attempts: 4)";
    let fault = "Fault(at: \"T+50s\", for: \"20s\", on: \"back\", effect: Errors(\"50%\"))";
    let (record, _) = run("threads: 100", policy, fault, monitors);
    assert!(during(&record, "of service", 0.0, 50.0).iter().all(|share| *share == 0.0));
    // 1 + 1/2 + 1/4 + 1/8 attempts for each first one.
    let storm = mean(&during(&record, "of service", 55.0, 70.0));
    assert!((storm - 0.875 / 1.875).abs() < 0.02, "{storm}");
    let series = &record.actual.calls["front -> back"];
    let window = |at_s: f64| (at_s / record.actual.window_s).round() as usize;
    let (first, last) = (window(60.0), window(65.0));
    let (sent, new): (u64, u64) =
        (series.attempts[first..last].iter().sum(), series.first_attempts[first..last].iter().sum());
    let wanted = (sent - new) as f64 / sent as f64;
    for monitor in ["of service", "of call"] {
        let read = during(&record, monitor, 65.0, 65.0)[0];
        assert!((read - wanted).abs() < 1e-3, "{read}, not {wanted}");
    }
}

/// A limiter lets an attempt go at the very end of the run: the last window has it, as the totals do.
#[test]
fn what_happens_at_the_horizon_belongs_to_the_last_window() {
    let text = r#"Scenario(format: 1, name: "end", horizon: "1s",
        services: { "a": Service(operations: { "op": [Work("0s")] }) },
        calls: { "users -> a": Policy(throttle: Resilience4j(limit: 1, period: "50ms", max_wait: "1s")) },
        traffic: { "users": Open(rate: "100/s", entry: "a.op") })"#;
    let (record, _) = simulate(text);
    let (series, totals) = (&record.actual.services["a"], &record.actual.totals.services["a"]);
    assert_eq!(totals.attempts, 21, "one in each of 20 periods, and one with the end of the last");
    assert_eq!(series.offered.iter().sum::<u64>(), totals.attempts);
    assert_eq!(series.offered.len(), record.actual.windows);
}

/// A class and a service of one name: the record tells whose a reading is.
#[test]
fn whose_a_reading_is_is_recorded() {
    let (record, _) = simulate(
        "Scenario(format: 1, name: \"test\", warm_up: \"1s\", horizon: \"10s\", seed: 7,
        services: { \"shop\": Service(threads: 5, operations: { \"op\": [Work(\"5ms\")] }) },
        traffic: { \"shop\": Open(rate: \"9/s\", entry: \"shop.op\") },
        monitors: { \"users\": Rate(of: Class(\"shop\")), \"service\": Rate(of: Service(\"shop\")) })",
    );
    let of = |name: &str| (record.actual.monitors[name].of.as_str(), record.actual.monitors[name].of_class);
    assert_eq!((of("users"), of("service")), (("shop", true), ("shop", false)));
}

/// The record says what a reading is, and when it is bad.
#[test]
fn what_a_reading_is_is_recorded() {
    let (record, _) = simulate(
        "Scenario(format: 1, name: \"test\", horizon: \"10s\", seed: 7,
        services: { \"shop\": Service(threads: 5, operations: { \"op\": [Work(\"5ms\")] }) },
        traffic: { \"users\": Open(rate: \"9/s\", entry: \"shop.op\") },
        monitors: {
            \"slow\": Latency(of: Service(\"shop\"), quantile: 0.9, view: Own, window: \"6s\", scrape: \"2s\",
                alert: Above(\"1s\", for: \"4s\")),
            \"few\": Rate(of: Class(\"users\"), alert: Below(\"1/s\")),
            \"held\": Busy(of: \"shop\", scrape: \"1s\"),
        })",
    );
    let slow = &record.actual.monitors["slow"];
    assert_eq!((slow.view.as_deref(), slow.quantile), (Some("own"), Some(0.9)));
    assert_eq!((slow.window_s, slow.scrape_s), (6.0, 2.0));
    assert_eq!((slow.side.as_deref(), slow.threshold, slow.for_s), (Some("above"), Some(1.0), Some(4.0)));
    let few = &record.actual.monitors["few"];
    assert_eq!(
        (few.view.as_deref(), few.side.as_deref(), few.for_s),
        (Some("callers"), Some("below"), Some(0.0))
    );
    let held = &record.actual.monitors["held"];
    assert_eq!((held.view.as_deref(), held.quantile, held.side.as_deref()), (None, None, None));
}

#[test]
fn how_busy_threads_are_is_told_of_those_that_are_there() {
    let (record, summary) = simulate(
        "Scenario(format: 1, name: \"test\", horizon: \"40s\", seed: 11,
        services: {
            \"a\": Service(threads: 5000, operations: { \"op\": [Call(\"b.op\")] }),
            \"b\": Service(threads: 1, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"1s\")] }),
        },
        traffic: { \"c\": Open(rate: \"20/s\", entry: \"a.op\") },
        response: [
            Act(at: \"T+10s\", does: Set(\"services.b.threads\", 8)),
            Act(at: \"T+15s\", does: Set(\"services.b.queue.capacity\", 1000)),
            Act(at: \"T+20s\", does: Set(\"services.b.threads\", 2)),
        ])",
    );
    let series = &record.actual.services["b"];
    let at = |t: f64| series.threads[(t / record.actual.window_s).round() as usize];
    for (t, threads) in [(5.0, 1.0), (12.0, 8.0), (18.0, 8.0), (30.0, 2.0_f64)] {
        assert_eq!(at(t).to_bits(), threads.to_bits(), "at {t} s");
    }
    assert!(series.threads.iter().zip(&series.busy_threads).all(|(all, busy)| busy <= all));
    // There is always somebody who waits for one.
    let busy = summary.services["b"].utilization;
    assert!((0.99..=1.0).contains(&busy), "{busy}");
    assert!(record.actual.services["a"].threads.is_empty(), "nothing changes them");
    let twin = &record.twin.unwrap().services["b"];
    assert!(twin.threads.iter().all(|threads| threads.to_bits() == 1.0_f64.to_bits()));
}
