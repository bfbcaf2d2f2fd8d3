//! What is to blame for the failure of an attempt, by the cause that its caller saw.

use crate::blame::onset::Onset;
use crate::blame::shares::Shares;
use crate::blame::tracker::Tracker;
use crate::blame::{How, Root};
use crate::engine::{CallRun, Process, View};
use crate::failure::FailureCause;
use crate::id::{ReplicaId, ServiceId};
use crate::model::Target;
use crate::scenario::Effect;
use crate::time::SimTime;

impl Tracker<'_> {
    /// What failed an attempt that has waited for this, in any unit.
    pub(super) fn failed_by(
        &mut self,
        view: &View<'_>,
        slot: u32,
        cause: FailureCause,
        wait: &Shares,
        sum: &mut Shares,
    ) {
        let attempt = view.attempt(slot);
        let pair = self.pair(attempt);
        let callee = self.model.sites[attempt.site].callee;
        let mut part = self.borrow();
        let how = match cause {
            FailureCause::Timeout | FailureCause::Deadline => {
                sum.add_all(wait);
                if sum.is_empty() {
                    let onset = self.windows.at(attempt.begun_at);
                    part.add_since(self.chains.root(Root::Work(callee)), onset, 1.0);
                }
                How::Thread
            }
            FailureCause::BulkheadFull | FailureCause::PoolTimeout | FailureCause::Throttled => {
                self.held_before_sent(view, attempt, sum);
                How::Thread
            }
            FailureCause::Refused => {
                let reached = attempt.arrived_at > SimTime::ZERO;
                self.nobody_there(view, callee, reached.then_some(attempt.replica), &mut part);
                How::Refused
            }
            FailureCause::Reset => {
                part.add(self.chains.root(self.origins.death_of(attempt.replica)), 1.0);
                How::Reset
            }
            FailureCause::QueueFull | FailureCause::Shed => {
                self.held_now(view, attempt.replica, &mut part);
                // Where nothing is held, rules turn away what comes as usual.
                if part.is_empty() {
                    part.add(self.chains.root(Root::FirstAttempts(callee)), 1.0);
                }
                if cause == FailureCause::Shed { How::Shed } else { How::Full }
            }
            FailureCause::RateLimited => {
                let operation = self.model.sites[attempt.site].operation;
                part.add(self.chains.root(Root::RateLimit(operation)), 1.0);
                How::Limited
            }
            FailureCause::Error => {
                self.error_roots(view, slot, callee, &mut part);
                How::Error
            }
            FailureCause::Dependency => {
                part.add_all(&self.attempts[slot as usize].cause);
                How::Thread
            }
            FailureCause::BreakerOpen | FailureCause::NotMade => How::Breaker,
        };
        if part.is_empty() && sum.is_empty() {
            part.add(self.chains.root(Root::Unknown), 1.0);
        }
        sum.add_linked(&part, &mut self.chains, (pair, how));
        self.give_back(part);
    }

    /// Why nobody takes an attempt: why the replica that it reached does not serve, or why none does.
    fn nobody_there(
        &mut self,
        view: &View<'_>,
        service: ServiceId,
        replica: Option<ReplicaId>,
        sum: &mut Shares,
    ) {
        if let Some(replica) = replica {
            return sum.add(self.chains.root(self.why_down(view, replica)), 1.0);
        }
        self.missing(view, service, sum);
    }

    /// Why a replica has no process that serves.
    pub(super) fn why_down(&self, view: &View<'_>, id: ReplicaId) -> Root {
        let replica = view.replica(id);
        match replica.process {
            Process::Draining => self.origins.replacing(id),
            // The rest of its start-up is put off.
            Process::Starting => {
                let paused = replica.hit_by(|faults| &faults.paused_by).last();
                paused.map_or_else(|| self.origins.death_of(id), |fault| Root::Fault(*fault))
            }
            Process::Down | Process::Ready => self.origins.death_of(id),
        }
    }

    /// Why replicas of a service do not serve, or serve less than usual, as shares of one; nothing if all do. Returns which share
    /// of the service that is.
    pub(super) fn missing(&mut self, view: &View<'_>, service: ServiceId, sum: &mut Shares) -> f64 {
        let mut why = self.borrow();
        for id in self.model.services[service].replica_ids() {
            let replica = view.replica(id);
            let paused = replica.hit_by(|faults| &faults.paused_by).last();
            if replica.process != Process::Ready {
                why.add(self.chains.root(self.why_down(view, id)), 1.0);
            } else if !replica.probe.is_believed() && !self.probes[id].is_empty() {
                why.add_scaled_since(Onset::UNKNOWN, &self.probes[id], 1.0);
            } else if let Some(fault) = paused {
                why.add(self.chains.root(Root::Fault(*fault)), 1.0);
            } else if !replica.probe.is_believed() {
                why.add(self.chains.root(Root::OutOfRotation(service)), 1.0);
            } else if replica.slowness > 1.0 {
                let stretching = self.fault_times.stretching(id, view.now);
                why.add_roots(&mut self.chains, Onset::UNKNOWN, stretching, 1.0 - 1.0 / replica.slowness);
            }
        }
        let missing = why.total() / f64::from(self.model.services[service].replicas);
        why.scale_to(1.0);
        sum.add_all(&why);
        self.give_back(why);
        missing
    }

    /// Whose error an attempt was answered with, as shares of one: that of faults, which let nobody begin, by how likely each
    /// was to be it, or the callee's own.
    fn error_roots(&mut self, view: &View<'_>, slot: u32, callee: ServiceId, sum: &mut Shares) {
        let attempt = view.attempt(slot);
        let sent_at = self.attempts[slot as usize].waits_since;
        if attempt.started_at > SimTime::ZERO {
            return sum.add(self.chains.root(Root::OwnErrors(callee)), 1.0);
        }
        let pair = self.pair(attempt);
        let has_arrived = attempt.arrived_at > SimTime::ZERO;
        let hits = |target: &Target| match target {
            Target::Pair(hit) => *hit == pair && !has_arrived,
            Target::Class(_) => false,
            Target::Replicas(replicas) => has_arrived && replicas.contains(&attempt.replica),
        };
        for (id, fault) in self.model.faults.enumerate() {
            let Effect::Errors(share) = fault.effect else { continue };
            let met_at = if has_arrived { attempt.arrived_at } else { sent_at };
            if fault.from <= met_at && met_at <= fault.to && hits(&fault.target) {
                sum.add(self.chains.root(Root::Fault(id)), share);
            }
        }
        sum.scale_to(1.0);
    }

    /// What a breaker that refuses a call remembers of what opened it, as shares of one.
    pub(super) fn remembered(&mut self, call: &CallRun, sum: &mut Shares) {
        for share in self.memories[call.guard as usize].iter() {
            sum.add(self.chains.held(How::Breaker, share.chain), share.amount);
        }
        // What a callee does by design it does in all worlds: that alone would not have opened it.
        sum.leave_out(|chain| matches!(self.chains.root_of(chain), Root::OwnErrors(_)));
        if sum.is_empty() {
            let leaf = self.chains.root(Root::Unknown);
            sum.add(self.chains.link(self.model.sites[call.site].pair, How::Breaker, leaf), 1.0);
        }
        sum.scale_to(1.0);
    }
}
