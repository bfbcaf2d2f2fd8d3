//! The calls of the propagation picture: arrows from caller to callee, as thick as they were amplified, and the way
//! that the failure took along them. Knows no service.

use crate::plot::font::{self, Weight};
use crate::plot::geometry::{Point, Rect, along, at, curve, length};
use crate::plot::scene::{Anchor, Scene, Text};
use crate::plot::theme;
use crate::plot::words;

/// Least amplification that gets a label.
const WORTH_A_LABEL: f64 = 1.2;

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
}

impl Call {
    fn width(&self) -> f64 {
        let more = self.amplification.map_or(0.0, |times| (times - 1.0).clamp(0.0, 4.0) * 1.1);
        if self.carried.is_some() { 3.0 + more } else { 1.6 + more }
    }
}

/// The line from one box to another through the free places of the layers between: `stations` are (left, right, y) of
/// everything on the way, both ends included.
pub(super) fn route(stations: &[(f64, f64, f64)]) -> Vec<Point> {
    let mut line = Vec::new();
    for pair in stations.windows(2) {
        let (from, to) = (at(pair[0].1, pair[0].2), at(pair[1].0, pair[1].2));
        let reach = (to.x - from.x) * 0.5;
        line.extend(curve(from, from.moved(reach, 0.0), to.moved(-reach, 0.0), to));
    }
    line
}

/// Draws a call; its label comes later, so that no line runs over it.
pub(super) fn draw(scene: &mut Scene, call: &Call) {
    let width = call.width();
    let color = if call.carried.is_some() { theme::VERMILION } else { theme::AXIS };
    let total = length(&call.line);
    let head = 9.0 + width;
    let shaft = cut(&call.line, total - head * 0.8);
    scene.line(shaft, width, color);
    if let Some((tip, direction)) = along(&call.line, total) {
        scene.area(triangle(tip, direction, head, head * 0.5), color, 1.0);
    }
    let Some(carried) = call.carried else { return };
    // Chevrons beside the arrowhead, pointing where the failure went.
    let sign = if carried == Carried::Upstream { -1.0 } else { 1.0 };
    let step = 26.0;
    let count = libm::floor((total - head - 16.0) / step).clamp(1.0, 40.0) as u32;
    for n in 0..count {
        let distance = 14.0 + f64::from(n) * step;
        let Some((place, direction)) = along(&call.line, distance) else { continue };
        let way = at(direction.x * sign, direction.y * sign);
        let tip = place.moved(way.x * 7.0, way.y * 7.0);
        scene.area(triangle(tip, way, 15.0, 9.5 + width / 3.0), theme::WHITE, 1.0);
        let tip = place.moved(way.x * 5.5, way.y * 5.5);
        scene.area(triangle(tip, way, 11.0, 7.0 + width / 3.0), theme::VERMILION, 1.0);
    }
}

/// The begin of a line.
fn cut(line: &[Point], most: f64) -> Vec<Point> {
    let mut kept: Vec<Point> = line.first().copied().into_iter().collect();
    let mut gone = 0.0;
    for pair in line.windows(2) {
        let step = pair[0].distance(pair[1]);
        if gone + step > most {
            if step > 0.0 {
                kept.push(pair[0].towards(pair[1], ((most - gone) / step).max(0.0)));
            }
            break;
        }
        gone += step;
        kept.push(pair[1]);
    }
    kept
}

/// A triangle with its tip here, pointing that way.
pub(super) fn triangle(tip: Point, way: Point, length: f64, half: f64) -> Vec<Point> {
    let base = tip.moved(-way.x * length, -way.y * length);
    vec![tip, base.moved(-way.y * half, way.x * half), base.moved(way.y * half, -way.x * half)]
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
        let text = Text::new(baseline, words).bold().color(plotters::style::RGBColor(150, 58, 0));
        scene.text(text.anchor(Anchor::Middle));
        return;
    }
}
