//! Faults: how they begin and end, and what a pause and a slow-down do to what is under way.

use crate::engine::event::Event;
use crate::engine::observer::{ModelEvent, Observer, ReplicaState};
use crate::engine::simulation::Engine;
use crate::engine::state::{Process, entries};
use crate::engine::view::Turn;
use crate::id::{FaultId, ReplicaId};
use crate::model::Target;
use crate::scenario::Effect;

impl<O: Observer> Engine<'_, O> {
    /// A fault begins.
    pub(crate) fn fault_begins(&mut self, id: FaultId) {
        self.emit(ModelEvent::FaultBegan(id));
        let fault = &self.model.faults[id];
        match &fault.target {
            Target::Pair(pair) => self.state.failing_pairs.push((*pair, id)),
            Target::Class(class) => self.surge_begins(id, *class),
            Target::Replicas(replicas) => {
                if let Effect::Restart { how, drain } = fault.effect {
                    self.restart_replicas(fault.service, replicas.clone(), how, drain);
                    return self.emit(ModelEvent::FaultEnded(id));
                }
                if let Effect::Flush { share, .. } = fault.effect {
                    self.turn(Turn::CachesFlushed(id));
                    for replica in replicas {
                        self.flush(*replica, &fault.caches, share);
                    }
                    return self.emit(ModelEvent::FaultEnded(id));
                }
                for replica in replicas {
                    self.fault_hits(id, *replica);
                }
            }
        }
        self.turn(Turn::FaultChanged);
    }

    /// Caches of a replica lose a share of their entries. What a miss under way will find is kept.
    fn flush(&mut self, id: ReplicaId, caches: &[u32], share: f64) {
        for cache in caches {
            let held = &mut self.state.replicas[id].entries[*cache as usize];
            *held -= entries(*held, share);
        }
    }

    /// A fault ends.
    pub(crate) fn fault_ends(&mut self, id: FaultId) {
        match &self.model.faults[id].target {
            Target::Pair(_) => self.state.failing_pairs.retain(|(_, fault)| *fault != id),
            // What it has sent is under way; nothing more arrives.
            Target::Class(_) => {}
            Target::Replicas(replicas) => {
                for replica in replicas {
                    self.fault_leaves(id, *replica);
                }
            }
        }
        self.emit(ModelEvent::FaultEnded(id));
        self.turn(Turn::FaultChanged);
    }

    fn fault_hits(&mut self, id: FaultId, replica: ReplicaId) {
        let now = self.now();
        match self.model.faults[id].effect {
            Effect::Pause => {
                let state = &mut self.state.replicas[replica];
                if state.process == Process::Down {
                    return;
                }
                let faults = state.faults_mut();
                if faults.paused_by.is_empty() {
                    faults.paused_since = now;
                }
                faults.paused_by.push(id);
                if state.process != Process::Starting {
                    self.emit(ModelEvent::ReplicaChanged(replica, ReplicaState::Paused));
                }
            }
            Effect::Crash => {
                self.state.replicas[replica].faults_mut().downed_by.push(id);
                self.die(replica);
            }
            Effect::Slow(_) => {
                self.state.replicas[replica].faults_mut().slowed_by.push(id);
                self.rescale_work(replica);
            }
            Effect::Latency { .. } => self.state.replicas[replica].faults_mut().delayed_by.push(id),
            Effect::Errors(_) => self.state.replicas[replica].faults_mut().failing_by.push(id),
            Effect::Restart { .. } | Effect::Flush { .. } | Effect::Surge(_) => {}
        }
    }

    fn fault_leaves(&mut self, id: FaultId, replica: ReplicaId) {
        let state = &mut self.state.replicas[replica];
        match self.model.faults[id].effect {
            Effect::Pause => {
                let was_paused = state.is_paused();
                state.faults_mut().paused_by.retain(|fault| *fault != id);
                if was_paused && !state.is_paused() {
                    self.wake(replica);
                }
            }
            Effect::Crash => {
                state.faults_mut().downed_by.retain(|fault| *fault != id);
                if state.faults_mut().downed_by.is_empty() {
                    self.released(replica);
                }
            }
            Effect::Slow(_) => {
                state.faults_mut().slowed_by.retain(|fault| *fault != id);
                self.rescale_work(replica);
            }
            Effect::Errors(_) => state.faults_mut().failing_by.retain(|fault| *fault != id),
            Effect::Latency { .. } => state.faults_mut().delayed_by.retain(|fault| *fault != id),
            Effect::Restart { .. } | Effect::Flush { .. } | Effect::Surge(_) => {}
        }
    }

    /// A paused replica moves again: its work goes on where it stopped, and what fell due is handled in due order,
    /// replies before timers.
    fn wake(&mut self, id: ReplicaId) {
        let now = self.now();
        let replica = &mut self.state.replicas[id];
        let faults = replica.faults_mut();
        let pause = now - faults.paused_since;
        let mut deferred = std::mem::take(&mut faults.deferred);
        if replica.process == Process::Starting {
            let life = &mut replica.life;
            life.ready_at += pause;
            life.ready_event = self.events.schedule(life.ready_at, Event::Ready(id));
            return;
        }
        for position in 0..replica.threads.len() {
            let slot = self.state.replicas[id].threads[position];
            let attempt = &mut self.state.attempts[slot];
            if attempt.working || attempt.delayed {
                attempt.work_ends += pause;
                attempt.event = self.events.schedule(attempt.work_ends, Event::WorkDone(slot));
            }
        }
        let awake = match self.state.replicas[id].process {
            Process::Draining => ReplicaState::Draining,
            _ => ReplicaState::Ready,
        };
        self.emit(ModelEvent::ReplicaChanged(id, awake));
        deferred.sort_by_key(|item| (item.due, item.rank, item.sequence));
        for item in deferred {
            self.handle_deferred(item);
        }
        if self.state.replicas[id].probe.timeout_event != 0 {
            self.probe_answered(id, true);
        }
        self.dispatch_queue(id);
    }

    /// The slowness of a replica changed: what remains of the work on it is rescaled.
    fn rescale_work(&mut self, id: ReplicaId) {
        let now = self.now();
        let factor = |fault: &FaultId| match self.model.faults[*fault].effect {
            Effect::Slow(factor) => factor,
            _ => 1.0,
        };
        let replica = &mut self.state.replicas[id];
        let slowness: f64 = replica.hit_by(|faults| &faults.slowed_by).iter().map(factor).product();
        let ratio = slowness / replica.slowness;
        replica.slowness = slowness;
        let paused = replica.is_paused();
        let since = if paused { replica.faults_mut().paused_since } else { now };
        for position in 0..replica.threads.len() {
            let slot = self.state.replicas[id].threads[position];
            let attempt = &mut self.state.attempts[slot];
            if attempt.working {
                attempt.work_ends = since + attempt.work_ends.saturating_since(since).scaled(ratio);
                if !paused {
                    attempt.event = self.events.schedule(attempt.work_ends, Event::WorkDone(slot));
                }
            }
        }
    }
}
