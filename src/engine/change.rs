//! Settings that change while a run goes on, and what becomes of what is under way.
//!
//! A change rules what is decided from then on. Timers that are armed stay armed, what is queued stays queued, and a
//! call that waits to be tried again is decided again when it wakes. A mechanism whose numbers change keeps its state;
//! one that is replaced, or was not there, starts fresh and counts nothing of what is under way already.

use std::mem::discriminant;
use std::ops::Range;

use crate::engine::event::Event;
use crate::engine::guard::{Gates, new_breaker, new_budget, new_throttle, no_attempts};
use crate::engine::observer::{ModelEvent, Observer};
use crate::engine::simulation::Engine;
use crate::engine::state::{Attempt, State};
use crate::engine::terms::{CallTerms, ServiceTerms};
use crate::id::{ChangeId, EdgeId, ServiceId};
use crate::model::Changed;
use crate::policy::{BreakerState, CircuitBreaker, Permits};
use crate::scenario::Policy;
use crate::time::SimDuration;

impl<O: Observer> Engine<'_, O> {
    /// Puts a change in force, now.
    pub(crate) fn apply_change(&mut self, id: ChangeId) {
        let model = self.model;
        self.emit(ModelEvent::SettingChanged(id));
        match &model.changes[id].what {
            Changed::Service(service, patch) => {
                patch.apply(&mut self.state.settings.services[*service]);
                self.line_changed(*service);
                self.service_changed(*service);
                self.limits_set(*service, patch);
            }
            Changed::Calls(edges) => {
                for (edge, patch) in edges {
                    let policy = &mut self.state.settings.policies[*edge];
                    let before = policy.clone();
                    patch.apply(policy);
                    let after = policy.clone();
                    self.policy_changed(*edge, &before, &after);
                }
            }
        }
    }

    /// Those who wait are brought into the order that rules from now on.
    fn line_changed(&mut self, id: ServiceId) {
        let State { settings, replicas, attempts, requests, .. } = &mut *self.state;
        let queue = settings.services[id].queue;
        let class = |slot: u32| requests[attempts[slot].request].id.class;
        for replica in self.model.services[id].replica_ids() {
            replicas[replica].queue.reorder(queue, |slot| self.model.classes[class(slot)].priority);
        }
    }

    /// New threads take from the queue at once; of fewer, those that are busy finish what they have. A replica that
    /// uses more memory than it may from now on is killed.
    fn service_changed(&mut self, id: ServiceId) {
        let settings = &mut self.state.settings;
        let terms = ServiceTerms::of(&settings.services[id]);
        settings.most_threads[id] = settings.most_threads[id].max(terms.threads);
        for replica in self.model.services[id].replica_ids() {
            let state = &mut self.state.replicas[replica];
            state.terms = terms;
            let may_begin = state.queue_length > 0 && state.threads.len() < terms.threads as usize;
            if may_begin && !state.dispatch_scheduled {
                state.dispatch_scheduled = true;
                self.events.schedule_now(Event::Dispatch(replica));
            }
            self.weigh(replica);
        }
    }

    /// Brings the states of an edge in line with its policy.
    fn policy_changed(&mut self, id: EdgeId, before: &Policy, after: &Policy) {
        let edge = &self.model.edges[id];
        let guards = edge.first_guard..edge.first_guard + edge.guard_count(&self.model.services);
        for guard in guards.clone() {
            self.breaker_changes(guard, after);
            self.budget_changes(guard, after);
            self.throttle_changes(guard, after);
            let bulkhead = after.bulkhead.map(|bulkhead| (bulkhead.max_concurrent, bulkhead.max_wait));
            self.places_change(guard, bulkhead, |gates| &mut gates.bulkhead, |slot| &mut slot.has_permit);
            let pool = after.pool.map(|pool| (pool.size, pool.max_wait));
            self.places_change(guard, pool, |gates| &mut gates.pool, |slot| &mut slot.has_connection);
            let state = &mut self.state.guards[guard as usize];
            state.terms = CallTerms::of(after);
            if after.balancer.counts() && state.in_flight.is_empty() {
                state.in_flight = no_attempts(self.model.services[edge.callee].replicas);
            }
        }
        self.forget_what_is_gone(&guards, before, after);
    }

    /// What a breaker, a bulkhead or a pool has given that is no more: the next one there is not told of it.
    fn forget_what_is_gone(&mut self, guards: &Range<u32>, before: &Policy, after: &Policy) {
        let flavor = |policy: &Policy| policy.breaker.as_ref().map(discriminant);
        let breaker = flavor(before) != flavor(after);
        let bulkhead = before.bulkhead.is_some() && after.bulkhead.is_none();
        let pool = before.pool.is_some() && after.pool.is_none();
        if !breaker && !bulkhead && !pool {
            return;
        }
        for attempt in self.state.attempts.values_mut().filter(|attempt| guards.contains(&attempt.guard)) {
            attempt.permit = attempt.permit.filter(|_| !breaker);
            attempt.has_permit &= !bulkhead;
            attempt.has_connection &= !pool;
        }
        for run in self.state.runs.values_mut().filter(|run| guards.contains(&run.guard)) {
            run.permit = run.permit.filter(|_| !breaker);
        }
    }

    /// A breaker gets other numbers, or another one takes its place.
    fn breaker_changes(&mut self, guard: u32, policy: &Policy) {
        let now = self.now();
        let state = &mut self.state.guards[guard as usize];
        let before = state.breaker.as_deref().map_or(BreakerState::Closed, CircuitBreaker::state);
        let kept = match (&mut state.breaker, &policy.breaker) {
            (Some(breaker), Some(settings)) => breaker.reconfigure(settings, now),
            _ => false,
        };
        if !kept {
            state.breaker = new_breaker(policy, now);
        }
        let after = state.breaker.as_deref().map_or(BreakerState::Closed, CircuitBreaker::state);
        self.breaker_changed(guard, before, after);
    }

    /// A budget gets other numbers, or another one takes its place.
    fn budget_changes(&mut self, guard: u32, policy: &Policy) {
        let now = self.now();
        let settings = policy.retry.as_ref().and_then(|retry| retry.budget.as_ref());
        let budget = &mut self.state.guards[guard as usize].budget;
        let kept = match (&mut *budget, settings) {
            (Some(budget), Some(settings)) => budget.reconfigure(settings, now),
            _ => false,
        };
        if !kept {
            *budget = new_budget(policy, now);
        }
    }

    /// A throttle gets other numbers, or another one takes its place. Who waits for a turn keeps it.
    fn throttle_changes(&mut self, guard: u32, policy: &Policy) {
        let now = self.now();
        let gates = &mut self.state.guards[guard as usize].gates;
        if gates.is_none() && policy.throttle.is_none() {
            return;
        }
        let throttle = &mut gates.get_or_insert_default().throttle;
        let kept = match (&mut *throttle, &policy.throttle) {
            (Some(throttle), Some(settings)) => throttle.reconfigure(settings, now),
            _ => false,
        };
        if !kept {
            *throttle = new_throttle(policy, now);
        }
    }

    /// A bulkhead or a pool gets another size, comes, or goes. `holds` is where an attempt notes that it has a place.
    fn places_change(
        &mut self,
        guard: u32,
        to: Option<(u32, SimDuration)>,
        places: fn(&mut Gates) -> &mut Option<Permits<u32>>,
        holds: fn(&mut Attempt) -> &mut bool,
    ) {
        let gates = &mut self.state.guards[guard as usize].gates;
        if gates.is_none() && to.is_none() {
            return;
        }
        let places = places(gates.get_or_insert_default());
        match (&mut *places, to) {
            (Some(permits), Some((capacity, max_wait))) => {
                for slot in permits.reconfigure(capacity, max_wait) {
                    *holds(&mut self.state.attempts[slot]) = true;
                    self.grant(slot);
                }
            }
            (None, to) => *places = to.map(|(capacity, max_wait)| Permits::new(capacity, max_wait)),
            (Some(_), None) => {
                let waiting = places.take().into_iter().flat_map(Permits::into_waiting);
                waiting.for_each(|slot| self.grant(slot));
            }
        }
    }

    /// Lets an attempt go on that waited for a permit or connection.
    fn grant(&mut self, slot: u32) {
        self.state.attempts[slot].event = self.events.schedule_now(Event::Granted(slot));
    }
}
