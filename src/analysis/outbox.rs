//! Collects what ended in one world, until it is compared with the other. Judges nothing. Probes are nobody's requests.

use crate::engine::{AttemptId, ModelEvent, Observer, RequestId};
use crate::failure::Outcome;
use crate::id::SiteId;
use crate::model::Model;
use crate::random::Key;
use crate::time::SimTime;

/// Something that ended in one world, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ended {
    pub(crate) at: SimTime,
    pub(crate) what: What,
}

/// What ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum What {
    /// A request.
    Request(RequestId, Outcome),
    /// An attempt that was sent.
    Attempt(Attempt, Outcome),
    /// The last trace of the request of this key.
    Traces(Key),
}

/// What a comparison needs to know of an attempt: thousands lie in a box, which is to stay in the processor's cache.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Attempt {
    pub(crate) key: Key,
    /// The key of its request.
    pub(crate) request: Key,
    pub(crate) site: SiteId,
    pub(crate) begun_at: SimTime,
    /// Whether there is none like it in the other world.
    pub(crate) extra: bool,
}

impl From<&AttemptId> for Attempt {
    fn from(id: &AttemptId) -> Self {
        let extra = id.request.surge().is_some();
        Self { key: id.key, request: id.request.key, site: id.site, begun_at: id.begun_at, extra }
    }
}

/// Collects what ended in one world.
#[derive(Clone, Debug)]
pub struct Outbox<'m> {
    model: &'m Model,
    items: Vec<Ended>,
}

impl<'m> Outbox<'m> {
    /// Nothing has ended yet.
    pub const fn new(model: &'m Model) -> Self {
        Self { model, items: Vec::new() }
    }

    /// Takes what another one has collected after that.
    pub(crate) fn append(&mut self, later: &mut Self) {
        if self.items.is_empty() {
            std::mem::swap(&mut self.items, &mut later.items);
        } else {
            self.items.append(&mut later.items);
        }
    }

    /// Takes out what was collected, in the order of time.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Ended> + '_ {
        self.items.drain(..)
    }
}

impl Observer for Outbox<'_> {
    #[expect(clippy::inline_always, reason = "as for all observers: see `Engine::emit`")]
    #[inline(always)]
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        let (what, request) = match event {
            ModelEvent::RequestEnded(id, outcome) => (What::Request(*id, *outcome), id),
            ModelEvent::AttemptEnded(id, outcome) => (What::Attempt(id.into(), *outcome), &id.request),
            ModelEvent::RequestDrained(id) => (What::Traces(id.key), id),
            _ => return,
        };
        // A request of a surge is nobody's twin; its attempts are among those that fail at a service.
        let is_compared = request.surge().is_none() || matches!(what, What::Attempt(..));
        if is_compared && !self.model.is_probe(request.class) {
            self.items.push(Ended { at: now, what });
        }
    }
}
