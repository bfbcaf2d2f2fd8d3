//! When faults held the work of a replica: it is known beforehand. Pauses hold all of it, slow-downs the part by which
//! it takes longer.

use crate::blame::Root;
use crate::id::{IdVec, ReplicaId};
use crate::model::{Model, Target};
use crate::scenario::Effect;
use crate::time::SimTime;

/// A fault that holds a replica's work.
#[derive(Clone, Copy, Debug)]
struct Hold {
    root: Root,
    from: SimTime,
    to: SimTime,
    /// The share of the time on a thread that it costs.
    share: f64,
}

/// Faults that hold work, and those that hold what begins, by replica.
#[derive(Clone, Debug)]
pub(crate) struct FaultTimes {
    holds: IdVec<ReplicaId, Vec<Hold>>,
    delays: IdVec<ReplicaId, Vec<Hold>>,
}

impl FaultTimes {
    pub(crate) fn new(model: &Model) -> Self {
        let none = || -> IdVec<ReplicaId, Vec<Hold>> { model.replicas.iter().map(|_| Vec::new()).collect() };
        let (mut holds, mut delays) = (none(), none());
        for (id, fault) in model.faults.enumerate() {
            let share = match fault.effect {
                Effect::Pause => 1.0,
                Effect::Slow(factor) if factor > 1.0 => 1.0 - 1.0 / factor,
                Effect::Latency { .. } => 0.0,
                _ => continue,
            };
            let is_delay = matches!(fault.effect, Effect::Latency { .. });
            let Target::Replicas(replicas) = &fault.target else { continue };
            for replica in replicas {
                let hold = Hold { root: Root::Fault(id), from: fault.from, to: fault.to, share };
                if is_delay { delays[*replica].push(hold) } else { holds[*replica].push(hold) }
            }
        }
        Self { holds, delays }
    }

    /// The faults that make an attempt wait which took its thread at an instant.
    pub(crate) fn delaying(&self, id: ReplicaId, at: SimTime) -> impl Iterator<Item = Root> + Clone + '_ {
        self.delays[id].iter().filter(move |hold| hold.from <= at && at <= hold.to).map(|hold| hold.root)
    }

    /// For how many seconds between two instants each fault held work on a replica.
    pub(crate) fn held(
        &self,
        id: ReplicaId,
        from: SimTime,
        to: SimTime,
    ) -> impl Iterator<Item = (Root, f64)> + '_ {
        let within = move |hold: &Hold| {
            let length = hold.to.min(to).saturating_since(hold.from.max(from));
            (hold.root, hold.share * length.as_secs_f64())
        };
        self.holds[id].iter().map(within).filter(|(_, seconds)| *seconds > 0.0)
    }

    /// The same, of the faults that stop everything.
    pub(crate) fn paused(
        &self,
        id: ReplicaId,
        from: SimTime,
        to: SimTime,
    ) -> impl Iterator<Item = (Root, f64)> + '_ {
        let stops = self.holds[id].iter().filter(|hold| hold.share >= 1.0);
        let within = move |hold: &Hold| {
            let length = hold.to.min(to).saturating_since(hold.from.max(from));
            (hold.root, length.as_secs_f64())
        };
        stops.map(within).filter(|(_, seconds)| *seconds > 0.0)
    }
}
