//! The state of one policy for one caller: breaker, budget, bulkhead, throttle, connections, balancer. Schedules nothing.
//!
//! Mechanisms lie elsewhere: most callers have few, and what each attempt asks for is in two lines of the cache.

use crate::engine::terms::CallTerms;
use crate::id::EdgeId;
use crate::model::Model;
use crate::policy::{CircuitBreaker, ClientThrottle, InProgress, Permits, RetryBudget};
use crate::random::mix;
use crate::scenario::Policy;
use crate::time::SimTime;

/// What a caller remembers between the calls of an edge. In this order in memory: two lines of the cache.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(crate) struct Guard {
    /// What holds now.
    pub(crate) terms: CallTerms,
    /// Whose state it is.
    pub(crate) edge: EdgeId,
    /// Calls made so far: whose turn it is.
    pub(crate) turn: u32,
    /// What the caller waits for.
    pub(crate) in_progress: InProgress,
    pub(crate) budget: Option<Box<RetryBudget>>,
    pub(crate) breaker: Option<Box<CircuitBreaker>>,
    /// The instant for which the breaker's timer is set; zero for none.
    pub(crate) breaker_due: SimTime,
    /// None if nothing ever holds an attempt back.
    pub(crate) gates: Option<Box<Gates>>,
    /// Attempts in flight by number of the callee's replica; empty if the balancer does not ask.
    pub(crate) in_flight: Box<[u32]>,
}

/// What may hold an attempt back at its caller, in this order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gates {
    pub(crate) bulkhead: Option<Permits<u32>>,
    pub(crate) throttle: Option<ClientThrottle>,
    pub(crate) pool: Option<Permits<u32>>,
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
            terms: CallTerms::of(policy),
            edge: id,
            in_progress: InProgress::default(),
            budget: new_budget(policy, now),
            breaker: new_breaker(policy, now),
            breaker_due: SimTime::ZERO,
            gates: Some(Gates::new(policy, now)).filter(Gates::is_any).map(Box::new),
            turn: (mix(edge.stream.0, u64::from(caller_number)) % u64::from(callee_replicas.max(1))) as u32,
            in_flight: if wants_in_flight { no_attempts(callee_replicas) } else { Box::default() },
        }
    }

    /// The gate of concurrent attempts, if there is one.
    pub(crate) fn bulkhead(&mut self) -> Option<&mut Permits<u32>> {
        self.gates.as_deref_mut()?.bulkhead.as_mut()
    }

    /// The gate of attempts over time, if there is one.
    pub(crate) fn throttle(&mut self) -> Option<&mut ClientThrottle> {
        self.gates.as_deref_mut()?.throttle.as_mut()
    }

    /// The gate of connections, if there is one.
    pub(crate) fn pool(&mut self) -> Option<&mut Permits<u32>> {
        self.gates.as_deref_mut()?.pool.as_mut()
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

impl Gates {
    /// Those of a policy, as they are at first.
    fn new(policy: &Policy, now: SimTime) -> Self {
        Self {
            bulkhead: policy
                .bulkhead
                .map(|bulkhead| Permits::new(bulkhead.max_concurrent, bulkhead.max_wait)),
            throttle: new_throttle(policy, now),
            pool: policy.pool.map(|pool| Permits::new(pool.size, pool.max_wait)),
        }
    }

    /// Whether there is one.
    pub(crate) const fn is_any(&self) -> bool {
        self.bulkhead.is_some() || self.throttle.is_some() || self.pool.is_some()
    }
}

/// A balancer's count of attempts in flight at so many replicas: none yet.
pub(crate) fn no_attempts(replicas: u32) -> Box<[u32]> {
    vec![0; replicas as usize].into()
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
pub(crate) fn new_throttle(policy: &Policy, now: SimTime) -> Option<ClientThrottle> {
    policy.throttle.as_ref().map(|settings| ClientThrottle::new(settings, now))
}
