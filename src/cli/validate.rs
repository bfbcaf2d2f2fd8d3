//! `validate`: the engine against queueing theory.

use knockon::report::{ValidationData, json, markdown, validation_report};
use knockon::suggest::closest;
use knockon::validation::{Case, Effort, Verdict, cases, runs, validate as compare};

use crate::cli::args::{Format, ValidateArgs};
use crate::cli::exit::{CliError, Exit};
use crate::cli::files;
use crate::cli::progress::Meter;
use crate::cli::terminal::Terminal;

/// Runs the command.
pub(crate) fn validate(args: &ValidateArgs, terminal: Terminal) -> Result<Exit, CliError> {
    let chosen = chosen(args)?;
    let jobs = args.jobs.unwrap_or_else(files::processors);
    let effort = Effort { seeds: args.seeds, jobs, length: 1.0 };
    let meter = Meter::start(terminal, runs(&chosen, args.seeds) as usize, None);
    let compared = compare(&chosen, effort, |_| meter.watcher());
    drop(meter);
    let Some(validation) = compared else { return Ok(Exit::Interrupted) };
    match args.format {
        Format::Text if terminal.is_quiet() => {}
        Format::Text => terminal.report(&validation_report(&validation))?,
        Format::Markdown => terminal.result(&markdown::markdown(&validation_report(&validation)))?,
        Format::Json => terminal.result(&json::pretty(&ValidationData::of(&validation)))?,
    }
    let wide = validation.rows.iter().any(|row| row.verdict == Verdict::TooWide);
    if wide && !validation.agrees() {
        terminal.note("where the interval is too wide, more seeds tell: `--seeds N`");
    }
    Ok(if validation.agrees() { Exit::Done } else { Exit::ExpectationFailed })
}

/// The cases whose name has the wanted words in it.
fn chosen(args: &ValidateArgs) -> Result<Vec<Case>, CliError> {
    let all = cases();
    let Some(wanted) = &args.only else { return Ok(all) };
    let title = |case: &Case| format!("{} {}", case.name, case.parameters).to_lowercase();
    let lower = wanted.to_lowercase();
    let known: Vec<&'static str> = all.iter().map(|case| case.name).collect();
    let found: Vec<Case> = all.into_iter().filter(|case| title(case).contains(&lower)).collect();
    if !found.is_empty() && !wanted.trim().is_empty() {
        return Ok(found);
    }
    let error = CliError::wrong(format!("no case is called `{wanted}`"));
    Err(match closest(wanted, known.iter().copied()) {
        Some(name) => error.help(format!("did you mean `{name}`?")),
        None => error.help("`knockon validate --seeds 2` lists all of them in a few seconds"),
    })
}
