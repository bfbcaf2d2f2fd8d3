//! The worlds of one incident: the actual one leads, the others follow, and what ended in them is compared.

use crate::analysis::{analyze, blame_record};
use crate::blame::Tracker;
use crate::engine::{LimitHit, Reached, Simulation};
use crate::experiment::jobs::Jobs;
use crate::experiment::manifest::{RecordedWorlds, record};
use crate::experiment::others::Others;
use crate::experiment::world::{Watched, WorldRun};
use crate::experiment::{Incident, Progress, Setup, Stop, Watch};
use crate::model::Model;
use crate::record::WorldRecord;
use crate::time::{SimDuration, SimTime};

/// Events by which the actual world leads, unless it takes longer to look at all of it: so many that, where one thread simulates
/// all worlds, the processor's cache is filled with the state of another one now and then only. The first slices of a run are
/// shorter, so that short runs are looked at more than once as well.
const SLICE: u64 = 50_000;
const FIRST_SLICE: u64 = 1_000;
/// Worlds of an incident, at most.
const WORLDS: usize = 3;

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

/// The worlds of one incident.
struct Worlds<'m> {
    model: &'m Model,
    actual: WorldRun<'m>,
    /// Follows the waits of the actual world, from where the worlds part.
    tracker: Option<Tracker<'m>>,
    /// How far the actual world has got.
    now: SimTime,
    others: Others<'m>,
    /// Affected requests before anybody did anything.
    affected_before: u64,
    wants_twin: bool,
    /// Answers that are later than their twin's by no more are nobody's harm.
    margin: SimDuration,
    jobs: Jobs,
}

impl<'m> Worlds<'m> {
    fn new(model: &'m Model, setup: &Setup, jobs: usize) -> Self {
        Self {
            model,
            actual: WorldRun::new(model),
            tracker: None,
            now: SimTime::ZERO,
            others: Others::new(model, setup),
            affected_before: 0,
            wants_twin: setup.twin,
            margin: setup.scenario.impact.slower_margin,
            jobs: Jobs::new(jobs.min(WORLDS)),
        }
    }

    /// Runs to the horizon, or as far as limits and watchers allow.
    fn run(&mut self, watch: &dyn Watch) -> Option<Stop> {
        let led = self.lead(watch);
        match led.and_then(|stop| self.catch_up().map(|()| stop)) {
            Ok(None) => {
                self.now = self.model.end;
                None
            }
            Ok(stop) => stop,
            Err(limit) => {
                // Those who can still get as far as the one that cannot go on.
                self.now = self.furthest();
                let _ = self.catch_up();
                Some(limit.into())
            }
        }
    }

    /// Runs the actual world to the horizon, or until somebody says stop; the others are a slice behind.
    fn lead(&mut self, watch: &dyn Watch) -> Result<Option<Stop>, LimitHit> {
        let parts_at = self.model.first_fault().unwrap_or(SimTime::MAX);
        let mut parted = false;
        // Everything at the horizon itself still counts.
        let end = self.model.end + SimDuration::from_nanos(1);
        while self.now < end {
            if !parted && self.now >= parts_at {
                self.catch_up()?;
                self.part();
                parted = true;
            }
            self.advance(if parted { end } else { end.min(parts_at) })?;
            watch.progress(self.progress());
            if self.now < end
                && let Some(stop) = watch.stop()
            {
                return Ok(Some(stop));
            }
        }
        Ok(None)
    }

    /// The last event of any world: nothing has ended after it.
    fn furthest(&self) -> SimTime {
        let worlds = self.others.iter().chain([&self.actual]);
        worlds.map(|world| world.simulation.now()).max().unwrap_or(SimTime::ZERO)
    }

    /// The faults come into sight: from here on the twin is a world of its own.
    fn part(&mut self) {
        self.part_twin();
        self.actual.simulation.schedule_faults();
        if let Some(unattended) = &mut self.others.unattended {
            unattended.simulation.schedule_faults();
        }
    }

    fn part_twin(&mut self) {
        if self.wants_twin && self.others.twin.is_none() {
            let mut twin = self.actual.clone();
            twin.simulation.leave_unattended();
            self.others.twin = Some(twin);
            self.tracker = Some(Tracker::new(self.model, &self.actual.simulation.view(), self.margin));
        }
    }

    /// Something is about to be done: from here on the unattended world is one of its own.
    fn part_unattended(&mut self) {
        self.part_twin();
        if self.wants_twin {
            let mut unattended = self.actual.clone();
            unattended.simulation.leave_unattended();
            self.others.unattended = Some(unattended);
        }
        self.affected_before = self.others.affected();
    }

    /// Advances the actual world by a slice that ends at `until` at the latest, while all others get to where it was.
    fn advance(&mut self, until: SimTime) -> Result<(), LimitHit> {
        // Everything is looked at once per slice.
        let extent = self.others.iter().chain([&self.actual]).map(|world| world.simulation.extent()).max();
        let slice = self.actual.simulation.handled().clamp(FIRST_SLICE, SLICE).max(extent.unwrap_or(0));
        while self.advance_by(slice, until)? == Reached::FirstAct {
            self.catch_up()?;
            self.part_unattended();
        }
        Ok(())
    }

    fn advance_by(&mut self, events: u64, until: SimTime) -> Result<Reached, LimitHit> {
        let Self { actual, tracker, others, now, jobs, .. } = self;
        let watched = match tracker {
            Some(tracker) => Watched::Blamed(tracker),
            None if self.wants_twin => Watched::Compared,
            None => Watched::Recorded,
        };
        let lead = || actual.run_for(events, until, watched);
        let (reached, followed) = jobs.both(lead, || others.follow(*now, jobs));
        others.hear(&mut actual.outbox, tracker.as_mut());
        followed?;
        let reached = reached?;
        self.now = if reached == Reached::Time { until } else { self.actual.simulation.now() };
        Ok(reached)
    }

    /// Brings all others to where the actual world is.
    fn catch_up(&mut self) -> Result<(), LimitHit> {
        self.others.follow(self.now, &self.jobs)
    }

    fn progress(&self) -> Progress {
        let length = self.model.end.as_nanos().max(1) as f64;
        let worlds = self.others.iter().chain([&self.actual]);
        Progress {
            share: (self.now.as_nanos() as f64 / length).min(1.0),
            at_s: self.now.secs_since(self.model.origin),
            events: worlds.map(|world| world.simulation.handled()).sum(),
        }
    }

    /// Compares, records and judges.
    fn finish(mut self, setup: &Setup, stopped: Option<Stop>) -> Incident {
        let (model, now) = (self.model, self.now);
        if let Some(tracker) = &mut self.tracker {
            tracker.close(&self.actual.simulation.view());
        }
        self.others.hear(&mut self.actual.outbox, self.tracker.as_mut());
        let (twin, unattended, compared) = self.others.finish(&self.actual.simulation, now);
        let (untouched, unwatched) = (self.actual.audit.is_untouched(), self.actual.audit.is_unattended());
        let actual = self.actual.finish(now);
        let same = |other: &WorldRecord, alike: bool, what: &str| {
            // Where a limit stopped one of them, the worlds got to different instants.
            assert!(stopped.is_some() || !alike || other.fingerprint == actual.fingerprint, "{what}");
        };
        let twin = match twin {
            Some(twin) => {
                let twin = twin.finish(now);
                same(&twin, untouched, "no fault and nobody acted, but the twin is another world");
                Some(twin)
            }
            None => self.wants_twin.then(|| actual.clone()),
        };
        // People were told of it, but in this world they do nothing: what they thought is left out.
        let alone = |world: WorldRecord| WorldRecord { response: Vec::new(), ..world };
        let unattended = unattended.map(|world| {
            let left = world.finish(now);
            same(&left, unwatched, "nobody acted, but the unattended world is another");
            alone(left)
        });
        let blame = compared.as_ref().map(|compared| blame_record(model, compared));
        let worlds = RecordedWorlds { actual, twin, unattended, blame };
        let record = record(setup, model, worlds, now);
        let summary = analyze(setup.scenario, model, &record, compared, self.affected_before, now);
        Incident { record, summary, stopped }
    }
}
