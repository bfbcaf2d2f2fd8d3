//! How many retries the first attempts earn. Knows nothing of attempts beyond their number.

use crate::policy::windowed_adder::WindowedAdder;
use crate::scenario::Budget;
use crate::time::{SimDuration, SimTime};

/// Parts of a retry in which budgets are kept. Finagle keeps thousandths; millionths also hold a share like 1/3 well.
/// Integers, because 0.1 + 0.1 + ... never is exactly 1, and a budget decides on equality.
const SCALE: u64 = 1_000_000;

/// Kinds counted in the trailing window.
const FIRST_ATTEMPTS: usize = 0;
const RETRIES: usize = 1;

/// Bounds retries to a share of the first attempts.
///
/// In the long run, over a time t with n first attempts: retries <= share x n + `min_per_s` x t ([`Budget::Ratio`]),
/// or retries <= share x n + capacity ([`Budget::Tokens`]).
#[derive(Clone, Debug)]
pub struct RetryBudget {
    rule: Rule,
}

/// All amounts in [`SCALE`]-ths of a retry.
#[derive(Clone, Debug)]
enum Rule {
    Ratio { share: u64, reserve: u64, counts: WindowedAdder<2> },
    Tokens { share: u64, capacity: u64, balance: u64 },
}

impl RetryBudget {
    /// A budget of which nothing has been used: a full bucket, or an empty window that begins now.
    ///
    /// [`Budget::Ratio`] is Finagle's `RetryBudget` (SEMANTICS 2.3): a retry is debited when it is granted, the reserve
    /// is `min_per_s` x window, and slices are anchored lazily. It differs in not truncating 1000/share to an integer:
    /// Finagle's share of 0.3 is really 1000/3333. It follows Google SRE (SEMANTICS 2.7) in the idea of a ratio, which
    /// there is of retries to all requests, retries included, and here of retries to first attempts.
    ///
    /// [`Budget::Tokens`] has no clock: tokens come with first attempts and stay until a retry takes them.
    pub fn new(budget: &Budget, now: SimTime) -> Self {
        let rule = match *budget {
            Budget::Ratio { share, window, min_per_s } => Rule::Ratio {
                share: scaled(share),
                reserve: reserve(min_per_s, window),
                counts: WindowedAdder::new(window, now),
            },
            Budget::Tokens { share, capacity } => {
                Rule::Tokens { share: scaled(share), capacity: scaled(capacity), balance: scaled(capacity) }
            }
        };
        Self { rule }
    }

    /// Goes by other numbers from now on; false, and nothing changed, if they are of the other kind.
    ///
    /// What has been earned and spent stays. A bucket that holds more tokens than its new capacity loses the rest; what
    /// a window of another length has counted is forgotten at the new pace.
    pub fn reconfigure(&mut self, budget: &Budget, now: SimTime) -> bool {
        match (&mut self.rule, *budget) {
            (Rule::Ratio { share, reserve, counts }, Budget::Ratio { share: to, window, min_per_s }) => {
                *share = scaled(to);
                *reserve = self::reserve(min_per_s, window);
                counts.reconfigure(window, now);
            }
            (Rule::Tokens { share, capacity, balance }, Budget::Tokens { share: to, capacity: most }) => {
                *share = scaled(to);
                *capacity = scaled(most);
                *balance = (*balance).min(*capacity);
            }
            (Rule::Ratio { .. }, Budget::Tokens { .. }) | (Rule::Tokens { .. }, Budget::Ratio { .. }) => {
                return false;
            }
        }
        true
    }

    /// Earns a share of a retry: to be called once for every call that is begun, not for its retries.
    pub fn on_first_attempt(&mut self, now: SimTime) {
        match &mut self.rule {
            Rule::Ratio { counts, .. } => counts.add(now, FIRST_ATTEMPTS),
            Rule::Tokens { share, capacity, balance } => {
                *balance = balance.saturating_add(*share).min(*capacity);
            }
        }
    }

    /// Takes one retry out of the budget; false, and nothing taken, if less than one is left.
    pub fn try_withdraw(&mut self, now: SimTime) -> bool {
        match &mut self.rule {
            Rule::Ratio { share, reserve, counts } => {
                let sums = counts.sums(now);
                let earned = share.saturating_mul(sums[FIRST_ATTEMPTS]).saturating_add(*reserve);
                let allowed = (sums[RETRIES] + 1).saturating_mul(SCALE) <= earned;
                if allowed {
                    counts.add(now, RETRIES);
                }
                allowed
            }
            Rule::Tokens { balance, .. } => {
                let left = balance.checked_sub(SCALE);
                *balance = left.unwrap_or(*balance);
                left.is_some()
            }
        }
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

    fn ratio(share: f64, min_per_s: f64) -> RetryBudget {
        let window = SimDuration::from_secs(10);
        RetryBudget::new(&Budget::Ratio { share, window, min_per_s }, SimTime::ZERO)
    }

    fn tokens(share: f64, capacity: f64) -> RetryBudget {
        RetryBudget::new(&Budget::Tokens { share, capacity }, SimTime::ZERO)
    }

    /// Retries that are granted right now, of many wanted.
    fn granted(budget: &mut RetryBudget, now: SimTime) -> u64 {
        (0..1_000).filter(|_| budget.try_withdraw(now)).count() as u64
    }

    #[test]
    fn a_ratio_grants_exactly_its_share() {
        // SEMANTICS 2.3: retries <= pct x requests + minRetriesPerSec x t. Floats would fail some: 0.29 x 100 < 29.
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
            (0..firsts).for_each(|_| budget.on_first_attempt(SimTime::ZERO));
            assert_eq!(granted(&mut budget, SimTime::ZERO), retries, "{share} {capacity} {firsts}");
        }
    }

    #[test]
    fn ten_tenths_are_one_token() {
        // Ten times 0.1 in floats is 0.9999999999999999, which would grant nothing.
        let mut budget = tokens(0.1, 20.0);
        assert_eq!(granted(&mut budget, SimTime::ZERO), 20);
        (0..9).for_each(|_| budget.on_first_attempt(SimTime::ZERO));
        assert!(!budget.try_withdraw(SimTime::ZERO));
        budget.on_first_attempt(SimTime::ZERO);
        assert!(budget.try_withdraw(SimTime::ZERO));
        assert!(!budget.try_withdraw(SimTime::ZERO));
    }

    #[test]
    fn tokens_do_not_age() {
        let mut budget = tokens(0.5, 1.0);
        assert!(budget.try_withdraw(at(1.0)));
        budget.on_first_attempt(at(2.0));
        budget.on_first_attempt(at(3.0));
        assert!(budget.try_withdraw(at(1e6)));
    }

    #[test]
    fn other_numbers_leave_what_was_earned_and_spent() {
        let window = SimDuration::from_secs(10);
        let mut budget = ratio(0.1, 0.0);
        (0..20).for_each(|_| budget.on_first_attempt(at(1.0)));
        assert!(budget.try_withdraw(at(1.0)));
        assert!(budget.reconfigure(&Budget::Ratio { share: 0.2, window, min_per_s: 0.0 }, at(1.5)));
        assert_eq!(granted(&mut budget, at(1.5)), 3, "a fifth of 20, less the one spent");
        assert!(!budget.reconfigure(&Budget::Tokens { share: 0.1, capacity: 9.0 }, at(1.5)));

        let mut bucket = tokens(0.1, 20.0);
        (0..5).for_each(|_| assert!(bucket.try_withdraw(at(1.0))));
        assert!(bucket.reconfigure(&Budget::Tokens { share: 0.1, capacity: 30.0 }, at(1.0)));
        assert_eq!(granted(&mut bucket.clone(), at(1.0)), 15, "more room, no more tokens");
        assert!(bucket.reconfigure(&Budget::Tokens { share: 0.1, capacity: 2.0 }, at(1.0)));
        assert_eq!(granted(&mut bucket, at(1.0)), 2);
        assert!(!bucket.reconfigure(&Budget::Ratio { share: 0.2, window, min_per_s: 0.0 }, at(1.0)));
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
                    bucket.on_first_attempt(now);
                } else {
                    by_ratio += u32::from(windowed.try_withdraw(now));
                    by_tokens += u32::from(bucket.try_withdraw(now));
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
