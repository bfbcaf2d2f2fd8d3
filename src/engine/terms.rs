//! What every attempt asks of the settings, where it is soon found. Follows each change of them.

use crate::distribution::DurationDistribution;
use crate::scenario::{Balancer, Cancel, Detection, LateReply, Memory, Policy, Queue, Service, WhenFull};
use crate::time::SimDuration;

/// What every attempt asks of its policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CallTerms {
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

impl CallTerms {
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

/// What every attempt asks of the service that it reaches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ServiceTerms {
    pub(crate) contention: f64,
    /// Attempts that its memory holds; none for no bound.
    pub(crate) most_in_memory: Option<u64>,
    pub(crate) threads: u32,
    pub(crate) queue: Queue,
    pub(crate) when_full: WhenFull,
    /// Whether some attempts are turned away while others wait.
    pub(crate) sheds: bool,
}

impl ServiceTerms {
    pub(crate) fn of(service: &Service) -> Self {
        Self {
            contention: service.contention,
            most_in_memory: service.memory.and_then(Memory::most_requests),
            threads: service.threads,
            queue: service.queue,
            when_full: service.when_full,
            sheds: !service.shed.is_empty(),
        }
    }
}
