//! Worlds of one class, ten requests a second for 200 s, of which the last 10 s decide; a fault lasts from T+50s to T+60s.

use super::*;
use crate::analysis::fixture;
use crate::record::{
    CallSeries, ClassTotals, FaultSpan, ResponseEntry, ServiceNode, ServiceSeries, Totals, Transition,
};

const END: usize = 200;
const LIMITS: scenario::Impact =
    scenario::Impact { slower_factor: 2.0, slower_margin: SimDuration::from_millis(50), contained: 0.01 };
/// What is said of a class that has half of its twin's goodput at the end.
const HALF: &str = "in the last 10 s users had 50.0 % of the twin's goodput";

/// A world in which so many of the ten requests of each second are answered, and the others fail.
fn world(ok: impl Fn(usize) -> u64) -> WorldRecord {
    let ok: Vec<u64> = (0..END).map(ok).collect();
    let failed: Vec<u64> = ok.iter().map(|ok| 10 - ok).collect();
    let totals = ClassTotals {
        requests: 10 * END as u64,
        ok: ok.iter().sum(),
        failed: failed.iter().sum(),
        ..ClassTotals::default()
    };
    let series = ClassSeries { arrived: vec![10; END], ok, failed, ..ClassSeries::default() };
    WorldRecord {
        window_s: 1.0,
        windows: END,
        classes: [("users".to_owned(), series)].into(),
        totals: Totals { classes: [("users".to_owned(), totals)].into(), ..Totals::default() },
        ..WorldRecord::default()
    }
}

/// Such a world beside a twin in which everything is answered.
fn record(ok: impl Fn(usize) -> u64) -> Record {
    let mut record = fixture::bare(END as f64, world(ok), Some(world(|_| 10)));
    record.faults.push(FaultSpan {
        name: "gc".into(),
        effect: "pause".into(),
        on: "s".into(),
        service: "s".into(),
        from_s: 50.0,
        to_s: Some(60.0),
    });
    record
}

/// Well until the fault begins, then half of it.
fn half(second: usize) -> u64 {
    if second < 50 { 10 } else { 5 }
}

fn entry(at_s: f64, kind: ResponseKind, what: &str) -> ResponseEntry {
    ResponseEntry { at_s, by: "on-call".into(), kind, what: what.into(), readings: Vec::new() }
}

fn judged_beside(record: &Record, alone: Option<VerdictKind>) -> (VerdictKind, String) {
    let twin = record.twin.as_ref().unwrap();
    let verdict = judge(record, &record.actual, twin, 1, alone, &LIMITS);
    (verdict.kind, verdict.reason)
}

fn judged(record: &Record) -> (VerdictKind, String) {
    judged_beside(record, None)
}

#[track_caller]
fn assert_judged(record: &Record, kind: VerdictKind, reason: &str) {
    assert_eq!(judged(record), (kind, reason.to_owned()));
}

#[test]
fn the_last_window_decides_whether_a_world_is_healthy() {
    let recovered = "healthy at the end, after 5.0 % of users failed beyond its twin";
    let to = |end: usize| record(move |second| if (50..end).contains(&second) { 0 } else { 10 });
    assert_judged(&to(60), VerdictKind::Recovered, recovered);
    let recovered = "healthy at the end, after 70.0 % of users failed beyond its twin";
    assert_judged(&to(190), VerdictKind::Recovered, recovered);
    assert_eq!(judged(&to(191)).0, VerdictKind::Undecided, "90 %, and getting better");
    let mut other = to(60);
    other.twin = Some(world(|second| if second < 20 { 9 } else { 10 }));
    let recovered = "healthy at the end, after 4.0 % of users failed beyond its twin";
    assert_judged(&other, VerdictKind::Recovered, recovered);
    // Exactly what is contained.
    let contained = "healthy at the end; no class failed more than 1.00 % beyond its twin";
    assert_judged(&to(52), VerdictKind::Contained, contained);
    assert_eq!(judged(&to(53)).0, VerdictKind::Recovered);
    // One of a million is more than nothing.
    let mut few = to(51);
    for class in few.actual.totals.classes.values_mut() {
        (class.requests, class.ok, class.failed) = (1_000_000, 999_999, 1);
    }
    let contained = "healthy at the end; no class failed more than 0.01 % beyond its twin";
    assert_judged(&few, VerdictKind::Contained, contained);
    // Nothing was wanted at the end.
    let mut silent = record(half);
    silent.twin = Some(world(|second| if second < 190 { 10 } else { 0 }));
    assert_eq!(judged(&silent).0, VerdictKind::Recovered);
}

#[test]
fn a_replica_that_was_stopped_is_waited_for() {
    let mut record = record(half);
    let change = |at_s, state| Transition { at_s, kind: "replica", subject: "s/0".into(), state };
    let waited = format!(
        "{HALF}, but 1 replica that had been stopped was not ready again; a longer horizon is needed"
    );
    let steps = [
        (vec![(50.0, "down"), (50.0, "starting")], VerdictKind::Undecided),
        (vec![(120.0, "ready")], VerdictKind::Metastable),
        // It dies of its load, and would again.
        (vec![(130.0, "out of memory"), (130.0, "down"), (130.0, "starting")], VerdictKind::Metastable),
        (vec![(140.0, "ready"), (150.0, "out of memory"), (150.0, "down")], VerdictKind::Metastable),
        // People stop it.
        (vec![(160.0, "starting"), (161.0, "down"), (161.0, "starting")], VerdictKind::Undecided),
        (vec![(170.0, "ready"), (171.0, "paused"), (172.0, "ready")], VerdictKind::Metastable),
        (vec![(180.0, "draining")], VerdictKind::Undecided),
    ];
    for (changes, kind) in steps {
        record.actual.transitions.extend(changes.into_iter().map(|(at_s, state)| change(at_s, state)));
        let (judged, reason) = judged(&record);
        assert_eq!(judged, kind, "{:?}", record.actual.transitions.last());
        assert_eq!(reason == waited, kind == VerdictKind::Undecided, "{reason}");
    }
}

#[test]
fn what_comes_with_a_surge_has_no_twin() {
    let mut record = record(|_| 10);
    let totals = &mut record.actual.totals.classes["users"];
    (totals.surge_requests, totals.surge_failed) = (1_000, 900);
    totals.requests += 1_000;
    totals.failed += 900;
    assert_judged(&record, VerdictKind::Contained, "healthy at the end; no class failed beyond its twin");
    // Of 2,000 usual requests 30 failed.
    record.actual.totals.classes["users"].failed += 30;
    let failed = "healthy at the end, after 1.5 % of users failed beyond its twin";
    assert_judged(&record, VerdictKind::Recovered, failed);
}

#[test]
fn the_worst_class_decides() {
    let mut record = record(half);
    let other = world(|second| if second < 50 { 10 } else { 6 });
    for (name, world) in [("readers", &other), ("writers", &world(half))] {
        record.actual.classes.insert(name.into(), world.classes["users"].clone());
        record.actual.totals.classes.insert(name.into(), world.totals.classes["users"].clone());
    }
    let twin = record.twin.as_mut().unwrap();
    let (series, totals) = (twin.classes["users"].clone(), twin.totals.classes["users"].clone());
    twin.classes.insert("readers".into(), series);
    twin.totals.classes.insert("readers".into(), totals);
    // The twin knows no writers.
    assert!(judged(&record).1.starts_with(HALF), "{:?}", judged(&record));
    record.actual.classes["users"] = other.classes["users"].clone();
    record.actual.classes["readers"] = world(half).classes["users"].clone();
    assert!(judged(&record).1.starts_with("in the last 10 s readers had 50.0 %"), "{:?}", judged(&record));
    // Of those that are well again, the one that failed most is named.
    record.actual.totals.classes.swap_remove("writers");
    record.actual.classes.values_mut().for_each(|series| series.ok[190..].fill(10));
    let reason = judged(&record).1;
    assert_eq!(reason, "healthy at the end, after 37.5 % of users failed beyond its twin");
}

#[test]
fn a_verdict_asks_in_order() {
    let mut record = record(half);
    assert_judged(&record, VerdictKind::Metastable, &format!("{HALF}, 140 s after the last fault was over"));
    let nobody = judge(&record, &record.actual, record.twin.as_ref().unwrap(), 0, None, &LIMITS);
    assert_eq!(nobody.kind, VerdictKind::Unaffected);
    record.faults[0].to_s = None;
    assert_judged(&record, VerdictKind::Down, &format!("{HALF}, and gc was still active"));
    record.simulated_s = 150.0;
    assert_judged(&record, VerdictKind::Undecided, "the run ended before its horizon");
}

#[test]
fn two_of_the_deciding_windows_must_have_passed_since_the_last_fault_and_the_last_act() {
    let mut record = record(half);
    let mut over = |at_s: f64| {
        record.faults[0].to_s = Some(at_s);
        judged(&record)
    };
    assert_eq!(over(180.0).0, VerdictKind::Metastable);
    let why = "but the last fault was over only 19 s before the end; a longer horizon is needed";
    assert_eq!(over(181.0), (VerdictKind::Undecided, format!("{HALF}, {why}")));
    over(60.0);
    let mut act = |at_s: f64, kind: ResponseKind| {
        let before = entry(10.0, ResponseKind::Restart, "restart s");
        record.actual.response = vec![before, entry(at_s, kind, "restart t")];
        judged(&record)
    };
    assert_eq!(act(180.0, ResponseKind::Restart).0, VerdictKind::Metastable);
    assert_eq!(act(181.0, ResponseKind::Started).0, VerdictKind::Metastable, "nothing was done");
    let why = "but something was done about it only 19 s before the end; a longer horizon is needed";
    assert_eq!(act(181.0, ResponseKind::Restart), (VerdictKind::Undecided, format!("{HALF}, {why}")));
}

#[test]
fn what_is_better_than_ever_since_the_fault_is_still_rising() {
    let better = |from: usize| {
        record(move |second| match second {
            190.. => 6,
            _ if (from..from + 10).contains(&second) => 6,
            50.. => 5,
            _ => 10,
        })
    };
    let why = "in the last 10 s users had 60.0 % of the twin's goodput, but the goodput of users was still \
               rising; a longer horizon is needed";
    assert_judged(&better(50), VerdictKind::Undecided, why);
    for before in [60, 110, 180] {
        assert_eq!(judged(&better(before)).0, VerdictKind::Metastable, "as well at T+{before}s");
    }
    // Half a window of what it was while the fault lasted does not make the first one as good.
    assert_eq!(judged(&better(55)).0, VerdictKind::Undecided);
    // By two hundredths is not by more.
    let little = |more: usize| record(move |second| half(second) + u64::from(second >= END - more));
    assert_eq!(judged(&little(2)).0, VerdictKind::Metastable);
    assert_eq!(judged(&little(3)).0, VerdictKind::Undecided);
    // Where the twin answered nobody, nothing was missing.
    let mut idle = record(|second| if (60..190).contains(&second) { 0 } else { half(second) });
    idle.twin.as_mut().unwrap().classes["users"].ok[60..190].fill(0);
    assert_eq!(judged(&idle).0, VerdictKind::Metastable);
    // An act begins it anew.
    let mut acted = better(110);
    acted.actual.response = vec![entry(120.0, ResponseKind::Restart, "restart s")];
    assert_eq!(judged(&acted).0, VerdictKind::Undecided);
}

#[test]
fn a_backlog_that_is_worked_off_is_still_falling() {
    let case = |before: f64, last: f64, running: f64| {
        let mut record = record(half);
        record.topology.services.push(ServiceNode { name: "s".into(), replicas: 2, threads: 10 });
        let in_flight = [vec![before; END - 10], vec![last; 10]].concat();
        let running_replicas = [vec![2.0; END - 10], vec![running; 10]].concat();
        let series = ServiceSeries { in_flight, running_replicas, ..ServiceSeries::default() };
        record.actual.services.insert("s".into(), series);
        record
    };
    let falling = format!(
        "{HALF}, but the backlog was still falling, from 100 to 80 attempts; a longer horizon is needed"
    );
    assert_judged(&case(100.0, 80.0, 2.0), VerdictKind::Undecided, &falling);
    assert_eq!(judged(&case(1_000.0, 950.0, 2.0)).0, VerdictKind::Metastable, "by a twentieth");
    assert_eq!(judged(&case(1_000.0, 949.0, 2.0)).0, VerdictKind::Undecided);
    assert_eq!(judged(&case(20.0, 10.5, 2.0)).0, VerdictKind::Metastable, "by less than ten");
    assert_eq!(judged(&case(20.0, 10.0, 2.0)).0, VerdictKind::Undecided);
    assert_eq!(judged(&case(100.0, 80.0, 1.5)).0, VerdictKind::Metastable, "it died with a process");
    // It was as low before.
    let mut before = case(100.0, 80.0, 2.0);
    before.actual.services["s"].in_flight[100..110].fill(80.0);
    assert_eq!(judged(&before).0, VerdictKind::Metastable);
}

#[test]
fn what_the_response_turned_away_or_holds_down_is_limited() {
    let set = |what: &str, limited: u64| {
        let mut record = record(half);
        record.actual.response = vec![entry(100.0, ResponseKind::Set, what)];
        // Before the window that decides it turned everything away.
        let mut column = vec![10; END];
        column[190..].fill(0);
        column[195] = limited;
        record.actual.classes["users"].limited = column;
        record
    };
    let rate = "set services.s.rate_limits.op = \"1/s\"";
    let reason = format!("{HALF}, and limits that were set turned 25 of its requests away");
    assert_judged(&set(rate, 25), VerdictKind::Limited, &reason);
    assert_eq!(judged(&set("set services.s.shed = None", 25)).0, VerdictKind::Limited);
    assert_eq!(judged(&set(rate, 24)).0, VerdictKind::Metastable, "less than half of what is missing");
    let retries = set("set calls.'a -> s'.retry.max_attempts = 1", 25);
    assert_eq!(judged(&retries).0, VerdictKind::Metastable);
    let mut decided = set(rate, 25);
    decided.actual.response[0].kind = ResponseKind::Decided;
    assert_eq!(judged(&decided).0, VerdictKind::Metastable, "nobody has set it yet");
    // Whatever was set: without it all would be well.
    let reason = format!("{HALF}, and without what was set it would have been healthy");
    for kind in [VerdictKind::Unaffected, VerdictKind::Contained, VerdictKind::Recovered] {
        let found = judged_beside(&retries, Some(kind));
        assert_eq!(found, (VerdictKind::Limited, reason.clone()), "{kind:?}");
    }
    assert_eq!(judged_beside(&retries, Some(VerdictKind::Metastable)).0, VerdictKind::Metastable);
    let mut restarted = retries;
    restarted.actual.response[0].kind = ResponseKind::Restart;
    assert_eq!(judged_beside(&restarted, Some(VerdictKind::Recovered)).0, VerdictKind::Metastable);
}

/// In the last window only: before it every call made ten attempts for one.
#[test]
fn the_call_with_the_most_extra_attempts_at_the_end_sustains_it() {
    let mut record = record(half);
    for (name, attempts, calls) in [
        ("d -> e", 50, 0),   // which the twin does not make
        ("b -> c", 105, 90), // not amplified
        ("a -> b", 30, 10),
        ("c -> d", 4, 1),   // fewer, though more for each
        ("e -> f", 26, 16), // more in all
    ] {
        let series = |early: u64, late: u64| CallSeries {
            attempts: [vec![early; END - 10], vec![late; 10]].concat(),
            first_attempts: [vec![1; END - 10], vec![late; 10]].concat(),
            ..CallSeries::default()
        };
        record.actual.calls.insert(name.into(), series(1_000, attempts));
        record.twin.as_mut().unwrap().calls.insert(name.into(), series(1, calls));
    }
    let quiet = format!("{HALF}, 140 s after the last fault was over");
    let held = format!("{quiet}; a -> b still makes 3.0 attempts for each call of the twin");
    assert_judged(&record, VerdictKind::Metastable, &held);
    for name in ["a -> b", "c -> d", "e -> f"] {
        // By a fifth is not by more.
        record.actual.calls[name].attempts[190..].fill(12);
        record.twin.as_mut().unwrap().calls[name].first_attempts[190..].fill(10);
    }
    assert_judged(&record, VerdictKind::Metastable, &quiet);
}

#[test]
fn who_is_left_hanging_is_not_healthy_though_goodput_is() {
    let open = |actual: u64, twin: u64| {
        let mut record = record(|_| 10);
        record.actual.totals.classes["users"].ok -= actual;
        record.twin.as_mut().unwrap().totals.classes["users"].ok -= twin;
        record
    };
    let reason =
        "at the end requests of users still waited for their answer, 140 s after the last fault was over";
    assert_judged(&open(121, 100), VerdictKind::Metastable, reason);
    assert_eq!(judged(&open(120, 100)).0, VerdictKind::Contained, "no more than what is contained");
    assert_eq!(judged(&open(100, 121)).0, VerdictKind::Contained);
    // What was answered with less, or failed, hangs no more.
    let mut told = open(121, 0);
    told.actual.totals.classes["users"].degraded = 101;
    assert_eq!(judged(&told).0, VerdictKind::Contained);
    let mut told = open(21, 0);
    told.actual.totals.classes["users"].failed = 1;
    assert_eq!(judged(&told).0, VerdictKind::Contained);
}

#[test]
fn a_single_late_answer_is_nothing_that_falls_short() {
    for (share, missing, wanted) in [
        (0.98, 3.0, true),
        (0.98, 2.9, false),
        (0.99, 100.0, false),
        (0.49, 1.0, true),
        (0.5, 1.0, false),
        (0.49, 0.9, false),
    ] {
        assert_eq!(falls_short(share, missing), wanted, "{share} {missing}");
    }
    for (excess, requests, wanted) in [(3, 0, true), (2, 0, false), (3, 300, false), (4, 300, true)] {
        assert_eq!(leaves_open(excess, requests, 0.01), wanted, "{excess} of {requests}");
    }
}

#[test]
fn a_twin_that_fails_or_falls_behind_is_an_unhealthy_baseline() {
    let said = |twin: WorldRecord| {
        let mut record = record(|_| 10);
        record.twin = Some(twin);
        let reason = judged(&record).1;
        reason.split_once("; the twin itself ").map(|(_, said)| said.to_owned())
    };
    // One in ten of the first second, for each second of failures: 2,000 requests in all.
    let failing = |seconds: usize| said(world(move |second| if second < seconds { 9 } else { 10 }));
    assert_eq!(failing(20), None, "no more than what is contained");
    assert_eq!(failing(40).as_deref(), Some("fails 2.0 % of users: an unhealthy baseline"));
    // The class that misses most is named.
    let mut two = world(|second| if second < 40 { 9 } else { 10 });
    let mut worse = two.totals.classes["users"].clone();
    (worse.ok, worse.failed) = (worse.ok - 80, worse.failed + 80);
    two.totals.classes.insert("robots".into(), worse);
    assert_eq!(said(two).as_deref(), Some("fails 6.0 % of robots: an unhealthy baseline"));
    let open = |early: u64, late: u64| {
        let mut twin = world(|second| 10 - if second < 100 { early } else { late });
        let (series, totals) = (&mut twin.classes["users"], &mut twin.totals.classes["users"]);
        // Five fail, and so few are contained.
        series.failed.fill(0);
        series.failed[0] = 5;
        series.ok[0] -= 5;
        // A tenth of the answers are fallbacks': answers all the same.
        let degraded = totals.ok / 10;
        (totals.ok, totals.degraded, totals.failed) = (totals.ok - degraded - 5, degraded, 5);
        said(twin)
    };
    assert_eq!(open(2, 2).as_deref(), Some("leaves 20.0 % of users unfinished: an unhealthy baseline"));
    assert_eq!(open(2, 1).as_deref(), Some("leaves 15.0 % of users unfinished: an unhealthy baseline"));
    assert_eq!(open(4, 0), None, "not more and more");
    assert_eq!(open(3, 1), None, "a third more than at half time");
    assert_eq!(open(1, 1), None, "a tenth of a run is under way");
}

#[test]
fn a_healthy_end_names_who_is_still_hit() {
    let told = |kind: VerdictKind, hit: &[&str]| {
        let mut verdict = Verdict { kind, reason: "well".into() };
        verdict.mention(hit);
        verdict.reason
    };
    let still = "still slower or failing more often than in the twin";
    for (hit, named) in [
        (vec!["a"], "a was"),
        (vec!["a", "b"], "a and b were"),
        (vec!["a", "b", "c"], "a and 2 other services were"),
    ] {
        assert_eq!(told(VerdictKind::Contained, &hit), format!("well; {named} {still}"));
    }
    assert_eq!(told(VerdictKind::Recovered, &[]), "well");
    assert_eq!(told(VerdictKind::Metastable, &["a"]), "well", "that is said already");
}

#[test]
fn the_window_that_decides_is_a_minute_or_a_twentieth_but_no_part_of_a_window() {
    assert_eq!(last_window(SimDuration::from_secs(2_000)), SimDuration::from_secs(60));
    assert_eq!(last_window(SimDuration::from_secs(1_000)), SimDuration::from_secs(50));
    let mut record = record(half);
    assert!((last_window_s(&record) - 10.0).abs() < 1e-9);
    record.actual.window_s = 15.0;
    assert!((last_window_s(&record) - 15.0).abs() < 1e-9);
}

#[test]
fn windows_belong_to_the_period_in_which_they_begin() {
    let counts = [1, 2, 4, 8];
    for (window_s, from, to, wanted) in [
        (1.0, 1.0, 3.0, 6.0),
        (1.0, 0.5, 2.5, 6.0),
        (0.5, 0.5, 1.5, 6.0),
        (1.0, -9.0, 1.0, 1.0),
        (1.0, 3.0, 9.0, 8.0),
        (1.0, 3.0, 1.0, 0.0),
        // 3.0000000000000004 windows.
        (0.1, 0.1 + 0.2, 9.0, 8.0),
    ] {
        let found = sum(&counts, window_s, from, to);
        assert!((found - wanted).abs() < 1e-9, "{from} to {to} by {window_s}: {found}");
    }
    assert!((mean(&[1.0, 2.0, 6.0], 1.0, 1.0, 3.0) - 4.0).abs() < 1e-9);
    assert!(mean(&[1.0], 1.0, 5.0, 9.0).abs() < 1e-9, "of nothing it is nothing");
}
