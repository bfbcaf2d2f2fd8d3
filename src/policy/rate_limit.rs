//! How many attempts a rate limit lets in: a token bucket whose rate may run up or down. Knows no operation.

use crate::scenario::RateLimit;
use crate::time::{SimDuration, SimTime};

/// A bucket this close to a whole token has it: rates like 10,000/min are no binary numbers.
const FORGIVEN: f64 = 1e-6;

/// A token bucket (Envoy's `TokenBucketImpl`): it starts full, refills continuously up to `burst`, and an attempt takes
/// one token or is refused.
///
/// In any time t at most burst + (integral of the rate over t) attempts are let in. Tokens are not added up step by
/// step but read off the integral, so that rounding does not pile up.
#[derive(Clone, Debug, PartialEq)]
pub struct RateLimiter {
    limit: RateLimit,
    /// When a ramp begins to run; before that it has its first rate.
    begins: SimTime,
    /// Tokens at `since`, when the bucket was last full or set.
    tokens: f64,
    since: SimTime,
    /// Tokens taken since then.
    taken: u64,
}

impl RateLimiter {
    /// A full bucket at `now`, whose ramp, if it is one, runs from `begins` on.
    pub const fn new(limit: &RateLimit, begins: SimTime, now: SimTime) -> Self {
        let tokens = match burst(limit) {
            Some(burst) => burst,
            None => 0.0,
        };
        Self { limit: *limit, begins, tokens, since: now, taken: 0 }
    }

    /// Takes a token; false, and nothing taken, if there is none.
    pub fn admits(&mut self, now: SimTime) -> bool {
        let Some(burst) = burst(&self.limit) else { return true };
        let left = self.left(now);
        if left >= burst {
            (self.tokens, self.since, self.taken) = (burst, now, 0);
        }
        let admitted = left + FORGIVEN >= 1.0;
        self.taken += u64::from(admitted);
        admitted
    }

    /// Exchanges the limit. A bucket keeps its tokens as far as the new one holds them; a ramp begins to run now.
    pub fn reconfigure(&mut self, limit: &RateLimit, now: SimTime) {
        let kept = self.left(now);
        let was_bucket = burst(&self.limit).is_some();
        *self = Self::new(limit, now, now);
        if was_bucket {
            self.tokens = self.tokens.min(kept);
        }
    }

    /// Tokens in the bucket; zero without one.
    pub fn left(&self, now: SimTime) -> f64 {
        let Some(burst) = burst(&self.limit) else { return 0.0 };
        let left = self.tokens + self.granted(now) - self.granted(self.since) - self.taken as f64;
        left.clamp(0.0, burst)
    }

    /// Tokens that fall into the bucket from the begin of the ramp to an instant; negative before it.
    fn granted(&self, at: SimTime) -> f64 {
        let nanos = |length: SimDuration| length.as_nanos() as f64;
        let (before, after) = (self.begins.saturating_since(at), at.saturating_since(self.begins));
        let per_nano = match self.limit {
            RateLimit::Unlimited => 0.0,
            RateLimit::TokenBucket { rate, .. } => rate * (nanos(after) - nanos(before)),
            RateLimit::Ramp { from, to, over, .. } => {
                let running = nanos(after.min(over));
                let rise = (to - from) * running / nanos(over) / 2.0;
                from * (running - nanos(before)) + rise * running + to * nanos(after.saturating_sub(over))
            }
        };
        per_nano / 1e9
    }
}

/// What the bucket of a limit holds; none without a limit.
const fn burst(limit: &RateLimit) -> Option<f64> {
    match *limit {
        RateLimit::Unlimited => None,
        RateLimit::TokenBucket { burst, .. } | RateLimit::Ramp { burst, .. } => Some(burst as f64),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn ms(millis: u64) -> SimTime {
        SimTime::from_nanos(millis * 1_000_000)
    }

    const fn bucket(rate: f64, burst: u32) -> RateLimit {
        RateLimit::TokenBucket { rate, burst }
    }

    const fn ramp(from: f64, to: f64, over_s: u64, burst: u32) -> RateLimit {
        RateLimit::Ramp { from, to, over: SimDuration::from_secs(over_s), burst }
    }

    /// Attempts that are let in if one comes every millisecond of a period, its end included.
    fn admitted(limiter: &mut RateLimiter, from_ms: u64, to_ms: u64) -> u64 {
        (from_ms..=to_ms).filter(|at| limiter.admits(ms(*at))).count() as u64
    }

    #[test]
    fn a_bucket_empties_and_refills() {
        let mut limiter = RateLimiter::new(&bucket(10.0, 2), SimTime::ZERO, SimTime::ZERO);
        let decisions: Vec<bool> = [0, 0, 0, 99, 100, 150, 199, 200, 1_000, 1_000, 1_000]
            .iter()
            .map(|at| limiter.admits(ms(*at)))
            .collect();
        let wanted = [true, true, false, false, true, false, false, true, true, true, false];
        assert_eq!(decisions, wanted);
    }

    #[test]
    fn envoy_token_bucket() {
        // Tokens per second and burst, then: when (ms), the tokens before, and whether one is taken.
        type Row = (u64, f64, bool);
        let tables: &[(f64, u32, &[Row])] = &[
            // Full at first; tokens are fractional, and a whole one is needed.
            (
                2.0,
                2,
                &[
                    (0, 2.0, true),
                    (0, 1.0, true),
                    (250, 0.5, false),
                    (499, 0.998, false),
                    (500, 1.0, true),
                    (600, 0.2, false),
                ],
            ),
            // A refusal takes nothing, and the bucket holds no more than its burst.
            (
                0.5,
                1,
                &[
                    (0, 1.0, true),
                    (1_000, 0.5, false),
                    (2_000, 1.0, true),
                    (60_000, 1.0, true),
                    (60_000, 0.0, false),
                ],
            ),
        ];
        for (rate, burst, rows) in tables {
            let mut limiter = RateLimiter::new(&bucket(*rate, *burst), SimTime::ZERO, SimTime::ZERO);
            for (at, left, taken) in *rows {
                assert!((limiter.left(ms(*at)) - left).abs() < 1e-9, "{rate} {burst} at {at}");
                assert_eq!(limiter.admits(ms(*at)), *taken, "{rate} {burst} at {at}");
            }
        }
    }

    #[test]
    fn under_pressure_it_admits_burst_plus_rate_times_time() {
        // rate per second, burst, period in s, wanted
        for (rate, burst, secs, wanted) in [
            (60.0, 10, 60, 3_610),
            (10_000.0 / 60.0, 10, 60, 10_010),
            (1.0 / 3.0, 1, 90, 31),
            (0.0, 5, 1_000, 5),
            (999.0, 2, 100, 99_902),
        ] {
            let mut limiter = RateLimiter::new(&bucket(rate, burst), SimTime::ZERO, SimTime::ZERO);
            assert_eq!(admitted(&mut limiter, 0, secs * 1_000), wanted, "{rate}/s, {burst}");
        }
        let mut early = RateLimiter::new(&bucket(60.0, 10), ms(10_000), SimTime::ZERO);
        assert_eq!(admitted(&mut early, 0, 20_000), 10 + 1_200, "the same in the warm-up");
        let mut all = RateLimiter::new(&RateLimit::Unlimited, SimTime::ZERO, SimTime::ZERO);
        assert_eq!(admitted(&mut all, 1, 5_000), 5_000);
    }

    #[test]
    fn a_ramp_admits_the_integral_of_its_rate() {
        // From 60/s to 170/s over 2 min: 115/s on average, then 170/s.
        let up = ramp(60.0, 170.0, 120, 10);
        let mut limiter = RateLimiter::new(&up, ms(10_000), SimTime::ZERO);
        assert_eq!(admitted(&mut limiter, 0, 10_000), 10 + 600, "its first rate before it begins");
        // 60 t + 110 t^2 / 240
        assert_eq!(admitted(&mut limiter, 10_001, 70_000), 3_600 + 1_650);
        assert_eq!(admitted(&mut limiter, 70_001, 130_000), 115 * 120 - 5_250);
        assert_eq!(admitted(&mut limiter, 130_001, 140_000), 1_700);
        let mut down = RateLimiter::new(&ramp(100.0, 0.0, 10, 2), SimTime::ZERO, SimTime::ZERO);
        assert_eq!(admitted(&mut down, 0, 60_000), 2 + 500);
    }

    #[test]
    fn a_changed_limit_keeps_tokens() {
        let mut limiter = RateLimiter::new(&bucket(10.0, 20), SimTime::ZERO, SimTime::ZERO);
        limiter.reconfigure(&bucket(100.0, 5), ms(0));
        assert_eq!(admitted(&mut limiter, 0, 0), 1, "one of five");
        limiter.reconfigure(&bucket(0.0, 50), ms(0));
        let four: Vec<bool> = (0..5).map(|_| limiter.admits(ms(9))).collect();
        assert_eq!(four, [true, true, true, true, false], "what was left, not a full bucket");
        limiter.reconfigure(&ramp(0.0, 10.0, 2, 10), ms(10_000));
        assert!((limiter.left(ms(12_000)) - 10.0).abs() < 1e-9, "10/s x 2 s / 2, from now on");
        limiter.reconfigure(&RateLimit::Unlimited, ms(12_000));
        assert_eq!(admitted(&mut limiter, 12_000, 12_999), 1_000);
        limiter.reconfigure(&bucket(0.0, 3), ms(13_000));
        assert_eq!(admitted(&mut limiter, 13_000, 14_000), 3, "a new bucket is full");
    }

    proptest! {
        /// Whatever comes when: never more than the burst and what the rate grants, and no token is lost below it.
        #[test]
        fn no_more_than_burst_and_integral(
            rate in 0.1_f64..1e4,
            to in 0.0_f64..1e4,
            over_s in 1_u64..100,
            burst in 1_u32..100,
            gaps in proptest::collection::vec(0_u64..20_000, 1..300),
        ) {
            let limit = ramp(rate, to, over_s, burst);
            let mut limiter = RateLimiter::new(&limit, ms(5_000), SimTime::ZERO);
            let (mut now, mut admitted) = (0, 0_u32);
            let granted = |limiter: &RateLimiter, at| limiter.granted(ms(at)) - limiter.granted(SimTime::ZERO);
            for gap in gaps {
                now += gap;
                let before = limiter.left(ms(now));
                prop_assert!((0.0..=f64::from(burst)).contains(&before));
                let admits = limiter.admits(ms(now));
                prop_assert_eq!(admits, before + FORGIVEN >= 1.0);
                admitted += u32::from(admits);
                let most = f64::from(burst) + granted(&limiter, now);
                prop_assert!(f64::from(admitted) <= most + 1e-3, "{admitted} of {most}");
            }
        }
    }
}
