//! The time-weighted average of a level that changes in steps. Knows nothing of what it is a level of.

use crate::time::SimTime;

/// A level, and the area under it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    value: u64,
    since: SimTime,
    /// Area under the level since the last [`Level::take`], in level x nanoseconds.
    area: u128,
}

impl Level {
    /// A level with a value at the begin of time.
    pub(crate) const fn new(value: u64) -> Self {
        Self { value, since: SimTime::ZERO, area: 0 }
    }

    /// Raises the level by one.
    pub(crate) fn rise(&mut self, now: SimTime) {
        self.settle(now);
        self.value += 1;
    }

    /// Lowers the level by one.
    pub(crate) fn fall(&mut self, now: SimTime) {
        self.settle(now);
        debug_assert!(self.value > 0, "a level fell below zero");
        self.value = self.value.saturating_sub(1);
    }

    /// The level becomes this one.
    pub(crate) fn set(&mut self, now: SimTime, value: u64) {
        self.settle(now);
        self.value = value;
    }

    /// The area since this was last asked, in level x seconds.
    pub(crate) fn take(&mut self, now: SimTime) -> f64 {
        self.settle(now);
        std::mem::take(&mut self.area) as f64 / 1e9
    }

    fn settle(&mut self, now: SimTime) {
        self.area += u128::from(self.value) * u128::from((now - self.since).as_nanos());
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_weighs_time() {
        let at = |s: u64| SimTime::from_nanos(s * 1_000_000_000);
        let mut level = Level::new(1);
        level.rise(at(2));
        level.fall(at(3));
        assert!((level.take(at(4)) - 5.0).abs() < 1e-12);
        assert!((level.take(at(6)) - 2.0).abs() < 1e-12);
        level.set(at(7), 5);
        assert!((level.take(at(8)) - 6.0).abs() < 1e-12);
    }
}
