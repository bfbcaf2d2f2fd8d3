//! `check`: all mistakes at once.

use crate::desk::Desk;
use crate::support::library;

/// A scenario with one mistake in the base and one in a variant.
const WRONG: &str = r#"Scenario(
    format: 1,
    name: "wrong",
    horizon: "10s",
    services: { "api": Service(threads: 0, operations: { "get": [Work("1ms")] }) },
    traffic: { "users": Open(rate: "10/s", entry: "api.get") },
    variants: { "more": Variant(set: { "services.api.treads": 5 }) },
)
"#;

#[test]
fn check_reports_the_mistakes_of_all_variants_once() {
    let desk = Desk::new();
    desk.put("wrong.ron", WRONG);
    let said = desk.run(&["check", "wrong.ron"]).exits(2);
    assert_eq!(said.stdout.matches("error[").count(), 2, "{said:#?}");
    assert!(said.stdout.ends_with("wrong.ron: 2 errors\n"), "{said:#?}");
}

#[test]
fn check_has_a_format_for_editors() {
    let desk = Desk::new();
    desk.put("wrong.ron", WRONG);
    let said = desk.run(&["check", "wrong.ron", "--format", "concise"]).exits(2);
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{said:#?}");
    assert!(lines[0].starts_with("wrong.ron:5:") && lines[0].contains(": error[K"), "{said:#?}");
}

#[test]
fn check_of_a_good_scenario_says_what_is_in_it() {
    let desk = Desk::with_shop();
    let said = desk.run(&["check", "shop.ron"]).succeeds();
    let first = "shop.ron: 3 services, 3 calls, 1 traffic class, 2 variants, 7 expectations; no problems\n\n";
    assert!(said.stdout.starts_with(first), "{said:#?}");
    assert_eq!(desk.run(&["check", "shop.ron", "--quiet"]).succeeds().stdout, "");
    assert_eq!(desk.run(&["check", "shop.ron", "--format", "concise"]).succeeds().stdout, "");
}

#[test]
fn check_reviews_the_design_on_one_screen() {
    let desk = Desk::new();
    desk.put("thursday.ron", std::fs::read(library("thursday-checkout-outage.ron")).unwrap());
    let said = desk.run(&["check", "thursday.ron"]).succeeds();
    assert!(said.stdout.lines().count() <= 40, "{said:#?}");
    insta::assert_snapshot!(said.stdout);
}

#[test]
fn check_reviews_the_variant_that_is_asked_for() {
    let desk = Desk::with_shop();
    let storm = ["check", "shop.ron", "--set", "services.stock.threads=12"];
    let said = desk.run(&storm).succeeds().tells(&["load forecast", "75 %"]);
    assert!(!said.stdout.contains("L010"), "a budget bounds the retries: {said:#?}");
    let variant = [&storm[..], &["--variant", "retries without a budget"]].concat();
    desk.run(&variant).succeeds().tells(&["L010  ", "200/s of first attempts < 267/s of capacity <"]);
}

#[test]
fn check_knows_overrides_and_variants() {
    let desk = Desk::with_shop();
    desk.run(&["check", "shop.ron", "--variant", "no retries"]).succeeds();
    let said = desk.run(&["check", "shop.ron", "--set", "services.stock.threads=0"]).exits(2);
    assert!(said.stdout.contains("--set:1:"), "{said:#?}");
}

#[test]
fn a_text_that_cannot_be_read_at_all_is_reported_like_any_mistake() {
    let desk = Desk::new();
    desk.put("open.ron", "Scenario(format: 1, name: \"open");
    desk.run(&["check", "open.ron"]).exits(2).tells(&["error[", "open.ron:1:", "1 error\n"]);
}
