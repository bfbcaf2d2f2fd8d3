//! A random world: services that call those below them, traffic, and what happens to them; written as a scenario.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::incident::{Act, Fault, Monitor, OnCall, Stage, act, fault, monitor, on_call};
use crate::policy::{self, Fields};
use crate::service::{Service, service};
use crate::topology::{Topology, name};

/// The parts of a world. Each fits whatever the others are, so that it can shrink alone.
#[derive(Clone, Debug)]
pub(crate) struct World {
    seed: u32,
    services: Vec<Service>,
    policies: Vec<Fields>,
    finer: Vec<Fields>,
    traffic: Traffic,
    faults: Vec<Fault>,
    monitors: Vec<Monitor>,
    acts: Vec<Act>,
    on_call: Option<OnCall>,
}

/// Who asks for what.
#[derive(Clone, Debug)]
struct Traffic {
    rate: u32,
    shape: u8,
    entries: [(u8, u8); 3],
    journey: bool,
}

/// What a scenario has besides the world itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Besides {
    /// A service, traffic, policies, a monitor and a variant that have to do with nothing else.
    pub(crate) unrelated: bool,
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let traffic = (5_u32..80, any::<u8>(), any::<[(u8, u8); 3]>(), any::<bool>())
        .prop_map(|(rate, shape, entries, journey)| Traffic { rate, shape, entries, journey });
    (
        any::<u32>(),
        vec(service(), 2..=6),
        vec(policy::policy(), 4),
        vec(policy::finer(), 2),
        traffic,
        vec(fault(), 0..4),
        vec(monitor(), 1..5),
        vec(act(), 0..3),
        option::weighted(0.4, on_call()),
    )
        .prop_map(|(seed, services, policies, finer, traffic, faults, monitors, acts, on_call)| World {
            seed,
            services,
            policies,
            finer,
            traffic,
            faults,
            monitors,
            acts,
            on_call,
        })
}

impl World {
    /// Writes it down.
    pub(crate) fn text(&self, besides: Besides) -> String {
        let offered: Vec<usize> = self.services.iter().map(Service::offers).collect();
        let mut topology = Topology::new(offered.clone());
        let services: Vec<String> = self
            .services
            .iter()
            .enumerate()
            .map(|(position, service)| service.text(position, &mut topology))
            .collect();
        let entries = self.traffic.entries.map(|(service, operation)| {
            let service = service as usize % self.services.len();
            (service, topology.operation(service, operation))
        });
        let (mut calls, keys) = self.calls(&topology, &entries, besides);
        let replicas: Vec<u32> = self.services.iter().map(|service| service.replicas).collect();
        let probed: Vec<bool> = self.services.iter().map(|service| service.probed).collect();
        let faults = self.faults.iter().map(|fault| fault.text(&replicas, &topology));
        let mut monitors: Vec<String> =
            self.monitors.iter().enumerate().map(|(number, monitor)| monitor.text(number, &probed)).collect();
        let alerting = self.monitors.iter().enumerate().filter(|(_, monitor)| monitor.alerts());
        let alerts: Vec<String> = alerting.map(|(number, _)| format!("m{number}")).collect();
        let stage = Stage { topology: &topology, offered: &offered, calls: &keys, alerts: &alerts };
        let acts = self.acts.iter().map(|act| act.text(&stage));
        let on_call = self.on_call.as_ref().filter(|_| !alerts.is_empty());
        let on_call = on_call.map_or("None".to_owned(), |on_call| on_call.text(&stage));
        let mut services = services.join(",\n    ");
        let mut traffic = self.traffic.text(&entries);
        let mut variants = String::new();
        if besides.unrelated {
            services += ",\n    \"y\": Service(operations: { \"op\": [Work(Exp(\"3ms\")), Call(\"z.op\")] }), \
                         \"z\": Service(replicas: 2, operations: { \"op\": [Work(\"1ms\")] })";
            traffic += ",\n    \"strangers\": Open(rate: \"9/s\", entry: \"y.op\")";
            calls.push(
                "\"y -> z\": Policy(timeout: \"1s\", retry: Retry(), breaker: Consecutive())".to_owned(),
            );
            monitors.push("\"strange\": Rate(of: \"z\", window: \"1s\", scrape: \"1s\")".to_owned());
            variants += ",\n  variants: { \"strange\": Variant(set: { \"seed\": 5 }) }";
        }
        format!(
            "Scenario(format: 1, name: \"random\", warm_up: \"500ms\", horizon: \"4s\", seed: {},
  limits: Limits(events: 400000, in_flight: 20000),
  services: {{\n    {services}\n  }},
  calls: {{\n    {}\n  }},
  traffic: {{\n    {traffic}\n  }},
  monitors: {{ {} }},
  faults: [\n    {}\n  ],
  response: [\n    {}\n  ],
  on_call: {on_call}{variants})",
            self.seed,
            calls.join(",\n    "),
            monitors.join(",\n    "),
            faults.collect::<Vec<_>>().join(",\n    "),
            acts.collect::<Vec<_>>().join(",\n    "),
        )
    }

    /// The policies of all calls, and the keys of those between two parts.
    fn calls(
        &self,
        topology: &Topology,
        entries: &[(usize, String); 3],
        besides: Besides,
    ) -> (Vec<String>, Vec<String>) {
        let by_users = [("users", 0), ("trip", 1)]
            .map(|(class, entry)| (format!("{class} -> {}", name(entries[entry].0)), entries[entry].0));
        let pairs: Vec<(String, usize)> = topology.pairs.iter().cloned().chain(by_users).collect();
        let pairs: Vec<&(String, usize)> =
            pairs.iter().filter(|(key, _)| self.traffic.journey || !key.starts_with("trip")).collect();
        let mut calls = Vec::new();
        for (number, (key, callee)) in pairs.iter().enumerate() {
            let callee = &self.services[*callee];
            let mut fields = self.policies[number % self.policies.len()].clone();
            if besides.unrelated && !fields.iter().any(|field| field.starts_with("deadline")) {
                // It never acts, and has no state that a change would keep.
                fields.push("deadline: \"1h\"".to_owned());
            }
            calls.push(format!("\"{key}\": {}", policy::text(&fields, callee.probed, callee.silent, false)));
        }
        // Callers that have no entry yet must not wait for ever, either.
        let silent = |service: usize| self.services[service].silent;
        let mut alone = vec![("others", entries[2].0)];
        if self.traffic.journey && entries[2].0 != entries[1].0 {
            alone.push(("trip", entries[2].0));
        }
        for (class, callee) in alone.into_iter().filter(|(_, callee)| silent(*callee)) {
            calls.push(format!("\"{class} -> {}\": Policy(timeout: \"400ms\")", name(callee)));
        }
        for (fields, (key, callee)) in self.finer.iter().zip(&topology.finer) {
            let callee = &self.services[*callee];
            calls.push(format!("\"{key}\": {}", policy::text(fields, callee.probed, callee.silent, true)));
        }
        (calls, pairs.into_iter().map(|(key, _)| key.clone()).collect())
    }
}

impl Traffic {
    fn text(&self, entries: &[(usize, String); 3]) -> String {
        let rate = self.rate;
        let rate = match self.shape % 4 {
            0 => format!("Steps([(\"0s\", \"{rate}/s\"), (\"1s\", \"{}/s\")])", 2 * rate),
            1 => format!("Ramp([(\"0s\", \"1/s\"), (\"3s\", \"{rate}/s\")])"),
            _ => format!("\"{rate}/s\""),
        };
        let [users, trip, others] = entries;
        let patience = if self.shape >= 128 { ", patience: Exp(\"100ms\")" } else { "" };
        let mut traffic = format!(
            "\"users\": Open(rate: {rate}, entry: {}, users: 50, region: \"eu\", value: 2{patience}),
    \"others\": Open(rate: \"5/s\", entry: {}, users: 9, priority: 3, access: Write)",
            users.1, others.1
        );
        if self.journey {
            let _ = write!(
                traffic,
                ",\n    \"trip\": Journey(\"5/s\", users: 20, priority: 1, steps: {{
      \"1st\": Visit({}, think: Exp(\"200ms\")), \"2nd\": Visit({}, think: \"0s\"{patience}),
      \"3rd\": Visit({}, access: Write) }})",
                trip.1, others.1, trip.1
            );
        }
        traffic
    }
}
