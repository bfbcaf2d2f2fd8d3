//! What is written of a breaker, as its flavor takes it. Decides nothing.

use crate::policy::consecutive_breaker::ConsecutiveSettings;
use crate::policy::gobreaker::GobreakerSettings;
use crate::policy::hystrix_breaker::HystrixSettings;
use crate::policy::polly_breaker::PollySettings;
use crate::policy::rate_breaker::RateSettings;
use crate::scenario::{Breaker, MOST_BUCKETS};
use crate::time::SimDuration;

/// The numbers of one flavor.
pub(super) enum Settings {
    Rate(RateSettings),
    Consecutive(ConsecutiveSettings),
    Hystrix(HystrixSettings),
    Polly(PollySettings),
    Gobreaker(GobreakerSettings),
}

impl Settings {
    pub(super) fn of(breaker: &Breaker) -> Self {
        match breaker.clone() {
            Breaker::Resilience4j {
                window,
                min_calls,
                failure_rate,
                slow_rate,
                slow_after,
                open_for,
                open_factor,
                open_max,
                half_open_calls,
                half_open_for,
                automatic,
                ignore,
            } => Self::Rate(RateSettings {
                window,
                min_calls,
                failure_rate,
                slow_rate,
                slow_after,
                open_for,
                open_factor,
                open_max,
                half_open_calls,
                half_open_for,
                automatic,
                ignore,
            }),
            Breaker::Consecutive { failures, open_for, successes, ignore } => {
                Self::Consecutive(ConsecutiveSettings { failures, open_for, successes, ignore })
            }
            Breaker::Hystrix { window, interval, min_calls, failure_rate, open_for, ignore } => {
                let interval = divisible(window, interval).min(window);
                Self::Hystrix(HystrixSettings { window, interval, min_calls, failure_rate, open_for, ignore })
            }
            Breaker::Polly { window, min_calls, failure_rate, open_for, ignore } => {
                Self::Polly(PollySettings { window, min_calls, failure_rate, open_for, ignore })
            }
            Breaker::Gobreaker { trip, interval, bucket, open_for, half_open_calls, ignore } => {
                let bucket = if bucket.is_zero() { bucket } else { divisible(interval, bucket) };
                Self::Gobreaker(GobreakerSettings {
                    trip,
                    interval,
                    bucket,
                    open_for,
                    half_open_calls,
                    ignore,
                })
            }
        }
    }
}

/// A part of a window, long enough that there are not too many. No scenario can be written otherwise, but two changes
/// during a run, each of which could be, may come to it together.
fn divisible(window: SimDuration, part: SimDuration) -> SimDuration {
    part.max(SimDuration::from_nanos(window.as_nanos().div_ceil(MOST_BUCKETS)))
}
