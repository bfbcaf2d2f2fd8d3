//! What stood up to the incident: mechanisms, alerts and people, and those that did not act.

use crate::analysis::Summary;
use crate::record::Record;
use crate::report::block::{Block, Line};
use crate::report::postmortem::detection;
use crate::report::story;

/// So many mechanisms are told.
const MECHANISMS: usize = 6;

/// Facts under names.
pub(in crate::report) fn section(record: &Record, summary: &Summary) -> Vec<Block> {
    let mut facts: Vec<(String, Line)> = Vec::new();
    let mut add = |name: &str, lines: Vec<Line>| {
        for (place, line) in lines.into_iter().enumerate() {
            facts.push((if place == 0 { name.to_owned() } else { String::new() }, line));
        }
    };
    add("containment", story::containment(&summary.containment, MECHANISMS));
    add("did not act", idle(record));
    if let Some(people) = &summary.people {
        add(
            "people",
            story::people_facts(record, summary, people).into_iter().map(|(_, line)| line).collect(),
        );
    }
    if facts.is_empty() { Vec::new() } else { vec![Block::Facts(facts)] }
}

/// Breakers that never opened and alerts that never fired.
fn idle(record: &Record) -> Vec<Line> {
    let series =
        |name: &str| record.actual.calls.get(name).is_some_and(|call| !call.breakers_open.is_empty());
    let totals = record.actual.totals.calls.iter();
    let breakers: Vec<&str> = totals
        .filter(|(name, totals)| totals.breaker_opened == 0 && series(name))
        .map(|(name, _)| name.as_str())
        .collect();
    let mut found = Vec::new();
    if !breakers.is_empty() {
        found.push(Line::plain(format!("breakers that never opened: {}", breakers.join(", "))));
    }
    let silent = detection::silent(record);
    if !silent.is_empty() {
        found.push(Line::plain(format!("alerts that never fired: {}", silent.join(", "))));
    }
    found
}
