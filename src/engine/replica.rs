//! The callee's side: a replica takes an attempt in, queues it, gives it a thread, and answers.

use crate::engine::event::Event;
use crate::engine::guard::Guard;
use crate::engine::observer::{ModelEvent, Observer, ReplicaState};
use crate::engine::simulation::Engine;
use crate::engine::slab::Handle;
use crate::engine::state::{NO_CALL, Place, Process};
use crate::failure::{FailureCause, Outcome};
use crate::id::{FaultId, ReplicaId};
use crate::policy::BreakerState;
use crate::random::Stream;
use crate::scenario::{Cancel, Capacity, Effect, Queue, WhenFull};

const ERROR: Stream = Stream::named("error");

/// Canceled attempts that a queue may hold beyond the number of the waiting.
pub(crate) const CANCELED_KEPT: usize = 64;

impl<O: Observer> Engine<'_, O> {
    /// An attempt reaches its replica.
    pub(crate) fn arrive(&mut self, slot: u32) {
        let now = self.now();
        self.state.attempts[slot].arrived_at = now;
        let attempt = self.state.attempts[slot];
        if attempt.canceled {
            return self.forget_attempt(slot);
        }
        let id = attempt.replica;
        let service = &self.state.settings.services[self.model.replicas[id].service];
        let replica = &self.state.replicas[id];
        if replica.process != Process::Ready {
            return self.respond(slot, Outcome::Failed(FailureCause::Refused));
        }
        if replica.failing_by.iter().any(|fault| self.fault_fails(*fault, slot)) {
            return self.respond(slot, Outcome::Failed(FailureCause::Error));
        }
        if !replica.is_paused()
            && replica.queue_length == 0
            && replica.threads.len() < service.threads as usize
        {
            return self.take_thread(slot, false);
        }
        let (Queue::Fifo { capacity } | Queue::Lifo { capacity }) = service.queue;
        // A thread that has just become free will take one of the waiting before the instant is over: its place counts.
        let free = if replica.is_paused() {
            0
        } else {
            service.threads.saturating_sub(replica.threads.len() as u32)
        };
        let has_room = match capacity {
            Capacity::Unbounded => true,
            Capacity::AtMost(most) => replica.queue_length < most.saturating_add(free),
        };
        if has_room {
            let replica = &mut self.state.replicas[id];
            replica.queue.push_back(slot);
            replica.queue_length += 1;
            let length = replica.queue_length;
            self.state.attempts[slot].place = Place::Queued;
            self.emit(ModelEvent::Queued(id, length));
            return;
        }
        match service.when_full {
            WhenFull::Reject => self.respond(slot, Outcome::Failed(FailureCause::QueueFull)),
            WhenFull::Silent if attempt.awaited => self.state.attempts[slot].place = Place::Lost,
            WhenFull::Silent => self.forget_attempt(slot),
        }
    }

    /// Whether an error fault hits an attempt: a draw of its own, so that a second fault does not move the first.
    pub(crate) fn fault_fails(&self, fault: FaultId, slot: u32) -> bool {
        let fault = &self.model.faults[fault];
        let Effect::Errors(share) = fault.effect else { return false };
        self.state.attempts[slot].key.child(ERROR).uniform(fault.stream) < share
    }

    /// Gives a thread to an attempt, which begins.
    fn take_thread(&mut self, slot: u32, from_queue: bool) {
        let now = self.now();
        let attempt = &mut self.state.attempts[slot];
        attempt.place = Place::Running;
        attempt.started_at = now;
        let (id, waited) = (attempt.replica, now - attempt.arrived_at);
        let threads = &mut self.state.replicas[id].threads;
        attempt.thread = threads.len() as u32;
        threads.push(slot);
        self.emit(ModelEvent::Begun(id, waited, from_queue));
        self.step(slot);
    }

    /// Gives free threads to waiting attempts.
    pub(crate) fn dispatch_queue(&mut self, id: ReplicaId) {
        self.state.replicas[id].dispatch_scheduled = false;
        let service = self.model.replicas[id].service;
        while self.moves_on(id)
            && self.state.replicas[id].threads.len() < self.state.settings.services[service].threads as usize
        {
            let replica = &mut self.state.replicas[id];
            let next = match self.state.settings.services[service].queue {
                Queue::Fifo { .. } => replica.queue.pop_front(),
                Queue::Lifo { .. } => replica.queue.pop_back(),
            };
            let Some(slot) = next else { break };
            let attempt = self.state.attempts[slot];
            if attempt.canceled {
                self.forget_attempt(slot);
                continue;
            }
            self.state.replicas[id].queue_length -= 1;
            if !attempt.awaited && self.policy(attempt.site).cancel == Cancel::AtDequeue {
                self.emit(ModelEvent::Unqueued(id));
                self.forget_attempt(slot);
                continue;
            }
            self.take_thread(slot, true);
        }
        self.sweep_queue(id);
    }

    /// An attempt gives its thread back and is answered.
    pub(crate) fn finish(&mut self, slot: u32, outcome: Outcome) {
        self.give_thread_back(slot, outcome);
        self.respond(slot, outcome);
    }

    /// Takes an attempt off its thread.
    fn give_thread_back(&mut self, slot: u32, outcome: Outcome) {
        let now = self.now();
        let attempt = self.state.attempts[slot];
        let id = attempt.replica;
        let replica = &mut self.state.replicas[id];
        replica.threads.swap_remove(attempt.thread as usize);
        if let Some(&moved) = replica.threads.get(attempt.thread as usize) {
            self.state.attempts[moved].thread = attempt.thread;
        }
        if replica.queue_length > 0 && !replica.dispatch_scheduled {
            replica.dispatch_scheduled = true;
            self.state.events.schedule_now(Event::Dispatch(id));
        }
        self.emit(ModelEvent::Finished(id, now - attempt.started_at, outcome));
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

    /// Forgets the canceled attempts of a queue once they are the larger part of it.
    fn sweep_queue(&mut self, id: ReplicaId) {
        let replica = &mut self.state.replicas[id];
        if replica.queue.len() <= 2 * replica.queue_length as usize + CANCELED_KEPT {
            return;
        }
        let (canceled, waiting): (Vec<u32>, Vec<u32>) =
            replica.queue.drain(..).partition(|slot| self.state.attempts[*slot].canceled);
        replica.queue.extend(waiting);
        for slot in canceled {
            self.forget_attempt(slot);
        }
    }

    /// Kills the process of a replica: what it had is reset, what it had called goes on without it.
    pub(crate) fn kill(&mut self, id: ReplicaId) {
        if self.state.replicas[id].process == Process::Ready {
            let service = self.model.replicas[id].service;
            self.state.ready[service].retain(|ready| *ready != id);
        }
        let replica = &mut self.state.replicas[id];
        replica.process = Process::Down;
        replica.ready_event = 0;
        replica.paused_by.clear();
        replica.queue_length = 0;
        let queue = std::mem::take(&mut replica.queue);
        let threads = std::mem::take(&mut replica.threads);
        let deferred = std::mem::take(&mut replica.deferred);
        let mut dead: Vec<Handle> = Vec::with_capacity(threads.len() + queue.len());
        for slot in threads {
            let held = self.now() - self.state.attempts[slot].started_at;
            self.emit(ModelEvent::Finished(id, held, Outcome::Failed(FailureCause::Reset)));
            dead.push(self.lose(slot));
        }
        for slot in queue {
            if self.state.attempts[slot].canceled {
                self.forget_attempt(slot);
            } else {
                self.emit(ModelEvent::Unqueued(id));
                dead.push(self.lose(slot));
            }
        }
        // First nobody waits for the callees of the dead, then the callers of the dead are told: else an answer could
        // come back to a thread that is no more. Letting go of a callee may free another of the dead.
        for handle in &dead {
            if self.state.attempts.is_live(*handle) {
                self.orphan_calls(handle.slot);
            }
        }
        for handle in &dead {
            if self.state.attempts.is_live(*handle) {
                self.respond(handle.slot, Outcome::Failed(FailureCause::Reset));
            }
        }
        // Replies that waited for the dead to wake have nobody to go to; its timers died with their calls.
        for item in deferred {
            if let Event::Reply(slot) = item.event
                && self.state.attempts.get(slot).is_some_and(|attempt| attempt.event == item.sequence)
            {
                self.forget_attempt(slot);
            }
        }
        self.renew_guards(id);
        self.emit(ModelEvent::ReplicaChanged(id, ReplicaState::Down));
    }

    /// The calls of a dying attempt lose their caller: they are abandoned, and their callees never told.
    fn orphan_calls(&mut self, slot: u32) {
        if self.state.attempts[slot].calls != NO_CALL {
            self.abandon_calls(slot);
            self.emit(ModelEvent::Unblocked(self.state.attempts[slot].replica));
        }
    }

    /// Marks an attempt as gone with its process.
    fn lose(&mut self, slot: u32) -> Handle {
        let attempt = &mut self.state.attempts[slot];
        attempt.place = Place::Lost;
        attempt.event = 0;
        attempt.working = false;
        self.state.attempts.handle(slot)
    }

    /// A new process remembers nothing: breakers, budgets, permits and balancers of the replica start afresh.
    fn renew_guards(&mut self, id: ReplicaId) {
        let now = self.now();
        let (service, number) = (self.model.replicas[id].service, self.model.replicas[id].number);
        for id in &self.model.services[service].calls_out {
            let edge = &self.model.edges[*id];
            if !edge.per_replica {
                continue;
            }
            let policy = &self.state.settings.policies[*id];
            let fresh = Guard::new(self.model, policy, *id, number, now);
            let old = std::mem::replace(&mut self.state.guards[(edge.first_guard + number) as usize], fresh);
            if old.breaker.is_some_and(|breaker| breaker.state() != BreakerState::Closed) {
                self.emit(ModelEvent::BreakerChanged(*id, number, BreakerState::Closed));
            }
        }
    }

    /// Starts the process of a replica that is down.
    pub(crate) fn start_up(&mut self, id: ReplicaId) {
        let startup = self.state.settings.services[self.model.replicas[id].service].restart.startup;
        let at = self.now() + startup;
        self.state.replicas[id].process = Process::Starting;
        self.state.replicas[id].ready_at = at;
        self.state.replicas[id].ready_event = self.state.events.schedule(at, Event::Ready(id));
        self.emit(ModelEvent::ReplicaChanged(id, ReplicaState::Starting));
    }

    /// A replica takes requests again. A paused one does not: the rest of its start-up is put off until it wakes.
    pub(crate) fn replica_ready(&mut self, id: ReplicaId) {
        let replica = &mut self.state.replicas[id];
        if replica.is_paused() {
            return;
        }
        replica.ready_event = 0;
        replica.process = Process::Ready;
        let ready = &mut self.state.ready[self.model.replicas[id].service];
        let place = ready.partition_point(|other| *other < id);
        ready.insert(place, id);
        self.emit(ModelEvent::ReplicaChanged(id, ReplicaState::Ready));
    }
}
