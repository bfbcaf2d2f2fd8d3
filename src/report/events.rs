//! `events.jsonl`: changes of state and actions of all worlds, one JSON object per line, in the order of time.

use indexmap::IndexMap;
use serde::Serialize;

use crate::record::{Record, ResponseEntry, ResponseKind, Transition, WorldRecord};

/// Version of this format.
pub const EVENTS_VERSION: u32 = 1;

/// The first line: what the others belong to.
#[derive(Serialize)]
struct Header<'a> {
    events_version: u32,
    scenario: &'a str,
    variant: Option<&'a str>,
    seed: u64,
}

/// A change of state in a world.
#[derive(Serialize)]
struct Event<'a> {
    at_s: f64,
    world: &'a str,
    kind: &'a str,
    subject: &'a str,
    state: &'a str,
}

/// Something that people or automation did.
#[derive(Serialize)]
struct Action<'a> {
    at_s: f64,
    world: &'a str,
    kind: &'static str,
    subject: &'a str,
    state: ResponseKind,
    what: &'a str,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    readings: IndexMap<&'a str, f64>,
}

/// The events of a record. At equal times the actual world comes first, and each world keeps its own order.
pub fn events(record: &Record) -> String {
    let header = Header {
        events_version: EVENTS_VERSION,
        scenario: &record.scenario,
        variant: record.variant.as_deref(),
        seed: record.seed,
    };
    let mut events: Vec<(f64, String)> = of_world("actual", &record.actual).collect();
    events.extend(record.twin.iter().flat_map(|twin| of_world("twin", twin)));
    events.extend(record.unattended.iter().flat_map(|world| of_world("unattended", world)));
    events.sort_by(|a, b| a.0.total_cmp(&b.0));
    let lines = std::iter::once(line(&header)).chain(events.into_iter().map(|event| event.1));
    lines.fold(String::new(), |text, line| text + &line + "\n")
}

/// The events of one world with their times: what changed, then what was done.
fn of_world<'a>(world: &'a str, record: &'a WorldRecord) -> impl Iterator<Item = (f64, String)> {
    let change = move |change: &'a Transition| {
        let Transition { at_s, kind, subject, state } = change;
        (*at_s, line(&Event { at_s: *at_s, world, kind, subject, state }))
    };
    let action = move |entry: &'a ResponseEntry| {
        let readings = entry.readings.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let ResponseEntry { at_s, by, kind, what, .. } = entry;
        let action = Action { at_s: *at_s, world, kind: "action", subject: by, state: *kind, what, readings };
        (*at_s, line(&action))
    };
    record.transitions.iter().map(change).chain(record.response.iter().map(action))
}

/// One line. Serialization of plain data with string keys cannot fail.
fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
