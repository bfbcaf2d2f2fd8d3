//! Each budget of retries in a whole world: how many retries are left of an outage.

use knockon::analysis::Summary;
use knockon::record::Record;

use crate::support::simulate;

/// Calls from `a` to `b` of 20 requests a second for a minute. From T+10s on `fault` is on `b`.
fn run(policy: &str, fault: &str) -> (Record, Summary) {
    let text = format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"5s\", horizon: \"60s\", seed: 11,
        services: {{
            \"a\": Service(threads: 1000, queue: Fifo(capacity: Unbounded), operations: {{ \"op\": [Call(\"b.op\")] }}),
            \"b\": Service(threads: 1000, queue: Fifo(capacity: Unbounded), operations: {{ \"op\": [Work(\"10ms\")] }}),
        }},
        calls: {{ \"a -> b\": Policy({policy}) }},
        traffic: {{ \"c\": Open(rate: \"20/s\", entry: \"a.op\") }},
        faults: [Fault(at: \"T+10s\", for: \"50s\", on: \"b\", effect: {fault})])"
    );
    simulate(&text)
}

/// Retries and first attempts.
fn retries(policy: &str, fault: &str) -> (u64, u64) {
    let (record, summary) = run(policy, fault);
    let requests = summary.traffic["c"].requests;
    (record.actual.totals.calls["a -> b"].attempts - requests, requests)
}

const ALL: &str = "Errors(\"100%\")";

#[test]
fn aws_sdk_makes_a_hundred_retries_in_a_total_outage() {
    for (budget, made) in [
        ("AwsSdk()", 100),
        ("AwsSdk(cost: 14, timeout_cost: 14)", 35),
        ("AwsSdk(tokens: 4, cost: 5)", 0),
        ("AwsSdk(tokens: 50, cost: 5, timeout_cost: 1)", 10),
    ] {
        let policy = format!("retry: Retry(max_attempts: 3, budget: {budget})");
        assert_eq!(retries(&policy, ALL).0, made, "{budget}");
    }
    // Retries after a timeout cost twice as much.
    let policy = "timeout: \"50ms\", retry: Retry(max_attempts: 3, budget: AwsSdk())";
    assert_eq!(retries(policy, "Pause").0, 50);
}

/// One retry at the most: of the calls that failed, those that were not tried again were denied it.
#[test]
fn what_a_budget_denies_is_containment() {
    let (record, summary) = run("retry: Retry(max_attempts: 2, budget: AwsSdk())", ALL);
    let call = &record.actual.totals.calls["a -> b"];
    let made = call.attempts - call.first_attempts;
    let failed = call.failed - made;
    let [budget] = &summary.containment[..] else { panic!("{:?}", summary.containment) };
    assert_eq!(
        (budget.mechanism.as_str(), budget.acted, budget.twin),
        ("retry_budget", failed - made, Some(0))
    );
    assert!(made == 100 && budget.acted > 800, "{made} made, {} denied", budget.acted);
    assert_eq!(budget.requests.unwrap().failed, budget.acted);
}

#[test]
fn an_aws_sdk_that_sees_successes_earns_retries() {
    // Of independent attempts of which p fail, a retry that fails costs 5, one that succeeds nothing, and a call that
    // succeeds at once brings 1: in the long run at most (1 - p) / (5 p) retries for each call.
    let policy = "retry: Retry(max_attempts: 3, budget: AwsSdk(tokens: 10))";
    let (made, requests) = retries(policy, "Errors(\"80%\")");
    let expected = 0.2 / (5.0 * 0.8) * requests as f64;
    assert!(made as f64 > 0.6 * expected && (made as f64) < 1.4 * expected, "{made}, expected {expected}");
}

#[test]
fn grpc_stops_retrying_when_half_of_its_tokens_are_gone() {
    // 10 - 4 = 6 > 5: the first four failures may be tried again, unless their calls have used all their attempts.
    for (max_attempts, made) in [(3, 3), (5, 4)] {
        let policy = format!("retry: Retry(max_attempts: {max_attempts}, budget: Grpc())");
        assert_eq!(retries(&policy, ALL).0, made, "{max_attempts} attempts");
    }
    // Every failure of three drains, every success of two brings as much: it is never throttled for long.
    let policy = "retry: Retry(max_attempts: 2, budget: Grpc(token_ratio: 2))";
    let (made, requests) = retries(policy, "Errors(\"40%\")");
    assert!(made as f64 > 0.3 * requests as f64 * 50.0 / 60.0, "{made} of {requests}");
}

#[test]
fn envoy_bounds_the_retries_at_once() {
    // All attempts last 1 s, so 20 first attempts are in progress, r retries, and the one that has just failed: r is at most
    // 20 % of 21 + r, hence 5.25, less what is cut. With a backoff of 1 s each keeps its place for 2 s but is an attempt for
    // only one: at most 20 % of 21 + r/2, hence 4.67 places, 2.33 retries a second.
    for (backoff, per_s) in [("None", 5.25), ("Fixed(\"1s\")", 2.33)] {
        let retry = format!("Retry(max_attempts: 4, backoff: {backoff}, budget: Envoy(min_concurrent: 0))");
        let (made, _) = retries(&format!("timeout: \"1s\", retry: {retry}"), "Pause");
        let expected = per_s * 49.0;
        let ratio = made as f64 / expected;
        assert!((0.75..=1.1).contains(&ratio), "{backoff}: {made}, expected {expected}");
    }
    // With few attempts in progress, the least rules: 3 at once, of 1 s each.
    let policy = "timeout: \"1s\", retry: Retry(max_attempts: 4, budget: Envoy(share: \"0%\"))";
    let (made, _) = retries(policy, "Pause");
    assert!((140..=147).contains(&made), "{made}");
}

#[test]
fn finagle_bounds_retries_to_its_share_and_its_floor() {
    for (budget, least, most) in [
        // What the last 10 s before the fault had sent counts as well; a slice and a little is lost at its end.
        ("Finagle(min_per_s: 0)", 0.19 * 20.0 * 50.0, 0.2 * 20.0 * 61.0),
        ("Finagle(min_per_s: 2, share: \"0%\")", 2.0 * 48.0, 2.0 * 62.0),
    ] {
        let (made, _) = retries(&format!("retry: Retry(max_attempts: 4, budget: {budget})"), ALL);
        assert!(made as f64 >= least && made as f64 <= most, "{budget}: {made}, {least} to {most}");
    }
}
