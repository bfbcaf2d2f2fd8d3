//! What was run: the part of a record that does not come from watching it.

use crate::experiment::Setup;
use crate::model::{Caller, Model, effect_name};
use crate::record::{
    BlameRecord, ClassNode, Edge, FaultSpan, RECORD_VERSION, Record, ServiceNode, Topology, WorldRecord,
};
use crate::time::{SimDuration, SimTime};

/// What the worlds of an incident left behind.
pub(crate) struct RecordedWorlds {
    pub(crate) actual: WorldRecord,
    pub(crate) twin: Option<WorldRecord>,
    pub(crate) unattended: Option<WorldRecord>,
    pub(crate) blame: Option<BlameRecord>,
}

/// The record of an incident that got as far as `now`.
pub(crate) fn record(setup: &Setup, model: &Model, worlds: RecordedWorlds, now: SimTime) -> Record {
    let scenario = setup.scenario;
    Record {
        record_version: RECORD_VERSION,
        knockon: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario.name.clone(),
        variant: setup.variant.map(str::to_owned),
        overrides: setup.overrides.to_vec(),
        seed: model.seed,
        start: scenario.start,
        notes: notes(&scenario.notes),
        currency: scenario.currency.clone(),
        warm_up_s: scenario.warm_up.as_secs_f64(),
        horizon_s: scenario.horizon.as_secs_f64(),
        simulated_s: now.saturating_since(model.origin).as_secs_f64(),
        topology: topology(model),
        faults: faults(model, now),
        actual: worlds.actual,
        twin: worlds.twin,
        unattended: worlds.unattended,
        blame: worlds.blame,
    }
}

/// Paragraphs with one blank line between them, each in one line; none if there are none.
fn notes(written: &str) -> Option<String> {
    let mut paragraphs: Vec<String> = vec![String::new()];
    for line in written.lines().map(str::trim) {
        match paragraphs.last_mut() {
            Some(last) if !line.is_empty() => {
                let gap = if last.is_empty() { "" } else { " " };
                last.extend([gap, line]);
            }
            _ => paragraphs.push(String::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    (!paragraphs.is_empty()).then(|| paragraphs.join("\n\n"))
}

fn topology(model: &Model) -> Topology {
    let class = |class: &crate::model::Class| ClassNode {
        name: class.name.clone(),
        entry: model.services[model.edges[model.sites[class.site].edge].callee].name.clone(),
        users: class.users,
        value: class.value,
        patience_s: model.longest_wait(class).map(SimDuration::as_secs_f64),
    };
    let service = |service: &crate::model::Service| ServiceNode {
        name: service.name.clone(),
        replicas: service.replicas,
        threads: service.settings.threads,
    };
    let edge = |pair: &crate::model::Pair| {
        let (caller, from_class) = match pair.caller {
            Caller::Class(id) => (model.classes[id].name.clone(), true),
            Caller::Service(id) => (model.services[id].name.clone(), false),
        };
        Edge { name: pair.name.clone(), caller, from_class, callee: model.services[pair.callee].name.clone() }
    };
    Topology {
        classes: model.classes.iter().filter(|class| class.probes.is_none()).map(class).collect(),
        services: model.services.iter().map(service).collect(),
        calls: model.pairs.iter().filter(|pair| !model.probe_calls(pair.caller)).map(edge).collect(),
    }
}

/// The faults that had begun.
fn faults(model: &Model, now: SimTime) -> Vec<FaultSpan> {
    let begun = model.faults.iter().filter(|fault| fault.from <= now);
    begun
        .map(|fault| FaultSpan {
            name: fault.name.clone(),
            effect: effect_name(&fault.effect).to_owned(),
            on: fault.on.clone(),
            service: model.services[fault.service].name.clone(),
            from_s: fault.from.secs_since(model.origin),
            // A fault that ends with the run was active at its end.
            to_s: (fault.to < now).then(|| fault.to.secs_since(model.origin)),
        })
        .collect()
}
