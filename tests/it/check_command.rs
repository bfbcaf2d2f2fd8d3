//! `check`: all mistakes at once.

use crate::desk::Desk;

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
    assert_eq!(
        said.stdout,
        "shop.ron: 3 services, 3 calls, 1 traffic class, 2 variants, 7 expectations; no problems\n"
    );
    desk.run(&["check", "shop.ron", "--quiet"]).succeeds();
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
