//! What answers in place of a callee: the last good answer, or a default. Neither takes time.

use crate::engine::event::Event;
use crate::engine::observer::{ModelEvent, Observer};
use crate::engine::simulation::Engine;
use crate::engine::state::CallRun;
use crate::failure::{FailureCause, Outcome};
use crate::id::{EdgeId, IdVec, ServiceId};
use crate::model::Model;
use crate::policy::LastAnswers;
use crate::random::Key;
use crate::scenario::{Access, Fallback, FallbackTime, Policy};
use crate::time::SimDuration;

/// Where a call stands when its fallback is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing was sent yet.
    Before,
    /// The first attempt has failed.
    FirstFailure,
    /// It will not be tried again.
    End,
}

/// The stores of last answers, one for each service whose callers may want them.
pub(crate) fn last_answers(model: &Model, policies: &IdVec<EdgeId, Policy>) -> IdVec<ServiceId, LastAnswers> {
    let mut longest: IdVec<ServiceId, SimDuration> =
        model.services.iter().map(|_| SimDuration::ZERO).collect();
    for (id, edge) in model.edges.enumerate() {
        if let Some(Fallback::Cached { max_age, .. }) = policies[id].fallback {
            longest[edge.callee] = longest[edge.callee].max(max_age);
        }
    }
    longest.iter().map(|age| LastAnswers::new(*age)).collect()
}

impl<O: Observer> Engine<'_, O> {
    /// Answers a call that is about to begin, if it need not be made.
    pub(crate) fn answer_before(&mut self, slot: u32) -> bool {
        let spared = self.has_fallback(slot, Stage::Before);
        if spared {
            self.schedule_fallback(slot);
        }
        spared
    }

    /// A call has failed: its fallback answers, if it has one at hand.
    pub(crate) fn call_failed(&mut self, slot: u32, cause: FailureCause) {
        let failed = Outcome::Failed(cause);
        if !self.has_fallback(slot, Stage::End) {
            return self.call_ended(slot, failed);
        }
        // The fallback is outside of the breaker, which therefore sees the failure.
        let run = &mut self.state.runs[slot];
        let (permit, guard, begun_at) = (run.permit.take(), run.guard, run.begun_at);
        if let Some(permit) = permit {
            self.tell_breaker(guard, permit, failed, begun_at);
        }
        self.schedule_fallback(slot);
    }

    /// Through the event list, so that an operation of many such calls cannot recurse.
    fn schedule_fallback(&mut self, slot: u32) {
        let event = self.events.schedule_now(Event::FallBack(slot));
        let run = &mut self.state.runs[slot];
        run.retry_event = event;
        run.deadline_event = 0;
    }

    /// A fallback answers a call.
    pub(crate) fn fall_back(&mut self, slot: u32) {
        let run = self.state.runs[slot];
        let outcome = if run.attempts == 0 { Outcome::Ok } else { Outcome::Degraded };
        let edge = self.model.sites[run.site].edge;
        self.emit(ModelEvent::FellBack(edge, run.key, outcome));
        self.conclude(slot, outcome);
    }

    /// Whether a call has something to answer with at this stage.
    pub(crate) fn has_fallback(&self, slot: u32, stage: Stage) -> bool {
        let CallRun { site, guard, .. } = &self.state.runs[slot];
        if !self.state.guards[*guard as usize].terms.falls_back {
            return false;
        }
        let Some(fallback) = &self.policy(*site).fallback else { return false };
        let (Fallback::Cached { when, .. } | Fallback::Fixed { when }) = fallback;
        let is_time = match stage {
            Stage::Before => *when == FallbackTime::BeforeCall,
            Stage::FirstFailure => *when == FallbackTime::InsteadOfRetry,
            Stage::End => *when != FallbackTime::BeforeCall,
        };
        is_time
            && match fallback {
                Fallback::Fixed { .. } => true,
                Fallback::Cached { max_age, writes, .. } => {
                    self.answer_key(slot, *writes).is_some_and(|(service, key)| {
                        self.state.last_answers[service].has(key, *max_age, self.now())
                    })
                }
            }
    }

    /// Keeps a good answer, if the call may want it again.
    pub(crate) fn remember(&mut self, slot: u32) {
        let site = self.state.runs[slot].site;
        let Some(Fallback::Cached { max_age, writes, .. }) = self.policy(site).fallback else { return };
        let Some((service, key)) = self.answer_key(slot, writes) else { return };
        let now = self.now();
        let answers = &mut self.state.last_answers[service];
        answers.keep(max_age);
        answers.put(key, now);
    }

    /// Where the answer of a call is kept; none if its request writes and only reads are kept.
    fn answer_key(&self, slot: u32, writes: bool) -> Option<(ServiceId, Key)> {
        let run = &self.state.runs[slot];
        let request = &self.state.requests[run.request].id;
        if !writes && self.model.classes[request.class].access == Access::Write {
            return None;
        }
        let operation = &self.model.operations[self.model.sites[run.site].operation];
        let key = Key(operation.stream.0).nth(request.user);
        // What probes ask they ask for no user.
        let class = &self.model.classes[request.class];
        let key = if class.probes.is_some() { key.child(class.stream) } else { key };
        Some((operation.service, key))
    }
}
