//! Services as boxes, those with caches as cylinders, users as themselves: name and bounds. Knows no calls.

use crate::graph::{Kind, Node};
use crate::plot::font::{self, Weight, fit, wrap};
use crate::plot::geometry::{Point, Rect, at};
use crate::plot::propagation::person;
use crate::plot::scene::{Scene, Text};
use crate::plot::theme;

/// Space between the edge of a box and its words.
const PADDING: f64 = 12.0;
/// From one line of words to the next.
const LINE: f64 = 20.0;
/// The size of names.
const NAME: f64 = 18.0;
/// Half the height of the ends of a cylinder.
const CAP: f64 = 8.0;
/// Space for the sign of users, left of their words.
const PERSON: f64 = 47.0;
/// Lines of one fact.
const LINES: usize = 2;

/// The facts of a node, in lines.
fn lines(node: &Node, width: f64) -> Vec<String> {
    let facts = node.facts.iter();
    facts.flat_map(|fact| wrap(fact, theme::TEXT, Weight::Regular, room(node.kind, width), LINES)).collect()
}

/// How wide words in a box may be.
fn room(kind: Kind, width: f64) -> f64 {
    if kind == Kind::Users { width - PERSON - PADDING } else { width - 2.0 * PADDING }
}

/// The height of a box.
pub(super) fn height(node: &Node, width: f64) -> f64 {
    let cap = if node.kind == Kind::Cached { 3.0 * CAP } else { 0.0 };
    let names = name(node, width).len();
    2.0 * PADDING + LINE * (names + lines(node, width).len()) as f64 + cap
}

/// Draws a service, or the users of a class.
pub(super) fn draw(scene: &mut Scene, rect: Rect, node: &Node) {
    shape(scene, rect, node.kind);
    let mut left = rect.left + PADDING;
    if node.kind == Kind::Users {
        person(scene, at(rect.left + 27.0, rect.center().y - 8.0), theme::MUTED);
        left = rect.left + PERSON;
    }
    let cap = if node.kind == Kind::Cached { 2.0 * CAP } else { 0.0 };
    let mut y = rect.top + cap + PADDING + 14.0;
    for line in name(node, rect.width()) {
        scene.text(Text::new(at(left, y), line).size(NAME).bold());
        y += LINE;
    }
    for line in lines(node, rect.width()) {
        scene.text(Text::new(at(left, y), line));
        y += LINE;
    }
}

/// A name in one line or two, broken where its parts meet if that is possible.
fn name(node: &Node, width: f64) -> Vec<String> {
    let room = room(node.kind, width);
    let fits = |words: &str| font::width(words, NAME, Weight::Bold) <= room;
    if fits(&node.name) {
        return vec![node.name.clone()];
    }
    let (mut hard, mut soft) = (0, None);
    for (i, letter) in node.name.char_indices() {
        let next = i + letter.len_utf8();
        if hard > 0 && !fits(&node.name[..next]) {
            break;
        }
        hard = next;
        if " -_.:/".contains(letter) {
            soft = Some(next);
        }
    }
    let (first, rest) = node.name.split_at(soft.unwrap_or(hard));
    vec![first.trim_end().to_owned(), fit(rest.trim_start(), NAME, Weight::Bold, room)]
}

/// The shape of a kind of node.
pub(super) fn shape(scene: &mut Scene, rect: Rect, kind: Kind) {
    const EDGE: f64 = 1.6;
    let (outline, ground) = match kind {
        Kind::Users => (rect.rounded(rect.height() / 2.0), theme::WHITE),
        Kind::Service => (rect.rounded(6.0), theme::WASH),
        Kind::Cached => return cylinder(scene, rect, EDGE),
    };
    scene.area(outline.clone(), ground, 1.0);
    scene.outline(outline, EDGE, theme::AXIS);
}

fn cylinder(scene: &mut Scene, rect: Rect, edge: f64) {
    let cap = CAP.min(rect.height() / 4.0);
    let lid = ellipse(at(rect.center().x, rect.top + cap), rect.width() / 2.0, cap, 0.0, 360.0);
    let mut body = ellipse(at(rect.center().x, rect.top + cap), rect.width() / 2.0, cap, 180.0, 360.0);
    body.extend(ellipse(at(rect.center().x, rect.bottom - cap), rect.width() / 2.0, cap, 0.0, 180.0));
    scene.area(body.clone(), theme::WASH, 1.0);
    scene.area(lid.clone(), theme::GRID, 1.0);
    scene.outline(body, edge, theme::AXIS);
    scene.line(lid, edge, theme::AXIS);
}

/// A part of an ellipse, clockwise from an angle to another.
fn ellipse(center: Point, half_width: f64, half_height: f64, from: f64, to: f64) -> Vec<Point> {
    const STEPS: u32 = 36;
    let point = |step: u32| {
        let angle = (from + (to - from) * f64::from(step) / f64::from(STEPS)).to_radians();
        center.moved(half_width * libm::cos(angle), half_height * libm::sin(angle))
    };
    (0..=STEPS).map(point).collect()
}
