//! Collects what ended in one world, until it is compared with the other. Judges nothing.

use crate::engine::{AttemptId, ModelEvent, Observer, RequestId};
use crate::failure::Outcome;
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
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    items: Vec<Ended>,
}

impl Outbox {
    /// Takes out what was collected.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Ended> + '_ {
        self.items.drain(..)
    }
}

impl Observer for Outbox {
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        match event {
            ModelEvent::RequestEnded(id, outcome) => self.items.push(Ended::Request(*id, *outcome, now)),
            ModelEvent::AttemptEnded(id, outcome) => self.items.push(Ended::Attempt(*id, *outcome, now)),
            ModelEvent::RequestDrained(id) => self.items.push(Ended::Traces(*id)),
            _ => {}
        }
    }
}
