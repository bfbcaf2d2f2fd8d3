//! Layered layout of a directed graph: longest-path layers, few crossings, straight lines where possible; the same for
//! the same input. Knows heights and edges, not what they stand for.

use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{DfsEvent, depth_first_search};

use crate::graph::spread::spread;

/// Height that a line needs where it passes a layer.
const LANE: f64 = 14.0;
/// Sweeps to and fro when ordering; more hardly ever help.
const SWEEPS: usize = 12;

/// A graph to lay out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// For each node its height and the first layer it may be in.
    pub nodes: Vec<(f64, usize)>,
    /// Pairs of nodes.
    pub edges: Vec<(usize, usize)>,
    /// Space between things of one layer.
    pub gap: f64,
}

/// Where everything goes: layers from left to right, heights downwards from zero.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// The layer of each node.
    pub layer: Vec<usize>,
    /// The middle of each node.
    pub y: Vec<f64>,
    /// For each edge the heights at which it passes the layers between its ends; none if it closes a cycle.
    pub routes: Vec<Option<Vec<f64>>>,
    /// Number of layers.
    pub layers: usize,
    /// Height of it all.
    pub height: f64,
}

/// Lays out a graph.
pub fn layout(outline: &Outline) -> Layout {
    let mut graph: DiGraph<(), usize> = DiGraph::new();
    for _ in &outline.nodes {
        graph.add_node(());
    }
    for (i, (from, to)) in outline.edges.iter().enumerate() {
        graph.add_edge(NodeIndex::new(*from), NodeIndex::new(*to), i);
    }
    let backward = backward(&graph, outline);
    graph.retain_edges(|graph, edge| !backward[graph[edge]]);
    let layer = layers(&graph, outline);
    let mut sorted = Sorted::new(outline, &backward, &layer);
    sorted.order();
    sorted.place(outline.gap);
    sorted.finish(layer)
}

/// The edges that close a cycle.
fn backward(graph: &DiGraph<(), usize>, outline: &Outline) -> Vec<bool> {
    let mut back: Vec<(usize, usize)> = Vec::new();
    depth_first_search(graph, graph.node_indices(), |event| {
        if let DfsEvent::BackEdge(from, to) = event {
            back.push((from.index(), to.index()));
        }
    });
    outline.edges.iter().map(|edge| back.contains(edge)).collect()
}

/// Each node one layer behind the last of its callers.
fn layers(graph: &DiGraph<(), usize>, outline: &Outline) -> Vec<usize> {
    let mut layer: Vec<usize> = outline.nodes.iter().map(|node| node.1).collect();
    for node in toposort(graph, None).unwrap_or_default() {
        for next in graph.neighbors(node) {
            layer[next.index()] = layer[next.index()].max(layer[node.index()] + 1);
        }
    }
    layer
}

/// A thing with a place in a layer: a node, or an edge that passes.
#[derive(Clone, Debug)]
struct Slot {
    height: f64,
    y: f64,
    before: Vec<usize>,
    after: Vec<usize>,
}

/// All slots, and their order in each layer.
#[derive(Clone, Debug)]
struct Sorted {
    slots: Vec<Slot>,
    order: Vec<Vec<usize>>,
    /// The slots of each edge between its ends.
    passing: Vec<Option<Vec<usize>>>,
    nodes: usize,
}

impl Sorted {
    fn new(outline: &Outline, backward: &[bool], layer: &[usize]) -> Self {
        let slot = |height| Slot { height, y: 0.0, before: Vec::new(), after: Vec::new() };
        let mut slots: Vec<Slot> = outline.nodes.iter().map(|node| slot(node.0)).collect();
        let mut order = vec![Vec::new(); layer.iter().max().map_or(0, |last| last + 1)];
        for (node, layer) in layer.iter().enumerate() {
            order[*layer].push(node);
        }
        let mut passing = Vec::new();
        for ((from, to), backward) in outline.edges.iter().zip(backward) {
            if *backward {
                passing.push(None);
                continue;
            }
            let mut chain = vec![*from];
            for passed in &mut order[layer[*from] + 1..layer[*to]] {
                passed.push(slots.len());
                chain.push(slots.len());
                slots.push(slot(LANE));
            }
            chain.push(*to);
            for pair in chain.windows(2) {
                slots[pair[0]].after.push(pair[1]);
                slots[pair[1]].before.push(pair[0]);
            }
            passing.push(Some(chain[1..chain.len() - 1].to_vec()));
        }
        Self { slots, order, passing, nodes: outline.nodes.len() }
    }

    /// Orders each layer by the mean position of neighbors, to and fro, and keeps the order with the fewest crossings.
    fn order(&mut self) {
        let mut best = (self.crossings(), self.order.clone());
        for sweep in 0..SWEEPS {
            let layers = self.order.len();
            for step in 1..layers {
                let forward = sweep % 2 == 0;
                let layer = if forward { step } else { layers - 1 - step };
                let fixed = if forward { layer - 1 } else { layer + 1 };
                let ranks = self.ranks(fixed);
                let mut keyed: Vec<(f64, usize)> = Vec::new();
                for (rank, slot) in self.order[layer].iter().enumerate() {
                    let slot_ref = &self.slots[*slot];
                    let near = if forward { &slot_ref.before } else { &slot_ref.after };
                    let sum: usize = near.iter().map(|neighbor| ranks[*neighbor]).sum();
                    let mean = if near.is_empty() { rank as f64 } else { sum as f64 / near.len() as f64 };
                    keyed.push((mean, *slot));
                }
                keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
                self.order[layer] = keyed.into_iter().map(|(_, slot)| slot).collect();
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.order.clone());
            }
        }
        self.order = best.1;
    }

    /// The position of each slot of a layer; meaningless for the others.
    fn ranks(&self, layer: usize) -> Vec<usize> {
        let mut ranks = vec![0; self.slots.len()];
        for (rank, slot) in self.order[layer].iter().enumerate() {
            ranks[*slot] = rank;
        }
        ranks
    }

    fn crossings(&self) -> usize {
        let mut crossings = 0;
        for layer in 0..self.order.len().saturating_sub(1) {
            let ranks = self.ranks(layer + 1);
            let mut ends: Vec<usize> = Vec::new();
            for slot in &self.order[layer] {
                let mut to: Vec<usize> = self.slots[*slot].after.iter().map(|next| ranks[*next]).collect();
                to.sort_unstable();
                crossings +=
                    to.iter().map(|end| ends.iter().filter(|other| *other > end).count()).sum::<usize>();
                ends.extend(to);
            }
        }
        crossings
    }

    /// Places the slots of each layer as near to their neighbors as their heights allow.
    fn place(&mut self, gap: f64) {
        for order in &self.order {
            let mut y = 0.0;
            for slot in order {
                self.slots[*slot].y = y + self.slots[*slot].height / 2.0;
                y += self.slots[*slot].height + gap;
            }
        }
        let free = (f64::NEG_INFINITY, f64::INFINITY);
        for sweep in 0..=3 * SWEEPS {
            let layers = self.order.len();
            for step in 0..layers {
                let forward = sweep % 2 == 0;
                // The last sweep goes forward and ends where it began, so that both ends are level with the rest.
                let layer = if forward { (step + 1) % layers } else { layers - 1 - step };
                let wanted: Vec<f64> =
                    self.order[layer].iter().map(|slot| self.wish(*slot, forward)).collect();
                let heights: Vec<f64> =
                    self.order[layer].iter().map(|slot| self.slots[*slot].height).collect();
                let placed = spread(&wanted, &heights, gap, free);
                for (slot, y) in self.order[layer].iter().zip(placed) {
                    self.slots[*slot].y = y;
                }
            }
        }
    }

    /// Where a slot would like to be: level with its neighbors on one side; without any, on the other.
    fn wish(&self, slot: usize, forward: bool) -> f64 {
        let slot = &self.slots[slot];
        let (first, second) = if forward { (&slot.before, &slot.after) } else { (&slot.after, &slot.before) };
        let near = if first.is_empty() { second } else { first };
        if near.is_empty() {
            return slot.y;
        }
        near.iter().map(|neighbor| self.slots[*neighbor].y).sum::<f64>() / near.len() as f64
    }

    fn finish(self, layer: Vec<usize>) -> Layout {
        let top = self.slots.iter().map(|slot| slot.y - slot.height / 2.0).fold(f64::INFINITY, f64::min);
        let bottom =
            self.slots.iter().map(|slot| slot.y + slot.height / 2.0).fold(f64::NEG_INFINITY, f64::max);
        let y = |slot: usize| self.slots[slot].y - top;
        let route = |passed: &Vec<usize>| passed.iter().map(|slot| y(*slot)).collect();
        Layout {
            layer,
            y: (0..self.nodes).map(y).collect(),
            routes: self.passing.iter().map(|passed| passed.as_ref().map(route)).collect(),
            layers: self.order.len(),
            height: (bottom - top).max(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(nodes: usize, edges: &[(usize, usize)]) -> Outline {
        Outline { nodes: vec![(40.0, 0); nodes], edges: edges.to_vec(), gap: 10.0 }
    }

    fn assert_apart(outline: &Outline, layout: &Layout) {
        for a in 0..outline.nodes.len() {
            for b in 0..a {
                if layout.layer[a] == layout.layer[b] {
                    let least = f64::midpoint(outline.nodes[a].0, outline.nodes[b].0) + outline.gap - 1e-6;
                    assert!((layout.y[a] - layout.y[b]).abs() >= least, "{a} and {b} overlap");
                }
            }
        }
    }

    #[test]
    fn a_chain_is_straight() {
        let outline = outline(3, &[(0, 1), (1, 2)]);
        let layout = layout(&outline);
        assert_eq!(layout.layer, [0, 1, 2]);
        assert!(layout.y.iter().all(|y| (y - 20.0).abs() < 1e-6));
        assert!((layout.height - 40.0).abs() < 1e-6);
    }

    #[test]
    fn layers_follow_the_longest_path_and_long_edges_pass_between() {
        let outline = outline(4, &[(0, 1), (1, 2), (2, 3), (0, 3)]);
        let layout = layout(&outline);
        assert_eq!(layout.layer, [0, 1, 2, 3]);
        let route = layout.routes[3].as_ref().unwrap();
        assert_eq!(route.len(), 2);
        assert!((route[0] - layout.y[1]).abs() >= 36.0);
    }

    #[test]
    fn crossings_are_undone() {
        // Two callers, two callees, listed crosswise.
        let outline = outline(4, &[(0, 3), (1, 2)]);
        let layout = layout(&outline);
        assert_eq!(layout.y[0] < layout.y[1], layout.y[3] < layout.y[2]);
    }

    #[test]
    fn cycles_loops_and_nothing_at_all_are_laid_out() {
        let outline = outline(3, &[(0, 1), (1, 2), (2, 0), (1, 1)]);
        let placed = layout(&outline);
        assert_eq!(placed.routes.iter().filter(|route| route.is_none()).count(), 2);
        assert_apart(&outline, &placed);
        let nothing = layout(&Outline::default());
        assert_eq!(nothing.layers, 0);
        assert!(nothing.height.abs() < 1e-9);
    }

    #[test]
    fn a_large_graph_has_no_overlaps_and_is_the_same_every_time() {
        let edges: Vec<(usize, usize)> =
            (1..43).flat_map(|to| [(to * 7 % 11 % to, to), (to / 3, to)]).collect();
        let outline = outline(43, &edges);
        let placed = layout(&outline);
        assert_apart(&outline, &placed);
        assert_eq!(placed, layout(&outline));
    }
}
