//! Google's adaptive throttling: a caller that is turned away often asks less often. Draws nothing itself.

use crate::policy::windowed_adder::WindowedAdder;
use crate::time::{SimDuration, SimTime};

const REQUESTS: usize = 0;
const ACCEPTS: usize = 1;

/// The throttle of `Throttle::Adaptive` (Google, "Site Reliability Engineering", ch. 21, "Client-Side Throttling").
///
/// An attempt is refused with probability `max(0, (requests - k x accepts) / (requests + 1))` of what the trailing window
/// held before it. Refused ones count as requests, so a caller that nobody accepts any more soon sends next to nothing;
/// in the long run a callee that accepts C per second is sent k x C. The window, which the book does not cut up, is
/// forgotten in tenths.
#[derive(Clone, Debug)]
pub(super) struct AdaptiveThrottle {
    k: f64,
    counts: WindowedAdder<2>,
}

impl AdaptiveThrottle {
    /// An empty window that begins now.
    pub(super) fn new(k: f64, window: SimDuration, now: SimTime) -> Self {
        Self { k, counts: WindowedAdder::new(window, now) }
    }

    /// Other numbers. What was counted stays, and is forgotten at the new pace.
    pub(super) fn reconfigure(&mut self, k: f64, window: SimDuration, now: SimTime) {
        self.k = k;
        self.counts.reconfigure(window, now);
    }

    /// Whether an attempt is admitted, by a draw from [0, 1). It is a request from now on.
    pub(super) fn admits(&mut self, now: SimTime, uniform: f64) -> bool {
        let refuses = self.refuses(now);
        self.counts.add(now, REQUESTS);
        uniform >= refuses
    }

    /// The callee accepted an attempt.
    pub(super) fn on_accepted(&mut self, now: SimTime) {
        self.counts.add(now, ACCEPTS);
    }

    /// How likely the next attempt is refused.
    fn refuses(&mut self, now: SimTime) -> f64 {
        let sums = self.counts.sums(now);
        let (requests, accepts) = (sums[REQUESTS] as f64, sums[ACCEPTS] as f64);
        ((requests - self.k * accepts) / (requests + 1.0)).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Stream};

    const WINDOW: SimDuration = SimDuration::from_secs(120);

    fn at(secs: f64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs_f64(secs)
    }

    #[test]
    fn google_sre_adaptive_throttling() {
        // k, requests and accepts so far, and how likely the next is refused.
        for (k, requests, accepts, refused) in [
            (2.0, 0, 0, 0.0),
            (2.0, 1, 0, 0.5),
            (2.0, 10, 10, 0.0),
            (2.0, 10, 5, 0.0),
            (2.0, 9, 0, 0.9),
            (2.0, 99, 33, 0.33),
            (2.0, 999, 100, 0.799),
            // One in ten of those that are sent is turned away before anything is refused.
            (1.1, 11, 10, 0.0),
            (1.1, 99, 80, 0.11),
            (1.0, 99, 98, 0.01),
        ] {
            let mut throttle = AdaptiveThrottle::new(k, WINDOW, at(0.0));
            (0..requests).for_each(|_| assert!(throttle.admits(at(1.0), 1.0)));
            (0..accepts).for_each(|_| throttle.on_accepted(at(1.0)));
            let got = throttle.refuses(at(1.0));
            assert!((got - refused).abs() < 1e-12, "{k}: {accepts} of {requests}: {got}");
            assert!(refused <= 0.0 || !throttle.admits(at(1.0), refused - 1e-9));
        }
    }

    #[test]
    fn it_forgets_after_its_window() {
        let mut throttle = AdaptiveThrottle::new(2.0, WINDOW, at(0.0));
        (0..9).for_each(|_| assert!(throttle.admits(at(1.0), 0.95)));
        assert!(!throttle.admits(at(107.0), 0.89));
        assert!(throttle.admits(at(132.0), 0.67), "one request, of 107 s, is left: 1/2");
    }

    #[test]
    fn other_numbers_keep_what_was_counted() {
        let mut throttle = AdaptiveThrottle::new(2.0, WINDOW, at(0.0));
        (0..9).for_each(|_| assert!(throttle.admits(at(1.0), 1.0)));
        (0..5).for_each(|_| throttle.on_accepted(at(1.0)));
        assert!(throttle.refuses(at(2.0)) <= 0.0);
        throttle.reconfigure(1.0, SimDuration::from_secs(10), at(2.0));
        assert!((throttle.refuses(at(2.0)) - 0.4).abs() < 1e-12, "4 of 9 too many");
        assert!(throttle.refuses(at(20.0)) <= 0.0, "forgotten at the new pace");
    }

    #[test]
    fn a_callee_is_sent_k_times_what_it_accepts() {
        // Demand and acceptance per second, and what is sent: min(D, k x C).
        for (k, demand, capacity, sent) in
            [(2.0, 15, 10, 15.0), (2.0, 30, 10, 20.0), (2.0, 100, 10, 20.0), (1.1, 100, 10, 11.0)]
        {
            let mut throttle = AdaptiveThrottle::new(k, WINDOW, at(0.0));
            let (mut all, mut key, mut room) = (0.0, Key::of_seed(7), 0.0);
            for second in 0..1_000 {
                for nth in 0..demand {
                    let now = at(f64::from(second) + f64::from(nth) / f64::from(demand));
                    key = key.nth(1);
                    room = f64::min(room + f64::from(capacity) / f64::from(demand), 20.0);
                    if throttle.admits(now, key.uniform(Stream::named("test"))) {
                        all += f64::from(u8::from(second >= 200)) / 800.0;
                        if room >= 1.0 {
                            room -= 1.0;
                            throttle.on_accepted(now);
                        }
                    }
                }
            }
            assert!((all / sent - 1.0).abs() < 0.05, "k {k}, {demand} at {capacity}: {all}, expected {sent}");
        }
    }
}
