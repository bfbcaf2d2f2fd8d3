//! The times of an incident: from its first impact until it was detected, diagnosed, mitigated and over. Asks the record of
//! nobody's reasons.
//!
//! | time | ends when |
//! |---|---|
//! | to detect | an alert begins to fire, or somebody is called, whichever is first |
//! | to diagnose | what ended it was decided: the last decision before it was mitigated |
//! | to mitigate | every class has 90 % of the twin's goodput again, and keeps it; a second that misses it by chance aside |
//! | to recover | no service is hit any more and goodput is back, if the incident ended well |
//!
//! Each is none where that did not happen. An incident that ended by itself was never diagnosed, one that never took a class
//! below 90 % had nothing to mitigate.

use serde::{Deserialize, Serialize};

use crate::analysis::Summary;
use crate::analysis::goodput::{Piece, pieces};
use crate::record::{Record, ResponseKind};
use crate::scenario::VerdictKind;

/// Goodput of this share of the twin's is that of a mitigated incident.
const MITIGATED: f64 = 0.9;

/// So many pieces in a row below it are not by chance,
const IN_A_ROW: usize = 3;
/// nor is one that lies below it by so many standard deviations of a count.
pub(crate) const CHANCE: f64 = 3.0;

/// The times of an incident, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IncidentTimes {
    /// When the first service was hit; if none was, when the first affected request arrived.
    pub impact_s: f64,
    /// From then until an alert fired or somebody was called.
    pub to_detect_s: Option<f64>,
    /// Until what ended it was decided.
    pub to_diagnose_s: Option<f64>,
    /// Until goodput was back.
    pub to_mitigate_s: Option<f64>,
    /// Until no service was hit any more, and goodput was back.
    pub to_recover_s: Option<f64>,
}

/// The times of an incident; none if nothing was hit, or without a twin.
pub(crate) fn times(record: &Record, summary: &Summary) -> Option<IncidentTimes> {
    let radius = summary.blast_radius.as_ref()?;
    let arrived = radius.classes.values().filter_map(|class| class.first_s).reduce(f64::min);
    let impact_s = summary.propagation.first().map(|impact| impact.at_s).or(arrived)?;
    let mitigated = mitigated(record);
    let since = |at: Option<f64>| at.map(|at| (at - impact_s).max(0.0));
    Some(IncidentTimes {
        impact_s,
        to_detect_s: since(detected(record, impact_s)),
        to_diagnose_s: since(
            mitigated.filter(|_| !ends_alone(summary)).and_then(|by| decided(record, impact_s, by)),
        ),
        to_mitigate_s: since(mitigated),
        // A class may have too few requests to show soon that all is well.
        to_recover_s: since(recovered(summary).map(|over| over.max(mitigated.unwrap_or(over)))),
    })
}

/// Whether it would have ended as well had nobody done anything.
fn ends_alone(summary: &Summary) -> bool {
    matches!(summary.verdict_unattended, Some(VerdictKind::Contained | VerdictKind::Recovered))
}

/// The first alert or page from an instant on.
fn detected(record: &Record, from_s: f64) -> Option<f64> {
    let alerts = record.actual.monitors.values().flat_map(|track| track.alerts.iter().map(|alert| alert.0));
    let pages = record.actual.response.iter().filter(|entry| entry.kind == ResponseKind::Paged);
    alerts.chain(pages.map(|entry| entry.at_s)).filter(|at| *at >= from_s).reduce(f64::min)
}

/// The last decision between two instants.
fn decided(record: &Record, from_s: f64, to_s: f64) -> Option<f64> {
    let entries = record.actual.response.iter().rev();
    let mut decisions = entries.filter(|entry| entry.kind == ResponseKind::Decided).map(|entry| entry.at_s);
    decisions.find(|at| (from_s..=to_s).contains(at))
}

/// When the last class had its goodput back for good; none if it never did, or never lost it.
fn mitigated(record: &Record) -> Option<f64> {
    let twin = record.twin.as_ref()?;
    let mut last = None;
    for class in record.actual.classes.keys() {
        let pieces = pieces(&record.actual, twin, Some(class));
        match last_impaired(&pieces) {
            None => {}
            Some(position) if position + 1 == pieces.len() => return None,
            Some(position) => last = Some(pieces[position].to_s.max(last.unwrap_or(0.0))),
        }
    }
    last
}

/// The last piece with too little goodput: of several in a row, or so little that it is not by chance.
fn last_impaired(pieces: &[Piece]) -> Option<usize> {
    let short = |piece: &Piece| {
        let usual = (piece.twin_ok + piece.twin_degraded) as f64;
        piece.answered() <= MITIGATED - CHANCE / usual.max(1.0).sqrt()
    };
    let runs = pieces.chunk_by(|a, b| (a.answered() < MITIGATED) == (b.answered() < MITIGATED));
    let mut end = 0;
    let impaired = runs.filter_map(|run| {
        end += run.len();
        let low = run[0].answered() < MITIGATED;
        (low && (run.len() >= IN_A_ROW || run.iter().any(short))).then(|| end - 1)
    });
    impaired.last()
}

/// When the last service was hit, if the incident ended well.
fn recovered(summary: &Summary) -> Option<f64> {
    let well = matches!(summary.verdict?, VerdictKind::Contained | VerdictKind::Recovered);
    let mut hit = summary.services.values().filter(|service| service.first_impact_s.is_some());
    let last = hit.try_fold(None, |last: Option<f64>, service| {
        let over = service.recovered_s?;
        Some(Some(over.max(last.unwrap_or(0.0))))
    })?;
    last.filter(|_| well)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::fixture::attended;

    /// The incident of the fixture: the database pauses at 0 s, an alert and a page at 30 s, the experts decide at 810 s, checkout
    /// is back at 963 s and browse at 1174 s.
    #[test]
    fn times_run_from_the_first_impact() {
        let (record, summary) = attended();
        let told = times(&record, &summary).unwrap();
        assert!(told.impact_s.abs() < 1e-9);
        assert_eq!((told.to_detect_s, told.to_diagnose_s), (Some(30.0), Some(810.0)));
        // The curve of browse passes 90 % a second before it is whole.
        assert_eq!((told.to_mitigate_s, told.to_recover_s), (Some(1173.0), Some(1174.0)));
    }

    #[test]
    fn what_did_not_happen_took_no_time() {
        let (mut record, mut summary) = attended();
        // Nobody looked, and nobody did anything.
        record.actual.response.clear();
        record.actual.monitors.clear();
        summary.services["user"].recovered_s = None;
        let told = times(&record, &summary).unwrap();
        assert_eq!((told.to_detect_s, told.to_diagnose_s, told.to_recover_s), (None, None, None));
        assert_eq!(told.to_mitigate_s, Some(1173.0), "it got well by itself");
        // As dead at the end as before.
        record.actual.classes["browse"].ok.iter_mut().skip(1_400).for_each(|ok| *ok = 0);
        assert_eq!(times(&record, &summary).unwrap().to_mitigate_s, None);
        record.twin = None;
        summary.blast_radius = None;
        assert_eq!(times(&record, &summary), None);
    }

    #[test]
    fn what_fired_before_the_impact_detected_nothing() {
        let (mut record, _) = attended();
        record.actual.response.clear();
        record.actual.monitors["user errors"].alerts = vec![(5.0, Some(9.0)), (40.0, None)];
        record.actual.monitors["checkout errors"].alerts = vec![(50.0, None)];
        assert_eq!(detected(&record, 9.5), Some(40.0));
        assert_eq!(detected(&record, 60.0), None);
    }

    #[test]
    fn times_count_from_the_impact_and_a_page_detects_as_well() {
        let (mut record, mut summary) = attended();
        summary.propagation[0].at_s = 10.0;
        record.actual.monitors.clear();
        let told = times(&record, &summary).unwrap();
        assert!((told.impact_s - 10.0).abs() < 1e-9);
        assert_eq!((told.to_detect_s, told.to_diagnose_s), (Some(20.0), Some(800.0)), "paged at T+30s");
        assert_eq!((told.to_mitigate_s, told.to_recover_s), (Some(1163.0), Some(1164.0)));
        for kind in [VerdictKind::Contained, VerdictKind::Recovered] {
            summary.verdict_unattended = Some(kind);
            let told = times(&record, &summary).unwrap();
            assert_eq!(told.to_diagnose_s, None, "nothing that was decided ended it");
        }
    }

    #[test]
    fn one_second_that_misses_it_by_chance_is_no_relapse() {
        let piece = |ok| Piece { from_s: 0.0, to_s: 1.0, ok, degraded: 0, twin_ok: 100, twin_degraded: 0 };
        let last = |all: &[u64]| last_impaired(&all.iter().map(|ok| piece(*ok)).collect::<Vec<_>>());
        assert_eq!(last(&[100, 20, 100, 100, 85, 100]), Some(1));
        assert_eq!(last(&[100, 20, 100, 60, 100, 100]), Some(3), "by 3 standard deviations");
        assert_eq!(last(&[100, 20, 100, 61, 100, 100]), Some(1));
        assert_eq!(last(&[20, 100, 85, 85, 100]), Some(0));
        assert_eq!(last(&[20, 100, 85, 85, 85]), Some(4), "three in a row");
        assert_eq!(last(&[100, 89, 90]), None);
    }

    #[test]
    fn nine_tenths_of_the_usual_are_mitigated() {
        let (mut record, _) = attended();
        let ends = |record: &mut Record, share: u64| {
            for series in record.actual.classes.values_mut() {
                for (ok, arrived) in series.ok.iter_mut().zip(&series.arrived).skip(1_000) {
                    *ok = arrived * share / 100;
                }
                series.degraded.fill(0);
            }
            mitigated(record)
        };
        record.actual.classes.retain(|name, _| name == "search");
        assert_eq!(ends(&mut record, 90), None, "it never lost more");
        assert_eq!(ends(&mut record, 89), None, "it never came back");
        record.actual.classes["search"].ok[1_300..].fill(180);
        assert_eq!(mitigated(&record), Some(1_300.0));
    }
}
