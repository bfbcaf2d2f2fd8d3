//! Procedures: steps that people and automation carry out, one after another, and what sets them off.

use crate::engine::event::Event;
use crate::engine::observer::{ModelEvent, Moment, Observer};
use crate::engine::person::Person;
use crate::engine::simulation::Engine;
use crate::id::{ActId, Id, MonitorId, ProcedureId};
use crate::model::{Circumstance, Model, Step, Trigger};
use crate::time::{SimDuration, SimTime};

/// How often somebody who waits for something looks.
pub(crate) const LOOKS_EVERY: SimDuration = SimDuration::from_secs(1);

/// What is being done in this world.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    /// Whether anybody does anything here. Not in the twin, nor in the unattended world.
    pub(crate) attended: bool,
    /// Whether something was done already.
    pub(crate) touched: bool,
    /// Whether the first thing is about to be done: here worlds part.
    pub(crate) parts: bool,
    pub(crate) person: Person,
    /// Who carries out procedures: the person on call, then one for each act.
    pub(crate) workers: Vec<Worker>,
}

/// Somebody who carries out a procedure.
#[derive(Clone, Debug, Default)]
pub(crate) struct Worker {
    /// What is carried out; none while idle.
    procedure: Option<ProcedureId>,
    /// The next step.
    step: usize,
    /// Whether the delay before the step has passed.
    ready: bool,
    /// When a wait for something ends at the latest; none while there is no such wait.
    patience: Option<SimTime>,
    /// Sequence number of the event that goes on with it; 0 for none.
    event: u64,
}

/// The worker who is the person on call.
pub(crate) const PERSON: usize = 0;

impl Response {
    pub(crate) fn new(model: &Model) -> Self {
        let response = &model.response;
        Self {
            attended: !response.is_empty(),
            touched: false,
            parts: false,
            person: Person::new(model),
            workers: vec![Worker::default(); 1 + response.acts.len()],
        }
    }
}

impl<O: Observer> Engine<'_, O> {
    /// Schedules what is done at given times.
    pub(crate) fn schedule_acts(&mut self) {
        for (id, act) in self.model.response.acts.enumerate() {
            if let Trigger::At(at) = act.trigger
                && at < SimTime::MAX
            {
                self.set_off(id, at);
            }
        }
    }

    /// An alert began or ceased to fire: people and automation are told. In the warm-up nobody is.
    pub(crate) fn alert_heard(&mut self, monitor: MonitorId, firing: bool) {
        let now = self.now();
        if !self.state.response.attended || now < self.model.origin {
            return;
        }
        for (id, act) in self.model.response.acts.enumerate() {
            let worker = &self.state.response.workers[1 + id.position()];
            if act.trigger == Trigger::Alert(monitor, firing) && worker.is_idle() {
                self.set_off(id, now);
            }
        }
        if firing {
            self.paged(monitor);
        }
    }

    /// Sets an act off; it begins once its delay has passed.
    fn set_off(&mut self, id: ActId, at: SimTime) {
        let act = &self.model.response.acts[id];
        let worker = 1 + id.position();
        let event = self.events.schedule(at + act.after, Event::Work(worker as u32));
        let state = &mut self.state.response.workers[worker];
        *state = Worker { event, ..Worker::default() };
    }

    /// A worker goes on.
    pub(crate) fn work_on(&mut self, worker: usize) {
        self.state.response.workers[worker].event = 0;
        if !self.state.response.attended {
            return;
        }
        if self.state.response.workers[worker].procedure.is_none() && worker != PERSON {
            let act = &self.model.response.acts[ActId::new(worker - 1)];
            if !self.all_hold(&act.only_if) {
                return;
            }
            let by = self.model.response.procedures[act.procedure].by;
            self.emit(ModelEvent::Responded(by, Moment::Decided(act.procedure)));
            self.state.response.workers[worker].procedure = Some(act.procedure);
        }
        self.carry_out(worker);
    }

    /// Begins a procedure.
    pub(crate) fn begin_procedure(&mut self, worker: usize, procedure: ProcedureId) {
        self.state.response.workers[worker] = Worker { procedure: Some(procedure), ..Worker::default() };
        self.carry_out(worker);
    }

    /// Carries out steps until one takes time or none is left. Each says for how long it holds up the next.
    fn carry_out(&mut self, worker: usize) {
        loop {
            let state = &self.state.response.workers[worker];
            let Some(procedure) = state.procedure else { return };
            let at = state.step;
            let Some(step) = self.model.response.procedures[procedure].steps.get(at) else {
                self.state.response.workers[worker] = Worker::default();
                if worker == PERSON {
                    self.procedure_done(procedure);
                }
                return;
            };
            let pause = match step {
                Step::Wait(time) => {
                    self.state.response.workers[worker].next();
                    Some(*time)
                }
                Step::Until(holds, at_most) => self.wait_until(worker, holds, *at_most),
                Step::Change(_) | Step::Restart { .. } => self.act(worker, procedure, at, step),
            };
            if let Some(pause) = pause {
                let at = self.now() + pause;
                let event = self.events.schedule(at, Event::Work(worker as u32));
                self.state.response.workers[worker].event = event;
                return;
            }
        }
    }

    /// Looks whether something holds; says after how long to look again.
    fn wait_until(
        &mut self,
        worker: usize,
        holds: &[Circumstance],
        at_most: SimDuration,
    ) -> Option<SimDuration> {
        let now = self.now();
        let over = self.all_hold(holds);
        let state = &mut self.state.response.workers[worker];
        let until = *state.patience.get_or_insert(now + at_most);
        if over || now >= until {
            state.next();
            return None;
        }
        Some(LOOKS_EVERY.min(until - now))
    }

    /// Does something to the world, after the delay that people need for it; says how long that is. Before the very first
    /// thing is done the run stops for a moment, so that a world in which nobody does anything can part from it.
    fn act(&mut self, worker: usize, procedure: ProcedureId, at: usize, step: &Step) -> Option<SimDuration> {
        if !self.state.response.workers[worker].ready {
            self.state.response.workers[worker].ready = true;
            let delay = self.model.response.on_call.as_ref().map_or(SimDuration::ZERO, |p| p.acts);
            if worker == PERSON && !delay.is_zero() {
                return Some(delay);
            }
        }
        if !self.state.response.touched {
            self.state.response.touched = true;
            self.state.response.parts = true;
            return Some(SimDuration::ZERO);
        }
        self.emit(ModelEvent::Acted(procedure, at as u32));
        self.state.response.workers[worker].next();
        match step {
            Step::Change(change) => self.apply_change(*change),
            Step::Restart { service, how, drain } => self.restart_service(*service, *how, *drain),
            Step::Wait(_) | Step::Until(..) => {}
        }
        None
    }

    /// Whether the dashboards say all of this.
    pub(crate) fn all_hold(&self, circumstances: &[Circumstance]) -> bool {
        circumstances.iter().all(|circumstance| match circumstance {
            Circumstance::Firing(monitor, wanted) => self.state.monitors.is_firing(*monitor) == *wanted,
            Circumstance::Reads(monitor, bound) => {
                self.state.monitors.last_reading(*monitor).is_some_and(|value| bound.holds(value))
            }
        })
    }
}

impl Worker {
    fn next(&mut self) {
        self.step += 1;
        self.ready = false;
        self.patience = None;
    }

    fn is_idle(&self) -> bool {
        self.procedure.is_none() && self.event == 0
    }

    /// Whether this event is the one it waits for.
    pub(crate) fn waits_for(&self, sequence: u64) -> bool {
        self.event == sequence
    }
}
