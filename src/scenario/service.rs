//! Services as written: replicas, threads, queue, and the operations they offer.

use crate::diagnostic::Spanned;
use crate::distribution::DurationDistribution;
use crate::scenario::read::schema::{Rule, schema};
use crate::scenario::{Name, Named};
use crate::time::SimDuration;

schema! {
    /// A node of the dependency graph.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Service {
        /// Copies of it, 1 to 10,000.
        pub replicas: u32 = 1 where Rule::count(1, 10_000),
        /// Requests that one replica handles at once, 1 to 1,000,000. The default is Tomcat's `maxThreads`.
        pub threads: u32 = 200 where Rule::count(1, 1_000_000),
        /// Where requests wait for a thread. The default is Tomcat's `acceptCount`.
        pub queue: Queue = (Fifo(capacity: 100)),
        /// What happens to an arrival that finds the queue full.
        pub when_full: WhenFull = Reject,
        /// What it offers, by name; at least one.
        pub operations: Named<Vec<Step>>,
        /// How a dead process comes back.
        pub restart: Restart = (Restart(startup: "10s")),
        /// The health probe behind its dashboard. Default none.
        pub probe: Option<Probe>,
    }
}

schema! {
    /// Where attempts wait for a thread of a replica.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Queue {
        /// First come, first served.
        Fifo {
            /// Attempts that may wait; more are refused.
            capacity: Capacity = 100,
        },
        /// Last come, first served. A full queue refuses the newcomer, as Netflix's `LifoBlockingLimiter` does.
        Lifo {
            /// Attempts that may wait; more are refused.
            capacity: Capacity = 100,
        },
    }
}

schema! {
    /// An upper bound that may be absent: a number, or `Unbounded`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Capacity {
        /// At most so many.
        AtMost(most: u32) = bare,
        /// No bound.
        Unbounded,
    }
}

schema! {
    /// What becomes of an arrival that finds no place.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum WhenFull {
        /// It is refused at once, by the host or its proxy.
        Reject,
        /// It is dropped without an answer; its caller waits for its own timeout.
        Silent,
    }
}

schema! {
    /// How a dead process comes back.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Restart {
        /// From the start of the process to its first request.
        pub startup: SimDuration = "10s",
    }
}

schema! {
    /// In which order the replicas of a service are restarted.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Rollout {
        /// All at the same time.
        AtOnce,
        /// So many at a time; the next when these are ready.
        Rolling {
            /// Replicas at a time.
            at_once: u32 = 1 where Rule::count(1, 10_000),
        },
    }
}

schema! {
    /// A shallow health probe: a replica answers at once unless it is paused or not running.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Probe {
        /// From one probe to the next. The default is Kubernetes' `periodSeconds`.
        pub interval: SimDuration = "10s" where Rule::duration_from_millis(1),
        /// A probe not answered by then has failed. The default is `timeoutSeconds`.
        pub timeout: SimDuration = "1s" where Rule::duration_from_millis(1),
        /// Consecutive failures that make a replica unhealthy. The default is `failureThreshold`.
        pub failures: u32 = 3 where Rule::count(1, 1_000),
        /// Consecutive successes that make it healthy again. The default is `successThreshold`.
        pub successes: u32 = 1 where Rule::count(1, 1_000),
    }
}

schema! {
    /// One step of an operation. Steps run in order; a failed call fails the operation.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Step {
        /// Works for a drawn time: `Work(Exp("20ms"))`.
        Work {
            /// The service time.
            time: DurationDistribution,
            /// Whether every attempt draws anew (default), or all attempts of one request share the draw.
            per: Per = Attempt,
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
            /// How many must answer.
            join: Join = All,
        },
        /// Takes one of two ways: `Branch(Chance("10%"), then: [...], otherwise: [...])`.
        Branch {
            /// What decides.
            when: Condition,
            /// Steps if it holds.
            then: Vec<Step>,
            /// Steps if not.
            otherwise: Vec<Step> = [],
        },
        /// Fails the operation with an error of its own.
        Fail,
    }
}

schema! {
    /// What a draw of work belongs to.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Per {
        /// Every attempt draws its own.
        Attempt,
        /// All attempts of one request share it: a slow query stays slow on retry.
        Request,
    }
}

schema! {
    /// How many of the calls of a `Parallel` must succeed.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Join {
        /// Every one; the first failure fails the step.
        All,
        /// So many; the rest is abandoned.
        Quorum(successes: Spanned<u32> where Rule::count(1, 1_000)),
        /// One; the rest is abandoned.
        First,
    }
}

schema! {
    /// What a `Branch` is decided by: chance, or the request's header.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Condition {
        /// A draw, 0 to 1.
        Chance(share: f64 where Rule::share(1.0)),
        /// The request's traffic class.
        Class(class: Name),
        /// The request's region.
        Region(region: String),
        /// The request reads or writes.
        Access(access: Access),
        /// The request's priority is at least this.
        Priority(least: u8),
        /// The request's user is among this share of the class's users, 0 to 1; always the same users.
        Users(share: f64 where Rule::share(1.0)),
    }
}

schema! {
    /// Whether a request only reads.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Access {
        /// It changes nothing.
        Read,
        /// It changes something: cached answers do not serve it.
        Write,
    }
}
