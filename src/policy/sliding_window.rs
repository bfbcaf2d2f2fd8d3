//! The recent outcomes of calls, counted. Knows no threshold.

use std::collections::VecDeque;

use crate::scenario::BreakerWindow;
use crate::time::SimTime;

/// Nanoseconds in a second.
const SECOND: u64 = 1_000_000_000;

/// What a breaker remembers of a call; failure and slowness are independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) failed: bool,
    pub(super) slow: bool,
}

/// How many outcomes of which sort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) calls: u32,
    pub(super) failed: u32,
    pub(super) slow: u32,
}

/// The recent outcomes of calls with running totals, as resilience4j keeps them (`FixedSizeSlidingWindowMetrics`,
/// `SlidingTimeWindowMetrics`).
#[derive(Clone, Debug)]
pub(super) struct SlidingWindow {
    span: Span,
    totals: Counts,
}

/// Buckets exist only for what happened, so that a wide window over little traffic stays small.
#[derive(Clone, Debug)]
enum Span {
    /// The last `size` calls (`COUNT_BASED`), oldest first.
    Calls { size: u32, outcomes: VecDeque<Outcome> },
    /// The last `size` whole seconds since the begin of the run, the current one included (`TIME_BASED` with the
    /// strategy `SYNCHRONIZED`, its epoch being the begin of the run): between `size` - 1 and `size` seconds.
    Seconds { size: u64, buckets: VecDeque<(u64, Counts)> },
}

impl SlidingWindow {
    /// An empty window. Lengths of time are cut to whole seconds; both sizes are at least 1.
    pub(super) fn new(window: BreakerWindow) -> Self {
        let span = match window {
            BreakerWindow::Calls(size) => Span::Calls { size: size.max(1), outcomes: VecDeque::new() },
            BreakerWindow::Time(length) => {
                Span::Seconds { size: (length.as_nanos() / SECOND).max(1), buckets: VecDeque::new() }
            }
        };
        Self { span, totals: Counts::default() }
    }

    /// Adds an outcome, forgets what is too old by now, and counts what is left.
    pub(super) fn record(&mut self, now: SimTime, outcome: Outcome) -> Counts {
        let newest = Counts::of(outcome);
        match &mut self.span {
            Span::Calls { size, outcomes } => {
                if outcomes.len() == *size as usize
                    && let Some(oldest) = outcomes.pop_front()
                {
                    self.totals.subtract(Counts::of(oldest));
                }
                outcomes.push_back(outcome);
            }
            Span::Seconds { size, buckets } => {
                let second = now.as_nanos() / SECOND;
                while let Some(&(begun, oldest)) = buckets.front()
                    && begun + *size <= second
                {
                    self.totals.subtract(oldest);
                    buckets.pop_front();
                }
                match buckets.back_mut() {
                    Some((newest_second, bucket)) if *newest_second == second => bucket.add(newest),
                    _ => buckets.push_back((second, newest)),
                }
            }
        }
        self.totals.add(newest);
        self.totals
    }

    /// The same window with another size: a longer one goes on with what is there, a shorter one forgets the oldest.
    /// Of the other kind, it is empty.
    pub(super) fn resized(mut self, window: BreakerWindow) -> Self {
        let fresh = Self::new(window);
        match (&mut self.span, &fresh.span) {
            (Span::Calls { size, outcomes }, Span::Calls { size: to, .. }) => {
                *size = *to;
                let too_many = outcomes.len().saturating_sub(*to as usize);
                for oldest in outcomes.drain(..too_many) {
                    self.totals.subtract(Counts::of(oldest));
                }
                self
            }
            // What is too old by now is forgotten with the next outcome.
            (Span::Seconds { size, .. }, Span::Seconds { size: to, .. }) => {
                *size = *to;
                self
            }
            (Span::Calls { .. }, Span::Seconds { .. }) | (Span::Seconds { .. }, Span::Calls { .. }) => fresh,
        }
    }

    /// What it held when the last outcome was added.
    pub(super) const fn totals(&self) -> Counts {
        self.totals
    }
}

impl Counts {
    fn of(outcome: Outcome) -> Self {
        Self { calls: 1, failed: u32::from(outcome.failed), slow: u32::from(outcome.slow) }
    }

    pub(super) const fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.slow += other.slow;
    }

    pub(super) const fn subtract(&mut self, other: Self) {
        self.calls -= other.calls;
        self.failed -= other.failed;
        self.slow -= other.slow;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::SimDuration;

    const OK: Outcome = Outcome { failed: false, slow: false };
    const ERROR: Outcome = Outcome { failed: true, slow: false };
    const SLOW_ERROR: Outcome = Outcome { failed: true, slow: true };

    fn at(millis: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_millis(millis)
    }

    #[test]
    fn a_count_window_holds_exactly_its_size() {
        let mut window = SlidingWindow::new(BreakerWindow::Calls(3));
        for (outcome, calls, failed, slow) in
            [(SLOW_ERROR, 1, 1, 1), (ERROR, 2, 2, 1), (OK, 3, 2, 1), (OK, 3, 1, 0), (OK, 3, 0, 0)]
        {
            let counts = window.record(SimTime::ZERO, outcome);
            assert_eq!(counts, Counts { calls, failed, slow });
            assert_eq!(window.totals(), counts);
        }
    }

    #[test]
    fn a_time_window_spans_between_its_size_and_one_second_less() {
        // N one-second buckets keyed by epoch second, so the window spans between N-1 and N seconds.
        for (recorded, read, calls) in [
            // Nearly three seconds long: recorded at the begin of its second.
            (1_000, 3_999, 2),
            (1_000, 4_000, 1),
            // Hardly more than two: recorded at the end of its second.
            (1_999, 3_999, 2),
            (1_999, 4_000, 1),
            (1_000, 1_000, 2),
            (0, 2_999, 2),
            (0, 3_000, 1),
            (0, 86_400_000, 1),
        ] {
            let mut window = SlidingWindow::new(BreakerWindow::Time(SimDuration::from_secs(3)));
            window.record(at(recorded), ERROR);
            assert_eq!(window.record(at(read), OK).calls, calls, "{recorded} read at {read}");
        }
    }

    #[test]
    fn a_second_has_one_bucket() {
        let mut window = SlidingWindow::new(BreakerWindow::Time(SimDuration::from_secs(3)));
        for millis in 0..2_500 {
            window.record(at(millis), OK);
        }
        let Span::Seconds { buckets, .. } = &window.span else { panic!("it is a window of time") };
        assert_eq!(buckets.len(), 3, "however many ended in it");
    }

    #[test]
    fn another_size_keeps_the_newest() {
        let mut window = SlidingWindow::new(BreakerWindow::Calls(4));
        for outcome in [ERROR, ERROR, OK, SLOW_ERROR] {
            window.record(SimTime::ZERO, outcome);
        }
        let mut fewer = window.clone().resized(BreakerWindow::Calls(2));
        assert_eq!(fewer.totals(), Counts { calls: 2, failed: 1, slow: 1 });
        assert_eq!(fewer.record(SimTime::ZERO, OK), Counts { calls: 2, failed: 1, slow: 1 });
        let mut more = window.clone().resized(BreakerWindow::Calls(9));
        assert_eq!(more.record(SimTime::ZERO, OK), Counts { calls: 5, failed: 3, slow: 1 });
        let other = window.resized(BreakerWindow::Time(SimDuration::from_secs(9)));
        assert_eq!(other.totals(), Counts::default());

        let seconds = |n| BreakerWindow::Time(SimDuration::from_secs(n));
        let mut window = SlidingWindow::new(seconds(10));
        for millis in [0, 5_000, 8_000] {
            window.record(at(millis), ERROR);
        }
        assert_eq!(window.clone().resized(seconds(4)).record(at(8_500), OK).calls, 3);
        assert_eq!(window.resized(seconds(20)).record(at(12_000), OK).calls, 4);
    }

    #[test]
    fn lengths_are_cut_to_whole_seconds_of_at_least_one() {
        for (millis, read, calls) in [(1_999, 999, 2), (1_999, 1_000, 1), (10, 999, 2), (0, 1_000, 1)] {
            let mut window = SlidingWindow::new(BreakerWindow::Time(SimDuration::from_millis(millis)));
            window.record(at(0), OK);
            assert_eq!(window.record(at(read), OK).calls, calls, "{millis} read at {read}");
        }
    }

    proptest! {
        #[test]
        fn totals_are_those_of_what_is_left(
            size in 1_u32..6, calls in prop::collection::vec((0_u64..1_500, any::<bool>(), any::<bool>()), 1..100),
        ) {
            let mut by_count = SlidingWindow::new(BreakerWindow::Calls(size));
            let mut by_time = SlidingWindow::new(BreakerWindow::Time(SimDuration::from_secs(u64::from(size))));
            let mut all: Vec<(u64, Outcome)> = Vec::new();
            let mut now = 0;
            for (gap, failed, slow) in calls {
                now += gap;
                let outcome = Outcome { failed, slow };
                all.push((now / 1_000, outcome));
                let count = |kept: &[(u64, Outcome)]| kept.iter().fold(Counts::default(), |mut sum, (_, one)| {
                    sum.add(Counts::of(*one));
                    sum
                });
                let last = &all[all.len().saturating_sub(size as usize)..];
                let recent: Vec<_> =
                    all.iter().copied().filter(|(second, _)| second + u64::from(size) > now / 1_000).collect();
                prop_assert_eq!(by_count.record(at(now), outcome), count(last));
                prop_assert_eq!(by_time.record(at(now), outcome), count(&recent));
            }
        }
    }
}
