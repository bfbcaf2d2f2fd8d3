//! Labels that do not overlap: at the ends of lines, on stems above a panel, in free places inside it. Knows what is
//! drawn already, not what it means.

use plotters::style::RGBColor;

use crate::graph::spread::spread;

use super::font::{self, Weight};
use super::geometry::{Point, Rect, at};
use super::scene::{Anchor, Scene, Text};
use super::series::crosses;
use super::theme::{self, Look, Marker};

/// A label at the end of a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EndLabel {
    /// Where the line ends.
    pub(crate) y: f64,
    /// What it is.
    pub(crate) name: String,
    /// Its last value.
    pub(crate) value: String,
    /// How the line looks; none for the twin's.
    pub(crate) look: Option<Look>,
}

impl EndLabel {
    /// Its lines: name and value on one if there is room.
    fn lines(&self, room: f64) -> Vec<(String, Weight)> {
        let weight = if self.look.is_some() { Weight::Bold } else { Weight::Regular };
        let value = font::width(&self.value, theme::TEXT, Weight::Regular);
        if font::width(&self.name, theme::TEXT, weight) + value + 6.0 <= room {
            return vec![(self.name.clone(), weight)];
        }
        vec![
            (font::fit(&self.name, theme::TEXT, weight, room), weight),
            (font::fit(&self.value, theme::TEXT, Weight::Regular, room), Weight::Regular),
        ]
    }
}

/// Draws the labels of lines that end at `x`, between two heights, each as near to its line as the others allow.
pub(crate) fn end_labels(scene: &mut Scene, x: f64, bounds: (f64, f64), mut labels: Vec<EndLabel>) {
    const LEADER: f64 = 18.0;
    const LINE: f64 = 20.0;
    labels.sort_by(|a, b| a.y.total_cmp(&b.y));
    let left = x + LEADER + 12.0;
    let room = scene.width - 8.0 - left;
    let lines: Vec<_> = labels.iter().map(|label| label.lines(room)).collect();
    let heights: Vec<f64> = lines.iter().map(|lines| LINE * lines.len() as f64).collect();
    let wanted: Vec<f64> = labels.iter().map(|label| label.y).collect();
    let centers = spread(&wanted, &heights, 3.0, bounds);
    for ((label, lines), center) in labels.iter().zip(&lines).zip(centers) {
        let color = label.look.map_or(theme::MUTED, |look| look.words);
        let line = label.look.map_or(theme::TWIN, |look| look.line);
        let first = center - LINE * (lines.len() - 1) as f64 / 2.0;
        let elbow =
            vec![at(x, label.y), at(x + 5.0, label.y), at(x + LEADER - 6.0, first), at(x + LEADER, first)];
        scene.line(elbow, 1.2, line);
        if let Some(look) = label.look {
            scene.marker(at(x, label.y), 5.5, look.marker, look.line);
        }
        let baseline = first + theme::TEXT * font::CAPITAL / 2.0;
        for (i, (words, weight)) in lines.iter().enumerate() {
            let text = Text::new(at(left, baseline + LINE * i as f64), words.clone());
            let text = Text { weight: *weight, color, ..text };
            let end = left + text.width() + 6.0;
            scene.text(text);
            if lines.len() == 1 {
                scene.text(Text::new(at(end, baseline), label.value.clone()).color(color));
            }
        }
    }
}

/// A label on a stem.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flag {
    /// Where the stem stands.
    pub(crate) x: f64,
    /// What it says.
    pub(crate) words: String,
    /// In which color.
    pub(crate) color: RGBColor,
    /// What stands at its top, if anything does.
    pub(crate) marker: Option<Marker>,
    /// The row it was put in, counted from the bottom.
    pub(crate) row: usize,
}

/// Puts flags into rows so that no stem runs through the words of another; flags for which there is no row are left out.
pub(crate) fn arrange(mut flags: Vec<Flag>, right: f64, rows: usize) -> Vec<Flag> {
    flags.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut done: Vec<Flag> = Vec::new();
    for mut flag in flags.into_iter().rev() {
        flag.words = font::fit(&flag.words, theme::TEXT, Weight::Bold, right - flag.x - 8.0);
        let end = flag.x + 8.0 + font::width(&flag.words, theme::TEXT, Weight::Bold) + 10.0;
        flag.row = done.iter().filter(|later| later.x < end).map(|later| later.row + 1).max().unwrap_or(0);
        if flag.row < rows {
            done.push(flag);
        }
    }
    done.reverse();
    done
}

/// Keeps notes inside a panel off its lines and off each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Free {
    lines: Vec<Vec<Point>>,
    boxes: Vec<Rect>,
}

impl Free {
    /// Something is drawn along this line.
    pub(crate) fn occupy_line(&mut self, line: &[Point]) {
        self.lines.push(line.to_vec());
    }

    /// Something is drawn in this box.
    pub(crate) fn occupy(&mut self, rect: Rect) {
        self.boxes.push(rect);
    }

    /// Writes the text at the first of these places that is free and inside the panel, on a light ground.
    pub(crate) fn write(&mut self, scene: &mut Scene, panel: Rect, text: &Text, places: &[(Point, Anchor)]) {
        for (place, anchor) in places {
            let text = Text { at: *place, anchor: *anchor, ..text.clone() };
            let bounds = text.bounds().grown(2.0);
            let inside = bounds.left >= panel.left
                && bounds.right <= panel.right
                && bounds.top >= panel.top
                && bounds.bottom <= panel.bottom;
            let free = inside
                && !self.boxes.iter().any(|taken| taken.overlaps(bounds))
                && !self.lines.iter().any(|line| crosses(line, bounds));
            if free {
                self.occupy(bounds);
                scene.text(text);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag(x: f64, words: &str) -> Flag {
        Flag { x, words: words.to_owned(), color: theme::INK, marker: None, row: 0 }
    }

    #[test]
    fn stems_never_run_through_words() {
        let flags = vec![flag(100.0, "12 s pause of user-db"), flag(200.0, "alert"), flag(210.0, "alert")];
        let placed = arrange(flags, 1000.0, 3);
        let rows: Vec<usize> = placed.iter().map(|flag| flag.row).collect();
        assert_eq!(rows, [2, 1, 0]);
        let many = (0..50).map(|i| flag(100.0 + f64::from(i), "alert")).collect();
        assert_eq!(arrange(many, 1000.0, 3).len(), 3);
    }

    #[test]
    fn end_labels_keep_apart() {
        let mut scene = Scene::new(String::new(), String::new());
        let label = |y| EndLabel {
            y,
            name: "checkout errors".into(),
            value: "100 %".into(),
            look: Some(theme::look(0)),
        };
        end_labels(&mut scene, 980.0, (100.0, 300.0), vec![label(100.0), label(101.0), label(102.0)]);
        let bounds: Vec<Rect> = scene.texts().map(Text::bounds).collect();
        assert_eq!(bounds.len(), 6);
        for (i, a) in bounds.iter().enumerate() {
            assert!(bounds.iter().skip(i + 1).all(|b| !a.overlaps(*b)));
        }
    }
}
