//! Records and summaries to draw in tests: the Thursday outage, and others that are harder to draw. Simulates nothing.

use indexmap::IndexMap;

use crate::analysis::fixture::{shop, value as through};
use crate::analysis::{
    BlastRadius, CallSummary, Impact, MonitorSummary, SUMMARY_VERSION, ServiceSummary, Summary,
    TrafficSummary, WorldSummary,
};
use crate::record::{
    CallSeries, ClassSeries, Edge, FaultSpan, MonitorTrack, Quantiles, RECORD_VERSION, Record, ServiceNode,
    ServiceSeries, Topology, Transition, WorldRecord,
};
use crate::scenario::VerdictKind;

/// An empty record of this length, and its summary.
pub(crate) fn blank(simulated_s: f64) -> (Record, Summary) {
    let record = Record {
        record_version: RECORD_VERSION,
        knockon: "0.1.0".into(),
        scenario: "Blank".into(),
        variant: None,
        overrides: Vec::new(),
        seed: 42,
        start: None,
        notes: None,
        currency: "$".into(),
        warm_up_s: 60.0,
        horizon_s: simulated_s,
        simulated_s,
        topology: Topology { classes: Vec::new(), services: Vec::new(), calls: Vec::new() },
        faults: Vec::new(),
        actual: WorldRecord::default(),
        twin: None,
        unattended: None,
        blame: None,
    };
    let summary = Summary {
        summary_version: SUMMARY_VERSION,
        scenario: "Blank".into(),
        variant: None,
        seed: 42,
        fingerprint: String::new(),
        digests: IndexMap::new(),
        simulated_s,
        events: 0,
        partial: false,
        verdict: None,
        verdict_reason: String::new(),
        verdict_unattended: None,
        traffic: IndexMap::new(),
        services: IndexMap::new(),
        calls: IndexMap::new(),
        twin: None,
        unattended: None,
        monitors: IndexMap::new(),
        degradation: None,
        times: None,
        containment: Vec::new(),
        slo: IndexMap::new(),
        blast_radius: None,
        propagation: Vec::new(),
        waves: Vec::new(),
        people: None,
        root_causes: Vec::new(),
        phases: Vec::new(),
        sustaining_loop: None,
        hidden_capacity: None,
        expectations: Vec::new(),
    };
    (record, summary)
}

/// Counts per second around a rate, the same every time.
fn wobble(rate: f64, second: usize, salt: usize) -> u64 {
    let noise = ((second * 7919 + salt * 104_729) % 97) as f64 / 48.0 - 1.0;
    libm::round((rate + noise * libm::sqrt(rate)).max(0.0)) as u64
}

/// Reads a curve every 5 s.
fn track(of: &str, threshold: f64, end_s: f64, points: &[(f64, f64)]) -> MonitorTrack {
    let times = (0..=(end_s / 5.0) as u32).map(|n| f64::from(n) * 5.0);
    MonitorTrack {
        unit: "share".into(),
        reading: "error_rate".into(),
        of: of.into(),
        threshold: Some(threshold),
        samples: times.map(|t| (t, through(points, t))).collect(),
        ..MonitorTrack::default()
    }
}

/// A curve: straight lines between these.
type Points<'a> = &'a [(f64, f64)];

/// The latencies of a window in which so many were answered: the fewer of all, the slower.
fn wait(latency: &mut Quantiles, answers: u64, share: f64) {
    let of = |ms: f64| (answers > 0).then_some(ms * (1.0 + 20.0 * (1.0 - share)));
    latency.p50_ms.push(of(20.0));
    latency.p90_ms.push(of(60.0));
    latency.p99_ms.push(of(150.0));
}

/// What became of attempts at a service, and its threads: as busy as they fail.
fn served(attempts: &[u64], answered: Points) -> ServiceSeries {
    let mut series = ServiceSeries { offered: attempts.to_vec(), ..ServiceSeries::default() };
    for (second, offered) in attempts.iter().enumerate() {
        let share = through(answered, second as f64);
        let ok = libm::round(*offered as f64 * share) as u64;
        series.ok.push(ok);
        series.failed.push(offered - ok);
        series.busy_threads.push(50.0 - 40.0 * share);
        series.waiting_threads.push(45.0 - 42.0 * share);
        wait(&mut series.latency, ok, share);
    }
    series
}

/// One world of the Thursday outage: request rates, and the share of them answered over time.
fn world(end_s: usize, answered: &[(&str, f64, Points)], calls: &[(&str, Points)]) -> WorldRecord {
    let mut world = WorldRecord { window_s: 1.0, windows: end_s, ..WorldRecord::default() };
    for (salt, (name, rate, share)) in answered.iter().enumerate() {
        let mut series = ClassSeries::default();
        for second in 0..end_s {
            let arrived = wobble(*rate, second, salt);
            let ok = libm::round(arrived as f64 * through(share, second as f64)) as u64;
            series.arrived.push(arrived);
            series.ok.push(ok);
            series.failed.push(arrived - ok);
            wait(&mut series.latency, ok, through(share, second as f64));
        }
        world.classes.insert((*name).into(), series);
    }
    for (salt, (name, rate)) in calls.iter().enumerate() {
        let attempts: Vec<u64> =
            (0..end_s).map(|second| wobble(through(rate, second as f64), second, salt + 9)).collect();
        let answered = answered.first().map_or(WELL, |class| class.2);
        let callee = name.split(" -> ").last().unwrap_or(name);
        world.services.insert(callee.into(), served(&attempts, answered));
        let series = CallSeries { first_attempts: attempts.clone(), attempts, ..CallSeries::default() };
        world.calls.insert((*name).into(), series);
    }
    world
}

const WELL: &[(f64, f64)] = &[(0.0, 1.0)];

fn impact(at_s: f64, service: &str, from: Option<&str>, via: &str) -> Impact {
    Impact { at_s, service: service.into(), from: from.map(Into::into), via: via.into() }
}

/// A pause of 12 s that becomes an outage for good.
pub(crate) fn thursday() -> (Record, Summary) {
    let (mut record, mut summary) = blank(1500.0);
    record.scenario = "Thursday afternoon checkout outage".into();
    record.start = Some(14 * 3600);
    record.topology = shop();
    record.faults = vec![FaultSpan {
        name: "gc".into(),
        effect: "pause".into(),
        on: "user-db".into(),
        service: "user-db".into(),
        from_s: 0.0,
        to_s: Some(12.0),
    }];
    let falling: &[(f64, f64)] = &[(0.0, 1.0), (1.5, 0.9), (4.0, 0.02), (20.0, 0.01), (60.0, 0.0)];
    let storm: &[(f64, f64)] = &[(0.0, 167.0), (1.5, 167.0), (6.0, 655.0), (12.0, 667.0)];
    record.actual = world(
        1500,
        &[("checkout", 167.0, falling), ("browse", 133.0, falling), ("search", 200.0, WELL)],
        &[
            ("gateway -> checkout", &[(0.0, 167.0)]),
            ("browse -> user", &[(0.0, 133.0)]),
            ("checkout -> user", storm),
        ],
    );
    record.twin = Some(world(
        1500,
        &[("checkout", 167.0, WELL), ("browse", 133.0, WELL), ("search", 200.0, WELL)],
        &[
            ("gateway -> checkout", &[(0.0, 167.0)]),
            ("browse -> user", &[(0.0, 133.0)]),
            ("checkout -> user", &[(0.0, 167.0)]),
        ],
    ));
    let user = [
        (0.0, 0.0),
        (2.0, 0.002),
        (5.0, 0.08),
        (10.0, 0.284),
        (20.0, 0.6),
        (30.0, 0.807),
        (45.0, 0.97),
        (60.0, 1.0),
    ];
    let checkout =
        [(0.0, 0.0), (5.0, 0.012), (10.0, 0.07), (20.0, 0.38), (30.0, 0.583), (45.0, 0.9), (60.0, 0.997)];
    for (name, of, threshold, points) in
        [("user errors", "user", 0.5, &user[..]), ("checkout errors", "checkout", 0.25, &checkout[..])]
    {
        let mut track = track(of, threshold, 1500.0, points);
        track.alerts = vec![(30.0, None)];
        let summed = MonitorSummary { samples: track.samples.clone(), alerts: track.alerts.clone() };
        summary.monitors.insert(name.into(), summed);
        record.actual.monitors.insert(name.into(), track);
    }
    record.actual.transitions = transitions();
    tell(&record, &mut summary);
    (record, summary)
}

fn transitions() -> Vec<Transition> {
    let all = [
        (0.0, "fault", "gc", "begin"),
        (0.0, "replica", "user-db/0", "paused"),
        (12.0, "fault", "gc", "end"),
        (12.0, "replica", "user-db/0", "ready"),
        (30.0, "alert", "user errors", "firing"),
        (30.0, "alert", "checkout errors", "firing"),
        (815.0, "replica", "user/2", "down"),
        (871.0, "replica", "user/2", "ready"),
        (955.0, "replica", "user/2", "down"),
        (960.0, "replica", "user/3", "down"),
        (1021.0, "replica", "user/2", "ready"),
    ];
    all.map(|(at_s, kind, subject, state)| Transition { at_s, kind, subject: subject.into(), state }).to_vec()
}

/// The summary of the Thursday outage.
fn tell(record: &Record, summary: &mut Summary) {
    summary.scenario.clone_from(&record.scenario);
    summary.verdict = Some(VerdictKind::Metastable);
    summary.verdict_reason = "Retries keep 800 attempts/s on user, which can finish 769/s: the load \
        that the failure made is what keeps it failing."
        .into();
    summary.propagation = vec![
        impact(0.0, "user-db", None, "pause"),
        impact(0.3, "user", Some("user-db"), "threads wait on the call"),
        impact(1.5, "browse", Some("user"), "timeouts of the call"),
        impact(1.6, "checkout", Some("user"), "timeouts of the call"),
        impact(1.6, "gateway", Some("checkout"), "errors of the call"),
    ];
    for service in &record.topology.services {
        let hit = summary.propagation.iter().find(|impact| impact.service == service.name);
        let numbers = ServiceSummary {
            first_impact_s: hit.map(|impact| impact.at_s),
            recovered_s: (service.name == "user-db").then_some(12.4),
            ..ServiceSummary::default()
        };
        summary.services.insert(service.name.clone(), numbers);
    }
    for call in &record.topology.calls {
        let (amplification, peak) = if call.name == "checkout -> user" { (3.9, 4.0) } else { (1.0, 1.02) };
        let numbers = CallSummary {
            amplification: Some(amplification),
            peak_amplification: Some(peak),
            ..CallSummary::default()
        };
        summary.calls.insert(call.name.clone(), numbers);
    }
    let traffic = |name: &str, availability| {
        let numbers = TrafficSummary { requests: 250_000, availability, ..TrafficSummary::default() };
        (name.to_owned(), numbers)
    };
    summary.traffic =
        IndexMap::from([traffic("checkout", 0.0082), traffic("browse", 0.0071), traffic("search", 1.0)]);
    summary.twin = Some(WorldSummary {
        traffic: IndexMap::from([traffic("checkout", 1.0), traffic("browse", 1.0), traffic("search", 1.0)]),
        services: IndexMap::new(),
    });
    summary.blast_radius = Some(BlastRadius {
        services_affected: 5,
        services_total: 10,
        duration_s: 1499.0,
        ..BlastRadius::default()
    });
}

/// The same pause, with a retry budget: over after 20 s.
pub(crate) fn contained() -> (Record, Summary) {
    let (mut record, mut summary) = thursday();
    record.variant = Some("retry budget".into());
    record.overrides = vec!["calls.\"checkout -> user\".retry.max_attempts=2".into()];
    let dip: &[(f64, f64)] =
        &[(0.0, 1.0), (1.5, 0.9), (4.0, 0.05), (14.0, 0.05), (18.0, 0.7), (22.0, 1.0), (60.0, 1.0)];
    let load: &[(f64, f64)] = &[(0.0, 167.0), (2.0, 167.0), (6.0, 230.0), (18.0, 220.0), (24.0, 167.0)];
    let tracks = std::mem::take(&mut record.actual.monitors);
    record.actual = world(
        1500,
        &[("checkout", 167.0, dip), ("browse", 133.0, dip), ("search", 200.0, WELL)],
        &[("checkout -> user", load)],
    );
    let hump: &[(f64, f64)] = &[(0.0, 0.0), (2.0, 0.0), (10.0, 0.2), (20.0, 0.42), (46.0, 0.4), (66.0, 0.0)];
    for (name, old) in tracks {
        let mut track = track(&old.of, old.threshold.unwrap_or(0.5), 1500.0, hump);
        if old.of == "checkout" {
            track.alerts = vec![(25.0, Some(55.0))];
        }
        record.actual.monitors.insert(name, track);
    }
    for (caller, at_s, state) in
        [(0, 5.0, "open"), (1, 5.5, "open"), (0, 10.0, "half-open"), (0, 18.0, "closed"), (1, 19.0, "closed")]
    {
        let subject = format!("checkout -> user #{caller}");
        record.actual.transitions.push(Transition { at_s, kind: "breaker", subject, state });
    }
    summary.variant.clone_from(&record.variant);
    summary.verdict = Some(VerdictKind::Recovered);
    summary.verdict_reason =
        "The budget stopped the retries; the backlog of the pause drained in 10 s.".into();
    for (name, service) in &mut summary.services {
        service.recovered_s = service.first_impact_s.map(|at| at + 20.0 + name.len() as f64);
    }
    for call in summary.calls.values_mut() {
        call.amplification = Some(1.05);
    }
    for (name, traffic) in &mut summary.traffic {
        traffic.availability = if name == "search" { 1.0 } else { 0.9874 };
    }
    if let Some(radius) = &mut summary.blast_radius {
        radius.duration_s = 22.0;
    }
    (record, summary)
}

/// Many services with long and hostile names, in layers of up to 15, most of them hit.
pub(crate) fn crowd(services: usize) -> (Record, Summary) {
    let (mut record, mut summary) = thursday();
    let name = |i: usize| match i {
        3 => "<b>&\"quoted\"</b> service".to_owned(),
        7 => "a-service-with-a-name-that-nobody-would-want-to-type-twice".to_owned(),
        11 => "\u{691c}\u{7d22}\u{30b5}\u{30fc}\u{30d3}\u{30b9}".to_owned(),
        _ => format!("service-{i:02}"),
    };
    let node = |i: usize| ServiceNode { name: name(i), replicas: 3, threads: 10 };
    record.topology.services = (0..services).map(node).collect();
    for class in &mut record.topology.classes {
        class.entry = name(0);
        class.patience_s = Some(10.0);
    }
    for world in std::iter::once(&mut record.actual).chain(&mut record.twin) {
        if let Some(series) = world.services.get("user").cloned() {
            world.services = (0..services).map(|i| (name(i), series.clone())).collect();
        }
    }
    let edge = |caller: String, callee: String, from_class| Edge {
        name: format!("{caller} -> {callee}"),
        caller,
        from_class,
        callee,
    };
    let mut calls: Vec<Edge> =
        record.topology.classes.iter().map(|class| edge(class.name.clone(), name(0), true)).collect();
    for i in 1..services {
        calls.push(edge(name((i - 1) / 3), name(i), false));
        if i % 5 == 0 && i > 12 {
            calls.push(edge(name(i / 7), name(i), false));
        }
    }
    record.topology.calls = calls;
    record.faults[0].service = name(services - 1);
    summary.services.clear();
    summary.calls.clear();
    summary.propagation.clear();
    for i in (0..services).rev().filter(|i| i % 3 != 1) {
        let from = (i + 1 < services).then(|| name((3 * i + 2).min(services - 1)));
        let via = "threads wait on the call, which waits on another call";
        summary.propagation.push(impact(0.1 * (services - i) as f64, &name(i), from.as_deref(), via));
        let at_s = 0.1 * (services - i) as f64;
        let recovered_s = (i % 2 == 0).then_some(40.0 + i as f64);
        let numbers = ServiceSummary { first_impact_s: Some(at_s), recovered_s, ..ServiceSummary::default() };
        summary.services.insert(name(i), numbers);
    }
    for (i, call) in record.topology.calls.iter().enumerate() {
        let amplification = Some(if i % 4 == 0 { 1.0 + i as f64 / 8.0 } else { 1.0 });
        summary.calls.insert(call.name.clone(), CallSummary { amplification, ..CallSummary::default() });
    }
    (record, summary)
}

/// One class, two services, ten seconds, no twin, no monitors, no wall clock.
pub(crate) fn tiny() -> (Record, Summary) {
    let (mut record, summary) = blank(10.0);
    record.scenario = "Tiny".into();
    let (shop, _) = thursday();
    record.topology.classes = shop.topology.classes[..1].to_vec();
    record.topology.services = shop.topology.services[..2].to_vec();
    record.topology.calls = shop
        .topology
        .calls
        .iter()
        .filter(|call| ["checkout -> gateway", "gateway -> checkout"].contains(&call.name.as_str()))
        .cloned()
        .collect();
    record.faults = shop.faults;
    record.faults[0].service = "checkout".into();
    record.faults[0].from_s = 2.0;
    record.faults[0].to_s = None;
    record.actual = world(
        10,
        &[("checkout", 20.0, &[(0.0, 1.0), (2.0, 1.0), (4.0, 0.1), (10.0, 0.0)])],
        &[("checkout -> gateway", &[(0.0, 20.0)]), ("gateway -> checkout", &[(0.0, 20.0), (5.0, 60.0)])],
    );
    (record, summary)
}
