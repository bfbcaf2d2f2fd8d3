//! A value that is to be set while a run goes on, as written.

use crate::scenario::read::decode::{Cx, Decode};
use crate::scenario::read::schema::{Rule, Shape};
use crate::scenario::text::tree::Node;

/// The value of a `Set`. What it must be depends on the place it is set at.
#[derive(Clone, Debug)]
pub struct NewValue {
    /// As written, on one line.
    pub text: String,
    pub(in crate::scenario) node: Node,
}

impl PartialEq for NewValue {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Decode for NewValue {
    const SHAPE: Shape = Shape::Leaf("value");

    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        let text = cx.sources.snippet(node.span).split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Self { text, node: node.clone() })
    }
}
