//! Simulated time: integer nanoseconds, and how people write them. Knows no wall clock.

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};

use serde::Serialize;

/// Nanoseconds in a second.
const NANOS: f64 = 1e9;

/// An instant of simulated time: nanoseconds since the run began (the begin of its warm-up).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SimTime(u64);

/// A length of simulated time in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SimDuration(u64);

impl SimTime {
    /// The begin of a run.
    pub const ZERO: Self = Self(0);
    /// Later than everything.
    pub const MAX: Self = Self(u64::MAX);

    /// The instant `nanos` after the begin of the run.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the begin of the run.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds since the begin of the run.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS
    }

    /// Seconds from `origin` to here; negative if this is earlier.
    pub fn secs_since(self, origin: Self) -> f64 {
        if self >= origin { (self - origin).as_secs_f64() } else { -(origin - self).as_secs_f64() }
    }

    /// The length from `earlier` to here, or zero if `earlier` is later.
    pub const fn saturating_since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }
}

impl SimDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// Longer than everything: "for ever".
    pub const MAX: Self = Self(u64::MAX);

    /// A length of `nanos` nanoseconds.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// A length of `millis` milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis * 1_000_000)
    }

    /// A length of `secs` seconds.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs * 1_000_000_000)
    }

    /// The nearest whole nanosecond; negative values and NaN become zero, huge ones [`SimDuration::MAX`].
    pub fn from_secs_f64(secs: f64) -> Self {
        Self(libm::round(secs * NANOS) as u64)
    }

    /// The length in nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// The length in seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / NANOS
    }

    /// The length in milliseconds.
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// This length scaled by a factor of at least zero, to the nearest nanosecond.
    pub fn scaled(self, factor: f64) -> Self {
        Self((self.0 as f64 * factor + 0.5) as u64)
    }

    /// The shortening of this length by `other`, not below zero.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Whether this is no time at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;
    fn add(self, length: SimDuration) -> Self {
        Self(self.0.saturating_add(length.0))
    }
}

impl AddAssign<SimDuration> for SimTime {
    fn add_assign(&mut self, length: SimDuration) {
        *self = *self + length;
    }
}

impl Sub for SimTime {
    type Output = SimDuration;
    fn sub(self, earlier: Self) -> SimDuration {
        SimDuration(self.0 - earlier.0)
    }
}

impl Sub<SimDuration> for SimTime {
    type Output = Self;
    fn sub(self, length: SimDuration) -> Self {
        Self(self.0.saturating_sub(length.0))
    }
}

impl Add for SimDuration {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul<u64> for SimDuration {
    type Output = Self;
    fn mul(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

/// Units in which people write and read lengths, longest first.
const UNITS: [(&str, u64); 6] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// Read, but not written: a day and a half is `36h`.
const DAY: (&str, u64) = ("d", 86_400_000_000_000);

/// Why a text is not a length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseDurationError {
    /// There is no number at its begin.
    #[error("a duration is a number with a unit, like \"250ms\"")]
    NoNumber,
    /// A number stands without a unit.
    #[error("the unit is missing: write ns, us, ms, s, m, h or d after the number")]
    NoUnit,
    /// The unit is not one of ns, us, ms, s, m, h, d.
    #[error("unknown unit: durations are in ns, us, ms, s, m, h or d")]
    UnknownUnit,
    /// It does not fit into 64 bits of nanoseconds (584 years).
    #[error("too long: the longest duration is 584 years")]
    TooLong,
}

impl std::str::FromStr for SimDuration {
    type Err = ParseDurationError;

    /// Reads `"250ms"`, `"1.5s"`, `"1h30m"`: one or more numbers, each with a unit.
    fn from_str(text: &str) -> Result<Self, ParseDurationError> {
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(ParseDurationError::NoNumber);
        }
        let mut nanos = 0.0_f64;
        while !rest.is_empty() {
            let digits =
                rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_').unwrap_or(rest.len());
            let number: f64 =
                rest[..digits].replace('_', "").parse().map_err(|_| ParseDurationError::NoNumber)?;
            let after = rest[digits..].trim_start();
            let letters = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
            let unit = &after[..letters];
            if unit.is_empty() {
                return Err(ParseDurationError::NoUnit);
            }
            let unit = if unit == "\u{b5}s" || unit == "\u{3bc}s" { "us" } else { unit };
            let unit = if unit == "min" { "m" } else { unit };
            let mut units = UNITS.iter().chain([&DAY]);
            let scale = units.find(|(name, _)| *name == unit).ok_or(ParseDurationError::UnknownUnit)?.1;
            nanos += number * scale as f64;
            rest = after[letters..].trim_start();
        }
        if nanos >= u64::MAX as f64 {
            Err(ParseDurationError::TooLong)
        } else {
            Ok(Self(libm::round(nanos) as u64))
        }
    }
}

impl fmt::Display for SimDuration {
    /// The shortest exact form: `"1.5s"`, `"250ms"`, `"25m"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::MAX {
            return f.write_str("for ever");
        }
        for (name, scale) in UNITS {
            let steps = if scale > 1_000_000_000 { 1 } else { 1_000.min(scale) };
            if self.0 >= scale && self.0.is_multiple_of((scale / steps).max(1)) {
                return write!(f, "{}{name}", self.0 as f64 / scale as f64);
            }
        }
        write!(f, "{}ns", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_print() {
        for (text, nanos, printed) in [
            ("250ms", 250_000_000, "250ms"),
            ("1.5s", 1_500_000_000, "1.5s"),
            ("25m", 1_500_000_000_000, "25m"),
            ("1h30m", 5_400_000_000_000, "90m"),
            ("1.5d", 129_600_000_000_000, "36h"),
            ("90 s", 90_000_000_000, "90s"),
            ("7us", 7_000, "7us"),
            ("12ns", 12, "12ns"),
            ("0s", 0, "0ns"),
        ] {
            let length: SimDuration = text.parse().unwrap();
            assert_eq!(length.as_nanos(), nanos, "{text}");
            assert_eq!(length.to_string(), printed, "{text}");
            assert_eq!(printed.parse::<SimDuration>().unwrap(), length);
        }
    }

    #[test]
    fn wrong_durations_say_why() {
        for (text, why) in [
            ("", ParseDurationError::NoNumber),
            ("-5s", ParseDurationError::NoNumber),
            ("5", ParseDurationError::NoUnit),
            ("5 sec", ParseDurationError::UnknownUnit),
            ("600000h9999999h", ParseDurationError::TooLong),
        ] {
            assert_eq!(text.parse::<SimDuration>(), Err(why), "{text:?}");
        }
    }

    #[test]
    fn time_saturates_instead_of_wrapping() {
        assert_eq!(SimTime::MAX + SimDuration::from_secs(1), SimTime::MAX);
        assert_eq!(SimTime::ZERO - SimDuration::from_secs(1), SimTime::ZERO);
        assert_eq!(SimDuration::from_secs_f64(-1.0), SimDuration::ZERO);
        assert_eq!(SimDuration::from_secs_f64(f64::NAN), SimDuration::ZERO);
    }
}
