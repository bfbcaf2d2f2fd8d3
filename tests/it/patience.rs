//! How long users wait: patience as a deadline of their own call.

use knockon::analysis::Summary;
use knockon::record::Record;

use crate::support::simulate;

const PLENTY: &str = "threads: 1000, queue: Fifo(capacity: Unbounded)";

/// Users who ask `b` themselves.
fn users(traffic: &str, b: &str, policy: &str) -> (Record, Summary) {
    simulate(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"5s\", horizon: \"60s\", seed: 11,
        services: {{ \"b\": Service({b}, operations: {{ \"op\": [Work(Constant(\"100ms\"))] }}) }},
        calls: {{ \"c -> b\": Policy({policy}) }},
        traffic: {{ \"c\": {traffic} }})"
    ))
}

#[test]
fn a_user_leaves_when_patience_or_the_deadline_ends() {
    let leave = |patience: &str, policy: &str| {
        let (_, summary) =
            users(&format!("Open(rate: \"20/s\", entry: \"b.op\", patience: {patience})"), PLENTY, policy);
        let (class, b) = (&summary.traffic["c"], &summary.services["b"]);
        assert_eq!(class.failed, class.failed_by_cause.get("deadline").copied().unwrap_or(0));
        (class.failed as f64 / (class.ok + class.failed) as f64, b.mean_service_ms)
    };
    // Who waits for 60 ms leaves before 100 ms of work are done, which go on, or do not.
    assert_eq!(leave("\"60ms\"", ""), (1.0, 100.0));
    assert_eq!(leave("\"60ms\"", "cancel: AtOnce"), (1.0, 60.0));
    assert_eq!(leave("\"60ms\"", "cancel: AtOnce, deadline: \"40ms\""), (1.0, 40.0), "the smaller of both");
    assert_eq!(leave("\"120ms\"", ""), (0.0, 100.0));
    // P(X < 100 ms) of Exp(100 ms) is 1 - 1/e; of some 1,200.
    let (left, _) = leave("Exp(\"100ms\")", "");
    assert!((left - (1.0 - libm::exp(-1.0))).abs() < 0.05, "{left}");
}

#[test]
fn patience_is_the_users_and_not_the_attempts() {
    // Tried again after 60 ms, given up for good after 150 ms: the third attempt is never heard of.
    let traffic = "Open(rate: \"20/s\", entry: \"b.op\", patience: \"150ms\")";
    let (_, summary) = users(traffic, PLENTY, "timeout: \"60ms\", retry: Retry(max_attempts: 9)");
    let call = &summary.calls["c -> b"];
    assert!((call.attempts as f64 / call.first_attempts as f64 - 3.0).abs() < 0.02);
    assert_eq!(summary.traffic["c"].failed_by_cause["deadline"], summary.traffic["c"].failed);
}

#[test]
fn a_step_of_a_journey_has_a_patience_of_its_own() {
    let traffic = "Journey(rate: \"20/s\", steps: {
        \"quick\": Visit(entry: \"b.op\", think: \"1s\", patience: \"120ms\"),
        \"late\": Visit(entry: \"b.op\", patience: \"80ms\"),
    })";
    let (_, summary) = users(traffic, PLENTY, "");
    let (quick, late) = (&summary.traffic["c: quick"], &summary.traffic["c: late"]);
    assert_eq!((quick.failed, late.ok), (0, 0));
    assert_eq!(late.failed, late.failed_by_cause["deadline"]);
}
