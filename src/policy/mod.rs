//! How resilience mechanisms decide: state machines that are told the time and the draws, and answer.
//!
//! Each follows a named library or paper and says where it does not. None of them schedules anything, draws anything
//! or knows who calls whom: a wait that must end, a timer that must fire, is the business of who holds the machine.
//!
//! | file | decides |
//! |---|---|
//! | [`delay`] | how long to wait before a retry |
//! | [`decide`], [`RetryBudget`] | whether a failed attempt is tried again |
//! | [`ClientThrottle`] | whether an attempt is sent now, later or not at all |
//! | [`CircuitBreaker`] | whether a call may be made at all |
//! | [`CrashLoop`] | how long a dead process is left alone |
//! | [`LastAnswers`] | whether an earlier answer can stand in |
//! | [`Permits`] | who holds one of a bounded number of places, and who waits for one |
//! | [`RateLimiter`] | whether an attempt is let in at all |
//!
//! **Invariant**: time only moves forward. Every method that takes `now` expects it no earlier than the last one.

mod adaptive_throttle;
mod backoff;
mod breaker_settings;
mod breaker_state;
mod circuit_breaker;
mod client_throttle;
mod consecutive_breaker;
mod crash_loop;
mod cycle_limiter;
mod envoy_budget;
mod finagle_budget;
mod gobreaker;
mod grpc_throttle;
mod hystrix_breaker;
mod last_answers;
mod permits;
mod polly_breaker;
mod rate_breaker;
mod rate_limit;
mod ratio_budget;
mod retry;
mod retry_budget;
mod retry_quota;
mod sliding_window;
mod windowed_adder;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod recorded_runs;

pub use backoff::delay;
pub use breaker_state::BreakerState;
pub use circuit_breaker::{BreakerPermit, CircuitBreaker};
pub use client_throttle::ClientThrottle;
pub use crash_loop::CrashLoop;
pub use cycle_limiter::Admission;
pub use envoy_budget::InProgress;
pub use last_answers::LastAnswers;
pub use permits::{Acquired, Permits};
pub use rate_limit::RateLimiter;
pub use retry::{FailedAttempt, GiveUpReason, RetryDecision, decide, is_retryable};
pub use retry_budget::RetryBudget;
