//! Which part of a large system is drawn where there is room for so many services: what the failure reached, and who is
//! around it. Draws nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::Summary;
use crate::record::{ClassNode, Record};

/// Traffic classes that a picture can show.
const CLASSES: usize = 12;

/// What is drawn of a system.
#[derive(Debug)]
pub(crate) struct Choice<'a> {
    services: BTreeSet<&'a str>,
    classes: BTreeSet<&'a str>,
    services_left_out: Option<String>,
    classes_left_out: Option<String>,
}

impl<'a> Choice<'a> {
    /// All services of a system that has no more than `most`. Else those that were struck, then those that were hit, in the
    /// order of impact (without any, those that the users call), then who calls them and whom they call, and so on. And the
    /// classes that call these, those with the most failures first.
    pub(crate) fn new(record: &'a Record, summary: &'a Summary, most: usize) -> Self {
        let all: BTreeSet<&str> = record.topology.services.iter().map(|s| s.name.as_str()).collect();
        let services = if all.len() <= most { all.clone() } else { near(record, summary, &all, most) };
        let calls = record.topology.calls.iter().filter(|call| call.from_class);
        let users = calls.filter(|call| services.contains(call.callee.as_str()));
        let users: BTreeSet<&str> = users.map(|call| call.caller.as_str()).collect();
        let failed =
            |class: &&ClassNode| summary.traffic.get(&class.name).map_or(0, |traffic| traffic.failed);
        let mut classes: Vec<&ClassNode> = record.topology.classes.iter().collect();
        classes.retain(|class| users.contains(class.name.as_str()));
        if classes.len() > CLASSES {
            classes.sort_by_key(|class| std::cmp::Reverse(failed(class)));
            classes.truncate(CLASSES);
        }
        let hit = summary.propagation.iter().filter(|impact| !services.contains(impact.service.as_str()));
        let left_out = record.topology.classes.len() - classes.len();
        Self {
            services_left_out: more_services(all.len() - services.len(), hit.count()),
            classes_left_out: more(left_out, "traffic class", "traffic classes"),
            services,
            classes: classes.iter().map(|class| class.name.as_str()).collect(),
        }
    }

    /// Whether a service is drawn.
    pub(crate) fn shows_service(&self, name: &str) -> bool {
        self.services.contains(name)
    }

    /// Whether a traffic class is drawn.
    pub(crate) fn shows_class(&self, name: &str) -> bool {
        self.classes.contains(name)
    }

    /// What is not drawn, in words; none if that is nothing.
    pub(crate) fn omission(&self) -> Option<String> {
        let left_out: Vec<&str> =
            self.services_left_out.iter().chain(&self.classes_left_out).map(String::as_str).collect();
        (!left_out.is_empty()).then(|| format!("Not drawn: {}", left_out.join("; ")))
    }

    /// Which services are not drawn, in words; none if all are.
    pub(crate) fn services_left_out(&self) -> Option<&str> {
        self.services_left_out.as_deref()
    }
}

/// So many services from where the failure began.
fn near<'a>(
    record: &'a Record,
    summary: &'a Summary,
    all: &BTreeSet<&'a str>,
    most: usize,
) -> BTreeSet<&'a str> {
    let mut neighbors: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for call in &record.topology.calls {
        neighbors.entry(&call.callee).or_default().push(&call.caller);
        neighbors.entry(&call.caller).or_default().push(&call.callee);
    }
    let struck = record.faults.iter().map(|fault| fault.service.as_str());
    let hit = summary.propagation.iter().map(|impact| impact.service.as_str());
    let mut order: Vec<&str> = struck.chain(hit).collect();
    if order.is_empty() {
        let entries = record.topology.calls.iter().filter(|call| call.from_class);
        order.extend(entries.map(|call| call.callee.as_str()));
    }
    let mut near = BTreeSet::new();
    let mut next = 0;
    while next < order.len() && near.len() < most {
        let name = order[next];
        if all.contains(name) && near.insert(name) {
            order.extend(neighbors.get(name).into_iter().flatten());
        }
        next += 1;
    }
    near
}

fn more(n: usize, one: &str, many: &str) -> Option<String> {
    match n {
        0 => None,
        1 => Some(format!("1 more {one}")),
        n => Some(format!("{n} more {many}")),
    }
}

fn more_services(n: usize, hit: usize) -> Option<String> {
    more(n, "service", "services").map(|services| match hit {
        0 => format!("{services}, not hit"),
        hit => format!("{services}, {hit} of them hit"),
    })
}
