//! The tally of blame by name: roots and chains, as they are recorded, and the shares of the roots.

use std::collections::BTreeMap;

use crate::analysis::ways::{self, rounded};
use crate::analysis::{Compared, RootCause};
use crate::blame::{ChainId, Chains, How, Root};
use crate::id::PairId;
use crate::model::{Fault, Model, Target, effect_name};
use crate::record::{BlameRecord, ChainHarm, Link, RootHarm};

/// Chains that are recorded, at most.
const CHAINS: usize = 100;
/// What less harmed requests than this go back to is not recorded as a chain.
const LITTLE: f64 = 0.5;

/// The harm of one chain: in all, by window, by class.
#[derive(Debug, Default)]
struct Harm {
    sum: f64,
    /// Its windows, without those in which nothing is left of it once it is rounded, if there are others.
    first: usize,
    last: usize,
    is_dated: bool,
}

/// What was found, by name.
pub fn blame_record(model: &Model, compared: &Compared) -> BlameRecord {
    let window_s = compared.blame.width().as_secs_f64();
    let harms = by_chain(compared);
    let mut order: Vec<(ChainId, Harm)> = harms.into_iter().collect();
    order.sort_by(|a, b| b.1.sum.total_cmp(&a.1.sum).then(a.0.cmp(&b.0)));
    let (roots, names) = roots(model, compared, &order);
    let chains = &compared.chains;
    let place = |chain: ChainId| names.iter().position(|root| *root == chains.root_of(chain)).unwrap_or(0);
    BlameRecord {
        window_s,
        harmed: compared.blast.affected(),
        roots,
        chains: order
            .iter()
            .take(CHAINS)
            .filter(|(_, harm)| harm.sum >= LITTLE)
            .map(|(chain, harm)| ChainHarm {
                root: place(*chain),
                links: links(model, chains, *chain),
                harmed: rounded(harm.sum),
                from_s: harm.first as f64 * window_s,
                to_s: (harm.last + 1) as f64 * window_s,
            })
            .collect(),
        stretch: ways::stretch(compared),
        calls: ways::calls(model, compared, &names),
    }
}

fn by_chain(compared: &Compared) -> BTreeMap<ChainId, Harm> {
    let mut harms: BTreeMap<ChainId, Harm> = BTreeMap::new();
    for (window, shares) in compared.blame.windows().enumerate() {
        for (chain, sum) in shares {
            let harm = harms.entry(chain).or_insert_with(|| Harm { first: window, ..Harm::default() });
            harm.sum += sum;
            let tells = rounded(sum) > 0.0;
            if tells && !harm.is_dated {
                (harm.first, harm.is_dated) = (window, true);
            }
            if tells || !harm.is_dated {
                harm.last = window;
            }
        }
    }
    harms
}

/// The roots, the one with the most harm first, by name and as they were found.
fn roots(model: &Model, compared: &Compared, order: &[(ChainId, Harm)]) -> (Vec<RootHarm>, Vec<Root>) {
    let chains = &compared.chains;
    let mut sums: BTreeMap<Root, f64> = BTreeMap::new();
    for (chain, harm) in order {
        *sums.entry(chains.root_of(*chain)).or_default() += harm.sum;
    }
    let mut windows: BTreeMap<Root, Vec<f64>> = BTreeMap::new();
    for (window, shares) in compared.blame.windows().enumerate() {
        for (chain, sum) in shares {
            let series = windows.entry(chains.root_of(chain)).or_default();
            series.resize(window + 1, 0.0);
            series[window] += sum;
        }
    }
    let mut names: Vec<Root> = sums.keys().copied().collect();
    names.sort_by(|a, b| sums[b].total_cmp(&sums[a]).then(a.cmp(b)));
    let harm = |root: &Root| RootHarm {
        root: name(model, *root),
        kind: kind(*root).to_owned(),
        place: place(model, *root),
        harmed: rounded(sums[root]),
        lost: rounded(compared.blame.lost_to(*root)),
        classes: by_class(model, compared, *root),
        windows: up_to_the_last(windows[root].iter().copied().map(rounded).collect()),
    };
    (names.iter().map(harm).collect(), names)
}

/// Without windows at the end in which nothing is left of it once it is rounded.
fn up_to_the_last(mut windows: Vec<f64>) -> Vec<f64> {
    let length = windows.iter().rposition(|harm| *harm > 0.0).map_or(0, |last| last + 1);
    windows.truncate(length);
    windows
}

fn by_class(model: &Model, compared: &Compared, root: Root) -> Vec<(String, f64)> {
    let sum = |class| {
        let own = compared.blame.of_class(class).filter(|(chain, _)| compared.chains.root_of(*chain) == root);
        rounded(own.map(|(_, sum)| sum).sum())
    };
    let all = model.classes.ids().map(|class| (model.classes[class].name.clone(), sum(class)));
    all.filter(|(_, sum)| *sum > 0.0).collect()
}

fn links(model: &Model, chains: &Chains, chain: ChainId) -> Vec<Link> {
    let link = |(pair, how): (PairId, How)| Link {
        call: model.pairs[pair].name.clone(),
        how: how.name().to_owned(),
    };
    chains.links(chain).map(link).collect()
}

/// The share of each root in all harm. They sum up to one. Less than a thousandth of a request is nobody's harm.
pub(crate) fn shares(record: &BlameRecord) -> Vec<RootCause> {
    let harmful = || record.roots.iter().filter(|root| root.harmed > 0.0);
    let total: f64 = harmful().map(|root| root.harmed).sum();
    let lost: f64 = harmful().map(|root| root.lost).sum();
    let span = |windows: &[f64]| {
        let first = windows.iter().position(|sum| *sum > 0.0).unwrap_or(0);
        (first as f64 * record.window_s, windows.len() as f64 * record.window_s)
    };
    let cause = |root: &RootHarm| {
        let (from_s, to_s) = span(&root.windows);
        let share_of_lost = if lost > 0.0 { root.lost / lost } else { 0.0 };
        RootCause { root: root.root.clone(), share: root.harmed / total, share_of_lost, from_s, to_s }
    };
    harmful().map(cause).collect()
}

/// What people call a root.
fn name(model: &Model, root: Root) -> String {
    let place = place(model, root);
    match root {
        Root::Fault(id) => {
            let fault = &model.faults[id];
            let usual = format!("{} of {place}", effect_name(&fault.effect));
            let alike = |other: &&Fault| {
                place_of(model, other) == place && effect_name(&other.effect) == effect_name(&fault.effect)
            };
            let is_only = model.faults.iter().filter(alike).count() == 1;
            let at_ms = (fault.from.secs_since(model.origin) * 1_000.0).round();
            match fault.name == usual {
                _ if is_only => usual,
                true => format!("{usual} at T+{}s", at_ms / 1_000.0),
                false => format!("{usual} ({})", fault.name),
            }
        }
        Root::Retries(_) => format!("retries of {place}"),
        Root::ColdCaches(_) => format!("cold caches of {place}"),
        Root::FirstAttempts(_) => format!("first attempts at {place}"),
        Root::OutOfMemory(_) => format!("out-of-memory kills of {place}"),
        Root::Restart(_) => format!("restart of {place}"),
        Root::RateLimit(_) => format!("rate limit of {place}"),
        Root::OutOfRotation(_) => format!("{place} out of rotation"),
        Root::OwnErrors(_) => format!("errors of {place} by design"),
        Root::Work(_) => format!("work of {place}"),
        Root::Unknown => "unknown".to_owned(),
    }
}

/// The service that a fault hit, or the traffic.
fn place_of(model: &Model, fault: &Fault) -> String {
    match fault.target {
        Target::Class(_) => fault.on.clone(),
        Target::Replicas(_) | Target::Pair(_) => model.services[fault.service].name.clone(),
    }
}

fn place(model: &Model, root: Root) -> String {
    match root {
        Root::Fault(id) => place_of(model, &model.faults[id]),
        Root::Retries(pair) => model.pairs[pair].name.clone(),
        Root::ColdCaches(service)
        | Root::FirstAttempts(service)
        | Root::OutOfMemory(service)
        | Root::Restart(service)
        | Root::OutOfRotation(service)
        | Root::OwnErrors(service)
        | Root::Work(service) => model.services[service].name.clone(),
        Root::RateLimit(operation) => model.operations[operation].name.clone(),
        Root::Unknown => String::new(),
    }
}

const fn kind(root: Root) -> &'static str {
    match root {
        Root::Fault(_) => "fault",
        Root::Retries(_) => "retries",
        Root::ColdCaches(_) => "cold_caches",
        Root::FirstAttempts(_) => "first_attempts",
        Root::OutOfMemory(_) => "out_of_memory",
        Root::Restart(_) => "restart",
        Root::RateLimit(_) => "rate_limit",
        Root::OutOfRotation(_) => "out_of_rotation",
        Root::OwnErrors(_) => "own_errors",
        Root::Work(_) => "work",
        Root::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Windows of half a second.
    #[test]
    fn a_root_is_told_by_its_share_and_from_its_first_harm_to_its_last() {
        let root = |name: &str, lost: f64, windows: &[f64]| RootHarm {
            root: name.to_owned(),
            kind: "fault".to_owned(),
            place: String::new(),
            harmed: windows.iter().sum(),
            lost,
            classes: Vec::new(),
            windows: windows.to_vec(),
        };
        let roots = vec![
            root("pause", 1.0, &[0.0, 0.0, 5.0, 0.0, 1.0]),
            root("storm", 1.5, &[2.0]),
            root("trace", 0.0, &[0.0]),
        ];
        let blame = BlameRecord { window_s: 0.5, roots, ..BlameRecord::default() };
        let told: Vec<_> = shares(&blame)
            .into_iter()
            .map(|cause| (cause.root, cause.share, cause.share_of_lost, cause.from_s, cause.to_s))
            .collect();
        assert_eq!(
            told,
            [("pause".to_owned(), 0.75, 0.4, 1.0, 2.5), ("storm".to_owned(), 0.25, 0.6, 0.0, 0.5)]
        );
        assert!(shares(&BlameRecord::default()).is_empty());
        let none = BlameRecord { roots: vec![root("pause", 0.0, &[])], ..BlameRecord::default() };
        assert!(shares(&none).is_empty(), "nothing of nothing is no share");
    }
}
