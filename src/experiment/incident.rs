//! What to replay of an incident, who may watch and stop it, and what is left of it.

use crate::analysis::Summary;
use crate::engine::LimitHit;
use crate::record::Record;
use crate::scenario::Scenario;

/// What to replay.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The scenario, with variant and overrides applied.
    pub scenario: &'a Scenario,
    /// The variant's name, for the record.
    pub variant: Option<&'a str>,
    /// The overrides as given, for the record.
    pub overrides: &'a [String],
    /// Whether to simulate the twin as well; without it there is no impact and no verdict.
    pub twin: bool,
}

/// What is left of an incident.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// What its worlds left behind.
    pub record: Record,
    /// What it means.
    pub summary: Summary,
    /// Why it ended before its horizon, if it did. What was simulated until then is complete.
    pub stopped: Option<Stop>,
}

/// Why a simulation ended before its horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Somebody asked for it.
    Interrupted,
    /// It ran for longer than allowed, by the clock of the machine.
    WallTime,
    /// It handled as many events as allowed.
    Events(u64),
    /// As many attempts were in flight as allowed.
    InFlight(u64),
}

/// How far a simulation has got.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Share of the horizon, 0 to 1.
    pub share: f64,
    /// Simulated time since T+0, in seconds; negative during the warm-up.
    pub at_s: f64,
    /// Events handled so far, in all worlds.
    pub events: u64,
}

/// Somebody who watches a simulation and may stop it. Called every fifty thousand events of a world, or as many as are in
/// flight, from the thread that asked for it. Must not influence results in any other way.
pub trait Watch: Sync {
    /// Told how far it got.
    fn progress(&self, _progress: Progress) {}

    /// Asked whether to stop.
    fn stop(&self) -> Option<Stop> {
        None
    }
}

/// Nobody watches.
impl Watch for () {}

impl From<LimitHit> for Stop {
    fn from(limit: LimitHit) -> Self {
        match limit {
            LimitHit::Events(n) => Self::Events(n),
            LimitHit::InFlight(n) => Self::InFlight(n),
        }
    }
}
