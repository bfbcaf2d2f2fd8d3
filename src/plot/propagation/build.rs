//! Puts the propagation picture together: statuses, layout, edges, boxes, legend. Judges nothing itself.

use crate::analysis::Summary;
use crate::graph::layout::{Layout, Outline, layout};
use crate::plot::choice::Choice;
use crate::plot::columns::{Columns, Widths};
use crate::plot::figure::Figure;
use crate::plot::geometry::{Rect, at};
use crate::plot::scene::{Scene, Text};
use crate::plot::{headline, theme};
use crate::record::{ClassNode, Edge, Record, ServiceNode};

use super::boxes::{self, Detail};
use super::edges::{self, Call, Carried};
use super::legend::{self, Entry};
use super::status::{self, Audience, Outcome, Status};

/// The boxes, and the least space between columns.
const WIDTHS: Widths = Widths { narrowest: 166.0, widest: 236.0 };
const LEAST_GAP: f64 = 62.0;
/// So many columns can be read at all; and so many services, or fewer if their calls are that deep.
const MOST_COLUMNS: usize = 12;
const MOST_SERVICES: [usize; 3] = [40, 24, 16];
/// A call that carried this share of the harm is part of the failure's way.
const COUNTS: f64 = 0.01;
/// A taller picture tells less about each service.
const TALL: f64 = 1000.0;

/// Who calls whom, from the users on the left to the last services on the right, and how the failure traveled: the
/// services in order of first impact, what hit them, what became of them, and the calls that carried it.
pub fn propagation(record: &Record, summary: &Summary) -> Figure {
    let mut scene = Scene::new(headline::spread(record, summary), describe(summary));
    let (choice, graph) = fitting(record, summary);
    let columns = Columns::new(&vec![LEAST_GAP; graph.columns().saturating_sub(1)], WIDTHS);
    scene.width = columns.right + theme::EDGE;
    let top = crate::plot::timeline::title_block(
        &mut scene,
        &headline::cause_and_end(record, summary),
        &headline::identity(record),
    );
    let mut detail = Detail::Full;
    let mut placed = graph.place(&columns, detail);
    if placed.height > TALL {
        detail = Detail::Compact;
        placed = graph.place(&columns, detail);
    }
    let rects = graph.rects(&columns, &placed, top, detail);
    let calls = graph.calls(record, summary, &columns, &placed, &rects, top);
    for call in calls.iter().filter(|call| call.carried.is_none()) {
        edges::draw(&mut scene, call);
    }
    for call in calls.iter().filter(|call| call.carried.is_some()) {
        edges::draw(&mut scene, call);
    }
    for (node, rect) in graph.nodes.iter().zip(&rects) {
        match node {
            Node::Class(name, audience) => boxes::class(&mut scene, *rect, name, audience),
            Node::Service(name, status) => boxes::service(&mut scene, *rect, name, status, detail),
        }
    }
    let mut taken = rects.clone();
    for call in &calls {
        edges::label(&mut scene, call, &mut taken);
    }
    let bottom = rects.iter().map(|rect| rect.bottom).fold(top, f64::max);
    let mut bottom = legend::draw(&mut scene, &entries(&graph, &calls), bottom + 34.0);
    if let Some(omission) = choice.omission() {
        bottom += 28.0;
        scene.text(Text::new(at(theme::EDGE, bottom - 8.0), omission).color(theme::MUTED));
    }
    scene.height = bottom + 16.0;
    Figure::new(scene)
}

/// As much of a system as there is room for.
fn fitting<'a>(record: &'a Record, summary: &'a Summary) -> (Choice<'a>, Graph<'a>) {
    let chosen = |most| {
        let choice = Choice::new(record, summary, most);
        let graph = Graph::new(record, summary, &choice);
        (choice, graph)
    };
    let fits = |(_, graph): &(Choice, Graph)| graph.columns() <= MOST_COLUMNS;
    MOST_SERVICES.into_iter().map(chosen).find(fits).unwrap_or_else(|| chosen(MOST_COLUMNS - 1))
}

/// The way of the failure in words, for those who cannot see it.
fn describe(summary: &Summary) -> String {
    let steps: Vec<String> = summary
        .propagation
        .iter()
        .map(|impact| {
            format!("{} {}: {}", crate::plot::words::instant(impact.at_s), impact.service, impact.via)
        })
        .collect();
    steps.join("; ")
}

/// What the legend explains.
fn entries(graph: &Graph<'_>, calls: &[Call]) -> Vec<Entry> {
    let services = || graph.nodes.iter().filter_map(Node::status);
    let mut entries = Vec::new();
    if services().any(|status| status.target) {
        entries.push(Entry::Target);
    }
    for outcome in [Outcome::Impaired, Outcome::Recovered, Outcome::Unharmed] {
        if services().any(|status| status.outcome == outcome && !status.target) {
            entries.push(Entry::Outcome(outcome));
        }
    }
    if !calls.is_empty() {
        entries.push(Entry::Call);
    }
    if calls.iter().any(|call| call.carried.is_some()) {
        entries.push(Entry::Failure);
    }
    if calls.iter().any(|call| call.again.is_some()) {
        entries.push(Entry::Again);
    }
    if calls.iter().any(|call| call.amplification.is_some_and(|times| times >= 1.2)) {
        entries.push(Entry::Amplified);
    }
    entries
}

/// Something with a box.
enum Node<'a> {
    Class(&'a str, Audience),
    Service(&'a str, Status),
}

impl Node<'_> {
    fn status(&self) -> Option<&Status> {
        match self {
            Self::Class(..) => None,
            Self::Service(_, status) => Some(status),
        }
    }
}

/// Classes and services, and the calls between them.
struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    edges: Vec<(usize, usize, &'a Edge)>,
    classes: usize,
}

impl<'a> Graph<'a> {
    fn new(record: &'a Record, summary: &Summary, choice: &Choice) -> Self {
        let topology = &record.topology;
        let classes: Vec<&ClassNode> =
            topology.classes.iter().filter(|class| choice.shows_class(&class.name)).collect();
        let services: Vec<&ServiceNode> =
            topology.services.iter().filter(|service| choice.shows_service(&service.name)).collect();
        let class = |name: &str| classes.iter().position(|class| class.name == name);
        let service = |name: &str| services.iter().position(|s| s.name == name).map(|at| at + classes.len());
        let ends = |edge: &'a Edge| {
            let caller = if edge.from_class { class(&edge.caller) } else { service(&edge.caller) };
            Some((caller?, service(&edge.callee)?, edge))
        };
        let edges = topology.calls.iter().filter_map(ends).collect();
        let users = classes.iter().map(|class| Node::Class(&class.name, status::class(summary, class)));
        let boxes = services
            .iter()
            .map(|service| Node::Service(&service.name, status::service(record, summary, &service.name)));
        let nodes = users.chain(boxes).collect();
        let classes = classes.len();
        Self { nodes, edges, classes }
    }

    fn outline(&self, height: impl Fn(&Node<'a>) -> f64, gap: f64) -> Outline {
        let first = |node: usize| usize::from(self.classes > 0 && node >= self.classes);
        Outline {
            nodes: self.nodes.iter().enumerate().map(|(i, node)| (height(node), first(i))).collect(),
            edges: self.ends(),
            gap,
        }
    }

    fn ends(&self) -> Vec<(usize, usize)> {
        self.edges.iter().map(|(from, to, _)| (*from, *to)).collect()
    }

    fn columns(&self) -> usize {
        layout(&self.outline(|_| 1.0, 1.0)).layers
    }

    fn height(node: &Node<'a>, columns: &Columns, detail: Detail) -> f64 {
        match node {
            Node::Class(_, audience) => boxes::class_height(audience),
            Node::Service(_, status) => boxes::service_height(status, columns.width, detail),
        }
    }

    fn place(&self, columns: &Columns, detail: Detail) -> Layout {
        let gap = if detail == Detail::Full { 24.0 } else { 14.0 };
        layout(&self.outline(|node| Self::height(node, columns, detail), gap))
    }

    fn rects(&self, columns: &Columns, placed: &Layout, top: f64, detail: Detail) -> Vec<Rect> {
        let rect = |(i, node): (usize, &Node<'a>)| {
            let height = Self::height(node, columns, detail);
            Rect::new(columns.left(placed.layer[i]), top + placed.y[i] - height / 2.0, columns.width, height)
        };
        self.nodes.iter().enumerate().map(rect).collect()
    }

    /// The calls with their lines, each leaving and reaching its boxes at a place of its own.
    fn calls(
        &self,
        record: &Record,
        summary: &Summary,
        columns: &Columns,
        placed: &Layout,
        rects: &[Rect],
        top: f64,
    ) -> Vec<Call> {
        let mut calls = Vec::new();
        let lines = columns.lines(&self.ends(), placed, rects, top);
        for (i, ((.., edge), line)) in self.edges.iter().zip(lines).enumerate() {
            let amplification = summary.calls.get(&edge.name).and_then(|call| call.amplification);
            let (carried, again) = (self.carried(record, summary, i), Self::again(edge, summary));
            let harm = Self::harm(record, &edge.name);
            calls.push(Call { line, amplification, carried, harm, again });
        }
        calls
    }

    /// Whether, and which way, a second wave went along a call.
    fn again(call: &Edge, summary: &Summary) -> Option<Carried> {
        let went = |from: &str, to: &str| {
            !call.from_class
                && summary.waves.iter().any(|w| w.service == to && w.from.as_deref() == Some(from))
        };
        // Load goes down a call, and what it does comes back up the same one: the way back is the news.
        if went(&call.callee, &call.caller) {
            Some(Carried::Upstream)
        } else {
            went(&call.caller, &call.callee).then_some(Carried::Downstream)
        }
    }

    /// The share of all harm that came along a call.
    fn harm(record: &Record, call: &str) -> f64 {
        let Some(blame) = &record.blame else { return 0.0 };
        let own = blame.calls.iter().find(|other| other.call == call);
        own.map_or(0.0, |own| own.harmed / (blame.harmed as f64).max(1.0))
    }

    /// Whether, and which way, the failure went along a call: at first, or for a share of the harm that counts.
    fn carried(&self, record: &Record, summary: &Summary, edge: usize) -> Option<Carried> {
        let (from, _, call) = &self.edges[edge];
        let hit = |name: &str| summary.propagation.iter().any(|impact| impact.service == name);
        if let Node::Class(_, audience) = &self.nodes[*from] {
            return (audience.harmed && hit(&call.callee)).then_some(Carried::Upstream);
        }
        let went = |from: &str, to: &str| {
            let step = |impact: &crate::analysis::Impact| {
                impact.service == to && impact.from.as_deref() == Some(from)
            };
            summary.propagation.iter().any(step)
        };
        if went(&call.callee, &call.caller) || Self::harm(record, &call.name) >= COUNTS {
            Some(Carried::Upstream)
        } else {
            went(&call.caller, &call.callee).then_some(Carried::Downstream)
        }
    }
}
