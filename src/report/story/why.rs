//! Why: which root was behind the harm when, what kept it up, and what the dashboards pointed at instead.

use crate::analysis::{Phase, RootCause, Summary};
use crate::record::{MonitorTrack, Record, RootHarm};
use crate::report::block::{Line, Tone};
use crate::report::quantity;
use crate::report::story::signals;

/// So many phases and so many roots are told.
const PHASES: usize = 6;
const ROOTS: usize = 4;
/// Roots with a smaller share are not.
const LEAST: f64 = 0.005;
/// Roots whose shares of the harm and of what failed differ by so much are told by both.
const APART: f64 = 0.2;
/// Roots with this share of the harm are what an alert should point at.
const MOST: f64 = 1.0 / 3.0;

/// All there is to say, a paragraph each.
pub(super) fn all(record: &Record, summary: &Summary) -> Vec<Line> {
    let why = behind(summary).map(|told| Line::toned(Tone::Strong, "WHY").and(format!(": {told}")));
    let held = held(summary).map(|told| Line::toned(Tone::Bad, "HELD BY A LOOP").and(format!(" {told}")));
    let misleading =
        |misled: Misled| Line::toned(Tone::Strong, "MISLEADING").and(format!(": {}.", misled.told()));
    why.into_iter().chain(held).chain(misled(record).map(misleading)).collect()
}

/// Which root was behind the harm when, and the share of each.
pub(in crate::report) fn behind(summary: &Summary) -> Option<String> {
    let told = || format!("{}.{}", phases(&summary.phases), shares(&summary.root_causes));
    (!summary.phases.is_empty()).then(told)
}

/// The phases, one after the other.
fn phases(phases: &[Phase]) -> String {
    let name = |phase: &Phase| match phase.roots.as_slice() {
        [first, second] => format!("{first} and {second} in turn"),
        roots => roots.join(", "),
    };
    let mut told: Vec<String> = phases
        .iter()
        .take(PHASES)
        .enumerate()
        .map(|(place, phase)| {
            let at = quantity::instant(phase.from_s);
            if place == 0 { name(phase) } else { format!("from {at} {}", name(phase)) }
        })
        .collect();
    let rest = phases.len().saturating_sub(PHASES) as u64;
    if rest > 0 {
        told.push(format!("and {} more", quantity::counted(rest, "phase")));
    }
    told.join(", ")
}

/// The shares of the largest roots: of the harm, and of what failed if that goes back to others.
fn shares(causes: &[RootCause]) -> String {
    let Some(of_harm) = largest(causes, |cause| cause.share) else { return String::new() };
    let lost: f64 = causes.iter().map(|cause| cause.share_of_lost).sum();
    let apart = causes.iter().any(|cause| (cause.share - cause.share_of_lost).abs() >= APART);
    let of_lost = largest(causes, |cause| cause.share_of_lost).filter(|_| apart && lost > 0.0);
    let of_lost = of_lost.map(|told| format!(" Of what failed: {told}."));
    format!(" Of all the harm: {of_harm}.{}", of_lost.unwrap_or_default())
}

/// The largest of some shares, the largest first; none if there is only one root.
fn largest(causes: &[RootCause], share: impl Fn(&RootCause) -> f64) -> Option<String> {
    if causes.iter().filter(|cause| cause.share.max(cause.share_of_lost) >= LEAST).count() < 2 {
        return None;
    }
    let mut large: Vec<&RootCause> = causes.iter().filter(|cause| share(cause) >= LEAST).collect();
    large.sort_by(|a, b| share(b).total_cmp(&share(a)));
    large.truncate(ROOTS);
    let rest: f64 = 1.0 - large.iter().map(|cause| share(cause)).sum::<f64>();
    let told = large.into_iter().map(|cause| format!("{} {}", quantity::share(share(cause)), cause.root));
    let rest = (rest >= LEAST).then(|| format!("{} others", quantity::share(rest)));
    Some(told.chain(rest).collect::<Vec<_>>().join(", "))
}

/// The loop that held it, and when.
pub(in crate::report) fn held(summary: &Summary) -> Option<String> {
    let held = summary.sustaining_loop.as_ref()?;
    let span = format!("{} to {}", quantity::instant(held.from_s), quantity::instant(held.to_s));
    let first = held.steps.first()?;
    Some(format!("(measured {span}): {} \u{2192} {first}.", held.steps.join(" \u{2192} ")))
}

/// A first alert that pointed elsewhere than blame does.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) struct Misled<'a> {
    /// The alert, whether none fired before it, and when it fired.
    alert: &'a str,
    is_first: bool,
    at_s: f64,
    /// What it points at.
    of: &'a str,
    /// The first of the roots of much of the harm that had begun until then, and its share of it.
    root: &'a str,
    share: f64,
    /// What looked at the place of that root, and what it read.
    health: Option<(&'a str, String)>,
}

impl Misled<'_> {
    /// As a clause.
    pub(in crate::report) fn told(&self) -> String {
        let looked = self.health.as_ref().map(|(name, read)| format!(", where {name} read {read}"));
        format!(
            "the first alert{}, {} at {}, points at {}; {} of the harm until then goes back to {}{}",
            if self.is_first { "" } else { " on a service or a call" },
            self.alert,
            quantity::instant(self.at_s),
            self.of,
            quantity::share(self.share),
            self.root,
            looked.unwrap_or_default()
        )
    }
}

/// The first alert on a service or a call, if it pointed elsewhere than blame does. Alerts on traffic show symptoms, and
/// claim no more.
pub(in crate::report) fn misled(record: &Record) -> Option<Misled<'_>> {
    let blame = record.blame.as_ref()?;
    let first = |track: &MonitorTrack| track.alerts.first().map(|(at_s, _)| *at_s);
    let on_parts = record.actual.monitors.iter().filter(|(_, track)| !track.of_class);
    let alerts = on_parts.filter_map(|(name, track)| Some((first(track)?, name, track)));
    let (at_s, name, track) = alerts.min_by(|a, b| a.0.total_cmp(&b.0))?;
    let until = (at_s / blame.window_s).ceil() as usize;
    let sum = |root: &RootHarm| root.windows.iter().take(until).sum::<f64>();
    let total: f64 = blame.roots.iter().map(sum).sum();
    let large = || blame.roots.iter().filter(|root| total > 0.0 && sum(root) >= MOST * total);
    if large().any(|root| points_at(track, root)) {
        return None;
    }
    let begins = |root: &&RootHarm| root.windows.iter().position(|harm| *harm >= LEAST * sum(root));
    let root = large().min_by_key(begins)?;
    let health = record.actual.monitors.iter().find(|(_, other)| other.of == root.place);
    let health = health.and_then(|(name, track)| Some((name.as_str(), signals::reading(track, at_s)?)));
    let share = sum(root) / total;
    let is_first = record.actual.monitors.values().filter_map(first).all(|other_s| at_s <= other_s);
    Some(Misled { alert: name, is_first, at_s, of: &track.of, root: &root.root, share, health })
}

/// Whether an alert is on the place of a root, or on a call of it. A rate limit is an operation's.
fn points_at(track: &MonitorTrack, root: &RootHarm) -> bool {
    let operation = root.place.split_once('.').filter(|_| root.kind == "rate_limit");
    let place = operation.map_or(root.place.as_str(), |(service, _)| service);
    track.of == root.place || track.of == place || track.of.ends_with(&format!(" -> {place}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::BlameRecord;
    use crate::report::fixture;

    /// An incident of which the only alert fires at T+3s on `of`, with these roots: their places, and their harm by second.
    fn told(of: &str, roots: &[(&str, &[f64])]) -> Option<String> {
        misled(&record(of, roots)).map(|misled| misled.told())
    }

    fn record(of: &str, roots: &[(&str, &[f64])]) -> Record {
        let root = |(place, windows): &(&str, &[f64])| RootHarm {
            root: format!("trouble of {place}"),
            kind: if place.contains('.') { "rate_limit" } else { "fault" }.to_owned(),
            place: (*place).to_owned(),
            harmed: windows.iter().sum(),
            lost: 0.0,
            classes: Vec::new(),
            windows: windows.to_vec(),
        };
        let roots = roots.iter().map(root).collect();
        let mut record = fixture::record();
        record.blame = Some(BlameRecord { window_s: 1.0, roots, ..BlameRecord::default() });
        for (_, track) in &mut record.actual.monitors {
            (track.of, track.of_class, track.alerts) = (of.to_owned(), false, vec![(3.0, None)]);
        }
        record
    }

    #[test]
    fn an_alert_on_traffic_points_nowhere_but_may_come_first() {
        let mut record = record("shop", &[("db", &[4.0])]);
        let told = |record: &Record| misled(record).unwrap().told();
        assert!(told(&record).starts_with("the first alert, "), "{}", told(&record));
        let (_, track) = record.actual.monitors.first().unwrap();
        let symptom = MonitorTrack { of_class: true, alerts: vec![(1.0, None)], ..track.clone() };
        record.actual.monitors.insert("users".to_owned(), symptom);
        assert!(told(&record).starts_with("the first alert on a service or a call, "), "{}", told(&record));
    }

    #[test]
    fn the_first_of_the_large_roots_is_what_an_alert_should_point_at() {
        let roots: &[(&str, &[f64])] = &[("shop -> db", &[0.0, 0.0, 6.0]), ("db", &[3.0, 1.0])];
        let found = told("shop", roots).unwrap();
        assert!(found.contains("40 % of the harm until then goes back to trouble of db"), "{found}");
        // What comes after the alert could not be told from it.
        let found = told("shop", &[("db", &[3.0]), ("disk", &[0.0, 0.0, 0.0, 90.0])]).unwrap();
        assert!(found.contains("100 % of the harm until then goes back to trouble of db"), "{found}");
    }

    #[test]
    fn an_alert_that_points_at_a_large_root_misleads_nobody() {
        assert_eq!(told("db", &[("disk", &[5.0]), ("db", &[0.0, 4.0])]), None);
        assert_eq!(told("shop -> db", &[("db", &[4.0])]), None, "a call is pointed at by its callee");
        assert_eq!(told("shop", &[("shop.buy", &[4.0])]), None, "a limit of an operation is its service's");
        assert!(told("db", &[("disk", &[7.0]), ("db", &[0.0, 3.0])]).is_some(), "three tenths are not much");
        let small = [1.0; 4].map(|harm| [harm]);
        let places = ["disk", "net", "dns", "cpu"];
        let roots: Vec<(&str, &[f64])> =
            places.into_iter().zip(small.iter().map(<[f64; 1]>::as_slice)).collect();
        assert_eq!(told("db", &roots), None, "nothing is much");
        assert_eq!(told("db", &[("disk", &[0.0, 0.0, 0.0, 9.0])]), None, "nobody was harmed until then");
    }
}
