//! Many seeds of one scenario as a report: verdicts with their intervals, ranges of numbers, expectations that failed.

use indexmap::IndexMap;

use crate::report::block::{Block, Line, Report, Table, Tone};
use crate::report::quantity;
use crate::report::seeds::SeedTable;
use crate::report::story::{NOT_JUDGED, Telling, verdict_tone};
use crate::scenario::VerdictKind;

/// A verdict counts as settled when its interval is narrower than this.
const SETTLED: f64 = 0.2;

/// Tells many seeds, and how to repeat them.
pub fn seed_report(table: &SeedTable, telling: &Telling) -> Report {
    let mut blocks = vec![Block::Paragraph(inputs(table))];
    if let (Some(why), true) = (&telling.stopped, table.runs.is_empty()) {
        let planned = quantity::counted(table.planned, "run");
        let words = format!(": none of {planned} finished, because {why}. There are no numbers to tell.");
        blocks.push(Block::Paragraph(Line::toned(Tone::Caution, "PARTIAL").and(words)));
        let repeat = ("repeat".to_owned(), Line::toned(Tone::Strong, telling.repeat.clone()));
        blocks.push(Block::Facts(vec![repeat]));
        return Report { title: table.scenario.clone(), blocks };
    }
    if let Some(why) = &telling.stopped {
        let (whole, planned) = (quantity::count(table.runs.len() as u64), quantity::count(table.planned));
        let words = format!(": {whole} of {planned} runs finished, because {why}. All numbers are of those.");
        blocks.push(Block::Paragraph(Line::toned(Tone::Caution, "PARTIAL").and(words)));
    }
    blocks.push(Block::Table(verdicts(table)));
    blocks.push(Block::Table(ranges(table)));
    let mut facts = Vec::new();
    expectations(&mut facts, table, telling.changed);
    if let Some(advice) = advice(table) {
        facts.push(("advice".to_owned(), advice));
    }
    if let Some((directory, names)) = &telling.files {
        let line = Line::plain(format!("{directory}/ ")).then(Tone::Dim, names.join(" "));
        facts.push(("files".to_owned(), line));
    }
    facts.push(("repeat".to_owned(), Line::toned(Tone::Strong, telling.repeat.clone())));
    blocks.push(Block::Facts(facts));
    Report { title: table.scenario.clone(), blocks }
}

/// What went in.
fn inputs(table: &SeedTable) -> Line {
    let mut parts = vec![format!("knockon {}", env!("CARGO_PKG_VERSION")), table.scenario.clone()];
    parts.extend(table.variant.as_ref().map(|name| format!("variant \"{name}\"")));
    if let (Some(first), Some(last)) = (table.runs.first(), table.runs.last()) {
        parts.push(format!("seeds {} to {}", first.seed, last.seed));
    }
    Line::dim(parts.join(" \u{b7} "))
}

/// How often each verdict.
fn verdicts(table: &SeedTable) -> Table {
    let mut rows = Table::of_numbers(["verdict", "runs", "share", "95 % interval"]);
    for frequency in &table.verdicts {
        rows.rows.push((
            frequency.verdict.map_or(Tone::Plain, verdict_tone),
            vec![
                frequency.verdict.map_or("none", VerdictKind::name).to_owned(),
                quantity::count(frequency.runs),
                quantity::share(frequency.share),
                format!("{} to {}", quantity::share(frequency.low), quantity::share(frequency.high)),
            ],
        ));
    }
    rows
}

/// Smallest, median and largest of the numbers that matter; those that are always zero are left out.
fn ranges(table: &SeedTable) -> Table {
    let mut rows = Table::of_numbers(["over all seeds", "min", "median", "max"]);
    let names = table.runs.first().map(|run| run.values.keys()).into_iter().flatten();
    for name in names {
        let mut values: Vec<f64> =
            table.runs.iter().filter_map(|run| run.values.get(name).copied().flatten()).collect();
        values.sort_by(f64::total_cmp);
        let (Some(min), Some(max)) = (values.first(), values.last()) else { continue };
        if *max <= 0.0 {
            continue;
        }
        let median = values[(values.len() - 1) / 2];
        let (title, shown) = reading(name, &table.currency);
        rows.rows.push((Tone::Plain, vec![title, shown(*min), shown(median), shown(*max)]));
    }
    rows
}

/// How a number that matters is called and written.
fn reading(name: &str, currency: &str) -> (String, Box<dyn Fn(f64) -> String>) {
    let currency = currency.to_owned();
    match name {
        "lost_value" => ("lost value".to_owned(), Box::new(move |value| quantity::money(value, &currency))),
        "requests_affected" => ("requests affected".to_owned(), Box::new(quantity::share)),
        "duration_s" => ("harm lasted".to_owned(), Box::new(quantity::seconds)),
        _ => match name.strip_suffix("_unavailable_s") {
            Some(class) => (format!("{class} unavailable for"), Box::new(quantity::seconds)),
            None => (name.replace("_availability", " available"), Box::new(quantity::share)),
        },
    }
}

/// Expectations that failed, each with how often and an example.
fn expectations(facts: &mut Vec<(String, Line)>, table: &SeedTable, changed: bool) {
    let runs = table.runs.len() as u64;
    let checked: usize = table.runs.iter().map(|run| run.held + run.failed.len()).sum();
    if checked == 0 {
        return;
    }
    if changed {
        let whole = table.runs.iter().filter(|run| run.failed.is_empty()).count() as u64;
        let words = format!("all held in {whole} of {}: {NOT_JUDGED}", quantity::counted(runs, "run"));
        facts.push(("expectations".to_owned(), Line::plain(words)));
        return;
    }
    let mut failures: IndexMap<&str, (u64, u64, &str)> = IndexMap::new();
    for run in &table.runs {
        for failed in &run.failed {
            failures.entry(&failed.text).or_insert((0, run.seed, &failed.found)).0 += 1;
        }
    }
    let all = if failures.is_empty() {
        Line::toned(Tone::Good, format!("all held in all {}", quantity::counted(runs, "run")))
    } else {
        let failing = table.runs.iter().filter(|run| !run.failed.is_empty()).count() as u64;
        Line::toned(Tone::Bad, format!("failed in {failing} of {}", quantity::counted(runs, "run")))
    };
    facts.push(("expectations".to_owned(), all));
    for (text, (times, seed, found)) in failures {
        let line = Line::toned(Tone::Bad, "FAILED ")
            .and(format!("{text}: {} (seed {seed}: {found})", quantity::counted(times, "time")));
        facts.push((String::new(), line));
    }
}

/// Whether more seeds are needed to say anything.
fn advice(table: &SeedTable) -> Option<Line> {
    let widest = table.verdicts.iter().map(|frequency| frequency.high - frequency.low).fold(0.0, f64::max);
    (table.verdicts.len() > 1 && widest > SETTLED).then(|| {
        let more = table.runs.len() * 4;
        let words = "the verdict depends on the seed, and how often it is which is not settled yet";
        Line::toned(Tone::Caution, format!("{words}: try --seeds {more}"))
    })
}
