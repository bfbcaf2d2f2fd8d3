//! `run`: simulates one incident, writes its files and tells its story. Many seeds are left to `seeds.rs`.

use knockon::experiment::{Incident, Setup, Watch, replay_at_once, replay_with_hidden_capacity};
use knockon::report::{Telling, json, markdown, story};

use crate::cli::args::{Format, RunArgs};
use crate::cli::ending::{changed, exit, judged, why};
use crate::cli::exit::{CliError, Exit};
use crate::cli::files;
use crate::cli::output::{self, Output};
use crate::cli::progress::Meter;
use crate::cli::setup::{choice, repeat, setup};
use crate::cli::terminal::Terminal;
use crate::cli::{determinism, seeds, source, trace};

/// Runs the command.
pub(crate) fn run(args: &RunArgs, terminal: Terminal) -> Result<Exit, CliError> {
    let document = source::load(&args.scenario)?;
    let resolved = source::resolve(&document, &args.scenario, &choice(args), terminal)?;
    let variant = args.choosing.variant.as_deref();
    let window = args.trace.as_ref().map(|path| trace::given(path, args, &resolved.scenario)).transpose()?;
    let mut output =
        Output::open(output::place(args.out.as_deref(), &args.scenario, variant, &args.choosing.set))?;
    if let Some(number) = args.choosing.seeds {
        return seeds::run(args, &resolved, number, &mut output, terminal);
    }
    let setup = setup(args, &resolved);
    let meter = Meter::start(terminal, if args.check_determinism { 2 } else { 1 }, args.choosing.max_wall);
    let jobs = args.choosing.jobs.unwrap_or_else(files::processors);
    let incident = simulate(args, &setup, jobs, &meter.watcher());
    let wall_s = meter.elapsed_s();
    // By a single thread: neither may how many there are matter.
    let again = args.check_determinism.then(|| simulate(args, &setup, 1, &meter.watcher()));
    let traced = match (&args.trace, window) {
        (Some(path), Some(window)) => trace::write(path, args, &setup, window, &incident, &meter.watcher()),
        _ => Ok(None),
    };
    drop(meter);

    // What was simulated is told even if there is no room for it.
    let written = files::write(&mut output, &incident, args, wall_s);
    tell(args, &incident, &output, terminal)?;
    written?;
    if args.hidden_capacity.is_some()
        && incident.stopped.is_none()
        && incident.summary.hidden_capacity.is_none()
    {
        terminal.note("no world ended metastable: there is no hidden capacity to look for");
    }
    if let Some(stop) = traced? {
        terminal.note(&format!("no trace was written: {}", why(stop)));
    }
    if let Some(again) = &again {
        determinism::compare([&setup; 2], [&incident, again], terminal)?;
    }
    Ok(judged(exit(&incident), args))
}

/// Replays it, and looks for its hidden capacity if that is asked for.
fn simulate(args: &RunArgs, setup: &Setup, jobs: usize, watch: &dyn Watch) -> Incident {
    match args.hidden_capacity {
        Some(within) => replay_with_hidden_capacity(setup, within, jobs, watch),
        None => replay_at_once(setup, jobs, watch),
    }
}

/// Prints the result.
fn tell(args: &RunArgs, incident: &Incident, output: &Output, terminal: Terminal) -> Result<(), CliError> {
    let format = args.format.or((!terminal.is_quiet()).then_some(Format::Text));
    let telling = Telling {
        repeat: repeat(args, incident.summary.seed),
        files: Some(output.listing()),
        stopped: incident.stopped.map(why),
        changed: changed(&args.choosing.set),
    };
    let story = || story(&incident.record, &incident.summary, &telling);
    match format {
        None => Ok(()),
        Some(Format::Text) => terminal.report(&story()),
        Some(Format::Markdown) => terminal.result(&markdown::markdown(&story())),
        Some(Format::Json) => terminal.result(&json::summary(&incident.summary)),
    }
}
