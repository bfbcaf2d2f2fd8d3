//! Watches one world and writes down what happened: streaming, in memory that does not grow with time.

use crate::engine::{AttemptId, ModelEvent, Moment, Observer, ReplicaState, RequestId, Simulation};
use crate::failure::{FailureCause, Outcome};
use crate::id::{
    ChangeId, ClassId, EdgeId, IdVec, MonitorId, PairId, ProcedureId, ReplicaId, ServiceId, SiteId,
};
use crate::model::{By, Model, Step};
use crate::policy::BreakerState;
use crate::record::containment::ContainmentTally;
use crate::record::describe::{breaker_state, deed, replica_name, replica_state, what, who};
use crate::record::fingerprint::Digests;
use crate::record::monitor::track;
use crate::record::tally::{CallTally, ClassTally, ServiceTally};
use crate::record::{MAX_TRANSITIONS, MonitorTrack, ResponseEntry, ResponseKind, Transition, WorldRecord};
use crate::scenario::Policy;
use crate::time::{SimDuration, SimTime};

/// Windows that a record holds at the most.
pub(super) const MAX_WINDOWS: u64 = 2_000;

/// Watches one world.
#[derive(Clone, Debug)]
pub struct Recorder<'m> {
    model: &'m Model,
    first_fault: SimTime,
    digests: Digests,
    width: SimDuration,
    /// End of the current window; the warm-up is one window of its own, which is thrown away.
    window_ends: SimTime,
    windows: usize,
    classes: IdVec<ClassId, ClassTally>,
    services: IdVec<ServiceId, ServiceTally>,
    pairs: IdVec<PairId, CallTally>,
    containment: ContainmentTally,
    monitors: IdVec<MonitorId, MonitorTrack>,
    running: IdVec<ReplicaId, bool>,
    /// Whether each breaker is open, by edge and replica of the caller.
    breakers_open: IdVec<EdgeId, Vec<bool>>,
    response: Vec<ResponseEntry>,
    transitions: Vec<Transition>,
    transitions_left_out: u64,
}

/// The narrowest of the usual widths (1, 2 or 5 times a power of ten, from 10 ms on) with at most 2,000 windows.
pub(crate) fn window_width(horizon: SimDuration) -> SimDuration {
    let mut width = SimDuration::from_millis(10);
    for factor in [2.0, 2.5, 2.0].into_iter().cycle() {
        if horizon.as_nanos().div_ceil(width.as_nanos()) <= MAX_WINDOWS {
            return width;
        }
        width = width.scaled(factor);
    }
    width
}

impl<'m> Recorder<'m> {
    /// A recorder for a world at the begin of its warm-up.
    pub fn new(model: &'m Model) -> Self {
        let mut pairs: IdVec<PairId, (bool, bool)> = model.pairs.iter().map(|_| (false, false)).collect();
        for (id, edge) in model.edges.enumerate() {
            let (breaker, waits) = &mut pairs[edge.pair];
            *breaker |= model.ever(id, |policy| policy.breaker.is_some());
            *waits |= model.ever(id, Policy::may_wait);
        }
        let class = |class: &crate::model::Class| {
            ClassTally::new(class.slo.and_then(|slo| slo.latency), model.has_surges(class))
        };
        let service = |(id, s): (ServiceId, &crate::model::Service)| {
            ServiceTally::new(s.replicas, s.settings.threads, model.changes_threads(id))
        };
        Self {
            model,
            first_fault: model.first_fault().unwrap_or(model.origin),
            digests: Digests::new(model),
            width: window_width(model.end - model.origin),
            window_ends: model.origin,
            windows: 0,
            classes: model.classes.iter().map(class).collect(),
            services: model.services.enumerate().map(service).collect(),
            pairs: pairs.iter().map(|(breaker, waits)| CallTally::new(*breaker, *waits)).collect(),
            containment: ContainmentTally::new(model.pairs.len()),
            monitors: model.monitors.iter().map(|monitor| track(monitor, model)).collect(),
            running: model.replicas.iter().map(|_| true).collect(),
            breakers_open: model
                .edges
                .iter()
                .map(|edge| vec![false; edge.guard_count(&model.services) as usize])
                .collect(),
            response: Vec::new(),
            transitions: Vec::new(),
            transitions_left_out: 0,
        }
    }

    /// Ends the record at `now`.
    pub fn finish(mut self, now: SimTime) -> WorldRecord {
        self.catch_up(now);
        let rest = now.saturating_since(self.window_ends - self.width);
        if now > self.model.origin && now <= self.window_ends && !rest.is_zero() {
            self.close_window(now, rest);
        }
        let simulated_s = now.saturating_since(self.model.origin).as_secs_f64();
        let mut record = WorldRecord {
            fingerprint: self.digests.fingerprint(),
            digests: self.digests.by_name(self.model).collect(),
            events: self.digests.events(),
            window_s: self.width.as_secs_f64(),
            windows: self.windows,
            response: self.response,
            transitions: self.transitions,
            transitions_left_out: self.transitions_left_out,
            ..WorldRecord::default()
        };
        let model = self.model;
        let traffic = self.classes.into_iter().zip(&model.classes);
        for (tally, class) in traffic.filter(|(_, class)| class.probes.is_none()) {
            let (series, totals) = tally.finish();
            record.classes.insert(class.name.clone(), series);
            record.totals.classes.insert(class.name.clone(), totals);
        }
        for (tally, service) in self.services.into_iter().zip(&model.services) {
            let (series, totals) = tally.finish(simulated_s);
            record.services.insert(service.name.clone(), series);
            record.totals.services.insert(service.name.clone(), totals);
        }
        let calls = self.pairs.into_iter().zip(model.pairs.enumerate());
        for (tally, (id, pair)) in calls.filter(|(_, (_, pair))| !model.probe_calls(pair.caller)) {
            let (series, mut totals) = tally.finish();
            totals.stopped_by = self.containment.of(id);
            record.calls.insert(pair.name.clone(), series);
            record.totals.calls.insert(pair.name.clone(), totals);
        }
        for (track, monitor) in self.monitors.into_iter().zip(&model.monitors) {
            record.monitors.insert(monitor.name.clone(), track);
        }
        record
    }

    /// Closes the windows that are over before `now`. What happens at the horizon itself belongs to the last one.
    fn catch_up(&mut self, now: SimTime) {
        while now >= self.window_ends && self.window_ends < self.model.end {
            let at = self.window_ends;
            if at == self.model.origin {
                self.services.iter_mut().for_each(|tally| tally.begin(at));
                self.pairs.iter_mut().for_each(|tally| tally.begin(at));
            } else {
                self.close_window(at, self.width);
            }
            self.window_ends = at + self.width;
        }
    }

    fn close_window(&mut self, at: SimTime, width: SimDuration) {
        let width_s = width.as_secs_f64();
        self.windows += 1;
        self.classes.iter_mut().for_each(ClassTally::close_window);
        self.services.iter_mut().for_each(|tally| tally.close_window(at, width_s));
        self.pairs.iter_mut().for_each(|tally| tally.close_window(at, width_s));
    }

    /// Seconds since T+0.
    fn t(&self, now: SimTime) -> f64 {
        now.secs_since(self.model.origin)
    }

    fn service_of(&mut self, replica: ReplicaId) -> &mut ServiceTally {
        &mut self.services[self.model.replicas[replica].service]
    }

    /// Whether something that began at an instant belongs to the record.
    fn counts(&self, begun_at: SimTime) -> bool {
        begun_at >= self.model.origin
    }

    #[expect(clippy::inline_always, reason = "as for all observers: see `Engine::emit`")]
    #[inline(always)]
    fn attempt(&mut self, now: SimTime, event: &ModelEvent, id: &AttemptId) {
        if !self.counts(id.begun_at) {
            return;
        }
        let site = &self.model.sites[id.site];
        // What a probe does is load; that it asks is no traffic.
        if site.is_probe {
            return;
        }
        let (service, pair) = (&mut self.services[site.callee], &mut self.pairs[site.pair]);
        match event {
            ModelEvent::AttemptSent(_) => {
                service.sent(id.number == 1, now >= self.first_fault);
                pair.sent(id.number == 1, now >= self.first_fault);
                pair.waited(now - id.begun_at);
            }
            ModelEvent::AttemptEnded(_, outcome) => {
                service.ended(*outcome, now - id.begun_at);
                pair.ended(*outcome);
                if outcome.is_failed() {
                    self.containment.failed(site.pair, id.request.key, *outcome);
                }
            }
            ModelEvent::AttemptRefused(_, outcome) => {
                // Whom a breaker refuses asks for nothing else.
                if *outcome != Outcome::Failed(FailureCause::BreakerOpen) {
                    pair.waited(now - id.begun_at);
                }
                if *outcome != Outcome::Abandoned {
                    pair.refused();
                    self.containment.failed(site.pair, id.request.key, *outcome);
                }
            }
            _ => {}
        }
    }

    /// The run is over at `now`: who still waits at its caller has waited until then. To be told before
    /// [`Recorder::finish`].
    pub fn end_waits(&mut self, simulation: &Simulation, now: SimTime) {
        for (site, since) in simulation.waiting_at_callers() {
            let site = &self.model.sites[site];
            if self.counts(since) && !site.is_probe {
                self.pairs[site.pair].waited(now.saturating_since(since));
            }
        }
    }

    fn retry_denied(&mut self, now: SimTime, site: SiteId, request: &RequestId) {
        let site = &self.model.sites[site];
        if self.counts(now) && !site.is_probe {
            self.containment.denied(site.pair, request.key);
        }
    }

    /// A thread was taken, or given back, or an attempt waits: the levels of a service.
    #[expect(clippy::inline_always, reason = "as for all observers: see `Engine::emit`")]
    #[inline(always)]
    fn level(&mut self, now: SimTime, event: &ModelEvent) {
        let counts = self.counts(now);
        match *event {
            ModelEvent::Queued(replica, length) => {
                let service = self.service_of(replica);
                service.queued.rise(now);
                if counts {
                    service.queue_has(length);
                }
            }
            ModelEvent::Unqueued(replica) => self.service_of(replica).queued.fall(now),
            ModelEvent::Begun(replica, waited, from_queue) => {
                let service = self.service_of(replica);
                service.busy.rise(now);
                if from_queue {
                    service.queued.fall(now);
                }
                if counts {
                    service.begun(waited);
                }
            }
            ModelEvent::Finished(replica, held, outcome) => {
                let service = self.service_of(replica);
                service.busy.fall(now);
                if counts {
                    service.finished(held, outcome);
                }
            }
            ModelEvent::Blocked(replica) => self.service_of(replica).blocked.rise(now),
            ModelEvent::Unblocked(replica) => self.service_of(replica).blocked.fall(now),
            _ => {}
        }
    }

    fn replica_changed(&mut self, now: SimTime, id: ReplicaId, state: ReplicaState) {
        let runs = matches!(state, ReplicaState::Ready | ReplicaState::Paused | ReplicaState::Draining);
        if runs != self.running[id] {
            self.running[id] = runs;
            let level = &mut self.service_of(id).running;
            if runs { level.rise(now) } else { level.fall(now) }
        }
        if state == ReplicaState::Starting && self.counts(now) {
            self.service_of(id).restarts += 1;
        }
        self.transition(now, "replica", replica_name(self.model, id), replica_state(state));
    }

    fn out_of_memory(&mut self, now: SimTime, id: ReplicaId) {
        let counts = self.counts(now);
        self.service_of(id).oom_kills += u64::from(counts);
        self.transition(now, "replica", replica_name(self.model, id), "out of memory");
    }

    fn breaker_changed(&mut self, now: SimTime, id: EdgeId, number: u32, state: BreakerState) {
        let edge = &self.model.edges[id];
        let tally = &mut self.pairs[edge.pair];
        tally.breaker_opened += u64::from(state == BreakerState::Open);
        // Half-open counts as open: it refuses nearly everything.
        let is_open = state != BreakerState::Closed;
        let was_open = &mut self.breakers_open[id][number as usize];
        if let Some(level) = &mut tally.open
            && *was_open != is_open
        {
            *was_open = is_open;
            if is_open { level.rise(now) } else { level.fall(now) }
        }
        let pair = &self.model.pairs[edge.pair].name;
        let subject = if edge.per_replica { format!("{pair} #{number}") } else { pair.clone() };
        self.transition(now, "breaker", subject, breaker_state(state));
    }

    fn alert_changed(&mut self, now: SimTime, id: MonitorId, firing: bool) {
        let at_s = self.t(now);
        let alerts = &mut self.monitors[id].alerts;
        if firing {
            alerts.push((at_s, None));
        } else if let Some(last) = alerts.last_mut() {
            last.1 = Some(at_s);
        }
        let subject = self.model.monitors[id].name.clone();
        self.transition(now, "alert", subject, if firing { "firing" } else { "resolved" });
    }

    fn setting_changed(&mut self, now: SimTime, id: ChangeId) {
        let Some((id, threads)) = self.model.changes[id].threads() else { return };
        let service = &self.model.services[id];
        if let Some(level) = &mut self.services[id].threads {
            level.set(now, u64::from(service.replicas) * u64::from(threads));
        }
    }

    fn acted(&mut self, now: SimTime, procedure: ProcedureId, step: u32) {
        let carried_out = &self.model.response.procedures[procedure];
        let kind = match carried_out.steps[step as usize] {
            Step::Restart { .. } => ResponseKind::Restart,
            _ => ResponseKind::Set,
        };
        self.response.push(ResponseEntry {
            at_s: self.t(now),
            by: who(self.model, carried_out.by),
            kind,
            what: deed(self.model, procedure, step),
            readings: Vec::new(),
        });
    }

    fn responded(&mut self, now: SimTime, by: By, moment: Moment) {
        let kind = match moment {
            Moment::Paged(_) => ResponseKind::Paged,
            Moment::Dismissed => ResponseKind::Dismissed,
            Moment::Started => ResponseKind::Started,
            Moment::Misled(_) => ResponseKind::Misled,
            Moment::Decided(_) => ResponseKind::Decided,
            Moment::Escalated => ResponseKind::Escalated,
            Moment::Exhausted => ResponseKind::Exhausted,
            Moment::StoodDown => ResponseKind::StoodDown,
            Moment::Resolved => ResponseKind::Resolved,
        };
        let looked = moment == Moment::Started;
        let tracks = self.monitors.enumerate().filter(|_| looked);
        let last = |(id, track): (MonitorId, &MonitorTrack)| {
            Some((self.model.monitors[id].name.clone(), track.samples.last()?.1))
        };
        self.response.push(ResponseEntry {
            at_s: self.t(now),
            by: who(self.model, by),
            kind,
            what: what(self.model, moment),
            readings: tracks.filter_map(last).collect(),
        });
    }

    fn transition(&mut self, now: SimTime, kind: &'static str, subject: String, state: &'static str) {
        if self.transitions.len() >= MAX_TRANSITIONS {
            self.transitions_left_out += 1;
            return;
        }
        let at_s = self.t(now);
        self.transitions.push(Transition { at_s, kind, subject, state });
    }
}

impl Observer for Recorder<'_> {
    #[expect(clippy::inline_always, reason = "as for all observers: see `Engine::emit`")]
    #[inline(always)]
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        if now >= self.window_ends {
            self.catch_up(now);
        }
        self.digests.observe(self.model, now, event);
        match event {
            ModelEvent::RequestArrived(id) if self.counts(now) => {
                self.classes[id.class].arrived(id.surge().is_some());
            }
            ModelEvent::RequestEnded(id, outcome) if self.counts(id.arrived_at) => {
                self.classes[id.class].ended(*outcome, now - id.arrived_at, id.surge().is_some());
                if !self.model.is_probe(id.class) {
                    self.containment.ended(id.key, *outcome);
                }
            }
            ModelEvent::RequestDrained(id) => self.containment.drained(id.key),
            ModelEvent::AttemptSent(id)
            | ModelEvent::AttemptRefused(id, _)
            | ModelEvent::AttemptEnded(id, _) => {
                self.attempt(now, event, id);
            }
            ModelEvent::Queued(..)
            | ModelEvent::Unqueued(_)
            | ModelEvent::Begun(..)
            | ModelEvent::Finished(..)
            | ModelEvent::Blocked(_)
            | ModelEvent::Unblocked(_) => self.level(now, event),
            ModelEvent::LookedUp(id, _, hit) if self.counts(now) => self.service_of(*id).looked_up(*hit),
            ModelEvent::OutOfMemory(id) => self.out_of_memory(now, *id),
            ModelEvent::RetryDenied(site, id) => self.retry_denied(now, *site, id),
            ModelEvent::FellBack(edge, _, outcome) if self.counts(now) => {
                self.pairs[self.model.edges[*edge].pair].fell_back(*outcome);
            }
            ModelEvent::ReplicaChanged(id, state) => self.replica_changed(now, *id, *state),
            ModelEvent::BreakerChanged(edge, number, state) => {
                self.breaker_changed(now, *edge, *number, *state);
            }
            ModelEvent::ProbeChanged(id, healthy) => {
                let subject = replica_name(self.model, *id);
                self.transition(now, "probe", subject, if *healthy { "healthy" } else { "unhealthy" });
            }
            ModelEvent::Scraped(id, value) => {
                let at_s = self.t(now);
                self.monitors[*id].samples.push((at_s, *value));
            }
            ModelEvent::AlertChanged(id, firing) => self.alert_changed(now, *id, *firing),
            ModelEvent::FaultBegan(id) => {
                self.transition(now, "fault", self.model.faults[*id].name.clone(), "begin");
            }
            ModelEvent::FaultEnded(id) => {
                self.transition(now, "fault", self.model.faults[*id].name.clone(), "end");
            }
            ModelEvent::SettingChanged(id) => self.setting_changed(now, *id),
            ModelEvent::Acted(procedure, step) => self.acted(now, *procedure, *step),
            ModelEvent::Responded(by, moment) => self.responded(now, *by, *moment),
            ModelEvent::RequestArrived(_)
            | ModelEvent::RequestEnded(..)
            | ModelEvent::FellBack(..)
            | ModelEvent::LookedUp(..)
            | ModelEvent::WorkBegun(..) => {}
        }
    }
}
