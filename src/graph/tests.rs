//! What a graph says is what the scenario says.

use super::{Arrow, Graph, Kind, dot, mermaid};
use crate::model::Model;
use crate::scenario::Scenario;

fn graph(text: &str) -> Graph {
    let scenario = Scenario::parse(text).unwrap_or_else(|rejected| panic!("{:?}", rejected.diagnostics));
    Graph::new(&scenario.name, &Model::compile(&scenario))
}

fn arrow<'a>(graph: &'a Graph, from: &str, to: &str) -> &'a Arrow {
    let is = |node: usize, name: &str| graph.nodes[node].name == name;
    graph.arrows.iter().find(|arrow| is(arrow.from, from) && is(arrow.to, to)).unwrap()
}

const EVERYTHING: &str = r#"Scenario(
    format: 1, name: "everything", horizon: "10s",
    services: {
        "web": Service(replicas: 3, threads: 1, queue: Lifo(capacity: 0), when_full: Silent, operations: {
            "page": [Call("api.read"), Call("api.write"), Call("log.add")],
            "health": [Work("1ms")],
        }, probe: Probe(asks: "health"), shed: Shed(queue: 5, below: 2)),
        "api": Service(queue: Priority(capacity: Unbounded), memory: Memory(limit: "2GiB", idle: "1MiB", per_request: "1KiB"),
            caches: { "hot": Warming(hit_ratio: "12.5%", after: 5) }, rate_limits: { "read": "90/min", "write": Unlimited },
            operations: { "read": [Lookup("hot", miss: [Work("1ms")])], "write": [Work("1ms")] }),
        "log": Service(operations: { "add": [Work("1ms")] }),
    },
    calls: {
        "web -> api": Policy(timeout: "1s", deadline: "2s", cancel: AtOnce, bulkhead: Bulkhead(max_concurrent: 7),
            pool: Pool(size: 9), breaker: Consecutive(failures: 4), fallback: Fixed(),
            retry: Retry(max_attempts: 2, backoff: Exponential(base: "10ms"), jitter: Full, budget: Tokens(share: "20%"))),
        "web.page -> api.write": Policy(retry: None, breaker: Polly(failure_rate: "30%"), throttle: Adaptive(k: 2), fallback: Cached()),
    },
    traffic: {
        "steady": Open(rate: "90/min", entry: "web.page"),
        "rising": Open(rate: Ramp([("T+0s", "10/s"), ("T+5s", "200/s")]), entry: "web.page"),
        "trip": Journey(rate: "2/s", steps: { "first": Visit("web.page"), "second": Visit("web.page") }),
    },
)"#;

#[test]
fn bounds_of_services_are_told() {
    let graph = graph(EVERYTHING);
    let told: Vec<(&str, Kind, String)> =
        graph.nodes.iter().map(|node| (node.name.as_str(), node.kind, node.facts.join("; "))).collect();
    let web = "3 \u{d7} 1 thread; no queue, drops silently; sheds below priority 2 from 5 waiting; deep probe: health";
    let api = "1 \u{d7} 200 threads; priority queue unbounded; memory 2GiB; cache hot: 12.5% hits; limit read: 1.5/s";
    let known = [
        ("steady", Kind::Users, "1.5/s"),
        ("rising", Kind::Users, "10 to 200/s"),
        ("trip: first", Kind::Users, "2/s"),
        ("trip: second", Kind::Users, "at most 2/s"),
        ("web", Kind::Service, web),
        ("api", Kind::Cached, api),
        ("log", Kind::Service, "1 \u{d7} 200 threads; queue 100"),
    ];
    assert_eq!(told, known.map(|(name, kind, facts)| (name, kind, facts.to_owned())));
}

#[test]
fn limits_of_calls_are_told_by_operation_where_they_differ() {
    let graph = graph(EVERYTHING);
    let call = arrow(&graph, "web", "api");
    let shared = "timeout 1s, deadline 2s";
    let rest = "bulkhead 7, pool 9";
    assert_eq!(
        call.lines(),
        [
            format!(
                "read: {shared}, 2 attempts, backoff 10ms \u{d7}2, budget 20%, breaker 4 in a row, {rest}, fallback: fixed, canceled at once"
            ),
            format!(
                "write: {shared}, breaker 30%, {rest}, throttle 2\u{d7} accepted, fallback: cached 1m, canceled at once"
            ),
        ]
    );
    assert!(!call.endless);
}

#[test]
fn a_call_without_a_timeout_stands_out() {
    let graph = graph(EVERYTHING);
    let call = arrow(&graph, "web", "log");
    assert!(call.endless && call.lines().is_empty());
    assert_eq!(call.told(), ["no timeout"]);
    assert!(!arrow(&graph, "steady", "web").endless, "users may wait as long as they like");
    assert_eq!(graph.arrows.len(), 6, "a probe is no call");
    let lines = |text: String, mark: &str| text.lines().filter(|line| line.contains(mark)).count();
    assert_eq!(lines(dot(&graph), "style=dashed"), 1);
    assert_eq!(lines(mermaid(&graph).0, "-.->"), 1);
    assert_eq!(lines(dot(&graph), "shape=cylinder"), 1);
    assert_eq!(lines(mermaid(&graph).0, "[("), 1);
}

#[test]
fn where_operations_do_not_tell_calls_apart_their_callers_do() {
    let graph = graph(
        r#"Scenario(
        format: 1, name: "x", horizon: "10s",
        services: {
            "a": Service(operations: { "one": [Call("b.go")], "two": [Call("b.go")] }),
            "b": Service(operations: { "go": [Work("1ms")] }),
        },
        calls: { "a.one -> b.go": Policy(timeout: "1s") },
        traffic: { "t": Open(rate: "1/s", entry: "a.one"), "u": Open(rate: "1/s", entry: "a.two") },
    )"#,
    );
    let call = arrow(&graph, "a", "b");
    assert_eq!(call.lines(), ["one to go: timeout 1s", "two to go: no limits"]);
    assert!(call.endless);
}

#[test]
fn what_cannot_be_seen_in_a_name_is_marked() {
    let mut scenario = Scenario::parse(EVERYTHING).unwrap();
    scenario.traffic[0].0.value = "buy\u{202e}ers\n\u{1b}".to_owned();
    let graph = Graph::new("a\u{2028}b", &Model::compile(&scenario));
    assert_eq!(
        (graph.title.as_str(), graph.nodes[0].name.as_str()),
        ("a\u{fffd}b", "buy\u{fffd}ers\u{fffd}\u{fffd}")
    );
}
