//! The panel of call rates: the calls that the incident amplified most, against the twin's.

use std::ops::Range;

use crate::analysis::CallSummary;
use crate::plot::axis::value_ticks;
use crate::plot::geometry::Point;
use crate::plot::labels::{EndLabel, end_labels};
use crate::plot::series::{Windows, total};
use crate::plot::theme::{self, Look};
use crate::plot::words;
use crate::record::{CallSeries, WorldRecord};

use super::page::{Page, through};

const HEIGHT: f64 = 184.0;
/// A call amplified by less is not worth a line.
const AMPLIFIED: f64 = 1.2;
/// Nor is one that adds little to the busiest of them.
const NOTICEABLE: f64 = 0.15;
/// At most so many calls.
const MOST: usize = 3;

/// A call of the panel.
struct Curve<'a> {
    name: &'a str,
    look: Look,
    amplification: Option<f64>,
    actual: Rates,
    twin: Option<Rates>,
}

/// The rate of a call over time.
struct Rates {
    values: Vec<(f64, f64)>,
    last: f64,
}

/// Draws the panel; without calls there is none.
pub(super) fn draw(page: &mut Page<'_>) {
    let curves = curves(page);
    if curves.is_empty() {
        return;
    }
    let rates = curves.iter().flat_map(|curve| std::iter::once(&curve.actual).chain(&curve.twin));
    let most = rates.flat_map(|rates| &rates.values).map(|value| value.1).fold(0.0, f64::max);
    let (step, top) = value_ticks(most, 4.0);
    let ticks: Vec<_> = (0..=libm::round(top / step) as u32)
        .map(|n| (f64::from(n) * step, words::rate(f64::from(n) * step)))
        .collect();
    let unit = match &page.record.twin {
        Some(_) => "attempts per second; gray: the twin, the same run without faults",
        None => "attempts per second",
    };
    let panel = page.panel("Load", unit, HEIGHT, top, &ticks);
    let line = |page: &Page<'_>, rates: &Rates| through(&page.axis, panel, rates.values.iter().copied());
    let mut labels = Vec::new();
    for curve in &curves {
        let Some(twin) = &curve.twin else { continue };
        let (above, below) = (line(page, &curve.actual), line(page, twin));
        if curve.amplification.is_some_and(|times| times >= AMPLIFIED) {
            let area: Vec<Point> = above.iter().chain(below.iter().rev()).copied().collect();
            page.scene.area(area, curve.look.line, theme::AREA_OPACITY);
        }
        page.scene.dashed(&below, theme::REFERENCE, theme::TWIN, &[7.0, 5.0]);
        let name = if curves.len() == 1 { "twin".to_owned() } else { format!("twin: {}", arrow(curve.name)) };
        labels.push(EndLabel { y: panel.y(twin.last), name, value: words::rate(twin.last), look: None });
    }
    for curve in &curves {
        let actual = line(page, &curve.actual);
        page.scene.dashed(&actual, theme::SERIES, curve.look.line, curve.look.dash);
        let factor =
            curve.twin.as_ref().filter(|twin| twin.last > 0.0).map(|twin| curve.actual.last / twin.last);
        let factor = factor.filter(|factor| *factor >= AMPLIFIED);
        let times = factor.map_or_else(String::new, |f| format!(" ({} the twin\u{2019}s)", words::factor(f)));
        labels.push(EndLabel {
            y: panel.y(curve.actual.last),
            name: arrow(curve.name),
            value: format!("{}{times}", words::rate(curve.actual.last)),
            look: Some(curve.look),
        });
    }
    end_labels(&mut page.scene, panel.rect.right, (panel.rect.top - 12.0, panel.rect.bottom + 12.0), labels);
}

/// A call's name as people read it.
fn arrow(name: &str) -> String {
    name.replace(" -> ", " \u{2192} ")
}

/// How much a call was amplified, over the whole incident or at its worst.
fn strength(call: &CallSummary) -> Option<f64> {
    call.amplification.into_iter().chain(call.peak_amplification).max_by(f64::total_cmp)
}

/// The calls to show: the most amplified; if none is, the busiest.
fn curves<'a>(page: &mut Page<'a>) -> Vec<Curve<'a>> {
    let (record, summary) = (page.record, page.summary);
    let times = |name: &str| summary.calls.get(name).and_then(strength);
    let mut chosen: Vec<_> =
        record.actual.calls.iter().filter(|(_, call)| !call.attempts.is_empty()).collect();
    chosen.sort_by(|a, b| times(b.0).unwrap_or(0.0).total_cmp(&times(a.0).unwrap_or(0.0)));
    let sum = |call: &CallSeries| call.attempts.iter().sum::<u64>();
    let amplified = chosen.iter().take_while(|(name, _)| times(name).is_some_and(|t| t >= AMPLIFIED)).count();
    if amplified == 0 {
        chosen.sort_by_key(|(_, call)| std::cmp::Reverse(sum(call)));
    }
    chosen.truncate(amplified.clamp(1, MOST));
    let busiest = chosen.iter().map(|(_, call)| sum(call)).max().unwrap_or(0) as f64;
    chosen.retain(|(_, call)| sum(call) as f64 >= NOTICEABLE * busiest);
    chosen
        .into_iter()
        .map(|(name, _)| {
            let caller = name.split(" -> ").next().unwrap_or(name);
            let mut look = page.look(caller);
            look.dash = &[];
            Curve {
                name,
                look,
                amplification: times(name),
                actual: rates(page, &record.actual, name),
                twin: record.twin.as_ref().map(|twin| rates(page, twin, name)),
            }
        })
        .collect()
}

fn rates(page: &Page<'_>, world: &WorldRecord, name: &str) -> Rates {
    let windows = Windows::of(world, page.record.simulated_s);
    let attempts = world.calls.get(name).map_or(&[][..], |call| &call.attempts);
    let rate = |piece: &Range<usize>| total(attempts, piece) as f64 / windows.seconds(piece).max(1e-9);
    let pieces = windows.pooled(&page.axis, 4.0, 1.0);
    Rates {
        values: windows.curve(pieces.iter().map(|piece| (piece.clone(), rate(piece)))),
        last: rate(&windows.last()),
    }
}
