//! How long people took for each phase of an incident, which fixes did not end it, and what acting saved or added. Judges no
//! decision: that a fix did not end it is known from what was decided after it.

use indexmap::IndexMap;

use crate::analysis::times::CHANCE;
use crate::analysis::{PeopleSummary, Saved, Summary, TrafficSummary, VainFix};
use crate::record::{Record, ResponseEntry, ResponseKind};

/// The phases, in the order in which they are told.
const PHASES: [&str; 9] = [
    "notice",
    "dismissal",
    "decision",
    "misdiagnosis",
    "action",
    "vain_fix",
    "escalation",
    "at_a_loss",
    "last_fix",
];
/// No phase: nothing was asked of anybody yet, or it was over.
const OVER: &str = "";
/// Those in which nothing is done that could help.
pub(crate) const LOST_PHASES: [&str; 4] = ["notice", "dismissal", "misdiagnosis", "escalation"];

/// How long the outage was, in seconds: until all services are well again, whoever is late after that; or as long as there was
/// harm.
pub(crate) fn outage_s(summary: &Summary) -> f64 {
    let recovered_s = summary.times.as_ref().and_then(|times| times.to_recover_s);
    let harmed_s = || summary.blast_radius.as_ref().map(|radius| radius.duration_s);
    recovered_s.or_else(harmed_s).unwrap_or_default()
}

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
    let Course { delays_s, vain, lost } = course(record);
    let outage_s = outage_s(summary);
    let impact_s = summary.times.as_ref().map_or(0.0, |times| times.impact_s);
    // What people do after the outage is none of it.
    let within =
        |(from_s, to_s): &(f64, f64)| (to_s.min(impact_s + outage_s) - from_s.max(impact_s)).max(0.0);
    let lost_s: f64 = lost.iter().map(within).sum();
    Some(PeopleSummary {
        paged_s: first(&[ResponseKind::Paged]),
        started_s: first(&[ResponseKind::Started]),
        first_action_s: first(&[ResponseKind::Set, ResponseKind::Restart]),
        resolved_s: resolved.map(|entry| entry.at_s),
        delays_s,
        vain_fixes: vain,
        share_of_outage: (outage_s > 0.0).then(|| lost_s / outage_s),
        saved: saved(record, summary),
    })
}

/// What people were at when.
struct Course {
    /// How long they took for each phase, over all pages.
    delays_s: IndexMap<String, f64>,
    /// What they did that did not end it.
    vain: Vec<VainFix>,
    /// The spans of those phases in which nothing is done that could help.
    lost: Vec<(f64, f64)>,
}

/// Follows people from page to page: each moment between a page and its end is in one phase. What automation does takes no
/// time of theirs.
fn course(record: &Record) -> Course {
    let delays_s = PHASES.iter().map(|phase| ((*phase).to_owned(), 0.0)).collect();
    let mut course = Course { delays_s, vain: Vec::new(), lost: Vec::new() };
    // The phase that they are in, and the entry that began it.
    let (mut phase, mut begun) = (OVER, 0);
    for (index, entry) in record.actual.response.iter().enumerate().filter(|(_, entry)| is_person(entry)) {
        let next = next_phase(phase, entry.kind);
        if next != phase {
            course.close(record, phase, begun, entry.at_s, next);
            (phase, begun) = (next, index);
        }
    }
    // The phase that the run ends in takes at least so long.
    let end_s = record.simulated_s.max(record.actual.response.last().map_or(0.0, |entry| entry.at_s));
    course.close(record, phase, begun, end_s, phase);
    course
}

fn is_person(entry: &ResponseEntry) -> bool {
    matches!(entry.by.as_str(), "on-call" | "experts")
}

/// The phase that people are in after an entry.
fn next_phase(phase: &'static str, kind: ResponseKind) -> &'static str {
    match kind {
        ResponseKind::Paged => "notice",
        ResponseKind::Dismissed => "dismissal",
        ResponseKind::Started => "decision",
        ResponseKind::Misled => "misdiagnosis",
        ResponseKind::Decided => "action",
        ResponseKind::Set | ResponseKind::Restart if phase == "action" => "last_fix",
        // What is done on a wrong lead is part of it, and what is done after the end is no fix.
        ResponseKind::Set | ResponseKind::Restart => phase,
        ResponseKind::Escalated => "escalation",
        ResponseKind::Exhausted => "at_a_loss",
        ResponseKind::Resolved | ResponseKind::StoodDown => OVER,
    }
}

impl Course {
    /// Counts a phase that ends. A fix after which something else had to be decided did not end the incident.
    fn close(&mut self, record: &Record, phase: &str, begun: usize, to_s: f64, next: &str) {
        // Of a page whose alert was gone before anybody looked nothing is to be told.
        let nothing = phase == OVER || (phase == "notice" && next == OVER);
        let Some(entry) = record.actual.response.get(begun).filter(|_| !nothing) else { return };
        let in_vain = phase == "last_fix" && next != OVER && next != phase;
        if let Some(delay) = self.delays_s.get_mut(if in_vain { "vain_fix" } else { phase }) {
            *delay += to_s - entry.at_s;
        }
        if LOST_PHASES.contains(&phase) {
            self.lost.push((entry.at_s, to_s));
        }
        if in_vain {
            let own = record.actual.response[begun..].iter().filter(|later| later.by == entry.by);
            let deeds = own.take_while(|later| later.kind.changes_the_world());
            let firing = record.actual.monitors.iter().filter(|(_, track)| track.fires_at(to_s));
            self.vain.push(VainFix {
                at_s: entry.at_s,
                to_s,
                by: entry.by.clone(),
                what: deeds.map(|entry| entry.what.clone()).collect(),
                firing: firing.map(|(name, _)| name.clone()).collect(),
            });
        }
    }
}

/// What acting saved; nothing if nobody acted, since the unattended world is then the actual one.
fn saved(record: &Record, summary: &Summary) -> Option<Saved> {
    record.twin.as_ref()?;
    let Some(unattended) = &summary.unattended else { return Some(Saved::default()) };
    let (theirs, ours) = (&unattended.traffic, &summary.traffic);
    let twin = summary.twin.as_ref().map(|twin| &twin.traffic);
    let longest = |traffic: &IndexMap<String, TrafficSummary>| {
        traffic.values().map(|class| class.unavailable_s).fold(0.0, f64::max)
    };
    // What has no answer at the end is lost as well, but for those who would be under way in any world.
    let lost = |(name, class): (&String, &TrafficSummary)| {
        let usual = twin.and_then(|twin| twin.get(name)).map_or(0, |twin| twin.unfinished);
        let by_chance = CHANCE * (usual as f64).sqrt();
        let more = class.unfinished.saturating_sub(usual);
        class.failed + if more as f64 > by_chance { more } else { 0 }
    };
    let requests = |traffic: &IndexMap<String, TrafficSummary>| traffic.iter().map(lost).sum::<u64>();
    let value = |name: &str| {
        record.topology.classes.iter().find(|class| class.name == name).map_or(0.0, |class| class.value)
    };
    let worth = |traffic: &IndexMap<String, TrafficSummary>| {
        traffic.iter().map(|(name, class)| lost((name, class)) as f64 * value(name)).sum::<f64>()
    };
    Some(Saved {
        requests: requests(theirs).cast_signed() - requests(ours).cast_signed(),
        unavailable_s: longest(theirs) - longest(ours),
        value: worth(theirs) - worth(ours),
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

    /// A run in which this was done, and one alert fires from 20 s to 400 s, another from 450 s on.
    fn of(all: &[(f64, &str, ResponseKind)]) -> Course {
        let (mut record, _) = crate::analysis::fixture::attended();
        record.actual.response = entries(all);
        record.actual.monitors["user errors"].alerts = vec![(20.0, Some(400.0))];
        record.actual.monitors["checkout errors"].alerts = vec![(450.0, None)];
        course(&record)
    }

    #[track_caller]
    fn takes(told: &Course, expected: &[(&str, f64)]) {
        for (phase, delay) in &told.delays_s {
            let expected = expected.iter().find(|(name, _)| name == phase).map_or(0.0, |(_, delay)| *delay);
            assert!((delay - expected).abs() < 1e-9, "{phase}: {delay} instead of {expected}");
        }
        let known = |name: &&str| told.delays_s.contains_key(*name);
        assert!(expected.iter().map(|(name, _)| name).all(known));
    }

    #[test]
    fn delays_are_the_times_between_entries() {
        use ResponseKind::{Decided, Dismissed, Escalated, Misled, Paged, Restart, Set, Started};
        let told = of(&[
            (30.0, "on-call", Paged),
            (40.0, "on-call", Dismissed),
            (45.0, "scale up", Set),
            (100.0, "on-call", Started),
            (120.0, "on-call", Misled),
            (130.0, "on-call", Restart),
            (300.0, "on-call", Decided),
            (310.0, "on-call", Set),
            (350.0, "scale up", Set),
            (400.0, "on-call", Set),
            (500.0, "on-call", Escalated),
            (800.0, "experts", Decided),
            (805.0, "experts", Restart),
        ]);
        let expected = [
            ("notice", 10.0),
            ("dismissal", 60.0),
            ("decision", 20.0),
            ("misdiagnosis", 180.0),
            ("action", 15.0),
            ("vain_fix", 190.0),
            ("escalation", 300.0),
            ("last_fix", 695.0),
        ];
        takes(&told, &expected);
        let whole: f64 = told.delays_s.values().sum();
        assert!((whole - 1_470.0).abs() < 1e-9, "from the page to the end of the run: {whole}");
        let [vain] = &told.vain[..] else { panic!("{:?}", told.vain) };
        assert_eq!(
            (vain.by.as_str(), vain.what.len()),
            ("on-call", 2),
            "what automation did is none of theirs"
        );
        assert!((vain.at_s - 310.0).abs() < 1e-9 && (vain.to_s - 500.0).abs() < 1e-9);
        assert_eq!(vain.firing, ["checkout errors"], "the other had resolved");
    }

    #[test]
    fn only_what_was_followed_by_another_decision_was_in_vain() {
        use ResponseKind::{Decided, Exhausted, Paged, Resolved, Restart, Set, Started, StoodDown};
        let begun = [(0.0, "on-call", Paged), (10.0, "on-call", Started)];
        let fix = |at: f64| [(at, "on-call", Decided), (at + 1.0, "on-call", Restart)];
        // Declared over, put back, and a page for nothing.
        let over = [
            (60.0, "on-call", Resolved),
            (65.0, "on-call", Set),
            (200.0, "on-call", Paged),
            (230.0, "on-call", StoodDown),
        ];
        let told = of(&[&begun[..], &fix(20.0), &over].concat());
        takes(&told, &[("notice", 10.0), ("decision", 10.0), ("action", 1.0), ("last_fix", 39.0)]);
        assert_eq!(told.vain, []);
        // Two that did not end it, and nothing left to try.
        let lost = [(200.0, "on-call", Exhausted)];
        let told = of(&[&begun[..], &fix(20.0), &fix(100.0), &lost].concat());
        let expected = [
            ("notice", 10.0),
            ("decision", 10.0),
            ("action", 2.0),
            ("vain_fix", 178.0),
            ("at_a_loss", 1_300.0),
        ];
        takes(&told, &expected);
        let firing: Vec<usize> = told.vain.iter().map(|vain| vain.firing.len()).collect();
        assert_eq!(firing, [1, 1]);
    }

    #[test]
    fn who_has_nothing_left_to_try_is_no_longer_misled_and_waits_for_nobody() {
        use ResponseKind::{Escalated, Exhausted, Misled, Paged, Started};
        let begun = [(0.0, "on-call", Paged), (60.0, "on-call", Started), (90.0, "on-call", Misled)];
        let alone = of(&[&begun[..], &[(390.0, "on-call", Exhausted)]].concat());
        let misled = [("notice", 60.0), ("decision", 30.0), ("misdiagnosis", 300.0)];
        takes(&alone, &[&misled[..], &[("at_a_loss", 1_110.0)]].concat());
        let called = [(390.0, "on-call", Escalated), (990.0, "experts", Exhausted)];
        let helped = of(&[&begun[..], &called].concat());
        takes(&helped, &[&misled[..], &[("escalation", 600.0), ("at_a_loss", 510.0)]].concat());
        assert_eq!(alone.vain.len() + helped.vain.len(), 0);
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
        // Half of the wait for help, from 361 s on, comes after the end.
        let delays = people(&record, &summary).unwrap().delays_s;
        let (notice, waited) = (delays["notice"], delays["escalation"]);
        let asked = record.actual.response.iter().find(|e| e.kind == ResponseKind::Escalated).unwrap().at_s;
        let over = asked + waited / 2.0;
        assert!((share(Some(over)) - (notice + waited / 2.0) / over).abs() < 1e-9);
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
