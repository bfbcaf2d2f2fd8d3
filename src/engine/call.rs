//! The caller's side of a call: deadline, breaker, bulkhead, throttle, balancer, connection, and the next attempt.
//!
//! The path of an attempt reads from top to bottom: `begin_call`, `next_attempt`, `pass`, `take_permit`, `take_turn`,
//! `take_connection`, `send`.

use rand_distr::Distribution;

use crate::distribution::DurationDistribution;
use crate::engine::event::Event;
use crate::engine::observer::{AttemptId, ModelEvent, Observer};
use crate::engine::simulation::Engine;
use crate::engine::slab::Handle;
use crate::engine::state::{Attempt, CallRun, NO_CALL, Parent, Place, State};
use crate::engine::terms::CallTerms;
use crate::engine::view::Turn;
use crate::failure::{FailureCause, Outcome};
use crate::id::{Id, ReplicaId, SiteId};
use crate::policy::{Acquired, Admission, BreakerPermit};
use crate::random::{Key, Stream};
use crate::scenario::{Balancer, Detection, LateReply};
use crate::time::{SimDuration, SimTime};

const NETWORK_OUT: Stream = Stream::named("network out");
const NETWORK_BACK: Stream = Stream::named("network back");
const PATIENCE: Stream = Stream::named("patience");
const REPLICA: Stream = Stream::named("replica");
const THROTTLE: Stream = Stream::named("throttle");

impl<O: Observer> Engine<'_, O> {
    /// Begins a call from `site`, on behalf of `parent`.
    pub(crate) fn begin_call(
        &mut self,
        parent: Parent,
        site: SiteId,
        caller: Option<ReplicaId>,
        above: Key,
        request: u32,
    ) {
        let place = &self.model.sites[site];
        let number = caller.filter(|_| place.per_replica).map_or(0, |id| self.model.replicas[id].number);
        let guard = place.first_guard + number;
        let now = self.now();
        let mut run = CallRun {
            parent,
            request,
            site,
            key: above.child(place.stream),
            guard,
            caller,
            begun_at: now,
            attempts: 0,
            waited: SimDuration::ZERO,
            failed_by: FailureCause::Error,
            retrying: false,
            current: Handle::NONE,
            permit: None,
            retry_event: 0,
            deadline_event: 0,
            deadline: SimTime::MAX,
            sibling: NO_CALL,
        };
        if let Parent::Attempt(slot) = parent {
            run.sibling = self.state.attempts[slot].calls;
        }
        let slot = self.state.runs.insert(run).slot;
        if let Parent::Attempt(parent) = parent {
            self.state.attempts[parent].calls = slot;
        }
        let CallTerms { deadline, retries_inside, falls_back, .. } = self.state.guards[guard as usize].terms;
        if falls_back && self.answer_before(slot) {
            return;
        }
        if let Some(longest) = self.longest(parent, deadline) {
            let at = now + longest;
            self.state.runs[slot].deadline = at;
            self.state.runs[slot].deadline_event = self.events.schedule(at, Event::Deadline(slot));
        }
        if let Some(budget) = &mut self.state.guards[guard as usize].budget {
            budget.on_first_attempt(now);
        }
        if retries_inside && !self.permitted_as_a_whole(slot) {
            return;
        }
        self.next_attempt(slot);
    }

    /// Asks the breaker for the whole of a call, retries included. Refused, it has failed.
    fn permitted_as_a_whole(&mut self, slot: u32) -> bool {
        let guard = self.state.runs[slot].guard;
        let permit = self.ask_breaker(guard);
        if permit.is_none() && self.state.guards[guard as usize].breaker.is_some() {
            self.state.runs[slot].attempts = 1;
            self.refuse_unsent(slot, FailureCause::BreakerOpen);
            self.call_failed(slot, FailureCause::BreakerOpen);
            return false;
        }
        self.state.runs[slot].permit = permit;
        true
    }

    /// How long a call may take: as its deadline says, or for as long as its user waits, whichever is shorter.
    fn longest(&self, parent: Parent, deadline: Option<SimDuration>) -> Option<SimDuration> {
        let Parent::Request(slot) = parent else { return deadline };
        let id = &self.state.requests[slot].id;
        let Some(patience) = self.model.classes[id.class].patience else { return deadline };
        let patience = patience.sample(&mut id.key.draws(PATIENCE));
        Some(deadline.map_or(patience, |deadline| deadline.min(patience)))
    }

    /// Makes the next attempt of a call.
    pub(crate) fn next_attempt(&mut self, slot: u32) {
        let run = &mut self.state.runs[slot];
        run.retry_event = 0;
        run.attempts += 1;
        let (guard, asks) = (run.guard as usize, run.permit.is_none());
        let mut permit = None;
        // A call without a permission of its own asks for each attempt, whatever the order was when it began.
        if asks && self.state.guards[guard].breaker.is_some() {
            permit = self.ask_breaker(guard as u32);
            if permit.is_none() {
                self.refuse_unsent(slot, FailureCause::BreakerOpen);
                self.attempt_failed(slot, FailureCause::BreakerOpen);
                return;
            }
        }
        let attempt = self.new_attempt(slot, permit);
        self.turn(Turn::AttemptBegins(attempt));
        self.pass(attempt, Place::AwaitsPermit);
    }

    /// Adds an attempt of a call, with its timeout.
    fn new_attempt(&mut self, slot: u32, permit: Option<BreakerPermit>) -> u32 {
        let begun_at = self.now();
        let State { runs, attempts, requests, guards, .. } = &mut *self.state;
        let handle = runs.handle(slot);
        let run = &mut runs[slot];
        let guard = &mut guards[run.guard as usize];
        guard.in_progress.attempts += 1;
        requests[run.request].attempts += 1;
        run.current = attempts.insert_with(|Handle { slot, .. }| Attempt {
            key: run.key.nth(u64::from(run.attempts)),
            request: run.request,
            run: handle,
            site: run.site,
            guard: run.guard,
            caller: run.caller,
            number: run.attempts,
            begun_at,
            awaited: true,
            canceled: false,
            has_permit: false,
            has_connection: false,
            counted: false,
            sent: false,
            permit,
            timeout_event: guard
                .terms
                .timeout
                .map_or(0, |timeout| self.events.schedule(begun_at + timeout, Event::Timeout(slot))),
            event: 0,
            place: Place::AwaitsPermit,
            replica: ReplicaId::new(0),
            arrived_at: SimTime::ZERO,
            started_at: SimTime::ZERO,
            thread: 0,
            pc: 0,
            work_ends: SimTime::ZERO,
            working: false,
            delayed: false,
            calls: NO_CALL,
            outstanding: 0,
            needed: 0,
            degraded: false,
            launching: false,
            reply: Outcome::Ok,
        });
        run.current.slot
    }

    /// Leads an attempt past what may hold it back at its caller, one after the other, from one of them on. Each says
    /// whether it lets the attempt go on.
    fn pass(&mut self, slot: u32, from: Place) {
        if from == Place::AwaitsPermit && !self.take_permit(slot) {
            return;
        }
        if from != Place::AwaitsConnection && !self.take_turn(slot) {
            return;
        }
        if self.take_connection(slot) {
            self.send(slot);
        }
    }

    /// Asks the bulkhead.
    fn take_permit(&mut self, slot: u32) -> bool {
        let attempt = &mut self.state.attempts[slot];
        let Some(bulkhead) = self.state.guards[attempt.guard as usize].bulkhead() else { return true };
        let acquired = bulkhead.acquire(slot);
        attempt.has_permit = acquired == Acquired::Granted;
        match acquired {
            Acquired::Granted => return true,
            Acquired::Waiting => {
                let wait = bulkhead.max_wait();
                self.wait_at_most(slot, wait);
            }
            Acquired::Refused => self.refuse(slot, FailureCause::BulkheadFull),
        }
        false
    }

    /// Asks the throttle.
    fn take_turn(&mut self, slot: u32) -> bool {
        let now = self.now();
        let attempt = &mut self.state.attempts[slot];
        let Some(throttle) = self.state.guards[attempt.guard as usize].throttle() else { return true };
        attempt.place = Place::AwaitsTurn;
        match throttle.ask(now, || attempt.key.uniform(THROTTLE)) {
            Admission::Now => return true,
            Admission::After(wait) => {
                attempt.event = self.events.schedule(now + wait, Event::Granted(slot));
                self.turn(Turn::WaitsAtCaller(slot));
            }
            Admission::Refused(SimDuration::ZERO) => self.refuse(slot, FailureCause::Throttled),
            Admission::Refused(wait) => self.wait_at_most(slot, wait),
        }
        false
    }

    /// Picks a replica and asks the pool.
    fn take_connection(&mut self, slot: u32) -> bool {
        let Some(replica) = self.pick_replica(slot) else {
            self.mark_sent(slot);
            self.settle_unreached(slot, Outcome::Failed(FailureCause::Refused));
            return false;
        };
        let attempt = &mut self.state.attempts[slot];
        attempt.replica = replica;
        attempt.place = Place::AwaitsConnection;
        let Some(pool) = self.state.guards[attempt.guard as usize].pool() else { return true };
        let acquired = pool.acquire(slot);
        attempt.has_connection = acquired == Acquired::Granted;
        match acquired {
            Acquired::Granted => return true,
            Acquired::Waiting => {
                let wait = pool.max_wait();
                self.wait_at_most(slot, wait);
            }
            Acquired::Refused => self.refuse(slot, FailureCause::PoolTimeout),
        }
        false
    }

    /// Lets an attempt wait for its permit, its turn or its connection.
    fn wait_at_most(&mut self, slot: u32, wait: SimDuration) {
        self.turn(Turn::WaitsAtCaller(slot));
        if wait == SimDuration::MAX {
            return;
        }
        let at = self.now() + wait;
        self.state.attempts[slot].event = self.events.schedule(at, Event::WaitOver(slot));
    }

    /// An attempt got the permit, turn or connection that it waited for.
    pub(crate) fn granted(&mut self, slot: u32) {
        self.turn(Turn::Granted(slot));
        self.state.attempts[slot].event = 0;
        match self.state.attempts[slot].place {
            Place::AwaitsPermit => self.pass(slot, Place::AwaitsTurn),
            Place::AwaitsTurn => self.pass(slot, Place::AwaitsConnection),
            _ => self.send(slot),
        }
    }

    /// An attempt has waited long enough for its permit, turn or connection.
    pub(crate) fn wait_over(&mut self, slot: u32) {
        let cause = match self.state.attempts[slot].place {
            Place::AwaitsPermit => FailureCause::BulkheadFull,
            Place::AwaitsTurn => FailureCause::Throttled,
            _ => FailureCause::PoolTimeout,
        };
        self.state.attempts[slot].event = 0;
        self.stop_waiting_for_permits(slot);
        self.refuse(slot, cause);
    }

    /// Puts an attempt on the network.
    fn send(&mut self, slot: u32) {
        self.mark_sent(slot);
        let attempt = &self.state.attempts[slot];
        let site = &self.model.sites[attempt.site];
        if !self.state.failing_pairs.is_empty() && self.call_fails(slot, site.pair) {
            return self.settle_unreached(slot, Outcome::Failed(FailureCause::Error));
        }
        let latency = self.network_latency(attempt, NETWORK_OUT);
        let attempt = &mut self.state.attempts[slot];
        attempt.pc = site.start;
        attempt.place = Place::Underway;
        if latency.is_zero() {
            return self.arrive(slot);
        }
        attempt.event = self.events.schedule(self.events.now() + latency, Event::Arrive(slot));
    }

    /// How long the network takes, one way.
    fn network_latency(&self, attempt: &Attempt, way: Stream) -> SimDuration {
        let drawn = |network: &DurationDistribution| network.sample(&mut attempt.key.draws(way));
        self.terms(attempt).network.as_ref().map_or(SimDuration::ZERO, drawn)
    }

    /// Notes that an attempt left its caller.
    fn mark_sent(&mut self, slot: u32) {
        self.state.attempts[slot].sent = true;
        let id = self.attempt_id(slot);
        self.emit(ModelEvent::AttemptSent(id));
        self.turn(Turn::AttemptSent(slot));
    }

    /// Ends an attempt that left its caller but reached no replica: the answer is immediate.
    fn settle_unreached(&mut self, slot: u32, outcome: Outcome) {
        // Through the event list, so that a retry without backoff cannot recurse.
        let attempt = &mut self.state.attempts[slot];
        attempt.reply = outcome;
        attempt.place = Place::Replying;
        attempt.event = self.events.schedule_now(Event::Reply(slot));
    }

    /// Chooses a replica among those that the balancer believes can be chosen. A deep probe goes to its replica.
    fn pick_replica(&mut self, slot: u32) -> Option<ReplicaId> {
        let attempt = &self.state.attempts[slot];
        let (key, site) = (attempt.key, &self.model.sites[attempt.site]);
        if attempt.caller.is_none()
            && let Some(replica) = self.state.requests[attempt.request].probes
        {
            return Some(replica);
        }
        let guard = &mut self.state.guards[attempt.guard as usize];
        let CallTerms { balancer, detection, .. } = guard.terms;
        let ready = match detection {
            Detection::Instant => &self.state.ready[site.callee],
            Detection::Probes => &self.state.believed[site.callee],
        };
        if ready.is_empty() {
            return None;
        }
        let turn = (guard.turn % ready.len() as u32) as usize;
        guard.turn = guard.turn.wrapping_add(1);
        let number = |id: ReplicaId| self.model.replicas[id].number as usize;
        let chosen = match balancer {
            Balancer::RoundRobin => ready[turn],
            Balancer::Random => ready[(key.uniform(REPLICA) * ready.len() as f64) as usize],
            Balancer::LeastInFlight => {
                let rotated = ready[turn..].iter().chain(&ready[..turn]);
                *rotated.min_by_key(|id| guard.in_flight[number(**id)])?
            }
            Balancer::PowerOfTwo => {
                let mut draws = key.draws(REPLICA);
                let mut draw = || ready[(draws.uniform() * ready.len() as f64) as usize];
                let (first, second) = (draw(), draw());
                if guard.in_flight[number(second)] < guard.in_flight[number(first)] { second } else { first }
            }
        };
        if balancer.counts() {
            guard.in_flight[number(chosen)] += 1;
            self.state.attempts[slot].counted = true;
        }
        Some(chosen)
    }

    /// Sends the answer of an attempt back to its caller, if anybody could still want it.
    pub(crate) fn respond(&mut self, slot: u32, outcome: Outcome) {
        self.state.attempts[slot].reply = outcome;
        let attempt = &self.state.attempts[slot];
        let accepts = || self.terms(attempt).late_reply == LateReply::Accept;
        if !(attempt.awaited || accepts() && self.state.runs.is_live(attempt.run)) {
            return self.forget_attempt(slot);
        }
        let latency = self.network_latency(attempt, NETWORK_BACK);
        let caller_paused = attempt.caller.is_some_and(|caller| self.state.replicas[caller].is_paused());
        self.state.attempts[slot].place = Place::Replying;
        if latency.is_zero() && !caller_paused {
            return self.deliver(slot);
        }
        let at = self.now() + latency;
        self.turn(Turn::Answered(slot, at));
        self.state.attempts[slot].event = self.events.schedule(at, Event::Reply(slot));
    }

    /// The identity of an attempt, for those who watch.
    pub(crate) fn attempt_id(&self, slot: u32) -> AttemptId {
        let attempt = &self.state.attempts[slot];
        AttemptId {
            key: attempt.key,
            request: self.state.requests[attempt.request].id,
            site: attempt.site,
            number: attempt.number,
            begun_at: attempt.begun_at,
        }
    }
}
