//! The harm of all requests: by chain, by class, and over time. Nothing is left out here, however many chains there are.

use std::collections::BTreeMap;

use crate::blame::shares::Shares;
use crate::blame::{ChainId, Root, Tracker};
use crate::id::{ClassId, IdVec};
use crate::model::Model;
use crate::time::{SimDuration, SimTime};

/// Harmed requests by chain.
type Harm = BTreeMap<ChainId, f64>;

/// Chains and windows of harmed requests; each request counts one in all.
#[derive(Clone, Debug)]
pub struct BlameTally {
    origin: SimTime,
    width: SimDuration,
    /// The last window of the run: what is unfinished at the end belongs to it.
    last: usize,
    /// By window of the record, in which the request ended or should have.
    windows: Vec<Harm>,
    classes: IdVec<ClassId, Harm>,
    /// Of the harmed requests those that were answered by the twin alone, by where their chains end.
    lost: BTreeMap<Root, f64>,
}

impl BlameTally {
    /// No harm yet; time is told apart by so much.
    pub fn new(model: &Model, width: SimDuration) -> Self {
        let run = (model.end - model.origin).as_nanos();
        Self {
            origin: model.origin,
            width,
            last: run.div_ceil(width.as_nanos().max(1)).saturating_sub(1) as usize,
            windows: Vec::new(),
            classes: model.classes.iter().map(|_| Harm::new()).collect(),
            lost: BTreeMap::new(),
        }
    }

    /// Width of a window.
    pub(crate) const fn width(&self) -> SimDuration {
        self.width
    }

    /// A request was harmed, for these reasons as shares of one; lost, if its user got nothing that the twin's got.
    pub(crate) fn harmed(
        &mut self,
        tracker: &mut Tracker<'_>,
        why: Option<&Shares>,
        class: ClassId,
        at: SimTime,
        is_lost: bool,
    ) {
        let window = (at.saturating_since(self.origin).as_nanos() / self.width.as_nanos().max(1)) as usize;
        let window = window.min(self.last);
        if self.windows.len() <= window {
            self.windows.resize_with(window + 1, Harm::new);
        }
        let known = why.filter(|why| !why.is_empty());
        let unknown = known.is_none().then(|| (tracker.chains.root(Root::Unknown), 1.0));
        for (chain, share) in known.into_iter().flat_map(Shares::iter).chain(unknown) {
            *self.windows[window].entry(chain).or_default() += share;
            *self.classes[class].entry(chain).or_default() += share;
            if is_lost {
                *self.lost.entry(tracker.chains.root_of(chain)).or_default() += share;
            }
        }
    }

    /// Harmed requests by chain, of a class.
    pub(crate) fn of_class(&self, class: ClassId) -> impl Iterator<Item = (ChainId, f64)> + '_ {
        self.classes[class].iter().map(|(chain, sum)| (*chain, *sum))
    }

    /// Lost requests that go back to a root.
    pub(crate) fn lost_to(&self, root: Root) -> f64 {
        self.lost.get(&root).copied().unwrap_or(0.0)
    }

    /// Harmed requests by chain, window by window.
    pub(crate) fn windows(&self) -> impl Iterator<Item = impl Iterator<Item = (ChainId, f64)> + '_> + '_ {
        self.windows.iter().map(|window| window.iter().map(|(chain, sum)| (*chain, *sum)))
    }
}
