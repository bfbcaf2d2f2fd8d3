//! How runs end: as an exit code, and in words.

use knockon::experiment::{Incident, Stop};

use crate::cli::args::RunArgs;
use crate::cli::exit::Exit;
use crate::cli::interrupt;

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
