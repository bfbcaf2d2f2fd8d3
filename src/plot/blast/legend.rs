//! What the colors of the blast-radius picture mean, in a row below it. Knows no row.

use crate::plot::font::{self, Weight};
use crate::plot::geometry::Rect;
use crate::plot::geometry::at;
use crate::plot::scene::{Scene, Text};
use crate::plot::{shades, theme};

use super::cells::Cell;
use super::rows::hatch;

/// Draws the legend from here on; returns its bottom.
pub(super) fn draw(scene: &mut Scene, top: f64, hardly: bool, degraded: bool) -> f64 {
    const SIGN: f64 = 34.0;
    const ROW: f64 = 30.0;
    let mut entries: Vec<(Cell, String)> = (0..shades::STEPS.len())
        .map(|step| (Cell::Failed(step, false), shades::words(step, "failed")))
        .collect();
    if degraded {
        entries.push((Cell::Failed(0, true), "answered by a fallback".to_owned()));
    }
    if hardly {
        entries.push((Cell::Hardly, "hardly called".to_owned()));
    }
    let (mut x, mut y) = (theme::EDGE, top);
    for (cell, words) in entries {
        let width = SIGN + 8.0 + font::width(&words, theme::TEXT, Weight::Regular);
        if x + width > scene.width - theme::EDGE {
            (x, y) = (theme::EDGE, y + ROW);
        }
        let rect = Rect::new(x, y, SIGN, 20.0);
        scene.fill(rect, cell.color());
        if matches!(cell, Cell::Failed(_, true)) {
            hatch(scene, rect);
        }
        scene.outline(rect.corners(), theme::HAIR, theme::AXIS);
        let place = at(x + SIGN + 8.0, rect.center().y + theme::TEXT * font::CAPITAL / 2.0);
        scene.text(Text::new(place, words).color(theme::MUTED));
        x += width + 22.0;
    }
    y + ROW
}
