//! Call graphs of any size, drawn from a seed and written as the text of a scenario.
//!
//! Their shape is what Luo et al. found in the traces that Alibaba published (`alibaba/clusterdata`,
//! `cluster-trace-microservices-v2021`; "Characterizing Microservice Dependency and Performance", `SoCC` 2021): what a
//! request calls is a tree of heavy-tailed size, three to six calls deep; most services have one caller, a few have most
//! of the others as callers. So every service but the entries has one caller, found by copying another service's (which
//! makes fan-out a power law), and one service in twenty is a store, of which half of the others call one, by Zipf's law.
//!
//! A request makes about 14 attempts, and takes about as long, whatever the number of services: sizes can be compared.

use std::fmt::Write as _;

use knockon::random::{Draws, Key, Stream};

/// Calls in a row from an entry on, without the one to a store.
const DEPTH: usize = 5;

/// Threads of one replica at most; who needs more has more replicas.
const THREADS: f64 = 64.0;

/// Share of the threads that are to be busy. Whoever needs less than one thread has one.
const UTILIZATION: f64 = 0.4;

/// Bounds the retries of a caller.
pub(crate) const BUDGET: &str = r#"retry: Retry(max_attempts: 3, backoff: Fixed("10ms"), budget: Ratio())"#;

/// Retries that end where the breaker opens.
pub(crate) const BREAKER: &str =
    r#"retry: Retry(max_attempts: 3, backoff: Fixed("10ms")), breaker: Resilience4j(open_for: "1s")"#;

/// What to draw.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Topology {
    /// How many services, at least 2.
    pub(crate) services: usize,
    /// Requests per second, all entries together.
    pub(crate) per_s: f64,
    /// How long a run is.
    pub(crate) horizon: &'static str,
    /// What is said of calls to services and to stores, besides their timeout.
    pub(crate) policies: [&'static str; 2],
    /// What is said of every service, besides its operation.
    pub(crate) service: &'static str,
    /// Whether every service has a monitor of its errors.
    pub(crate) monitored: bool,
    /// What else the scenario says.
    pub(crate) more: &'static str,
}

impl Default for Topology {
    fn default() -> Self {
        Self {
            services: 100,
            per_s: 20_000.0,
            horizon: "10m",
            policies: [BUDGET, BREAKER],
            service: "",
            monitored: false,
            more: "",
        }
    }
}

/// A service.
#[derive(Clone, Debug, Default)]
struct Node {
    /// The service that calls it, and how many do in a row; none of an entry, and of a store.
    caller: Option<usize>,
    depth: usize,
    store: Option<usize>,
    callees: Vec<usize>,
    /// Requests per second.
    per_s: f64,
    /// Its own work, and how long a thread is held with all that it waits for.
    work_ms: f64,
    held_ms: f64,
}

impl Topology {
    /// The scenario.
    pub(crate) fn text(&self) -> String {
        let nodes = self.nodes();
        let mut services = String::new();
        let mut calls = String::new();
        let mut traffic = String::new();
        let mut monitors = String::new();
        for (at, node) in nodes.iter().enumerate() {
            let _ = writeln!(services, "        \"s{at}\": {},", self.service(node));
            for &callee in node.callees.iter().chain(&node.store) {
                let policy = self.policy(&nodes[callee], usize::from(node.store == Some(callee)));
                let _ = writeln!(calls, "        \"s{at} -> s{callee}\": {policy},");
            }
            if self.monitored {
                let _ = writeln!(monitors, "        \"m{at}\": ErrorRate(of: \"s{at}\", scrape: \"1s\"),");
            }
        }
        for (at, node) in nodes[..self.entries()].iter().enumerate() {
            let _ = writeln!(calls, "        \"t{at} -> s{at}\": {},", self.policy(node, 0));
            let _ = writeln!(
                traffic,
                "        \"t{at}\": Open(rate: \"{}/s\", entry: \"s{at}.run\"),",
                node.per_s
            );
        }
        let Self { services: count, horizon, more, .. } = self;
        format!(
            "Scenario(\n    format: 1, name: \"{count} services\", warm_up: \"100ms\", horizon: \"{horizon}\", seed: 1,\n    \
             services: {{\n{services}    }},\n    calls: {{\n{calls}    }},\n    traffic: {{\n{traffic}    }},\n    \
             monitors: {{\n{monitors}    }},\n    {more}\n)\n"
        )
    }

    fn service(&self, node: &Node) -> String {
        let threads = (node.per_s * node.held_ms / 1e3 / UTILIZATION).ceil().max(1.0);
        let replicas = (threads / THREADS).ceil();
        let (threads, more) = ((threads / replicas).ceil(), self.service);
        let mut steps = format!("Work(Exp(\"{}ms\"))", node.work_ms);
        if let Some(store) = node.store {
            let _ = write!(steps, ", Call(\"s{store}.run\")");
        }
        if !node.callees.is_empty() {
            let names: Vec<String> = node.callees.iter().map(|callee| format!("\"s{callee}.run\"")).collect();
            let _ = write!(steps, ", Parallel([{}])", names.join(", "));
        }
        format!(
            "Service(replicas: {replicas}, threads: {threads}, operations: {{ \"run\": [{steps}] }}, {more})"
        )
    }

    fn policy(&self, callee: &Node, kind: usize) -> String {
        format!("Policy(timeout: \"{}ms\", {})", (callee.held_ms * 20.0).round(), self.policies[kind])
    }

    fn stores(&self) -> usize {
        self.services.div_ceil(20)
    }

    fn entries(&self) -> usize {
        self.services.div_ceil(10)
    }

    /// All services: the entries, those below them, the stores. Callers come before those whom they call.
    fn nodes(&self) -> Vec<Node> {
        let inner = self.services - self.stores();
        let mut draws = Key::of_seed(1).draws(Stream::named("topology"));
        let mut nodes = vec![Node { work_ms: 2.0, held_ms: 2.0, ..Node::default() }; self.services];
        for at in 0..inner {
            nodes[at].work_ms = 10.0;
            if draws.uniform() < 0.5 {
                nodes[at].store = Some(inner + zipf(&mut draws, self.stores()));
            }
            if at < self.entries() {
                nodes[at].per_s = self.per_s / self.entries() as f64;
                continue;
            }
            let caller = caller(&mut draws, &nodes[..at]);
            nodes[at].caller = Some(caller);
            nodes[at].depth = nodes[caller].depth + 1;
            nodes[caller].callees.push(at);
        }
        for at in 0..inner {
            let Node { per_s, store, callees, .. } = nodes[at].clone();
            for callee in callees.into_iter().chain(store) {
                nodes[callee].per_s += per_s;
            }
        }
        for at in (0..inner).rev() {
            let node = &nodes[at];
            let longest = node.callees.iter().map(|&callee| nodes[callee].held_ms).fold(0.0, f64::max);
            let store = node.store.map_or(0.0, |store| nodes[store].held_ms);
            nodes[at].held_ms = node.work_ms + store + longest;
        }
        nodes
    }
}

/// Who calls the next service: three times in four whoever calls another one, so that who calls many will call more.
fn caller(draws: &mut Draws, nodes: &[Node]) -> usize {
    loop {
        let other = below(draws, nodes.len());
        let copied = nodes[other].caller.filter(|_| draws.uniform() < 0.75);
        let caller = copied.unwrap_or(other);
        if nodes[caller].depth + 1 < DEPTH {
            return caller;
        }
    }
}

fn below(draws: &mut Draws, count: usize) -> usize {
    (draws.uniform() * count as f64) as usize
}

/// One of so many things: the n-th about once for n times the first.
fn zipf(draws: &mut Draws, count: usize) -> usize {
    libm::pow(count as f64 + 1.0, draws.uniform()) as usize - 1
}
