//! Which part of a large system is shown: the services that the users call, those that these call, and so on.

use std::collections::VecDeque;

use crate::graph::parts::{Arrow, Graph, Kind, Node};

impl Graph {
    /// At most so many traffic classes and services, those nearest to the users first; and what is left out, in words, if
    /// anything is.
    pub fn nearest(&self, most_classes: usize, most_services: usize) -> (Self, Option<String>) {
        let classes = self.classes();
        let mut kept: Vec<bool> =
            (0..self.nodes.len()).map(|node| node < classes.min(most_classes)).collect();
        let mut room = most_services;
        let services = self.by_distance(classes, most_classes);
        for service in services {
            kept[service] = room > 0;
            room = room.saturating_sub(1);
        }
        let part = self.only(&kept);
        let omission = self.omission(&part);
        (part, omission)
    }

    /// All services: those that the first classes call, then those of the others, each time with those behind them; what
    /// nobody calls comes last.
    fn by_distance(&self, classes: usize, first: usize) -> Vec<usize> {
        let mut callees: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for arrow in &self.arrows {
            callees[arrow.from].push(arrow.to);
        }
        let mut order: Vec<usize> = Vec::new();
        let mut seen = vec![false; self.nodes.len()];
        let (near, far) = (0..classes.min(first), classes.min(first)..self.nodes.len());
        for starts in [near.collect::<Vec<_>>(), far.collect()] {
            let mut next: VecDeque<usize> = starts.into();
            while let Some(node) = next.pop_front() {
                if !std::mem::replace(&mut seen[node], true) {
                    order.extend((node >= classes).then_some(node));
                    next.extend(&callees[node]);
                }
            }
        }
        order
    }

    /// The nodes that are kept, without classes that call none of them, and the arrows between them.
    fn only(&self, kept: &[bool]) -> Self {
        let calls = |node: usize| self.arrows.iter().any(|arrow| arrow.from == node && kept[arrow.to]);
        let mut places: Vec<Option<usize>> = Vec::new();
        let mut nodes: Vec<Node> = Vec::new();
        for (i, node) in self.nodes.iter().enumerate() {
            let stays = kept[i] && (node.kind != Kind::Users || calls(i));
            places.push(stays.then_some(nodes.len()));
            nodes.extend(stays.then(|| node.clone()));
        }
        let arrow =
            |arrow: &Arrow| Some(Arrow { from: places[arrow.from]?, to: places[arrow.to]?, ..arrow.clone() });
        Self { title: self.title.clone(), nodes, arrows: self.arrows.iter().filter_map(arrow).collect() }
    }

    fn omission(&self, part: &Self) -> Option<String> {
        let counted = |n: usize, one: &str, many: &str| match n {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {many}")),
        };
        let classes = self.classes() - part.classes();
        let services = self.nodes.len() - part.nodes.len() - classes;
        let services =
            counted(services, "service", "services").map(|s| format!("{s} farther from the users"));
        let left_out: Vec<String> =
            [services, counted(classes, "traffic class", "traffic classes")].into_iter().flatten().collect();
        (!left_out.is_empty()).then(|| format!("Not drawn: {}", left_out.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(services: usize) -> Graph {
        let node = |name: String, kind| Node { name, kind, facts: Vec::new() };
        let users = node("users".to_owned(), Kind::Users);
        // The last service is the one that the users call, so that the order of the scenario is not that of the calls.
        let nodes = (0..services).map(|i| node(format!("s{i}"), Kind::Service));
        let arrow = |from, to| Arrow { from, to, rules: Vec::new(), endless: false };
        let arrows = std::iter::once(arrow(0, services)).chain((2..=services).rev().map(|i| arrow(i, i - 1)));
        Graph {
            title: String::new(),
            nodes: std::iter::once(users).chain(nodes).collect(),
            arrows: arrows.collect(),
        }
    }

    #[test]
    fn what_is_nearest_to_the_users_stays() {
        let (part, omission) = chain(5).nearest(9, 2);
        let names: Vec<&str> = part.nodes.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(names, ["users", "s3", "s4"]);
        assert_eq!(
            part.arrows.iter().map(|arrow| (arrow.from, arrow.to)).collect::<Vec<_>>(),
            [(0, 2), (2, 1)]
        );
        assert_eq!(omission.as_deref(), Some("Not drawn: 3 services farther from the users"));
    }

    #[test]
    fn a_small_system_is_whole() {
        assert_eq!(chain(5).nearest(9, 5), (chain(5), None));
        assert_eq!(chain(5).nearest(0, 5).1.as_deref(), Some("Not drawn: 1 traffic class"));
    }
}
