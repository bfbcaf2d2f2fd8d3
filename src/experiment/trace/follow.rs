//! Follows chosen requests through a world. Memory grows with them alone.

use std::collections::BTreeMap;

use crate::engine::{ModelEvent, Observer, Parent, RequestId, Turn, View};
use crate::experiment::trace::parts::{AttemptPart, CallPart, Maker, Parts, RequestPart};
use crate::failure::{FailureCause, Outcome};
use crate::id::ReplicaId;
use crate::random::Key;
use crate::time::{SimDuration, SimTime};

/// Keeps what happens to chosen requests.
pub(super) struct Follower {
    /// Positions of the requests, once they have arrived.
    chosen: BTreeMap<Key, Option<usize>>,
    /// Those that left a trace, or may still.
    waited_for: usize,
    /// Positions of calls and attempts by their slots, which are used again.
    calls: BTreeMap<u32, usize>,
    attempts: BTreeMap<u32, usize>,
    pub(super) parts: Parts,
}

impl Follower {
    pub(super) fn new(keys: &[Key]) -> Self {
        let chosen: BTreeMap<Key, Option<usize>> = keys.iter().map(|key| (*key, None)).collect();
        Self {
            waited_for: chosen.len(),
            chosen,
            calls: BTreeMap::new(),
            attempts: BTreeMap::new(),
            parts: Parts::default(),
        }
    }

    /// Whether nothing is left of any of them.
    pub(super) fn is_done(&self) -> bool {
        self.waited_for == 0
    }

    /// The position of the request that an attempt serves, if it is followed.
    fn request(&self, view: &View<'_>, slot: u32) -> Option<usize> {
        let (id, _) = view.request(view.attempt(slot).request);
        self.chosen.get(&id.key).copied().flatten()
    }

    /// What is kept of an attempt, if it is followed.
    fn attempt(&mut self, view: &View<'_>, slot: u32) -> Option<&mut AttemptPart> {
        let part = &mut self.parts.attempts[*self.attempts.get(&slot)?];
        (part.key == view.attempt(slot).key).then_some(part)
    }

    /// The position of a call, which begins if it is not known yet.
    fn call(&mut self, view: &View<'_>, slot: u32) -> Option<usize> {
        let run = view.call(slot);
        if let Some(known) = self.calls.get(&slot).filter(|known| self.parts.calls[**known].key == run.key) {
            return Some(*known);
        }
        let (id, _) = view.request(run.request);
        let request = self.chosen.get(&id.key).copied().flatten()?;
        let maker = match run.parent {
            Parent::Request(_) => Maker::Request(request),
            Parent::Attempt(above) => Maker::Attempt(*self.attempts.get(&above)?),
        };
        let part = CallPart {
            maker,
            key: run.key,
            site: run.site,
            begun: run.begun_at,
            over: None,
            attempts: Vec::new(),
            refused: Vec::new(),
        };
        self.parts.calls.push(part);
        self.calls.insert(slot, self.parts.calls.len() - 1);
        Some(self.parts.calls.len() - 1)
    }

    fn attempt_begins(&mut self, view: &View<'_>, slot: u32) {
        self.attempts.remove(&slot);
        let Some(request) = self.request(view, slot) else { return };
        let attempt = view.attempt(slot);
        let Some(call) = self.call(view, attempt.run.slot) else { return };
        let position = self.parts.attempts.len();
        self.parts.requests[request].attempts.push(position);
        self.parts.calls[call].attempts.push(position);
        self.parts.attempts.push(AttemptPart {
            key: attempt.key,
            request,
            call,
            number: attempt.number,
            begun: attempt.begun_at,
            sent: None,
            over: None,
            replica: None,
            started: None,
            finished: None,
            work: Vec::new(),
            went_on: view.now,
            gone: None,
        });
        self.attempts.insert(slot, position);
    }

    fn attempt_refused(&mut self, view: &View<'_>, slot: u32, cause: FailureCause) {
        if let Some(call) = self.call(view, slot) {
            self.parts.calls[call].refused.push((view.now, cause));
        }
    }

    fn call_over(&mut self, view: &View<'_>, slot: u32, outcome: Outcome) {
        let key = view.call(slot).key;
        if let Some(call) = self.calls.remove(&slot).filter(|call| self.parts.calls[*call].key == key) {
            self.parts.calls[call].over = Some((view.now, outcome));
        }
    }

    fn arrived(&mut self, id: &RequestId) {
        if let Some(place) = self.chosen.get_mut(&id.key) {
            self.parts.requests.push(RequestPart { id: *id, over: None, attempts: Vec::new() });
            *place = Some(self.parts.requests.len() - 1);
        }
    }

    fn ended(&mut self, now: SimTime, id: &RequestId, outcome: Outcome) {
        if let Some(Some(place)) = self.chosen.get(&id.key) {
            self.parts.requests[*place].over = Some((now, outcome));
        }
    }

    fn drained(&mut self, now: SimTime, id: &RequestId) {
        let Some(Some(place)) = self.chosen.get(&id.key) else { return };
        self.waited_for -= 1;
        for position in &self.parts.requests[*place].attempts {
            self.parts.attempts[*position].gone = Some(now);
        }
        self.attempts.retain(|_, position| self.parts.attempts[*position].gone.is_none());
    }

    /// An attempt gave back its thread after holding it for so long. It is one of ours if ours has held its thread for as
    /// long, and either has just gone on from what it did, or was cut off.
    fn finished(&mut self, now: SimTime, replica: ReplicaId, held: SimDuration, outcome: Outcome) {
        let cut_off = matches!(outcome, Outcome::Abandoned | Outcome::Failed(FailureCause::Reset));
        for position in self.attempts.values() {
            let part = &mut self.parts.attempts[*position];
            let here = part.replica.is_some_and(|(at, _)| at == replica);
            let as_long = part.started.is_some_and(|started| now.saturating_since(started) == held);
            if here && as_long && part.finished.is_none() && (cut_off || part.went_on == now) {
                part.finished = Some(now);
            }
        }
    }
}

impl Observer for Follower {
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        match event {
            ModelEvent::RequestArrived(id) => self.arrived(id),
            ModelEvent::RequestEnded(id, outcome) => self.ended(now, id, *outcome),
            ModelEvent::RequestDrained(id) => self.drained(now, id),
            ModelEvent::Finished(id, held, outcome) => self.finished(now, *id, *held, *outcome),
            _ => {}
        }
    }

    fn turn(&mut self, view: &View<'_>, turn: Turn) {
        let now = view.now;
        match turn {
            Turn::AttemptBegins(slot) => self.attempt_begins(view, slot),
            Turn::AttemptRefused(slot, cause) => self.attempt_refused(view, slot, cause),
            Turn::CallOver(slot, outcome) => self.call_over(view, slot, outcome),
            Turn::AttemptSent(slot)
            | Turn::InLine(slot)
            | Turn::ThreadTaken(slot)
            | Turn::WorkBegins(slot)
            | Turn::WorkOver(slot)
            | Turn::StepOver(slot, _)
            | Turn::AttemptOver(slot, _) => {
                let there = (view.attempt(slot).replica, view.attempt(slot).arrived_at);
                let Some(part) = self.attempt(view, slot) else { return };
                part.went_on = now;
                match turn {
                    Turn::AttemptSent(_) => part.sent = Some(now),
                    Turn::InLine(_) => part.replica = Some(there),
                    Turn::ThreadTaken(_) => (part.replica, part.started) = (Some(there), Some(now)),
                    Turn::WorkBegins(_) => part.work.push((now, None)),
                    Turn::WorkOver(_) => {
                        if let Some((_, end @ None)) = part.work.last_mut() {
                            *end = Some(now);
                        }
                    }
                    Turn::AttemptOver(_, outcome) => part.over = Some((now, outcome)),
                    _ => {}
                }
            }
            Turn::WaitsAtCaller(_)
            | Turn::Granted(_)
            | Turn::ColdMiss(..)
            | Turn::MissOver(_)
            | Turn::Answered(..)
            | Turn::ProcessDies(_)
            | Turn::CachesFlushed(_)
            | Turn::FaultChanged => {}
        }
    }
}
