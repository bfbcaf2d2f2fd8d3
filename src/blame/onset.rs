//! When something began to hold a request, told by windows of the record.

use crate::model::Model;
use crate::record::window_width;
use crate::time::{SimDuration, SimTime};

/// The window in which something began to hold a request. The first is the earliest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Onset(u32);

impl Onset {
    /// Nobody has said yet: later than any, so that it counts where the request ended.
    pub(crate) const UNKNOWN: Self = Self(u32::MAX);

    /// The number of the window, from 0.
    pub(crate) const fn window(self) -> usize {
        self.0 as usize
    }
}

/// The windows of a run's record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Windows {
    origin: SimTime,
    width: SimDuration,
    /// What is unfinished at the end belongs to the last one.
    last: u64,
}

impl Windows {
    /// The windows of this run.
    pub(crate) fn new(model: &Model) -> Self {
        let run = model.end - model.origin;
        let width = window_width(run).max(SimDuration::from_nanos(1));
        let count = run.as_nanos().div_ceil(width.as_nanos());
        Self { origin: model.origin, width, last: count.saturating_sub(1).min(u64::from(u32::MAX) - 1) }
    }

    /// Width of a window.
    pub(crate) const fn width(&self) -> SimDuration {
        self.width
    }

    /// The window of an instant; what lies before T+0 belongs to the first.
    pub(crate) fn at(&self, at: SimTime) -> Onset {
        let number = at.saturating_since(self.origin).as_nanos() / self.width.as_nanos();
        Onset(number.min(self.last) as u32)
    }
}
