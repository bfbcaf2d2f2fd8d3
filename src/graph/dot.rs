//! A graph as text for Graphviz. Whole, whatever its size.

use std::fmt::Write as _;

use crate::graph::parts::{Arrow, Graph, Kind, Node};

/// The text, in the language of `dot`.
pub fn dot(graph: &Graph) -> String {
    let title = quoted(&graph.title);
    let mut text = format!(
        "digraph {title} {{\n  label={title}; labelloc=t; rankdir=LR;\n  \
         node [fontname=\"Helvetica\", fontsize=11, shape=box];\n  \
         edge [fontname=\"Helvetica\", fontsize=9];\n"
    );
    for (i, node) in graph.nodes.iter().enumerate() {
        let _ = writeln!(text, "  n{i} [{}];", attributes(node));
    }
    for arrow in &graph.arrows {
        let _ = writeln!(text, "  n{} -> n{} [{}];", arrow.from, arrow.to, limits(arrow));
    }
    text + "}\n"
}

fn attributes(node: &Node) -> String {
    let shape = match node.kind {
        Kind::Users => "shape=box, style=rounded, ",
        Kind::Service => "",
        Kind::Cached => "shape=cylinder, ",
    };
    let lines = std::iter::once(&node.name).chain(&node.facts);
    format!("{shape}label={}", label(lines.map(String::as_str)))
}

fn limits(arrow: &Arrow) -> String {
    let dashed = if arrow.endless { ", style=dashed" } else { "" };
    format!("label={}{dashed}", label(arrow.told().iter().map(String::as_str)))
}

/// Lines as one label.
fn label<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let lines: Vec<String> = lines.map(escaped).collect();
    format!("\"{}\"", lines.join("\\n"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// What stands for itself between quotes: Graphviz takes escapes and HTML's entities even there.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_quotes() {
        assert_eq!(escaped(r#"a"; b [x=\N] &lt;"#), r#"a\"; b [x=\\N] &amp;lt;"#);
    }
}
