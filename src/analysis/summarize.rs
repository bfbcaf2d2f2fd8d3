//! Record -> summary: the numbers of `summary.json`.

use indexmap::IndexMap;

use crate::analysis::blast::BlastTally;
use crate::analysis::propagation::Propagation;
use crate::analysis::{
    BlastRadius, CallSummary, ImpactTracker, MonitorSummary, SUMMARY_VERSION, ServiceSummary, Summary,
    TrafficSummary, WorldSummary, containment, reach,
};
use crate::id::ServiceId;
use crate::model::{Fault, Model, Target};
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
            // A rounding error is not more than a tenth.
            if ok as f64 <= (1.0 - UNAVAILABLE) * wanted as f64 + 1e-9 {
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
            mean_wait_ms: totals.mean_wait_ms,
            longest_wait_ms: totals.longest_wait_ms,
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
        service.recovered_s =
            first.and(seconds(&propagation.over[id].and_then(|over| well(model, id, over, now))));
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
        duration_99_s: blast.first.zip(blast.nearly_all()).map(|(first, by)| (by - first).as_secs_f64()),
        classes: reach::classes(model, summary, blast, now),
    });
    summary.propagation = propagation.order;
}

/// When a service was well that is hit no more from an instant on: not while a fault that struck it lasts, however little
/// it is asked meanwhile. None if that is not before the end.
fn well(model: &Model, id: ServiceId, over: SimTime, end: SimTime) -> Option<SimTime> {
    let strikes = |fault: &&Fault| fault.service == id && matches!(fault.target, Target::Replicas(_));
    let lasting = model.faults.iter().filter(strikes).filter(|fault| (fault.from..fault.to).contains(&over));
    let well = lasting.map(|fault| fault.to).fold(over, SimTime::max);
    (well < end).then_some(well)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::fixture;
    use crate::record::{CallTotals, ClassNode, ClassTotals, MonitorTrack, ServiceTotals};

    #[test]
    fn totals_are_told_as_shares_and_rests() {
        let mut actual = WorldRecord { window_s: 1.0, ..WorldRecord::default() };
        let class = ClassTotals { requests: 100, ok: 60, degraded: 15, failed: 20, ..ClassTotals::default() };
        let idle = ClassTotals::default();
        for (name, totals) in [("c", class), ("idle", idle)] {
            actual.classes.insert(name.into(), ClassSeries::default());
            actual.totals.classes.insert(name.into(), totals);
        }
        let service = ServiceTotals {
            attempts: 100,
            ok: 50,
            failed: 30,
            abandoned: 15,
            attempts_since_fault: 90,
            ..ServiceTotals::default()
        };
        actual.totals.services.insert("s".into(), service);
        actual.totals.services.insert("t".into(), ServiceTotals::default());
        let track = MonitorTrack { alerts: vec![(5.0, None)], ..MonitorTrack::default() };
        actual.monitors.insert("errors".into(), track);
        let mut twin = WorldRecord { window_s: 1.0, ..WorldRecord::default() };
        let usual = ServiceTotals { first_attempts_since_fault: 60, ..ServiceTotals::default() };
        twin.totals.services.insert("s".into(), usual);
        twin.totals.services.insert("t".into(), ServiceTotals::default());
        let mut record = fixture::bare(200.0, actual, Some(twin));
        let node = |(name, value): (&str, f64)| ClassNode {
            name: name.into(),
            entry: "s".into(),
            users: 1,
            value,
            patience_s: None,
        };
        record.topology.classes = [("other", 7.0), ("c", 2.5)].map(node).to_vec();
        let told = summarize(&record);
        let class = &told.traffic["c"];
        assert_eq!((class.unfinished, class.failed), (5, 20));
        assert!((class.availability - 0.75).abs() < 1e-9 && (class.lost_value - 50.0).abs() < 1e-9);
        assert!(
            (told.traffic["idle"].availability - 1.0).abs() < 1e-9,
            "who asked for nothing misses nothing"
        );
        assert_eq!((told.services["s"].unfinished, told.services["s"].load_ratio), (5, Some(1.5)));
        assert_eq!(told.services["t"].load_ratio, None);
        assert_eq!(told.monitors["errors"].alerts, [(5.0, None)]);
        assert!((told.simulated_s - 260.0).abs() < 1e-9 && !told.partial, "with the warm-up");
        record.simulated_s = 199.0;
        assert!(summarize(&record).partial);
    }

    /// Half a second a window: two of them, and ten answers that were due, make a stretch.
    #[test]
    fn a_class_is_unavailable_while_it_answers_a_tenth_or_less() {
        let series = |ok: &[u64], failed: u64| ClassSeries {
            ok: ok.to_vec(),
            failed: vec![failed; ok.len()],
            ..ClassSeries::default()
        };
        let dark = |ok: &[u64], twin: &[u64]| unavailable_s(&series(ok, 0), Some(&series(twin, 0)), 0.5);
        let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-9, "{found}, not {wanted}");
        near(dark(&[1, 1, 1, 2, 9, 9], &[10; 6]), 1.0);
        near(dark(&[0; 6], &[10; 6]), 3.0);
        near(dark(&[0; 5], &[10; 5]), 2.0);
        near(dark(&[0; 6], &[2; 6]), 2.5);
        near(dark(&[0; 4], &[2; 4]), 0.0);
        // Without a twin what ended was due.
        near(unavailable_s(&series(&[1, 0, 5, 5], 9), None, 0.5), 1.0);
        near(unavailable_s(&series(&[0; 4], 4), None, 0.5), 1.5);
    }

    #[test]
    fn an_amplification_is_told_of_what_the_twin_called_at_all() {
        assert_eq!((ratio(6, 4), ratio(0, 4), ratio(6, 0)), (Some(1.5), Some(0.0), None));
        let mut actual = WorldRecord::default();
        let totals = CallTotals { attempts_since_fault: 30, ..CallTotals::default() };
        actual.calls.insert("a -> b".into(), CallSeries::default());
        actual.totals.calls.insert("a -> b".into(), totals);
        let mut twin = WorldRecord::default();
        let totals = CallTotals { first_attempts_since_fault: 20, ..CallTotals::default() };
        twin.totals.calls.insert("a -> b".into(), totals);
        assert_eq!(calls(&actual, Some(&twin))["a -> b"].amplification, Some(1.5));
        assert_eq!(calls(&actual, None)["a -> b"].amplification, None);
    }

    /// Windows of 4 s: ten seconds are the nearest to three of them, counting from any.
    #[test]
    fn the_peak_is_looked_for_over_ten_seconds_with_twenty_calls_of_the_twin() {
        let found = |attempts: &[u64], first: &[u64]| {
            let actual = CallSeries { attempts: attempts.to_vec(), ..CallSeries::default() };
            let twin = CallSeries { first_attempts: first.to_vec(), ..CallSeries::default() };
            peak(&actual, &twin, 4.0)
        };
        assert_eq!(found(&[10, 10, 40, 40, 40, 10], &[10; 6]), Some(4.0));
        assert_eq!(found(&[99, 99, 99, 10, 10, 20], &[6, 6, 7, 7, 7, 6]), Some(10.4));
        assert_eq!(found(&[99, 99, 99], &[6, 6, 7]), None);
        assert_eq!(found(&[40, 40], &[40, 40]), None, "it is over too soon");
    }
}
