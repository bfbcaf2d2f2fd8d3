//! Breakers as written: five flavors, each with the numbers of its library.

use crate::failure::FailureCause;
use crate::scenario::read::schema::{Rule, schema};
use crate::time::SimDuration;

/// Polly takes a window and a time open from half a second to a day.
const POLLY_DURATION: Rule =
    Rule::Duration { min: SimDuration::from_millis(500), max: SimDuration::from_secs(24 * 3600) };

/// Buckets of one window: more would cost more than they show.
pub const MOST_BUCKETS: u64 = 1_000;

schema! {
    /// Stops calling a callee that fails.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Breaker {
        /// As resilience4j's `CircuitBreaker`, with its defaults.
        Resilience4j {
            /// Outcomes looked at.
            window: BreakerWindow = (Calls(100)),
            /// Fewer outcomes than this decide nothing.
            min_calls: u32 = 100 where Rule::count(1, 1_000_000),
            /// Trips at this share of failures or more, above 0 to 1.
            failure_rate: f64 = "50%" where Rule::positive_share(),
            /// Trips at this share of slow calls or more, above 0 to 1.
            slow_rate: f64 = "100%" where Rule::positive_share(),
            /// A call that takes longer is slow.
            slow_after: SimDuration = "60s" where Rule::positive_duration(),
            /// Time from opening to half-open.
            open_for: SimDuration = "60s" where Rule::duration_from_millis(1),
            /// Growth of `open_for` each time that half-open fails, at least 1; closed, it starts over.
            open_factor: f64 = 1 where Rule::factor(1.0, 1_000.0),
            /// The longest time from opening to half-open. Default none.
            open_max: Option<SimDuration> where Rule::positive_duration(),
            /// Probes admitted while half-open.
            half_open_calls: u32 = 10 where Rule::count(1, 1_000_000),
            /// Longest stay in half-open, then open again; zero for no limit.
            half_open_for: SimDuration = "0s",
            /// Whether it becomes half-open by itself when the time is over, rather than at the next call.
            automatic: bool = false,
            /// Failures that it does not count.
            ignore: Vec<FailureCause> = [] where Rule::OneOrMore,
        },
        /// Opens after failures in a row; half-open admits probes one at a time.
        Consecutive {
            /// Failures in a row that open it.
            failures: u32 = 5 where Rule::count(1, 1_000_000),
            /// Time from opening to half-open.
            open_for: SimDuration = "30s" where Rule::duration_from_millis(1),
            /// Successes in a row that close it again; one failure reopens it.
            successes: u32 = 1 where Rule::count(1, 1_000_000),
            /// Failures that it does not count.
            ignore: Vec<FailureCause> = [] where Rule::OneOrMore,
        },
        /// As Hystrix's `HystrixCircuitBreaker`, with its defaults: looks at its window from time to time and opens at
        /// no other instant; half-open admits one probe.
        Hystrix {
            /// Length of the rolling window, as many whole intervals as fit.
            window: SimDuration = "10s" where Rule::duration_from_millis(1),
            /// Time from look to look, counted from the first call and from each closing.
            interval: SimDuration = "500ms" where Rule::duration_from_millis(1),
            /// Fewer calls than this decide nothing.
            min_calls: u32 = 20 where Rule::count(1, 1_000_000),
            /// Trips at this share of failures or more, which is cut to whole percents; above 0 to 1.
            failure_rate: f64 = "50%" where Rule::positive_share(),
            /// Time from opening to half-open.
            open_for: SimDuration = "5s" where Rule::duration_from_millis(1),
            /// Failures that it does not count; as a probe's they reopen it.
            ignore: Vec<FailureCause> = [] where Rule::OneOrMore,
        },
        /// As the circuit breaker of Polly 8, with its defaults: failures alone open it; half-open admits one probe.
        Polly {
            /// Length of the rolling window, forgotten in tenths.
            window: SimDuration = "30s" where POLLY_DURATION,
            /// Fewer calls than this decide nothing; at least 2.
            min_calls: u32 = 100 where Rule::count(2, 1_000_000),
            /// Trips at this share of failures or more, 0 to 1.
            failure_rate: f64 = "10%" where Rule::share(1.0),
            /// Time from opening to half-open.
            open_for: SimDuration = "5s" where POLLY_DURATION,
            /// Failures that it takes for successes.
            ignore: Vec<FailureCause> = [] where Rule::OneOrMore,
        },
        /// As sony/gobreaker 2, with its defaults: a result counts only in the state that admitted its call.
        Gobreaker {
            /// What opens it; asked at each failure.
            trip: BreakerTrip = (Consecutive(6)),
            /// While closed, all counts are cleared when they are this old, with the next call; zero for never.
            interval: SimDuration = "0s",
            /// Length of a bucket. Counts are then forgotten bucket by bucket, as they get older than `interval`; zero
            /// to clear all at once.
            bucket: SimDuration = "0s",
            /// Time from opening to half-open.
            open_for: SimDuration = "60s" where Rule::duration_from_millis(1),
            /// Probes admitted while half-open, and successes in a row that close it; one failure reopens it.
            half_open_calls: u32 = 1 where Rule::count(1, 1_000_000),
            /// Failures that it does not count.
            ignore: Vec<FailureCause> = [] where Rule::OneOrMore,
        },
    }
}

schema! {
    /// The outcomes a breaker looks at.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum BreakerWindow {
        /// The last so many calls.
        Calls(calls: u32 where Rule::count(1, 1_000_000)),
        /// The last so many whole seconds.
        Time(length: SimDuration where Rule::duration_from_millis(1_000)),
    }
}

schema! {
    /// What opens a `Gobreaker` (gobreaker's `ReadyToTrip`).
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum BreakerTrip {
        /// So many failures in a row.
        Consecutive(failures: u32 where Rule::count(1, 1_000_000)),
        /// A share of failures among the calls admitted, those under way included.
        Ratio {
            /// Trips at this share or more, above 0 to 1.
            failure_rate: f64 = "60%" where Rule::positive_share(),
            /// Fewer calls than this decide nothing.
            min_calls: u32 = 3 where Rule::count(1, 1_000_000),
        },
    }
}

impl Breaker {
    /// Failures that do not speak against the callee.
    pub fn ignored(&self) -> &[FailureCause] {
        match self {
            Self::Resilience4j { ignore, .. }
            | Self::Consecutive { ignore, .. }
            | Self::Hystrix { ignore, .. }
            | Self::Polly { ignore, .. }
            | Self::Gobreaker { ignore, .. } => ignore,
        }
    }

    /// The share of failures that opens it, 0 to 1; none if it counts failures in a row.
    pub fn tripping_rate(&self) -> Option<f64> {
        match self {
            Self::Resilience4j { failure_rate, .. }
            | Self::Hystrix { failure_rate, .. }
            | Self::Polly { failure_rate, .. }
            | Self::Gobreaker { trip: BreakerTrip::Ratio { failure_rate, .. }, .. } => Some(*failure_rate),
            Self::Consecutive { .. } | Self::Gobreaker { trip: BreakerTrip::Consecutive(_), .. } => None,
        }
    }

    /// Calls that it needs to decide anything, and the time in which it must see them; none if it waits for them as long
    /// as it takes.
    pub fn calls_needed_within(&self) -> Option<(u32, SimDuration)> {
        match *self {
            Self::Resilience4j { window: BreakerWindow::Time(length), min_calls, .. } => {
                Some((min_calls, length))
            }
            Self::Hystrix { window, min_calls, .. } | Self::Polly { window, min_calls, .. } => {
                Some((min_calls, window))
            }
            Self::Gobreaker { trip: BreakerTrip::Ratio { min_calls, .. }, interval, bucket, .. }
                if !interval.is_zero() =>
            {
                Some((min_calls, Self::buckets(interval, bucket).1))
            }
            Self::Resilience4j { .. } | Self::Consecutive { .. } | Self::Gobreaker { .. } => None,
        }
    }

    /// Into how many buckets gobreaker divides its interval, and how long they are together; one if it does not.
    pub fn buckets(interval: SimDuration, bucket: SimDuration) -> (u64, SimDuration) {
        if interval.is_zero() || bucket.is_zero() {
            return (1, interval);
        }
        let count = interval.as_nanos().div_ceil(bucket.as_nanos());
        (count, bucket * count)
    }
}
