//! Large scenarios: where the limits are, and that what is within them is read quickly.

use std::fmt::Write;

use crate::diagnostic::Severity;
use crate::scenario::{Choice, Document, Scenario};

fn scenario(services: &str, entry: &str) -> String {
    format!(
        "Scenario(format: 1, name: \"large\", horizon: \"1m\", services: {{ {services} }}, \
         traffic: {{ \"t\": Open(rate: \"1/s\", entry: \"{entry}\") }})"
    )
}

/// `length` services, each calling the next.
fn chain(length: usize) -> String {
    let mut services = String::new();
    for n in 0..length {
        let steps =
            if n + 1 < length { format!("Call(\"s{}.x\")", n + 1) } else { "Work(\"1ms\")".to_owned() };
        let _ = write!(services, "\"s{n}\": Service(operations: {{ \"x\": [{steps}] }}),");
    }
    scenario(&services, "s0.x")
}

fn errors(text: &str) -> Vec<String> {
    match Scenario::parse(text) {
        Ok(_) => Vec::new(),
        Err(rejected) => {
            let errors =
                rejected.diagnostics.into_iter().filter(|problem| problem.severity == Severity::Error);
            errors.map(|problem| problem.message).collect()
        }
    }
}

#[test]
fn chains_of_calls_are_limited() {
    assert_eq!(errors(&chain(200)), [""; 0]);
    assert_eq!(errors(&chain(201)), ["a chain of 201 calls begins here"]);
}

#[test]
fn replicas_in_all_are_limited() {
    let services = |count: usize| {
        (0..count).fold(String::new(), |mut text, n| {
            let _ = write!(text, "\"s{n}\": Service(replicas: 10_000, operations: {{ \"x\": [] }}),");
            text
        })
    };
    assert_eq!(errors(&scenario(&services(10), "s0.x")), [""; 0]);
    assert_eq!(errors(&scenario(&services(11), "s0.x")), ["110000 replicas in all are too many"]);
}

#[test]
fn thousands_of_services_are_read() {
    let mut services = String::new();
    for n in 0..5_000 {
        let _ = write!(services, "\"s{n}\": Service(operations: {{ \"x\": [Work(Exp(\"2ms\"))] }}),");
    }
    assert_eq!(errors(&scenario(&services, "s0.x")), [""; 0]);
}

#[test]
fn every_shipped_scenario_and_variant_is_right() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let load = |path: &str| std::fs::read(path).map_err(|error| error.to_string());
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "ron"));
    paths.sort();
    assert!(!paths.is_empty());
    for path in paths {
        let name = path.to_string_lossy().into_owned();
        let document = Document::parse(&name, &std::fs::read(&path).unwrap(), &load)
            .unwrap_or_else(|rejected| panic!("{name}: {:#?}", rejected.diagnostics));
        let variants = document.variants().into_iter().map(|variant| Some(variant.name));
        for variant in std::iter::once(None).chain(variants) {
            let choice = Choice { variant: variant.clone(), ..Choice::default() };
            let resolved = document
                .resolve(&choice)
                .unwrap_or_else(|rejected| panic!("{name}, {variant:?}: {:#?}", rejected.diagnostics));
            assert_eq!(resolved.warnings, [], "{name}, {variant:?}");
        }
    }
}

#[test]
fn a_whole_number_that_is_too_large_is_out_of_range_and_no_fraction() {
    let with = |threads: &str| {
        errors(&scenario(
            &format!("\"s0\": Service(threads: {threads}, operations: {{ \"x\": [] }})"),
            "s0.x",
        ))
    };
    for large in ["99999999999999999999", "1e30", "99999999999999999999999999999999999999999999"] {
        let told = with(large);
        assert!(told.len() == 1 && told[0].contains("out of range"), "{large}: {told:?}");
    }
    assert_eq!(with("1.5"), ["expected a whole number, found a fraction"]);
}
