//! The state of one policy for one caller: breaker, budget, bulkhead, throttle, connections, balancer. Schedules nothing.
//!
//! Mechanisms lie elsewhere: most callers have few, and what each attempt asks for is in a few lines of the cache.

use crate::distribution::DurationDistribution;
use crate::id::EdgeId;
use crate::model::Model;
use crate::policy::{CircuitBreaker, ClientThrottle, InProgress, Permits, RetryBudget};
use crate::random::mix;
use crate::scenario::{Balancer, Cancel, Detection, LateReply, Policy};
use crate::time::{SimDuration, SimTime};

/// What every attempt asks of its policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Terms {
    pub(crate) timeout: Option<SimDuration>,
    pub(crate) deadline: Option<SimDuration>,
    /// None if it takes no time.
    pub(crate) network: Option<DurationDistribution>,
    pub(crate) balancer: Balancer,
    pub(crate) detection: Detection,
    pub(crate) cancel: Cancel,
    pub(crate) late_reply: LateReply,
    /// Whether retries happen within one permission of the breaker.
    pub(crate) retries_inside: bool,
    pub(crate) falls_back: bool,
}

impl Terms {
    pub(crate) fn of(policy: &Policy) -> Self {
        let none = DurationDistribution::Constant(SimDuration::ZERO);
        Self {
            timeout: policy.timeout,
            deadline: policy.deadline,
            network: Some(policy.network).filter(|network| *network != none),
            balancer: policy.balancer,
            detection: policy.detection,
            cancel: policy.cancel,
            late_reply: policy.late_reply,
            retries_inside: policy.retries_inside(),
            falls_back: policy.fallback.is_some(),
        }
    }
}

/// What a caller remembers between the calls of an edge.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    /// Whose state it is.
    pub(crate) edge: EdgeId,
    /// What holds now.
    pub(crate) terms: Terms,
    pub(crate) breaker: Option<Box<CircuitBreaker>>,
    /// The instant for which the breaker's timer is set.
    pub(crate) breaker_due: Option<SimTime>,
    pub(crate) budget: Option<Box<RetryBudget>>,
    pub(crate) bulkhead: Option<Box<Permits<u32>>>,
    pub(crate) throttle: Option<Box<ClientThrottle>>,
    pub(crate) pool: Option<Box<Permits<u32>>>,
    /// What the caller waits for.
    pub(crate) in_progress: InProgress,
    /// Calls made so far: whose turn it is.
    pub(crate) turn: u32,
    /// Attempts in flight by number of the callee's replica; empty if the balancer does not ask.
    pub(crate) in_flight: Vec<u32>,
}

impl Guard {
    /// The state before the first call.
    ///
    /// Round robin begins at a replica that depends on the caller, so that the callers do not move in step.
    pub(crate) fn new(model: &Model, policy: &Policy, id: EdgeId, caller_number: u32, now: SimTime) -> Self {
        let edge = &model.edges[id];
        let callee_replicas = model.services[edge.callee].replicas;
        let wants_in_flight = policy.balancer.counts();
        Self {
            edge: id,
            terms: Terms::of(policy),
            breaker: new_breaker(policy, now),
            breaker_due: None,
            budget: new_budget(policy, now),
            bulkhead: policy.bulkhead.map(|b| Box::new(Permits::new(b.max_concurrent, b.max_wait))),
            throttle: new_throttle(policy, now),
            pool: policy.pool.map(|pool| Box::new(Permits::new(pool.size, pool.max_wait))),
            in_progress: InProgress::default(),
            turn: (mix(edge.stream.0, u64::from(caller_number)) % u64::from(callee_replicas.max(1))) as u32,
            in_flight: if wants_in_flight { vec![0; callee_replicas as usize] } else { Vec::new() },
        }
    }

    /// All states of all edges, in the order of their positions.
    pub(crate) fn all(model: &Model) -> Vec<Self> {
        let one = |id: EdgeId| {
            let count = model.edges[id].guard_count(&model.services);
            (0..count).map(move |number| Self::new(model, &model.edges[id].policy, id, number, SimTime::ZERO))
        };
        model.edges.ids().flat_map(one).collect()
    }
}

/// The breaker that a policy asks for, closed.
pub(crate) fn new_breaker(policy: &Policy, now: SimTime) -> Option<Box<CircuitBreaker>> {
    policy.breaker.as_ref().map(|settings| Box::new(CircuitBreaker::new(settings, now)))
}

/// The budget that a policy asks for, as it is at first.
pub(crate) fn new_budget(policy: &Policy, now: SimTime) -> Option<Box<RetryBudget>> {
    let settings = policy.retry.as_ref()?.budget.as_ref();
    settings.map(|settings| Box::new(RetryBudget::new(settings, now)))
}

/// The throttle that a policy asks for, as it is at first.
pub(crate) fn new_throttle(policy: &Policy, now: SimTime) -> Option<Box<ClientThrottle>> {
    policy.throttle.as_ref().map(|settings| Box::new(ClientThrottle::new(settings, now)))
}
