//! The simulation of one world: the clock, the loop, and the only place where events are told apart.

use crate::engine::admission::limiters;
use crate::engine::event::Event;
use crate::engine::fallback::last_answers;
use crate::engine::future_event_list::FutureEventList;
use crate::engine::guard::Guard;
use crate::engine::monitor::MonitorBank;
use crate::engine::observer::{AttemptId, ModelEvent, Observer, RequestId};
use crate::engine::response::Response;
use crate::engine::settings::Settings;
use crate::engine::slab::Slab;
use crate::engine::state::{Deferred, NO_CALL, Place, Replica, Source, State};
use crate::engine::view::{Turn, View};
use crate::id::{IdVec, ReplicaId, ServiceId, SiteId};
use crate::model::{Model, Target};
use crate::random::{Key, Stream};
use crate::time::{SimDuration, SimTime};

/// One world of a scenario, run as far as somebody wants. Cloned where worlds part.
#[derive(Clone, Debug)]
pub struct Simulation<'m> {
    model: &'m Model,
    state: State,
    events: FutureEventList<Event>,
}

/// A limit that stops a runaway simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitHit {
    /// So many events were handled.
    Events(u64),
    /// So many attempts were in flight.
    InFlight(u64),
}

/// How far a simulation got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// As far as it was asked to.
    Time,
    /// To the instant at which the first thing is about to be done about an incident.
    FirstAct,
    /// As many events further as it was asked to.
    Events,
}

/// A simulation while it runs: its model, its state, what is scheduled, and who watches.
pub(crate) struct Engine<'a, O> {
    pub(crate) model: &'a Model,
    pub(crate) state: &'a mut State,
    pub(crate) events: &'a mut FutureEventList<Event>,
    pub(crate) observer: &'a mut O,
}

impl<'m> Simulation<'m> {
    /// A world at the begin of its warm-up, with no fault in sight.
    pub fn new(model: &'m Model) -> Self {
        Self::with_events(model, FutureEventList::new(usual_timeout(model)))
    }

    /// The same, but all that is scheduled is kept in one sorted list: slower, and for comparison.
    pub fn sorted(model: &'m Model) -> Self {
        Self::with_events(model, FutureEventList::sorted())
    }

    fn with_events(model: &'m Model, events: FutureEventList<Event>) -> Self {
        let root = Key::of_seed(model.seed).child(Stream::named("traffic"));
        let source = |class: &crate::model::Class| Source::new(root.child(class.users_stream()));
        let surge = |fault: &crate::model::Fault| match fault.target {
            Target::Class(class) => {
                Source::new(root.child(model.classes[class].users_stream()).child(fault.stream))
            }
            _ => Source::new(root),
        };
        let replica =
            |replica: &crate::model::Replica| Replica::new(&model.services[replica.service].settings);
        let settings = Settings::new(model);
        let state = State {
            handled: 0,
            requests: Slab::new(),
            runs: Slab::new(),
            attempts: Slab::new(),
            replicas: model.replicas.iter().map(replica).collect(),
            ready: model.services.iter().map(|service| service.replica_ids().collect()).collect(),
            believed: model.services.iter().map(|service| service.replica_ids().collect()).collect(),
            rate_limits: limiters(model),
            guards: Guard::all(model),
            last_answers: last_answers(model, &settings.policies),
            settings,
            sources: model.classes.iter().map(source).collect(),
            surges: model.faults.iter().map(surge).collect(),
            closed: false,
            kept: 1.0,
            sessions: Slab::new(),
            monitors: MonitorBank::new(model),
            response: Response::new(model),
            failing_pairs: Vec::new(),
            rollouts: model.services.iter().map(|_| None).collect(),
        };
        let mut simulation = Self { model, state, events };
        let nobody = &mut ();
        let mut engine = simulation.engine(nobody);
        engine.schedule_arrivals();
        engine.schedule_probes();
        engine.schedule_scrapes();
        engine.schedule_acts();
        simulation
    }

    /// Puts the scenario's faults ahead of this world. A world without this call is a twin.
    pub fn schedule_faults(&mut self) {
        for (id, fault) in self.model.faults.enumerate() {
            self.events.schedule(fault.from, Event::FaultBegins(id));
            if fault.to > fault.from && fault.to < SimTime::MAX {
                self.events.schedule(fault.to, Event::FaultEnds(id));
            }
        }
    }

    /// Nobody does anything in this world from here on.
    pub fn leave_unattended(&mut self) {
        self.state.response.attended = false;
    }

    /// No request arrives from here on, deep probes included; what is under way goes on, and so does everything else.
    pub fn stop_arrivals(&mut self) {
        self.state.closed = true;
    }

    /// From here on each request that would arrive by itself does so with this probability, drawn for it alone: what
    /// arrives at one share arrives at any larger one, and takes the same work. Journeys that have begun go on.
    pub fn thin_arrivals(&mut self, share: f64) {
        self.state.kept = share;
    }

    /// Runs everything before `until`.
    ///
    /// # Errors
    ///
    /// A limit of the model was hit; the state is that after the last event before it.
    pub fn run_until(&mut self, until: SimTime, observer: &mut impl Observer) -> Result<(), LimitHit> {
        while self.run_for(u64::MAX, until, observer)? != Reached::Time {}
        Ok(())
    }

    /// Runs at most so many events before `until`, and stops right before the first thing is done about an incident.
    ///
    /// # Errors
    ///
    /// As [`Self::run_until`].
    pub fn run_for(
        &mut self,
        events: u64,
        until: SimTime,
        observer: &mut impl Observer,
    ) -> Result<Reached, LimitHit> {
        let limits = self.model.limits;
        let stop_at = limits.events.min(self.state.handled.saturating_add(events));
        let mut engine = self.engine(observer);
        while let Some((sequence, event)) =
            engine.events.pop_before(until, |sequence, event| engine.state.awaits(sequence, event))
        {
            engine.state.handled += 1;
            engine.dispatch(sequence, event);
            if engine.state.attempts.len() as u64 > limits.in_flight {
                return Err(LimitHit::InFlight(limits.in_flight));
            }
            if std::mem::take(&mut engine.state.response.parts) {
                return Ok(Reached::FirstAct);
            }
            if engine.state.handled >= stop_at {
                return if stop_at == limits.events {
                    Err(LimitHit::Events(stop_at))
                } else {
                    Ok(Reached::Events)
                };
            }
        }
        Ok(Reached::Time)
    }

    /// Time of the last event.
    pub fn now(&self) -> SimTime {
        self.events.now()
    }

    /// Events handled so far.
    pub fn handled(&self) -> u64 {
        self.state.handled
    }

    /// The world as it stands.
    pub fn view(&self) -> View<'_> {
        View::new(self.model, &self.state, self.now())
    }

    /// Attempts that were sent and whose callers still wait for them, in no particular order.
    pub fn awaited_attempts(&self) -> impl Iterator<Item = AttemptId> + '_ {
        let state = &self.state;
        state.attempts.iter().filter(|(_, a)| a.awaited && a.sent).map(|(_, a)| AttemptId {
            key: a.key,
            request: state.requests[a.request].id,
            site: a.site,
            number: a.number,
            begun_at: a.begun_at,
        })
    }

    /// Requests that were not answered yet, in no particular order.
    pub fn open_requests(&self) -> impl Iterator<Item = RequestId> + '_ {
        self.state.requests.iter().filter(|(_, request)| !request.ended).map(|(_, request)| request.id)
    }

    /// Requests that left a trace: those not answered yet, and those of which an attempt is left (true), in no particular
    /// order.
    pub fn known_requests(&self) -> impl Iterator<Item = (RequestId, bool)> + '_ {
        self.state.requests.iter().map(|(_, request)| (request.id, request.ended))
    }

    /// Of every attempt that was sent and whose caller still waits for it: from where, its key, and since when.
    pub fn awaited(&self) -> impl Iterator<Item = (SiteId, Key, SimTime)> + '_ {
        let attempts = self.state.attempts.iter().filter(|(_, a)| a.awaited && a.sent);
        attempts.map(|(_, a)| (a.site, a.key, a.begun_at))
    }

    /// Attempts that wait at their caller for a permit, a turn or a connection: from where, and since when.
    pub fn waiting_at_callers(&self) -> impl Iterator<Item = (SiteId, SimTime)> + '_ {
        let attempts = self.state.attempts.iter().filter(|(_, a)| a.awaited && !a.sent);
        attempts.map(|(_, a)| (a.site, a.begun_at))
    }

    /// Of a replica: threads held, threads that wait on calls, and attempts in its queue.
    pub fn occupancy(&self, id: ReplicaId) -> (u32, u32, u32) {
        let replica = &self.state.replicas[id];
        let waits = |slot: &&u32| self.state.attempts[**slot].calls != NO_CALL;
        let waiting = replica.threads.iter().filter(waits).count();
        (replica.threads.len() as u32, waiting as u32, replica.queue_length)
    }

    /// By service: how long those who wait for a thread at `now` have waited, and how long those who hold one have held it,
    /// in nanoseconds, summed up.
    pub fn under_way(&self, now: SimTime) -> IdVec<ServiceId, (u128, u128)> {
        let mut sums: IdVec<ServiceId, (u128, u128)> = self.model.services.iter().map(|_| (0, 0)).collect();
        for (_, attempt) in self.state.attempts.iter().filter(|(_, attempt)| !attempt.canceled) {
            let sums = &mut sums[self.model.replicas[attempt.replica].service];
            match attempt.place {
                Place::Queued => sums.0 += u128::from((now - attempt.arrived_at).as_nanos()),
                Place::Running => sums.1 += u128::from((now - attempt.started_at).as_nanos()),
                _ => {}
            }
        }
        sums
    }

    /// Asserts what must hold between any two events; see [`crate::engine`].
    pub fn check_invariants(&self) {
        self.state.check_invariants(self.model, self.now());
    }

    /// Requests and attempts that left a trace.
    pub fn in_flight(&self) -> u64 {
        (self.state.requests.len() + self.state.attempts.len()) as u64
    }

    /// After how many events it takes little time, beside theirs, to look at everything: what is in flight, and replicas
    /// and what callers remember, which are large and lie far apart.
    pub fn extent(&self) -> u64 {
        let parts = self.state.replicas.len() + self.state.guards.len();
        self.in_flight() + 10 * parts as u64
    }

    /// Whether no request is under way, and nothing is left of any.
    pub fn is_at_rest(&self) -> bool {
        self.state.requests.len() == 0
    }

    /// Asserts that whatever requests have taken was given back. Holds whenever it is at rest.
    pub fn check_rest(&self) {
        self.state.check_rest(self.model, self.now());
    }

    fn engine<'a, O>(&'a mut self, observer: &'a mut O) -> Engine<'a, O> {
        Engine { model: self.model, state: &mut self.state, events: &mut self.events, observer }
    }
}

impl<O: Observer> Engine<'_, O> {
    pub(crate) fn now(&self) -> SimTime {
        self.events.now()
    }

    /// Tells the monitors and the observer what happened.
    ///
    /// Always inlined, and observers with it: at each place it is known what kind of event it is, so that nothing is left
    /// of their matches.
    #[expect(
        clippy::inline_always,
        reason = "the compiler counts the arms that cannot be taken, and declines"
    )]
    #[inline(always)]
    pub(crate) fn emit(&mut self, event: ModelEvent) {
        let now = self.now();
        self.state.monitors.observe(self.model, now, &event);
        if let Some(window) = &mut self.state.response.person.last_minute {
            window.observe(now, &event);
        }
        self.observer.observe(now, &event);
    }

    /// Lets the observer look at who waits for whom.
    #[expect(clippy::inline_always, reason = "nothing is left of it if nobody looks")]
    #[inline(always)]
    pub(crate) fn turn(&mut self, turn: Turn) {
        self.observer.turn(&View::new(self.model, self.state, self.events.now()), turn);
    }

    /// Handles an event, or defers it if it falls due on a paused replica.
    fn dispatch(&mut self, sequence: u64, event: Event) {
        if let Some(replica) = self.state.caller_of(event)
            && self.state.replicas[replica].is_paused()
        {
            let rank = u8::from(!matches!(event, Event::Reply(_)));
            let due = self.now();
            self.state.replicas[replica].faults_mut().deferred.push(Deferred { due, rank, sequence, event });
            return;
        }
        self.handle(event);
    }

    /// Handles an event that was deferred, if anybody still waits for it.
    pub(crate) fn handle_deferred(&mut self, deferred: Deferred) {
        if self.state.awaits(deferred.sequence, deferred.event) {
            self.handle(deferred.event);
        }
    }

    /// The one match over all events. Somebody waits for this one.
    fn handle(&mut self, event: Event) {
        match event {
            Event::Arrival(class) => self.arrival(class),
            Event::Surge(fault) => self.surge_arrival(fault),
            Event::Visit(session) => self.visit(session),
            Event::Arrive(slot) => self.arrive(slot),
            Event::Granted(slot) => self.granted(slot),
            Event::WaitOver(slot) => self.wait_over(slot),
            Event::WorkDone(slot) => self.work_done(slot),
            Event::Reply(slot) => self.deliver(slot),
            Event::Timeout(slot) => self.timed_out(slot),
            Event::Retry(slot) => self.retry(slot),
            Event::FallBack(slot) => self.fall_back(slot),
            Event::Deadline(slot) => self.deadline_passed(slot),
            Event::BreakerTimer(guard) => self.breaker_timer(guard),
            Event::Dispatch(replica) => self.dispatch_queue(replica),
            Event::Start(replica) => self.start_due(replica),
            Event::Ready(replica) => self.replica_ready(replica),
            Event::OutOfMemory(replica) => self.out_of_memory(replica),
            Event::DrainOver(replica) => self.drain_over(replica),
            Event::Probe(replica) => self.probe(replica),
            Event::ProbeTimeout(replica) => self.probe_answered(replica, false),
            Event::ProbeAnswered(replica, well) => self.asked(replica, well),
            Event::Scrape(monitor) => self.scrape(monitor),
            Event::Person => self.person_goes_on(),
            Event::Work(worker) => self.work_on(worker as usize),
            Event::FaultBegins(fault) => self.fault_begins(fault),
            Event::FaultEnds(fault) => self.fault_ends(fault),
        }
    }

    /// Whether a replica handles anything right now.
    pub(crate) fn moves_on(&self, replica: ReplicaId) -> bool {
        let replica = &self.state.replicas[replica];
        replica.process.serves() && !replica.is_paused()
    }
}

/// How long attempts and calls are waited for, at most, but for the longest tenth: most of what is scheduled and canceled
/// lies no further ahead, whatever else is waited for now and then.
fn usual_timeout(model: &Model) -> SimDuration {
    let waits = model.edges.iter().flat_map(|edge| [edge.policy.timeout, edge.policy.deadline]);
    let mut waits: Vec<SimDuration> = waits.flatten().collect();
    waits.sort_unstable();
    let usual = waits.get(waits.len().saturating_sub(1) * 9 / 10);
    usual.copied().unwrap_or(SimDuration::from_secs(1))
}
