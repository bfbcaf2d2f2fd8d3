//! Numbers over time in few letters: differences of whole numbers, as in source maps. Knows no record.

use serde::ser::{Serialize, SerializeSeq, Serializer};

/// Digits of a number with 64 values.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Repeats from this many on are counted.
const REPEATS: usize = 4;
/// Decimals at the most.
const DECIMALS: i32 = 3;
/// No number of a window is larger.
const MOST: f64 = 1e15;

/// A number rounded to what a screen can show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number(f64);

/// A number for each window.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Series {
    /// The same in every window.
    Constant(Number),
    /// Whole numbers times a step, as text; of optional ones zero means none and all others are one too large.
    Steps { decimals: i32, text: String, optional: bool },
}

impl Number {
    /// An instant or a length of time, to the millisecond.
    pub(super) fn time(seconds: f64) -> Self {
        Self::decimals(seconds, DECIMALS)
    }

    /// With four significant digits.
    pub(super) fn short(value: f64) -> Self {
        let size = value.abs();
        let mut decimals = DECIMALS;
        while decimals > 0 && size >= 10_f64.powi(4 - decimals) {
            decimals -= 1;
        }
        // Small shares keep their digits, too.
        while decimals < 8 && size > 0.0 && size < 10_f64.powi(3 - decimals) {
            decimals += 1;
        }
        Self::decimals(value, decimals)
    }

    fn decimals(value: f64, decimals: i32) -> Self {
        let scale = 10_f64.powi(decimals);
        Self((value * scale).round() / scale)
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.abs() < MOST && self.0.fract().abs() <= 0.0 {
            return serializer.serialize_i64(self.0 as i64);
        }
        serializer.serialize_f64(self.0)
    }
}

impl Serialize for Series {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Constant(value) => value.serialize(serializer),
            Self::Steps { decimals, text, optional } => {
                let mut list = serializer.serialize_seq(None)?;
                list.serialize_element(&Number(1.0 / 10_f64.powi(*decimals)))?;
                list.serialize_element(text)?;
                if *optional {
                    list.serialize_element(&1)?;
                }
                list.end()
            }
        }
    }
}

/// Counts, as they are.
pub(super) fn counts(values: &[u64], windows: usize) -> Option<Series> {
    let whole = values.iter().map(|count| i64::try_from(*count).unwrap_or(i64::MAX / 2));
    encoded(whole.chain(std::iter::repeat(0)).take(windows), 0, false)
}

/// Means, in about three digits of the largest.
pub(super) fn levels(values: &[f64], windows: usize) -> Option<Series> {
    let largest = values.iter().copied().fold(0.0, f64::max);
    let mut decimals = DECIMALS;
    while decimals > 0 && largest * 10_f64.powi(decimals) >= 1000.0 {
        decimals -= 1;
    }
    let scale = 10_f64.powi(decimals);
    let whole = values.iter().map(|value| (value * scale).round().clamp(-MOST, MOST) as i64);
    encoded(whole.chain(std::iter::repeat(0)).take(windows), decimals, false)
}

/// Latencies in milliseconds, to the tenth; none where nothing ended.
pub(super) fn latencies(values: &[Option<f64>], windows: usize) -> Option<Series> {
    let whole =
        values.iter().map(|value| value.map_or(0, |ms| 1 + (ms * 10.0).round().clamp(0.0, MOST) as i64));
    encoded(whole.chain(std::iter::repeat(0)).take(windows), 1, true)
}

/// Whole numbers, each as the difference from the one before, and how often it is repeated if that is often. None if all are
/// zero.
fn encoded(values: impl Iterator<Item = i64>, decimals: i32, optional: bool) -> Option<Series> {
    let values: Vec<i64> = values.collect();
    let first = *values.first()?;
    if values.iter().all(|value| *value == first) && (first == 0 || !optional) {
        return (first != 0).then(|| Series::Constant(Number(first as f64 / 10_f64.powi(decimals))));
    }
    let mut text = String::new();
    let mut before = 0;
    for run in values.chunk_by(|a, b| a == b) {
        push(&mut text, run[0] - before);
        before = run[0];
        let repeats = run.len() - 1;
        if repeats >= REPEATS {
            text.push('*');
            push(&mut text, i64::try_from(repeats).unwrap_or(i64::MAX / 2));
        } else {
            text.extend(std::iter::repeat_n('A', repeats));
        }
    }
    Some(Series::Steps { decimals, text, optional })
}

/// A number of any size: five bits a digit, the lowest first; a sixth says that more follow. The lowest bit of all is the sign.
fn push(text: &mut String, value: i64) {
    let mut rest = (value.unsigned_abs() << 1) | u64::from(value < 0);
    loop {
        let more = u64::from(rest >= 32) << 5;
        text.push(char::from(DIGITS[((rest & 31) | more) as usize]));
        rest >>= 5;
        if more == 0 {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(series: Option<&Series>) -> String {
        serde_json::to_string(&series).unwrap()
    }

    #[test]
    fn differences_are_letters_and_repeats_are_counted() {
        assert_eq!(text(counts(&[0, 1, 0, 16, 16], 5).as_ref()), r#"[1,"ACDgBA"]"#);
        assert_eq!(text(counts(&[7, 7, 7, 7, 7, 7], 6).as_ref()), "7");
        assert_eq!(text(counts(&[1], 7).as_ref()), r#"[1,"CD*K"]"#);
        assert_eq!(text(counts(&[], 2).as_ref()), "null");
    }

    #[test]
    fn levels_have_three_digits_of_the_largest() {
        assert_eq!(text(levels(&[0.0, 9.994], 2).as_ref()), r#"[0.01,"Ax"]"#.replace('x', &letters(999)));
        assert_eq!(text(levels(&[0.0, 7342.4], 2).as_ref()), r#"[1,"Ax"]"#.replace('x', &letters(7342)));
        assert_eq!(text(levels(&[0.5, 0.5], 2).as_ref()), "0.5");
    }

    #[test]
    fn none_is_no_latency() {
        let series = latencies(&[None, Some(12.34)], 2);
        assert_eq!(text(series.as_ref()), r#"[0.1,"Ax",1]"#.replace('x', &letters(124)));
        assert_eq!(text(latencies(&[None, None], 2).as_ref()), "null");
    }

    #[test]
    fn numbers_are_short() {
        let short = |value| serde_json::to_string(&Number::short(value)).unwrap();
        assert_eq!(
            [1.0, 0.123_456, 12.345_67, 123_456.7, 0.000_123_456, 0.0].map(short),
            ["1", "0.1235", "12.35", "123457", "0.0001235", "0"]
        );
        assert_eq!(serde_json::to_string(&Number::time(0.298_590_166)).unwrap(), "0.299");
    }

    fn letters(value: i64) -> String {
        let mut text = String::new();
        push(&mut text, value);
        text
    }
}
