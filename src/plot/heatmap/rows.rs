//! The rows of the heatmap: which services, in which order, and how each is drawn. Judges nothing.

use crate::analysis::Summary;
use crate::plot::axis::TimeAxis;
use crate::plot::choice::Choice;
use crate::plot::font::{self, Weight};
use crate::plot::geometry::{Rect, at};
use crate::plot::scene::{Anchor, Scene, Text};
use crate::plot::theme::{self, Marker};
use crate::plot::{shades, words};
use crate::record::Record;

use super::health::{self, Cell, Health};

/// From one mark in a cell to the next.
const MARKS: f64 = 18.0;

/// A service and how it fared.
pub(super) struct Row {
    /// Its name.
    pub(super) name: String,
    /// How it fared over time.
    pub(super) cells: Vec<Cell>,
    /// When it was first hit.
    pub(super) impact_s: Option<f64>,
    /// What is told beside the cells.
    pub(super) told: String,
}

impl Row {
    /// For how long at least this share of its attempts was harmed, as drawn.
    pub(super) fn seconds_at_least(&self, share: f64) -> f64 {
        let bad = |cell: &&Cell| cell.health.step().is_some_and(|step| step >= shades::step(share));
        self.cells.iter().filter(bad).map(|cell| cell.span.1 - cell.span.0).sum()
    }

    /// The largest share of its attempts that was harmed.
    pub(super) fn most(&self) -> f64 {
        let share = |cell: &Cell| if let Health::Harmed(share) = cell.health { share } else { 0.0 };
        self.cells.iter().map(share).fold(0.0, f64::max)
    }
}

/// The services that are chosen: those that were hit in the order of impact, those that were struck, then the others.
pub(super) fn rows(record: &Record, summary: &Summary, axis: &TimeAxis, choice: &Choice<'_>) -> Vec<Row> {
    let rank = |name: &str| summary.propagation.iter().position(|impact| impact.service == name);
    let struck = |name: &str| record.faults.iter().any(|fault| fault.service == name);
    let mut names: Vec<&str> = record.topology.services.iter().map(|service| service.name.as_str()).collect();
    names.retain(|name| choice.shows_service(name));
    names.sort_by_key(|name| (rank(name).unwrap_or(usize::MAX), !struck(name)));
    let row = |name: &str| {
        let impact_s = rank(name).map(|rank| summary.propagation[rank].at_s);
        let series = record.actual.services.get(name);
        let told = match impact_s {
            Some(at_s) => format!("hit at {}", words::instant(at_s)),
            None if summary.verdict.is_none() => String::new(),
            None => "not hit".to_owned(),
        };
        let cells = series.map(|series| health::of_service(record, axis, name, series)).unwrap_or_default();
        Row { name: name.to_owned(), cells, impact_s, told }
    };
    names.into_iter().map(row).collect()
}

/// Draws a row into a box.
pub(super) fn draw(scene: &mut Scene, axis: &TimeAxis, rect: Rect, row: &Row) {
    for cell in &row.cells {
        let (left, right) = (axis.x(cell.span.0), axis.x(cell.span.1));
        let cell_rect = Rect { left, right: right.max(left + 0.5), ..rect };
        scene.fill(cell_rect, cell.health.color());
        mark(scene, cell_rect, cell.health);
    }
    if let Some(at_s) = row.impact_s {
        scene.marker(at(axis.x(at_s), rect.center().y), 5.0, Marker::Diamond, theme::INK);
    }
    let (weight, color) = match row.impact_s {
        Some(_) => (Weight::Bold, theme::INK),
        None => (Weight::Regular, theme::MUTED),
    };
    let baseline = rect.center().y + theme::TEXT * font::CAPITAL / 2.0;
    let name = font::fit(&row.name, theme::TEXT, weight, rect.left - 22.0);
    let name = Text::new(at(rect.left - 14.0, baseline), name).color(color).anchor(Anchor::End);
    scene.text(Text { weight, ..name });
    let told = font::fit(&row.told, theme::TEXT, Weight::Regular, scene.width - 8.0 - rect.right - 14.0);
    scene.text(Text::new(at(rect.right + 14.0, baseline), told).color(color));
}

/// The extremes are told apart without color: light strokes where nearly everything was harmed, a line where hardly anything
/// was asked.
pub(super) fn mark(scene: &mut Scene, rect: Rect, health: Health) {
    let worst = shades::STEPS.len() - 1;
    let y = rect.center().y;
    if health == Health::Starved {
        scene.dashed(&[at(rect.left, y), at(rect.right, y)], 2.0, theme::TWIN, &[2.0, 7.0]);
    } else if health.step() == Some(worst) {
        let mut x = libm::ceil((rect.left + 4.0) / MARKS) * MARKS;
        while x + 4.0 <= rect.right {
            scene.line(vec![at(x - 4.0, y + 4.0), at(x + 4.0, y - 4.0)], 1.6, shades::color(1));
            x += MARKS;
        }
    }
}
