//! Calls as written: the resilience policy between a caller and a callee.

use crate::distribution::DurationDistribution;
use crate::failure::FailureCause;
use crate::time::SimDuration;

/// How a caller calls a callee. Written under `calls`, keyed `"caller -> callee"` or `"caller.op -> callee.op"`; the
/// second form starts from the first and overrides it field by field.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Limit of one attempt; starts when the attempt passes the breaker, so permit and connection waits count.
    /// Default none.
    pub timeout: Option<SimDuration>,
    /// Limit of the whole call: all attempts and backoffs. Default none.
    pub deadline: Option<SimDuration>,
    /// What an abandoned attempt means to the callee. Default `Never`.
    pub cancel: Cancel,
    /// What the reply of an abandoned attempt means to the caller. Default `Ignore`.
    pub late_reply: LateReply,
    /// When a failed attempt is tried again. Default none: one attempt.
    pub retry: Option<Retry>,
    /// Stops calling a callee that fails. Default none.
    pub breaker: Option<Breaker>,
    /// Bounds the attempts under way. Default none.
    pub bulkhead: Option<Bulkhead>,
    /// Connections to the callee. Default none: as many as wanted.
    pub pool: Option<Pool>,
    /// How a replica of the callee is chosen. Default `RoundRobin`.
    pub balancer: Balancer,
    /// One-way network latency, drawn for each direction of each attempt. Default `Constant("0s")`.
    pub network: DurationDistribution,
    /// Whose state breaker, budget, bulkhead, pool and balancer are. Default `Replica`.
    pub scope: Scope,
}

/// What the callee does with an attempt that its caller has abandoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancel {
    /// Nothing: it is worked off in full (zombie work).
    Never,
    /// It is dropped when it would be taken from the queue; once begun it is worked off.
    AtDequeue,
    /// It leaves the queue, or its thread, at once; its own calls are abandoned.
    AtOnce,
}

/// What the caller does with the reply of an attempt it has abandoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateReply {
    /// It is ignored.
    Ignore,
    /// A success completes the call, if it still waits on a later attempt.
    Accept,
}

/// When a failed attempt is tried again.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// Attempts in all, the first included: 1 to 100. Default 3.
    pub max_attempts: u32,
    /// Wait before a retry. Default `None`: at once.
    pub backoff: Backoff,
    /// Randomization of that wait. Default `None`.
    pub jitter: Jitter,
    /// Failures that are tried again. Default all.
    pub on: Vec<FailureCause>,
    /// Bounds retries to a share of the first attempts. Default none.
    pub budget: Option<Budget>,
    /// Whether retries pass the breaker again (`Outside` it, default) or happen within one permission (`Inside`).
    pub order: Order,
}

/// Wait before the n-th retry, n from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Backoff {
    /// None: at once.
    None,
    /// Always the same.
    Fixed(SimDuration),
    /// min(max, base x factor^(n-1)).
    Exponential {
        /// The first wait.
        base: SimDuration,
        /// Growth from retry to retry, at least 1. Default 2.
        factor: f64,
        /// The longest wait. Default 30 s.
        max: SimDuration,
    },
}

/// Randomization of a backoff d (Brooker, "Exponential Backoff And Jitter", 2015).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// d.
    None,
    /// U(0, d).
    Full,
    /// d/2 + U(0, d/2).
    Equal,
    /// min(max, U(base, 3 x previous wait)), the first previous wait being base.
    Decorrelated,
}

/// Bounds retries to a share of the first attempts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Budget {
    /// A retry is allowed while retries stay within `share` of the first attempts of the trailing window, plus a floor
    /// (Google SRE's per-client ratio; Finagle's floor).
    Ratio {
        /// Retries / first attempts, 0 to 10. Default 10 %.
        share: f64,
        /// Length of the trailing window. Default 10 s.
        window: SimDuration,
        /// Retries per second that are always allowed. Default 0.
        min_per_s: f64,
    },
    /// A token bucket: a first attempt adds `share` tokens up to `capacity`, a retry takes one. Starts full.
    Tokens {
        /// Tokens that a first attempt adds, 0 to 10. Default 10 %.
        share: f64,
        /// Most tokens it holds, at least 1. Default 20.
        capacity: f64,
    },
}

/// Where retries stand relative to the breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Retry(Breaker(call)): every attempt asks the breaker and is recorded by it.
    Outside,
    /// Breaker(Retry(call)): the call asks once, and only its final outcome is recorded.
    Inside,
}

/// Stops calling a callee that fails.
#[derive(Clone, Debug, PartialEq)]
pub enum Breaker {
    /// As resilience4j's `CircuitBreaker`, with its defaults.
    Resilience4j {
        /// Outcomes looked at. Default `Calls(100)`.
        window: BreakerWindow,
        /// Fewer outcomes than this decide nothing. Default 100.
        min_calls: u32,
        /// Trips at this share of failures or more, above 0 to 1. Default 50 %.
        failure_rate: f64,
        /// Trips at this share of slow calls or more, above 0 to 1. Default 100 %.
        slow_rate: f64,
        /// A call that takes longer is slow. Default 60 s.
        slow_after: SimDuration,
        /// Time from opening to half-open. Default 60 s.
        open_for: SimDuration,
        /// Probes admitted while half-open. Default 10.
        half_open_calls: u32,
        /// Longest stay in half-open, then open again; zero for no limit. Default 0 s.
        half_open_for: SimDuration,
        /// Whether it becomes half-open by itself when the time is over, rather than at the next call. Default false.
        automatic: bool,
        /// Failures that it does not count. Default none.
        ignore: Vec<FailureCause>,
    },
    /// Opens after failures in a row; half-open admits probes one at a time.
    Consecutive {
        /// Failures in a row that open it. Default 5.
        failures: u32,
        /// Time from opening to half-open. Default 30 s.
        open_for: SimDuration,
        /// Successes in a row that close it again; one failure reopens it. Default 1.
        successes: u32,
        /// Failures that it does not count. Default none.
        ignore: Vec<FailureCause>,
    },
}

/// The outcomes a breaker looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerWindow {
    /// The last so many calls.
    Calls(u32),
    /// The last so many whole seconds.
    Time(SimDuration),
}

/// A cap on the attempts under way (resilience4j's `SemaphoreBulkhead`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bulkhead {
    /// Attempts at once. Default 25.
    pub max_concurrent: u32,
    /// How long an attempt waits for a permit, first come, first served. Default 0 s: refused at once.
    pub max_wait: SimDuration,
}

/// A connection pool (`HikariCP`'s defaults).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Connections. Default 10.
    pub size: u32,
    /// How long an attempt waits for one, first come, first served. Default 30 s.
    pub max_wait: SimDuration,
}

/// How a replica of the callee is chosen, among those that are running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balancer {
    /// In turn.
    RoundRobin,
    /// By a draw.
    Random,
    /// The one with the fewest of this caller's attempts in flight; in turn among equals.
    LeastInFlight,
}

/// Whose state a policy's mechanisms are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Each replica of the caller has its own.
    Replica,
    /// All replicas of the caller share one.
    Service,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            timeout: None,
            deadline: None,
            cancel: Cancel::Never,
            late_reply: LateReply::Ignore,
            retry: None,
            breaker: None,
            bulkhead: None,
            pool: None,
            balancer: Balancer::RoundRobin,
            network: DurationDistribution::Constant(SimDuration::ZERO),
            scope: Scope::Replica,
        }
    }
}
