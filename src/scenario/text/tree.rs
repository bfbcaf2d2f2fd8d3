//! The tree of values that a text is read into, every value with its place. Knows no field and no type.

use crate::diagnostic::Span;
use crate::scenario::Name;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct Node {
    /// Where it stands, from its first character to its last.
    pub(in crate::scenario) span: Span,
    /// What it is.
    pub(in crate::scenario) kind: Kind,
}

/// What a value can be, by its looks alone.
#[derive(Clone, Debug)]
pub(in crate::scenario) enum Kind {
    /// `"text"`, escapes resolved.
    Text(String),
    /// `'c'`: no field takes one, but RON has them.
    Char(char),
    /// `b"bytes"`: no field takes them, but RON has them.
    Bytes(Vec<u8>),
    /// `5`, `2.5`.
    Number(Number),
    /// `true`, `false`.
    Bool(bool),
    /// `[a, b]`.
    List(Vec<Node>),
    /// `{"key": value}`, in the order written.
    Map(Vec<(Node, Node)>),
    /// `Name(value, field: value)`, `(field: value)` or `Name`.
    Group(Group),
}

/// A number as written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::scenario) struct Number {
    /// Its value.
    pub(in crate::scenario) value: f64,
    /// Its exact value, if it was written as a whole number that fits.
    pub(in crate::scenario) integer: Option<i128>,
}

/// A value with a name, parentheses, or both.
#[derive(Clone, Debug, Default)]
pub(in crate::scenario) struct Group {
    /// `Fifo` of `Fifo(capacity: 5)`; none for `(capacity: 5)`.
    pub(in crate::scenario) name: Option<Name>,
    /// Whether parentheses were written: `Pause` has none.
    pub(in crate::scenario) parens: bool,
    /// Leading values, which take the fields in their documented order.
    pub(in crate::scenario) values: Vec<Value>,
    /// Named values.
    pub(in crate::scenario) fields: Vec<Field>,
}

/// A leading value of a group.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct Value {
    /// The value.
    pub(in crate::scenario) node: Node,
    /// Which text it came from: values of a higher layer override those of a lower one.
    pub(in crate::scenario) layer: u32,
}

/// A named value of a group.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct Field {
    /// Its name, and where it was written.
    pub(in crate::scenario) key: Name,
    /// Its value.
    pub(in crate::scenario) node: Node,
    /// As [`Value::layer`].
    pub(in crate::scenario) layer: u32,
}

impl Node {
    /// A group without a name and without content, to be filled through paths.
    pub(in crate::scenario) fn anonymous(span: Span) -> Self {
        Self { span, kind: Kind::Group(Group { parens: true, ..Group::default() }) }
    }

    /// A map without entries.
    pub(in crate::scenario) fn empty_map(span: Span) -> Self {
        Self { span, kind: Kind::Map(Vec::new()) }
    }

    /// The text, if it is one.
    pub(in crate::scenario) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The word, if it is a name without parentheses (`Pause`).
    pub(in crate::scenario) fn as_word(&self) -> Option<&str> {
        match &self.kind {
            Kind::Group(Group { name: Some(name), parens: false, .. }) => Some(name),
            _ => None,
        }
    }

    /// The group, if it is one.
    pub(in crate::scenario) fn as_group(&self) -> Option<&Group> {
        match &self.kind {
            Kind::Group(group) => Some(group),
            _ => None,
        }
    }

    /// The same for changing it.
    pub(in crate::scenario) fn as_group_mut(&mut self) -> Option<&mut Group> {
        match &mut self.kind {
            Kind::Group(group) => Some(group),
            _ => None,
        }
    }

    /// The entries, if it is a map; an empty slice otherwise.
    pub(in crate::scenario) fn entries(&self) -> &[(Node, Node)] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a field, if this is a group that names it.
    pub(in crate::scenario) fn field(&self, name: &str) -> Option<&Node> {
        let fields = &self.as_group()?.fields;
        fields.iter().find(|field| field.key.value == name).map(|field| &field.node)
    }

    /// What it is, in words for a message: "a text", "the word `Pause`".
    pub(in crate::scenario) fn describe(&self) -> String {
        match &self.kind {
            Kind::Text(_) => "a text".to_owned(),
            Kind::Char(c) => format!("the character `{c}`"),
            Kind::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Kind::Number(_) => "a number".to_owned(),
            Kind::Bool(value) => format!("`{value}`"),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a map".to_owned(),
            Kind::Group(Group { name: Some(name), .. }) => format!("`{}`", name.value),
            Kind::Group(_) => "values in parentheses".to_owned(),
        }
    }

    /// Moves it and all it contains to one place, for values that stand for something not written there.
    pub(in crate::scenario) fn relocated(mut self, span: Span) -> Self {
        self.span = span;
        match &mut self.kind {
            Kind::List(items) => {
                for item in items {
                    *item = std::mem::replace(item, Self::empty_map(span)).relocated(span);
                }
            }
            Kind::Map(entries) => {
                for part in entries.iter_mut().flat_map(|(key, value)| [key, value]) {
                    *part = std::mem::replace(part, Self::empty_map(span)).relocated(span);
                }
            }
            Kind::Group(group) => {
                if let Some(name) = &mut group.name {
                    name.span = span;
                }
                for value in &mut group.values {
                    value.node = std::mem::replace(&mut value.node, Self::empty_map(span)).relocated(span);
                }
                for field in &mut group.fields {
                    field.key.span = span;
                    field.node = std::mem::replace(&mut field.node, Self::empty_map(span)).relocated(span);
                }
            }
            _ => {}
        }
        self
    }
}
