//! What roots there are by now: when each of them began, and which are behind dead processes and cold caches.

use std::collections::BTreeMap;

use crate::blame::Root;
use crate::blame::onset::{Onset, Windows};
use crate::engine::{ModelEvent, ReplicaState};
use crate::id::{FaultId, IdVec, ReplicaId, ServiceId};
use crate::model::{Fault, Model, Step, Target};
use crate::scenario::Effect;
use crate::time::SimTime;

/// What is known of roots in one world.
#[derive(Clone, Debug)]
pub(super) struct Origins<'m> {
    model: &'m Model,
    windows: Windows,
    /// When faults begin, and when restarts, kills and what they leave cold first were there.
    began: BTreeMap<Root, Onset>,
    replicas: IdVec<ReplicaId, Life>,
    /// Why the caches of each replica are cold, if they are: by position.
    cold: IdVec<ReplicaId, Vec<Root>>,
}

/// What is known of the process of a replica.
#[derive(Clone, Copy, Debug)]
struct Life {
    is_down: bool,
    /// Why it died last.
    died_of: Root,
    /// What is about to kill it by itself.
    strikes: Option<Root>,
    /// Which restart replaces it, now or when its turn comes.
    replaced_by: Root,
}

impl<'m> Origins<'m> {
    /// Nothing has happened yet.
    pub(super) fn new(model: &'m Model, windows: Windows) -> Self {
        let cold = |id: ReplicaId| {
            let service = model.replicas[id].service;
            vec![Root::ColdCaches(service); model.services[service].caches.len()]
        };
        let faults = model.faults.enumerate();
        Self {
            model,
            windows,
            began: faults.map(|(id, fault)| (Root::Fault(id), windows.at(fault.from))).collect(),
            replicas: model.replicas.iter().map(|_| Life::default()).collect(),
            cold: model.replicas.ids().map(cold).collect(),
        }
    }

    /// Since when a root can be to blame for anything, if it has a begin.
    pub(super) fn began(&self, root: Root) -> Option<Onset> {
        self.began.get(&root).copied()
    }

    /// Why the process of a replica died last.
    pub(super) fn death_of(&self, id: ReplicaId) -> Root {
        self.replicas[id].died_of
    }

    /// Which restart replaces the process of a replica.
    pub(super) fn replacing(&self, id: ReplicaId) -> Root {
        self.replicas[id].replaced_by
    }

    /// Whether a replica has no process, not even one that starts.
    pub(super) fn is_down(&self, id: ReplicaId) -> bool {
        self.replicas[id].is_down
    }

    /// The process of a replica dies.
    pub(super) fn dies(&mut self, id: ReplicaId) {
        let life = &mut self.replicas[id];
        life.died_of = life.strikes.take().unwrap_or(life.replaced_by);
    }

    /// A fault takes a share of the entries of a cache which is so warm, from 0 to 1: it is the reason if it takes more than
    /// there lacks already.
    pub(super) fn flushed(
        &mut self,
        id: FaultId,
        replica: ReplicaId,
        cache: u32,
        (share, warmth): (f64, f64),
    ) {
        if share * warmth >= 1.0 - warmth {
            self.cold[replica][cache as usize] = Root::Fault(id);
        }
    }

    /// Why a cache of a replica is cold, if it is: by position.
    pub(super) fn cooled_by(&self, id: ReplicaId, cache: u32) -> Root {
        self.cold[id][cache as usize]
    }

    /// Something happens in the world.
    pub(super) fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        match event {
            ModelEvent::FaultBegan(id) => self.fault_begins(*id),
            ModelEvent::FaultEnded(id) => self.fault_ends(now, *id),
            ModelEvent::OutOfMemory(id) => {
                let root = Root::OutOfMemory(self.model.replicas[*id].service);
                self.replicas[*id].strikes = Some(root);
                self.begins(now, root);
            }
            ModelEvent::ReplicaChanged(id, state) => {
                self.replicas[*id].is_down = *state == ReplicaState::Down;
                if *state == ReplicaState::Starting {
                    let cold = Root::ColdCaches(self.model.replicas[*id].service);
                    self.cold[*id].fill(cold);
                    self.begins(now, cold);
                }
            }
            ModelEvent::Acted(procedure, step) => {
                let steps = &self.model.response.procedures[*procedure].steps;
                if let Some(Step::Restart { service, .. }) = steps.get(*step as usize) {
                    self.restarted(*service);
                    self.begins(now, Root::Restart(*service));
                }
            }
            _ => {}
        }
    }

    fn fault_begins(&mut self, id: FaultId) {
        let fault = &self.model.faults[id];
        let Target::Replicas(replicas) = &fault.target else { return };
        for replica in replicas {
            let life = &mut self.replicas[*replica];
            match fault.effect {
                // Nothing happens to the dead.
                Effect::Crash if !life.is_down => life.strikes = Some(Root::Fault(id)),
                Effect::Restart { .. } => life.replaced_by = Root::Fault(id),
                _ => {}
            }
        }
    }

    /// A crash is over: what it killed may be kept down by another.
    fn fault_ends(&mut self, now: SimTime, id: FaultId) {
        let ended = &self.model.faults[id];
        let (Effect::Crash, Target::Replicas(replicas)) = (&ended.effect, &ended.target) else { return };
        for replica in replicas {
            let life = &mut self.replicas[*replica];
            let keeps = |(_, fault): &(FaultId, &Fault)| {
                let is_there = fault.from <= now && now < fault.to && matches!(fault.effect, Effect::Crash);
                is_there && matches!(&fault.target, Target::Replicas(hit) if hit.contains(replica))
            };
            if life.is_down
                && let Some((other, _)) = self.model.faults.enumerate().find(keeps)
            {
                life.died_of = Root::Fault(other);
            }
        }
    }

    fn restarted(&mut self, service: ServiceId) {
        for replica in self.model.services[service].replica_ids() {
            self.replicas[replica].replaced_by = Root::Restart(service);
        }
    }

    /// Something is there that nobody can have met before.
    fn begins(&mut self, now: SimTime, root: Root) {
        let onset = self.windows.at(now);
        self.began.entry(root).or_insert(onset);
    }
}

impl Default for Life {
    fn default() -> Self {
        Self { is_down: false, died_of: Root::Unknown, strikes: None, replaced_by: Root::Unknown }
    }
}
