//! Which services of a large system are drawn: those that the failure reached, and who is around them. Draws nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::Summary;
use crate::record::Record;

/// Services that a picture can show.
pub(super) const MOST: usize = 40;

/// What is drawn of a system.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    drawn: BTreeSet<&'a str>,
    /// Services that are not drawn, and how many of these were hit.
    left_out: (usize, usize),
}

impl<'a> Choice<'a> {
    /// All services of a small system. Of a large one those that were hit, in the order of impact, and struck; without any
    /// the users' own; then who calls them and whom they call, and so on, as long as there is room.
    pub(super) fn new(record: &'a Record, summary: &'a Summary) -> Self {
        let services: BTreeSet<&str> = record.topology.services.iter().map(|s| s.name.as_str()).collect();
        if services.len() <= MOST {
            return Self { drawn: services, left_out: (0, 0) };
        }
        let mut neighbors: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for call in &record.topology.calls {
            neighbors.entry(&call.callee).or_default().push(&call.caller);
            neighbors.entry(&call.caller).or_default().push(&call.callee);
        }
        let hit = || summary.propagation.iter().map(|impact| impact.service.as_str());
        let struck = record.faults.iter().map(|fault| fault.service.as_str());
        let mut order: Vec<&str> = hit().chain(struck).collect();
        if order.is_empty() {
            let entries = record.topology.calls.iter().filter(|call| call.from_class);
            order.extend(entries.map(|call| call.callee.as_str()));
        }
        let mut drawn = BTreeSet::new();
        let mut next = 0;
        while next < order.len() && drawn.len() < MOST {
            let name = order[next];
            if services.contains(name) && drawn.insert(name) {
                order.extend(neighbors.get(name).into_iter().flatten());
            }
            next += 1;
        }
        let hit = hit().filter(|name| !drawn.contains(name)).count();
        Self { left_out: (services.len() - drawn.len(), hit), drawn }
    }

    /// Whether a service is drawn.
    pub(super) fn shows(&self, service: &str) -> bool {
        self.drawn.contains(service)
    }

    /// What is not drawn, in words; none if that is nothing.
    pub(super) fn omission(&self) -> Option<String> {
        let (services, hit) = self.left_out;
        let whom = if hit == 0 { "none of them was hit".to_owned() } else { format!("{hit} of them hit") };
        (services > 0).then(|| format!("{services} more services are not drawn: {whom}"))
    }
}
