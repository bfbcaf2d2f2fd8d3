//! Services as written: replicas, threads, queue, and the operations they offer.

use crate::diagnostic::Spanned;
use crate::distribution::DurationDistribution;
use crate::scenario::{Name, Named};
use crate::time::SimDuration;

/// A node of the dependency graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Copies of it, 1 to 10,000. Default 1.
    pub replicas: u32,
    /// Requests that one replica handles at once, 1 to 1,000,000. Default 200 (Tomcat's `maxThreads`).
    pub threads: u32,
    /// Where requests wait for a thread. Default `Fifo(capacity: 100)` (Tomcat's `acceptCount`).
    pub queue: Queue,
    /// What happens to an arrival that finds the queue full. Default `Reject`.
    pub when_full: WhenFull,
    /// What it offers, by name; at least one.
    pub operations: Named<Vec<Step>>,
    /// How a dead process comes back. Default `Restart(startup: "10s")`.
    pub restart: Restart,
    /// The health probe behind its dashboard. Default none.
    pub probe: Option<Probe>,
}

/// Where attempts wait for a thread of a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// First come, first served.
    Fifo {
        /// Attempts that may wait; more are refused. Default 100.
        capacity: Capacity,
    },
    /// Last come, first served. A full queue refuses the newcomer, as Netflix's `LifoBlockingLimiter` does.
    Lifo {
        /// Attempts that may wait; more are refused. Default 100.
        capacity: Capacity,
    },
}

/// An upper bound that may be absent: a number, or `Unbounded`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// At most so many.
    AtMost(u32),
    /// No bound.
    Unbounded,
}

/// What becomes of an arrival that finds no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// It is refused at once, by the host or its proxy.
    Reject,
    /// It is dropped without an answer; its caller waits for its own timeout.
    Silent,
}

/// How a dead process comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restart {
    /// From the start of the process to its first request. Default 10 s.
    pub startup: SimDuration,
}

/// A shallow health probe: a replica answers at once unless it is paused or not running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// From one probe to the next. Default 10 s (Kubernetes' `periodSeconds`).
    pub interval: SimDuration,
    /// A probe not answered by then has failed. Default 1 s (`timeoutSeconds`).
    pub timeout: SimDuration,
    /// Consecutive failures that make a replica unhealthy. Default 3 (`failureThreshold`).
    pub failures: u32,
    /// Consecutive successes that make it healthy again. Default 1 (`successThreshold`).
    pub successes: u32,
}

/// One step of an operation. Steps run in order; a failed call fails the operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Works for a drawn time: `Work(Exp("20ms"))`.
    Work {
        /// The service time.
        time: DurationDistribution,
        /// Whether every attempt draws anew (default), or all attempts of one request share the draw.
        per: Per,
    },
    /// Calls an operation and waits for the answer: `Call("user-db.read")`.
    Call {
        /// `service.operation`.
        to: Name,
    },
    /// Calls several operations at once and waits: `Parallel(["a.x", "b.y"], join: All)`.
    Parallel {
        /// `service.operation` of each.
        calls: Vec<Name>,
        /// How many must answer. Default `All`.
        join: Join,
    },
    /// Takes one of two ways: `Branch(Chance("10%"), then: [...], otherwise: [...])`.
    Branch {
        /// What decides.
        when: Condition,
        /// Steps if it holds.
        then: Vec<Step>,
        /// Steps if not. Default none.
        otherwise: Vec<Step>,
    },
    /// Fails the operation with an error of its own.
    Fail,
}

/// What a draw of work belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Every attempt draws its own.
    Attempt,
    /// All attempts of one request share it: a slow query stays slow on retry.
    Request,
}

/// How many of the calls of a `Parallel` must succeed.
#[derive(Clone, Debug, PartialEq)]
pub enum Join {
    /// Every one; the first failure fails the step.
    All,
    /// So many; the rest is abandoned.
    Quorum(Spanned<u32>),
    /// One; the rest is abandoned.
    First,
}

/// What a `Branch` is decided by: chance, or the request's header.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A draw, 0 to 1.
    Chance(f64),
    /// The request's traffic class.
    Class(Name),
    /// The request's region.
    Region(String),
    /// The request reads or writes.
    Access(Access),
    /// The request's priority is at least this.
    Priority(u8),
    /// The request's user is among this share of the class's users, 0 to 1; always the same users.
    Users(f64),
}

/// Whether a request only reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It changes nothing.
    Read,
    /// It changes something: cached answers do not serve it.
    Write,
}
