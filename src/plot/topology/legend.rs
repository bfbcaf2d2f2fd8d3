//! What shapes and lines of the topology mean, in a row below it: only those that occur. Knows no service.

use crate::graph::{Graph, Kind};
use crate::plot::arrow::arrow;
use crate::plot::font::{self, Weight};
use crate::plot::geometry::{Point, Rect, at};
use crate::plot::scene::{Scene, Text};
use crate::plot::theme;

use super::{boxes, build};

/// What can be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Users,
    Service,
    Cached,
    Call,
    Endless,
}

impl Entry {
    const fn words(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Service => "service: replicas \u{d7} threads, queue of each replica",
            Self::Cached => "service with caches, lost in a restart",
            Self::Call => "call",
            Self::Endless => "call without a timeout",
        }
    }
}

/// What occurs in a graph.
fn entries(graph: &Graph) -> Vec<Entry> {
    let has = |kind| graph.nodes.iter().any(|node| node.kind == kind);
    let all = [
        (Entry::Users, has(Kind::Users)),
        (Entry::Service, has(Kind::Service)),
        (Entry::Cached, has(Kind::Cached)),
        (Entry::Call, graph.arrows.iter().any(|arrow| !arrow.endless)),
        (Entry::Endless, graph.arrows.iter().any(|arrow| arrow.endless)),
    ];
    all.into_iter().filter_map(|(entry, occurs)| occurs.then_some(entry)).collect()
}

/// Draws the entries from here on, in as many rows as they need; returns the bottom.
pub(super) fn draw(scene: &mut Scene, graph: &Graph, top: f64) -> f64 {
    const ROW: f64 = 32.0;
    const SIGN: f64 = 42.0;
    let (mut x, mut y) = (theme::EDGE, top + ROW / 2.0);
    for entry in entries(graph) {
        let width = SIGN + 10.0 + font::width(entry.words(), theme::TEXT, Weight::Regular);
        if x > theme::EDGE && x + width > scene.width - theme::EDGE {
            x = theme::EDGE;
            y += ROW;
        }
        sign(scene, entry, at(x, y), SIGN);
        let place = at(x + SIGN + 10.0, y + theme::TEXT * font::CAPITAL / 2.0);
        scene.text(Text::new(place, entry.words()).color(theme::MUTED));
        x += width + 26.0;
    }
    y + ROW / 2.0
}

/// The sign of an entry, in this width.
fn sign(scene: &mut Scene, entry: Entry, left: Point, width: f64) {
    let rect = Rect::new(left.x, left.y - 12.0, width, 24.0);
    let line = vec![left, left.moved(width, 0.0)];
    match entry {
        Entry::Users => boxes::shape(scene, rect, Kind::Users),
        Entry::Service => boxes::shape(scene, rect, Kind::Service),
        Entry::Cached => boxes::shape(scene, rect, Kind::Cached),
        Entry::Call => arrow(scene, &line, build::CALL, build::HEAD, theme::MUTED),
        Entry::Endless => build::endless(scene, &line),
    }
}
