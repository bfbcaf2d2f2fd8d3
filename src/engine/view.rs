//! The world as it stands, for those who follow who waits for whom. Nothing can be changed through it.

use crate::engine::guard::Gates;
use crate::engine::state::{Attempt, CallRun, Replica, State};
use crate::failure::{FailureCause, Outcome};
use crate::id::{FaultId, ReplicaId};
use crate::model::Model;
use crate::policy::ClientThrottle;
use crate::random::Key;
use crate::scenario::{Breaker, Cache};
use crate::time::SimTime;

/// One world between two steps of the engine.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The present.
    pub now: SimTime,
    pub(crate) model: &'a Model,
    state: &'a State,
}

/// Waits of attempts and calls begin or end. Both are named by their slots, which are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// An attempt begins.
    AttemptBegins(u32),
    /// It has to wait at its caller for a permit, its turn or a connection.
    WaitsAtCaller(u32),
    /// It leaves its caller.
    AttemptSent(u32),
    /// The attempt at this slot has got the permit, the turn or the connection that it waited for.
    Granted(u32),
    /// It joined the line of its replica.
    InLine(u32),
    /// It takes a thread.
    ThreadTaken(u32),
    /// It begins to work.
    WorkBegins(u32),
    /// Its work, or what a fault made it wait before, is done.
    WorkOver(u32),
    /// A cache, by its position, did not know its answer, though it would have if it were warm.
    ColdMiss(u32, u32),
    /// What a miss asked for is known.
    MissOver(u32),
    /// The calls of a step are over: they were answered, or too many failed.
    StepOver(u32, bool),
    /// Its answer reaches its caller at an instant, unless that stands still then.
    Answered(u32, SimTime),
    /// Its caller no longer waits for it. It is where it was.
    AttemptOver(u32, Outcome),
    /// An attempt of this call was refused before there was one.
    AttemptRefused(u32, FailureCause),
    /// A call is over; its last attempt is, too.
    CallOver(u32, Outcome),
    /// The process of a replica dies: whoever is there waits no longer for what it waited for. It is where it was.
    ProcessDies(ReplicaId),
    /// A fault is about to take entries from caches.
    CachesFlushed(FaultId),
    /// A fault has begun or ended.
    FaultChanged,
}

impl<'a> View<'a> {
    pub(crate) const fn new(model: &'a Model, state: &'a State, now: SimTime) -> Self {
        Self { now, model, state }
    }

    /// The attempt in a slot.
    pub(crate) fn attempt(&self, slot: u32) -> &'a Attempt {
        &self.state.attempts[slot]
    }

    /// The call in a slot.
    pub(crate) fn call(&self, slot: u32) -> &'a CallRun {
        &self.state.runs[slot]
    }

    /// The attempt that a call waits for; none while it backs off.
    pub(crate) fn current(&self, call: &CallRun) -> Option<u32> {
        let live = self.state.attempts.is_live(call.current);
        (live && self.state.attempts[call.current.slot].awaited).then_some(call.current.slot)
    }

    /// The calls that an attempt waits for.
    pub(crate) fn calls_of(&self, attempt: &Attempt) -> impl Iterator<Item = u32> + use<'a> {
        let state = self.state;
        let known = |slot: u32| state.runs.get(slot).map(|_| slot);
        std::iter::successors(known(attempt.calls), move |slot| {
            let next = state.runs[*slot].sibling;
            state.runs.get(next).map(|_| next)
        })
    }

    /// Slots of attempts and of calls, in use or not.
    pub(crate) fn slots(&self) -> (usize, usize) {
        (self.state.attempts.slots(), self.state.runs.slots())
    }

    pub(crate) fn replica(&self, id: ReplicaId) -> &'a Replica {
        &self.state.replicas[id]
    }

    /// How much of what it can hold a cache of a replica holds, from 0 to 1.
    pub(crate) fn warmth(&self, id: ReplicaId, cache: u32) -> f64 {
        let settings = &self.state.settings.services[self.model.replicas[id].service];
        let (_, Cache::Warming { after, .. }) = &settings.caches[cache as usize];
        let entries = f64::from(self.state.replicas[id].entries[cache as usize]);
        (entries / f64::from((*after).max(1))).min(1.0)
    }

    /// The key and the replica, if it is a deep probe, of a request in a slot.
    pub(crate) fn request(&self, slot: u32) -> (&'a crate::engine::RequestId, Option<ReplicaId>) {
        let request = &self.state.requests[slot];
        (&request.id, request.probes)
    }

    /// The calls of users that are not over, by key of their requests, in no particular order.
    pub(crate) fn open_calls(&self) -> impl Iterator<Item = (Key, u32)> + use<'a> {
        let state = self.state;
        let first = |run: &CallRun| match run.parent {
            crate::engine::state::Parent::Request(request) => Some(state.requests[request].id.key),
            crate::engine::state::Parent::Attempt(_) => None,
        };
        state.runs.iter().filter_map(move |(slot, run)| first(run).map(|key| (key, slot)))
    }

    /// Whether a caller's policy lets attempts wait before they are sent.
    pub(crate) fn has_line(&self, guard: u32) -> bool {
        self.state.guards[guard as usize].gates.as_deref().is_some_and(Gates::is_any)
    }

    /// Whether a caller's policy refuses by what it has seen.
    pub(crate) fn has_memory(&self, guard: u32) -> bool {
        self.state.guards[guard as usize].breaker.is_some() || self.throttle_learns(guard)
    }

    /// Whether a caller's throttle holds back by what it has seen.
    pub(crate) fn throttle_learns(&self, guard: u32) -> bool {
        let gates = self.state.guards[guard as usize].gates.as_deref();
        gates.and_then(|gates| gates.throttle.as_ref()).is_some_and(ClientThrottle::learns)
    }

    /// Whether the breaker of its caller counts an attempt that is answered now as slow.
    pub(crate) fn counts_as_slow(&self, attempt: &Attempt) -> bool {
        let policy = &self.state.settings.policies[self.model.sites[attempt.site].edge];
        let took = self.now - attempt.begun_at;
        matches!(policy.breaker, Some(Breaker::Resilience4j { slow_after, .. }) if took > slow_after)
    }
}
