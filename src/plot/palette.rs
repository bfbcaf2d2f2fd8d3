//! From an RGB bitmap to at most 256 colors: pictures have few, and shades of them at edges. Encodes nothing.

use std::collections::BTreeMap;

/// Colors that a byte can tell apart.
const MOST: usize = 256;

/// A bitmap of indices into a palette.
pub(super) struct Indexed {
    /// Red, green and blue of each color.
    pub(super) palette: Vec<u8>,
    /// The color of each pixel.
    pub(super) pixels: Vec<u8>,
}

/// The bitmap with its most frequent colors; each other is replaced by the nearest of them.
pub(super) fn indexed(rgb: &[u8]) -> Indexed {
    let mut counts: BTreeMap<[u8; 3], usize> = BTreeMap::new();
    for (color, pixels) in runs(rgb) {
        *counts.entry(color).or_default() += pixels;
    }
    let mut colors: Vec<([u8; 3], usize)> = counts.into_iter().collect();
    colors.sort_by_key(|(_, pixels)| std::cmp::Reverse(*pixels));
    let kept: Vec<[u8; 3]> = colors.iter().take(MOST).map(|color| color.0).collect();
    let places: BTreeMap<[u8; 3], u8> =
        colors.iter().map(|(color, _)| (*color, nearest(&kept, *color))).collect();
    let mut pixels = Vec::with_capacity(rgb.len() / 3);
    for (color, run) in runs(rgb) {
        pixels.extend(std::iter::repeat_n(places[&color], run));
    }
    Indexed { palette: kept.concat(), pixels }
}

/// Pixels of the same color in a row.
fn runs(rgb: &[u8]) -> impl Iterator<Item = ([u8; 3], usize)> {
    let (pixels, _) = rgb.as_chunks::<3>();
    pixels.chunk_by(|a, b| a == b).map(|run| (run[0], run.len()))
}

/// The position of the color that differs least.
fn nearest(kept: &[[u8; 3]], color: [u8; 3]) -> u8 {
    let difference =
        |other: &[u8; 3]| other.iter().zip(color).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum::<u32>();
    let best = kept.iter().enumerate().min_by_key(|(_, other)| difference(other));
    best.map_or(0, |(place, _)| place as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_colors_stay_and_others_go_to_the_nearest() {
        let mut rgb = Vec::new();
        for shade in 0..=255_u8 {
            for _ in 0..3 {
                rgb.extend([shade, 0, 0]);
            }
        }
        rgb.extend([7, 1, 0]);
        let picture = indexed(&rgb);
        assert_eq!((picture.palette.len(), picture.pixels.len()), (768, 769));
        let color = |pixel: usize| {
            let at = usize::from(picture.pixels[pixel]) * 3;
            [picture.palette[at], picture.palette[at + 1], picture.palette[at + 2]]
        };
        assert_eq!([color(0), color(3 * 200 + 2), color(768)], [[0, 0, 0], [200, 0, 0], [7, 0, 0]]);
        assert!(indexed(&[]).pixels.is_empty());
    }
}
