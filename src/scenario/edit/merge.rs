//! Laying one tree over another. Knows no field: what merges is decided by looks alone.

use crate::scenario::text::tree::{Field, Group, Kind, Node, Value};

/// Layers from here on are of variants, below options; lower ones are of files.
pub(in crate::scenario) const OVERRIDE: u32 = u32::MAX - 1;

/// `over` laid on `base`: groups merge field by field, maps key by key; all else is replaced. What comes from `over`
/// is marked with `layer`, so that it wins over the same field given without its name below.
pub(in crate::scenario) fn merge(base: Node, over: Node, layer: u32) -> Node {
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
