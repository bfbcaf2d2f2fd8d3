//! What holds the threads of a replica, and so those who stand in line for them.

use crate::blame::Tracker;
use crate::blame::line::{FINEST, OFTEN, PARTS, SELDOM};
use crate::blame::onset::Onset;
use crate::blame::shares::Shares;
use crate::blame::trace::Load;
use crate::blame::{How, Root};
use crate::engine::{Place, Process, View};
use crate::id::ReplicaId;
use crate::time::{SimDuration, SimTime};

impl Tracker<'_> {
    /// Somebody joined a line, which may tell more of the line in which others wait for the thread of its caller.
    pub(super) fn joins_line(&mut self, view: &View<'_>, slot: u32) {
        let attempt = view.attempt(slot);
        if view.replica(attempt.replica).queue_length == 1 {
            self.lines[attempt.replica].began = view.now;
        }
        self.look_at_line(view, attempt.replica, OFTEN);
        // One that wakes has not handled all that waited for it yet.
        if let Some(caller) = attempt.caller
            && view.replica(caller).queue_length > 0
            && !self.fault_times.is_paused(caller, view.now)
        {
            self.look_at_line(view, caller, OFTEN);
        }
    }

    /// Looks at who holds the threads before a line, unless it stands still and everybody knows why.
    pub(super) fn look_at_line(&mut self, view: &View<'_>, id: ReplicaId, every: SimDuration) {
        if !view.replica(id).is_paused() {
            self.refresh(view, id, every);
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
            seconds - self.fault_times.paused(id, from, to).iter().map(|(.., seconds)| seconds).sum::<f64>()
        });
        held.scale_to(rest);
        sum.add_all(&held);
        self.give_back(held);
    }

    /// What holds the threads of a replica now, as shares of one.
    pub(super) fn held_now(&mut self, view: &View<'_>, id: ReplicaId, sum: &mut Shares) {
        self.held_lately(view, id, FINEST, sum);
    }

    /// What has held them since so long ago, at most, as shares of one.
    pub(super) fn held_lately(
        &mut self,
        view: &View<'_>,
        id: ReplicaId,
        every: SimDuration,
        sum: &mut Shares,
    ) {
        if view.replica(id).is_paused() {
            return self.paused(view, id, sum);
        }
        self.refresh(view, id, every);
        if let Some(sample) = self.lines[id].latest(view.now) {
            sum.add_all(sample);
        }
    }

    /// Looks at the threads of a replica, if nobody has done so for a while.
    fn refresh(&mut self, view: &View<'_>, id: ReplicaId, every: SimDuration) {
        if !self.lines[id].is_due(view.now, every) {
            return;
        }
        self.lines[id].looking = true;
        let mut sample = self.borrow();
        self.look_at_threads(view, id, &mut sample);
        sample.scale_to(1.0);
        sample.date(Onset::UNKNOWN);
        let usual = self.chains.root(Root::FirstAttempts(self.model.replicas[id].service));
        let line = &mut self.lines[id];
        line.looking = false;
        // Whoever takes the last thread finds nobody on the others, and has waited for somebody.
        if sample.is_empty() {
            return self.give_back(sample);
        }
        // A line that has not been empty since is what it was, though those who came last may be served first.
        if view.replica(id).queue_length > 0
            && sample.iter().all(|share| share.chain == usual)
            && let Some(before) = line.latest_of_these()
        {
            sample.clone_from(before);
        }
        line.seen(view.now, sample);
    }

    fn look_at_threads(&mut self, view: &View<'_>, id: ReplicaId, sum: &mut Shares) {
        let replica = view.replica(id);
        if matches!(replica.process, Process::Down | Process::Starting) {
            return sum.add(self.chains.root(self.why_down(view, id)), 1.0);
        }
        if replica.is_paused() {
            return self.paused(view, id, sum);
        }
        let mut lacking = self.borrow();
        let missing = self.missing(view, self.model.replicas[id].service, &mut lacking);
        for slot in &replica.threads {
            let held = self.held_thread(view, *slot, sum);
            if held < 1.0 {
                self.load_of(view, *slot, 1.0 - held, (&lacking, missing), sum);
            }
        }
        self.give_back(lacking);
        // The usual load comes in the twin as well, and there it is no overload.
        let usual = self.chains.root(Root::FirstAttempts(self.model.replicas[id].service));
        sum.leave_out(|chain| chain == usual);
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

    /// Why an attempt that nothing holds is there at all, at a service of which so much is missing, for these reasons as shares of
    /// one.
    pub(super) fn load_of(
        &mut self,
        view: &View<'_>,
        slot: u32,
        weight: f64,
        (lacking, missing): (&Shares, f64),
        sum: &mut Shares,
    ) {
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
        // The usual load delays others in the twin as well.
        late.retain(|chain| !matches!(self.chains.root_of(chain), Root::FirstAttempts(_)));
        let is_late = late.total() > self.late;
        // A backlog of before becomes that of what is missing now as it is served by those who are left.
        let passed_on = if is_late { 1.0 - missing } else { 0.0 };
        late.scale_to(weight * passed_on);
        sum.add_all(&late);
        self.give_back(late);
        if !lacking.is_empty() {
            sum.add_scaled(lacking, weight * (1.0 - passed_on));
        } else if !is_late {
            let service = self.model.sites[view.attempt(slot).site].callee;
            sum.add(self.chains.root(Root::FirstAttempts(service)), weight);
        }
    }
}
