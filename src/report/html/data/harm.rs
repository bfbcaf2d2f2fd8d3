//! What the harm goes back to: roots over time, and who was hit first. Adds nothing to what the run found.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::Impact;
use crate::record::{CallRoot, Record};

use super::series::{Number, Series, levels};
use super::topology::Names;

/// A root.
#[derive(Debug, Serialize)]
pub(super) struct Cause<'a> {
    root: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    windows: Option<Series>,
}

/// Who was hit, and by what.
#[derive(Debug, Serialize)]
pub(super) struct Hit<'a> {
    node: usize,
    at_s: Number,
    via: &'a str,
}

/// The harm that came through a service, by root.
#[derive(Debug, Serialize)]
pub(super) struct Blamed {
    node: usize,
    roots: Vec<BlamedRoot>,
}

/// The harm of a root that came through a service.
#[derive(Debug, Serialize)]
struct BlamedRoot {
    root: usize,
    /// The first window of each stretch with any, and how much.
    windows: Vec<(usize, Number)>,
}

/// The roots, the one with the most harm first.
pub(super) fn roots(record: &Record) -> Vec<Cause<'_>> {
    let roots = record.blame.iter().flat_map(|blame| &blame.roots);
    roots
        .map(|harm| Cause { root: &harm.root, windows: levels(&harm.windows, record.actual.windows) })
        .collect()
}

/// Services in the order of first impact.
pub(super) fn first_hit<'a>(record: &Record, impacts: &'a [Impact]) -> Vec<Hit<'a>> {
    let names = Names::new(record);
    let hits = impacts.iter().filter_map(|impact| {
        Some(Hit { node: names.service(&impact.service)?, at_s: Number::time(impact.at_s), via: &impact.via })
    });
    hits.collect()
}

/// The services that harm came through: the harm of the calls to each.
pub(super) fn blamed(record: &Record) -> Vec<Blamed> {
    let Some(blame) = &record.blame else { return Vec::new() };
    let names = Names::new(record);
    let mut sums: BTreeMap<usize, BTreeMap<usize, BTreeMap<usize, f64>>> = BTreeMap::new();
    for (node, harm) in blame.calls.iter().filter_map(|harm| Some((names.callee(&harm.call)?, harm))) {
        for CallRoot { root, stretches } in &harm.roots {
            let of = sums.entry(node).or_default().entry(*root).or_default();
            for (at, sum) in stretches {
                *of.entry(at * blame.stretch).or_default() += sum;
            }
        }
    }
    let root = |(root, windows): (usize, BTreeMap<usize, f64>)| BlamedRoot {
        root,
        windows: windows.into_iter().map(|(at, sum)| (at, Number::short(sum))).collect(),
    };
    sums.into_iter()
        .map(|(node, roots)| Blamed { node, roots: roots.into_iter().map(root).collect() })
        .collect()
}
