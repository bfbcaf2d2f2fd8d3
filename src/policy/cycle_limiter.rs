//! resilience4j's rate limiter: so many per period, and whoever comes too early waits for a later one. Schedules nothing.

use crate::time::{SimDuration, SimTime};

/// What a throttle makes of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is sent.
    Now,
    /// It is sent after this wait.
    After(SimDuration),
    /// It is refused, after having waited this long.
    Refused(SimDuration),
}

/// The limiter of `Throttle::Resilience4j`, after `AtomicRateLimiter`.
///
/// Time is cut into periods from its beginning on. Each period begins with up to `limit` permissions, and no more are
/// ever kept. Whoever finds none reserves one of a later period, so that the balance goes below zero, if the wait for it
/// is no longer than `max_wait`; nobody else can take it, and it is not given back. Around the edge of a period up to
/// 2 x `limit` pass.
#[derive(Clone, Debug)]
pub(super) struct CycleLimiter {
    settings: CycleSettings,
    /// When its period 0 began.
    since: SimTime,
    /// The period of the last question.
    period: u64,
    permissions: i64,
}

/// As in `Throttle::Resilience4j`.
#[derive(Clone, Copy, Debug)]
pub(super) struct CycleSettings {
    pub(super) limit: u32,
    pub(super) period: SimDuration,
    pub(super) max_wait: SimDuration,
}

impl CycleLimiter {
    /// Its first period begins now.
    pub(super) const fn new(settings: CycleSettings, now: SimTime) -> Self {
        Self { settings, since: now, period: 0, permissions: settings.limit as i64 }
    }

    /// Other numbers. As with `changeLimitForPeriod` and `changeTimeoutDuration` permissions stay as they are until
    /// somebody asks in a later period, and all periods since the last question then bring the new limit. Periods of
    /// another length, which the library cannot change, begin now.
    pub(super) fn reconfigure(&mut self, settings: CycleSettings, now: SimTime) {
        if settings.period != self.settings.period {
            self.refresh(now);
            (self.since, self.period) = (now, 0);
        }
        self.settings = settings;
    }

    pub(super) fn ask(&mut self, now: SimTime) -> Admission {
        self.refresh(now);
        let wait = self.wait(now);
        if wait > self.settings.max_wait {
            // The library sleeps in vain for as long as it may before it says so.
            return Admission::Refused(self.settings.max_wait);
        }
        self.permissions -= 1;
        if wait.is_zero() { Admission::Now } else { Admission::After(wait) }
    }

    /// Brings the permissions up to the present period.
    fn refresh(&mut self, now: SimTime) {
        let period = now.saturating_since(self.since).as_nanos() / self.settings.period.as_nanos();
        let passed = (period - self.period).cast_signed();
        let limit = i64::from(self.settings.limit);
        if passed > 0 {
            self.permissions = self.permissions.saturating_add(passed.saturating_mul(limit)).min(limit);
            self.period = period;
        }
    }

    /// How long it takes until there is one more permission.
    fn wait(&self, now: SimTime) -> SimDuration {
        if self.permissions >= 1 {
            return SimDuration::ZERO;
        }
        let length = self.settings.period.as_nanos();
        let to_next = length - now.saturating_since(self.since).as_nanos() % length;
        let limit = i64::from(self.settings.limit);
        let missing_then = (1 - (self.permissions + limit)).max(0).cast_unsigned();
        let whole_periods = missing_then.div_ceil(limit.cast_unsigned());
        SimDuration::from_nanos(whole_periods.saturating_mul(length).saturating_add(to_next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> SimTime {
        SimTime::from_nanos(millis * 1_000_000)
    }

    fn limiter(limit: u32, period: u64, max_wait: u64) -> CycleLimiter {
        let (period, max_wait) = (SimDuration::from_millis(period), SimDuration::from_millis(max_wait));
        CycleLimiter::new(CycleSettings { limit, period, max_wait }, ms(0))
    }

    /// What becomes of a question: the wait in milliseconds, `None` for a refusal.
    fn ask(limiter: &mut CycleLimiter, at: u64) -> Option<u64> {
        match limiter.ask(ms(at)) {
            Admission::Now => Some(0),
            Admission::After(wait) => Some(wait.as_nanos() / 1_000_000),
            Admission::Refused(after) => {
                assert_eq!(after, limiter.settings.max_wait);
                None
            }
        }
    }

    #[test]
    fn resilience4j_rate_limiter() {
        // Limit, period and longest wait, then: when it is asked, the wait, and the permissions afterwards.
        type Rows<'a> = &'a [(u64, Option<u64>, i64)];
        let tables: &[((u32, u64, u64), Rows<'_>)] = &[
            // Nobody may wait: two in each period, none is carried over.
            (
                (2, 100, 0),
                &[
                    (0, Some(0), 1),
                    (10, Some(0), 0),
                    (99, None, 0),
                    (100, Some(0), 1),
                    (950, Some(0), 1),
                    (950, Some(0), 0),
                    (999, None, 0),
                ],
            ),
            // Reserved in order: the rest of this period, then whole ones; the balance goes below zero.
            (
                (2, 100, 250),
                &[
                    (0, Some(0), 1),
                    (0, Some(0), 0),
                    (0, Some(100), -1),
                    (0, Some(100), -2),
                    (0, Some(200), -3),
                    (0, Some(200), -4),
                    (0, None, -4),
                    (49, None, -4),
                    (50, Some(250), -5),
                    (100, Some(200), -4),
                ],
            ),
            // A wait of exactly the longest is allowed.
            (
                (1, 100, 60),
                &[(0, Some(0), 0), (39, None, 0), (40, Some(60), -1), (100, None, 0), (140, Some(60), -1)],
            ),
            // Up to twice the limit pass around the edge of a period.
            (
                (3, 100, 0),
                &[
                    (99, Some(0), 2),
                    (99, Some(0), 1),
                    (99, Some(0), 0),
                    (99, None, 0),
                    (100, Some(0), 2),
                    (100, Some(0), 1),
                    (100, Some(0), 0),
                    (100, None, 0),
                ],
            ),
        ];
        for ((limit, period, max_wait), rows) in tables {
            let mut limiter = limiter(*limit, *period, *max_wait);
            for (at, wait, left) in *rows {
                let got = (ask(&mut limiter, *at), limiter.permissions);
                assert_eq!(got, (*wait, *left), "{limit} per {period} ms, at most {max_wait} ms, at {at}");
            }
        }
    }

    #[test]
    fn periods_in_which_nobody_asked_bring_the_new_limit() {
        // As recorded: two used, three reserved; a period later the limit becomes 3, and 0 are left and not -1.
        let mut limiter = limiter(2, 100, 300);
        (0..5).for_each(|_| assert!(ask(&mut limiter, 0).is_some()));
        let (limit, max_wait) = (3, SimDuration::from_millis(300));
        limiter.reconfigure(CycleSettings { limit, max_wait, ..limiter.settings }, ms(150));
        assert_eq!((ask(&mut limiter, 170), limiter.permissions), (Some(30), -1));
    }

    #[test]
    fn other_numbers_keep_what_was_reserved() {
        let mut limiter = limiter(4, 100, 500);
        (0..6).for_each(|_| assert!(ask(&mut limiter, 0).is_some()));
        let settings = |limit, period| CycleSettings { limit, period, max_wait: SimDuration::ZERO };
        limiter.reconfigure(settings(10, SimDuration::from_millis(100)), ms(50));
        assert_eq!((ask(&mut limiter, 50), limiter.permissions), (None, -2));
        assert_eq!((ask(&mut limiter, 100), limiter.permissions), (Some(0), 7));
        limiter.reconfigure(settings(2, SimDuration::from_millis(1_000)), ms(130));
        assert_eq!((ask(&mut limiter, 1_129), limiter.permissions), (Some(0), 6), "until the next period");
        assert_eq!((ask(&mut limiter, 1_130), limiter.permissions), (Some(0), 1));
    }
}
