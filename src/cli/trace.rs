//! `run --trace`: some requests of the run, followed in a second and a third simulation of it and written to a file.

use std::path::Path;

use knockon::experiment::{Incident, Setup, Stop, TraceWindow, Watch, trace};
use knockon::report::chrome;
use knockon::report::quantity;
use knockon::scenario::Scenario;

use crate::cli::args::RunArgs;
use crate::cli::exit::CliError;
use crate::cli::output::{try_file, write_whole};

/// Length of the window that is followed unless told otherwise, in seconds.
const LENGTH_S: f64 = 5.0;

/// The window that was asked for, none if it is up to the run. It is checked before anything is simulated, and that there
/// is a place for the file.
pub(crate) fn given(
    path: &Path,
    args: &RunArgs,
    scenario: &Scenario,
) -> Result<Option<(f64, f64)>, CliError> {
    try_file(path)?;
    let horizon_s = scenario.horizon.value.as_secs_f64();
    match args.trace_window {
        Some((from, to)) if to > horizon_s => Err(CliError::wrong(format!(
            "--trace-window {}..{} goes beyond the run, which ends at {}",
            quantity::instant(from),
            quantity::instant(to),
            quantity::instant(horizon_s)
        ))
        .help("name a time within it, like T+5s..T+8s")),
        window => Ok(window),
    }
}

/// Follows the requests and writes them; what stopped it, if anything did.
pub(crate) fn write(
    path: &Path,
    args: &RunArgs,
    setup: &Setup,
    window: Option<(f64, f64)>,
    incident: &Incident,
    watch: &dyn Watch,
) -> Result<Option<Stop>, CliError> {
    // Whoever did not want to wait for the run does not want to wait for two more.
    if let Some(stop @ (Stop::Interrupted | Stop::WallTime)) = incident.stopped {
        return Ok(Some(stop));
    }
    let (from_s, to_s) = window.unwrap_or_else(|| {
        let from = harm(incident);
        (from, from + LENGTH_S)
    });
    match trace(setup, &TraceWindow { from_s, to_s, requests: args.trace_requests }, watch) {
        Ok(followed) => {
            write_whole(path, chrome::trace(&followed, &incident.record).as_bytes()).map(|()| None)
        }
        Err(stop) => Ok(Some(stop)),
    }
}

/// When the harm began; without any, the first fault, or T+0.
fn harm(incident: &Incident) -> f64 {
    let impact = incident.summary.times.map(|times| times.impact_s);
    let fault = incident.record.faults.iter().map(|fault| fault.from_s).reduce(f64::min);
    impact.or(fault).unwrap_or(0.0)
}
