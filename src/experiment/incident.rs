//! One incident: its worlds are simulated side by side on the same draws, then compared.

use crate::analysis::{Comparison, Outbox, Summary, analyze, blame_record};
use crate::blame::Tracker;
use crate::engine::{LimitHit, Reached, Simulation};
use crate::experiment::manifest::{RecordedWorlds, record};
use crate::model::Model;
use crate::record::{Audit, Record, Recorder, WorldRecord};
use crate::scenario::Scenario;
use crate::time::{SimDuration, SimTime};

/// Events by which one world may be ahead of the others, unless it takes longer to look at all of it: enough for the
/// processor's cache to be filled with the state of another world now and then only. The first slices of a run are shorter,
/// so that short runs are looked at more than once as well.
const SLICE: u64 = 100_000;
const FIRST_SLICE: u64 = 1_000;

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

/// Somebody who watches a simulation and may stop it. Called every hundred thousand events of a world, or as many as are in
/// flight, from the thread that simulates. Must not influence results in any other way.
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

/// Simulates the worlds of an incident and compares them.
///
/// The worlds are one until the first fault: it is simulated once, then cloned. From there on the twin and the actual
/// world move side by side, up to a hundred thousand events at a time, so that what ends in both can be compared and
/// forgotten.
pub fn replay(setup: &Setup, watch: &dyn Watch) -> Incident {
    let model = Model::compile(setup.scenario);
    let mut worlds = Worlds::new(&model, setup);
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
    watch: &dyn Watch,
) -> (Incident, Ended<'m>) {
    let mut worlds = Worlds::new(model, setup);
    let stopped = worlds.run(watch);
    let of = |world: &WorldRun<'m>| world.simulation.clone();
    let ended = Ended {
        actual: of(&worlds.actual),
        twin: worlds.twin.as_ref().map(of),
        unattended: worlds.unattended.as_ref().map(of),
    };
    (worlds.finish(setup, stopped), ended)
}

/// One world while it runs.
#[derive(Clone)]
struct WorldRun<'m> {
    simulation: Simulation<'m>,
    audit: Audit<'m>,
    recorder: Recorder<'m>,
    outbox: Outbox<'m>,
}

/// Who watches a world besides its recorder and its auditor.
enum Watched<'a, 'm> {
    /// Nobody.
    Recorded,
    /// What ended is collected, to be compared with another world.
    Compared,
    /// In addition its waits are followed.
    Blamed(&'a mut Tracker<'m>),
}

impl<'m> WorldRun<'m> {
    fn new(model: &'m Model) -> Self {
        Self {
            simulation: Simulation::new(model),
            audit: Audit::new(model),
            recorder: Recorder::new(model),
            outbox: Outbox::new(model),
        }
    }

    /// Runs at most so many events before `until`.
    fn run_for(&mut self, events: u64, until: SimTime, watch: Watched<'_, 'm>) -> Result<Reached, LimitHit> {
        let Self { simulation, audit, recorder, outbox } = self;
        let result = match watch {
            Watched::Recorded => simulation.run_for(events, until, &mut (audit, recorder)),
            Watched::Compared => simulation.run_for(events, until, &mut (audit, &mut (recorder, outbox))),
            Watched::Blamed(tracker) => {
                let observers = &mut (recorder, &mut (outbox, tracker));
                simulation.run_for(events, until, &mut (audit, observers))
            }
        };
        self.simulation.check_invariants();
        self.audit.check(&self.simulation);
        result
    }

    /// Runs everything before `until`, as far as another world has got.
    fn follow(&mut self, until: SimTime, compared: bool) -> Result<(), LimitHit> {
        let watch = || if compared { Watched::Compared } else { Watched::Recorded };
        while self.run_for(u64::MAX, until, watch())? != Reached::Time {}
        Ok(())
    }

    /// What it leaves behind.
    fn finish(mut self, now: SimTime) -> WorldRecord {
        self.recorder.end_waits(&self.simulation, now);
        let record = self.recorder.finish(now);
        self.audit.check_record(&record);
        record
    }
}

/// The worlds of one incident.
struct Worlds<'m> {
    model: &'m Model,
    actual: WorldRun<'m>,
    /// None before the worlds part, or if nobody wants it.
    twin: Option<WorldRun<'m>>,
    /// None before anybody did anything, or if nobody wants a twin.
    unattended: Option<WorldRun<'m>>,
    /// Affected requests before anybody did anything.
    affected_before: u64,
    /// None if nobody wants a twin.
    comparison: Option<Comparison<'m>>,
    wants_twin: bool,
    /// How far the worlds have got.
    now: SimTime,
}

impl<'m> Worlds<'m> {
    fn new(model: &'m Model, setup: &Setup) -> Self {
        Self {
            model,
            actual: WorldRun::new(model),
            twin: None,
            unattended: None,
            affected_before: 0,
            comparison: setup.twin.then(|| Comparison::new(model, setup.scenario.impact)),
            wants_twin: setup.twin,
            now: SimTime::ZERO,
        }
    }

    /// Runs to the horizon, or as far as limits and watchers allow.
    fn run(&mut self, watch: &dyn Watch) -> Option<Stop> {
        let parts_at = self.model.first_fault().unwrap_or(SimTime::MAX);
        let mut parted = false;
        // Everything at the horizon itself still counts.
        let end = self.model.end + SimDuration::from_nanos(1);
        while self.now < end {
            if !parted && self.now >= parts_at {
                self.part();
                parted = true;
            }
            let until = if parted { end } else { end.min(parts_at) };
            match self.advance(until) {
                Ok(now) => self.now = now,
                Err(limit) => {
                    self.now = self.furthest();
                    return Some(match limit {
                        LimitHit::Events(n) => Stop::Events(n),
                        LimitHit::InFlight(n) => Stop::InFlight(n),
                    });
                }
            }
            watch.progress(self.progress());
            if self.now < end
                && let Some(stop) = watch.stop()
            {
                return Some(stop);
            }
        }
        self.now = self.model.end;
        None
    }

    /// The last event of any world: nothing has ended after it.
    fn furthest(&self) -> SimTime {
        let others = [&self.twin, &self.unattended].into_iter().flatten();
        let worlds = others.chain([&self.actual]);
        worlds.map(|world| world.simulation.now()).max().unwrap_or(SimTime::ZERO)
    }

    /// The faults come into sight: from here on the twin is a world of its own.
    fn part(&mut self) {
        self.part_twin();
        self.actual.simulation.schedule_faults();
        if let Some(unattended) = &mut self.unattended {
            unattended.simulation.schedule_faults();
        }
    }

    fn part_twin(&mut self) {
        if self.wants_twin && self.twin.is_none() {
            let mut twin = self.actual.clone();
            twin.simulation.leave_unattended();
            self.twin = Some(twin);
            if let Some(comparison) = &mut self.comparison {
                comparison.part(&self.actual.simulation);
            }
        }
    }

    /// Something is about to be done: from here on the unattended world is one of its own.
    fn part_unattended(&mut self) {
        self.part_twin();
        if self.wants_twin {
            let mut unattended = self.actual.clone();
            unattended.simulation.leave_unattended();
            unattended.outbox = Outbox::new(self.model);
            self.unattended = Some(unattended);
        }
        self.affected_before = self.comparison.as_ref().map_or(0, |comparison| comparison.blast.affected());
    }

    /// Advances the actual world by a slice that ends at `until` at the latest, then all others. Returns how far.
    fn advance(&mut self, until: SimTime) -> Result<SimTime, LimitHit> {
        let others = [&self.twin, &self.unattended].into_iter().flatten();
        // Everything is looked at once per slice.
        let extent = others.chain([&self.actual]).map(|world| world.simulation.extent()).max();
        let slice = self.actual.simulation.handled().clamp(FIRST_SLICE, SLICE).max(extent.unwrap_or(0));
        loop {
            let watch = match &mut self.comparison {
                None => Watched::Recorded,
                Some(comparison) => comparison.tracker().map_or(Watched::Compared, Watched::Blamed),
            };
            let reached = self.actual.run_for(slice, until, watch)?;
            let now = if reached == Reached::Time { until } else { self.actual.simulation.now() };
            self.follow(now)?;
            if reached != Reached::FirstAct {
                return Ok(now);
            }
            self.part_unattended();
        }
    }

    /// Brings all worlds as far as the actual one has got, and compares what ended.
    fn follow(&mut self, now: SimTime) -> Result<(), LimitHit> {
        if let Some(twin) = &mut self.twin {
            twin.follow(now, true)?;
        }
        if let Some(unattended) = &mut self.unattended {
            unattended.follow(now, false)?;
        }
        match (&mut self.comparison, &mut self.twin) {
            (Some(comparison), Some(twin)) => comparison.advance(&mut self.actual.outbox, &mut twin.outbox),
            (Some(comparison), None) => comparison.advance_as_one(&mut self.actual.outbox),
            (None, _) => {}
        }
        Ok(())
    }

    fn progress(&self) -> Progress {
        let length = self.model.end.as_nanos().max(1) as f64;
        Progress {
            share: (self.now.as_nanos() as f64 / length).min(1.0),
            at_s: self.now.secs_since(self.model.origin),
            events: self.actual.simulation.handled()
                + [&self.twin, &self.unattended]
                    .into_iter()
                    .flatten()
                    .map(|world| world.simulation.handled())
                    .sum::<u64>(),
        }
    }

    /// Compares, records and judges.
    fn finish(mut self, setup: &Setup, stopped: Option<Stop>) -> Incident {
        let (model, now) = (self.model, self.now);
        let compared = match (self.comparison.take(), &self.twin) {
            (Some(mut comparison), Some(twin)) => {
                // A world that a limit stopped may have left something behind.
                comparison.advance(&mut self.actual.outbox, &mut twin.outbox.clone());
                Some(comparison.finish(&self.actual.simulation, &twin.simulation, now))
            }
            // The worlds never parted: they are equal to the bit, and so are their records.
            (Some(comparison), None) => Some(comparison.into_found()),
            (None, _) => None,
        };
        let (untouched, unattended) = (self.actual.audit.is_untouched(), self.actual.audit.is_unattended());
        let actual = self.actual.finish(now);
        let same = |other: &WorldRecord, alike: bool, what: &str| {
            // Where a limit stopped one of them, the worlds got to different instants.
            assert!(stopped.is_some() || !alike || other.fingerprint == actual.fingerprint, "{what}");
        };
        let twin = match self.twin {
            Some(twin) => {
                let twin = twin.finish(now);
                same(&twin, untouched, "no fault and nobody acted, but the twin is another world");
                Some(twin)
            }
            None => self.wants_twin.then(|| actual.clone()),
        };
        // People were told of it, but in this world they do nothing: what they thought is left out.
        let alone = |world: WorldRecord| WorldRecord { response: Vec::new(), ..world };
        let unattended = self.unattended.map(|world| {
            let left = world.finish(now);
            same(&left, unattended, "nobody acted, but the unattended world is another");
            alone(left)
        });
        let blame = compared.as_ref().map(|compared| blame_record(model, compared));
        let worlds = RecordedWorlds { actual, twin, unattended, blame };
        let record = record(setup, model, worlds, now);
        let summary = analyze(setup.scenario, model, &record, compared, self.affected_before, now);
        Incident { record, summary, stopped }
    }
}
