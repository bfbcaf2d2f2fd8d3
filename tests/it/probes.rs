//! What probes see, and what balancers make of it.

use knockon::analysis::Summary;
use knockon::record::Record;

use crate::support::simulate;

/// `users -> front (5 replicas) -> back (4 replicas)`, 100 requests a second for two minutes.
fn run(front: &str, back: &str, calls: &str, faults: &str) -> (Record, Summary) {
    simulate(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"5s\", horizon: \"120s\", seed: 3,
        services: {{
            \"front\": Service(replicas: 5, {front} operations: {{
                \"x\": [Work(Constant(\"1ms\")), Call(\"back.y\")], \"health\": [Call(\"back.y\")],
            }}),
            \"back\": Service(replicas: 4, {back} operations: {{ \"y\": [Work(Constant(\"2ms\"))] }}),
        }},
        calls: {{ \"front -> back\": Policy(timeout: \"500ms\", {calls}), \"users -> front\": Policy(timeout: \"1s\", {calls}) }},
        traffic: {{ \"users\": Open(rate: \"100/s\", entry: \"front.x\") }},
        monitors: {{ \"ready\": Ready(of: \"back\", scrape: \"1s\") }},
        faults: [{faults}])"
    ))
}

const PROBE: &str = "probe: Probe(interval: \"5s\", timeout: \"1s\", failures: 3),";
const DEAD: &str = "Fault(at: \"T+20s\", on: Replica(\"back\", 1), effect: Crash)";

/// When the first replica of a service is believed unwell, in seconds.
fn unwell(record: &Record, service: &str) -> Vec<f64> {
    let of_it = |subject: &str| subject.starts_with(&format!("{service}/"));
    let changes = record.actual.transitions.iter();
    changes
        .filter(|t| t.kind == "probe" && t.state == "unhealthy" && of_it(&t.subject))
        .map(|t| t.at_s)
        .collect()
}

#[test]
fn a_balancer_that_is_told_at_once_refuses_nobody() {
    let (_, summary) = run("", PROBE, "", DEAD);
    assert_eq!(summary.services["back"].failed, 0);
}

#[test]
fn a_balancer_sends_to_the_dead_until_its_probe_has_failed_often_enough() {
    let (record, summary) = run("", PROBE, "", DEAD);
    let found = unwell(&record, "back")[0];
    assert!((30.0..=35.0).contains(&found), "three probes, five seconds apart: T+{found}");
    assert_eq!(summary.traffic["users"].failed, 0);
    let (record, summary) = run(PROBE, PROBE, "detection: Probes, network: Constant(\"1ms\")", DEAD);
    let back = &summary.services["back"];
    assert_eq!(back.failed, back.failed_by_cause["refused"]);
    // A quarter of what is sent until then.
    let wanted = 100.0 / 4.0 * (found - 20.0);
    assert!((back.failed as f64 / wanted - 1.0).abs() < 0.1, "{} refused, not {wanted}", back.failed);
    let window = |at_s: f64| (at_s / record.actual.window_s) as usize;
    let failed = &record.actual.services["back"].failed;
    assert_eq!(failed[..window(20.0)].iter().chain(&failed[window(found + 0.2)..]).sum::<u64>(), 0);
}

#[test]
fn believed_unwell_is_sent_nothing_though_it_is_well_again() {
    let pause = "Fault(at: \"T+20s\", for: \"20s\", on: \"back\", effect: Pause)";
    let (record, summary) = run(PROBE, PROBE, "detection: Probes", pause);
    let back = &record.actual.services["back"];
    let window = |at_s: f64| (at_s / record.actual.window_s) as usize;
    let found = unwell(&record, "back");
    assert_eq!(found.len(), 4);
    let all_found = found.iter().copied().fold(0.0, f64::max);
    // With nobody left the refusals are immediate; they last until the first probe after the pause.
    let refused: u64 = back.shed[window(all_found + 0.1)..window(40.0)].iter().sum();
    let sent: u64 = back.offered[window(all_found + 0.1)..window(40.0)].iter().sum();
    assert!(refused > 0 && refused == sent, "{refused} of {sent}");
    assert!(summary.services["back"].failed_by_cause["refused"] >= refused);
    assert_eq!(back.failed[window(46.0)..].iter().sum::<u64>(), 0, "all are believed again");
}

#[test]
fn a_deep_probe_fails_with_what_it_needs_and_a_shallow_one_does_not() {
    let pause = "Fault(at: \"T+20s\", for: \"60s\", on: \"back\", effect: Pause)";
    let (shallow, _) = run(PROBE, "", "", pause);
    assert_eq!(unwell(&shallow, "front"), [] as [f64; 0]);
    let deep = PROBE.replace("failures: 3", "failures: 3, asks: \"health\"");
    let (record, _) = run(&deep, "", "", pause);
    let found = unwell(&record, "front");
    assert_eq!(found.len(), 5, "all together");
    // Each at its phase: the third probe after the begin of the pause fails after the 500 ms of the call.
    assert!(found.iter().all(|at| (30.0..=36.0).contains(at)), "{found:?}");
    let again = record.actual.transitions.iter().filter(|t| t.kind == "probe" && t.state == "healthy");
    assert_eq!(again.filter(|t| (80.0..=85.5).contains(&t.at_s)).count(), 5);
    let (calm, _) = run(&deep, "", "", "");
    assert_eq!(unwell(&calm, "front"), [] as [f64; 0]);
}

#[test]
fn a_deep_probe_waits_its_turn_in_a_full_replica() {
    // One thread of 120 % load: whoever comes waits for long.
    let busy = "threads: 1, queue: Fifo(capacity: 400),";
    let probe = "probe: Probe(interval: \"2s\", timeout: \"200ms\", failures: 3, asks: \"y\"),";
    let slow = "Fault(at: \"T+10s\", on: \"back\", effect: Slow(24))";
    let (shallow, _) =
        run("", &format!("{busy} probe: Probe(interval: \"2s\", timeout: \"200ms\"),"), "", slow);
    assert_eq!(unwell(&shallow, "back"), [] as [f64; 0]);
    let (deep, _) = run("", &format!("{busy} {probe}"), "", slow);
    assert_eq!(unwell(&deep, "back").len(), 4);
}

#[test]
fn deep_probes_are_load_but_no_traffic() {
    let probe = "probe: Probe(interval: \"1s\", asks: \"health\"),";
    let (without, _) = run("", "", "", "");
    let (record, summary) = run(probe, "", "", "");
    assert_eq!(summary.traffic.len(), 1);
    assert_eq!(record.topology.classes.len(), 1);
    let calls =
        |record: &Record| record.topology.calls.iter().map(|call| call.name.clone()).collect::<Vec<_>>();
    assert_eq!(calls(&record), calls(&without));
    assert_eq!(record.actual.calls.len(), 2);
    assert_eq!(record.actual.digests["arrivals/users"], without.actual.digests["arrivals/users"]);
    assert!(!record.actual.digests.keys().any(|name| name.contains("probe")), "{:?}", record.actual.digests);
    // Five replicas, once a second, two minutes: a call downstream each.
    let attempts = |record: &Record, name: &str| record.actual.totals.services[name].attempts;
    assert_eq!(attempts(&record, "front"), attempts(&without, "front"), "to ask is no traffic");
    let more = attempts(&record, "back") - attempts(&without, "back");
    assert!((599..=601).contains(&more), "{more}");
    assert!(
        record.actual.totals.services["front"].utilization
            > without.actual.totals.services["front"].utilization
    );
    assert_eq!(summary.calls["front -> back"].attempts, summary.services["back"].attempts);
}

#[test]
fn failing_probes_affect_nobody() {
    // Only probes go from `front` to `back`; they fail for a while, and no request does.
    let (record, summary) = simulate(
        "Scenario(format: 1, name: \"test\", horizon: \"60s\",
        services: {
            \"front\": Service(replicas: 2, probe: Probe(interval: \"1s\", asks: \"health\"),
                operations: { \"x\": [Work(\"1ms\")], \"health\": [Call(\"back.y\")] }),
            \"back\": Service(operations: { \"y\": [Work(\"2ms\")] }),
        },
        traffic: { \"users\": Open(rate: \"10/s\", entry: \"front.x\") },
        faults: [Fault(at: \"T+10s\", for: \"20s\", on: \"back\", effect: Errors(\"100%\"))])",
    );
    assert_eq!(unwell(&record, "front").len(), 2);
    let blast = summary.blast_radius.unwrap();
    assert!(blast.requests_affected == 0.0 && blast.services_affected == 0, "{blast:?}");
    assert_eq!(summary.verdict.unwrap().name(), "unaffected");
    assert!(record.actual.totals.services["back"].failed > 0, "the load is there");
}

#[test]
fn a_replica_that_drains_signs_off_whatever_is_believed() {
    let back = format!("{PROBE} restart: Restart(startup: \"3s\"),");
    let restart =
        |drain: &str| format!("Fault(at: \"T+20s\", on: \"back\", effect: Restart(how: Rolling(){drain}))");
    let (record, drained) = run(PROBE, &back, "detection: Probes", &restart(", drain: \"10s\""));
    assert_eq!(drained.services["back"].failed, 0);
    let starts = record.actual.transitions.iter().filter(|t| t.kind == "replica" && t.state == "starting");
    assert_eq!(starts.count(), 4);
    // Without a drain the balancers go on to send to what is being restarted.
    let (_, killed) = run(PROBE, &back, "detection: Probes", &restart(""));
    let refused = killed.services["back"].failed_by_cause["refused"];
    // A quarter of 100/s for 3 s, four times.
    assert!((250..350).contains(&refused), "{refused}");
}
