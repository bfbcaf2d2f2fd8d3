//! `run`: simulates one incident, writes its files and tells its story. Many seeds are left to `seeds.rs`.

use knockon::experiment::{Incident, Setup, Stop, Watch, replay, replay_with_hidden_capacity};
use knockon::report::{Telling, json, markdown, story};
use knockon::scenario::{Choice, Resolved};

use crate::cli::args::{Format, RunArgs};
use crate::cli::crash::quoted;
use crate::cli::exit::{CliError, Exit};
use crate::cli::files;
use crate::cli::output::{self, Output};
use crate::cli::progress::Meter;
use crate::cli::terminal::Terminal;
use crate::cli::{determinism, interrupt, seeds, source, trace};

/// Runs the command.
pub(crate) fn run(args: &RunArgs, terminal: Terminal) -> Result<Exit, CliError> {
    let document = source::load(&args.scenario)?;
    let resolved = source::resolve(&document, &args.scenario, &choice(args), terminal)?;
    let variant = args.choosing.variant.as_deref();
    let window = args.trace.as_ref().map(|_| trace::given(args, &resolved.scenario)).transpose()?;
    let mut output =
        Output::open(output::place(args.out.as_deref(), &args.scenario, variant, &args.choosing.set))?;
    if let Some(number) = args.choosing.seeds {
        return seeds::run(args, &resolved, number, &mut output, terminal);
    }
    let setup = setup(args, &resolved);
    let meter = Meter::start(terminal, if args.check_determinism { 2 } else { 1 }, args.choosing.max_wall);
    let incident = simulate(args, &setup, &meter.watcher());
    let wall_s = meter.elapsed_s();
    let again = args.check_determinism.then(|| simulate(args, &setup, &meter.watcher()));
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

/// Whether `--set` made another scenario than the one that the expectations were written for. Another seed does not,
/// and whoever sets expectations writes them for this very run.
pub(crate) fn changed(sets: &[String]) -> bool {
    let path = |set: &String| set.split('=').next().unwrap_or_default().trim().to_owned();
    let paths: Vec<String> = sets.iter().map(path).collect();
    paths.iter().any(|path| path != "seed") && !paths.iter().any(|path| path.starts_with("expect"))
}

/// How the program ends where expectations may not count.
pub(crate) fn judged(exit: Exit, args: &RunArgs) -> Exit {
    if exit == Exit::ExpectationFailed && changed(&args.choosing.set) { Exit::Done } else { exit }
}

/// Which incident is asked for.
fn choice(args: &RunArgs) -> Choice {
    Choice { variant: args.choosing.variant.clone(), sets: args.choosing.set.clone(), seed: args.seed }
}

/// What is to be replayed.
pub(crate) fn setup<'a>(args: &'a RunArgs, resolved: &'a Resolved) -> Setup<'a> {
    Setup {
        scenario: &resolved.scenario,
        variant: args.choosing.variant.as_deref(),
        overrides: &args.choosing.set,
        twin: !args.no_twin,
    }
}

/// Replays it, and looks for its hidden capacity if that is asked for.
fn simulate(args: &RunArgs, setup: &Setup, watch: &dyn Watch) -> Incident {
    match args.hidden_capacity {
        Some(within) => replay_with_hidden_capacity(setup, within, watch),
        None => replay(setup, watch),
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

/// How the program ends after a run.
pub(crate) fn exit(incident: &Incident) -> Exit {
    match incident.stopped {
        Some(Stop::Interrupted) => Exit::Interrupted,
        Some(Stop::WallTime | Stop::Events(_) | Stop::InFlight(_)) => Exit::Limit,
        None if incident.summary.expectations.iter().any(|result| !result.held) => Exit::ExpectationFailed,
        None => Exit::Done,
    }
}

/// Why a run ended early, as a clause, with what would let it go on.
pub(crate) fn why(stop: Stop) -> String {
    use knockon::report::quantity::count;
    match stop {
        Stop::Interrupted => "it was interrupted".to_owned(),
        Stop::WallTime => "its real time was over (--max-wall)".to_owned(),
        Stop::Events(most) => format!("a world handled {} events (limits.events)", count(most)),
        Stop::InFlight(most) => format!("a world had {} attempts in flight (limits.in_flight)", count(most)),
    }
}

/// Why some of many runs did not end or did not even begin: as the first of those that were stopped, if any was.
pub(crate) fn why_any(stops: impl IntoIterator<Item = Stop>) -> String {
    let unknown = if interrupt::asked() { Stop::Interrupted } else { Stop::WallTime };
    why(stops.into_iter().next().unwrap_or(unknown))
}

/// The command that gives the same result again.
pub(crate) fn repeat(args: &RunArgs, seed: u64) -> String {
    repeat_so_many(args, seed, args.choosing.seeds)
}

/// The same for one seed alone.
pub(crate) fn repeat_one(args: &RunArgs, seed: u64) -> String {
    repeat_so_many(args, seed, None)
}

fn repeat_so_many(args: &RunArgs, seed: u64, seeds: Option<u64>) -> String {
    let mut parts = vec!["knockon run".to_owned(), quoted(&args.scenario.display().to_string())];
    if let Some(variant) = &args.choosing.variant {
        parts.push(format!("--variant {}", quoted(variant)));
    }
    parts.extend(args.choosing.set.iter().map(|set| format!("--set {}", quoted(set))));
    parts.push(format!("--seed {seed}"));
    parts.extend(seeds.map(|number| format!("--seeds {number}")));
    if args.no_twin {
        parts.push("--no-twin".to_owned());
    }
    parts.extend(args.hidden_capacity.map(|within| match within {
        Some(within) => format!("--hidden-capacity={within}"),
        None => "--hidden-capacity".to_owned(),
    }));
    parts.join(" ")
}
