//! Whether a scheduled event still matters: who waits for one remembers its sequence number, and forgets it to cancel it.
//! What does not matter once never will.

use crate::engine::event::Event;
use crate::engine::state::State;
use crate::id::ReplicaId;

impl State {
    /// Whether anybody waits for an event.
    pub(crate) fn awaits(&self, sequence: u64, event: Event) -> bool {
        match event {
            Event::Arrive(slot)
            | Event::Granted(slot)
            | Event::WaitOver(slot)
            | Event::WorkDone(slot)
            | Event::Reply(slot) => self.attempts.get(slot).is_some_and(|a| a.event == sequence),
            Event::Timeout(slot) => self.attempts.get(slot).is_some_and(|a| a.timeout_event == sequence),
            Event::Retry(slot) | Event::FallBack(slot) => {
                self.runs.get(slot).is_some_and(|run| run.retry_event == sequence)
            }
            Event::Deadline(slot) => self.runs.get(slot).is_some_and(|run| run.deadline_event == sequence),
            Event::Start(id) => self.replicas[id].life.start_event == sequence,
            Event::Ready(id) => self.replicas[id].life.ready_event == sequence,
            Event::OutOfMemory(id) => self.replicas[id].life.memory_event == sequence,
            Event::DrainOver(id) => self.replicas[id].life.drain_event == sequence,
            Event::ProbeTimeout(id) => self.replicas[id].probe.timeout_event == sequence,
            Event::Person => self.response.person.waits_for(sequence),
            Event::Work(worker) => self.response.workers[worker as usize].waits_for(sequence),
            Event::Arrival(_)
            | Event::Surge(_)
            | Event::Visit(_)
            | Event::BreakerTimer(_)
            | Event::Dispatch(_)
            | Event::Probe(_)
            | Event::ProbeAnswered(..)
            | Event::Scrape(_)
            | Event::FaultBegins(_)
            | Event::FaultEnds(_) => true,
        }
    }

    /// The replica on which an event falls due as a caller: nothing reaches a caller whose world stands still.
    pub(crate) fn caller_of(&self, event: Event) -> Option<ReplicaId> {
        match event {
            Event::Granted(slot) | Event::WaitOver(slot) | Event::Reply(slot) | Event::Timeout(slot) => {
                self.attempts.get(slot)?.caller
            }
            Event::Retry(slot) | Event::FallBack(slot) | Event::Deadline(slot) => self.runs.get(slot)?.caller,
            _ => None,
        }
    }
}
