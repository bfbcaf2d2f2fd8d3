//! Collects what ended in one world, until it is compared with the other. Judges nothing. Probes are nobody's requests.

use crate::engine::{AttemptId, ModelEvent, Observer, RequestId};
use crate::failure::Outcome;
use crate::model::Model;
use crate::time::SimTime;

/// Something that ended in one world.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ended {
    /// A request.
    Request(RequestId, Outcome, SimTime),
    /// An attempt that was sent.
    Attempt(AttemptId, Outcome, SimTime),
    /// The last trace of a request.
    Traces(RequestId),
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

    /// Takes out what was collected.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Ended> + '_ {
        self.items.drain(..)
    }
}

impl Observer for Outbox<'_> {
    #[expect(clippy::inline_always, reason = "as for all observers: see `Engine::emit`")]
    #[inline(always)]
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        let (item, class) = match event {
            ModelEvent::RequestEnded(id, outcome) => (Ended::Request(*id, *outcome, now), id.class),
            ModelEvent::AttemptEnded(id, outcome) => (Ended::Attempt(*id, *outcome, now), id.request.class),
            ModelEvent::RequestDrained(id) => (Ended::Traces(*id), id.class),
            _ => return,
        };
        if !self.model.is_probe(class) {
            self.items.push(item);
        }
    }
}
