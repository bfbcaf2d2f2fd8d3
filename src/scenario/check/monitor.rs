//! What must hold of monitors and expectations: they look at what exists, and at a time that is simulated.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::check::names::{Names, class_exists};
use crate::scenario::check::policy::call_exists;
use crate::scenario::check::unknown::unknown;
use crate::scenario::edit::path::{self, Step};
use crate::scenario::words::code;
use crate::scenario::{Check, Expectation, Monitor, Name, Reading, Scenario, Side, Subject};

/// Checks all monitors.
pub(in crate::scenario) fn monitors(scenario: &Scenario, names: &Names, found: &mut Diagnostics) {
    for (name, monitor) in &scenario.monitors {
        subject_exists(&monitor.of, names, found);
        reading_fits(name, monitor, names, found);
        can_fire(name, monitor, found);
        if monitor.window > scenario.horizon.value {
            found.push(
                Diagnostic::warning(code::NO_EFFECT, name.span, "the window is longer than the run")
                    .label(format!("window {}, horizon {}", monitor.window, scenario.horizon.value)),
            );
        }
    }
}

/// An alert beyond what can be read never fires.
fn can_fire(name: &Name, monitor: &Monitor, found: &mut Diagnostics) {
    let Some(alert) = &monitor.alert else { return };
    let is_share = matches!(
        monitor.reading,
        Reading::ErrorRate { .. } | Reading::Busy | Reading::Ready | Reading::Healthy
    );
    let label = match alert.side {
        Side::Above if is_share && alert.threshold >= 1.0 => "a share is never above 100 %",
        Side::Below if alert.threshold <= 0.0 => "no reading is below 0",
        Side::Above | Side::Below => return,
    };
    let message = format!("the alert of `{}` can never fire", name.value);
    found.push(Diagnostic::warning(code::NO_EFFECT, name.span, message).label(label));
}

fn subject_exists(subject: &Subject, names: &Names, found: &mut Diagnostics) {
    match subject {
        Subject::Class(class) => class_exists(class, names, found),
        Subject::Service(service) => service_exists(service, names, found),
        Subject::Call(call) => call_exists(call, names, found),
    }
}

pub(in crate::scenario) fn service_exists(service: &Name, names: &Names, found: &mut Diagnostics) {
    if !names.services.contains_key(service.as_str()) {
        found.push(unknown(format!("there is no service `{}`", service.value), service, &names.service_list));
    }
}

/// What of a service only, or of a service or call only, can be read.
fn reading_fits(name: &Name, monitor: &Monitor, names: &Names, found: &mut Diagnostics) {
    let (Subject::Class(subject) | Subject::Service(subject) | Subject::Call(subject)) = &monitor.of;
    let (form, message) = match monitor.reading {
        Reading::ErrorRate { .. } | Reading::Rate { .. } | Reading::Latency { .. } => return,
        Reading::Retries => return retries_are_sent(subject, &monitor.of, names, found),
        Reading::Healthy => ("Healthy", "only a service can be healthy"),
        Reading::Busy => ("Busy", "only a service has threads that can be busy"),
        Reading::Queue => ("Queue", "only a service has a queue"),
        Reading::Ready => ("Ready", "only a service has replicas that can be ready"),
        Reading::Pauses => ("Pauses", "only a service has replicas that can be paused"),
    };
    if !matches!(monitor.of, Subject::Service(_)) {
        found.push(
            Diagnostic::error(code::READING, subject.span, message)
                .label("not a service")
                .help(format!("write {form}(of: \"service\")")),
        );
    } else if monitor.reading == Reading::Healthy
        && names.services.get(subject.as_str()).is_some_and(|service| service.probe.is_none())
    {
        let message = format!("nobody knows whether `{}` is healthy: it has no probe", subject.value);
        found.push(
            Diagnostic::error(code::READING, subject.span, message)
                .label("has no `probe`")
                .help(format!("add `probe: Probe(interval: \"5s\")` to service \"{}\"", subject.value))
                .related(name.span, "this monitor"),
        );
    }
}

/// Requests are made once; what is tried again are the attempts at a service.
fn retries_are_sent(subject: &Name, of: &Subject, names: &Names, found: &mut Diagnostics) {
    if !matches!(of, Subject::Class(_)) {
        return;
    }
    let entry = names.classes.get(subject.as_str()).and_then(|entry| entry.split('.').next());
    let help = entry.map_or_else(
        || "write Retries(of: \"service\")".to_owned(),
        |entry| format!("write Retries(of: \"{} -> {entry}\")", subject.value),
    );
    found.push(
        Diagnostic::error(
            code::READING,
            subject.span,
            "only attempts are tried again, at a service or of a call",
        )
        .label("a traffic class")
        .help(help),
    );
}

/// Checks all expectations.
pub(in crate::scenario) fn expectations(scenario: &Scenario, names: &Names, found: &mut Diagnostics) {
    for expectation in &scenario.expect {
        within_the_run(expectation, scenario, found);
        match &expectation.check {
            Check::At { monitor, .. } | Check::During { monitor, .. } => {
                monitor_exists(monitor, scenario, found);
            }
            Check::Firing { monitor, .. } => alert_exists(monitor, scenario, found),
            Check::Load { of, .. } if of.contains("->") => call_exists(of, names, found),
            Check::Load { of, .. } => service_exists(of, names, found),
            Check::Order(services) => {
                for service in services {
                    service_exists(service, names, found);
                }
            }
            Check::Value { path, .. } => summary_path(path, names, found),
            Check::Silent { .. } => silence_means_something(expectation, scenario, found),
            Check::Verdict { .. } => {}
        }
    }
}

fn within_the_run(expectation: &Expectation, scenario: &Scenario, found: &mut Diagnostics) {
    let horizon = scenario.horizon.value;
    if let Some(last) = expectation.check.looks_until().filter(|last| *last > horizon) {
        found.push(
            Diagnostic::warning(
                code::LATE,
                expectation.span,
                "this looks beyond the end of the run and cannot hold",
            )
            .label(format!("T+{last} is after T+{horizon}"))
            .help("look earlier, or give the scenario a longer `horizon`")
            .related(scenario.horizon.span, "the horizon"),
        );
    }
}

pub(in crate::scenario) fn monitor_exists<'a>(
    name: &Name,
    scenario: &'a Scenario,
    found: &mut Diagnostics,
) -> Option<&'a Monitor> {
    let known = scenario.monitors.iter().find(|(known, _)| known.value == name.value);
    if known.is_none() {
        let names: Vec<&str> = scenario.monitors.iter().map(|(known, _)| known.as_str()).collect();
        found.push(unknown(format!("there is no monitor `{}`", name.value), name, &names));
    }
    known.map(|(_, monitor)| monitor)
}

pub(in crate::scenario) fn alert_exists(name: &Name, scenario: &Scenario, found: &mut Diagnostics) {
    if let Some(monitor) = monitor_exists(name, scenario, found)
        && monitor.alert.is_none()
    {
        found.push(
            Diagnostic::error(code::READING, name.span, format!("monitor `{}` has no alert", name.value))
                .label("never fires")
                .help("add for example `alert: Above(\"50%\", for: \"10s\")` to the monitor"),
        );
    }
}

fn silence_means_something(expectation: &Expectation, scenario: &Scenario, found: &mut Diagnostics) {
    if scenario.monitors.iter().all(|(_, monitor)| monitor.alert.is_none()) {
        found.push(
            Diagnostic::warning(
                code::NO_EFFECT,
                expectation.span,
                "no monitor has an alert: silence is certain",
            )
            .help("add an `alert` to a monitor"),
        );
    }
}

/// What stands in `summary.json` is known only after a run, but its path must be one, and whom it names must be there.
fn summary_path(name: &Name, names: &Names, found: &mut Diagnostics) {
    let path = match path::parse_path(name.span.source, name, 0) {
        Ok(path) => path,
        Err(problem) => return found.push(Diagnostic { span: name.span, ..problem }),
    };
    let mut steps = path.parts.iter().map(|part| &part.step).skip_while(|step| {
        // Other worlds are told in the same way.
        step.is("twin") || step.is("unattended")
    });
    let (Some(of), Some(Step::Name(whose))) = (steps.next(), steps.next()) else { return };
    let whose = Name { value: whose.clone(), span: name.span };
    if of.is("traffic") {
        class_exists(&whose, names, found);
    } else if of.is("services") {
        service_exists(&whose, names, found);
    } else if of.is("calls") {
        call_exists(&whose, names, found);
    }
}
