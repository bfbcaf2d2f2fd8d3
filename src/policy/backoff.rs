//! The wait before a retry, randomized. Knows neither whether the retry is allowed nor where the draw came from.

use crate::scenario::{Backoff, Jitter};
use crate::time::SimDuration;

/// The wait before the `retry`-th retry.
///
/// `retry` counts from 1 (0 is taken as 1), and the first retry waits `base` before jitter: `min(max, base x
/// factor^(retry - 1))`, as resilience4j's `IntervalFunction`. Brooker's simulator ("Exponential Backoff And Jitter",
/// 2015) computes `base x 2^n` from n = 1, so its first wait is twice its base. Unlike resilience4j nothing is
/// truncated to milliseconds between steps.
///
/// `previous` is the wait that this function gave before the retry before this one, zero before the first; only
/// [`Jitter::Decorrelated`] looks at it. `uniform` is a draw from [0, 1); without jitter it is not used. The result is
/// rounded to the nearest nanosecond; whatever would not fit is cut to the longest wait first.
pub fn delay(
    backoff: Backoff,
    jitter: Jitter,
    retry: u32,
    previous: SimDuration,
    uniform: f64,
) -> SimDuration {
    let wait = without_jitter(backoff, retry);
    match jitter {
        Jitter::None => wait,
        Jitter::Full => wait.scaled(uniform),
        // d/2 + U(0, d/2) in one step, so that an odd number of nanoseconds is not rounded twice and never exceeds d.
        Jitter::Equal => wait.scaled(0.5 + 0.5 * uniform),
        Jitter::Decorrelated => decorrelated(backoff, previous, uniform),
    }
}

/// `min(max, base x factor^(retry - 1))`; a power beyond all numbers is cut to `max` like any other.
fn without_jitter(backoff: Backoff, retry: u32) -> SimDuration {
    match backoff {
        Backoff::None => SimDuration::ZERO,
        Backoff::Fixed(wait) => wait,
        // Zero times an infinite power would be no number at all.
        Backoff::Exponential { base, .. } if base.is_zero() => SimDuration::ZERO,
        Backoff::Exponential { base, factor, max } => {
            base.scaled(libm::pow(factor, f64::from(retry.max(1) - 1))).min(max)
        }
    }
}

/// `min(max, U(base, 3 x previous))`, the first previous wait being `base` (Brooker 2015). It grows by itself and
/// ignores `factor`. A fixed wait is its own base and its own longest wait, so nothing is left to randomize.
fn decorrelated(backoff: Backoff, previous: SimDuration, uniform: f64) -> SimDuration {
    let (base, max) = match backoff {
        Backoff::None => return SimDuration::ZERO,
        Backoff::Fixed(wait) => (wait, wait),
        Backoff::Exponential { base, max, .. } => (base, max),
    };
    let span = (previous.max(base) * 3).saturating_sub(base);
    (base + span.scaled(uniform)).min(max)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn millis(n: u64) -> SimDuration {
        SimDuration::from_millis(n)
    }

    const EXPONENTIAL: Backoff =
        Backoff::Exponential { base: millis(100), factor: 2.0, max: SimDuration::from_secs(2) };

    #[test]
    fn waits_without_jitter_are_exact() {
        let slow = Backoff::Exponential { base: millis(500), factor: 1.5, max: SimDuration::MAX };
        let steep =
            Backoff::Exponential { base: millis(1), factor: f64::MAX, max: SimDuration::from_secs(30) };
        let idle = Backoff::Exponential { base: SimDuration::ZERO, factor: 2.0, max: millis(9) };
        let capped = Backoff::Exponential { base: millis(50), factor: 2.0, max: millis(20) };
        for (backoff, retry, wait) in [
            (Backoff::None, 1, SimDuration::ZERO),
            (Backoff::Fixed(millis(70)), 1, millis(70)),
            (Backoff::Fixed(millis(70)), 9, millis(70)),
            (EXPONENTIAL, 0, millis(100)),
            (EXPONENTIAL, 1, millis(100)),
            (EXPONENTIAL, 2, millis(200)),
            (EXPONENTIAL, 5, millis(1_600)),
            (EXPONENTIAL, 6, millis(2_000)),
            (EXPONENTIAL, u32::MAX, millis(2_000)),
            // SEMANTICS 2.6: resilience4j's 500 ms x 1.5^(n-1), whose third wait is 1125 ms.
            (slow, 3, millis(1_125)),
            (slow, u32::MAX, SimDuration::MAX),
            (steep, 3, SimDuration::from_secs(30)),
            (idle, u32::MAX, SimDuration::ZERO),
            (capped, 1, millis(20)),
        ] {
            assert_eq!(delay(backoff, Jitter::None, retry, millis(5), 0.7), wait, "{backoff:?} {retry}");
        }
    }

    #[test]
    fn jitter_is_pinned() {
        // SEMANTICS 2.1, all for a draw of one quarter.
        for (jitter, retry, previous, wait) in [
            (Jitter::Full, 1, 0, 25),
            (Jitter::Full, 3, 0, 100),
            (Jitter::Equal, 1, 0, 62),
            (Jitter::Equal, 3, 0, 250),
            // U(100, 3 x 100), then U(100, 3 x 500): independent of the number of the retry.
            (Jitter::Decorrelated, 1, 0, 150),
            (Jitter::Decorrelated, 7, 0, 150),
            (Jitter::Decorrelated, 2, 500, 450),
            // A previous wait below base, as left by another setting, counts as base.
            (Jitter::Decorrelated, 2, 20, 150),
            (Jitter::Decorrelated, 9, 9_000, 2_000),
        ] {
            let got = delay(EXPONENTIAL, jitter, retry, millis(previous), 0.25);
            assert_eq!(got.as_nanos() / 1_000_000, wait, "{jitter:?} {retry} {previous}");
        }
        let fixed = Backoff::Fixed(millis(70));
        assert_eq!(delay(fixed, Jitter::Full, 4, SimDuration::ZERO, 0.5), millis(35));
        assert_eq!(delay(fixed, Jitter::Equal, 4, SimDuration::ZERO, 0.5).as_nanos(), 52_500_000);
        assert_eq!(delay(fixed, Jitter::Decorrelated, 4, millis(70), 0.5), millis(70));
        assert_eq!(delay(Backoff::None, Jitter::Decorrelated, 4, millis(70), 0.5), SimDuration::ZERO);
    }

    proptest! {
        #[test]
        fn waits_stay_in_the_range_of_their_family(
            base in 0..u64::MAX, max in 0..u64::MAX, factor in 1.0..10.0_f64,
            retry in 1..u32::MAX, previous in 0..u64::MAX, uniform in 0.0..1.0_f64,
        ) {
            let (base, max) = (SimDuration::from_nanos(base), SimDuration::from_nanos(max));
            let backoff = Backoff::Exponential { base, factor, max };
            let wait = |jitter| delay(backoff, jitter, retry, SimDuration::from_nanos(previous), uniform);
            let full = wait(Jitter::None);
            prop_assert!(full <= max && full >= base.min(max));
            prop_assert!(wait(Jitter::Full) <= full);
            prop_assert!(wait(Jitter::Decorrelated) <= max && wait(Jitter::Decorrelated) >= base.min(max));
            // Beyond 2^53 ns (104 days) a length is no longer exact in a double.
            if full.as_nanos() < 1 << 53 {
                let equal = wait(Jitter::Equal);
                prop_assert!(equal <= full && equal.as_nanos() >= full.as_nanos() / 2);
            }
        }
    }
}
