//! What keeps a metastable world where it is: the loop from overload back to overload, and its gain.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::record::{BlameRecord, ChainHarm, Record, ResponseKind, RootHarm};

/// A root with this share of the harm holds the world.
const MOST: f64 = 0.5;
/// Ways of a call in which its callee is short of threads or places.
const OVERLOADED: [&str; 5] = ["line", "full", "shed", "connection", "permit"];

/// A loop that holds a world in overload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SustainingLoop {
    /// The root that it feeds on: "retries of checkout -> user".
    pub root: String,
    /// The service that it overloads.
    pub service: String,
    /// The thread time that is asked of that service, over what it has: above 1 the loop feeds itself. None if the service
    /// was not there to be asked.
    pub gain: Option<f64>,
    /// The loop in words, one step leading to the next and the last to the first.
    pub steps: Vec<String>,
    /// Begin of the time it was seen in.
    pub from_s: f64,
    /// End of it.
    pub to_s: f64,
}

/// The loop that held the actual world after the last fault was over, before anybody changed anything. None if the harm had
/// no root of its own by then.
pub(crate) fn sustaining_loop(record: &Record, blame: &BlameRecord) -> Option<SustainingLoop> {
    let (from_s, to_s) = left_alone(record)?;
    let windows = (from_s / blame.window_s).ceil() as usize..(to_s / blame.window_s) as usize;
    let sum = |root: &RootHarm| -> f64 { root.windows.iter().take(windows.end).skip(windows.start).sum() };
    let total: f64 = blame.roots.iter().map(sum).sum();
    let (position, root) = blame.roots.iter().enumerate().max_by(|a, b| sum(a.1).total_cmp(&sum(b.1)))?;
    if total <= 0.0 || sum(root) < MOST * total || root.kind == "fault" || root.kind == "restart" {
        return None;
    }
    let chain = blame.chains.iter().find(|chain| chain.root == position)?;
    let service = overloaded(root, chain)?;
    let gain = gain(record, &service, windows.clone());
    let steps = steps(record, root, chain, &service, gain, windows)?;
    Some(SustainingLoop { root: root.root.clone(), service, gain, steps, from_s, to_s })
}

/// The later half of the time between the last fault and the first act after it, or the end.
fn left_alone(record: &Record) -> Option<(f64, f64)> {
    let over =
        record.faults.iter().map(|fault| fault.to_s).try_fold(0.0, |last, to| Some(f64::max(last, to?)))?;
    let changes = |kind: ResponseKind| matches!(kind, ResponseKind::Set | ResponseKind::Restart);
    let acted = record.actual.response.iter().find(|entry| changes(entry.kind)).map(|entry| entry.at_s);
    let end = acted.unwrap_or(record.simulated_s).min(record.simulated_s);
    let begin = f64::midpoint(over, end);
    (end - begin >= 2.0 * record.actual.window_s).then_some((begin, end))
}

/// The service whose threads or places are missing: the lowest on the chain, else that of the root.
fn overloaded(root: &RootHarm, chain: &ChainHarm) -> Option<String> {
    let short = chain.links.iter().rev().find(|link| OVERLOADED.contains(&link.how.as_str()));
    let callee = |call: &str| call.split_once(" -> ").map(|(_, callee)| callee.to_owned());
    match (short, root.kind.as_str()) {
        (Some(link), _) => callee(&link.call),
        (None, "retries") => callee(&root.place),
        (None, _) => Some(root.place.clone()),
    }
}

/// Thread time asked of a service over thread time that it has: attempts that come, each for as long as those that get a
/// thread hold it.
fn gain(record: &Record, service: &str, windows: Range<usize>) -> Option<f64> {
    let series = record.actual.services.get(service)?;
    let node = record.topology.services.iter().find(|node| node.name == service)?;
    let counts = |of: &[u64]| of.get(windows.clone()).unwrap_or_default().iter().sum::<u64>() as f64;
    let (offered, admitted) = (counts(&series.offered), counts(&series.admitted));
    let busy = series.busy_threads.get(windows.clone())?;
    let threads = f64::from(node.replicas) * f64::from(node.threads) * busy.len() as f64;
    let asked = offered / admitted * busy.iter().sum::<f64>();
    (admitted >= 1.0 && threads > 0.0).then(|| asked / threads)
}

fn steps(
    record: &Record,
    root: &RootHarm,
    chain: &ChainHarm,
    service: &str,
    gain: Option<f64>,
    windows: Range<usize>,
) -> Option<Vec<String>> {
    let asked = gain.map_or_else(
        || format!("{service} is asked for more than it can do"),
        |gain| format!("{service} is asked for {gain:.2} times what it can do"),
    );
    Some(match root.kind.as_str() {
        "retries" => {
            let (caller, callee) = root.place.split_once(" -> ")?;
            vec![
                format!("calls of {callee} {}", failing(record, callee, windows)),
                format!("{caller} tries them again"),
                asked,
            ]
        }
        "cold_caches" => {
            let spared = chain.links.last().map_or("", |link| &link.call);
            vec![
                format!("the caches of {} are cold", root.place),
                format!("it makes the calls {spared} that they would spare"),
                asked,
                "answers come too late to warm the caches for long".to_owned(),
            ]
        }
        "out_of_memory" => vec![
            format!("processes of {} are killed for their memory", root.place),
            "those that are left, or come back, get all the load".to_owned(),
            asked,
            "what they have in flight fills their memory".to_owned(),
        ],
        "out_of_rotation" => vec![
            format!("probes take replicas of {} out of rotation", root.place),
            "the others get their load".to_owned(),
            asked,
        ],
        _ => return None,
    })
}

/// How calls of a service fail, most of them.
fn failing(record: &Record, callee: &str, windows: Range<usize>) -> &'static str {
    let Some(series) = record.actual.services.get(callee) else { return "fail" };
    let sum = |of: &[u64]| of.get(windows.clone()).unwrap_or_default().iter().sum::<u64>();
    if 2 * sum(&series.timed_out) >= sum(&series.failed) { "time out" } else { "fail" }
}
