//! Bases, variants and policies of operations: what lies over what.

use std::collections::BTreeMap;

use crate::scenario::{
    Backoff, Breaker, Budget, Capacity, Choice, Document, Jitter, Queue, Rejected, Scenario,
};
use crate::time::SimDuration;

const SHOP: &str = include_str!("good.ron");

fn parse(text: &str, files: &[(&str, &str)]) -> Result<Document, Rejected> {
    let files: BTreeMap<&str, &str> = files.iter().copied().collect();
    Document::parse("incidents/a.ron", text.as_bytes(), &|path| {
        files.get(path).map(|text| text.as_bytes().to_vec()).ok_or_else(|| "no such file".to_owned())
    })
}

fn scenario(text: &str, files: &[(&str, &str)]) -> Scenario {
    let resolved = parse(text, files).and_then(|document| document.resolve(&Choice::default()));
    resolved.unwrap_or_else(|rejected| panic!("{:#?}", rejected.diagnostics)).scenario
}

fn messages(text: &str, files: &[(&str, &str)]) -> Vec<String> {
    let result = parse(text, files).and_then(|document| document.resolve(&Choice::default()));
    result.unwrap_err().diagnostics.into_iter().map(|problem| problem.message).collect()
}

#[test]
fn a_file_lies_over_its_base() {
    let text = r#"Scenario(format: 1, base: "shop.ron", name: "incident",
        services: { "user": Service(threads: 7), "db": (replicas: 2) },
        calls: { "shop -> user": Policy(retry: Retry(budget: Ratio())) },
        faults: [], expect: [])"#;
    let scenario = scenario(text, &[("incidents/shop.ron", SHOP)]);
    assert_eq!(scenario.name, "incident");
    assert_eq!(scenario.horizon.value, SimDuration::from_secs(600));
    let [db, user, shop] = &scenario.services[..] else { panic!() };
    assert_eq!((db.1.threads, db.1.replicas), (50, 2));
    assert_eq!((user.1.threads, user.1.replicas), (7, 3));
    assert_eq!(user.1.queue, Queue::Fifo { capacity: Capacity::AtMost(150) });
    assert_eq!(shop.1.threads, 200);
    let retry = scenario.calls[0].1.retry.as_ref().unwrap();
    assert_eq!(retry.max_attempts, 4);
    let share = Budget::Ratio { share: 0.1, window: SimDuration::from_secs(10), min_per_s: 0.0 };
    assert_eq!(retry.budget, Some(share));
    assert!(scenario.faults.is_empty() && scenario.expect.is_empty());
}

#[test]
fn groups_of_another_name_lists_and_values_replace() {
    let over = |fields: &str| {
        let text = format!("Scenario(format: 1, base: \"shop.ron\", {fields})");
        scenario(&text, &[("incidents/shop.ron", SHOP)])
    };
    let queue = over("services: { \"user\": Service(queue: Lifo()) }").services[1].1.queue;
    assert_eq!(queue, Queue::Lifo { capacity: Capacity::AtMost(100) });
    let steps =
        &over("services: { \"shop\": Service(operations: { \"buy\": [Call(\"user.login\")] }) }").services[2];
    assert_eq!(steps.1.operations[0].1.len(), 1);
    let calls = over("calls: { \"shop -> user\": Policy(retry: None) }").calls;
    assert_eq!((calls[0].1.retry.clone(), calls[0].1.timeout.is_some()), (None, true));
}

#[test]
fn values_without_names_are_overridden_by_name_and_the_reverse() {
    let base = SHOP.replace("Fifo(capacity: 150)", "Fifo(150)");
    let over = |queue: &str| {
        let text = format!(
            "Scenario(format: 1, base: \"shop.ron\", services: {{ \"user\": Service(queue: {queue}) }})"
        );
        scenario(&text, &[("incidents/shop.ron", base.as_str())]).services[1].1.queue
    };
    let fifo = |n| Queue::Fifo { capacity: Capacity::AtMost(n) };
    assert_eq!(over("Fifo(9)"), fifo(9));
    assert_eq!(over("Fifo(capacity: 9)"), fifo(9));
    assert_eq!(over("Fifo()"), fifo(150));
}

#[test]
fn bases_may_have_bases_beside_them() {
    let middle = "Scenario(format: 1, base: \"../shop.ron\", seed: 5)";
    let text = "Scenario(format: 1, base: \"lib/middle.ron\", name: \"top\")";
    let files = [("incidents/lib/middle.ron", middle), ("incidents/lib/../shop.ron", SHOP)];
    let scenario = scenario(text, &files);
    assert_eq!((scenario.name.as_str(), scenario.seed), ("top", 5));
}

#[test]
fn bases_that_cannot_be_used_say_why() {
    let on = |base: &str| format!("Scenario(format: 1, base: {base})");
    assert_eq!(messages(&on("\"x.ron\""), &[]), ["the base `incidents/x.ron` cannot be read"]);
    assert_eq!(messages(&on("5"), &[]), ["expected the path of a file in quotes, found a number"]);
    let round = messages(&on("\"b.ron\""), &[("incidents/b.ron", &on("\"a.ron\""))]);
    assert_eq!(round, ["the file is based on itself"]);
    let itself = messages(&on("\"b.ron\""), &[("incidents/b.ron", &on("\"b.ron\""))]);
    assert_eq!(itself, ["the file is based on itself"]);
    let broken = messages(&on("\"b.ron\""), &[("incidents/b.ron", "Scenario(format: 1, name: )")]);
    assert_eq!(broken, ["expected a value, found `)`"]);
    let names: Vec<String> = (0..20).map(|n| format!("incidents/{n}.ron")).collect();
    let texts: Vec<String> = (0..20).map(|n| on(&format!("\"{}.ron\"", n + 1))).collect();
    let chain: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
    assert_eq!(messages(&on("\"0.ron\""), &chain), ["more than 16 files are based on each other"]);
}

#[test]
fn places_in_a_base_are_places_of_that_file() {
    let base = SHOP.replace("threads: 50", "threads: 0");
    let document =
        parse("Scenario(format: 1, base: \"shop.ron\")", &[("incidents/shop.ron", &base)]).unwrap();
    let rejected = document.resolve(&Choice::default()).unwrap_err();
    let span = rejected.diagnostics[0].span;
    assert_eq!(rejected.sources.get(span.source).name, "incidents/shop.ron");
    assert_eq!(rejected.sources.line_column(span), (6, 32));
}

#[test]
fn policies_of_operations_state_what_differs() {
    let text = SHOP.replace(
        "calls: { \"shop -> user\": Policy(timeout: \"1.5s\", retry: Retry(max_attempts: 4)) }",
        "calls: { \"shop.buy->user.login\": Policy(retry: Retry(jitter: Full)),
            \"shop -> user\": Policy(timeout: \"1.5s\", retry: Retry(max_attempts: 4)),
            \"shop.buy -> user\": Policy(deadline: \"3s\", timeout: \"2s\"),
            \"buyers -> shop\": Policy(timeout: \"9s\"), \"buyers -> shop.buy\": Policy(deadline: \"10s\") }",
    );
    let scenario = scenario(&text, &[]);
    let policy = |key: &str| &scenario.calls.iter().find(|(name, _)| name.value == key).unwrap().1;
    let narrow = policy("shop.buy -> user.login");
    let seconds = SimDuration::from_secs;
    assert_eq!((narrow.timeout, narrow.deadline), (Some(seconds(2)), Some(seconds(3))));
    let retry = narrow.retry.as_ref().unwrap();
    assert_eq!((retry.max_attempts, retry.jitter), (4, Jitter::Full));
    assert_eq!(policy("shop -> user").retry.as_ref().unwrap().jitter, Jitter::None);
    let class = policy("buyers -> shop.buy");
    assert_eq!((class.timeout, class.deadline), (Some(seconds(9)), Some(seconds(10))));
}

#[test]
fn variants_set_places_of_the_scenario() {
    let text = SHOP.replace(
        "expect: [At",
        "variants: {
            \"breaker\": Variant(description: \"stop calling\", set: {
                \"calls.'shop -> user'.breaker\": Resilience4j(open_for: \"5s\"),
                \"calls.\\\"shop -> user\\\".retry.backoff\": Exponential(base: \"100ms\"),
                \"calls.'user -> db'.timeout\": \"200ms\",
                \"services.user.queue.capacity\": 9,
            }),
            \"broken\": Variant(set: { \"services.usr.threads\": 1 }),
        }, expect: [At",
    );
    let document = parse(&text, &[]).unwrap();
    assert_eq!(document.variants()[0].description, "stop calling");
    let choose = |name: &str, sets: &[&str]| {
        let sets = sets.iter().map(|&set| set.to_owned()).collect();
        document.resolve(&Choice { variant: Some(name.to_owned()), sets, seed: None })
    };
    let scenario = choose("breaker", &["services.user.queue.capacity=10"]).unwrap().scenario;
    let policy = &scenario.calls[0].1;
    assert!(
        matches!(policy.breaker, Some(Breaker::Resilience4j { open_for, .. }) if open_for == SimDuration::from_secs(5))
    );
    assert!(matches!(policy.retry.as_ref().unwrap().backoff, Backoff::Exponential { .. }));
    assert_eq!(scenario.calls[1].0.value, "user -> db");
    assert_eq!(scenario.services[1].1.queue, Queue::Fifo { capacity: Capacity::AtMost(10) });
    assert!(scenario.expect.is_empty());
    let rejected = choose("broken", &[]).unwrap_err();
    assert_eq!(rejected.diagnostics[0].message, "nothing here is called `usr`");
    assert_eq!(rejected.sources.snippet(rejected.diagnostics[0].span), "usr");
    assert!(document.resolve(&Choice::default()).is_ok());
}
