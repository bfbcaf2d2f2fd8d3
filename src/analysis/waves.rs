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
        let rates = (0..steps).map(|step| {
            let from = self.begin_s + step as f64 * PIECE_S;
            (from, rate(&calls.attempts, actual, from, from + LOAD_S))
        });
        let most = rates.fold((0.0, 0.0), |most: (f64, f64), next| if next.1 > most.1 { next } else { most });
        let base = before.max(usual);
        if most.1 < GROWN * base || most.1 * LOAD_S < ENOUGH as f64 || base <= 0.0 {
            return None;
        }
        // It began when the callee was first asked again.
        let window = windows(actual, self.begin_s, most.0 + LOAD_S).find(|window| {
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
        Some(self.wave(at_s, &edge.callee, Some(&edge.caller), via))
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
            Some((self.failed_again(series)?, hit.service.as_str(), series))
        });
        let mut all: Vec<_> = failed_again.collect();
        all.sort_by_key(|again| again.0.start);
        for (piece, service, series) in all {
            let at_s = piece.start as f64 * self.record.actual.window_s;
            let known =
                |name: &str| loads.iter().chain(&waves).any(|w| w.service == name && w.at_s <= at_s + 1e-9);
            let callees = self.record.topology.calls.iter().filter(|e| !e.from_class && e.caller == service);
            let from = callees.map(|edge| edge.callee.as_str()).find(|callee| known(callee));
            let via = match from {
                Some(_) if waiting(series, &piece) => "threads wait on the call",
                Some(_) if 2 * total(&series.timed_out, &piece) > total(&series.failed, &piece) => {
                    "slow answers of the call"
                }
                Some(_) => "errors of the call",
                None => "queueing under load",
            };
            waves.push(self.wave(at_s, service, from, via));
        }
        waves
    }

    /// The piece of time in which a service failed more than it had since the restart.
    fn failed_again(&self, series: &ServiceSeries) -> Option<Range<usize>> {
        let world = &self.record.actual;
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
    let sum = |values: &[f64]| values.get(piece.clone()).map_or(0.0, |values| values.iter().sum::<f64>());
    sum(&series.waiting_threads) > 0.5 * sum(&series.busy_threads)
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
mod tests {
    use super::*;
    use crate::analysis::fixture;

    #[test]
    fn a_restart_with_cold_caches_sets_off_a_second_wave() {
        let (_, summary) = fixture::attended();
        let told: Vec<_> = summary
            .waves
            .iter()
            .map(|w| (w.at_s, w.service.as_str(), w.from.as_deref(), w.via.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (106.0, "user-db", Some("user"), "load up 2.7x: cold caches"),
                (109.0, "user", Some("user-db"), "threads wait on the call"),
                (109.0, "checkout", Some("user"), "slow answers of the call"),
                (110.0, "gateway", Some("checkout"), "slow answers of the call"),
                (110.0, "browse", Some("user"), "slow answers of the call"),
                (162.0, "user", None, "out-of-memory kills"),
            ]
        );
        assert!(
            summary.waves.iter().all(|wave| (wave.restart_s - 61.0).abs() < 1e-9),
            "the second one helped"
        );
    }

    #[test]
    fn what_would_have_happened_anyway_is_no_second_wave() {
        let (mut record, summary) = fixture::attended();
        let kill = record.actual.transitions.iter().find(|change| change.state == "out of memory").cloned();
        record.unattended.as_mut().unwrap().transitions.extend(kill);
        let told = waves(&record, &summary.propagation);
        assert!(told.iter().all(|wave| wave.via != "out-of-memory kills"));
        record.actual.response.clear();
        assert_eq!(waves(&record, &summary.propagation), []);
    }

    #[test]
    fn a_service_first_hit_after_the_restart_belongs_to_it() {
        let (record, mut summary) = fixture::attended();
        summary.propagation.push(Impact {
            at_s: 300.0,
            service: "search".into(),
            from: Some("gateway".into()),
            via: "full queue under load".into(),
        });
        let told = waves(&record, &summary.propagation);
        let last = told.last().unwrap();
        assert_eq!((last.service.as_str(), last.via.as_str()), ("search", "full queue under load"));
    }

    /// Until the first of the restarted is ready again everything fails: that is the restart, not a wave after it.
    #[test]
    fn what_fails_while_a_process_starts_is_no_second_wave() {
        let (mut record, summary) = fixture::attended();
        let ready = |change: &crate::record::Transition| change.state == "ready" && change.at_s > 61.0;
        let ready_s = record.actual.transitions.iter().find(|change| ready(change)).unwrap().at_s;
        let width = record.actual.window_s;
        let fails = |window: usize, until_s: f64| (61.0..until_s).contains(&(window as f64 * width));
        let mut told = |until_s: f64| {
            let user = &mut record.actual.services["user"];
            for window in 0..user.ok.len() {
                (user.ok[window], user.failed[window]) =
                    if fails(window, until_s) { (0, 100) } else { (100, 0) };
            }
            let waves = waves(&record, &summary.propagation);
            waves.into_iter().filter(|wave| wave.service == "user" && wave.from.is_some()).count()
        };
        assert_eq!(told(ready_s), 0, "it failed until T+{ready_s} s, when it was ready");
        assert_eq!(told(ready_s + 20.0), 1, "it went on failing");
    }

    const END: usize = 200;

    /// `s` is restarted at T+60s and serves again from T+70s on, until T+160s; it calls `d`.
    fn restarted(twin: WorldRecord) -> Record {
        use crate::record::{ResponseEntry, Transition};
        let world = WorldRecord { window_s: 1.0, windows: END, ..WorldRecord::default() };
        let mut record = fixture::bare(END as f64, world, Some(twin));
        for (caller, from_class) in [("s", false), ("s", true), ("t", false)] {
            let edge = Edge { name: "s -> d".into(), caller: caller.into(), from_class, callee: "d".into() };
            record.topology.calls.push(edge);
        }
        let change = |(at_s, kind, subject, state): (f64, &'static str, &str, &'static str)| Transition {
            at_s,
            kind,
            subject: subject.into(),
            state,
        };
        let changes = [
            (50.0, "replica", "t/0", "down"),
            (60.0, "probe", "t/0", "down"),
            (60.0, "replica", "t/0", "paused"),
            (60.5, "replica", "s/0", "down"),
            (61.5, "replica", "t/0", "down"),
            (65.0, "replica", "t/0", "ready"),
            (66.0, "probe", "s/0", "ready"),
            (67.0, "replica", "s/0", "starting"),
            (70.0, "replica", "s/0", "ready"),
            (80.0, "replica", "s/0", "ready"),
        ];
        record.actual.transitions = changes.map(change).to_vec();
        let entry = |(at_s, kind): (f64, ResponseKind)| ResponseEntry {
            at_s,
            by: "on-call".into(),
            kind,
            what: String::new(),
            readings: Vec::new(),
        };
        record.actual.response =
            [(60.0, ResponseKind::Restart), (160.0, ResponseKind::Resolved)].map(entry).to_vec();
        record
    }

    fn calls(attempts: Vec<u64>, first_attempts: Vec<u64>) -> crate::record::CallSeries {
        crate::record::CallSeries { attempts, first_attempts, ..crate::record::CallSeries::default() }
    }

    /// A callee that is asked so often before a restart, and after it from T+70s to T+80s, for so many attempts of its caller;
    /// its twin is always asked as often as said.
    fn load(usual: u64, before: &[u64; 10], after: &[u64], begun: u64) -> Vec<(f64, String)> {
        let attempts =
            [vec![99; 50], before.to_vec(), vec![0; 10], after.to_vec(), vec![0; END - 70 - after.len()]]
                .concat();
        let twin = WorldRecord { window_s: 1.0, windows: END, ..WorldRecord::default() };
        let mut record = restarted(twin);
        for (world, attempts, admitted) in
            [(&mut record.actual, attempts, begun), (record.twin.as_mut().unwrap(), vec![usual; END], usual)]
        {
            world.calls.insert("s -> d".into(), calls(attempts.clone(), attempts));
            let series = ServiceSeries { admitted: vec![admitted; END], ..ServiceSeries::default() };
            world.services.insert("s".into(), series);
        }
        let restart = Restart { record: &record, begin_s: 60.0, end_s: 160.0 };
        restart.loads().into_iter().map(|wave| (wave.at_s, wave.via)).collect()
    }

    #[test]
    fn a_load_is_told_if_it_is_half_as_much_again_as_before_and_as_usual() {
        let told = |via: &str| vec![(70.0, via.to_owned())];
        assert_eq!(load(10, &[10; 10], &[15; 10], 15), told("load up 1.5x"));
        assert_eq!(load(10, &[10; 10], &[14; 10], 15), []);
        assert_eq!(load(10, &[5; 10], &[15; 10], 15), told("load up 1.5x"));
        assert_eq!(load(5, &[10; 10], &[15; 10], 15), told("load up 1.5x"));
        assert_eq!(load(10, &[20; 10], &[15; 10], 15), []);
        assert_eq!(load(0, &[0; 10], &[15; 10], 15), [], "it was never asked");
        // Ten attempts in ten seconds, and no fewer.
        let once = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(load(0, &once, &[1; 10], 9), told("load up 10.0x"));
        assert_eq!(load(0, &once, &[1; 9], 9), []);
        // It begins where as much is asked as before.
        let rising = [[9, 9, 10].as_slice(), &[20; 10]].concat();
        assert_eq!(load(10, &[10; 10], &rising, 20), [(72.0, "load up 2.0x".to_owned())]);
    }

    /// Calls for each attempt that begins: 1 in the twin.
    #[test]
    fn caches_are_cold_if_a_third_more_is_asked_for_each_request() {
        let cold = |begun: u64| load(10, &[10; 10], &[26; 10], begun)[0].1.ends_with(": cold caches");
        assert!(cold(20) && !cold(21) && !cold(0));
    }

    #[test]
    fn only_what_gets_worse_again_after_it_was_better_fails_again() {
        // Failures of a hundred: before the restart, and by the second from T+70s on, when it serves again.
        let again = |before: u64, after: &[u64]| {
            let failed = [
                vec![77; 50],
                vec![before; 10],
                vec![100; 10],
                after.to_vec(),
                vec![before; END - 70 - after.len()],
            ]
            .concat();
            let series = ServiceSeries {
                ok: failed.iter().map(|failed| 100 - failed).collect(),
                failed,
                ..ServiceSeries::default()
            };
            let record = restarted(WorldRecord::default());
            let restart = Restart { record: &record, begin_s: 60.0, end_s: 160.0 };
            restart.failed_again(&series).map(|piece| piece.start)
        };
        assert_eq!(again(0, &[0, 29, 30]), Some(72), "it had been well");
        assert_eq!(again(50, &[50, 20, 49, 50]), Some(73));
        assert_eq!(again(50, &[50, 21, 50]), None, "hardly better");
        assert_eq!(again(20, &[20, 10, 40]), Some(72));
        assert_eq!(again(90, &[90, 95, 99]), None);
    }
}
