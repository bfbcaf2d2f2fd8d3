//! Pairs the requests and attempts of two worlds by identity, and finds those that are worse off than their twins.
//!
//! What was matched is dropped as it completes: memory grows with what is in flight in either world.

use crate::analysis::blast::BlastTally;
use crate::analysis::impact::ImpactTracker;
use crate::analysis::outbox::{Attempt, Ended, Outbox, What};
use crate::analysis::worse::{End, Severity, bound};
use crate::blame::{BlameTally, Chains, Reasons, Why};
use crate::engine::{AttemptId, RequestId, Simulation};
use crate::failure::{FailureCause, Outcome};
use crate::id::SiteId;
use crate::model::Model;
use crate::random::{Key, KeyMap};
use crate::scenario;
use crate::time::{SimDuration, SimTime};

/// One of the two worlds that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Actual,
    Twin,
}

/// A request in both worlds, as far as it has got.
#[derive(Debug, Default)]
struct Pair {
    /// Known once it has ended in one of them.
    id: Option<RequestId>,
    actual: Half,
    twin: Half,
    attempts: Vec<Waiting>,
}

/// An attempt that ended in one world and maybe not yet in the other. Many wait: nothing is kept that is not asked for.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    side: Side,
    outcome: Outcome,
    site: SiteId,
    key: Key,
    begun_at: SimTime,
    ended_at: SimTime,
}

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
    /// Why requests of the actual world ended as they did, from where the worlds part.
    pub(crate) reasons: Reasons,
    blame: BlameTally,
}

/// What a comparison has found.
#[derive(Debug)]
pub struct Compared<'m> {
    pub(crate) impact: ImpactTracker<'m>,
    pub(crate) blast: BlastTally,
    pub(crate) blame: BlameTally,
    pub(crate) chains: Chains,
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
            reasons: Reasons::default(),
            blame: BlameTally::new(model),
        }
    }

    /// What there is to say; if the worlds never parted, that nothing was harmed.
    pub fn into_found(self) -> Compared<'m> {
        let chains = self.reasons.into_chains();
        Compared { impact: self.impact, blast: self.blast, blame: self.blame, chains }
    }

    /// Takes in what ended in both worlds since the last time, in the order of time: what ended alike in both, which is
    /// most of it while little is wrong, is seen at once and never looked up.
    pub fn advance(&mut self, actual: &mut Outbox, twin: &mut Outbox) {
        let (mut actual, mut twin) = (actual.drain().peekable(), twin.drain().peekable());
        loop {
            match (actual.peek(), twin.peek()) {
                (Some(mine), Some(its)) if mine == its => {
                    self.take_from_both(*mine);
                    actual.next();
                    twin.next();
                }
                (Some(mine), its) if its.is_none_or(|its| mine.at < its.at) => {
                    self.take(Side::Actual, *mine);
                    actual.next();
                }
                (_, Some(its)) => {
                    self.take(Side::Twin, *its);
                    twin.next();
                }
                (_, None) => return,
            }
        }
    }

    /// Takes in what ended since the last time while the worlds are still one: nothing can be worse off.
    pub fn advance_as_one(&mut self, both: &mut Outbox) {
        for item in both.drain() {
            if let What::Attempt(attempt, _) = item.what {
                self.impact.attempt(attempt.site, attempt.begun_at);
            }
        }
    }

    /// What ended in both worlds in the same way and at the same instant is not worse off, whatever became of the rest of
    /// its request.
    fn take_from_both(&mut self, Ended { at, what }: Ended) {
        match what {
            What::Attempt(attempt, _) => self.impact.attempt(attempt.site, attempt.begun_at),
            What::Request(id, outcome) => {
                let end = Some(End { outcome, at, latency: at - id.arrived_at });
                self.judge_request(&id, end, end, at);
            }
            What::Traces(key) => self.close(key),
        }
    }

    fn take(&mut self, side: Side, Ended { at, what }: Ended) {
        match what {
            What::Attempt(attempt, outcome) => {
                let Attempt { key, site, begun_at, .. } = attempt;
                let mine = Waiting { side, outcome, site, key, begun_at, ended_at: at };
                if side == Side::Actual {
                    self.impact.attempt(site, begun_at);
                }
                if attempt.extra {
                    return self.judge_attempt(mine, None);
                }
                let waiting = &mut self.pair(attempt.request).attempts;
                let other = waiting.iter().position(|other| other.side != side && other.key == key);
                let Some(other) = other else {
                    waiting.push(mine);
                    return;
                };
                let other = waiting.swap_remove(other);
                match side {
                    Side::Actual => self.judge_attempt(mine, Some(other)),
                    Side::Twin => self.judge_attempt(other, Some(mine)),
                }
            }
            What::Request(id, outcome) => {
                let pair = self.pair(id.key);
                let end = End { outcome, at, latency: at - id.arrived_at };
                pair.id = Some(id);
                pair.half(side).end = Some(end);
                if let (Some(actual), Some(twin)) = (pair.actual.end, pair.twin.end) {
                    self.judge_request(&id, Some(actual), Some(twin), at);
                }
            }
            What::Traces(key) => {
                let pair = self.pair(key);
                pair.half(side).drained = true;
                if pair.actual.drained && pair.twin.drained {
                    self.close(key);
                }
            }
        }
    }

    fn pair(&mut self, request: Key) -> &mut Pair {
        let spare = &mut self.spare;
        let begun = || Pair { attempts: spare.pop().unwrap_or_default(), ..Pair::default() };
        self.pairs.entry(request.0).or_insert_with(begun)
    }

    /// Forgets a request; its attempts without a twin are harmed only if they failed.
    fn close(&mut self, request: Key) {
        let Some(mut pair) = self.pairs.remove(&request.0) else { return };
        for attempt in pair.attempts.drain(..) {
            if attempt.side == Side::Actual {
                self.judge_attempt(attempt, None);
            }
        }
        self.spare.push(pair.attempts);
    }

    fn judge_attempt(&mut self, actual: Waiting, twin: Option<Waiting>) {
        let Waiting { site, begun_at, ended_at, .. } = actual;
        let failed = match actual.outcome {
            Outcome::Failed(cause) => Some((ended_at, Some(cause))),
            Outcome::Ok | Outcome::Degraded | Outcome::Abandoned => None,
        };
        let harm = match twin {
            None => failed,
            Some(twin) if twin.outcome.is_failed() => None,
            Some(twin) => {
                let late = begun_at + bound(&self.limits, twin.ended_at - twin.begun_at);
                if ended_at > late { Some((late, None)) } else { failed }
            }
        };
        if let Some((at, cause)) = harm {
            self.impact.harmed(site, at, cause, ended_at);
        }
    }

    fn judge_request(&mut self, id: &RequestId, actual: Option<End>, twin: Option<End>, now: SimTime) {
        let usual = twin.map_or(SimDuration::ZERO, |end| end.latency);
        let why = self.reasons.take(id.key, usual);
        // A step of a journey may arrive sooner than its twin, or later.
        let arrived_at = actual.map_or(id.arrived_at, |end| end.at - end.latency);
        if arrived_at < self.model.origin {
            return;
        }
        let id = &RequestId { arrived_at, ..*id };
        let severity = self.blast.request(id, actual, twin, now, &self.limits);
        let at = actual.map_or(now, |end| end.at);
        if severity.is_affected() {
            let is_lesser = severity == Severity::Degraded;
            let found = why.as_ref().map(|why| if is_lesser { &why.lesser } else { &why.wait });
            // What a step that was never made goes back to held the one before it.
            let is_made = actual.is_none_or(|end| end.outcome != Outcome::Failed(FailureCause::NotMade));
            let since = if is_made { id.arrived_at } else { self.model.origin };
            self.blame.harmed(found, id.class, (since, at), is_lesser);
            if severity.is_lost() {
                self.blame.lost(&self.reasons, why.as_ref().map(Why::of_loss));
            }
        }
        if let Some(why) = why {
            self.reasons.forget(why);
        }
    }

    /// Ends the comparison at the horizon: what is still under way is judged by its age.
    pub fn finish(mut self, actual: &Simulation, twin: &Simulation, now: SimTime) -> Compared<'m> {
        let unfinished = |simulation: &Simulation| {
            let attempts = simulation.awaited_attempts();
            let mut ids: Vec<AttemptId> =
                attempts.filter(|id| !self.model.is_probe(id.request.class)).collect();
            ids.sort_by_key(|id| id.key);
            ids
        };
        let waits: Vec<AttemptId> = unfinished(twin);
        for id in unfinished(actual) {
            self.impact.attempt(id.site, id.begun_at);
            // An attempt that its twin still waits for as well is not late by any measure.
            if waits.binary_search_by_key(&id.key, |wait| wait.key).is_ok() {
                continue;
            }
            let pair = self.pairs.get(&id.request.key.0);
            let twin = pair.and_then(|pair| {
                pair.attempts.iter().find(|other| other.side == Side::Twin && other.key == id.key)
            });
            if let Some(twin) = twin.copied() {
                let AttemptId { key, site, begun_at, .. } = id;
                let outcome = Outcome::Abandoned;
                let age = Waiting { side: Side::Actual, outcome, site, key, begun_at, ended_at: now };
                self.judge_attempt(age, Some(twin));
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
            let (id, actual, twin) = (own.or(pair.id), pair.actual.end, pair.twin.end);
            if let Some(id) = id
                && actual.is_some() != twin.is_some()
            {
                self.judge_request(&id, actual, twin, now);
            }
            self.close(Key(key));
        }
        debug_assert!(self.reasons.left() <= open.len(), "of what has ended nothing is kept");
        self.into_found()
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

#[cfg(test)]
mod tests;
