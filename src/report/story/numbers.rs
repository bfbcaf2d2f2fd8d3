//! The numbers of an incident side by side with its twin's: a table of classes, one of services, and one of the calls whose
//! attempts may wait at their caller.

use crate::analysis::{ServiceSummary, Summary, TrafficSummary};
use crate::record::Record;
use crate::report::block::{Table, Tone};
use crate::report::quantity::{self, NOTHING};

/// Beyond so many services, those that were not hit are left out.
const SERVICES: usize = 12;

/// Requests by traffic class; none without traffic.
pub(in crate::report) fn traffic(record: &Record, summary: &Summary) -> Option<Table> {
    let mut table = Table::of_numbers([
        "traffic",
        "requests",
        "ok",
        "degraded",
        "incorrect",
        "failed",
        "unfinished",
        "available",
        "twin",
        "nobody acting",
        "p50",
        "p99",
        "twin p99",
        "lost value",
    ]);
    let twin = summary.twin.as_ref();
    let unattended = summary.unattended.as_ref();
    // Against a twin as the cost is counted: requests that were never answered are lost, too.
    let radius = summary.blast_radius.as_ref().map(|radius| &radius.classes);
    let lost_value = |name: &str, class: &TrafficSummary| {
        radius.and_then(|classes| classes.get(name)).map_or(class.lost_value, |radius| radius.lost_value)
    };
    for (name, class) in &summary.traffic {
        let normal = twin.and_then(|twin| twin.traffic.get(name));
        let left_alone = unattended.and_then(|world| world.traffic.get(name));
        let answered = class.ok + class.degraded + class.incorrect > 0;
        let latency = |ms| if answered { quantity::millis(ms) } else { NOTHING.to_owned() };
        let worse = normal.is_some_and(|twin| class.availability < twin.availability - 0.01);
        table.rows.push((
            if worse { Tone::Bad } else { Tone::Plain },
            vec![
                name.clone(),
                quantity::count(class.requests),
                quantity::count(class.ok),
                quantity::count(class.degraded),
                quantity::count(class.incorrect),
                quantity::count(class.failed),
                quantity::count(class.unfinished),
                quantity::share(class.availability),
                normal.map_or(NOTHING.to_owned(), |twin| quantity::share(twin.availability)),
                left_alone.map_or(NOTHING.to_owned(), |world| quantity::share(world.availability)),
                latency(class.latency_ms.p50),
                latency(class.latency_ms.p99),
                normal.map_or(NOTHING.to_owned(), |twin| quantity::millis(twin.latency_ms.p99)),
                quantity::money(lost_value(name, class), &record.currency),
            ],
        ));
    }
    let nothing = quantity::money(0.0, &record.currency);
    let table = without_empty(table, &nothing);
    (!table.rows.is_empty()).then_some(table)
}

/// Attempts by service; none without services.
pub(in crate::report) fn services(record: &Record, summary: &Summary) -> Option<Table> {
    let mut table = Table::of_numbers([
        "service",
        "attempts",
        "load",
        "failed",
        "twin",
        "busy",
        "twin",
        "mean wait",
        "peak queue",
        "restarts",
        "out of memory",
        "first hit",
        "recovered",
    ]);
    let many = summary.services.len() > SERVICES;
    let mut left_out = 0_u64;
    for (name, service) in &summary.services {
        let target = record.faults.iter().any(|fault| &fault.service == name);
        if many && service.first_impact_s.is_none() && !target {
            left_out += 1;
            continue;
        }
        let normal = summary.twin.as_ref().and_then(|twin| twin.services.get(name));
        let tone = if service.first_impact_s.is_some() { Tone::Plain } else { Tone::Dim };
        table.rows.push((tone, service_cells(name, service, normal)));
    }
    if left_out > 0 {
        let mut cells = vec![String::new(); table.columns.len()];
        cells[0] = format!("{left_out} more, not hit");
        table.rows.push((Tone::Dim, cells));
    }
    (!table.rows.is_empty()).then(|| without_empty(table, ""))
}

/// Attempts by call, with their waits at the caller, of the calls whose attempts may have to wait there; none if nobody had
/// to, in either world.
pub(in crate::report) fn calls(record: &Record, summary: &Summary) -> Option<Table> {
    let mut table = Table::of_numbers([
        "call",
        "attempts",
        "refused",
        "mean wait before sending",
        "twin",
        "longest",
        "twin",
    ]);
    let millis = |ms: Option<f64>| ms.map_or_else(|| NOTHING.to_owned(), quantity::millis);
    let mut somebody_waited = false;
    for (name, call) in &summary.calls {
        let (Some(mean), Some(longest)) = (call.mean_wait_ms, call.longest_wait_ms) else { continue };
        let twin = record.twin.as_ref().and_then(|twin| twin.totals.calls.get(name));
        let longest_of_twin = twin.and_then(|twin| twin.longest_wait_ms);
        somebody_waited |= longest.max(longest_of_twin.unwrap_or(0.0)) > 0.0;
        let tone = if longest > 0.0 { Tone::Plain } else { Tone::Dim };
        let cells = vec![
            name.clone(),
            quantity::count(call.attempts),
            quantity::count(call.refused),
            quantity::millis(mean),
            millis(twin.and_then(|twin| twin.mean_wait_ms)),
            quantity::millis(longest),
            millis(longest_of_twin),
        ];
        table.rows.push((tone, cells));
    }
    somebody_waited.then(|| without_empty(table, ""))
}

/// One row of the table of services.
fn service_cells(name: &str, service: &ServiceSummary, twin: Option<&ServiceSummary>) -> Vec<String> {
    let or_nothing = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
    vec![
        name.to_owned(),
        quantity::count(service.attempts),
        or_nothing(service.load_ratio.map(quantity::ratio)),
        or_nothing(failed_share(service)),
        or_nothing(twin.and_then(failed_share)),
        quantity::share(service.utilization),
        or_nothing(twin.map(|twin| quantity::share(twin.utilization))),
        quantity::millis(service.mean_wait_ms),
        quantity::count(service.peak_queue),
        quantity::count(service.restarts),
        quantity::count(service.oom_kills),
        or_nothing(service.first_impact_s.map(quantity::instant)),
        or_nothing(service.recovered_s.map(quantity::instant)),
    ]
}

/// Failed / ended, as callers saw it.
fn failed_share(service: &ServiceSummary) -> Option<String> {
    let ended = service.ok + service.failed;
    (ended > 0).then(|| quantity::share(service.failed as f64 / ended as f64))
}

/// Without columns that say nothing in any row.
fn without_empty(table: Table, nothing: &str) -> Table {
    table.without_empty_columns(|cell| cell == "0" || cell == NOTHING || cell.is_empty() || cell == nothing)
}
