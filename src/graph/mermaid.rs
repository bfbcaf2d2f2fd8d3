//! A graph as text for Mermaid, which draws only so much: of larger ones the part nearest to the users.

use std::fmt::Write as _;

use crate::graph::parts::{Graph, Kind};

/// What Mermaid draws unless its site allows more (`maxEdges`, `maxTextSize`).
const MOST_EDGES: usize = 500;
const MOST_LETTERS: usize = 50_000;
/// So many traffic classes are written of a system that is too large.
const CLASSES: usize = 40;

/// The text, in the language of Mermaid's flowcharts; and what is left out, if anything is.
pub fn mermaid(graph: &Graph) -> (String, Option<String>) {
    let fits = |graph: &Graph, text: &str| graph.arrows.len() <= MOST_EDGES && text.len() <= MOST_LETTERS;
    let whole = written(graph, None);
    if fits(graph, &whole) {
        return (whole, None);
    }
    let mut most = graph.nodes.len();
    loop {
        most = most * 2 / 3;
        let (part, omission) = graph.nearest(CLASSES, most);
        let text = written(&part, omission.as_deref());
        if fits(&part, &text) || most == 0 {
            return (text, omission);
        }
    }
}

fn written(graph: &Graph, omission: Option<&str>) -> String {
    let mut text = "flowchart LR\n".to_owned();
    if let Some(omission) = omission {
        let _ = writeln!(text, "  %% {omission}");
    }
    for (i, node) in graph.nodes.iter().enumerate() {
        let (open, close) = match node.kind {
            Kind::Users => ("([", "])"),
            Kind::Service => ("[", "]"),
            Kind::Cached => ("[(", ")]"),
        };
        let lines = std::iter::once(&node.name).chain(&node.facts);
        let _ = writeln!(text, "  n{i}{open}\"{}\"{close}", label(lines.map(String::as_str)));
    }
    for arrow in &graph.arrows {
        let line = if arrow.endless { "-.->" } else { "-->" };
        let label = label(arrow.told().iter().map(String::as_str));
        let label = if label.is_empty() { String::new() } else { format!("|\"{label}\"|") };
        let _ = writeln!(text, "  n{} {line}{label} n{}", arrow.from, arrow.to);
    }
    text
}

/// Lines as one label.
fn label<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.map(escaped).collect::<Vec<_>>().join("<br/>")
}

/// What stands for itself in a label: everything that Mermaid, Markdown or HTML could take for markup by its number.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        // `1. ` and `- ` would begin a list, `%%` a comment.
        let begins = matches!((letter, letters.peek()), ('.' | '-', Some(' ')) | ('%', Some('%' | '{')));
        let plain = !letter.is_ascii() || letter.is_ascii_alphanumeric() || " .,:/%-".contains(letter);
        if plain && !begins {
            safe.push(letter);
        } else {
            let _ = write!(safe, "#{};", u32::from(letter));
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_be_markup() {
        assert_eq!(escaped(r#"a"]<b>#x;"#), "a#34;#93;#60;b#62;#35;x#59;");
        assert_eq!(escaped("1. a-b %% 5%"), "1#46; a-b #37;% 5%");
        assert_eq!(escaped("user-db 3 \u{d7} 10"), "user-db 3 \u{d7} 10");
    }
}
