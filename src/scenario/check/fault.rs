//! What must hold of faults: they hit something that exists, in a way it can be hit, within the run.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::scenario::check::names::{Names, class_exists};
use crate::scenario::check::policy::call_exists;
use crate::scenario::check::unknown::unknown;
use crate::scenario::words::code;
use crate::scenario::{Effect, Fault, Name, Scenario, Target};

/// Checks all faults.
pub(in crate::scenario) fn faults(scenario: &Scenario, names: &Names, found: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for fault in &scenario.faults {
        within_the_run(fault, scenario, found);
        target_exists(fault, names, found);
        effect_fits(fault, names, found);
        let Some(name) = &fault.name else { continue };
        if let Some(&first) = seen.get(name.as_str()) {
            let message = format!("two faults are called `{}`", name.value);
            found.push(
                Diagnostic::error(code::TWICE, name.span, message)
                    .label("the name is taken")
                    .help("give each fault a name of its own")
                    .related(first, "first used here"),
            );
        } else {
            seen.insert(name, name.span);
        }
    }
}

fn within_the_run(fault: &Fault, scenario: &Scenario, found: &mut Diagnostics) {
    let horizon = scenario.horizon.value;
    if fault.at.value >= horizon {
        found.push(
            Diagnostic::error(code::FAULT_TIME, fault.at.span, "the fault begins after the end of the run")
                .label(format!("the run ends at T+{horizon}"))
                .help("let the fault begin earlier, or give the scenario a longer `horizon`")
                .related(scenario.horizon.span, "the horizon"),
        );
        return;
    }
    if let Some(lasting) = &fault.lasting
        && matches!(fault.effect, Effect::Flush { .. })
    {
        found.push(
            Diagnostic::warning(code::NO_EFFECT, lasting.span, "a flush has no duration")
                .label("has no effect")
                .help("how long the cache stays cold follows from what is asked of it"),
        );
    } else if let Some(lasting) = &fault.lasting
        && matches!(fault.effect, Effect::Restart { .. })
    {
        found.push(
            Diagnostic::warning(code::NO_EFFECT, lasting.span, "a restart has no duration of its own")
                .label("has no effect")
                .help("how long the process takes to come back is `restart: Restart(startup: ...)` of the service"),
        );
    } else if let Some(lasting) = &fault.lasting
        && fault.at.value + lasting.value > horizon
    {
        found.push(
            Diagnostic::warning(code::NO_EFFECT, lasting.span, "the fault lasts beyond the end of the run")
                .label(format!("the run ends at T+{horizon}"))
                .help("without `for`, a fault lasts to the end")
                .related(scenario.horizon.span, "the horizon"),
        );
    }
}

fn target_exists(fault: &Fault, names: &Names, found: &mut Diagnostics) {
    let (Target::Service(name) | Target::Replica(name, _) | Target::Share(name, _)) = &fault.on else {
        match &fault.on {
            Target::Call(call) => call_exists(call, names, found),
            Target::Traffic(traffic) if !names.is_journey(traffic) => arrives(traffic, names, found),
            _ => {}
        }
        return;
    };
    let Some(service) = names.services.get(name.as_str()) else {
        found.push(unknown(format!("there is no service `{}`", name.value), name, &names.service_list));
        return;
    };
    if let Target::Replica(_, index) = &fault.on
        && index.value >= service.replicas
    {
        let last = service.replicas.saturating_sub(1);
        let message = format!("`{}` has no replica {}", name.value, index.value);
        let range = if last == 0 { "write 0".to_owned() } else { format!("write a number from 0 to {last}") };
        found.push(
            Diagnostic::error(code::REPLICA, index.span, message)
                .label(format!("{} in all, counted from 0", service.replicas))
                .help(range),
        );
    }
}

fn effect_fits(fault: &Fault, names: &Names, found: &mut Diagnostics) {
    if let Effect::Flush { cache, .. } = &fault.effect {
        flushes_something(fault, cache.as_ref(), names, found);
    }
    let is_surge = matches!(fault.effect, Effect::Surge(_));
    let (span, on, help) = match &fault.on {
        Target::Call(Name { span, .. }) if !matches!(fault.effect, Effect::Errors(_)) => {
            (*span, "a call", "put it on a service, or use `effect: Errors(\"30%\")`")
        }
        Target::Traffic(Name { span, .. }) if !is_surge => {
            (*span, "traffic", "put it on a service, or use `effect: Surge(3)`")
        }
        Target::Service(name) | Target::Replica(name, _) | Target::Share(name, _) if is_surge => {
            (name.span, "a service", "say whose traffic surges: `on: Traffic(\"checkout\")`")
        }
        _ => return,
    };
    let message = format!("`{}` cannot happen to {on}", effect_name(&fault.effect));
    found.push(Diagnostic::error(code::FIT, span, message).label(on).help(help));
}

/// Traffic that a surge adds to: a class that is no later step of a journey.
fn arrives(traffic: &Name, names: &Names, found: &mut Diagnostics) {
    match names.journey_of.get(traffic.as_str()) {
        None => class_exists(traffic, names, found),
        Some(journey) => found.push(
            Diagnostic::error(code::FIT, traffic.span, format!("`{}` is a step of a journey", traffic.value))
                .label("surges begin with the first step")
                .help(format!("write \"{journey}\"")),
        ),
    }
}

/// A flush hits a service with caches, and one that it has.
fn flushes_something(fault: &Fault, cache: Option<&Name>, names: &Names, found: &mut Diagnostics) {
    let (Target::Service(on) | Target::Replica(on, _) | Target::Share(on, _)) = &fault.on else { return };
    let Some(service) = names.services.get(on.as_str()) else { return };
    let known: Vec<&str> = service.caches.iter().map(|(name, _)| name.as_str()).collect();
    if known.is_empty() {
        let message = format!("`{}` has no cache that could be flushed", on.value);
        found.push(Diagnostic::error(code::FIT, on.span, message).label("no `caches`").help(
            "flush a service with `caches`, or give it one that its operations ask: Lookup(\"profile\", miss: [...])",
        ));
    } else if let Some(cache) = cache.filter(|cache| !known.contains(&cache.as_str())) {
        found.push(unknown(format!("service `{}` has no cache `{}`", on.value, cache.value), cache, &known));
    }
}

fn effect_name(effect: &Effect) -> &'static str {
    match effect {
        Effect::Pause => "Pause",
        Effect::Crash => "Crash",
        Effect::Restart { .. } => "Restart",
        Effect::Slow(_) => "Slow",
        Effect::Latency { .. } => "Latency",
        Effect::Errors(_) => "Errors",
        Effect::Flush { .. } => "Flush",
        Effect::Surge(_) => "Surge",
    }
}
