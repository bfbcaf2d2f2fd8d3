//! What people and automation did as moments, and what it came to as facts. Judges no decision.

use crate::analysis::{PeopleSummary, Saved, Summary, VainFix, outage_s};
use crate::record::{Record, ResponseEntry, ResponseKind};
use crate::report::block::{Line, Tone};
use crate::report::quantity;
use crate::report::story::moments::{Happening, Weight};
use crate::report::story::signals;

/// Steps closer together than this are one moment.
const TOGETHER_S: f64 = 60.0;
/// So many calls, all-clears and the like are told with their time.
const INSTANTS: usize = 8;
/// So many steps are told one by one in a moment.
const STEPS: usize = 4;
/// So many fixes that did not end it are told.
const FIXES: usize = 3;
/// So many readings stand in one sentence.
const READINGS: usize = 4;

/// What one hand did in steps that follow each other closely.
#[cfg(feature = "report")]
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) struct Deed {
    /// When it began.
    pub(in crate::report) at_s: f64,
    /// What was done, as a clause: `the on-call restarts user`.
    pub(in crate::report) what: String,
}

/// What was done before the incident was declared over.
#[cfg(feature = "report")]
pub(in crate::report) fn done(record: &Record) -> Vec<Deed> {
    let steps = groups(record).into_iter().filter(|(steps, resolved)| is_step(&steps[0]) && !resolved);
    steps.map(|(steps, _)| Deed { at_s: steps[0].at_s, what: deeds(steps) }).collect()
}

/// The response as moments: pages, diagnoses and what was done; steps that follow each other closely are one.
pub(super) fn moments(record: &Record) -> Vec<Happening> {
    let moment = |(group, resolved): (&[ResponseEntry], bool)| {
        let what = if is_step(&group[0]) {
            let head = if resolved { "all-clear " } else { "action " };
            Some(Line::toned(Tone::Strong, head).and(deeds(group)))
        } else {
            knowledge(record, &group[0])
        };
        what.map(|what| Happening { at_s: group[0].at_s, weight: Weight::Essential, what })
    };
    groups(record).into_iter().filter_map(moment).collect()
}

/// Steps that follow each other closely, all else one by one, and whether the incident had been declared over by then, and
/// nobody paged again.
fn groups<'a>(record: &'a Record) -> Vec<(&'a [ResponseEntry], bool)> {
    let follows = |a: &ResponseEntry, b: &ResponseEntry| {
        is_step(a) && is_step(b) && a.by == b.by && b.at_s - a.at_s <= TOGETHER_S
    };
    let mut resolved = false;
    let told = |group: &'a [ResponseEntry]| {
        resolved = match group[0].kind {
            ResponseKind::Resolved => true,
            ResponseKind::Paged => false,
            _ => resolved,
        };
        (group, resolved)
    };
    record.actual.response.chunk_by(follows).map(told).collect()
}

fn is_step(entry: &ResponseEntry) -> bool {
    entry.kind.changes_the_world()
}

/// What somebody knew or decided; a decision is told by what is done.
fn knowledge(record: &Record, entry: &ResponseEntry) -> Option<Line> {
    let who = who(&entry.by);
    let say = |tone, head: &str, what: String| Some(Line::toned(tone, head).and(what));
    match entry.kind {
        ResponseKind::Paged => {
            let by = entry.what.strip_prefix("paged ").map_or_else(String::new, |by| format!(" {by}"));
            say(Tone::Bad, "page ", format!("{who} is called{by}"))
        }
        ResponseKind::Started => {
            let line = Line::toned(Tone::Strong, "people ").and(format!("{who} {}", entry.what));
            Some(line.join(dashboards(record, entry)))
        }
        ResponseKind::Escalated | ResponseKind::Exhausted => {
            say(Tone::Caution, "people ", format!("{who} {}", plural(&entry.by, &entry.what)))
        }
        ResponseKind::Dismissed | ResponseKind::Misled | ResponseKind::StoodDown => {
            say(Tone::Caution, "people ", format!("{who}: {}", entry.what))
        }
        ResponseKind::Resolved => {
            say(Tone::Good, "resolved ", format!("{who} {}", plural(&entry.by, &entry.what)))
        }
        ResponseKind::Decided | ResponseKind::Set | ResponseKind::Restart => None,
    }
}

/// What the dashboards said when somebody looked.
fn dashboards(record: &Record, entry: &ResponseEntry) -> Line {
    let track = |name: &str| record.actual.monitors.get(name);
    // Monitors with an alert first, then the lights that are green or red, then the others.
    let rank = |name: &str| match track(name) {
        Some(track) if track.threshold.is_some() => 0,
        Some(track) if track.reading == "healthy" => 1,
        _ => 2,
    };
    let mut readings: Vec<&(String, f64)> = entry.readings.iter().collect();
    readings.sort_by_key(|(name, _)| rank(name));
    let value = |(name, value): &&(String, f64)| {
        let unit = track(name).map_or("", |track| track.unit.as_str());
        format!("{name} {}", signals::quantity_of(unit, *value))
    };
    let told: Vec<String> = readings.iter().take(READINGS).map(value).collect();
    if told.is_empty() {
        Line::default()
    } else {
        Line::plain(format!("; the dashboards say: {}", told.join(", ")))
    }
}

/// Steps in one sentence, the later ones with the time that passed before them.
fn deeds(steps: &[ResponseEntry]) -> String {
    let mut told: Vec<String> = Vec::new();
    for (index, step) in steps.iter().take(STEPS).enumerate() {
        let passed = index.checked_sub(1).map_or(0.0, |before| step.at_s - steps[before].at_s);
        let later =
            if passed > 0.0 { format!("{} later ", quantity::seconds(passed)) } else { String::new() };
        told.push(if index == 0 {
            let by = who(&step.by);
            if by == step.what {
                format!("automation: {}", step.what)
            } else if by == step.by {
                format!("{by}: {}", step.what)
            } else {
                format!("{by} {}", verb(&step.by, &step.what))
            }
        } else {
            format!("{later}{}", verb(&step.by, &step.what))
        });
    }
    let rest = steps.len().saturating_sub(STEPS);
    let more = if rest > 0 {
        format!(
            "; and {} until {}",
            quantity::counted(rest as u64, "more step"),
            quantity::instant(steps[steps.len() - 1].at_s)
        )
    } else {
        String::new()
    };
    format!("{}{more}", told.join("; "))
}

/// Who, as the subject of a sentence; automation goes by its name.
fn who(by: &str) -> &str {
    match by {
        "on-call" => "the on-call",
        "experts" => "the experts",
        name => name,
    }
}

/// `restart user` as what one person does: `restarts user`.
fn verb(by: &str, what: &str) -> String {
    match what.split_once(' ') {
        Some((verb, rest)) if by == "on-call" => format!("{verb}s {rest}"),
        _ => what.to_owned(),
    }
}

/// `declares it over` as what several do: `declare it over`.
fn plural(by: &str, what: &str) -> String {
    match what.split_once(' ') {
        Some(("does", rest)) if by == "experts" => format!("do {rest}"),
        Some((verb, rest)) if by == "experts" => format!("{} {rest}", verb.strip_suffix('s').unwrap_or(verb)),
        _ => what.to_owned(),
    }
}

/// How long it took, and what it saved or added.
pub(in crate::report) fn facts(
    record: &Record,
    summary: &Summary,
    people: &PeopleSummary,
) -> Vec<(String, Line)> {
    let mut facts: Vec<(String, Line)> = Vec::new();
    let mut add = |line: Line| {
        let name = if facts.is_empty() { "people" } else { "" };
        facts.push((name.to_owned(), line));
    };
    add(Line::plain(instants(record)));
    if let Some(taken) = phases(record, summary, people) {
        add(taken);
    }
    for fix in people.vain_fixes.iter().take(FIXES) {
        add(in_vain(fix));
    }
    let acted = people.first_action_s.is_some();
    for line in people.saved.iter().filter(|_| acted).flat_map(|saved| balance(record, saved)) {
        add(line);
    }
    facts
}

/// In the order of time: when they were called, came and acted first, and what else began or ended with each page.
fn instants(record: &Record) -> String {
    let (mut pages, mut acts) = (0, 0);
    let mut all: Vec<String> = Vec::new();
    for entry in &record.actual.response {
        let what = match entry.kind {
            ResponseKind::Paged => {
                pages += 1;
                if pages > 1 { "paged again" } else { "paged" }
            }
            ResponseKind::Started => "at work",
            ResponseKind::StoodDown => "found it over",
            ResponseKind::Resolved => "declared over",
            kind if kind.changes_the_world() => {
                acts += 1;
                if acts > 1 {
                    continue;
                }
                "first action"
            }
            _ => continue,
        };
        all.push(format!("{what} at {}", quantity::instant(entry.at_s)));
    }
    match all.len() {
        0 => "nobody was called and nothing was done".to_owned(),
        count if count > INSTANTS => {
            format!("{}, and {} more", all[..INSTANTS].join(", "), count - INSTANTS)
        }
        _ => all.join(", "),
    }
}

/// How long each phase took, and all of them; between one end and the next page there is time that is none of it.
fn phases(record: &Record, summary: &Summary, people: &PeopleSummary) -> Option<Line> {
    let told = |(phase, delay): (&String, &f64)| {
        let name = match phase.as_str() {
            "vain_fix" if people.vain_fixes.len() > 1 => "fixes that did not end it",
            "vain_fix" => "a fix that did not end it",
            "at_a_loss" => "at a loss",
            "last_fix" => "the last fix",
            name => name,
        };
        format!("{name} {}", quantity::seconds(*delay))
    };
    let taken: Vec<String> = people.delays_s.iter().filter(|(_, delay)| **delay > 0.0).map(told).collect();
    let all = match taken.len() {
        0 => return None,
        1 => String::new(),
        _ => {
            let pages =
                record.actual.response.iter().filter(|entry| entry.kind == ResponseKind::Paged).count();
            let between = if pages > 1 { ", without the time between pages" } else { "" };
            format!("{} in all{between}: ", quantity::seconds(people.delays_s.values().sum()))
        }
    };
    let share = people.share_of_outage.filter(|share| *share > 0.0).map_or_else(String::new, |share| {
        format!(
            "; notice, dismissal, misdiagnosis and escalation are {} of the outage of {}",
            quantity::share(share),
            quantity::seconds(outage_s(summary))
        )
    });
    Some(Line::plain(format!("{all}{}{share}", taken.join(", "))))
}

/// What did not end it, for how long that was waited for, and what still said so.
fn in_vain(fix: &VainFix) -> Line {
    let more = fix.what.len().saturating_sub(STEPS);
    let more = if more > 0 {
        format!("; and {}", quantity::counted(more as u64, "more step"))
    } else {
        String::new()
    };
    let what = fix.what.iter().take(STEPS).cloned().collect::<Vec<_>>().join("; ") + &more;
    let firing = match &fix.firing[..] {
        [] => "no alert was firing, and it was not over".to_owned(),
        firing => {
            format!("{} {} firing", firing.join(" and "), if firing.len() == 1 { "was" } else { "were" })
        }
    };
    Line::toned(Tone::Caution, "not over ").and(format!(
        "{} after {} did this at {}: {what}; {firing}",
        quantity::seconds(fix.to_s - fix.at_s),
        who(&fix.by),
        quantity::instant(fix.at_s)
    ))
}

/// What was saved, and what was added, against nobody acting.
fn balance(record: &Record, saved: &Saved) -> Vec<Line> {
    let parts = |sign: f64| -> Vec<String> {
        let mut parts = Vec::new();
        let requests = sign * saved.requests as f64;
        if requests > 0.0 {
            parts.push(quantity::counted(
                requests as u64,
                if sign > 0.0 { "request" } else { "lost request" },
            ));
        }
        if sign * saved.unavailable_s > 0.0 {
            parts.push(format!("{} of unavailability", quantity::seconds(sign * saved.unavailable_s)));
        }
        if sign * saved.value > 0.0 {
            parts.push(quantity::money(sign * saved.value, &record.currency));
        }
        parts
    };
    let mut lines = Vec::new();
    for (sign, tone, verb) in [(1.0, Tone::Good, "saved "), (-1.0, Tone::Bad, "added ")] {
        let parts = parts(sign);
        if !parts.is_empty() {
            lines.push(Line::toned(tone, verb).and(format!("against nobody acting: {}", parts.join(", "))));
        }
    }
    if lines.is_empty() {
        lines.push(Line::plain("neither saved nor added anything against nobody acting"));
    }
    lines
}
