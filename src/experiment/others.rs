//! The worlds that follow the actual one, and the comparison with it.

use crate::analysis::{Compared, Comparison, Outbox};
use crate::blame::Tracker;
use crate::engine::{LimitHit, Simulation};
use crate::experiment::Setup;
use crate::experiment::jobs::Jobs;
use crate::experiment::world::WorldRun;
use crate::model::Model;
use crate::time::SimTime;

/// The worlds that follow the actual one, and what is known of that.
pub(super) struct Others<'m> {
    /// None before the worlds part, or if nobody wants it.
    pub(super) twin: Option<WorldRun<'m>>,
    /// None before anybody did anything, or if nobody wants a twin.
    pub(super) unattended: Option<WorldRun<'m>>,
    /// What has ended in the actual world, as far as they are to follow, and was not compared yet.
    ended: Outbox<'m>,
    /// None if nobody wants a twin.
    comparison: Option<Comparison<'m>>,
}

impl<'m> Others<'m> {
    /// There is one world so far.
    pub(super) fn new(model: &'m Model, setup: &Setup) -> Self {
        Self {
            twin: None,
            unattended: None,
            ended: Outbox::new(model),
            comparison: setup.twin.then(|| Comparison::new(model, setup.scenario.impact)),
        }
    }

    /// Those that there are.
    pub(super) fn iter(&self) -> impl Iterator<Item = &WorldRun<'m>> {
        [&self.twin, &self.unattended].into_iter().flatten()
    }

    /// What the actual world has got done since the last time. It was followed until then.
    pub(super) fn hear(&mut self, outbox: &mut Outbox<'m>, tracker: Option<&mut Tracker<'m>>) {
        self.ended.append(outbox);
        if let (Some(comparison), Some(tracker)) = (&mut self.comparison, tracker) {
            tracker.hand_over(&mut comparison.reasons);
        }
    }

    /// Brings them to an instant that the actual world has reached, and compares what has ended by then.
    pub(super) fn follow(&mut self, until: SimTime, jobs: &Jobs) -> Result<(), LimitHit> {
        let Self { twin, unattended, ended, comparison } = self;
        let compared = || {
            let followed = follow(twin, until, true);
            match (comparison, twin) {
                (Some(comparison), Some(twin)) => comparison.advance(ended, &mut twin.outbox),
                (Some(comparison), None) => comparison.advance_as_one(ended),
                (None, _) => {}
            }
            followed
        };
        let (one, other) = jobs.both(compared, || follow(unattended, until, false));
        one.and(other)
    }

    /// Affected requests so far.
    pub(super) fn affected(&self) -> u64 {
        self.comparison.as_ref().map_or(0, |comparison| comparison.blast.affected())
    }

    /// The worlds as they are, and what the comparison with the actual one has found; what is still under way is judged as it is.
    pub(super) fn finish(
        mut self,
        actual: &Simulation<'m>,
        now: SimTime,
    ) -> (Option<WorldRun<'m>>, Option<WorldRun<'m>>, Option<Compared<'m>>) {
        let compared = match (self.comparison, &mut self.twin) {
            (Some(mut comparison), Some(twin)) => {
                // A world that a limit stopped may have left something behind.
                comparison.advance(&mut self.ended, &mut twin.outbox);
                Some(comparison.finish(actual, &twin.simulation, now))
            }
            // The worlds never parted: they are equal to the bit, and so are their records.
            (Some(comparison), None) => Some(comparison.into_found()),
            (None, _) => None,
        };
        (self.twin, self.unattended, compared)
    }
}

fn follow(world: &mut Option<WorldRun>, until: SimTime, is_compared: bool) -> Result<(), LimitHit> {
    match world {
        Some(world) => world.follow(until, is_compared),
        None => Ok(()),
    }
}
