//! The font that every picture is set in: bundled, registered once, measured. Knows no picture.
//!
//! Inter, under the SIL Open Font License; see `assets/fonts/README.md`.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef};
use plotters::style::{FontStyle, register_font};

use crate::plot::PlotError;

static REGULAR: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.otf");
static BOLD: &[u8] = include_bytes!("../../assets/fonts/Inter-Bold.otf");

/// The name under which the font is registered, and what an SVG asks for: viewers without Inter fall back.
pub(crate) const FAMILY: &str = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";
/// From the deepest descender to the tallest ascender, in ems: the unit in which the bitmap's sizes are counted.
pub(crate) const HEIGHT_PER_EM: f64 = 3408.0 / 2816.0;
/// From the baseline to the top of a capital, in ems.
pub(crate) const CAPITAL: f64 = 0.727;

/// How bold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// As body text.
    Regular,
    /// As headings.
    Bold,
}

/// Makes the font known to the drawing library; the first call does the work.
pub(crate) fn register() -> Result<(), PlotError> {
    static DONE: OnceLock<bool> = OnceLock::new();
    let done = DONE.get_or_init(|| {
        register_font(FAMILY, FontStyle::Normal, REGULAR).is_ok()
            && register_font(FAMILY, FontStyle::Bold, BOLD).is_ok()
    });
    if *done { Ok(()) } else { Err(PlotError::Font) }
}

/// The parsed font; none if the bundled file is broken, which a test rules out.
fn face(weight: Weight) -> Option<&'static FontRef<'static>> {
    static FACES: [OnceLock<Option<FontRef<'static>>>; 2] = [OnceLock::new(), OnceLock::new()];
    let (slot, bytes) = match weight {
        Weight::Regular => (&FACES[0], REGULAR),
        Weight::Bold => (&FACES[1], BOLD),
    };
    slot.get_or_init(|| FontRef::try_from_slice(bytes).ok()).as_ref()
}

/// Width of a line of text in logical pixels.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let Some(font) = face(weight) else {
        return 0.6 * size * text.chars().count() as f64;
    };
    let em = f64::from(font.units_per_em().unwrap_or(1000.0));
    let advance: f64 = text.chars().map(|c| f64::from(font.h_advance_unscaled(font.glyph_id(c)))).sum();
    advance / em * size
}

/// The text, or its begin and an ellipsis if it is wider than allowed.
pub(crate) fn fit(text: &str, size: f64, weight: Weight, most: f64) -> String {
    if width(text, size, weight) <= most {
        return text.to_owned();
    }
    let mut kept: String = text.to_owned();
    while kept.pop().is_some() {
        let short = format!("{}\u{2026}", kept.trim_end());
        if width(&short, size, weight) <= most {
            return short;
        }
    }
    String::new()
}

/// The text, or as many of its first words as there is room for and an ellipsis; a first word that is too wide is cut.
pub(crate) fn fit_words(text: &str, size: f64, weight: Weight, most: f64) -> String {
    if width(text, size, weight) <= most {
        return text.to_owned();
    }
    let ends = text.rmatch_indices(' ').map(|(end, _)| text[..end].trim_end_matches([' ', ',', ':', ';']));
    let mut shorter = ends.filter(|kept| !kept.is_empty()).map(|kept| format!("{kept}\u{2026}"));
    shorter.find(|short| width(short, size, weight) <= most).unwrap_or_else(|| fit(text, size, weight, most))
}

/// The text in at most so many lines, broken at spaces; what does not fit ends in an ellipsis after a whole word.
pub(crate) fn wrap(text: &str, size: f64, weight: Weight, most: f64, lines: usize) -> Vec<String> {
    let mut done: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        let last = done.len() + 1 >= lines;
        if line.is_empty() || last || width(&longer, size, weight) <= most {
            line = longer;
        } else {
            done.push(fit_words(&line, size, weight, most));
            word.clone_into(&mut line);
        }
    }
    if !line.is_empty() {
        done.push(fit_words(&line, size, weight, most));
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_is_whole_and_as_tall_as_promised() {
        for weight in [Weight::Regular, Weight::Bold] {
            let font = face(weight).unwrap();
            let height = f64::from(font.height_unscaled()) / f64::from(font.units_per_em().unwrap());
            assert!((height - HEIGHT_PER_EM).abs() < 1e-6);
            for sign in "0123456789 \u{a0}\u{d7}\u{2192}\u{2026}\u{2212}\u{2265}T+%/".chars() {
                assert_ne!(font.glyph_id(sign).0, 0, "no glyph for {sign:?}");
            }
        }
        register().unwrap();
    }

    #[test]
    fn text_is_cut_and_wrapped_to_its_place() {
        assert_eq!(fit("gateway", 16.0, Weight::Regular, 500.0), "gateway");
        let cut = fit("a-service-with-a-very-long-name", 16.0, Weight::Bold, 100.0);
        assert!(cut.ends_with('\u{2026}') && width(&cut, 16.0, Weight::Bold) <= 100.0);
        assert_eq!(fit("anything", 16.0, Weight::Bold, 1.0), "");
        let words = "threads wait on the call to another service which waits";
        let lines = wrap(words, 16.0, Weight::Regular, 150.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| width(line, 16.0, Weight::Regular) <= 150.0));
        assert!(
            lines[1].ends_with("\u{2026}") && words.contains(lines[1].trim_end_matches('\u{2026}')),
            "{lines:?}"
        );
        let last = lines[1].trim_end_matches('\u{2026}').rsplit(' ').next().unwrap();
        assert!(words.split(' ').any(|word| word == last), "{last:?} is part of a word");
        assert!(wrap("", 16.0, Weight::Regular, 150.0, 2).is_empty());
    }
}
