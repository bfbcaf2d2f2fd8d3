//! The auditor of one world: keeps books of its own over what is told to observers, never looks at what the engine
//! counts, and panics where the two tell different stories. Judges no outcome.
//!
//! What can be seen at one event is judged there; what has to balance is compared whenever [`Audit::check`] is asked.

mod books;
#[cfg(test)]
mod tests;

use crate::engine::{AttemptId, ModelEvent, Observer, RequestId, Simulation};
use crate::id::{ChangeId, ClassId, EdgeId, FaultId, IdVec, MonitorId, ReplicaId, ServiceId};
use crate::model::{Changed, Model};
use crate::policy::BreakerState;
use crate::record::WorldRecord;
use crate::record::audit::books::{Account, Books, Tally, identity};
use crate::record::describe::{describe, replica_name};
use crate::scenario;
use crate::time::SimTime;

/// Watches one world and keeps its books.
#[derive(Clone, Debug)]
pub struct Audit<'m> {
    model: &'m Model,
    now: SimTime,
    /// Requests that have not ended, and those that left a trace, by class.
    open: IdVec<ClassId, Account>,
    kept: IdVec<ClassId, Account>,
    /// Attempts that were sent and have not ended, by callee.
    sent: IdVec<ServiceId, Account>,
    /// What began since T+0, traffic alone, by how it ended.
    requests: IdVec<ClassId, Tally>,
    attempts: IdVec<ServiceId, Tally>,
    replicas: IdVec<ReplicaId, Books>,
    /// What holds now, from the changes that were announced.
    settings: IdVec<ServiceId, scenario::Service>,
    breakers: IdVec<EdgeId, Vec<BreakerState>>,
    faults: IdVec<FaultId, bool>,
    alerts: IdVec<MonitorId, bool>,
    /// Whether the probe of each replica finds it healthy.
    believed: IdVec<ReplicaId, bool>,
    /// Whether a fault was ever felt, and whether anybody ever did anything.
    faulted: bool,
    touched: bool,
}

impl<'m> Audit<'m> {
    /// The books of a world at the begin of its warm-up.
    pub fn new(model: &'m Model) -> Self {
        let closed = |id| vec![BreakerState::Closed; model.edges[id].guard_count(&model.services) as usize];
        Self {
            model,
            now: SimTime::ZERO,
            open: model.classes.iter().map(|_| Account::default()).collect(),
            kept: model.classes.iter().map(|_| Account::default()).collect(),
            sent: model.services.iter().map(|_| Account::default()).collect(),
            requests: model.classes.iter().map(|_| Tally::default()).collect(),
            attempts: model.services.iter().map(|_| Tally::default()).collect(),
            replicas: model.replicas.iter().map(|_| Books::NEW).collect(),
            settings: model.services.iter().map(|service| service.settings.clone()).collect(),
            breakers: model.edges.ids().map(closed).collect(),
            faults: model.faults.iter().map(|_| false).collect(),
            alerts: model.monitors.iter().map(|_| false).collect(),
            believed: model.replicas.iter().map(|_| true).collect(),
            faulted: false,
            touched: false,
        }
    }

    /// Whether nothing has set this world apart from one without faults and people so far.
    pub fn is_untouched(&self) -> bool {
        !self.faulted && !self.touched
    }

    /// Whether nobody has done anything in this world so far.
    pub fn is_unattended(&self) -> bool {
        !self.touched
    }

    /// Compares the books with what the engine says is under way.
    ///
    /// # Panics
    ///
    /// They differ: a defect of the engine.
    pub fn check(&self, simulation: &Simulation) {
        let nothing = || self.model.classes.iter().map(|_| Account::default());
        let (mut open, mut kept): (IdVec<ClassId, _>, IdVec<ClassId, _>) =
            (nothing().collect(), nothing().collect());
        for id in simulation.open_requests() {
            open[id.class].begins(identity(id.key, id.arrived_at));
        }
        for id in simulation.known_requests() {
            kept[id.class].begins(identity(id.key, id.arrived_at));
        }
        for (class, named) in self.model.classes.enumerate() {
            let requests = |mine, its, what| self.balances(mine, its, &named.name, what);
            requests(self.open[class], open[class], "requests that have not ended");
            requests(self.kept[class], kept[class], "requests that left a trace");
        }
        let mut sent: IdVec<ServiceId, _> = self.model.services.iter().map(|_| Account::default()).collect();
        for id in simulation.awaited_attempts() {
            sent[self.callee(&id)].begins(identity(id.key, id.begun_at));
        }
        for (service, named) in self.model.services.enumerate() {
            self.balances(self.sent[service], sent[service], &named.name, "attempts that have not ended");
        }
        for (id, books) in self.replicas.enumerate() {
            assert_eq!(
                books.occupancy(),
                simulation.occupancy(id),
                "{} {}: threads held, threads that wait on calls, and attempts in the queue, as told and as they are",
                replica_name(self.model, id),
                self.instant(),
            );
        }
    }

    /// Compares the books with the record of the same world.
    ///
    /// # Panics
    ///
    /// They differ: a defect of the recorder.
    pub fn check_record(&self, record: &WorldRecord) {
        for (id, class) in self.model.classes.enumerate().filter(|(_, class)| class.probes.is_none()) {
            let totals = &record.totals.classes[&class.name];
            let written = (totals.requests, totals.ok, totals.degraded, totals.failed);
            let mine = self.requests[id];
            assert_eq!(
                (mine.begun, mine.ok, mine.degraded, mine.failed),
                written,
                "{}: requests",
                class.name
            );
        }
        for (id, service) in self.model.services.enumerate() {
            let totals = &record.totals.services[&service.name];
            let written = (totals.attempts, totals.ok, totals.failed, totals.abandoned);
            let mine = self.attempts[id];
            let answered = mine.ok + mine.degraded;
            assert_eq!(
                (mine.begun, answered, mine.failed, mine.abandoned),
                written,
                "{}: attempts",
                service.name
            );
        }
    }

    fn balances(&self, mine: Account, its: Account, whose: &str, what: &str) {
        assert_eq!(mine, its, "{whose} {}: {what}, as told and as they are", self.instant());
    }

    fn callee(&self, id: &AttemptId) -> ServiceId {
        self.model.edges[self.model.sites[id.site].edge].callee
    }

    fn instant(&self) -> String {
        format!("at T+{} s", self.now.secs_since(self.model.origin))
    }

    /// Asserts what must hold at an event; says what happened, when, and what is wrong with it.
    #[inline]
    fn holds(&self, holds: bool, event: &ModelEvent, what: &str) {
        assert!(holds, "{} {}: {what}", describe(self.model, event), self.instant());
    }

    /// Requests and attempts of probes are load, but no traffic.
    fn counts(&self, begun_at: SimTime, probe: bool) -> bool {
        begun_at >= self.model.origin && !probe
    }

    fn request(&mut self, event: &ModelEvent, id: &RequestId) {
        let named = identity(id.key, id.arrived_at);
        let counts = self.counts(id.arrived_at, self.model.is_probe(id.class));
        let known = match event {
            ModelEvent::RequestArrived(_) => {
                self.requests[id.class].begun += u64::from(counts);
                self.open[id.class].begins(named);
                self.kept[id.class].begins(named);
                id.arrived_at == self.now
            }
            ModelEvent::RequestEnded(_, outcome) => {
                if counts {
                    self.requests[id.class].ends(*outcome);
                }
                self.open[id.class].ends(named) && id.arrived_at <= self.now
            }
            _ => self.kept[id.class].ends(named),
        };
        self.holds(known, event, "no such request is under way");
    }

    fn attempt(&mut self, event: &ModelEvent, id: &AttemptId) {
        let edge = &self.model.edges[self.model.sites[id.site].edge];
        let (named, callee) = (identity(id.key, id.begun_at), edge.callee);
        let counts = self.counts(id.begun_at, self.model.probe_calls(edge.caller));
        let known = if let ModelEvent::AttemptEnded(_, outcome) = event {
            if counts {
                self.attempts[callee].ends(*outcome);
            }
            self.sent[callee].ends(named)
        } else {
            self.attempts[callee].begun += u64::from(counts);
            self.sent[callee].begins(named);
            id.begun_at <= self.now
        };
        self.holds(known, event, "no such attempt is under way");
    }

    /// Something happened on a replica.
    fn on_replica(&mut self, event: &ModelEvent, id: ReplicaId) {
        let service = &self.settings[self.model.replicas[id].service];
        let holds = self.replicas[id].enter(self.now, event, service);
        assert!(
            holds,
            "{} {}: it cannot, which leaves {:?}",
            describe(self.model, event),
            self.instant(),
            self.replicas[id],
        );
    }

    /// A thing that is in one of two states, or more, went into one.
    fn changes<T: PartialEq>(&mut self, event: &ModelEvent, is: impl Fn(&mut Self) -> &mut T, becomes: T) {
        let state = is(self);
        let changed = *state != becomes;
        *state = becomes;
        self.holds(changed, event, "it was so before");
    }

    fn setting_changed(&mut self, id: ChangeId) {
        self.touched = true;
        if let Changed::Service(service, patch) = &self.model.changes[id].what {
            patch.apply(&mut self.settings[*service]);
        }
    }
}

impl Observer for Audit<'_> {
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        let before = std::mem::replace(&mut self.now, now);
        self.holds(now >= before, event, "time goes back");
        match event {
            ModelEvent::RequestArrived(id)
            | ModelEvent::RequestEnded(id, _)
            | ModelEvent::RequestDrained(id) => self.request(event, id),
            ModelEvent::AttemptSent(id) | ModelEvent::AttemptEnded(id, _) => self.attempt(event, id),
            ModelEvent::Queued(id, _)
            | ModelEvent::Unqueued(id)
            | ModelEvent::Begun(id, ..)
            | ModelEvent::Blocked(id)
            | ModelEvent::Unblocked(id)
            | ModelEvent::WorkBegun(id, ..)
            | ModelEvent::Finished(id, ..)
            | ModelEvent::LookedUp(id, ..)
            | ModelEvent::OutOfMemory(id)
            | ModelEvent::ReplicaChanged(id, _) => self.on_replica(event, *id),
            ModelEvent::BreakerChanged(edge, number, state) => {
                self.changes(event, |books| &mut books.breakers[*edge][*number as usize], *state);
            }
            ModelEvent::AlertChanged(id, firing) => {
                self.changes(event, |books| &mut books.alerts[*id], *firing);
            }
            ModelEvent::ProbeChanged(id, healthy) => {
                self.changes(event, |books| &mut books.believed[*id], *healthy);
            }
            ModelEvent::FaultBegan(id) => {
                self.faulted = true;
                self.changes(event, |books| &mut books.faults[*id], true);
            }
            ModelEvent::FaultEnded(id) => self.changes(event, |books| &mut books.faults[*id], false),
            ModelEvent::SettingChanged(id) => self.setting_changed(*id),
            ModelEvent::Acted(..) => self.touched = true,
            ModelEvent::AttemptRefused(..)
            | ModelEvent::FellBack(..)
            | ModelEvent::Scraped(..)
            | ModelEvent::Responded(..) => {}
        }
    }
}
