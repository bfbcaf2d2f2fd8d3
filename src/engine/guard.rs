//! The state of one policy for one caller: breaker, budget, bulkhead, throttle, connections, balancer. Schedules nothing.

use crate::id::EdgeId;
use crate::model::Model;
use crate::policy::{CircuitBreaker, ClientThrottle, InProgress, Permits, RetryBudget};
use crate::random::mix;
use crate::scenario::Policy;
use crate::time::SimTime;

/// What a caller remembers between the calls of an edge.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    /// Whose state it is.
    pub(crate) edge: EdgeId,
    pub(crate) breaker: Option<CircuitBreaker>,
    /// The instant for which the breaker's timer is set.
    pub(crate) breaker_due: Option<SimTime>,
    pub(crate) budget: Option<RetryBudget>,
    pub(crate) bulkhead: Option<Permits<u32>>,
    pub(crate) throttle: Option<ClientThrottle>,
    pub(crate) pool: Option<Permits<u32>>,
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
            breaker: policy.breaker.as_ref().map(|breaker| CircuitBreaker::new(breaker, now)),
            breaker_due: None,
            budget: policy
                .retry
                .as_ref()
                .and_then(|retry| retry.budget.as_ref())
                .map(|b| RetryBudget::new(b, now)),
            bulkhead: policy.bulkhead.map(|b| Permits::new(b.max_concurrent, b.max_wait)),
            throttle: policy.throttle.as_ref().map(|throttle| ClientThrottle::new(throttle, now)),
            pool: policy.pool.map(|pool| Permits::new(pool.size, pool.max_wait)),
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
