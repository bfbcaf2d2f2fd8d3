//! What limits a call, at its line where nothing else is; where there is no such place, a number that a note below the
//! picture explains. Knows no service.

use crate::plot::font::{self, Weight, wrap};
use crate::plot::geometry::{Point, Rect, along, at, length};
use crate::plot::scene::{Anchor, Scene, Text};
use crate::plot::series::crosses;
use crate::plot::theme;

/// The size of labels, and from one of their lines to the next.
const SIZE: f64 = 15.0;
const LINE: f64 = 18.0;
/// Longer labels become notes.
const MOST_LINES: usize = 5;
/// Where along a line a label may be.
const SHARES: [f64; 9] = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82];
/// How far above or below, in heights of the label: its line always runs through it or along it.
const SHIFTS: [f64; 5] = [0.0, -0.25, 0.25, -0.5, 0.5];

/// Labels under way.
struct Labels<'a> {
    /// Lines of calls.
    lines: &'a [Vec<Point>],
    /// Boxes and labels that are drawn already.
    taken: Vec<Rect>,
}

/// Writes what limits each call at its line, no wider than allowed and off all boxes and other lines. Where one of those
/// with the same limits has no such place, all of them get a number. Returns what the numbers mean, from 1 on.
pub(super) fn write(
    scene: &mut Scene,
    calls: &[Vec<String>],
    lines: &[Vec<Point>],
    boxes: &[Rect],
    width: f64,
) -> Vec<String> {
    let mut labels = Labels { lines, taken: boxes.to_vec() };
    let mut alike: Vec<(&[String], Vec<usize>)> = Vec::new();
    for (call, facts) in calls.iter().enumerate().filter(|(_, facts)| !facts.is_empty()) {
        match alike.iter_mut().find(|(known, _)| known == facts) {
            Some((_, calls)) => calls.push(call),
            None => alike.push((facts, vec![call])),
        }
    }
    let mut notes: Vec<(String, Vec<usize>)> = Vec::new();
    for (facts, calls) in alike {
        if !labels.write_all(scene, facts, &calls, width) {
            notes.push((facts.join(", "), calls));
        }
    }
    for (i, (_, calls)) in notes.iter().enumerate() {
        for call in calls {
            labels.number(scene, *call, i + 1);
        }
    }
    notes.into_iter().map(|(note, _)| note).collect()
}

impl Labels<'_> {
    /// Writes the same label at some lines, if there is room for all.
    fn write_all(&mut self, scene: &mut Scene, facts: &[String], calls: &[usize], width: f64) -> bool {
        let wrapped = |fact: &String| wrap(fact, SIZE, Weight::Regular, width, 2);
        let words: Vec<String> = facts.iter().flat_map(wrapped).collect();
        if words.len() > MOST_LINES || words.iter().any(|words| words.ends_with('\u{2026}')) {
            return false;
        }
        let widest = words.iter().map(|words| font::width(words, SIZE, Weight::Regular)).fold(0.0, f64::max);
        let size = (widest + 8.0, LINE * words.len() as f64 + 4.0);
        let before = self.taken.len();
        for call in calls {
            let Some(rect) = self.free(*call, size).find(|rect| self.is_off_lines(*call, *rect)) else {
                self.taken.truncate(before);
                return false;
            };
            self.taken.push(rect);
        }
        for rect in &self.taken[before..] {
            label(scene, *rect, &words);
        }
        true
    }

    /// Writes a number at a line: off all other lines if that is possible.
    fn number(&mut self, scene: &mut Scene, call: usize, number: usize) {
        let size = (if number > 9 { 28.0 } else { 22.0 }, 22.0);
        let off_lines = self.free(call, size).find(|rect| self.is_off_lines(call, *rect));
        let rect = off_lines.or_else(|| self.free(call, size).next());
        let rect = rect.unwrap_or_else(|| around(self.middle(call, 0.5), size));
        self.taken.push(rect);
        badge(scene, rect, number);
    }

    /// Places of this size at a line, off all boxes and labels.
    fn free(&self, call: usize, size: (f64, f64)) -> impl Iterator<Item = Rect> + '_ {
        let places = SHIFTS.into_iter().flat_map(move |shift| SHARES.map(|share| (shift, share)));
        let place = move |(shift, share)| around(self.middle(call, share).moved(0.0, shift * size.1), size);
        places.map(place).filter(|rect| !self.taken.iter().any(|taken| taken.overlaps(rect.grown(2.0))))
    }

    fn is_off_lines(&self, call: usize, rect: Rect) -> bool {
        !self.lines.iter().enumerate().any(|(i, line)| i != call && crosses(line, rect))
    }

    fn middle(&self, line: usize, share: f64) -> Point {
        let line = &self.lines[line];
        along(line, length(line) * share).map_or(at(0.0, 0.0), |place| place.0)
    }
}

/// The box of this size around a point.
fn around(middle: Point, size: (f64, f64)) -> Rect {
    Rect::new(middle.x - size.0 / 2.0, middle.y - size.1 / 2.0, size.0, size.1)
}

/// Words on white.
fn label(scene: &mut Scene, rect: Rect, words: &[String]) {
    scene.area(rect.rounded(4.0), theme::WHITE, 1.0);
    for (i, line) in words.iter().enumerate() {
        let y = rect.top + 2.0 + LINE * (i as f64 + 0.5) + SIZE * font::CAPITAL / 2.0;
        scene.text(Text::new(at(rect.center().x, y), line.clone()).size(SIZE).anchor(Anchor::Middle));
    }
}

/// A number in a rounded box.
fn badge(scene: &mut Scene, rect: Rect, number: usize) {
    scene.area(rect.rounded(11.0), theme::INK, 1.0);
    let place = rect.center().moved(0.0, SIZE * font::CAPITAL / 2.0);
    scene.text(
        Text::new(place, number.to_string()).size(SIZE).bold().color(theme::WHITE).anchor(Anchor::Middle),
    );
}

/// Writes the notes from here on; returns the bottom.
pub(super) fn notes(scene: &mut Scene, notes: &[String], top: f64) -> f64 {
    const ROW: f64 = 28.0;
    let left = theme::EDGE + 38.0;
    let room = scene.width - theme::EDGE - left;
    let mut y = top;
    for (i, note) in notes.iter().enumerate() {
        badge(scene, Rect::new(theme::EDGE, y + 3.0, 28.0, 22.0), i + 1);
        for line in wrap(note, theme::TEXT, Weight::Regular, room, 3) {
            scene.text(Text::new(at(left, y + ROW / 2.0 + theme::TEXT * font::CAPITAL / 2.0), line));
            y += 22.0;
        }
        y += ROW - 22.0;
    }
    y
}
