//! Reads the leaves: texts, counts, factors, shares, rates, durations, times, each within its range.

use crate::diagnostic::{Diagnostic, Span};
use crate::scenario::read::decode::{Cx, Decode};
use crate::scenario::read::quantity::{self, Quantity, Unit};
use crate::scenario::read::schema::{FASTEST, LONGEST, Rule, Shape};
use crate::scenario::text::tree::{Kind, Node, Number};
use crate::scenario::words::code;
use crate::time::SimDuration;

impl Decode for String {
    const SHAPE: Shape = Shape::Leaf("text");

    fn decode(node: &Node, rule: Rule, cx: &mut Cx) -> Option<Self> {
        let text = text(node, "a text in quotes", cx)?;
        if rule == Rule::Nonempty && text.trim().is_empty() {
            cx.report(Diagnostic::error(code::NAME, node.span, "this text cannot be empty"));
            return None;
        }
        Some(if rule == Rule::Edge { edge(&text) } else { text })
    }
}

impl Decode for bool {
    const SHAPE: Shape = Shape::Leaf("true or false");

    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        if let Kind::Bool(value) = node.kind {
            Some(value)
        } else {
            cx.expected(node, "`true` or `false`");
            None
        }
    }
}

impl Decode for u64 {
    const SHAPE: Shape = Shape::Leaf("whole number");

    fn decode(node: &Node, rule: Rule, cx: &mut Cx) -> Option<Self> {
        let (min, max) = match rule {
            Rule::Count { min, max } => (min, max),
            _ => (0, Self::MAX),
        };
        count(node, min, max, cx)
    }
}

impl Decode for u32 {
    const SHAPE: Shape = Shape::Leaf("whole number");

    fn stand_in(rule: Rule) -> Option<Self> {
        Some(u32::from(matches!(rule, Rule::Count { min: 1.., .. })))
    }

    fn decode(node: &Node, rule: Rule, cx: &mut Cx) -> Option<Self> {
        let (min, max) = match rule {
            Rule::Clock => {
                return quantity_text(node, "a time of day, like \"14:00:00\"", quantity::clock, cx);
            }
            Rule::Count { min, max } => (min, max.min(Self::MAX.into())),
            _ => (0, Self::MAX.into()),
        };
        count(node, min, max, cx).and_then(|value| value.try_into().ok())
    }
}

impl Decode for u8 {
    const SHAPE: Shape = Shape::Leaf("whole number");

    fn stand_in(rule: Rule) -> Option<Self> {
        Some(u8::from(matches!(rule, Rule::Count { min: 1.., .. })))
    }

    fn decode(node: &Node, rule: Rule, cx: &mut Cx) -> Option<Self> {
        let (min, max) = match rule {
            Rule::Count { min, max } => (min, max.min(Self::MAX.into())),
            _ => (0, Self::MAX.into()),
        };
        count(node, min, max, cx).and_then(|value| value.try_into().ok())
    }
}

impl Decode for f64 {
    const SHAPE: Shape = Shape::Leaf("number");

    fn stand_in(_: Rule) -> Option<Self> {
        Some(1.0)
    }

    fn decode(node: &Node, rule: Rule, cx: &mut Cx) -> Option<Self> {
        match rule {
            Rule::Share { above, max } => share(node, above, max, cx),
            Rule::PerSecond => rate(node, cx),
            Rule::Quantity => any_quantity(node, cx).map(|quantity| quantity.value),
            Rule::Factor { min, above, max } => factor(node, min, above, max, cx),
            _ => factor(node, f64::MIN, false, f64::MAX, cx),
        }
    }
}

impl Decode for SimDuration {
    const SHAPE: Shape = Shape::Leaf("duration");

    /// Instants are early and lengths long, so that nothing seems to lie beyond the horizon.
    fn stand_in(rule: Rule) -> Option<Self> {
        Some(if rule == Rule::Instant { Self::ZERO } else { LONGEST })
    }

    fn decode(node: &Node, rule: Rule, cx: &mut Cx) -> Option<Self> {
        let instant = rule == Rule::Instant;
        let (min, max) = match rule {
            Rule::Duration { min, max } => (min, max),
            _ => (Self::ZERO, LONGEST),
        };
        let what = if instant { "a point in time, like \"T+10s\"" } else { "a duration, like \"250ms\"" };
        let read = if instant { quantity::instant } else { quantity::duration };
        let value = quantity_text(node, what, read, cx)?;
        if (min..=max).contains(&value) {
            return Some(value);
        }
        let range = match (min.as_nanos(), max == LONGEST) {
            (0, true) => "at most 10 years".to_owned(),
            (1, true) if value.is_zero() => "more than 0s".to_owned(),
            (1, true) => "more than 0s and at most 10 years".to_owned(),
            (_, true) => format!("{min} to 10 years"),
            _ => format!("{min} to {max}"),
        };
        let written = node.as_text().map_or_else(|| value.to_string(), str::to_owned);
        out_of_range(node.span, &written, &range, cx);
        None
    }
}

impl Decode for Quantity {
    const SHAPE: Shape = Shape::Leaf("share, duration, rate or number");

    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        any_quantity(node, cx)
    }
}

/// A point of a profile: `("T+10s", "80/s")`.
impl Decode for (SimDuration, f64) {
    const SHAPE: Shape = Shape::Leaf("point (\"T+10s\", \"80/s\")");

    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        let pair = node.as_group().filter(|group| group.name.is_none() && group.fields.is_empty());
        let [at, rate] = pair.map(|group| &group.values[..]).unwrap_or_default() else {
            cx.expected(node, "a time and a rate: (\"T+10s\", \"80/s\")");
            return None;
        };
        let at = SimDuration::decode(&at.node, Rule::Instant, cx);
        let rate = f64::decode(&rate.node, Rule::PerSecond, cx);
        at.zip(rate)
    }

    fn decode_list(node: &Node, rule: Rule, cx: &mut Cx) -> Option<Vec<Self>> {
        let Kind::List(items) = &node.kind else {
            cx.expected(node, "a list of times and rates: [(\"T+0s\", \"80/s\")]");
            return None;
        };
        if items.is_empty() {
            cx.report(
                Diagnostic::error(code::EMPTY, node.span, "a profile needs at least one point")
                    .help("write for example [(\"T+0s\", \"80/s\")]"),
            );
            return None;
        }
        let points: Vec<Self> = items.iter().filter_map(|item| Self::decode(item, rule, cx)).collect();
        if points.len() < items.len() {
            return Some(points);
        }
        for (index, pair) in points.windows(2).enumerate() {
            if pair[0].0 >= pair[1].0 {
                cx.report(
                    Diagnostic::error(
                        code::ORDER,
                        items[index + 1].span,
                        "times must increase from point to point",
                    )
                    .label(format!("not after {}", pair[0].0))
                    .related(items[index].span, "the point before"),
                );
            }
        }
        Some(points)
    }
}

/// `"caller -> callee"` with one space on each side of the arrow; other texts stay as they are.
pub(in crate::scenario) fn edge(text: &str) -> String {
    match text.split_once("->") {
        Some((caller, callee)) => format!("{} -> {}", caller.trim(), callee.trim()),
        None => text.to_owned(),
    }
}

/// A text; words of the command line need no quotes.
pub(in crate::scenario) fn text(node: &Node, what: &str, cx: &mut Cx) -> Option<String> {
    match (&node.kind, node.as_word()) {
        (Kind::Text(text), _) => Some(text.clone()),
        (_, Some(word)) if cx.is_option(node.span) => Some(word.to_owned()),
        (_, Some(word)) => {
            let message = format!("expected {what}, found `{word}`");
            cx.report(
                Diagnostic::error(code::KIND, node.span, message)
                    .label("needs quotes")
                    .help(format!("write \"{word}\"")),
            );
            None
        }
        _ => {
            cx.expected(node, what);
            None
        }
    }
}

/// A quantity written as a text.
pub(in crate::scenario) fn quantity_text<T>(
    node: &Node,
    what: &str,
    read: impl Fn(&str) -> Result<T, String>,
    cx: &mut Cx,
) -> Option<T> {
    if let Kind::Number(number) = &node.kind {
        let message = format!("the unit is missing: expected {what}");
        cx.report(
            Diagnostic::error(code::UNIT, node.span, message)
                .label("a number without a unit")
                .help(unit_hint(what, *number)),
        );
        return None;
    }
    let text = text(node, what, cx)?;
    match read(&text) {
        Ok(value) => Some(value),
        Err(why) => {
            let message = format!("`{text}` is not {}", what.split(',').next().unwrap_or(what));
            cx.report(
                Diagnostic::error(code::UNIT, node.span, message).label(why).help(format!("write {what}")),
            );
            None
        }
    }
}

fn unit_hint(what: &str, number: Number) -> String {
    let n = number.value;
    if what.starts_with("a duration") || what.starts_with("a point") {
        format!("write \"{n}ms\" or \"{n}s\"")
    } else if what.starts_with("a rate") {
        format!("write \"{n}/s\" or \"{n}/min\"")
    } else {
        format!("write {what}")
    }
}

fn count(node: &Node, min: u64, max: u64, cx: &mut Cx) -> Option<u64> {
    let number = match &node.kind {
        Kind::Number(number) => *number,
        Kind::Text(text) if text.trim().parse::<f64>().is_ok() => {
            cx.report(
                Diagnostic::error(code::KIND, node.span, "expected a whole number, found a text")
                    .label("a text")
                    .help(format!("write it without quotes: {}", text.trim())),
            );
            return None;
        }
        _ => {
            cx.expected(node, "a whole number");
            return None;
        }
    };
    let range = match max {
        u64::MAX => format!("at least {}", grouped(min)),
        _ => format!("{} to {}", grouped(min), grouped(max)),
    };
    match number.integer {
        Some(integer) if integer >= min.into() && integer <= max.into() => integer.try_into().ok(),
        Some(integer) => {
            out_of_range(node.span, &integer.to_string(), &range, cx);
            None
        }
        None if number.value < min as f64 || number.value > max as f64 => {
            out_of_range(node.span, &number.value.to_string(), &range, cx);
            None
        }
        None => {
            cx.report(
                Diagnostic::error(code::KIND, node.span, "expected a whole number, found a fraction")
                    .label("not a whole number")
                    .help(format!("write a whole number, {range}")),
            );
            None
        }
    }
}

fn factor(node: &Node, min: f64, above: bool, max: f64, cx: &mut Cx) -> Option<f64> {
    let Kind::Number(Number { value, .. }) = node.kind else {
        match &node.kind {
            Kind::Text(text) if text.trim().parse::<f64>().is_ok() => cx.report(
                Diagnostic::error(code::KIND, node.span, "expected a number, found a text")
                    .label("a text")
                    .help(format!("write it without quotes: {}", text.trim())),
            ),
            Kind::Text(text) if text.ends_with('%') => cx.report(
                Diagnostic::error(code::UNIT, node.span, "expected a number without a unit, found a share")
                    .label("a share")
                    .help("this is a factor: write 1.5 for \"150%\""),
            ),
            _ => cx.expected(node, "a number without a unit"),
        }
        return None;
    };
    let low = if above { value > min } else { value >= min };
    if value.is_finite() && low && value <= max {
        return Some(value);
    }
    let range = match (above, max < f64::MAX) {
        _ if min <= f64::MIN => "any finite number".to_owned(),
        (true, true) => format!("above {min}, at most {max}"),
        (true, false) => format!("above {min}"),
        (false, true) => format!("{min} to {max}"),
        (false, false) => format!("at least {min}"),
    };
    out_of_range(node.span, &value.to_string(), &range, cx);
    None
}

fn share(node: &Node, above: bool, max: f64, cx: &mut Cx) -> Option<f64> {
    if let Kind::Number(number) = &node.kind {
        let percent = if number.value <= 1.0 { number.value * 100.0 } else { number.value };
        // Twelve digits hide what the binary form of 0.07 adds.
        let percent = format!("{percent:.10}");
        let percent = percent.trim_end_matches('0').trim_end_matches('.');
        cx.report(
            Diagnostic::error(code::UNIT, node.span, "the unit is missing: expected a share, like \"5%\"")
                .label("a number without a unit")
                .help(format!("write \"{percent}%\"")),
        );
        return None;
    }
    let value = quantity_text(node, "a share, like \"5%\"", quantity::share, cx)?;
    if value <= max && (if above { value > 0.0 } else { value >= 0.0 }) {
        return Some(value);
    }
    let low = if above { "above 0%, at most" } else { "0% to" };
    let written = node.as_text().map_or_else(|| format!("{}%", value * 100.0), str::to_owned);
    out_of_range(node.span, &written, &format!("{low} {}%", max * 100.0), cx);
    None
}

fn rate(node: &Node, cx: &mut Cx) -> Option<f64> {
    let value = quantity_text(node, "a rate, like \"80/s\"", quantity::rate, cx)?;
    if (0.0..=FASTEST).contains(&value) {
        return Some(value);
    }
    let written = node.as_text().unwrap_or_default().to_owned();
    out_of_range(node.span, &written, "0/s to 1,000,000,000/s", cx);
    None
}

fn any_quantity(node: &Node, cx: &mut Cx) -> Option<Quantity> {
    let quantity = match &node.kind {
        Kind::Number(number) => Quantity { value: number.value, unit: Unit::Plain },
        _ => quantity_text(node, "a number, share, duration or rate", quantity::any, cx)?,
    };
    if !quantity.value.is_finite() {
        out_of_range(node.span, &quantity.value.to_string(), "a finite number", cx);
        return None;
    }
    cx.quantities.push(crate::diagnostic::Spanned { value: quantity.unit, span: node.span });
    Some(quantity)
}

fn out_of_range(span: Span, written: &str, range: &str, cx: &mut Cx) {
    let mut problem = Diagnostic::error(code::RANGE, span, format!("{written} is out of range: {range}"))
        .label(format!("allowed: {range}"));
    problem.help = cx.meaning();
    cx.report(problem);
}

/// A whole number with commas, as people read it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
