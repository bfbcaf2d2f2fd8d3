//! The person on call: paged, at the keyboard, deciding, working through the runbook, calling for help, and done.

use crate::engine::event::Event;
use crate::engine::observer::{ModelEvent, Moment, Observer};
use crate::engine::response::{LOOKS_EVERY, PERSON};
use crate::engine::simulation::Engine;
use crate::engine::verification::LastMinute;
use crate::id::{MonitorId, ProcedureId};
use crate::model::{By, Model, OnCall};
use crate::time::SimTime;

/// What the person on call is at.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    phase: Phase,
    /// Whether a page was dismissed, and whether a wrong lead was followed: both happen once.
    dismissed: bool,
    misled: bool,
    /// Who works on it: 0 the on-call, 1 the experts.
    level: usize,
    /// The next rule of the runbook.
    rule: usize,
    /// Sequence number of the event that goes on with it; 0 for none.
    event: u64,
    /// What ended in the last minute, for those who verify.
    pub(crate) last_minute: Option<LastMinute>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing to do.
    Idle,
    /// Paged, not yet at the keyboard.
    Paged,
    /// Takes it for a blip.
    Dismissing,
    /// At the keyboard, without a diagnosis.
    Deciding,
    /// On a wrong lead, until then.
    Misled(SimTime),
    /// Carries out a rule.
    Acting,
    /// Watches whether it helped, until then.
    Watching(SimTime),
    /// Waits for those who know more.
    Escalating,
    /// Out of ideas.
    Exhausted,
    /// Puts back what can be put back.
    ClearingUp,
}

impl Person {
    pub(crate) fn new(model: &Model) -> Self {
        let last_minute = model.response.on_call.as_ref().map(|_| LastMinute::new(model));
        Self { phase: Phase::Idle, dismissed: false, misled: false, level: 0, rule: 0, event: 0, last_minute }
    }

    /// Whether this event is the one that is waited for.
    pub(crate) fn waits_for(&self, sequence: u64) -> bool {
        self.event == sequence
    }

    fn by(&self) -> By {
        if self.level == 0 { By::OnCall } else { By::Experts }
    }
}

impl<O: Observer> Engine<'_, O> {
    /// An alert fires: whoever has nothing to do is called.
    pub(crate) fn paged(&mut self, monitor: MonitorId) {
        let Some(on_call) = &self.model.response.on_call else { return };
        let person = &mut self.state.response.person;
        if person.phase != Phase::Idle {
            return;
        }
        (person.level, person.rule) = (0, 0);
        self.person_tells(Moment::Paged(monitor));
        let at = self.now() + on_call.notices;
        self.person_waits(Phase::Paged, at);
    }

    /// Time has passed for the person on call.
    pub(crate) fn person_goes_on(&mut self) {
        self.state.response.person.event = 0;
        let Some(on_call) = &self.model.response.on_call else { return };
        if !self.state.response.attended {
            return;
        }
        let now = self.now();
        match self.state.response.person.phase {
            Phase::Idle | Phase::Acting | Phase::ClearingUp => {}
            Phase::Paged | Phase::Dismissing | Phase::Deciding if !self.state.monitors.any_firing() => {
                self.person_tells(Moment::StoodDown);
                self.state.response.person.phase = Phase::Idle;
            }
            Phase::Paged if !self.state.response.person.dismissed && !on_call.dismisses.is_zero() => {
                self.state.response.person.dismissed = true;
                self.person_tells(Moment::Dismissed);
                self.person_waits(Phase::Dismissing, now + on_call.dismisses);
            }
            Phase::Paged | Phase::Dismissing => {
                self.person_tells(Moment::Started);
                self.person_waits(Phase::Deciding, now + on_call.decides);
            }
            Phase::Deciding => self.decide(on_call),
            Phase::Watching(until) => self.judge(on_call, until),
            // Perhaps it is over by now, or by the time that help is there.
            Phase::Misled(_) | Phase::Escalating => self.judge(on_call, now),
            Phase::Exhausted => self.judge(on_call, SimTime::MAX),
        }
    }

    /// A diagnosis: the wrong one first, if there is one.
    fn decide(&mut self, on_call: &OnCall) {
        let misled = std::mem::replace(&mut self.state.response.person.misled, true);
        match on_call.misdiagnosis {
            Some((lasts, procedure)) if !misled => {
                self.person_tells(Moment::Misled(procedure));
                self.state.response.person.phase = Phase::Misled(self.now() + lasts);
                self.begin_procedure(PERSON, procedure);
            }
            _ => self.next_rule(on_call),
        }
    }

    /// Looks whether the incident is over; if not, and time is up, tries the next rule.
    fn judge(&mut self, on_call: &OnCall, until: SimTime) {
        let now = self.now();
        if self.is_resolved(on_call.resolved) {
            self.person_tells(Moment::Resolved);
            self.state.response.person.phase = Phase::ClearingUp;
            self.begin_procedure(PERSON, on_call.all_clear);
        } else if now >= until {
            self.next_rule(on_call);
        } else {
            let phase = self.state.response.person.phase;
            self.person_waits(phase, until.min(now + LOOKS_EVERY));
        }
    }

    /// Carries out the next rule that fits; without one, calls those who know more, or is at a loss.
    fn next_rule(&mut self, on_call: &OnCall) {
        let level = self.state.response.person.level;
        while let Some(rule) = on_call.runbooks[level].get(self.state.response.person.rule) {
            self.state.response.person.rule += 1;
            if self.all_hold(&rule.only_if) {
                self.person_tells(Moment::Decided(rule.procedure));
                self.state.response.person.phase = Phase::Acting;
                return self.begin_procedure(PERSON, rule.procedure);
            }
        }
        let now = self.now();
        if level == 0 && !on_call.runbooks[1].is_empty() {
            self.person_tells(Moment::Escalated);
            (self.state.response.person.level, self.state.response.person.rule) = (1, 0);
            self.person_waits(Phase::Escalating, now + on_call.escalates);
        } else {
            self.person_tells(Moment::Exhausted);
            self.person_waits(Phase::Exhausted, now + LOOKS_EVERY);
        }
    }

    /// The person has carried out the last step of a procedure.
    pub(crate) fn procedure_done(&mut self, procedure: ProcedureId) {
        let Some(on_call) = &self.model.response.on_call else { return };
        let now = self.now();
        match self.state.response.person.phase {
            Phase::Misled(until) => self.person_waits(Phase::Misled(until), until.max(now)),
            Phase::Acting => {
                let mut rules = on_call.runbooks.iter().flatten();
                let rule = rules.find(|rule| rule.procedure == procedure);
                let until = rule.map_or(now, |rule| now + rule.within);
                self.person_waits(Phase::Watching(until), now);
            }
            Phase::ClearingUp => {
                self.state.response.person.phase = Phase::Idle;
                if let Some(monitor) = self.state.monitors.first_firing() {
                    self.paged(monitor);
                }
            }
            _ => {}
        }
    }

    fn person_waits(&mut self, phase: Phase, at: SimTime) {
        let event = self.events.schedule(at, Event::Person);
        let person = &mut self.state.response.person;
        person.phase = phase;
        person.event = event;
    }

    fn person_tells(&mut self, moment: Moment) {
        let by = self.state.response.person.by();
        self.emit(ModelEvent::Responded(by, moment));
    }
}
