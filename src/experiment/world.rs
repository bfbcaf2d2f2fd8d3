//! One world while it runs, with those who watch it.

use crate::analysis::Outbox;
use crate::blame::Tracker;
use crate::engine::{LimitHit, Reached, Simulation};
use crate::model::Model;
use crate::record::{Audit, Recorder, WorldRecord};
use crate::time::SimTime;

/// One world while it runs.
#[derive(Clone)]
pub(super) struct WorldRun<'m> {
    pub(super) simulation: Simulation<'m>,
    pub(super) audit: Audit<'m>,
    pub(super) recorder: Recorder<'m>,
    pub(super) outbox: Outbox<'m>,
}

/// Who watches a world besides its recorder and its auditor.
pub(super) enum Watched<'a, 'm> {
    /// Nobody.
    Recorded,
    /// What ended is collected, to be compared with another world.
    Compared,
    /// In addition its waits are followed.
    Blamed(&'a mut Tracker<'m>),
}

impl<'m> WorldRun<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self {
            simulation: Simulation::new(model),
            audit: Audit::new(model),
            recorder: Recorder::new(model),
            outbox: Outbox::new(model),
        }
    }

    /// Runs at most so many events before `until`.
    pub(super) fn run_for(
        &mut self,
        events: u64,
        until: SimTime,
        watch: Watched<'_, 'm>,
    ) -> Result<Reached, LimitHit> {
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
    pub(super) fn follow(&mut self, until: SimTime, compared: bool) -> Result<(), LimitHit> {
        let watch = || if compared { Watched::Compared } else { Watched::Recorded };
        while self.run_for(u64::MAX, until, watch())? != Reached::Time {}
        Ok(())
    }

    /// What it leaves behind.
    pub(super) fn finish(mut self, now: SimTime) -> WorldRecord {
        self.recorder.end_waits(&self.simulation, now);
        let record = self.recorder.finish(now);
        self.audit.check_record(&record);
        record
    }
}
