//! The files of a run: which there are and what is in them. Leaves the writing to `output.rs`.

use indexmap::IndexMap;
use knockon::analysis::{SUMMARY_VERSION, Summary};
use knockon::experiment::Incident;
use knockon::plot::{self, PlotError};
use knockon::record::{RECORD_VERSION, Record};
use knockon::report::{Telling, csv, events, json, markdown, postmortem};
use serde::Serialize;

use crate::cli::args::RunArgs;
use crate::cli::exit::CliError;
use crate::cli::output::{MARK, Output};
use crate::cli::run::{changed, repeat_one, why};

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
    review(output, record, summary, &telling)?;
    if !args.no_pictures {
        pictures(output, record, summary)?;
    }
    Ok(())
}

/// Writes the post-mortem, if anybody was harmed.
pub(crate) fn review(
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

/// Draws the pictures of an incident.
pub(crate) fn pictures(output: &mut Output, record: &Record, summary: &Summary) -> Result<(), CliError> {
    let figures = [
        ("timeline", plot::timeline(record, summary)),
        ("propagation", plot::propagation(record, summary)),
        ("blast-radius", plot::blast_radius(record, summary)),
        ("heatmap", plot::heatmap(record, summary)),
        ("latency", plot::latency(record, summary)),
        ("amplification", plot::amplification(record, summary)),
    ];
    for (name, figure) in figures {
        let failed = |error: PlotError| CliError::output(format!("cannot draw the {name}: {error}"));
        output.write(&format!("{name}.svg"), figure.svg().map_err(failed)?.as_bytes())?;
        output.write(&format!("{name}.png"), &figure.png().map_err(failed)?)?;
    }
    Ok(())
}
