//! Puts the picture of a topology together: layout, lines, boxes, labels, legend. Judges nothing.

use crate::graph::layout::{Layout, Outline, layout};
use crate::graph::{Arrow, Graph, Node};
use crate::plot::arrow::{arrow, cut, triangle};
use crate::plot::columns::{Columns, Widths};
use crate::plot::figure::Figure;
use crate::plot::geometry::{Point, Rect, along, at, length};
use crate::plot::scene::{Scene, Text};
use crate::plot::{theme, words};

use super::{boxes, labels, legend};

/// The boxes, and the least space between columns: more where the limits of calls are to be read.
const WIDTHS: Widths = Widths { narrowest: 164.0, widest: 220.0 };
const GAP: f64 = 64.0;
const LABELED_GAP: f64 = 116.0;
/// So many columns and traffic classes can be read at all; and so many services, or fewer if their calls are that deep.
const MOST_COLUMNS: usize = 12;
const MOST_CLASSES: usize = 12;
const MOST_SERVICES: [usize; 3] = [40, 24, 16];
/// Width and head of the arrow of a call.
pub(super) const CALL: f64 = 1.8;
pub(super) const HEAD: f64 = 10.0;

/// Who calls whom in a scenario, from the users on the left to the last services on the right: what bounds each service,
/// and what limits each call. Of a large system the part nearest to the users, and what is left out, in words.
pub fn topology(graph: &Graph) -> (Figure, Option<String>) {
    let (part, omission) = fitting(graph);
    let mut scene = Scene::new(graph.title.clone(), describe(&part));
    let columns = Columns::new(&gaps(&part), WIDTHS);
    scene.width = columns.right + theme::EDGE;
    let top = crate::plot::timeline::title_block(&mut scene, "", &inventory(graph));
    let placed = layout(&outline(&part, |node| boxes::height(node, columns.width)));
    let rects = rects(&part, &columns, &placed, top);
    let ends: Vec<(usize, usize)> = part.arrows.iter().map(|arrow| (arrow.from, arrow.to)).collect();
    let lines = columns.lines(&ends, &placed, &rects, top);
    for (call, line) in part.arrows.iter().zip(&lines) {
        if call.endless {
            endless(&mut scene, line);
        } else {
            arrow(&mut scene, line, CALL, HEAD, theme::MUTED);
        }
    }
    for (node, rect) in part.nodes.iter().zip(&rects) {
        boxes::draw(&mut scene, *rect, node);
    }
    let limits: Vec<Vec<String>> = part.arrows.iter().map(Arrow::lines).collect();
    let notes = labels::write(&mut scene, &limits, &lines, &rects, LABELED_GAP + columns.spare - 12.0);
    let lowest = lines.iter().flatten().map(|point| point.y);
    let bottom = rects.iter().map(|rect| rect.bottom).chain(lowest).fold(top, f64::max);
    let mut bottom = labels::notes(&mut scene, &notes, bottom + 24.0);
    bottom = legend::draw(&mut scene, &part, bottom + 10.0);
    if let Some(omission) = &omission {
        bottom += 28.0;
        scene.text(Text::new(at(theme::EDGE, bottom - 8.0), omission.clone()).color(theme::MUTED));
    }
    scene.height = bottom + 16.0;
    (Figure::new(scene), omission)
}

/// As much of a system as there is room for, and what is left out.
fn fitting(graph: &Graph) -> (Graph, Option<String>) {
    let nearest = |most| graph.nearest(MOST_CLASSES, most);
    let fits = |(part, _): &(Graph, Option<String>)| layout(&outline(part, |_| 1.0)).layers <= MOST_COLUMNS;
    MOST_SERVICES.into_iter().map(nearest).find(fits).unwrap_or_else(|| nearest(MOST_COLUMNS - 1))
}

/// The least space behind each column but the last.
fn gaps(graph: &Graph) -> Vec<f64> {
    let placed = layout(&outline(graph, |_| 1.0));
    let mut gaps = vec![GAP; placed.layers.saturating_sub(1)];
    for call in graph.arrows.iter().filter(|call| !call.lines().is_empty()) {
        if let Some(gap) = gaps.get_mut(placed.layer[call.from]) {
            *gap = LABELED_GAP;
        }
    }
    gaps
}

fn outline(graph: &Graph, height: impl Fn(&Node) -> f64) -> Outline {
    let classes = graph.classes();
    let first = |node: usize| usize::from(classes > 0 && node >= classes);
    Outline {
        nodes: graph.nodes.iter().enumerate().map(|(i, node)| (height(node), first(i))).collect(),
        edges: graph.arrows.iter().map(|arrow| (arrow.from, arrow.to)).collect(),
        gap: 24.0,
    }
}

fn rects(graph: &Graph, columns: &Columns, placed: &Layout, top: f64) -> Vec<Rect> {
    let rect = |(i, node): (usize, &Node)| {
        let height = boxes::height(node, columns.width);
        Rect::new(columns.left(placed.layer[i]), top + placed.y[i] - height / 2.0, columns.width, height)
    };
    graph.nodes.iter().enumerate().map(rect).collect()
}

/// Draws a call that may wait for ever.
pub(super) fn endless(scene: &mut Scene, line: &[Point]) {
    let total = length(line);
    scene.dashed(&cut(line, total - HEAD * 0.8), CALL, theme::MUTED, &[7.0, 5.0]);
    if let Some((tip, way)) = along(line, total) {
        scene.area(triangle(tip, way, HEAD.min(total), HEAD / 2.0), theme::MUTED, 1.0);
    }
}

/// What there is, in numbers.
fn inventory(graph: &Graph) -> String {
    let classes = graph.classes();
    [
        words::several(classes, "traffic class", "traffic classes"),
        words::several(graph.nodes.len() - classes, "service", "services"),
        words::several(graph.arrows.len(), "call", "calls"),
    ]
    .join(", ")
}

/// The calls in words, for those who cannot see them.
fn describe(graph: &Graph) -> String {
    let calls = graph.arrows.iter().map(|arrow| {
        let limits = arrow.told().join(", ");
        let limits = if limits.is_empty() { String::new() } else { format!(" ({limits})") };
        format!("{} calls {}{limits}", graph.nodes[arrow.from].name, graph.nodes[arrow.to].name)
    });
    calls.collect::<Vec<_>>().join("; ")
}
