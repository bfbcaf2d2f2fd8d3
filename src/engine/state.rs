//! What changes while a simulation runs: plain data, cloned where worlds part. Decides nothing.

mod replica;

pub(crate) use replica::{Deferred, ProbeState, Process, Replica, entries};

use crate::engine::guard::Guard;
use crate::engine::monitor::MonitorBank;
use crate::engine::observer::RequestId;
use crate::engine::response::Response;
use crate::engine::settings::Settings;
use crate::engine::slab::{Handle, Slab};
use crate::failure::{FailureCause, Outcome};
use crate::id::{ClassId, FaultId, IdVec, OperationId, PairId, ReplicaId, ServiceId, SiteId};
use crate::policy::{BreakerPermit, LastAnswers, RateLimiter};
use crate::random::Key;
use crate::time::{SimDuration, SimTime};

/// The whole state of one world, but for what is scheduled.
#[derive(Clone, Debug)]
pub(crate) struct State {
    /// Events handled so far.
    pub(crate) handled: u64,
    pub(crate) requests: Slab<Request>,
    pub(crate) runs: Slab<CallRun>,
    pub(crate) attempts: Slab<Attempt>,
    pub(crate) replicas: IdVec<ReplicaId, Replica>,
    /// Replicas of each service that take requests, in order; what balancers are told.
    pub(crate) ready: IdVec<ServiceId, Vec<ReplicaId>>,
    /// Replicas of each service that its probe believes healthy and that did not sign off to drain, in order; what
    /// balancers with probes go by.
    pub(crate) believed: IdVec<ServiceId, Vec<ReplicaId>>,
    /// None where everybody is let in.
    pub(crate) rate_limits: IdVec<OperationId, Option<Box<RateLimiter>>>,
    /// State of the policies, by edge and replica of the caller.
    pub(crate) guards: Vec<Guard>,
    pub(crate) settings: Settings,
    pub(crate) sources: IdVec<ClassId, Source>,
    /// What comes in addition, of faults that are a surge.
    pub(crate) surges: IdVec<FaultId, Source>,
    /// Whether nobody asks for anything any more.
    pub(crate) closed: bool,
    /// The share of what would arrive that does; 1 unless somebody thins the traffic out.
    pub(crate) kept: f64,
    /// What the callers of each service have at hand as a fallback.
    pub(crate) last_answers: IdVec<ServiceId, LastAnswers>,
    /// Journeys between two steps.
    pub(crate) sessions: Slab<Session>,
    pub(crate) monitors: MonitorBank,
    pub(crate) response: Response,
    /// Faults that fail attempts of a call.
    pub(crate) failing_pairs: Vec<(PairId, FaultId)>,
    /// Restarts under way.
    pub(crate) rollouts: IdVec<ServiceId, Option<RolloutState>>,
}

/// A restart of a service under way.
#[derive(Clone, Debug)]
pub(crate) struct RolloutState {
    /// Replicas whose turn has not come, the next one last.
    pub(crate) waiting: Vec<ReplicaId>,
    /// Replicas that were restarted and are not ready yet.
    pub(crate) under_way: Vec<ReplicaId>,
    /// So many at a time.
    pub(crate) at_once: usize,
    /// How long each may finish what it has.
    pub(crate) drain: Option<SimDuration>,
}

/// Arrivals of a class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    /// Root of the class's draws; the steps of a journey have the same.
    pub(crate) key: Key,
    /// Requests that have arrived.
    pub(crate) count: u64,
    /// Arrivals of the unit-rate process so far: the sum of its unit gaps.
    pub(crate) target: f64,
    /// Piece of the rate profile that the last arrival lay in.
    pub(crate) hint: usize,
}

impl Source {
    /// Nothing has arrived yet.
    pub(crate) const fn new(key: Key) -> Self {
        Self { key, count: 0, target: 0.0, hint: 0 }
    }
}

/// A user between two steps of a journey.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session {
    /// The class of the next step.
    pub(crate) next: ClassId,
    /// Which of its sessions it is.
    pub(crate) number: u64,
    pub(crate) user: u64,
    /// Whether an earlier step of it failed: nothing more of it is made.
    pub(crate) broken: bool,
}

/// A request under way, or with zombie attempts left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) id: RequestId,
    /// Attempts that exist on its behalf.
    pub(crate) attempts: u32,
    pub(crate) ended: bool,
    /// The replica that it asks, if it is a deep probe.
    pub(crate) probes: Option<ReplicaId>,
}

/// What a call answers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parent {
    /// The request whose first call it is.
    Request(u32),
    /// The attempt whose thread waits for it.
    Attempt(u32),
}

/// A call under way: one or more attempts, one after another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallRun {
    pub(crate) parent: Parent,
    pub(crate) request: u32,
    pub(crate) site: SiteId,
    pub(crate) key: Key,
    /// Position of the policy's state.
    pub(crate) guard: u32,
    /// The replica that makes the call; none for a traffic class.
    pub(crate) caller: Option<ReplicaId>,
    pub(crate) begun_at: SimTime,
    /// Attempts made.
    pub(crate) attempts: u32,
    /// The last backoff, and the failure it followed.
    pub(crate) waited: SimDuration,
    pub(crate) failed_by: FailureCause,
    /// Whether it is being tried again: from the decision to the outcome of that retry.
    pub(crate) retrying: bool,
    /// The attempt that is waited for.
    pub(crate) current: Handle,
    /// Permission for the whole call, if retries happen inside the breaker.
    pub(crate) permit: Option<BreakerPermit>,
    /// Sequence number of the pending retry or fallback; 0 for none.
    pub(crate) retry_event: u64,
    /// Sequence number of the deadline; 0 for none.
    pub(crate) deadline_event: u64,
    pub(crate) deadline: SimTime,
    /// The next call of the same parent.
    pub(crate) sibling: u32,
}

/// Where an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// With its caller, waiting for a permit of the bulkhead.
    AwaitsPermit,
    /// With its caller, which is throttled, until its turn or its refusal.
    AwaitsTurn,
    /// With its caller, waiting for a connection.
    AwaitsConnection,
    /// On the network to its replica.
    Underway,
    /// In the replica's queue.
    Queued,
    /// On a thread of the replica.
    Running,
    /// Its reply is on the network, or waits for a paused caller.
    Replying,
    /// Dropped without an answer.
    Lost,
}

/// One try of one call.
#[expect(clippy::struct_excessive_bools, reason = "independent facts of one attempt")]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt {
    pub(crate) key: Key,
    pub(crate) request: u32,
    pub(crate) run: Handle,
    pub(crate) site: SiteId,
    pub(crate) guard: u32,
    pub(crate) caller: Option<ReplicaId>,
    pub(crate) number: u32,
    pub(crate) begun_at: SimTime,
    /// Whether the caller still waits for it; if not, it is a zombie.
    pub(crate) awaited: bool,
    /// Whether it was canceled; it is dropped where it is found.
    pub(crate) canceled: bool,
    pub(crate) has_permit: bool,
    pub(crate) has_connection: bool,
    /// Whether the balancer counts it as in flight.
    pub(crate) counted: bool,
    /// Whether it left its caller.
    pub(crate) sent: bool,
    pub(crate) permit: Option<BreakerPermit>,
    /// Sequence number of its timeout; 0 for none.
    pub(crate) timeout_event: u64,
    /// Sequence number of the event that moves it on; 0 for none.
    pub(crate) event: u64,
    pub(crate) place: Place,
    pub(crate) replica: ReplicaId,
    /// When it reached the replica.
    pub(crate) arrived_at: SimTime,
    /// When it took a thread.
    pub(crate) started_at: SimTime,
    /// Its place among the replica's threads.
    pub(crate) thread: u32,
    /// Its next instruction.
    pub(crate) pc: u32,
    /// When its work ends; meaningful while `working` or `delayed`.
    pub(crate) work_ends: SimTime,
    pub(crate) working: bool,
    /// Whether it is held up before its first step until `work_ends`, whatever the speed of the replica.
    pub(crate) delayed: bool,
    /// Its calls under way, a list through `sibling`.
    pub(crate) calls: u32,
    /// Of a call step: calls not ended, and successes still needed.
    pub(crate) outstanding: u32,
    pub(crate) needed: u32,
    /// Whether the answer of a call was degraded.
    pub(crate) degraded: bool,
    /// Whether the calls of a step are still being made.
    pub(crate) launching: bool,
    /// What its caller will be told.
    pub(crate) reply: Outcome,
}

/// The end of a list of calls.
pub(crate) const NO_CALL: u32 = u32::MAX;
