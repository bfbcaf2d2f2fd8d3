//! Variants: named sets of changes to a scenario, each with expectations of its own.

use crate::diagnostic::{Diagnostic, Sources, Span, Spanned};
use crate::scenario::edit::apply::set;
use crate::scenario::edit::merge::OVERRIDE;
use crate::scenario::edit::path::{Path, forbidden, written_path};
use crate::scenario::read::decode::{Cx, Decode, Schema};
use crate::scenario::read::schema::{Rule, Shape, schema};
use crate::scenario::text::tree::{Field, Group, Kind, Node};
use crate::scenario::{Name, Named};

schema! {
    /// A change to the scenario, to be compared with it: `Variant(set: { "services.user.threads": 20 })`.
    #[derive(Clone, Debug)]
    pub(in crate::scenario) struct Variant {
        /// What it shows, in a sentence.
        pub description: String = "",
        /// What it changes: from paths to values. Names with a dot or an arrow stand in quotes within the path.
        pub set: Vec<(Name, Node)> = {},
        /// What must be true of it, in place of the scenario's expectations. Without it nothing is expected.
        pub expect: Option<Node>,
    }
}

impl Decode for Variant {
    const SHAPE: Shape = Shape::Type(<Self as Schema>::info);

    fn decode(node: &Node, _: Rule, cx: &mut Cx) -> Option<Self> {
        let variant: Self = cx.form(node)?;
        for (key, _) in &variant.set {
            if let Err(problem) = variant_path(key, cx.sources) {
                cx.report(problem);
            }
        }
        Some(variant)
    }
}

/// A value that is kept as it is written, because what it means depends on where it goes.
impl Decode for Node {
    const SHAPE: Shape = Shape::Leaf("value");

    fn decode(node: &Node, _: Rule, _: &mut Cx) -> Option<Self> {
        Some(node.clone())
    }
}

impl Variant {
    /// Changes a scenario's tree.
    pub(in crate::scenario) fn apply(
        &self,
        tree: &mut Node,
        sources: &Sources,
        problems: &mut Vec<Diagnostic>,
    ) {
        for (key, value) in &self.set {
            // A path that cannot be read was reported with the variant.
            if let Ok(path) = variant_path(key, sources) {
                problems.extend(set(tree, &path, value.clone(), OVERRIDE).err());
            }
        }
        let Some(group) = tree.as_group_mut() else { return };
        let span = self.expect.as_ref().map_or_else(Span::default, |node| node.span);
        let node = self.expect.clone().unwrap_or(Node { span, kind: Kind::List(Vec::new()) });
        replace(group, "expect", node);
    }
}

fn replace(group: &mut Group, name: &str, node: Node) {
    let key = Spanned { value: name.to_owned(), span: node.span };
    group.fields.retain(|field| field.key.value != name);
    group.fields.push(Field { key, node, layer: OVERRIDE });
}

/// Reads the path of a change.
fn variant_path(key: &Name, sources: &Sources) -> Result<Path, Diagnostic> {
    let path = written_path(key, sources)?;
    match forbidden(&path) {
        Some(problem) => Err(problem),
        None => Ok(path),
    }
}

/// Reads all variants, with what is wrong with them.
pub(in crate::scenario) fn decode_variants(
    node: &Node,
    sources: &Sources,
    root: &Node,
) -> (Named<Variant>, Vec<Diagnostic>) {
    let mut cx = Cx::new(sources, root);
    let variants = Vec::<(Name, Variant)>::decode(node, Rule::Any, &mut cx);
    (variants.unwrap_or_default(), cx.problems.into_sorted())
}
