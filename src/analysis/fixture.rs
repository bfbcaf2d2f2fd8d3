//! An incident of 25 minutes with people in it, to be judged, drawn and told in tests: a database pauses, the on-call makes
//! it worse, experts end it. Simulates nothing.

use indexmap::IndexMap;

use crate::analysis::{
    BlastRadius, BySeverity, ClassRadius, Impact, Summary, TrafficSummary, people, summarize, waves,
};
use crate::record::{
    CallSeries, CallTotals, ClassNode, ClassSeries, ClassTotals, Edge, FaultSpan, MonitorTrack,
    RECORD_VERSION, Record, ResponseEntry, ResponseKind, ServiceNode, ServiceSeries, ServiceTotals, Topology,
    Transition, WorldRecord,
};
use crate::scenario::VerdictKind;

/// Its length in seconds, and in windows.
const END: usize = 1500;

/// A curve: straight lines between points.
type Points = &'static [(f64, f64)];

const WELL: Points = &[(0.0, 1.0)];
const DEAD: Points = &[(0.0, 1.0), (1.5, 0.9), (4.0, 0.02), (20.0, 0.0)];
const CHECKOUT: Points = &[
    (0.0, 1.0),
    (1.5, 0.9),
    (4.0, 0.02),
    (20.0, 0.0),
    (105.0, 0.0),
    (106.0, 0.8),
    (109.0, 0.6),
    (111.0, 0.0),
    (217.0, 0.0),
    (218.0, 0.4),
    (220.0, 0.0),
    (880.0, 0.0),
    (884.0, 0.36),
    (900.0, 0.36),
    (902.0, 0.6),
    (930.0, 0.6),
    (932.0, 0.84),
    (960.0, 0.84),
    (963.0, 1.0),
];
const BROWSE: Points = &[
    (0.0, 1.0),
    (1.5, 0.9),
    (4.0, 0.02),
    (20.0, 0.0),
    (105.0, 0.0),
    (106.0, 0.7),
    (109.0, 0.5),
    (111.0, 0.0),
    (880.0, 0.0),
    (884.0, 0.11),
    (960.0, 0.11),
    (962.0, 0.3),
    (1080.0, 0.3),
    (1082.0, 0.6),
    (1170.0, 0.6),
    (1174.0, 1.0),
];
const STORM: Points = &[
    (0.0, 300.0),
    (1.5, 300.0),
    (6.0, 790.0),
    (810.0, 800.0),
    (814.0, 300.0),
    (822.0, 75.0),
    (960.0, 250.0),
];
const READS: Points = &[
    (0.0, 30.0),
    (1.0, 0.0),
    (12.0, 0.0),
    (13.0, 77.0),
    (61.0, 77.0),
    (62.0, 0.0),
    (106.0, 0.0),
    (107.0, 206.0),
    (160.0, 190.0),
    (168.0, 0.0),
    (216.0, 0.0),
    (218.0, 200.0),
    (270.0, 150.0),
    (280.0, 20.0),
    (870.0, 10.0),
    (876.0, 60.0),
    (960.0, 40.0),
    (1200.0, 30.0),
];

const USER_ERRORS: Points =
    &[(0.0, 0.0), (10.0, 0.28), (30.0, 0.807), (60.0, 0.93), (80.0, 1.0), (870.0, 1.0), (905.0, 0.0)];
const CHECKOUT_ERRORS: Points =
    &[(0.0, 0.0), (10.0, 0.07), (30.0, 0.583), (60.0, 0.99), (880.0, 1.0), (965.0, 0.2), (1000.0, 0.0)];

/// A curve read at a time.
pub(crate) fn value(points: &[(f64, f64)], at: f64) -> f64 {
    let after = points.iter().position(|point| point.0 >= at).unwrap_or(points.len() - 1);
    let (a, b) = (points[after.saturating_sub(1)], points[after]);
    if b.0 <= a.0 || at >= b.0 { b.1 } else { a.1 + (b.1 - a.1) * (at - a.0).max(0.0) / (b.0 - a.0) }
}

/// Services and classes of the shop.
pub(crate) fn shop() -> Topology {
    let class = |name: &str, users, value| ClassNode {
        name: name.into(),
        entry: "gateway".into(),
        users,
        value,
        patience_s: None,
    };
    let node = |(name, replicas): (&str, u32)| ServiceNode { name: name.into(), replicas, threads: 10 };
    let edge = |(caller, callee, from_class): (&str, &str, bool)| Edge {
        name: format!("{caller} -> {callee}"),
        caller: caller.into(),
        from_class,
        callee: callee.into(),
    };
    let services = [
        ("gateway", 2),
        ("checkout", 4),
        ("browse", 3),
        ("search", 3),
        ("user", 5),
        ("user-db", 1),
        ("product-db", 1),
        ("inventory", 2),
        ("payment", 2),
        ("search-index", 1),
    ];
    let calls = [
        ("checkout", "gateway", true),
        ("browse", "gateway", true),
        ("search", "gateway", true),
        ("gateway", "checkout", false),
        ("gateway", "browse", false),
        ("gateway", "search", false),
        ("checkout", "user", false),
        ("checkout", "inventory", false),
        ("checkout", "payment", false),
        ("browse", "user", false),
        ("browse", "product-db", false),
        ("search", "search-index", false),
        ("user", "user-db", false),
    ];
    Topology {
        classes: vec![
            class("checkout", 50_000, 2.67),
            class("browse", 40_000, 0.0),
            class("search", 60_000, 0.0),
        ],
        services: services.map(node).to_vec(),
        calls: calls.map(edge).to_vec(),
    }
}

/// What differs between the worlds.
struct Curves {
    checkout: Points,
    browse: Points,
    storm: Points,
    reads: Points,
}

fn world(curves: &Curves) -> WorldRecord {
    let mut world = WorldRecord { window_s: 1.0, windows: END, ..WorldRecord::default() };
    let classes =
        [("checkout", 167_u64, curves.checkout), ("browse", 133, curves.browse), ("search", 200, WELL)];
    for (name, rate, share) in classes {
        let mut series = ClassSeries::default();
        for second in 0..END {
            let ok = libm::round(rate as f64 * value(share, second as f64 + 0.5)) as u64;
            series.arrived.push(rate);
            series.ok.push(ok);
            // Who gets an answer from the gateway's limit gets less than usual.
            series.degraded.push(if (960..1170).contains(&second) && name == "browse" { ok / 2 } else { 0 });
            series.failed.push(rate - ok);
        }
        let sum = |counts: &[u64]| counts.iter().sum::<u64>();
        let totals = ClassTotals {
            requests: sum(&series.arrived),
            ok: sum(&series.ok) - sum(&series.degraded),
            degraded: sum(&series.degraded),
            failed: sum(&series.failed),
            ..ClassTotals::default()
        };
        world.classes.insert(name.into(), series);
        world.totals.classes.insert(name.into(), totals);
    }
    services(&mut world, curves);
    world
}

fn services(world: &mut WorldRecord, curves: &Curves) {
    let rates: [(&str, Points, Points); 10] = [
        ("gateway", &[(0.0, 500.0)], curves.checkout),
        ("checkout", &[(0.0, 167.0)], curves.checkout),
        ("browse", &[(0.0, 133.0)], curves.browse),
        ("search", &[(0.0, 200.0)], WELL),
        ("user", curves.storm, curves.checkout),
        ("user-db", curves.reads, WELL),
        ("product-db", &[(0.0, 60.0)], WELL),
        ("inventory", &[(0.0, 60.0)], WELL),
        ("payment", &[(0.0, 60.0)], WELL),
        ("search-index", &[(0.0, 200.0)], WELL),
    ];
    for (name, rate, share) in rates {
        let mut series = ServiceSeries::default();
        for second in 0..END {
            let offered = libm::round(value(rate, second as f64 + 0.5)) as u64;
            let ok = libm::round(offered as f64 * value(share, second as f64 + 0.5)) as u64;
            let ok = if name == "gateway" { (ok + offered * 2 / 5).min(offered) } else { ok };
            series.offered.push(offered);
            // With cold caches nearly every request of users asks the database.
            let cold = name == "user" && ok < offered;
            series.admitted.push(if cold {
                value(curves.reads, second as f64 + 0.5) as u64
            } else {
                offered
            });
            series.ok.push(ok);
            series.failed.push(offered - ok);
            series.timed_out.push(offered - ok);
            series.busy_threads.push(if cold { 50.0 } else { 20.0 });
            series.waiting_threads.push(if cold { 45.0 } else { 5.0 });
        }
        let sum = |counts: &[u64]| counts.iter().sum::<u64>();
        let totals = ServiceTotals {
            attempts: sum(&series.offered),
            ok: sum(&series.ok),
            failed: sum(&series.failed),
            ..ServiceTotals::default()
        };
        world.services.insert(name.into(), series);
        world.totals.services.insert(name.into(), totals);
    }
    for (name, callee) in [("checkout -> user", "user"), ("user -> user-db", "user-db")] {
        let attempts = world.services[callee].offered.clone();
        let series = CallSeries {
            first_attempts: attempts.clone(),
            attempts: attempts.clone(),
            ..CallSeries::default()
        };
        let all = attempts.iter().sum();
        world.calls.insert(name.into(), series);
        world
            .totals
            .calls
            .insert(name.into(), CallTotals { attempts: all, first_attempts: all, ..CallTotals::default() });
    }
}

fn monitors() -> IndexMap<String, MonitorTrack> {
    let track = |of: &str, reading: &str, threshold, points: Points, alerts: &[(f64, Option<f64>)]| {
        let times = (0..END / 5).map(|n| n as f64 * 5.0);
        MonitorTrack {
            unit: "share".into(),
            reading: reading.into(),
            of: of.into(),
            of_class: of == "checkout",
            threshold,
            side: Some("above".into()),
            samples: times.map(|at| (at, value(points, at))).collect(),
            alerts: alerts.to_vec(),
            ..MonitorTrack::default()
        }
    };
    IndexMap::from([
        (
            "user errors".to_owned(),
            track("user", "error_rate", Some(0.5), USER_ERRORS, &[(30.0, Some(895.0))]),
        ),
        (
            "checkout errors".to_owned(),
            track("checkout", "error_rate", Some(0.25), CHECKOUT_ERRORS, &[(30.0, Some(960.0))]),
        ),
        ("user-db health".to_owned(), track("user-db", "healthy", None, WELL, &[])),
    ])
}

/// What happened to the replicas of the user service: restarted at 14:01:01, then killed for their memory again and again.
fn transitions() -> Vec<Transition> {
    let mut all: Vec<(f64, String, &'static str)> =
        vec![(0.0, "user-db/0".into(), "paused"), (12.0, "user-db/0".into(), "ready")];
    let start = [61.0, 830.0];
    for replica in 0..5_u32 {
        let of = || format!("user/{replica}");
        let late = f64::from(replica);
        for at in start {
            all.extend([(at, of(), "down"), (at, of(), "starting"), (at + 45.0 + late / 2.0, of(), "ready")]);
        }
        for (kill, ready) in [(162.0, 217.0), (273.0, 338.0), (395.0, 482.0), (540.0, 667.0), (730.0, 2000.0)]
        {
            let kill = kill + 1.2 * late;
            all.extend([(kill, of(), "out of memory"), (kill, of(), "down")]);
            if ready < 2000.0 {
                all.extend([(ready + late - 45.0, of(), "starting"), (ready + late, of(), "ready")]);
            }
        }
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    all.into_iter()
        .map(|(at_s, subject, state)| Transition { at_s, kind: "replica", subject, state })
        .collect()
}

fn response() -> Vec<ResponseEntry> {
    use ResponseKind::{Decided, Escalated, Paged, Resolved, Restart, Set, Started};
    let retries = |n| format!("set calls.'checkout -> user'.retry.max_attempts = {n}");
    let limit = |to: &str| format!("set services.gateway.rate_limits.checkout = {to}");
    let all: [(f64, &str, ResponseKind, String); 14] = [
        (30.0, "on-call", Paged, "paged by the alert on user errors".into()),
        (60.0, "on-call", Started, "starts to work on it".into()),
        (61.0, "on-call", Decided, "restart the user service".into()),
        (61.0, "on-call", Restart, "restart user, all at once".into()),
        (361.0, "on-call", Escalated, "calls for help".into()),
        (810.0, "experts", Decided, "stop the storm".into()),
        (810.0, "experts", Set, retries(1)),
        (820.0, "experts", Set, limit("\"60/s\"")),
        (830.0, "experts", Restart, "restart user, all at once".into()),
        (900.0, "experts", Set, limit("\"100/s\"")),
        (930.0, "experts", Set, limit("\"140/s\"")),
        (960.0, "experts", Set, limit("Unlimited")),
        (1190.0, "experts", Set, retries(2)),
        (1200.0, "experts", Resolved, "declares the incident over".into()),
    ];
    let entry = |(at_s, by, kind, what): (f64, &str, ResponseKind, String)| ResponseEntry {
        at_s,
        by: by.into(),
        kind,
        what,
        readings: match kind {
            Started => vec![("user errors".into(), 0.93), ("user-db health".into(), 1.0)],
            _ => Vec::new(),
        },
    };
    all.map(entry).to_vec()
}

/// A record of two worlds that reached their horizon, and of nothing else.
pub(crate) fn bare(horizon_s: f64, actual: WorldRecord, twin: Option<WorldRecord>) -> Record {
    Record {
        record_version: RECORD_VERSION,
        knockon: "0.1.0".into(),
        scenario: "Test".into(),
        variant: None,
        overrides: Vec::new(),
        seed: 42,
        start: None,
        notes: None,
        currency: "$".into(),
        warm_up_s: 60.0,
        horizon_s,
        simulated_s: horizon_s,
        topology: Topology { classes: Vec::new(), services: Vec::new(), calls: Vec::new() },
        faults: Vec::new(),
        actual,
        twin,
        unattended: None,
        blame: None,
    }
}

/// The record of the incident.
fn record() -> Record {
    let mut actual = world(&Curves { checkout: CHECKOUT, browse: BROWSE, storm: STORM, reads: READS });
    actual.monitors = monitors();
    actual.transitions = transitions();
    actual.response = response();
    let twin = world(&Curves { checkout: WELL, browse: WELL, storm: &[(0.0, 300.0)], reads: &[(0.0, 30.0)] });
    Record {
        scenario: "Thursday afternoon checkout outage".into(),
        start: Some(14 * 3600),
        topology: shop(),
        faults: vec![FaultSpan {
            name: "gc".into(),
            effect: "pause".into(),
            on: "user-db".into(),
            service: "user-db".into(),
            from_s: 0.0,
            to_s: Some(12.0),
        }],
        unattended: Some(world(&Curves {
            checkout: DEAD,
            browse: DEAD,
            storm: &[(0.0, 300.0), (1.5, 300.0), (6.0, 790.0)],
            reads: &[(0.0, 30.0), (1.0, 0.0), (12.0, 0.0), (13.0, 77.0)],
        })),
        ..bare(END as f64, actual, Some(twin))
    }
}

/// The incident, and what it means.
pub(crate) fn attended() -> (Record, Summary) {
    let record = record();
    let mut summary = summarize::summarize(&record);
    let impact = |at_s, service: &str, from: Option<&str>, via: &str| Impact {
        at_s,
        service: service.into(),
        from: from.map(Into::into),
        via: via.into(),
    };
    summary.verdict = Some(VerdictKind::Recovered);
    summary.verdict_reason = "healthy at the end, after 59.6 % of checkout failed beyond its twin".into();
    summary.verdict_unattended = Some(VerdictKind::Metastable);
    summary.propagation = vec![
        impact(0.0, "user-db", None, "pause"),
        impact(0.2, "user", Some("user-db"), "threads wait on the call"),
        impact(0.3, "checkout", Some("user"), "slow answers of the call"),
        impact(0.3, "gateway", Some("checkout"), "slow answers of the call"),
        impact(0.4, "browse", Some("user"), "slow answers of the call"),
    ];
    for impact in &summary.propagation {
        let service = &mut summary.services[&impact.service];
        service.first_impact_s = Some(impact.at_s);
        service.recovered_s = Some(if impact.service == "user-db" { 12.5 } else { 1174.0 });
    }
    for (name, amplification) in [("checkout -> user", 3.1), ("user -> user-db", 2.4)] {
        let call = &mut summary.calls[name];
        (call.amplification, call.peak_amplification) = (Some(amplification), Some(amplification + 1.0));
    }
    let failed = summary.traffic.values().map(|class| class.failed).sum();
    let class = |(name, class): (&String, &TrafficSummary)| {
        let radius = ClassRadius {
            requests_affected: class.failed as f64 / class.requests.max(1) as f64,
            by_severity: BySeverity { failed: class.failed, ..BySeverity::default() },
            lost_value: class.lost_value,
            ..ClassRadius::default()
        };
        (name.clone(), radius)
    };
    let classes = summary.traffic.iter().map(class).collect();
    summary.blast_radius = Some(BlastRadius {
        requests_affected: 0.41,
        users_affected: 0.63,
        services_affected: 5,
        services_total: 10,
        by_severity: BySeverity { slower: 1_200, failed, ..BySeverity::default() },
        improved: 0,
        duration_s: 1174.0,
        duration_99_s: Some(1_168.0),
        classes,
    });
    summary.waves = waves::waves(&record, &summary.propagation);
    summary.people = people::people(&record, &summary);
    (record, summary)
}
