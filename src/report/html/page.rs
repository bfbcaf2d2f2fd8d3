//! What the template is filled with: the parts of the story, the pictures, the data. The template escapes whatever is not
//! markup of our own.

use askama::Template;

use crate::analysis::Summary;
use crate::record::Record;
use crate::report::dashboard;
use crate::report::html::parts::{Part, parts};
use crate::report::html::view::{View, of_table, views};
use crate::report::html::words::{Entry, Words};
use crate::report::html::{assets, beside, data};
use crate::report::story::Telling;
use crate::scenario::VerdictKind;
use crate::unseen::marked_lines;

/// What the table of several runs is called.
const BESIDE: &str = "Side by side";

/// A run to be told on a page.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    /// What it left behind.
    pub record: &'a Record,
    /// What that means.
    pub summary: &'a Summary,
    /// What is told beyond these.
    pub telling: &'a Telling,
    /// Its pictures, in the order in which they are shown.
    pub pictures: Vec<Picture>,
}

/// A picture of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The name of its file, without its format.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub title: String,
    /// The picture as SVG: markup that this program made, with whatever a scenario names as text.
    pub svg: String,
}

/// A page could not be filled.
#[derive(Debug, thiserror::Error)]
#[error("the page could not be made: {0}")]
pub struct PageError(#[from] askama::Error);

/// The page.
#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    title: &'a str,
    policy: String,
    style: String,
    data: String,
    scripts: &'static [&'static str],
    runs: Vec<Run<'a>>,
    /// Whether there are any.
    pictures: bool,
    /// What became of them, if there are several.
    beside: Option<View>,
    parts: Vec<Columns>,
    words: Vec<Entry>,
    dashboards: Vec<Dashboard<'a>>,
}

/// What tells a run from the other.
struct Run<'a> {
    number: usize,
    name: String,
    verdict: &'static str,
    pictures: &'a [Picture],
}

/// A part of the story, a column for each run.
struct Columns {
    id: &'static str,
    title: &'static str,
    runs: Vec<Column>,
}

/// What a monitor of a run reads.
struct Dashboard<'a> {
    anchor: String,
    name: &'a str,
    meaning: String,
}

/// What there is to tell of a run.
struct Column {
    run: usize,
    name: String,
    views: Vec<View>,
}

/// One run as a page, or two side by side.
pub fn page(told: &[Told<'_>]) -> Result<String, PageError> {
    let mut words = Words::default();
    words.replay();
    let style = assets::style();
    let runs: Vec<Run> = (0..told.len()).map(|number| run(number, told)).collect();
    let names: Vec<String> = runs.iter().map(|run| run.name.clone()).collect();
    let page = Page {
        title: told.first().map_or("", |told| &told.record.scenario),
        policy: assets::policy(&style),
        style,
        data: data::json(told.iter().map(|told| (told.record, told.summary))),
        scripts: &assets::SCRIPTS,
        pictures: told.iter().any(|told| !told.pictures.is_empty()),
        runs,
        beside: (told.len() > 1).then(|| of_table(BESIDE, &beside::table(told, &names), &mut words)),
        parts: columns(told, &mut words),
        words: words.entries(),
        dashboards: told
            .iter()
            .enumerate()
            .flat_map(|(number, told)| dashboards(number, told.record))
            .collect(),
    };
    Ok(marked_lines(&page.render()?).into_owned())
}

/// What the monitors of a run read.
fn dashboards(run: usize, record: &Record) -> impl Iterator<Item = Dashboard<'_>> {
    record.actual.monitors.iter().enumerate().map(move |(place, (name, monitor))| Dashboard {
        anchor: data::monitor_anchor(run, place),
        name,
        meaning: dashboard::meaning(monitor),
    })
}

/// The run at this place, named by what tells it from the others.
fn run<'a>(number: usize, told: &'a [Told<'_>]) -> Run<'a> {
    let Told { record, summary, pictures, .. } = &told[number];
    let mut what: Vec<String> = Vec::new();
    if record.scenario != told[0].record.scenario {
        what.push(record.scenario.clone());
    }
    what.extend(record.variant.as_ref().map(|name| format!("variant \"{name}\"")));
    what.extend(record.overrides.iter().cloned());
    if what.is_empty() && told.len() > 1 {
        what.push("as written".to_owned());
    }
    what.push(format!("seed {}", record.seed));
    let place = if told.len() > 1 { format!("{}. ", number + 1) } else { String::new() };
    Run {
        number,
        name: place + &what.join(" \u{b7} "),
        verdict: summary.verdict.map_or("", VerdictKind::name),
        pictures,
    }
}

/// The parts of all runs side by side, without those that are empty in all.
fn columns(told: &[Told<'_>], words: &mut Words) -> Vec<Columns> {
    let mut columns: Vec<Columns> = Vec::new();
    for (number, one) in told.iter().enumerate() {
        for (position, Part { id, title, blocks }) in parts(one).into_iter().enumerate() {
            if number == 0 {
                columns.push(Columns { id, title, runs: Vec::new() });
            }
            let name = run(number, told).name;
            let title = if told.len() > 1 { format!("{title}: {name}") } else { title.to_owned() };
            columns[position].runs.push(Column { run: number, name, views: views(&title, &blocks, words) });
        }
    }
    columns.retain(|part| part.runs.iter().any(|column| !column.views.is_empty()));
    columns
}
