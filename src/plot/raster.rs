//! From a finely drawn bitmap to a PNG: averaging and encoding, in memory. Draws nothing.

use super::PlotError;
use super::palette::{self, Indexed};

/// Averages squares of `samples` x `samples` pixels of an RGB bitmap into rows of `width` pixels.
pub(super) fn average(fine: &[u8], width: usize, samples: usize) -> Vec<u8> {
    let row = width * samples * 3;
    let half = samples * samples / 2;
    let mut pixels = Vec::with_capacity(fine.len() / (samples * samples));
    let mut sums = vec![0_usize; width * 3];
    for rows in fine.chunks_exact(row * samples) {
        sums.fill(half);
        for line in rows.chunks_exact(row) {
            for (square, sum) in line.chunks_exact(samples * 3).zip(sums.chunks_exact_mut(3)) {
                for pixel in square.chunks_exact(3) {
                    for (channel, total) in pixel.iter().zip(sum.iter_mut()) {
                        *total += usize::from(*channel);
                    }
                }
            }
        }
        pixels.extend(sums.iter().map(|sum| (sum / (samples * samples)) as u8));
    }
    pixels
}

/// The PNG, in at most 256 colors, of an RGB bitmap that knows its resolution: `scale` x 96 dots per inch.
pub(super) fn encode(pixels: &[u8], width: u32, height: u32, scale: u32) -> Result<Vec<u8>, PlotError> {
    const METERS_PER_INCH: f64 = 0.0254;
    let mut bytes = Vec::new();
    let mut info = png::Info::with_size(width, height);
    let Indexed { palette, pixels } = palette::indexed(pixels);
    info.color_type = png::ColorType::Indexed;
    info.palette = Some(palette.into());
    info.bit_depth = png::BitDepth::Eight;
    let dots = libm::round(f64::from(96 * scale) / METERS_PER_INCH) as u32;
    info.pixel_dims = Some(png::PixelDimensions { xppu: dots, yppu: dots, unit: png::Unit::Meter });
    let mut encoder = png::Encoder::with_info(&mut bytes, info)?;
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_are_averaged() {
        let fine = [0, 0, 0, 255, 255, 255, 10, 0, 0, 10, 0, 0, 0, 0, 0, 255, 255, 255, 10, 0, 0, 10, 0, 0];
        assert_eq!(average(&fine, 2, 2), [128, 128, 128, 10, 0, 0]);
    }
}
