//! A model event in words, with names: for those who look at single events.

use crate::engine::{AttemptId, ModelEvent, Moment, ReplicaState};
use crate::failure::Outcome;
use crate::id::{EdgeId, ProcedureId, ReplicaId, SiteId};
use crate::model::{By, Model};
use crate::policy::BreakerState;
use crate::random::Key;

/// What happened, in words.
pub fn describe(model: &Model, event: &ModelEvent) -> String {
    let class =
        |id: &crate::engine::RequestId| format!("request {} of {}", id.number, model.classes[id.class].name);
    let replica = |id: &ReplicaId| replica_name(model, *id);
    let attempt = |id: &AttemptId| {
        let site = &model.sites[id.site];
        let operation = &model.operations[site.operation].name;
        format!("attempt {} at {operation} (key {:016x}) for {}", id.number, id.key.0, class(&id.request))
    };
    match event {
        ModelEvent::RequestArrived(id) => format!("{} of user {} arrived", class(id), id.user),
        ModelEvent::RequestEnded(id, outcome) => format!("{} {}", class(id), outcome_words(*outcome)),
        ModelEvent::RequestDrained(id) => format!("{} left no trace any more", class(id)),
        ModelEvent::AttemptSent(id) => format!("{} was sent", attempt(id)),
        ModelEvent::AttemptRefused(id, outcome) => {
            format!("{} was not sent: {}", attempt(id), outcome_words(*outcome))
        }
        ModelEvent::AttemptEnded(id, outcome) => format!("{} {}", attempt(id), outcome_words(*outcome)),
        ModelEvent::RetryDenied(site, id) => denial_words(model, *site, &class(id)),
        ModelEvent::FellBack(edge, key, outcome) => fallback_words(model, *edge, *key, *outcome),
        ModelEvent::Queued(id, length) => {
            format!("an attempt joined the queue of {}, now {length} long", replica(id))
        }
        ModelEvent::Unqueued(id) => format!("an attempt left the queue of {} without a thread", replica(id)),
        ModelEvent::Begun(id, waited, _) => {
            format!("an attempt took a thread of {} after waiting {waited}", replica(id))
        }
        ModelEvent::Blocked(id) => format!("a thread of {} waits on a call", replica(id)),
        ModelEvent::Unblocked(id) => format!("a thread of {} waits no longer", replica(id)),
        ModelEvent::WorkBegun(id, key, demand) => {
            format!("work of {demand} began on {} (key {:016x})", replica(id), key.0)
        }
        ModelEvent::Finished(id, held, outcome) => {
            format!(
                "an attempt {} on {} after holding its thread for {held}",
                outcome_words(*outcome),
                replica(id)
            )
        }
        ModelEvent::LookedUp(id, cache, hit) => lookup_words(model, *id, *cache, *hit),
        ModelEvent::OutOfMemory(id) => format!("{} is out of memory", replica(id)),
        ModelEvent::ReplicaChanged(id, state) => format!("{} is {}", replica(id), replica_state(*state)),
        ModelEvent::BreakerChanged(edge, number, state) => {
            let pair = &model.pairs[model.edges[*edge].pair].name;
            format!("breaker {number} of {pair} is {}", breaker_state(*state))
        }
        ModelEvent::ProbeChanged(id, healthy) => {
            format!(
                "the probe of {} finds it {}",
                replica(id),
                if *healthy { "healthy" } else { "unhealthy" }
            )
        }
        ModelEvent::Scraped(id, value) => format!("monitor {} reads {value}", model.monitors[*id].name),
        ModelEvent::AlertChanged(id, firing) => {
            format!("alert on {} {}", model.monitors[*id].name, if *firing { "fires" } else { "is resolved" })
        }
        ModelEvent::FaultBegan(id) => format!("fault {} begins", model.faults[*id].name),
        ModelEvent::FaultEnded(id) => format!("fault {} ends", model.faults[*id].name),
        ModelEvent::SettingChanged(id) => format!("from now on, {}", model.changes[*id].label),
        ModelEvent::Acted(procedure, step) => {
            format!(
                "{}: {}",
                who(model, model.response.procedures[*procedure].by),
                deed(model, *procedure, *step)
            )
        }
        ModelEvent::Responded(by, moment) => {
            format!("{}: {}", who(model, *by), what(model, *moment))
        }
    }
}

/// Who does something about an incident.
pub(crate) fn who(model: &Model, by: By) -> String {
    match by {
        By::OnCall => "on-call".to_owned(),
        By::Experts => "experts".to_owned(),
        By::Act(id) => model.response.procedures[model.response.acts[id].procedure].name.clone(),
    }
}

/// A step of a procedure.
pub(crate) fn deed(model: &Model, procedure: ProcedureId, step: u32) -> String {
    model.response.procedures[procedure].labels[step as usize].clone()
}

/// What somebody came to know or decide about an incident.
pub(crate) fn what(model: &Model, moment: Moment) -> String {
    let name = |procedure| model.response.procedures[procedure].name.clone();
    match moment {
        Moment::Paged(monitor) => format!("paged by the alert on {}", model.monitors[monitor].name),
        Moment::Dismissed => "takes it for a blip".to_owned(),
        Moment::Started => "starts to work on it".to_owned(),
        Moment::Misled(procedure) => format!("believes: {}", name(procedure)),
        Moment::Decided(procedure) => name(procedure),
        Moment::Escalated => "calls for help".to_owned(),
        Moment::Exhausted => "does not know what else to do".to_owned(),
        Moment::StoodDown => "the alerts are gone, nothing was done".to_owned(),
        Moment::Resolved => "declares the incident over".to_owned(),
    }
}

/// `user/3`.
pub(crate) fn replica_name(model: &Model, id: ReplicaId) -> String {
    let replica = model.replicas[id];
    format!("{}/{}", model.services[replica.service].name, replica.number)
}

/// The name of a state in files.
pub(crate) const fn replica_state(state: ReplicaState) -> &'static str {
    match state {
        ReplicaState::Starting => "starting",
        ReplicaState::Ready => "ready",
        ReplicaState::Paused => "paused",
        ReplicaState::Draining => "draining",
        ReplicaState::Down => "down",
    }
}

/// The name of a state in files.
pub(crate) const fn breaker_state(state: BreakerState) -> &'static str {
    match state {
        BreakerState::Open => "open",
        BreakerState::HalfOpen => "half-open",
        BreakerState::Closed => "closed",
    }
}

fn lookup_words(model: &Model, id: ReplicaId, cache: u32, hit: bool) -> String {
    let name = &model.services[model.replicas[id].service].settings.caches[cache as usize].0.value;
    let knows = if hit { "knows the answer" } else { "does not know the answer" };
    format!("cache {name} of {} {knows}", replica_name(model, id))
}

/// A retry that a budget did not allow.
fn denial_words(model: &Model, site: SiteId, request: &str) -> String {
    format!("{request} found the retry budget of {} empty", model.pairs[model.sites[site].pair].name)
}

fn fallback_words(model: &Model, edge: EdgeId, key: Key, outcome: Outcome) -> String {
    let pair = &model.pairs[model.edges[edge].pair].name;
    format!("a fallback of {pair} (key {:016x}): the call {}", key.0, outcome_words(outcome))
}

fn outcome_words(outcome: Outcome) -> String {
    match outcome {
        Outcome::Ok => "was answered".to_owned(),
        Outcome::Degraded => "was answered, degraded".to_owned(),
        Outcome::Failed(cause) => format!("failed ({})", cause.name()),
        Outcome::Abandoned => "was abandoned".to_owned(),
    }
}
