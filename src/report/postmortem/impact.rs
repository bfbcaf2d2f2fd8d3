//! Who was harmed, by traffic class, and what was promised to them.

use crate::analysis::{BlastRadius, Summary};
use crate::record::Record;
use crate::report::block::{Block, Line, Table, Tone};
use crate::report::quantity::{self, NOTHING};
use crate::report::story;

/// The table of classes, and what it says in words.
pub(in crate::report) fn section(record: &Record, summary: &Summary, radius: &BlastRadius) -> Vec<Block> {
    let mut blocks: Vec<Block> = classes(record, summary, radius).map(Block::Table).into_iter().collect();
    let mut facts: Vec<(String, Line)> = Vec::new();
    facts.extend(story::worst_class(radius).map(|line| ("worst".to_owned(), line)));
    let degradation = story::degradation(summary.degradation.as_ref());
    facts.extend(degradation.map(|line| ("degradation".to_owned(), line)));
    let objectives = story::objectives(summary).into_iter();
    facts.extend(objectives.map(|line| ("objective".to_owned(), line)));
    if radius.improved > 0 {
        let improved = format!("{} fared better than without it", quantity::count(radius.improved));
        facts.push(("improved".to_owned(), Line::plain(improved)));
    }
    if !facts.is_empty() {
        blocks.push(Block::Facts(facts));
    }
    blocks
}

/// How long it was, where a few requests make it much longer.
pub(super) fn duration(radius: &BlastRadius) -> Option<Block> {
    let most = story::nearly_all(radius)?;
    let whole = quantity::seconds(radius.duration_s);
    let line = format!("{whole} from the first request that was worse off to the last, {most}.");
    Some(Block::Paragraph(Line::plain(line)))
}

/// What happened to the requests of each class; none without any.
fn classes(record: &Record, summary: &Summary, radius: &BlastRadius) -> Option<Table> {
    let mut table = Table::of_numbers([
        "traffic",
        "requests",
        "worse off",
        "share",
        "failed",
        "never answered",
        "wrong",
        "fallback",
        "late",
        "lost value",
        "unavailable",
        "first",
        "last",
    ]);
    for (name, class) in &radius.classes {
        let traffic = summary.traffic.get(name);
        let or_nothing = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
        let severity = class.by_severity;
        let unavailable = traffic.filter(|traffic| traffic.unavailable_s > 0.0);
        let cells = vec![
            name.clone(),
            or_nothing(traffic.map(|traffic| quantity::count(traffic.requests))),
            quantity::count(severity.affected()),
            quantity::share(class.requests_affected),
            quantity::count(severity.failed),
            quantity::count(severity.unanswered),
            quantity::count(severity.incorrect),
            quantity::count(severity.degraded),
            quantity::count(severity.slower),
            quantity::money(class.lost_value, &record.currency),
            or_nothing(unavailable.map(|traffic| quantity::seconds(traffic.unavailable_s))),
            or_nothing(class.first_s.map(quantity::instant)),
            or_nothing(class.last_s.map(quantity::instant)),
        ];
        let tone = if severity.affected() > 0 { Tone::Plain } else { Tone::Dim };
        table.rows.push((tone, cells));
    }
    let nothing = quantity::money(0.0, &record.currency);
    let table = table.without_empty_columns(|cell| cell == "0" || cell == NOTHING || cell == nothing);
    (!table.rows.is_empty()).then_some(table)
}
