//! What got worse again after a restart that the response made: a second wave, and by what it was carried.
//!
//! Read off the record: a callee under more load than before the restart and than in the twin; replicas killed for their
//! memory; services hit for the first time; services that fared better for a moment and then failed again. Each is told
//! once for a restart, at its begin; a restart after which only the load grew set off no wave.

use std::ops::Range;

use crate::analysis::{Impact, Wave};
use crate::record::{Edge, Record, ResponseKind, ServiceSeries, WorldRecord};

/// A load that grew by this factor is worth telling.
const GROWN: f64 = 1.5;
/// So many more calls for each request than in the twin are those of cold caches.
const COLDER: f64 = 1.3;
/// A share of failures that moved by this much is better, or worse.
const MOVED: f64 = 0.3;
/// Load is compared over so many seconds.
const LOAD_S: f64 = 10.0;
/// Failures are looked at in pieces of so many seconds at the least,
const PIECE_S: f64 = 1.0;
/// in which so many attempts ended.
const ENOUGH: u64 = 10;
/// Replicas that go down this soon after a restart go down because of it.
const AT_ONCE_S: f64 = 1.0;

/// The waves after all restarts of the response, in the order of time.
pub(crate) fn waves(record: &Record, propagation: &[Impact]) -> Vec<Wave> {
    let entries = &record.actual.response;
    let restarts: Vec<f64> =
        entries.iter().filter(|entry| entry.kind == ResponseKind::Restart).map(|entry| entry.at_s).collect();
    let resolved = |from: f64| {
        let later = entries.iter().find(|e| e.kind == ResponseKind::Resolved && e.at_s > from);
        later.map_or(record.simulated_s, |entry| entry.at_s)
    };
    let mut waves = Vec::new();
    for (position, begin_s) in restarts.iter().enumerate() {
        let next = restarts.get(position + 1).copied().unwrap_or(f64::INFINITY);
        let restart = Restart { record, begin_s: *begin_s, end_s: next.min(resolved(*begin_s)) };
        let loads = restart.loads();
        let mut found = restart.kills();
        found.extend(restart.first_hits(propagation));
        found.extend(restart.again(&loads, propagation));
        // A load that harms nobody is no wave.
        if found.is_empty() {
            continue;
        }
        // At equal times the load comes first: it is what the others suffer from.
        let mut all = loads;
        all.extend(found);
        all.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        waves.extend(all);
    }
    waves
}

/// A restart, and the time until the next one or until the incident was over.
struct Restart<'a> {
    record: &'a Record,
    begin_s: f64,
    end_s: f64,
}

impl Restart<'_> {
    fn wave(&self, at_s: f64, service: &str, from: Option<&str>, via: impl Into<String>) -> Wave {
        Wave {
            at_s,
            service: service.to_owned(),
            from: from.map(str::to_owned),
            via: via.into(),
            restart_s: self.begin_s,
            more_load: false,
        }
    }

    /// Whether replicas of a service were restarted.
    fn restarted(&self, service: &str) -> bool {
        self.record.actual.transitions.iter().any(|change| {
            change.kind == "replica"
                && (0.0..=AT_ONCE_S).contains(&(change.at_s - self.begin_s))
                && matches!(change.state, "down" | "draining" | "starting")
                && service_of(&change.subject) == service
        })
    }

    /// When the first of the restarted is ready again: what fails until then is the restart itself.
    fn serves_again_s(&self) -> f64 {
        let mut ready = self.record.actual.transitions.iter().filter(|change| {
            change.kind == "replica"
                && change.state == "ready"
                && change.at_s > self.begin_s
                && self.restarted(service_of(&change.subject))
        });
        ready.next().map_or(self.begin_s, |change| change.at_s)
    }

    /// Callees of the restarted that are under more load than before, and than in the twin.
    fn loads(&self) -> Vec<Wave> {
        let Some(twin) = &self.record.twin else { return Vec::new() };
        let edges = self.record.topology.calls.iter();
        let called = edges.filter(|edge| !edge.from_class && self.restarted(&edge.caller));
        called.filter_map(|edge| self.load(edge, twin)).collect()
    }

    fn load(&self, edge: &Edge, twin: &WorldRecord) -> Option<Wave> {
        let actual = &self.record.actual;
        let (calls, normal) = (actual.calls.get(&edge.name)?, twin.calls.get(&edge.name)?);
        let rate = |series: &[u64], world: &WorldRecord, from: f64, to: f64| {
            total(series, &windows(world, from, to)) as f64 / (to - from).max(1e-9)
        };
        let usual = rate(&normal.attempts, twin, 0.0, self.record.simulated_s);
        let before = rate(&calls.attempts, actual, (self.begin_s - LOAD_S).max(0.0), self.begin_s);
        let steps = libm::floor((self.end_s - self.begin_s - LOAD_S).max(0.0) / PIECE_S) as usize;
        let at = |step: usize| {
            let from = self.begin_s + step as f64 * PIECE_S;
            (from, rate(&calls.attempts, actual, from, from + LOAD_S))
        };
        let rates: Vec<(f64, f64)> = (0..steps).map(at).collect();
        let most = rates.iter().fold((0.0, 0.0), |most, next| if next.1 > most.1 { *next } else { most });
        let base = before.max(usual);
        if most.1 < GROWN * base || most.1 * LOAD_S < ENOUGH as f64 || base <= 0.0 {
            return None;
        }
        // It began when the callee was first asked again, or when it was asked for so much more.
        let (grown_s, _) = rates.iter().find(|(_, rate)| *rate >= GROWN * base)?;
        let window = windows(actual, *grown_s, most.0 + LOAD_S).find(|window| {
            calls.attempts.get(*window).is_some_and(|n| *n as f64 >= base * actual.window_s)
        })?;
        let per_request = |world: &WorldRecord, from: f64, to: f64| {
            let first = &world.calls[&edge.name].first_attempts;
            let begun = total(&world.services.get(&edge.caller)?.admitted, &windows(world, from, to));
            (begun > 0).then(|| total(first, &windows(world, from, to)) as f64 / begun as f64)
        };
        let warm = per_request(twin, 0.0, self.record.simulated_s);
        let now = per_request(actual, most.0, most.0 + LOAD_S);
        let cold = now.zip(warm).is_some_and(|(now, warm)| now >= COLDER * warm);
        let why = if cold { ": cold caches" } else { "" };
        let via = format!("load up {:.1}x{why}", most.1 / base);
        let at_s = (window as f64 * actual.window_s).max(self.begin_s);
        Some(Wave { more_load: true, ..self.wave(at_s, &edge.callee, Some(&edge.caller), via) })
    }

    /// Services whose replicas were killed for their memory, where nobody's were before, nor if nobody had acted.
    fn kills(&self) -> Vec<Wave> {
        let first_kill = |world: &WorldRecord, service: &str| {
            let kills = world.transitions.iter().filter(|change| change.state == "out of memory");
            kills.filter(|change| service_of(&change.subject) == service).map(|change| change.at_s).next()
        };
        let mut found = Vec::new();
        for service in &self.record.topology.services {
            let Some(at_s) = first_kill(&self.record.actual, &service.name) else { continue };
            let unattended = self.record.unattended.as_ref();
            let anyway = unattended.and_then(|world| first_kill(world, &service.name));
            if (self.begin_s..self.end_s).contains(&at_s) && anyway.is_none_or(|anyway| anyway > at_s) {
                found.push(self.wave(at_s, &service.name, None, "out-of-memory kills"));
            }
        }
        found
    }

    /// Services that were not hit before.
    fn first_hits(&self, propagation: &[Impact]) -> Vec<Wave> {
        let after = propagation.iter().filter(|hit| (self.begin_s..self.end_s).contains(&hit.at_s));
        after.map(|hit| self.wave(hit.at_s, &hit.service, hit.from.as_deref(), hit.via.clone())).collect()
    }

    /// Services that fared better for a moment, or were well, and then failed again.
    fn again(&self, loads: &[Wave], propagation: &[Impact]) -> Vec<Wave> {
        let mut waves: Vec<Wave> = Vec::new();
        let hit = propagation.iter().filter(|hit| hit.at_s < self.begin_s);
        let failed_again = hit.filter_map(|hit| {
            let series = self.record.actual.services.get(&hit.service)?;
            let piece = self.failed_again(&self.record.actual, series)?;
            (!self.anyway(&hit.service, &piece)).then_some((piece, hit.service.as_str(), series))
        });
        let mut all: Vec<_> = failed_again.collect();
        all.sort_by_key(|again| again.0.start);
        for (piece, service, series) in all {
            let at_s = piece.start as f64 * self.record.actual.window_s;
            let known =
                |name: &str| loads.iter().chain(&waves).any(|w| w.service == name && w.at_s <= at_s + 1e-9);
            let callees = self.record.topology.calls.iter().filter(|e| !e.from_class && e.caller == service);
            let from = callees.map(|edge| edge.callee.as_str()).find(|callee| known(callee));
            let late = 2 * total(&series.timed_out, &piece) > total(&series.failed, &piece);
            let via = match from {
                Some(_) if waiting(series, &piece) => "threads wait on the call",
                Some(_) if late => "slow answers of the call",
                Some(_) => "errors of the call",
                None if sum(&series.queue_length, &piece) > 0.0 => "queueing under load",
                None if late => "slow answers",
                None => "errors",
            };
            waves.push(self.wave(at_s, service, from, via));
        }
        waves
    }

    /// Whether a service failed again at the same time though nobody acted.
    fn anyway(&self, service: &str, piece: &Range<usize>) -> bool {
        let Some(world) = &self.record.unattended else { return false };
        let theirs = world.services.get(service).and_then(|series| self.failed_again(world, series));
        theirs.is_some_and(|theirs| {
            theirs.start.abs_diff(piece.start) as f64 * self.record.actual.window_s <= LOAD_S
        })
    }

    /// The piece of time in which a service of a world failed more than it had since the restart.
    fn failed_again(&self, world: &WorldRecord, series: &ServiceSeries) -> Option<Range<usize>> {
        let share = |piece: &Range<usize>| {
            let (ok, failed) = (total(&series.ok, piece), total(&series.failed, piece));
            (ok + failed >= ENOUGH).then(|| failed as f64 / (ok + failed) as f64)
        };
        let before = share(&windows(world, (self.begin_s - LOAD_S).max(0.0), self.begin_s)).unwrap_or(0.0);
        let length = libm::ceil(PIECE_S / world.window_s.max(1e-9)).max(1.0) as usize;
        let mut best = before;
        windows(world, self.serves_again_s(), self.end_s)
            .step_by(length)
            .map(|from| from..from + length)
            .find(|piece| {
                let Some(share) = share(piece) else { return false };
                let worse = (best <= before - MOVED || before < MOVED) && share >= best + MOVED;
                best = best.min(share);
                worse
            })
    }
}

/// Whether most threads of a service waited on calls.
fn waiting(series: &ServiceSeries, piece: &Range<usize>) -> bool {
    sum(&series.waiting_threads, piece) > 0.5 * sum(&series.busy_threads, piece)
}

fn sum(series: &[f64], piece: &Range<usize>) -> f64 {
    series.get(piece.clone()).map_or(0.0, |values| values.iter().sum())
}

/// `user-db` of `user-db/0`.
fn service_of(subject: &str) -> &str {
    subject.rsplit_once('/').map_or(subject, |(service, _)| service)
}

/// The windows that begin within a period.
fn windows(world: &WorldRecord, from_s: f64, to_s: f64) -> Range<usize> {
    let at = |s: f64| libm::ceil(s / world.window_s.max(1e-9) - 1e-9).max(0.0) as usize;
    at(from_s).min(world.windows)..at(to_s).min(world.windows)
}

fn total(series: &[u64], windows: &Range<usize>) -> u64 {
    let end = windows.end.min(series.len());
    series[windows.start.min(end)..end].iter().sum()
}

#[cfg(test)]
mod tests;
