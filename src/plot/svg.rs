//! What the drawing library leaves out of an SVG: its size on the page, words for those who cannot see it, and the
//! width of each text, so that another font takes the same space. Draws nothing.

use std::borrow::Cow;
use std::fmt::Write;

use crate::unseen::marked_lines;

use super::scene::{Scene, Shape, Text};

/// The finished SVG of a scene that was drawn with `scale` units per logical pixel.
pub(super) fn finish(raw: &str, scene: &Scene, scale: f64) -> String {
    let mut texts = scene.shapes.iter().filter_map(|shape| match shape {
        Shape::Text(text) => Some(text),
        _ => None,
    });
    let mut svg = String::with_capacity(raw.len() + 4096);
    for (i, part) in raw.split('<').enumerate() {
        if i > 0 {
            svg.push('<');
        }
        if let Some(rest) = part.strip_prefix("svg ") {
            open(&mut svg, scene, rest);
        } else if let Some(rest) = part.strip_prefix("text ") {
            svg.push_str("text ");
            if let Some(text) = texts.next() {
                set_width(&mut svg, text, scale);
            }
            svg.push_str(rest);
        } else {
            svg.push_str(part);
        }
    }
    legible(svg)
}

/// What no XML may hold and what nobody sees, in whatever a scenario names, is replaced by a mark.
fn legible(svg: String) -> String {
    match marked_lines(&svg) {
        Cow::Owned(marked) => marked,
        Cow::Borrowed(_) => svg,
    }
}

/// Opens the picture: shown in logical pixels, lines with round joints, named for screen readers.
fn open(svg: &mut String, scene: &Scene, rest: &str) {
    let view = rest.find("viewBox").map_or("", |from| &rest[from..]);
    let view = view.trim_end().trim_end_matches('>');
    let (width, height) = (libm::ceil(scene.width), libm::ceil(scene.height));
    let _ = write!(svg, "svg width=\"{width}\" height=\"{height}\" {view}");
    let _ = writeln!(svg, " role=\"img\" stroke-linejoin=\"round\" stroke-linecap=\"butt\">");
    let _ = writeln!(svg, "<title>{}</title>", escaped(&scene.title));
    let _ = writeln!(svg, "<desc>{}</desc>", escaped(&scene.description));
}

fn set_width(svg: &mut String, text: &Text, scale: f64) {
    let width = libm::round(text.width() * scale);
    let _ = write!(svg, "textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\" ");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_forbids_is_marked() {
        assert_eq!(
            legible("a\u{1b}[1m\u{0}b\n\u{ffff}\u{202e}".to_owned()),
            "a\u{fffd}[1m\u{fffd}b\n\u{fffd}\u{fffd}"
        );
        assert_eq!(legible("as it is".to_owned()), "as it is");
    }
}
