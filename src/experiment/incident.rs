//! One incident: its worlds are simulated side by side on the same draws, then compared.

use crate::analysis::Summary;
use crate::engine::{LimitHit, Simulation};
use crate::experiment::world::WorldRun;
use crate::experiment::worlds::Worlds;
use crate::model::Model;
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

/// Simulates the worlds of an incident and compares them.
///
/// The worlds are one until the first fault: it is simulated once, then cloned. From there on the actual world leads by up to
/// fifty thousand events, and the others follow, so that what ends in two of them can be compared and forgotten.
pub fn replay(setup: &Setup, watch: &dyn Watch) -> Incident {
    replay_at_once(setup, 1, watch)
}

/// The same by at most so many threads, each of which simulates a world. What comes out is the same to the bit.
pub fn replay_at_once(setup: &Setup, jobs: usize, watch: &dyn Watch) -> Incident {
    let model = Model::compile(setup.scenario);
    let mut worlds = Worlds::new(&model, setup, jobs);
    let stopped = worlds.run(watch);
    worlds.finish(setup, stopped)
}

/// The worlds of an incident as they stood when it ended; a twin only if it is a world of its own.
pub(super) struct Ended<'m> {
    pub(super) actual: Simulation<'m>,
    pub(super) twin: Option<Simulation<'m>>,
    pub(super) unattended: Option<Simulation<'m>>,
}

/// As [`replay`], and keeps the worlds.
pub(super) fn replay_keeping<'m>(
    model: &'m Model,
    setup: &Setup,
    jobs: usize,
    watch: &dyn Watch,
) -> (Incident, Ended<'m>) {
    let mut worlds = Worlds::new(model, setup, jobs);
    let stopped = worlds.run(watch);
    let of = |world: &WorldRun<'m>| world.simulation.clone();
    let ended = Ended {
        actual: of(&worlds.actual),
        twin: worlds.others.twin.as_ref().map(of),
        unattended: worlds.others.unattended.as_ref().map(of),
    };
    (worlds.finish(setup, stopped), ended)
}
