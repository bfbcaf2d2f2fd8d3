//! What a scenario's names refer to: services, operations, classes, monitors, and the calls between them.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::check::unknown::unknown;
use crate::scenario::words::code;
use crate::scenario::{Name, Scenario, Service, Step, TrafficClass};

/// An operation: `service.operation`.
pub(in crate::scenario) type OperationId<'a> = (&'a str, &'a str);

/// The names of a scenario, ready for look-ups.
pub(in crate::scenario) struct Names<'a> {
    /// The services.
    pub(in crate::scenario) services: BTreeMap<&'a str, &'a Service>,
    /// The names of the services as written, for suggestions.
    pub(in crate::scenario) service_list: Vec<&'a str>,
    /// The traffic classes, with their entries.
    pub(in crate::scenario) classes: BTreeMap<&'a str, &'a Name>,
    /// The journey of each class that is a step of one.
    pub(in crate::scenario) journey_of: BTreeMap<&'a str, &'a str>,
    /// Every operation, with where its name is written and its steps.
    pub(in crate::scenario) operations: BTreeMap<OperationId<'a>, (&'a Name, &'a [Step])>,
    /// The calls written in each operation, in order.
    pub(in crate::scenario) calls: BTreeMap<OperationId<'a>, Vec<&'a Name>>,
    /// Pairs of caller and callee at the level of services and classes, that at least one call connects.
    pub(in crate::scenario) edges: BTreeSet<(&'a str, &'a str)>,
    /// Pairs of caller and callee at the level of operations; a class has no operation.
    pub(in crate::scenario) operation_edges: BTreeSet<(OperationId<'a>, OperationId<'a>)>,
}

impl<'a> Names<'a> {
    /// Collects the names of a scenario with these classes; calls to nowhere are left out.
    pub(in crate::scenario) fn of(scenario: &'a Scenario, classes: &'a [TrafficClass<'a>]) -> Self {
        let journey = |class: &'a TrafficClass| Some((class.name.as_str(), class.step?.journey.as_str()));
        let mut names = Self {
            services: BTreeMap::new(),
            service_list: scenario.services.iter().map(|(name, _)| name.as_str()).collect(),
            classes: classes.iter().map(|class| (class.name.as_str(), class.entry)).collect(),
            journey_of: classes.iter().filter_map(journey).collect(),
            operations: BTreeMap::new(),
            calls: BTreeMap::new(),
            edges: BTreeSet::new(),
            operation_edges: BTreeSet::new(),
        };
        for (name, service) in &scenario.services {
            names.services.insert(name, service);
            for (operation, steps) in &service.operations {
                let mut calls = Vec::new();
                calls_of(steps, &mut calls);
                names.calls.insert((name, operation), calls);
                names.operations.insert((name, operation), (operation, steps));
            }
        }
        names.connect();
        names
    }

    /// Reads `service.operation`, if there is such an operation.
    pub(in crate::scenario) fn operation(&self, text: &'a str) -> Option<OperationId<'a>> {
        let (service, operation) = text.split_once('.')?;
        let id = (service, operation);
        self.operations.contains_key(&id).then_some(id)
    }

    /// Whether a service, a class or a journey has this name.
    pub(in crate::scenario) fn is_caller(&self, name: &str) -> bool {
        self.services.contains_key(name) || self.classes.contains_key(name) || self.is_journey(name)
    }

    /// Whether a journey has this name, and nothing else that calls.
    pub(in crate::scenario) fn is_journey(&self, name: &str) -> bool {
        let taken = self.services.contains_key(name) || self.classes.contains_key(name);
        !taken && self.journey_of.values().any(|journey| *journey == name)
    }

    /// The classes that are steps of a journey.
    pub(in crate::scenario) fn steps_of(&self, journey: &str) -> impl Iterator<Item = &'a str> {
        self.journey_of.iter().filter(move |(_, of)| **of == journey).map(|(class, _)| *class)
    }

    /// The operations that an operation (`service.operation`), all operations of a service, or a class call.
    pub(in crate::scenario) fn called_by<'n>(
        &'n self,
        caller: &'n str,
    ) -> impl Iterator<Item = OperationId<'n>> {
        let (service, operation) = caller.split_once('.').unwrap_or((caller, ""));
        let whole = operation.is_empty();
        let edges = self.operation_edges.range(((service, operation), ("", ""))..);
        let own = edges.take_while(move |(from, _)| from.0 == service && (whole || from.1 == operation));
        own.map(|(_, to)| *to)
    }

    fn connect(&mut self) {
        let mut edges = Vec::new();
        for (&caller, calls) in &self.calls {
            edges.extend(calls.iter().filter_map(|to| Some((caller, self.operation(to)?))));
        }
        for (&class, &entry) in &self.classes {
            edges.extend(self.operation(entry).map(|callee| ((class, ""), callee)));
        }
        for (caller, callee) in edges {
            self.edges.insert((caller.0, callee.0));
            self.operation_edges.insert((caller, callee));
        }
    }
}

/// Reports a `service.operation` that does not exist, saying which of the two is wrong.
pub(in crate::scenario) fn operation_exists(to: &Name, names: &Names, found: &mut Diagnostics) {
    if names.operation(to).is_some() {
        return;
    }
    let (service, operation) = to.split_once('.').unwrap_or((to.as_str(), ""));
    let Some(known) = names.services.get(service) else {
        let wanted = Name { value: service.to_owned(), span: to.span };
        found.push(unknown(format!("there is no service `{service}`"), &wanted, &names.service_list));
        return;
    };
    let offered: Vec<&str> = known.operations.iter().map(|(name, _)| name.as_str()).collect();
    if operation.is_empty() {
        let example =
            offered.first().map_or_else(String::new, |first| format!("write \"{service}.{first}\""));
        found.push(
            Diagnostic::error(code::NAME, to.span, format!("`{}` names no operation", to.value))
                .label("expected \"service.operation\"")
                .help(example),
        );
        return;
    }
    let wanted = Name { value: operation.to_owned(), span: to.span };
    found.push(unknown(format!("service `{service}` has no operation `{operation}`"), &wanted, &offered));
}

/// Reports a traffic class that does not exist. A journey is none: each of its steps is.
pub(in crate::scenario) fn class_exists(class: &Name, names: &Names, found: &mut Diagnostics) {
    if names.classes.contains_key(class.as_str()) {
        return;
    }
    if !names.is_journey(class) {
        let classes: Vec<&str> = names.classes.keys().copied().collect();
        found.push(unknown(format!("there is no traffic class `{}`", class.value), class, &classes));
        return;
    }
    let steps: Vec<String> = names.steps_of(class).map(|step| format!("\"{step}\"")).collect();
    found.push(which_step(class, &steps));
}

/// The problem of a journey that stands where one of its steps is wanted.
pub(in crate::scenario) fn which_step(name: &Name, choices: &[String]) -> Diagnostic {
    let journey = name.split(" -> ").next().unwrap_or(name);
    let message = format!("`{journey}` is a journey: each of its steps is a traffic class of its own");
    Diagnostic::error(code::AMBIGUOUS, name.span, message)
        .label("which step?")
        .help(format!("write {}", choices.join(" or ")))
}

/// All calls within some steps, in the order written.
fn calls_of<'a>(steps: &'a [Step], out: &mut Vec<&'a Name>) {
    for step in steps {
        match step {
            Step::Call { to } => out.push(to),
            Step::Parallel { calls, .. } => out.extend(calls),
            Step::Work { .. } | Step::Branch { .. } | Step::Lookup { .. } | Step::Fail => {}
        }
        for steps in step.within() {
            calls_of(steps, out);
        }
    }
}
