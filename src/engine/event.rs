//! Everything that can be scheduled: a closed set, matched in one place. Slots are positions in the engine's slabs.

use crate::id::{ClassId, FaultId, MonitorId, ReplicaId};

/// Something scheduled at a simulated time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The next request of a class arrives.
    Arrival(ClassId),
    /// The next request of a surge arrives.
    Surge(FaultId),
    /// A user has thought, and takes the next step of a journey.
    Visit(u32),
    /// An attempt has crossed the network to its replica.
    Arrive(u32),
    /// An attempt that waited got its permit, its turn or its connection.
    Granted(u32),
    /// An attempt has waited for a permit, a turn or a connection as long as it may.
    WaitOver(u32),
    /// The work of an attempt is done.
    WorkDone(u32),
    /// The reply of an attempt has crossed the network back.
    Reply(u32),
    /// The timeout of an attempt.
    Timeout(u32),
    /// The next attempt of a call, after its backoff.
    Retry(u32),
    /// A fallback answers a call.
    FallBack(u32),
    /// The deadline of a call.
    Deadline(u32),
    /// A breaker changes by time alone.
    BreakerTimer(u32),
    /// Threads of a replica became free while attempts wait.
    Dispatch(ReplicaId),
    /// A dead process is started again.
    Start(ReplicaId),
    /// A process uses more memory than it may.
    OutOfMemory(ReplicaId),
    /// A draining replica has finished, or has had its time.
    DrainOver(ReplicaId),
    /// A starting replica is ready.
    Ready(ReplicaId),
    /// A replica is probed.
    Probe(ReplicaId),
    /// A probe was not answered in time.
    ProbeTimeout(ReplicaId),
    /// A deep probe was answered, well or not.
    ProbeAnswered(ReplicaId, bool),
    /// A monitor takes a reading.
    Scrape(MonitorId),
    /// The person on call goes on.
    Person,
    /// Somebody who carries out a procedure goes on.
    Work(u32),
    /// A fault begins.
    FaultBegins(FaultId),
    /// A fault ends.
    FaultEnds(FaultId),
}
