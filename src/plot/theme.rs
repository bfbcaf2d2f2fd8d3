//! How the pictures look: colors, sizes and line weights, in one place. Knows nothing of what is drawn.
//!
//! The palette is Okabe and Ito's, "Color Universal Design" (2008, <https://jfly.uni-koeln.de/color/>), safe for eyes that
//! confuse red and green; its yellow is left out, being too light on white. Color never stands alone: lines
//! differ by dash and marker too and are labeled at their ends, boxes carry an icon and words.

use plotters::style::RGBColor;

/// Width of a picture in logical pixels.
pub(crate) const WIDTH: f64 = 1200.0;
/// Space between the edge of the picture and anything in it.
pub(crate) const EDGE: f64 = 28.0;
/// Pixels of a PNG per logical pixel: sharp on slides.
pub(crate) const PNG_SCALE: u32 = 2;

/// The size of a title.
pub(crate) const TITLE: f64 = 30.0;
/// The size of a heading.
pub(crate) const HEADING: f64 = 18.0;
/// The size of everything else: about 11 px where a picture is shown 800 px wide.
pub(crate) const TEXT: f64 = 16.0;

/// The line of a series.
pub(crate) const SERIES: f64 = 3.2;
/// The line of what a series is compared with.
pub(crate) const REFERENCE: f64 = 2.2;
/// Grid, frames and ticks.
pub(crate) const HAIR: f64 = 1.0;

/// The paper.
pub(crate) const WHITE: RGBColor = RGBColor(255, 255, 255);
/// Titles and words that matter.
pub(crate) const INK: RGBColor = RGBColor(26, 29, 33);
/// Words that explain.
pub(crate) const MUTED: RGBColor = RGBColor(91, 98, 107);
/// Lines of axes.
pub(crate) const AXIS: RGBColor = RGBColor(148, 155, 164);
/// Grid lines.
pub(crate) const GRID: RGBColor = RGBColor(231, 234, 238);
/// Quiet areas.
pub(crate) const WASH: RGBColor = RGBColor(243, 245, 247);
/// What a series is compared with: the twin.
pub(crate) const TWIN: RGBColor = RGBColor(122, 129, 138);

/// Okabe and Ito's vermilion.
pub(crate) const VERMILION: RGBColor = RGBColor(213, 94, 0);
/// Okabe and Ito's orange.
pub(crate) const ORANGE: RGBColor = RGBColor(230, 159, 0);
/// Okabe and Ito's bluish green.
pub(crate) const GREEN: RGBColor = RGBColor(0, 158, 115);

/// What people do: Okabe and Ito's blue.
pub(crate) const PEOPLE: RGBColor = RGBColor(0, 114, 178);
/// Restarts that people make: their reddish purple, darker.
pub(crate) const RESTART: RGBColor = RGBColor(155, 68, 117);

/// Threads that are held: their sky blue, which lets a gray line be seen upon it.
pub(crate) const THREADS: RGBColor = RGBColor(86, 180, 233);

/// A color of a fault's band, drawn with [`BAND_OPACITY`].
pub(crate) const BAND: RGBColor = ORANGE;
/// How much a fault's band covers of what is below.
pub(crate) const BAND_OPACITY: f64 = 0.28;
/// How much the area between a series and its twin covers.
pub(crate) const AREA_OPACITY: f64 = 0.16;

/// How a series is told from the others: a color, a darker one for words, a dash and a marker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Look {
    /// Its line.
    pub(crate) line: RGBColor,
    /// Words about it: at least 4.5:1 on white.
    pub(crate) words: RGBColor,
    /// Lengths of dashes and gaps; empty for a solid line.
    pub(crate) dash: &'static [f64],
    /// The shape at its end.
    pub(crate) marker: Marker,
}

/// The shape at the end of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// A disc.
    Circle,
    /// A square.
    Square,
    /// A triangle.
    Triangle,
    /// A square on its corner.
    Diamond,
}

/// The looks of series, in the order they are given away; the fifth on are dashed.
const LOOKS: [(RGBColor, RGBColor); 7] = [
    (VERMILION, RGBColor(176, 74, 0)),
    (RGBColor(0, 114, 178), RGBColor(0, 98, 155)),
    (GREEN, RGBColor(0, 113, 82)),
    (RGBColor(204, 121, 167), RGBColor(155, 68, 117)),
    (ORANGE, RGBColor(139, 92, 0)),
    (RGBColor(86, 180, 233), RGBColor(21, 110, 160)),
    (INK, INK),
];
const MARKERS: [Marker; 4] = [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond];
const DASHES: [&[f64]; 4] = [&[], &[14.0, 4.0], &[5.0, 3.0], &[14.0, 4.0, 3.0, 4.0]];

/// The look of the `n`-th series of a picture.
pub(crate) fn look(n: usize) -> Look {
    let (line, words) = LOOKS[n % LOOKS.len()];
    Look { line, words, dash: DASHES[n % DASHES.len()], marker: MARKERS[n % MARKERS.len()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: RGBColor) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) }
        };
        0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
    }

    #[test]
    fn words_are_readable_on_white() {
        let words = (0..LOOKS.len()).map(|n| look(n).words).chain([INK, MUTED, PEOPLE, RESTART]);
        for color in words {
            let contrast = 1.05 / (luminance(color) + 0.05);
            assert!(contrast >= 4.5, "{color:?} has a contrast of {contrast:.2} only");
        }
    }
}
