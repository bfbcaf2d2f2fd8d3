//! Nodes and arrows, made from a model: each caller and callee once, with all policies between them.

use std::collections::BTreeMap;

use crate::graph::facts;
use crate::id::{EdgeId, Id, OperationId, SiteId};
use crate::model::{Caller, Instruction, Model};
use crate::unseen::marked;

/// So many operations are named; more are counted.
const NAMED: usize = 3;

/// Who calls whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// What it is of: the scenario's name.
    pub title: String,
    /// Traffic classes first, then services, both in the order of the scenario.
    pub nodes: Vec<Node>,
    /// Calls, in the order of the scenario.
    pub arrows: Vec<Arrow>,
}

/// A traffic class or a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name, without characters that steer a terminal or break a line.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// What a reviewer wants to know of it, in few words each.
    pub facts: Vec<String>,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Users: a traffic class.
    Users,
    /// A service that keeps nothing between two requests.
    Service,
    /// A service with caches, which its processes lose when they end.
    Cached,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// Position of the caller.
    pub from: usize,
    /// Position of the callee.
    pub to: usize,
    /// What limits it; more than one if operations are called differently.
    pub rules: Vec<Rules>,
    /// Whether a service waits for an answer however long it takes.
    pub endless: bool,
}

/// What limits some operations of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Which operations; empty if it is all of them.
    pub of: String,
    /// In few words each; empty if nothing does.
    pub facts: Vec<String>,
}

impl Arrow {
    /// What limits it, a line for each fact.
    pub fn lines(&self) -> Vec<String> {
        let told = |rules: &Rules| {
            if rules.of.is_empty() {
                return rules.facts.clone();
            }
            let facts = if rules.facts.is_empty() { "no limits".to_owned() } else { rules.facts.join(", ") };
            vec![format!("{}: {facts}", rules.of)]
        };
        self.rules.iter().flat_map(told).collect()
    }

    /// The same for those who see no dashes.
    pub fn told(&self) -> Vec<String> {
        let endless = self.endless && self.rules.len() == 1;
        endless.then(|| "no timeout".to_owned()).into_iter().chain(self.lines()).collect()
    }
}

impl Graph {
    /// The graph of a model; deep probes are no traffic and no call.
    pub fn new(title: &str, model: &Model) -> Self {
        let traffic: Vec<_> = model.traffic().collect();
        let users = traffic.iter().map(|id| {
            let class = &model.classes[*id];
            Node {
                name: marked(&class.name).into_owned(),
                kind: Kind::Users,
                facts: facts::traffic(model, class),
            }
        });
        let services = model.services.iter().map(|service| {
            let cached = !service.settings.caches.is_empty();
            let kind = if cached { Kind::Cached } else { Kind::Service };
            Node { name: marked(&service.name).into_owned(), kind, facts: facts::service(service) }
        });
        let nodes = users.chain(services).collect();
        let mut edges: BTreeMap<usize, Vec<EdgeId>> = BTreeMap::new();
        for (id, edge) in model.edges.enumerate() {
            edges.entry(edge.pair.position()).or_default().push(id);
        }
        let sites = Sites::new(model);
        let calls = model.pairs.enumerate().filter(|(_, pair)| !model.probe_calls(pair.caller));
        let arrows = calls.map(|(id, pair)| {
            let edges = &edges[&id.position()];
            let from = match pair.caller {
                // Deep probes come last, so positions of classes are positions of traffic.
                Caller::Class(class) => class.position(),
                Caller::Service(service) => traffic.len() + service.position(),
            };
            let endless = |id: &EdgeId| {
                let policy = &model.edges[*id].policy;
                policy.timeout.is_none() && policy.deadline.is_none()
            };
            Arrow {
                from,
                to: traffic.len() + pair.callee.position(),
                rules: sites.rules(edges),
                endless: matches!(pair.caller, Caller::Service(_)) && edges.iter().any(endless),
            }
        });
        Self { title: marked(title).into_owned(), nodes, arrows: arrows.collect() }
    }

    /// How many nodes are traffic classes.
    pub fn classes(&self) -> usize {
        self.nodes.iter().filter(|node| node.kind == Kind::Users).count()
    }
}

/// Where calls are made, by edge.
struct Sites<'m> {
    model: &'m Model,
    /// The operation that calls, and the one that is called.
    of_edge: BTreeMap<EdgeId, Vec<(Option<OperationId>, OperationId)>>,
}

impl<'m> Sites<'m> {
    fn new(model: &'m Model) -> Self {
        let mut callers: BTreeMap<SiteId, OperationId> = BTreeMap::new();
        let starts: Vec<usize> = model.operations.iter().map(|operation| operation.start as usize).collect();
        for (id, operation) in model.operations.enumerate() {
            let end = starts.get(id.position() + 1).copied().unwrap_or(model.program.len());
            for instruction in &model.program[operation.start as usize..end] {
                if let Instruction::Call { first, count, .. } = instruction {
                    let sites = first.position()..first.position() + *count as usize;
                    callers.extend(sites.map(|site| (SiteId::new(site), id)));
                }
            }
        }
        let mut of_edge: BTreeMap<EdgeId, Vec<_>> = BTreeMap::new();
        for (id, site) in model.sites.enumerate() {
            of_edge.entry(site.edge).or_default().push((callers.get(&id).copied(), site.operation));
        }
        Self { model, of_edge }
    }

    /// What limits the calls of some edges, those with the same limits together.
    fn rules(&self, edges: &[EdgeId]) -> Vec<Rules> {
        let mut alike: Vec<(Vec<String>, Vec<EdgeId>)> = Vec::new();
        for edge in edges {
            let facts = facts::policy(&self.model.edges[*edge].policy);
            match alike.iter_mut().find(|(known, _)| *known == facts) {
                Some((_, same)) => same.push(*edge),
                None => alike.push((facts, vec![*edge])),
            }
        }
        let several = alike.len() > 1;
        let called: Vec<String> = alike.iter().map(|(_, edges)| self.operations(edges, false)).collect();
        let clear = called.iter().enumerate().all(|(i, name)| !called[..i].contains(name));
        let rules = |(facts, edges): (Vec<String>, Vec<EdgeId>)| {
            let of = if several { self.operations(&edges, !clear) } else { String::new() };
            Rules { of, facts }
        };
        alike.into_iter().map(rules).collect()
    }

    /// The operations that some edges call, with those that call them where nothing else tells the edges apart.
    fn operations(&self, edges: &[EdgeId], with_caller: bool) -> String {
        let short = |id: OperationId| {
            let name = &self.model.operations[id].name;
            marked(name.split_once('.').map_or(name.as_str(), |(_, operation)| operation)).into_owned()
        };
        let mut names: Vec<String> = Vec::new();
        for (caller, callee) in edges.iter().filter_map(|edge| self.of_edge.get(edge)).flatten() {
            let name = match caller.filter(|_| with_caller) {
                Some(caller) => format!("{} to {}", short(caller), short(*callee)),
                None => short(*callee),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let more = names.len().saturating_sub(NAMED);
        names.truncate(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        names.join(", ") + &more
    }
}
