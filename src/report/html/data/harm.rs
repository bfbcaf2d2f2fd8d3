//! What the harm goes back to: roots over time, phases, and who was hit first. Adds nothing to what the run found.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::{Impact, Phase, RootCause, Summary};
use crate::record::{CallRoot, Record, RootHarm};

use super::series::{Number, Series, levels};
use super::topology::Names;

/// A root.
#[derive(Debug, Serialize)]
pub(super) struct Cause<'a> {
    root: &'a str,
    kind: &'a str,
    place: &'a str,
    share: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    windows: Option<Series>,
}

/// Who was hit, and by whom.
#[derive(Debug, Serialize)]
pub(super) struct Hit<'a> {
    node: usize,
    at_s: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<usize>,
    via: &'a str,
}

/// A stretch of time with one root, or two in turn.
#[derive(Debug, Serialize)]
pub(super) struct Stretch<'a> {
    roots: &'a [String],
    from_s: Number,
    to_s: Number,
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
pub(super) fn roots<'a>(record: &'a Record, summary: &'a Summary) -> Vec<Cause<'a>> {
    let roots = record.blame.iter().flat_map(|blame| &blame.roots);
    roots.map(|harm| root(harm, &summary.root_causes, record.actual.windows)).collect()
}

fn root<'a>(harm: &'a RootHarm, causes: &[RootCause], windows: usize) -> Cause<'a> {
    let cause = causes.iter().find(|cause| cause.root == harm.root);
    Cause {
        root: &harm.root,
        kind: &harm.kind,
        place: &harm.place,
        share: Number::short(cause.map_or(0.0, |cause| cause.share)),
        windows: levels(&harm.windows, windows),
    }
}

/// Services in the order of first impact.
pub(super) fn first_hit<'a>(record: &Record, impacts: &'a [Impact]) -> Vec<Hit<'a>> {
    let names = Names::new(record);
    let hits = impacts.iter().filter_map(|impact| {
        Some(Hit {
            node: names.service(&impact.service)?,
            at_s: Number::time(impact.at_s),
            from: impact.from.as_ref().and_then(|from| names.service(from)),
            via: &impact.via,
        })
    });
    hits.collect()
}

/// The phases, in order.
pub(super) fn phases<'a>(phases: &'a [Phase]) -> Vec<Stretch<'a>> {
    let stretch = |phase: &'a Phase| Stretch {
        roots: &phase.roots,
        from_s: Number::time(phase.from_s),
        to_s: Number::time(phase.to_s),
    };
    phases.iter().map(stretch).collect()
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
