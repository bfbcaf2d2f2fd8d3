//! Restarts by people: all replicas at once or in batches, drained before or not.
//!
//! A replica that drains has left its balancers; it finishes what it has and is then killed, at the latest when its time
//! is over. Whatever a replica is doing otherwise, it is started afresh: in back-off at once, and its deaths forgotten.

use crate::engine::event::Event;
use crate::engine::observer::{ModelEvent, Observer, ReplicaState};
use crate::engine::simulation::Engine;
use crate::engine::state::{Process, RolloutState};
use crate::id::{ReplicaId, ServiceId};
use crate::scenario::Rollout;
use crate::time::SimDuration;

impl<O: Observer> Engine<'_, O> {
    /// Restarts all replicas of a service; takes the place of a restart under way.
    pub(crate) fn restart_service(&mut self, service: ServiceId, how: Rollout, drain: Option<SimDuration>) {
        let all = self.model.services[service].replica_ids().collect();
        self.restart_replicas(service, all, how, drain);
    }

    /// Restarts some replicas of a service, in this order; takes the place of a restart under way.
    pub(crate) fn restart_replicas(
        &mut self,
        service: ServiceId,
        mut replicas: Vec<ReplicaId>,
        how: Rollout,
        drain: Option<SimDuration>,
    ) {
        let at_once = match how {
            Rollout::AtOnce => replicas.len(),
            Rollout::Rolling { at_once } => at_once as usize,
        };
        replicas.reverse();
        let rollout = RolloutState { waiting: replicas, under_way: Vec::new(), at_once, drain };
        self.state.rollouts[service] = Some(rollout);
        self.next_batch(service);
    }

    /// Begins with the next replicas of a restart, if there are any.
    fn next_batch(&mut self, service: ServiceId) {
        let Some(rollout) = &mut self.state.rollouts[service] else { return };
        let rest = rollout.waiting.len().saturating_sub(rollout.at_once);
        let mut batch = rollout.waiting.split_off(rest);
        batch.reverse();
        let drain = rollout.drain;
        rollout.under_way.clone_from(&batch);
        if batch.is_empty() {
            self.state.rollouts[service] = None;
        }
        for id in batch {
            self.restart(id, drain);
        }
    }

    /// A replica is ready; a restart goes on once the whole batch is.
    pub(crate) fn rollout_goes_on(&mut self, id: ReplicaId) {
        let service = self.model.replicas[id].service;
        let Some(rollout) = &mut self.state.rollouts[service] else { return };
        rollout.under_way.retain(|other| *other != id);
        if rollout.under_way.is_empty() {
            self.next_batch(service);
        }
    }

    /// Restarts one replica. One that serves may drain first.
    fn restart(&mut self, id: ReplicaId, drain: Option<SimDuration>) {
        let process = self.state.replicas[id].process;
        let (Some(length), Process::Ready | Process::Draining) = (drain, process) else {
            self.kill(id);
            return self.start_afresh(id);
        };
        let at = self.now() + length;
        self.state.replicas[id].life.drain_event = self.events.schedule(at, Event::DrainOver(id));
        if process == Process::Ready {
            self.leave_balancers(id);
            self.sign_off(id, true);
            self.state.replicas[id].process = Process::Draining;
            if !self.state.replicas[id].is_paused() {
                self.emit(ModelEvent::ReplicaChanged(id, ReplicaState::Draining));
            }
        }
        self.drained_maybe(id);
    }

    /// A draining replica that has nothing left need not wait any longer.
    pub(crate) fn drained_maybe(&mut self, id: ReplicaId) {
        let replica = &mut self.state.replicas[id];
        if replica.process == Process::Draining && replica.queue_length == 0 && replica.threads.is_empty() {
            replica.life.drain_event = self.events.schedule_now(Event::DrainOver(id));
        }
    }

    /// A draining replica has finished, or has had its time.
    pub(crate) fn drain_over(&mut self, id: ReplicaId) {
        self.kill(id);
        self.start_afresh(id);
    }
}
