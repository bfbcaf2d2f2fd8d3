//! The harm by call: how each call held up its caller, and for which roots, over time. Knows no chain as a whole.

use std::collections::BTreeMap;

use crate::analysis::Compared;
use crate::blame::{How, Root};
use crate::id::PairId;
use crate::model::Model;
use crate::record::{CallHarm, CallRoot};

/// Stretches of time that are told apart at most: however long the run, a root of a call has no more.
const STRETCHES: usize = 300;

/// The harm that traveled over a call.
#[derive(Debug, Default)]
struct Way {
    how: BTreeMap<How, f64>,
    first: Option<usize>,
    /// By position of the root, then by stretch.
    roots: BTreeMap<usize, BTreeMap<usize, f64>>,
}

/// Windows of a stretch.
pub(super) fn stretch(compared: &Compared) -> usize {
    compared.blame.windows().count().div_ceil(STRETCHES).max(1)
}

/// The harm of each call, the one with the most first; roots are told by their position among `names`.
pub(super) fn calls(model: &Model, compared: &Compared, names: &[Root]) -> Vec<CallHarm> {
    let position: BTreeMap<Root, usize> =
        names.iter().enumerate().map(|(place, root)| (*root, place)).collect();
    let stretch = stretch(compared);
    let mut ways: BTreeMap<PairId, Way> = BTreeMap::new();
    for (window, shares) in compared.blame.windows().enumerate() {
        for (chain, sum) in shares {
            let root = position.get(&compared.chains.root_of(chain)).copied().unwrap_or_default();
            for (pair, how) in compared.chains.links(chain) {
                let way = ways.entry(pair).or_default();
                way.first.get_or_insert(window);
                *way.how.entry(how).or_default() += sum;
                *way.roots.entry(root).or_default().entry(window / stretch).or_default() += sum;
            }
        }
    }
    let window_s = compared.blame.width().as_secs_f64();
    let mut found: Vec<CallHarm> =
        ways.into_iter().map(|(pair, way)| call(&model.pairs[pair].name, way, window_s)).collect();
    found.sort_by(|a, b| b.harmed.total_cmp(&a.harmed));
    found
}

fn call(name: &str, way: Way, window_s: f64) -> CallHarm {
    let harmed = rounded(way.how.values().sum());
    let mut how: Vec<(String, f64)> =
        way.how.iter().map(|(how, sum)| (how.name().to_owned(), rounded(*sum))).collect();
    how.sort_by(|a, b| b.1.total_cmp(&a.1));
    let root = |(root, sums): (usize, BTreeMap<usize, f64>)| CallRoot {
        root,
        stretches: sums
            .into_iter()
            .map(|(at, sum)| (at, rounded(sum)))
            .filter(|(_, sum)| *sum > 0.0)
            .collect(),
    };
    CallHarm {
        call: name.to_owned(),
        harmed,
        how,
        from_s: way.first.unwrap_or_default() as f64 * window_s,
        roots: way.roots.into_iter().map(root).collect(),
    }
}

/// Thousandths are enough for people and for files.
pub(super) fn rounded(sum: f64) -> f64 {
    (sum * 1_000.0).round() / 1_000.0
}
