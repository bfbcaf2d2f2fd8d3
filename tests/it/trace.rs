//! `run --trace`: what was followed is what the run counted, and the file is one that viewers of traces read.

use std::collections::BTreeMap;

use knockon::experiment::{Setup, Span, SpanKind, Trace, TraceWindow, trace};
use knockon::scenario::Scenario;
use serde_json::Value;

use crate::desk::{Desk, exists};
use crate::support::replay;

/// Users of `a`, which asks `b` and `c` at once; `b` pauses, and is asked up to three times.
const PARALLEL: &str = "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"40s\", seed: 7,
    services: {
        \"a\": Service(threads: 500, queue: Fifo(capacity: Unbounded), operations: {
            \"op\": [Work(Exp(\"5ms\")), Parallel([\"b.op\", \"c.op\"], join: All)] }),
        \"b\": Service(replicas: 2, threads: 5, queue: Fifo(capacity: Unbounded), operations: {
            \"op\": [Work(Exp(\"60ms\"))] }),
        \"c\": Service(threads: 5, operations: { \"op\": [Work(Exp(\"10ms\"))] }),
    },
    calls: {
        \"users -> a\": Policy(timeout: \"2s\"),
        \"a -> b\": Policy(timeout: \"300ms\", retry: Retry(max_attempts: 3, backoff: Fixed(\"50ms\"))),
    },
    traffic: { \"users\": Open(rate: \"50/s\", entry: \"a.op\") },
    faults: [Fault(at: \"T+10s\", for: \"3s\", on: \"b\", effect: Pause)])";

fn followed(text: &str, from_s: f64, to_s: f64, requests: usize) -> (Scenario, Trace) {
    let scenario =
        Scenario::parse(text).unwrap_or_else(|rejected| panic!("{:?}\n{text}", rejected.diagnostics));
    let setup = Setup { scenario: &scenario, variant: None, overrides: &[], twin: true };
    let trace = trace(&setup, &TraceWindow { from_s, to_s, requests }, &()).unwrap();
    (scenario, trace)
}

/// What is said of a span under a name.
fn fact<'a>(span: &'a Span, name: &str) -> &'a str {
    span.facts.iter().find(|(other, _)| *other == name).map_or("", |(_, value)| value)
}

fn of(trace: &Trace, kind: SpanKind) -> impl Iterator<Item = &Span> {
    trace.spans.iter().filter(move |span| span.kind == kind)
}

#[test]
fn a_trace_of_everything_counts_what_the_record_counts() {
    // Without a warm-up nothing counts that began before.
    let text = PARALLEL.replace("warm_up: \"10s\"", "warm_up: \"0s\"");
    let (scenario, trace) = followed(&text, 0.0, 40.0, 10_000);
    let record = replay(&scenario).record;
    let totals = &record.actual.totals;
    let class = &totals.classes["users"];
    let outcomes =
        |kind, outcome: &str| of(&trace, kind).filter(|span| fact(span, "outcome") == outcome).count();
    let requests: Vec<&Span> =
        of(&trace, SpanKind::Request).filter(|span| span.from >= trace.origin).collect();
    assert_eq!(requests.len() as u64, class.requests);
    assert!(class.failed > 20, "the pause fails requests");
    let failed = requests.iter().filter(|span| !["ok", "open"].contains(&fact(span, "outcome"))).count();
    assert_eq!(failed as u64, class.failed);
    let answered = requests.iter().filter(|span| fact(span, "outcome") == "ok");
    let longest = answered.map(|span| (span.to - span.from).as_millis_f64()).fold(0.0, f64::max);
    assert!((longest - class.latency_ms.max).abs() <= 0.01 * longest, "{longest} {:?}", class.latency_ms);
    let of_b: Vec<&Span> = of(&trace, SpanKind::Attempt)
        .filter(|span| fact(span, "call") == "a -> b" && span.from >= trace.origin)
        .collect();
    assert_eq!(of_b.len() as u64, totals.calls["a -> b"].attempts);
    let retries = of_b.iter().filter(|span| fact(span, "attempt") != "1").count() as u64;
    assert_eq!(retries, totals.calls["a -> b"].attempts - totals.calls["a -> b"].first_attempts);
    assert!(retries > 100, "{retries}");
    assert!(outcomes(SpanKind::Attempt, "timeout") > 100);
    // How long threads were held, zombies included.
    let held = |service: &str| {
        let mine = of(&trace, SpanKind::OnThread).filter(|span| {
            span.place.as_ref().is_some_and(|place| place.0 == service) && span.from >= trace.origin
        });
        let lengths: Vec<f64> = mine.map(|span| (span.to - span.from).as_millis_f64()).collect();
        lengths.iter().sum::<f64>() / lengths.len() as f64
    };
    for service in ["a", "b", "c"] {
        let mean = totals.services[service].mean_service_ms;
        assert!((held(service) / mean - 1.0).abs() < 0.02, "{service}: {} {mean}", held(service));
    }
}

#[test]
fn spans_lie_within_their_parents() {
    let (_, trace) = followed(PARALLEL, 9.0, 14.0, 50);
    assert_eq!(trace.requests, 60, "50 that were worst off, and ten healthy ones");
    for kind in [
        SpanKind::Request,
        SpanKind::Call,
        SpanKind::Attempt,
        SpanKind::AtReplica,
        SpanKind::InLine,
        SpanKind::OnThread,
        SpanKind::Working,
    ] {
        assert!(of(&trace, kind).count() > 0, "{kind:?}");
    }
    for (position, span) in trace.spans.iter().enumerate() {
        assert!(span.from <= span.to);
        let Some(parent) = span.parent else { continue };
        assert!(parent < position);
        let above = &trace.spans[parent];
        assert!(above.from <= span.from && span.to <= above.to, "{span:?}\n{above:?}");
        assert_eq!((&above.place, above.request), (&span.place, span.request));
    }
}

#[test]
fn the_worst_are_followed_and_healthy_ones_from_before() {
    let (_, trace) = followed(PARALLEL, 10.0, 12.0, 5);
    let fault = 20.0;
    let (before, after): (Vec<&Span>, Vec<&Span>) =
        of(&trace, SpanKind::Request).partition(|span| span.from.as_secs_f64() < fault);
    assert_eq!((before.len(), after.len()), (10, 5));
    assert!(before.iter().all(|span| fact(span, "outcome") == "ok"));
    assert!(after.iter().all(|span| fact(span, "outcome") != "ok"));
}

/// Asserts what viewers ask of a file: numbers that are there and not negative, names for all tracks, and on each track
/// spans that lie within each other, to the last bit.
fn check(text: &str) -> Value {
    let file: Value = serde_json::from_str(text).unwrap();
    let events = file["traceEvents"].as_array().unwrap();
    let mut named: Vec<(u64, u64)> = Vec::new();
    let mut tracks: BTreeMap<(u64, u64), Vec<(f64, f64)>> = BTreeMap::new();
    for event in events {
        let at = (event["pid"].as_u64().unwrap(), event["tid"].as_u64().unwrap());
        assert!(event["name"].is_string() && event["args"].is_object());
        match event["ph"].as_str().unwrap() {
            "M" => named.push(at),
            "X" => {
                let (from, length) = (event["ts"].as_f64().unwrap(), event["dur"].as_f64().unwrap());
                assert!(from >= 0.0 && length >= 0.0 && event["cat"].is_string());
                tracks.entry(at).or_default().push((from, from + length));
            }
            other => panic!("{other}"),
        }
    }
    assert!(!tracks.is_empty());
    for (at, mut spans) in tracks {
        assert!(named.contains(&at) && named.contains(&(at.0, 0)), "{at:?} has no name");
        spans.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
        let mut open: Vec<(f64, f64)> = Vec::new();
        for span in spans {
            while open.last().is_some_and(|last| last.1 <= span.0) {
                open.pop();
            }
            assert!(open.last().is_none_or(|last| span.1 <= last.1), "{open:?} {span:?}");
            open.push(span);
        }
    }
    file
}

#[test]
fn the_file_is_one_that_viewers_read_and_the_same_every_time() {
    let desk = Desk::new();
    desk.put("p.ron", PARALLEL);
    let run = |name: &str| {
        desk.run(&["run", "p.ron", "--quiet", "--no-pictures", "--trace", name]).succeeds();
        desk.read(name)
    };
    let (one, two) = (run("one.json"), run("two.json"));
    assert!(one == two, "two traces of one run differ");
    let file = check(&one);
    assert_eq!(file["otherData"]["scenario"], "test");
    assert_eq!(file["otherData"]["T+0_us"], "10000000");
}

#[test]
fn names_stay_names() {
    let desk = Desk::new();
    let name = r#"b\"]}</script>\\"#;
    desk.put("p.ron", PARALLEL.replace("name: \"test\"", &format!("name: \"{name}\"")));
    desk.run(&["run", "p.ron", "--quiet", "--no-pictures", "--trace", "t.json"]).succeeds();
    let file = check(&desk.read("t.json"));
    assert_eq!(file["otherData"]["scenario"], r#"b"]}</script>\"#);
}

#[test]
fn a_window_that_cannot_be_is_an_error_before_anything_runs() {
    let desk = Desk::new();
    desk.put("p.ron", PARALLEL);
    let run =
        |window: &str| desk.run(&["run", "p.ron", "--trace", "t.json", "--trace-window", window]).exits(2);
    run("T+5s").complains(&["write two times, like T+5s..T+8s"]);
    run("T+8s..T+5s").complains(&["it ends before it begins"]);
    run("T+35s..T+50s").complains(&["goes beyond the run, which ends at T+40s", "name a time within it"]);
    assert!(!exists(&desk.path("t.json")) && !exists(&desk.path("output")));
    desk.run(&["run", "p.ron", "--trace-window", "T+1s..T+2s"]).exits(2).complains(&["--trace <FILE>"]);
}
