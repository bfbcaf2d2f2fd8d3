//! Whether a record that was read, and not made, is whole: series as long as they claim, names that fit, times that are
//! times. Judges nothing that a run could have left behind.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::record::data::{
    CallSeries, ClassSeries, MAX_TRANSITIONS, Quantiles, Record, ServiceSeries, WorldRecord,
};
use crate::record::recorder::MAX_WINDOWS;

/// Later than any run ends, in seconds: the clock of a run reaches as far as 500 years.
const LATEST_S: f64 = 2e10;
/// Times are nanoseconds, and seconds in a record.
const ROUNDING_S: f64 = 1e-6;

/// What is wrong with a record: a clause.
type Flaw = String;

impl Record {
    /// Finds what no run leaves behind; else everything that reads records can rely on lengths and names.
    pub fn check(&self) -> Result<(), Flaw> {
        for (name, at_s) in
            [("warm_up_s", self.warm_up_s), ("horizon_s", self.horizon_s), ("simulated_s", self.simulated_s)]
        {
            if !(0.0..=LATEST_S).contains(&at_s) {
                return Err(format!("`{name}` is {at_s:?}"));
            }
        }
        if self.simulated_s > self.horizon_s {
            return Err("it was simulated beyond its horizon".to_owned());
        }
        if self.start.is_some_and(|start| start >= 24 * 3600) {
            return Err("`start` is no time of day".to_owned());
        }
        self.topology()?;
        for fault in &self.faults {
            let ends = [Some(fault.from_s), fault.to_s].into_iter().flatten();
            self.times(&format!("fault `{}`", fault.name), ends)?;
        }
        let worlds = [
            ("actual", Some(&self.actual)),
            ("twin", self.twin.as_ref()),
            ("unattended", self.unattended.as_ref()),
        ];
        for (name, world) in worlds {
            let Some(world) = world else { continue };
            self.world(world).map_err(|flaw| format!("the world `{name}`: {flaw}"))?;
        }
        self.blame.as_ref().map_or(Ok(()), |blame| blame.check(self.actual.windows))
    }

    /// Calls and faults are of services that there are.
    fn topology(&self) -> Result<(), Flaw> {
        let topology = &self.topology;
        let services: BTreeSet<&str> =
            topology.services.iter().map(|service| service.name.as_str()).collect();
        let classes: BTreeSet<&str> = topology.classes.iter().map(|class| class.name.as_str()).collect();
        let is_service = |name: &str| {
            if services.contains(name) { Ok(()) } else { Err(format!("there is no service `{name}`")) }
        };
        for class in &topology.classes {
            is_service(&class.entry)?;
        }
        for call in &topology.calls {
            is_service(&call.callee)?;
            if !call.from_class {
                is_service(&call.caller)?;
            } else if !classes.contains(call.caller.as_str()) {
                return Err(format!("there is no traffic class `{}`", call.caller));
            }
        }
        self.faults.iter().try_for_each(|fault| is_service(&fault.service))
    }

    /// A world has series and totals for everything there is, and for nothing else.
    fn world(&self, world: &WorldRecord) -> Result<(), Flaw> {
        if world.windows as u64 > MAX_WINDOWS {
            return Err(format!("{} windows, more than {MAX_WINDOWS}", world.windows));
        }
        if !(world.window_s > 0.0 && world.window_s <= LATEST_S) {
            return Err("`window_s` is not above zero".to_owned());
        }
        if world.transitions.len() > MAX_TRANSITIONS {
            return Err(format!("more than {MAX_TRANSITIONS} transitions"));
        }
        let topology = &self.topology;
        let names = topology.classes.iter().map(|class| class.name.as_str());
        complete("class", names.clone(), &world.classes)?;
        complete("class", names, &world.totals.classes)?;
        let names = topology.services.iter().map(|service| service.name.as_str());
        complete("service", names.clone(), &world.services)?;
        complete("service", names, &world.totals.services)?;
        let names = topology.calls.iter().map(|call| call.name.as_str());
        complete("call", names.clone(), &world.calls)?;
        complete("call", names, &world.totals.calls)?;
        ended(world)?;
        for (name, lengths) in lengths(world) {
            if let Some(length) = lengths.into_iter().find(|length| *length != world.windows) {
                return Err(format!(
                    "a series of `{name}` has {length} windows instead of {}",
                    world.windows
                ));
            }
        }
        self.instants(world)
    }

    /// Everything that happened in a world happened during the run.
    fn instants(&self, world: &WorldRecord) -> Result<(), Flaw> {
        for (name, monitor) in &world.monitors {
            let alerts = monitor.alerts.iter().flat_map(|(from, to)| [Some(*from), *to]).flatten();
            let samples = monitor.samples.iter().map(|sample| sample.0);
            self.times(&format!("monitor `{name}`"), samples.chain(alerts))?;
        }
        self.times("the response", world.response.iter().map(|entry| entry.at_s))?;
        self.times("the transitions", world.transitions.iter().map(|change| change.at_s))
    }

    /// Worlds that a limit stopped got to different instants: what counts is the horizon.
    fn times(&self, what: &str, mut all: impl Iterator<Item = f64>) -> Result<(), Flaw> {
        let run = -self.warm_up_s - ROUNDING_S..=self.horizon_s + ROUNDING_S;
        match all.find(|at_s| !run.contains(at_s)) {
            Some(at_s) => Err(format!("{what}: {at_s} s is no time of this run")),
            None => Ok(()),
        }
    }
}

/// Whether every name has its entry, and every entry its name.
fn complete<'a, T>(
    kind: &str,
    names: impl Iterator<Item = &'a str>,
    entries: &IndexMap<String, T>,
) -> Result<(), Flaw> {
    let names: BTreeSet<&str> = names.collect();
    if let Some(name) = names.iter().find(|name| !entries.contains_key(**name)) {
        return Err(format!("nothing is recorded of the {kind} `{name}`"));
    }
    match entries.keys().find(|name| !names.contains(name.as_str())) {
        Some(name) => Err(format!("something is recorded of a {kind} `{name}` that there is not")),
        None => Ok(()),
    }
}

/// Not more ended than was begun.
fn ended(world: &WorldRecord) -> Result<(), Flaw> {
    let classes =
        world.totals.classes.iter().map(|(name, t)| (name, t.requests, t.ok + t.degraded + t.failed));
    let services =
        world.totals.services.iter().map(|(name, t)| (name, t.attempts, t.ok + t.failed + t.abandoned));
    let surges = world.totals.classes.iter().flat_map(|(name, t)| {
        [(name, t.requests, t.surge_requests), (name, t.failed.min(t.surge_requests), t.surge_failed)]
    });
    let mut wrong = classes.chain(services).chain(surges).filter(|(_, begun, ended)| ended > begun);
    match wrong.next() {
        Some((name, ..)) => Err(format!("more ended at `{name}` than was begun")),
        None => Ok(()),
    }
}

/// The lengths of all series of a world, by whose they are.
fn lengths(world: &WorldRecord) -> Vec<(&str, Vec<usize>)> {
    let classes = world.classes.iter().map(|(name, series)| (name.as_str(), of_class(series)));
    let services = world.services.iter().map(|(name, series)| (name.as_str(), of_service(series)));
    let calls = world.calls.iter().map(|(name, series)| (name.as_str(), of_call(series)));
    classes.chain(services).chain(calls).collect()
}

fn of_class(series: &ClassSeries) -> Vec<usize> {
    let ClassSeries { arrived, ok, degraded, failed, limited, latency, too_slow, of_surges } = series;
    let counts = [arrived, ok, degraded, failed, limited].map(Vec::len);
    // A class without an objective counts nothing by it, one without surges nothing of them.
    let others = [too_slow.len(), of_surges.len()].into_iter().filter(|length| *length > 0);
    counts.into_iter().chain(others).chain(of_quantiles(latency)).collect()
}

fn of_service(series: &ServiceSeries) -> Vec<usize> {
    let s = series;
    let counts = [
        &s.offered,
        &s.admitted,
        &s.completed,
        &s.ok,
        &s.failed,
        &s.timed_out,
        &s.shed,
        &s.retried,
        &s.hits,
        &s.misses,
    ];
    let levels = [&s.in_flight, &s.queue_length, &s.busy_threads, &s.waiting_threads, &s.running_replicas];
    // A service whose threads nothing changes has no level of them.
    let threads = Some(s.threads.len()).filter(|length| *length > 0);
    let lengths = counts.map(Vec::len).into_iter().chain(levels.map(Vec::len)).chain(threads);
    lengths.chain(of_quantiles(&s.latency)).collect()
}

fn of_call(series: &CallSeries) -> Vec<usize> {
    let CallSeries { attempts, first_attempts, failed, refused, fallbacks, breakers_open } = series;
    let counts = [attempts, first_attempts, failed, refused, fallbacks].map(Vec::len);
    // A call that never has a breaker has no level of open ones.
    counts.into_iter().chain(Some(breakers_open.len()).filter(|length| *length > 0)).collect()
}

fn of_quantiles(quantiles: &Quantiles) -> [usize; 3] {
    [&quantiles.p50_ms, &quantiles.p90_ms, &quantiles.p99_ms].map(Vec::len)
}
