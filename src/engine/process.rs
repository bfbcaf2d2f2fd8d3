//! The life of a replica's process: how it dies, is started again, and what a new one begins with.

use crate::engine::event::Event;
use crate::engine::guard::Guard;
use crate::engine::observer::{ModelEvent, Observer, ReplicaState};
use crate::engine::simulation::Engine;
use crate::engine::slab::Handle;
use crate::engine::state::{NO_CALL, Place, Process, entries};
use crate::engine::view::Turn;
use crate::failure::{FailureCause, Outcome};
use crate::id::ReplicaId;
use crate::policy::{BreakerState, CrashLoop};
use crate::random::{Key, Stream};
use crate::scenario::{Cache, Restart};
use crate::time::SimDuration;

const STARTS: Stream = Stream::named("starts");
const JITTER: Stream = Stream::named("start-up jitter");

impl<O: Observer> Engine<'_, O> {
    /// The process of a replica dies by itself. It is started again once the orchestrator has noticed and its back-off
    /// is over; one that was draining was to be replaced anyway, and is at once.
    pub(crate) fn die(&mut self, id: ReplicaId) {
        let now = self.now();
        let replica = &self.state.replicas[id];
        let (process, ready_since) = (replica.process, replica.life.ready_since);
        if process == Process::Down {
            return;
        }
        self.kill(id);
        if process == Process::Draining {
            return self.start_afresh(id);
        }
        let was_ready_for = (process == Process::Ready).then(|| now - ready_since);
        let restart = self.restart_policy(id);
        let replica = &mut self.state.replicas[id];
        let wait = replica.life.crash_loop.died(&restart.backoff, was_ready_for).max(restart.notice);
        replica.life.start_event = self.events.schedule(now + wait, Event::Start(id));
    }

    /// A replica has more in flight than its memory holds: it is killed within the instant.
    pub(crate) fn weigh(&mut self, id: ReplicaId) {
        let replica = &mut self.state.replicas[id];
        let Some(most) = replica.terms.most_in_memory else { return };
        if replica.in_flight() > most && replica.life.memory_event == 0 {
            replica.life.memory_event = self.events.schedule_now(Event::OutOfMemory(id));
        }
    }

    /// A process is killed for what it uses.
    pub(crate) fn out_of_memory(&mut self, id: ReplicaId) {
        self.emit(ModelEvent::OutOfMemory(id));
        self.die(id);
    }

    /// Kills the process of a replica: what it had is reset, what it had called goes on without it. Nothing happens to
    /// the dead.
    pub(crate) fn kill(&mut self, id: ReplicaId) {
        if self.state.replicas[id].process == Process::Down {
            return;
        }
        self.turn(Turn::ProcessDies(id));
        self.leave_balancers(id);
        let replica = &mut self.state.replicas[id];
        replica.process = Process::Down;
        replica.life.ready_event = 0;
        replica.life.drain_event = 0;
        replica.life.memory_event = 0;
        replica.queue_length = 0;
        let queue = replica.queue.extract(|_| true);
        let threads = std::mem::take(&mut replica.threads);
        let deferred = replica.faults.as_mut().map_or_else(Vec::new, |faults| {
            faults.paused_by.clear();
            std::mem::take(&mut faults.deferred)
        });
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
        attempt.delayed = false;
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

    /// Balancers stop sending to a replica.
    pub(crate) fn leave_balancers(&mut self, id: ReplicaId) {
        self.state.ready[self.model.replicas[id].service].retain(|ready| *ready != id);
    }

    fn restart_policy(&self, id: ReplicaId) -> Restart {
        self.state.settings.services[self.model.replicas[id].service].restart
    }

    /// Starts a dead process as if it had never died before, unless a fault keeps it down; then it starts when that ends.
    pub(crate) fn start_afresh(&mut self, id: ReplicaId) {
        self.state.replicas[id].life.crash_loop = CrashLoop::default();
        self.start_due(id);
    }

    /// Nothing but a fault keeps a dead process down any more.
    pub(crate) fn start_due(&mut self, id: ReplicaId) {
        let replica = &mut self.state.replicas[id];
        replica.life.start_event = 0;
        if replica.hit_by(|faults| &faults.downed_by).is_empty() {
            self.start_up(id);
        }
    }

    /// No fault keeps a replica down any more; it starts unless it is still left alone.
    pub(crate) fn released(&mut self, id: ReplicaId) {
        let replica = &self.state.replicas[id];
        if replica.process == Process::Down && replica.life.start_event == 0 {
            self.start_up(id);
        }
    }

    /// Starts the process of a replica that is down.
    fn start_up(&mut self, id: ReplicaId) {
        let startup = self.next_startup(id);
        let at = self.now() + startup;
        let caches = &self.state.settings.services[self.model.replicas[id].service].caches;
        let replica = &mut self.state.replicas[id];
        for (held, (_, Cache::Warming { after, after_start, .. })) in replica.entries.iter_mut().zip(caches) {
            *held = entries(*after, *after_start);
        }
        replica.process = Process::Starting;
        replica.life.ready_at = at;
        replica.life.ready_event = self.events.schedule(at, Event::Ready(id));
        self.emit(ModelEvent::ReplicaChanged(id, ReplicaState::Starting));
    }

    /// How long the next start-up of a replica takes.
    fn next_startup(&mut self, id: ReplicaId) -> SimDuration {
        let Restart { startup, jitter, .. } = self.restart_policy(id);
        let (service, number) = (self.model.replicas[id].service, self.model.replicas[id].number);
        let replica = &mut self.state.replicas[id];
        replica.life.starts += 1;
        let root = Key::of_seed(self.model.seed).child(STARTS).child(self.model.services[service].stream);
        let draw = root.nth(u64::from(number)).nth(replica.life.starts).uniform(JITTER);
        startup.scaled(1.0 - jitter + 2.0 * jitter * draw)
    }

    /// A replica takes requests again. A paused one does not: the rest of its start-up is put off until it wakes.
    pub(crate) fn replica_ready(&mut self, id: ReplicaId) {
        let now = self.now();
        let replica = &mut self.state.replicas[id];
        if replica.is_paused() {
            return;
        }
        replica.life.ready_event = 0;
        replica.process = Process::Ready;
        replica.life.ready_since = now;
        let ready = &mut self.state.ready[self.model.replicas[id].service];
        let place = ready.partition_point(|other| *other < id);
        ready.insert(place, id);
        self.sign_off(id, false);
        self.emit(ModelEvent::ReplicaChanged(id, ReplicaState::Ready));
        self.rollout_goes_on(id);
    }
}
