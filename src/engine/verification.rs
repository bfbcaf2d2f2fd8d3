//! What is looked at before an incident is declared over.

use crate::engine::observer::{ModelEvent, Observer};
use crate::engine::simulation::Engine;
use crate::engine::state::Process;
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

/// Requests that arrived and ended in the last minute, by second and class.
#[derive(Clone, Debug)]
pub(crate) struct LastMinute {
    classes: IdVec<ClassId, [Second; SECONDS]>,
}

/// Requests of a class in one second.
#[derive(Clone, Copy, Debug, Default)]
struct Second {
    /// Which second, from the begin of the run.
    number: u64,
    arrived: u64,
    ended: u64,
    failed: u64,
}

impl LastMinute {
    pub(crate) fn new(model: &Model) -> Self {
        Self { classes: model.classes.iter().map(|_| [Second::default(); SECONDS]).collect() }
    }

    /// Counts a request that ended.
    #[expect(clippy::inline_always, reason = "as for all observers: see `Engine::emit`")]
    #[inline(always)]
    pub(crate) fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        match event {
            ModelEvent::RequestArrived(id) => self.second(id.class, now).arrived += 1,
            // A step of a journey that is never made arrives and ends at once.
            ModelEvent::RequestEnded(id, outcome) if !outcome.was_made() => {
                self.second(id.class, now).arrived -= 1;
            }
            ModelEvent::RequestEnded(id, outcome) => {
                let second = self.second(id.class, now);
                second.ended += 1;
                second.failed += u64::from(outcome.is_failed());
            }
            _ => {}
        }
    }

    fn second(&mut self, class: ClassId, now: SimTime) -> &mut Second {
        let number = now.as_nanos() / 1_000_000_000;
        let second = &mut self.classes[class][number as usize % SECONDS];
        if second.number != number {
            *second = Second { number, ..Second::default() };
        }
        second
    }

    /// Of a class, over the whole minute.
    fn of(&self, class: ClassId, now: SimTime) -> Second {
        let number = now.as_nanos() / 1_000_000_000;
        let recent = self.classes[class].iter().filter(|s| s.number + SECONDS as u64 > number);
        recent.fold(Second::default(), |sum, second| Second {
            number,
            arrived: sum.arrived + second.arrived,
            ended: sum.ended + second.ended,
            failed: sum.failed + second.failed,
        })
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
        let ended: u64 = self.model.traffic().map(|class| self.last_minute(class).ended).sum();
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
            let minute = self.last_minute(class);
            let answered = (minute.ended - minute.failed) as f64 >= NORMAL * minute.ended as f64;
            // Silence is no answer: most of what arrived must have ended.
            answered && 2 * minute.ended >= minute.arrived
        })
    }

    fn last_minute(&self, class: ClassId) -> Second {
        let window = self.state.response.person.last_minute.as_ref();
        window.map_or_else(Second::default, |window| window.of(class, self.now()))
    }
}
