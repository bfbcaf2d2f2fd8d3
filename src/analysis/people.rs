//! How long people took for each phase of an incident, and what acting saved or added. Judges no decision.

use indexmap::IndexMap;

use crate::analysis::{PeopleSummary, Saved, Summary, TrafficSummary};
use crate::record::{Record, ResponseEntry, ResponseKind};

/// The phases, in the order in which they are told.
const PHASES: [&str; 6] = ["notice", "dismissal", "decision", "misdiagnosis", "action", "escalation"];
/// Those in which nothing is done that could help.
const LOST: [&str; 4] = ["notice", "dismissal", "misdiagnosis", "escalation"];

/// What people and automation did; none if nobody did anything.
pub(crate) fn people(record: &Record, summary: &Summary) -> Option<PeopleSummary> {
    let entries = &record.actual.response;
    if entries.is_empty() {
        return None;
    }
    let first = |wanted: &[ResponseKind]| {
        entries.iter().find(|entry| wanted.contains(&entry.kind)).map(|entry| entry.at_s)
    };
    let resolved = entries.iter().rev().find(|entry| entry.kind == ResponseKind::Resolved);
    let delays_s = delays(entries);
    let lost_s: f64 = LOST.iter().filter_map(|phase| delays_s.get(*phase)).sum();
    // Once all services are well again single requests that are late do not make it longer.
    let recovered_s = summary.times.as_ref().and_then(|times| times.to_recover_s);
    let outage_s = recovered_s
        .or_else(|| summary.blast_radius.as_ref().map(|radius| radius.duration_s))
        .unwrap_or_default();
    Some(PeopleSummary {
        paged_s: first(&[ResponseKind::Paged]),
        started_s: first(&[ResponseKind::Started]),
        first_action_s: first(&[ResponseKind::Set, ResponseKind::Restart]),
        resolved_s: resolved.map(|entry| entry.at_s),
        delays_s,
        share_of_outage: (outage_s > 0.0).then(|| (lost_s / outage_s).min(1.0)),
        saved: saved(record, summary),
    })
}

/// How long people took for each phase, over all pages. What automation does takes no time of theirs.
fn delays(entries: &[ResponseEntry]) -> IndexMap<String, f64> {
    use ResponseKind::{
        Decided, Dismissed, Escalated, Exhausted, Misled, Paged, Resolved, Restart, Set, Started, StoodDown,
    };
    let mut delays: IndexMap<String, f64> = PHASES.iter().map(|phase| ((*phase).to_owned(), 0.0)).collect();
    let mut last: Option<&ResponseEntry> = None;
    for entry in entries.iter().filter(|entry| matches!(entry.by.as_str(), "on-call" | "experts")) {
        if let Some(before) = last {
            let phase = match (before.kind, entry.kind) {
                (Paged, Dismissed | Started) => Some("notice"),
                (Dismissed, Started | StoodDown) => Some("dismissal"),
                (Started, Decided | Misled | Escalated) => Some("decision"),
                // What is done on a wrong lead is part of it.
                (Misled, Set | Restart) => {
                    continue;
                }
                (Misled, Decided | Escalated | Exhausted | Resolved) => Some("misdiagnosis"),
                (Escalated, Decided | Exhausted | Resolved) => Some("escalation"),
                (Decided, Set | Restart) => Some("action"),
                _ => None,
            };
            if let Some(delay) = phase.and_then(|phase| delays.get_mut(phase)) {
                *delay += entry.at_s - before.at_s;
            }
        }
        last = Some(entry);
    }
    delays
}

/// What acting saved; nothing if nobody acted, since the unattended world is then the actual one.
fn saved(record: &Record, summary: &Summary) -> Option<Saved> {
    record.twin.as_ref()?;
    let Some(unattended) = &summary.unattended else { return Some(Saved::default()) };
    let (theirs, ours) = (&unattended.traffic, &summary.traffic);
    let sum = |of: fn(&TrafficSummary) -> f64| {
        theirs.values().map(of).sum::<f64>() - ours.values().map(of).sum::<f64>()
    };
    let longest = |traffic: &IndexMap<String, TrafficSummary>| {
        traffic.values().map(|class| class.unavailable_s).fold(0.0, f64::max)
    };
    // What was never answered is lost as well.
    let value = |name: &str| {
        record.topology.classes.iter().find(|class| class.name == name).map_or(0.0, |class| class.value)
    };
    let lost = |traffic: &IndexMap<String, TrafficSummary>| {
        traffic
            .iter()
            .map(|(name, class)| (class.failed + class.unfinished) as f64 * value(name))
            .sum::<f64>()
    };
    Some(Saved {
        requests: sum(|class| (class.failed + class.unfinished) as f64) as i64,
        unavailable_s: longest(theirs) - longest(ours),
        value: lost(theirs) - lost(ours),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::IncidentTimes;

    fn entries(all: &[(f64, &str, ResponseKind)]) -> Vec<ResponseEntry> {
        let entry = |(at_s, by, kind): &(f64, &str, ResponseKind)| ResponseEntry {
            at_s: *at_s,
            by: (*by).to_owned(),
            kind: *kind,
            what: String::new(),
            readings: Vec::new(),
        };
        all.iter().map(entry).collect()
    }

    #[test]
    fn delays_are_the_times_between_entries() {
        use ResponseKind::{Decided, Dismissed, Escalated, Misled, Paged, Restart, Set, Started};
        let told = delays(&entries(&[
            (30.0, "on-call", Paged),
            (40.0, "on-call", Dismissed),
            (45.0, "scale up", Set),
            (100.0, "on-call", Started),
            (120.0, "on-call", Misled),
            (130.0, "on-call", Restart),
            (300.0, "on-call", Decided),
            (310.0, "on-call", Set),
            (400.0, "on-call", Set),
            (500.0, "on-call", Escalated),
            (800.0, "experts", Decided),
            (805.0, "experts", Restart),
        ]));
        let expected = [10.0, 60.0, 20.0, 180.0, 15.0, 300.0];
        for ((phase, delay), expected) in told.iter().zip(expected) {
            assert!((delay - expected).abs() < 1e-9, "{phase}: {delay}");
        }
    }

    #[test]
    fn who_has_nothing_left_to_try_is_no_longer_misled_and_waits_for_nobody() {
        use ResponseKind::{Escalated, Exhausted, Misled, Paged, Started};
        let begun = [(0.0, "on-call", Paged), (60.0, "on-call", Started), (90.0, "on-call", Misled)];
        let alone = delays(&entries(&[&begun[..], &[(390.0, "on-call", Exhausted)]].concat()));
        assert!((alone["misdiagnosis"] - 300.0).abs() < 1e-9, "{alone:?}");
        let called = [(390.0, "on-call", Escalated), (990.0, "experts", Exhausted)];
        let helped = delays(&entries(&[&begun[..], &called].concat()));
        assert!((helped["misdiagnosis"] - 300.0).abs() < 1e-9, "{helped:?}");
        assert!((helped["escalation"] - 600.0).abs() < 1e-9, "{helped:?}");
    }

    /// A request without an answer is as lost as one that failed.
    #[test]
    fn requests_left_waiting_count_as_lost() {
        let (record, mut summary) = crate::analysis::fixture::attended();
        let before = saved(&record, &summary).unwrap();
        let class = &mut summary.unattended.as_mut().unwrap().traffic["checkout"];
        class.unfinished += 1_000;
        let after = saved(&record, &summary).unwrap();
        assert_eq!(after.requests - before.requests, 1_000);
        assert!(after.value > before.value + 1.0, "{after:?}");
    }

    #[test]
    fn what_acting_saved_is_the_difference_of_two_worlds() {
        let (record, summary) = crate::analysis::fixture::attended();
        let told = people(&record, &summary).unwrap();
        assert_eq!((told.paged_s, told.started_s), (Some(30.0), Some(60.0)));
        assert_eq!((told.first_action_s, told.resolved_s), (Some(61.0), Some(1200.0)));
        let failed = |traffic: &IndexMap<String, TrafficSummary>| {
            traffic.values().map(|class| i64::try_from(class.failed).unwrap()).sum::<i64>()
        };
        let more = failed(&summary.unattended.as_ref().unwrap().traffic) - failed(&summary.traffic);
        let saved = told.saved.unwrap();
        assert!(saved.requests == more && more > 50_000, "{saved:?}");
        assert!(saved.value > 100_000.0 && saved.unavailable_s > 300.0, "{saved:?}");
        // 30 s of notice and 449 s until help was there, of 1,174 s.
        assert!((told.share_of_outage.unwrap() - 479.0 / 1174.0).abs() < 0.01, "{told:?}");
    }

    /// A request that is late at the very end makes the blast radius longer, and the outage not.
    #[test]
    fn an_outage_lasts_until_all_services_are_well_again() {
        let (record, mut summary) = crate::analysis::fixture::attended();
        summary.blast_radius.as_mut().unwrap().duration_s = 1_490.0;
        let times = crate::analysis::times::times(&record, &summary);
        let share = |to_recover_s: Option<f64>| {
            let mut summary = summary.clone();
            summary.times = times.map(|times| IncidentTimes { to_recover_s, ..times });
            people(&record, &summary).unwrap().share_of_outage.unwrap()
        };
        assert!((share(Some(1_000.0)) - 0.479).abs() < 0.01);
        assert!((share(None) - 479.0 / 1_490.0).abs() < 0.01, "it never recovered");
    }

    #[test]
    fn nobody_did_anything() {
        let (mut record, mut summary) = crate::analysis::fixture::attended();
        record.actual.response.truncate(1);
        (record.unattended, summary.unattended) = (None, None);
        assert_eq!(people(&record, &summary).unwrap().saved, Some(Saved::default()));
        record.twin = None;
        assert_eq!(people(&record, &summary).unwrap().saved, None);
        record.actual.response.clear();
        assert_eq!(people(&record, &summary), None);
    }

    /// Two classes, of which one is worth three times as much: how many were lost, for how long, and what they were worth.
    #[test]
    fn what_was_lost_is_weighed_by_its_worth_and_the_longest_outage_counts() {
        let (record, mut summary) = crate::analysis::fixture::attended();
        let lose = |traffic: &mut IndexMap<String, TrafficSummary>, lost: [(u64, u64, f64); 2]| {
            for class in traffic.values_mut() {
                (class.failed, class.unfinished, class.unavailable_s) = (0, 0, 0.0);
            }
            for (name, lost) in ["checkout", "browse"].into_iter().zip(lost) {
                let class = &mut traffic[name];
                (class.failed, class.unfinished, class.unavailable_s) = lost;
            }
        };
        lose(&mut summary.traffic, [(10, 5, 30.0), (20, 0, 40.0)]);
        lose(&mut summary.unattended.as_mut().unwrap().traffic, [(100, 20, 90.0), (50, 10, 70.0)]);
        let found = saved(&record, &summary).unwrap();
        assert_eq!(found.requests, 105 + 40);
        assert!((found.unavailable_s - 50.0).abs() < 1e-9, "{found:?}");
        assert!((found.value - 2.67 * 105.0).abs() < 1e-6, "{found:?}");
        summary.blast_radius.as_mut().unwrap().duration_s = 0.0;
        assert_eq!(people(&record, &summary).unwrap().share_of_outage, None);
    }
}
