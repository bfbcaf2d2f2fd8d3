//! Whether a caller sends an attempt now, later, or not at all: what the kinds of throttles have in common.

use crate::failure::{FailureCause, Outcome};
use crate::policy::adaptive_throttle::AdaptiveThrottle;
use crate::policy::cycle_limiter::{Admission, CycleLimiter, CycleSettings};
use crate::scenario::Throttle;
use crate::time::{SimDuration, SimTime};

/// Holds back the attempts of one caller at one callee.
#[derive(Clone, Debug)]
pub struct ClientThrottle {
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Adaptive(AdaptiveThrottle),
    Resilience4j(CycleLimiter),
}

impl ClientThrottle {
    /// A throttle that has seen nothing yet.
    pub fn new(throttle: &Throttle, now: SimTime) -> Self {
        let kind = match *throttle {
            Throttle::Adaptive { k, window } => Kind::Adaptive(AdaptiveThrottle::new(k, window, now)),
            Throttle::Resilience4j { limit, period, max_wait } => {
                Kind::Resilience4j(CycleLimiter::new(CycleSettings { limit, period, max_wait }, now))
            }
        };
        Self { kind }
    }

    /// Goes by other numbers from now on; false, and nothing changed, if they are of another kind.
    pub fn reconfigure(&mut self, throttle: &Throttle, now: SimTime) -> bool {
        match (&mut self.kind, *throttle) {
            (Kind::Adaptive(adaptive), Throttle::Adaptive { k, window }) => {
                adaptive.reconfigure(k, window, now);
            }
            (Kind::Resilience4j(limiter), Throttle::Resilience4j { limit, period, max_wait }) => {
                limiter.reconfigure(CycleSettings { limit, period, max_wait }, now);
            }
            _ => return false,
        }
        true
    }

    /// Whether it holds back by what became of earlier attempts, and not by their number alone.
    pub const fn learns(&self) -> bool {
        matches!(self.kind, Kind::Adaptive(_))
    }

    /// Asks for an attempt. `uniform` is a draw from [0, 1).
    pub fn ask(&mut self, now: SimTime, uniform: impl FnOnce() -> f64) -> Admission {
        match &mut self.kind {
            Kind::Adaptive(adaptive) => {
                if adaptive.admits(now, uniform()) {
                    Admission::Now
                } else {
                    Admission::Refused(SimDuration::ZERO)
                }
            }
            Kind::Resilience4j(limiter) => limiter.ask(now),
        }
    }

    /// An attempt that was sent had its outcome. Accepted is what the callee answered itself, with an error of its own or
    /// of what it needs as well; turned away, not answered in time or lost is not.
    pub fn on_outcome(&mut self, outcome: Outcome, now: SimTime) {
        let accepted = match outcome {
            Outcome::Ok | Outcome::Degraded => true,
            Outcome::Failed(cause) => matches!(cause, FailureCause::Error | FailureCause::Dependency),
            Outcome::Abandoned => false,
        };
        if let (Kind::Adaptive(adaptive), true) = (&mut self.kind, accepted) {
            adaptive.on_accepted(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_numbers_are_taken_another_kind_is_not() {
        let window = SimDuration::from_secs(10);
        let adaptive = Throttle::Adaptive { k: 1.5, window };
        let limiter = Throttle::Resilience4j { limit: 1, period: window, max_wait: SimDuration::ZERO };
        for (before, after, kept) in
            [(adaptive, adaptive, true), (adaptive, limiter, false), (limiter, limiter, true)]
        {
            let mut throttle = ClientThrottle::new(&before, SimTime::ZERO);
            assert_eq!(throttle.reconfigure(&after, SimTime::ZERO), kept);
            let mut throttle = ClientThrottle::new(&after, SimTime::ZERO);
            assert_eq!(throttle.reconfigure(&before, SimTime::ZERO), kept);
        }
    }

    #[test]
    fn accepted_is_what_the_callee_answered() {
        let answers = |outcome| {
            let throttle = Throttle::Adaptive { k: 1.0, window: SimDuration::from_secs(10) };
            let mut throttle = ClientThrottle::new(&throttle, SimTime::ZERO);
            assert_eq!(throttle.ask(SimTime::ZERO, || 0.0), Admission::Now);
            throttle.on_outcome(outcome, SimTime::ZERO);
            // One request: half of the next are refused unless it was accepted.
            throttle.ask(SimTime::ZERO, || 0.49) == Admission::Now
        };
        assert!(answers(Outcome::Ok) && answers(Outcome::Degraded) && !answers(Outcome::Abandoned));
        let accepted: Vec<FailureCause> =
            FailureCause::ALL.into_iter().filter(|cause| answers(Outcome::Failed(*cause))).collect();
        assert_eq!(accepted, [FailureCause::Error, FailureCause::Dependency]);
    }
}
