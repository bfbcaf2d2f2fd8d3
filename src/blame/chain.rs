//! Chains of waits. A chain is a root, or a call that leads to another chain; equal chains are one.

use std::collections::BTreeMap;

use crate::blame::Root;
use crate::id::PairId;

/// A chain, by its position among all of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChainId(u32);

/// How a call holds up its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// It stands in line for a thread.
    Line,
    /// It has a thread, and that is held up.
    Thread,
    /// It waits for a connection, or got none in time.
    Connection,
    /// It waits for a permit of the bulkhead, or got none.
    Permit,
    /// The caller's throttle holds it back.
    Throttle,
    /// The caller's breaker is open.
    Breaker,
    /// Nobody is there to take it.
    Refused,
    /// Who had it died.
    Reset,
    /// The line was full.
    Full,
    /// It was shed: others mattered more.
    Shed,
    /// A rate limit had no token for it.
    Limited,
    /// It was answered with an error.
    Error,
}

impl How {
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Thread => "thread",
            Self::Connection => "connection",
            Self::Permit => "permit",
            Self::Throttle => "throttle",
            Self::Breaker => "breaker",
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::Full => "full",
            Self::Shed => "shed",
            Self::Limited => "limited",
            Self::Error => "error",
        }
    }
}

/// The first link of a chain, and the rest of it.
#[derive(Clone, Copy, Debug)]
struct Node {
    root: Root,
    first: Option<(PairId, How, ChainId)>,
    length: u32,
}

/// All chains of a run.
#[derive(Clone, Debug)]
pub struct Chains {
    nodes: Vec<Node>,
    roots: BTreeMap<Root, ChainId>,
    /// By chain: those that are longer by one link.
    longer: Vec<Vec<(PairId, How, ChainId)>>,
}

/// Links of a chain, at most; what lies above is left out. Only cycles between services get there.
const LONGEST: u32 = 24;
/// Chains of a run, at most; more of them only differ by their way to the same root.
const MOST: usize = 50_000;

impl Default for Chains {
    /// The unknown alone.
    fn default() -> Self {
        let mut chains = Self { nodes: Vec::new(), roots: BTreeMap::new(), longer: Vec::new() };
        chains.root(Root::Unknown);
        chains
    }
}

impl Chains {
    /// The chain of which nothing is known.
    pub(crate) const UNKNOWN: ChainId = ChainId(0);

    /// What others have found since is found here as well, if they went on from what is here.
    pub(super) fn catch_up(&mut self, others: &Self) {
        if self.nodes.len() < others.nodes.len() {
            self.clone_from(others);
        }
    }

    /// The chain that is a root alone.
    pub(crate) fn root(&mut self, root: Root) -> ChainId {
        if let Some(chain) = self.roots.get(&root) {
            return *chain;
        }
        let chain = self.push(Node { root, first: None, length: 0 });
        self.roots.insert(root, chain);
        chain
    }

    /// The chain of a call that waits for another.
    pub(crate) fn link(&mut self, pair: PairId, how: How, below: ChainId) -> ChainId {
        let known = self.longer[below.0 as usize].iter().find(|(p, h, _)| *p == pair && *h == how);
        if let Some((_, _, chain)) = known {
            return *chain;
        }
        let node = self.nodes[below.0 as usize];
        if node.length >= LONGEST || self.nodes.len() >= MOST {
            return below;
        }
        let chain =
            self.push(Node { first: Some((pair, how, below)), length: node.length + 1, root: node.root });
        self.longer[below.0 as usize].push((pair, how, chain));
        chain
    }

    /// The same chain, but for how its first call holds up its caller.
    pub(crate) fn held(&mut self, how: How, chain: ChainId) -> ChainId {
        match self.nodes[chain.0 as usize].first {
            Some((pair, _, below)) => self.link(pair, how, below),
            None => chain,
        }
    }

    /// A chain without its first call.
    pub(crate) fn below(&self, chain: ChainId) -> ChainId {
        self.nodes[chain.0 as usize].first.map_or(chain, |(_, _, below)| below)
    }

    fn push(&mut self, node: Node) -> ChainId {
        self.nodes.push(node);
        self.longer.push(Vec::new());
        ChainId(self.nodes.len() as u32 - 1)
    }

    /// Where a chain ends.
    pub fn root_of(&self, chain: ChainId) -> Root {
        self.nodes[chain.0 as usize].root
    }

    /// The calls of a chain, from the user's down to the root.
    pub fn links(&self, chain: ChainId) -> impl Iterator<Item = (PairId, How)> + '_ {
        let first = move |chain: ChainId| self.nodes[chain.0 as usize].first;
        std::iter::successors(first(chain), move |(_, _, below)| first(*below))
            .map(|(pair, how, _)| (pair, how))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Id, ServiceId};

    #[test]
    fn equal_chains_are_one_and_lead_from_the_user_to_the_root() {
        let mut chains = Chains::default();
        let (pair, other) = (PairId::new(0), PairId::new(1));
        let root = Root::Work(ServiceId::new(0));
        let leaf = chains.root(root);
        let below = chains.link(other, How::Thread, leaf);
        let chain = chains.link(pair, How::Line, below);
        assert_eq!(chains.link(pair, How::Line, below), chain);
        assert_ne!(chains.link(pair, How::Thread, below), chain);
        assert_eq!(chains.root(root), leaf);
        assert_eq!(chains.root_of(chain), root);
        let links: Vec<_> = chains.links(chain).collect();
        assert_eq!(links, [(pair, How::Line), (other, How::Thread)]);
    }

    #[test]
    fn a_cycle_ends() {
        let mut chains = Chains::default();
        let mut chain = chains.root(Root::Unknown);
        for _ in 0..1_000 {
            chain = chains.link(PairId::new(0), How::Line, chain);
        }
        assert_eq!(chains.links(chain).count(), LONGEST as usize);
    }
}
