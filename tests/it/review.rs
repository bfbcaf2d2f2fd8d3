//! The design review: the forecast against a run, and the findings of the library.

use knockon::model::lint::{self, Finding};
use knockon::model::{Forecast, Model};
use knockon::scenario::Scenario;

use crate::support::{replay, scenario_with};

const THURSDAY: &str = "thursday-checkout-outage.ron";

fn review(scenario: &Scenario) -> Vec<Finding> {
    let model = Model::compile(scenario);
    lint::review(&model, &Forecast::of(&model))
}

fn codes(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|finding| finding.code).collect()
}

/// By hand: 10,000/min + 8,000/min, 45 ms + 10 % x 200 ms, 50 threads.
#[test]
fn thursday_is_forecast_as_by_hand() {
    let model = Model::compile(&scenario_with(THURSDAY, None, &[]));
    let forecast = Forecast::of(&model);
    let (id, _) = model.services.enumerate().find(|(_, service)| service.name == "user").unwrap();
    let user = forecast.services[id];
    for (value, wanted) in [
        (user.attempts_per_s, 300.0),
        (user.hold_s, 0.065),
        (user.utilization(), 0.39),
        (user.capacity_per_s, 769.230_769),
        (user.worst_per_s, 800.0),
    ] {
        assert!((value / wanted - 1.0).abs() < 1e-6, "{value}, not {wanted}");
    }
    assert_eq!(user.threads, 50);
    assert_eq!(user.worst_when, Some(id));
}

/// A run of twenty minutes without a fault keeps the threads as busy as forecast, of every service.
#[test]
fn a_run_is_as_busy_as_forecast() {
    let scenario = scenario_with(THURSDAY, None, &["faults=[]", "expect=[]", "horizon=\"20m\""]);
    let model = Model::compile(&scenario);
    let forecast = Forecast::of(&model);
    let services = replay(&scenario).summary.services;
    for (id, service) in model.services.enumerate() {
        let (told, seen) = (forecast.services[id].utilization(), services[&service.name].utilization);
        assert!((seen / told - 1.0).abs() < 0.02, "{}: {seen}, forecast {told}", service.name);
    }
}

#[test]
fn thursday_is_vulnerable_to_a_retry_storm() {
    let findings = review(&scenario_with(THURSDAY, None, &[]));
    assert_eq!(codes(&findings), ["L004", "L005", "L010", "L020", "L030", "L032", "L050"]);
    let storm = &findings[2].message;
    assert!(storm.contains("`user`") && storm.contains("769/s") && storm.contains("800/s"), "{storm}");
    for variant in ["no retries", "one retry", "retry budget", "circuit breaker", "more capacity"] {
        let findings = review(&scenario_with(THURSDAY, Some(variant), &[]));
        assert!(!codes(&findings).contains(&"L010"), "{variant}: {findings:#?}");
    }
}

#[test]
fn a_cache_that_carries_load_is_found() {
    let found = |variant| {
        let findings = review(&scenario_with("hotos21-cache.ron", variant, &[]));
        findings.into_iter().find(|finding| finding.code == "L005").map(|finding| finding.message)
    };
    let words = "with the caches of `app` cold, 2500/s reach `db`, which can carry 300/s";
    assert_eq!(found(None).as_deref(), Some(words));
    assert_eq!(found(Some("280/s")), None);
}

#[test]
fn retries_on_two_layers_multiply() {
    let sets = ["calls.'users -> front'=Policy(timeout: \"5s\", retry: Retry(max_attempts: 3))"];
    let scenario = scenario_with("retry-storm-minimal.ron", None, &sets);
    let findings = review(&scenario);
    let layers = findings.iter().find(|finding| finding.code == "L011").unwrap();
    let words = "9x the attempts at `back` (3 on `users -> front` x 3 on `front -> back`)";
    assert!(layers.message.contains(words), "{}", layers.message);
    assert!(findings[0].message.contains("540/s"), "the storm has both layers: {}", findings[0].message);
}

#[test]
fn a_single_queue_is_only_single_and_a_queue() {
    assert_eq!(codes(&review(&scenario_with("00-single-queue.ron", None, &[]))), ["L030", "L050"]);
}
