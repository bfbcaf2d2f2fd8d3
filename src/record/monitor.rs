//! What a record says of a monitor before it has read anything: what its numbers are, and of what.

use crate::model::{Model, Monitor, Subject};
use crate::record::MonitorTrack;
use crate::scenario::{Reading, Side, View};

/// The track of a monitor, still without readings.
pub(super) fn track(monitor: &Monitor, model: &Model) -> MonitorTrack {
    let (unit, reading) = match monitor.reading {
        Reading::ErrorRate { .. } => ("share", "error_rate"),
        Reading::Rate { .. } => ("per_s", "rate"),
        Reading::Latency { .. } => ("s", "latency"),
        Reading::Healthy => ("share", "healthy"),
        Reading::Busy => ("share", "busy"),
        Reading::Queue => ("count", "queue"),
        Reading::Ready => ("share", "ready"),
        Reading::Pauses => ("s", "pauses"),
        Reading::Retries => ("share", "retries"),
    };
    let (view, quantile) = match monitor.reading {
        Reading::ErrorRate { view } | Reading::Rate { view } => (Some(view), None),
        Reading::Latency { quantile, view } => (Some(view), Some(quantile)),
        _ => (None, None),
    };
    let of = match monitor.of {
        Subject::Class(id) => &model.classes[id].name,
        Subject::Service(id) => &model.services[id].name,
        Subject::Pair(id) => &model.pairs[id].name,
    };
    let view_name = |view| match view {
        View::Callers => "callers",
        View::Own => "own",
    };
    let side_name = |side| match side {
        Side::Above => "above",
        Side::Below => "below",
    };
    MonitorTrack {
        unit: unit.to_owned(),
        reading: reading.to_owned(),
        of: of.clone(),
        of_class: matches!(monitor.of, Subject::Class(_)),
        view: view.map(|view| view_name(view).to_owned()),
        quantile,
        window_s: (monitor.scrape * u64::from(monitor.buckets)).as_secs_f64(),
        scrape_s: monitor.scrape.as_secs_f64(),
        threshold: monitor.alert.map(|alert| alert.threshold),
        side: monitor.alert.map(|alert| side_name(alert.side).to_owned()),
        for_s: monitor.alert.map(|alert| alert.lasting.as_secs_f64()),
        samples: Vec::new(),
        alerts: Vec::new(),
    }
}
