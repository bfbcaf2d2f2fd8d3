//! Mistakes around admission, probes, and what monitors read of a service.

use std::fmt::Write;

use super::mistakes::{GOOD, problems};

/// Each makes one mistake in the good scenario: what stands there, and what is written instead.
const MISTAKES: &[(&str, &str)] = &[
    ("threads: 50", "rate_limits: { \"raed\": \"60/s\" }"),
    ("threads: 50", "rate_limits: { \"db.read\": \"60/s\" }"),
    ("threads: 50", "rate_limits: { \"read\": 60 }"),
    ("threads: 50", "rate_limits: { \"read\": \"60\" }"),
    ("threads: 50", "rate_limits: { \"read\": TokenBucket(\"60/s\", burst: 0) }"),
    ("threads: 50", "rate_limits: { \"read\": Ramp(from: \"60/s\", to: \"170/s\") }"),
    ("threads: 50", "rate_limits: { \"read\": Ramp(from: \"60/s\", to: \"170/s\", over: \"0s\") }"),
    ("threads: 50", "rate_limits: { \"read\": Bucket(\"60/s\") }"),
    ("threads: 50", "rate_limits: [(\"read\", \"60/s\")]"),
    ("threads: 50", "shed: [Shed(queue: 50)]"),
    ("threads: 50", "shed: [Shed(queue: 50, below: 0)]"),
    ("threads: 50", "shed: [Shed(queue: 50, below: 256)]"),
    ("threads: 50", "shed: Shed(queue: 101, below: 5)"),
    ("users: 50_000", "priority: 5"),
    ("threads: 50", "probe: Probe(asks: \"raed\")"),
    ("threads: 50", "probe: Probe(asks: \"user.login\")"),
    ("threads: 50", "probe: Probe(asks: \"db.read\")"),
    ("threads: 50", "probe: Probe(asks: read)"),
    ("timeout: \"1.5s\"", "detection: Probes"),
    ("timeout: \"1.5s\"", "detection: Probe"),
    ("Retry(max_attempts: 4)", "Retry(on: [RateLimited, NotMade])"),
    ("Latency(of: Service(\"db\"), quantile: 0.9)", "Busy(of: \"buyers\")"),
    ("Latency(of: Service(\"db\"), quantile: 0.9)", "Queue(of: \"shop -> db\")"),
    ("Latency(of: Service(\"db\"), quantile: 0.9)", "Ready(of: \"buyers\")"),
    ("Latency(of: Service(\"db\"), quantile: 0.9)", "Pauses(of: \"shop -> db\")"),
    ("Latency(of: Service(\"db\"), quantile: 0.9)", "Retries(of: \"buyers\")"),
    ("Latency(of: Service(\"db\"), quantile: 0.9)", "Queue(of: \"db\", window: \"60s\")"),
    ("Latency(of: Service(\"db\"), quantile: 0.9)", "Queue(of: \"db\", alert: Above(\"50%\"))"),
    ("Latency(of: Service(\"db\"), quantile: 0.9)", "Pauses(of: \"db\", alert: Above(5))"),
];

#[test]
fn each_mistake_is_located_and_explained() {
    let mut out = String::new();
    for (right, wrong) in MISTAKES {
        // Nobody matters more than the buyers: what is shed of `user` are they.
        let shed = "queue: Fifo(capacity: 150), shed: [Shed(queue: 50, below: 5)]";
        let good = GOOD.replace("queue: Fifo(capacity: 150)", shed);
        assert_eq!(problems(&good), "");
        assert_eq!(good.matches(right).count(), 1, "{right}");
        let found = problems(&good.replace(right, wrong));
        assert!(!found.is_empty(), "{wrong} is accepted");
        let _ = writeln!(out, "{right}  =>  {wrong}\n{found}");
    }
    insta::assert_snapshot!("admission", out);
}

#[test]
fn what_is_right_is_read() {
    use crate::scenario::{Detection, RateLimit, Reading, Scenario};
    use crate::time::SimDuration;
    let text = GOOD
        .replace(
            "threads: 50",
            "rate_limits: { \"read\": \"60/min\" }, shed: Shed(50, below: 5), probe: Probe(asks: \"read\")",
        )
        .replace(
            "replicas: 3",
            "rate_limits: { \"login\": Ramp(from: \"60/s\", to: \"170/s\", over: \"2m\") }, probe: Probe()",
        )
        .replace("Retry(max_attempts: 4)", "Retry(on: [RateLimited, Shed]), detection: Probes")
        .replace("Latency(of: Service(\"db\"), quantile: 0.9)", "Queue(of: \"db\", alert: Above(50))");
    assert_eq!(problems(&text), "");
    let scenario = Scenario::parse(&text).unwrap();
    let (db, user) = (&scenario.services[0].1, &scenario.services[1].1);
    assert_eq!(db.rate_limits[0].1, RateLimit::TokenBucket { rate: 1.0, burst: 10 });
    let over = SimDuration::from_secs(120);
    assert_eq!(user.rate_limits[0].1, RateLimit::Ramp { from: 60.0, to: 170.0, over, burst: 10 });
    assert_eq!((*db.shed[0].queue, *db.shed[0].below), (50, 5));
    assert_eq!(db.probe.as_ref().unwrap().asks.as_ref().unwrap().as_str(), "read");
    assert_eq!(scenario.calls[0].1.detection, Detection::Probes);
    let queue = &scenario.monitors[1].1;
    assert_eq!((queue.reading, queue.window), (Reading::Queue, queue.scrape));
}
