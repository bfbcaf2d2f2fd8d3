//! Draws a scene on any drawing back end. Knows the quirks of the back ends, not what the picture means.

use plotters::coord::Shift;
use plotters::prelude::{
    Circle, Color, DrawingArea, DrawingBackend, FontStyle, PathElement, Polygon, RGBColor, Rectangle,
    ShapeStyle, TextStyle,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily};

use super::PlotError;
use super::font::{FAMILY, Weight};
use super::geometry::Point;
use super::scene::{Anchor, Scene, Shape, Text};

/// What differs between back ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Device {
    /// Its units per logical pixel.
    pub(super) scale: f64,
    /// What it calls a font size of one em.
    pub(super) size_per_em: f64,
    /// How far below the top of a text it puts the baseline, in ems.
    pub(super) baseline: f64,
    /// Whether lines must be handed over in straight pieces, because it leaves holes where a thick line crosses itself.
    pub(super) pieces: bool,
}

impl Device {
    fn place(&self, point: Point) -> (i32, i32) {
        (libm::round(point.x * self.scale) as i32, libm::round(point.y * self.scale) as i32)
    }

    fn length(&self, length: f64) -> u32 {
        libm::round(length * self.scale).max(1.0) as u32
    }
}

/// Draws everything.
pub(super) fn paint<B: DrawingBackend>(
    scene: &Scene,
    area: &DrawingArea<B, Shift>,
    device: Device,
) -> Result<(), PlotError> {
    let corner = device.place(super::geometry::at(libm::ceil(scene.width), libm::ceil(scene.height)));
    let paper = Rectangle::new([(0, 0), corner], solid(super::theme::WHITE));
    area.draw(&paper).map_err(PlotError::draw)?;
    for shape in &scene.shapes {
        match shape {
            Shape::Line { points, width, color } => line(area, device, points, *width, *color)?,
            Shape::Area { points, color, opacity } => {
                let outline: Vec<_> = points.iter().map(|point| device.place(*point)).collect();
                area.draw(&Polygon::new(outline, color.mix(*opacity).filled())).map_err(PlotError::draw)?;
            }
            Shape::Disc { center, radius, color } => {
                let disc = Circle::new(device.place(*center), device.length(*radius), solid(*color));
                area.draw(&disc).map_err(PlotError::draw)?;
            }
            Shape::Text(words) => text(area, device, words)?,
        }
    }
    area.present().map_err(PlotError::draw)
}

fn solid(color: RGBColor) -> ShapeStyle {
    color.filled()
}

fn line<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    device: Device,
    points: &[Point],
    width: f64,
    color: RGBColor,
) -> Result<(), PlotError> {
    let stroke = device.length(width);
    let style = color.stroke_width(stroke);
    let mut places: Vec<_> = points.iter().map(|point| device.place(*point)).collect();
    places.dedup();
    if !device.pieces {
        return area.draw(&PathElement::new(places, style)).map_err(PlotError::draw);
    }
    for pair in places.windows(2) {
        area.draw(&PathElement::new(pair.to_vec(), style)).map_err(PlotError::draw)?;
    }
    if stroke > 3 {
        for joint in places.iter().skip(1).take(places.len().saturating_sub(2)) {
            area.draw(&Circle::new(*joint, stroke / 2, solid(color))).map_err(PlotError::draw)?;
        }
    }
    Ok(())
}

fn text<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    device: Device,
    text: &Text,
) -> Result<(), PlotError> {
    let style = match text.weight {
        Weight::Regular => FontStyle::Normal,
        Weight::Bold => FontStyle::Bold,
    };
    let h_pos = match text.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let em = text.size * device.scale;
    let font = FontDesc::new(FontFamily::Name(FAMILY), em * device.size_per_em, style);
    let style = TextStyle::from(font).color(&text.color).pos(Pos::new(h_pos, VPos::Top));
    let top = text.at.moved(0.0, -device.baseline * text.size);
    area.draw_text(&text.words, &style, device.place(top)).map_err(PlotError::draw)
}
