//! `series.csv` and `seeds.csv`: flat tables in SI units for pandas and R. Opens no file.
//!
//! `series.csv` has one row for each (world, kind, name, window), an observation; its columns are what was measured,
//! empty where a kind does not have it. Monitors have a row for each scrape, with their reading under `value`.

use std::io;

use ::csv::Writer as Sheet;

use crate::record::{CallSeries, ClassSeries, MonitorTrack, Quantiles, Record, ServiceSeries, WorldRecord};
use crate::report::seeds::SeedTable;

/// Version of the format of `series.csv`.
pub const SERIES_VERSION: u32 = 1;

/// What identifies a row of `series.csv`.
const KEYS: [&str; 5] = ["world", "kind", "name", "start_s", "width_s"];

/// What is measured in a row of `series.csv`.
const MEASURED: [&str; 28] = [
    "arrived",
    "offered",
    "admitted",
    "completed",
    "attempts",
    "first_attempts",
    "ok",
    "degraded",
    "failed",
    "timed_out",
    "shed",
    "limited",
    "refused",
    "fallbacks",
    "retried",
    "hits",
    "misses",
    "in_flight",
    "queue_length",
    "busy_threads",
    "threads",
    "waiting_threads",
    "running_replicas",
    "breakers_open",
    "p50_ms",
    "p90_ms",
    "p99_ms",
    "value",
];

/// A column of a series: a value for each window.
#[derive(Clone, Copy)]
enum Values<'a> {
    Counts(&'a [u64]),
    Means(&'a [f64]),
    Quantiles(&'a [Option<f64>]),
}

impl Values<'_> {
    /// The cell of a window; empty where there is no value.
    fn cell(self, window: usize) -> String {
        let text = match self {
            Self::Counts(counts) => counts.get(window).map(ToString::to_string),
            Self::Means(means) => means.get(window).map(ToString::to_string),
            Self::Quantiles(values) => values.get(window).copied().flatten().map(|value| value.to_string()),
        };
        text.unwrap_or_default()
    }
}

/// The columns that a series has, by name.
type Columns<'a> = Vec<(&'static str, Values<'a>)>;

/// Writes `series.csv`: all windows of all worlds.
pub fn series(record: &Record, out: impl io::Write) -> io::Result<()> {
    let mut sheet = Sheet::from_writer(out);
    sheet.write_record(KEYS.into_iter().chain(MEASURED))?;
    world(&mut sheet, "actual", &record.actual)?;
    if let Some(twin) = &record.twin {
        world(&mut sheet, "twin", twin)?;
    }
    if let Some(unattended) = &record.unattended {
        world(&mut sheet, "unattended", unattended)?;
    }
    sheet.flush()
}

/// Writes `seeds.csv`: one row for each seed.
pub fn seeds(table: &SeedTable, out: impl io::Write) -> io::Result<()> {
    let mut sheet = Sheet::from_writer(out);
    let fixed = ["seed", "verdict", "fingerprint", "expectations_held", "expectations_failed"];
    let measured = table.runs.first().map(|run| run.values.keys().map(String::as_str));
    sheet.write_record(fixed.into_iter().chain(measured.into_iter().flatten()))?;
    for run in &table.runs {
        let fixed = [
            run.seed.to_string(),
            run.verdict_name().to_owned(),
            run.fingerprint.clone(),
            run.held.to_string(),
            run.failed.len().to_string(),
        ];
        let values =
            run.values.values().map(|value| value.map_or_else(String::new, |value| value.to_string()));
        sheet.write_record(fixed.into_iter().chain(values))?;
    }
    sheet.flush()
}

/// All series of one world.
fn world(sheet: &mut Sheet<impl io::Write>, world: &str, record: &WorldRecord) -> io::Result<()> {
    for (name, series) in &record.classes {
        windows(sheet, [world, "class", name], record, &class(series))?;
    }
    for (name, series) in &record.services {
        windows(sheet, [world, "service", name], record, &service(series))?;
    }
    for (name, series) in &record.calls {
        windows(sheet, [world, "call", name], record, &call(series))?;
    }
    for (name, track) in &record.monitors {
        scrapes(sheet, world, name, track)?;
    }
    Ok(())
}

/// One row for each window of a series.
fn windows(
    sheet: &mut Sheet<impl io::Write>,
    whose: [&str; 3],
    record: &WorldRecord,
    columns: &Columns,
) -> io::Result<()> {
    let of = |name: &str| columns.iter().find(|(column, _)| *column == name).map(|(_, values)| *values);
    let placed = MEASURED.map(of);
    let width = record.window_s.to_string();
    for window in 0..record.windows {
        let start = (window as f64 * record.window_s).to_string();
        let keys = whose.map(str::to_owned).into_iter().chain([start, width.clone()]);
        let cells = placed.iter().map(|values| values.map_or_else(String::new, |values| values.cell(window)));
        sheet.write_record(keys.chain(cells))?;
    }
    Ok(())
}

/// One row for each reading of a monitor.
fn scrapes(
    sheet: &mut Sheet<impl io::Write>,
    world: &str,
    name: &str,
    track: &MonitorTrack,
) -> io::Result<()> {
    for (at_s, value) in &track.samples {
        let keys =
            [world, "monitor", name].map(str::to_owned).into_iter().chain([at_s.to_string(), String::new()]);
        let cells =
            MEASURED.iter().map(|column| if *column == "value" { value.to_string() } else { String::new() });
        sheet.write_record(keys.chain(cells))?;
    }
    Ok(())
}

/// The columns of a traffic class.
fn class(series: &ClassSeries) -> Columns<'_> {
    let counts: Columns = vec![
        ("arrived", Values::Counts(&series.arrived)),
        ("ok", Values::Counts(&series.ok)),
        ("degraded", Values::Counts(&series.degraded)),
        ("failed", Values::Counts(&series.failed)),
        ("limited", Values::Counts(&series.limited)),
    ];
    counts.into_iter().chain(quantiles(&series.latency)).collect()
}

/// The columns of a service.
fn service(series: &ServiceSeries) -> Columns<'_> {
    let levels: Columns = vec![
        ("offered", Values::Counts(&series.offered)),
        ("admitted", Values::Counts(&series.admitted)),
        ("completed", Values::Counts(&series.completed)),
        ("ok", Values::Counts(&series.ok)),
        ("failed", Values::Counts(&series.failed)),
        ("timed_out", Values::Counts(&series.timed_out)),
        ("shed", Values::Counts(&series.shed)),
        ("retried", Values::Counts(&series.retried)),
        ("hits", Values::Counts(&series.hits)),
        ("misses", Values::Counts(&series.misses)),
        ("in_flight", Values::Means(&series.in_flight)),
        ("queue_length", Values::Means(&series.queue_length)),
        ("busy_threads", Values::Means(&series.busy_threads)),
        ("threads", Values::Means(&series.threads)),
        ("waiting_threads", Values::Means(&series.waiting_threads)),
        ("running_replicas", Values::Means(&series.running_replicas)),
    ];
    levels.into_iter().chain(quantiles(&series.latency)).collect()
}

/// The columns of a call.
fn call(series: &CallSeries) -> Columns<'_> {
    vec![
        ("attempts", Values::Counts(&series.attempts)),
        ("first_attempts", Values::Counts(&series.first_attempts)),
        ("failed", Values::Counts(&series.failed)),
        ("refused", Values::Counts(&series.refused)),
        ("fallbacks", Values::Counts(&series.fallbacks)),
        ("breakers_open", Values::Means(&series.breakers_open)),
    ]
}

/// The columns of a latency.
fn quantiles(latency: &Quantiles) -> Columns<'_> {
    vec![
        ("p50_ms", Values::Quantiles(&latency.p50_ms)),
        ("p90_ms", Values::Quantiles(&latency.p90_ms)),
        ("p99_ms", Values::Quantiles(&latency.p99_ms)),
    ]
}
