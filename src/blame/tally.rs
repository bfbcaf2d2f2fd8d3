//! The harm of all requests: by chain, by class, and over time. Nothing is left out here, however many chains there are.

use std::collections::BTreeMap;

use crate::blame::onset::{Onset, Windows};
use crate::blame::shares::{Share, Shares};
use crate::blame::{ChainId, Chains, Reasons, Root};
use crate::id::{ClassId, IdVec};
use crate::model::Model;
use crate::time::{SimDuration, SimTime};

/// Harmed requests by chain.
type Harm = BTreeMap<ChainId, f64>;

/// Chains and windows of harmed requests; each request counts one in all.
#[derive(Clone, Debug)]
pub struct BlameTally {
    told_by: Windows,
    /// By window of the record, in which the chain began to hold the request.
    windows: Vec<Harm>,
    /// Of these the harm of requests that were answered, though with less.
    lesser: Vec<Harm>,
    classes: IdVec<ClassId, Harm>,
    /// Of the harmed requests those that were answered by the twin alone, by where their chains end.
    lost: BTreeMap<Root, f64>,
}

impl BlameTally {
    /// No harm yet.
    pub fn new(model: &Model) -> Self {
        Self {
            told_by: Windows::new(model),
            windows: Vec::new(),
            lesser: Vec::new(),
            classes: model.classes.iter().map(|_| Harm::new()).collect(),
            lost: BTreeMap::new(),
        }
    }

    /// The window of an instant, from 0.
    pub(crate) fn window(&self, at: SimTime) -> usize {
        self.told_by.at(at).window()
    }

    /// Width of a window.
    pub(crate) const fn width(&self) -> SimDuration {
        self.told_by.width()
    }

    /// A request was harmed, for these reasons as shares of one; `is_lesser` if it was answered, though with less.
    /// Nothing has held it before the first instant of `span`, nor after the last.
    pub(crate) fn harmed(
        &mut self,
        why: Option<&Shares>,
        class: ClassId,
        span: (SimTime, SimTime),
        is_lesser: bool,
    ) {
        let first = self.told_by.at(span.0);
        let last = self.told_by.at(span.1).max(first);
        if self.windows.len() <= last.window() {
            self.windows.resize_with(last.window() + 1, Harm::new);
            self.lesser.resize_with(last.window() + 1, Harm::new);
        }
        for Share { chain, onset, amount } in shares_of(why, first) {
            let window = onset.clamp(first, last).window();
            *self.windows[window].entry(chain).or_default() += amount;
            *self.classes[class].entry(chain).or_default() += amount;
            if is_lesser {
                *self.lesser[window].entry(chain).or_default() += amount;
            }
        }
    }

    /// The user of a harmed request got nothing that the twin's got, for these reasons as shares of one.
    pub(crate) fn lost(&mut self, reasons: &Reasons, why: Option<&Shares>) {
        for Share { chain, amount, .. } in shares_of(why, Onset::UNKNOWN) {
            *self.lost.entry(reasons.root_of(chain)).or_default() += amount;
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

    /// The same without those that were answered, though with less: nobody waited for them, and nothing failed.
    pub(crate) fn impaired(&self) -> impl Iterator<Item = impl Iterator<Item = (ChainId, f64)> + '_> + '_ {
        self.windows.iter().zip(&self.lesser).map(|(window, lesser)| {
            let rest = |(chain, sum): (&ChainId, &f64)| (*chain, sum - lesser.get(chain).unwrap_or(&0.0));
            window.iter().map(rest).filter(|(_, sum)| *sum > 0.0)
        })
    }
}

/// What is known of why; if nothing is, that, since a window.
fn shares_of(why: Option<&Shares>, since: Onset) -> impl Iterator<Item = Share> {
    let known = why.filter(|why| !why.is_empty());
    let nothing = Share { chain: Chains::UNKNOWN, onset: since, amount: 1.0 };
    let unknown = known.is_none().then_some(nothing);
    known.into_iter().flat_map(Shares::iter).chain(unknown)
}
