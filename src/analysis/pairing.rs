//! Pairs the requests and attempts of two worlds by identity, and finds those that are worse off than their twins.
//!
//! What was matched is dropped as it completes: memory grows with what is in flight in either world.

use crate::analysis::blast::BlastTally;
use crate::analysis::impact::ImpactTracker;
use crate::analysis::outbox::{Ended, Outbox};
use crate::analysis::worse::{End, bound};
use crate::engine::{AttemptId, RequestId, Simulation};
use crate::failure::Outcome;
use crate::model::Model;
use crate::random::KeyMap;
use crate::scenario;
use crate::time::SimTime;

/// One of the two worlds that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Actual,
    Twin,
}

/// A request in both worlds, as far as it has got.
#[derive(Debug)]
struct Pair {
    id: RequestId,
    actual: Half,
    twin: Half,
    /// Attempts that ended in one world and not yet in the other.
    attempts: Vec<Waiting>,
}

/// An attempt that ended in one world and not yet in the other.
type Waiting = (Side, AttemptId, End);

#[derive(Clone, Copy, Debug, Default)]
struct Half {
    end: Option<End>,
    /// Whether its last trace is gone.
    drained: bool,
}

/// Compares the actual world with its twin.
#[derive(Debug)]
pub struct Comparison<'m> {
    model: &'m Model,
    limits: scenario::Impact,
    /// By key. Nothing iterates over it before its keys are sorted.
    pairs: KeyMap<Pair>,
    /// Memory for the attempts of requests to come.
    spare: Vec<Vec<Waiting>>,
    pub(crate) impact: ImpactTracker<'m>,
    pub(crate) blast: BlastTally,
}

impl<'m> Comparison<'m> {
    /// A comparison of two worlds that are one so far.
    pub fn new(model: &'m Model, limits: scenario::Impact) -> Self {
        Self {
            model,
            limits,
            pairs: KeyMap::default(),
            spare: Vec::new(),
            impact: ImpactTracker::new(model),
            blast: BlastTally::default(),
        }
    }

    /// What there is to say if the worlds never parted: nothing was harmed.
    pub fn into_parts(self) -> (ImpactTracker<'m>, BlastTally) {
        (self.impact, self.blast)
    }

    /// Takes in what ended in both worlds since the last time.
    pub fn advance(&mut self, actual: &mut Outbox, twin: &mut Outbox) {
        for item in twin.drain() {
            self.take(Side::Twin, item);
        }
        for item in actual.drain() {
            self.take(Side::Actual, item);
        }
    }

    /// Takes in what ended since the last time while the worlds are still one: nothing can be worse off.
    pub fn advance_as_one(&mut self, both: &mut Outbox) {
        for item in both.drain() {
            if let Ended::Attempt(id, ..) = item {
                self.impact.attempt(&id);
            }
        }
    }

    fn take(&mut self, side: Side, item: Ended) {
        match item {
            Ended::Attempt(id, outcome, at) => {
                let end = End { outcome, at, latency: at - id.begun_at };
                if side == Side::Actual {
                    self.impact.attempt(&id);
                }
                let pair = self.pair(&id.request);
                let other = pair.attempts.iter().position(|(s, other, _)| *s != side && other.key == id.key);
                let Some(other) = other else {
                    pair.attempts.push((side, id, end));
                    return;
                };
                let (_, other_id, other_end) = pair.attempts.swap_remove(other);
                match side {
                    Side::Actual => self.judge_attempt(&id, end, Some(other_end)),
                    Side::Twin => self.judge_attempt(&other_id, other_end, Some(end)),
                }
            }
            Ended::Request(id, outcome, at) => {
                let pair = self.pair(&id);
                let end = End { outcome, at, latency: at - id.arrived_at };
                pair.half(side).end = Some(end);
                if let (Some(actual), Some(twin)) = (pair.actual.end, pair.twin.end) {
                    self.judge_request(&id, Some(actual), Some(twin), at);
                }
            }
            Ended::Traces(id) => {
                let pair = self.pair(&id);
                pair.half(side).drained = true;
                if pair.actual.drained && pair.twin.drained {
                    self.close(id.key.0);
                }
            }
        }
    }

    fn pair(&mut self, id: &RequestId) -> &mut Pair {
        self.pairs.entry(id.key.0).or_insert_with(|| Pair {
            id: *id,
            actual: Half::default(),
            twin: Half::default(),
            attempts: self.spare.pop().unwrap_or_default(),
        })
    }

    /// Forgets a request; its attempts without a twin are harmed only if they failed.
    fn close(&mut self, key: u64) {
        let Some(mut pair) = self.pairs.remove(&key) else { return };
        for (side, id, end) in pair.attempts.drain(..) {
            if side == Side::Actual {
                self.judge_attempt(&id, end, None);
            }
        }
        self.spare.push(pair.attempts);
    }

    fn judge_attempt(&mut self, id: &AttemptId, actual: End, twin: Option<End>) {
        let failed = match actual.outcome {
            Outcome::Failed(cause) => Some((actual.at, Some(cause))),
            Outcome::Ok | Outcome::Degraded | Outcome::Abandoned => None,
        };
        let harm = match twin {
            None => failed,
            Some(twin) if twin.outcome.is_failed() => None,
            Some(twin) => {
                let late = bound(&self.limits, twin.latency);
                if actual.latency > late { Some((id.begun_at + late, None)) } else { failed }
            }
        };
        if let Some((at, cause)) = harm {
            self.impact.harmed(id, at, cause, actual.at);
        }
    }

    fn judge_request(&mut self, id: &RequestId, actual: Option<End>, twin: Option<End>, now: SimTime) {
        if id.arrived_at < self.model.origin {
            return;
        }
        self.blast.request(id, actual, twin, now, &self.limits);
    }

    /// Ends the comparison at the horizon: what is still under way is judged by its age.
    pub fn finish(
        mut self,
        actual: &Simulation,
        twin: &Simulation,
        now: SimTime,
    ) -> (ImpactTracker<'m>, BlastTally) {
        let unfinished = |simulation: &Simulation| {
            let attempts = simulation.awaited_attempts();
            let mut ids: Vec<AttemptId> =
                attempts.filter(|id| !self.model.is_probe(id.request.class)).collect();
            ids.sort_by_key(|id| id.key);
            ids
        };
        let waits: Vec<AttemptId> = unfinished(twin);
        for id in unfinished(actual) {
            self.impact.attempt(&id);
            // An attempt that its twin still waits for as well is not late by any measure.
            if waits.binary_search_by_key(&id.key, |wait| wait.key).is_ok() {
                continue;
            }
            let age = End { outcome: Outcome::Abandoned, at: now, latency: now - id.begun_at };
            let pair = self.pairs.get(&id.request.key.0);
            let twin = pair.and_then(|pair| {
                pair.attempts.iter().find(|(side, other, _)| *side == Side::Twin && other.key == id.key)
            });
            if let Some((_, _, twin)) = twin.copied() {
                self.judge_attempt(&id, age, Some(twin));
            }
        }
        // A step of a journey arrives later in one world than in the other: its age is that in its own.
        let mut open: Vec<RequestId> = actual.open_requests().collect();
        open.sort_by_key(|id| id.key);
        let mut keys: Vec<u64> = self.pairs.keys().copied().collect();
        keys.sort_unstable();
        for key in keys {
            let pair = &self.pairs[&key];
            let own = open.binary_search_by_key(&key, |id| id.key.0).ok().map(|position| open[position]);
            let (id, actual, twin) = (own.unwrap_or(pair.id), pair.actual.end, pair.twin.end);
            if actual.is_some() != twin.is_some() {
                self.judge_request(&id, actual, twin, now);
            }
            self.close(key);
        }
        (self.impact, self.blast)
    }
}

impl Pair {
    fn half(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Actual => &mut self.actual,
            Side::Twin => &mut self.twin,
        }
    }
}
