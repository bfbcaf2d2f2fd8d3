//! Hystrix's breaker against one that makes every look. Knows the breaker's inside.

use proptest::prelude::*;

use super::*;

const MS: u64 = 1_000_000;

/// All that ended, and every look made when it is due, by counting it all again.
struct Plain {
    settings: HystrixSettings,
    phase: Phase,
    begun: Option<u64>,
    looks: u64,
    ended: Vec<(u64, bool)>,
}

impl Plain {
    fn advance(&mut self, now: u64) {
        let Some(begun) = self.begun else { return };
        let (window, interval) = (self.settings.window.as_nanos(), self.settings.interval.as_nanos());
        while begun + (self.looks + 1) * interval <= now {
            self.looks += 1;
            let look = begun + self.looks * interval;
            let from = look.saturating_sub(window / interval * interval);
            let seen: Vec<bool> =
                self.ended.iter().filter(|e| (from..look).contains(&e.0)).map(|e| e.1).collect();
            let failed = seen.iter().filter(|failed| **failed).count() as f64;
            let percent = (failed / seen.len() as f64 * 100.0).floor();
            let enough = seen.len() >= self.settings.min_calls as usize;
            if matches!(self.phase, Phase::Closed) && enough && percent >= self.settings.failure_rate * 100.0
            {
                self.phase = Phase::Open { since: SimTime::from_nanos(look) };
            }
        }
    }

    fn ask(&mut self, now: u64) -> bool {
        self.advance(now);
        self.begun.get_or_insert(now);
        match self.phase {
            Phase::Closed => true,
            Phase::Open { since } if now > (since + self.settings.open_for).as_nanos() => {
                self.phase = Phase::HalfOpen;
                true
            }
            _ => false,
        }
    }

    fn end(&mut self, now: u64, failed: bool) {
        self.advance(now);
        match (self.phase, failed) {
            (Phase::HalfOpen, true) => self.phase = Phase::Open { since: SimTime::from_nanos(now) },
            (Phase::HalfOpen, false) => {
                (self.phase, self.begun, self.looks) = (Phase::Closed, Some(now), 0);
                self.ended.clear();
            }
            _ => {}
        }
        self.ended.push((now, failed));
    }
}

proptest! {
    #[test]
    fn it_opens_as_if_every_look_were_made(
        ops in prop::collection::vec((prop_oneof![0_u64..300, 0_u64..3_000], 0_u8..4), 0..200),
        interval in 1_u64..400, intervals in 1_u64..8, min_calls in 1_u32..5, percent in 1_u32..100,
    ) {
        let settings = HystrixSettings {
            // A rest of the window that is shorter than an interval is not looked at.
            window: SimDuration::from_millis(interval * intervals + interval / 2),
            interval: SimDuration::from_millis(interval),
            min_calls,
            failure_rate: f64::from(percent) / 100.0,
            open_for: SimDuration::from_millis(700),
            ignore: Vec::new(),
        };
        let mut breaker = HystrixBreaker::new(settings.clone());
        let mut plain = Plain { settings, phase: Phase::Closed, begun: None, looks: 0, ended: Vec::new() };
        let (mut now, mut out) = (0, 0);
        for (gap, what) in ops {
            now += gap * MS;
            let at = SimTime::from_nanos(now);
            if what < 2 {
                let admitted = breaker.try_acquire(at);
                prop_assert_eq!(admitted, plain.ask(now));
                out += u32::from(admitted);
            } else if out > 0 {
                out -= 1;
                let failed = what == 3;
                breaker.record(at, if failed { Err(FailureCause::Error) } else { Ok(()) });
                plain.end(now, failed);
            }
            prop_assert_eq!(format!("{:?}", breaker.phase), format!("{:?}", plain.phase));
        }
    }
}
