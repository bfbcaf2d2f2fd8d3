//! Finagle's retry budget, to the token. Knows nothing of attempts beyond their number.

use crate::policy::windowed_adder::WindowedAdder;
use crate::time::{SimDuration, SimTime};

/// Finagle counts in thousandths of a first attempt (`RetryBudget.ScaleFactor`).
const SCALE: i64 = 1_000;

/// Kinds counted in the trailing window.
const DEPOSITS: usize = 0;
const WITHDRAWALS: usize = 1;

/// Finagle's `RetryBudget` (`Budget::Finagle`), after twitter/finagle `RetryBudget.scala` and twitter/util
/// `TokenBucket.scala`.
///
/// A first attempt deposits 1000. A retry withdraws 1000/share, truncated, if there is as much: a share of 30 % so costs
/// 3333. The floor is `min_per_s` x ttl retries, in whole seconds of the ttl. Deposits and withdrawals are forgotten
/// slice by slice; a withdrawal can outlive the deposits it used, so the balance may dip below the floor.
///
/// In the long run, over a time t with n first attempts: retries <= share x n + `min_per_s` x t. Not followed: Finagle's
/// clock of whole milliseconds.
#[derive(Clone, Debug)]
pub(super) struct FinagleBudget {
    amounts: Amounts,
    counts: WindowedAdder<2>,
}

#[derive(Clone, Copy, Debug)]
struct Amounts {
    deposit: i64,
    withdrawal: i64,
    reserve: i64,
}

impl Amounts {
    fn new(ttl: SimDuration, min_per_s: u32, share: f64) -> Self {
        let (deposit, withdrawal) = if share > 0.0 { (SCALE, (SCALE as f64 / share) as i64) } else { (0, 1) };
        let whole_secs = (ttl.as_nanos() / 1_000_000_000).cast_signed();
        let reserve = (i64::from(min_per_s) * whole_secs).saturating_mul(withdrawal);
        Self { deposit, withdrawal, reserve }
    }
}

impl FinagleBudget {
    /// An empty window that begins now.
    pub(super) fn new(ttl: SimDuration, min_per_s: u32, share: f64, now: SimTime) -> Self {
        Self { amounts: Amounts::new(ttl, min_per_s, share), counts: WindowedAdder::new(ttl, now) }
    }

    /// Other numbers. What was deposited and withdrawn is counted at its new worth, and forgotten at the new pace.
    pub(super) fn reconfigure(&mut self, ttl: SimDuration, min_per_s: u32, share: f64, now: SimTime) {
        self.amounts = Amounts::new(ttl, min_per_s, share);
        self.counts.reconfigure(ttl, now);
    }

    pub(super) fn on_first_attempt(&mut self, now: SimTime) {
        self.counts.add(now, DEPOSITS);
    }

    pub(super) fn try_withdraw(&mut self, now: SimTime) -> bool {
        let allowed = self.count(now) >= self.amounts.withdrawal;
        if allowed {
            self.counts.add(now, WITHDRAWALS);
        }
        allowed
    }

    /// What is left, in thousandths of a first attempt.
    fn count(&mut self, now: SimTime) -> i64 {
        let sums = self.counts.sums(now);
        let Amounts { deposit, withdrawal, reserve } = self.amounts;
        let worth = |number: u64, amount: i64| number.cast_signed().saturating_mul(amount);
        worth(sums[DEPOSITS], deposit)
            .saturating_sub(worth(sums[WITHDRAWALS], withdrawal))
            .saturating_add(reserve)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ms(millis: u64) -> SimTime {
        SimTime::from_nanos(millis * 1_000_000)
    }

    const TTL: SimDuration = SimDuration::from_secs(10);

    /// What happens: first attempts, or retries that are asked for.
    #[derive(Clone, Copy, Debug)]
    enum Op {
        Firsts(u64),
        Asks(u64),
    }
    use Op::{Asks, Firsts};

    #[test]
    fn finagle_retry_budget() {
        // `min_per_s`, share, then: when, what, retries granted, what is left afterwards in thousandths.
        type Row = (u64, Op, u64, i64);
        let tables: &[(u32, f64, &[Row])] = &[
            // The defaults: a reserve of 100 retries of 5000, and a retry for five first attempts.
            (
                10,
                0.2,
                &[
                    (0, Asks(101), 100, 0),
                    (0, Firsts(4), 0, 4_000),
                    (0, Asks(1), 0, 4_000),
                    (0, Firsts(1), 0, 5_000),
                    (0, Asks(2), 1, 0),
                ],
            ),
            // Withdrawals outlive the deposits that paid for them: the balance falls below the reserve of 2 x 10.
            (
                2,
                0.5,
                &[
                    (0, Firsts(10), 0, 50_000),
                    (9_999, Asks(5), 5, 40_000),
                    (10_998, Asks(0), 0, 40_000),
                    (10_999, Asks(0), 0, 30_000),
                    (19_998, Asks(15), 15, 0),
                    (20_998, Asks(1), 1, 8_000),
                ],
            ),
            // 1000/share is truncated: 30 % costs 3333, so 10 first attempts pay for three and leave a thousandth.
            (0, 0.3, &[(0, Firsts(10), 0, 10_000), (0, Asks(4), 3, 1)]),
            // More than one retry for each first attempt: 1000/1.5 = 666.
            (0, 1.5, &[(0, Firsts(2), 0, 2_000), (0, Asks(9), 3, 2)]),
            (0, 1_000.0, &[(0, Firsts(1), 0, 1_000), (0, Asks(2_000), 1_000, 0)]),
            // A share of nothing: first attempts earn nothing, a retry costs 1, and the reserve alone counts.
            (3, 0.0, &[(0, Firsts(99), 0, 30), (0, Asks(99), 30, 0), (10_000, Asks(99), 30, 0)]),
            // Neither a floor nor a share: Finagle's `Empty`.
            (0, 0.0, &[(0, Firsts(99), 0, 0), (0, Asks(9), 0, 0)]),
        ];
        for (min_per_s, share, rows) in tables {
            let mut budget = FinagleBudget::new(TTL, *min_per_s, *share, ms(0));
            for row in *rows {
                let (at, op, granted, left) = *row;
                let mut got = 0;
                match op {
                    Firsts(n) => (0..n).for_each(|_| budget.on_first_attempt(ms(at))),
                    Asks(n) => got = (0..n).filter(|_| budget.try_withdraw(ms(at))).count() as u64,
                }
                assert_eq!((got, budget.count(ms(at))), (granted, left), "{min_per_s} {share}: {row:?}");
            }
        }
    }

    #[test]
    fn the_reserve_counts_whole_seconds() {
        for (ttl_ms, retries) in [(1_000, 10), (1_999, 10), (2_000, 20), (60_000, 600)] {
            let ttl = SimDuration::from_millis(ttl_ms);
            let mut budget = FinagleBudget::new(ttl, 10, 0.2, ms(0));
            assert_eq!((0..999).filter(|_| budget.try_withdraw(ms(0))).count(), retries, "{ttl_ms}");
        }
    }

    proptest! {
        #[test]
        fn finagle_bounds_retries_in_the_long_run(
            share in 0_u32..300, min_per_s in 0_u32..5,
            ops in prop::collection::vec((0_u64..900, any::<bool>()), 1..500),
        ) {
            let share = f64::from(share) / 100.0;
            let mut budget = FinagleBudget::new(TTL, min_per_s, share, ms(0));
            let (mut now, mut firsts, mut retries) = (0, 0.0, 0_u32);
            for (gap, first) in ops {
                now += gap;
                if first {
                    firsts += 1.0;
                    budget.on_first_attempt(ms(now));
                } else {
                    retries += u32::from(budget.try_withdraw(ms(now)));
                }
                // Truncation makes a retry cheaper by less than 1 in 333; slices live no less than 9/10 of the ttl.
                let reserved = f64::from(min_per_s) * 10.0 * (now as f64 / 9_000.0 + 1.0);
                prop_assert!(f64::from(retries) <= share * 1.004 * firsts + reserved + 1e-6);
            }
        }
    }
}
