//! Laying one tree over another, and setting one place in a tree. Knows fields only to create what is not written.

use crate::diagnostic::{Diagnostic, Span, Spanned};
use crate::scenario::code;
use crate::scenario::path::{Part, Path, Step};
use crate::scenario::reading::unknown;
use crate::scenario::scalar::edge;
use crate::scenario::schema::{Schema, Shape, TypeInfo};
use crate::scenario::tree::{Field, Group, Kind, Node, Value};
use crate::scenario::{Name, Scenario};

/// `over` laid on `base`: groups merge field by field, maps key by key; all else is replaced. What comes from `over`
/// is marked with `layer`, so that it wins over the same field given without its name below.
pub(super) fn merge(base: Node, over: Node, layer: u32) -> Node {
    match (base.kind, over.kind) {
        (Kind::Map(below), Kind::Map(above)) => {
            Node { span: over.span, kind: Kind::Map(merge_maps(below, above, layer)) }
        }
        (Kind::Group(below), Kind::Group(above)) if can_merge(&below, &above) => {
            Node { span: over.span, kind: Kind::Group(merge_groups(below, above, layer)) }
        }
        (_, kind) => Node { span: over.span, kind },
    }
}

/// Groups of one name merge; one without a name is a part of whatever is below.
fn can_merge(below: &Group, above: &Group) -> bool {
    let same = match (&below.name, &above.name) {
        (Some(below), Some(above)) => below.value == above.value,
        (Some(_), None) => true,
        (None, None) => below.values.is_empty() && above.values.is_empty(),
        (None, Some(_)) => false,
    };
    same && above.parens
}

fn merge_maps(mut below: Vec<(Node, Node)>, above: Vec<(Node, Node)>, layer: u32) -> Vec<(Node, Node)> {
    let known = below.len();
    for (key, value) in above {
        let same = |entry: &(Node, Node)| key.as_text().is_some() && entry.0.as_text() == key.as_text();
        // Only entries from below can be meant: a key given twice above stays a mistake.
        match below[..known].iter_mut().find(|entry| same(entry)) {
            Some((_, old)) => {
                let base = std::mem::replace(old, Node::empty_map(key.span));
                *old = merge(base, value, layer);
            }
            None => below.push((key, value)),
        }
    }
    below
}

fn merge_groups(mut below: Group, above: Group, layer: u32) -> Group {
    below.parens = true;
    if above.name.is_some() {
        below.name = above.name;
    }
    for (position, value) in above.values.into_iter().enumerate() {
        match below.values.get_mut(position) {
            Some(old) => {
                let base = std::mem::replace(&mut old.node, Node::empty_map(value.node.span));
                *old = Value { node: merge(base, value.node, layer), layer };
            }
            None => below.values.push(Value { node: value.node, layer }),
        }
    }
    let known = below.fields.len();
    for field in above.fields {
        match below.fields[..known].iter_mut().find(|old| old.key.value == field.key.value) {
            Some(old) => {
                let base = std::mem::replace(&mut old.node, Node::empty_map(field.key.span));
                *old = Field { key: field.key, node: merge(base, field.node, layer), layer };
            }
            None => below.fields.push(Field { layer, ..field }),
        }
    }
    below
}

/// Puts a value at a place of a scenario; says why not if there is no such place.
pub(super) fn set(root: &mut Node, path: &Path, value: Node, layer: u32) -> Result<(), Diagnostic> {
    let shape = Shape::Type(<Scenario as Schema>::info);
    descend(root, Some(shape), &path.parts, value, layer, false)
}

/// `lenient`: whether missing entries of the map at hand exist by default, as calls do.
fn descend(
    node: &mut Node,
    shape: Option<Shape>,
    parts: &[Part],
    value: Node,
    layer: u32,
    lenient: bool,
) -> Result<(), Diagnostic> {
    let Some((part, rest)) = parts.split_first() else {
        *node = value;
        return Ok(());
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
    let at = match group.fields.iter().position(|field| field.key.value == name) {
        Some(at) => at,
        None => {
            let node = match inner.map(Shape::solid) {
                Some(Shape::Map(_)) if !rest.is_empty() => Node::empty_map(span),
                Some(Shape::List(_)) if !rest.is_empty() => Node { span, kind: Kind::List(Vec::new()) },
                _ => Node::anonymous(span),
            };
            let key = Name { value: name.to_owned(), span };
            group.fields.push(Field { key, node, layer });
            group.fields.len() - 1
        }
    };
    if rest.is_empty() {
        group.fields[at].key.span = span;
    }
    &mut group.fields[at].node
}

/// Which of its type's forms a group is written in.
fn form_of(group: &Group, shape: Option<Shape>) -> Option<&'static crate::scenario::schema::FormInfo> {
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
    let find = |form: &'static crate::scenario::schema::FormInfo| {
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

/// Brings the keys of `calls` into one form, and lays each policy between operations over the one between their
/// services, so that it states only what differs.
pub(super) fn expand_calls(root: &mut Node) {
    let Some(group) = root.as_group_mut() else { return };
    let Some(calls) = group.fields.iter_mut().find(|field| field.key.value == "calls") else { return };
    let Kind::Map(entries) = &mut calls.node.kind else { return };
    for (key, _) in entries.iter_mut() {
        if let Kind::Text(text) = &mut key.kind {
            *text = edge(text);
        }
    }
    let services: Vec<(String, Node)> = entries
        .iter()
        .filter_map(|(key, value)| Some((key.as_text()?.to_owned(), value.clone())))
        .filter(|(key, _)| !key.contains('.'))
        .collect();
    for (key, value) in entries.iter_mut() {
        let Some(wide) = key.as_text().and_then(service_level) else { continue };
        if let Some((_, below)) = services.iter().find(|(service, _)| *service == wide) {
            let over = std::mem::replace(value, Node::empty_map(key.span));
            *value = merge(below.clone(), over, u32::MAX);
        }
    }
}

/// `a -> b` for `a.op -> b.op`; none if it names no operation.
fn service_level(key: &str) -> Option<String> {
    let (caller, callee) = key.split_once(" -> ")?;
    let service = |side: &str| side.split('.').next().unwrap_or(side).to_owned();
    let wide = format!("{} -> {}", service(caller), service(callee));
    (wide != key).then_some(wide)
}
