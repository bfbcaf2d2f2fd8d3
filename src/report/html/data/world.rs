//! The series of a world: requests by class, attempts by service and by call, window by window.

use indexmap::IndexMap;
use serde::Serialize;

use crate::record::{CallSeries, ClassSeries, ServiceSeries, WorldRecord};
use crate::report::html::data::series::{Series, counts, latencies, levels};

/// A world.
#[derive(Debug, Serialize)]
pub(super) struct World<'a> {
    classes: IndexMap<&'a str, Class>,
    services: IndexMap<&'a str, Service>,
    calls: IndexMap<&'a str, Call>,
}

/// How much of a world is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// All that a lane can show.
    Whole,
    /// What another world is held against.
    Compared,
    /// What users got.
    Answers,
}

/// Requests of a class. A series that is zero throughout is left out, here and below.
#[derive(Debug, Default, Serialize)]
struct Class {
    #[serde(skip_serializing_if = "Option::is_none")]
    arrived: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    degraded: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limited: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p99_ms: Option<Series>,
}

/// Attempts at a service.
#[derive(Debug, Default, Serialize)]
struct Service {
    #[serde(skip_serializing_if = "Option::is_none")]
    offered: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue_length: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    busy_threads: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p99_ms: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p50_ms: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timed_out: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shed: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retried: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_threads: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    running_replicas: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hits: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    misses: Option<Series>,
}

/// Attempts of a call.
#[derive(Debug, Default, Serialize)]
struct Call {
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_attempts: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Series>,
    #[serde(skip_serializing_if = "Option::is_none")]
    breakers_open: Option<Series>,
}

/// The series of a world.
pub(super) fn world(record: &WorldRecord, detail: Detail) -> World<'_> {
    let windows = record.windows;
    let classes = record.classes.iter().map(|(name, of)| (name.as_str(), class(of, windows, detail)));
    if detail == Detail::Answers {
        return World { classes: classes.collect(), services: IndexMap::new(), calls: IndexMap::new() };
    }
    let services = record.services.iter().map(|(name, of)| (name.as_str(), service(of, windows, detail)));
    let calls = record.calls.iter().map(|(name, of)| (name.as_str(), call(of, windows, detail)));
    World { classes: classes.collect(), services: services.collect(), calls: calls.collect() }
}

fn class(of: &ClassSeries, windows: usize, detail: Detail) -> Class {
    let count = |values: &[u64]| counts(values, windows);
    let answers = Class {
        arrived: count(&of.arrived),
        ok: count(&of.ok),
        failed: count(&of.failed),
        degraded: count(&of.degraded),
        ..Class::default()
    };
    if detail == Detail::Answers {
        return answers;
    }
    Class { limited: count(&of.limited), p99_ms: latencies(&of.latency.p99_ms, windows), ..answers }
}

fn service(of: &ServiceSeries, windows: usize, detail: Detail) -> Service {
    let count = |values: &[u64]| counts(values, windows);
    let level = |values: &[f64]| levels(values, windows);
    let compared = Service {
        offered: count(&of.offered),
        ok: count(&of.ok),
        failed: count(&of.failed),
        queue_length: level(&of.queue_length),
        busy_threads: level(&of.busy_threads),
        p99_ms: latencies(&of.latency.p99_ms, windows),
        ..Service::default()
    };
    if detail == Detail::Compared {
        return compared;
    }
    Service {
        p50_ms: latencies(&of.latency.p50_ms, windows),
        timed_out: count(&of.timed_out),
        shed: count(&of.shed),
        retried: count(&of.retried),
        waiting_threads: level(&of.waiting_threads),
        running_replicas: level(&of.running_replicas),
        hits: count(&of.hits),
        misses: count(&of.misses),
        ..compared
    }
}

fn call(of: &CallSeries, windows: usize, detail: Detail) -> Call {
    let count = |values: &[u64]| counts(values, windows);
    let compared = Call { attempts: count(&of.attempts), failed: count(&of.failed), ..Call::default() };
    if detail == Detail::Compared {
        return compared;
    }
    Call {
        first_attempts: count(&of.first_attempts),
        refused: count(&of.refused),
        breakers_open: levels(&of.breakers_open, windows),
        ..compared
    }
}
