//! The parts of a run in the order in which they are read, as one line of JSON that is safe within a page.

use indexmap::IndexMap;
use serde::Serialize;

use crate::analysis::{Summary, SustainingLoop};
use crate::record::{FaultSpan, MonitorTrack, Record};
use crate::report::html::key::{KeyMoment, key_moments, no_return_s};
use crate::unseen::marked;

use super::events::{Event, events};
use super::harm::{Blamed, Cause, Hit, blamed, first_hit, roots};
use super::series::Number;
use super::topology::{Edge, Map, Node, map};
use super::world::{Detail, World, world};

/// All that the replay reads.
#[derive(Serialize)]
struct Data<'a> {
    runs: Vec<Run<'a>>,
}

/// A run.
#[derive(Serialize)]
struct Run<'a> {
    title: String,
    variant: Option<&'a str>,
    seed: u64,
    /// Seconds since midnight of T+0.
    start: Option<u32>,
    window_s: Number,
    windows: usize,
    nodes: Vec<Node<'a>>,
    edges: Vec<Edge<'a>>,
    size: [Number; 2],
    faults: Vec<Fault<'a>>,
    actual: World<'a>,
    twin: Option<World<'a>>,
    unattended: Option<World<'a>>,
    monitors: Vec<Monitor<'a>>,
    events: Vec<Event<'a>>,
    first_hit: Vec<Hit<'a>>,
    #[serde(rename = "loop")]
    sustained: Option<&'a SustainingLoop>,
    roots: Vec<Cause<'a>>,
    /// Windows of a stretch of the blame.
    stretch: usize,
    blame: Vec<Blamed>,
    moments: Vec<Moment>,
    /// From when on no time heals it, if there is such a moment.
    no_return_s: Option<Number>,
    notes: Option<&'a str>,
}

/// A fault.
#[derive(Serialize)]
struct Fault<'a> {
    name: &'a str,
    effect: &'a str,
    service: &'a str,
    from_s: Number,
    to_s: Option<Number>,
}

/// A monitor of the actual world.
#[derive(Serialize)]
struct Monitor<'a> {
    name: &'a str,
    unit: &'a str,
    of: &'a str,
    /// Whether that is a traffic class: a service may have the same name.
    of_class: bool,
    reading: &'a str,
    /// Where the page says what it reads.
    anchor: String,
    threshold: Option<Number>,
    side: Option<&'a str>,
    samples: Vec<[Number; 2]>,
    alerts: Vec<(Number, Option<Number>)>,
}

/// A key moment.
#[derive(Serialize)]
struct Moment {
    at_s: Number,
    title: String,
    ask: String,
    tell: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    later: Vec<(Number, String)>,
}

/// The runs of a page.
pub(in crate::report::html) fn json<'a>(runs: impl Iterator<Item = (&'a Record, &'a Summary)>) -> String {
    let data = Data {
        runs: runs.enumerate().map(|(number, (record, summary))| run(number, record, summary)).collect(),
    };
    // Serialization of plain data with string keys cannot fail.
    harmless(&marked(&serde_json::to_string(&data).unwrap_or_default()))
}

/// With the characters that end a script or begin a comment written as JSON writes any other: they stand within strings
/// alone.
fn harmless(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            letter => safe.push(letter),
        }
    }
    safe
}

fn run<'a>(number: usize, record: &'a Record, summary: &'a Summary) -> Run<'a> {
    let Map { nodes, edges, size } = map(record);
    let variant = record.variant.as_ref().map_or_else(String::new, |name| format!(", variant \"{name}\""));
    Run {
        title: format!("{}{variant}", record.scenario),
        variant: record.variant.as_deref(),
        seed: record.seed,
        start: record.start,
        window_s: Number::time(record.actual.window_s),
        windows: record.actual.windows,
        nodes,
        edges,
        size,
        faults: record.faults.iter().map(fault).collect(),
        actual: world(&record.actual, Detail::Whole),
        twin: record.twin.as_ref().map(|twin| world(twin, Detail::Compared)),
        unattended: record.unattended.as_ref().map(|alone| world(alone, Detail::Answers)),
        monitors: monitors(number, &record.actual.monitors),
        events: events(record),
        first_hit: first_hit(record, &summary.propagation),
        sustained: summary.sustaining_loop.as_ref(),
        roots: roots(record),
        stretch: record.blame.as_ref().map_or(1, |blame| blame.stretch),
        blame: blamed(record),
        moments: key_moments(record, summary).into_iter().map(moment).collect(),
        no_return_s: no_return_s(record, summary).map(Number::time),
        notes: record.notes.as_deref(),
    }
}

fn moment(moment: KeyMoment) -> Moment {
    let KeyMoment { at_s, title, ask, tell, later } = moment;
    let later = later.into_iter().map(|(at_s, text)| (Number::time(at_s), text)).collect();
    Moment { at_s: Number::time(at_s), title, ask, tell, later }
}

fn fault(fault: &FaultSpan) -> Fault<'_> {
    let FaultSpan { name, effect, service, from_s, to_s, .. } = fault;
    Fault { name, effect, service, from_s: Number::time(*from_s), to_s: to_s.map(Number::time) }
}

/// Where the page says what a monitor reads, by the places of its run and its own.
pub(in crate::report::html) fn monitor_anchor(run: usize, place: usize) -> String {
    format!("monitor-{run}-{place}")
}

fn monitors(run: usize, tracks: &IndexMap<String, MonitorTrack>) -> Vec<Monitor<'_>> {
    let mut monitors = Vec::new();
    for (place, (name, track)) in tracks.iter().enumerate() {
        let MonitorTrack { unit, reading, of, of_class, threshold, side, samples, alerts, .. } = track;
        let samples = samples
            .iter()
            .filter(|(at_s, _)| *at_s >= 0.0)
            .map(|(at_s, value)| [Number::time(*at_s), Number::short(*value)]);
        let alerts = alerts.iter().map(|(from, to)| (Number::time(*from), to.map(Number::time)));
        monitors.push(Monitor {
            name,
            unit,
            of,
            of_class: *of_class,
            reading,
            anchor: monitor_anchor(run, place),
            threshold: threshold.map(Number::short),
            side: side.as_deref(),
            samples: samples.collect(),
            alerts: alerts.collect(),
        });
    }
    monitors
}
