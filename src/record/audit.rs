//! The auditor of one world: keeps books of its own over what is told to observers, never looks at what the engine
//! counts, and panics where the two tell different stories. Judges no outcome.
//!
//! What can be seen at one event is judged there; what has to balance is compared whenever [`Audit::check`] is asked.

mod books;
#[cfg(test)]
mod tests;

use crate::engine::{AttemptId, ModelEvent, Observer, RequestId, Simulation};
use crate::failure::Outcome;
use crate::id::{ChangeId, ClassId, EdgeId, FaultId, IdVec, MonitorId, ReplicaId, ServiceId};
use crate::model::{Changed, Model, Replica};
use crate::policy::BreakerState;
use crate::record::WorldRecord;
use crate::record::audit::books::{Account, Attempts, Books, Tally, identity};
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
    /// What began since T+0, traffic alone, by how it ended.
    requests: IdVec<ClassId, Tally>,
    attempts: IdVec<ServiceId, Attempts>,
    replicas: IdVec<ReplicaId, Books>,
    /// From when on requests count in the record.
    counts_from: IdVec<ClassId, SimTime>,
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
        let books = |replica: &Replica| Books::new(&model.services[replica.service].settings);
        let closed = |id| vec![BreakerState::Closed; model.edges[id].guard_count(&model.services) as usize];
        Self {
            model,
            now: SimTime::ZERO,
            open: model.classes.iter().map(|_| Account::default()).collect(),
            kept: model.classes.iter().map(|_| Account::default()).collect(),
            requests: model.classes.iter().map(|_| Tally::default()).collect(),
            attempts: model.services.iter().map(|_| Attempts::default()).collect(),
            replicas: model.replicas.iter().map(books).collect(),
            counts_from: model.classes.ids().map(|id| counts_from(model, model.is_probe(id))).collect(),
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
        for (id, ended) in simulation.known_requests() {
            let named = identity(id.key, id.arrived_at);
            kept[id.class].begins(named);
            if !ended {
                open[id.class].begins(named);
            }
        }
        for (class, named) in self.model.classes.enumerate() {
            let requests = |mine, its, what| self.balances(mine, its, &named.name, what);
            requests(self.open[class], open[class], "requests that have not ended");
            requests(self.kept[class], kept[class], "requests that left a trace");
        }
        let mut sent: IdVec<ServiceId, _> = self.model.services.iter().map(|_| Account::default()).collect();
        for (site, key, begun_at) in simulation.awaited() {
            sent[self.model.sites[site].callee].begins(identity(key, begun_at));
        }
        for (service, named) in self.model.services.enumerate() {
            self.balances(
                self.attempts[service].sent,
                sent[service],
                &named.name,
                "attempts that have not ended",
            );
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
            let mine = self.attempts[id].tally;
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

    fn instant(&self) -> String {
        format!("at T+{} s", self.now.secs_since(self.model.origin))
    }

    /// What is wrong with an event.
    #[cold]
    fn objection(&self, event: &ModelEvent) -> String {
        let what = match event {
            ModelEvent::RequestArrived(_) => "it says that it arrived at another time".to_owned(),
            ModelEvent::RequestEnded(..) | ModelEvent::RequestDrained(_) => {
                "no such request is under way".to_owned()
            }
            ModelEvent::AttemptSent(_) => "it says that it was begun later".to_owned(),
            ModelEvent::AttemptEnded(..) => "no such attempt is under way".to_owned(),
            ModelEvent::Queued(id, _)
            | ModelEvent::Unqueued(id)
            | ModelEvent::Begun(id, ..)
            | ModelEvent::Blocked(id)
            | ModelEvent::Unblocked(id)
            | ModelEvent::WorkBegun(id, ..)
            | ModelEvent::Finished(id, ..)
            | ModelEvent::LookedUp(id, ..)
            | ModelEvent::OutOfMemory(id)
            | ModelEvent::ReplicaChanged(id, _) => {
                format!("it cannot, which leaves {:?}", self.replicas[*id])
            }
            _ => "it was so before".to_owned(),
        };
        format!("{} {}: {what}", describe(self.model, event), self.instant())
    }

    fn arrived(&mut self, id: &RequestId) -> bool {
        let named = identity(id.key, id.arrived_at);
        self.requests[id.class].begun += u64::from(id.arrived_at >= self.counts_from[id.class]);
        self.open[id.class].begins(named);
        self.kept[id.class].begins(named);
        id.arrived_at == self.now
    }

    fn ended(&mut self, id: &RequestId, outcome: Outcome) -> bool {
        if id.arrived_at >= self.counts_from[id.class] {
            self.requests[id.class].ends(outcome);
        }
        self.open[id.class].ends(identity(id.key, id.arrived_at)) && id.arrived_at <= self.now
    }

    fn attempt_sent(&mut self, id: &AttemptId) -> bool {
        let site = &self.model.sites[id.site];
        let attempts = &mut self.attempts[site.callee];
        attempts.tally.begun += u64::from(id.begun_at >= counts_from(self.model, site.is_probe));
        attempts.sent.begins(identity(id.key, id.begun_at));
        id.begun_at <= self.now
    }

    fn attempt_ended(&mut self, id: &AttemptId, outcome: Outcome) -> bool {
        let site = &self.model.sites[id.site];
        let attempts = &mut self.attempts[site.callee];
        if id.begun_at >= counts_from(self.model, site.is_probe) {
            attempts.tally.ends(outcome);
        }
        attempts.sent.ends(identity(id.key, id.begun_at))
    }

    fn setting_changed(&mut self, id: ChangeId) {
        self.touched = true;
        if let Changed::Service(service, patch) = &self.model.changes[id].what {
            patch.apply(&mut self.settings[*service]);
            for replica in self.model.services[*service].replica_ids() {
                self.replicas[replica].set(&self.settings[*service]);
            }
        }
    }
}

/// From when on something counts in the record; what probes do is load, but no traffic.
fn counts_from(model: &Model, probe: bool) -> SimTime {
    if probe { SimTime::MAX } else { model.origin }
}

/// Puts a thing into another state. Returns whether it is another.
fn changes<T: PartialEq>(is: &mut T, becomes: T) -> bool {
    std::mem::replace(is, becomes) != *is
}

impl Observer for Audit<'_> {
    #[expect(clippy::inline_always, reason = "as for all observers: see `Engine::emit`")]
    #[inline(always)]
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        let before = std::mem::replace(&mut self.now, now);
        assert!(now >= before, "{} {}: time goes back", describe(self.model, event), self.instant());
        let can_be = match event {
            ModelEvent::RequestArrived(id) => self.arrived(id),
            ModelEvent::RequestEnded(id, outcome) => self.ended(id, *outcome),
            ModelEvent::RequestDrained(id) => self.kept[id.class].ends(identity(id.key, id.arrived_at)),
            ModelEvent::AttemptSent(id) => self.attempt_sent(id),
            ModelEvent::AttemptEnded(id, outcome) => self.attempt_ended(id, *outcome),
            ModelEvent::Queued(id, length) => self.replicas[*id].queue(*length),
            ModelEvent::Unqueued(id) => self.replicas[*id].unqueue(),
            ModelEvent::Begun(id, waited, from_queue) => self.replicas[*id].begin(now, *waited, *from_queue),
            ModelEvent::Blocked(id) => self.replicas[*id].block(),
            ModelEvent::Unblocked(id) => self.replicas[*id].unblock(),
            ModelEvent::WorkBegun(id, ..) | ModelEvent::LookedUp(id, ..) => self.replicas[*id].work(),
            ModelEvent::Finished(id, held, _) => self.replicas[*id].finish(now, *held),
            ModelEvent::OutOfMemory(id) => self.replicas[*id].lives(),
            ModelEvent::ReplicaChanged(id, state) => self.replicas[*id].enter(*state),
            ModelEvent::BreakerChanged(edge, number, state) => {
                changes(&mut self.breakers[*edge][*number as usize], *state)
            }
            ModelEvent::AlertChanged(id, firing) => changes(&mut self.alerts[*id], *firing),
            ModelEvent::ProbeChanged(id, healthy) => changes(&mut self.believed[*id], *healthy),
            ModelEvent::FaultBegan(id) => {
                self.faulted = true;
                changes(&mut self.faults[*id], true)
            }
            ModelEvent::FaultEnded(id) => changes(&mut self.faults[*id], false),
            ModelEvent::SettingChanged(id) => {
                self.setting_changed(*id);
                true
            }
            ModelEvent::Acted(..) => {
                self.touched = true;
                true
            }
            ModelEvent::AttemptRefused(..)
            | ModelEvent::RetryDenied(..)
            | ModelEvent::FellBack(..)
            | ModelEvent::Scraped(..)
            | ModelEvent::Responded(..) => true,
        };
        assert!(can_be, "{}", self.objection(event));
    }
}
