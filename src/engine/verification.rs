//! What is looked at before an incident is declared over.

use crate::engine::observer::{ModelEvent, Observer};
use crate::engine::simulation::Engine;
use crate::engine::state::Process;
use crate::failure::Outcome;
use crate::id::{ClassId, IdVec};
use crate::model::Model;
use crate::scenario::Verification;
use crate::time::SimTime;

/// Length of the window that is looked at.
const SECONDS: usize = 60;

/// Of what ended in it, this share must have been answered, in every class.
const NORMAL: f64 = 0.99;

/// Calls that wait to be tried again, as a share of the requests that ended in it: more is a backlog.
const BACKLOG: f64 = 0.01;

/// Requests that ended in the last minute, by second and class.
#[derive(Clone, Debug)]
pub(crate) struct LastMinute {
    classes: IdVec<ClassId, [Second; SECONDS]>,
}

/// Requests of a class that ended in one second.
#[derive(Clone, Copy, Debug, Default)]
struct Second {
    /// Which second, from the begin of the run.
    number: u64,
    ended: u64,
    failed: u64,
}

impl LastMinute {
    pub(crate) fn new(model: &Model) -> Self {
        Self { classes: model.classes.iter().map(|_| [Second::default(); SECONDS]).collect() }
    }

    /// Counts a request that ended.
    pub(crate) fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        if let ModelEvent::RequestEnded(id, outcome) = event
            && outcome.was_made()
        {
            let number = now.as_nanos() / 1_000_000_000;
            let second = &mut self.classes[id.class][number as usize % SECONDS];
            if second.number != number {
                *second = Second { number, ..Second::default() };
            }
            second.ended += 1;
            second.failed += u64::from(matches!(outcome, Outcome::Failed(_)));
        }
    }

    /// (ended, failed) of a class.
    fn of(&self, class: ClassId, now: SimTime) -> (u64, u64) {
        let number = now.as_nanos() / 1_000_000_000;
        let recent = self.classes[class].iter().filter(|s| s.number + SECONDS as u64 > number);
        recent.fold((0, 0), |(ended, failed), second| (ended + second.ended, failed + second.failed))
    }
}

impl<O: Observer> Engine<'_, O> {
    /// Whether the incident is over, by what is looked at.
    pub(crate) fn is_resolved(&self, verification: Verification) -> bool {
        if self.state.monitors.any_firing() {
            return false;
        }
        match verification {
            Verification::ErrorRate => true,
            Verification::AllFour => {
                self.backlog_is_gone() && self.services_are_well() && self.users_are_well()
            }
        }
    }

    /// Hardly a call waits to be tried again, and no queue is longer than its service has threads.
    fn backlog_is_gone(&self) -> bool {
        let waiting = self.state.runs.iter().filter(|(_, run)| run.retry_event != 0).count();
        let ended: u64 = self.model.traffic().map(|class| self.last_minute(class).0).sum();
        let queued = |service: &crate::model::Service| {
            service.replica_ids().map(|id| u64::from(self.state.replicas[id].queue_length)).sum::<u64>()
        };
        waiting as f64 <= BACKLOG * ended as f64
            && self.model.services.enumerate().all(|(id, service)| {
                let threads = self.state.settings.services[id].threads;
                queued(service) <= u64::from(service.replicas) * u64::from(threads)
            })
    }

    fn services_are_well(&self) -> bool {
        self.state.replicas.iter().all(|replica| replica.process == Process::Ready)
    }

    fn users_are_well(&self) -> bool {
        self.model.traffic().all(|class| {
            let (ended, failed) = self.last_minute(class);
            (ended - failed) as f64 >= NORMAL * ended as f64
        })
    }

    fn last_minute(&self, class: ClassId) -> (u64, u64) {
        let window = self.state.response.person.last_minute.as_ref();
        window.map_or((0, 0), |window| window.of(class, self.now()))
    }
}
