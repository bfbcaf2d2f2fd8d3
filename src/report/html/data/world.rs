//! The series of a world: requests by class, attempts by service and by call, window by window.

use indexmap::IndexMap;
use serde::Serialize;

use crate::record::{CallSeries, ClassSeries, ServiceSeries, WorldRecord};
use crate::report::html::data::series::{Series, counts, latencies, levels};

/// Series by what they count. One that is zero throughout is left out.
type Told = IndexMap<&'static str, Series>;

/// A world.
#[derive(Debug, Serialize)]
pub(super) struct World<'a> {
    classes: IndexMap<&'a str, Told>,
    services: IndexMap<&'a str, Told>,
    calls: IndexMap<&'a str, Told>,
}

/// How much of a world is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// All that a lane can show.
    Whole,
    /// What another world is held against.
    Compared,
    /// How many users got an answer.
    Answers,
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

/// Those that have something to tell.
fn told<const N: usize>(series: [(&'static str, Option<Series>); N]) -> Told {
    series.into_iter().filter_map(|(name, series)| Some((name, series?))).collect()
}

/// Requests of a class.
fn class(of: &ClassSeries, windows: usize, detail: Detail) -> Told {
    let count = |values: &[u64]| counts(values, windows);
    let mut all = told([("ok", count(&of.ok))]);
    if detail != Detail::Answers {
        all.extend(told([
            ("arrived", count(&of.arrived)),
            ("failed", count(&of.failed)),
            ("p99_ms", latencies(&of.latency.p99_ms, windows)),
        ]));
    }
    if detail == Detail::Whole {
        all.extend(told([("degraded", count(&of.degraded))]));
    }
    all
}

/// Attempts at a service.
fn service(of: &ServiceSeries, windows: usize, detail: Detail) -> Told {
    let count = |values: &[u64]| counts(values, windows);
    let level = |values: &[f64]| levels(values, windows);
    let mut all = told([
        ("offered", count(&of.offered)),
        ("ok", count(&of.ok)),
        ("failed", count(&of.failed)),
        ("queue_length", level(&of.queue_length)),
        ("busy_threads", level(&of.busy_threads)),
        ("threads", level(&of.threads)),
        ("waiting_threads", level(&of.waiting_threads)),
        ("p99_ms", latencies(&of.latency.p99_ms, windows)),
    ]);
    if detail == Detail::Whole {
        all.extend(told([
            ("retried", count(&of.retried)),
            ("running_replicas", level(&of.running_replicas)),
            ("hits", count(&of.hits)),
            ("misses", count(&of.misses)),
        ]));
    }
    all
}

/// Attempts of a call.
fn call(of: &CallSeries, windows: usize, detail: Detail) -> Told {
    let count = |values: &[u64]| counts(values, windows);
    let mut all = told([("attempts", count(&of.attempts)), ("failed", count(&of.failed))]);
    if detail == Detail::Whole {
        all.extend(told([("breakers_open", levels(&of.breakers_open, windows))]));
    }
    all
}
