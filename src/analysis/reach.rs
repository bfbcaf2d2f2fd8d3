//! How far an incident reached into each traffic class and each service: counts as numbers of the summary.

use indexmap::IndexMap;

use crate::analysis::stretch::Stretch;
use crate::analysis::{
    BlastTally, ClassRadius, ImpactTracker, ServiceHarm, Summary, TrafficSummary, WorstMinute,
};
use crate::id::{IdVec, ServiceId};
use crate::model::{Caller, Model};
use crate::time::SimTime;

/// What it did to each traffic class, in a run that got as far as `now`.
pub(crate) fn classes(
    model: &Model,
    summary: &Summary,
    blast: &BlastTally,
    now: SimTime,
) -> IndexMap<String, ClassRadius> {
    let seconds = |at: SimTime| at.secs_since(model.origin);
    let minute = |worst: Stretch| WorstMinute {
        from_s: seconds(worst.from.max(model.origin)),
        to_s: seconds(worst.to.min(now)),
        requests: worst.count.requests,
        affected: worst.count.affected,
        lost: worst.count.lost,
    };
    let traffic = model.classes.enumerate().filter(|(_, class)| class.probes.is_none());
    let radius = |(id, class): (_, &crate::model::Class)| {
        let requests = compared(summary, &class.name);
        let radius = blast.class(id).map_or_else(ClassRadius::default, |tally| ClassRadius {
            requests_affected: tally.by_severity.affected() as f64 / requests.max(1) as f64,
            by_severity: tally.by_severity,
            improved: tally.improved,
            lost_value: tally.by_severity.lost() as f64 * class.value,
            first_s: tally.span.map(|(first, _)| seconds(first)),
            last_s: tally.span.map(|(_, last)| seconds(last)),
            worst_minute: tally.worst_minute().map(minute),
        });
        (class.name.clone(), radius)
    };
    traffic.map(radius).collect()
}

/// Requests of a class that come in both worlds: without those of surges.
pub(crate) fn compared(summary: &Summary, class: &str) -> u64 {
    let of =
        |traffic: &IndexMap<String, TrafficSummary>| traffic.get(class).map_or(0, |class| class.requests);
    let actual = of(&summary.traffic);
    summary.twin.as_ref().map_or(actual, |twin| actual.min(of(&twin.traffic)))
}

/// What it did to the attempts at each service, as its callers saw them.
pub(crate) fn harm(model: &Model, impact: &ImpactTracker) -> IdVec<ServiceId, ServiceHarm> {
    let of = |service| {
        let (attempts, harmed) = impact.harm(service);
        let share = harmed as f64 / attempts.max(1) as f64;
        ServiceHarm { attempts, harmed, share, ..ServiceHarm::default() }
    };
    let mut all: IdVec<ServiceId, ServiceHarm> = model.services.ids().map(of).collect();
    for (id, pair) in model.pairs.enumerate().filter(|(_, pair)| !model.probe_calls(pair.caller)) {
        let harm = &mut all[pair.callee];
        harm.callers_total += 1;
        if impact.is_harmed(id) {
            harm.callers.push(match pair.caller {
                Caller::Class(id) => model.classes[id].name.clone(),
                Caller::Service(id) => model.services[id].name.clone(),
            });
        }
    }
    all
}
