//! What the people could see: alerts, readings at key moments, and lights that stayed green. Reads no settings.

use crate::record::{MonitorTrack, Record};
use crate::report::block::{Line, Tone};
use crate::report::quantity;
use crate::report::story::moments::{Happening, Weight};

/// So many readings stand in one sentence.
const READINGS: usize = 4;

/// Alerts: the first firing of each, and when it was resolved for good.
pub(super) fn all(record: &Record) -> Vec<Happening> {
    let mut found: Vec<Happening> =
        record.actual.monitors.iter().flat_map(|(name, track)| firings(name, track)).collect();
    // With people in it the end is theirs to tell: that all alerts are gone is one moment.
    if let Some(gone_s) = all_gone(record).filter(|_| !record.actual.response.is_empty()) {
        found.retain(|happening| happening.weight == Weight::Essential);
        let what = Line::toned(Tone::Good, "alert ").and("all of them have resolved");
        found.push(Happening { at_s: gone_s, weight: Weight::Essential, what });
    }
    found
}

/// When the last of several alerts was resolved, if all were.
fn all_gone(record: &Record) -> Option<f64> {
    let fired = || record.actual.monitors.values().filter_map(|track| track.alerts.last());
    let last = fired().map(|(_, to)| to.unwrap_or(f64::INFINITY)).fold(f64::NEG_INFINITY, f64::max);
    (fired().count() > 1 && last.is_finite()).then_some(last)
}

/// The firings of one alert.
fn firings(name: &str, track: &MonitorTrack) -> Vec<Happening> {
    let (Some((first, _)), Some((_, last))) = (track.alerts.first(), track.alerts.last()) else {
        return Vec::new();
    };
    let reads = reading(track, *first).map_or_else(String::new, |value| format!(" at {value}"));
    let threshold = track.threshold.map_or_else(String::new, |threshold| {
        format!(" (threshold {})", quantity_of(&track.unit, threshold))
    });
    let often = match track.alerts.len() {
        1 => String::new(),
        times => format!(", the first of {times} times"),
    };
    let end = if last.is_none() { ", and still fires at the end" } else { "" };
    let mut found = vec![Happening {
        at_s: *first,
        weight: Weight::Essential,
        what: Line::toned(Tone::Bad, "alert ").and(format!("{name} fires{reads}{threshold}{often}{end}")),
    }];
    if let Some(last) = last {
        let what = Line::toned(Tone::Good, "alert ").and(format!("{name} resolves"));
        found.push(Happening { at_s: *last, weight: Weight::Important, what });
    }
    found
}

/// What the monitors read at an instant, as the end of a sentence: `; the monitors read user errors 28.4 %`. They
/// look back over a while, so they may not yet show what is.
pub(super) fn readings(record: &Record, at_s: f64) -> Line {
    let mut told: Vec<String> = Vec::new();
    for (name, track) in &record.actual.monitors {
        if let Some(value) = reading(track, at_s) {
            told.push(format!("{name} {value}"));
        }
    }
    told.truncate(READINGS);
    if told.is_empty() {
        Line::default()
    } else {
        Line::dim(format!("; the monitors read {}", told.join(", ")))
    }
}

/// Lights that stayed green on services that were hit.
pub(super) fn greens(record: &Record, hit: &[&str]) -> Vec<String> {
    let always_green = |track: &&MonitorTrack| {
        track.reading == "healthy"
            && !track.samples.is_empty()
            && hit.contains(&track.of.as_str())
            && track.samples.iter().all(|(_, value)| *value >= 1.0)
    };
    record
        .actual
        .monitors
        .values()
        .filter(always_green)
        .map(|track| format!("{}'s probe was green all the time", track.of))
        .collect()
}

/// Whether there were alerts to fire and none did.
pub(super) fn nobody_was_called(record: &Record) -> bool {
    let mut with_alert = record.actual.monitors.values().filter(|track| track.threshold.is_some()).peekable();
    with_alert.peek().is_some() && with_alert.all(|track| track.alerts.is_empty())
}

/// The last reading up to an instant.
pub(super) fn reading(track: &MonitorTrack, at_s: f64) -> Option<String> {
    let after = track.samples.partition_point(|(time, _)| *time <= at_s);
    let (_, value) = track.samples.get(after.checked_sub(1)?)?;
    Some(quantity_of(&track.unit, *value))
}

/// A value in its unit.
pub(in crate::report) fn quantity_of(unit: &str, value: f64) -> String {
    match unit {
        "share" => quantity::share(value),
        "per_s" => quantity::rate(value),
        "s" => quantity::seconds(value),
        "ratio" => quantity::ratio(value),
        "count" => quantity::plain(value),
        _ => quantity::number(value),
    }
}
