//! Budgets as a share of the first attempts, over a window or in a bucket. Know nothing of attempts beyond their number.

use crate::policy::windowed_adder::WindowedAdder;
use crate::time::{SimDuration, SimTime};

/// Parts of a retry in which these budgets are kept. Finagle keeps thousandths; millionths also hold a share like 1/3
/// well. Integers, because 0.1 + 0.1 + ... never is exactly 1, and a budget decides on equality.
const SCALE: u64 = 1_000_000;

/// Kinds counted in the trailing window.
const FIRST_ATTEMPTS: usize = 0;
const RETRIES: usize = 1;

/// Allows retries up to a share of the first attempts of a trailing window, plus a floor (`Budget::Ratio`).
///
/// In the long run, over a time t with n first attempts: retries <= share x n + `min_per_s` x t. The scheme is Finagle's
/// (`RetryBudget`): a retry is debited when it is granted, the floor is `min_per_s` x window, and slices are anchored
/// lazily. Unlike there, 1000/share is not truncated to an integer. Google's ratio ("Site Reliability Engineering",
/// ch. 21) is of retries to all requests, retries included, and here of retries to first attempts.
///
/// All amounts in [`SCALE`]-ths of a retry.
#[derive(Clone, Debug)]
pub(super) struct RatioBudget {
    share: u64,
    reserve: u64,
    counts: WindowedAdder<2>,
}

impl RatioBudget {
    /// An empty window that begins now.
    pub(super) fn new(share: f64, window: SimDuration, min_per_s: f64, now: SimTime) -> Self {
        Self {
            share: scaled(share),
            reserve: reserve(min_per_s, window),
            counts: WindowedAdder::new(window, now),
        }
    }

    /// Other numbers. What was earned and spent stays; in a window of another length it is forgotten at the new pace.
    pub(super) fn reconfigure(&mut self, share: f64, window: SimDuration, min_per_s: f64, now: SimTime) {
        self.share = scaled(share);
        self.reserve = reserve(min_per_s, window);
        self.counts.reconfigure(window, now);
    }

    pub(super) fn on_first_attempt(&mut self, now: SimTime) {
        self.counts.add(now, FIRST_ATTEMPTS);
    }

    pub(super) fn try_withdraw(&mut self, now: SimTime) -> bool {
        let sums = self.counts.sums(now);
        let earned = self.share.saturating_mul(sums[FIRST_ATTEMPTS]).saturating_add(self.reserve);
        let allowed = (sums[RETRIES] + 1).saturating_mul(SCALE) <= earned;
        if allowed {
            self.counts.add(now, RETRIES);
        }
        allowed
    }
}

/// A bucket into which each first attempt puts a share of a token (`Budget::Tokens`). It has no clock: tokens stay until
/// a retry takes them.
///
/// In the long run, with n first attempts: retries <= share x n + capacity. All amounts in [`SCALE`]-ths of a retry.
#[derive(Clone, Debug)]
pub(super) struct TokenBudget {
    share: u64,
    capacity: u64,
    balance: u64,
}

impl TokenBudget {
    /// A full bucket.
    pub(super) fn new(share: f64, capacity: f64) -> Self {
        Self { share: scaled(share), capacity: scaled(capacity), balance: scaled(capacity) }
    }

    /// Other numbers; tokens beyond the new capacity are lost.
    pub(super) fn reconfigure(&mut self, share: f64, capacity: f64) {
        self.share = scaled(share);
        self.capacity = scaled(capacity);
        self.balance = self.balance.min(self.capacity);
    }

    pub(super) fn on_first_attempt(&mut self) {
        self.balance = self.balance.saturating_add(self.share).min(self.capacity);
    }

    pub(super) fn try_withdraw(&mut self) -> bool {
        let left = self.balance.checked_sub(SCALE);
        self.balance = left.unwrap_or(self.balance);
        left.is_some()
    }
}

/// A number of retries in parts; negative numbers and NaN become zero.
fn scaled(retries: f64) -> u64 {
    libm::round(retries * SCALE as f64) as u64
}

/// The retries that are always allowed within one window.
fn reserve(min_per_s: f64, window: SimDuration) -> u64 {
    scaled(min_per_s * window.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(secs: f64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs_f64(secs)
    }

    fn ratio(share: f64, min_per_s: f64) -> RatioBudget {
        let window = SimDuration::from_secs(10);
        RatioBudget::new(share, window, min_per_s, SimTime::ZERO)
    }

    fn tokens(share: f64, capacity: f64) -> TokenBudget {
        TokenBudget::new(share, capacity)
    }

    /// Retries that are granted right now, of many wanted.
    fn granted(budget: &mut RatioBudget, now: SimTime) -> u64 {
        (0..1_000).filter(|_| budget.try_withdraw(now)).count() as u64
    }

    #[test]
    fn a_ratio_grants_exactly_its_share() {
        // Finagle: retries <= pct x requests + minRetriesPerSec x t. Floats would fail some: 0.29 x 100 < 29.
        for (share, min_per_s, firsts, retries) in [
            (0.1, 0.0, 9, 0),
            (0.1, 0.0, 10, 1),
            (0.1, 0.0, 19, 1),
            (0.29, 0.0, 100, 29),
            (0.07, 0.0, 100, 7),
            (1.0 / 3.0, 0.0, 300, 99),
            (0.2, 0.0, 0, 0),
            (0.2, 10.0, 0, 100),
            (0.2, 10.0, 50, 110),
            (0.0, 0.1, 1_000, 1),
            (0.0, 0.0, 1_000, 0),
            (10.0, 0.0, 7, 70),
        ] {
            let mut budget = ratio(share, min_per_s);
            (0..firsts).for_each(|_| budget.on_first_attempt(at(1.0)));
            assert_eq!(granted(&mut budget, at(1.5)), retries, "{share} {min_per_s} {firsts}");
        }
    }

    #[test]
    fn a_ratio_forgets_after_its_window() {
        let mut budget = ratio(0.1, 0.0);
        (0..20).for_each(|_| budget.on_first_attempt(at(0.5)));
        assert!(budget.clone().try_withdraw(at(9.999)));
        assert!(!budget.try_withdraw(at(10.0)));

        // Retries outlive the first attempts that earned them, as Finagle's withdrawals do.
        let mut budget = ratio(0.1, 0.2);
        (0..20).for_each(|_| budget.on_first_attempt(at(0.5)));
        assert_eq!(granted(&mut budget, at(5.0)), 4);
        assert_eq!(granted(&mut budget, at(10.0)), 0);
        assert_eq!(granted(&mut budget, at(15.0)), 2);
    }

    #[test]
    fn tokens_start_full_and_stay_within_capacity() {
        for (share, capacity, firsts, retries) in
            [(0.1, 20.0, 0, 20), (0.1, 20.0, 1_000, 20), (0.1, 1.9, 0, 1), (0.0, 1.0, 9, 1)]
        {
            let mut budget = tokens(share, capacity);
            (0..firsts).for_each(|_| budget.on_first_attempt());
            let granted = (0..1_000).filter(|_| budget.try_withdraw()).count();
            assert_eq!(granted, retries, "{share} {capacity} {firsts}");
        }
    }

    #[test]
    fn ten_tenths_are_one_token() {
        // Ten times 0.1 in floats is 0.9999999999999999, which would grant nothing.
        let mut budget = tokens(0.1, 20.0);
        (0..20).for_each(|_| assert!(budget.try_withdraw()));
        (0..9).for_each(|_| budget.on_first_attempt());
        assert!(!budget.try_withdraw());
        budget.on_first_attempt();
        assert!(budget.try_withdraw());
        assert!(!budget.try_withdraw());
    }

    #[test]
    fn other_numbers_leave_what_was_earned_and_spent() {
        let window = SimDuration::from_secs(10);
        let mut budget = ratio(0.1, 0.0);
        (0..20).for_each(|_| budget.on_first_attempt(at(1.0)));
        assert!(budget.try_withdraw(at(1.0)));
        budget.reconfigure(0.2, window, 0.0, at(1.5));
        assert_eq!(
            (0..9).filter(|_| budget.try_withdraw(at(1.5))).count(),
            3,
            "a fifth of 20, less one spent"
        );

        let mut bucket = tokens(0.1, 20.0);
        (0..5).for_each(|_| assert!(bucket.try_withdraw()));
        bucket.reconfigure(0.1, 30.0);
        let mut other = bucket.clone();
        assert_eq!((0..99).filter(|_| other.try_withdraw()).count(), 15, "more room, no more tokens");
        bucket.reconfigure(0.1, 2.0);
        assert_eq!((0..99).filter(|_| bucket.try_withdraw()).count(), 2);
    }

    proptest! {
        #[test]
        fn retries_are_bounded_in_the_long_run(
            share in 0_u32..300, min_per_s in 0_u32..5, capacity in 1_u32..30,
            ops in prop::collection::vec((0_u64..900_000_000, any::<bool>()), 1..500),
        ) {
            let share = f64::from(share) / 100.0;
            let mut windowed = ratio(share, f64::from(min_per_s));
            let mut bucket = tokens(share, f64::from(capacity));
            let (mut now, mut firsts) = (SimTime::ZERO, 0.0);
            let (mut by_ratio, mut by_tokens) = (0_u32, 0_u32);
            for (gap, first) in ops {
                now += SimDuration::from_nanos(gap);
                if first {
                    firsts += 1.0;
                    windowed.on_first_attempt(now);
                    bucket.on_first_attempt();
                } else {
                    by_ratio += u32::from(windowed.try_withdraw(now));
                    by_tokens += u32::from(bucket.try_withdraw());
                }
                // The reserve is granted in every window begun, and slices live no less than 9/10 of one.
                let windows = now.as_secs_f64() / 9.0 + 1.0;
                let reserved = f64::from(min_per_s) * 10.0 * windows;
                prop_assert!(f64::from(by_ratio) <= share * firsts + reserved + 1e-6);
                prop_assert!(f64::from(by_tokens) <= share * firsts + f64::from(capacity) + 1e-6);
            }
        }
    }
}
