//! Examples of forms and fields, made from the schema, for hints and for `explain`. Every one of them can be read.

use crate::scenario::read::schema::{FieldInfo, FormInfo, Rule, Shape};
use crate::time::SimDuration;

/// Types within types deeper than this are left to their own examples.
const DEPTH: usize = 4;

impl FormInfo {
    /// How it may be written: with all that is required, or with its first field.
    pub(in crate::scenario) fn example(&self) -> String {
        form(self, DEPTH)
    }
}

impl FieldInfo {
    /// A value it may have.
    pub(in crate::scenario) fn example(&self) -> String {
        field(self, DEPTH)
    }

    /// Whether it must be written.
    pub(in crate::scenario) fn is_required(&self) -> bool {
        self.default.is_none() && !matches!(self.shape, Shape::Optional(_))
    }
}

fn form(form: &FormInfo, depth: usize) -> String {
    if form.fields.is_empty() {
        return form.name.to_owned();
    }
    let required: Vec<&FieldInfo> = form.fields.iter().filter(|field| field.is_required()).collect();
    let named = |shown: &FieldInfo| format!("{}: {}", shown.name, field(shown, depth));
    let leading = form.fields.iter().take_while(|field| field.is_required()).count();
    let values: Vec<String> = match required.len() {
        0 => vec![named(&form.fields[0])],
        n if n == leading && n <= 2 => required.into_iter().map(|shown| field(shown, depth)).collect(),
        _ => required.into_iter().map(named).collect(),
    };
    format!("{}({})", form.name, values.join(", "))
}

fn field(field: &FieldInfo, depth: usize) -> String {
    match field.default_text() {
        Some(default) if !matches!(default, "[]" | "{}" | "\"\"" | "None") => default.to_owned(),
        _ => value(field.shape, field.rule, field.name, depth),
    }
}

fn value(shape: Shape, rule: Rule, name: &str, depth: usize) -> String {
    match shape {
        Shape::Optional(inner) => value(*inner, rule, name, depth),
        Shape::List(inner) => format!("[{}]", value(*inner, rule, name, depth)),
        Shape::Map(inner) => format!("{{ \"name\": {} }}", value(*inner, rule, name, depth)),
        Shape::Type(info) => {
            let info = info();
            let shown = &info.forms[info.bare().unwrap_or(0)];
            match (shown.bare, shown.fields) {
                _ if depth == 0 => format!("{}(...)", shown.name),
                (true, [only, ..]) => field(only, depth - 1),
                _ => form(shown, depth - 1),
            }
        }
        Shape::Leaf(kind) => leaf(kind, rule, name),
    }
}

fn leaf(kind: &str, rule: Rule, name: &str) -> String {
    let text = match (rule, kind) {
        (Rule::Share { .. } | Rule::Quantity, _) => "\"5%\"",
        (Rule::PerSecond, _) => "\"80/s\"",
        (Rule::Instant, _) => "\"T+10s\"",
        (Rule::Clock, _) => "\"14:00:00\"",
        (Rule::Edge, _) => "\"checkout -> user\"",
        (Rule::Count { min, .. }, _) => return min.max(2).to_string(),
        (Rule::Duration { min, .. }, _) if min >= SimDuration::from_secs(1) => "\"10s\"",
        (_, "duration") if name == "horizon" => "\"10m\"",
        (_, "duration") if name == "timeout" => "\"1.5s\"",
        (_, "duration") => "\"20ms\"",
        (_, "size") if name == "limit" => "\"1GiB\"",
        (_, "size") if name == "idle" => "\"256MiB\"",
        (_, "size") => "\"100KiB\"",
        (_, "text") => return named_text(name),
        (_, "true or false") => "true",
        (_, "whole number") => "2",
        (_, "number") => "1.5",
        (_, other) => other.split_once(' ').map_or("2", |(_, example)| example),
    };
    text.to_owned()
}

/// Names are most easily understood when they look like what they name.
fn named_text(name: &str) -> String {
    let text = match name {
        "entry" | "to" | "calls" => "user.authenticate",
        "service" | "services" | "on" => "user",
        "class" => "checkout",
        "monitor" => "user errors",
        "cache" => "profile",
        "path" => "calls.'checkout -> user'.retry.max_attempts",
        "region" => "eu-west",
        _ => "...",
    };
    format!("\"{text}\"")
}
