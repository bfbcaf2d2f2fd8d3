//! Texts of a tree that hold what cannot be seen. Names that look the same would not be the same, and what is told of
//! them could read as something else.

use crate::diagnostic::{Diagnostic, Sources, Span};
use crate::scenario::edit::path::{Path, Step};
use crate::scenario::text::tree::{Kind, Node};
use crate::scenario::words::code;
use crate::unseen::{hides_in_a_name, is_layout, is_unseen, spelled, turns_text};

/// Longer texts are not repeated in a message.
const LONGEST: usize = 40;

/// What is wrong with the texts of a tree, names of fields and forms included.
pub(in crate::scenario) fn in_tree(node: &Node, sources: &Sources) -> Vec<Diagnostic> {
    let mut look = Look { sources, found: Vec::new() };
    look.node(node, false);
    look.found
}

/// What is wrong with the names of a path.
pub(in crate::scenario) fn in_path(path: &Path, sources: &Sources) -> Vec<Diagnostic> {
    let mut look = Look { sources, found: Vec::new() };
    for part in &path.parts {
        if let Step::Name(name) = &part.step {
            look.text(name, part.span, true);
        }
    }
    look.found
}

struct Look<'a> {
    sources: &'a Sources,
    found: Vec<Diagnostic>,
}

impl Look<'_> {
    /// A name is one line; other texts may have several.
    fn node(&mut self, node: &Node, is_name: bool) {
        match &node.kind {
            Kind::Text(text) => self.text(text, node.span, is_name),
            Kind::List(items) => items.iter().for_each(|item| self.node(item, false)),
            Kind::Map(entries) => {
                for (key, value) in entries {
                    self.node(key, true);
                    self.node(value, false);
                }
            }
            Kind::Group(group) => {
                if let Some(name) = &group.name {
                    self.text(name, name.span, true);
                }
                group.values.iter().for_each(|value| self.node(&value.node, false));
                for field in &group.fields {
                    self.text(&field.key, field.key.span, true);
                    self.node(&field.node, field.key.value == "name");
                }
            }
            Kind::Char(_) | Kind::Bytes(_) | Kind::Number(_) | Kind::Bool(_) => {}
        }
    }

    fn text(&mut self, text: &str, span: Span, is_name: bool) {
        let harmful = |c: char| if is_name { hides_in_a_name(c) } else { is_unseen(c) && !is_layout(c) };
        let Some(first) = text.chars().find(|c| harmful(*c)) else { return };
        let what = if turns_text(first) {
            "which changes the direction in which text is read"
        } else if is_layout(first) {
            "and a name is one line"
        } else {
            "which cannot be seen"
        };
        let kind = if is_name { "name" } else { "text" };
        let label =
            if text.chars().count() > LONGEST { "here".into() } else { format!("in `{}`", spelled(text)) };
        self.found.push(
            Diagnostic::error(
                code::UNSEEN,
                self.place(span, first),
                format!("this {kind} holds U+{:04X}, {what}", u32::from(first)),
            )
            .label(label)
            .help("remove it: what is read is then what is meant"),
        );
    }

    /// The place of the character itself, unless it is written as an escape.
    fn place(&self, span: Span, c: char) -> Span {
        let written = self.sources.snippet(span);
        written.find(c).map_or(span, |at| {
            let start = span.start + at as u32;
            Span { start, end: start + c.len_utf8() as u32, ..span }
        })
    }
}
