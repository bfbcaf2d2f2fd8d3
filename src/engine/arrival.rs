//! Requests: how they arrive, and how they end. Knows nothing of what happens between.

use crate::distribution::unit_exponential;
use crate::engine::event::Event;
use crate::engine::observer::{ModelEvent, Observer, RequestId};
use crate::engine::simulation::Engine;
use crate::engine::state::{Parent, Request};
use crate::failure::Outcome;
use crate::id::ClassId;
use crate::random::Stream;

const GAP: Stream = Stream::named("arrival");
const USER: Stream = Stream::named("user");

impl<O: Observer> Engine<'_, O> {
    /// Schedules the first request of every class.
    pub(crate) fn schedule_arrivals(&mut self) {
        for class in self.model.traffic() {
            self.schedule_arrival(class);
        }
    }

    /// Schedules the next request of a class: a unit-rate Poisson process, stretched by the rate over time. A change of
    /// rate moves arrivals and never redraws them.
    fn schedule_arrival(&mut self, class: ClassId) {
        let source = &mut self.state.sources[class];
        source.target += unit_exponential(&mut source.key.nth(source.count).draws(GAP));
        if let Some(at) = self.model.classes[class].rate.reaches(source.target, &mut source.hint) {
            self.state.events.schedule(at, Event::Arrival(class));
        }
    }

    /// A request arrives and makes its first call.
    pub(crate) fn arrival(&mut self, class: ClassId) {
        let source = &mut self.state.sources[class];
        let key = source.key.nth(source.count);
        let number = source.count;
        source.count += 1;
        let model = &self.model.classes[class];
        let user = (key.uniform(USER) * model.users as f64) as u64;
        let id = RequestId { class, number, key, user, arrived_at: self.now() };
        self.emit(ModelEvent::RequestArrived(id));
        let slot = self.state.requests.insert(Request { id, attempts: 0, ended: false, probes: None }).slot;
        self.schedule_arrival(class);
        self.begin_call(Parent::Request(slot), model.site, None, key, slot);
    }

    /// A request has its answer, or will never have one.
    pub(crate) fn request_ended(&mut self, slot: u32, outcome: Outcome) {
        let request = &mut self.state.requests[slot];
        request.ended = true;
        let (id, probes) = (request.id, request.probes);
        if let Some(replica) = probes {
            self.state.events.schedule_now(Event::ProbeAnswered(replica, outcome.is_answered()));
        }
        self.emit(ModelEvent::RequestEnded(id, outcome));
        self.request_maybe_drained(slot);
    }

    /// Forgets an ended request once its last attempt is gone.
    pub(crate) fn request_maybe_drained(&mut self, slot: u32) {
        let request = self.state.requests[slot];
        if request.ended && request.attempts == 0 {
            self.state.requests.remove(slot);
            self.emit(ModelEvent::RequestDrained(request.id));
        }
    }
}
