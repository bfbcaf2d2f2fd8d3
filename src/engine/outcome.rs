//! The caller's side of an outcome: what is recorded, what is tried again, and how a call ends.
//!
//! The path of a reply reads from top to bottom: `deliver`, `settle`, `attempt_failed`, `call_ended`, `conclude`.

use crate::engine::event::Event;
use crate::engine::fallback::Stage;
use crate::engine::guard::Guard;
use crate::engine::observer::{AttemptId, ModelEvent, Observer};
use crate::engine::simulation::Engine;
use crate::engine::slab::Handle;
use crate::engine::state::{Attempt, CallRun, NO_CALL, Parent, Place};
use crate::engine::terms::CallTerms;
use crate::engine::view::Turn;
use crate::failure::{FailureCause, Outcome};
use crate::id::SiteId;
use crate::policy::{
    self, BreakerPermit, BreakerState, CircuitBreaker, FailedAttempt, GiveUpReason, RetryDecision,
};
use crate::random::Stream;
use crate::scenario::{Cancel, LateReply, Policy};
use crate::time::{SimDuration, SimTime};

const BACKOFF: Stream = Stream::named("backoff");

impl<O: Observer> Engine<'_, O> {
    /// The reply of an attempt reaches its caller.
    pub(crate) fn deliver(&mut self, slot: u32) {
        let attempt = &mut self.state.attempts[slot];
        attempt.event = 0;
        let (run, guard, outcome) = (attempt.run, attempt.guard, attempt.reply);
        if attempt.awaited {
            self.settle(slot, outcome);
            self.forget_attempt(slot);
            self.attempt_settled(run.slot, outcome);
            return;
        }
        self.forget_attempt(slot);
        let accepts = self.state.guards[guard as usize].terms.late_reply == LateReply::Accept;
        if accepts && outcome.is_answered() && self.state.runs.is_live(run) {
            self.call_ended(run.slot, outcome);
        }
    }

    /// The timeout of an attempt has passed.
    pub(crate) fn timed_out(&mut self, slot: u32) {
        self.give_up(slot, FailureCause::Timeout);
    }

    /// The deadline of a call has passed, during an attempt or a backoff.
    pub(crate) fn deadline_passed(&mut self, slot: u32) {
        self.state.runs[slot].deadline_event = 0;
        let current = self.state.runs[slot].current;
        if self.state.attempts.is_live(current) && self.state.attempts[current.slot].awaited {
            self.settle(current.slot, Outcome::Failed(FailureCause::Deadline));
            self.release_callee(current.slot);
        }
        self.call_failed(slot, FailureCause::Deadline);
    }

    /// A caller stops waiting for an attempt and decides what to do next.
    fn give_up(&mut self, slot: u32, cause: FailureCause) {
        let run = self.state.attempts[slot].run;
        self.settle(slot, Outcome::Failed(cause));
        self.release_callee(slot);
        self.attempt_settled(run.slot, Outcome::Failed(cause));
    }

    /// The caller refuses to send an attempt: no permit, no turn, no connection.
    pub(crate) fn refuse(&mut self, slot: u32, cause: FailureCause) {
        let run = self.state.attempts[slot].run;
        self.settle(slot, Outcome::Failed(cause));
        self.forget_attempt(slot);
        self.attempt_settled(run.slot, Outcome::Failed(cause));
    }

    /// The breaker refuses an attempt before it exists.
    pub(crate) fn refuse_unsent(&mut self, run: u32, cause: FailureCause) {
        self.turn(Turn::AttemptRefused(run, cause));
        let run = self.state.runs[run];
        let id = AttemptId {
            key: run.key.nth(u64::from(run.attempts)),
            request: self.state.requests[run.request].id,
            site: run.site,
            number: run.attempts,
            begun_at: self.now(),
        };
        self.emit(ModelEvent::AttemptRefused(id, Outcome::Failed(cause)));
    }

    /// Ends an attempt for its caller: gives back what it held, tells the breaker, and tells those who watch.
    fn settle(&mut self, slot: u32, outcome: Outcome) {
        self.turn(Turn::AttemptOver(slot, outcome));
        let id = self.attempt_id(slot);
        self.give_back(slot);
        let attempt = &mut self.state.attempts[slot];
        attempt.awaited = false;
        attempt.timeout_event = 0;
        let (guard, sent, permit) = (attempt.guard, attempt.sent, attempt.permit);
        let now = self.events.now();
        let held = &mut self.state.guards[guard as usize];
        held.in_progress.attempts -= 1;
        if sent && let Some(throttle) = held.throttle() {
            throttle.on_outcome(outcome, now);
        }
        if let Some(permit) = permit {
            self.tell_breaker(guard, permit, outcome, id.begun_at);
        }
        if sent {
            self.emit(ModelEvent::AttemptEnded(id, outcome));
        } else {
            self.emit(ModelEvent::AttemptRefused(id, outcome));
        }
    }

    /// Gives back the permit and the connection of an attempt, and leaves the queues for them.
    fn give_back(&mut self, slot: u32) {
        self.stop_waiting_for_permits(slot);
        let attempt = &mut self.state.attempts[slot];
        if !(attempt.has_permit || attempt.has_connection || attempt.counted) {
            return;
        }
        let (had_permit, had_connection) = (attempt.has_permit, attempt.has_connection);
        (attempt.has_permit, attempt.has_connection) = (false, false);
        let (guard, replica, counted) = (attempt.guard as usize, attempt.replica, attempt.counted);
        attempt.counted = false;
        if counted {
            let number = self.model.replicas[replica].number as usize;
            self.state.guards[guard].in_flight[number] -= 1;
        }
        if had_connection
            && let Some(next) = self.state.guards[guard].pool().and_then(policy::Permits::release)
        {
            self.state.attempts[next].has_connection = true;
            self.state.attempts[next].event = self.events.schedule_now(Event::Granted(next));
        }
        if had_permit
            && let Some(next) = self.state.guards[guard].bulkhead().and_then(policy::Permits::release)
        {
            self.state.attempts[next].has_permit = true;
            self.state.attempts[next].event = self.events.schedule_now(Event::Granted(next));
        }
    }

    /// Takes an attempt out of the line for a permit or connection, if it stands in one.
    pub(crate) fn stop_waiting_for_permits(&mut self, slot: u32) {
        let attempt = &self.state.attempts[slot];
        let waits_for: fn(&mut Guard) -> Option<&mut policy::Permits<u32>> = match attempt.place {
            Place::AwaitsPermit if !attempt.has_permit => Guard::bulkhead,
            Place::AwaitsConnection if !attempt.has_connection => Guard::pool,
            _ => return,
        };
        if let Some(permits) = waits_for(&mut self.state.guards[attempt.guard as usize]) {
            permits.abandon(slot);
        }
    }

    /// Goes on with a call whose attempt has ended.
    fn attempt_settled(&mut self, run: u32, outcome: Outcome) {
        match outcome {
            Outcome::Failed(cause) => self.attempt_failed(run, cause),
            Outcome::Ok | Outcome::Degraded | Outcome::Abandoned => self.call_ended(run, outcome),
        }
    }

    /// Decides whether a failed attempt is tried again.
    pub(crate) fn attempt_failed(&mut self, slot: u32, cause: FailureCause) {
        let now = self.now();
        self.retry_over(slot);
        let run = self.state.runs[slot];
        let policy = &self.state.settings.policies[self.model.sites[run.site].edge];
        let guard = &mut self.state.guards[run.guard as usize];
        if let Some(budget) = &mut guard.budget
            && policy.retry.as_ref().is_some_and(|retry| policy::is_retryable(retry, cause))
        {
            budget.on_retryable_failure();
        }
        if run.attempts == 1 && guard.terms.falls_back && self.has_fallback(slot, Stage::FirstFailure) {
            return self.call_failed(slot, cause);
        }
        let policy = &self.state.settings.policies[self.model.sites[run.site].edge];
        let guard = &mut self.state.guards[run.guard as usize];
        let uniform = |retry| run.key.nth(u64::from(retry)).uniform(BACKOFF);
        let wait = policy.retry.as_ref().map_or(SimDuration::ZERO, |retry| {
            policy::delay(retry.backoff, retry.jitter, run.attempts, run.waited, uniform)
        });
        // If no time is left for another attempt the caller knows, and neither waits for the deadline nor spends a token.
        let in_time = now + wait < run.deadline;
        let failed = FailedAttempt { number: run.attempts, cause, at: now, in_progress: guard.in_progress };
        if !in_time {
            return self.call_failed(slot, cause);
        }
        if let RetryDecision::GiveUp(why) =
            policy::decide(policy.retry.as_ref(), failed, guard.budget.as_deref_mut())
        {
            if why == GiveUpReason::BudgetExhausted {
                self.emit(ModelEvent::RetryDenied(run.site, self.state.requests[run.request].id));
            }
            return self.call_failed(slot, cause);
        }
        guard.in_progress.retries += 1;
        let run = &mut self.state.runs[slot];
        run.waited = wait;
        run.failed_by = cause;
        run.retrying = true;
        run.retry_event = self.events.schedule(now + wait, Event::Retry(slot));
    }

    /// The retry of a call under way, if there is one, has its outcome, or will not be made.
    fn retry_over(&mut self, slot: u32) {
        let run = &mut self.state.runs[slot];
        if std::mem::take(&mut run.retrying) {
            self.state.guards[run.guard as usize].in_progress.retries -= 1;
        }
    }

    /// A backoff is over. Whether there are retries at all is decided again, since the policy may have changed; the
    /// budget has been asked.
    pub(crate) fn retry(&mut self, slot: u32) {
        let run = self.state.runs[slot];
        let in_progress = self.state.guards[run.guard as usize].in_progress;
        let failed =
            FailedAttempt { number: run.attempts, cause: run.failed_by, at: self.now(), in_progress };
        match policy::decide(self.policy(run.site).retry.as_ref(), failed, None) {
            RetryDecision::Retry => self.next_attempt(slot),
            RetryDecision::GiveUp(_) => self.call_failed(slot, run.failed_by),
        }
    }

    /// Ends a call, as its callee or its failures have it.
    pub(crate) fn call_ended(&mut self, slot: u32, outcome: Outcome) {
        let run = &self.state.runs[slot];
        let guard = &mut self.state.guards[run.guard as usize];
        let may_want_it_again = guard.terms.falls_back && outcome == Outcome::Ok;
        if outcome.is_answered()
            && let Some(budget) = &mut guard.budget
        {
            budget.on_success(run.retrying.then_some(run.failed_by));
        }
        if let Some(permit) = run.permit {
            let (guard, begun_at) = (run.guard, run.begun_at);
            self.tell_breaker(guard, permit, outcome, begun_at);
        }
        if may_want_it_again {
            self.remember(slot);
        }
        self.conclude(slot, outcome);
    }

    /// Tells whoever waits for a call how it ended.
    pub(crate) fn conclude(&mut self, slot: u32, outcome: Outcome) {
        self.turn(Turn::CallOver(slot, outcome));
        let CallRun { parent, sibling, .. } = self.state.runs[slot];
        self.forget_call(slot);
        match parent {
            Parent::Request(request) => self.request_ended(request, outcome),
            Parent::Attempt(parent) => {
                self.unlink_call(parent, slot, sibling);
                self.call_answered(parent, outcome);
            }
        }
    }

    /// Takes a call out of its parent's list.
    fn unlink_call(&mut self, parent: u32, slot: u32, next: u32) {
        let mut at = self.state.attempts[parent].calls;
        if at == slot {
            self.state.attempts[parent].calls = next;
            return;
        }
        while at != NO_CALL {
            let sibling = self.state.runs[at].sibling;
            if sibling == slot {
                self.state.runs[at].sibling = next;
                return;
            }
            at = sibling;
        }
    }

    /// Frees a call; an attempt still waited for is let go.
    fn forget_call(&mut self, slot: u32) {
        let current = self.state.runs[slot].current;
        if self.state.attempts.is_live(current) && self.state.attempts[current.slot].awaited {
            self.let_go(current);
        }
        self.retry_over(slot);
        self.state.runs.remove(slot);
    }

    /// The caller of an attempt stops waiting without an outcome.
    fn let_go(&mut self, attempt: Handle) {
        let slot = attempt.slot;
        self.settle(slot, Outcome::Abandoned);
        self.release_callee(slot);
    }

    /// Abandons all calls under way of an attempt that goes no further.
    pub(crate) fn abandon_calls(&mut self, parent: u32) {
        loop {
            let slot = self.state.attempts[parent].calls;
            if slot == NO_CALL {
                return;
            }
            let run = self.state.runs[slot];
            self.state.attempts[parent].calls = run.sibling;
            if let Some(permit) = run.permit {
                self.tell_breaker(run.guard, permit, Outcome::Abandoned, run.begun_at);
            }
            self.forget_call(slot);
        }
    }

    /// What happens at the callee to an attempt that nobody waits for: nothing, or its cancellation.
    fn release_callee(&mut self, slot: u32) {
        let attempt = &self.state.attempts[slot];
        match attempt.place {
            Place::AwaitsPermit | Place::AwaitsTurn | Place::AwaitsConnection | Place::Lost => {
                self.forget_attempt(slot);
            }
            _ if self.terms(attempt).cancel == Cancel::AtOnce => self.cancel(slot),
            _ => {}
        }
    }

    /// Frees an attempt that nobody knows any more.
    pub(crate) fn forget_attempt(&mut self, slot: u32) {
        let request = self.state.attempts.remove(slot).request;
        self.state.requests[request].attempts -= 1;
        self.request_maybe_drained(request);
    }

    /// Asks the breaker of a call for permission; none if it has no breaker or refuses.
    pub(crate) fn ask_breaker(&mut self, guard: u32) -> Option<BreakerPermit> {
        let now = self.now();
        let breaker = self.state.guards[guard as usize].breaker.as_mut()?;
        let before = breaker.state();
        let permit = breaker.try_acquire(now);
        let after = breaker.state();
        self.breaker_changed(guard, before, after);
        permit
    }

    /// Tells the breaker of a call how something ended that it had permitted.
    pub(crate) fn tell_breaker(
        &mut self,
        guard: u32,
        permit: BreakerPermit,
        outcome: Outcome,
        since: SimTime,
    ) {
        let now = self.now();
        let Some(breaker) = self.state.guards[guard as usize].breaker.as_mut() else { return };
        let before = breaker.state();
        match outcome {
            Outcome::Ok | Outcome::Degraded => breaker.record(permit, now, Ok(()), now - since),
            Outcome::Failed(cause) => breaker.record(permit, now, Err(cause), now - since),
            Outcome::Abandoned => breaker.release(permit, now),
        }
        let after = breaker.state();
        self.breaker_changed(guard, before, after);
    }

    /// A breaker may change by time alone: it is looked at again when it will.
    pub(crate) fn breaker_timer(&mut self, guard: u32) {
        let now = self.now();
        let state = &mut self.state.guards[guard as usize];
        if state.breaker_due <= now {
            state.breaker_due = SimTime::ZERO;
        }
        let Some(breaker) = state.breaker.as_mut() else { return };
        let before = breaker.state();
        breaker.advance(now);
        let after = breaker.state();
        self.breaker_changed(guard, before, after);
    }

    /// A breaker was looked at: sets its timer, if it will now change by time alone at another instant, and tells the
    /// observers if it has changed.
    pub(crate) fn breaker_changed(&mut self, guard: u32, before: BreakerState, after: BreakerState) {
        let state = &mut self.state.guards[guard as usize];
        let next = state.breaker.as_deref().and_then(CircuitBreaker::next_timed_transition);
        if let Some(at) = next.filter(|at| *at != state.breaker_due) {
            state.breaker_due = at;
            self.events.schedule(at, Event::BreakerTimer(guard));
        }
        if before != after {
            let edge = state.edge;
            let number = guard - self.model.edges[edge].first_guard;
            self.emit(ModelEvent::BreakerChanged(edge, number, after));
        }
    }

    /// What the policy of an attempt says, as far as every attempt asks.
    pub(crate) fn terms(&self, attempt: &Attempt) -> &CallTerms {
        &self.state.guards[attempt.guard as usize].terms
    }

    /// The policy in force at a call site.
    pub(crate) fn policy(&self, site: SiteId) -> &Policy {
        &self.state.settings.policies[self.model.sites[site].edge]
    }
}
