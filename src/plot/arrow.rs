//! Arrows between boxes: their way and their heads. Knows neither end.

use plotters::style::RGBColor;

use super::geometry::{Point, along, at, curve, length};
use super::scene::Scene;

/// The line from one box to another through the free places of the layers between: `stations` are (left, right, y) of
/// everything on the way, both ends included.
pub(crate) fn route(stations: &[(f64, f64, f64)]) -> Vec<Point> {
    let mut line = Vec::new();
    for pair in stations.windows(2) {
        let (from, to) = (at(pair[0].1, pair[0].2), at(pair[1].0, pair[1].2));
        let reach = (to.x - from.x) * 0.5;
        line.extend(curve(from, from.moved(reach, 0.0), to.moved(-reach, 0.0), to));
    }
    line
}

/// Draws a line with a head at its end.
pub(crate) fn arrow(scene: &mut Scene, line: &[Point], width: f64, head: f64, color: RGBColor) {
    let total = length(line);
    let head = head.min(total);
    scene.line(cut(line, total - head * 0.8), width, color);
    let (tip, back) = (along(line, total), along(line, total - head));
    if let (Some((tip, _)), Some((back, _))) = (tip, back) {
        let reach = back.distance(tip).max(f64::MIN_POSITIVE);
        let way = at((tip.x - back.x) / reach, (tip.y - back.y) / reach);
        scene.area(triangle(tip, way, head, head * 0.5), color, 1.0);
    }
}

/// The begin of a line.
pub(crate) fn cut(line: &[Point], most: f64) -> Vec<Point> {
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
pub(crate) fn triangle(tip: Point, way: Point, length: f64, half: f64) -> Vec<Point> {
    let base = tip.moved(-way.x * length, -way.y * length);
    vec![tip, base.moved(-way.y * half, way.x * half), base.moved(way.y * half, -way.x * half)]
}
