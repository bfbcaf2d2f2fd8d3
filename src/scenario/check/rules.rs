//! What must hold between the parts of a scenario. One function per rule; all of them always run.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::{DiGraph, NodeIndex};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::scenario::check::names::{Names, OperationId, class_exists, operation_exists};
use crate::scenario::words::code;
use crate::scenario::{Condition, Name, Scenario, Step, Traffic, TrafficClass};

/// A chain of calls may be this long.
const MAX_CHAIN: usize = 200;

/// Replicas of all services together.
const MAX_REPLICAS: u64 = 100_000;

/// Checks a scenario and reports all that is wrong with it.
pub(in crate::scenario) fn check(scenario: &Scenario, found: &mut Diagnostics) {
    let classes = scenario.classes();
    let names = Names::of(scenario, &classes);
    chosen_names(scenario, found);
    something_to_do(scenario, found);
    replicas_in_all(scenario, found);
    class_names(&classes, found);
    entries(&classes, &names, found);
    calls_lead_somewhere(&names, found);
    conditions(scenario, &names, found);
    crate::scenario::check::cache::caches(scenario, found);
    operations_are_called(&names, found);
    ambiguous_edges(&classes, &names, found);
    circles_and_chains(&names, found);
    crate::scenario::check::policy::policies(scenario, &names, found);
    crate::scenario::check::admission::admission(scenario, found);
    crate::scenario::check::admission::detection(scenario, &names, found);
    crate::scenario::check::fault::faults(scenario, &names, found);
    crate::scenario::check::monitor::monitors(scenario, &names, found);
    crate::scenario::check::monitor::expectations(scenario, &names, found);
    crate::scenario::check::response::response(scenario, &names, found);
}

/// Names must not contain what paths, operations and calls are written with.
fn chosen_names(scenario: &Scenario, found: &mut Diagnostics) {
    let operations = scenario.services.iter().flat_map(|(_, service)| &service.operations);
    let names = scenario.services.iter().map(|(name, _)| name);
    let caches = scenario.services.iter().flat_map(|(_, service)| &service.caches);
    let names = names.chain(operations.map(|(name, _)| name)).chain(caches.map(|(name, _)| name));
    let steps = scenario.traffic.iter().flat_map(|(_, traffic)| match traffic {
        Traffic::Journey { steps, .. } => steps.as_slice(),
        Traffic::Open { .. } => &[],
    });
    let names = names.chain(steps.map(|(name, _)| name));
    for name in names.chain(scenario.traffic.iter().map(|(name, _)| name)) {
        let bad = ["->", ".", "\"", "'", "[", "]"].into_iter().find(|bad| name.contains(bad));
        if let Some(bad) = bad {
            found.push(
                Diagnostic::error(code::NAME, name.span, format!("a name cannot contain `{bad}`"))
                    .label("in this name")
                    .help(format!("write for example \"{}\"", name.replace(bad, "-"))),
            );
        } else if name.trim() != name.value {
            found.push(
                Diagnostic::error(code::NAME, name.span, "a name cannot begin or end with a space")
                    .help(format!("write \"{}\"", name.trim())),
            );
        }
    }
}

fn something_to_do(scenario: &Scenario, found: &mut Diagnostics) {
    let whole = scenario.horizon.span;
    if scenario.services.is_empty() {
        found.push(Diagnostic::error(code::EMPTY, whole, "the scenario has no services").help(
            "add for example services: { \"shop\": Service(operations: { \"buy\": [Work(\"20ms\")] }) }",
        ));
    }
    if scenario.traffic.is_empty() {
        found
            .push(Diagnostic::error(code::EMPTY, whole, "the scenario has no traffic").help(
                "add for example traffic: { \"shoppers\": Open(rate: \"80/s\", entry: \"shop.buy\") }",
            ));
    }
    for (name, service) in &scenario.services {
        if service.operations.is_empty() {
            let message = format!("service `{}` has no operations", name.value);
            found.push(
                Diagnostic::error(code::EMPTY, name.span, message)
                    .label("offers nothing")
                    .help("add for example operations: { \"read\": [Work(Exp(\"2ms\"))] }"),
            );
        }
    }
}

fn replicas_in_all(scenario: &Scenario, found: &mut Diagnostics) {
    let total: u64 = scenario.services.iter().map(|(_, service)| u64::from(service.replicas)).sum();
    let largest = scenario.services.iter().max_by_key(|(_, service)| service.replicas);
    if let Some((name, service)) = largest
        && total > MAX_REPLICAS
    {
        found.push(
            Diagnostic::error(code::TOTAL, name.span, format!("{total} replicas in all are too many"))
                .label(format!("the most of them: {}", service.replicas))
                .help(format!("at most {MAX_REPLICAS} replicas in all")),
        );
    }
}

/// The step of a journey is a class, and may be called as another class is.
fn class_names(classes: &[TrafficClass], found: &mut Diagnostics) {
    let mut first_of: BTreeMap<&str, &Name> = BTreeMap::new();
    for class in classes {
        if let Some(first) = first_of.insert(&class.name, &class.name) {
            let message = format!("two traffic classes are called `{}`", class.name.value);
            found.push(
                Diagnostic::error(code::TWICE, class.name.span, message)
                    .label("a step of a journey is the class \"journey: step\"")
                    .help("rename one of them")
                    .related(first.span, "the other one"),
            );
        }
    }
}

fn entries(classes: &[TrafficClass], names: &Names, found: &mut Diagnostics) {
    for class in classes {
        operation_exists(class.entry, names, found);
    }
}

fn calls_lead_somewhere(names: &Names, found: &mut Diagnostics) {
    for calls in names.calls.values() {
        for to in calls {
            operation_exists(to, names, found);
        }
    }
}

/// Branches may look at the request's class.
fn conditions(scenario: &Scenario, names: &Names, found: &mut Diagnostics) {
    let mut steps: Vec<&Step> = Vec::new();
    for (_, service) in &scenario.services {
        steps.extend(service.operations.iter().flat_map(|(_, steps)| steps));
    }
    while let Some(step) = steps.pop() {
        steps.extend(step.within().into_iter().flatten());
        if let Step::Branch { when: Condition::Class(class), .. } = step {
            class_exists(class, names, found);
        }
    }
}

fn operations_are_called(names: &Names, found: &mut Diagnostics) {
    let called: BTreeSet<OperationId> = names.operation_edges.iter().map(|(_, callee)| *callee).collect();
    for (id, (name, _)) in &names.operations {
        let probe = names.services.get(id.0).and_then(|service| service.probe.as_ref());
        let asked = probe.and_then(|probe| probe.asks.as_ref()).is_some_and(|asks| asks.value == id.1);
        if !called.contains(id) && !asked {
            let message = format!("nothing calls `{}.{}`", id.0, id.1);
            found.push(Diagnostic::warning(code::NO_EFFECT, name.span, message).label("never used"));
        }
    }
}

/// A class and a service of one name are told apart by what they call; if both call one service, a key cannot.
fn ambiguous_edges(classes: &[TrafficClass], names: &Names, found: &mut Diagnostics) {
    let mut told = BTreeSet::new();
    for class in classes {
        let Some((entry, _)) = names.operation(class.entry) else { continue };
        // The policies of a journey stand under its own name, too.
        for name in [Some(&class.name), class.step.map(|step| step.journey)].into_iter().flatten() {
            let service_calls = |(caller, callee): &(OperationId, OperationId)| {
                caller.0 == name.value && !caller.1.is_empty() && callee.0 == entry
            };
            if names.services.contains_key(name.as_str())
                && names.operation_edges.iter().any(service_calls)
                && told.insert((&name.value, entry))
            {
                found.push(ambiguous_edge(name, entry));
            }
        }
    }
}

fn ambiguous_edge(name: &Name, entry: &str) -> Diagnostic {
    let key = format!("{} -> {entry}", name.value);
    let message = format!("`{key}` could be a call of the class or of the service `{}`", name.value);
    Diagnostic::error(code::AMBIGUOUS, name.span, message)
        .label("a class and a service of this name call the same service")
        .help(format!("rename the class, for example \"{} requests\"", name.value))
}

/// Operations must not come back to themselves, and not go on for too long.
fn circles_and_chains(names: &Names, found: &mut Diagnostics) {
    let mut graph: DiGraph<OperationId, ()> = DiGraph::new();
    let nodes: BTreeMap<OperationId, NodeIndex> =
        names.operations.keys().map(|&id| (id, graph.add_node(id))).collect();
    for (caller, callee) in &names.operation_edges {
        if let (Some(&from), Some(&to)) = (nodes.get(caller), nodes.get(callee)) {
            graph.add_edge(from, to, ());
        }
    }
    // Tarjan's components come callees first, so that the chain below each is known when its callers ask.
    let components = petgraph::algo::tarjan_scc(&graph);
    let mut depth = vec![0_usize; graph.node_count()];
    let mut circles: Vec<Vec<OperationId>> = Vec::new();
    for component in components {
        let first = component[0];
        if component.len() > 1 || graph.contains_edge(first, first) {
            circles.push(component.iter().map(|&node| graph[node]).collect());
        }
        for &node in &component {
            let below = graph.neighbors(node).map(|callee| depth[callee.index()]).max();
            depth[node.index()] = 1 + below.unwrap_or(0);
        }
    }
    report_circles(names, circles, found);
    let longest =
        graph.node_indices().max_by_key(|node| (depth[node.index()], std::cmp::Reverse(graph[*node])));
    if let Some(node) = longest
        && depth[node.index()] > MAX_CHAIN
        && let Some((name, _)) = names.operations.get(&graph[node])
    {
        let message = format!("a chain of {} calls begins here", depth[node.index()]);
        found.push(
            Diagnostic::error(code::CHAIN, name.span, message)
                .label("the longest chain")
                .help(format!("at most {MAX_CHAIN} operations may call one another in a row")),
        );
    }
}

fn report_circles(names: &Names, mut circles: Vec<Vec<OperationId>>, found: &mut Diagnostics) {
    for circle in &mut circles {
        circle.sort_unstable();
    }
    circles.sort_unstable();
    for members in circles {
        let round = walk_around(names, &members);
        let Some((name, _)) = names.operations.get(&round[0]) else { continue };
        let text = |id: &OperationId| format!("{}.{}", id.0, id.1);
        let shown: Vec<String> = round.iter().chain(&round[..1]).map(text).collect();
        let mut problem = Diagnostic::error(
            code::CYCLE,
            name.span,
            format!("operations call each other in a circle: {}", shown.join(" -> ")),
        )
        .label("a request would never end")
        .help("break the circle, for example with another operation that does not call back");
        for (index, caller) in round.iter().enumerate() {
            let callee = round[(index + 1) % round.len()];
            let call = names.calls[caller].iter().find(|to| names.operation(to) == Some(callee));
            if let Some(call) = call {
                problem = problem.related(call.span, "this call");
            }
        }
        found.push(problem);
    }
}

/// One way around within a component: the shortest from its first member back to itself.
fn walk_around<'a>(names: &Names<'a>, members: &[OperationId<'a>]) -> Vec<OperationId<'a>> {
    let start = members[0];
    let mut ways: Vec<Vec<OperationId>> = vec![vec![start]];
    let mut seen = Vec::new();
    let mut next = 0;
    while let Some(way) = ways.get(next).cloned() {
        next += 1;
        let last = way[way.len() - 1];
        for (_, callee) in names.operation_edges.iter().filter(|(caller, _)| *caller == last) {
            if *callee == start {
                return way;
            }
            if members.binary_search(callee).is_ok() && !seen.contains(callee) {
                seen.push(*callee);
                let mut longer = way.clone();
                longer.push(*callee);
                ways.push(longer);
            }
        }
    }
    vec![start]
}
