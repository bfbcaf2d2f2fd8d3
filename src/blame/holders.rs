//! What holds the threads of a replica, and so those who stand in line for them.

use std::collections::VecDeque;

use crate::blame::Tracker;
use crate::blame::onset::Onset;
use crate::blame::shares::Shares;
use crate::blame::trace::Load;
use crate::blame::{How, Root};
use crate::engine::{Attempt, Place, Process, View};
use crate::id::{ReplicaId, ServiceId};
use crate::time::{SimDuration, SimTime};

/// How often a line is looked at while it grows, and how finely a wait is looked at, at most.
const OFTEN: SimDuration = SimDuration::from_millis(100);
/// The same, at least; and the parts that a wait is made of, at most.
const SELDOM: SimDuration = SimDuration::from_secs(1);
const FINEST: SimDuration = SimDuration::from_millis(10);
const PARTS: u64 = 16;
/// Samples that are kept; of more every other one is.
const KEPT: usize = 1_024;
/// A sample says what holds a line now only if it is no older.
const FRESH: SimDuration = SimDuration::from_secs(1);
/// Replicas of a callee that are asked what holds a caller's connections.
const ASKED: usize = 64;
/// Stretches of a line that are remembered.
const REMEMBERED: usize = 4;

/// What held the threads of a replica at some instants, as shares of one; empty if none was held.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    samples: VecDeque<(SimTime, Shares)>,
    /// Whether it is being looked at: chains can lead back to it.
    looking: bool,
    stretches: [Stretch; REMEMBERED],
}

/// What held a line from the second of its parts to the last but one: the same for all who joined it between the same two
/// samples, and most do who leave it before the next is taken.
#[derive(Clone, Debug, Default)]
struct Stretch {
    /// The first sample, and how many there were.
    samples: (usize, usize),
    held: Shares,
}

impl Tracker<'_> {
    /// Somebody joined a line.
    pub(super) fn look_at_line(&mut self, view: &View<'_>, id: ReplicaId) {
        if !view.replica(id).is_paused() {
            self.refresh(view, id, OFTEN);
        }
    }

    /// What held one who has stood in line since an instant, in seconds.
    pub(super) fn held_in_line(&mut self, view: &View<'_>, id: ReplicaId, since: SimTime, sum: &mut Shares) {
        let wait = view.now.saturating_since(since);
        let (mut rest, mut stood_still) = (wait.as_secs_f64(), false);
        for (root, from, seconds) in self.fault_times.paused(id, since, view.now) {
            sum.add_since(self.chains.root(root), self.windows.at(from), seconds);
            rest -= seconds;
            stood_still = true;
        }
        if rest <= 0.0 {
            return;
        }
        let fine = SimDuration::from_nanos(wait.as_nanos() / PARTS).clamp(FINEST, SELDOM);
        self.refresh(view, id, fine);
        let mut held = self.borrow();
        let onset = |from| self.windows.at(from);
        self.lines[id].over(since, view.now, &mut held, onset, |from, to| {
            let seconds = to.saturating_since(from).as_secs_f64();
            if !stood_still {
                return seconds;
            }
            seconds - self.fault_times.paused(id, from, to).map(|(.., seconds)| seconds).sum::<f64>()
        });
        held.scale_to(rest);
        sum.add_all(&held);
        self.give_back(held);
    }

    /// What holds the threads of a replica now, as shares of one.
    pub(super) fn held_now(&mut self, view: &View<'_>, id: ReplicaId, sum: &mut Shares) {
        if view.replica(id).is_paused() {
            return self.paused(view, id, sum);
        }
        self.refresh(view, id, FINEST);
        if let Some(sample) = self.lines[id].latest(view.now) {
            sum.add_all(sample);
        }
    }

    /// Looks at the threads of a replica, if nobody has done so for a while.
    fn refresh(&mut self, view: &View<'_>, id: ReplicaId, every: SimDuration) {
        let line = &self.lines[id];
        let is_fresh = line.samples.back().is_some_and(|(at, _)| view.now < *at + every);
        if is_fresh || line.looking {
            return;
        }
        self.lines[id].looking = true;
        let mut sample = self.borrow();
        self.look_at_threads(view, id, &mut sample);
        sample.scale_to(1.0);
        sample.date(Onset::UNKNOWN);
        let line = &mut self.lines[id];
        line.looking = false;
        // Whoever takes the last thread finds nobody on the others, and has waited for somebody.
        if sample.is_empty() {
            return self.give_back(sample);
        }
        line.samples.push_back((view.now, sample));
        if line.samples.len() > KEPT {
            line.thin();
        }
    }

    fn look_at_threads(&mut self, view: &View<'_>, id: ReplicaId, sum: &mut Shares) {
        let replica = view.replica(id);
        if matches!(replica.process, Process::Down | Process::Starting) {
            return sum.add(self.chains.root(self.deaths[id]), 1.0);
        }
        if replica.is_paused() {
            return self.paused(view, id, sum);
        }
        for slot in &replica.threads {
            let held = self.held_thread(view, *slot, sum);
            if held < 1.0 {
                self.load_of(view, *slot, 1.0 - held, sum);
            }
        }
        // The usual load comes in the twin as well, and there it is no overload.
        sum.leave_out(self.chains.root(Root::FirstAttempts(self.model.replicas[id].service)));
    }

    /// What holds a replica that stands still: all pauses alike, each would do.
    fn paused(&mut self, view: &View<'_>, id: ReplicaId, sum: &mut Shares) {
        let faults = view
            .replica(id)
            .hit_by(|faults| &faults.paused_by)
            .iter()
            .map(|fault| (Root::Fault(*fault), 1.0));
        sum.add_roots(&mut self.chains, Onset::UNKNOWN, faults, 1.0);
    }

    /// What holds a thread, as far as it is not the usual: returns how much of it that is.
    fn held_thread(&mut self, view: &View<'_>, slot: u32, sum: &mut Shares) -> f64 {
        let attempt = view.attempt(slot);
        let replica = view.replica(attempt.replica);
        if replica.is_paused() {
            self.paused(view, attempt.replica, sum);
            return 1.0;
        }
        if attempt.delayed {
            let delaying = self.fault_times.delaying(attempt.replica, attempt.started_at);
            sum.add_roots(&mut self.chains, Onset::UNKNOWN, delaying, 1.0);
            return 1.0;
        }
        if attempt.working {
            let held = (1.0 - 1.0 / replica.slowness).max(0.0);
            let stretching = self.fault_times.stretching(attempt.replica, view.now);
            sum.add_roots(&mut self.chains, Onset::UNKNOWN, stretching, held);
            return held;
        }
        let mut most = 0.0;
        let mut best = self.borrow();
        for call in view.calls_of(attempt) {
            let mut one = self.borrow();
            let held = self.held_call(view, call, &mut one);
            if held > most {
                most = held;
                std::mem::swap(&mut one, &mut best);
            }
            self.give_back(one);
        }
        sum.add_all(&best);
        self.give_back(best);
        most
    }

    /// What holds a call now, and how much of it that is.
    fn held_call(&mut self, view: &View<'_>, slot: u32, sum: &mut Shares) -> f64 {
        let call = view.call(slot);
        if call.attempts == 0 {
            return 0.0;
        }
        let Some(current) = view.current(call) else {
            sum.add_all(&self.calls[slot as usize].last);
            return sum.total();
        };
        let attempt = view.attempt(current);
        let pair = self.pair(attempt);
        let mut part = self.borrow();
        let how = match attempt.place {
            Place::Queued | Place::Lost => {
                self.held_now(view, attempt.replica, &mut part);
                How::Line
            }
            Place::Running => {
                let held = self.held_thread(view, current, &mut part);
                if let Load::Miss(root) = self.attempts[current as usize].load {
                    part.add(self.chains.root(root), 1.0 - held);
                }
                How::Thread
            }
            Place::AwaitsPermit | Place::AwaitsTurn | Place::AwaitsConnection => {
                self.give_back(part);
                self.held_before_sent(view, attempt, sum);
                return sum.total().min(1.0);
            }
            Place::Underway | Place::Replying => {
                self.give_back(part);
                return 0.0;
            }
        };
        sum.add_linked(&part, &mut self.chains, (pair, how));
        self.give_back(part);
        sum.total().min(1.0)
    }

    /// Why the attempt on a thread that nothing holds is there at all.
    fn load_of(&mut self, view: &View<'_>, slot: u32, weight: f64, sum: &mut Shares) {
        if let Some(root) = self.attempts[slot as usize].load.root() {
            return sum.add(self.chains.root(root), weight);
        }
        let mut late = self.borrow();
        self.held_at_work(view, slot, &mut late);
        let trace = &self.attempts[slot as usize];
        for held in [&trace.delayed, &trace.waited, &trace.past] {
            late.add_all(held);
        }
        // What kept it at its caller led over the call by which it came: who waits for it adds that again.
        for share in trace.kept.iter() {
            late.add(self.chains.below(share.chain), share.amount);
        }
        let is_late = late.total() > self.late;
        if is_late {
            late.scale_to(weight);
            sum.add_all(&late);
        }
        self.give_back(late);
        if is_late {
            return;
        }
        let service = self.model.replicas[view.attempt(slot).replica].service;
        let mut why = self.borrow();
        self.missing(view, service, &mut why);
        if why.is_empty() {
            why.add(self.chains.root(Root::FirstAttempts(service)), 1.0);
        }
        sum.add_scaled(&why, weight);
        self.give_back(why);
    }

    /// What keeps an attempt at its caller, as shares of one: whatever holds those who have what it waits for.
    pub(super) fn held_before_sent(&mut self, view: &View<'_>, attempt: &Attempt, sum: &mut Shares) {
        let pair = self.pair(attempt);
        let how = match attempt.place {
            Place::AwaitsPermit => How::Permit,
            Place::AwaitsTurn => How::Throttle,
            _ => How::Connection,
        };
        let memory = &self.memories[attempt.guard as usize];
        if how == How::Throttle && view.throttle_learns(attempt.guard) && !memory.is_empty() {
            return sum.add_scaled_since(Onset::UNKNOWN, memory, 1.0 / memory.total());
        }
        let callee = self.model.sites[attempt.site].callee;
        let mut held = self.borrow();
        self.held_by_service(view, callee, &mut held);
        if held.is_empty() {
            held.add(self.chains.root(Root::FirstAttempts(callee)), 1.0);
        }
        sum.add_linked(&held, &mut self.chains, (pair, how));
        self.give_back(held);
    }

    /// What holds the threads of a service, all replicas together, as shares of one.
    fn held_by_service(&mut self, view: &View<'_>, service: ServiceId, sum: &mut Shares) {
        for id in self.model.services[service].replica_ids().take(ASKED) {
            if view.replica(id).is_paused() {
                self.paused(view, id, sum);
                continue;
            }
            self.refresh(view, id, OFTEN);
            if let Some(sample) = self.lines[id].latest(view.now) {
                sum.add_all(sample);
            }
        }
        sum.scale_to(1.0);
    }
}

impl Line {
    /// What holds it, if anybody has looked lately: a line in which nobody stood for a while says nothing of today's.
    fn latest(&self, now: SimTime) -> Option<&Shares> {
        self.samples.back().filter(|(at, _)| now <= *at + FRESH).map(|(_, sample)| sample)
    }

    /// Forgets every other sample but the last: whoever has stood in line for long is told of all of it, less finely.
    fn thin(&mut self) {
        let mut place = self.samples.len();
        self.samples.retain(|_| {
            place -= 1;
            place.is_multiple_of(2)
        });
        self.stretches = Default::default();
    }

    /// What held it between two instants: each sample counts from when it was taken to the next one, since `onset` says, and
    /// for as many seconds as `seconds` says. Of many samples the middle one of some neighbors speaks for all of them.
    fn over(
        &mut self,
        from: SimTime,
        to: SimTime,
        sum: &mut Shares,
        onset: impl Fn(SimTime) -> Onset,
        seconds: impl Fn(SimTime, SimTime) -> f64,
    ) {
        let Self { samples, stretches, .. } = self;
        let first = samples.partition_point(|(at, _)| *at <= from).saturating_sub(1);
        let neighbors = (samples.len() - first).div_ceil(PARTS as usize).max(1);
        let Some(last) = (first..samples.len()).step_by(neighbors).next_back() else { return };
        let begins = |place: usize| samples.get(place).map_or(to, |(at, _)| *at).clamp(from, to);
        let add = |sum: &mut Shares, place: usize, begin: SimTime| {
            let middle = (place + neighbors / 2).min(samples.len() - 1);
            sum.add_scaled_since(onset(begin), &samples[middle].1, seconds(begin, begins(place + neighbors)));
        };
        add(sum, first, from);
        if last > first {
            let key = (first, samples.len());
            let known = stretches.iter().position(|stretch| stretch.samples == key);
            let known = known.unwrap_or_else(|| {
                stretches.rotate_right(1);
                let Stretch { samples, held } = &mut stretches[0];
                *samples = key;
                held.clear();
                for place in (first + neighbors..last).step_by(neighbors) {
                    add(held, place, begins(place));
                }
                0
            });
            sum.add_all(&stretches[known].held);
            add(sum, last, begins(last));
        }
        if sum.is_empty() {
            sum.add_scaled_since(onset(from), &samples[samples.len() - 1].1, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blame::chain::Chains;
    use crate::id::Id;

    #[test]
    fn what_is_remembered_of_a_line_is_what_it_would_be_found_to_be() {
        let mut chains = Chains::default();
        let at = |s: usize| SimTime::ZERO + SimDuration::from_secs(s as u64);
        let over = |line: &mut Line, from: usize, to: usize| {
            let mut sum = Shares::default();
            line.over(
                at(from),
                at(to),
                &mut sum,
                |_| Onset::UNKNOWN,
                |from, to| to.saturating_since(from).as_secs_f64(),
            );
            sum.iter().collect::<Vec<_>>()
        };
        let mut line = Line::default();
        for taken in 0..60 {
            let mut sample = Shares::default();
            sample.add(chains.root(Root::Work(ServiceId::new(taken / 4))), 1.0);
            line.samples.push_back((at(10 * taken), sample));
            if taken == 40 {
                line.thin();
            }
            // Two leave between the same two samples, who came at different times.
            let now = 10 * taken + 5;
            for from in [0, now / 2, now / 2 + 3, now.saturating_sub(25)] {
                let mut unread = Line { stretches: Default::default(), ..line.clone() };
                assert_eq!(over(&mut line, from, now), over(&mut unread, from, now), "from {from} to {now}");
            }
        }
    }
}
