//! Setting one place of a tree, and spelling out what calls inherit. Knows fields only to create what is not written.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Span, Spanned};
use crate::scenario::check::unknown::unknown;
use crate::scenario::edit::merge::merge;
use crate::scenario::edit::path::{Part, Path, Step};
use crate::scenario::read::decode::Schema;
use crate::scenario::read::journeys::step_classes;
use crate::scenario::read::scalar::edge;
use crate::scenario::read::schema::{FormInfo, Shape, TypeInfo};
use crate::scenario::text::tree::{Field, Group, Kind, Node};
use crate::scenario::words::code;
use crate::scenario::{Name, Scenario};

/// Puts a value at a place of a scenario, and returns what stood there; says why not if there is no such place.
pub(in crate::scenario) fn set(
    root: &mut Node,
    path: &Path,
    value: Node,
    layer: u32,
) -> Result<Node, Diagnostic> {
    let shape = Shape::Type(<Scenario as Schema>::info);
    descend(root, Some(shape), &path.parts, value, layer, false)
}

/// Makes sure that `calls` has an entry of this key, brought into its one form: an empty one if need be. Whether it was
/// added.
pub(in crate::scenario) fn ensure_call(root: &mut Node, key: &Name) -> bool {
    let Some(group) = root.as_group_mut() else { return false };
    let step = Part { step: Step::Name(key.value.clone()), span: key.span };
    let shape = Some(Shape::Type(<Scenario as Schema>::info));
    let inner = field_shape(group, shape, "calls");
    let calls = field_of(group, shape, "calls", key.span, inner, &[step], 0);
    let Kind::Map(entries) = &mut calls.kind else { return false };
    if entries.iter().any(|(known, _)| known.as_text().is_some_and(|known| edge(known) == key.value)) {
        return false;
    }
    let name = Node { span: key.span, kind: Kind::Text(key.value.clone()) };
    entries.push((name, Node::anonymous(key.span)));
    true
}

/// `lenient`: whether missing entries of the map at hand exist by default, as calls do.
fn descend(
    node: &mut Node,
    shape: Option<Shape>,
    parts: &[Part],
    value: Node,
    layer: u32,
    lenient: bool,
) -> Result<Node, Diagnostic> {
    let Some((part, rest)) = parts.split_first() else {
        return Ok(std::mem::replace(node, value));
    };
    let shape = shape.map(Shape::solid);
    // A part of what is switched off switches it on: `retry.max_attempts` where `retry: None` is written.
    if node.as_word() == Some("None") && matches!(shape, Some(Shape::Type(_))) {
        *node = Node::anonymous(node.span);
    }
    unwrap_some(node);
    let whole = node.span;
    match &mut node.kind {
        Kind::Group(group) => {
            let Step::Name(name) = &part.step else {
                return Err(no_list(part, "a group of fields"));
            };
            let inner = field_shape(group, shape, name);
            let at = field_of(group, shape, name, part.span, inner, rest, layer);
            descend(at, inner, rest, value, layer, name == "calls")
        }
        Kind::Map(entries) => {
            let Step::Name(name) = &part.step else {
                return Err(no_list(part, "a map"));
            };
            let inner = match shape {
                Some(Shape::Map(inner)) => Some(*inner),
                _ => None,
            };
            let name = if lenient { edge(name) } else { name.clone() };
            let matches =
                |key: &Node| key.as_text().is_some_and(|key| key == name || (lenient && edge(key) == name));
            let position = match entries.iter().position(|(key, _)| matches(key)) {
                Some(position) => position,
                None if lenient || rest.is_empty() => {
                    let key = Node { span: part.span, kind: Kind::Text(name) };
                    entries.push((key, Node::anonymous(part.span)));
                    entries.len() - 1
                }
                None => {
                    let names: Vec<&str> = entries.iter().filter_map(|(key, _)| key.as_text()).collect();
                    let name = Spanned { value: name, span: part.span };
                    return Err(unknown(format!("nothing here is called `{}`", name.value), &name, &names));
                }
            };
            descend(&mut entries[position].1, inner, rest, value, layer, false)
        }
        Kind::List(items) => {
            let inner = match shape {
                Some(Shape::List(inner)) => Some(*inner),
                _ => None,
            };
            let position = item_of(items, part)?;
            descend(&mut items[position], inner, rest, value, layer, false)
        }
        _ => Err(Diagnostic::error(code::PATH, part.span, "this path goes on where the scenario ends")
            .label(format!("{} has no parts", node.describe()))
            .related(whole, "the value that has no parts")),
    }
}

/// `Some(x)` is `x`, so that paths need not care.
fn unwrap_some(node: &mut Node) {
    let Some(group) = node.as_group_mut() else { return };
    if group.name.as_ref().is_some_and(|name| name.value == "Some")
        && group.values.len() == 1
        && let Some(inner) = group.values.pop()
    {
        *node = inner.node;
    }
}

/// The place of a field, created if need be: a map where the schema says so, else a group to be filled.
fn field_of<'n>(
    group: &'n mut Group,
    shape: Option<Shape>,
    name: &str,
    span: Span,
    inner: Option<Shape>,
    rest: &[Part],
    layer: u32,
) -> &'n mut Node {
    group.parens = true;
    if let Some(position) = position_of(group, shape, name)
        && position < group.values.len()
        && !group.fields.iter().any(|field| field.key.value == name)
    {
        return &mut group.values[position].node;
    }
    let at = if let Some(at) = group.fields.iter().position(|field| field.key.value == name) {
        at
    } else {
        let node = match inner.map(Shape::solid) {
            Some(Shape::Map(_)) if !rest.is_empty() => Node::empty_map(span),
            Some(Shape::List(_)) if !rest.is_empty() => Node { span, kind: Kind::List(Vec::new()) },
            _ => Node::anonymous(span),
        };
        let key = Name { value: name.to_owned(), span };
        group.fields.push(Field { key, node, layer });
        group.fields.len() - 1
    };
    if rest.is_empty() {
        group.fields[at].key.span = span;
    }
    &mut group.fields[at].node
}

/// Which of its type's forms a group is written in.
fn form_of(group: &Group, shape: Option<Shape>) -> Option<&'static FormInfo> {
    let Some(Shape::Type(info)) = shape else { return None };
    let info: &'static TypeInfo = info();
    match &group.name {
        Some(name) => info.form(name).map(|form| &info.forms[form]),
        None => info.forms.first().filter(|_| !info.choice),
    }
}

fn position_of(group: &Group, shape: Option<Shape>, name: &str) -> Option<usize> {
    form_of(group, shape)?.fields.iter().position(|field| field.name == name)
}

/// What a field takes. Of a choice that is not made yet, what any of its forms takes there.
fn field_shape(group: &Group, shape: Option<Shape>, name: &str) -> Option<Shape> {
    let find = |form: &'static FormInfo| {
        form.fields.iter().find(|field| field.name == name).map(|field| field.shape)
    };
    if let Some(form) = form_of(group, shape) {
        return find(form);
    }
    let Some(Shape::Type(info)) = shape else { return None };
    info().forms.iter().find_map(find)
}

/// The position of the list item that a step leads to, by number or by its `name`.
fn item_of(items: &[Node], part: &Part) -> Result<usize, Diagnostic> {
    let name_of = |item: &Node| item.field("name").and_then(Node::as_text).map(str::to_owned);
    match &part.step {
        Step::Index(index) if *index < items.len() => Ok(*index),
        Step::Index(index) => {
            let message = match items.len() {
                0 => "the list is empty".to_owned(),
                1 => format!("the list has one item, 0; {index} is beyond"),
                n => format!("the list has {n} items, from 0 to {}; {index} is beyond", n - 1),
            };
            Err(Diagnostic::error(code::PATH, part.span, message).label("no such item"))
        }
        Step::Name(name) => {
            items.iter().position(|item| name_of(item).as_ref() == Some(name)).ok_or_else(|| {
                let names: Vec<String> = items.iter().filter_map(name_of).collect();
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let wanted = Spanned { value: name.clone(), span: part.span };
                unknown(format!("no item of this list has the name `{name}`"), &wanted, &names)
            })
        }
    }
}

fn no_list(part: &Part, what: &str) -> Diagnostic {
    Diagnostic::error(code::PATH, part.span, format!("a position leads into a list, but this is {what}"))
        .label("not a list")
        .help("write `.name` instead")
}

/// Brings the keys of `calls` into one form, and lays each policy that names an operation over those that name less,
/// so that it states only what differs.
pub(in crate::scenario) fn expand_calls(root: &mut Node) {
    let steps = step_classes(root);
    let Some(group) = root.as_group_mut() else { return };
    let Some(calls) = group.fields.iter_mut().find(|field| field.key.value == "calls") else { return };
    let Kind::Map(entries) = &mut calls.node.kind else { return };
    for (key, _) in entries.iter_mut() {
        if let Kind::Text(text) = &mut key.kind {
            *text = edge(text);
        }
    }
    // Of a key that is given twice, which is a mistake, the first one counts.
    let written: BTreeMap<String, Node> = entries
        .iter()
        .rev()
        .filter_map(|(key, value)| Some((key.as_text()?.to_owned(), value.clone())))
        .collect();
    for (key, value) in entries.iter_mut() {
        let wider = key.as_text().map(|key| wider_keys(key, &steps)).unwrap_or_default();
        for wide in wider {
            if let Some(below) = written.get(&wide) {
                let over = std::mem::replace(value, Node::empty_map(key.span));
                *value = merge(below.clone(), over, u32::MAX);
            }
        }
    }
}

/// The keys that cover what `a.x -> b.y` does and more, the closest first: `a.x -> b`, `a -> b.y`, `a -> b`. What an
/// operation is to its service, the class of a step is to its journey.
fn wider_keys(key: &str, steps: &[(String, String)]) -> Vec<String> {
    let Some((caller, callee)) = key.split_once(" -> ") else { return Vec::new() };
    let service = |side: &str| side.split('.').next().unwrap_or(side).to_owned();
    let journey = steps.iter().find(|(class, _)| class == caller).map(|(_, journey)| journey.clone());
    let (whole_caller, whole_callee) = (journey.unwrap_or_else(|| service(caller)), service(callee));
    let mut keys = vec![
        format!("{caller} -> {whole_callee}"),
        format!("{whole_caller} -> {callee}"),
        format!("{whole_caller} -> {whole_callee}"),
    ];
    keys.dedup();
    keys.retain(|wide| wide != key);
    keys
}
