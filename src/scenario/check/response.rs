//! What must hold of the response: it looks at alerts and readings that exist, and acts on services that exist.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::check::monitor::{alert_exists, monitor_exists, service_exists};
use crate::scenario::check::names::Names;
use crate::scenario::words::code;
use crate::scenario::{Act, Action, Circumstance, Name, OnCall, Scenario, Trigger};

/// Checks the on-call and all acts.
pub(in crate::scenario) fn response(scenario: &Scenario, names: &Names, found: &mut Diagnostics) {
    let checker = Checker { scenario, names };
    for act in &scenario.response {
        checker.act(act, found);
    }
    if let Some(on_call) = &scenario.on_call {
        checker.on_call(on_call, found);
    }
    chosen_names(scenario, found);
}

struct Checker<'a> {
    scenario: &'a Scenario,
    names: &'a Names<'a>,
}

impl Checker<'_> {
    fn act(&self, act: &Act, found: &mut Diagnostics) {
        if let Some(Trigger::Alert(monitor) | Trigger::Cleared(monitor)) = &act.on {
            alert_exists(monitor, self.scenario, found);
        }
        if let Some(at) = act.at
            && at.value > self.scenario.horizon.value
        {
            found.push(
                Diagnostic::warning(code::NO_EFFECT, at.span, "this is done after the end of the run")
                    .label(format!("the horizon is {}", self.scenario.horizon.value)),
            );
        }
        self.circumstances(&act.only_if, found);
        self.something(&act.does, act.name.as_ref(), found);
        self.actions(&act.does, found);
    }

    fn on_call(&self, on_call: &OnCall, found: &mut Diagnostics) {
        for rule in on_call.runbook.iter().chain(&on_call.experts) {
            self.circumstances(&rule.only_if, found);
            self.something(&rule.does, Some(&rule.name), found);
            self.actions(&rule.does, found);
        }
        if let Some(misdiagnosis) = &on_call.misdiagnosis {
            self.actions(&misdiagnosis.does, found);
        }
        self.actions(&on_call.all_clear, found);
        let pages = self.scenario.monitors.iter().any(|(_, monitor)| monitor.alert.is_some());
        if !pages {
            let place = self.scenario.horizon.span;
            found.push(
                Diagnostic::warning(code::NO_EFFECT, place, "no monitor has an alert: nobody is ever called")
                    .help("give a monitor an alert: alert: Above(\"50%\", for: \"15s\")"),
            );
        }
    }

    /// Something is done at all.
    fn something(&self, actions: &[Action], name: Option<&Name>, found: &mut Diagnostics) {
        if actions.is_empty() {
            let place = name.map_or(self.scenario.horizon.span, |name| name.span);
            found.push(
                Diagnostic::error(code::EMPTY, place, "nothing is done here: `does` is empty")
                    .help("write for example does: Restart(\"user\")"),
            );
        }
    }

    fn actions(&self, actions: &[Action], found: &mut Diagnostics) {
        for action in actions {
            match action {
                Action::Restart { service, .. } => service_exists(service, self.names, found),
                Action::Until { holds, .. } => self.circumstances(holds, found),
                Action::Set { .. } | Action::Wait(_) => {}
            }
        }
    }

    fn circumstances(&self, circumstances: &[Circumstance], found: &mut Diagnostics) {
        for circumstance in circumstances {
            match circumstance {
                Circumstance::Firing(monitor) | Circumstance::Quiet(monitor) => {
                    alert_exists(monitor, self.scenario, found);
                }
                Circumstance::Reads { monitor, .. } => {
                    monitor_exists(monitor, self.scenario, found);
                }
            }
        }
    }
}

/// Rules and acts of one name could not be told apart.
fn chosen_names(scenario: &Scenario, found: &mut Diagnostics) {
    let rules = scenario.on_call.iter().flat_map(|on_call| on_call.runbook.iter().chain(&on_call.experts));
    let acts = scenario.response.iter().filter_map(|act| act.name.as_ref());
    let mut seen: Vec<&Name> = Vec::new();
    for name in acts.clone().filter(|name| matches!(name.as_str(), "on-call" | "experts")) {
        found.push(
            Diagnostic::error(code::NAME, name.span, format!("`{}` is the name of people", name.value))
                .label("an act is a script or automation")
                .help("call it after what it does"),
        );
    }
    for name in rules.map(|rule| &rule.name).chain(acts) {
        if let Some(first) = seen.iter().find(|other| other.value == name.value) {
            found.push(
                Diagnostic::error(code::TWICE, name.span, format!("a second `{}`", name.value))
                    .label("this name is taken")
                    .related(first.span, "the first one"),
            );
        }
        seen.push(name);
    }
}
