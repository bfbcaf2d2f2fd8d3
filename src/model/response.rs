//! The response in dense form: procedures of steps, and who carries them out when.

use crate::id::{ActId, ChangeId, Id, IdVec, MonitorId, ProcedureId, ServiceId};
use crate::model::names::Names;
use crate::model::parts::Model;
use crate::random::Stream;
use crate::scenario::{self, Action, Bound, Rollout, Scenario, Verification};
use crate::time::{SimDuration, SimTime};

/// What people and automation would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// Everything that can be carried out, step by step.
    pub procedures: IdVec<ProcedureId, Procedure>,
    /// What is done by script or automation.
    pub acts: IdVec<ActId, Act>,
    /// The person on call.
    pub on_call: Option<OnCall>,
}

/// Steps that are carried out one after another.
#[derive(Clone, Debug, PartialEq)]
pub struct Procedure {
    /// What reports call it.
    pub name: String,
    /// That name, hashed.
    pub stream: Stream,
    /// Who carries it out.
    pub by: By,
    /// What is done.
    pub steps: Vec<Step>,
    /// The same in words.
    pub labels: Vec<String>,
}

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The person on call.
    OnCall,
    /// Those who were called for help.
    Experts,
    /// A script or automation.
    Act(ActId),
}

/// A step of a procedure.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Changes a setting.
    Change(ChangeId),
    /// Restarts a service.
    Restart {
        /// Which.
        service: ServiceId,
        /// In which order.
        how: Rollout,
        /// How long replicas may finish what they have.
        drain: Option<SimDuration>,
    },
    /// Waits.
    Wait(SimDuration),
    /// Waits until all of it holds.
    Until(Vec<Circumstance>, SimDuration),
}

/// What the dashboards say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Circumstance {
    /// An alert fires, or does not.
    Firing(MonitorId, bool),
    /// A reading is within a bound.
    Reads(MonitorId, Bound),
}

/// Something done by script or automation.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// What sets it off.
    pub trigger: Trigger,
    /// From there to its first step.
    pub after: SimDuration,
    /// What must hold then.
    pub only_if: Vec<Circumstance>,
    /// What is done.
    pub procedure: ProcedureId,
}

/// What sets an act off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A time.
    At(SimTime),
    /// An alert that begins to fire (true) or ceases to.
    Alert(MonitorId, bool),
}

/// The person on call.
#[derive(Clone, Debug, PartialEq)]
pub struct OnCall {
    /// From page to keyboard.
    pub notices: SimDuration,
    /// How long the first page is taken for a blip.
    pub dismisses: SimDuration,
    /// From keyboard to diagnosis.
    pub decides: SimDuration,
    /// From decision to effect of every step.
    pub acts: SimDuration,
    /// A wrong lead: how long it is followed, and what is done meanwhile. Its name is what is believed.
    pub misdiagnosis: Option<(SimDuration, ProcedureId)>,
    /// The on-call's rules, then the experts'.
    pub runbooks: [Vec<Rule>; 2],
    /// From the end of the first runbook to the begin of the second.
    pub escalates: SimDuration,
    /// What is looked at before the incident is declared over.
    pub resolved: Verification,
    /// What is put back then.
    pub all_clear: ProcedureId,
}

/// A line of a runbook.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What must hold for it to be chosen.
    pub only_if: Vec<Circumstance>,
    /// What is done.
    pub procedure: ProcedureId,
    /// How long it is given to resolve the incident.
    pub within: SimDuration,
}

impl Response {
    /// Whether nobody does anything, whatever happens.
    pub fn is_empty(&self) -> bool {
        self.acts.is_empty() && self.on_call.is_none()
    }
}

/// The response of a checked scenario.
pub(crate) fn compile_response(scenario: &Scenario, model: &Model, names: &Names) -> Response {
    let mut compiler = Compiler { model, names, response: Response::default() };
    for written in &scenario.response {
        compiler.act(written);
    }
    if let Some(written) = &scenario.on_call {
        compiler.response.on_call = Some(compiler.on_call(written));
    }
    compiler.response
}

/// The response under construction.
struct Compiler<'a> {
    model: &'a Model,
    names: &'a Names,
    response: Response,
}

impl Compiler<'_> {
    fn act(&mut self, written: &scenario::Act) {
        let id = ActId::new(self.response.acts.len());
        let trigger = match (&written.at, &written.on) {
            (Some(at), _) => Trigger::At(self.model.origin + at.value),
            (None, Some(scenario::Trigger::Alert(name))) => Trigger::Alert(self.monitor(name), true),
            (None, Some(scenario::Trigger::Cleared(name))) => Trigger::Alert(self.monitor(name), false),
            (None, None) => Trigger::At(SimTime::MAX),
        };
        let only_if = self.circumstances(&written.only_if);
        let name = written.name.as_ref().map(|name| name.value.clone());
        let procedure = self.procedure(name, By::Act(id), &written.does);
        self.response.acts.push(Act { trigger, after: written.after, only_if, procedure });
    }

    fn on_call(&mut self, written: &scenario::OnCall) -> OnCall {
        let misdiagnosis = written
            .misdiagnosis
            .as_ref()
            .map(|lead| (lead.lasts, self.procedure(Some(lead.believes.clone()), By::OnCall, &lead.does)));
        let runbook = self.runbook(&written.runbook, By::OnCall);
        let experts = self.runbook(&written.experts, By::Experts);
        OnCall {
            notices: written.notices,
            dismisses: written.dismisses,
            decides: written.decides,
            acts: written.acts,
            misdiagnosis,
            runbooks: [runbook, experts],
            escalates: written.escalates,
            resolved: written.resolved,
            all_clear: self.procedure(Some("all clear".to_owned()), By::OnCall, &written.all_clear),
        }
    }

    fn runbook(&mut self, written: &[scenario::RunbookRule], by: By) -> Vec<Rule> {
        let rule = |rule: &scenario::RunbookRule| Rule {
            only_if: self.circumstances(&rule.only_if),
            procedure: self.procedure(Some(rule.name.value.clone()), by, &rule.does),
            within: rule.within,
        };
        written.iter().map(rule).collect()
    }

    /// Adds a procedure; without a name it is called after its first step.
    fn procedure(&mut self, name: Option<String>, by: By, actions: &[Action]) -> ProcedureId {
        let name = name.unwrap_or_else(|| actions.first().map_or_else(String::new, in_words));
        let steps = actions.iter().map(|action| self.step(action)).collect();
        let labels = actions.iter().map(label).collect();
        let stream = Stream::named(&name);
        self.response.procedures.push(Procedure { name, stream, by, steps, labels })
    }

    fn step(&mut self, action: &Action) -> Step {
        match action {
            Action::Set { value, .. } => {
                let change = value.change().expect("what is set is tried out before compilation");
                Step::Change(change.id)
            }
            Action::Restart { service, how, drain } => {
                Step::Restart { service: self.names.services[&service.value], how: *how, drain: *drain }
            }
            Action::Wait(time) => Step::Wait(*time),
            Action::Until { holds, at_most } => Step::Until(self.circumstances(holds), *at_most),
        }
    }

    fn circumstances(&self, written: &[scenario::Circumstance]) -> Vec<Circumstance> {
        let one = |circumstance: &scenario::Circumstance| match circumstance {
            scenario::Circumstance::Firing(name) => Circumstance::Firing(self.monitor(name), true),
            scenario::Circumstance::Quiet(name) => Circumstance::Firing(self.monitor(name), false),
            scenario::Circumstance::Reads { monitor, bound } => {
                Circumstance::Reads(self.monitor(monitor), *bound)
            }
        };
        written.iter().map(one).collect()
    }

    fn monitor(&self, name: &str) -> MonitorId {
        let known = self.model.monitors.enumerate().find(|(_, monitor)| monitor.name == name);
        known.expect("monitors are checked before compilation").0
    }
}

/// An action as people would say it, next to what the scenario has.
fn label(action: &Action) -> String {
    let words = in_words(action);
    let was = match action {
        Action::Set { value, .. } => value.change().and_then(|change| change.was.as_ref()),
        Action::Restart { .. } | Action::Wait(_) | Action::Until { .. } => None,
    };
    match was {
        Some(was) => format!("{words} (scenario: {was})"),
        None => words,
    }
}

/// An action as people would say it.
fn in_words(action: &Action) -> String {
    match action {
        Action::Set { path, value } => format!("set {} = {}", path.value, value.text),
        Action::Restart { service, how, drain } => {
            let how = match how {
                Rollout::AtOnce => "all at once".to_owned(),
                Rollout::Rolling { at_once } => format!("{at_once} at a time"),
            };
            let drain = drain.map_or_else(String::new, |drain| format!(", drained for up to {drain}"));
            format!("restart {}, {how}{drain}", service.value)
        }
        Action::Wait(time) => format!("wait {time}"),
        Action::Until { at_most, .. } => format!("wait until it holds, {at_most} at most"),
    }
}
