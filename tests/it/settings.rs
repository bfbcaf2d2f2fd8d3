//! Settings that change while a run goes on: what they rule from then on, and what stays as it was.

use knockon::engine::{AttemptId, ModelEvent, Observer, Simulation};
use knockon::failure::{FailureCause, Outcome};
use knockon::id::Id;
use knockon::model::Model;
use knockon::policy::BreakerState;
use knockon::random::{Key, Stream};
use knockon::record::describe;
use knockon::scenario::Scenario;
use knockon::time::{SimDuration, SimTime};

use crate::support::run_until;
use proptest::prelude::*;

/// Whether an attempt is one of `a`'s two calls to `b`: the first sites there are.
fn is_at_b(id: &AttemptId) -> bool {
    id.site.position() < 2
}

/// Everything that happened in one world, in seconds from T+0.
#[derive(Default)]
struct Log(Vec<(f64, ModelEvent)>);

impl Observer for Log {
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        self.0.push(((now - SimTime::ZERO).as_secs_f64(), *event));
    }
}

impl Log {
    /// What of it somebody wants to know, in order.
    fn pick<T>(&self, mut wanted: impl FnMut(f64, &ModelEvent) -> Option<T>) -> Vec<T> {
        self.0.iter().filter_map(|(at, event)| wanted(*at, event)).collect()
    }

    /// When attempts at `b` were sent, and their numbers.
    fn sent(&self) -> Vec<(f64, u32)> {
        self.pick(|at, event| match event {
            ModelEvent::AttemptSent(id) if is_at_b(id) => Some((at, id.number)),
            _ => None,
        })
    }

    /// When attempts at `b` ended, and how long after they had begun, and how.
    fn ended(&self) -> Vec<(f64, f64, Outcome)> {
        self.pick(|at, event| match event {
            ModelEvent::AttemptEnded(id, outcome) if is_at_b(id) => {
                Some((at, at - (id.begun_at - SimTime::ZERO).as_secs_f64(), *outcome))
            }
            _ => None,
        })
    }

    /// Changes of breakers.
    fn breakers(&self) -> Vec<(f64, BreakerState)> {
        self.pick(|at, event| match event {
            ModelEvent::BreakerChanged(_, _, state) => Some((at, *state)),
            _ => None,
        })
    }

    /// Attempts at `b` under way at each sending: the most in a period.
    fn most_under_way(&self, from: f64, to: f64) -> usize {
        let mut under_way = 0_usize;
        let mut most = 0;
        for (at, event) in &self.0 {
            match event {
                ModelEvent::AttemptSent(id) if is_at_b(id) => under_way += 1,
                ModelEvent::AttemptEnded(id, _) if is_at_b(id) => under_way -= 1,
                _ => {}
            }
            if (from..to).contains(at) {
                most = most.max(under_way);
            }
        }
        most
    }
}

/// A caller `a` and a callee `b`, for 40 s, and what is set when.
fn text(rate: &str, b: &str, calls: &str, faults: &str, sets: &[(&str, &str, &str)]) -> String {
    let act = |(at, path, value): &(&str, &str, &str)| {
        format!("Act(at: \"T+{at}s\", does: Set(\"{path}\", {value})),")
    };
    format!(
        "Scenario(format: 1, name: \"test\", horizon: \"40s\", seed: 11,
        services: {{
            \"a\": Service(threads: 5000, queue: Fifo(capacity: Unbounded), operations: {{
                \"op\": [Call(\"b.op\")], \"other\": [Call(\"b.op\")] }}),
            \"b\": Service({b}),
        }},
        calls: {{ {calls} }},
        traffic: {{ \"c\": Open(rate: \"{rate}\", entry: \"a.op\"), \"d\": Open(rate: \"1/s\", entry: \"a.other\") }},
        faults: [{faults}],
        response: [{}])",
        sets.iter().map(act).collect::<String>()
    )
}

fn watch(text: &str) -> Log {
    let scenario =
        Scenario::parse(text).unwrap_or_else(|rejected| panic!("{:?}\n{text}", rejected.diagnostics));
    let model = Model::compile(&scenario);
    let mut simulation = Simulation::new(&model);
    simulation.schedule_faults();
    let mut log = Log::default();
    for second in 1..=40 {
        run_until(&mut simulation, SimTime::ZERO + SimDuration::from_secs(second), &mut log);
        simulation.check_invariants();
    }
    log
}

/// With `a -> b` under a policy, and `b` with plenty of threads and this work.
fn run(rate: &str, work: &str, policy: &str, faults: &str, sets: &[(&str, &str, &str)]) -> Log {
    let b = format!(
        "threads: 1000, queue: Fifo(capacity: Unbounded), operations: {{ \"op\": [Work(\"{work}\")] }}"
    );
    watch(&text(rate, &b, &format!("\"a -> b\": Policy({policy})"), faults, sets))
}

const BROKEN: &str = "Fault(at: \"T+0s\", on: \"b\", effect: Errors(\"100%\"))";

/// A setting of the policy of `a -> b`.
macro_rules! policy {
    ($field:literal) => {
        concat!("calls.'a -> b'.", $field)
    };
}

#[test]
fn retries_that_are_switched_off_stop_also_for_those_who_wait() {
    let with = |sets: &[(&str, &str, &str)]| {
        run("20/s", "10ms", "retry: Retry(max_attempts: 4, backoff: Fixed(\"10s\"))", BROKEN, sets)
    };
    let storm = with(&[]);
    assert!(storm.sent().iter().any(|(_, number)| *number == 4));
    for (path, value, most) in [
        (policy!("retry.max_attempts"), "1", 1),
        (policy!("retry.max_attempts"), "2", 2),
        (policy!("retry"), "None", 1),
        (policy!("retry.on"), "[Timeout]", 1),
    ] {
        let log = with(&[("5", path, value)]);
        assert_eq!(log.sent().iter().map(|(_, number)| *number).max(), Some(most), "{path} = {value}");
        // Who slept fails when it wakes, and for what it had failed with; who comes later fails at once.
        let failed = log.pick(|at, event| match event {
            ModelEvent::RequestEnded(id, Outcome::Failed(FailureCause::Dependency)) => {
                Some((at, at - (id.arrived_at - SimTime::ZERO).as_secs_f64()))
            }
            _ => None,
        });
        let asleep = failed.iter().filter(|(_, after)| *after >= 10.0).count();
        let arrived = log.pick(|at, event| match event {
            ModelEvent::RequestArrived(id) if at < 4.9 && id.class.position() == 0 => Some(()),
            _ => None,
        });
        assert!(asleep >= arrived.len(), "{asleep} of {}", arrived.len());
        if most == 1 {
            assert!(
                failed.iter().all(|(at, after)| *after < 0.1 || (*after - 10.01).abs() < 0.02 && *at < 15.1)
            );
        }
    }
}

#[test]
fn armed_timeouts_stay_and_new_ones_are_the_new() {
    let log = run("20/s", "3s", "timeout: \"2s\"", "", &[("5", policy!("timeout"), "\"500ms\"")]);
    let begun = |(at, after, _): &(f64, f64, Outcome)| at - after;
    let (before, after): (Vec<_>, Vec<_>) = log.ended().into_iter().partition(|ended| begun(ended) < 5.0);
    assert!(before.len() > 50 && after.len() > 500);
    assert!(before.iter().all(|(_, waited, _)| (waited - 2.0).abs() < 1e-6));
    assert!(after.iter().all(|(_, waited, _)| (waited - 0.5).abs() < 1e-6));
    let none = run("20/s", "3s", "timeout: \"2s\"", "", &[("5", policy!("timeout"), "None")]);
    let late = none.ended();
    assert!(late.iter().filter(|ended| begun(ended) > 5.0).all(|(.., outcome)| *outcome == Outcome::Ok));
}

#[test]
fn a_breaker_of_other_numbers_stays_open_and_one_of_another_flavor_is_new() {
    use BreakerState::{Closed, HalfOpen, Open};
    let policy = "breaker: Consecutive(failures: 3, open_for: \"60s\")";
    let with =
        |path: &str, value: &str| run("20/s", "10ms", policy, BROKEN, &[("10", path, value)]).breakers();
    let [(opened, Open)] = with(policy!("timeout"), "\"1s\"")[..] else { panic!("it opens and stays open") };
    assert!(opened < 2.0);
    let changes = with(policy!("breaker.open_for"), "\"20s\"");
    assert_eq!(changes[0], (opened, Open));
    assert!(changes[1].0 > opened + 20.0 && changes[1].0 < opened + 21.0 && changes[1].1 == HalfOpen);
    assert_eq!(changes[2].1, Open);
    assert_eq!(with(policy!("breaker"), "None"), [(opened, Open), (10.0, Closed)]);
    let other = with(policy!("breaker"), "Resilience4j(min_calls: 5, window: Calls(10))");
    assert_eq!(other[..2], [(opened, Open), (10.0, Closed)]);
    assert!(other[2].0 > 10.0 && other[2].1 == Open, "it opens by itself");
    // One that was not there begins with what it sees itself.
    let added = run("20/s", "10ms", "", BROKEN, &[("10", policy!("breaker"), "Consecutive(failures: 3)")]);
    assert!(added.breakers()[0].0 > 10.0 && added.breakers()[0].0 < 12.0);
}

#[test]
fn what_an_earlier_breaker_let_through_is_not_told_to_a_later_one() {
    // Ten attempts fail at T+3 s and later, permitted by a breaker that was replaced at T+2 s and again at T+2.5 s.
    let policy = "timeout: \"3s\", breaker: Consecutive(failures: 2, open_for: \"5s\")";
    let sets = [
        ("2", policy!("breaker"), "None"),
        ("2.5", policy!("breaker"), "Consecutive(failures: 2, open_for: \"5s\")"),
    ];
    let log = run("4/s", "10s", policy, "", &sets);
    let begun_since =
        log.ended().iter().filter(|(at, after, _)| at - after >= 2.5).map(|(at, ..)| *at).nth(1);
    assert_eq!(log.breakers()[0], (begun_since.unwrap(), BreakerState::Open));
}

#[test]
fn a_pool_that_shrinks_drains_and_one_that_grows_lets_the_waiting_in_at_once() {
    for (mechanism, wait) in [("pool", "size"), ("bulkhead", "max_concurrent")] {
        let policy = format!(
            "{mechanism}: {}({wait}: 4, max_wait: \"60s\")",
            if mechanism == "pool" { "Pool" } else { "Bulkhead" }
        );
        let field = format!("calls.'a -> b'.{mechanism}.{wait}");
        let whole = format!("calls.'a -> b'.{mechanism}");
        let sets = [("5", &*field, "1"), ("10", &*field, "8"), ("15", &*whole, "None")];
        let log = run("10/s", "1s", &policy, "", &sets);
        assert_eq!(log.most_under_way(0.0, 5.0), 4, "{mechanism}");
        assert_eq!(log.most_under_way(6.1, 10.0), 1, "{mechanism}");
        let sent = log.sent();
        let between = |from, to| sent.iter().filter(|(at, _)| (from..to).contains(at)).count();
        assert!(between(5.0, 10.0) <= 5, "one a second: {}", between(5.0, 10.0));
        let at = |when: f64| sent.iter().filter(|(at, _)| (at - when).abs() < 1e-9).count();
        assert_eq!(at(10.0), 7, "{mechanism}: seven more places, all taken at once");
        assert_eq!(log.most_under_way(10.0, 15.0), 8, "{mechanism}");
        assert!(at(15.0) > 20, "{mechanism}: all who wait go: {}", at(15.0));
        assert!(log.most_under_way(15.0, 16.0) > 20);
    }
}

#[test]
fn a_bulkhead_that_was_not_there_does_not_count_what_is_under_way() {
    let sets = [("5", policy!("bulkhead"), "Bulkhead(max_concurrent: 2)")];
    let log = run("50/s", "2s", "", "", &sets);
    assert!(log.most_under_way(4.0, 5.0) > 50);
    let after = log.sent().iter().filter(|(at, _)| (5.0..6.9).contains(at)).count();
    assert_eq!(after, 2);
    // It comes, goes and comes again while attempts of each time are under way.
    let sets = [
        ("5", policy!("bulkhead"), "Bulkhead(max_concurrent: 2)"),
        ("6", policy!("bulkhead"), "None"),
        ("6.5", policy!("bulkhead"), "Bulkhead(max_concurrent: 3)"),
        ("6.5", policy!("pool"), "Pool(size: 1)"),
        ("7", policy!("pool"), "None"),
    ];
    assert!(run("50/s", "2s", "", "", &sets).sent().len() > 40);
}

#[test]
fn more_threads_take_from_the_queue_at_once_and_fewer_drain() {
    let b = "threads: 1, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"1s\")] }";
    let sets = [("10", "services.b.threads", "8"), ("20", "services.b.threads", "2")];
    let log = watch(&text("20/s", b, "", "", &sets));
    let begun = log.pick(|at, event| match event {
        ModelEvent::Begun(replica, ..) if replica.position() == 1 => Some(at),
        _ => None,
    });
    let at = |when: f64| begun.iter().filter(|at| (*at - when).abs() < 1e-9).count();
    let between = |from: f64, to: f64| begun.iter().filter(|at| (from..to).contains(*at)).count();
    assert_eq!((at(10.0), between(11.0, 20.0)), (7, 9 * 8));
    let later = between(21.001, 40.0);
    assert!((37..=38).contains(&later), "after the eight have finished, two a second: {later}");
}

#[test]
fn a_smaller_queue_keeps_what_it_has_and_refuses_who_comes() {
    let b = "threads: 1, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"500ms\")] }";
    let log = watch(&text("10/s", b, "", "", &[("5", "services.b.queue.capacity", "2")]));
    let refused: Vec<f64> = log
        .ended()
        .into_iter()
        .filter(|(.., outcome)| *outcome == Outcome::Failed(FailureCause::QueueFull))
        .map(|(at, ..)| at)
        .collect();
    assert!(refused[0] > 5.0 && refused[0] < 5.5);
    let unqueued = log.pick(|_, event| matches!(event, ModelEvent::Unqueued(_)).then_some(()));
    assert!(unqueued.is_empty(), "nobody was thrown out");
    let waits = log.pick(|at, event| match event {
        ModelEvent::Begun(_, waited, true) => Some((at, waited.as_secs_f64())),
        _ => None,
    });
    assert!(waits.iter().any(|(_, waited)| *waited > 10.0));
    assert!(waits.last().unwrap().1 < 1.6, "two wait before them, in the end");
}

#[test]
fn a_budget_of_other_numbers_keeps_its_tokens_and_one_of_another_kind_is_new() {
    let retries = |sets: &[(&str, &str, &str)]| {
        let policy = "retry: Retry(max_attempts: 2, budget: Tokens(share: \"0%\", capacity: 5))";
        let log = run("50/s", "10ms", policy, BROKEN, sets);
        log.sent().iter().filter(|(_, number)| *number == 2).count()
    };
    assert_eq!(retries(&[]), 5);
    assert_eq!(retries(&[("10", policy!("retry.budget.capacity"), "50")]), 5, "more room, no more tokens");
    assert_eq!(
        retries(&[
            ("10", policy!("retry.budget"), "None"),
            ("10.001", policy!("retry.budget"), "Tokens(share: \"0%\", capacity: 7)")
        ]),
        12
    );
    let ratio =
        retries(&[("10", policy!("retry.budget"), "Ratio(share: \"0%\", window: \"100s\", min_per_s: 0.1)")]);
    assert_eq!(ratio, 5 + 10);
}

#[test]
fn a_balancer_counts_from_when_it_has_to() {
    let b = "replicas: 2, threads: 10, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"10ms\")] }";
    let stuck = "Fault(at: \"T+0s\", on: Replica(\"b\", 0), effect: Pause)";
    let calls = "\"a -> b\": Policy(timeout: \"1s\")";
    let sets = [
        ("10", policy!("balancer"), "LeastInFlight"),
        ("20", policy!("balancer"), "RoundRobin"),
        ("30", policy!("balancer"), "LeastInFlight"),
    ];
    let log = watch(&text("50/s", b, calls, stuck, &sets));
    let queued = |from: f64, to: f64| {
        let stuck = |event: &ModelEvent| matches!(event, ModelEvent::Queued(id, _) if id.position() == 1);
        log.pick(|at, event| (stuck(event) && (from..to).contains(&at)).then_some(())).len()
    };
    assert!(queued(0.0, 10.0) > 200 && queued(20.0, 30.0) > 200, "half of all");
    assert!(queued(10.0, 20.0) < 60 && queued(30.0, 40.0) < 60, "hardly any: {}", queued(10.0, 20.0));
}

#[test]
fn limits_and_memory_can_be_set() {
    let b = "threads: 100, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"1s\")] }";
    let limited =
        [("10", "services.b.rate_limits.op", "\"5/s\""), ("20", "services.b.rate_limits.op", "Unlimited")];
    let log = watch(&text("50/s", b, "", "", &limited));
    let refused: Vec<f64> = log
        .ended()
        .into_iter()
        .filter(|(.., outcome)| *outcome == Outcome::Failed(FailureCause::RateLimited))
        .map(|(at, ..)| at)
        .collect();
    assert!(refused.len() > 400 && refused.iter().all(|at| (10.0..20.0).contains(at)));
    // 50 requests of 1 MiB at a time.
    let memory = "Memory(limit: \"30MiB\", idle: \"1MiB\", per_request: \"1MiB\")";
    let log = watch(&text("50/s", b, "", "", &[("10", "services.b.memory", memory)]));
    let killed = log.pick(|at, event| matches!(event, ModelEvent::OutOfMemory(_)).then_some(at));
    assert!((killed[0] - 10.0).abs() < 1e-9);
}

#[test]
fn a_narrower_policy_follows_a_wider_one_except_where_it_says_otherwise() {
    let b = "threads: 1000, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"3s\")] }";
    // Attempts from `a.other` are those of the second site.
    let waits = |calls: &str, sets: &[(&str, &str, &str)]| {
        let log = watch(&text("5/s", b, calls, "", sets));
        let after = |site: usize| {
            let mut waits = log.pick(|at, event| match event {
                ModelEvent::AttemptEnded(id, _) if id.site.position() == site => {
                    let begun = (id.begun_at - SimTime::ZERO).as_secs_f64();
                    (begun > 20.0).then(|| ((at - begun) * 1000.0).round() as u64)
                }
                _ => None,
            });
            waits.sort_unstable();
            waits.dedup();
            waits
        };
        (after(0), after(1))
    };
    let wide = "\"a -> b\": Policy(timeout: \"2s\")";
    let own = format!("{wide}, \"a.other -> b.op\": Policy(timeout: \"1s\")");
    let other = format!("{wide}, \"a.other -> b.op\": Policy(deadline: \"9s\")");
    let set = [("5", policy!("timeout"), "\"500ms\"")];
    assert_eq!(waits(wide, &set), (vec![500], vec![500]));
    assert_eq!(waits(&own, &set), (vec![500], vec![1000]));
    assert_eq!(waits(&other, &set), (vec![500], vec![500]));
    // A policy of its own, that is not written; two fields of one policy; and back to what is written.
    let narrow =
        [("5", "calls.'a.other -> b.op'.timeout", "\"700ms\""), ("6", policy!("deadline"), "\"1500ms\"")];
    assert_eq!(waits(wide, &narrow), (vec![1500], vec![700]));
    let back = [set[0], ("6", policy!("timeout"), "\"2s\"")];
    assert_eq!(waits(wide, &back), (vec![2000], vec![2000]));
}

#[test]
fn a_change_is_told_even_if_nothing_differs() {
    let quiet = text("5/s", "operations: { \"op\": [Work(\"1s\")] }", "", "", &[]);
    let set = quiet
        .replace("response: []", "response: [Act(at: \"T+5s\", does: Set(\"services.b.threads\", 200))]");
    let log = watch(&set);
    let model = Model::compile(&Scenario::parse(&set).unwrap());
    let told = log.pick(|at, event| match event {
        ModelEvent::SettingChanged(_) => Some((at, describe(&model, event))),
        _ => None,
    });
    assert_eq!(told, [(5.0, "from now on, services.b.threads = 200".to_owned())]);
    let else_ = |log: &Log| {
        log.pick(|at, event| match event {
            ModelEvent::SettingChanged(_) | ModelEvent::Acted(..) | ModelEvent::Responded(..) => None,
            _ => Some((at, format!("{event:?}"))),
        })
    };
    assert_eq!(else_(&log), else_(&watch(&quiet)));
}

/// Everything that can be set, to something and to something else.
const ALL: &[(&str, &[&str])] = &[
    ("services.b.threads", &["1", "3", "50"]),
    ("services.b.queue", &["Fifo(capacity: 3)", "Lifo(capacity: Unbounded)", "Priority(capacity: 40)"]),
    ("services.b.queue.capacity", &["0", "20"]),
    ("services.b.when_full", &["Silent", "Reject"]),
    ("services.b.restart.startup", &["\"1s\""]),
    ("services.b.memory", &["None", "Memory(limit: \"30MiB\", idle: \"1MiB\", per_request: \"1MiB\")"]),
    ("services.b.rate_limits.op", &["Unlimited", "\"20/s\""]),
    ("services.b.shed", &["[]", "[Shed(queue: 2, below: 9)]"]),
    (policy!("timeout"), &["None", "\"200ms\"", "\"2s\""]),
    (policy!("deadline"), &["None", "\"1s\""]),
    (policy!("cancel"), &["Never", "AtOnce", "AtDequeue"]),
    (policy!("late_reply"), &["Accept", "Ignore"]),
    (
        policy!("retry"),
        &["None", "Retry(max_attempts: 3, backoff: Fixed(\"300ms\"))", "Retry(order: Inside)"],
    ),
    (policy!("retry.max_attempts"), &["1", "4"]),
    (
        policy!("retry.budget"),
        &["None", "Tokens()", "Ratio()", "Finagle()", "Envoy()", "Grpc(max_tokens: 5)", "AwsSdk(tokens: 50)"],
    ),
    (
        policy!("breaker"),
        &[
            "None",
            "Consecutive()",
            "Resilience4j(window: Calls(10), min_calls: 5, open_for: \"1s\", automatic: true)",
        ],
    ),
    (
        policy!("bulkhead"),
        &["None", "Bulkhead(max_concurrent: 3, max_wait: \"1s\")", "Bulkhead(max_concurrent: 30)"],
    ),
    (
        policy!("throttle"),
        &[
            "None",
            "Adaptive(k: 1.2, window: \"5s\")",
            "Resilience4j(limit: 5, period: \"200ms\", max_wait: \"300ms\")",
            "Resilience4j(limit: 20, period: \"1s\", max_wait: \"0s\")",
        ],
    ),
    (policy!("pool"), &["None", "Pool(size: 2)", "Pool(size: 20, max_wait: \"0s\")"]),
    (policy!("balancer"), &["RoundRobin", "LeastInFlight", "Random", "PowerOfTwo"]),
    (
        policy!("fallback"),
        &["None", "Cached(when: BeforeCall)", "Cached(max_age: \"2s\")", "Fixed(when: InsteadOfRetry)"],
    ),
    (policy!("network"), &["\"5ms\"", "Exp(\"20ms\")"]),
    ("calls.'a.other -> b'.pool", &["None", "Pool(size: 1)"]),
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_set_in_whatever_order_nothing_is_lost(seed in 0_u64..1_000_000) {
        let draw = |n: u64, purpose: &'static str| Key::of_seed(seed).nth(n).uniform(Stream::named(purpose));
        let pick = |n: u64, purpose, count: usize| (draw(n, purpose) * count as f64) as usize;
        let sets: Vec<(String, &str, &str)> = (0..60).map(|n| {
            let (path, values) = ALL[pick(n, "path", ALL.len())];
            (format!("{:.3}", draw(n, "at") * 39.0), path, values[pick(n, "value", values.len())])
        }).collect();
        let sets: Vec<(&str, &str, &str)> = sets.iter().map(|(at, path, value)| (at.as_str(), *path, *value)).collect();
        let b = "replicas: 2, threads: 5, queue: Fifo(capacity: 50), operations: { \"op\": [Work(Exp(\"100ms\"))] }";
        let faults = "Fault(at: \"T+8s\", for: \"3s\", on: Replica(\"b\", 0), effect: Pause),
            Fault(at: \"T+15s\", for: \"5s\", on: \"b\", effect: Errors(\"50%\")),
            Fault(at: \"T+25s\", for: \"2s\", on: Replica(\"b\", 1), effect: Crash),
            Fault(at: \"T+30s\", for: \"2s\", on: \"a\", effect: Pause)";
        let log = watch(&text("60/s", b, "\"a -> b\": Policy(timeout: \"1s\")", faults, &sets));
        let applied = log.pick(|_, event| matches!(event, ModelEvent::SettingChanged(_)).then_some(()));
        prop_assert_eq!(applied.len(), 60);
    }
}
