//! Compiles faults and monitors: whom they hit and whom they read.

use crate::id::{ClassId, FaultId, IdVec, MonitorId, PairId, ReplicaId, ServiceId};
use crate::model::names::Names;
use crate::model::parts::{Fault, Model, Monitor, Subject, Target};
use crate::random::Stream;
use crate::scenario::{self, Effect, Scenario};
use crate::time::{SimDuration, SimTime};

/// The faults of a checked scenario.
pub(crate) fn compile_faults(scenario: &Scenario, model: &Model, names: &Names) -> IdVec<FaultId, Fault> {
    let compile = |written: &scenario::Fault| {
        let (target, service, on) = target(&written.on, model, names);
        let name = written
            .name
            .as_ref()
            .map_or_else(|| format!("{} of {on}", effect_name(&written.effect)), |n| n.value.clone());
        let from = model.origin + written.at.value;
        // A restart and a flush are instants; other faults without a duration outlive the run.
        let to = match (&written.effect, &written.lasting) {
            (Effect::Restart { .. } | Effect::Flush { .. }, _) => from,
            (_, Some(lasting)) => from + lasting.value,
            (_, None) => SimTime::MAX,
        };
        let stream = Stream::named(&name);
        let caches = flushed(&written.effect, &model.services[service].settings);
        Fault { name, stream, from, to, target, on, service, effect: written.effect.clone(), caches }
    };
    scenario.faults.iter().map(compile).collect()
}

/// The caches that a flush empties, by position.
fn flushed(effect: &Effect, service: &scenario::Service) -> Vec<u32> {
    let Effect::Flush { cache, .. } = effect else { return Vec::new() };
    let is_meant = |name: &str| cache.as_ref().is_none_or(|only| only.as_str() == name);
    let positions = (0u32..).zip(&service.caches).filter(|(_, (name, _))| is_meant(name.as_str()));
    positions.map(|(position, _)| position).collect()
}

/// What people call an effect.
pub fn effect_name(effect: &Effect) -> &'static str {
    match effect {
        Effect::Pause => "pause",
        Effect::Crash => "crash",
        Effect::Restart { .. } => "restart",
        Effect::Slow(_) => "slow",
        Effect::Latency { .. } => "latency",
        Effect::Errors(_) => "errors",
        Effect::Flush { .. } => "flush",
        Effect::Surge(_) => "surge",
    }
}

fn target(written: &scenario::Target, model: &Model, names: &Names) -> (Target, ServiceId, String) {
    let replicas = |name: &str, pick: &dyn Fn(u32, u32) -> bool| {
        let service = names.services[name];
        let all = model.services[service].replicas;
        let hit: Vec<ReplicaId> = model.services[service]
            .replica_ids()
            .filter(|id| pick(model.replicas[*id].number, all))
            .collect();
        (Target::Replicas(hit), service)
    };
    match written {
        scenario::Target::Service(name) => {
            let (target, service) = replicas(name, &|_, _| true);
            (target, service, name.value.clone())
        }
        scenario::Target::Replica(name, number) => {
            let (target, service) = replicas(name, &|n, _| n == number.value);
            (target, service, format!("{}/{}", name.value, number.value))
        }
        scenario::Target::Share(name, share) => {
            let (target, service) = replicas(name, &|n, all| n < libm::ceil(f64::from(all) * share) as u32);
            (target, service, format!("{}% of {}", share * 100.0, name.value))
        }
        scenario::Target::Call(name) => {
            let pair = pair_named(model, name);
            (Target::Pair(pair), model.pairs[pair].callee, name.value.clone())
        }
        scenario::Target::Traffic(name) => {
            let class = arriving(model, name);
            (Target::Class(class), model.sites[model.classes[class].site].callee, name.value.clone())
        }
    }
}

/// The class of this name, or the first step of the journey.
fn arriving(model: &Model, name: &str) -> ClassId {
    let stream = Stream::named(name);
    let mut arriving =
        model.classes.enumerate().filter(|(_, class)| class.arrives() && class.probes.is_none());
    arriving
        .find(|(_, class)| class.users_stream() == stream)
        .expect("traffic is checked before compilation")
        .0
}

/// The pair of this name; checked scenarios have no two of one name.
fn pair_named(model: &Model, name: &str) -> PairId {
    model
        .pairs
        .enumerate()
        .find(|(_, pair)| pair.name == name)
        .expect("calls are checked before compilation")
        .0
}

/// The monitors of a checked scenario.
pub(crate) fn compile_monitors(
    scenario: &Scenario,
    model: &Model,
    names: &Names,
) -> IdVec<MonitorId, Monitor> {
    let compile = |(name, written): &(scenario::Name, scenario::Monitor)| Monitor {
        name: name.value.clone(),
        stream: Stream::named(name),
        reading: written.reading,
        of: match &written.of {
            scenario::Subject::Class(class) => Subject::Class(names.classes[&class.value]),
            scenario::Subject::Service(service) => Subject::Service(names.services[&service.value]),
            scenario::Subject::Call(call) => Subject::Pair(pair_named(model, call)),
        },
        buckets: buckets(written.window, written.scrape),
        scrape: written.scrape,
        alert: written.alert,
    };
    scenario.monitors.iter().map(compile).collect()
}

/// Scrape intervals in a window, at least one.
fn buckets(window: SimDuration, scrape: SimDuration) -> u32 {
    (window.as_nanos() / scrape.as_nanos().max(1)).clamp(1, 100_000) as u32
}
