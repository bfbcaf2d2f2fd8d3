//! How people write numbers with units: `"5%"`, `"10000/min"`, `"T+10s"`, `"14:00"`. Knows neither fields nor ranges.

use crate::time::{ParseDurationError, SimDuration};

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario) enum Unit {
    /// Nothing: a count or a factor.
    Plain,
    /// 0 to 1, written in percent.
    Share,
    /// Seconds.
    Seconds,
    /// Per second.
    PerSecond,
}

impl Unit {
    /// What a value of this unit is called, with an example.
    pub(in crate::scenario) const fn describe(self) -> &'static str {
        match self {
            Self::Plain => "a number without a unit, like 2.5",
            Self::Share => "a share, like \"5%\"",
            Self::Seconds => "a duration, like \"250ms\"",
            Self::PerSecond => "a rate, like \"80/s\"",
        }
    }
}

/// A number in its unit's SI form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::scenario) struct Quantity {
    /// 0 to 1 for shares, seconds, per second.
    pub(in crate::scenario) value: f64,
    /// What it counts.
    pub(in crate::scenario) unit: Unit,
}

/// A share as 0 to 1: `"5%"`.
pub(in crate::scenario) fn share(text: &str) -> Result<f64, String> {
    let Some(number) = text.trim().strip_suffix('%') else {
        return Err("a share is a number with a percent sign, like \"5%\"".to_owned());
    };
    Ok(decimal(number).ok_or("there is no number before the percent sign")? / 100.0)
}

/// A rate per second: `"10000/min"`.
pub(in crate::scenario) fn rate(text: &str) -> Result<f64, String> {
    let Some((number, unit)) = text.split_once('/') else {
        return Err("a rate is a number per time, like \"80/s\" or \"10000/min\"".to_owned());
    };
    let seconds = match unit.trim() {
        "s" | "sec" => 1.0,
        "min" | "m" => 60.0,
        "h" => 3600.0,
        "d" | "day" => 86_400.0,
        other => return Err(format!("unknown unit `/{other}`: rates are per /s, /min, /h or /day")),
    };
    Ok(decimal(number).ok_or("there is no number before the slash")? / seconds)
}

/// A length of time: `"250ms"`.
pub(in crate::scenario) fn duration(text: &str) -> Result<SimDuration, String> {
    if text.trim_start().starts_with('-') {
        return Err("a duration cannot be negative".to_owned());
    }
    if text.trim_start().starts_with("T+") {
        return Err("this is a point in time; a duration is written without `T+`".to_owned());
    }
    length(text).map_err(|error| error.to_string())
}

/// A length of time. One that is too long to be counted is as long as any can be: the bounds say what is wrong with it.
fn length(text: &str) -> Result<SimDuration, ParseDurationError> {
    match text.parse() {
        Err(ParseDurationError::TooLong) => Ok(SimDuration::MAX),
        read => read,
    }
}

/// A point in time since the end of the warm-up: `"T+10s"`, or `"10s"`.
pub(in crate::scenario) fn instant(text: &str) -> Result<SimDuration, String> {
    let trimmed = text.trim();
    if trimmed.starts_with("T-") || trimmed.starts_with('-') {
        return Err("times count from the end of the warm-up (T+0s); nothing may happen before".to_owned());
    }
    let since = trimmed.strip_prefix("T+").unwrap_or(trimmed);
    if since.trim() == "0" {
        return Ok(SimDuration::ZERO);
    }
    length(since).map_err(|error| format!("{error}; a point in time is written \"T+10s\""))
}

/// A time of day in seconds since midnight: `"14:00:00"`, `"14:00"`.
pub(in crate::scenario) fn clock(text: &str) -> Result<u32, String> {
    let explain = || "a time of day is written \"14:00:00\" or \"14:00\"".to_owned();
    let parts: Vec<&str> = text.trim().split(':').collect();
    let number = |part: &str, below: u32| {
        let digits = part.len() <= 2 && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let value: u32 = part.parse().ok().filter(|_| digits).ok_or_else(explain)?;
        if value < below { Ok(value) } else { Err("there is no such time of day".to_owned()) }
    };
    match parts[..] {
        [hours, minutes] => Ok(number(hours, 24)? * 3600 + number(minutes, 60)? * 60),
        [hours, minutes, seconds] => {
            Ok(number(hours, 24)? * 3600 + number(minutes, 60)? * 60 + number(seconds, 60)?)
        }
        _ => Err(explain()),
    }
}

/// Any of share, rate, duration; plain numbers stand without quotes.
pub(in crate::scenario) fn any(text: &str) -> Result<Quantity, String> {
    let trimmed = text.trim();
    if trimmed.ends_with('%') {
        Ok(Quantity { value: share(trimmed)?, unit: Unit::Share })
    } else if trimmed.contains('/') {
        Ok(Quantity { value: rate(trimmed)?, unit: Unit::PerSecond })
    } else if decimal(trimmed).is_some() {
        Err(format!("a number without a unit stands without quotes: {trimmed}"))
    } else {
        let length = duration(trimmed)
            .map_err(|error| format!("{error}; shares are written \"5%\", rates \"80/s\""))?;
        Ok(Quantity { value: length.as_secs_f64(), unit: Unit::Seconds })
    }
}

/// A plain decimal number, underscores allowed.
fn decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b"+-._eE".contains(&b));
    text.replace('_', "").parse().ok().filter(|value: &f64| plain && value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_become_si() {
        let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
        assert!(close(share("5%").unwrap(), 0.05));
        assert!(close(share(" 12.5 %").unwrap(), 0.125));
        assert!(close(rate("10000/min").unwrap(), 10_000.0 / 60.0));
        assert!(close(rate("1_000 / s").unwrap(), 1_000.0));
        assert!(close(rate("5/h").unwrap(), 5.0 / 3600.0));
        assert_eq!(instant("T+90s").unwrap(), SimDuration::from_secs(90));
        assert_eq!(instant("90s").unwrap(), SimDuration::from_secs(90));
        assert_eq!(instant("T+0").unwrap(), SimDuration::ZERO);
        assert_eq!(clock("14:00").unwrap(), 50_400);
        assert_eq!(clock("23:59:59").unwrap(), 86_399);
        assert_eq!(any("500ms").unwrap(), Quantity { value: 0.5, unit: Unit::Seconds });
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["5", "%", "five%", "inf%", "nan%", "5%%", ""] {
            assert!(share(text).is_err(), "{text:?}");
        }
        for text in ["80", "/s", "80/fortnight", "inf/s", "80/", "1/2/s"] {
            assert!(rate(text).is_err(), "{text:?}");
        }
        for text in ["24:00", "12:60", "1400", "12:00:61", "12:0a", "-1:00", "", "1:2:3:4", "012:00"] {
            assert!(clock(text).is_err(), "{text:?}");
        }
        for text in ["-5s", "T-5s", "T+", "soon"] {
            assert!(instant(text).is_err(), "{text:?}");
        }
        // Too long is no mistake of form: the bounds refuse it.
        assert_eq!(duration("100000000d").unwrap(), SimDuration::MAX);
        assert!(duration("-5s").is_err() && duration("T+5s").is_err() && any("20").is_err());
    }
}
