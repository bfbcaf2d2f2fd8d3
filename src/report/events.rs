//! `events.jsonl`: changes of state of all worlds, one JSON object per line, in the order of time.

use serde::Serialize;

use crate::record::{Record, Transition, WorldRecord};

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

/// The events of a record. At equal times the actual world comes first, and each world keeps its own order.
pub fn events(record: &Record) -> String {
    let header = Header {
        events_version: EVENTS_VERSION,
        scenario: &record.scenario,
        variant: record.variant.as_deref(),
        seed: record.seed,
    };
    let mut events: Vec<Event> = of_world("actual", &record.actual).collect();
    events.extend(record.twin.iter().flat_map(|twin| of_world("twin", twin)));
    events.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    let lines = std::iter::once(line(&header)).chain(events.iter().map(line));
    lines.fold(String::new(), |text, line| text + &line + "\n")
}

/// The events of one world.
fn of_world<'a>(world: &'a str, record: &'a WorldRecord) -> impl Iterator<Item = Event<'a>> {
    record.transitions.iter().map(move |Transition { at_s, kind, subject, state }| Event {
        at_s: *at_s,
        world,
        kind,
        subject,
        state,
    })
}

/// One line. Serialization of plain data with string keys cannot fail.
fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
