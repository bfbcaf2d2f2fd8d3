//! `run --hidden-capacity`: the load below which a metastable system heals, where arithmetic or a paper says what it is.

use std::collections::BTreeMap;

use knockon::analysis::HiddenCapacity;
use knockon::engine::{ModelEvent, Observer, RequestId, Simulation};
use knockon::experiment::{Incident, Setup, replay_with_hidden_capacity};
use knockon::model::Model;
use knockon::random::Key;
use knockon::scenario::{Scenario, VerdictKind};
use knockon::time::{SimDuration, SimTime};

use crate::desk::Desk;
use crate::support::{replay, run_until, scenario_with};

fn searched(scenario: &Scenario, within: Option<SimDuration>) -> Incident {
    let setup = Setup { scenario, variant: None, overrides: &[], twin: true };
    replay_with_hidden_capacity(&setup, within, 2, &())
}

fn found(scenario: &Scenario) -> HiddenCapacity {
    searched(scenario, None).summary.hidden_capacity.unwrap()
}

/// 10 threads of 100 ms: 100 attempts a second. Callers wait for a second; the queue is three seconds long.
fn storm(attempts: u32) -> String {
    format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"4m\", seed: 3,
        services: {{ \"s\": Service(threads: 10, queue: Fifo(capacity: 300), when_full: Silent,
            operations: {{ \"op\": [Work(\"100ms\")] }}) }},
        calls: {{ \"c -> s\": Policy(timeout: \"1s\", retry: Retry(max_attempts: {attempts})) }},
        traffic: {{ \"c\": Open(rate: \"80/s\", entry: \"s.op\") }},
        faults: [Fault(at: \"T+10s\", for: \"10s\", on: \"s\", effect: Pause)])"
    )
}

fn parsed(text: &str) -> Scenario {
    Scenario::parse(text).unwrap()
}

/// load x attempts x 100 ms < 10 threads.
#[test]
fn it_is_where_all_attempts_fit_the_threads() {
    for (attempts, bound) in [(2, 0.625), (3, 0.417)] {
        let found = found(&parsed(&storm(attempts)));
        assert!(found.share > bound - 0.03 && found.share <= bound + 0.005, "{attempts}: {found:?}");
        assert!((found.rate_per_s - 80.0 * found.share).abs() < 1e-9, "{found:?}");
        assert!((found.advertised_per_s.unwrap() - 100.0).abs() < 1e-6, "{found:?}");
        assert!((found.advertised_share.unwrap() - 1.25).abs() < 1e-9, "{found:?}");
        let stretches = found.healed_within_s / 240.0;
        assert!(
            stretches >= 1.0 && stretches.fract() < 1e-9,
            "the horizon is shorter than ten minutes: {found:?}"
        );
        assert_eq!(found.probes[0], (1.0, false), "the verdict is right");
        let least_that_did_not =
            found.probes.iter().filter(|probe| !probe.1).map(|probe| probe.0).fold(1.0, f64::min);
        assert!(least_that_did_not - found.share < 0.021, "{found:?}");
    }
}

/// Only what is asked for within a second is answered, and the queue is three seconds long.
#[test]
fn nothing_heals_before_the_queue_is_gone() {
    let found =
        searched(&parsed(&storm(2)), Some(SimDuration::from_secs(1))).summary.hidden_capacity.unwrap();
    assert_eq!((found.share, found.rate_per_s), (0.0, 0.0), "{found:?}");
    assert!(found.probes.len() > 5 && found.probes.iter().all(|probe| !probe.1), "{found:?}");
}

/// 60 requests a second, three attempts each, where 100 can be done, for five minutes: some 23,000 attempts wait at the end. At
/// 33 a second they would be worked off, in their time; within five minutes next to nothing may come meanwhile.
#[test]
fn a_long_backlog_is_given_its_time_unless_there_is_none() {
    let scenario = scenario_with("retry-storm-minimal.ron", None, &["expect=[]"]);
    let patient = found(&scenario);
    assert!((29.0..=33.4).contains(&patient.rate_per_s), "{patient:?}");
    assert!((900.0..=3_600.0).contains(&patient.healed_within_s), "{patient:?}");
    let within = SimDuration::from_secs(300);
    let pressed = searched(&scenario, Some(within)).summary.hidden_capacity.unwrap();
    // 23,000 attempts take 230 s; of the other 70 s three attempts a request are left.
    assert!((2.0..=70.0 * 100.0 / 300.0 / 3.0).contains(&pressed.rate_per_s), "{pressed:?}");
    assert!((pressed.healed_within_s - 300.0).abs() < 1e-9, "{pressed:?}");
}

/// Whoever timed out tries again after two minutes, four times: for one more horizon the load of before comes on top.
#[test]
fn retries_of_before_do_not_hide_that_it_heals() {
    let found = found(&parsed(
        "Scenario(format: 1, name: \"test\", warm_up: \"30s\", horizon: \"8m\", seed: 3,
        services: {
            \"a\": Service(threads: 1000000, operations: { \"op\": [Call(\"b.op\")] }),
            \"b\": Service(threads: 13, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(Exp(\"200ms\"))] }),
        },
        calls: { \"a -> b\": Policy(timeout: \"2s\", retry: Retry(max_attempts: 5, backoff: Fixed(\"2m\"))) },
        traffic: { \"c\": Open(rate: \"50/s\", entry: \"a.op\") },
        faults: [Fault(at: \"T+10s\", for: \"200s\", on: \"b\", effect: Pause)])",
    ));
    // 65 / 250, less what the backlog takes in its time.
    assert!((0.15..=0.27).contains(&found.share), "{found:?}");
}

#[test]
fn there_is_none_to_look_for_where_it_recovers() {
    let incident = searched(&parsed(&storm(1)), None);
    assert_eq!(incident.summary.verdict, Some(VerdictKind::Recovered));
    assert_eq!(incident.summary.hidden_capacity, None);
}

/// "stable below 150/s", of 300/s: Bronson et al., `HotOS` '21.
#[test]
fn the_published_one_comes_out_and_is_that_of_the_world_in_which_nobody_acts() {
    let published = found(&scenario_with("hotos21-retries.ron", None, &["expect=[]"]));
    assert!((144.0..=150.0).contains(&published.rate_per_s), "{published:?}");
    assert!((published.advertised_per_s.unwrap() - 300.0).abs() < 1e-6, "{published:?}");
    let healed = scenario_with("hotos21-retries.ron", Some("load below 150/s"), &["expect=[]"]);
    let incident = searched(&healed, None);
    assert_eq!(incident.summary.verdict, Some(VerdictKind::Recovered));
    assert_eq!(incident.summary.hidden_capacity, Some(published));
}

/// Caches that spare nine calls in ten, lost: 3,000/s advertised, and 300/s hidden. The same paper.
#[test]
fn a_cold_cache_heals_below_what_its_database_can_do_alone() {
    let published = found(&scenario_with("hotos21-cache.ron", None, &["expect=[]"]));
    assert!((270.0..=310.0).contains(&published.rate_per_s), "{published:?}");
    assert!((published.advertised_per_s.unwrap() - 3_000.0).abs() < 1.0, "{published:?}");
}

#[test]
fn looking_for_it_changes_nothing_else() {
    let scenario = parsed(&storm(2));
    let mut incident = searched(&scenario, None);
    assert!(incident.summary.hidden_capacity.take().is_some());
    assert!(incident == replay(&scenario));
}

/// What arrived, and which work was drawn for whom.
#[derive(Default)]
struct Log {
    arrived: Vec<RequestId>,
    work: Vec<(Key, SimDuration)>,
}

impl Observer for Log {
    fn observe(&mut self, _now: SimTime, event: &ModelEvent) {
        match event {
            ModelEvent::RequestArrived(id) => self.arrived.push(*id),
            ModelEvent::WorkBegun(_, key, length) => self.work.push((*key, *length)),
            _ => {}
        }
    }
}

#[test]
fn what_arrives_of_thinner_traffic_is_part_of_it_and_as_it_was() {
    let scenario = scenario_with("thursday-checkout-outage.ron", None, &["faults=[]", "expect=[]"]);
    let model = Model::compile(&scenario);
    let mut world = Simulation::new(&model);
    run_until(&mut world, SimTime::ZERO + SimDuration::from_secs(5), &mut ());
    let thinned = |share: f64| {
        let (mut world, mut log) = (world.clone(), Log::default());
        world.thin_arrivals(share);
        run_until(&mut world, SimTime::ZERO + SimDuration::from_secs(25), &mut log);
        log
    };
    // Steps of journeys come when the answer before has come: at other instants, but they come.
    let steps = |id: &RequestId| model.classes[id.class].step.is_some();
    let all = thinned(1.0);
    let mut before = Log::default();
    for share in [0.3, 0.4, 1.0] {
        let log = thinned(share);
        for id in before.arrived.iter().filter(|id| !steps(id)) {
            assert!(log.arrived.contains(id), "{share}: {id:?}");
        }
        let kept = log.arrived.len() as f64 / all.arrived.len() as f64;
        assert!((kept - share).abs() < 0.02, "{share}: {kept}");
        let (mut same, mut other) = (0, 0);
        let work: BTreeMap<Key, SimDuration> = all.work.iter().copied().collect();
        for (key, length) in &log.work {
            match work.get(key) {
                Some(drawn) if drawn == length => same += 1,
                _ => other += 1,
            }
        }
        assert!(other * 200 < same, "{share}: {same} as they were, {other} not");
        before = log;
    }
}

#[test]
fn the_command_tells_it_and_refuses_what_it_cannot_do() {
    let desk = Desk::with_shop();
    let run = ["run", "shop.ron", "--no-pictures", "--hidden-capacity"];
    let said = desk.run(&run).succeeds();
    assert!(!said.stdout.contains("HIDDEN CAPACITY"), "{}", said.stdout);
    assert!(said.stderr.contains("no world ended metastable"), "{}", said.stderr);
    desk.put("storm.ron", storm(2));
    let said = desk.run(&["run", "storm.ron", "--no-pictures", "--hidden-capacity=2m"]).succeeds();
    let line = "HIDDEN CAPACITY: it heals by itself below";
    assert!(said.stdout.contains(line) && said.stdout.contains("carries 100/s."), "{}", said.stdout);
    assert!(said.stdout.contains("--hidden-capacity=2m"), "it is part of the command that repeats it");
    let told = desk.run(&["report", "output/storm", "--no-pictures"]).succeeds();
    assert!(told.stdout.contains(line), "{}", told.stdout);
    desk.run(&[&run[..], &["--seeds", "2"]].concat()).exits(2);
    desk.run(&[&run[..], &["--no-twin"]].concat()).exits(2);
    desk.run(&["run", "shop.ron", "--hidden-capacity=1ms"]).exits(2);
}
