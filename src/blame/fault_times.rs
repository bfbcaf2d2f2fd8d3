//! When faults held those on the threads of a replica: it is known beforehand, but that a process that dies is paused no more.
//! Pauses hold all of their time, slow-downs the part by which work takes longer, added latency those who begin.

use smallvec::SmallVec;

use crate::blame::Root;
use crate::id::{FaultId, IdVec, ReplicaId};
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

/// A fault, an instant since when it held, and for how many seconds.
pub(crate) type HeldBy = (Root, SimTime, f64);

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

    /// Whether a replica stands still at an instant, or has done so until then.
    pub(super) fn is_paused(&self, id: ReplicaId, at: SimTime) -> bool {
        self.0[id].iter().any(|hold| hold.does == Does::Stop && hold.from < at && at <= hold.to)
    }

    /// A replica has no process when a pause of it begins: nothing is paused.
    pub(super) fn spares(&mut self, id: ReplicaId, fault: FaultId) {
        let of_it = self.0[id].iter_mut().filter(|hold| hold.root == Root::Fault(fault));
        of_it.filter(|hold| hold.does == Does::Stop).for_each(|hold| hold.to = hold.from);
    }

    /// Its process dies, and with it whatever paused it.
    pub(super) fn dies(&mut self, id: ReplicaId, now: SimTime) {
        let active = self.0[id].iter_mut().filter(|hold| hold.from <= now && now < hold.to);
        active.filter(|hold| hold.does == Does::Stop).for_each(|hold| hold.to = now);
    }

    /// Which faults held work on a replica between two instants, since when, and for how many seconds: in all no more than
    /// there are. While it stands still nothing else holds it.
    pub(crate) fn held(&self, id: ReplicaId, from: SimTime, to: SimTime) -> SmallVec<[HeldBy; 2]> {
        self.between(id, from, to, |hold| !matches!(hold.does, Does::Delay(_)))
    }

    /// The same, of the faults that stop everything.
    pub(crate) fn paused(&self, id: ReplicaId, from: SimTime, to: SimTime) -> SmallVec<[HeldBy; 2]> {
        self.between(id, from, to, |hold| hold.does == Does::Stop)
    }

    fn between(
        &self,
        id: ReplicaId,
        from: SimTime,
        to: SimTime,
        counts: impl Fn(&Hold) -> bool,
    ) -> SmallVec<[HeldBy; 2]> {
        let mut found = SmallVec::new();
        let active = |hold: &&Hold| hold.from.max(from) < hold.to.min(to) && counts(hold);
        let holds = || self.0[id].iter().filter(active);
        // Between two of these nothing changes.
        let mut cuts: SmallVec<[SimTime; 4]> =
            holds().flat_map(|hold| [hold.from.max(from), hold.to.min(to)]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        for (begin, end) in cuts.iter().zip(cuts.iter().skip(1)) {
            let seconds = (*end - *begin).as_secs_f64();
            let here = || holds().filter(|hold| hold.from <= *begin && *end <= hold.to);
            let stops = here().filter(|hold| hold.does == Does::Stop).count();
            let by_stretching: f64 = here().map(Hold::stretch).sum();
            let stretched = 1.0 - here().map(|hold| 1.0 - hold.stretch()).product::<f64>();
            for hold in here() {
                let share = match hold.does {
                    Does::Stop => 1.0 / stops as f64,
                    Does::Stretch(share) if stops == 0 => stretched * share / by_stretching,
                    Does::Stretch(_) | Does::Delay(_) => continue,
                };
                found.push((hold.root, *begin, share * seconds));
            }
        }
        found
    }
}

impl Hold {
    /// The share of the time on a thread that is its own.
    const fn stretch(&self) -> f64 {
        match self.does {
            Does::Stretch(share) => share,
            Does::Stop | Does::Delay(_) => 0.0,
        }
    }
}
