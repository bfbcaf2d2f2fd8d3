//! What happens to a random world: faults, what people see of them, and what is done.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::topology::{Topology, name};

/// A fault, before it is known what there is to be hit.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    kind: u8,
    service: u8,
    replica: u8,
    effect: &'static str,
    at_ms: u32,
    lasts_ms: u32,
}

const EFFECTS: &[&str] = &[
    "Pause",
    "Crash",
    "Errors(\"40%\")",
    "Errors(\"100%\")",
    "Slow(4)",
    "Slow(0.5)",
    "Latency(Exp(\"50ms\"), share: \"50%\")",
    "Restart",
    "Restart(how: Rolling(at_once: 1))",
    "Restart(how: Rolling(at_once: 2), drain: \"200ms\")",
    "Restart(drain: \"1s\")",
    "Flush",
    "Flush(share: \"50%\", cache: \"cache\")",
    "Surge(3)",
];

pub(crate) fn fault() -> impl Strategy<Value = Fault> {
    (any::<u8>(), any::<u8>(), any::<u8>(), select(EFFECTS), 0_u32..2_500, 1_u32..1_500).prop_map(
        |(kind, service, replica, effect, at_ms, lasts_ms)| Fault {
            kind,
            service,
            replica,
            effect,
            at_ms,
            lasts_ms,
        },
    )
}

impl Fault {
    pub(crate) fn text(&self, replicas: &[u32], topology: &Topology) -> String {
        let service = self.service as usize % replicas.len();
        let of = name(service);
        let pair = topology.pairs.iter().nth(self.replica as usize % topology.pairs.len().max(1));
        let target = match (self.kind % 5, pair) {
            _ if self.effect.starts_with("Surge") => {
                format!("Traffic(\"{}\")", ["users", "others"][self.kind as usize % 2])
            }
            (0, Some((call, _))) if self.effect.starts_with("Errors") => format!("\"{call}\""),
            (1, _) => format!("Replica(\"{of}\", {})", u32::from(self.replica) % replicas[service]),
            (2, _) => format!("Share(\"{of}\", \"50%\")"),
            _ => format!("\"{of}\""),
        };
        let at_once = ["Restart", "Flush"].iter().any(|kind| self.effect.starts_with(kind));
        let lasts = if at_once { String::new() } else { format!(", for: \"{}ms\"", self.lasts_ms) };
        format!("Fault(at: \"{}ms\"{lasts}, on: {target}, effect: {})", self.at_ms, self.effect)
    }
}

/// A monitor, before it is known what there is to be read.
#[derive(Clone, Debug)]
pub(crate) struct Monitor {
    reading: (&'static str, &'static str),
    of: u8,
    alert: bool,
}

/// Readings, and when they alert. The first ones can be taken of classes and calls, too.
const READINGS: &[(&str, &str)] = &[
    ("ErrorRate", "Above(\"10%\", for: \"500ms\")"),
    ("Latency", "Above(\"60ms\")"),
    ("Rate", "Below(\"5/s\")"),
    ("Busy", "Above(\"80%\")"),
    ("Queue", "Above(2)"),
    ("Ready", "Below(\"100%\")"),
    ("Pauses", "Above(\"200ms\")"),
    ("Retries", "Above(\"20%\")"),
    ("Healthy", "Below(\"100%\")"),
];

/// How many of these can be taken of a class.
const OF_CLASSES: usize = 3;

pub(crate) fn monitor() -> impl Strategy<Value = Monitor> {
    (select(READINGS), any::<u8>(), any::<bool>()).prop_map(|(reading, of, alert)| Monitor {
        reading,
        of,
        alert,
    })
}

impl Monitor {
    /// Its alert is only there if it can be. Returns whether it is.
    pub(crate) fn alerts(&self) -> bool {
        self.alert
    }

    pub(crate) fn text(&self, number: usize, probed: &[bool]) -> String {
        let service = self.of as usize % probed.len();
        let reading = match self.reading {
            ("Healthy", _) if !probed[service] => READINGS[0],
            reading => reading,
        };
        let of_class = READINGS[..OF_CLASSES].contains(&reading) && self.of >= 128;
        let of = if of_class { "Class(\"users\")".to_owned() } else { format!("\"{}\"", name(service)) };
        let window = if self.of.is_multiple_of(2) { "1s" } else { "2s" };
        let window = match reading.0 {
            "Busy" | "Queue" | "Ready" | "Healthy" => String::new(),
            _ => format!(", window: \"{window}\""),
        };
        let alert = if self.alert { format!(", alert: {}", reading.1) } else { String::new() };
        format!("\"m{number}\": {}(of: {of}{window}, scrape: \"250ms\"{alert})", reading.0)
    }
}

/// A step of a procedure, before it is known what there is to be changed.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    kind: Kind,
    of: u8,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Sets a field of a service, or of a call.
    Service(&'static str, &'static str),
    Call(&'static str, &'static str),
    Restart(&'static str),
    Wait,
    Until,
}

const OF_SERVICES: &[(&str, &str)] = &[
    ("threads", "1"),
    ("threads", "5"),
    ("queue", "Fifo(capacity: 2)"),
    ("queue", "Lifo(capacity: Unbounded)"),
    ("queue", "Fifo(capacity: 0)"),
    ("queue", "Priority(capacity: 3)"),
    ("contention", "\"20%\""),
    ("when_full", "Reject"),
    ("shed", "[Shed(queue: 1, below: 5)]"),
    ("shed", "[]"),
    ("rate_limits.op", "\"10/s\""),
    ("rate_limits.op", "Unlimited"),
    ("rate_limits.more", "Ramp(from: \"1/s\", to: \"50/s\", over: \"1s\")"),
    ("rate_limits.health", "\"1/s\""),
    ("restart.startup", "\"50ms\""),
    ("restart", "Restart(startup: \"100ms\", backoff: Immediate)"),
    ("memory", "Memory(limit: \"10kB\", idle: \"5kB\", per_request: \"1kB\")"),
    ("memory", "None"),
];

const OF_CALLS: &[(&str, &str)] = &[
    ("timeout", "\"50ms\""),
    ("timeout", "\"1s\""),
    ("deadline", "\"200ms\""),
    ("deadline", "None"),
    ("retry", "Retry(max_attempts: 2, budget: Tokens(capacity: 2))"),
    ("retry", "Retry(max_attempts: 3, order: Inside)"),
    ("retry", "Retry(max_attempts: 3, budget: Envoy(min_concurrent: 1))"),
    ("retry", "Retry(max_attempts: 3, budget: Grpc(max_tokens: 4))"),
    ("retry", "None"),
    ("retry.max_attempts", "1"),
    ("breaker", "Consecutive(failures: 2, open_for: \"100ms\")"),
    ("breaker", "Resilience4j(window: Calls(4), min_calls: 2, open_for: \"100ms\", half_open_calls: 1)"),
    ("breaker", "Hystrix(window: \"1s\", interval: \"100ms\", min_calls: 2, open_for: \"200ms\")"),
    ("breaker", "Polly(window: \"500ms\", min_calls: 2, open_for: \"500ms\")"),
    ("breaker", "Gobreaker(trip: Consecutive(1), open_for: \"100ms\")"),
    ("breaker", "None"),
    ("throttle", "Adaptive(k: 2, window: \"1s\")"),
    ("throttle", "Resilience4j(limit: 1, period: \"100ms\", max_wait: \"200ms\")"),
    ("throttle", "None"),
    ("bulkhead", "Bulkhead(max_concurrent: 1, max_wait: \"50ms\")"),
    ("bulkhead", "Bulkhead(max_concurrent: 4)"),
    ("bulkhead", "None"),
    ("pool", "Pool(size: 1, max_wait: \"100ms\")"),
    ("pool", "Pool(size: 5)"),
    ("pool", "None"),
    ("fallback", "Fixed()"),
    ("fallback", "Cached(max_age: \"1s\")"),
    ("fallback", "None"),
    ("cancel", "AtOnce"),
    ("cancel", "Never"),
    ("late_reply", "Accept"),
    ("late_reply", "Ignore"),
    ("balancer", "LeastInFlight"),
    ("balancer", "PowerOfTwo"),
    ("balancer", "RoundRobin"),
    ("network", "Constant(\"2ms\")"),
];

const RESTARTS: &[&str] =
    &["", ", how: Rolling(at_once: 1)", ", drain: \"300ms\"", ", how: Rolling(at_once: 2), drain: \"100ms\""];

fn action() -> impl Strategy<Value = Action> {
    let kind = prop_oneof![
        3 => select(OF_SERVICES).prop_map(|(field, value)| Kind::Service(field, value)),
        5 => select(OF_CALLS).prop_map(|(field, value)| Kind::Call(field, value)),
        1 => select(RESTARTS).prop_map(Kind::Restart),
        1 => Just(Kind::Wait),
        1 => Just(Kind::Until),
    ];
    (kind, any::<u8>()).prop_map(|(kind, of)| Action { kind, of })
}

pub(crate) fn actions() -> impl Strategy<Value = Vec<Action>> {
    vec(action(), 1..4)
}

/// What procedures can refer to.
#[derive(Clone, Debug)]
pub(crate) struct Stage<'a> {
    pub(crate) topology: &'a Topology,
    /// How many operations each service offers.
    pub(crate) offered: &'a [usize],
    /// Calls by their keys, those of classes included.
    pub(crate) calls: &'a [String],
    /// Monitors that alert.
    pub(crate) alerts: &'a [String],
}

impl Action {
    fn text(&self, stage: &Stage) -> String {
        let of = self.of as usize;
        let service = of % stage.topology.services();
        let until = "Wait(\"100ms\")".to_owned();
        match self.kind {
            Kind::Service("rate_limits.more", _) if stage.offered[service] < 2 => until,
            Kind::Service(field, value) => format!("Set(\"services.{}.{field}\", {value})", name(service)),
            Kind::Call(field, value) => {
                let call = &stage.calls[of % stage.calls.len()];
                format!("Set(\"calls.'{call}'.{field}\", {value})")
            }
            Kind::Restart(how) => format!("Restart(\"{}\"{how})", name(service)),
            Kind::Wait => until,
            Kind::Until => match stage.alerts.get(of % stage.alerts.len().max(1)) {
                Some(alert) => format!("Until(Quiet(\"{alert}\"), at_most: \"500ms\")"),
                None => until,
            },
        }
    }
}

fn written(actions: &[Action], stage: &Stage) -> String {
    let actions: Vec<String> = actions.iter().map(|action| action.text(stage)).collect();
    actions.join(", ")
}

/// Something done by script or automation.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    at_ms: Option<u32>,
    alert: u8,
    after_ms: u32,
    does: Vec<Action>,
}

pub(crate) fn act() -> impl Strategy<Value = Act> {
    (option::of(0_u32..3_000), any::<u8>(), 0_u32..300, actions())
        .prop_map(|(at_ms, alert, after_ms, does)| Act { at_ms, alert, after_ms, does })
}

impl Act {
    pub(crate) fn text(&self, stage: &Stage) -> String {
        let alert = stage.alerts.get(self.alert as usize % stage.alerts.len().max(1));
        let when = match (self.at_ms, alert) {
            (None, Some(alert)) if self.alert < 192 => format!("on: Alert(\"{alert}\")"),
            (None, Some(alert)) => format!("on: Cleared(\"{alert}\")"),
            (at, _) => format!("at: \"{}ms\"", at.unwrap_or(700)),
        };
        format!("Act({when}, after: \"{}ms\", does: [{}])", self.after_ms, written(&self.does, stage))
    }
}

/// The person on call.
#[derive(Clone, Debug)]
pub(crate) struct OnCall {
    delays: &'static str,
    misled: Option<Vec<Action>>,
    runbook: Vec<Vec<Action>>,
    experts: Vec<Vec<Action>>,
    all_clear: Option<Vec<Action>>,
}

const DELAYS: &[&str] = &[
    "",
    "notices: \"200ms\", acts: \"100ms\", ",
    "dismisses: \"300ms\", decides: \"200ms\", escalates: \"100ms\", resolved: ErrorRate, ",
    "notices: \"50ms\", resolved: ErrorRate, ",
];

pub(crate) fn on_call() -> impl Strategy<Value = OnCall> {
    let rules = |most| vec(actions(), 0..most);
    (select(DELAYS), option::of(actions()), rules(3), rules(2), option::of(actions())).prop_map(
        |(delays, misled, runbook, experts, all_clear)| OnCall {
            delays,
            misled,
            runbook,
            experts,
            all_clear,
        },
    )
}

impl OnCall {
    pub(crate) fn text(&self, stage: &Stage) -> String {
        let rules = |whose: &str, rules: &[Vec<Action>]| {
            let rule = |(number, does): (usize, &Vec<Action>)| {
                let within = if number == 0 { "500ms" } else { "1s" };
                let does = written(does, stage);
                format!("Rule(name: \"{whose} {number}\", does: [{does}], within: \"{within}\")")
            };
            rules.iter().enumerate().map(rule).collect::<Vec<_>>().join(", ")
        };
        let misled = self.misled.as_ref().map_or_else(String::new, |does| {
            let does = written(does, stage);
            format!("misdiagnosis: Misdiagnosis(believes: \"it is d\", lasts: \"200ms\", does: [{does}]), ")
        });
        let all_clear = self
            .all_clear
            .as_ref()
            .map_or_else(String::new, |does| format!("all_clear: [{}], ", written(does, stage)));
        format!(
            "OnCall({}{misled}{all_clear}runbook: [{}], experts: [{}])",
            self.delays,
            rules("rule", &self.runbook),
            rules("expert", &self.experts)
        )
    }
}
