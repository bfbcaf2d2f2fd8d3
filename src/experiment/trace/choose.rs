//! Which requests are followed: those of a window that were worst off, and a few healthy ones before it.

use std::cmp::Reverse;

use crate::engine::{ModelEvent, Observer, RequestId};
use crate::failure::Outcome;
use crate::model::Model;
use crate::random::Key;
use crate::time::{SimDuration, SimTime};

/// So many healthy requests are followed.
const HEALTHY: usize = 10;

/// How badly a request was off: lost before degraded before late, each by its length.
type Rank = (u8, SimDuration);

/// Watches requests end, and keeps as many as are wanted.
pub(super) struct Chooser<'m> {
    model: &'m Model,
    from: SimTime,
    to: SimTime,
    /// Healthy requests arrive and end in this time.
    calm: (SimTime, SimTime),
    most: usize,
    worst: Vec<(Rank, RequestId)>,
    healthy: Vec<RequestId>,
    /// Requests of the window that have not ended.
    open: u64,
}

impl<'m> Chooser<'m> {
    pub(super) fn new(model: &'m Model, from: SimTime, to: SimTime, most: usize) -> Self {
        let end = model.first_fault().map_or(from, |fault| fault.min(from));
        let begin = SimTime::from_nanos(end.as_nanos().saturating_sub((to - from).as_nanos()));
        Self { model, from, to, calm: (begin, end), most, worst: Vec::new(), healthy: Vec::new(), open: 0 }
    }

    /// Whether no request of the window is left that could still get worse.
    pub(super) fn is_done(&self, now: SimTime) -> bool {
        now >= self.to && self.open == 0
    }

    /// Takes what is still open at the end of the run for lost.
    pub(super) fn close(&mut self, now: SimTime, open: impl Iterator<Item = RequestId>) {
        for id in open.filter(|id| self.is_of_window(id)).collect::<Vec<_>>() {
            self.consider((2, now.saturating_since(id.arrived_at)), id);
        }
    }

    /// The keys of those chosen, the healthy ones first, each in the order of arrival.
    pub(super) fn into_keys(self) -> Vec<Key> {
        let mut worst: Vec<RequestId> = self.worst.into_iter().map(|(_, id)| id).collect();
        worst.sort_by_key(|id| (id.arrived_at, id.class, id.number));
        self.healthy.iter().chain(&worst).map(|id| id.key).collect()
    }

    fn is_of_window(&self, id: &RequestId) -> bool {
        (self.from..self.to).contains(&id.arrived_at) && !self.model.is_probe(id.class)
    }

    fn consider(&mut self, rank: Rank, id: RequestId) {
        let order = |(rank, id): &(Rank, RequestId)| (Reverse(*rank), id.arrived_at, id.class, id.number);
        let place = self.worst.partition_point(|other| order(other) < order(&(rank, id)));
        self.worst.insert(place, (rank, id));
        self.worst.truncate(self.most);
    }
}

impl Observer for Chooser<'_> {
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        match event {
            ModelEvent::RequestArrived(id) if self.is_of_window(id) => self.open += 1,
            ModelEvent::RequestEnded(id, outcome) if self.is_of_window(id) => {
                self.open = self.open.saturating_sub(1);
                let kind = match outcome {
                    Outcome::Ok => 0,
                    Outcome::Degraded => 1,
                    Outcome::Failed(_) | Outcome::Abandoned => 2,
                };
                if outcome.was_made() {
                    self.consider((kind, now.saturating_since(id.arrived_at)), *id);
                }
            }
            ModelEvent::RequestEnded(id, Outcome::Ok)
                if self.healthy.len() < HEALTHY
                    && id.arrived_at >= self.calm.0
                    && now < self.calm.1
                    && !self.model.is_probe(id.class) =>
            {
                self.healthy.push(*id);
            }
            _ => {}
        }
    }
}
