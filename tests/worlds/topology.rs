//! Who calls whom: services call only those below them, whatever was drawn.

use std::collections::BTreeSet;

/// What services may offer, besides `health`.
pub(crate) const OPERATIONS: &[&str] = &["op", "more"];

/// What a service is called.
pub(crate) fn name(position: usize) -> &'static str {
    ["a", "b", "c", "d", "e", "f"][position]
}

/// The calls of a world.
#[derive(Clone, Debug)]
pub(crate) struct Topology {
    /// How many operations each service offers.
    offered: Vec<usize>,
    /// Callers and callees, of services and of single operations, as `calls` has them.
    pub(crate) pairs: BTreeSet<(String, usize)>,
    pub(crate) finer: BTreeSet<(String, usize)>,
}

impl Topology {
    pub(crate) fn new(offered: Vec<usize>) -> Self {
        Self { offered, pairs: BTreeSet::new(), finer: BTreeSet::new() }
    }

    /// How many services there are.
    pub(crate) fn services(&self) -> usize {
        self.offered.len()
    }

    /// An operation of a service, as a callee is written.
    pub(crate) fn operation(&self, service: usize, operation: u8) -> String {
        let operation = OPERATIONS[operation as usize % self.offered[service]];
        format!("\"{}.{operation}\"", name(service))
    }

    /// The callee that an operation calls; none if nobody is below it.
    pub(crate) fn call(&mut self, from: (usize, usize), (to, operation): (u8, u8)) -> Option<String> {
        let (caller, below) = (from.0, self.services() - from.0 - 1);
        let callee = caller + 1 + (to as usize).checked_rem(below)?;
        let written = self.operation(callee, operation);
        self.pairs.insert((format!("{} -> {}", name(caller), name(callee)), callee));
        let finer = format!("{}.{} -> {}", name(caller), OPERATIONS[from.1], written.trim_matches('"'));
        self.finer.insert((finer, callee));
        Some(written)
    }
}
