//! Sums over a trailing window in ten slices. Knows nothing of what is counted.

use crate::time::{SimDuration, SimTime};

/// Slices of a window, the one being written included (Finagle's `RetryBudget` uses ten).
const SLICES: usize = 10;

/// Counts of `K` kinds of things over a trailing window, after `WindowedAdder` of twitter/util.
///
/// Slices are anchored lazily: one closes at the first access a tenth of the window or more after it opened, and the
/// next opens at that access, not at a multiple of the tenth. So things are forgotten a whole slice at a time: at the
/// earliest 9/10 of the window after they happened, and later the rarer the accesses are. All kinds share their slices.
#[derive(Clone, Debug)]
pub(super) struct WindowedAdder<const K: usize> {
    /// Length of a slice in nanoseconds, at least 1.
    width: u64,
    /// When the slice being written opened.
    opened: SimTime,
    /// Index of the slice being written.
    head: usize,
    slices: [[u64; K]; SLICES],
    sums: [u64; K],
}

impl<const K: usize> WindowedAdder<K> {
    /// An empty window of this length, whose first slice opens now.
    pub(super) fn new(window: SimDuration, now: SimTime) -> Self {
        Self { width: width(window), opened: now, head: 0, slices: [[0; K]; SLICES], sums: [0; K] }
    }

    /// Another length from now on. What was counted stays, and is forgotten at the new pace.
    pub(super) fn reconfigure(&mut self, window: SimDuration, now: SimTime) {
        self.roll(now);
        self.width = width(window);
    }

    /// Counts one thing of a kind, 0 to K - 1.
    pub(super) fn add(&mut self, now: SimTime, kind: usize) {
        self.roll(now);
        self.slices[self.head][kind] += 1;
        self.sums[kind] += 1;
    }

    /// How many things of each kind the window holds.
    pub(super) fn sums(&mut self, now: SimTime) -> [u64; K] {
        self.roll(now);
        self.sums
    }

    /// Closes the slice if its time is over, and forgets as many as have passed since it opened.
    fn roll(&mut self, now: SimTime) {
        let passed = now.saturating_since(self.opened).as_nanos() / self.width;
        if passed == 0 {
            return;
        }
        for _ in 0..passed.min(SLICES as u64) {
            self.head = (self.head + 1) % SLICES;
            for (sum, forgotten) in self.sums.iter_mut().zip(&mut self.slices[self.head]) {
                *sum -= std::mem::take(forgotten);
            }
        }
        self.opened = now;
    }
}

/// Length of a slice of such a window, in nanoseconds.
fn width(window: SimDuration) -> u64 {
    (window.as_nanos() / SLICES as u64).max(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(nanos: u64) -> SimTime {
        SimTime::from_nanos(nanos)
    }

    /// The sum at some instants after one thing was counted at each of `added`, with a window of 100 ns.
    fn seen(added: &[u64], read: u64) -> u64 {
        let mut adder = WindowedAdder::<1>::new(SimDuration::from_nanos(100), SimTime::ZERO);
        for &when in added {
            adder.add(at(when), 0);
        }
        adder.sums(at(read))[0]
    }

    #[test]
    fn a_slice_lives_nine_slices_after_it_closed() {
        // Finagle: ten slices of ttl/10, nine stored and one being written.
        for (added, read, sum) in [
            (&[0][..], 9, 1),
            (&[0], 99, 1),
            // Read once only after the whole window: everything has passed at once.
            (&[0], 100, 0),
            (&[9], 99, 1),
            (&[9], 100, 0),
            // The second slice opens at 10 exactly, and is one tenth younger.
            (&[0, 10], 99, 2),
            (&[0, 10], 100, 1),
            (&[0, 10], 109, 1),
            (&[0, 10], 110, 0),
            // Lazy anchoring: the second slice opens at the access at 19, so it closes at 29 rather than 30, and the
            // nine slices between 29 and 119 keep it.
            (&[0, 19], 108, 2),
            (&[0, 19], 109, 1),
            (&[0, 19], 118, 1),
            (&[0, 19], 119, 0),
        ] {
            assert_eq!(seen(added, read), sum, "{added:?} read at {read}");
        }
    }

    #[test]
    fn frequent_reading_forgets_later() {
        // Each access 19 ns after the last closes one slice only: ten of them, not 100 ns, forget the first.
        let mut adder = WindowedAdder::<1>::new(SimDuration::from_nanos(100), SimTime::ZERO);
        adder.add(at(0), 0);
        for access in 1..=9 {
            assert_eq!(adder.sums(at(access * 19)), [1]);
        }
        assert_eq!(adder.sums(at(190)), [0]);
    }

    #[test]
    fn another_length_forgets_what_was_counted_at_its_own_pace() {
        for (nanos, forgotten) in [(50, 49), (100, 100), (1_000, 990)] {
            let mut adder = WindowedAdder::<1>::new(SimDuration::from_nanos(100), SimTime::ZERO);
            adder.add(at(0), 0);
            adder.reconfigure(SimDuration::from_nanos(nanos), at(0));
            assert_eq!(adder.clone().sums(at(forgotten - 1)), [1], "{nanos}");
            assert_eq!(adder.sums(at(forgotten + 10)), [0], "{nanos}");
        }
    }

    #[test]
    fn kinds_are_counted_apart() {
        let mut adder = WindowedAdder::<2>::new(SimDuration::ZERO, SimTime::ZERO);
        adder.add(at(0), 0);
        adder.add(at(0), 1);
        adder.add(at(0), 1);
        assert_eq!(adder.sums(at(0)), [1, 2]);
    }

    proptest! {
        #[test]
        fn sums_hold_the_recent_and_not_the_old(gaps in prop::collection::vec(0_u64..250, 1..200)) {
            let mut adder = WindowedAdder::<1>::new(SimDuration::from_nanos(100), SimTime::ZERO);
            let mut added: Vec<u64> = Vec::new();
            let mut now = 0;
            for gap in gaps {
                now += gap;
                adder.add(at(now), 0);
                added.push(now);
                let within = |length| added.iter().filter(|&&when| when + length > now).count() as u64;
                let sum = adder.sums(at(now))[0];
                // A slice may stay open for up to two tenths, as an access closes one only.
                prop_assert!(within(90) <= sum && sum <= within(200), "{sum} at {now}");
            }
        }
    }
}
