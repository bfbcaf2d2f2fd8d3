//! Journeys: what they stand for, and what is said where one is named instead of its steps.

use crate::scenario::{Choice, Document, Rejected, Resolved};
use crate::time::SimDuration;

/// A shopper's journey beside a class, with something more in the scenario.
fn resolve(more: &str) -> Result<Resolved, Rejected> {
    let text = format!(
        "Scenario(format: 1, name: \"x\", horizon: \"1m\",
        services: {{ \"shop\": Service(operations: {{ \"find\": [Call(\"db.read\")], \"buy\": [Call(\"db.read\")] }}),
                    \"db\": Service(operations: {{ \"read\": [Branch({condition}, then: [Fail])] }}) }},
        traffic: {{ \"bots\": Open(rate: \"1/s\", entry: \"shop.find\"),
                   \"shopper\": Journey(\"2/s\", {{ \"find\": Visit(\"shop.find\"), \"buy\": Visit(\"shop.buy\") }}, value: 5) }},
        {more})",
        condition = if more.starts_with("Class") { more } else { "Class(\"shopper: buy\")" },
        more = if more.starts_with("Class") { "" } else { more },
    );
    Document::parse("x", text.as_bytes(), &|_| Err(String::new()))?.resolve(&Choice::default())
}

#[test]
fn each_step_is_a_class() {
    let resolved = resolve("").unwrap();
    assert_eq!(resolved.warnings, []);
    let classes = resolved.scenario.classes();
    let names: Vec<&str> = classes.iter().map(|class| class.name.as_str()).collect();
    assert_eq!(names, ["bots", "shopper: find", "shopper: buy"]);
    let values: Vec<f64> = classes.iter().map(|class| class.value).collect();
    assert_eq!(values, [0.0, 0.0, 5.0], "only the last step is worth something");
}

#[test]
fn where_a_class_is_wanted_a_journey_is_refused_and_its_steps_are_named() {
    for (more, calls) in [
        ("Class(\"shopper\")", false),
        ("monitors: { \"m\": Rate(of: \"shopper\") }", false),
        ("monitors: { \"m\": Rate(of: Class(\"shopper\")) }", false),
        ("monitors: { \"m\": Rate(of: \"shopper -> shop\") }", true),
        ("faults: [Fault(at: \"T+1s\", on: \"shopper->shop\", effect: Errors(\"5%\"))]", true),
        ("expect: [Load(\"T+1s\", \"T+9s\", \"shopper -> shop\", AtMost(2))]", true),
    ] {
        let rejected = resolve(more).unwrap_err();
        let [problem] = &rejected.diagnostics[..] else { panic!("{more}: {:#?}", rejected.diagnostics) };
        assert_eq!(
            problem.message,
            "`shopper` is a journey: each of its steps is a traffic class of its own"
        );
        let help = if calls {
            "write \"shopper: buy -> shop\" or \"shopper: find -> shop\""
        } else {
            "write \"shopper: buy\" or \"shopper: find\""
        };
        assert_eq!(problem.help.as_deref(), Some(help), "{more}");
    }
    let wrong = resolve("monitors: { \"m\": Rate(of: \"shopper: by\") }").unwrap_err();
    assert_eq!(wrong.diagnostics[0].label, "did you mean `shopper: buy`?");
}

#[test]
fn a_surge_is_one_of_the_journey_and_of_no_step() {
    let surge = |on: &str| {
        format!("faults: [Fault(at: \"T+1s\", for: \"1s\", on: Traffic(\"{on}\"), effect: Surge(2))]")
    };
    assert!(resolve(&surge("shopper")).is_ok());
    assert!(resolve(&surge("bots")).is_ok());
    let rejected = resolve(&surge("shopper: buy")).unwrap_err();
    assert_eq!(rejected.diagnostics[0].message, "`shopper: buy` is a step of a journey");
    assert_eq!(rejected.diagnostics[0].help.as_deref(), Some("write \"shopper\""));
}

#[test]
fn the_policy_of_a_step_states_only_what_differs_from_that_of_its_journey() {
    let calls = "calls: { \"shopper -> shop\": Policy(timeout: \"1s\", deadline: \"9s\"),
        \"shopper: buy -> shop\": Policy(timeout: \"2s\"), \"shopper: buy->shop.buy\": Policy(network: \"1ms\") }";
    let resolved = resolve(calls).unwrap();
    assert_eq!(resolved.warnings, []);
    let policy =
        |name: &str| resolved.scenario.calls.iter().find(|(key, _)| key.value == name).unwrap().1.clone();
    let second = SimDuration::from_secs(1);
    for (name, timeout) in
        [("shopper -> shop", 1), ("shopper: buy -> shop", 2), ("shopper: buy -> shop.buy", 2)]
    {
        assert_eq!((policy(name).timeout, policy(name).deadline), (Some(second * timeout), Some(second * 9)));
    }
    let never = resolve("calls: { \"shopper: find -> db\": Policy() }").unwrap();
    assert_eq!(never.warnings[0].message, "`shopper: find` never calls `db`");
}

#[test]
fn a_service_whose_name_looks_like_a_step_is_none() {
    let text = "Scenario(format: 1, name: \"x\", horizon: \"1m\",
        services: { \"a\": Service(operations: { \"x\": [Call(\"c.x\"), Call(\"a: b.x\")] }),
            \"a: b\": Service(operations: { \"x\": [Call(\"c.x\")] }), \"c\": Service(operations: { \"x\": [] }) },
        calls: { \"a -> c\": Policy(timeout: \"1s\"), \"a: b -> c\": Policy(deadline: \"2s\") },
        traffic: { \"t\": Open(rate: \"1/s\", entry: \"a.x\") })";
    let scenario = crate::scenario::Scenario::parse(text).unwrap();
    assert_eq!(scenario.calls[1].1.timeout, None);
}
