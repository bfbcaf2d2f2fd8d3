//! Closed forms inside intervals, at seeds fixed beforehand.

use crate::support::{replay, scenario};

/// Little's law and the utilization law hold on every service, whatever the theory: L = lambda T, U = lambda S / c.
#[test]
fn littles_law_holds() {
    let incident = replay(&scenario("00-single-queue.ron", "20m"));
    let service = &incident.summary.services["queue"];
    let seconds = 20.0 * 60.0;
    let rate = service.attempts as f64 / seconds;
    let sojourn_s = (service.mean_wait_ms + service.mean_service_ms) / 1e3;
    assert!((service.mean_in_flight / (rate * sojourn_s) - 1.0).abs() < 1e-3, "L = lambda T");
    assert!(
        (service.utilization / (rate * service.mean_service_ms / 1e3) - 1.0).abs() < 1e-3,
        "U = lambda S"
    );
}

/// M/M/c/K: loss, waiting and occupancy against the formulas, in a queue that is mostly full.
#[test]
fn a_bounded_queue_loses_what_theory_says() {
    // lambda = 120/s, mu = 10/s, c = 10, K = 20: loss 0.1796659, Lq 6.26049 (K counts those in service).
    let text = "Scenario(format: 1, name: \"M/M/c/K\", warm_up: \"60s\", horizon: \"60m\", seed: 3,
        services: { \"q\": Service(threads: 10, queue: Fifo(capacity: 10), operations: { \"op\": [Work(Exp(\"100ms\"))] }) },
        traffic: { \"c\": Open(rate: \"120/s\", entry: \"q.op\") })";
    let incident = replay(&knockon::scenario::Scenario::parse(text).unwrap());
    let class = &incident.summary.traffic["c"];
    let loss = class.failed as f64 / class.requests as f64;
    // 432,000 requests; losses come in bursts, so the interval is wider than the binomial one.
    assert!((loss - 0.179_665_9).abs() < 0.006, "loss {loss}");
    let service = &incident.summary.services["q"];
    let waiting = service.mean_in_flight - service.utilization * 10.0;
    assert!((waiting - 6.260_49).abs() < 0.12, "Lq {waiting}");
    assert_eq!(class.failed_by_cause["queue_full"], class.failed);
}

/// M/M/c: the wait against Erlang C.
#[test]
fn parallel_servers_wait_as_erlang_says() {
    // lambda = 80/s, mu = 10/s, c = 10: a = 8, W = 0.204590 S = 20.459 ms.
    let text = "Scenario(format: 1, name: \"M/M/c\", warm_up: \"60s\", horizon: \"60m\", seed: 4,
        services: { \"q\": Service(threads: 10, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(Exp(\"100ms\"))] }) },
        traffic: { \"c\": Open(rate: \"80/s\", entry: \"q.op\") })";
    let incident = replay(&knockon::scenario::Scenario::parse(text).unwrap());
    let wait = incident.summary.services["q"].mean_wait_ms;
    assert!((wait - 20.459).abs() < 1.4, "W {wait} ms");
}

/// M/G/1: the Pollaczek-Khinchine formula for service times less and more variable than exponential ones.
#[test]
fn the_wait_grows_with_the_variance_of_service() {
    // rho = 0.7, S = 10 ms: W = rho S (1 + c2) / (2 (1 - rho)) = 11.667 ms x (1 + c2).
    for (work, scv, tolerance) in [
        ("Constant(\"10ms\")", 0.0, 0.35),
        ("Erlang(stages: 4, mean: \"10ms\")", 0.25, 0.5),
        ("LogNormal(mean: \"10ms\", cv: 1.5)", 2.25, 4.5),
    ] {
        let text = format!(
            "Scenario(format: 1, name: \"M/G/1\", warm_up: \"60s\", horizon: \"60m\", seed: 5,
            services: {{ \"q\": Service(threads: 1, queue: Fifo(capacity: Unbounded), operations: {{ \"op\": [Work({work})] }}) }},
            traffic: {{ \"c\": Open(rate: \"70/s\", entry: \"q.op\") }})"
        );
        let incident = replay(&knockon::scenario::Scenario::parse(&text).unwrap());
        let wait = incident.summary.services["q"].mean_wait_ms;
        let theory = 11.667 * (1.0 + scv);
        assert!((wait - theory).abs() < tolerance, "{work}: W {wait} ms, theory {theory} ms");
    }
}

/// Fan-out without queueing: the mean of the longest of n exponential calls is `H_n` times the mean of one.
#[test]
fn a_fan_out_waits_for_its_slowest_call() {
    let calls = ["\"leaf.op\""; 10].join(", ");
    let text = format!(
        "Scenario(format: 1, name: \"fan-out\", warm_up: \"10s\", horizon: \"20m\", seed: 6,
        services: {{
            \"root\": Service(threads: 1000, operations: {{ \"all\": [Parallel([{calls}])], \"seven\": [Parallel([{calls}], join: Quorum(7))] }}),
            \"leaf\": Service(threads: 10000, operations: {{ \"op\": [Work(Exp(\"100ms\"))] }}),
        }},
        traffic: {{ \"all\": Open(rate: \"20/s\", entry: \"root.all\"), \"seven\": Open(rate: \"20/s\", entry: \"root.seven\") }})"
    );
    let incident = replay(&knockon::scenario::Scenario::parse(&text).unwrap());
    // H_10 = 2.92897, and H_10 - H_3 = 1.09563 for the seventh of ten.
    for (class, mean_ms) in [("all", 292.897), ("seven", 109.563)] {
        let measured = incident.summary.traffic[class].latency_ms.mean;
        assert!((measured - mean_ms).abs() < 0.015 * mean_ms, "{class}: {measured} ms, theory {mean_ms} ms");
    }
}
