//! What must hold of rate limits, shedding and probes: they name operations of their service, and can act.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::check::names::Names;
use crate::scenario::check::unknown::unknown;
use crate::scenario::words::code;
use crate::scenario::{Capacity, Detection, Name, Scenario, Service};

/// Checks what all services let in, and what their probes ask for.
pub(in crate::scenario) fn admission(scenario: &Scenario, found: &mut Diagnostics) {
    let least = scenario.classes().iter().map(|class| class.priority).min();
    for (name, service) in &scenario.services {
        for (operation, _) in &service.rate_limits {
            offered(operation, name, service, found);
        }
        if let Some(asks) = service.probe.as_ref().and_then(|probe| probe.asks.as_ref()) {
            offered(asks, name, service, found);
        }
        shedding_acts(name, service, least, found);
    }
}

/// A service is asked only for its own operations.
fn offered(operation: &Name, service_name: &Name, service: &Service, found: &mut Diagnostics) {
    let own: Vec<&str> = service.operations.iter().map(|(name, _)| name.as_str()).collect();
    if own.contains(&operation.as_str()) {
        return;
    }
    let with_service = operation
        .split_once('.')
        .filter(|(service, rest)| *service == service_name.value && own.contains(rest));
    if let Some((_, rest)) = with_service {
        let message = format!("the service is named here: `{}`", operation.value);
        found.push(
            Diagnostic::error(code::NAME, operation.span, message)
                .label(format!("an operation of `{}` is meant anyway", service_name.value))
                .help(format!("write \"{rest}\"")),
        );
        return;
    }
    let message = format!("service `{}` has no operation `{}`", service_name.value, operation.value);
    found.push(unknown(message, operation, &own));
}

/// Shedding needs a queue as long, and somebody who matters less; `least` is the lowest priority of all classes.
fn shedding_acts(name: &Name, service: &Service, least: Option<u8>, found: &mut Diagnostics) {
    for rule in &service.shed {
        if let Capacity::AtMost(most) = service.queue.capacity()
            && rule.queue.value > most
        {
            let message = format!("the queue of `{}` is never long enough to shed", name.value);
            found.push(
                Diagnostic::warning(code::NO_EFFECT, rule.queue.span, message)
                    .label(format!("it holds {most}"))
                    .help(format!("write at most {most}, or give the queue a larger `capacity`")),
            );
        }
        if least.is_some_and(|least| least >= rule.below.value) {
            let message =
                format!("`{}` sheds nothing: nobody has a priority below {}", name.value, *rule.below);
            found.push(
                Diagnostic::warning(code::NO_EFFECT, rule.below.span, message)
                    .label("nobody is below")
                    .help("give the `traffic` that matters least a lower `priority`"),
            );
        }
    }
}

/// Balancers believe probes only where there are any.
pub(in crate::scenario) fn detection(scenario: &Scenario, names: &Names, found: &mut Diagnostics) {
    let mut first: BTreeMap<&str, &Name> = BTreeMap::new();
    for (key, policy) in &scenario.calls {
        let Some((_, callee)) = key.split_once(" -> ") else { continue };
        let callee = callee.split('.').next().unwrap_or(callee);
        let has_none = names.services.get(callee).is_some_and(|service| service.probe.is_none());
        if policy.detection == Detection::Probes && has_none {
            first.entry(callee).or_insert(key);
        }
    }
    for (callee, key) in first {
        let message = format!("`detection: Probes` believes the probe of `{callee}`, which has none");
        let mut problem = Diagnostic::error(code::FIT, key.span, message)
            .label("nobody would ever be found unwell")
            .help(format!("add `probe: Probe(interval: \"5s\")` to service \"{callee}\""));
        if let Some((name, _)) = scenario.services.iter().find(|(name, _)| name.value == callee) {
            problem = problem.related(name.span, "has no `probe`");
        }
        found.push(problem);
    }
}
