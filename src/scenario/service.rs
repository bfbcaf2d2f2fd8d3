//! Services as written: replicas, threads, queue, and the operations they offer.

use crate::diagnostic::Spanned;
use crate::distribution::DurationDistribution;
use crate::scenario::read::schema::{Rule, schema};
use crate::scenario::{Bytes, Name, Named, RateLimit, Shed};
use crate::time::SimDuration;

schema! {
    /// A node of the dependency graph.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Service {
        /// Copies of it, 1 to 10,000.
        pub replicas: u32 = 1 where Rule::count(1, 10_000),
        /// Requests that one replica handles at once, 1 to 1,000,000. The default is Tomcat's `maxThreads`.
        pub threads: u32 = 200 where Rule::count(1, 1_000_000),
        /// How much attempts on the same replica slow each other down, by locks, caches or a shared processor: work that
        /// begins while n attempts hold its threads, this one included, takes 1 + n x `contention` times as long.
        pub contention: f64 = "0%" where Rule::share(1.0),
        /// Where requests wait for a thread. The default is Tomcat's `acceptCount`.
        pub queue: Queue = (Fifo(capacity: 100)),
        /// What happens to an arrival that finds the queue full.
        pub when_full: WhenFull = Reject,
        /// How many attempts are let in, by operation: `{ "checkout": "60/s" }`. Default: all.
        pub rate_limits: Named<RateLimit> = {},
        /// Which attempts are turned away while others wait. Default none.
        pub shed: Vec<Shed> = [] where Rule::OneOrMore,
        /// What it offers, by name; at least one.
        pub operations: Named<Vec<Step>>,
        /// How a dead process comes back.
        pub restart: Restart = (Restart(startup: "10s")),
        /// What a replica needs and may use; beyond it the process is killed. Default none: no bound.
        pub memory: Option<Memory>,
        /// Its caches, by name; each replica has its own, which `Lookup` asks.
        pub caches: Named<Cache> = {},
        /// The health probe behind its dashboard, and behind balancers with `detection: Probes`. Default none.
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
        /// The highest `priority` of a request first, first come, first served within one. What has begun goes on
        /// (non-preemptive), and a full queue refuses the newcomer, whatever its priority.
        Priority {
            /// Attempts that may wait; more are refused.
            capacity: Capacity = 100,
        },
    }
}

impl Queue {
    /// Attempts that may wait.
    pub fn capacity(self) -> Capacity {
        match self {
            Self::Fifo { capacity } | Self::Lifo { capacity } | Self::Priority { capacity } => capacity,
        }
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
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Restart {
        /// From the start of the process to its first request.
        pub startup: SimDuration = "10s",
        /// Each start-up takes `startup` x U(1 - jitter, 1 + jitter).
        pub jitter: f64 = "0%" where Rule::share(1.0),
        /// From the death of a process to the orchestrator noticing it. Back-off runs meanwhile; the later decides.
        pub notice: SimDuration = "0s",
        /// How long a process that died by itself (a crash, out of memory) is left alone before it is started again. A
        /// restart by people starts at once, and the count of deaths begins anew.
        pub backoff: CrashBackoff = (CrashLoop(base: "10s")),
    }
}

schema! {
    /// How long a process that died by itself is left alone before it is started again, from its death on.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum CrashBackoff {
        /// As Kubernetes' `CrashLoopBackOff`: at once after the first death, then after `base`, each further wait
        /// `factor` times as long, up to `max`.
        CrashLoop {
            /// The wait after the second death.
            base: SimDuration = "10s",
            /// From one wait to the next.
            factor: f64 = 2 where Rule::factor(1.0, 1000.0),
            /// The longest wait.
            max: SimDuration = "300s",
            /// A process that was ready for so long dies for the first time again.
            reset: SimDuration = "10m",
        },
        /// At once, every time.
        Immediate,
    }
}

schema! {
    /// In which order the replicas of a service are restarted.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Rollout {
        /// All at the same time.
        AtOnce,
        /// So many at a time, the next when these are ready.
        Rolling {
            /// How many.
            at_once: u32 = 1 where Rule::count(1, 10_000),
        },
    }
}

schema! {
    /// What a replica needs, and may use. It uses `idle` + `per_request` for each attempt that it has, waiting or on a
    /// thread, abandoned ones included; above `limit` its process is killed (out of memory).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Memory {
        /// The most that it may use.
        pub limit: Bytes,
        /// Without any request.
        pub idle: Bytes,
        /// For each attempt that it has.
        pub per_request: Bytes,
    }
}

schema! {
    /// A cache of a replica: how often it knows the answer. It is lost with its process, and by a `Flush`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Cache {
        /// Warms with what it is given: a lookup hits with a probability of `hit_ratio` x min(1, entries / `after`). A
        /// miss adds an entry once its `miss` steps have succeeded; one that fails, or that a fallback answers, adds
        /// nothing, and neither does a hit. From empty to warm it takes `after` such misses, which are the first
        /// `after` x ln(1 / (1 - `hit_ratio`)) / `hit_ratio` lookups: 2.6 x `after` at 90%.
        Warming {
            /// Share of hits once it is warm.
            hit_ratio: f64 where Rule::share(1.0),
            /// Entries with which it is warm; 0 for one that always is.
            after: u32 where Rule::count(0, 1_000_000_000),
            /// The share of `after` that it begins the run with.
            at_begin: f64 = "100%" where Rule::share(1.0),
            /// The share of `after` that a new process begins with: above 0% if it is warmed before it is ready.
            after_start: f64 = "0%" where Rule::share(1.0),
        },
    }
}

schema! {
    /// A health probe. A shallow one is answered at once unless the replica is paused or not running; a deep one
    /// `asks` for an operation, and its attempts are load like any other.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Probe {
        /// From one probe to the next. The default is Kubernetes' `periodSeconds`.
        pub interval: SimDuration = "10s" where Rule::duration_from_millis(1),
        /// A probe not answered by then has failed. The default is `timeoutSeconds`.
        pub timeout: SimDuration = "1s" where Rule::duration_from_millis(1),
        /// Consecutive failures that make a replica unhealthy. The default is `failureThreshold`.
        pub failures: u32 = 3 where Rule::count(1, 1_000),
        /// Consecutive successes that make it healthy again. The default is `successThreshold`.
        pub successes: u32 = 1 where Rule::count(1, 1_000),
        /// The operation of this service that each replica is asked for: `asks: "health"`. The probe passes if it is
        /// answered in time; it has the highest priority. Default none: a shallow probe.
        pub asks: Option<Name>,
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
        /// Asks a cache of the service and goes one of two ways: `Lookup("profile", miss: [Call("user-db.read")])`.
        /// Takes no time itself.
        Lookup {
            /// The cache, by its name in `caches`.
            cache: Name,
            /// Steps if it knows the answer.
            hit: Vec<Step> = [],
            /// Steps if not; once they have succeeded, the cache knows it.
            miss: Vec<Step> = [],
        },
        /// Fails the operation with an error of its own.
        Fail,
    }
}

impl Step {
    /// The steps within it, one list for each way it may go.
    pub fn within(&self) -> [&[Self]; 2] {
        match self {
            Self::Branch { then, otherwise, .. } => [then, otherwise],
            Self::Lookup { hit, miss, .. } => [hit, miss],
            Self::Work { .. } | Self::Call { .. } | Self::Parallel { .. } | Self::Fail => [&[], &[]],
        }
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

impl Memory {
    /// Attempts that a replica may have at once without being killed; none if they need no memory.
    pub fn most_requests(self) -> Option<u64> {
        self.limit.0.saturating_sub(self.idle.0).checked_div(self.per_request.0)
    }
}
