//! Mistakes, one at a time: what is said about each, and where.

use std::fmt::Write;

use crate::diagnostic::Severity;
use crate::scenario::{Choice, Document, Rejected};

pub(super) const GOOD: &str = include_str!("good.ron");

/// All traffic of the good scenario.
const BUYERS: &str = "Open(rate: \"80/s\", entry: \"shop.buy\", users: 50_000)";

/// Each makes one mistake in the good scenario: what stands there, and what is written instead.
const MISTAKES: &[(&str, &str)] = &[
    // Structure.
    ("horizon: \"10m\",", "horizon: \"10m\""),
    ("horizon: \"10m\"", "horizon: \"10m"),
    ("horizon: \"10m\"", "horizon: 10m"),
    ("horizon: \"10m\"", "\"horizon\": \"10m\""),
    ("horizon: \"10m\"", "horizon: \"10\\m\""),
    ("horizon: \"10m\"", "horizon: @"),
    ("horizon: \"10m\"", "horizon: /* for ever"),
    ("capacity: 150)", "capacity: 150]"),
    ("Order([\"db\", \"user\"])],\n)", "Order([\"db\", \"user\"])]"),
    ("\"T+60s\", for: \"12s\"", "\"T+60s\", \"12s\""),
    ("Order([\"db\", \"user\"])],\n)", "Order([\"db\", \"user\"])],\n) Scenario()"),
    ("format: 1", "format: 2"),
    ("    format: 1,\n", ""),
    // Fields.
    ("threads: 50", "thread: 50"),
    ("threads: 50", "threads: 50, threads: 60"),
    ("\"db\": Service(", "\"user\": Service("),
    ("threads: 50, operations: { \"read\": [Work(Exp(\"2ms\"))] }", "threads: 50"),
    ("    horizon: \"10m\",\n", ""),
    ("Retry(max_attempts: 4)", "Retry(4, \"1s\", Full, Timeout, None, Outside, 7)"),
    ("\"db\": Service", "db: Service"),
    ("operations: { \"login\"", "operations: { \"\""),
    // Forms.
    ("Fifo(capacity: 150)", "fifo(capacity: 150)"),
    ("Fifo(capacity: 150)", "Stack(capacity: 150)"),
    ("Fifo(capacity: 150)", "(capacity: 150)"),
    ("Fifo(capacity: 150)", "\"Fifo\""),
    ("Fifo(capacity: 150)", "150"),
    ("Fifo(capacity: 150)", "Fifo(capacity: unbounded)"),
    ("effect: Pause", "effect: pause"),
    ("effect: Pause", "effect: \"Pause\""),
    ("Policy(timeout", "Polcy(timeout"),
    ("retry: Retry(max_attempts: 4)", "retry: 4"),
    ("retry: Retry(max_attempts: 4)", "retry: Retry(on: [Timeout, QueueFul])"),
    ("effect: Pause", "effect: Surge(3)"),
    ("on: \"db\", effect: Pause", "on: Traffic(\"buyer\"), effect: Surge(3)"),
    ("on: \"db\", effect: Pause", "on: Traffic(\"buyers\"), effect: Surge(1)"),
    ("on: \"db\", effect: Pause", "on: Traffic(\"buyers\"), effect: Pause"),
    ("Order([\"db\", \"user\"])", "Value(\"traffic.buyer.failed\", AtLeast(0))"),
    ("Order([\"db\", \"user\"])", "Value(\"twin.services.'usr'.failed\", AtLeast(0))"),
    ("Order([\"db\", \"user\"])", "Value(\"calls.'user -> shop'.failed\", AtLeast(0))"),
    ("alert: Above(\"50%\"", "alert: Above(\"195%\""),
    ("alert: Above(\"50%\"", "alert: Below(\"0%\""),
    // Kinds, units, ranges.
    ("threads: 50", "threads: \"50\""),
    ("threads: 50", "threads: 5.5"),
    ("threads: 50", "threads: -1"),
    ("threads: 50", "threads: 0"),
    ("threads: 50", "threads: 2_000_000"),
    ("replicas: 3", "replicas: 10_001"),
    ("max_attempts: 4", "max_attempts: 101"),
    ("timeout: \"1.5s\"", "timeout: 1.5"),
    ("timeout: \"1.5s\"", "timeout: \"1.5\""),
    ("timeout: \"1.5s\"", "timeout: \"1.5 sec\""),
    ("timeout: \"1.5s\"", "timeout: \"-1s\""),
    ("timeout: \"1.5s\"", "timeout: \"0s\""),
    ("timeout: \"1.5s\"", "timeout: \"T+5s\""),
    ("horizon: \"10m\"", "horizon: \"11y\""),
    ("horizon: \"10m\"", "horizon: \"99999h\""),
    ("rate: \"80/s\"", "rate: 80"),
    ("rate: \"80/s\"", "rate: \"80\""),
    ("rate: \"80/s\"", "rate: \"80/fortnight\""),
    ("rate: \"80/s\"", "rate: \"2000000000/s\""),
    ("rate: \"80/s\"", "rate: \"-80/s\""),
    ("rate: \"80/s\"", "rate: Steps([])"),
    ("rate: \"80/s\"", "rate: Steps([(\"T+5s\", \"1/s\"), (\"T+5s\", \"2/s\")])"),
    ("rate: \"80/s\"", "rate: Ramp([\"T+5s\"])"),
    ("effect: Pause", "effect: Errors(0.05)"),
    ("effect: Pause", "effect: Errors(\"120%\")"),
    ("effect: Pause", "effect: Slow(\"150%\")"),
    ("effect: Pause", "effect: Slow(inf)"),
    ("effect: Pause", "effect: Slow(NaN)"),
    ("quantile: 0.9", "quantile: 1.5"),
    ("Exp(\"2ms\")", "Uniform(\"3ms\", \"2ms\")"),
    ("name: \"shop\"", "name: \" \""),
    ("name: \"shop\"", "name: shop"),
    ("name: \"shop\"", "name: \"shop\", start: \"25:00\""),
    ("max_attempts: 4", "backoff: Exponential(base: \"60s\")"),
    ("max_attempts: 4", "jitter: Decorrelated"),
    ("Quorum(1)", "Quorum(3)"),
    ("Quorum(1)", "Quorum(0)"),
    // Journeys.
    (BUYERS, "Journey(rate: \"80/s\", steps: {})"),
    (BUYERS, "Journey(\"80/s\", { \"a.b\": Visit(\"shop.buy\"), \"pay\": Visit(\"shop.pay\") })"),
    (BUYERS, "Journey(rate: \"80/s\", entry: \"shop.buy\")"),
    ("\"buyers\": Open", "\"x\": Journey(\"1/s\", { \"y\": Visit(\"shop.buy\") }), \"x: y\": Open"),
    (
        "\"buyers\": Open",
        "\"shop\": Journey(\"1/s\", { \"log in\": Visit(\"user.login\") }), \"buyers\": Open",
    ),
    // Fallbacks.
    ("retry: Retry(max_attempts: 4)", "fallback: Fixed(when: BeforeCall)"),
    ("retry: Retry(max_attempts: 4)", "fallback: Cached(max_age: \"0s\")"),
    ("retry: Retry(max_attempts: 4)", "fallback: Cached(\"60s\", InsteadOfRetries)"),
    // Breakers.
    (
        "retry: Retry(max_attempts: 4)",
        "breaker: Resilience4j(open_for: \"9s\", open_factor: 2, open_max: \"5s\")",
    ),
    ("retry: Retry(max_attempts: 4)", "breaker: Resilience4j(open_for: \"9s\", open_max: \"20s\")"),
    ("retry: Retry(max_attempts: 4)", "breaker: Resilience4j(open_factor: 0.5)"),
    ("retry: Retry(max_attempts: 4)", "breaker: Resilience4j(window: Calls(10), min_calls: 20)"),
    ("retry: Retry(max_attempts: 4)", "breaker: Histrix()"),
    ("retry: Retry(max_attempts: 4)", "breaker: Hystrix(window: \"300ms\")"),
    ("retry: Retry(max_attempts: 4)", "breaker: Hystrix(interval: \"1ms\")"),
    ("retry: Retry(max_attempts: 4)", "breaker: Hystrix(failure_rate: \"12.5%\")"),
    ("retry: Retry(max_attempts: 4)", "breaker: Hystrix(half_open_calls: 2)"),
    ("retry: Retry(max_attempts: 4)", "breaker: Polly(min_calls: 1)"),
    ("retry: Retry(max_attempts: 4)", "breaker: Polly(window: \"100ms\", open_for: \"25h\")"),
    ("retry: Retry(max_attempts: 4)", "breaker: Gobreaker(trip: 5)"),
    ("retry: Retry(max_attempts: 4)", "breaker: Gobreaker(bucket: \"1s\")"),
    ("retry: Retry(max_attempts: 4)", "breaker: Gobreaker(interval: \"1h\", bucket: \"1s\")"),
    // Names.
    ("Call(\"db.read\")", "Call(\"bd.read\")"),
    ("Call(\"db.read\")", "Call(\"db.raed\")"),
    ("Call(\"db.read\")", "Call(\"db\")"),
    ("Call(\"db.read\")", "Call(\"user.login\")"),
    ("Call(\"db.read\")", "Call(\"shop.buy\")"),
    ("entry: \"shop.buy\"", "entry: \"shop.by\""),
    ("\"shop -> user\"", "\"shop -> usr\""),
    ("\"shop -> user\"", "\"shp -> user\""),
    ("\"shop -> user\"", "\"shop to user\""),
    ("\"shop -> user\"", "\"user -> shop\""),
    ("\"shop -> user\"", "\"shop.buy -> user.logout\""),
    ("\"buyers\": Open", "\"shop\": Open(rate: \"1/s\", entry: \"user.login\"), \"buyers\": Open"),
    ("\"db\": Service(", "\"d.b\": Service(operations: {}), \"db\": Service("),
    ("on: \"db\"", "on: \"bd\""),
    ("on: \"db\"", "on: Replica(\"user\", 3)"),
    ("on: \"db\"", "on: \"shop -> db\""),
    ("on: \"db\", effect: Pause", "on: \"user -> shop\", effect: Errors(\"5%\")"),
    ("on: \"db\", effect: Pause", "on: \"shop.buy -> db.read\", effect: Errors(\"5%\")"),
    // Faults.
    ("at: \"T+60s\"", "at: \"T+10m\""),
    ("at: \"T+60s\"", "at: \"T-60s\""),
    ("for: \"12s\"", "for: \"1h\""),
    ("name: \"gc\"", "name: \" \""),
    ("for: \"12s\", on: \"db\", effect: Pause", "for: \"12s\", on: \"db\", effect: Restart"),
    ("effect: Pause)]", "effect: Pause), Fault(name: \"gc\", at: \"T+0s\", on: \"db\", effect: Crash)]"),
    ("on: \"db\", effect: Pause", "on: \"shop -> db\", effect: Latency(\"50ms\")"),
    ("effect: Pause", "effect: Latency(\"50ms\", share: \"0%\")"),
    ("effect: Pause", "effect: Restart(how: Rolling(at_once: 0))"),
    ("effect: Pause", "effect: Flush"),
    ("on: \"db\", effect: Pause", "on: \"shop -> db\", effect: Flush(share: \"0%\")"),
    // Replicas.
    ("threads: 50", "memory: Memory(limit: \"1GiB\", idle: \"2GiB\", per_request: \"100KiB\")"),
    ("threads: 50", "memory: Memory(limit: \"1GiB\", idle: \"340MiB\", per_request: \"1GiB\")"),
    ("threads: 50", "memory: Memory(limit: 512, idle: \"340mib\", per_request: \"100\")"),
    ("threads: 50", "memory: Memory(limit: \"1GiB\")"),
    ("threads: 50", "restart: Restart(startup: \"1s\", backoff: CrashLoop(base: \"10m\"))"),
    ("threads: 50", "restart: Restart(jitter: \"120%\")"),
    ("Work(Exp(\"2ms\"))", "Lookup(\"profile\")"),
    (
        "threads: 50, operations: { \"read\": [Work(Exp(\"2ms\"))] }",
        "caches: { \"profile\": Warming(hit_ratio: \"90%\", after: 9) }, operations: { \"read\": [Lookup(\"profil\")] }",
    ),
    ("threads: 50", "caches: { \"a.b\": Warming(hit_ratio: \"90%\", after: -1) }"),
    // Monitors and expectations.
    ("of: \"user\"", "of: \"usr\""),
    ("of: \"user\"", "of: Class(\"user\")"),
    ("window: \"45s\"", "window: \"40s\""),
    ("Above(\"50%\"", "Above(\"50ms\""),
    ("AtMost(\"1%\")", "AtMost(0)"),
    ("AtMost(\"1%\")", "Within(\"5%\", \"1%\")"),
    ("At(\"T+10s\"", "At(\"T+11m\""),
    ("\"errors\", AtMost", "\"error\", AtMost"),
    ("Firing(\"T+90s\", \"errors\")", "Firing(\"T+90s\", \"slow\")"),
    ("Latency(of: Service(\"db\"), quantile: 0.9)", "Healthy(of: \"db\")"),
    ("Order([\"db\"", "Silent(\"T+90s\", \"T+10s\"), Order([\"bd\""),
    // Variants.
    ("expect: [At", "variants: { \"x\": Variant(set: { \"services.usr..threads\": 1 }) }, expect: [At"),
    ("expect: [At", "variants: { \"x\": Variant(set: { \"variants\": 1 }) }, expect: [At"),
    ("expect: [At", "varaints: {}, expect: [At"),
];

/// Reads a text; what is wrong with it, warnings included, one block per problem.
pub(super) fn problems(text: &str) -> String {
    let no_files = |path: &str| Err(format!("no file {path}"));
    let result = Document::parse("shop.ron", text.as_bytes(), &no_files)
        .and_then(|document| document.resolve(&Choice::default()));
    let (sources, diagnostics) = match result {
        Ok(resolved) => (resolved.sources, resolved.warnings),
        Err(Rejected { sources, diagnostics }) => (sources, diagnostics),
    };
    let mut out = String::new();
    for problem in &diagnostics {
        let (line, column) = sources.line_column(problem.span);
        let severity = if problem.severity == Severity::Error { "error" } else { "warning" };
        let snippet = sources.snippet(problem.span).lines().next().unwrap_or("");
        let _ = writeln!(out, "{line}:{column} {severity}[{}]: {}", problem.code, problem.message);
        let _ = writeln!(out, "    `{snippet}` {}", problem.label);
        if let Some(help) = &problem.help {
            let _ = writeln!(out, "    help: {help}");
        }
        for (span, words) in &problem.related {
            let (line, column) = sources.line_column(*span);
            let _ = writeln!(out, "    {line}:{column} {words}");
        }
    }
    out
}

#[test]
fn the_good_scenario_has_no_problems() {
    assert_eq!(problems(GOOD), "");
}

#[test]
fn each_mistake_is_located_and_explained() {
    let mut out = String::new();
    for (right, wrong) in MISTAKES {
        assert_eq!(GOOD.matches(right).count(), 1, "{right}");
        let found = problems(&GOOD.replace(right, wrong));
        assert!(!found.is_empty(), "{wrong} is accepted");
        let _ = writeln!(out, "{right}  =>  {wrong}\n{found}");
    }
    insta::assert_snapshot!("mistakes", out);
}

#[test]
fn a_flush_names_a_cache_of_its_service() {
    let cached = "threads: 50, caches: { \"rows\": Warming(hit_ratio: \"90%\", after: 9) }, operations: \
        { \"read\": [Lookup(\"rows\", miss: [Work(Exp(\"2ms\"))])] }";
    let text = GOOD.replace("threads: 50, operations: { \"read\": [Work(Exp(\"2ms\"))] }", cached);
    let text = text.replace("for: \"12s\", ", "");
    assert_eq!(problems(&text.replace("effect: Pause", "effect: Flush(cache: \"rows\")")), "");
    let found = problems(&text.replace("effect: Pause", "effect: Flush(cache: \"row\")"));
    assert!(found.contains("service `db` has no cache `row`"), "{found}");
    assert!(found.contains("rows"), "{found}");
}

#[test]
fn mistakes_of_all_kinds_are_reported_at_once() {
    let text = GOOD
        .replace("threads: 50", "thread: 50")
        .replace("rate: \"80/s\"", "rate: 80")
        .replace("effect: Pause", "effect: pause")
        .replace("    format: 1,\n", "");
    let found = problems(&text);
    assert_eq!(found.matches("error[").count(), 4, "{found}");
    // What a typed mistake leaves is still checked for names, without complaints about what stands in for it.
    let text = GOOD
        .replace("horizon: \"10m\"", "horizon: 600")
        .replace("threads: 50", "threads: \"50\"")
        .replace("rate: \"80/s\"", "rate: 80")
        .replace("at: \"T+60s\"", "at: 60")
        .replace("window: \"45s\"", "window: 45")
        .replace("Exp(\"2ms\")", "Exp(2)")
        .replace("on: \"db\"", "on: \"bd\"");
    let found = problems(&text);
    assert_eq!(found.matches("error[").count(), 7, "{found}");
    assert!(found.contains("there is no service `bd`"), "{found}");
    let text = GOOD
        .replace("Call(\"db.read\")", "Call(\"bd.read\")")
        .replace("on: \"db\"", "on: \"bd\"")
        .replace("\"errors\", AtMost", "\"error\", AtMost");
    let found = problems(&text);
    assert_eq!(found.matches("error[K020]").count(), 3, "{found}");
}

#[test]
fn several_mistakes_of_structure_are_reported_at_once() {
    let text = GOOD
        .replace("threads: 50,", "threads 50,")
        .replace("name: \"shop\",", "name: \"shop\"")
        .replace("users: 50_000", "users: 50k");
    let found = problems(&text);
    assert_eq!(found.matches("error[K002]").count(), 3, "{found}");
}
