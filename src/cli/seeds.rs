//! `run --seeds`: many seeds of one incident at once, and how often they end how. Keeps only the first seed's files.

use knockon::experiment::{Run, Stop, replay_all};
use knockon::report::{SeedOutcome, SeedTable, Telling, csv, json, markdown, seed_report};
use knockon::scenario::Resolved;

use crate::cli::args::{Format, RunArgs};
use crate::cli::ending::{changed, exit, judged, why_any};
use crate::cli::exit::{CliError, Exit};
use crate::cli::output::Output;
use crate::cli::progress::Meter;
use crate::cli::setup::{repeat, setup};
use crate::cli::terminal::Terminal;
use crate::cli::{files, interrupt};

/// Runs `number` seeds.
pub(crate) fn run(
    args: &RunArgs,
    resolved: &Resolved,
    number: u64,
    output: &mut Output,
    terminal: Terminal,
) -> Result<Exit, CliError> {
    let first_seed = resolved.scenario.seed;
    let setup = setup(args, resolved);
    let plan: Vec<Run> = seeds(first_seed, number)?.map(|seed| Run { setup, seed }).collect();
    let jobs = args.choosing.jobs.unwrap_or_else(files::processors);
    let meter = Meter::start(terminal, plan.len(), args.choosing.max_wall);
    let results = replay_all(
        &plan,
        jobs,
        |_| meter.watcher(),
        |index, incident| {
            let outcome = SeedOutcome::of(&incident.summary);
            let end = (exit(&incident), incident.stopped);
            (outcome, end, (index == 0).then_some(incident))
        },
    );
    let wall_s = meter.elapsed_s();
    drop(meter);

    let mut runs = Vec::new();
    let mut ends = Vec::new();
    let mut first = None;
    for (outcome, end, incident) in results.into_iter().flatten() {
        // The numbers of half a run would spoil those of the whole ones.
        if end.1.is_none() {
            runs.push(outcome);
        }
        ends.push(end);
        first = first.or(incident);
    }
    let scenario = &resolved.scenario;
    let table =
        SeedTable::new(&scenario.name, args.choosing.variant.as_deref(), &scenario.currency, number, runs);
    let mut write = || {
        // Without a single whole run there is nothing to look at.
        if table.runs.is_empty() {
            return Ok(());
        }
        if let Some(incident) = &first {
            files::write(output, incident, args, wall_s)?;
        }
        output.fill("seeds.csv", |file| csv::seeds(&table, file))
    };
    // As for one run: what was simulated is told even if there is no room for it.
    let written = write();
    let telling = Telling {
        repeat: repeat(args, first_seed),
        files: Some(output.listing()),
        changed: changed(&args.choosing.set),
        stopped: (table.runs.len() as u64 != number)
            .then(|| why_any(ends.iter().filter_map(|(_, stop)| *stop))),
    };
    tell(args, &table, &telling, terminal)?;
    written?;
    Ok(judged(worst(&ends, table.runs.len() as u64 == number), args))
}

/// So many seeds from the first one on.
pub(crate) fn seeds(first: u64, number: u64) -> Result<impl Iterator<Item = u64>, CliError> {
    let last = first.checked_add(number - 1).ok_or_else(|| {
        CliError::wrong(format!("{number} seeds from {first} on go beyond the largest seed, {}", u64::MAX))
            .help("start lower with `--seed N`")
    })?;
    Ok(first..=last)
}

/// Prints the result.
fn tell(args: &RunArgs, table: &SeedTable, telling: &Telling, terminal: Terminal) -> Result<(), CliError> {
    let format = args.format.or((!terminal.is_quiet()).then_some(Format::Text));
    let report = || seed_report(table, telling);
    match format {
        None => Ok(()),
        Some(Format::Text) => terminal.report(&report()),
        Some(Format::Markdown) => terminal.result(&markdown::markdown(&report())),
        Some(Format::Json) => terminal.result(&json::pretty(table)),
    }
}

/// How the program ends after many runs.
pub(crate) fn worst(ends: &[(Exit, Option<Stop>)], all_finished: bool) -> Exit {
    let any = |wanted| ends.iter().any(|(exit, _)| *exit == wanted);
    match () {
        () if any(Exit::Interrupted) => Exit::Interrupted,
        () if any(Exit::Limit) => Exit::Limit,
        () if !all_finished && interrupt::asked() => Exit::Interrupted,
        () if !all_finished => Exit::Limit,
        () if any(Exit::ExpectationFailed) => Exit::ExpectationFailed,
        () => Exit::Done,
    }
}
