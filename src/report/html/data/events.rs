//! What changed in the actual world and what was done about it, as parts of sentences, in order. Leaves nothing out.

use serde::Serialize;

use crate::record::{Record, ResponseEntry, Transition};

use super::series::Number;
use super::topology::Names;

/// Something that happened.
#[derive(Debug, Serialize)]
pub(super) struct Event<'a> {
    at_s: Number,
    kind: &'a str,
    subject: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edge: Option<usize>,
    state: &'a str,
    text: String,
}

/// All of them; at equal times what changed comes before what was done.
pub(super) fn events(record: &Record) -> Vec<Event<'_>> {
    let changes = record.actual.transitions.iter().map(|change| (change.at_s, changed(record, change)));
    let deeds = record.actual.response.iter().map(|entry| (entry.at_s, done(record, entry)));
    let mut all: Vec<(f64, Event)> = changes.chain(deeds).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all.into_iter().map(|(_, event)| event).collect()
}

fn changed<'a>(record: &'a Record, change: &'a Transition) -> Event<'a> {
    let Transition { at_s, kind, subject, state } = change;
    let names = Names::new(record);
    let node;
    let mut edge = None;
    let text = match *kind {
        "fault" => {
            let fault = record.faults.iter().find(|fault| fault.name == *subject);
            node = fault.and_then(|fault| names.service(&fault.service));
            let what = fault.map_or_else(String::new, |fault| format!(", {} of {}", fault.effect, fault.on));
            format!("fault {subject}{what}: {state}s")
        }
        "alert" => {
            let of = record.actual.monitors.get(subject).map_or("", |track| track.of.as_str());
            node = names.service(of).or_else(|| names.class(of));
            edge = names.call(of);
            format!("alert {subject} {}", if *state == "firing" { "fires" } else { "is resolved" })
        }
        "breaker" => {
            let call = subject.rsplit_once(" #").map_or(subject.as_str(), |(call, _)| call);
            edge = names.call(call);
            node = call.split_once(" -> ").and_then(|(caller, _)| names.service(caller));
            format!("breaker {subject} is {state}")
        }
        kind => {
            let service = subject.rsplit_once('/').map_or(subject.as_str(), |(service, _)| service);
            node = names.service(service);
            if kind == "probe" {
                format!("the probe of {subject} says {state}")
            } else {
                format!("{subject} is {state}")
            }
        }
    };
    Event { at_s: Number::time(*at_s), kind, subject, node, edge, state, text }
}

fn done<'a>(record: &'a Record, entry: &'a ResponseEntry) -> Event<'a> {
    let restarted = entry.what.strip_prefix("restart ").and_then(|rest| rest.split_once(','));
    Event {
        at_s: Number::time(entry.at_s),
        kind: "action",
        subject: &entry.by,
        node: restarted.and_then(|(service, _)| Names::new(record).service(service)),
        edge: None,
        state: entry.kind.name(),
        text: format!("{}: {}", entry.by, entry.what),
    }
}
