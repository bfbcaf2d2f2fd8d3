//! What must hold of caches: lookups ask one that there is, and each is asked by some.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::check::unknown::unknown;
use crate::scenario::words::code;
use crate::scenario::{Name, Scenario, Service, Step};

/// Checks the lookups and caches of every service.
pub(in crate::scenario) fn caches(scenario: &Scenario, found: &mut Diagnostics) {
    for (service, written) in &scenario.services {
        let lookups = lookups(written);
        let known: Vec<&str> = written.caches.iter().map(|(name, _)| name.as_str()).collect();
        for cache in &lookups {
            if !known.contains(&cache.as_str()) {
                found.push(no_such_cache(service, cache, &known));
            }
        }
        let asked: BTreeSet<&str> = lookups.iter().map(|cache| cache.as_str()).collect();
        for (name, _) in written.caches.iter().filter(|(name, _)| !asked.contains(name.as_str())) {
            let message = format!("nothing looks anything up in the cache `{}`", name.value);
            found.push(
                Diagnostic::warning(code::NO_EFFECT, name.span, message).label("never asked").help(format!(
                    "add Lookup(\"{}\", miss: [...]) to an operation of the service",
                    name.value
                )),
            );
        }
    }
}

fn no_such_cache(service: &Name, cache: &Name, known: &[&str]) -> Diagnostic {
    let message = format!("service `{}` has no cache `{}`", service.value, cache.value);
    let problem = unknown(message, cache, known);
    if known.is_empty() {
        let example = format!("caches: {{ \"{}\": Warming(hit_ratio: \"90%\", after: 5000) }}", cache.value);
        return problem.help(format!("add {example} to the service"));
    }
    problem
}

/// The caches that the steps of a service ask.
fn lookups(service: &Service) -> Vec<&Name> {
    let mut steps: Vec<&Step> = service.operations.iter().flat_map(|(_, steps)| steps).collect();
    let mut found = Vec::new();
    while let Some(step) = steps.pop() {
        steps.extend(step.within().into_iter().flatten());
        if let Step::Lookup { cache, .. } = step {
            found.push(cache);
        }
    }
    found
}
