//! The panel of a traffic class: bands between its quantiles, the twin's lines, and how long its users wait at most.

use crate::plot::geometry::{Point, Rect, at};
use crate::plot::labels::{EndLabel, Free, end_labels};
use crate::plot::scene::{Anchor, Text};
use crate::plot::series::thinned;
use crate::plot::theme::{self, Look, Marker};
use crate::plot::timeline::page::{Page, Panel};
use crate::plot::words;

use super::bands::{Bands, Step};
use super::pool::Quantiles;
use super::scale::Scale;

const HEIGHT: f64 = 136.0;
/// How much the bands from p50 to p90 and from p90 to p99 cover.
pub(super) const BANDS: [f64; 2] = [0.45, 0.2];
/// More ticks than this have no room.
const TICKS: usize = 6;
/// The dash of the longest wait.
pub(super) const PATIENCE: [f64; 2] = [9.0, 5.0];

/// Draws the panel of a class.
pub(super) fn draw(page: &mut Page<'_>, class: &Bands<'_>, look: Look, unit: &str, scale: Scale) {
    let panel = page.panel(class.name, unit, HEIGHT, 1.0, &scale.ticks(TICKS));
    let mut free = Free::default();
    let silent = silent(page, panel, class);
    for rect in &silent {
        page.scene.area(rect.corners(), theme::TWIN, 0.22);
    }
    let y = |latency: f64| panel.y(scale.share(latency));
    for steps in runs(&class.steps, |step| step.actual) {
        let line = |i: usize| outline(page, &steps, |quantiles| y(quantiles[i]));
        let lines = [line(0), line(1), line(2)];
        for (i, opacity) in BANDS.into_iter().enumerate() {
            let area = lines[i + 1].iter().chain(lines[i].iter().rev()).copied().collect();
            page.scene.area(area, look.line, opacity);
        }
        page.scene.line(lines[2].clone(), 1.4, look.line);
        page.scene.line(lines[0].clone(), theme::SERIES, look.line);
        for line in &lines {
            free.occupy_line(line);
        }
    }
    // Two lines on each other would hide what is there.
    let twin = |step: &Step| step.twin.filter(|_| !class.is_as_twin());
    for steps in runs(&class.steps, twin) {
        for (i, dash) in TWIN {
            let line = outline(page, &steps, |quantiles| y(quantiles[i]));
            page.scene.dashed(&line, 1.5, theme::TWIN, dash);
            free.occupy_line(&line);
        }
    }
    patience(page, panel, class, scale);
    silence(page, panel, &silent, &mut free);
    labels(page, panel, class, look, scale);
}

/// The lines of the twin: p50 and p99.
pub(super) const TWIN: [(usize, &[f64]); 2] = [(0, &[2.5, 3.5]), (2, &[7.0, 4.0])];

/// Stretches without a gap.
fn runs(steps: &[Step], world: impl Fn(&Step) -> Option<Quantiles>) -> Vec<Vec<(f64, f64, Quantiles)>> {
    let mut runs: Vec<Vec<(f64, f64, Quantiles)>> = Vec::new();
    let mut open = false;
    for step in steps {
        let Some(quantiles) = world(step) else {
            open = false;
            continue;
        };
        let piece = (step.span.0, step.span.1, quantiles);
        match runs.last_mut().filter(|_| open) {
            Some(run) => run.push(piece),
            None => runs.push(vec![piece]),
        }
        open = true;
    }
    runs
}

/// A line in steps: each value for as long as it was measured.
fn outline(page: &Page<'_>, steps: &[(f64, f64, Quantiles)], y: impl Fn(&Quantiles) -> f64) -> Vec<Point> {
    let ends = |(from, to, quantiles): &(f64, f64, Quantiles)| {
        let y = y(quantiles);
        [at(page.axis.x(*from), y), at(page.axis.x(*to), y)]
    };
    thinned(&steps.iter().flat_map(ends).collect::<Vec<Point>>())
}

/// Where users asked and nobody was answered.
fn silent(page: &Page<'_>, panel: Panel, class: &Bands<'_>) -> Vec<Rect> {
    let mut spans: Vec<(f64, f64)> = Vec::new();
    for step in class.steps.iter().filter(|step| step.is_unanswered()) {
        match spans.last_mut().filter(|last| last.1 >= step.span.0) {
            Some(last) => last.1 = step.span.1,
            None => spans.push(step.span),
        }
    }
    let rect = |(from, to)| Rect { left: page.axis.x(from), right: page.axis.x(to), ..panel.rect };
    spans.into_iter().map(rect).collect()
}

/// Says so where there is room.
fn silence(page: &mut Page<'_>, panel: Panel, silent: &[Rect], free: &mut Free) {
    for rect in silent {
        let text = Text::new(rect.center(), "no answers").color(theme::MUTED);
        let heights = [0.5, 0.75, 0.3, 0.9, 0.2].map(|share| panel.rect.top + share * panel.rect.height());
        let places = heights.map(|y| (at(rect.center().x, y + 6.0), Anchor::Middle));
        free.write(&mut page.scene, *rect, &text, &places);
    }
}

/// The longest that users wait.
fn patience(page: &mut Page<'_>, panel: Panel, class: &Bands<'_>, scale: Scale) {
    let Some(patience) = class.patience_ms.filter(|patience| scale.holds(*patience)) else { return };
    let y = panel.y(scale.share(patience));
    page.scene.dashed(&[at(panel.rect.left, y), at(panel.rect.right, y)], 1.6, theme::INK, &PATIENCE);
}

/// The last values, beside the panel.
fn labels(page: &mut Page<'_>, panel: Panel, class: &Bands<'_>, look: Look, scale: Scale) {
    let Some(last) = class.steps.last() else { return };
    let label = |name: &str, latency: f64, look| EndLabel {
        y: panel.y(scale.share(latency)),
        name: name.to_owned(),
        value: words::length(latency / 1000.0),
        look,
    };
    let mut labels = Vec::new();
    if let Some([p50, p90, p99]) = last.actual {
        let of = |marker| Some(Look { marker, ..look });
        labels.push(label("p99", p99, of(Marker::Triangle)));
        labels.push(label("p90", p90, of(Marker::Square)));
        labels.push(label("p50", p50, of(Marker::Circle)));
    }
    if let Some([p50, _, p99]) = last.twin.filter(|_| !class.is_as_twin()) {
        labels.push(label("twin p99", p99, None));
        labels.push(label("twin p50", p50, None));
    }
    let bounds = (panel.rect.top - 12.0, panel.rect.bottom + 12.0);
    end_labels(&mut page.scene, panel.rect.right, bounds, labels);
}
