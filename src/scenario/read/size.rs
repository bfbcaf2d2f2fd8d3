//! Sizes of memory: `"512MiB"`. Binary units count in 1024, decimal ones in 1000.

use std::fmt;

use crate::scenario::read::decode::{Cx, Decode};
use crate::scenario::read::scalar::quantity_text;
use crate::scenario::read::schema::{Rule, Shape};
use crate::scenario::text::tree::Node;

/// Units, from the largest down.
const UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1_000),
    ("B", 1),
];

/// The largest size: 1 PiB.
const MOST: f64 = (1_u64 << 50) as f64;

/// A size of memory, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

/// As people write it: in the largest unit that leaves a whole number.
impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |(_, unit): &&(&str, u64)| self.0 >= *unit && self.0.is_multiple_of(*unit);
        let (name, unit) = UNITS.iter().find(whole).unwrap_or(&("B", 1));
        write!(f, "{}{name}", self.0 / unit)
    }
}

impl Decode for Bytes {
    const SHAPE: Shape = Shape::Leaf("size");

    fn stand_in(_: Rule) -> Option<Self> {
        Some(Self(1))
    }

    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        quantity_text(node, "a size, like \"512MiB\"", size, cx)
    }
}

/// Reads a size.
fn size(text: &str) -> Result<Bytes, String> {
    let text = text.trim();
    let digits = text.bytes().take_while(|b| b.is_ascii_digit() || b"._+-".contains(b)).count();
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim();
    let Some((_, factor)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(match UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)) {
            Some((name, _)) => format!("the unit is written `{name}`"),
            None if unit.is_empty() => "there is no unit after the number".to_owned(),
            None => format!("unknown unit `{unit}`: sizes are in B, KiB, MiB, GiB, TiB, or kB, MB, GB, TB"),
        });
    };
    let value: f64 =
        number.replace('_', "").parse().map_err(|_| "there is no number before the unit".to_owned())?;
    let bytes = libm::round(value * *factor as f64);
    if (0.0..=MOST).contains(&bytes) {
        Ok(Bytes(bytes as u64))
    } else {
        Err("a size is 0B to 1024TiB".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_binary_and_decimal_units() {
        for (text, bytes) in [
            ("512MiB", 512 << 20),
            ("1GiB", 1 << 30),
            ("1.5 KiB", 1536),
            ("100kB", 100_000),
            ("2MB", 2_000_000),
            ("1_000B", 1000),
            ("0B", 0),
            ("3TiB", 3 << 40),
        ] {
            assert_eq!(size(text), Ok(Bytes(bytes)), "{text}");
        }
        for text in ["512", "MiB", "512mib", "5 parsecs", "-1MiB", "1e3MiB", "", "2000TiB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_shown_as_they_are_written() {
        for text in ["512MiB", "1GiB", "1536B", "100kB", "340MiB", "0B"] {
            assert_eq!(size(text).unwrap().to_string(), text);
        }
    }
}
