//! All lints, and the order in which their findings come. Knows none of them.

use crate::model::lint::finding::{Finding, Lint};
use crate::model::lint::{capacity, probes, retries, waits};
use crate::model::{Forecast, Model};

/// All findings, the gravest first, then by code.
pub fn review(model: &Model, forecast: &Forecast) -> Vec<Finding> {
    let lint = Lint { model, forecast };
    let mut findings = Vec::new();
    for find in [
        capacity::too_busy,
        capacity::little_room,
        capacity::no_mean,
        capacity::cold_start,
        capacity::capacity_cache,
        capacity::too_few_places,
        retries::storm,
        retries::layers,
        retries::open_breaker_tried_again,
        waits::no_timeout,
        waits::shorter_than_the_answer,
        waits::caller_gives_up_first,
        capacity::unbounded_queue,
        capacity::queue_beyond_patience,
        capacity::queue_beyond_memory,
        waits::breaker_cannot_open,
        capacity::single_copy,
        probes::deep_probe,
    ] {
        findings.extend(find(&lint));
    }
    findings.sort_by_key(|finding: &Finding| (finding.gravity, finding.code));
    findings
}
