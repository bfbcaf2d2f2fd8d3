//! Which settings a run may change while it goes on, and why not the others.

use crate::diagnostic::{Diagnostic, Spanned};
use crate::scenario::check::unknown::unknown;
use crate::scenario::edit::path::{Part, Path, Step, forbidden};
use crate::scenario::read::decode::Schema;
use crate::scenario::read::scalar::edge;
use crate::scenario::words::code;
use crate::scenario::{NewValue, Scenario, Service};

/// What of a service may change.
const OF_SERVICES: &[&str] =
    &["threads", "contention", "queue", "when_full", "restart", "memory", "rate_limits", "shed"];

/// Where a change takes place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::scenario) enum Place {
    /// In a service of this name.
    Service(String),
    /// In a policy of this key.
    Call(String),
}

/// Where a path leads that a run may follow. What is below that place is not looked at.
pub(in crate::scenario) fn place(path: &Path, value: &NewValue) -> Result<Place, Diagnostic> {
    if let Some(problem) = forbidden(path) {
        return Err(problem);
    }
    let [section, rest @ ..] = &path.parts[..] else { return Err(whole(path)) };
    let refuse = |part: &Part, why: &str| Err(fixed(part, why, path, value));
    match (name(section), rest) {
        ("services" | "calls", [] | [_]) => Err(whole(path)),
        ("services", [of, field, ..]) => match name(field) {
            "replicas" => refuse(field, "replicas neither come nor go"),
            "operations" => refuse(field, "what a service does is fixed"),
            "probe" => refuse(field, "what people see by is fixed"),
            other if is_field_of_service(other) && !OF_SERVICES.contains(&other) => {
                refuse(field, "it is fixed from the begin")
            }
            _ => Ok(Place::Service(name(of).to_owned())),
        },
        ("calls", [key, field, ..]) => match name(field) {
            "scope" => refuse(field, "who shares the state is fixed"),
            _ => Ok(Place::Call(edge(name(key)))),
        },
        (other, _) => reason(other).map_or_else(
            || {
                let wanted = Spanned { value: other.to_owned(), span: section.span };
                Err(unknown(format!("a run has no `{other}` to set"), &wanted, &["services", "calls"]))
            },
            |why| refuse(section, why),
        ),
    }
}

/// What a step leads to by name; nothing is called like a position.
fn name(part: &Part) -> &str {
    match &part.step {
        Step::Name(name) => name,
        Step::Index(_) => "",
    }
}

fn is_field_of_service(name: &str) -> bool {
    Service::info().forms.iter().flat_map(|form| form.fields).any(|field| field.name == name)
}

/// Why a part of the scenario cannot change, if it is one.
fn reason(section: &str) -> Option<&'static str> {
    let known = Scenario::info().forms.iter().flat_map(|form| form.fields).any(|field| field.name == section);
    match section {
        "traffic" => Some("users come as they come"),
        "faults" => Some("what breaks is fixed"),
        "monitors" => Some("what people see by is fixed"),
        "response" | "on_call" => Some("what people do is fixed"),
        "expect" | "impact" => Some("it is judged after the run"),
        "seed" => Some("draws are a function of it"),
        "warm_up" | "horizon" | "limits" => Some("the run has begun"),
        _ => known.then_some("it is no setting of the system"),
    }
}

fn fixed(part: &Part, why: &str, path: &Path, value: &NewValue) -> Diagnostic {
    let message = format!("`{}` cannot change during a run", name(part));
    let variant = format!("variants: {{ \"...\": Variant(set: {{ \"{}\": {} }}) }}", path.text(), value.text);
    Diagnostic::error(code::FIXED, part.span, message)
        .label(why)
        .help(format!("to see what another choice does, write a variant: {variant}"))
}

fn whole(path: &Path) -> Diagnostic {
    Diagnostic::error(code::PATH, path.span, "this is more than one setting")
        .label("goes on with the name of a setting")
        .help("write for example services.user.threads, or calls.'checkout -> user'.retry.max_attempts")
}
