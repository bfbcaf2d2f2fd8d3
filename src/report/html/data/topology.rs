//! Traffic classes and services as boxes in layers, users on the left, and the lines between them. Draws nothing.

use serde::Serialize;

use crate::graph::layout::{Layout, Outline, layout};
use crate::record::{Record, Topology};

use super::series::Number;

/// Width and height of the box of a service, and of that of a traffic class.
const SERVICE: (f64, f64) = (164.0, 92.0);
const CLASS: (f64, f64) = (124.0, 48.0);
/// With more services than this boxes are flat.
const MOST: usize = 40;
const FLAT: f64 = 36.0;
/// Space between columns, and between the boxes of one.
const COLUMN: f64 = 64.0;
const GAP: f64 = 16.0;
const FLAT_GAP: f64 = 8.0;

/// A traffic class or a service.
#[derive(Debug, Serialize)]
pub(super) struct Node<'a> {
    name: &'a str,
    kind: &'static str,
    x: Number,
    y: Number,
    w: Number,
    h: Number,
    replicas: u32,
    /// Of all replicas together, as the run began.
    threads: u32,
}

/// A call.
#[derive(Debug, Serialize)]
pub(super) struct Edge<'a> {
    name: &'a str,
    from: usize,
    to: usize,
    /// From the caller to the callee; none if it closes a cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<Vec<[Number; 2]>>,
}

/// Who calls whom, and where each of them is shown.
#[derive(Debug, Serialize)]
pub(super) struct Map<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) edges: Vec<Edge<'a>>,
    pub(super) size: [Number; 2],
}

/// Positions of the nodes: classes first, then services, as in the record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names<'a>(&'a Topology);

impl<'a> Names<'a> {
    pub(super) const fn new(record: &'a Record) -> Self {
        Self(&record.topology)
    }

    /// The position of a service.
    pub(super) fn service(self, name: &str) -> Option<usize> {
        let position = self.0.services.iter().position(|service| service.name == name)?;
        Some(self.0.classes.len() + position)
    }

    /// The position of a class.
    pub(super) fn class(self, name: &str) -> Option<usize> {
        self.0.classes.iter().position(|class| class.name == name)
    }

    /// The position of a call among the edges.
    pub(super) fn call(self, name: &str) -> Option<usize> {
        self.0.calls.iter().position(|call| call.name == name)
    }

    /// The position of the service that a call goes to.
    pub(super) fn callee(self, call: &str) -> Option<usize> {
        let call = self.0.calls.iter().find(|other| other.name == call)?;
        self.service(&call.callee)
    }

    /// The positions of caller and callee of each call; one that names nobody is left out by all.
    fn calls(self) -> impl Iterator<Item = (&'a str, usize, usize)> {
        self.0.calls.iter().map(move |call| {
            let from = if call.from_class { self.class(&call.caller) } else { self.service(&call.caller) };
            (call.name.as_str(), from.unwrap_or(0), self.service(&call.callee).unwrap_or(0))
        })
    }
}

/// Lays out a topology.
pub(super) fn map(record: &Record) -> Map<'_> {
    let Topology { classes, services, .. } = &record.topology;
    let ends: Vec<(&str, usize, usize)> = Names::new(record).calls().collect();
    let flat = services.len() > MOST;
    let size = |node: usize| {
        let (width, height) = if node < classes.len() { CLASS } else { SERVICE };
        (width, if flat { FLAT } else { height })
    };
    let first = |node: usize| usize::from(!classes.is_empty() && node >= classes.len());
    let placed = layout(&Outline {
        nodes: (0..classes.len() + services.len()).map(|node| (size(node).1, first(node))).collect(),
        edges: ends.iter().map(|(_, from, to)| (*from, *to)).collect(),
        gap: if flat { FLAT_GAP } else { GAP },
    });
    let columns = Columns { first: if classes.is_empty() { SERVICE.0 } else { CLASS.0 } };
    let users = classes.iter().map(|class| (class.name.as_str(), "class", 0, 0));
    let services = services.iter().map(|service| {
        (service.name.as_str(), "service", service.replicas, service.replicas * service.threads)
    });
    let nodes = users.chain(services).enumerate().map(|(node, (name, kind, replicas, threads))| {
        let (w, h) = size(node);
        let (x, y) = (columns.left(placed.layer[node]), placed.y[node] - h / 2.0);
        let [x, y, w, h] = [x, y, w, h].map(Number::short);
        Node { name, kind, x, y, w, h, replicas, threads }
    });
    let edges = ends.iter().enumerate().map(|(edge, (name, from, to))| Edge {
        name,
        from: *from,
        to: *to,
        points: columns.line(&placed, edge, *from, *to),
    });
    let right = columns.right(placed.layers.saturating_sub(1));
    Map { nodes: nodes.collect(), edges: edges.collect(), size: [right, placed.height].map(Number::short) }
}

/// Where the columns are; the first may be narrower than the others.
struct Columns {
    first: f64,
}

impl Columns {
    fn left(&self, layer: usize) -> f64 {
        let others = layer.saturating_sub(1) as f64;
        if layer == 0 { 0.0 } else { self.first + COLUMN + others * (SERVICE.0 + COLUMN) }
    }

    fn right(&self, layer: usize) -> f64 {
        self.left(layer) + if layer == 0 { self.first } else { SERVICE.0 }
    }

    /// From the right side of the caller through the layers between to the left side of the callee.
    fn line(&self, placed: &Layout, edge: usize, from: usize, to: usize) -> Option<Vec<[Number; 2]>> {
        let passed = placed.routes[edge].as_ref()?;
        let (begin, end) = (placed.layer[from], placed.layer[to]);
        let mut points = vec![(self.right(begin), placed.y[from])];
        for (layer, y) in (begin + 1..).zip(passed) {
            points.extend([(self.left(layer), *y), (self.right(layer), *y)]);
        }
        points.push((self.left(end), placed.y[to]));
        Some(points.into_iter().map(|(x, y)| [x, y].map(Number::short)).collect())
    }
}
