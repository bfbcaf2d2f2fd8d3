//! What a chain of waits ends at.

use crate::id::{FaultId, OperationId, PairId, ServiceId};

/// Something that holds others up and waits for nothing itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    /// An injected fault: what it paused, slowed, delayed, failed or killed.
    Fault(FaultId),
    /// Overload made of retries: of this call, or of what they called in turn.
    Retries(PairId),
    /// Overload made of calls that warm caches of this service would have spared, or one of them.
    ColdCaches(ServiceId),
    /// Overload made of first attempts: more than the service can do.
    FirstAttempts(ServiceId),
    /// Processes of the service were killed for the memory that they used, or are not back since.
    OutOfMemory(ServiceId),
    /// Processes of the service were restarted by people or automation.
    Restart(ServiceId),
    /// A rate limit.
    RateLimit(OperationId),
    /// Replicas of the service were taken out of rotation, and nobody knows why.
    OutOfRotation(ServiceId),
    /// The service answers with an error by what it was asked to do.
    OwnErrors(ServiceId),
    /// The service took its time, although nothing held it: the wait was shorter than its work.
    Work(ServiceId),
    /// Nothing was found.
    Unknown,
}
