//! The files of a run: which there are and what is in them. Leaves the writing to `output.rs`.

use indexmap::IndexMap;
use knockon::analysis::{SUMMARY_VERSION, Summary};
use knockon::experiment::Incident;
use knockon::plot::{self, Figure, PlotError};
use knockon::record::{RECORD_VERSION, Record};
use knockon::report::html::{self, Picture, Told};
use knockon::report::{Telling, csv, events, json, markdown, postmortem};
use serde::Serialize;

use crate::cli::args::RunArgs;
use crate::cli::ending::{changed, why};
use crate::cli::exit::CliError;
use crate::cli::output::{MARK, Output};
use crate::cli::setup::repeat_one;

/// Version of the format of `run.json`.
const RUN_VERSION: u32 = 1;

/// `run.json`: how the result was made; not part of it.
#[derive(Serialize)]
struct About {
    run_version: u32,
    knockon: &'static str,
    command: Vec<String>,
    /// Why the run ended before its horizon, if it did.
    stopped: Option<String>,
    wall_s: f64,
    events_per_s: f64,
    machine: Machine,
    formats: IndexMap<&'static str, u32>,
}

/// Where it was made.
#[derive(Serialize)]
struct Machine {
    os: &'static str,
    architecture: &'static str,
    processors: usize,
}

/// Writes everything that is left of an incident.
pub(crate) fn write(
    output: &mut Output,
    incident: &Incident,
    args: &RunArgs,
    wall_s: f64,
) -> Result<(), CliError> {
    let Incident { record, summary, .. } = incident;
    // The mark comes first: should the rest fail, the next run may still take the directory over.
    output.write(MARK, about(incident, wall_s).as_bytes())?;
    output.write("summary.json", json::summary(summary).as_bytes())?;
    output.fill("record.json", |file| json::record(record, file))?;
    output.fill("series.csv", |file| csv::series(record, file))?;
    output.write("events.jsonl", events::events(record).as_bytes())?;
    let telling = Telling {
        repeat: repeat_one(args, summary.seed),
        files: None,
        stopped: incident.stopped.map(why),
        changed: changed(&args.choosing.set),
    };
    told(output, record, summary, &telling, args.no_pictures)
}

/// Writes what is made of a record and its summary: post-mortem, pictures and page.
pub(crate) fn told(
    output: &mut Output,
    record: &Record,
    summary: &Summary,
    telling: &Telling,
    no_pictures: bool,
) -> Result<(), CliError> {
    review(output, record, summary, telling)?;
    let pictures = if no_pictures { Vec::new() } else { pictures(output, record, summary)? };
    page(output, "report.html", &[Told { record, summary, telling, pictures }])
}

/// Writes a page of one run or two.
pub(crate) fn page(output: &mut Output, name: &str, told: &[Told<'_>]) -> Result<(), CliError> {
    let page = html::page(told).map_err(|error| CliError::output(error.to_string()))?;
    output.write(name, page.as_bytes())
}

/// Writes the post-mortem, if anybody was harmed.
fn review(
    output: &mut Output,
    record: &Record,
    summary: &Summary,
    telling: &Telling,
) -> Result<(), CliError> {
    match postmortem(record, summary, telling) {
        Some(told) => output.write("postmortem.md", markdown::markdown(&told).as_bytes()),
        None => Ok(()),
    }
}

/// How the result was made.
fn about(incident: &Incident, wall_s: f64) -> String {
    let record = &incident.record;
    let others = [&record.twin, &record.unattended].into_iter().flatten();
    let events = record.actual.events + others.map(|world| world.events).sum::<u64>();
    json::pretty(&About {
        run_version: RUN_VERSION,
        knockon: env!("CARGO_PKG_VERSION"),
        command: std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect(),
        stopped: incident.stopped.map(why),
        wall_s,
        events_per_s: if wall_s > 0.0 { events as f64 / wall_s } else { 0.0 },
        machine: Machine {
            os: std::env::consts::OS,
            architecture: std::env::consts::ARCH,
            processors: processors(),
        },
        formats: [
            ("summary.json", SUMMARY_VERSION),
            ("record.json", RECORD_VERSION),
            ("events.jsonl", events::EVENTS_VERSION),
            ("series.csv", csv::SERIES_VERSION),
        ]
        .into_iter()
        .collect(),
    })
}

/// Simulations that this machine can do at once.
pub(crate) fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Writes the pictures of an incident, and keeps them for its page.
fn pictures(output: &mut Output, record: &Record, summary: &Summary) -> Result<Vec<Picture>, CliError> {
    let mut pictures = Vec::new();
    for (name, figure) in figures(record, summary) {
        let picture = picture(name, &figure)?;
        output.write(&format!("{name}.svg"), picture.svg.as_bytes())?;
        output.write(&format!("{name}.png"), &figure.png().map_err(|error| undrawn(name, &error))?)?;
        pictures.push(picture);
    }
    Ok(pictures)
}

/// Draws the pictures of an incident for its page alone.
pub(crate) fn drawn(record: &Record, summary: &Summary) -> Result<Vec<Picture>, CliError> {
    figures(record, summary).iter().map(|(name, figure)| picture(name, figure)).collect()
}

fn figures(record: &Record, summary: &Summary) -> [(&'static str, Figure); 6] {
    [
        ("timeline", plot::timeline(record, summary)),
        ("propagation", plot::propagation(record, summary)),
        ("blast-radius", plot::blast_radius(record, summary)),
        ("heatmap", plot::heatmap(record, summary)),
        ("latency", plot::latency(record, summary)),
        ("amplification", plot::amplification(record, summary)),
    ]
}

fn picture(name: &'static str, figure: &Figure) -> Result<Picture, CliError> {
    let svg = figure.svg().map_err(|error| undrawn(name, &error))?;
    Ok(Picture { name, title: figure.title().to_owned(), svg })
}

fn undrawn(name: &str, error: &PlotError) -> CliError {
    CliError::output(format!("cannot draw the {name}: {error}"))
}
