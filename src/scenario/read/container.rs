//! Reads what holds other values: options, lists, and maps of named things. Knows no field.

use crate::diagnostic::{Diagnostic, Spanned};
use crate::scenario::edit::path::Step;
use crate::scenario::read::decode::{Cx, Decode};
use crate::scenario::read::schema::{Rule, Shape};
use crate::scenario::text::tree::{Group, Kind, Node};
use crate::scenario::words::code;
use crate::scenario::{Name, Named};

impl<T: Decode> Decode for Option<T> {
    const SHAPE: Shape = Shape::Optional(&T::SHAPE);

    fn decode(node: &Node, rule: Rule, cx: &mut Cx) -> Option<Self> {
        match node.as_group() {
            // `None` is a value of some choices (no backoff); there it means what it says as well.
            Some(group) if group.name.as_ref().is_some_and(|name| name.value == "None") => Some(None),
            Some(Group { name: Some(name), values, fields, .. })
                if name.value == "Some" && values.len() == 1 && fields.is_empty() =>
            {
                T::decode(&values[0].node, rule, cx).map(Some)
            }
            _ => T::decode(node, rule, cx).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn amend(&mut self, path: &[Step], from: &Self) {
        match (self, from) {
            (Some(old), Some(new)) => old.amend(path, new),
            (whole, from) => whole.clone_from(from),
        }
    }
}

impl<T: Decode> Decode for Vec<T> {
    const SHAPE: Shape = T::LIST_SHAPE;

    fn decode(node: &Node, rule: Rule, cx: &mut Cx) -> Option<Self> {
        T::decode_list(node, rule, cx)
    }

    fn amend(&mut self, path: &[Step], from: &Self) {
        T::amend_list(self, path, from);
    }
}

impl<T: Decode> Decode for Spanned<T> {
    const SHAPE: Shape = T::SHAPE;

    fn decode(node: &Node, rule: Rule, cx: &mut Cx) -> Option<Self> {
        T::decode(node, rule, cx).map(|value| Self { value, span: node.span })
    }

    fn stand_in(rule: Rule) -> Option<Self> {
        let value = T::stand_in(rule)?;
        Some(Self { value, span: crate::diagnostic::Span::default() })
    }

    fn amend(&mut self, path: &[Step], from: &Self) {
        self.value.amend(path, &from.value);
        self.span = from.span;
    }
}

/// Named things are a map; alone, a name with its thing is never written.
impl<T: Decode> Decode for (Name, T) {
    const SHAPE: Shape = T::SHAPE;
    const LIST_SHAPE: Shape = Shape::Map(&T::SHAPE);

    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        cx.expected(node, "a map: {\"name\": value}");
        None
    }

    fn decode_list(node: &Node, rule: Rule, cx: &mut Cx) -> Option<Named<T>> {
        let Kind::Map(entries) = &node.kind else {
            cx.expected(node, "a map: {\"name\": value}");
            return None;
        };
        let mut first_of = std::collections::BTreeMap::new();
        let mut values: Named<T> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let decoded = T::decode(value, rule, cx);
            let Some(name) = map_key(key, cx) else {
                cx.incomplete = true;
                continue;
            };
            if let Some(&first) = first_of.get(&name.value) {
                cx.incomplete = true;
                let message = format!("`{}` is given twice", name.value);
                cx.report(
                    Diagnostic::error(code::TWICE, name.span, message)
                        .label("given again")
                        .help("rename or remove one of them")
                        .related(first, "first given here"),
                );
                continue;
            }
            first_of.insert(name.value.clone(), name.span);
            match decoded {
                Some(value) => values.push((name, value)),
                None => cx.incomplete = true,
            }
        }
        Some(values)
    }

    /// Goes down by the name of the entry; one that is not there yet is added.
    fn amend_list(list: &mut Vec<Self>, path: &[Step], from: &Vec<Self>) {
        let Some((step, rest)) = path.split_first() else { return list.clone_from(from) };
        let Some(new) = from.iter().find(|(name, _)| step.is(name)) else { return };
        match list.iter_mut().find(|(name, _)| step.is(name)) {
            Some(old) => old.1.amend(rest, &new.1),
            None => list.push(new.clone()),
        }
    }
}

/// The key of a map: a text in quotes that is not blank.
fn map_key(key: &Node, cx: &mut Cx) -> Option<Name> {
    let text = match (&key.kind, key.as_word()) {
        (Kind::Text(text), _) => text,
        (_, Some(word)) => {
            let message = format!("the name `{word}` needs quotes here");
            cx.report(
                Diagnostic::error(code::KIND, key.span, message)
                    .label("a name you chose")
                    .help(format!("write \"{word}\"")),
            );
            return None;
        }
        _ => {
            cx.expected(key, "a name in quotes");
            return None;
        }
    };
    if text.trim().is_empty() {
        cx.report(Diagnostic::error(code::NAME, key.span, "a name cannot be empty"));
        return None;
    }
    Some(Spanned { value: text.clone(), span: key.span })
}
