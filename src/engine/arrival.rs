//! Requests: how they arrive, how they end, and how one follows another in a journey. Knows nothing of what happens
//! between.

use rand_distr::Distribution;

use crate::distribution::unit_exponential;
use crate::engine::event::Event;
use crate::engine::observer::{ModelEvent, Observer, RequestId};
use crate::engine::simulation::Engine;
use crate::engine::state::{Parent, Request, Session};
use crate::failure::{FailureCause, Outcome};
use crate::id::{ClassId, FaultId};
use crate::model::Target;
use crate::random::{Key, Stream};
use crate::scenario::Effect;

const GAP: Stream = Stream::named("arrival");
const USER: Stream = Stream::named("user");
const THINK: Stream = Stream::named("think");
const KEPT: Stream = Stream::named("kept");

impl<O: Observer> Engine<'_, O> {
    /// Schedules the first request of every class whose requests arrive by themselves.
    pub(crate) fn schedule_arrivals(&mut self) {
        for class in self.model.traffic() {
            if self.model.classes[class].arrives() {
                self.schedule_arrival(class);
            }
        }
    }

    /// Schedules the next request of a class: a unit-rate Poisson process, stretched by the rate over time. A change of
    /// rate moves arrivals and never redraws them.
    fn schedule_arrival(&mut self, class: ClassId) {
        let source = &mut self.state.sources[class];
        source.target += unit_exponential(&mut source.key.nth(source.count).draws(GAP));
        if let Some(at) = self.model.classes[class].rate.reaches(source.target, &mut source.hint) {
            self.events.schedule(at, Event::Arrival(class));
        }
    }

    /// A request arrives: by itself, or as the first of a journey.
    pub(crate) fn arrival(&mut self, class: ClassId) {
        if self.state.closed {
            return;
        }
        let source = &mut self.state.sources[class];
        let number = source.count;
        source.count += 1;
        self.schedule_arrival(class);
        self.begin_first(class, number);
    }

    /// A surge begins: a process of its own, as dense as what it adds.
    pub(crate) fn surge_begins(&mut self, fault: FaultId, class: ClassId) {
        self.state.surges[fault].target = self.model.classes[class].rate.before(self.now());
        self.schedule_surge(fault);
    }

    fn schedule_surge(&mut self, id: FaultId) {
        let fault = &self.model.faults[id];
        let (Target::Class(class), Effect::Surge(factor)) = (&fault.target, &fault.effect) else { return };
        let source = &mut self.state.surges[id];
        source.target += unit_exponential(&mut source.key.nth(source.count).draws(GAP)) / (factor - 1.0);
        if let Some(at) = self.model.classes[*class].rate.reaches(source.target, &mut source.hint)
            && at < fault.to
        {
            self.events.schedule(at, Event::Surge(id));
        }
    }

    /// A request of a surge arrives.
    pub(crate) fn surge_arrival(&mut self, fault: FaultId) {
        let Target::Class(class) = self.model.faults[fault].target else { return };
        if self.state.closed {
            return;
        }
        let source = &mut self.state.surges[fault];
        let number = RequestId::number_in(fault, source.count);
        source.count += 1;
        self.schedule_surge(fault);
        self.begin_first(class, number);
    }

    /// A request begins by itself, unless traffic is thinned out and it is none of the rest.
    fn begin_first(&mut self, class: ClassId, number: u64) {
        let key = self.source_key(class, number);
        if self.state.kept < 1.0 && key.uniform(KEPT) >= self.state.kept {
            return;
        }
        let users = self.model.classes[class].users;
        let user = (key.uniform(USER) * users as f64) as u64;
        self.begin_request(class, number, user);
    }

    /// The root of the draws of the request, or the session, of this number.
    fn source_key(&self, class: ClassId, number: u64) -> Key {
        match RequestId::surge_of(number) {
            None => self.state.sources[class].key.nth(number),
            Some((surge, n)) => self.state.surges[surge].key.nth(n),
        }
    }

    /// A user takes the next step of a journey.
    pub(crate) fn visit(&mut self, slot: u32) {
        let session = self.state.sessions.remove(slot);
        if self.state.closed {
            return;
        }
        if session.broken {
            self.never_made(session);
        } else {
            self.begin_request(session.next, session.number, session.user);
        }
    }

    /// A request makes its first call.
    fn begin_request(&mut self, class: ClassId, number: u64, user: u64) {
        let id = self.request_id(class, number, user);
        self.emit(ModelEvent::RequestArrived(id));
        let slot = self.state.requests.insert(Request { id, attempts: 0, ended: false, probes: None }).slot;
        self.begin_call(Parent::Request(slot), self.model.classes[class].site, None, id.key, slot);
    }

    /// The identity of a request that arrives now: the n-th of its class, or that of the n-th session.
    fn request_id(&self, class: ClassId, number: u64, user: u64) -> RequestId {
        let key = self.source_key(class, number);
        let key = self.model.classes[class].step.map_or(key, |step| key.child(step.stream));
        RequestId { class, number, key, user, arrived_at: self.now() }
    }

    /// A request has its answer, or will never have one.
    pub(crate) fn request_ended(&mut self, slot: u32, outcome: Outcome) {
        let request = &mut self.state.requests[slot];
        request.ended = true;
        let (id, probes) = (request.id, request.probes);
        if let Some(replica) = probes {
            self.events.schedule_now(Event::ProbeAnswered(replica, outcome.is_answered()));
        }
        self.emit(ModelEvent::RequestEnded(id, outcome));
        self.request_maybe_drained(slot);
        self.next_step(id, !outcome.is_answered());
    }

    /// The user thinks before the next step of a journey. Of a broken one nothing more is made, but its steps are counted
    /// where they would have come.
    fn next_step(&mut self, id: RequestId, broken: bool) {
        let Some(step) = self.model.classes[id.class].step else { return };
        let Some(next) = step.next else { return };
        let at = self.now() + step.think.sample(&mut id.key.draws(THINK));
        let session = Session { next, number: id.number, user: id.user, broken };
        let slot = self.state.sessions.insert(session).slot;
        self.events.schedule(at, Event::Visit(slot));
    }

    /// A step of a journey that was broken off before: the request is lost, and nobody is called.
    fn never_made(&mut self, session: Session) {
        let id = self.request_id(session.next, session.number, session.user);
        self.emit(ModelEvent::RequestArrived(id));
        self.emit(ModelEvent::RequestEnded(id, Outcome::Failed(FailureCause::NotMade)));
        self.emit(ModelEvent::RequestDrained(id));
        self.next_step(id, true);
    }

    /// Forgets an ended request once its last attempt is gone.
    pub(crate) fn request_maybe_drained(&mut self, slot: u32) {
        let request = &self.state.requests[slot];
        if request.ended && request.attempts == 0 {
            let request = self.state.requests.remove(slot);
            self.emit(ModelEvent::RequestDrained(request.id));
        }
    }
}
