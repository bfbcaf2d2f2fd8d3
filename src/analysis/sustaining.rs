//! What keeps a metastable world where it is: the loop from overload back to overload, and its gain.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::record::{BlameRecord, ChainHarm, Record, ResponseKind, RootHarm, ServiceSeries};

/// A root with this share of the harm holds the world.
const MOST: f64 = 0.5;
/// Replicas whose threads are held to this part have none to spare.
const ALL: f64 = 0.95;
/// What carries less than this share of the harm of a root is not told.
const TELLING: f64 = 0.1;
/// Ways of a call in which its callee is short of threads or places.
const OVERLOADED: [&str; 5] = ["line", "full", "shed", "connection", "permit"];

/// A loop that holds a world in overload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SustainingLoop {
    /// The root that it feeds on: "retries of checkout -> user".
    pub root: String,
    /// The service that it overloads.
    pub service: String,
    /// The thread time that is asked of that service, over what it has, while all its threads are held: above 1 the loop
    /// feeds itself. None if the service was not there to be asked.
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
    if total <= 0.0 || sum(root) < MOST * total {
        return None;
    }
    let chains: Vec<&ChainHarm> = blame.chains.iter().filter(|chain| chain.root == position).collect();
    let service = overloaded(root, chains.first()?)?;
    let gain = gain(record, &service, windows.clone());
    let steps = Loop { record, root, chains, service: &service, gain, windows }.steps()?;
    Some(SustainingLoop { root: root.root.clone(), service, gain, steps, from_s, to_s })
}

/// The later half of the time between the last fault and the first act after it, or the end.
fn left_alone(record: &Record) -> Option<(f64, f64)> {
    let over =
        record.faults.iter().map(|fault| fault.to_s).try_fold(0.0, |last, to| Some(f64::max(last, to?)))?;
    let changes = |kind: ResponseKind| matches!(kind, ResponseKind::Set | ResponseKind::Restart);
    let mut acts = record.actual.response.iter().filter(|entry| changes(entry.kind) && entry.at_s >= over);
    let acted = acts.next().map(|entry| entry.at_s);
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

/// Thread time asked of a service over thread time that it has, while (nearly) all its threads are held: attempts that come,
/// each for as long as those that get a thread hold it.
fn gain(record: &Record, service: &str, windows: Range<usize>) -> Option<f64> {
    let series = record.actual.services.get(service)?;
    let node = record.topology.services.iter().find(|node| node.name == service)?;
    // A replica that is down lends nobody its threads.
    let running = |window: usize| {
        let replicas = f64::from(node.replicas);
        series.running_replicas.get(window).map_or(1.0, |running| running / replicas)
    };
    let threads = |window: usize| series.threads_in(window, node.all_threads()) * running(window);
    let busy = |window: usize| series.busy_threads.get(window).copied().unwrap_or(0.0);
    let mut held: Vec<usize> = windows
        .clone()
        .filter(|window| busy(*window) > 0.0 && busy(*window) >= ALL * threads(*window))
        .collect();
    if held.is_empty() {
        held = windows.collect();
    }
    let count = |of: &[u64]| -> f64 { held.iter().filter_map(|window| of.get(*window)).sum::<u64>() as f64 };
    let (offered, admitted) = (count(&series.offered), count(&series.admitted));
    let asked = offered / admitted * held.iter().map(|window| busy(*window)).sum::<f64>();
    let had: f64 = held.iter().map(|window| threads(*window)).sum();
    (admitted >= 1.0 && had > 0.0).then(|| asked / had)
}

/// A loop that is being put into words.
struct Loop<'a> {
    record: &'a Record,
    root: &'a RootHarm,
    /// The chains that end at the root, the one with the most harm first.
    chains: Vec<&'a ChainHarm>,
    service: &'a str,
    gain: Option<f64>,
    windows: Range<usize>,
}

impl Loop<'_> {
    /// One step leads to the next, the last to the first. None if the root holds nothing by itself.
    fn steps(&self) -> Option<Vec<String>> {
        let place = &self.root.place;
        let steps = match self.root.kind.as_str() {
            "retries" => {
                let (caller, callee) = place.split_once(" -> ")?;
                let failing = format!("calls of {callee} {}", self.failing(callee));
                vec![Some(failing), Some(format!("{caller} tries them again")), Some(self.asked())]
            }
            "cold_caches" => self.cold(),
            "fault" if self.is_flush() => self.cold(),
            "out_of_memory" => vec![
                Some(format!("processes of {place} are killed for their memory")),
                Some("those that are left, or come back, get all the load".to_owned()),
                Some(self.asked()),
                Some("what they have in flight fills their memory".to_owned()),
            ],
            "out_of_rotation" => vec![
                Some(format!("probes take replicas of {place} out of rotation")),
                Some("the others get their load".to_owned()),
                Some(self.asked()),
            ],
            _ => return None,
        };
        Some(steps.into_iter().flatten().collect())
    }

    fn cold(&self) -> Vec<Option<String>> {
        // The harm may lie deeper, behind a call of somebody else.
        let own = |call: &&str| call.split_once(" -> ").is_some_and(|(caller, _)| caller == self.root.place);
        let mut calls = self.chains.iter().flat_map(|chain| chain.links.iter().rev()).map(|link| &*link.call);
        let deepest = self.chains[0].links.last().map_or("", |link| &link.call);
        let spared = calls.find(own).unwrap_or(deepest);
        vec![
            Some(format!("the caches of {} are cold", self.root.place)),
            Some(format!("it makes the calls {spared} that they would spare")),
            Some(self.asked()),
            self.probed(),
            Some(self.still_missing()),
        ]
    }

    fn asked(&self) -> String {
        let asked = |gain: f64| format!("{} is asked for {gain:.2} times what it can do", self.service);
        self.gain.map_or_else(|| format!("{} is asked for more than it can do", self.service), asked)
    }

    /// Whether the root is a fault that leaves nothing behind but cold caches.
    fn is_flush(&self) -> bool {
        self.root.root.starts_with("flush of ")
    }

    /// Probes that fail because of it, and take out of rotation whom they ask.
    fn probed(&self) -> Option<String> {
        let harm =
            |chains: &mut dyn Iterator<Item = &&ChainHarm>| chains.map(|chain| chain.harmed).sum::<f64>();
        let is_probe =
            |chain: &&&ChainHarm| chain.links.iter().any(|link| link.call.starts_with("[probe of "));
        let by_probes = harm(&mut self.chains.iter().filter(is_probe));
        let telling = by_probes >= TELLING * harm(&mut self.chains.iter());
        telling.then(|| format!("probes of {} fail, and take its replicas out of rotation", self.root.place))
    }

    /// How many lookups of the service whose caches are cold still miss.
    fn still_missing(&self) -> String {
        let series = self.record.actual.services.get(&self.root.place);
        let sum = |of: fn(&ServiceSeries) -> &Vec<u64>| -> u64 {
            let all = series.and_then(|series| of(series).get(self.windows.clone()));
            all.unwrap_or_default().iter().sum()
        };
        let (hits, misses) = (sum(|series| &series.hits), sum(|series| &series.misses));
        if hits + misses == 0 {
            return "no answer comes in time to warm them".to_owned();
        }
        let share = 100.0 * misses as f64 / (hits + misses) as f64;
        format!("{share:.0} % of the lookups of {} still miss", self.root.place)
    }

    /// How calls of a service fail, most of them.
    fn failing(&self, callee: &str) -> &'static str {
        let Some(series) = self.record.actual.services.get(callee) else { return "fail" };
        let sum = |of: &[u64]| of.get(self.windows.clone()).unwrap_or_default().iter().sum::<u64>();
        if 2 * sum(&series.timed_out) >= sum(&series.failed) { "time out" } else { "fail" }
    }
}

#[cfg(test)]
mod tests;
