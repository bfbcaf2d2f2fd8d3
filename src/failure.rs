//! The ways in which an attempt or a request fails. Knows nothing of who failed.

use serde::Serialize;

/// Why an attempt or a request failed, as its caller saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCause {
    /// No answer within the attempt's timeout.
    Timeout,
    /// The call's deadline passed.
    Deadline,
    /// Nobody to connect to: no replica was running.
    Refused,
    /// The replica's queue was full.
    QueueFull,
    /// The replica died while it had the attempt.
    Reset,
    /// The callee answered with an error of its own.
    Error,
    /// The callee answered with an error because a call that it needed had failed.
    Dependency,
    /// The caller's breaker was open.
    BreakerOpen,
    /// The caller's bulkhead had no permit.
    BulkheadFull,
    /// The caller's pool had no connection in time.
    PoolTimeout,
    /// The callee's rate limit had no token (429).
    RateLimited,
    /// The callee turned it away because others matter more.
    Shed,
    /// A request that was never made: the step of the journey before it had failed.
    NotMade,
    /// The caller's throttle held it back.
    Throttled,
}

impl FailureCause {
    /// All causes, in the order of their definition.
    pub const ALL: [Self; 14] = [
        Self::Timeout,
        Self::Deadline,
        Self::Refused,
        Self::QueueFull,
        Self::Reset,
        Self::Error,
        Self::Dependency,
        Self::BreakerOpen,
        Self::BulkheadFull,
        Self::PoolTimeout,
        Self::RateLimited,
        Self::Shed,
        Self::NotMade,
        Self::Throttled,
    ];

    /// Its name in files: `queue_full`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Deadline => "deadline",
            Self::Refused => "refused",
            Self::QueueFull => "queue_full",
            Self::Reset => "reset",
            Self::Error => "error",
            Self::Dependency => "dependency",
            Self::BreakerOpen => "breaker_open",
            Self::BulkheadFull => "bulkhead_full",
            Self::PoolTimeout => "pool_timeout",
            Self::RateLimited => "rate_limited",
            Self::Shed => "shed",
            Self::NotMade => "not_made",
            Self::Throttled => "throttled",
        }
    }

    /// Whether the caller refused it before anything was sent.
    pub const fn is_local(self) -> bool {
        matches!(self, Self::BreakerOpen | Self::BulkheadFull | Self::PoolTimeout | Self::Throttled)
    }

    /// Whether the callee, or nobody in its place, refused it before it began.
    pub const fn is_turned_away(self) -> bool {
        matches!(self, Self::Refused | Self::QueueFull | Self::RateLimited | Self::Shed)
    }
}

/// How an attempt or a request ended, as its caller saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Answered as wanted.
    Ok,
    /// Answered with less than was wanted: a fallback stood in somewhere below.
    Degraded,
    /// Not answered.
    Failed(FailureCause),
    /// Its caller stopped waiting before either: it died, was canceled, or had enough other answers.
    Abandoned,
}

impl Outcome {
    /// Whether it failed.
    pub const fn is_failed(self) -> bool {
        matches!(self, Self::Failed(_))
    }

    /// Whether it was answered, as wanted or degraded.
    pub const fn is_answered(self) -> bool {
        matches!(self, Self::Ok | Self::Degraded)
    }

    /// Whether anybody could see it: a request that was never made shows nowhere but in the accounts.
    pub const fn was_made(self) -> bool {
        !matches!(self, Self::Failed(FailureCause::NotMade))
    }

    /// A number for digests, stable over versions.
    pub const fn code(self) -> u64 {
        match self {
            Self::Ok => 0,
            Self::Abandoned => 1,
            Self::Failed(cause) => 2 + cause as u64,
            Self::Degraded => 1_000,
        }
    }
}
