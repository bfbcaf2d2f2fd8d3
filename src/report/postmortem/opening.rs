//! How a post-mortem begins: its status, and the incident in three sentences.

use crate::analysis::{BlastRadius, Summary};
use crate::record::{FaultSpan, Record};
use crate::report::block::{Line, Tone};
use crate::report::quantity;
use crate::report::story::{fewer, meaning, verdict_tone};
use crate::scenario::VerdictKind;

/// Whether it is over, and since when.
pub(super) fn status(record: &Record, summary: &Summary, verdict: VerdictKind) -> Line {
    let line = Line::plain("Status: ").then(verdict_tone(verdict), verdict.name());
    let over = summary.times.and_then(|times| Some(times.impact_s + times.to_recover_s?));
    let ended_well = matches!(verdict, VerdictKind::Recovered | VerdictKind::Contained);
    match over {
        Some(at_s) => line.and(format!("; all was well again from {} on.", moment(record, at_s))),
        None if ended_well => line.and("."),
        None => line.and(format!("; not over when the run ended at {}.", moment(record, record.simulated_s))),
    }
}

/// What began, what it did, and how it ended: a sentence each.
pub(in crate::report) fn summary(
    record: &Record,
    summary: &Summary,
    radius: &BlastRadius,
    verdict: VerdictKind,
) -> Line {
    let end = match summary.verdict_unattended {
        Some(other) if other == verdict => {
            format!("; without the response it would have ended the same way{}", fewer(summary))
        }
        Some(other) => {
            format!("; without the response it would have ended {} ({})", other.name(), meaning(other))
        }
        None => String::new(),
    };
    let reason = summary.verdict_reason.trim().trim_end_matches('.');
    let reason = if reason.is_empty() { meaning(verdict) } else { reason };
    Line::plain(format!("{} {} It ended ", beginning(record), spread(record, radius)))
        .then(Tone::Strong, verdict.name())
        .and(format!(", {reason}{end}."))
}

/// The first fault, and how many others there were.
fn beginning(record: &Record) -> String {
    let first = record.faults.iter().min_by(|a, b| a.from_s.total_cmp(&b.from_s));
    let Some(first) = first else { return "No fault was injected.".to_owned() };
    let others = match record.faults.len() - 1 {
        0 => String::new(),
        others => format!(", the first of {}", quantity::counted(others as u64 + 1, "fault")),
    };
    let title = format!("{} of {}", first.effect, first.on);
    let title = if first.name == title { title } else { format!("{} ({title})", first.name) };
    let comma = if others.is_empty() { "" } else { "," };
    let lasted = lasted(first).map_or_else(String::new, |lasted| format!("{comma} and {lasted}"));
    format!("At {} {title} began{others}{lasted}.", moment(record, first.from_s))
}

/// How long a fault lasted; none for a restart, which is over when its replicas are ready.
fn lasted(fault: &FaultSpan) -> Option<String> {
    match fault.to_s {
        Some(to) if to > fault.from_s => Some(format!("lasted {}", quantity::seconds(to - fault.from_s))),
        Some(_) if fault.effect == "restart" => None,
        Some(_) => Some("was over at once".to_owned()),
        None => Some("lasted to the end of the run".to_owned()),
    }
}

/// How far it spread and what it cost.
fn spread(record: &Record, radius: &BlastRadius) -> String {
    let value: f64 = radius.classes.values().map(|class| class.lost_value).sum();
    let worth = match value {
        value if value > 0.0 => format!("; {} of value was lost", quantity::money(value, &record.currency)),
        _ => String::new(),
    };
    let severity = radius.by_severity;
    let kinds = [
        (severity.failed, "failed"),
        (severity.unanswered, "had no answer at the end"),
        (severity.incorrect, "were answered wrongly"),
        (severity.degraded, "were answered by a fallback"),
        (severity.slower, "were answered late"),
    ];
    let told: Vec<String> = kinds
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", quantity::count(*number)))
        .collect();
    format!(
        "It hit {} of {} and made {} of the requests and {} of the users worse off than without it: {}{worth}.",
        radius.services_affected,
        quantity::counted(radius.services_total as u64, "service"),
        quantity::share(radius.requests_affected),
        quantity::share(radius.users_affected),
        if told.is_empty() { "no request".to_owned() } else { told.join(", ") }
    )
}

/// An instant, with the clock of the people if the scenario names one.
pub(super) fn moment(record: &Record, at_s: f64) -> String {
    let at = quantity::instant(at_s);
    record.start.map_or_else(|| at.clone(), |start| format!("{at} ({})", quantity::clock(start, at_s)))
}
