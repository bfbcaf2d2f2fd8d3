//! Record -> summary: the numbers of `summary.json`.

use indexmap::IndexMap;

use crate::analysis::blast::BlastTally;
use crate::analysis::propagation::Propagation;
use crate::analysis::{
    BlastRadius, CallSummary, ImpactTracker, MonitorSummary, SUMMARY_VERSION, ServiceSummary, Summary,
    TrafficSummary, WorldSummary, containment, reach,
};
use crate::model::Model;
use crate::record::{CallSeries, ClassSeries, Record, WorldRecord};
use crate::time::SimTime;

/// At this share of failures or more a class is unavailable.
const UNAVAILABLE: f64 = 0.9;
/// Answers that should have come in a stretch of time, for it to tell something.
const TELLING: u64 = 10;
/// Length of the windows over which the peak amplification is looked for.
const PEAK_WINDOW_S: f64 = 10.0;
/// Fewer twin attempts than this in such a window say nothing.
const PEAK_ATTEMPTS: u64 = 20;

/// The numbers of a record, without verdict, impact and expectations.
pub(crate) fn summarize(record: &Record) -> Summary {
    let actual = &record.actual;
    let twin = record.twin.as_ref();
    Summary {
        summary_version: SUMMARY_VERSION,
        scenario: record.scenario.clone(),
        variant: record.variant.clone(),
        seed: record.seed,
        fingerprint: actual.fingerprint.clone(),
        digests: actual.digests.clone(),
        simulated_s: record.warm_up_s + record.simulated_s,
        events: actual.events,
        partial: record.simulated_s < record.horizon_s,
        verdict: None,
        verdict_reason: String::new(),
        verdict_unattended: None,
        traffic: traffic(record, actual),
        services: services(actual, twin),
        calls: calls(actual, twin),
        twin: twin.map(|twin| world(record, twin)),
        unattended: record.unattended.as_ref().map(|unattended| world(record, unattended)),
        monitors: monitors(actual),
        blast_radius: None,
        degradation: None,
        times: None,
        containment: containment::containment(record),
        slo: IndexMap::new(),
        propagation: Vec::new(),
        waves: Vec::new(),
        people: None,
        root_causes: Vec::new(),
        phases: Vec::new(),
        sustaining_loop: None,
        hidden_capacity: None,
        expectations: Vec::new(),
    }
}

fn world(record: &Record, world: &WorldRecord) -> WorldSummary {
    WorldSummary { traffic: traffic(record, world), services: services(world, record.twin.as_ref()) }
}

fn traffic(record: &Record, world: &WorldRecord) -> IndexMap<String, TrafficSummary> {
    let one = |(name, totals): (&String, &crate::record::ClassTotals)| {
        let value =
            record.topology.classes.iter().find(|class| class.name == *name).map_or(0.0, |class| class.value);
        let answered = totals.ok + totals.degraded;
        let ended = answered + totals.failed;
        let series = &world.classes[name];
        let summary = TrafficSummary {
            requests: totals.requests,
            ok: totals.ok,
            incorrect: 0,
            degraded: totals.degraded,
            failed: totals.failed,
            unfinished: totals.requests - ended,
            availability: if totals.requests > 0 { answered as f64 / totals.requests as f64 } else { 1.0 },
            unavailable_s: unavailable_s(
                series,
                record.twin.as_ref().and_then(|twin| twin.classes.get(name)),
                world.window_s,
            ),
            lost_value: totals.failed as f64 * value,
            failed_by_cause: totals.failed_by_cause.clone(),
            latency_ms: totals.latency_ms,
        };
        (name.clone(), summary)
    };
    world.totals.classes.iter().map(one).collect()
}

/// Time in which a class answered 10 % or less of what it should: of what its twin answered, so that silence counts, or
/// without a twin of what ended. Looked at in stretches of at least a second with enough answers to tell.
fn unavailable_s(series: &ClassSeries, twin: Option<&ClassSeries>, window_s: f64) -> f64 {
    let (mut length, mut ok, mut wanted, mut dark) = (0_u32, 0, 0, 0_u32);
    for window in 0..series.ok.len() {
        length += 1;
        ok += series.ok[window];
        wanted += match twin {
            Some(twin) => twin.ok.get(window).copied().unwrap_or(0),
            None => series.ok[window] + series.failed[window],
        };
        if wanted >= TELLING && f64::from(length) * window_s >= 1.0 - 1e-9 {
            if ok as f64 <= (1.0 - UNAVAILABLE) * wanted as f64 {
                dark += length;
            }
            (length, ok, wanted) = (0, 0, 0);
        }
    }
    f64::from(dark) * window_s
}

fn services(world: &WorldRecord, twin: Option<&WorldRecord>) -> IndexMap<String, ServiceSummary> {
    let one = |(name, totals): (&String, &crate::record::ServiceTotals)| {
        let first =
            twin.and_then(|twin| twin.totals.services.get(name)).map(|t| t.first_attempts_since_fault);
        let summary = ServiceSummary {
            attempts: totals.attempts,
            ok: totals.ok,
            failed: totals.failed,
            abandoned: totals.abandoned,
            unfinished: totals.attempts - totals.ok - totals.failed - totals.abandoned,
            failed_by_cause: totals.failed_by_cause.clone(),
            utilization: totals.utilization,
            mean_wait_ms: totals.mean_wait_ms,
            mean_service_ms: totals.mean_service_ms,
            mean_in_flight: totals.mean_in_flight,
            peak_queue: totals.peak_queue,
            restarts: totals.restarts,
            oom_kills: totals.oom_kills,
            hits: totals.hits,
            misses: totals.misses,
            load_ratio: first.and_then(|first| ratio(totals.attempts_since_fault, first)),
            first_impact_s: None,
            recovered_s: None,
            harm: None,
        };
        (name.clone(), summary)
    };
    world.totals.services.iter().map(one).collect()
}

fn ratio(attempts: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| attempts as f64 / of as f64)
}

fn calls(world: &WorldRecord, twin: Option<&WorldRecord>) -> IndexMap<String, CallSummary> {
    let one = |(name, totals): (&String, &crate::record::CallTotals)| {
        let other = twin.and_then(|twin| twin.totals.calls.get(name));
        let series = &world.calls[name];
        let peak = twin.and_then(|twin| peak(series, twin.calls.get(name)?, world.window_s));
        let summary = CallSummary {
            attempts: totals.attempts,
            first_attempts: totals.first_attempts,
            failed: totals.failed,
            refused: totals.refused,
            fallbacks: totals.fallbacks,
            amplification: other
                .and_then(|twin| ratio(totals.attempts_since_fault, twin.first_attempts_since_fault)),
            peak_amplification: peak,
            breaker_opened: totals.breaker_opened,
        };
        (name.clone(), summary)
    };
    world.totals.calls.iter().map(one).collect()
}

/// The largest ratio of attempts to the twin's first attempts, over trailing windows of 10 s.
fn peak(actual: &CallSeries, twin: &CallSeries, window_s: f64) -> Option<f64> {
    let width = (libm::round(PEAK_WINDOW_S / window_s) as usize).max(1);
    let pairs = actual.attempts.windows(width).zip(twin.first_attempts.windows(width));
    let ratios = pairs.filter_map(|(actual, twin)| {
        let first: u64 = twin.iter().sum();
        if first < PEAK_ATTEMPTS { None } else { ratio(actual.iter().sum(), first) }
    });
    ratios.max_by(f64::total_cmp)
}

fn monitors(world: &WorldRecord) -> IndexMap<String, MonitorSummary> {
    let one = |(name, track): (&String, &crate::record::MonitorTrack)| {
        (name.clone(), MonitorSummary { samples: track.samples.clone(), alerts: track.alerts.clone() })
    };
    world.monitors.iter().map(one).collect()
}

/// Adds how far the incident reached, in a run that got as far as `now`.
pub(crate) fn add_impact(
    summary: &mut Summary,
    model: &Model,
    propagation: Propagation,
    impact: &ImpactTracker,
    blast: &BlastTally,
    now: SimTime,
) {
    let seconds = |at: &Option<SimTime>| at.map(|at| at.secs_since(model.origin));
    let harm = reach::harm(model, impact);
    for ((id, service), harm) in model.services.ids().zip(summary.services.values_mut()).zip(harm) {
        let first = &propagation.first[id];
        service.first_impact_s = seconds(first);
        service.recovered_s = first.and(seconds(&propagation.over[id]));
        service.harm = Some(harm);
    }
    let requests: u64 = summary.traffic.keys().map(|class| reach::compared(summary, class)).sum();
    summary.blast_radius = Some(BlastRadius {
        requests_affected: blast.affected() as f64 / requests.max(1) as f64,
        users_affected: blast.users_affected(),
        services_affected: propagation.order.len(),
        services_total: summary.services.len(),
        by_severity: blast.by_severity,
        improved: blast.improved,
        duration_s: match (blast.first, blast.last) {
            (Some(first), Some(last)) => (last - first).as_secs_f64(),
            _ => 0.0,
        },
        classes: reach::classes(model, summary, blast, now),
    });
    summary.propagation = propagation.order;
}
