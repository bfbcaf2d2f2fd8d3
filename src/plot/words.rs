//! How the pictures write numbers: times, shares, rates, factors. Never rounds a number into another meaning (99.97 % is
//! not 100 %). Knows no record.

/// Between a number and its unit, so that no line breaks there.
const GAP: char = '\u{a0}';

/// A number with so many digits after the point, without trailing zeros.
fn trimmed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    if !text.contains('.') {
        return text;
    }
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A length of time: "250 ms", "1.5 s", "12 s", "3 min 20 s", "2 h 5 min".
pub(crate) fn length(seconds: f64) -> String {
    let s = seconds.abs();
    if s == 0.0 {
        return format!("0{GAP}s");
    }
    if s < 0.9995 {
        return format!("{}{GAP}ms", trimmed(s * 1000.0, usize::from(s < 0.01)));
    }
    if s < 119.95 {
        return format!("{}{GAP}s", trimmed(s, usize::from(s < 9.95)));
    }
    let whole = libm::round(s) as u64;
    let (unit, part, unit_name, part_name) =
        if whole < 7200 { (60, 1, "min", "s") } else { (3600, 60, "h", "min") };
    let whole = (whole + part / 2) / part * part;
    let (units, rest) = (whole / unit, whole % unit / part);
    if rest == 0 {
        format!("{units}{GAP}{unit_name}")
    } else {
        format!("{units}{GAP}{unit_name}{GAP}{rest}{GAP}{part_name}")
    }
}

/// An instant: "T+0.3 s", "T+5 min".
pub(crate) fn instant(seconds: f64) -> String {
    let sign = if seconds < 0.0 { '\u{2212}' } else { '+' };
    let s = seconds.abs();
    if s < 60.0 { format!("T{sign}{}{GAP}s", trimmed(s, 1)) } else { format!("T{sign}{}", length(s)) }
}

/// The wall clock at an instant: "14:00:30"; `start` is the wall clock of T+0 in seconds since midnight. As exact as stories
/// tell an instant: early ones to the tenth of a second.
pub(crate) fn clock(start: u32, seconds: f64) -> String {
    const DAY: f64 = 86_400.0;
    const IN_SECONDS: f64 = 599.95;
    let exact = if seconds.abs() < IN_SECONDS { 10.0 } else { 1.0 };
    let at = libm::floor(f64::from(start) + libm::round(seconds * exact) / exact + 1e-6);
    let of_day = (at - DAY * libm::floor(at / DAY)) as u32;
    format!("{:02}:{:02}:{:02}", of_day / 3600, of_day / 60 % 60, of_day % 60)
}

/// A share of one: "0 %", "<0.1 %", "7.0 %", "28 %", "99.97 %", "100 %".
pub(crate) fn share(value: f64) -> String {
    let percent = value * 100.0;
    let text = if percent <= 0.0 {
        "0".to_owned()
    } else if percent < 0.1 {
        "<0.1".to_owned()
    } else if percent < 9.95 {
        format!("{percent:.1}")
    } else if !(99.5..100.0).contains(&percent) {
        format!("{percent:.0}")
    } else if percent < 99.95 {
        format!("{percent:.1}")
    } else if percent < 99.995 {
        format!("{percent:.2}")
    } else {
        ">99.99".to_owned()
    };
    format!("{text}{GAP}%")
}

/// A rate: "3.2/s", "667/s", "12.3k/s".
pub(crate) fn rate(per_second: f64) -> String {
    format!("{}/s", amount(per_second))
}

/// A number of things in few letters: "0", "3.2", "667", "12.3k", "4.5M".
pub(crate) fn amount(value: f64) -> String {
    let (scaled, unit) = match value.abs() {
        v if v >= 999_950.0 => (value / 1e6, "M"),
        v if v >= 9_999.5 => (value / 1e3, "k"),
        _ => (value, ""),
    };
    let digits = match scaled.abs() {
        v if v >= 99.95 || (v >= 9.95 && unit.is_empty()) => 0,
        v if v >= 0.95 => 1,
        _ => 2,
    };
    format!("{}{unit}", trimmed(scaled, digits))
}

/// A count in full: "149,700".
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An amount of money: "$399K", "$1.2M", "$12".
pub(crate) fn money(value: f64, currency: &str) -> String {
    let (scaled, unit) = match value.abs() {
        v if v >= 999_500.0 => (value / 1e6, "M"),
        v if v >= 9_999.5 => (value / 1e3, "K"),
        _ => (value, ""),
    };
    if unit.is_empty() && value >= 999.5 {
        return format!("{currency}{}", count(libm::round(value) as u64));
    }
    let digits = usize::from(scaled.abs() < 99.95 && !unit.is_empty());
    format!("{currency}{}{unit}", trimmed(scaled, digits))
}

/// A factor: "×4.0", "×12".
pub(crate) fn factor(value: f64) -> String {
    if value < 9.95 { format!("\u{d7}{value:.1}") } else { format!("\u{d7}{value:.0}") }
}

/// A call's name as people read it: "checkout → user".
pub(crate) fn arrow(call: &str) -> String {
    call.replace(" -> ", " \u{2192} ")
}

/// How many of something: "1 service", "3 services".
pub(crate) fn several(n: usize, one: &str, many: &str) -> String {
    format!("{n}{GAP}{}", if n == 1 { one } else { many })
}

/// A sentence with its first letter in upper case and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let stop = if text.is_empty() || text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{stop}", capitalized(text))
}

/// A text with its first letter in upper case.
pub(crate) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        text.replace(GAP, " ")
    }

    #[test]
    fn times_read_well() {
        for (seconds, text) in [
            (0.0, "0 s"),
            (0.0042, "4.2 ms"),
            (0.25, "250 ms"),
            (1.5, "1.5 s"),
            (12.0, "12 s"),
            (90.0, "90 s"),
            (120.0, "2 min"),
            (200.0, "3 min 20 s"),
            (7_500.0, "2 h 5 min"),
            (7_199.7, "2 h"),
        ] {
            assert_eq!(plain(&length(seconds)), text);
        }
        assert_eq!(plain(&instant(0.0)), "T+0 s");
        assert_eq!(plain(&instant(0.26)), "T+0.3 s");
        assert_eq!(plain(&instant(-5.0)), "T\u{2212}5 s");
        assert_eq!(clock(50_400, 30.0), "14:00:30");
        assert_eq!(clock(50_400, 30.94), "14:00:30");
        assert_eq!(clock(50_400, 30.96), "14:00:31");
        assert_eq!(clock(50_400, 1218.8), "14:20:19");
        assert_eq!(clock(86_390, 20.0), "00:00:10");
        assert_eq!(clock(0, -1.0), "23:59:59");
    }

    #[test]
    fn shares_do_not_round_into_all_or_nothing() {
        for (value, text) in [
            (0.0, "0 %"),
            (0.000_01, "<0.1 %"),
            (0.07, "7.0 %"),
            (0.284, "28 %"),
            (0.9949, "99 %"),
            (0.9997, "99.97 %"),
            (0.999_99, ">99.99 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(plain(&share(value)), text);
        }
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(rate(666.7), "667/s");
        assert_eq!(rate(3.21), "3.2/s");
        assert_eq!(rate(57.1), "57/s");
        assert_eq!(rate(0.0), "0/s");
        assert_eq!(rate(12_345.0), "12.3k/s");
        assert_eq!(amount(0.05), "0.05");
        assert_eq!((count(149_700), count(12)), ("149,700".to_owned(), "12".to_owned()));
        assert_eq!(money(399_200.0, "$"), "$399K");
        assert_eq!(money(4_560.3, "$"), "$4,560");
        assert_eq!(money(1_240_000.0, "$"), "$1.2M");
        assert_eq!(money(12.0, "\u{20ac}"), "\u{20ac}12");
        assert_eq!(factor(4.0), "\u{d7}4.0");
        assert_eq!(factor(12.3), "\u{d7}12");
        assert_eq!(plain(&several(1, "service", "services")), "1 service");
        assert_eq!(capitalized("pause"), "Pause");
        assert_eq!(sentence("it is over"), "It is over.");
        assert_eq!(sentence(""), "");
    }
}
