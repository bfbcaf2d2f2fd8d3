//! When faults held those on the threads of a replica: it is known beforehand. Pauses hold all of their time, slow-downs the
//! part by which work takes longer, added latency those who begin.

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
    does: Does,
}

/// What a fault does to who is on a thread.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Does {
    /// Nothing moves.
    Stop,
    /// This share of the time on a thread is its own.
    Stretch(f64),
    /// Whoever begins waits first, for so many seconds on average.
    Delay(f64),
}

/// A mean delay that is longer, or infinite, counts as this one.
const LONGEST_S: f64 = 1e6;

/// Faults that hold those who are on a thread, by replica.
#[derive(Clone, Debug)]
pub(crate) struct FaultTimes(IdVec<ReplicaId, Vec<Hold>>);

impl FaultTimes {
    pub(crate) fn new(model: &Model) -> Self {
        let mut holds: IdVec<ReplicaId, Vec<Hold>> = model.replicas.iter().map(|_| Vec::new()).collect();
        for (id, fault) in model.faults.enumerate() {
            let does = match fault.effect {
                Effect::Pause => Does::Stop,
                Effect::Slow(factor) if factor > 1.0 => Does::Stretch(1.0 - 1.0 / factor),
                Effect::Latency { added, share } => Does::Delay(share * added.mean_s().min(LONGEST_S)),
                _ => continue,
            };
            let Target::Replicas(replicas) = &fault.target else { continue };
            for replica in replicas {
                holds[*replica].push(Hold { root: Root::Fault(id), from: fault.from, to: fault.to, does });
            }
        }
        Self(holds)
    }

    /// The faults that make an attempt wait which took its thread at an instant, each with how long on average.
    pub(crate) fn delaying(
        &self,
        id: ReplicaId,
        at: SimTime,
    ) -> impl Iterator<Item = (Root, f64)> + Clone + '_ {
        self.active(id, at).filter_map(|hold| match hold.does {
            Does::Delay(mean_s) => Some((hold.root, mean_s)),
            Does::Stop | Does::Stretch(_) => None,
        })
    }

    /// The faults that make work take longer at an instant, each with the share of it that is its own.
    pub(crate) fn stretching(
        &self,
        id: ReplicaId,
        at: SimTime,
    ) -> impl Iterator<Item = (Root, f64)> + Clone + '_ {
        self.active(id, at).filter_map(|hold| match hold.does {
            Does::Stretch(share) => Some((hold.root, share)),
            Does::Stop | Does::Delay(_) => None,
        })
    }

    fn active(&self, id: ReplicaId, at: SimTime) -> impl Iterator<Item = &Hold> + Clone + '_ {
        self.0[id].iter().filter(move |hold| hold.from <= at && at <= hold.to)
    }

    /// Which faults held work on a replica between two instants, since when, and for how many seconds.
    pub(crate) fn held(
        &self,
        id: ReplicaId,
        from: SimTime,
        to: SimTime,
    ) -> impl Iterator<Item = (Root, SimTime, f64)> + '_ {
        self.between(id, from, to).filter_map(|(hold, since, seconds)| match hold.does {
            Does::Stop => Some((hold.root, since, seconds)),
            Does::Stretch(share) => Some((hold.root, since, share * seconds)),
            Does::Delay(_) => None,
        })
    }

    /// The same, of the faults that stop everything.
    pub(crate) fn paused(
        &self,
        id: ReplicaId,
        from: SimTime,
        to: SimTime,
    ) -> impl Iterator<Item = (Root, SimTime, f64)> + '_ {
        let stops = self.between(id, from, to).filter(|(hold, ..)| hold.does == Does::Stop);
        stops.map(|(hold, since, seconds)| (hold.root, since, seconds))
    }

    /// The faults that were active between two instants, since when, and for how many seconds.
    fn between(
        &self,
        id: ReplicaId,
        from: SimTime,
        to: SimTime,
    ) -> impl Iterator<Item = (&Hold, SimTime, f64)> + '_ {
        let within = move |hold: &'_ Hold| {
            let since = from.max(hold.from);
            (since, to.min(hold.to).saturating_since(since).as_secs_f64())
        };
        let held = self.0[id].iter().map(move |hold| (hold, within(hold)));
        held.filter(|(_, (_, seconds))| *seconds > 0.0).map(|(hold, (since, seconds))| (hold, since, seconds))
    }
}
