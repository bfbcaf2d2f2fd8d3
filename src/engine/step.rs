//! What an attempt does on its thread: work, calls, branches, one instruction after another.

use rand_distr::Distribution;

use crate::engine::event::Event;
use crate::engine::observer::{ModelEvent, Observer};
use crate::engine::simulation::Engine;
use crate::engine::state::{NO_CALL, Parent};
use crate::engine::view::Turn;
use crate::failure::{FailureCause, Outcome};
use crate::id::{Id, SiteId};
use crate::model::{Condition, Instruction};
use crate::random::Stream;
use crate::scenario::Cache;
use crate::time::SimDuration;

const USER_SHARE: Stream = Stream::named("user share");

impl<O: Observer> Engine<'_, O> {
    /// Runs an attempt until it has to wait or is done.
    pub(crate) fn step(&mut self, slot: u32) {
        let model = self.model;
        loop {
            let pc = self.state.attempts[slot].pc;
            self.state.attempts[slot].pc = pc + 1;
            match &model.program[pc as usize] {
                Instruction::Work { time, stream, per_request } => {
                    let attempt = &self.state.attempts[slot];
                    let key =
                        if *per_request { self.state.requests[attempt.request].id.key } else { attempt.key };
                    return self.work(slot, time.sample(&mut key.draws(*stream)));
                }
                Instruction::Call { first, count, needed } => {
                    if !self.launch(slot, *first, *count, *needed) {
                        return;
                    }
                }
                Instruction::Unless { condition, target } => {
                    if !self.holds(slot, condition) {
                        self.state.attempts[slot].pc = *target;
                    }
                }
                Instruction::Lookup { cache, stream, miss } => {
                    if !self.lookup(slot, *cache, *stream) {
                        self.state.attempts[slot].pc = *miss;
                    }
                }
                Instruction::Fill(cache) => self.fill(slot, *cache),
                Instruction::Jump(target) => self.state.attempts[slot].pc = *target,
                Instruction::Fail => return self.finish(slot, Outcome::Failed(FailureCause::Error)),
                Instruction::Done => {
                    let degraded = self.state.attempts[slot].degraded;
                    return self.finish(slot, if degraded { Outcome::Degraded } else { Outcome::Ok });
                }
            }
        }
    }

    /// Begins work; a slow or a crowded replica takes longer for the same demand. How crowded it is counts at the begin.
    fn work(&mut self, slot: u32, demand: SimDuration) {
        let attempt = &mut self.state.attempts[slot];
        let replica = &self.state.replicas[attempt.replica];
        let crowding = 1.0 + replica.terms.contention * replica.threads.len() as f64;
        let at = self.events.now() + demand.scaled(replica.slowness * crowding);
        attempt.working = true;
        attempt.work_ends = at;
        attempt.event = self.events.schedule(at, Event::WorkDone(slot));
        let (key, replica) = (attempt.key, attempt.replica);
        self.emit(ModelEvent::WorkBegun(replica, key, demand));
        self.turn(Turn::WorkBegins(slot));
    }

    /// Work, or what a fault added before it, is done. On a paused replica it is not: the rest of it is put off when the replica wakes.
    pub(crate) fn work_done(&mut self, slot: u32) {
        let attempt = &mut self.state.attempts[slot];
        attempt.event = 0;
        if self.state.replicas[attempt.replica].is_paused() {
            return;
        }
        self.turn(Turn::WorkOver(slot));
        let attempt = &mut self.state.attempts[slot];
        attempt.working = false;
        attempt.delayed = false;
        self.step(slot);
    }

    /// Asks a cache of the replica. Returns whether it knew the answer.
    fn lookup(&mut self, slot: u32, cache: u32, stream: Stream) -> bool {
        let attempt = &self.state.attempts[slot];
        let (key, id) = (attempt.key, attempt.replica);
        let settings = &self.state.settings.services[self.model.replicas[id].service];
        let Cache::Warming { hit_ratio, after, .. } = settings.caches[cache as usize].1;
        let entries = self.state.replicas[id].entries[cache as usize];
        let warmth = if after == 0 { 1.0 } else { (f64::from(entries) / f64::from(after)).min(1.0) };
        let draw = key.uniform(stream);
        let hit = draw < hit_ratio * warmth;
        self.emit(ModelEvent::LookedUp(id, cache, hit));
        if !hit && draw < hit_ratio {
            self.turn(Turn::ColdMiss(slot, cache));
        }
        hit
    }

    /// A cache of the replica gets what a miss found, unless a fallback has answered in its place: a substitute is not
    /// kept.
    fn fill(&mut self, slot: u32, cache: u32) {
        self.turn(Turn::MissOver(slot));
        let attempt = &self.state.attempts[slot];
        if attempt.degraded {
            return;
        }
        let settings = &self.state.settings.services[self.model.replicas[attempt.replica].service];
        let Cache::Warming { after, .. } = settings.caches[cache as usize].1;
        let entries = &mut self.state.replicas[attempt.replica].entries[cache as usize];
        *entries = (*entries).max(after.min(entries.saturating_add(1)));
    }

    /// Makes the calls of a step. Their answers may come before the last is made, so they are judged afterwards. Returns
    /// whether the attempt can go on at once.
    fn launch(&mut self, slot: u32, first: SiteId, count: u32, needed: u32) -> bool {
        let attempt = &mut self.state.attempts[slot];
        attempt.outstanding = count;
        attempt.needed = needed;
        attempt.launching = true;
        let (key, request, replica) = (attempt.key, attempt.request, attempt.replica);
        self.emit(ModelEvent::Blocked(replica));
        for offset in 0..count {
            let site = SiteId::new(first.position() + offset as usize);
            self.begin_call(Parent::Attempt(slot), site, Some(replica), key, request);
        }
        self.state.attempts[slot].launching = false;
        self.judge_calls(slot)
    }

    /// A call of an attempt was answered.
    pub(crate) fn call_answered(&mut self, slot: u32, outcome: Outcome) {
        let attempt = &mut self.state.attempts[slot];
        attempt.outstanding -= 1;
        if outcome.is_answered() {
            attempt.needed = attempt.needed.saturating_sub(1);
            attempt.degraded |= outcome == Outcome::Degraded;
        }
        if !attempt.launching && self.judge_calls(slot) {
            self.step(slot);
        }
    }

    /// Whether enough calls have succeeded to go on. Once too few still can, the attempt fails; else it waits.
    fn judge_calls(&mut self, slot: u32) -> bool {
        let attempt = &self.state.attempts[slot];
        let (needed, replica) = (attempt.needed, attempt.replica);
        if needed > 0 && attempt.outstanding >= needed {
            return false;
        }
        let waits = attempt.calls != NO_CALL;
        self.turn(Turn::StepOver(slot, needed > 0));
        if waits {
            self.abandon_calls(slot);
        }
        self.emit(ModelEvent::Unblocked(replica));
        if needed > 0 {
            self.finish(slot, Outcome::Failed(FailureCause::Dependency));
        }
        needed == 0
    }

    /// Whether a condition holds for an attempt.
    fn holds(&self, slot: u32, condition: &Condition) -> bool {
        let attempt = &self.state.attempts[slot];
        let request = &self.state.requests[attempt.request].id;
        let class = &self.model.classes[request.class];
        match condition {
            Condition::Chance(chance, stream) => attempt.key.uniform(*stream) < *chance,
            Condition::Class(wanted) => request.class == *wanted,
            Condition::Region(region) => class.region == *region,
            Condition::Access(access) => class.access == *access,
            Condition::Priority(least) => class.priority >= *least,
            Condition::Users(share) => {
                let user = crate::random::Key(class.users_stream().0).nth(request.user);
                user.uniform(USER_SHARE) < *share
            }
        }
    }
}
