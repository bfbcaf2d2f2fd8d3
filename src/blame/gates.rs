//! What keeps attempts at their caller before they are sent: a bulkhead, a throttle or a pool.

use crate::blame::line::{OFTEN, PARTS, SELDOM};
use crate::blame::onset::Onset;
use crate::blame::shares::Shares;
use crate::blame::{How, Root, Tracker};
use crate::engine::{Attempt, Place, View};
use crate::id::ServiceId;
use crate::time::{SimDuration, SimTime};

/// Replicas of a callee that are asked what holds a caller's connections.
const ASKED: usize = 64;
/// How much of what a load was made of is remembered with each attempt that is sent.
const MEMORY: f64 = 0.98;

impl Tracker<'_> {
    /// An attempt begins to wait at its caller for what those have who are at its callee.
    pub(super) fn waits_at_caller(&mut self, view: &View<'_>, slot: u32) {
        let attempt = view.attempt(slot);
        if attempt.place != Place::AwaitsTurn {
            self.look_at_callee(view, self.model.sites[attempt.site].callee, OFTEN);
        }
    }

    /// An attempt leaves its caller: where others wait for what it has got, it is part of the load there.
    pub(super) fn sent(&mut self, view: &View<'_>, slot: u32) {
        let attempt = view.attempt(slot);
        if view.has_line(attempt.guard) {
            let callee = self.model.sites[attempt.site].callee;
            let mut sum = std::mem::take(&mut self.loads[callee]);
            sum.scale_to(sum.total() * MEMORY);
            self.load_of(view, slot, 1.0, (&Shares::default(), 0.0), &mut sum);
            sum.date(Onset::UNKNOWN);
            self.loads[callee] = sum;
        }
    }

    /// Looks at the threads of a service, if nobody has done so for a while.
    pub(super) fn look_at_callee(&mut self, view: &View<'_>, service: ServiceId, every: SimDuration) {
        if !self.callees[service].is_due(view.now, every) {
            return;
        }
        let mut sample = self.borrow();
        self.held_by_service(view, service, &mut sample);
        sample.date(Onset::UNKNOWN);
        self.callees[service].seen(view.now, sample);
    }

    /// What holds the threads of a service, all replicas together, as shares of one; if nothing does, what its load is made of.
    fn held_by_service(&mut self, view: &View<'_>, service: ServiceId, sum: &mut Shares) {
        for id in self.model.services[service].replica_ids().take(ASKED) {
            self.held_lately(view, id, OFTEN, sum);
        }
        let usual = self.chains.root(Root::FirstAttempts(service));
        if sum.iter().all(|share| share.chain == usual) {
            sum.add_all(&self.loads[service]);
            sum.leave_out(|chain| chain == usual);
        }
        if sum.is_empty() {
            sum.add(usual, 1.0);
        }
        sum.scale_to(1.0);
    }

    /// What keeps an attempt at its caller now, as shares of one: whatever holds those who have what it waits for.
    pub(super) fn held_before_sent(&mut self, view: &View<'_>, attempt: &Attempt, sum: &mut Shares) {
        let memory = &self.memories[attempt.guard as usize];
        let awaits_turn = attempt.place == Place::AwaitsTurn;
        if awaits_turn && view.throttle_learns(attempt.guard) && !memory.is_empty() {
            return sum.add_scaled_since(Onset::UNKNOWN, memory, 1.0 / memory.total());
        }
        let mut held = self.borrow();
        self.held_by_service(view, self.model.sites[attempt.site].callee, &mut held);
        self.add_kept(attempt, &held, sum);
        self.give_back(held);
    }

    /// What has kept an attempt that was not sent yet at its caller, since it waits for what it has not got yet, in seconds.
    pub(super) fn wait_at_caller(&mut self, view: &View<'_>, slot: u32, sum: &mut Shares) {
        let attempt = view.attempt(slot);
        let since = self.attempts[slot as usize].waits_since.max(attempt.begun_at);
        let wait = view.now.saturating_since(since);
        if wait.is_zero() || !view.has_line(attempt.guard) {
            return;
        }
        let mut held = self.borrow();
        if attempt.place == Place::AwaitsTurn {
            self.held_before_sent(view, attempt, &mut held);
            held.date(self.windows.at(since));
        } else {
            self.held_since(view, attempt, since, &mut held);
        }
        held.scale_to(wait.as_secs_f64());
        sum.add_all(&held);
        self.give_back(held);
    }

    /// What has held those at its callee since an instant, each for its time.
    fn held_since(&mut self, view: &View<'_>, attempt: &Attempt, since: SimTime, sum: &mut Shares) {
        let callee = self.model.sites[attempt.site].callee;
        let part = (view.now - since).as_nanos() / PARTS;
        self.look_at_callee(view, callee, SimDuration::from_nanos(part).clamp(OFTEN, SELDOM));
        let mut held = self.borrow();
        let onset = |from| self.windows.at(from);
        let seconds = |from, to: SimTime| to.saturating_since(from).as_secs_f64();
        self.callees[callee].over(since, view.now, &mut held, onset, seconds);
        self.add_kept(attempt, &held, sum);
        self.give_back(held);
    }

    /// What holds those who have what an attempt waits for at its caller holds it as well.
    fn add_kept(&mut self, attempt: &Attempt, held: &Shares, sum: &mut Shares) {
        let how = match attempt.place {
            Place::AwaitsPermit => How::Permit,
            Place::AwaitsTurn => How::Throttle,
            _ => How::Connection,
        };
        let way = (self.pair(attempt), how);
        sum.add_linked(held, &mut self.chains, way);
    }
}
