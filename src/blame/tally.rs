//! The harm of all requests: by chain, by class, and over time.

use crate::blame::shares::Shares;
use crate::blame::{ChainId, Root, Tracker};
use crate::id::{ClassId, IdVec};
use crate::model::Model;
use crate::time::{SimDuration, SimTime};

/// Chains and windows of harmed requests; each request counts one in all.
#[derive(Clone, Debug)]
pub struct BlameTally {
    origin: SimTime,
    width: SimDuration,
    /// By window of the record, in which the request ended or should have.
    windows: Vec<Shares>,
    classes: IdVec<ClassId, Shares>,
}

impl BlameTally {
    /// No harm yet; time is told apart by so much.
    pub fn new(model: &Model, width: SimDuration) -> Self {
        Self {
            origin: model.origin,
            width,
            windows: Vec::new(),
            classes: model.classes.iter().map(|_| Shares::default()).collect(),
        }
    }

    /// Width of a window.
    pub(crate) const fn width(&self) -> SimDuration {
        self.width
    }

    /// A request was harmed, for these reasons as shares of one.
    pub(crate) fn harmed(
        &mut self,
        tracker: &mut Tracker<'_>,
        why: Option<Shares>,
        class: ClassId,
        at: SimTime,
    ) {
        let window = (at.saturating_since(self.origin).as_nanos() / self.width.as_nanos().max(1)) as usize;
        if self.windows.len() <= window {
            self.windows.resize_with(window + 1, Shares::default);
        }
        if let Some(why) = why.filter(|why| !why.is_empty()) {
            self.windows[window].add_all(&why, 1.0);
            self.classes[class].add_all(&why, 1.0);
            tracker.give_back(why);
        } else {
            let unknown = tracker.chains.root(Root::Unknown);
            self.windows[window].add(unknown, 1.0);
            self.classes[class].add(unknown, 1.0);
        }
    }

    /// Harmed requests by chain, of a class.
    pub(crate) fn of_class(&self, class: ClassId) -> impl Iterator<Item = (ChainId, f64)> + '_ {
        self.classes[class].iter()
    }

    /// Harmed requests by chain, window by window.
    pub(crate) fn windows(&self) -> impl Iterator<Item = impl Iterator<Item = (ChainId, f64)> + '_> + '_ {
        self.windows.iter().map(Shares::iter)
    }
}
