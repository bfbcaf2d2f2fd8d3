//! A finished picture and the formats it can be written in, in memory. Touches no file.

use plotters::backend::{BitMapBackend, SVGBackend};
use plotters::drawing::IntoDrawingArea;

use super::paint::{Device, paint};
use super::scene::Scene;
use super::{font, theme};

/// A finished picture. The same input gives the same bytes, whatever the machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    scene: Scene,
}

/// Why a picture could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// The bundled font cannot be read.
    #[error("the bundled font is broken")]
    Font,
    /// The drawing library refused.
    #[error("drawing failed: {0}")]
    Draw(String),
    /// The picture could not be encoded.
    #[error("encoding the picture failed")]
    Encode(#[from] png::EncodingError),
}

impl PlotError {
    pub(super) fn draw(error: impl std::fmt::Display) -> Self {
        Self::Draw(error.to_string())
    }
}

/// Units of an SVG per logical pixel: the drawing library knows whole numbers only.
const SVG_SCALE: u32 = 10;
/// Samples per pixel of a PNG and direction, averaged.
const SAMPLES: u32 = 2;

impl Figure {
    pub(super) fn new(scene: Scene) -> Self {
        Self { scene }
    }

    /// Its width and height in logical pixels.
    pub fn size(&self) -> (u32, u32) {
        (libm::ceil(self.scene.width) as u32, libm::ceil(self.scene.height) as u32)
    }

    /// What it shows, in a sentence: its title.
    pub fn title(&self) -> &str {
        &self.scene.title
    }

    #[cfg(test)]
    pub(super) fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The picture as SVG. Text stays text; a viewer without the font sets it in another, in the same space.
    pub fn svg(&self) -> Result<String, PlotError> {
        font::register()?;
        let (width, height) = self.size();
        let mut raw = String::new();
        {
            let device =
                Device { scale: f64::from(SVG_SCALE), size_per_em: 1.24, baseline: 0.76, pieces: false };
            let backend = SVGBackend::with_string(&mut raw, (width * SVG_SCALE, height * SVG_SCALE));
            paint(&self.scene, &backend.into_drawing_area(), device)?;
        }
        Ok(super::svg::finish(&raw, &self.scene, f64::from(SVG_SCALE)))
    }

    /// The picture as PNG, with two pixels per logical one.
    pub fn png(&self) -> Result<Vec<u8>, PlotError> {
        font::register()?;
        let (width, height) = self.size();
        let fine = theme::PNG_SCALE * SAMPLES;
        let mut buffer = vec![255_u8; (width * fine) as usize * (height * fine) as usize * 3];
        {
            let device = Device {
                scale: f64::from(fine),
                size_per_em: font::HEIGHT_PER_EM,
                baseline: font::HEIGHT_PER_EM / 2.0,
                pieces: true,
            };
            let backend = BitMapBackend::with_buffer(&mut buffer, (width * fine, height * fine));
            paint(&self.scene, &backend.into_drawing_area(), device)?;
        }
        let (width, height) = (width * theme::PNG_SCALE, height * theme::PNG_SCALE);
        let pixels = super::raster::average(&buffer, width as usize, SAMPLES as usize);
        super::raster::encode(&pixels, width, height, theme::PNG_SCALE)
    }
}
