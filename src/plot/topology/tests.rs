//! Nothing in the picture of a topology overlaps, is cut or hides something else.

use super::topology;
use crate::graph::{Arrow, Graph, Kind, Node, Rules};
use crate::model::Model;
use crate::plot::figure::Figure;
use crate::plot::geometry::Rect;
use crate::plot::scene::Text;
use crate::scenario::Scenario;

fn library() -> Vec<(&'static str, Figure)> {
    let files = [
        ("thursday", include_str!("../../../scenarios/thursday-checkout-outage.ron")),
        ("diamond", include_str!("../../../scenarios/slow-db-diamond.ron")),
        ("connections", include_str!("../../../scenarios/shared-db-connection-exhaustion.ron")),
        ("brownout", include_str!("../../../scenarios/payment-brownout-cascade.ron")),
    ];
    files
        .map(|(name, text)| {
            (name, topology(&Graph::new(name, &Model::compile(&Scenario::parse(text).unwrap()))).0)
        })
        .into()
}

/// Each of so many services calls each of so many others, each call with limits of its own.
fn dense(callers: usize, callees: usize) -> Graph {
    let node =
        |name: String| Node { name, kind: Kind::Service, facts: vec!["1 \u{d7} 200 threads".to_owned()] };
    let arrow = |from, to: usize| {
        let facts = vec![format!("timeout {from}s"), format!("{to} attempts"), "no backoff".to_owned()];
        Arrow { from, to, rules: vec![Rules { of: String::new(), facts }], endless: false }
    };
    Graph {
        title: "dense".to_owned(),
        nodes: (0..callers + callees).map(|i| node(format!("service-{i}"))).collect(),
        arrows: (0..callers).flat_map(|a| (0..callees).map(move |b| arrow(a, callers + b))).collect(),
    }
}

fn assert_clear(name: &str, figure: &Figure) {
    let (width, height) = figure.size();
    let page = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let texts: Vec<&Text> = figure.scene().texts().collect();
    for (i, text) in texts.iter().enumerate() {
        let bounds = text.bounds();
        assert!(!text.words.ends_with('\u{2026}'), "{name}: {} is cut", text.words);
        let inside = bounds.left >= 0.0
            && bounds.right <= page.right
            && bounds.top >= 0.0
            && bounds.bottom <= page.bottom;
        assert!(inside, "{name}: {} leaves the page", text.words);
        if let Some(other) = texts[..i].iter().find(|other| other.bounds().overlaps(bounds)) {
            panic!("{name}: {} and {} overlap", text.words, other.words);
        }
    }
}

#[test]
fn words_stay_apart_and_whole() {
    for (name, figure) in library() {
        assert_clear(name, &figure);
    }
    assert_clear("few", &topology(&dense(2, 2)).0);
}

#[test]
fn limits_without_room_become_notes() {
    let (figure, omission) = topology(&dense(6, 6));
    assert_eq!(omission, None);
    let count = |is: &dyn Fn(&str) -> bool| figure.scene().texts().filter(|text| is(&text.words)).count();
    let labels = count(&|words| words == "no backoff");
    let notes = count(&|words| words.starts_with("timeout ") && words.ends_with(" attempts, no backoff"));
    assert!(notes > 9 && labels + notes == 36, "every call is told once: {labels} labels, {notes} notes");
    assert_eq!(count(&|words| words == "9"), 2, "a number stands at the call and at its note");
}

#[test]
fn calls_with_the_same_limits_share_a_note() {
    let mut graph = dense(6, 6);
    for arrow in &mut graph.arrows {
        arrow.rules[0].facts = vec!["timeout 1s".to_owned(), "3 attempts".to_owned()];
    }
    let (figure, _) = topology(&graph);
    let said = |words: &str| figure.scene().texts().filter(|text| text.words == words).count();
    assert_eq!((said("timeout 1s, 3 attempts"), said("1")), (1, 37));
}

#[test]
fn long_names_are_broken_where_their_parts_meet() {
    let mut graph = dense(1, 1);
    graph.nodes[0].name = "recommendation-history-service".to_owned();
    graph.nodes[1].name = "unbreakablenamewithoutanyseparators".to_owned();
    let (figure, _) = topology(&graph);
    let words: Vec<&str> = figure.scene().texts().map(|text| text.words.as_str()).collect();
    assert!(words.contains(&"recommendation-") && words.contains(&"history-service"), "{words:?}");
    let second: Vec<&&str> = words.iter().filter(|word| word.starts_with("unbreak")).collect();
    assert_eq!(second.len(), 1, "{words:?}");
}

#[test]
fn nothing_at_all_can_be_drawn() {
    let svg = topology(&Graph::default()).0.svg().unwrap();
    assert!(roxmltree::Document::parse(&svg).is_ok());
}
