//! Calls as written: the resilience policy between a caller and a callee.

use crate::distribution::DurationDistribution;
use crate::failure::FailureCause;
use crate::scenario::breaker::Breaker;
use crate::scenario::read::schema::{FASTEST, Rule, schema};
use crate::time::SimDuration;

schema! {
    /// How a caller calls a callee. Written under `calls`, keyed `"caller -> callee"` or `"caller.op -> callee.op"`; the
    /// second form starts from the first and overrides it field by field.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Policy {
        /// Limit of one attempt; starts when the attempt passes the breaker, so waits for a permit, a turn or a connection count.
        /// Default none.
        pub timeout: Option<SimDuration> where Rule::positive_duration(),
        /// Limit of the whole call: all attempts and backoffs. Default none.
        pub deadline: Option<SimDuration> where Rule::positive_duration(),
        /// What an abandoned attempt means to the callee.
        pub cancel: Cancel = Never,
        /// What the reply of an abandoned attempt means to the caller.
        pub late_reply: LateReply = Ignore,
        /// When a failed attempt is tried again. Default none: one attempt.
        pub retry: Option<Retry>,
        /// Stops calling a callee that fails. Default none.
        pub breaker: Option<Breaker>,
        /// Bounds the attempts under way. Default none.
        pub bulkhead: Option<Bulkhead>,
        /// Holds attempts back after they have their permit. Default none.
        pub throttle: Option<Throttle>,
        /// Connections to the callee. Default none: as many as wanted.
        pub pool: Option<Pool>,
        /// What answers in place of the callee. Default none.
        pub fallback: Option<Fallback>,
        /// How a replica of the callee is chosen.
        pub balancer: Balancer = RoundRobin,
        /// How the balancer knows which replicas can be chosen.
        pub detection: Detection = Instant,
        /// One-way network latency, drawn for each direction of each attempt.
        pub network: DurationDistribution = (Constant("0s")),
        /// Whose state breaker, budget, bulkhead, throttle, pool and balancer are.
        pub scope: Scope = Replica,
    }
}

schema! {
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
}

schema! {
    /// What the caller does with the reply of an attempt it has abandoned.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum LateReply {
        /// It is ignored.
        Ignore,
        /// A success completes the call, if it still waits on a later attempt.
        Accept,
    }
}

schema! {
    /// When a failed attempt is tried again.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Retry {
        /// Attempts in all, the first included: 1 to 100.
        pub max_attempts: u32 = 3 where Rule::count(1, 100),
        /// Wait before a retry.
        pub backoff: Backoff = None,
        /// Randomization of that wait.
        pub jitter: Jitter = None,
        /// Failures that are tried again.
        pub on: Vec<FailureCause> = [
            Timeout, Deadline, Refused, QueueFull, Reset, Error, Dependency, BreakerOpen, BulkheadFull, PoolTimeout, Shed,
            Throttled
        ] where Rule::OneOrMore,
        /// Bounds the retries of all calls together. Default none.
        pub budget: Option<Budget>,
        /// Whether retries pass the breaker again (`Outside` it, default) or happen within one permission (`Inside`).
        pub order: Order = Outside,
    }
}

schema! {
    /// Wait before the n-th retry, n from 1.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Backoff {
        /// None: at once.
        None,
        /// Always the same.
        Fixed(wait: SimDuration where Rule::positive_duration()),
        /// min(max, base x factor^(n-1)).
        Exponential {
            /// The first wait.
            base: SimDuration where Rule::positive_duration(),
            /// Growth from retry to retry, at least 1.
            factor: f64 = 2 where Rule::factor(1.0, 1_000.0),
            /// The longest wait.
            max: SimDuration = "30s" where Rule::positive_duration(),
        },
    }
}

schema! {
    /// Randomization of a backoff d (the first four: Brooker, "Exponential Backoff And Jitter", 2015).
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Jitter {
        /// d.
        None,
        /// U(0, d).
        Full,
        /// d/2 + U(0, d/2).
        Equal,
        /// min(max, U(base, 3 x previous wait)), the first previous wait being base.
        Decorrelated,
        /// U(d (1 - share), d (1 + share)): gRPC's is `Around("20%", beyond_max: true)`, resilience4j's `Around("50%")`, and
        /// Polly's of a fixed wait `Around("25%")`.
        Around {
            /// Of d, to either side.
            share: f64 where Rule::share(1.0),
            /// Whether d is capped before, so that the wait may exceed `max` (gRPC), rather than the wait (resilience4j).
            beyond_max: bool = false,
        },
        /// Polly's `DecorrelatedJitterBackoffV2`: min(max, base (f(t) - f(t')) / 1.4), f(t) = 2^t tanh(sqrt(4t)), t = n - 1 +
        /// U(0, 1), t' that of the retry before; `factor` is not used.
        Polly,
    }
}

schema! {
    /// Bounds the retries of a caller's calls to a callee.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Budget {
        /// A retry is allowed while retries stay within `share` of the first attempts of the trailing window, plus a floor
        /// (Google SRE's per-client ratio; Finagle's floor).
        Ratio {
            /// Retries / first attempts, 0 to 10.
            share: f64 = "10%" where Rule::share(10.0),
            /// Length of the trailing window.
            window: SimDuration = "10s" where Rule::duration_from_millis(1),
            /// Retries per second that are always allowed.
            min_per_s: f64 = 0 where Rule::factor(0.0, FASTEST),
        },
        /// A token bucket: a first attempt adds `share` tokens up to `capacity`, a retry takes one. Starts full.
        Tokens {
            /// Tokens that a first attempt adds, 0 to 10.
            share: f64 = "10%" where Rule::share(10.0),
            /// Most tokens it holds, at least 1.
            capacity: f64 = 20 where Rule::factor(1.0, 1e9),
        },
        /// As Finagle's `RetryBudget`: as `Ratio`, but a retry costs 1000/share truncated to a whole number. Linkerd's and
        /// tower's `TpsBudget` truncate 1/share instead: what is 30% there is 1/3 (33.33%) here.
        Finagle {
            /// Length of the trailing window; the floor counts its whole seconds.
            ttl: SimDuration = "10s" where Rule::Duration { min: SimDuration::from_secs(1), max: SimDuration::from_secs(60) },
            /// Retries per second that are always allowed.
            min_per_s: u32 = 10 where Rule::count(0, 1_000_000),
            /// Retries / first attempts, 0 to 1000.
            share: f64 = "20%" where Rule::share(1_000.0),
        },
        /// As Envoy's `retry_budget`: a retry is allowed while the retries in progress, backoffs included, are fewer than
        /// this share of the attempts in progress.
        Envoy {
            /// Retries / attempts in progress, 0 to 1.
            share: f64 = "20%" where Rule::share(1.0),
            /// Fewer retries in progress than this are always allowed.
            min_concurrent: u32 = 3 where Rule::count(0, 1_000_000),
        },
        /// As gRPC's `retryThrottling`: a failed attempt that `on` names takes a token, a success adds `token_ratio`; retries
        /// are allowed while more than half of the tokens are left. Starts full. gRPC has no defaults; these are the
        /// example of its proposal A6.
        Grpc {
            /// Most tokens, 1 to 1000.
            max_tokens: u32 = 10 where Rule::count(1, 1_000),
            /// Tokens that a success adds, in thousandths.
            token_ratio: f64 = 0.1 where Rule::factor(0.001, 1_000.0),
        },
        /// As the AWS SDKs' standard mode: a retry takes its cost; a success adds what the last retry of its call took, or
        /// 1 without a retry. Starts full. The defaults are those of generation v2.0; v2.1 has 14, 14 and 5.
        AwsSdk {
            /// Most tokens.
            tokens: u32 = 500 where Rule::count(1, 1_000_000),
            /// Cost of a retry.
            cost: u32 = 5 where Rule::count(1, 1_000_000),
            /// Cost of a retry after `Timeout`.
            timeout_cost: u32 = 10 where Rule::count(1, 1_000_000),
            /// Cost of a retry after `RateLimited` or `Shed`.
            throttling_cost: u32 = 5 where Rule::count(1, 1_000_000),
        },
    }
}

schema! {
    /// Where retries stand relative to the breaker.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Order {
        /// Retry(Breaker(call)): every attempt asks the breaker and is recorded by it.
        Outside,
        /// Breaker(Retry(call)): the call asks once, and only its final outcome is recorded.
        Inside,
    }
}

impl Policy {
    /// Whether an attempt may have to wait at its caller before it is sent: for a permit, a turn or a connection.
    pub fn may_wait(&self) -> bool {
        let turn =
            matches!(self.throttle, Some(Throttle::Resilience4j { max_wait, .. }) if !max_wait.is_zero());
        turn || self.bulkhead.is_some_and(|bulkhead| !bulkhead.max_wait.is_zero())
            || self.pool.is_some_and(|pool| !pool.max_wait.is_zero())
    }
}

schema! {
    /// A cap on the attempts under way (resilience4j's `SemaphoreBulkhead`).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Bulkhead {
        /// Attempts at once.
        pub max_concurrent: u32 = 25 where Rule::count(1, 1_000_000),
        /// How long an attempt waits for a permit, first come, first served.
        pub max_wait: SimDuration = "0s",
    }
}

schema! {
    /// Holds a caller's attempts back before a replica is chosen.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Throttle {
        /// Google's adaptive throttling (SRE book, ch. 21): an attempt is refused with probability max(0, (requests - k x
        /// accepts) / (requests + 1)) of the trailing window. Refused ones are requests; accepted are those that the
        /// callee answered, with an error as well.
        Adaptive {
            /// Attempts that are sent for each that is accepted, at least 1.
            k: f64 = 2 where Rule::factor(1.0, 1_000.0),
            /// Length of the trailing window.
            window: SimDuration = "2m" where Rule::duration_from_millis(1),
        },
        /// As resilience4j's `RateLimiter`: so many attempts in each period. Whoever finds none left reserves one of a
        /// later period and waits for it, or, where that is too long, waits as long as it may and is refused.
        Resilience4j {
            /// Attempts per period.
            limit: u32 = 50 where Rule::count(1, 1_000_000_000),
            /// Length of a period. (Of resilience4j's own default, 500ns, nobody would notice anything.)
            period: SimDuration where Rule::positive_duration(),
            /// The longest wait for a later period.
            max_wait: SimDuration = "5s",
        },
    }
}

schema! {
    /// A connection pool (`HikariCP`'s defaults).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Pool {
        /// Connections.
        pub size: u32 = 10 where Rule::count(1, 1_000_000),
        /// How long an attempt waits for one, first come, first served.
        pub max_wait: SimDuration = "30s",
    }
}

schema! {
    /// What answers in place of the callee, whatever made the call fail: refusals and a deadline included. It takes no
    /// time. Breaker and budget are told of the failure; the caller's own answer is then degraded, up to the user.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Fallback {
        /// The last good answer that this operation gave for the same user (users of one number are the same person,
        /// whatever the class), to this call or to another one with such a fallback: all callers of a service share
        /// one store, as they would share tokens.
        Cached {
            /// The answer may be this old.
            max_age: SimDuration = "60s" where Rule::positive_duration(),
            /// When it is looked for.
            when: FallbackTime = AfterRetries,
            /// Whether requests that write are answered so, and their answers kept, as well.
            writes: bool = false,
        },
        /// A default, always at hand: an empty list of recommendations, a flat shipping fee.
        Fixed {
            /// When it is taken, `AfterRetries` or `InsteadOfRetry`.
            when: FallbackTime = AfterRetries,
        },
    }
}

schema! {
    /// When a fallback answers.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum FallbackTime {
        /// When the call has failed for good.
        AfterRetries,
        /// At the first failure, so that nothing is tried again; with nothing at hand retries go on, and it is looked for
        /// once more after them.
        InsteadOfRetry,
        /// Before anything is sent, which is then not sent: the answer is as good as any. With nothing at hand the call
        /// is made, and fails as if there were no fallback.
        BeforeCall,
    }
}

schema! {
    /// How a replica of the callee is chosen, among those that `detection` finds.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Balancer {
        /// In turn.
        RoundRobin,
        /// By a draw.
        Random,
        /// The one with the fewest of this caller's attempts in flight; in turn among equals.
        LeastInFlight,
        /// Of two drawn, which may be the same twice, the one with fewer of this caller's attempts in flight; the first
        /// among equals (Envoy's `LEAST_REQUEST`; Mitzenmacher, "The Power of Two Choices", 2001).
        PowerOfTwo,
    }
}

impl Balancer {
    /// Whether it counts the attempts in flight at each replica.
    pub(crate) const fn counts(self) -> bool {
        matches!(self, Self::LeastInFlight | Self::PowerOfTwo)
    }
}

schema! {
    /// How a balancer knows which replicas can be chosen.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Detection {
        /// It is told at once which processes run. Paused ones do.
        Instant,
        /// It believes the callee's `probe`, whatever is true: until enough probes have failed it sends to replicas that
        /// are down, which refuse. Only a replica that drains signs off, until it is ready again.
        Probes,
    }
}

schema! {
    /// Whose state a policy's mechanisms are.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Scope {
        /// Each replica of the caller has its own.
        Replica,
        /// All replicas of the caller share one.
        Service,
    }
}

impl Policy {
    /// Whether retries happen within one permission of the breaker.
    pub fn retries_inside(&self) -> bool {
        self.retry.as_ref().is_some_and(|retry| retry.order == Order::Inside)
    }
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
            throttle: None,
            pool: None,
            fallback: None,
            balancer: Balancer::RoundRobin,
            detection: Detection::Instant,
            network: DurationDistribution::Constant(SimDuration::ZERO),
            scope: Scope::Replica,
        }
    }
}
