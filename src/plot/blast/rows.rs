//! Draws the rows of the blast-radius picture: name, cells, and what it came to. Knows no series.

use crate::plot::axis::TimeAxis;
use crate::plot::font::{self, Weight};
use crate::plot::geometry::{Point, Rect, at};
use crate::plot::scene::{Anchor, Scene, Text};
use crate::plot::theme;

use super::cells::{Cell, Row};

/// A row to draw.
pub(super) struct Line {
    /// Whose.
    pub(super) name: String,
    /// What happened when.
    pub(super) cells: Row,
    /// What it came to: one line or two.
    pub(super) result: Vec<String>,
    /// Whether it was hit.
    pub(super) hit: bool,
}

/// Draws a row into a box.
pub(super) fn draw(scene: &mut Scene, axis: &TimeAxis, rect: Rect, line: &Line) {
    for (from, to, cell) in &line.cells {
        let (left, right) = (axis.x(*from), axis.x(*to));
        let cell_rect = Rect { left, right: right.max(left + 0.5), ..rect };
        scene.fill(cell_rect, cell.color());
        if matches!(cell, Cell::Failed(_, true)) {
            hatch(scene, cell_rect);
        }
    }
    let middle = rect.center().y + theme::TEXT * font::CAPITAL / 2.0;
    let weight = if line.hit { Weight::Bold } else { Weight::Regular };
    let color = if line.hit { theme::INK } else { theme::MUTED };
    let words = |place: Point, words: &str, room: f64, weight| {
        let text = Text::new(place, font::fit(words, theme::TEXT, weight, room)).color(color);
        Text { weight, ..text }
    };
    let name = words(at(rect.left - 10.0, middle), &line.name, rect.left - 18.0, weight);
    scene.text(name.anchor(Anchor::End));
    let room = scene.width - 8.0 - rect.right - 14.0;
    let first = middle - 10.0 * line.result.len().saturating_sub(1) as f64;
    for (i, result) in line.result.iter().enumerate() {
        let weight = if i == 0 { weight } else { Weight::Regular };
        scene.text(words(at(rect.right + 14.0, first + 20.0 * i as f64), result, room, weight));
    }
}

/// Slanted lines over a cell: answered, but not as wanted.
pub(super) fn hatch(scene: &mut Scene, rect: Rect) {
    const STEP: f64 = 15.0;
    let height = rect.height();
    let mut foot = (libm::floor((rect.left - height) / STEP) + 1.0) * STEP;
    while foot < rect.right {
        let begin = foot.max(rect.left);
        let end = (foot + height).min(rect.right);
        if end > begin {
            let line = vec![at(begin, rect.bottom - (begin - foot)), at(end, rect.bottom - (end - foot))];
            scene.line(line.clone(), 4.6, theme::WHITE);
            scene.line(line, 2.4, theme::PEOPLE);
        }
        foot += STEP;
    }
}
