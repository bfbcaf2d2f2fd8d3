//! Boxes in columns, and the lines between them: from a layout to places in the picture. Knows neither boxes nor calls.

use super::arrow::route;
use super::geometry::{Point, Rect, at, curve};
use super::theme;
use crate::graph::layout::Layout;

/// The narrowest and the widest box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Widths {
    pub(crate) narrowest: f64,
    pub(crate) widest: f64,
}

/// Where the columns are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Columns {
    /// Width of each.
    pub(crate) width: f64,
    /// Where the last one ends, or the picture if it is wider.
    pub(crate) right: f64,
    /// What there is between two columns beyond the least.
    pub(crate) spare: f64,
    lefts: Vec<f64>,
}

impl Columns {
    /// Columns with at least so much space between one and the next: one more than gaps.
    pub(crate) fn new(gaps: &[f64], widths: Widths) -> Self {
        let n = gaps.len() as f64 + 1.0;
        let room = theme::WIDTH - 2.0 * theme::EDGE;
        let least: f64 = gaps.iter().sum();
        let width = ((room - least) / n).clamp(widths.narrowest, widths.widest);
        let spare = ((room - n * width - least) / gaps.len().max(1) as f64).max(0.0);
        let mut lefts = vec![theme::EDGE];
        for gap in gaps {
            lefts.push(lefts[lefts.len() - 1] + width + gap + spare);
        }
        let right = (lefts[lefts.len() - 1] + width).max(theme::WIDTH - theme::EDGE);
        Self { width, right, spare, lefts }
    }

    /// Where a column begins.
    pub(crate) fn left(&self, column: usize) -> f64 {
        self.lefts[column]
    }

    /// The lines of edges between boxes, each leaving and reaching its boxes at a place of its own.
    pub(crate) fn lines(
        &self,
        edges: &[(usize, usize)],
        placed: &Layout,
        rects: &[Rect],
        top: f64,
    ) -> Vec<Vec<Point>> {
        let line = |(i, (from, to)): (usize, &(usize, usize))| {
            let Some(passed) = &placed.routes[i] else { return around(rects[*from], rects[*to]) };
            let mut stations = vec![(0.0, rects[*from].right, port(edges, i, placed, rects, true))];
            for (n, y) in passed.iter().enumerate() {
                let left = self.left(placed.layer[*from] + 1 + n);
                stations.push((left, left + self.width, top + y));
            }
            stations.push((rects[*to].left, 0.0, port(edges, i, placed, rects, false)));
            route(&stations)
        };
        edges.iter().enumerate().map(line).collect()
    }
}

/// The height at which an edge leaves (or reaches) its box: in the order of where they come from.
fn port(edges: &[(usize, usize)], edge: usize, placed: &Layout, rects: &[Rect], leaving: bool) -> f64 {
    let own = |i: usize| if leaving { edges[i].0 } else { edges[i].1 };
    let toward = |i: usize| {
        let passed = placed.routes[i].as_ref();
        let next = if leaving { passed.and_then(|p| p.first()) } else { passed.and_then(|p| p.last()) };
        let other = if leaving { edges[i].1 } else { edges[i].0 };
        next.copied().unwrap_or(placed.y[other])
    };
    let mut same: Vec<usize> =
        (0..edges.len()).filter(|i| own(*i) == own(edge) && placed.routes[*i].is_some()).collect();
    same.sort_by(|a, b| toward(*a).total_cmp(&toward(*b)));
    let rank = same.iter().position(|i| *i == edge).unwrap_or(0) as f64;
    let rect = rects[own(edge)];
    let last = same.len().saturating_sub(1) as f64;
    let step = if last > 0.0 { ((rect.height() - 24.0) / last).min(26.0) } else { 0.0 };
    rect.center().y + (rank - last / 2.0) * step
}

/// A line from one box to another that lies to its left: out at the bottom, in at the bottom.
fn around(from: Rect, to: Rect) -> Vec<Point> {
    let (start, end) = (at(from.center().x, from.bottom), at(to.center().x + 14.0, to.bottom));
    let low = start.y.max(end.y) + 46.0;
    curve(start, at(start.x, low), at(end.x, low), end)
}
