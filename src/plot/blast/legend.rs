//! What the colors of the blast-radius picture mean, in a row below it. Knows no row.

use crate::plot::font::{self, Weight};
use crate::plot::geometry::Rect;
use crate::plot::geometry::at;
use crate::plot::scene::{Scene, Text};
use crate::plot::theme;

use super::cells::{Cell, STEPS};
use super::rows::hatch;

/// Draws the legend from here on; returns its bottom.
pub(super) fn draw(scene: &mut Scene, top: f64, hardly: bool, degraded: bool) -> f64 {
    const SIGN: f64 = 34.0;
    const ROW: f64 = 30.0;
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let mut entries: Vec<(Cell, String)> = Vec::new();
    for (i, from) in STEPS.iter().enumerate() {
        let words = match STEPS.get(i + 1) {
            Some(to) if i == 0 => format!("less than {}\u{a0}% failed", percent(*to)),
            Some(to) => format!("{} to {}\u{a0}%", percent(*from), percent(*to)),
            None => format!("{}\u{a0}% and more", percent(*from)),
        };
        entries.push((Cell::Failed(i, false), words));
    }
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
