//! The panel of call rates: the calls that the incident amplified most, against the twin's.

use std::cmp::Ordering;
use std::ops::Range;

use crate::plot::axis::value_ticks;
use crate::plot::geometry::Point;
use crate::plot::labels::{EndLabel, end_labels};
use crate::plot::series::{Windows, total};
use crate::plot::theme::{self, Look};
use crate::plot::words::{self, arrow};
use crate::record::WorldRecord;

use super::page::{Page, through};

const HEIGHT: f64 = 184.0;
/// Least amplification that is told.
const AMPLIFIED: f64 = 1.2;
/// A call with less than this share of the extra attempts of the first is left out.
const NOTICEABLE: f64 = 0.4;
/// At most so many calls.
const MOST: usize = 3;

/// A call of the panel.
struct Curve<'a> {
    name: &'a str,
    look: Look,
    amplified: bool,
    rates: Rates,
}

/// The rates of a call.
struct Rates {
    actual: Line,
    twin: Option<Line>,
    /// Attempts sent.
    sent: f64,
    /// Attempts beyond the twin's.
    extra: f64,
    /// Attempts more, or less, than the twin's.
    changed: f64,
}

/// A rate over time.
struct Line {
    values: Vec<(f64, f64)>,
    last: f64,
}

/// Draws the panel; without calls there is none.
pub(super) fn draw(page: &mut Page<'_>) {
    let curves = curves(page);
    if curves.is_empty() {
        return;
    }
    let lines = curves.iter().flat_map(|curve| std::iter::once(&curve.rates.actual).chain(&curve.rates.twin));
    let most = lines.flat_map(|line| &line.values).map(|value| value.1).fold(0.0, f64::max);
    let (step, top) = value_ticks(most, 4.0);
    let ticks: Vec<_> = (0..=libm::round(top / step) as u32)
        .map(|n| (f64::from(n) * step, words::rate(f64::from(n) * step)))
        .collect();
    let unit = match &page.record.twin {
        Some(_) => "attempts per second; gray: the twin, the same run without faults",
        None => "attempts per second",
    };
    let panel = page.panel("Load", unit, HEIGHT, top, &ticks);
    let line = |page: &Page<'_>, rates: &Line| through(&page.axis, panel, rates.values.iter().copied());
    let mut labels = Vec::new();
    for curve in &curves {
        let Some(twin) = &curve.rates.twin else { continue };
        let (above, below) = (line(page, &curve.rates.actual), line(page, twin));
        if curve.amplified {
            let area: Vec<Point> = above.iter().chain(below.iter().rev()).copied().collect();
            page.scene.area(area, curve.look.line, theme::AREA_OPACITY);
        }
        page.scene.dashed(&below, theme::REFERENCE, theme::TWIN, &[7.0, 5.0]);
        let name = if curves.len() == 1 { "twin".to_owned() } else { format!("twin: {}", arrow(curve.name)) };
        labels.push(EndLabel { y: panel.y(twin.last), name, value: words::rate(twin.last), look: None });
    }
    for curve in &curves {
        let actual = line(page, &curve.rates.actual);
        page.scene.dashed(&actual, theme::SERIES, curve.look.line, curve.look.dash);
        let factor = curve
            .rates
            .twin
            .as_ref()
            .filter(|twin| twin.last > 0.0)
            .map(|twin| curve.rates.actual.last / twin.last);
        let factor = factor.filter(|factor| *factor >= AMPLIFIED);
        let times = factor.map_or_else(String::new, |f| format!(" ({} the twin\u{2019}s)", words::factor(f)));
        labels.push(EndLabel {
            y: panel.y(curve.rates.actual.last),
            name: arrow(curve.name),
            value: format!("{}{times}", words::rate(curve.rates.actual.last)),
            look: Some(curve.look),
        });
    }
    end_labels(&mut page.scene, panel.rect.right, (panel.rect.top - 12.0, panel.rect.bottom + 12.0), labels);
}

/// The calls to show: the one with the most attempts beyond the twin's, and others that were amplified about as much. If
/// none has more attempts, the one that changed most; without a twin, the busiest.
fn curves<'a>(page: &mut Page<'a>) -> Vec<Curve<'a>> {
    let (record, summary) = (page.record, page.summary);
    let calls = record.actual.calls.iter().filter(|(_, call)| !call.attempts.is_empty());
    let mut chosen: Vec<_> = calls.map(|(name, _)| (name.as_str(), rates(page, name))).collect();
    let weight = |rates: &Rates| [rates.extra, rates.changed, rates.sent];
    chosen.sort_by(|a, b| {
        let pairs = weight(&b.1).into_iter().zip(weight(&a.1));
        pairs.map(|(b, a)| b.total_cmp(&a)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    let most = chosen.first().map_or(0.0, |(_, rates)| rates.extra);
    let mut curves: Vec<Curve<'a>> = Vec::new();
    for (name, rates) in chosen {
        let call = summary.calls.get(name);
        let amplified = |times: Option<f64>| times.is_some_and(|times| times >= AMPLIFIED);
        let over_all = amplified(call.and_then(|call| call.amplification));
        let comparable = over_all && rates.extra >= NOTICEABLE * most;
        if curves.len() < MOST && (curves.is_empty() || comparable) {
            let look = Look { dash: &[], ..page.look(name.split(" -> ").next().unwrap_or(name)) };
            let at_worst = amplified(call.and_then(|call| call.peak_amplification));
            curves.push(Curve { name, look, amplified: over_all || at_worst, rates });
        }
    }
    curves
}

/// The rates of a call in both worlds. Worlds with windows of different widths are compared by time.
fn rates(page: &Page<'_>, name: &str) -> Rates {
    let record = page.record;
    let of = |world: &WorldRecord| Windows::of(world, record.simulated_s);
    let ours = of(&record.actual);
    let theirs = record.twin.as_ref().map(of);
    let coarse = theirs.filter(|theirs| theirs.width_s > ours.width_s).unwrap_or(ours);
    let cuts = coarse.cuts(record);
    let pieces = coarse.pooled(&page.axis, 4.0, 1.0, &cuts);
    let line = |world: &WorldRecord| {
        let attempts = world.calls.get(name).map_or(&[][..], |call| &call.attempts);
        let windows = of(world);
        let rate = |piece: &Range<usize>| {
            let (from, to) = (coarse.begin(piece.start), coarse.begin(piece.end));
            total(attempts, &windows.between(from, to)) as f64 / (to - from).max(1e-9)
        };
        let rates: Vec<f64> = pieces.iter().map(&rate).collect();
        let values = coarse.curve(pieces.iter().cloned().zip(rates.iter().copied()), &cuts);
        (Line { values, last: rate(&coarse.last()) }, rates)
    };
    let (actual, ours) = line(&record.actual);
    let (twin, theirs) = record.twin.as_ref().map(line).unzip();
    let theirs = theirs.unwrap_or_else(|| ours.clone());
    let seconds = || pieces.iter().map(|piece| coarse.seconds(piece));
    let sum = |values: &mut dyn Iterator<Item = f64>| values.zip(seconds()).map(|(v, s)| v * s).sum::<f64>();
    let more = |(actual, twin): (&f64, &f64)| actual - twin;
    let extra = sum(&mut ours.iter().zip(&theirs).map(more).map(|more| more.max(0.0)));
    let changed = sum(&mut ours.iter().zip(&theirs).map(more).map(f64::abs));
    Rates { sent: sum(&mut ours.iter().copied()), changed, extra, actual, twin }
}
