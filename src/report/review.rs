//! The design review as a report: the load forecast as a table, and the findings. Finds nothing itself.

use crate::model::lint::{Finding, Gravity};
use crate::model::{Forecast, Model, ServiceLoad};
use crate::report::block::{Block, Line, Report, Table, Tone};
use crate::report::quantity::{NOTHING, counted, instant, rate, seconds, share};

/// The forecast and the findings for a model.
pub fn design_review(model: &Model, forecast: &Forecast, findings: &[Finding]) -> Report {
    let mut blocks = vec![
        Block::Paragraph(
            Line::toned(Tone::Strong, "load forecast")
                .then(Tone::Dim, " in health, first attempts, no waiting"),
        ),
        Block::Table(table(model, forecast)),
    ];
    let title = if findings.is_empty() {
        Line::toned(Tone::Good, "the design review found nothing")
    } else {
        Line::toned(Tone::Strong, counted(findings.len() as u64, "finding"))
            .then(Tone::Dim, " of the design review; knockon explain CODE tells more")
    };
    blocks.push(Block::Paragraph(title));
    if !findings.is_empty() {
        blocks.push(Block::Facts(findings.iter().map(fact).collect()));
    }
    Report { title: "Design review".to_owned(), blocks }
}

/// A row for each service that traffic reaches.
fn table(model: &Model, forecast: &Forecast) -> Table {
    let mut table = Table::of_numbers([
        "service",
        "threads",
        "attempts",
        "hold",
        "utilization",
        "capacity",
        "worst case",
        "at",
    ]);
    let reached = || forecast.services.enumerate().filter(|(_, load)| load.attempts_per_s > 0.0);
    let same_instant = reached().all(|(_, load)| load.at <= model.origin);
    for (id, load) in reached() {
        let service = &model.services[id];
        let tone = match load {
            _ if load.utilization() >= 1.0 => Tone::Bad,
            _ if load.worst_per_s > load.capacity_per_s || load.utilization() > 0.8 => Tone::Caution,
            _ => Tone::Plain,
        };
        let threads = if service.replicas == 1 {
            service.settings.threads.to_string()
        } else {
            format!("{} x {}", service.replicas, service.settings.threads)
        };
        let at =
            if same_instant { String::new() } else { instant(load.at.secs_since(model.origin).max(0.0)) };
        table.rows.push((
            tone,
            vec![
                service.name.clone(),
                threads,
                rate(load.attempts_per_s),
                hold(load),
                share(load.utilization()),
                rate(load.capacity_per_s),
                rate(load.worst_per_s),
                at,
            ],
        ));
    }
    table.without_empty_columns(str::is_empty)
}

/// The time for which an attempt holds its thread.
fn hold(load: &ServiceLoad) -> String {
    match load.hold_s {
        hold if hold.is_infinite() => "no mean".to_owned(),
        hold if hold <= 0.0 => NOTHING.to_owned(),
        hold => seconds(hold),
    }
}

/// A finding under its code.
fn fact(finding: &Finding) -> (String, Line) {
    let message = match finding.gravity {
        Gravity::Serious => Line::toned(Tone::Bad, "serious").and(": "),
        Gravity::Caution => Line::toned(Tone::Caution, "caution").and(": "),
        Gravity::Note => Line::toned(Tone::Dim, "note: "),
    };
    let message = message.and(finding.message.clone()).then(Tone::Dim, format!("; {}", finding.hint));
    (finding.code.to_owned(), message)
}
