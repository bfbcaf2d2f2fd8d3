//! The calls of the propagation picture: arrows from caller to callee, as thick as they were amplified, and the way
//! that the failure took along them. Knows no service.

use plotters::style::RGBColor;

use crate::plot::arrow::{arrow, cut, triangle};
use crate::plot::font::{self, Weight};
use crate::plot::geometry::{Point, Rect, along, at, length};
use crate::plot::scene::{Anchor, Scene, Text};
use crate::plot::theme;
use crate::plot::words;

/// Least amplification that gets a label.
const WORTH_A_LABEL: f64 = 1.2;

/// Width of the failure's arrow on a call that carried nothing of the harm, and by how much it is wider on one that carried
/// all of it.
const THIN: f64 = 2.6;
const WIDER: f64 = 5.4;

/// Which way the failure went along a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carried {
    /// From the callee to its caller: waiting, timeouts, errors.
    Upstream,
    /// From the caller to its callee: load.
    Downstream,
}

/// A call in the picture.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    /// From the caller's box to the callee's.
    pub(super) line: Vec<Point>,
    /// Its amplification, if it is known.
    pub(super) amplification: Option<f64>,
    /// Whether the failure went along it.
    pub(super) carried: Option<Carried>,
    /// The share of the harm that came along it, 0 to 1.
    pub(super) harm: f64,
    /// Whether a second wave went along it, and which way.
    pub(super) again: Option<Carried>,
}

impl Call {
    fn width(&self) -> f64 {
        1.6 + self.amplification.map_or(0.0, |times| (times - 1.0).clamp(0.0, 4.0) * 1.1)
    }

    /// Width of the failure's arrow.
    fn failure(&self) -> f64 {
        THIN + WIDER * self.harm.clamp(0.0, 1.0)
    }
}

/// Draws a call as an arrow from caller to callee; beside it, if the failure went along it, a second one that shows
/// which way. Its label comes later, so that no line runs over it.
pub(super) fn draw(scene: &mut Scene, call: &Call) {
    /// Space between the two arrows.
    const BETWEEN: f64 = 3.5;
    let width = call.width();
    if let Some(way) = call.again {
        let by = if call.carried.is_some() { -BETWEEN - call.failure() - 8.0 } else { BETWEEN + width + 4.0 };
        again(scene, &beside(&call.line, by), way);
    }
    let Some(carried) = call.carried else {
        arrow(scene, &call.line, width, 8.0 + width, theme::AXIS);
        return;
    };
    let line = beside(&call.line, BETWEEN + width / 2.0);
    arrow(scene, &line, width, 7.0 + width, theme::AXIS);
    failure(scene, &beside(&call.line, -BETWEEN - call.failure() / 2.0), call.failure(), carried);
}

/// Draws the way of the failure along a line from caller to callee.
pub(super) fn failure(scene: &mut Scene, line: &[Point], width: f64, carried: Carried) {
    let mut line = line.to_vec();
    if carried == Carried::Upstream {
        line.reverse();
    }
    arrow(scene, &line, width, 10.0 + 1.3 * width, theme::VERMILION);
}

/// Draws the way of a second wave along a line from caller to callee.
pub(super) fn again(scene: &mut Scene, line: &[Point], way: Carried) {
    let mut line = line.to_vec();
    if way == Carried::Upstream {
        line.reverse();
    }
    let (total, head) = (length(&line), 14.0);
    scene.dashed(&cut(&line, total - head), 3.4, theme::RESTART, &[9.0, 4.0]);
    if let Some((tip, way)) = along(&line, total) {
        scene.area(triangle(tip, way, head.min(total), head * 0.5), theme::RESTART, 1.0);
    }
}

/// A line beside another, to the right of those who walk along it.
fn beside(line: &[Point], by: f64) -> Vec<Point> {
    let direction = |i: usize| {
        let (before, after) = (line[i.saturating_sub(1)], line[(i + 1).min(line.len() - 1)]);
        let reach = before.distance(after).max(f64::MIN_POSITIVE);
        at((after.x - before.x) / reach, (after.y - before.y) / reach)
    };
    let moved = |i: usize| {
        let way = direction(i);
        line[i].moved(-way.y * by, way.x * by)
    };
    (0..line.len()).map(moved).collect()
}

/// Writes the amplification of a call where it covers no box and no other label.
pub(super) fn label(scene: &mut Scene, call: &Call, taken: &mut Vec<Rect>) {
    let Some(times) = call.amplification.filter(|times| *times >= WORTH_A_LABEL) else { return };
    let words = words::factor(times);
    let width = font::width(&words, theme::TEXT, Weight::Bold) + 12.0;
    let total = length(&call.line);
    for (share, dy) in [
        (0.5, 0.0),
        (0.4, 0.0),
        (0.6, 0.0),
        (0.3, 0.0),
        (0.7, 0.0),
        (0.5, -24.0),
        (0.5, 24.0),
        (0.2, 0.0),
        (0.8, 0.0),
    ] {
        let Some((place, _)) = along(&call.line, total * share) else { return };
        let rect = Rect::new(place.x - width / 2.0, place.y - 13.0 + dy, width, 26.0);
        if taken.iter().any(|other| other.overlaps(rect)) {
            continue;
        }
        taken.push(rect);
        scene.area(rect.rounded(13.0), theme::WHITE, 1.0);
        scene.outline(rect.rounded(13.0), 1.2, theme::VERMILION);
        let baseline = at(place.x, rect.center().y + theme::TEXT * font::CAPITAL / 2.0);
        let text = Text::new(baseline, words).bold().color(RGBColor(150, 58, 0));
        scene.text(text.anchor(Anchor::Middle));
        return;
    }
}
