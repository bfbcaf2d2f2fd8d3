//! What roots there are by now: when each of them began, and which are behind dead processes and cold caches.

use std::collections::BTreeMap;

use crate::blame::Root;
use crate::blame::onset::{Onset, Windows};
use crate::engine::{ModelEvent, ReplicaState};
use crate::id::{FaultId, IdVec, ReplicaId, ServiceId};
use crate::model::{Model, Step, Target};
use crate::scenario::Effect;
use crate::time::SimTime;

/// What is known of roots in one world.
#[derive(Clone, Debug)]
pub(super) struct Origins<'m> {
    model: &'m Model,
    windows: Windows,
    /// When faults begin, and when restarts, kills and what they leave cold first were there.
    began: BTreeMap<Root, Onset>,
    /// Why the process of each replica died last.
    deaths: IdVec<ReplicaId, Root>,
    /// Whether it has no process that serves: no restart kills it once more.
    is_dead: IdVec<ReplicaId, bool>,
    /// Why the caches of each replica are cold, if they are: by position.
    cold: IdVec<ReplicaId, Vec<Root>>,
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
            deaths: model.replicas.ids().map(|_| Root::Unknown).collect(),
            is_dead: model.replicas.ids().map(|_| false).collect(),
            cold: model.replicas.ids().map(cold).collect(),
        }
    }

    /// Since when a root can be to blame for anything, if it has a begin.
    pub(super) fn began(&self, root: Root) -> Option<Onset> {
        self.began.get(&root).copied()
    }

    /// Why the process of a replica died last.
    pub(super) fn death_of(&self, id: ReplicaId) -> Root {
        self.deaths[id]
    }

    /// Why a cache of a replica is cold, if it is: by position.
    pub(super) fn cooled_by(&self, id: ReplicaId, cache: u32) -> Root {
        self.cold[id][cache as usize]
    }

    /// Something happens in the world.
    pub(super) fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        match event {
            ModelEvent::FaultBegan(id) => self.fault_begins(*id),
            ModelEvent::OutOfMemory(id) => {
                self.deaths[*id] = Root::OutOfMemory(self.model.replicas[*id].service);
                self.begins(now, self.deaths[*id]);
            }
            ModelEvent::ReplicaChanged(id, state) => {
                self.is_dead[*id] = matches!(state, ReplicaState::Down | ReplicaState::Starting);
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
            match fault.effect {
                Effect::Crash | Effect::Restart { .. } => self.deaths[*replica] = Root::Fault(id),
                Effect::Flush { .. } => {
                    for cache in &fault.caches {
                        self.cold[*replica][*cache as usize] = Root::Fault(id);
                    }
                }
                _ => {}
            }
        }
    }

    fn restarted(&mut self, service: ServiceId) {
        for replica in self.model.services[service].replica_ids().filter(|id| !self.is_dead[*id]) {
            self.deaths[replica] = Root::Restart(service);
        }
    }

    /// Something is there that nobody can have met before.
    fn begins(&mut self, now: SimTime, root: Root) {
        let onset = self.windows.at(now);
        self.began.entry(root).or_insert(onset);
    }
}
