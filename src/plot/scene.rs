//! A picture as a list of shapes in logical pixels: what is drawn, before any file format. Knows no simulation.

use plotters::style::RGBColor;

use super::font::{self, Weight};
use super::geometry::{Point, Rect, at, dashes};
use super::theme::{self, Marker};

/// A picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scene {
    /// Its width.
    pub(crate) width: f64,
    /// Its height.
    pub(crate) height: f64,
    /// What it shows in a sentence, for those who cannot see it.
    pub(crate) title: String,
    /// More of that.
    pub(crate) description: String,
    /// What is drawn, in this order.
    pub(crate) shapes: Vec<Shape>,
}

/// Something drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// A line.
    Line { points: Vec<Point>, width: f64, color: RGBColor },
    /// A filled area.
    Area { points: Vec<Point>, color: RGBColor, opacity: f64 },
    /// A filled disc.
    Disc { center: Point, radius: f64, color: RGBColor },
    /// A line of text.
    Text(Text),
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text {
    /// On the baseline, at the begin, middle or end.
    pub(crate) at: Point,
    /// Which of these.
    pub(crate) anchor: Anchor,
    /// The words.
    pub(crate) words: String,
    /// Font size.
    pub(crate) size: f64,
    /// How bold.
    pub(crate) weight: Weight,
    /// Its color.
    pub(crate) color: RGBColor,
}

/// Where the place of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// At its begin.
    Start,
    /// At its middle.
    Middle,
    /// At its end.
    End,
}

impl Text {
    /// Regular text in ink that starts here.
    pub(crate) fn new(at: Point, words: impl Into<String>) -> Self {
        Self {
            at,
            anchor: Anchor::Start,
            words: words.into(),
            size: theme::TEXT,
            weight: Weight::Regular,
            color: theme::INK,
        }
    }

    /// In bold.
    pub(crate) fn bold(self) -> Self {
        Self { weight: Weight::Bold, ..self }
    }

    /// In this size.
    pub(crate) fn size(self, size: f64) -> Self {
        Self { size, ..self }
    }

    /// In this color.
    pub(crate) fn color(self, color: RGBColor) -> Self {
        Self { color, ..self }
    }

    /// With its place at the middle or end.
    pub(crate) fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// Its width.
    pub(crate) fn width(&self) -> f64 {
        font::width(&self.words, self.size, self.weight)
    }

    /// The box that it fills, from the capitals' top to the descenders' bottom.
    pub(crate) fn bounds(&self) -> Rect {
        let width = self.width();
        let left = match self.anchor {
            Anchor::Start => self.at.x,
            Anchor::Middle => self.at.x - width / 2.0,
            Anchor::End => self.at.x - width,
        };
        let top = self.at.y - font::CAPITAL * self.size;
        Rect::new(left, top, width, self.size * (font::CAPITAL + 0.21))
    }
}

impl Scene {
    /// An empty picture of the usual width.
    pub(crate) fn new(title: String, description: String) -> Self {
        Self { width: theme::WIDTH, height: 0.0, title, description, shapes: Vec::new() }
    }

    /// Draws text; empty text is left out.
    pub(crate) fn text(&mut self, text: Text) {
        if !text.words.is_empty() {
            self.shapes.push(Shape::Text(text));
        }
    }

    /// Draws a solid line.
    pub(crate) fn line(&mut self, points: Vec<Point>, width: f64, color: RGBColor) {
        if points.len() > 1 {
            self.shapes.push(Shape::Line { points, width, color });
        }
    }

    /// Draws a line with dashes.
    pub(crate) fn dashed(&mut self, points: &[Point], width: f64, color: RGBColor, pattern: &[f64]) {
        for dash in dashes(points, pattern) {
            self.line(dash, width, color);
        }
    }

    /// Fills an area.
    pub(crate) fn area(&mut self, points: Vec<Point>, color: RGBColor, opacity: f64) {
        if points.len() > 2 {
            self.shapes.push(Shape::Area { points, color, opacity });
        }
    }

    /// Fills a box.
    pub(crate) fn fill(&mut self, rect: Rect, color: RGBColor) {
        self.area(rect.corners(), color, 1.0);
    }

    /// Draws the outline of an area.
    pub(crate) fn outline(&mut self, mut points: Vec<Point>, width: f64, color: RGBColor) {
        if let Some(first) = points.first().copied() {
            points.push(first);
            self.line(points, width, color);
        }
    }

    /// Fills a disc.
    pub(crate) fn disc(&mut self, center: Point, radius: f64, color: RGBColor) {
        self.shapes.push(Shape::Disc { center, radius, color });
    }

    /// Draws the marker of a series, with a white rim.
    pub(crate) fn marker(&mut self, center: Point, radius: f64, marker: Marker, color: RGBColor) {
        for (r, color) in [(radius + 2.0, theme::WHITE), (radius, color)] {
            let Point { x, y } = center;
            match marker {
                Marker::Circle => self.disc(center, r, color),
                Marker::Square => self.fill(Rect::new(x - r * 0.88, y - r * 0.88, r * 1.76, r * 1.76), color),
                Marker::Triangle => {
                    let points =
                        vec![at(x, y - r * 1.15), at(x + r * 1.1, y + r * 0.8), at(x - r * 1.1, y + r * 0.8)];
                    self.area(points, color, 1.0);
                }
                Marker::Diamond => {
                    let d = r * 1.2;
                    let points = vec![at(x, y - d), at(x + d, y), at(x, y + d), at(x - d, y)];
                    self.area(points, color, 1.0);
                }
            }
        }
    }

    /// The texts drawn so far.
    #[cfg(test)]
    pub(crate) fn texts(&self) -> impl Iterator<Item = &Text> {
        self.shapes.iter().filter_map(|shape| match shape {
            Shape::Text(text) => Some(text),
            _ => None,
        })
    }
}
