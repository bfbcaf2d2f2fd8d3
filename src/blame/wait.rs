//! What an attempt or a call has waited for so far, whether it is over or not.

use crate::blame::How;
use crate::blame::Tracker;
use crate::blame::shares::Shares;
use crate::blame::trace::Load;
use crate::engine::{Attempt, Place, View};

impl Tracker<'_> {
    /// What an attempt has waited for since it began, as its caller sees it. Its callee's usual work and the network are
    /// not among it.
    pub(super) fn wait_of_attempt(&mut self, view: &View<'_>, slot: u32, sum: &mut Shares) {
        let attempt = view.attempt(slot);
        let seconds = (view.now - attempt.begun_at).as_secs_f64();
        let pair = self.pair(attempt);
        sum.add_all(&self.attempts[slot as usize].kept);
        if !attempt.sent {
            self.wait_at_caller(view, slot, sum);
        }
        let mut part = self.borrow();
        if matches!(attempt.place, Place::Queued | Place::Lost) {
            self.held_in_line(view, attempt.replica, attempt.arrived_at, &mut part);
        } else {
            part.add_all(&self.attempts[slot as usize].waited);
        }
        sum.add_linked(&part, &mut self.chains, (pair, How::Line));
        part.clear();
        part.add_all(&self.attempts[slot as usize].past);
        if attempt.place == Place::Running {
            self.held_at_work(view, slot, &mut part);
            self.wait_of_calls(view, attempt, &mut part);
        }
        sum.add_linked(&part, &mut self.chains, (pair, How::Thread));
        self.give_back(part);
        self.held_by_caller(view, slot, sum);
        sum.fit(seconds);
        // What a warm cache would have spared is all its fault, usual or not.
        if let Load::Miss(root) = self.attempts[slot as usize].load {
            let leaf = self.chains.root(root);
            let rest = seconds - sum.total();
            let onset = self.windows.at(attempt.begun_at);
            sum.add_since(self.chains.link(pair, How::Thread, leaf), onset, rest);
        }
    }

    /// The part of it for which its caller itself stood still, and could not take the answer.
    fn held_by_caller(&mut self, view: &View<'_>, slot: u32, sum: &mut Shares) {
        let attempt = view.attempt(slot);
        let Some(caller) = attempt.caller else { return };
        // A pause that is over by then held up nothing: there was no answer to take.
        if !self.fault_times.is_paused(caller, view.now) {
            return;
        }
        let all = (view.now - attempt.begun_at).as_secs_f64();
        let answered_at = self.attempts[slot as usize].answered_at;
        let pauses = self.fault_times.paused(caller, answered_at.unwrap_or(attempt.begun_at), view.now);
        // Whoever was not answered yet waits for what holds it elsewhere.
        let most = if answered_at.is_some() { all } else { all - sum.total() };
        let paused: f64 = pauses.iter().map(|(.., seconds)| seconds).sum();
        let counted = paused.min(most).max(0.0);
        sum.fit(all - counted);
        for (root, from, seconds) in pauses {
            sum.add_since(self.chains.root(root), self.windows.at(from), seconds * counted / paused);
        }
    }

    /// What held an attempt at its work, or made it wait before, up to now.
    pub(super) fn held_at_work(&mut self, view: &View<'_>, slot: u32, sum: &mut Shares) {
        let attempt = view.attempt(slot);
        if attempt.delayed {
            let mut seconds = view.now.saturating_since(attempt.started_at).as_secs_f64();
            for (root, from, paused) in self.fault_times.paused(attempt.replica, attempt.started_at, view.now)
            {
                sum.add_since(self.chains.root(root), self.windows.at(from), paused);
                seconds -= paused;
            }
            let delaying = self.fault_times.delaying(attempt.replica, attempt.started_at);
            let onset = self.windows.at(attempt.started_at);
            sum.add_roots(&mut self.chains, onset, delaying, seconds);
        }
        if !attempt.working {
            return;
        }
        let since = self.attempts[slot as usize].works_since.unwrap_or(attempt.started_at);
        for (root, from, seconds) in self.fault_times.held(attempt.replica, since, view.now) {
            sum.add_since(self.chains.root(root), self.windows.at(from), seconds);
        }
    }

    /// What an attempt waits for now: of several calls the one with the most to tell.
    pub(super) fn wait_of_calls(&mut self, view: &View<'_>, attempt: &Attempt, sum: &mut Shares) {
        let mut most = self.borrow();
        for call in view.calls_of(attempt) {
            let mut one = self.borrow();
            self.wait_of_call(view, call, &mut one);
            if one.total() > most.total() {
                std::mem::swap(&mut one, &mut most);
            }
            self.give_back(one);
        }
        sum.add_all(&most);
        self.give_back(most);
    }

    /// What a call has waited for so far, all its attempts together.
    pub(super) fn wait_of_call(&mut self, view: &View<'_>, slot: u32, sum: &mut Shares) {
        let call = view.call(slot);
        if call.attempts == 0 {
            return;
        }
        let trace = &self.calls[slot as usize];
        sum.add_all(&trace.past);
        if let Some(attempt) = view.current(call) {
            self.wait_of_attempt(view, attempt, sum);
        } else {
            let seconds = view.now.saturating_since(trace.last_at).as_secs_f64();
            sum.add_scaled(&trace.last, seconds);
        }
    }
}
