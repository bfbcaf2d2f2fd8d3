//! A small incident to tell in tests: a shop whose database pauses. Simulates nothing.

use indexmap::IndexMap;

use crate::analysis::{
    BlastRadius, BySeverity, CallSummary, ClassRadius, ExpectationResult, Impact, RootCause, SUMMARY_VERSION,
    ServiceSummary, Summary, TrafficSummary, WorldSummary, WorstMinute,
};
use crate::record::{
    CallSeries, ClassNode, ClassSeries, Edge, FaultSpan, LatencySummary, MonitorTrack, Quantiles,
    RECORD_VERSION, Record, ServiceNode, ServiceSeries, Topology, Transition, WorldRecord,
};
use crate::scenario::VerdictKind;

/// A map of one entry.
fn only<T>(name: &str, value: T) -> IndexMap<String, T> {
    IndexMap::from([(name.to_owned(), value)])
}

/// What the incident left.
pub(crate) fn record() -> Record {
    let node = |name: &str| ServiceNode { name: name.into(), replicas: 2, threads: 10 };
    let edge = |caller: &str, callee: &str, from_class| Edge {
        name: format!("{caller} -> {callee}"),
        caller: caller.into(),
        from_class,
        callee: callee.into(),
    };
    Record {
        record_version: RECORD_VERSION,
        knockon: "0.1.0".into(),
        scenario: "Shop".into(),
        variant: Some("no budget".into()),
        overrides: vec!["horizon=\"20s\"".into()],
        seed: 42,
        start: Some(50_400),
        notes: None,
        currency: "$".into(),
        warm_up_s: 5.0,
        horizon_s: 20.0,
        simulated_s: 20.0,
        topology: Topology {
            classes: vec![ClassNode {
                name: "buy".into(),
                entry: "shop".into(),
                users: 10,
                value: 2.0,
                patience_s: None,
            }],
            services: vec![node("shop"), node("db")],
            calls: vec![edge("buy", "shop", true), edge("shop", "db", false)],
        },
        faults: vec![FaultSpan {
            name: "gc".into(),
            effect: "pause".into(),
            on: "db".into(),
            service: "db".into(),
            from_s: 5.0,
            to_s: Some(10.0),
        }],
        actual: world([60, 200], [40, 100], true),
        twin: Some(world([100, 100], [0, 0], false)),
        unattended: None,
        blame: None,
    }
}

/// One of its worlds: attempts of the call and failed requests in its two windows.
fn world(attempts: [u64; 2], failed: [u64; 2], is_actual: bool) -> WorldRecord {
    let latency = || Quantiles {
        p50_ms: vec![Some(12.5), None],
        p90_ms: vec![Some(20.0), None],
        p99_ms: vec![Some(31.25), None],
    };
    let class = ClassSeries {
        arrived: vec![100, 100],
        ok: failed.map(|failed| 100 - failed).to_vec(),
        degraded: vec![0, 0],
        limited: vec![0, 0],
        too_slow: Vec::new(),
        of_surges: Vec::new(),
        failed: failed.to_vec(),
        latency: latency(),
    };
    let change = |at_s, kind, subject: &str, state| Transition { at_s, kind, subject: subject.into(), state };
    let changes = vec![
        change(5.0, "fault", "gc", "begin"),
        change(6.0, "breaker", "shop -> db #0", "open"),
        change(6.5, "breaker", "shop -> db #1", "open"),
        change(10.0, "fault", "gc", "end"),
        change(11.0, "breaker", "shop -> db #0", "closed"),
        change(12.0, "breaker", "shop -> db #1", "closed"),
    ];
    let green = MonitorTrack {
        unit: "share".into(),
        reading: "healthy".into(),
        of: "db".into(),
        samples: vec![(5.0, 1.0), (10.0, 1.0)],
        ..MonitorTrack::default()
    };
    let errors = MonitorTrack {
        unit: "share".into(),
        reading: "error_rate".into(),
        of: "buy".into(),
        of_class: true,
        view: Some("callers".into()),
        window_s: 10.0,
        scrape_s: 5.0,
        threshold: Some(0.25),
        side: Some("above".into()),
        for_s: Some(5.0),
        samples: vec![(5.0, 0.0), (10.0, 0.4), (15.0, 1.0)],
        alerts: if is_actual { vec![(10.0, Some(18.0))] } else { Vec::new() },
        ..MonitorTrack::default()
    };
    WorldRecord {
        fingerprint: "5f597daeedcf0c4401".into(),
        window_s: 10.0,
        windows: 2,
        classes: only("buy", class),
        services: only(
            "db",
            ServiceSeries { offered: attempts.to_vec(), latency: latency(), ..ServiceSeries::default() },
        ),
        calls: only(
            "shop -> db",
            CallSeries {
                attempts: attempts.to_vec(),
                first_attempts: vec![100, 100],
                ..CallSeries::default()
            },
        ),
        monitors: IndexMap::from([("buy errors".to_owned(), errors), ("db probe".to_owned(), green)]),
        transitions: if is_actual { changes } else { Vec::new() },
        ..WorldRecord::default()
    }
}

/// Requests of a class.
fn class(ok: u64, failed: u64) -> TrafficSummary {
    TrafficSummary {
        requests: ok + failed,
        ok,
        failed,
        availability: ok as f64 / (ok + failed) as f64,
        lost_value: 2.0 * failed as f64,
        latency_ms: LatencySummary { p50: 12.5, p99: 31.25, ..LatencySummary::default() },
        ..TrafficSummary::default()
    }
}

/// Attempts at a service.
fn service(attempts: u64, failed: u64, first_impact_s: Option<f64>) -> ServiceSummary {
    ServiceSummary {
        attempts,
        ok: attempts - failed,
        failed,
        utilization: 0.615,
        load_ratio: Some(attempts as f64 / 200.0),
        first_impact_s,
        ..ServiceSummary::default()
    }
}

/// The call from the shop to the database.
fn call() -> CallSummary {
    CallSummary {
        attempts: 260,
        amplification: Some(1.3),
        peak_amplification: Some(2.0),
        ..CallSummary::default()
    }
}

/// How far it spread.
fn blast_radius() -> BlastRadius {
    BlastRadius {
        requests_affected: 0.7,
        users_affected: 0.9,
        services_affected: 2,
        services_total: 3,
        by_severity: BySeverity { slower: 12, failed: 140, ..BySeverity::default() },
        improved: 0,
        duration_s: 14.2,
        duration_99_s: Some(14.0),
        classes: only(
            "buy",
            ClassRadius {
                requests_affected: 0.76,
                by_severity: BySeverity { slower: 12, failed: 140, ..BySeverity::default() },
                lost_value: 280.0,
                first_s: Some(5.0),
                last_s: Some(19.2),
                worst_minute: Some(WorstMinute {
                    from_s: 5.0,
                    to_s: 20.0,
                    requests: 150,
                    affected: 150,
                    lost: 140,
                }),
                ..ClassRadius::default()
            },
        ),
    }
}

/// What it means.
pub(crate) fn summary() -> Summary {
    let impact = |at_s, service: &str, from: Option<&str>, via: &str| Impact {
        at_s,
        service: service.into(),
        from: from.map(Into::into),
        via: via.into(),
    };
    let expectation = |text: &str, held, measured, found: &str| ExpectationResult {
        text: text.into(),
        held,
        measured,
        unit: "ratio",
        found: found.into(),
    };
    let root = |root: &str, share, share_of_lost, (from_s, to_s)| RootCause {
        root: root.into(),
        share,
        share_of_lost,
        from_s,
        to_s,
    };
    Summary {
        summary_version: SUMMARY_VERSION,
        scenario: "Shop".into(),
        variant: Some("no budget".into()),
        seed: 42,
        fingerprint: "5f597daeedcf0c4401".into(),
        digests: IndexMap::new(),
        simulated_s: 25.0,
        events: 12_345,
        partial: false,
        verdict: Some(VerdictKind::Recovered),
        verdict_reason: "healthy at the end, after 70 % of buy failed".into(),
        verdict_unattended: Some(VerdictKind::Metastable),
        traffic: only("buy", class(60, 140)),
        services: IndexMap::from([
            ("shop".to_owned(), service(200, 140, Some(5.2))),
            ("db".to_owned(), service(260, 0, Some(5.0))),
            ("mail".to_owned(), service(10, 0, None)),
        ]),
        calls: only("shop -> db", call()),
        twin: Some(WorldSummary {
            traffic: only("buy", class(200, 0)),
            services: only("shop", service(200, 0, None)),
        }),
        unattended: None,
        monitors: IndexMap::new(),
        blast_radius: Some(blast_radius()),
        degradation: None,
        times: None,
        containment: Vec::new(),
        slo: IndexMap::new(),
        propagation: vec![
            impact(5.0, "db", None, "pause"),
            impact(5.2, "shop", Some("db"), "threads wait on the call"),
        ],
        waves: Vec::new(),
        people: None,
        root_causes: vec![
            root("pause of db", 0.3, 0.75, (5.0, 9.0)),
            root("retry storm on db", 0.7, 0.25, (8.0, 20.0)),
        ],
        phases: Vec::new(),
        sustaining_loop: None,
        hidden_capacity: None,
        expectations: vec![
            expectation("Verdict(Recovered)", true, None, "recovered"),
            expectation("Load(\"T+0s\", \"T+10s\", \"db\", AtMost(1))", false, Some(2.0), ""),
        ],
    }
}
