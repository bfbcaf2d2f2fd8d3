//! In which order the services were hit, from whom, and by what.
//!
//! `from` and `via` are what blame found for the requests that were harmed first. Where none was, because retries or
//! fallbacks kept it from the users, they name what was seen at the first harmed attempt.

use crate::analysis::carrier::carrier;
use crate::analysis::impact::{Hit, TRAILING};
use crate::analysis::{Compared, Impact};
use crate::failure::FailureCause;
use crate::id::{IdVec, ServiceId};
use crate::model::{Caller, Model, effect_name};
use crate::record::WorldRecord;
use crate::time::{SimDuration, SimTime};

/// How soon threads must run out after the first harm to have carried it.
const SOON: SimDuration = SimDuration::from_secs(5);

/// When each service was hit, and by what.
#[derive(Clone, Debug)]
pub(crate) struct Propagation {
    /// First impact of each service.
    pub(crate) first: IdVec<ServiceId, Option<SimTime>>,
    /// Last impact of each service that was over at the end.
    pub(crate) over: IdVec<ServiceId, Option<SimTime>>,
    /// Services in the order of first impact.
    pub(crate) order: Vec<Impact>,
}

impl Propagation {
    /// Reads the order of impact off the harmed attempts of a run that got as far as `now`.
    pub(crate) fn new(model: &Model, compared: &Compared, actual: &WorldRecord, now: SimTime) -> Self {
        let tracker = &compared.impact;
        let hits: IdVec<ServiceId, Option<Hit>> =
            model.services.ids().map(|id| tracker.hit(id, now)).collect();
        let first: IdVec<ServiceId, Option<SimTime>> =
            hits.enumerate().map(|(id, hit)| first_impact(model, id, hit.as_ref(), &hits)).collect();
        let depths = depths(model);
        let mut hit: Vec<ServiceId> = first.ids().filter(|id| first[*id].is_some()).collect();
        // Ties: the leaf of the chain of calls first.
        hit.sort_by_key(|id| (first[*id], std::cmp::Reverse(depths[*id]), *id));
        let order = hit
            .iter()
            .map(|id| {
                let at = first[*id].unwrap_or_default();
                let struck = struck_by(model, *id, at).map(|via| (None, via));
                let blamed = || carrier(model, compared, actual, *id, at);
                let (from, via) =
                    struck.or_else(blamed).unwrap_or_else(|| seen(model, *id, at, &hits, &first, actual));
                let service = model.services[*id].name.clone();
                let from = from.map(|id| model.services[id].name.clone());
                Impact { at_s: at.secs_since(model.origin), service, from, via }
            })
            .collect();
        let over = hits.iter().map(|hit| hit.as_ref().and_then(|hit| hit.over)).collect();
        Self { first, over, order }
    }
}

/// When a service was first hit: a fault's own target at the fault's begin, if the harm is the fault's.
///
/// It is if it came in the fault's span, and soon after its begin or while no callee was hit that would explain it as
/// well: a harmless fault does not claim the harm of another.
fn first_impact(
    model: &Model,
    id: ServiceId,
    hit: Option<&Hit>,
    hits: &IdVec<ServiceId, Option<Hit>>,
) -> Option<SimTime> {
    let harmed = hit.map(|hit| hit.first.at)?;
    let explained = hit_callee(model, id, harmed, hits).is_some();
    let own = model.faults.iter().filter(|fault| {
        let in_span = fault.from <= harmed && harmed <= fault.to + TRAILING;
        fault.service == id && in_span && (!explained || harmed <= fault.from + TRAILING)
    });
    Some(own.map(|fault| fault.from).max().map_or(harmed, |from| from.min(harmed)))
}

/// The callee whose harm was under way at an instant; of several, the one hit last, which is the news.
fn hit_callee(
    model: &Model,
    id: ServiceId,
    at: SimTime,
    hits: &IdVec<ServiceId, Option<Hit>>,
) -> Option<ServiceId> {
    let callees =
        model.pairs.iter().filter(|pair| pair.caller == Caller::Service(id)).map(|pair| pair.callee);
    let under_way = callees.filter_map(|callee| {
        let hit = hits[callee].as_ref()?;
        let lasted = hit.over.is_none_or(|over| over + TRAILING >= at);
        (hit.first.at <= at && lasted).then_some((hit.first.at, callee))
    });
    under_way.max().map(|(_, callee)| callee)
}

/// How many calls away from its farthest caller each service is.
fn depths(model: &Model) -> IdVec<ServiceId, u32> {
    let mut depths: IdVec<ServiceId, u32> = model.services.iter().map(|_| 0).collect();
    // Longest paths by relaxation; cycles between services end it after as many rounds as there are services.
    for _ in 0..model.services.len() {
        let mut changed = false;
        for pair in &model.pairs {
            let Caller::Service(caller) = pair.caller else { continue };
            if depths[pair.callee] <= depths[caller] {
                depths[pair.callee] = depths[caller] + 1;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    depths
}

/// What a fault did to a service that was hit by it.
fn struck_by(model: &Model, id: ServiceId, at: SimTime) -> Option<String> {
    let own = model.faults.iter().filter(|fault| fault.service == id && fault.from == at);
    own.max_by_key(|fault| fault.from).map(|fault| effect_name(&fault.effect).to_owned())
}

/// Whom the first harmed attempt at a service had its harm from, and what carried it, as far as can be seen.
fn seen(
    model: &Model,
    id: ServiceId,
    at: SimTime,
    hits: &IdVec<ServiceId, Option<Hit>>,
    first: &IdVec<ServiceId, Option<SimTime>>,
    actual: &WorldRecord,
) -> (Option<ServiceId>, String) {
    let hit = hits[id].as_ref();
    let cause = hit.and_then(|hit| hit.first.cause);
    if let Some(callee) = hit_callee(model, id, hit.map_or(at, |hit| hit.first.at), hits) {
        let via = match cause {
            Some(FailureCause::Dependency) => "errors of the call",
            _ if threads_wait(model, id, at, actual) => "threads wait on the call",
            _ => "slow answers of the call",
        };
        return (Some(callee), via.to_owned());
    }
    // No callee was hit before: the harm came down, as load from a caller, or arose here.
    let caller = hit.and_then(|hit| match model.pairs[hit.first.pair].caller {
        Caller::Service(caller) => first[caller].filter(|hit_at| *hit_at <= at).map(|_| caller),
        Caller::Class(_) => None,
    });
    let via = match cause {
        Some(FailureCause::QueueFull) => "full queue under load",
        Some(FailureCause::Refused) => "no replica running",
        Some(FailureCause::RateLimited) => "rate limit",
        Some(FailureCause::Shed) => "load shed by priority",
        Some(cause) => cause.name(),
        None => "queueing under load",
    };
    (caller, via.to_owned())
}

/// Whether a service ran out of threads because they waited on calls, within a few seconds of an instant.
fn threads_wait(model: &Model, id: ServiceId, at: SimTime, actual: &WorldRecord) -> bool {
    let Some(series) = actual.services.get(&model.services[id].name) else { return false };
    let position =
        |time: SimTime| (time.secs_since(model.origin).max(0.0) / actual.window_s.max(1e-9)) as usize;
    let end = (position(at + SOON) + 1).min(series.busy_threads.len());
    let at_first = f64::from(model.services[id].replicas) * f64::from(model.services[id].settings.threads);
    (position(at).min(end)..end).any(|window| {
        let (busy, waiting) = (series.busy_threads[window], series.waiting_threads[window]);
        busy > 0.9 * series.threads_in(window, at_first) && waiting > 0.5 * busy
    })
}
