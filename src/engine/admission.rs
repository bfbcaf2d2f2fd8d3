//! Who is turned away at the door: rate limits of operations, and shedding by priority.

use crate::engine::observer::Observer;
use crate::engine::simulation::Engine;
use crate::id::{IdVec, OperationId, ServiceId};
use crate::model::{Model, Operation};
use crate::policy::RateLimiter;
use crate::scenario::{Patch, RateLimit, Service};
use crate::time::SimTime;

/// The limiters of all operations, full at the begin of the run; ramps run from T+0 on.
pub(crate) fn limiters(model: &Model) -> IdVec<OperationId, Option<Box<RateLimiter>>> {
    let limiter = |operation: &Operation| {
        let limit = limit_of(&model.services[operation.service].settings, operation);
        let new = || Box::new(RateLimiter::new(&limit, model.origin, SimTime::ZERO));
        (limit != RateLimit::Unlimited).then(new)
    };
    model.operations.iter().map(limiter).collect()
}

/// The limit that a service's settings give an operation of it.
pub(crate) fn limit_of(service: &Service, operation: &Operation) -> RateLimit {
    let written = service.rate_limits.iter().find(|(name, _)| name.value == own_name(operation));
    written.map_or(RateLimit::Unlimited, |(_, limit)| *limit)
}

/// What its service calls an operation.
fn own_name(operation: &Operation) -> &str {
    operation.name.split_once('.').map_or("", |(_, name)| name)
}

impl<O: Observer> Engine<'_, O> {
    /// Whether the rate limit of its operation lets an attempt in, which takes a token. The limiter stands before the
    /// replicas: it answers even if they do not.
    pub(crate) fn rate_limit_admits(&mut self, slot: u32) -> bool {
        let now = self.now();
        let operation = self.model.sites[self.state.attempts[slot].site].operation;
        self.state.rate_limits[operation].as_mut().is_none_or(|limiter| limiter.admits(now))
    }

    /// The settings of a service have changed: limits that were set, be it to what they were, begin to run now.
    pub(crate) fn limits_set(&mut self, service: ServiceId, patch: &Patch<Service>) {
        let now = self.now();
        let settings = &self.state.settings.services[service];
        let offered = self.model.operations.enumerate().filter(|(_, operation)| operation.service == service);
        for (id, operation) in offered {
            if patch.concerns(&["rate_limits", own_name(operation)]) {
                let limiter = &mut self.state.rate_limits[id];
                match (&mut *limiter, limit_of(settings, operation)) {
                    (_, RateLimit::Unlimited) => *limiter = None,
                    (Some(limiter), limit) => limiter.reconfigure(&limit, now),
                    (None, limit) => *limiter = Some(Box::new(RateLimiter::new(&limit, now, now))),
                }
            }
        }
    }

    /// Whether the replica that an attempt has reached sheds it: others wait, and it matters less. A paused process sheds
    /// nothing.
    pub(crate) fn sheds(&self, slot: u32) -> bool {
        let attempt = &self.state.attempts[slot];
        let replica = &self.state.replicas[attempt.replica];
        let rules = &self.state.settings.services[self.model.replicas[attempt.replica].service].shed;
        if replica.is_paused() {
            return false;
        }
        let class = self.state.requests[attempt.request].id.class;
        let priority = self.model.classes[class].priority;
        rules.iter().any(|rule| replica.queue_length >= rule.queue.value && priority < rule.below.value)
    }
}
