//! Many seeds of one scenario: how often each verdict, with its interval, and the range of the numbers that matter.

use indexmap::IndexMap;
use serde::Serialize;

use crate::analysis::{Interval, Summary, wilson};
use crate::report::block::{Block, Line, Report, Table, Tone};
use crate::report::quantity;
use crate::report::story::{found, verdict_tone};
use crate::scenario::VerdictKind;

/// Version of the format of [`SeedTable`] as JSON.
const SEEDS_VERSION: u32 = 1;
/// A verdict counts as settled when its interval is narrower than this.
const SETTLED: f64 = 0.2;

/// What is kept of the run of one seed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeedOutcome {
    /// The seed.
    pub seed: u64,
    /// How it ended.
    pub verdict: Option<VerdictKind>,
    /// Digest of its events.
    pub fingerprint: String,
    /// Whether it was stopped before its horizon.
    pub partial: bool,
    /// Expectations that held.
    pub held: usize,
    /// Expectations that did not: as written, and what was found.
    pub failed: Vec<(String, String)>,
    /// The numbers that matter, in the order of [`SeedTable::measures`].
    pub values: Vec<f64>,
}

/// The runs of many seeds, in the order of the seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeedTable {
    /// Version of this format.
    pub seeds_version: u32,
    /// The scenario's name.
    pub scenario: String,
    /// The variant, if any.
    pub variant: Option<String>,
    /// Currency of values.
    pub currency: String,
    /// The traffic classes.
    pub classes: Vec<String>,
    /// One for each run.
    pub outcomes: Vec<SeedOutcome>,
}

/// A number that is kept of every run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Its column in files: `checkout_availability`.
    pub column: String,
    /// Its name for people.
    pub title: String,
    /// Its unit: `share`, `s`, `money`.
    pub unit: &'static str,
}

impl SeedOutcome {
    /// What is kept of a run.
    pub fn of(summary: &Summary) -> Self {
        let radius = summary.blast_radius.as_ref();
        let mut values = Vec::new();
        for class in summary.traffic.values() {
            values.push(class.availability);
            values.push(class.unavailable_s);
        }
        values.push(summary.traffic.values().map(|class| class.lost_value).sum());
        values.push(radius.map_or(f64::NAN, |radius| radius.requests_affected));
        values.push(radius.map_or(f64::NAN, |radius| radius.duration_s));
        let failed = summary.expectations.iter().filter(|result| !result.held);
        let failed: Vec<_> = failed.map(|result| (result.text.clone(), found(result))).collect();
        Self {
            seed: summary.seed,
            verdict: summary.verdict,
            fingerprint: summary.fingerprint.clone(),
            partial: summary.partial,
            held: summary.expectations.len() - failed.len(),
            failed,
            values,
        }
    }

    /// Its verdict as one word.
    pub fn verdict_name(&self) -> &'static str {
        self.verdict.map_or("none", VerdictKind::name)
    }
}

impl SeedTable {
    /// A table without runs.
    pub fn new(scenario: &str, variant: Option<&str>, currency: &str, classes: Vec<String>) -> Self {
        Self {
            seeds_version: SEEDS_VERSION,
            scenario: scenario.to_owned(),
            variant: variant.map(str::to_owned),
            currency: currency.to_owned(),
            classes,
            outcomes: Vec::new(),
        }
    }

    /// The numbers that are kept of every run, in the order of [`SeedOutcome::values`].
    pub fn measures(&self) -> Vec<Measure> {
        let measure = |column: &str, title: &str, unit| Measure {
            column: column.to_owned(),
            title: title.to_owned(),
            unit,
        };
        let mut all = Vec::new();
        for class in &self.classes {
            all.push(measure(&format!("{class}_availability"), &format!("{class} available"), "share"));
            all.push(measure(&format!("{class}_unavailable_s"), &format!("{class} unavailable for"), "s"));
        }
        all.push(measure("lost_value", "lost value", "money"));
        all.push(measure("requests_affected", "requests affected", "share"));
        all.push(measure("duration_s", "harm lasted", "s"));
        all
    }

    /// How often each verdict, the most frequent first.
    fn frequencies(&self) -> Vec<(Option<VerdictKind>, u64)> {
        let mut counts: IndexMap<Option<VerdictKind>, u64> = IndexMap::new();
        for outcome in &self.outcomes {
            *counts.entry(outcome.verdict).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(verdict, count)| (std::cmp::Reverse(*count), *verdict));
        counts
    }
}

/// Tells many seeds: verdicts, ranges, expectations that failed, and how to repeat.
pub fn seed_report(table: &SeedTable, repeat: &str, files: Option<&(String, Vec<String>)>) -> Report {
    let runs = table.outcomes.len() as u64;
    let variant =
        table.variant.as_ref().map_or_else(String::new, |name| format!(" \u{b7} variant \"{name}\""));
    let first = table.outcomes.first().map_or(0, |outcome| outcome.seed);
    let last = table.outcomes.last().map_or(0, |outcome| outcome.seed);
    let version = env!("CARGO_PKG_VERSION");
    let scenario = &table.scenario;
    let inputs = format!("knockon {version} \u{b7} {scenario}{variant} \u{b7} seeds {first} to {last}");
    let mut blocks = vec![Block::Paragraph(Line::dim(inputs)), Block::Table(verdicts(table, runs))];
    blocks.push(Block::Table(ranges(table)));
    let mut facts = Vec::new();
    expectations(&mut facts, table, runs);
    if let Some(advice) = advice(table, runs) {
        facts.push(("advice".to_owned(), advice));
    }
    if let Some((directory, names)) = files {
        facts.push((
            "files".to_owned(),
            Line::plain(format!("{directory}/ ")).then(Tone::Dim, names.join(" ")),
        ));
    }
    facts.push(("repeat".to_owned(), Line::toned(Tone::Strong, repeat)));
    blocks.push(Block::Facts(facts));
    Report { title: table.scenario.clone(), blocks }
}

/// How often each verdict.
fn verdicts(table: &SeedTable, runs: u64) -> Table {
    let mut rows = Table::of_numbers(["verdict", "runs", "share", "95 % interval"]);
    for (verdict, count) in table.frequencies() {
        let Interval { low, high } = wilson(count, runs);
        rows.rows.push((
            verdict.map_or(Tone::Plain, verdict_tone),
            vec![
                verdict.map_or("none", VerdictKind::name).to_owned(),
                quantity::count(count),
                quantity::share(count as f64 / runs as f64),
                format!("{} to {}", quantity::share(low), quantity::share(high)),
            ],
        ));
    }
    rows
}

/// Smallest, median and largest of the numbers that matter.
fn ranges(table: &SeedTable) -> Table {
    let mut rows = Table::of_numbers(["over all seeds", "min", "median", "max"]);
    for (index, measure) in table.measures().iter().enumerate() {
        let mut values: Vec<f64> = table
            .outcomes
            .iter()
            .filter_map(|outcome| outcome.values.get(index).copied())
            .filter(|value| value.is_finite())
            .collect();
        values.sort_by(f64::total_cmp);
        let (Some(min), Some(max)) = (values.first(), values.last()) else { continue };
        if *max <= 0.0 {
            continue;
        }
        let shown = |value: f64| match measure.unit {
            "share" => quantity::share(value),
            "money" => quantity::money(value, &table.currency),
            _ => quantity::seconds(value),
        };
        let median = values[(values.len() - 1) / 2];
        rows.rows.push((Tone::Plain, vec![measure.title.clone(), shown(*min), shown(median), shown(*max)]));
    }
    rows
}

/// Expectations that failed, each with how often and an example.
fn expectations(facts: &mut Vec<(String, Line)>, table: &SeedTable, runs: u64) {
    let checked: usize = table.outcomes.iter().map(|outcome| outcome.held + outcome.failed.len()).sum();
    if checked == 0 {
        return;
    }
    let mut failures: IndexMap<&str, (u64, u64, &str)> = IndexMap::new();
    for outcome in &table.outcomes {
        for (text, found) in &outcome.failed {
            failures.entry(text).or_insert((0, outcome.seed, found)).0 += 1;
        }
    }
    let all = if failures.is_empty() {
        Line::toned(Tone::Good, format!("all held in all {}", quantity::counted(runs, "run")))
    } else {
        let failing = table.outcomes.iter().filter(|outcome| !outcome.failed.is_empty()).count() as u64;
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
fn advice(table: &SeedTable, runs: u64) -> Option<Line> {
    let frequencies = table.frequencies();
    let widest = frequencies
        .iter()
        .map(|(_, count)| wilson(*count, runs))
        .map(|interval| interval.high - interval.low)
        .fold(0.0, f64::max);
    (frequencies.len() > 1 && widest > SETTLED).then(|| {
        Line::toned(
            Tone::Caution,
            format!(
                "the verdict depends on the seed and its share is not settled yet: try --seeds {}",
                runs * 4
            ),
        )
    })
}
