//! The model: a scenario in dense, immutable form. Names stay only for those who report; the engine reads ids.

use crate::distribution::DurationDistribution;
use crate::id::{
    ChangeId, ClassId, EdgeId, FaultId, IdVec, MonitorId, OperationId, PairId, ReplicaId, ServiceId, SiteId,
};
use crate::model::changes::Change;
use crate::model::{ArrivalRate, Response};
use crate::random::Stream;
use crate::scenario::{self, Access, Alert, Effect, Join, Limits, Policy, Reading, Slo};
use crate::time::{SimDuration, SimTime};

/// Everything a simulation needs to know, and nothing that changes while it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The root of all draws.
    pub seed: u64,
    /// The end of the warm-up: T+0.
    pub origin: SimTime,
    /// The end of the run.
    pub end: SimTime,
    /// Services, in the order of the scenario.
    pub services: IdVec<ServiceId, Service>,
    /// All copies of all services; those of one service are neighbors.
    pub replicas: IdVec<ReplicaId, Replica>,
    /// Operations of all services.
    pub operations: IdVec<OperationId, Operation>,
    /// The steps of all operations, flattened.
    pub program: Vec<Instruction>,
    /// Where calls are made.
    pub sites: IdVec<SiteId, CallSite>,
    /// Callers and callees under one policy.
    pub edges: IdVec<EdgeId, Edge>,
    /// Callers and callees as people see them.
    pub pairs: IdVec<PairId, Pair>,
    /// Traffic classes.
    pub classes: IdVec<ClassId, Class>,
    /// Faults, in the order of the scenario.
    pub faults: IdVec<FaultId, Fault>,
    /// Monitors.
    pub monitors: IdVec<MonitorId, Monitor>,
    /// What the response may change, in the order of the scenario.
    pub changes: IdVec<ChangeId, Change>,
    /// What people and automation would do.
    pub response: Response,
    /// When a runaway run is stopped.
    pub limits: Limits,
}

/// A service.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Its name, hashed: enters keys and digests.
    pub stream: Stream,
    /// Its first replica.
    pub first_replica: ReplicaId,
    /// Number of its replicas.
    pub replicas: u32,
    /// The service as written, without its operations: what a run begins with, and may change in a copy of its own.
    pub settings: scenario::Service,
    /// Edges on which it calls others.
    pub calls_out: Vec<EdgeId>,
    /// The names of its caches, hashed, in the order of its settings.
    pub caches: Vec<Stream>,
    /// The class of its deep probes, if it has any.
    pub probed_by: Option<ClassId>,
}

impl Model {
    /// Whether the requests of a class are deep probes: load, but no traffic.
    pub fn is_probe(&self, class: ClassId) -> bool {
        self.classes[class].probes.is_some()
    }

    /// Whether more requests of a class may come than usual.
    pub fn has_surges(&self, class: &Class) -> bool {
        let surges = self.faults.iter().filter_map(|fault| match fault.target {
            Target::Class(hit) => Some(self.classes[hit].users_stream()),
            Target::Replicas(_) | Target::Pair(_) => None,
        });
        surges.into_iter().any(|users| users == class.users_stream())
    }

    /// The classes whose requests are traffic.
    pub fn traffic(&self) -> impl Iterator<Item = ClassId> + '_ {
        self.classes.ids().filter(|class| !self.is_probe(*class))
    }

    /// When the first fault begins.
    pub fn first_fault(&self) -> Option<SimTime> {
        self.faults.iter().map(|fault| fault.from).min()
    }

    /// Whether it is a deep probe that calls.
    pub fn probe_calls(&self, caller: Caller) -> bool {
        matches!(caller, Caller::Class(class) if self.is_probe(class))
    }
}

impl Service {
    /// Ids of its replicas.
    pub fn replica_ids(&self) -> impl Iterator<Item = ReplicaId> + use<> {
        use crate::id::Id;
        let first = self.first_replica.position();
        (first..first + self.replicas as usize).map(ReplicaId::new)
    }
}

/// One copy of a service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replica {
    /// Whose copy it is.
    pub service: ServiceId,
    /// Its number among the copies, from 0.
    pub number: u32,
}

/// An operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// Whose it is.
    pub service: ServiceId,
    /// `service.operation`.
    pub name: String,
    /// That name, hashed.
    pub stream: Stream,
    /// Its first instruction.
    pub start: u32,
}

/// A step of an operation, flattened: the thread runs from one to the next.
#[derive(Clone, Debug, PartialEq)]
pub enum Instruction {
    /// Works for a drawn time.
    Work {
        /// The service time.
        time: DurationDistribution,
        /// Purpose of the draw.
        stream: Stream,
        /// Whether all attempts of one request share the draw.
        per_request: bool,
    },
    /// Makes calls at once and waits until `needed` of them have succeeded.
    Call {
        /// The first of the calls; the others are its neighbors.
        first: SiteId,
        /// How many.
        count: u32,
        /// How many must succeed.
        needed: u32,
    },
    /// Goes on if the condition holds, else jumps.
    Unless {
        /// What is asked.
        condition: Condition,
        /// Where to go if it does not hold.
        target: u32,
    },
    /// Asks a cache of the service; goes on if it knows the answer, else jumps.
    Lookup {
        /// Position of the cache among those of the service.
        cache: u32,
        /// Purpose of the draw.
        stream: Stream,
        /// Where to go if it does not know.
        miss: u32,
    },
    /// A cache of the service, by position, gets what a miss found.
    Fill(u32),
    /// Jumps.
    Jump(u32),
    /// Ends the operation with an error of its own.
    Fail,
    /// Ends the operation well.
    Done,
}

/// What a branch is decided by.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A draw below this.
    Chance(f64, Stream),
    /// The request's class.
    Class(ClassId),
    /// The request's region.
    Region(String),
    /// The request reads or writes.
    Access(Access),
    /// The request's priority is at least this.
    Priority(u8),
    /// The request's user is among this share of the class's users.
    Users(f64),
}

/// A place from which calls are made.
#[derive(Clone, Debug, PartialEq)]
pub struct CallSite {
    /// Caller, callee and policy.
    pub edge: EdgeId,
    /// The callee of that edge; as `pair`, `per_replica`, `first_guard` and `start`, it stands here because it is asked
    /// for at every attempt.
    pub callee: ServiceId,
    /// What people see that edge as.
    pub pair: PairId,
    /// Whether a probe calls.
    pub is_probe: bool,
    /// Whether each replica of the caller has its own state.
    pub per_replica: bool,
    /// See [`Edge::first_guard`].
    pub first_guard: u32,
    /// What is asked for.
    pub operation: OperationId,
    /// Its first instruction.
    pub start: u32,
    /// The place's name, hashed: enters the keys of what happens below it.
    pub stream: Stream,
}

/// Who makes calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// The users of a traffic class.
    Class(ClassId),
    /// A service.
    Service(ServiceId),
}

/// A caller and a callee under one policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// What people see it as.
    pub pair: PairId,
    /// Who calls.
    pub caller: Caller,
    /// Who is called.
    pub callee: ServiceId,
    /// Its key under `calls` (`"a -> b"` or `"a.op -> b.op"`), hashed.
    pub stream: Stream,
    /// How.
    pub policy: Policy,
    /// Whether each replica of the caller has its own state.
    pub per_replica: bool,
    /// Position of its first state; one for each replica of the caller, or one in all.
    pub first_guard: u32,
}

/// A caller and a callee as people see them.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// `"caller -> callee"`.
    pub name: String,
    /// That name, hashed.
    pub stream: Stream,
    /// Who calls.
    pub caller: Caller,
    /// Who is called.
    pub callee: ServiceId,
}

/// A traffic class.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// Its name, hashed.
    pub stream: Stream,
    /// The call that a request begins with.
    pub site: SiteId,
    /// Arrivals over time; of a later step of a journey, those of its sessions.
    pub rate: ArrivalRate,
    /// Its users.
    pub users: u64,
    /// Value of one answered request.
    pub value: f64,
    /// Header: region.
    pub region: String,
    /// Header: priority.
    pub priority: u8,
    /// Header: read or write.
    pub access: Access,
    /// How long a user waits for the answer; none for as long as it takes.
    pub patience: Option<DurationDistribution>,
    /// What is promised to its users.
    pub slo: Option<Slo>,
    /// The service whose deep probes these are; none for traffic.
    pub probes: Option<ServiceId>,
    /// Its place in a journey; none if its requests stand for themselves.
    pub step: Option<JourneyStep>,
}

impl Class {
    /// Whether requests arrive by themselves, and not after those of another class.
    pub fn arrives(&self) -> bool {
        self.step.is_none_or(|step| step.first)
    }

    /// The root of what is drawn for its users: their own, or that of their journey.
    pub fn users_stream(&self) -> Stream {
        self.step.map_or(self.stream, |step| step.journey)
    }
}

/// The place of a class in its journey.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JourneyStep {
    /// The journey's name, hashed: the root of its sessions.
    pub journey: Stream,
    /// The step's name, hashed: enters the keys of its requests.
    pub stream: Stream,
    /// Whether sessions begin with it.
    pub first: bool,
    /// The class of the next step.
    pub next: Option<ClassId>,
    /// From its answer to the next step.
    pub think: DurationDistribution,
}

/// What a fault hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Replicas of one service.
    Replicas(Vec<ReplicaId>),
    /// Attempts of a call.
    Pair(PairId),
    /// Requests of a class that arrive by themselves.
    Class(ClassId),
}

/// A fault.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Its name.
    pub name: String,
    /// Its name, hashed.
    pub stream: Stream,
    /// When it begins.
    pub from: SimTime,
    /// When it ends; later than the run if it lasts.
    pub to: SimTime,
    /// What it hits.
    pub target: Target,
    /// The same in words: a service, one of its replicas, a call, or traffic.
    pub on: String,
    /// The service it hits; the callee if it hits a call, the entry if it hits traffic.
    pub service: ServiceId,
    /// What it does.
    pub effect: Effect,
    /// The caches of the service that a flush hits, by position.
    pub caches: Vec<u32>,
}

/// Whose reading a monitor takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A traffic class.
    Class(ClassId),
    /// A service.
    Service(ServiceId),
    /// A call.
    Pair(PairId),
}

/// A monitor.
#[derive(Clone, Debug, PartialEq)]
pub struct Monitor {
    /// Its name.
    pub name: String,
    /// Its name, hashed.
    pub stream: Stream,
    /// What it reads.
    pub reading: Reading,
    /// Whose.
    pub of: Subject,
    /// Its trailing window, in scrape intervals, at least 1.
    pub buckets: u32,
    /// From one reading to the next.
    pub scrape: SimDuration,
    /// When it calls somebody.
    pub alert: Option<Alert>,
}

/// How many calls of a step must succeed.
pub(crate) fn needed(join: &Join, count: u32) -> u32 {
    match join {
        Join::All => count,
        Join::Quorum(k) => k.value,
        Join::First => 1,
    }
}
