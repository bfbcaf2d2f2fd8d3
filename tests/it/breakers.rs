//! Each flavor of breaker in a run: when it opens at a callee that fails, and when it lets calls through again.

use knockon::engine::{ModelEvent, Observer, Simulation};
use knockon::failure::{FailureCause, Outcome};
use knockon::id::Id;
use knockon::model::Model;
use knockon::policy::BreakerState;
use knockon::scenario::Scenario;
use knockon::time::{SimDuration, SimTime};

use crate::support::{run_until, simulate};

/// The callee fails from here on, for twenty seconds.
const BROKEN_AT: f64 = 10.0;
const MENDED_AT: f64 = 30.0;

/// When attempts were sent, when they failed and when the breaker changed, in seconds.
#[derive(Default)]
struct Log {
    sent: Vec<f64>,
    failed: Vec<f64>,
    changes: Vec<(f64, BreakerState)>,
}

impl Observer for Log {
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        let at = (now - SimTime::ZERO).as_secs_f64();
        match event {
            ModelEvent::AttemptSent(id) if id.site.position() == 0 => self.sent.push(at),
            ModelEvent::AttemptEnded(id, Outcome::Failed(FailureCause::Error)) if id.site.position() == 0 => {
                self.failed.push(at);
            }
            ModelEvent::BreakerChanged(_, _, state) => self.changes.push((at, *state)),
            _ => {}
        }
    }
}

/// A caller with this breaker, fifty calls a second, and the fault.
fn watch(breaker: &str) -> Log {
    let text = format!(
        "Scenario(format: 1, name: \"test\", horizon: \"60s\", seed: 5,
        services: {{
            \"a\": Service(threads: 1000, operations: {{ \"op\": [Call(\"b.op\")] }}),
            \"b\": Service(threads: 1000, operations: {{ \"op\": [Work(\"10ms\")] }}),
        }},
        calls: {{ \"a -> b\": Policy(breaker: {breaker}) }},
        traffic: {{ \"c\": Open(rate: \"50/s\", entry: \"a.op\") }},
        faults: [Fault(at: \"T+{BROKEN_AT}s\", for: \"20s\", on: \"b\", effect: Errors(\"100%\"))])"
    );
    let scenario =
        Scenario::parse(&text).unwrap_or_else(|rejected| panic!("{:?}\n{text}", rejected.diagnostics));
    let model = Model::compile(&scenario);
    let mut simulation = Simulation::new(&model);
    simulation.schedule_faults();
    let mut log = Log::default();
    for second in 1..=60 {
        run_until(&mut simulation, SimTime::ZERO + SimDuration::from_secs(second), &mut log);
        simulation.check_invariants();
    }
    log
}

impl Log {
    /// That it opened within this time of the fault, stayed open for so long each time but for probes, closed at the
    /// first chance after the fault, and then let everything through. When it opened first.
    fn opened_and_recovered(&self, within: f64, open_for: f64) -> f64 {
        use BreakerState::{Closed, HalfOpen, Open};
        let (opened, first) = self.changes[0];
        assert!(first == Open && opened > BROKEN_AT && opened < BROKEN_AT + within, "{:?}", self.changes);
        for pair in self.changes.windows(2) {
            let [(from, before), (to, after)] = pair else { unreachable!() };
            match (before, after) {
                (Open, HalfOpen) => {
                    // The first call after the wait; about fifty a second come.
                    assert!(to - from >= open_for && to - from < open_for + 0.5, "{:?}", self.changes);
                }
                (HalfOpen, Open | Closed) => assert_eq!(*after == Closed, *to > MENDED_AT, "{to}"),
                _ => panic!("{before:?} to {after:?}"),
            }
        }
        let (closed, last) = self.changes[self.changes.len() - 1];
        assert!(last == Closed && closed < MENDED_AT + open_for + 1.0, "{:?}", self.changes);
        let during = self.sent.iter().filter(|at| (opened..closed).contains(*at)).count();
        let after = self.sent.iter().filter(|at| **at > closed).count() as f64;
        assert!(during <= 2 * self.changes.len(), "probes alone: {during}");
        assert!(after > 40.0 * (60.0 - closed), "all calls: {after}");
        opened
    }
}

#[test]
fn hystrix_opens_at_a_look_and_recovers() {
    let log = watch("Hystrix()");
    // Half of ten seconds at fifty calls a second must have failed first.
    let opened = log.opened_and_recovered(7.0, 5.0);
    assert!(opened > BROKEN_AT + 4.0, "{opened}");
    let looks = (log.changes[0].0 - log.sent[0]) / 0.5;
    assert!((looks - looks.round()).abs() < 1e-6, "{looks} looks since the first call");
}

#[test]
fn polly_opens_at_a_failure_and_recovers() {
    // A tenth of the results of thirty seconds, of which ten have passed.
    let log = watch("Polly()");
    let opened = log.opened_and_recovered(2.5, 5.0);
    assert!(opened > BROKEN_AT + 0.5, "{opened}");
}

#[test]
fn gobreaker_opens_at_the_sixth_failure_and_recovers() {
    let log = watch("Gobreaker(open_for: \"7s\")");
    let opened = log.opened_and_recovered(0.5, 7.0);
    assert_eq!(log.failed.iter().filter(|at| **at <= opened).count(), 6);
}

#[test]
fn resilience4j_waits_longer_each_time_if_told_so() {
    let log = watch(
        "Resilience4j(window: Calls(20), half_open_calls: 1, open_for: \"2s\", open_factor: 2, open_max: \"7s\")",
    );
    let half_open = log.changes.windows(2).filter(|pair| pair[1].1 == BreakerState::HalfOpen);
    let waits: Vec<f64> = half_open.map(|pair| (pair[1].0 - pair[0].0).floor()).collect();
    assert_eq!(waits, [2.0, 4.0, 7.0, 7.0], "{:?}", log.changes);
}

/// Each of two changes could be written in a file; together they ask for more buckets than there is memory.
#[test]
fn changes_that_come_to_endless_buckets_together_do_no_harm() {
    for (breaker, one, other) in [
        ("Gobreaker()", ("interval", "87600h"), ("bucket", "1ns")),
        ("Hystrix()", ("window", "300s"), ("interval", "10ms")),
    ] {
        let set = |(field, value)| format!("Set(\"calls.'a -> b'.breaker.{field}\", \"{value}\")");
        let text = format!(
            "Scenario(format: 1, name: \"test\", warm_up: \"0s\", horizon: \"10s\",
            services: {{
                \"a\": Service(operations: {{ \"op\": [Call(\"b.op\")] }}),
                \"b\": Service(operations: {{ \"op\": [Work(\"1ms\")] }}),
            }},
            calls: {{ \"a -> b\": Policy(breaker: {breaker}) }},
            traffic: {{ \"c\": Open(rate: \"100/s\", entry: \"a.op\") }},
            response: [Act(at: \"T+2s\", does: [{}]), Act(at: \"T+3s\", does: [{}])])",
            set(one),
            set(other)
        );
        let (_, summary) = simulate(&text);
        assert_eq!(summary.traffic["c"].failed, 0, "{breaker}");
    }
}
