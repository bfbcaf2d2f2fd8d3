//! What became of several runs, a row for each: the numbers by which people compare them. Judges none of them.

use crate::analysis::Summary;
use crate::record::Record;
use crate::report::block::{Table, Tone};
use crate::report::html::page::Told;
use crate::report::quantity::{self, NOTHING};
use crate::report::story;
use crate::scenario::VerdictKind;

/// The table of runs of these names.
pub(super) fn table(told: &[Told<'_>], names: &[String]) -> Table {
    let mut table = Table::of_numbers([
        "run",
        "verdict",
        "nobody acting",
        "worse off",
        "failed",
        "never answered",
        "lost value",
        "unavailable",
        "services hit",
        "detect",
        "recover",
    ]);
    for (one, name) in told.iter().zip(names) {
        let tone = one.summary.verdict.map_or(Tone::Plain, story::verdict_tone);
        table.rows.push((tone, cells(name, one.record, one.summary)));
    }
    let nothing = quantity::money(0.0, told.first().map_or("", |told| &told.record.currency));
    table.without_empty_columns(|cell| cell == "0" || cell == NOTHING || cell == nothing)
}

fn cells(name: &str, record: &Record, summary: &Summary) -> Vec<String> {
    let or_nothing = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
    let verdict = |kind: Option<VerdictKind>| or_nothing(kind.map(|kind| kind.name().to_owned()));
    let radius = summary.blast_radius.as_ref();
    let value = radius.map(|radius| radius.classes.values().map(|class| class.lost_value).sum());
    let away = summary.traffic.values().map(|class| class.unavailable_s).fold(0.0, f64::max);
    let times = summary.times.as_ref();
    vec![
        name.to_owned(),
        verdict(summary.verdict),
        verdict(summary.verdict_unattended),
        or_nothing(radius.map(|radius| quantity::share(radius.requests_affected))),
        or_nothing(radius.map(|radius| quantity::count(radius.by_severity.failed))),
        or_nothing(radius.map(|radius| quantity::count(radius.by_severity.unanswered))),
        or_nothing(value.map(|value| quantity::money(value, &record.currency))),
        or_nothing((away > 0.0).then(|| quantity::seconds(away))),
        or_nothing(radius.map(|radius| format!("{} of {}", radius.services_affected, radius.services_total))),
        or_nothing(times.and_then(|times| times.to_detect_s).map(quantity::seconds)),
        or_nothing(times.and_then(|times| times.to_recover_s).map(quantity::seconds)),
    ]
}
