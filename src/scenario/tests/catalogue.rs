//! The schema against itself: every default and example it shows can be read.

use crate::scenario::read::decode::{Schema, default_node};
use crate::scenario::read::schema::{Shape, TypeInfo};
use crate::scenario::{Policy, Scenario};

const EMPTY: &str = "Scenario(format: 1, name: \"x\", horizon: \"1m\", \
    services: { \"a\": Service(operations: { \"op\": [] }) }, \
    traffic: { \"t\": Open(rate: \"1/s\", entry: \"a.op\") })";

fn each_type(visit: &mut dyn FnMut(&'static TypeInfo)) {
    let mut seen: Vec<&'static TypeInfo> = Vec::new();
    let mut next = vec![Scenario::info()];
    while let Some(info) = next.pop() {
        if seen.iter().any(|known| std::ptr::eq(*known, info)) {
            continue;
        }
        seen.push(info);
        visit(info);
        for field in info.forms.iter().flat_map(|form| form.fields) {
            let mut shape = field.shape;
            while let Shape::List(inner) | Shape::Map(inner) | Shape::Optional(inner) = shape {
                shape = *inner;
            }
            if let Shape::Type(info) = shape {
                next.push(info());
            }
        }
    }
    assert!(seen.len() > 30);
}

#[test]
fn every_type_and_form_is_documented() {
    each_type(&mut |info| {
        assert!(!info.docs.is_empty(), "{}", info.name);
        for form in info.forms {
            assert!(!form.docs.is_empty(), "{}.{}", info.name, form.name);
        }
    });
}

#[test]
fn every_default_is_a_value() {
    each_type(&mut |info| {
        for form in info.forms {
            for field in form.fields.iter().filter(|field| field.default.is_some()) {
                let node = default_node(field, crate::diagnostic::Span::default());
                assert!(node.is_some(), "{}.{}", form.name, field.name);
            }
        }
    });
    Scenario::parse(EMPTY).unwrap();
}

#[test]
fn a_policy_without_fields_is_the_default_policy() {
    let text = EMPTY.replace("traffic:", "calls: { \"t -> a\": Policy() }, traffic:");
    assert_eq!(Scenario::parse(&text).unwrap().calls[0].1, Policy::default());
}

/// Examples are shown to people who are stuck: each must be right.
#[test]
fn every_example_is_read() {
    let places = [
        ("Queue", "services.a.queue"),
        ("WhenFull", "services.a.when_full"),
        ("Restart", "services.a.restart"),
        ("CrashBackoff", "services.a.restart.backoff"),
        ("Memory", "services.a.memory"),
        ("Probe", "services.a.probe"),
        ("RateLimit", "services.a.rate_limits.op"),
        ("Shed", "services.a.shed"),
        ("Policy", "calls.'t -> a'"),
        ("Retry", "calls.'t -> a'.retry"),
        ("Breaker", "calls.'t -> a'.breaker"),
        ("Budget", "calls.'t -> a'.retry.budget"),
        ("Backoff", "calls.'t -> a'.retry.backoff"),
        ("BreakerWindow", "calls.'t -> a'.breaker"),
        ("BreakerTrip", "calls.'t -> a'.breaker"),
        ("DurationDistribution", "calls.'t -> a'.network"),
        ("Bulkhead", "calls.'t -> a'.bulkhead"),
        ("Throttle", "calls.'t -> a'.throttle"),
        ("Jitter", "calls.'t -> a'.retry"),
        ("Pool", "calls.'t -> a'.pool"),
        ("Fallback", "calls.'t -> a'.fallback"),
        ("Balancer", "calls.'t -> a'.balancer"),
        ("Rate", "traffic.t.rate"),
        ("Slo", "traffic.t.slo"),
        ("Impact", "impact"),
        ("Limits", "limits"),
    ];
    each_type(&mut |info| {
        let Some((_, place)) = places.iter().find(|(name, _)| *name == info.name) else { return };
        for form in info.forms {
            let example = form.example();
            let value = match info.name {
                "Jitter" => format!("Retry(backoff: Exponential(base: \"1s\"), jitter: {example})"),
                "BreakerWindow" => format!("Resilience4j(window: {example})"),
                "BreakerTrip" => format!("Gobreaker(trip: {example})"),
                _ => example,
            };
            let document =
                crate::scenario::Document::parse("x", EMPTY.as_bytes(), &|_| Err(String::new())).unwrap();
            let choice =
                crate::scenario::Choice { sets: vec![format!("{place}={value}")], ..Default::default() };
            if let Err(rejected) = document.resolve(&choice) {
                panic!("{place}={value}: {:#?}", rejected.diagnostics);
            }
        }
    });
}
