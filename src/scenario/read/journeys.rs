//! Which classes the journeys of a tree stand for, before anything is typed: names refer to them.

use crate::scenario::text::tree::{Kind, Node};
use crate::scenario::traffic::step_class;

/// The class that each step of each journey is, and its journey: (`shopper: checkout`, `shopper`).
pub(in crate::scenario) fn step_classes(root: &Node) -> Vec<(String, String)> {
    let entries = root.field("traffic").map(Node::entries).unwrap_or_default();
    let mut classes = Vec::new();
    for (key, node) in entries {
        let (Some(journey), Some(steps)) = (key.as_text(), steps(node)) else { continue };
        let names = steps.entries().iter().filter_map(|(step, _)| step.as_text());
        classes.extend(names.map(|step| (step_class(journey, step), journey.to_owned())));
    }
    classes
}

/// The steps of a journey, named or as its only map; none if it is no journey.
fn steps(node: &Node) -> Option<&Node> {
    let group =
        node.as_group().filter(|group| group.name.as_ref().is_some_and(|name| name.value == "Journey"))?;
    let map = || group.values.iter().map(|value| &value.node).find(|node| matches!(node.kind, Kind::Map(_)));
    node.field("steps").or_else(map)
}
