//! Random small worlds: whatever is combined, nothing is lost, nothing breaks, and the same gives the same.
//!
//! `PROPTEST_CASES=5000 cargo test properties` is the long form. The engine's own invariants are asserted every simulated
//! second of each of these runs.

use knockon::record::WorldRecord;
use knockon::scenario::Scenario;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::replay;

/// A policy: some of its mechanisms, with small numbers so that they act.
fn policy() -> impl Strategy<Value = String> {
    let parts: Vec<BoxedStrategy<Option<&'static str>>> = [
        vec!["timeout: \"80ms\"", "timeout: \"300ms\""],
        vec!["deadline: \"250ms\""],
        vec!["cancel: AtDequeue", "cancel: AtOnce"],
        vec!["late_reply: Accept"],
        vec![
            "retry: Retry(max_attempts: 3)",
            "retry: Retry(max_attempts: 4, backoff: Exponential(base: \"20ms\"), jitter: Full)",
            "retry: Retry(max_attempts: 3, backoff: Exponential(base: \"10ms\"), jitter: Decorrelated, order: Inside)",
            "retry: Retry(max_attempts: 5, budget: Tokens(share: \"20%\", capacity: 3))",
            "retry: Retry(max_attempts: 5, budget: Ratio(share: \"20%\", window: \"2s\"), on: [Timeout, Refused])",
        ],
        vec![
            "breaker: Consecutive(failures: 3, open_for: \"500ms\")",
            "breaker: Resilience4j(window: Calls(10), min_calls: 5, open_for: \"700ms\", half_open_calls: 2)",
            "breaker: Resilience4j(window: Time(\"2s\"), min_calls: 5, slow_after: \"50ms\", slow_rate: \"50%\", open_for: \"1s\", automatic: true)",
        ],
        vec!["bulkhead: Bulkhead(max_concurrent: 2)", "bulkhead: Bulkhead(max_concurrent: 3, max_wait: \"100ms\")"],
        vec!["pool: Pool(size: 2, max_wait: \"50ms\")", "pool: Pool(size: 1, max_wait: \"10s\")"],
        vec!["balancer: Random", "balancer: LeastInFlight", "balancer: PowerOfTwo"],
        vec!["detection: Probes"],
        vec!["network: Constant(\"1ms\")", "network: Exp(\"2ms\")"],
        vec!["scope: Service"],
        vec![
            "fallback: Cached(max_age: \"2s\")",
            "fallback: Cached(max_age: \"1s\", when: InsteadOfRetry, writes: true)",
            "fallback: Cached(max_age: \"300ms\", when: BeforeCall, writes: true)",
            "fallback: Fixed()",
            "fallback: Fixed(when: InsteadOfRetry)",
        ],
    ]
    .into_iter()
    .map(|choices| proptest::option::weighted(0.4, select(choices)).boxed())
    .collect();
    parts
        .prop_map(|chosen| format!("Policy({})", chosen.into_iter().flatten().collect::<Vec<_>>().join(", ")))
}

/// What turns attempts away, and what probes ask.
fn admission() -> impl Strategy<Value = String> {
    let parts: Vec<BoxedStrategy<Option<&'static str>>> = [
        vec![
            "rate_limits: { \"op\": \"20/s\" }",
            "rate_limits: { \"op\": TokenBucket(\"5/s\", burst: 2) }",
            "rate_limits: { \"op\": Ramp(from: \"50/s\", to: \"0/s\", over: \"5s\"), \"health\": \"1/s\" }",
        ],
        vec![
            "shed: [Shed(queue: 2, below: 5)]",
            "shed: [Shed(queue: 0, below: 1), Shed(queue: 3, below: 255)]",
        ],
    ]
    .into_iter()
    .map(|choices| proptest::option::weighted(0.3, select(choices)).boxed())
    .collect();
    let asks = select(vec!["", ", asks: \"op\"", ", asks: \"health\""]);
    (parts, asks).prop_map(|(chosen, asks)| {
        let probe = format!("probe: Probe(interval: \"1s\", timeout: \"300ms\"{asks})");
        chosen.into_iter().flatten().map(str::to_owned).chain([probe]).collect::<Vec<_>>().join(", ")
    })
}

fn service() -> impl Strategy<Value = String> {
    let queue = select(vec![
        "Fifo(capacity: 5)",
        "Lifo(capacity: 5)",
        "Fifo(capacity: Unbounded)",
        "Fifo(capacity: 0)",
        "Priority(capacity: 5)",
    ]);
    let when_full = select(vec!["Reject", "Silent"]);
    let restart = select(vec![
        "Restart(startup: \"1s\")",
        "Restart(startup: \"500ms\", jitter: \"50%\", notice: \"200ms\")",
        "Restart(startup: \"300ms\", backoff: Immediate)",
        "Restart(startup: \"0s\", jitter: \"100%\", backoff: CrashLoop(base: \"500ms\", max: \"2s\", reset: \"1s\"))",
    ]);
    let memory = select(vec![
        "None",
        "None",
        "Memory(limit: \"10kB\", idle: \"4kB\", per_request: \"1kB\")",
        "Memory(limit: \"100MiB\", idle: \"10MiB\", per_request: \"30MiB\")",
    ]);
    let cache = select(vec![
        "Warming(hit_ratio: \"90%\", after: 50)",
        "Warming(hit_ratio: \"60%\", after: 200, at_begin: \"0%\", after_start: \"50%\")",
        "Warming(hit_ratio: \"100%\", after: 0)",
    ]);
    (1_u32..4, 1_u32..5, queue, when_full, restart, memory, cache, admission()).prop_map(
        |(replicas, threads, queue, when_full, restart, memory, cache, admission)| {
            format!(
                "replicas: {replicas}, threads: {threads}, queue: {queue}, when_full: {when_full}, \
                 restart: {restart}, memory: {memory}, caches: {{ \"cache\": {cache} }}, \
                 {admission}"
            )
        },
    )
}

fn fault() -> impl Strategy<Value = String> {
    let target = select(vec!["\"a\"", "\"b\"", "\"c\"", "Replica(\"b\", 0)", "Share(\"c\", \"50%\")"]);
    let effect = select(vec![
        "Pause",
        "Crash",
        "Restart",
        "Restart(how: Rolling(at_once: 1))",
        "Restart(how: Rolling(at_once: 2), drain: \"200ms\")",
        "Restart(drain: \"2s\")",
        "Slow(4)",
        "Errors(\"40%\")",
        "Latency(Exp(\"50ms\"), share: \"50%\")",
    ]);
    (target, effect, 0_u32..8000, 1_u32..4000).prop_map(|(on, effect, at, lasts)| {
        format!("Fault(at: \"{at}ms\", for: \"{lasts}ms\", on: {on}, effect: {effect})")
    })
}

/// a calls b and c at once, b calls c twice or not at all: chains, fan-out and a shared dependency.
fn world() -> impl Strategy<Value = String> {
    let join = select(vec!["All", "First", "Quorum(1)"]);
    (
        [service(), service(), service()],
        [policy(), policy(), policy(), policy()],
        proptest::collection::vec(fault(), 0..5),
        join,
        10_u32..120,
        any::<u32>(),
    )
        .prop_map(|([a, b, c], [ab, ac, bc, ua], faults, join, rate, seed)| {
            format!(
                "Scenario(format: 1, name: \"random\", warm_up: \"1s\", horizon: \"12s\", seed: {seed},
            services: {{
                \"a\": Service({a}, operations: {{ \"op\": [Work(Exp(\"5ms\")), Lookup(\"cache\", hit: [Work(\"1ms\")], miss: [Parallel([\"b.op\", \"c.op\"], join: {join})]), Work(Constant(\"1ms\"))], \"health\": [Call(\"b.op\")] }}),
                \"b\": Service({b}, operations: {{ \"op\": [Branch(Chance(\"50%\"), then: [Call(\"c.op\"), Call(\"c.op\")], otherwise: [Work(Exp(\"20ms\"))]), Lookup(\"cache\")], \"health\": [Parallel([\"c.op\", \"c.op\"], join: First)] }}),
                \"c\": Service({c}, operations: {{ \"op\": [Lookup(\"cache\", miss: [Work(LogNormal(mean: \"15ms\", cv: 1.5))]), Branch(Chance(\"5%\"), then: [Fail])], \"health\": [Work(Exp(\"1ms\"))] }}),
            }},
            calls: {{ \"a -> b\": {ab}, \"a -> c\": {ac}, \"b -> c\": {bc}, \"users -> a\": {ua}, \"trip -> a\": {ua}, \"trip: 2nd -> b\": {ab} }},
            traffic: {{
                \"users\": Open(rate: \"{rate}/s\", entry: \"a.op\", users: 50),
                \"others\": Open(rate: \"5/s\", entry: \"b.op\", users: 9, priority: 3),
                \"trip\": Journey(\"5/s\", users: 20, steps: {{
                    \"1st\": Visit(\"a.op\", think: Exp(\"500ms\")), \"2nd\": Visit(\"b.op\", think: \"0s\"),
                    \"3rd\": Visit(\"a.op\", access: Write),
                }}),
            }},
            monitors: {{
                \"errors\": ErrorRate(of: \"a\", window: \"3s\", scrape: \"1s\", alert: Above(\"10%\", for: \"2s\")),
                \"busy\": Busy(of: \"b\", scrape: \"1s\"), \"ready\": Ready(of: \"c\", scrape: \"1s\"),
                \"queue\": Queue(of: \"b\", scrape: \"1s\"), \"retries\": Retries(of: \"c\", window: \"2s\", scrape: \"1s\"),
                \"pauses\": Pauses(of: \"c\", window: \"5s\", scrape: \"1s\"),
            }},
            faults: [{}])",
                faults.join(", ")
            )
        })
}

/// Everything that began has ended in one way, or is still under way.
fn nothing_is_lost(world: &WorldRecord) -> Result<(), TestCaseError> {
    for (name, class) in &world.totals.classes {
        prop_assert!(class.ok + class.degraded + class.failed <= class.requests, "{name}");
        let series = &world.classes[name];
        prop_assert_eq!(series.arrived.iter().sum::<u64>(), class.requests);
        prop_assert_eq!(series.ok.iter().sum::<u64>(), class.ok + class.degraded);
        prop_assert_eq!(series.degraded.iter().sum::<u64>(), class.degraded);
        prop_assert_eq!(class.failed_by_cause.values().sum::<u64>(), class.failed);
    }
    for (name, service) in &world.totals.services {
        let ended = service.ok + service.failed + service.abandoned;
        prop_assert!(ended <= service.attempts, "{name}");
        prop_assert_eq!(service.failed_by_cause.values().sum::<u64>(), service.failed);
        prop_assert!((0.0..=1.0 + 1e-9).contains(&service.utilization), "{}", service.utilization);
        let to_it: u64 = world
            .totals
            .calls
            .iter()
            .filter(|(call, _)| call.ends_with(&format!("-> {name}")))
            .map(|(_, c)| c.attempts)
            .sum();
        prop_assert_eq!(service.attempts, to_it, "attempts at a service are those of the calls to it");
    }
    // Deep probes are nobody's requests, and shares are shares.
    prop_assert_eq!(world.classes.len(), 5);
    for (name, most) in [("busy", 1.0), ("ready", 1.0), ("retries", 1.0), ("pauses", 5.0)] {
        prop_assert!(
            world.monitors[name].samples.iter().all(|(_, value)| (0.0..=most).contains(value)),
            "{name}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_in_any_world(text in world()) {
        let scenario = Scenario::parse(&text).unwrap_or_else(|rejected| panic!("{:?}\n{text}", rejected.diagnostics));
        let incident = replay(&scenario);
        let twin = incident.record.twin.as_ref().unwrap();
        nothing_is_lost(&incident.record.actual)?;
        nothing_is_lost(twin)?;
        // The same requests arrive and the same journeys begin in both worlds, whatever happens in them.
        for class in ["users", "trip: 1st"] {
            let arrivals = format!("arrivals/{class}");
            prop_assert_eq!(&incident.record.actual.classes[class].arrived, &twin.classes[class].arrived);
            prop_assert_eq!(&incident.record.actual.digests[&arrivals], &twin.digests[&arrivals]);
        }
        // The same once more is the same.
        prop_assert!(replay(&scenario) == incident, "two runs differ");
        // Without faults there is one world, and it is the twin.
        let calm = replay(&Scenario { faults: Vec::new(), ..scenario });
        prop_assert_eq!(&calm.record.actual.fingerprint, &twin.fingerprint);
        prop_assert!(calm.record.actual.classes == twin.classes, "the twin is not the world without faults");
        prop_assert!(Some(&calm.record.actual) == calm.record.twin.as_ref(), "no fault, two worlds");
    }
}
