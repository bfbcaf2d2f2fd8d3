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

/// Faults that hold work, by replica.
#[derive(Clone, Debug)]
pub(crate) struct FaultTimes(IdVec<ReplicaId, Vec<Hold>>);

impl FaultTimes {
    pub(crate) fn new(model: &Model) -> Self {
        let mut holds: IdVec<ReplicaId, Vec<Hold>> = model.replicas.iter().map(|_| Vec::new()).collect();
        for (id, fault) in model.faults.enumerate() {
            let share = match fault.effect {
                Effect::Pause => 1.0,
                Effect::Slow(factor) if factor > 1.0 => 1.0 - 1.0 / factor,
                _ => continue,
            };
            let Target::Replicas(replicas) = &fault.target else { continue };
            for replica in replicas {
                holds[*replica].push(Hold { root: Root::Fault(id), from: fault.from, to: fault.to, share });
            }
        }
        Self(holds)
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
        self.0[id].iter().map(within).filter(|(_, seconds)| *seconds > 0.0)
    }

    /// The same, of the faults that stop everything.
    pub(crate) fn paused(
        &self,
        id: ReplicaId,
        from: SimTime,
        to: SimTime,
    ) -> impl Iterator<Item = (Root, f64)> + '_ {
        let stops = self.0[id].iter().filter(|hold| hold.share >= 1.0);
        let within = move |hold: &Hold| {
            let length = hold.to.min(to).saturating_since(hold.from.max(from));
            (hold.root, length.as_secs_f64())
        };
        stops.map(within).filter(|(_, seconds)| *seconds > 0.0)
    }
}
