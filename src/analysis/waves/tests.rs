//! Waves after restarts, told from records of which each wave is known.

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
    let loads = summary.waves.iter().filter(|wave| wave.more_load);
    assert_eq!(
        loads.map(|wave| wave.service.as_str()).collect::<Vec<_>>(),
        ["user-db"],
        "nothing of it failed"
    );
    assert!(summary.waves.iter().all(|wave| (wave.restart_s - 61.0).abs() < 1e-9), "the second one helped");
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

/// Kills a second after a restart, which came anyway then, or sooner or later.
#[test]
fn kills_are_a_wave_if_they_came_sooner_than_they_would_have() {
    let told = |anyway_s: f64| {
        let mut record = restarted(WorldRecord::default());
        let node = fixture::attended().0.topology.services[0].clone();
        record.topology.services.push(crate::record::ServiceNode { name: "s".into(), ..node });
        let kill = |at_s: f64| crate::record::Transition {
            at_s,
            kind: "replica",
            subject: "s/0".into(),
            state: "out of memory",
        };
        record.actual.transitions.push(kill(80.0));
        let transitions = vec![kill(anyway_s)];
        record.unattended = Some(WorldRecord { transitions, ..WorldRecord::default() });
        waves(&record, &[]).len()
    };
    assert_eq!([79.0, 80.0, 81.0].map(told), [0, 0, 1]);
}

/// Restarts at T+60s and T+120s; it is over at T+100s, and again at T+150s.
#[test]
fn a_wave_is_that_of_the_last_restart_while_the_incident_lasts() {
    use ResponseKind::{Resolved, Restart, Set};
    let mut record = restarted(WorldRecord::default());
    let entry = record.actual.response[0].clone();
    let acts = [
        (50.0, Set),
        (60.0, Restart),
        (65.0, Set),
        (100.0, Resolved),
        (120.0, Resolved),
        (120.0, Restart),
        (150.0, Resolved),
    ];
    let act = |(at_s, kind)| crate::record::ResponseEntry { at_s, kind, ..entry.clone() };
    record.actual.response = acts.map(act).to_vec();
    let hit = |at_s| Impact { at_s, service: "t".into(), from: None, via: "pause".into() };
    let told = waves(&record, &[55.0, 70.0, 110.0, 130.0, 160.0].map(hit));
    let told: Vec<_> = told.iter().map(|wave| (wave.at_s, wave.restart_s)).collect();
    assert_eq!(told, [(70.0, 60.0), (130.0, 120.0)]);
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
            (user.ok[window], user.failed[window]) = if fails(window, until_s) { (0, 100) } else { (100, 0) };
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
    // Until the incident is over at T+160s, and no longer.
    let late = |from: usize| load(10, &[10; 10], &[vec![0; from - 70], vec![20; 10]].concat(), 20);
    assert_eq!(late(145), [(145.0, "load up 2.0x".to_owned())]);
    assert_eq!(late(160), []);
}

/// Windows of two seconds: as much is asked as before from T+62s on, and half as much again in the first ten seconds.
#[test]
fn a_load_counts_from_the_restart_on_however_wide_the_windows() {
    let world = || WorldRecord { window_s: 2.0, windows: END / 2, ..WorldRecord::default() };
    let mut record = restarted(world());
    (record.actual.window_s, record.actual.windows) = (2.0, END / 2);
    let attempts = [vec![20; 30], vec![10], vec![35; 4], vec![0; END / 2 - 35]].concat();
    record.actual.calls.insert("s -> d".into(), calls(attempts.clone(), attempts));
    let twin = record.twin.as_mut().unwrap();
    twin.calls.insert("s -> d".into(), calls(vec![20; END / 2], vec![20; END / 2]));
    for world in [&mut record.actual, record.twin.as_mut().unwrap()] {
        let series = ServiceSeries { admitted: vec![20; END / 2], ..ServiceSeries::default() };
        world.services.insert("s".into(), series);
    }
    let restart = Restart { record: &record, begin_s: 60.0, end_s: 160.0 };
    let told: Vec<_> = restart.loads().into_iter().map(|wave| (wave.at_s, wave.via)).collect();
    assert_eq!(told, [(62.0, "load up 1.5x: cold caches".to_owned())]);
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
        restart.failed_again(&restart.record.actual, &series).map(|piece| piece.start)
    };
    assert_eq!(again(0, &[0, 29, 30]), Some(72), "it had been well");
    assert_eq!(again(50, &[50, 20, 49, 50]), Some(73));
    assert_eq!(again(50, &[50, 21, 50]), None, "hardly better");
    assert_eq!(again(20, &[20, 10, 40]), Some(72));
    assert_eq!(again(90, &[90, 95, 99]), None);
    // What was long before the restart does not count.
    assert_eq!(again(50, &[50, 40, 71]), None, "hardly better");
    assert_eq!(again(30, &[30, 60]), None, "it had not been well");
}

/// Pieces of two windows of half a second: 29 of a hundred are too few, though all of them failed at once.
#[test]
fn failures_are_looked_at_by_the_second() {
    let again = |second: u64| {
        let mut failed = vec![0; 2 * END];
        (failed[144], failed[145]) = (0, second);
        let series = ServiceSeries {
            ok: failed.iter().map(|failed| 50 - failed).collect(),
            failed,
            ..ServiceSeries::default()
        };
        let mut record = restarted(WorldRecord::default());
        (record.actual.window_s, record.actual.windows) = (0.5, 2 * END);
        record.actual.services.insert("s".into(), series);
        let restart = Restart { record: &record, begin_s: 60.0, end_s: 160.0 };
        let hit = Impact { at_s: 10.0, service: "s".into(), from: None, via: "pause".into() };
        restart.again(&[], &[hit]).first().map(|wave| wave.at_s)
    };
    assert_eq!((again(29), again(30)), (None, Some(72.0)));
}

/// `s`, which calls `d`, and `u`, which calls `y`, of which nothing is known, were well until T+72s, where half of their attempts fail, so many of
/// them by a timeout.
#[test]
fn who_fails_again_fails_by_a_callee_of_its_own() {
    let told = |timed_out: u64, waiting: f64, queue: f64| {
        let mut record = restarted(WorldRecord::default());
        let edge = Edge { name: "u -> y".into(), caller: "u".into(), from_class: false, callee: "y".into() };
        record.topology.calls.push(edge);
        let at = |value: u64| [vec![0; 72], vec![value], vec![0; END - 73]].concat();
        let threads = |value: f64| vec![value; END];
        let series = ServiceSeries {
            ok: vec![50; END],
            failed: at(50),
            timed_out: at(timed_out),
            busy_threads: threads(10.0),
            waiting_threads: threads(waiting),
            ..ServiceSeries::default()
        };
        let queue_length = threads(queue);
        record.actual.services.insert("u".into(), ServiceSeries { queue_length, ..series.clone() });
        record.actual.services.insert("s".into(), series);
        let hit =
            |service: &str| Impact { at_s: 10.0, service: service.into(), from: None, via: "pause".into() };
        let restart = Restart { record: &record, begin_s: 60.0, end_s: 160.0 };
        let loads = [restart.wave(70.0, "d", Some("s"), "load up 2.0x")];
        let told = restart.again(&loads, &["s", "u"].map(hit));
        told.into_iter().map(|wave| (wave.at_s, wave.from, wave.via)).collect::<Vec<_>>()
    };
    for (timed_out, waiting, queue, via, alone) in [
        (25, 5.0, 0.0, "errors of the call", "errors"),
        (26, 5.0, 0.0, "slow answers of the call", "slow answers"),
        (26, 5.1, 1.0, "threads wait on the call", "queueing under load"),
    ] {
        let wanted = [(72.0, Some("d".to_owned()), via.to_owned()), (72.0, None, alone.to_owned())];
        assert_eq!(told(timed_out, waiting, queue), wanted, "{timed_out} {waiting} {queue}");
    }
}

/// What fails again at the same time though nobody acted does not fail because somebody did.
#[test]
fn what_would_have_failed_again_anyway_is_no_wave() {
    let (mut record, _) = crate::analysis::fixture::attended();
    let series = |fails: &dyn Fn(usize) -> bool| {
        let of = |wanted: bool| (0..1_500).map(|s| if fails(s) == wanted { 50 } else { 0 }).collect();
        ServiceSeries { ok: of(false), failed: of(true), ..ServiceSeries::default() }
    };
    record.actual.services.insert("s".into(), series(&|s| !(310..340).contains(&s)));
    let hit = Impact { at_s: 10.0, service: "s".into(), from: None, via: "pause".into() };
    let mut waves = |from: usize| {
        let anyway = series(&|s| !(310..from).contains(&s));
        record.unattended.as_mut().unwrap().services.insert("s".into(), anyway);
        let restart = Restart { record: &record, begin_s: 300.0, end_s: 400.0 };
        restart.again(&[], std::slice::from_ref(&hit)).len()
    };
    assert_eq!([335, 350, 351, 1_500].map(&mut waves), [0, 0, 1, 1]);
}
