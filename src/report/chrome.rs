//! The requests of a run that were followed, in the trace-event format that Chrome and Perfetto read. Services are
//! processes, replicas threads.
//!
//! All spans are complete events (`X`). On one track they must lie within each other, and what a replica does at once
//! does not: each replica has as many tracks as it needs, and a span goes to that of its parent or to one that is free.

use serde::Serialize;

use indexmap::IndexMap;

use crate::experiment::{Span, SpanKind, Trace};
use crate::record::Record;
use crate::time::SimTime;

/// The number of the users among the processes.
const USERS: usize = 1;
/// Tracks of one replica are numbered from a multiple of this.
const TRACKS: usize = 100_000;

/// The whole file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    display_time_unit: &'static str,
    other_data: IndexMap<&'static str, String>,
    trace_events: Vec<Event<'a>>,
}

/// One line of it. Times are in microseconds since the begin of the run.
#[derive(Serialize)]
struct Event<'a> {
    ph: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cat: Option<&'static str>,
    pid: usize,
    tid: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    args: IndexMap<&'static str, String>,
}

/// The spans that are open on each track of a replica, the innermost last.
type Tracks = Vec<Vec<usize>>;

/// Writes a trace.
pub fn trace(trace: &Trace, record: &Record) -> String {
    let tracks = tracks(trace);
    let mut events = names(trace, &tracks);
    events.extend(trace.spans.iter().zip(&tracks).map(|(span, track)| event(trace, span, *track)));
    let other_data = IndexMap::from([
        ("knockon", record.knockon.clone()),
        ("scenario", record.scenario.clone()),
        ("seed", record.seed.to_string()),
        ("fingerprint", record.actual.fingerprint.clone()),
        ("T+0_us", (trace.origin.as_nanos() / 1_000).to_string()),
    ]);
    let file = File { display_time_unit: "ms", other_data, trace_events: events };
    serde_json::to_string(&file).expect("texts and finite numbers can be written") + "\n"
}

/// A span.
fn event<'a>(trace: &Trace, span: &'a Span, (pid, tid): (usize, usize)) -> Event<'a> {
    let (from, to) = (micros(span.from), micros(span.to));
    let mut args: IndexMap<&'static str, String> = span.facts.iter().cloned().collect();
    args.insert("at", format!("T{:+.6} s", span.from.secs_since(trace.origin)));
    Event {
        ph: "X",
        name: &span.name,
        cat: Some(category(span.kind)),
        pid,
        tid,
        ts: Some(from),
        dur: Some(to - from),
        args,
    }
}

/// Microseconds, in parts of 1,024: nearly a nanosecond, and what a viewer adds up is exact, so that who ends with its parent
/// is not later than it by a rounding error.
fn micros(at: SimTime) -> f64 {
    (at.as_nanos() as f64 * 1.024).round() / 1_024.0
}

const fn category(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Request => "request",
        SpanKind::Call => "call",
        SpanKind::Attempt => "attempt",
        SpanKind::AtReplica => "at_replica",
        SpanKind::InLine => "in_line",
        SpanKind::OnThread => "on_thread",
        SpanKind::Working => "work",
    }
}

/// The names of processes and threads that have any span.
fn names<'a>(trace: &Trace, tracks: &[(usize, usize)]) -> Vec<Event<'a>> {
    let name = |what, pid, tid, text: String| Event {
        ph: "M",
        name: what,
        cat: None,
        pid,
        tid,
        ts: None,
        dur: None,
        args: IndexMap::from([("name", text)]),
    };
    let mut used = tracks.to_vec();
    used.sort_unstable();
    used.dedup();
    let mut events = Vec::new();
    let mut last = 0;
    for (pid, tid) in used {
        let service = pid.checked_sub(USERS + 1).and_then(|index| trace.services.get(index));
        let process = service.map_or("users", String::as_str);
        if pid != last {
            events.push(name("process_name", pid, 0, process.to_owned()));
            last = pid;
        }
        let (replica, track) = (tid / TRACKS, tid % TRACKS);
        let thread = if service.is_some() { format!("{process}/{replica}") } else { process.to_owned() };
        let thread = if track > 1 { format!("{thread} ({track})") } else { thread };
        events.push(name("thread_name", pid, tid, thread));
    }
    events
}

/// The process and the thread of each span.
fn tracks(trace: &Trace) -> Vec<(usize, usize)> {
    let spans = &trace.spans;
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|position| {
        let span = &spans[*position];
        (span.from, std::cmp::Reverse(span.to), *position)
    });
    let mut found = vec![(0, 0); spans.len()];
    let mut places: IndexMap<&Option<(String, u32)>, Tracks> = IndexMap::new();
    for position in order {
        let span = &spans[position];
        let open = places.entry(&span.place).or_default();
        for track in open.iter_mut() {
            while track.last().is_some_and(|last| spans[*last].to <= span.from) {
                track.pop();
            }
        }
        let within = |track: &Vec<usize>| track.last().is_some_and(|last| Some(*last) == span.parent);
        let track = open.iter().position(within).or_else(|| open.iter().position(Vec::is_empty));
        let track = track.unwrap_or_else(|| {
            open.push(Vec::new());
            open.len() - 1
        });
        open[track].push(position);
        found[position] = span.place.as_ref().map_or((USERS, track + 1), |(service, replica)| {
            let service = trace.services.iter().position(|name| name == service);
            (USERS + 1 + service.unwrap_or_default(), *replica as usize * TRACKS + track + 1)
        });
    }
    found
}
