//! Rate limits and shedding in the smallest scenarios that show them.

use knockon::analysis::Summary;
use knockon::record::Record;

use crate::support::simulate;

/// Two operations of one service of two replicas; `Open` requests of two priorities.
fn run(service: &str, policy: &str, more: &str) -> (Record, Summary) {
    simulate(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"0s\", horizon: \"100s\", seed: 5,
        services: {{
            \"shop\": Service(replicas: 2, {service}, operations: {{
                \"buy\": [Work(Constant(\"20ms\"))], \"browse\": [Work(Constant(\"20ms\"))],
            }}),
        }},
        calls: {{ \"buyers -> shop\": Policy({policy}), \"readers -> shop\": Policy({policy}) }},
        traffic: {{
            \"buyers\": Open(rate: \"200/s\", entry: \"shop.buy\", priority: 9),
            \"readers\": Open(rate: \"100/s\", entry: \"shop.browse\", priority: 1),
        }},
        {more})"
    ))
}

const PLENTY: &str = "threads: 1000, queue: Fifo(capacity: Unbounded)";

#[test]
fn a_rate_limit_admits_its_rate_and_its_burst_of_one_operation() {
    let limit = "rate_limits: { \"buy\": TokenBucket(\"60/s\", burst: 10) }";
    let (_, summary) = run(&format!("{PLENTY}, {limit}"), "timeout: \"1s\"", "");
    let (buyers, readers) = (&summary.traffic["buyers"], &summary.traffic["readers"]);
    // One bucket for both replicas; it is never full again, so nothing of the rate is lost.
    let admitted = buyers.requests - buyers.failed_by_cause["rate_limited"];
    assert!(admitted.abs_diff(60 * 100 + 10) <= 1, "{admitted}");
    assert_eq!(buyers.failed, buyers.failed_by_cause["rate_limited"], "429 is not tried again");
    assert_eq!(readers.failed, 0);
}

#[test]
fn a_refusal_of_a_rate_limit_takes_the_network_and_no_thread() {
    let limit = "rate_limits: { \"buy\": TokenBucket(\"0/s\", burst: 1) }";
    let policy = "network: Constant(\"3ms\"), retry: Retry(max_attempts: 2, on: [RateLimited])";
    let (_, summary) = run(&format!("{PLENTY}, {limit}"), policy, "");
    let (buyers, shop) = (&summary.traffic["buyers"], &summary.services["shop"]);
    assert_eq!((buyers.ok, buyers.failed + buyers.unfinished), (1, buyers.requests - 1));
    let call = &summary.calls["buyers -> shop"];
    assert!(call.attempts >= 2 * call.first_attempts - 5, "they are tried again where that is wanted");
    // 100/s x 20 ms of 2,000 threads; the refused hold none.
    assert!((shop.utilization - 0.001).abs() < 0.000_05, "{}", shop.utilization);
    // Both attempts take the network both ways.
    assert!(shop.failed_by_cause["rate_limited"] > 39_000);
}

#[test]
fn a_ramp_lets_traffic_back_in_from_the_end_of_the_warm_up_on() {
    let ramp = "rate_limits: { \"buy\": Ramp(from: \"20/s\", to: \"100/s\", over: \"50s\") }";
    let (record, summary) = run(&format!("{PLENTY}, {ramp}"), "timeout: \"1s\"", "");
    let buyers = &summary.traffic["buyers"];
    let admitted = buyers.requests - buyers.failed_by_cause["rate_limited"];
    let wanted = 10 + 60 * 50 + 100 * 50;
    // Less what flows over before the first of them has come, and what is left in the end.
    assert!((wanted - 3..=wanted).contains(&admitted), "{admitted}, not {wanted}");
    // Half-way 60/s are admitted.
    let series = &record.actual.classes["buyers"];
    let windows =
        |from: f64, to: f64| (from / record.actual.window_s) as usize..(to / record.actual.window_s) as usize;
    let ok: u64 = series.ok[windows(20.0, 30.0)].iter().sum();
    assert!(ok.abs_diff(600) < 10, "{ok}");
}

#[test]
fn only_what_matters_less_is_shed_and_only_behind_a_long_queue() {
    // Four threads can carry 200/s of the 300/s.
    let service = "threads: 2, queue: Fifo(capacity: Unbounded), shed: [Shed(queue: 10, below: 5)]";
    let (_, summary) = run(service, "timeout: \"10s\"", "");
    let (buyers, readers) = (&summary.traffic["buyers"], &summary.traffic["readers"]);
    assert_eq!(buyers.failed, 0, "they matter");
    let shed = readers.failed_by_cause["shed"];
    assert_eq!(readers.failed, shed);
    assert!(readers.ok < readers.requests / 10, "{} of {} were served", readers.ok, readers.requests);
    // With nothing to wait for, nobody is shed.
    let service = "threads: 4, queue: Fifo(capacity: Unbounded), shed: [Shed(queue: 10, below: 5)]";
    let (_, summary) = run(service, "timeout: \"10s\"", "");
    assert_eq!(summary.traffic["readers"].failed, 0);
}

#[test]
fn a_paused_replica_sheds_nothing() {
    let service = "threads: 20, queue: Fifo(capacity: Unbounded), shed: [Shed(queue: 10, below: 5)]";
    let fault = "faults: [Fault(at: \"T+50s\", for: \"1s\", on: \"shop\", effect: Pause)]";
    let (record, summary) = run(service, "timeout: \"10s\"", fault);
    // About 300 wait when it wakes, and are then worked off in 150 ms; only who comes in that time is shed.
    let shed = summary.services["shop"].failed_by_cause.get("shed").copied().unwrap_or(0);
    assert!((1..40).contains(&shed), "{shed}");
    let window = (50.9 / record.actual.window_s) as usize;
    let failed: u64 = record.actual.services["shop"].failed[..window].iter().sum();
    assert_eq!(failed, 0, "none during the pause");
}

#[test]
fn a_limit_that_is_set_during_the_run_ramps_up_from_then_on() {
    let act = |at: &str, value: &str| {
        format!("Act(at: \"{at}\", does: Set(\"services.shop.rate_limits.buy\", {value}))")
    };
    let ramp = act("T+20s", "Ramp(from: \"20/s\", to: \"100/s\", over: \"40s\", burst: 20)");
    let response = format!("response: [{ramp}, {}]", act("T+80s", "Unlimited"));
    let (record, summary) = run(PLENTY, "timeout: \"1s\"", &response);
    let series = &record.actual.classes["buyers"];
    let window = |at_s: f64| (at_s / record.actual.window_s).round() as usize;
    let sum = |column: &[u64], from: f64, to: f64| column[window(from)..window(to)].iter().sum::<u64>();
    assert_eq!(sum(&series.failed, 0.0, 20.0) + sum(&series.failed, 80.1, 100.0), 0);
    // A new bucket is full; 60/s on average, then 100/s.
    for (from, to, wanted) in [(20.0, 60.0, 2_420), (60.0, 80.0, 2_000), (20.0, 30.0, 320)] {
        let admitted = sum(&series.arrived, from, to) - sum(&series.failed, from, to);
        assert!(admitted.abs_diff(wanted) <= 4, "{admitted}, not {wanted}");
    }
    assert_eq!(summary.traffic["buyers"].failed, summary.traffic["buyers"].failed_by_cause["rate_limited"]);
}

/// One thread, 50 readers and 30 buyers a second of 10 ms each: no time for all of them.
fn in_line(queue: &str, more: &str) -> (Record, Summary) {
    simulate(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"0s\", horizon: \"100s\", seed: 5,
        services: {{ \"shop\": Service(threads: 1, queue: {queue}, operations: {{ \"op\": [Work(Constant(\"20ms\"))] }}) }},
        traffic: {{
            \"buyers\": Open(rate: \"30/s\", entry: \"shop.op\", priority: 9),
            \"readers\": Open(rate: \"50/s\", entry: \"shop.op\", priority: 1),
        }},
        {more})"
    ))
}

#[test]
fn a_queue_by_priority_serves_the_important_first_and_lets_the_begun_finish() {
    let (_, summary) = in_line("Priority(capacity: Unbounded)", "");
    let (buyers, readers) = (&summary.traffic["buyers"], &summary.traffic["readers"]);
    // 60 % of the time is the buyers': they wait for one another and for the rest of one begun, never for a reader.
    assert_eq!(buyers.failed, 0);
    assert!(buyers.latency_ms.mean < 70.0, "{}", buyers.latency_ms.mean);
    assert!(buyers.latency_ms.max > 40.0, "what was begun was not put aside");
    assert!(readers.latency_ms.mean > 10_000.0 && readers.unfinished > 2_500, "the readers get what is left");
    let (_, fifo) = in_line("Fifo(capacity: Unbounded)", "");
    assert!(fifo.traffic["buyers"].latency_ms.mean > 10_000.0, "without it they wait as long as everybody");
}

#[test]
fn a_full_queue_refuses_whoever_comes_however_important() {
    let (_, summary) = in_line("Priority(capacity: 10)", "");
    let share = |class: &str| 1.0 - summary.traffic[class].availability;
    assert!((share("buyers") - share("readers")).abs() < 0.03, "{} {}", share("buyers"), share("readers"));
    assert_eq!(summary.services["shop"].peak_queue, 10);
}

#[test]
fn those_in_line_are_ranked_when_priorities_begin_to_count() {
    let set =
        "response: [Act(at: \"T+50s\", does: Set(\"services.shop.queue\", Priority(capacity: Unbounded)))]";
    let (record, _) = in_line("Fifo(capacity: Unbounded)", set);
    let answered = |class: &str, from: usize, to: usize| {
        let width = record.actual.window_s;
        let at = |s: usize| (s as f64 / width) as usize;
        record.actual.classes[class].ok[at(from)..at(to)].iter().sum::<u64>()
    };
    // 1,500 buyers by then, three of eight served: the other 560 are served first, at 50 a second.
    assert!(answered("buyers", 51, 60) > 440 && answered("readers", 51, 60) < 10);
    assert!(answered("readers", 85, 100) > 150, "then their turn comes, too");
}
