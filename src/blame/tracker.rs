//! Follows the attempts and calls of one world as their waits begin and end. What it finds, it finds by `wait`,
//! `failure` and `holders`.

use crate::blame::fault_times::FaultTimes;
use crate::blame::line::Line;
use crate::blame::onset::{Onset, Windows};
use crate::blame::origins::Origins;
use crate::blame::reasons::Reasons;
use crate::blame::shares::Shares;
use crate::blame::trace::{AttemptTrace, CallTrace, Load, Why};
use crate::blame::{Chains, How, Root};
use crate::engine::{Attempt, ModelEvent, Observer, Parent, Turn, View};
use crate::failure::{FailureCause, Outcome};
use crate::id::{IdVec, PairId, ReplicaId, ServiceId};
use crate::model::Model;
use crate::policy::BreakerState;
use crate::random::{Key, KeyMap, Stream, mix};
use crate::time::{SimDuration, SimTime};

/// What a failure weighs if it took no time, in seconds: enough to be seen if there is nothing else.
const INSTANT: f64 = 1e-6;
/// How much of its memory a breaker keeps at each failure that it is told of.
const MEMORY: f64 = 0.95;

/// Follows the waits of one world. Memory grows with what is in flight.
#[derive(Clone, Debug)]
pub struct Tracker<'m> {
    pub(super) model: &'m Model,
    pub(super) chains: Chains,
    /// By slot of the attempt.
    pub(super) attempts: Vec<AttemptTrace>,
    /// By slot of the call.
    pub(super) calls: Vec<CallTrace>,
    pub(super) lines: IdVec<ReplicaId, Line>,
    /// What holds those at a service for whom others wait at their callers.
    pub(super) callees: IdVec<ServiceId, Line>,
    /// What its load is made of lately, if others can wait at their callers.
    pub(super) loads: IdVec<ServiceId, Shares>,
    pub(super) fault_times: FaultTimes,
    pub(super) windows: Windows,
    pub(super) origins: Origins<'m>,
    /// What failed the last deep probes of each replica.
    pub(super) probes: IdVec<ReplicaId, Shares>,
    /// By position of the policy's state: what has failed of late.
    pub(super) memories: Vec<Shares>,
    /// What broke the journeys that are not over.
    journeys: KeyMap<Why>,
    /// What the call that was over last had waited for, and what failed it.
    over: Shares,
    over_failed: Shares,
    /// Requests that did not end well, until they are handed over.
    ended: Vec<(Key, Why)>,
    /// Memory for sums.
    pub(super) spare: Vec<Shares>,
    /// What has waited for longer is late, in seconds.
    pub(super) late: f64,
}

impl<'m> Tracker<'m> {
    /// Follows a world from here on: of what is under way nothing is known but how it goes on. Answers within `margin` are
    /// nobody's harm.
    pub fn new(model: &'m Model, view: &View<'_>, margin: SimDuration) -> Self {
        let (attempts, calls) = view.slots();
        let guards: usize = model.edges.iter().map(|edge| edge.guard_count(&model.services) as usize).sum();
        let windows = Windows::new(model);
        Self {
            model,
            chains: Chains::default(),
            attempts: vec![AttemptTrace::default(); attempts],
            calls: vec![CallTrace::default(); calls],
            lines: model.replicas.iter().map(|_| Line::default()).collect(),
            callees: model.services.iter().map(|_| Line::default()).collect(),
            loads: model.services.iter().map(|_| Shares::default()).collect(),
            fault_times: FaultTimes::new(model),
            windows,
            origins: Origins::new(model, windows),
            probes: model.replicas.iter().map(|_| Shares::default()).collect(),
            memories: vec![Shares::default(); guards],
            journeys: KeyMap::default(),
            over: Shares::default(),
            over_failed: Shares::default(),
            ended: Vec::new(),
            spare: Vec::new(),
            late: margin.as_secs_f64(),
        }
    }

    /// Tells what was found of requests that have ended since the last time.
    pub fn hand_over(&mut self, reasons: &mut Reasons) {
        reasons.take_over(&mut self.ended, &self.chains, &mut self.spare);
    }

    /// Judges the requests that are still open as if nobody would wait any longer.
    pub fn close(&mut self, view: &View<'_>) {
        let mut open: Vec<(Key, u32)> = view.open_calls().collect();
        open.sort_unstable();
        for (key, call) in open {
            let mut sum = self.borrow();
            self.wait_of_call(view, call, &mut sum);
            if sum.is_empty() {
                self.give_back(sum);
            } else {
                self.ends(key, Why { wait: sum, ..Why::default() });
            }
        }
    }

    /// An empty sum.
    pub(super) fn borrow(&mut self) -> Shares {
        self.spare.pop().unwrap_or_default()
    }

    pub(super) fn give_back(&mut self, mut sum: Shares) {
        sum.clear();
        self.spare.push(sum);
    }

    pub(super) fn pair(&self, attempt: &Attempt) -> PairId {
        self.model.sites[attempt.site].pair
    }

    pub(super) fn trace(&mut self, slot: u32) -> &mut AttemptTrace {
        &mut self.attempts[slot as usize]
    }

    /// A call goes on with another attempt, or begins.
    fn call_goes_on(&mut self, now: SimTime, slot: u32, attempts: u32) {
        if self.calls.len() <= slot as usize {
            self.calls.resize_with(slot as usize + 1, CallTrace::default);
        }
        let call = &mut self.calls[slot as usize];
        if attempts <= 1 {
            call.past.clear();
            call.last.clear();
            call.lesser.clear();
        }
        call.backed_off(now);
    }

    fn attempt_begins(&mut self, view: &View<'_>, slot: u32) {
        let attempt = view.attempt(slot);
        if self.attempts.len() <= slot as usize {
            self.attempts.resize_with(slot as usize + 1, AttemptTrace::default);
        }
        self.call_goes_on(view.now, attempt.run.slot, attempt.number);
        let load = match view.call(attempt.run.slot).parent {
            _ if attempt.number > 1 => Load::Retry(self.pair(attempt)),
            Parent::Request(request) => view.request(request).0.surge().map_or(Load::First, Load::Surge),
            Parent::Attempt(above) => {
                let above = &self.attempts[above as usize];
                above.misses.map_or(above.load, Load::Miss)
            }
        };
        let mut delayed = std::mem::take(&mut self.trace(slot).delayed);
        delayed.clear();
        if let Parent::Attempt(above) = view.call(attempt.run.slot).parent {
            let above = &self.attempts[above as usize];
            for held in [&above.delayed, &above.waited, &above.past] {
                delayed.add_all(held);
            }
            if delayed.total() <= self.late {
                delayed.clear();
            }
        }
        let trace = self.trace(slot);
        trace.kept.clear();
        trace.waits_since = view.now;
        trace.answered_at = None;
        trace.delayed = delayed;
        trace.load = load;
        trace.misses = None;
        trace.works_since = None;
        trace.waited.clear();
        trace.past.clear();
        trace.cause.clear();
        trace.lesser.clear();
    }

    /// A wait at the caller is over; there may be another one, for something else.
    fn granted(&mut self, view: &View<'_>, slot: u32) {
        let mut kept = std::mem::take(&mut self.trace(slot).kept);
        self.wait_at_caller(view, slot, &mut kept);
        let trace = self.trace(slot);
        trace.kept = kept;
        trace.waits_since = view.now;
    }

    pub(super) fn thread_taken(&mut self, view: &View<'_>, slot: u32) {
        let attempt = view.attempt(slot);
        if view.now <= attempt.arrived_at {
            return;
        }
        let mut waited = std::mem::take(&mut self.trace(slot).waited);
        self.held_in_line(view, attempt.replica, attempt.arrived_at, &mut waited);
        self.trace(slot).waited = waited;
    }

    fn work_over(&mut self, view: &View<'_>, slot: u32) {
        let mut past = std::mem::take(&mut self.trace(slot).past);
        self.held_at_work(view, slot, &mut past);
        let trace = self.trace(slot);
        trace.past = past;
        trace.works_since = None;
    }

    /// The calls of a step are over: what held the last of them held the thread.
    fn step_over(&mut self, slot: u32, failed: bool) {
        let trace = &mut self.attempts[slot as usize];
        trace.past.add_all(&self.over);
        if failed {
            trace.cause.clone_from(&self.over_failed);
        }
    }

    fn attempt_over(&mut self, view: &View<'_>, slot: u32, outcome: Outcome) {
        if outcome == Outcome::Abandoned {
            return;
        }
        let attempt = view.attempt(slot);
        let (mut sum, mut cause) = (self.borrow(), self.borrow());
        self.wait_of_attempt(view, slot, &mut sum);
        if let Outcome::Failed(failure) = outcome {
            self.failed_by(view, slot, failure, &sum, &mut cause);
            cause.scale_to(1.0);
            cause.date_rest(self.windows.at(view.now));
            self.rest_of_attempt(view, slot, &cause, &mut sum);
        }
        let call = &mut self.calls[attempt.run.slot as usize];
        call.past.add_all(&sum);
        if outcome.is_failed() {
            call.failed(view.now, &cause);
        } else {
            call.last_at = view.now;
        }
        if !outcome.is_failed() && view.counts_as_slow(attempt) {
            cause.add_all(&sum);
            cause.scale_to(1.0);
        }
        if !cause.is_empty() && view.has_memory(attempt.guard) {
            let memory = &mut self.memories[attempt.guard as usize];
            memory.scale_to(memory.total() * MEMORY);
            memory.add_scaled_since(Onset::UNKNOWN, &cause, 1.0);
        }
        let lesser = &self.attempts[slot as usize].lesser;
        if outcome == Outcome::Degraded && !lesser.is_empty() {
            let way = (self.pair(attempt), How::Thread);
            let call = &mut self.calls[attempt.run.slot as usize];
            call.lesser.clear();
            call.lesser.add_linked(lesser, &mut self.chains, way);
        }
        self.give_back(sum);
        self.give_back(cause);
    }

    /// What failed an attempt takes what is left of its time, that of the usual load included, which the twin meets as well;
    /// unless its callee does that by design: then it does so in all worlds, and the time for it is usual.
    fn rest_of_attempt(&self, view: &View<'_>, slot: u32, cause: &Shares, sum: &mut Shares) {
        let root_of = |chain| self.chains.root_of(chain);
        if cause.iter().all(|share| matches!(root_of(share.chain), Root::OwnErrors(_))) {
            return;
        }
        let usual = |chain| matches!(root_of(chain), Root::FirstAttempts(_));
        if !cause.iter().any(|share| usual(share.chain)) {
            sum.retain(|chain| !usual(chain));
        }
        let seconds = (view.now - view.attempt(slot).begun_at).as_secs_f64();
        sum.add_scaled(cause, (seconds - sum.total()).max(INSTANT));
    }

    /// A breaker refused an attempt before there was one: it remembers why.
    fn attempt_refused(&mut self, view: &View<'_>, slot: u32, cause: FailureCause) {
        let call = view.call(slot);
        self.call_goes_on(view.now, slot, call.attempts);
        debug_assert_eq!(cause, FailureCause::BreakerOpen, "nothing else refuses what is not there yet");
        let mut sum = self.borrow();
        self.remembered(call, &mut sum);
        sum.date(self.windows.at(view.now));
        let trace = &mut self.calls[slot as usize];
        trace.past.add_scaled(&sum, INSTANT);
        trace.failed(view.now, &sum);
        self.give_back(sum);
    }

    fn call_over(&mut self, view: &View<'_>, slot: u32, outcome: Outcome) {
        let call = view.call(slot);
        self.over.clear();
        self.over_failed.clear();
        let mut lesser = self.borrow();
        if call.attempts > 0 {
            let trace = &mut self.calls[slot as usize];
            if view.current(call).is_none() {
                trace.backed_off(view.now);
            }
            self.over.add_all(&trace.past);
            if outcome.is_failed() {
                self.over_failed.add_all(&trace.last);
                if self.over.is_empty() {
                    self.over.add_scaled(&trace.last, INSTANT);
                }
            }
            if outcome == Outcome::Degraded {
                let from_below = !trace.lesser.is_empty();
                lesser.add_all(if from_below { &trace.lesser } else { &trace.last });
            }
        }
        match call.parent {
            Parent::Request(request) => self.request_over(view, request, outcome, &lesser),
            Parent::Attempt(above) => {
                let above = &mut self.attempts[above as usize].lesser;
                if above.is_empty() {
                    above.add_all(&lesser);
                }
            }
        }
        self.give_back(lesser);
    }

    fn request_over(&mut self, view: &View<'_>, slot: u32, outcome: Outcome, lesser: &Shares) {
        let (id, probed) = view.request(slot);
        if let Some(replica) = probed {
            if outcome.is_failed() {
                self.probes[replica].clone_from(&self.over_failed);
            }
            return;
        }
        // What comes with a surge has no twin, and nobody asks why it did not end well.
        if id.surge().is_some()
            || outcome == Outcome::Ok && (view.now - id.arrived_at).as_secs_f64() <= self.late
        {
            return;
        }
        let mut why = Why { wait: self.borrow(), failed: self.borrow(), lesser: self.borrow() };
        why.wait.add_all(&self.over);
        why.failed.add_all(&self.over_failed);
        why.lesser.add_all(lesser);
        why.lesser.scale_to(1.0);
        if let Some(step) = self.model.classes[id.class].step
            && step.next.is_some()
            && !outcome.is_answered()
        {
            self.journeys.insert(session(step.journey, id.number), why.clone());
        }
        self.ends(id.key, why);
    }

    /// A request has not ended well. Lines are looked at now and then, and a part of a wait may begin before what is seen in it.
    fn ends(&mut self, request: Key, mut why: Why) {
        for sum in [&mut why.wait, &mut why.lesser] {
            sum.date_from(|chain| self.origins.began(self.chains.root_of(chain)));
        }
        self.ended.push((request, why));
    }

    /// A step of a journey was not made, because one before it had failed.
    fn not_made(&mut self, id: &crate::engine::RequestId) {
        let Some(step) = self.model.classes[id.class].step else { return };
        let session = session(step.journey, id.number);
        let why = if step.next.is_some() {
            self.journeys.get(&session).cloned()
        } else {
            self.journeys.remove(&session)
        };
        if let Some(why) = why {
            self.ends(id.key, why);
        }
    }
}

/// The identity of a user's way through a journey.
fn session(journey: Stream, number: u64) -> u64 {
    mix(journey.0, number)
}

impl Observer for Tracker<'_> {
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        match event {
            ModelEvent::RequestEnded(id, Outcome::Failed(FailureCause::NotMade)) => self.not_made(id),
            // What it is told from here on decides whether it opens again; until then it knows nothing better.
            ModelEvent::BreakerChanged(edge, number, BreakerState::HalfOpen | BreakerState::Closed) => {
                let guard = self.model.edges[*edge].first_guard + number;
                self.memories[guard as usize].scale_to(INSTANT);
            }
            ModelEvent::FaultBegan(id) => {
                self.spare_the_dead(*id);
                self.origins.observe(now, event);
            }
            _ => self.origins.observe(now, event),
        }
    }

    fn turn(&mut self, view: &View<'_>, turn: Turn) {
        match turn {
            Turn::AttemptBegins(slot) => self.attempt_begins(view, slot),
            Turn::WaitsAtCaller(slot) => self.waits_at_caller(view, slot),
            Turn::Granted(slot) => self.granted(view, slot),
            Turn::InLine(slot) => self.joins_line(view, slot),
            Turn::ThreadTaken(slot) => self.thread_taken(view, slot),
            Turn::WorkBegins(slot) => self.trace(slot).works_since = Some(view.now),
            Turn::WorkOver(slot) => self.work_over(view, slot),
            Turn::ColdMiss(slot, cache) => {
                self.trace(slot).misses = Some(self.origins.cooled_by(view.attempt(slot).replica, cache));
            }
            Turn::MissOver(slot) => self.trace(slot).misses = None,
            Turn::StepOver(slot, failed) => self.step_over(slot, failed),
            Turn::Answered(slot, at) => self.trace(slot).answered_at = Some(at),
            Turn::AttemptOver(slot, outcome) => self.attempt_over(view, slot, outcome),
            Turn::AttemptRefused(call, cause) => self.attempt_refused(view, call, cause),
            Turn::CallOver(call, outcome) => self.call_over(view, call, outcome),
            Turn::ProcessDies(id) => self.process_dies(view, id),
            Turn::CachesFlushed(id) => self.caches_flushed(view, id),
            Turn::FaultChanged => self.fault_changed(view),
            Turn::AttemptSent(slot) => self.sent(view, slot),
        }
    }
}
