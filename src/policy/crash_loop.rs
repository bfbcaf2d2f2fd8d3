//! How long a process that died by itself is left alone before it is started again.

use crate::scenario::CrashBackoff;
use crate::time::SimDuration;

/// Counts the deaths of one replica, as Kubernetes does for a container: restarted at once the first time, then after
/// 10, 20, 40, 80, 160 and at most 300 s; forgotten once it ran for ten minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CrashLoop {
    deaths: u32,
}

impl CrashLoop {
    /// A process died that had been ready for so long, or never was. Returns the wait from its death on.
    pub fn died(&mut self, backoff: &CrashBackoff, was_ready_for: Option<SimDuration>) -> SimDuration {
        let CrashBackoff::CrashLoop { base, factor, max, reset } = *backoff else {
            return SimDuration::ZERO;
        };
        if was_ready_for.is_some_and(|length| length >= reset) {
            self.deaths = 0;
        }
        let before = self.deaths;
        self.deaths = before.saturating_add(1);
        match before {
            0 => SimDuration::ZERO,
            // Zero times an infinite power would be no number at all.
            _ if base.is_zero() => SimDuration::ZERO,
            _ => base.scaled(libm::pow(factor, f64::from(before - 1))).min(max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KUBERNETES: CrashBackoff = CrashBackoff::CrashLoop {
        base: SimDuration::from_secs(10),
        factor: 2.0,
        max: SimDuration::from_secs(300),
        reset: SimDuration::from_secs(600),
    };

    fn waits(backoff: CrashBackoff, ready_for: &[u64]) -> Vec<u64> {
        let mut replica = CrashLoop::default();
        let died = |secs: &u64| replica.died(&backoff, Some(SimDuration::from_secs(*secs)));
        ready_for.iter().map(died).map(|wait| wait.as_nanos() / 1_000_000_000).collect()
    }

    #[test]
    fn waits_double_up_to_five_minutes() {
        assert_eq!(waits(KUBERNETES, &[50; 8]), [0, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(waits(KUBERNETES, &[0; 100])[99], 300);
    }

    #[test]
    fn ten_minutes_up_are_a_fresh_start() {
        assert_eq!(waits(KUBERNETES, &[1, 1, 1, 599, 600, 1]), [0, 10, 20, 40, 0, 10]);
        let mut replica = CrashLoop::default();
        for wait in [0, 10, 20] {
            assert_eq!(
                replica.died(&KUBERNETES, None),
                SimDuration::from_secs(wait),
                "it never became ready"
            );
        }
    }

    #[test]
    fn other_waits_are_as_written() {
        assert_eq!(waits(CrashBackoff::Immediate, &[0; 3]), [0, 0, 0]);
        let slow = CrashBackoff::CrashLoop {
            base: SimDuration::from_secs(1),
            factor: 3.0,
            max: SimDuration::from_secs(20),
            reset: SimDuration::from_secs(5),
        };
        assert_eq!(waits(slow, &[0, 0, 0, 0, 0, 5]), [0, 1, 3, 9, 20, 0]);
    }
}
