//! `report`: a saved run, told and drawn again from its files. Simulates nothing.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use knockon::analysis::Summary;
use knockon::record::Record;
use knockon::report::html::Told;
use knockon::report::saved::SavedError;
use knockon::report::{Block, Line, Report, Telling, brief, json, markdown, saved, story};
use serde::Deserialize;

use crate::cli::args::{Cli, Command, Format, ReportArgs, RunArgs};
use crate::cli::crash::quoted;
use crate::cli::exit::{CliError, Exit};
use crate::cli::output::{self, MARK, Output};
use crate::cli::terminal::Terminal;
use crate::cli::{ending, files, setup, source};

/// The page with two runs.
const COMPARISON: &str = "comparison.html";
/// No file of a run is longer.
const MOST_BYTES: u64 = 1 << 30;

/// A run, as its directory has it.
struct Saved {
    directory: PathBuf,
    record: Record,
    summary: Summary,
    about: About,
}

/// What is needed of `run.json`; a run is told without it, too.
#[derive(Default, Deserialize)]
#[serde(default)]
struct About {
    command: Vec<String>,
    stopped: Option<String>,
}

/// Runs the command.
pub(crate) fn report(args: &ReportArgs, terminal: Terminal) -> Result<Exit, CliError> {
    let saved = open(&args.record)?;
    let other = args.other.as_deref().map(open).transpose()?;
    let place = args.out.clone().unwrap_or_else(|| saved.directory.clone());
    if let Some(other) = other {
        let written = compare(&[&saved, &other], &place, args.no_pictures);
        tell_both(args, &[&saved, &other], &place, terminal)?;
        return written.map(|()| Exit::Done);
    }
    let written = write(&saved, &place, args.no_pictures);
    // What was read is told even if there is no room for files.
    tell(args, &saved, &place, terminal)?;
    written.map(|()| Exit::Done)
}

/// Reads the files of a run.
fn open(path: &Path) -> Result<Saved, CliError> {
    let named = if path.is_dir() { path.join("record.json") } else { path.to_owned() };
    let directory = named.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let directory: PathBuf = directory.components().collect();
    let record = read(&named, saved::record)?;
    let summary = read(&directory.join("summary.json"), |text| saved::summary(text, &record))?;
    let about = source::regular(&directory.join(MARK), "it", MOST_BYTES).ok();
    let about = about.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    Ok(Saved { directory, record, summary, about })
}

/// Reads a file and makes something of it.
fn read<T>(path: &Path, parse: impl FnOnce(&[u8]) -> Result<T, SavedError>) -> Result<T, CliError> {
    let named = path.display();
    let text = source::regular(path, "what can be read", MOST_BYTES).map_err(|why| {
        CliError::wrong(format!("cannot read `{named}`: {why}"))
            .help("`knockon run` leaves record.json and summary.json in the directory that it names")
    })?;
    parse(&text).map_err(|error| {
        CliError::wrong(format!("`{named}` cannot be used: {error}")).help("run the scenario again")
    })
}

/// Writes what is made of a run, never into the directory of another one.
fn write(saved: &Saved, place: &Path, no_pictures: bool) -> Result<(), CliError> {
    let whole = |path: &Path| fs::canonicalize(path).ok();
    if place.join(MARK).is_file() && whole(place) != whole(&saved.directory) {
        return Err(CliError::wrong(format!("`{}` is the directory of another run", place.display()))
            .help("name another one with `--out DIR`"));
    }
    let mut output = Output::add_to(place.to_owned())?;
    files::told(&mut output, &saved.record, &saved.summary, &telling(saved), no_pictures)
}

/// Writes a page with both runs side by side.
fn compare(both: &[&Saved; 2], place: &Path, no_pictures: bool) -> Result<(), CliError> {
    let mut output = Output::add_to(place.to_owned())?;
    let tellings = both.map(telling);
    let mut told = Vec::new();
    for (Saved { record, summary, .. }, telling) in both.iter().zip(&tellings) {
        let pictures = if no_pictures { Vec::new() } else { files::drawn(record, summary)? };
        told.push(Told { record, summary, telling, pictures });
    }
    files::page(&mut output, COMPARISON, &told)
}

/// What is told beyond record and summary.
fn telling(saved: &Saved) -> Telling {
    let unknown = || "something stopped it".to_owned();
    Telling {
        repeat: repeat(saved),
        files: None,
        stopped: saved.summary.partial.then(|| saved.about.stopped.clone().unwrap_or_else(unknown)),
        changed: ending::changed(&saved.record.overrides),
    }
}

/// Prints the result as the run did.
fn tell(args: &ReportArgs, saved: &Saved, place: &Path, terminal: Terminal) -> Result<(), CliError> {
    let Saved { record, summary, .. } = saved;
    let files = Some((place.display().to_string(), output::present(place)));
    let telling = Telling { files, ..telling(saved) };
    let story = || story(record, summary, &telling);
    match args.format.or((!terminal.is_quiet()).then_some(Format::Text)) {
        None => Ok(()),
        Some(Format::Text) => terminal.report(&story()),
        Some(Format::Markdown) => terminal.result(&markdown::markdown(&story())),
        Some(Format::Json) => terminal.result(&json::summary(summary)),
    }
}

/// Prints how both runs ended and what they cost, and where to compare them.
fn tell_both(
    args: &ReportArgs,
    both: &[&Saved; 2],
    place: &Path,
    terminal: Terminal,
) -> Result<(), CliError> {
    let report = || {
        let mut blocks = Vec::new();
        for Saved { record, summary, .. } in both {
            blocks.push(Block::Heading(record.variant.clone().unwrap_or_else(|| record.scenario.clone())));
            blocks.extend(brief(record, summary, &Telling::default()));
        }
        let page = Line::plain(place.join(COMPARISON).display().to_string());
        blocks.push(Block::Facts(vec![("side by side".to_owned(), page)]));
        Report { title: "Two runs side by side".to_owned(), blocks }
    };
    match args.format.or((!terminal.is_quiet()).then_some(Format::Text)) {
        None => Ok(()),
        Some(Format::Text) => terminal.report(&report()),
        Some(Format::Markdown) => terminal.result(&markdown::markdown(&report())),
        Some(Format::Json) => terminal.result(&json::pretty(&both.map(|saved| &saved.summary))),
    }
}

/// The command that gives the run again: as it was given, else with what the record knows of it.
fn repeat(saved: &Saved) -> String {
    let record = &saved.record;
    if let Some(args) = given(&saved.about) {
        return setup::repeat(&args, record.seed);
    }
    let variant = record.variant.iter().flat_map(|name| ["--variant".to_owned(), quoted(name)]);
    let sets = record.overrides.iter().flat_map(|set| ["--set".to_owned(), quoted(set)]);
    let twin = record.twin.is_none().then(|| "--no-twin".to_owned());
    let parts = ["knockon run SCENARIO".to_owned()].into_iter().chain(variant).chain(sets);
    parts.chain([format!("--seed {}", record.seed)]).chain(twin).collect::<Vec<_>>().join(" ")
}

/// The arguments of the run, if they are known.
fn given(about: &About) -> Option<RunArgs> {
    match Cli::try_parse_from(&about.command).ok()?.command {
        // The files of many seeds are those of the first.
        Command::Run(mut args) => {
            args.choosing.seeds = None;
            Some(args)
        }
        _ => None,
    }
}
