//! `run --seeds`: many seeds of one incident at once, and how often they end how. Keeps only the first seed's files.

use knockon::experiment::{Run, Stop, replay_all};
use knockon::report::{SeedOutcome, SeedTable, csv, json, markdown, seed_report};
use knockon::scenario::Resolved;

use crate::cli::args::{Format, RunArgs};
use crate::cli::exit::{CliError, Exit};
use crate::cli::files;
use crate::cli::output::Output;
use crate::cli::progress::Meter;
use crate::cli::run::{exit, repeat, setup, why};
use crate::cli::terminal::Terminal;

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
    let table = SeedTable::new(&scenario.name, args.choosing.variant.as_deref(), &scenario.currency, runs);
    if let Some(incident) = &first {
        files::write(output, incident, args, wall_s)?;
    }
    output.write("seeds.csv", csv::seeds(&table).as_bytes())?;
    note_partial(&table, number, &ends, terminal);
    tell(args, &table, first_seed, output, terminal)?;
    Ok(worst(&ends, table.runs.len() as u64 == number))
}

/// So many seeds from the first one on.
pub(crate) fn seeds(first: u64, number: u64) -> Result<impl Iterator<Item = u64>, CliError> {
    let last = first.checked_add(number - 1).ok_or_else(|| {
        CliError::wrong(format!("{number} seeds from {first} on go beyond the largest seed, {}", u64::MAX))
            .help("start lower with `--seed N`")
    })?;
    Ok(first..=last)
}

/// Says that not all seeds were run to their end, and why.
fn note_partial(table: &SeedTable, number: u64, ends: &[(Exit, Option<Stop>)], terminal: Terminal) {
    let whole = table.runs.len() as u64;
    if whole < number {
        let stop = ends.iter().find_map(|(_, stop)| *stop).unwrap_or(Stop::Interrupted);
        let plural = if whole == 1 { "" } else { "s" };
        terminal.note(&format!("partial: {whole} of {number} run{plural} finished, because {}", why(stop)));
    }
}

/// Prints the result.
fn tell(
    args: &RunArgs,
    table: &SeedTable,
    first_seed: u64,
    output: &Output,
    terminal: Terminal,
) -> Result<(), CliError> {
    let format = args.format.or((!terminal.is_quiet()).then_some(Format::Text));
    let report = || seed_report(table, &repeat(args, first_seed), Some(&output.listing()));
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
        () if !all_finished => Exit::Interrupted,
        () if any(Exit::ExpectationFailed) => Exit::ExpectationFailed,
        () => Exit::Done,
    }
}
