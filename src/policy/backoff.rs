//! The wait before a retry, randomized. Knows neither whether the retry is allowed nor where the draw came from.

use crate::scenario::{Backoff, Jitter};
use crate::time::SimDuration;

/// The wait before the `retry`-th retry.
///
/// `retry` counts from 1 (0 is taken as 1), and the first retry waits `base` before jitter: `min(max, base x
/// factor^(retry - 1))`, as resilience4j's `IntervalFunction`. Brooker's simulator ("Exponential Backoff And Jitter",
/// 2015) computes `base x 2^n` from n = 1, so its first wait is twice its base. Unlike resilience4j nothing is
/// truncated to milliseconds between steps, which shortens its waits by a millisecond and its powers for each step.
///
/// [`Jitter::Full`] is the backoff of the AWS SDKs (base 1 s, factor 2, max 20 s) and of Envoy, which draws whole
/// milliseconds below the same bounds (base 25 ms, factor 2, max 10 x base).
///
/// `previous` is the wait that this function gave before the retry before this one, zero before the first; only
/// [`Jitter::Decorrelated`] looks at it. `uniform` tells the draw from [0, 1) of any retry from 1 to this one; it is
/// asked for others than this by [`Jitter::Polly`] only. The result is rounded to the nearest nanosecond; whatever
/// would not fit is cut to the longest wait first.
pub fn delay(
    backoff: Backoff,
    jitter: Jitter,
    retry: u32,
    previous: SimDuration,
    uniform: impl Fn(u32) -> f64,
) -> SimDuration {
    let retry = retry.max(1);
    let wait = without_max(backoff, retry).min(longest(backoff));
    match jitter {
        Jitter::None => wait,
        Jitter::Full => wait.scaled(uniform(retry)),
        // d/2 + U(0, d/2) in one step, so that an odd number of nanoseconds is not rounded twice and never exceeds d.
        Jitter::Equal => wait.scaled(0.5 + 0.5 * uniform(retry)),
        Jitter::Decorrelated => decorrelated(backoff, previous, uniform(retry)),
        Jitter::Around { share, beyond_max: true } => wait.scaled(around(share, uniform(retry))),
        Jitter::Around { share, beyond_max: false } => {
            without_max(backoff, retry).scaled(around(share, uniform(retry))).min(longest(backoff))
        }
        Jitter::Polly => polly(backoff, retry, uniform),
    }
}

/// `base x factor^(retry - 1)`.
fn without_max(backoff: Backoff, retry: u32) -> SimDuration {
    match backoff {
        Backoff::None => SimDuration::ZERO,
        Backoff::Fixed(wait) => wait,
        // Zero times an infinite power would be no number at all.
        Backoff::Exponential { base, .. } if base.is_zero() => SimDuration::ZERO,
        Backoff::Exponential { base, factor, .. } => base.scaled(power(factor, retry - 1)),
    }
}

/// A power by squaring: the same bits everywhere, as `libm::pow` gives them too, at a tenth of its price.
fn power(mut base: f64, mut exponent: u32) -> f64 {
    let mut power = 1.0;
    while exponent > 0 {
        if exponent % 2 == 1 {
            power *= base;
        }
        base *= base;
        exponent /= 2;
    }
    power
}

/// The longest wait; what is not exponential has none but its own.
const fn longest(backoff: Backoff) -> SimDuration {
    match backoff {
        Backoff::None | Backoff::Fixed(_) => SimDuration::MAX,
        Backoff::Exponential { max, .. } => max,
    }
}

/// U(1 - share, 1 + share).
fn around(share: f64, uniform: f64) -> f64 {
    1.0 - share + 2.0 * share * uniform
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

/// Polly's `DecorrelatedJitterBackoffV2`: `min(max, base x (f(t) - f(t')) / 1.4)` with `f(t) = 2^t tanh(sqrt(4 t))`,
/// t the number of the retry from 0 plus its draw, and t' that of the retry before it (f(t') is 0 before the first). It
/// ignores `factor`. Unlike there, the result is not truncated to ticks of 100 ns.
fn polly(backoff: Backoff, retry: u32, uniform: impl Fn(u32) -> f64) -> SimDuration {
    let Backoff::Exponential { base, max, .. } = backoff else { return without_max(backoff, retry) };
    let curve = |retry: u32| {
        let t = f64::from(retry - 1) + uniform(retry);
        libm::exp2(t) * libm::tanh(libm::sqrt(4.0 * t))
    };
    let before = if retry == 1 { 0.0 } else { curve(retry - 1) };
    let intrinsic = curve(retry) - before;
    // Beyond all powers infinity less infinity is no number, and Polly's wait its longest.
    if intrinsic.is_finite() { base.scaled(intrinsic / 1.4).min(max) } else { max }
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
            // resilience4j's 500 ms x 1.5^(n-1), whose third wait is 1125 ms.
            (slow, 3, millis(1_125)),
            (slow, u32::MAX, SimDuration::MAX),
            (steep, 3, SimDuration::from_secs(30)),
            (idle, u32::MAX, SimDuration::ZERO),
            (capped, 1, millis(20)),
        ] {
            assert_eq!(delay(backoff, Jitter::None, retry, millis(5), |_| 0.7), wait, "{backoff:?} {retry}");
        }
    }

    #[test]
    fn jitter_is_pinned() {
        // Brooker 2015, all for a draw of one quarter.
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
            let got = delay(EXPONENTIAL, jitter, retry, millis(previous), |_| 0.25);
            assert_eq!(got.as_nanos() / 1_000_000, wait, "{jitter:?} {retry} {previous}");
        }
        let fixed = Backoff::Fixed(millis(70));
        assert_eq!(delay(fixed, Jitter::Full, 4, SimDuration::ZERO, |_| 0.5), millis(35));
        assert_eq!(delay(fixed, Jitter::Equal, 4, SimDuration::ZERO, |_| 0.5).as_nanos(), 52_500_000);
        assert_eq!(delay(fixed, Jitter::Decorrelated, 4, millis(70), |_| 0.5), millis(70));
        assert_eq!(delay(Backoff::None, Jitter::Decorrelated, 4, millis(70), |_| 0.5), SimDuration::ZERO);
    }

    #[test]
    fn jitter_around_the_wait() {
        // gRPC jitters what is capped, by 20 %; resilience4j caps what is jittered, by 50 % unless told otherwise; Polly
        // jitters a constant wait by 25 %.
        let grpc = Jitter::Around { share: 0.2, beyond_max: true };
        let resilience4j = Jitter::Around { share: 0.5, beyond_max: false };
        let polly = Jitter::Around { share: 0.25, beyond_max: true };
        let fixed = Backoff::Fixed(millis(80));
        for (backoff, jitter, retry, uniform, wait) in [
            (EXPONENTIAL, grpc, 1, 0.0, 80),
            (EXPONENTIAL, grpc, 1, 0.5, 100),
            (EXPONENTIAL, grpc, 2, 0.75, 220),
            // 3200 ms are capped to 2000, and may exceed them by a fifth.
            (EXPONENTIAL, grpc, 6, 0.75, 2_200),
            (EXPONENTIAL, grpc, 6, 0.0, 1_600),
            (EXPONENTIAL, resilience4j, 1, 0.75, 125),
            // 1600 ms around, then capped; of 3200 ms only the lower end is below the cap.
            (EXPONENTIAL, resilience4j, 5, 0.75, 2_000),
            (EXPONENTIAL, resilience4j, 5, 0.25, 1_200),
            (EXPONENTIAL, resilience4j, 6, 0.0, 1_600),
            (EXPONENTIAL, resilience4j, 7, 0.0, 2_000),
            (fixed, polly, 9, 0.25, 70),
            (fixed, resilience4j, 9, 0.75, 100),
            (Backoff::None, grpc, 1, 0.9, 0),
        ] {
            let got = delay(backoff, jitter, retry, SimDuration::ZERO, |_| uniform);
            assert!(
                (got.as_secs_f64() * 1e3 - f64::from(wait)).abs() < 1e-5,
                "{jitter:?} {retry} {uniform}: {got}"
            );
        }
    }

    #[test]
    fn resilience4j_truncates_each_step() {
        // `LongStream.iterate(500, x -> (long) (x * 1.5))`: from the fourth wait on it is shorter than ours.
        let backoff = Backoff::Exponential { base: millis(500), factor: 1.5, max: SimDuration::MAX };
        let mut truncated = 500_u64;
        for (retry, theirs) in (1..).zip([500, 750, 1_125, 1_687, 2_530, 3_795, 5_692]) {
            assert_eq!(truncated, theirs);
            let ours = delay(backoff, Jitter::None, retry, SimDuration::ZERO, |_| 0.0).as_secs_f64() * 1e3;
            assert!(ours >= theirs as f64 && ours - (theirs as f64) < 4.0, "{retry}: {ours} {theirs}");
            truncated = truncated * 3 / 2;
        }
    }

    #[test]
    fn polly_decorrelated_jitter_v2() {
        let backoff = Backoff::Exponential {
            base: SimDuration::from_secs(1),
            factor: 9.0,
            max: SimDuration::from_secs(30),
        };
        let wait = |retry, draws: &[f64]| {
            delay(backoff, Jitter::Polly, retry, SimDuration::ZERO, |retry| draws[retry as usize - 1])
                .as_secs_f64()
        };
        // 2^t tanh(2 sqrt(t)), t = retry - 1 + draw, less the same of the retry before, over 1.4.
        for (draws, waits) in [
            (&[0.5, 0.5, 0.5][..], [0.897_405, 1.093_004, 2.035_748]),
            (&[0.0, 0.0, 0.0], [0.0, 1.377_182, 1.460_067]),
            (&[0.999, 0.0, 0.999], [1.376_127, 0.001_055, 4.321_953]),
        ] {
            for (retry, wanted) in (1..).zip(waits) {
                let got = wait(retry, draws);
                assert!((got - wanted).abs() < 2e-6, "{draws:?} {retry}: {got}");
            }
        }
        assert_eq!(delay(backoff, Jitter::Polly, 20, SimDuration::ZERO, |_| 0.5), SimDuration::from_secs(30));
        assert_eq!(
            delay(backoff, Jitter::Polly, u32::MAX, SimDuration::ZERO, |_| 0.5),
            SimDuration::from_secs(30)
        );
    }

    proptest! {
        #[test]
        fn waits_stay_in_the_range_of_their_family(
            base in 0..u64::MAX, max in 0..u64::MAX, factor in 1.0..10.0_f64,
            retry in 1..u32::MAX, previous in 0..u64::MAX, uniform in 0.0..1.0_f64,
        ) {
            let (base, max) = (SimDuration::from_nanos(base), SimDuration::from_nanos(max));
            let backoff = Backoff::Exponential { base, factor, max };
            let wait = |jitter| delay(backoff, jitter, retry, SimDuration::from_nanos(previous), |_| uniform);
            let full = wait(Jitter::None);
            prop_assert!(full <= max && full >= base.min(max));
            prop_assert!(wait(Jitter::Full) <= full);
            prop_assert!(wait(Jitter::Polly) <= max);
            let capped = wait(Jitter::Around { share: 0.5, beyond_max: false });
            prop_assert!(capped <= max);
            prop_assert!(wait(Jitter::Decorrelated) <= max && wait(Jitter::Decorrelated) >= base.min(max));
            // Beyond 2^53 ns (104 days) a length is no longer exact in a double.
            if full.as_nanos() < 1 << 53 {
                let equal = wait(Jitter::Equal);
                prop_assert!(equal <= full && equal.as_nanos() >= full.as_nanos() / 2);
            }
        }
    }
}
