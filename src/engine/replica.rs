//! The callee's side: a replica takes an attempt in, queues it, gives it a thread, and answers.

use rand_distr::Distribution;

use crate::engine::event::Event;
use crate::engine::observer::{ModelEvent, Observer};
use crate::engine::simulation::Engine;
use crate::engine::state::{NO_CALL, Place, Process};
use crate::engine::view::Turn;
use crate::failure::{FailureCause, Outcome};
use crate::id::{FaultId, PairId, ReplicaId};
use crate::random::Stream;
use crate::scenario::{Cancel, Capacity, Effect, WhenFull};
use crate::time::SimDuration;

const ERROR: Stream = Stream::named("error");
const DELAYED: Stream = Stream::named("delayed");
const ADDED: Stream = Stream::named("added latency");

/// Canceled attempts that a queue may hold beyond the number of the waiting.
pub(crate) const CANCELED_KEPT: usize = 64;

impl<O: Observer> Engine<'_, O> {
    /// An attempt reaches its replica.
    pub(crate) fn arrive(&mut self, slot: u32) {
        let now = self.now();
        let attempt = &mut self.state.attempts[slot];
        attempt.event = 0;
        attempt.arrived_at = now;
        let (id, request, awaited) = (attempt.replica, attempt.request, attempt.awaited);
        if attempt.canceled {
            return self.forget_attempt(slot);
        }
        if !self.rate_limit_admits(slot) {
            return self.respond(slot, Outcome::Failed(FailureCause::RateLimited));
        }
        let replica = &self.state.replicas[id];
        let terms = replica.terms;
        if replica.process != Process::Ready {
            return self.respond(slot, Outcome::Failed(FailureCause::Refused));
        }
        if !replica.hit_by(|faults| &faults.failing_by).is_empty() && self.replica_fails(slot) {
            return self.respond(slot, Outcome::Failed(FailureCause::Error));
        }
        if terms.sheds && self.sheds(slot) {
            return self.respond(slot, Outcome::Failed(FailureCause::Shed));
        }
        if !replica.is_paused() && replica.queue_length == 0 && replica.threads.len() < terms.threads as usize
        {
            self.take_thread(slot, false);
            return self.weigh(id);
        }
        // A thread that has just become free will take one of the waiting before the instant is over: its place counts.
        let free =
            if replica.is_paused() { 0 } else { terms.threads.saturating_sub(replica.threads.len() as u32) };
        let has_room = match terms.queue.capacity() {
            Capacity::Unbounded => true,
            Capacity::AtMost(most) => replica.queue_length < most.saturating_add(free),
        };
        if has_room {
            let class = self.state.requests[request].id.class;
            let replica = &mut self.state.replicas[id];
            replica.queue.push(terms.queue, slot, || self.model.classes[class].priority);
            replica.queue_length += 1;
            let length = replica.queue_length;
            self.state.attempts[slot].place = Place::Queued;
            self.emit(ModelEvent::Queued(id, length));
            self.turn(Turn::InLine(slot));
            return self.weigh(id);
        }
        match terms.when_full {
            WhenFull::Reject => self.respond(slot, Outcome::Failed(FailureCause::QueueFull)),
            WhenFull::Silent if awaited => self.state.attempts[slot].place = Place::Lost,
            WhenFull::Silent => self.forget_attempt(slot),
        }
    }

    /// Whether an error fault hits an attempt on its call.
    #[cold]
    pub(crate) fn call_fails(&self, slot: u32, on: PairId) -> bool {
        let faults = &self.state.failing_pairs;
        faults.iter().any(|(pair, fault)| *pair == on && self.fault_fails(*fault, slot))
    }

    /// Whether an error fault hits an attempt that has reached its replica.
    #[cold]
    fn replica_fails(&self, slot: u32) -> bool {
        let replica = &self.state.replicas[self.state.attempts[slot].replica];
        replica.hit_by(|faults| &faults.failing_by).iter().any(|fault| self.fault_fails(*fault, slot))
    }

    /// Whether an error fault hits an attempt: a draw of its own, so that a second fault does not move the first.
    fn fault_fails(&self, fault: FaultId, slot: u32) -> bool {
        let fault = &self.model.faults[fault];
        let Effect::Errors(share) = fault.effect else { return false };
        self.state.attempts[slot].key.child(ERROR).uniform(fault.stream) < share
    }

    /// Gives a thread to an attempt, which begins.
    fn take_thread(&mut self, slot: u32, from_queue: bool) {
        self.turn(Turn::ThreadTaken(slot));
        let now = self.now();
        let attempt = &mut self.state.attempts[slot];
        attempt.place = Place::Running;
        attempt.started_at = now;
        let (id, waited) = (attempt.replica, now - attempt.arrived_at);
        let replica = &mut self.state.replicas[id];
        attempt.thread = replica.threads.len() as u32;
        replica.threads.push(slot);
        let delayed = !replica.hit_by(|faults| &faults.delayed_by).is_empty();
        self.emit(ModelEvent::Begun(id, waited, from_queue));
        let added = if delayed { self.added_latency(slot) } else { SimDuration::ZERO };
        if added.is_zero() {
            return self.step(slot);
        }
        let at = now + added;
        let attempt = &mut self.state.attempts[slot];
        attempt.delayed = true;
        attempt.work_ends = at;
        attempt.event = self.events.schedule(at, Event::WorkDone(slot));
    }

    /// How much longer faults let an attempt hold its thread: each fault has draws of its own.
    #[cold]
    fn added_latency(&self, slot: u32) -> SimDuration {
        let attempt = &self.state.attempts[slot];
        let added = |fault: &FaultId| {
            let fault = &self.model.faults[*fault];
            let Effect::Latency { added, share } = fault.effect else { return SimDuration::ZERO };
            if attempt.key.child(DELAYED).uniform(fault.stream) < share {
                added.sample(&mut attempt.key.child(ADDED).draws(fault.stream))
            } else {
                SimDuration::ZERO
            }
        };
        let faults = self.state.replicas[attempt.replica].hit_by(|faults| &faults.delayed_by);
        faults.iter().map(added).fold(SimDuration::ZERO, |sum, added| sum + added)
    }

    /// Gives free threads to waiting attempts.
    pub(crate) fn dispatch_queue(&mut self, id: ReplicaId) {
        self.state.replicas[id].dispatch_scheduled = false;
        while self.moves_on(id) {
            let replica = &mut self.state.replicas[id];
            if replica.threads.len() >= replica.terms.threads as usize {
                break;
            }
            let Some(slot) = replica.queue.pop(replica.terms.queue) else { break };
            let attempt = &self.state.attempts[slot];
            if attempt.canceled {
                self.forget_attempt(slot);
                continue;
            }
            self.state.replicas[id].queue_length -= 1;
            if !attempt.awaited && self.terms(attempt).cancel == Cancel::AtDequeue {
                self.emit(ModelEvent::Unqueued(id));
                self.forget_attempt(slot);
                continue;
            }
            self.take_thread(slot, true);
        }
        self.sweep_queue(id);
        self.drained_maybe(id);
    }

    /// An attempt gives its thread back and is answered.
    pub(crate) fn finish(&mut self, slot: u32, outcome: Outcome) {
        self.give_thread_back(slot, outcome);
        self.respond(slot, outcome);
    }

    /// Takes an attempt off its thread.
    fn give_thread_back(&mut self, slot: u32, outcome: Outcome) {
        let now = self.now();
        let attempt = &self.state.attempts[slot];
        let (id, thread, held) = (attempt.replica, attempt.thread, now - attempt.started_at);
        let replica = &mut self.state.replicas[id];
        replica.threads.swap_remove(thread as usize);
        if let Some(&moved) = replica.threads.get(thread as usize) {
            self.state.attempts[moved].thread = thread;
        }
        if replica.queue_length > 0 && !replica.dispatch_scheduled {
            replica.dispatch_scheduled = true;
            self.events.schedule_now(Event::Dispatch(id));
        }
        self.emit(ModelEvent::Finished(id, held, outcome));
        self.drained_maybe(id);
    }

    /// Removes an attempt from the callee at once, wherever it is.
    pub(crate) fn cancel(&mut self, slot: u32) {
        let attempt = self.state.attempts[slot];
        match attempt.place {
            Place::Queued => {
                self.state.attempts[slot].canceled = true;
                self.state.replicas[attempt.replica].queue_length -= 1;
                self.emit(ModelEvent::Unqueued(attempt.replica));
                self.sweep_queue(attempt.replica);
                self.drained_maybe(attempt.replica);
            }
            Place::Running => {
                if attempt.calls != NO_CALL {
                    self.abandon_calls(slot);
                    self.emit(ModelEvent::Unblocked(attempt.replica));
                }
                self.give_thread_back(slot, Outcome::Abandoned);
                self.forget_attempt(slot);
            }
            _ => self.state.attempts[slot].canceled = true,
        }
    }

    /// Forgets the canceled attempts of a queue once they are the larger part of it, or all that is left: no thread
    /// would look for them.
    fn sweep_queue(&mut self, id: ReplicaId) {
        let replica = &mut self.state.replicas[id];
        let kept = if replica.queue_length == 0 { 0 } else { CANCELED_KEPT };
        if replica.queue.len() <= 2 * replica.queue_length as usize + kept {
            return;
        }
        for slot in replica.queue.extract(|slot| self.state.attempts[slot].canceled) {
            self.forget_attempt(slot);
        }
    }
}
