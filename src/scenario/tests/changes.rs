//! What a response sets while a run goes on: what it means, and what is said about what cannot be set.

use std::fmt::Write;

use crate::diagnostic::Severity;
use crate::scenario::read::decode::Schema;
use crate::scenario::read::schema::{Shape, TypeInfo};
use crate::scenario::tests::mistakes::problems;
use crate::scenario::{Change, Changed, Choice, Document, Policy, Rejected, Resolved, Scenario, Service};

const GOOD: &str = include_str!("good.ron");

/// The good scenario with other policies of calls.
fn with_calls(calls: &str) -> String {
    let plain = "calls: { \"shop -> user\": Policy(timeout: \"1.5s\", retry: Retry(max_attempts: 4)) }";
    assert!(GOOD.contains(plain));
    GOOD.replace(plain, &format!("calls: {{ {calls} }}"))
}

/// A scenario with a response that sets these.
fn setting(text: &str, sets: &[(&str, &str)]) -> String {
    let set = |(path, value): &(&str, &str)| format!("Set(\"{}\", {value})", path.replace('"', "\\\""));
    let sets = sets.iter().map(set).collect::<Vec<_>>().join(", ");
    text.replace("faults: [", &format!("response: [Act(at: \"T+5s\", does: [{sets}])], faults: ["))
}

fn resolve(text: &str, sets: &[String]) -> Result<Resolved, Rejected> {
    let document = Document::parse("shop.ron", text.as_bytes(), &|_| Err(String::new())).unwrap();
    document.resolve(&Choice { sets: sets.to_vec(), ..Choice::default() })
}

fn scenario(text: &str, sets: &[String]) -> Scenario {
    resolve(text, sets).unwrap_or_else(|rejected| panic!("{:#?}\n{text}", rejected.diagnostics)).scenario
}

fn policy<'a>(scenario: &'a Scenario, key: &str) -> &'a Policy {
    &scenario.calls.iter().find(|(name, _)| name.value == key).unwrap().1
}

/// Puts a change in force in a scenario.
fn apply(change: &Change, to: &mut Scenario) {
    match &change.what {
        Changed::Service(name, patch) => {
            let service = to.services.iter_mut().find(|(known, _)| known.value == *name).unwrap();
            patch.apply(&mut service.1);
        }
        Changed::Calls(policies) => {
            for (key, patch) in policies {
                let policy = to.calls.iter_mut().find(|(known, _)| known.value == *key).unwrap();
                patch.apply(&mut policy.1);
            }
        }
    }
}

const RICH: &str = "\"shop -> user\": Policy(timeout: \"1.5s\", deadline: \"9s\",
    retry: Retry(max_attempts: 4, backoff: Exponential(base: \"100ms\"), budget: Ratio(share: \"20%\")),
    breaker: Resilience4j(window: Calls(10), min_calls: 5), bulkhead: Bulkhead(max_concurrent: 5), throttle: Resilience4j(limit: 5, period: \"1s\"), pool: Pool(size: 7),
    network: Uniform(\"1ms\", \"2ms\"))";

#[test]
fn one_change_after_another_comes_to_the_same_as_overrides() {
    let call = "calls.'shop -> user'.";
    let steps = [
        ("timeout", "\"2s\""),
        ("deadline", "None"),
        ("cancel", "AtOnce"),
        ("late_reply", "Accept"),
        ("retry.max_attempts", "1"),
        ("retry.backoff.factor", "3"),
        ("retry.backoff.max", "\"1s\""),
        ("retry.budget.share", "\"30%\""),
        ("retry.budget.window", "\"20s\""),
        ("retry.jitter", "Decorrelated"),
        ("retry.on", "[Timeout, Reset]"),
        ("retry.order", "Inside"),
        ("breaker.open_for", "\"3s\""),
        ("breaker.window.calls", "20"),
        ("breaker.failure_rate", "\"80%\""),
        ("breaker.open_factor", "1.5"),
        ("breaker.open_max", "\"90s\""),
        ("bulkhead.max_concurrent", "2"),
        ("bulkhead.max_wait", "\"1s\""),
        ("throttle.limit", "7"),
        ("throttle.max_wait", "\"1s\""),
        ("pool.size", "3"),
        ("balancer", "LeastInFlight"),
        ("network.low", "\"0.5ms\""),
        ("network.high", "\"5ms\""),
        // Another form takes the place of the whole.
        ("breaker.window", "Time(\"30s\")"),
        ("network", "Exp(\"3ms\")"),
        ("retry.budget", "Tokens(capacity: 5)"),
        ("retry.budget", "AwsSdk()"),
        ("retry.jitter", "Around(\"20%\")"),
        ("throttle", "Adaptive()"),
        ("breaker", "Consecutive(failures: 3)"),
        ("breaker", "Hystrix(min_calls: 5)"),
        ("breaker", "Gobreaker()"),
        ("breaker", "Polly(open_for: \"9s\")"),
        ("bulkhead", "None"),
        ("pool", "None"),
        ("retry", "None"),
    ];
    let steps = steps.map(|(field, value)| (format!("{call}{field}"), value)).into_iter().chain(
        [
            ("threads", "9"),
            ("contention", "\"2%\""),
            ("queue.capacity", "4"),
            ("when_full", "Silent"),
            ("restart.startup", "\"1s\""),
            ("queue", "Lifo(capacity: 3)"),
        ]
        .map(|(field, value)| (format!("services.user.{field}"), value)),
    );
    let text = with_calls(RICH);
    let mut world = scenario(&text, &[]);
    let mut overrides = Vec::new();
    for (path, value) in steps {
        let set = scenario(&setting(&text, &[(&path, value)]), &[]);
        let change = set.changes().next().unwrap();
        assert_eq!(change.label, format!("{path} = {value}"));
        let before = world.clone();
        apply(change, &mut world);
        assert_ne!(world, before, "{path}");
        overrides.push(format!("{path}={value}"));
        let wanted = scenario(&text, &overrides);
        assert_eq!(world.calls, wanted.calls, "{path}");
        assert_eq!(world.services, wanted.services, "{path}");
    }
}

#[test]
fn what_the_file_says_can_be_set_again() {
    let text = with_calls(RICH);
    let written = scenario(&text, &[]);
    for (path, other, value) in [
        ("calls.'shop -> user'.retry.max_attempts", "1", "4"),
        ("calls.'shop -> user'.timeout", "None", "\"1.5s\""),
        ("calls.'shop -> user'.bulkhead.max_concurrent", "9", "5"),
        ("calls.'shop -> user'.retry.backoff.max", "\"1s\"", "\"30s\""),
        ("services.user.queue.capacity", "Unbounded", "150"),
    ] {
        let set = scenario(&setting(&text, &[(path, other), (path, value)]), &[]);
        let mut world = written.clone();
        let mut changes = set.changes();
        apply(changes.next().unwrap(), &mut world);
        assert_ne!(world, written, "{path}");
        apply(changes.next().unwrap(), &mut world);
        assert_eq!(world, written, "{path}");
    }
}

/// Everything that can be written below a place, each field with its example.
fn each_field(
    info: &'static TypeInfo,
    place: &str,
    above: &[String],
    visit: &mut dyn FnMut(&[String], &str, String),
) {
    for form in info.forms {
        let mut above = above.to_vec();
        if info.choice || !place.ends_with('\'') && place.matches('.').count() > 1 {
            above.push(format!("{place}={}", form.example()));
        }
        for field in form.fields {
            let path = format!("{place}.{}", field.name);
            visit(&above, &path, field.example());
            if let Shape::Type(inner) = field.shape.solid()
                && field.name != "operations"
            {
                each_field(inner(), &path, &above, visit);
            }
        }
    }
}

#[test]
fn every_setting_can_be_changed_exactly_where_it_can_be_overridden() {
    let mut tried = (0, 0);
    let mut visit = |above: &[String], path: &str, value: String| {
        let below: Vec<&str> = path.split('.').collect();
        let fixed = ["replicas", "operations", "probe", "scope", "caches"];
        if fixed.contains(&below[2]) {
            return;
        }
        let Ok(start) = resolve(GOOD, above) else { return };
        let overridden = resolve(GOOD, &[above, &[format!("{path}={value}")]].concat());
        let changed = resolve(&setting(GOOD, &[(path, &value)]), above);
        match (overridden, changed) {
            (Ok(overridden), Ok(changed)) => {
                tried.0 += 1;
                let mut world = start.scenario;
                apply(changed.scenario.changes().next().unwrap(), &mut world);
                assert_eq!(world.calls, overridden.scenario.calls, "{above:?} {path}={value}");
                assert_eq!(world.services, overridden.scenario.services, "{above:?} {path}={value}");
            }
            (Err(overridden), Err(changed)) => {
                tried.1 += 1;
                let messages = |rejected: Rejected| {
                    rejected.diagnostics.into_iter().map(|problem| problem.message).collect::<Vec<_>>()
                };
                assert_eq!(messages(overridden), messages(changed), "{above:?} {path}={value}");
            }
            (Ok(_), Err(rejected)) | (Err(rejected), Ok(_)) => {
                panic!("{above:?} {path}={value}: {:#?}", rejected.diagnostics)
            }
        }
    };
    each_field(Policy::info(), "calls.'shop -> user'", &[], &mut visit);
    each_field(Service::info(), "services.user", &[], &mut visit);
    assert!(tried.0 > 60 && tried.1 < tried.0 / 4, "{tried:?}");
}

/// The keys of the policies that a change of the first path changes.
fn keys(text: &str, path: &str, value: &str) -> Vec<String> {
    let scenario = scenario(&setting(text, &[(path, value)]), &[]);
    let Changed::Calls(policies) = &scenario.changes().next().unwrap().what else { panic!() };
    policies.iter().map(|(key, _)| key.clone()).collect()
}

#[test]
fn a_wider_policy_changes_those_that_inherit_the_very_field() {
    let narrow = |policy: &str| {
        with_calls(&format!(
            "\"shop -> user\": Policy(timeout: \"1.5s\", retry: Retry(max_attempts: 4)),
            \"shop.buy -> user.login\": Policy({policy})"
        ))
    };
    let wide = "calls.'shop -> user'.";
    let both = ["shop -> user", "shop.buy -> user.login"];
    for (policy, field, value, changed) in [
        ("", "timeout", "\"1s\"", &both[..]),
        ("deadline: \"3s\"", "timeout", "\"1s\"", &both),
        ("timeout: \"2s\"", "timeout", "\"1s\"", &both[..1]),
        // Also if nothing seems to change: something else may have been set in the meantime.
        ("", "timeout", "\"1.5s\"", &both),
        ("timeout: \"1.5s\"", "timeout", "\"1.5s\"", &both[..1]),
        ("retry: Retry(backoff: Fixed(\"1s\"))", "retry.max_attempts", "1", &both),
        ("retry: Retry(max_attempts: 2)", "retry.max_attempts", "1", &both[..1]),
        ("retry: None", "retry.max_attempts", "1", &both[..1]),
        ("retry: Retry(max_attempts: 2)", "retry", "Retry(jitter: Full)", &both),
        ("", "retry", "None", &both),
    ] {
        let path = format!("{wide}{field}");
        assert_eq!(keys(&narrow(policy), &path, value), changed, "{policy}: {field} = {value}");
    }
    assert_eq!(keys(&narrow(""), "calls.'shop.buy -> user.login'.timeout", "\"1s\""), both[1..]);
}

#[test]
fn a_policy_that_is_not_written_inherits_until_it_changes() {
    for key in ["shop.buy -> user.login", "shop->user.login", "user -> db"] {
        let text = setting(GOOD, &[(&format!("calls.\"{key}\".retry.backoff"), "Fixed(\"1s\")")]);
        let scenario = scenario(&text, &[]);
        let key = key.replace("shop->user", "shop -> user");
        let wide = if key == "user -> db" { &Policy::default() } else { policy(&scenario, "shop -> user") };
        assert_eq!(policy(&scenario, &key), wide, "{key}");
        let Changed::Calls(changed) = &scenario.changes().next().unwrap().what else { panic!() };
        assert_eq!(changed.len(), 1);
        let mut after = wide.clone();
        changed[0].1.apply(&mut after);
        assert_eq!(after.timeout, wide.timeout);
        assert_ne!(after.retry, wide.retry);
    }
}

#[test]
fn a_change_knows_the_quantity_that_the_scenario_has_there() {
    let call = "calls.'shop -> user'.";
    let steps = [
        ("timeout", "\"2s\"", Some("\"1.5s\"")),
        ("timeout", "\"3s\"", Some("\"1.5s\"")),
        ("retry.max_attempts", "1", Some("4")),
        ("retry.budget", "None", None),
        ("deadline", "\"9s\"", None),
    ];
    let sets: Vec<String> = steps.iter().map(|(path, ..)| format!("{call}{path}")).collect();
    let sets: Vec<(&str, &str)> =
        sets.iter().zip(&steps).map(|(path, step)| (path.as_str(), step.1)).collect();
    let scenario = scenario(&setting(GOOD, &sets), &[]);
    let was: Vec<Option<&str>> = scenario.changes().map(|change| change.was.as_deref()).collect();
    assert_eq!(was, steps.map(|(.., was)| was));
}

#[test]
fn what_cannot_be_set_says_why() {
    let mut out = String::new();
    for (path, value) in [
        // What a run is made of.
        ("services.db.replicas", "5"),
        ("services.db.operations", "{}"),
        ("services.db.probe", "Probe()"),
        ("calls.'shop -> user'.scope", "Service"),
        ("traffic.buyers.rate", "\"5/s\""),
        ("faults.gc.for", "\"5s\""),
        ("monitors.errors.window", "\"30s\""),
        ("response[0].at", "\"T+6s\""),
        ("on_call", "None"),
        ("expect", "[]"),
        ("impact.contained", "\"5%\""),
        ("seed", "2"),
        ("horizon", "\"1h\""),
        ("warm_up", "\"1m\""),
        ("limits.events", "5"),
        ("name", "\"x\""),
        ("format", "1"),
        ("variants", "{}"),
        // Not one setting.
        ("services", "{}"),
        ("services.db", "Service()"),
        ("calls.'shop -> user'", "Policy()"),
        // Nowhere.
        ("", "1"),
        ("services.db..threads", "1"),
        ("service.db.threads", "1"),
        ("services[0].threads", "1"),
        ("services.bd.threads", "1"),
        ("services.db.thread", "1"),
        ("services.db.threads.x", "1"),
        ("services.db.queue.size", "1"),
        ("calls.'shop -> user'.timout", "\"1s\""),
        ("calls.'shop -> usr'.timeout", "\"1s\""),
        ("calls.'shop - user'.timeout", "\"1s\""),
        ("calls.'user -> shop'.timeout", "\"1s\""),
        ("calls.shop.buy -> user.login.timeout", "\"1s\""),
        ("calls.\"shop -> user\".retry.tries", "1"),
        // Not this value.
        ("services.db.threads", "\"5\""),
        ("services.db.threads", "0"),
        ("services.db.queue", "Stack()"),
        ("calls.'shop -> user'.timeout", "1.5"),
        ("calls.'shop -> user'.retry.jitter", "Decorrelated"),
        ("calls.'shop -> user'.breaker.open_for", "\"5s\""),
        ("calls.'shop -> user'.breaker", "Resilience4j(window: Calls(10), min_calls: 50)"),
    ] {
        let found = problems(&setting(GOOD, &[(path, value)]));
        assert!(!found.is_empty(), "{path} = {value} is accepted");
        let _ = writeln!(out, "{path} = {value}\n{found}");
    }
    insta::assert_snapshot!("changes", out);
}

#[test]
fn a_value_that_fits_badly_with_what_is_written_elsewhere_is_reported_where_it_is_set() {
    let text = with_calls(&RICH.replace("budget:", "jitter: Decorrelated, budget:"));
    let found = problems(&setting(&text, &[("calls.'shop -> user'.retry.backoff", "Fixed(\"1s\")")]));
    assert!(found.contains("    `Fixed(\"1s\")` with this\n"), "{found}");
    assert!(found.contains("it grows from the previous wait"), "{found}");
}

/// What is wrong with setting these in one go.
fn wrong(sets: &[(&str, &str)]) -> Vec<&'static str> {
    let text = setting(&with_calls(RICH), sets);
    let Err(rejected) = resolve(&text, &[]) else { return Vec::new() };
    rejected
        .diagnostics
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|p| p.code)
        .collect()
}

#[test]
fn what_is_set_in_one_go_is_judged_together() {
    let breaker = "calls.'shop -> user'.breaker";
    let (window, interval) = (&*format!("{breaker}.window"), &*format!("{breaker}.interval"));
    let hystrix = (breaker, "Hystrix(window: \"10s\", interval: \"1s\")");
    // Each by itself would do.
    assert_eq!(wrong(&[hystrix, (window, "\"4s\"")]), [""; 0]);
    assert_eq!(wrong(&[hystrix, (interval, "\"5s\"")]), [""; 0]);
    assert_eq!(wrong(&[hystrix, (window, "\"4s\""), (interval, "\"5s\"")]), ["K018"]);
    // The second would not do by itself.
    assert_eq!(wrong(&[hystrix, (interval, "\"20s\"")]), ["K018"]);
    assert_eq!(wrong(&[hystrix, (window, "\"20s\""), (interval, "\"20s\"")]), [""; 0]);
}

#[test]
fn all_mistakes_are_reported_at_once_and_those_of_the_scenario_once() {
    let sets = [
        ("services.db.threads", "0"),
        ("services.db.threads", "20"),
        ("services.db.replicas", "20"),
        ("calls.'shop -> user'.timout", "\"1s\""),
    ];
    let found = problems(&setting(&GOOD.replace("on: \"db\"", "on: \"bd\""), &sets));
    assert_eq!(found.matches("error[").count(), 4, "{found}");
    assert_eq!(found.matches("there is no service `bd`").count(), 1, "{found}");
}
