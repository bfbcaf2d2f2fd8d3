//! Why: which root was behind the harm when, what kept it up, and what the dashboards pointed at instead.

use crate::analysis::{Phase, RootCause, Summary};
use crate::record::{BlameRecord, MonitorTrack, Record, RootHarm};
use crate::report::block::{Line, Tone};
use crate::report::quantity;
use crate::report::story::signals;

/// So many phases and so many roots are told.
const PHASES: usize = 6;
const ROOTS: usize = 4;
/// Roots with a smaller share are not.
const LEAST: f64 = 0.005;
/// A root with this share of the harm is what an alert should point at.
const MOST: f64 = 1.0 / 3.0;

/// All there is to say, a paragraph each.
pub(super) fn all(record: &Record, summary: &Summary) -> Vec<Line> {
    let mut told = Vec::new();
    if !summary.phases.is_empty() {
        let line = Line::toned(Tone::Strong, "WHY").and(format!(": {}.", phases(&summary.phases)));
        told.push(line.and(shares(&summary.root_causes)));
    }
    told.extend(held(summary));
    told.extend(record.blame.as_ref().and_then(|blame| misled(record, blame)));
    told
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

/// The shares of the largest roots.
fn shares(causes: &[RootCause]) -> String {
    let large: Vec<&RootCause> = causes.iter().filter(|cause| cause.share >= LEAST).collect();
    let mut told: Vec<String> = large
        .iter()
        .take(ROOTS)
        .map(|cause| format!("{} {}", quantity::share(cause.share), cause.root))
        .collect();
    if large.len() < 2 {
        return String::new();
    }
    let rest: f64 = 1.0 - large.iter().take(ROOTS).map(|cause| cause.share).sum::<f64>();
    if rest >= LEAST {
        told.push(format!("{} others", quantity::share(rest)));
    }
    format!(" Of all the harm: {}.", told.join(", "))
}

/// The loop that held it.
fn held(summary: &Summary) -> Option<Line> {
    let held = summary.sustaining_loop.as_ref()?;
    let span = format!("{} to {}", quantity::instant(held.from_s), quantity::instant(held.to_s));
    let first = held.steps.first()?;
    Some(
        Line::toned(Tone::Bad, "HELD BY A LOOP")
            .and(format!(" ({span}): {} \u{2192} {first}.", held.steps.join(" \u{2192} "))),
    )
}

/// The first alert on a service or a call, if it pointed elsewhere than blame does. Alerts on traffic show symptoms, and
/// claim no more.
fn misled(record: &Record, blame: &BlameRecord) -> Option<Line> {
    let first = |track: &MonitorTrack| track.alerts.first().map(|(at_s, _)| *at_s);
    let on_parts = record.actual.monitors.iter().filter(|(_, track)| !track.of_class);
    let alerts = on_parts.filter_map(|(name, track)| Some((first(track)?, name, track)));
    let (at_s, name, track) = alerts.min_by(|a, b| a.0.total_cmp(&b.0))?;
    let until = (at_s / blame.window_s).ceil() as usize;
    let sum = |root: &RootHarm| root.windows.iter().take(until).sum::<f64>();
    let total: f64 = blame.roots.iter().map(sum).sum();
    let root = blame.roots.iter().max_by(|a, b| sum(a).total_cmp(&sum(b)))?;
    let share = sum(root) / total;
    let points_there = track.of == root.place || track.of.ends_with(&format!(" -> {}", root.place));
    if total <= 0.0 || share < MOST || points_there {
        return None;
    }
    let health = record.actual.monitors.iter().find(|(_, other)| other.of == root.place);
    let looked = health
        .and_then(|(name, track)| Some(format!(", where {name} read {}", signals::reading(track, at_s)?)));
    Some(Line::toned(Tone::Strong, "MISLEADING").and(format!(
        ": the first alert, {name} at {}, points at {}; {} of the harm until then goes back to {}{}.",
        quantity::instant(at_s),
        track.of,
        quantity::share(share),
        root.root,
        looked.unwrap_or_default()
    )))
}
