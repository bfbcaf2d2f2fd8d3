//! The order of a story: what ran, how it ended, what happened, the numbers, the facts. Leaves each to its own file.

use crate::analysis::Summary;
use crate::record::Record;
use crate::report::block::{Block, Line, Report, Tone};
use crate::report::quantity;
use crate::report::story::{capacity, facts, moments, numbers, people, why};
use crate::scenario::VerdictKind;

/// What people added is told beside the verdict from this share of all that was lost on.
const ADDED: f64 = 0.1;

/// What a story tells beyond what the run itself left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Telling {
    /// The command that gives the same run again.
    pub repeat: String,
    /// The directory that files were written to, and their names.
    pub files: Option<(String, Vec<String>)>,
    /// Why the run ended before its horizon, if it did: a clause such as "you interrupted it".
    pub stopped: Option<String>,
    /// Whether the scenario is not the one that its expectations were written for, so that they are not judged.
    pub changed: bool,
}

/// Tells an incident.
pub fn story(record: &Record, summary: &Summary, telling: &Telling) -> Report {
    let mut blocks = brief(record, summary, telling);
    blocks.extend(why::all(record, summary).into_iter().map(Block::Paragraph));
    blocks.extend(summary.hidden_capacity.as_ref().map(capacity::hidden).map(Block::Paragraph));
    let happened = moments::all(record, summary);
    if !happened.is_empty() {
        blocks.push(Block::Moments(happened));
    }
    if let Some(people) = &summary.people {
        blocks.push(Block::Facts(people::facts(record, summary, people)));
    }
    blocks.extend(numbers::traffic(record, summary).map(Block::Table));
    blocks.extend(numbers::services(record, summary).map(Block::Table));
    blocks.extend(numbers::calls(record, summary).map(Block::Table));
    blocks.push(Block::Facts(facts::all(record, summary, telling)));
    Report { title: record.scenario.clone(), blocks }
}

/// What ran, how it ended and what it cost.
pub fn brief(record: &Record, summary: &Summary, telling: &Telling) -> Vec<Block> {
    let mut blocks = vec![Block::Paragraph(inputs(record)), Block::Paragraph(verdict(record, summary))];
    blocks.extend(telling.stopped.as_ref().map(|why| Block::Paragraph(partial(record, why))));
    blocks.extend(cost(record, summary).map(Block::Paragraph));
    blocks
}

/// What went in: enough to know one run from another.
pub(in crate::report) fn inputs(record: &Record) -> Line {
    let mut parts = vec![format!("knockon {}", record.knockon), record.scenario.clone()];
    parts.extend(record.variant.as_ref().map(|name| format!("variant \"{name}\"")));
    parts.extend(record.overrides.iter().cloned());
    parts.push(format!("seed {}", record.seed));
    parts.push(format!("horizon {}", quantity::seconds(record.horizon_s)));
    if record.warm_up_s > 0.0 {
        parts.push(format!("warm-up {}", quantity::seconds(record.warm_up_s)));
    }
    Line::dim(parts.join(" \u{b7} "))
}

/// How it ended, in one sentence or two.
fn verdict(record: &Record, summary: &Summary) -> Line {
    let Some(kind) = summary.verdict else {
        let why = if record.twin.is_none() {
            "the run had no twin to compare with, so nothing can be said about its impact"
        } else {
            "the run is too short to judge"
        };
        return Line::toned(Tone::Strong, "NO VERDICT").and(format!(": {why}."));
    };
    let mut line = Line::toned(tone(kind), kind.name().to_uppercase());
    let reason = summary.verdict_reason.trim().trim_end_matches('.');
    line = line.and(format!(": {}.", if reason.is_empty() { meaning(kind) } else { reason }));
    match summary.verdict_unattended {
        Some(other) if other == kind => {
            line.and(format!(" Without the response it would have ended the same way{}.", fewer(summary)))
        }
        Some(other) => line
            .and(" Without the response it would have ended ")
            .then(tone(other), other.name())
            .and(format!(": {}.", meaning(other))),
        None => line,
    }
}

/// How many requests less would have been lost had nobody acted, if that is a good part of what was.
pub(in crate::report) fn fewer(summary: &Summary) -> String {
    let lost = summary.blast_radius.as_ref().map_or(0, |radius| radius.by_severity.lost());
    let saved = summary.people.as_ref().and_then(|people| people.saved).map_or(0, |saved| saved.requests);
    let added = u64::try_from(-saved).unwrap_or(0);
    if added as f64 <= ADDED * lost as f64 {
        return String::new();
    }
    format!(", but with {} lost requests fewer", quantity::count(added))
}

/// That the run is not whole, or what was to be looked for after it.
pub(in crate::report) fn partial(record: &Record, why: &str) -> Line {
    if record.simulated_s >= record.horizon_s {
        return Line::toned(Tone::Caution, "PARTIAL").and(format!(
            ": the hidden capacity was not found, because {why}. All numbers are of the whole run."
        ));
    }
    let at = quantity::instant(record.simulated_s);
    Line::toned(Tone::Caution, "PARTIAL").and(format!(
        ": the run ended at {at} of {}, because {why}. All numbers are of that part.",
        quantity::instant(record.horizon_s)
    ))
}

/// What it cost the users, against the twin; none if nothing.
fn cost(record: &Record, summary: &Summary) -> Option<Line> {
    let twin = summary.twin.as_ref()?;
    let radius = summary.blast_radius.as_ref()?;
    let value: f64 = radius.classes.values().map(|class| class.lost_value).sum();
    let mut unavailable = Vec::new();
    for (name, class) in &summary.traffic {
        let normal = twin.traffic.get(name);
        if class.unavailable_s > normal.map_or(0.0, |twin| twin.unavailable_s) {
            unavailable.push(format!("{name} for {}", quantity::seconds(class.unavailable_s)));
        }
    }
    let (failed, unanswered) = (radius.by_severity.failed, radius.by_severity.unanswered);
    if failed == 0 && unanswered == 0 && unavailable.is_empty() {
        return None;
    }
    let worth = if value > 0.0 {
        format!(", worth {}", quantity::money(value, &record.currency))
    } else {
        String::new()
    };
    let away = match unavailable.len() {
        0 => String::new(),
        _ => format!("; unavailable: {}", unavailable.join(", ")),
    };
    let requests = match (failed, unanswered) {
        (0, 0) => "no request failed".to_owned(),
        (failed, 0) => format!("{} failed", quantity::counted(failed, "request")),
        (0, open) => format!("{} had no answer at the end", quantity::counted(open, "request")),
        (failed, open) => {
            let open = quantity::count(open);
            format!("{} failed and {open} had no answer at the end", quantity::counted(failed, "request"))
        }
    };
    let answered = if unanswered > 0 { ", all of which" } else { " that" };
    Some(
        Line::toned(Tone::Strong, "COST")
            .and(format!(": {requests}{answered} the twin answered{worth}{away}.")),
    )
}

/// A clause as a sentence.
pub(in crate::report) fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

/// What a verdict says, as a clause.
pub(in crate::report) fn meaning(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Unaffected => "no request is worse off than without the faults",
        VerdictKind::Down => "impaired at the end, with a fault still active",
        VerdictKind::Contained => "healthy at the end, and hardly a request failed",
        VerdictKind::Recovered => "healthy at the end, after requests had failed",
        VerdictKind::Undecided => "impaired at the end but still moving: a longer horizon would tell",
        VerdictKind::Limited => "impaired at the end because the response limits it",
        VerdictKind::Metastable => "impaired at the end, long after the fault, held there by its own load",
    }
}

/// How good a verdict is.
pub(in crate::report) fn tone(kind: VerdictKind) -> Tone {
    match kind {
        VerdictKind::Unaffected | VerdictKind::Contained => Tone::Good,
        VerdictKind::Recovered | VerdictKind::Undecided | VerdictKind::Limited => Tone::Caution,
        VerdictKind::Down | VerdictKind::Metastable => Tone::Bad,
    }
}
