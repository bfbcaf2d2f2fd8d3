//! The boxes of the propagation picture: services with what became of them, classes as their users. Knows no edges.

use plotters::style::RGBColor;

use crate::plot::font::{self, Weight, fit, wrap};
use crate::plot::geometry::{Point, Rect, at};
use crate::plot::scene::{Anchor, Scene, Text};
use crate::plot::theme;

use super::status::{Audience, Outcome, Status};

/// Space between the edge of a box and its words.
const PADDING: f64 = 12.0;
/// From one line of words to the next.
const LINE: f64 = 20.0;
/// Height of the badge of the second wave.
const WAVE_HEAD: f64 = 28.0;
/// The size of names.
const NAME: f64 = 18.0;

/// How much is told in a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// All of it.
    Full,
    /// When and by what besides the name, and no more: for many services.
    Compact,
}

/// The height of a service's box.
pub(super) fn service_height(status: &Status, width: f64, detail: Detail) -> f64 {
    match (status.outcome, detail) {
        (Outcome::Unknown, _) | (Outcome::Unharmed, Detail::Compact) => 40.0,
        (Outcome::Unharmed, Detail::Full) => 60.0,
        (_, Detail::Compact) => 42.0 + LINE * via(status, width, detail).len() as f64,
        (_, Detail::Full) => {
            let lines = via(status, width, detail).len();
            2.0 * PADDING + 6.0 + LINE * (2 + lines) as f64 + wave_height(status, width)
        }
    }
}

/// The height of what is told about the second wave.
fn wave_height(status: &Status, width: f64) -> f64 {
    status.again.as_ref().map_or(0.0, |again| WAVE_HEAD + LINE * wave(again, width).len() as f64 + 4.0)
}

/// What carried the second wave, in lines.
fn wave((_, via): &(String, String), width: f64) -> Vec<String> {
    wrap(via, theme::TEXT, Weight::Regular, width - 2.0 * PADDING, 3)
}

/// The height of a class's box.
pub(super) fn class_height(audience: &Audience) -> f64 {
    if audience.got.is_empty() { 44.0 } else { 62.0 }
}

/// When and by what, in lines.
fn via(status: &Status, width: f64, detail: Detail) -> Vec<String> {
    let when = status.when.clone().unwrap_or_default();
    let words = if status.via.is_empty() { when } else { format!("{when}: {}", status.via) };
    let lines = if detail == Detail::Full { 3 } else { 2 };
    wrap(&words, theme::TEXT, Weight::Regular, width - 2.0 * PADDING, lines)
}

/// Draws a service.
pub(super) fn service(scene: &mut Scene, rect: Rect, name: &str, status: &Status, detail: Detail) {
    let (ground, edge) = status.outcome.colors(status.target);
    let outline = rect.rounded(8.0);
    scene.area(outline.clone(), ground, 1.0);
    let weight = if status.outcome == Outcome::Impaired { 3.0 } else { 1.6 };
    scene.outline(outline, weight, edge);
    let (ink, quiet) = if status.target { (theme::WHITE, theme::GRID) } else { (theme::INK, theme::MUTED) };
    let single = rect.height() < 50.0;
    let first = if single { rect.center().y + NAME * 0.36 } else { rect.top + PADDING + 14.0 };
    let mut left = rect.left + PADDING;
    if let Some(rank) = status.rank {
        badge(scene, at(left + 9.0, first - NAME * 0.36), rank, status.target);
        left += 26.0;
    }
    let icon_room = 22.0;
    let room = rect.right - PADDING - left - icon_room;
    scene.text(Text::new(at(left, first), fit(name, NAME, Weight::Bold, room)).size(NAME).bold().color(ink));
    icon(scene, at(rect.right - PADDING - 7.0, first - NAME * 0.36), status);
    if single {
        return;
    }
    let start = rect.left + PADDING;
    let width = rect.width() - 2.0 * PADDING;
    let mut y = first + LINE + 3.0;
    let mut line = |scene: &mut Scene, words: &str, color: RGBColor, bold: bool| {
        let weight = if bold { Weight::Bold } else { Weight::Regular };
        let text = Text::new(at(start, y), fit(words, theme::TEXT, weight, width)).color(color);
        scene.text(Text { weight, ..text });
        y += LINE;
    };
    if status.outcome == Outcome::Unharmed {
        line(scene, &status.end, quiet, false);
        return;
    }
    for words in via(status, rect.width(), detail) {
        line(scene, &words, ink, false);
    }
    if detail == Detail::Compact {
        return;
    }
    let loud = match status.outcome {
        _ if status.target => theme::WHITE,
        Outcome::Impaired => RGBColor(150, 58, 0),
        _ => RGBColor(112, 74, 0),
    };
    line(scene, &status.end, loud, true);
    if let Some(again) = &status.again {
        second_wave(scene, Rect { top: y - LINE + 8.0, ..rect }, again, ink);
    }
}

/// When and by what a service was hit again.
fn second_wave(scene: &mut Scene, rect: Rect, again: &(String, String), ink: RGBColor) {
    const SIZE: f64 = 15.0;
    let left = rect.left + PADDING;
    let room = rect.width() - 2.0 * PADDING - 10.0;
    let words = fit(&format!("2nd wave {}", again.0), SIZE, Weight::Bold, room);
    let width = font::width(&words, SIZE, Weight::Bold) + 10.0;
    let badge = Rect::new(left, rect.top, width, 23.0);
    scene.area(badge.grown(1.0).rounded(6.0), theme::WHITE, 1.0);
    scene.area(badge.rounded(5.0), theme::RESTART, 1.0);
    let place = at(left + 5.0, badge.center().y + SIZE * font::CAPITAL / 2.0);
    scene.text(Text::new(place, words).size(SIZE).bold().color(theme::WHITE));
    let mut y = rect.top + WAVE_HEAD + 13.0;
    for line in wave(again, rect.width()) {
        scene.text(Text::new(at(left, y), line).color(ink));
        y += LINE;
    }
}

/// The order of impact in a disc.
fn badge(scene: &mut Scene, center: Point, rank: usize, inverse: bool) {
    let (ground, ink) = if inverse { (theme::WHITE, theme::INK) } else { (theme::INK, theme::WHITE) };
    scene.disc(center, 10.5, ground);
    let size = if rank > 9 { 13.0 } else { theme::TEXT };
    let place = center.moved(0.0, size * font::CAPITAL / 2.0);
    scene.text(Text::new(place, rank.to_string()).size(size).bold().color(ink).anchor(Anchor::Middle));
}

/// What became of it, as a shape: a bolt where the fault struck, a cross, an arrow that comes back, or a tick.
pub(super) fn icon(scene: &mut Scene, center: Point, status: &Status) {
    let points = |places: &[(f64, f64)]| places.iter().map(|(x, y)| center.moved(*x, *y)).collect::<Vec<_>>();
    if status.target {
        let bolt =
            [(1.5, -9.0), (-6.0, 1.5), (-1.0, 1.5), (-2.0, 9.0), (6.0, -2.5), (1.0, -2.5), (4.0, -9.0)];
        scene.area(points(&bolt), theme::ORANGE, 1.0);
        return;
    }
    match status.outcome {
        Outcome::Unknown => {}
        Outcome::Unharmed => scene.line(points(&[(-6.0, 0.5), (-2.0, 5.0), (6.5, -5.5)]), 2.6, theme::GREEN),
        Outcome::Impaired => {
            scene.line(points(&[(-5.5, -5.5), (5.5, 5.5)]), 3.2, theme::VERMILION);
            scene.line(points(&[(-5.5, 5.5), (5.5, -5.5)]), 3.2, theme::VERMILION);
        }
        Outcome::Recovered => {
            let arc: Vec<Point> = (0..=14)
                .map(|step| {
                    let angle = (-60.0 + f64::from(step) * 20.0_f64).to_radians();
                    center.moved(6.0 * libm::cos(angle), 6.0 * libm::sin(angle))
                })
                .collect();
            scene.line(arc, 2.4, RGBColor(160, 106, 0));
            scene.area(points(&[(-1.5, -6.5), (7.0, -8.5), (5.0, 0.0)]), RGBColor(160, 106, 0), 1.0);
        }
    }
}

/// Draws the users of a class.
pub(super) fn class(scene: &mut Scene, rect: Rect, name: &str, audience: &Audience) {
    let edge = if audience.harmed { theme::VERMILION } else { theme::AXIS };
    let outline = rect.rounded(rect.height() / 2.0);
    scene.area(outline.clone(), theme::WHITE, 1.0);
    scene.outline(outline, if audience.harmed { 3.0 } else { 1.6 }, edge);
    let head = at(rect.left + 27.0, rect.center().y - 8.0);
    let color = if audience.harmed { theme::VERMILION } else { theme::MUTED };
    person(scene, head, color);
    let left = rect.left + 47.0;
    let room = rect.right - 18.0 - left;
    let single = audience.got.is_empty();
    let y = if single { rect.center().y + 6.0 } else { rect.center().y - 4.0 };
    scene.text(Text::new(at(left, y), fit(name, NAME, Weight::Bold, room)).size(NAME).bold());
    let ink = if audience.harmed { RGBColor(150, 58, 0) } else { theme::MUTED };
    let got = fit(&audience.got, theme::TEXT, Weight::Regular, room + 12.0);
    scene.text(Text::new(at(left, y + LINE), got).color(ink));
}

/// Draws a person: head and shoulders.
pub(in crate::plot) fn person(scene: &mut Scene, head: Point, color: RGBColor) {
    scene.disc(head, 6.5, color);
    let shoulders = Rect::new(head.x - 11.0, head.y + 9.0, 22.0, 24.0).rounded(11.0);
    let shoulders: Vec<Point> = shoulders.into_iter().map(|p| at(p.x, p.y.min(head.y + 20.0))).collect();
    scene.area(shoulders, color, 1.0);
}
