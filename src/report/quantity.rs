//! Numbers as people read them: `12.3 ms`, `4.1k/s`, `99.2 %`, `$399K`, `T+162s`. Knows no table and no sentence.

/// What stands where there is nothing to show.
pub const NOTHING: &str = "-";

/// A count in full: `250,000`.
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count and its noun: `1 fault`, `2 faults`.
pub fn counted(number: u64, noun: &str) -> String {
    let plural = match noun {
        _ if number == 1 => String::new(),
        _ if noun.ends_with('s') => "es".to_owned(),
        _ => "s".to_owned(),
    };
    format!("{} {noun}{plural}", count(number))
}

/// A number in about three digits: `0.031`, `4.12`, `41.2`, `412`, `4.12k`, `41.2M`.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return NOTHING.to_owned();
    }
    let size = value.abs();
    for (scale, letter) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] {
        if size >= scale * 0.999_5 {
            return format!("{}{letter}", three_digits(value / scale));
        }
    }
    three_digits(value)
}

/// A number in full, as people write bounds: `2,620`, `0.031`, `1,234.5`.
pub fn plain(value: f64) -> String {
    if !value.is_finite() {
        return NOTHING.to_owned();
    }
    let size = value.abs();
    if size < 999.5 {
        return three_digits(value);
    }
    if size >= 1e15 {
        return format!("{value:e}");
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let tenth = (size.fract() * 10.0).round() as u64 % 10;
    let whole = if size.fract() >= 0.95 { size.ceil() } else { size.floor() } as u64;
    let rest = if tenth == 0 { String::new() } else { format!(".{tenth}") };
    format!("{sign}{}{rest}", count(whole))
}

/// A rate: `4.1k/s`.
pub fn rate(per_s: f64) -> String {
    if per_s.is_finite() { format!("{}/s", number(per_s)) } else { NOTHING.to_owned() }
}

/// A ratio: `2.9x`.
pub fn ratio(ratio: f64) -> String {
    match ratio {
        _ if !ratio.is_finite() => NOTHING.to_owned(),
        _ if (0.095..99.95).contains(&ratio.abs()) => format!("{ratio:.1}x"),
        _ => format!("{}x", number(ratio)),
    }
}

/// A share of 0 to 1: `31.2 %`. Less than all never reads `100 %`, and more than none never reads `0 %`.
pub fn share(share: f64) -> String {
    if !share.is_finite() {
        return NOTHING.to_owned();
    }
    let percent = share * 100.0;
    for digits in 1..=3 {
        let text = format!("{percent:.digits$}");
        let rounded: f64 = text.parse().unwrap_or(percent);
        if rounded > 0.0 && (rounded < 100.0 || percent > 100.0) {
            return format!("{} %", trimmed(text));
        }
    }
    match percent {
        _ if percent <= 0.0 => "0 %".to_owned(),
        _ if percent < 1.0 => "<0.001 %".to_owned(),
        _ if percent < 100.0 => ">99.999 %".to_owned(),
        _ => "100 %".to_owned(),
    }
}

/// A length of time in seconds: `850 us`, `12.3 ms`, `4.1 s`, `2m42s`, `1h05m`.
pub fn seconds(seconds: f64) -> String {
    match seconds {
        _ if !seconds.is_finite() => NOTHING.to_owned(),
        _ if seconds < 0.0 => format!("-{}", self::seconds(-seconds)),
        _ if seconds <= 0.0 => "0 s".to_owned(),
        _ if seconds < 0.000_999_5 => format!("{} us", three_digits(seconds * 1e6)),
        _ if seconds < 0.999_5 => format!("{} ms", three_digits(seconds * 1e3)),
        _ if seconds < 59.95 => format!("{} s", trimmed(format!("{seconds:.1}"))),
        _ => long(seconds.round() as u64),
    }
}

/// A length of time in milliseconds, like [`seconds`].
pub fn millis(millis: f64) -> String {
    seconds(millis / 1e3)
}

/// An amount of money: `$399K`, `$1.2M`, `$12`.
pub fn money(value: f64, currency: &str) -> String {
    if !value.is_finite() {
        return NOTHING.to_owned();
    }
    let size = value.abs();
    let sign = if value < 0.0 { "-" } else { "" };
    let amount = match size {
        _ if size >= 999_500_000.0 => format!("{}B", three_digits(size / 1e9)),
        _ if size >= 999_500.0 => format!("{}M", three_digits(size / 1e6)),
        _ if size >= 9_999.5 => format!("{}K", three_digits(size / 1e3)),
        _ if size > 0.0 && size < 9.995 => format!("{size:.2}"),
        _ => count(size.round() as u64),
    };
    format!("{sign}{currency}{amount}")
}

/// Instants before this are told in seconds, as scenarios are written.
const IN_SECONDS: f64 = 599.95;

/// An instant, from the end of the warm-up: `T+0s`, `T+0.2s`, `T+162s`, `T+15m`.
pub fn instant(at_s: f64) -> String {
    let (sign, size) = if at_s < 0.0 { ("T-", -at_s) } else { ("T+", at_s) };
    let text = match size {
        _ if !size.is_finite() => NOTHING.to_owned(),
        _ if size < IN_SECONDS => format!("{}s", trimmed(format!("{size:.1}"))),
        _ => long(size.round() as u64),
    };
    format!("{sign}{text}")
}

/// An instant as exact as it is told.
fn as_told(at_s: f64) -> f64 {
    if at_s.abs() < IN_SECONDS { (at_s * 10.0).round() / 10.0 } else { at_s.round() }
}

/// The wall-clock time of an instant as it is told: `14:02:42`, given that of T+0 in seconds since midnight.
pub fn clock(start: u32, at_s: f64) -> String {
    const DAY: i64 = 86_400;
    let second = (i64::from(start) + as_told(at_s).floor() as i64).rem_euclid(DAY);
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// Whole seconds of a minute or more.
fn long(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, rest) {
        (0, 0) => format!("{minutes}m"),
        (0, _) => format!("{minutes}m{rest:02}s"),
        (_, 0) if minutes == 0 => format!("{hours}h"),
        (_, 0) => format!("{hours}h{minutes:02}m"),
        _ => format!("{hours}h{minutes:02}m{rest:02}s"),
    }
}

/// At most three significant digits, without an exponent and without zeros at the end.
fn three_digits(value: f64) -> String {
    let size = value.abs();
    let text = match size {
        _ if size >= 99.95 => return format!("{value:.0}"),
        _ if size >= 9.995 => format!("{value:.1}"),
        _ if size >= 0.099_95 => format!("{value:.2}"),
        _ if size > 0.0 => format!("{value:.4}"),
        _ => return "0".to_owned(),
    };
    trimmed(text)
}

/// Without zeros after the point.
fn trimmed(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_round_to_a_claim() {
        for (value, text) in [
            (0.0, "0 %"),
            (1.0, "100 %"),
            (0.312, "31.2 %"),
            (0.999_4, "99.9 %"),
            (0.999_96, "99.996 %"),
            (0.999_999_9, ">99.999 %"),
            (0.000_2, "0.02 %"),
            (0.000_000_1, "<0.001 %"),
            (0.5, "50 %"),
            (1.5, "150 %"),
            (f64::NAN, "-"),
        ] {
            assert_eq!(share(value), text, "{value}");
        }
    }

    #[test]
    fn lengths_pick_their_unit() {
        for (value, text) in [
            (0.0, "0 s"),
            (0.000_85, "850 us"),
            (0.012_3, "12.3 ms"),
            (0.999_9, "1 s"),
            (4.14, "4.1 s"),
            (59.99, "1m"),
            (162.0, "2m42s"),
            (3_600.0, "1h"),
            (3_900.0, "1h05m"),
            (-2.0, "-2 s"),
        ] {
            assert_eq!(seconds(value), text, "{value}");
        }
        assert_eq!(millis(45.0), "45 ms");
    }

    #[test]
    fn instants_carry_both_clocks() {
        assert_eq!(instant(0.0), "T+0s");
        assert_eq!(instant(0.24), "T+0.2s");
        assert_eq!(instant(30.0), "T+30s");
        assert_eq!(instant(-5.0), "T-5s");
        assert_eq!(instant(162.04), "T+162s");
        assert_eq!(instant(900.0), "T+15m");
        assert_eq!(clock(50_400, 30.9), "14:00:30");
        // Beside T+31s, and beside T+20m19s.
        assert_eq!(clock(50_400, 30.96), "14:00:31");
        assert_eq!(clock(50_400, 1218.8), "14:20:19");
        assert_eq!(clock(86_399, 1.0), "00:00:00");
        assert_eq!(clock(0, -1.0), "23:59:59");
    }

    #[test]
    fn numbers_keep_three_digits() {
        for (value, text) in [
            (0.0, "0"),
            (0.031, "0.031"),
            (4.0, "4"),
            (41.25, "41.2"),
            (999.7, "1k"),
            (4_120.0, "4.12k"),
            (2_100_000.0, "2.1M"),
        ] {
            assert_eq!(number(value), text, "{value}");
        }
        for (value, text) in
            [(2_620.0, "2,620"), (-1_234.5, "-1,234.5"), (1_999.97, "2,000"), (41.25, "41.2")]
        {
            assert_eq!(plain(value), text, "{value}");
        }
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(12), "12");
        assert_eq!(rate(4_100.0), "4.1k/s");
        assert_eq!(ratio(2.94), "2.9x");
        assert_eq!(ratio(0.002), "0.002x");
    }

    #[test]
    fn money_is_short() {
        for (value, text) in [
            (399_200.0, "$399K"),
            (1_200_000.0, "$1.2M"),
            (12.0, "$12"),
            (2.67, "$2.67"),
            (9_800.0, "$9,800"),
            (0.0, "$0"),
            (-5.0, "-$5.00"),
        ] {
            assert_eq!(money(value, "$"), text, "{value}");
        }
    }

    #[test]
    fn nouns_agree_with_their_number() {
        assert_eq!(counted(1, "error"), "1 error");
        assert_eq!(counted(0, "error"), "0 errors");
        assert_eq!(counted(2, "traffic class"), "2 traffic classes");
    }
}
