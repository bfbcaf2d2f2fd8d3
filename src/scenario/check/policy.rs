//! What must hold of the keys under `calls`: they name callers and callees that exist and call each other.

use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::scenario::check::names::{Names, OperationId, operation_exists, which_step};
use crate::scenario::check::unknown::unknown;
use crate::scenario::words::code;
use crate::scenario::{Name, Scenario};

/// Checks every key.
pub(in crate::scenario) fn policies(scenario: &Scenario, names: &Names, found: &mut Diagnostics) {
    for (key, _) in &scenario.calls {
        let Some((caller, callee)) = ends(key, names, found) else { continue };
        if !is_made(caller, callee, names) {
            found.push(never_made(key, caller, callee, names, Diagnostic::warning));
        }
    }
}

/// Checks a reference to all calls between two services, or from a class to a service: somebody must make them.
pub(in crate::scenario) fn call_exists(key: &Name, names: &Names, found: &mut Diagnostics) {
    let Some((caller, callee)) = ends(key, names, found) else { return };
    if caller.contains('.') || callee.contains('.') {
        let service = |end: &str| end.split('.').next().unwrap_or(end).to_owned();
        found.push(
            Diagnostic::error(code::NAME, key.span, "only policies are written for single operations")
                .label("names an operation")
                .help(format!("write \"{} -> {}\"", service(caller), service(callee))),
        );
    } else if !is_made(caller, callee, names) {
        found.push(never_made(key, caller, callee, names, Diagnostic::error));
    } else if names.is_journey(caller) {
        found.push(which_step(key, &calls_made(caller, names)));
    }
}

/// Caller and callee of a call, if both exist.
fn ends<'a>(key: &'a Name, names: &Names, found: &mut Diagnostics) -> Option<(&'a str, &'a str)> {
    let Some((caller, callee)) = key.split_once(" -> ").filter(|(a, b)| !a.is_empty() && !b.is_empty())
    else {
        found.push(
            Diagnostic::error(code::NAME, key.span, format!("`{}` is not a call", key.value))
                .label("expected \"caller -> callee\"")
                .help("write for example \"checkout -> user\" or \"checkout.buy -> user.authenticate\""),
        );
        return None;
    };
    // Both ends are looked at even if the first is wrong.
    let known = [caller_exists(key, caller, names, found), callee_exists(key, callee, names, found)];
    (known == [true, true]).then_some((caller, callee))
}

fn never_made(
    key: &Name,
    caller: &str,
    callee: &str,
    names: &Names,
    problem: fn(&'static str, Span, String) -> Diagnostic,
) -> Diagnostic {
    problem(code::NO_EFFECT, key.span, format!("`{caller}` never calls `{callee}`"))
        .label("there is no such call")
        .help(made_by(caller, names))
}

fn caller_exists(key: &Name, caller: &str, names: &Names, found: &mut Diagnostics) -> bool {
    let before = key.span;
    if caller.contains('.') {
        let known = names.operation(caller).is_some();
        operation_exists(&Name { value: caller.to_owned(), span: before }, names, found);
        return known;
    }
    if !names.is_caller(caller) {
        let callers: Vec<&str> =
            names.service_list.iter().copied().chain(names.classes.keys().copied()).collect();
        let wanted = Name { value: caller.to_owned(), span: before };
        found.push(unknown(format!("there is no service or traffic class `{caller}`"), &wanted, &callers));
        return false;
    }
    true
}

fn callee_exists(key: &Name, callee: &str, names: &Names, found: &mut Diagnostics) -> bool {
    let wanted = Name { value: callee.to_owned(), span: key.span };
    if callee.contains('.') {
        let known = names.operation(callee).is_some();
        operation_exists(&wanted, names, found);
        return known;
    }
    if !names.services.contains_key(callee) {
        found.push(unknown(format!("there is no service `{callee}`"), &wanted, &names.service_list));
        return false;
    }
    true
}

fn is_made(caller: &str, callee: &str, names: &Names) -> bool {
    let is_meant = |called: OperationId| match callee.split_once('.') {
        Some((service, operation)) => called == (service, operation),
        None => called.0 == callee,
    };
    let mut callers = std::iter::once(caller).chain(names.steps_of(caller));
    callers.any(|caller| names.called_by(caller).any(is_meant))
}

/// Which calls there are instead.
fn made_by(caller: &str, names: &Names) -> String {
    let service = caller.split('.').next().unwrap_or(caller);
    let made = calls_made(service, names);
    if made.is_empty() {
        format!("`{service}` calls nothing")
    } else {
        format!("there is {}", made.join(", "))
    }
}

/// The calls of a service, a class, or the steps of a journey, as they are written.
fn calls_made(caller: &str, names: &Names) -> Vec<String> {
    let made = names.edges.iter().filter(|(from, _)| *from == caller || is_step_of(from, caller, names));
    made.map(|(from, to)| format!("\"{from} -> {to}\"")).collect()
}

fn is_step_of(class: &str, journey: &str, names: &Names) -> bool {
    names.journey_of.get(class).is_some_and(|of| *of == journey)
}
