//! Random services: few threads, short queues, all that a service can be given, and operations of a few steps.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::topology::{OPERATIONS, Topology, name};

/// A service, before it is known who is below it.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) replicas: u32,
    fields: Vec<String>,
    /// Whether it may drop what it has no room for: its callers have timeouts.
    pub(crate) silent: bool,
    pub(crate) probed: bool,
    operations: Vec<Vec<Step>>,
}

/// A step, whose callees are counted among the services below.
#[derive(Clone, Debug)]
enum Step {
    Plain(&'static str),
    Call(Callee),
    Parallel(Vec<Callee>, &'static str),
    Branch(&'static str, Vec<Step>, Vec<Step>),
    Lookup(Vec<Step>, Vec<Step>),
}

type Callee = (u8, u8);

/// One of these words, or none: simpler is none.
pub(crate) fn perhaps(share: f64, words: &'static [&'static str]) -> BoxedStrategy<Option<String>> {
    option::weighted(share, select(words).prop_map(str::to_owned)).boxed()
}

/// Some of these fields, by name and words.
pub(crate) fn fields(
    share: f64,
    kinds: &'static [&'static [&'static str]],
) -> impl Strategy<Value = Vec<String>> {
    let parts: Vec<_> = kinds.iter().map(|words| perhaps(share, words)).collect();
    parts.prop_map(|chosen| chosen.into_iter().flatten().collect())
}

const FIELDS: &[&[&str]] = &[
    &[
        "queue: Fifo(capacity: 0)",
        "queue: Fifo(capacity: 4)",
        "queue: Lifo(capacity: 4)",
        "queue: Lifo(capacity: Unbounded)",
        "queue: Fifo(capacity: Unbounded)",
        "queue: Priority(capacity: 4)",
    ],
    &[
        "restart: Restart(startup: \"300ms\")",
        "restart: Restart(startup: \"500ms\", jitter: \"50%\", notice: \"200ms\")",
        "restart: Restart(startup: \"200ms\", backoff: Immediate)",
        "restart: Restart(startup: \"0s\", jitter: \"100%\", backoff: CrashLoop(base: \"200ms\", max: \"1s\", reset: \"500ms\"))",
    ],
    &[
        "memory: Memory(limit: \"10kB\", idle: \"4kB\", per_request: \"1kB\")",
        "memory: Memory(limit: \"100MiB\", idle: \"10MiB\", per_request: \"30MiB\")",
    ],
    &[
        "rate_limits: { \"op\": \"20/s\" }",
        "rate_limits: { \"op\": TokenBucket(\"5/s\", burst: 2) }",
        "rate_limits: { \"op\": Ramp(from: \"50/s\", to: \"0/s\", over: \"2s\"), \"health\": \"2/s\" }",
    ],
    &["contention: \"10%\""],
    &["shed: [Shed(queue: 1, below: 5)]", "shed: [Shed(queue: 0, below: 1), Shed(queue: 3, below: 255)]"],
];

const CACHES: &[&str] = &[
    "caches: { \"cache\": Warming(hit_ratio: \"90%\", after: 50) }",
    "caches: { \"cache\": Warming(hit_ratio: \"60%\", after: 20, at_begin: \"0%\", after_start: \"50%\") }",
    "caches: { \"cache\": Warming(hit_ratio: \"100%\", after: 0) }",
];

const PROBES: &[&str] = &[
    "probe: Probe(interval: \"400ms\", timeout: \"100ms\")",
    "probe: Probe(interval: \"300ms\", timeout: \"200ms\", failures: 1, successes: 2, asks: \"health\")",
    "probe: Probe(interval: \"250ms\", timeout: \"500ms\", failures: 2, asks: \"op\")",
];

const PLAIN: &[&str] = &[
    "Work(\"1ms\")",
    "Work(Exp(\"5ms\"))",
    "Work(Exp(\"20ms\"))",
    "Work(LogNormal(mean: \"15ms\", cv: 1.5), per: Request)",
    "Work(Uniform(\"0s\", \"10ms\"))",
    "Work(\"0s\")",
];

const CONDITIONS: &[&str] = &[
    "Chance(\"50%\")",
    "Chance(\"10%\")",
    "Class(\"users\")",
    "Access(Write)",
    "Priority(2)",
    "Users(\"30%\")",
    "Region(\"eu\")",
];

fn leaf() -> BoxedStrategy<Step> {
    let callee = || (any::<u8>(), any::<u8>());
    prop_oneof![
        5 => select(PLAIN).prop_map(Step::Plain),
        3 => callee().prop_map(Step::Call),
        1 => (vec(callee(), 2..4), select(&["All", "First", "Quorum(1)"][..]))
            .prop_map(|(calls, join)| Step::Parallel(calls, join)),
    ]
    .boxed()
}

fn step() -> BoxedStrategy<Step> {
    let few = || vec(leaf(), 0..2);
    prop_oneof![
        5 => leaf(),
        1 => (select(CONDITIONS), few(), few()).prop_map(|(when, then, or)| Step::Branch(when, then, or)),
        1 => Just(Step::Branch("Chance(\"5%\")", vec![Step::Plain("Fail")], Vec::new())),
        1 => (few(), few()).prop_map(|(hit, miss)| Step::Lookup(hit, miss)),
    ]
    .boxed()
}

pub(crate) fn service() -> impl Strategy<Value = Service> {
    (
        (1_u32..4, 1_u32..4),
        fields(0.4, FIELDS),
        select(CACHES),
        perhaps(0.6, PROBES),
        proptest::bool::weighted(0.2),
        vec(vec(step(), 1..4), 1..=OPERATIONS.len()),
    )
        .prop_map(|((replicas, threads), mut fields, cache, probe, silent, operations)| {
            let probed = probe.is_some();
            fields.extend(probe);
            fields.push(cache.to_owned());
            fields.push(format!("replicas: {replicas}, threads: {threads}"));
            if silent {
                fields.push("when_full: Silent".to_owned());
            }
            Service { replicas, fields, silent, probed, operations }
        })
}

impl Service {
    /// How many operations it offers.
    pub(crate) fn offers(&self) -> usize {
        self.operations.len()
    }

    /// Writes it down as the service of this position, and notes whom it calls.
    pub(crate) fn text(&self, position: usize, topology: &mut Topology) -> String {
        let mut operations = String::new();
        for (number, steps) in self.operations.iter().enumerate() {
            let steps = written(steps, (position, number), topology);
            let _ = write!(operations, "\"{}\": [{steps}], ", OPERATIONS[number]);
        }
        let _ = write!(operations, "\"health\": [Work(\"1ms\")]");
        format!("\"{}\": Service({}, operations: {{ {operations} }})", name(position), self.fields.join(", "))
    }
}

fn written(steps: &[Step], from: (usize, usize), topology: &mut Topology) -> String {
    let steps: Vec<String> = steps.iter().map(|step| step.text(from, topology)).collect();
    steps.join(", ")
}

impl Step {
    fn text(&self, from: (usize, usize), topology: &mut Topology) -> String {
        match self {
            Self::Plain(words) => (*words).to_owned(),
            Self::Call(callee) => match topology.call(from, *callee) {
                Some(callee) => format!("Call({callee})"),
                None => "Work(\"2ms\")".to_owned(),
            },
            Self::Parallel(callees, join) => {
                let calls: Vec<String> =
                    callees.iter().filter_map(|callee| topology.call(from, *callee)).collect();
                if calls.is_empty() {
                    return "Work(\"3ms\")".to_owned();
                }
                format!("Parallel([{}], join: {join})", calls.join(", "))
            }
            Self::Branch(when, then, otherwise) => {
                let (then, otherwise) = (written(then, from, topology), written(otherwise, from, topology));
                format!("Branch({when}, then: [{then}], otherwise: [{otherwise}])")
            }
            Self::Lookup(hit, miss) => {
                let (hit, miss) = (written(hit, from, topology), written(miss, from, topology));
                format!("Lookup(\"cache\", hit: [{hit}], miss: [{miss}])")
            }
        }
    }
}
