//! Same seed, same bytes; and what is unrelated leaves every draw as it was.

use knockon::engine::{Observer, Simulation};
use knockon::experiment::{Setup, Stop, first_difference, replay_at_once};
use knockon::model::Model;
use knockon::record::{Recorder, WorldRecord};
use knockon::time::{SimDuration, SimTime};

use crate::support::{library, replay, run_until, scenario_with};

const THURSDAY: &str = "thursday-checkout-outage.ron";

#[test]
fn the_same_seed_gives_the_same_record() {
    let scenario = scenario_with(THURSDAY, None, &["horizon=\"60s\"", "expect=[]"]);
    let (a, b) = (replay(&scenario), replay(&scenario));
    assert_eq!(a.record, b.record);
    assert_eq!(a.summary, b.summary);
    let other = replay(&scenario_with(THURSDAY, None, &["horizon=\"60s\"", "expect=[]", "seed=43"]));
    assert_ne!(a.summary.fingerprint, other.summary.fingerprint);
}

/// Each world by a thread of its own, also where one of them, whichever, reaches a limit before the others.
#[test]
fn how_many_threads_there_are_changes_nothing() {
    // The last limit of events is reached by the unattended world alone.
    let limits = [
        ("", None),
        ("limits.events=400000", Some(Stop::Events(400_000))),
        ("limits.events=490000", Some(Stop::Events(490_000))),
        ("limits.in_flight=4000", Some(Stop::InFlight(4_000))),
    ];
    for (limit, stop) in limits {
        let sets = ["horizon=\"100s\"", "expect=[]", limit];
        let scenario = scenario_with(THURSDAY, None, &sets[..if limit.is_empty() { 2 } else { 3 }]);
        let one = replay(&scenario);
        assert_eq!(one.stopped, stop, "{limit}");
        for jobs in [2, 3] {
            let setup = Setup { scenario: &scenario, variant: None, overrides: &[], twin: true };
            assert!(replay_at_once(&setup, jobs, &()) == one, "{jobs} threads, {limit}");
        }
    }
}

/// Where one world reaches a limit, the others are told as far as it has got.
#[test]
fn at_a_limit_all_worlds_are_told_to_the_same_instant() {
    let sets = ["horizon=\"60s\"", "expect=[]", "limits.events=250000"];
    let stopped = replay(&scenario_with(THURSDAY, None, &sets)).record;
    let whole = replay(&scenario_with(THURSDAY, None, &sets[..2])).record;
    assert!((20.0..59.0).contains(&stopped.simulated_s), "{}", stopped.simulated_s);
    let last = (stopped.simulated_s / stopped.actual.window_s) as usize - 1;
    let (stopped, whole) = (stopped.twin.unwrap(), whole.twin.unwrap());
    let requests = |world: &WorldRecord| world.classes["browse"].arrived[last];
    assert_eq!(requests(&stopped), requests(&whole));
}

#[test]
fn without_a_fault_the_worlds_are_equal() {
    let incident = replay(&scenario_with(THURSDAY, Some("no pause"), &["horizon=\"60s\"", "expect=[]"]));
    assert_eq!(Some(&incident.record.actual), incident.record.twin.as_ref());
}

/// The twin is simulated apart from the fault on, and still is what a world without faults would have been.
#[test]
fn the_twin_is_the_world_without_the_fault() {
    let with = replay(&scenario_with(THURSDAY, None, &["horizon=\"60s\"", "expect=[]"]));
    let without = replay(&scenario_with(THURSDAY, Some("no pause"), &["horizon=\"60s\"", "expect=[]"]));
    let (twin, actual) = (with.record.twin.unwrap(), without.record.actual);
    assert_eq!(twin.fingerprint, actual.fingerprint);
    assert_eq!(twin.totals.classes, actual.totals.classes);
}

/// Adding a service with its own traffic, a monitor, or a policy that never acts changes no draw of anything else.
#[test]
fn unrelated_additions_move_no_digest() {
    let short = ["horizon=\"60s\"", "expect=[]"];
    let base = replay(&scenario_with(THURSDAY, None, &short)).summary;
    for addition in [
        vec![
            "services.wishlist=Service(operations: { \"show\": [Work(Exp(\"5ms\"))] })",
            "traffic.wishes=Open(rate: \"50/s\", entry: \"wishlist.show\")",
        ],
        vec!["monitors.another=ErrorRate(of: \"payment\", window: \"10s\", scrape: \"1s\")"],
        vec![
            "calls.\"search -> search-index\"=Policy(bulkhead: Bulkhead(max_concurrent: 1000), timeout: \"60s\")",
        ],
        vec!["calls.\"checkout -> payment\"=Policy(breaker: Consecutive(failures: 1000))"],
    ] {
        let sets: Vec<&str> = short.iter().copied().chain(addition.iter().copied()).collect();
        let changed = replay(&scenario_with(THURSDAY, None, &sets)).summary;
        for (name, digest) in &base.digests {
            assert_eq!(changed.digests.get(name), Some(digest), "{name} with {addition:?}");
        }
        assert_eq!(changed.traffic["checkout"], base.traffic["checkout"], "{addition:?}");
    }
}

/// A policy that does act changes only what happens below it: arrivals, and work elsewhere, stay.
#[test]
fn a_policy_that_acts_moves_only_what_it_acts_on() {
    let short = ["horizon=\"60s\"", "expect=[]"];
    let base = replay(&scenario_with(THURSDAY, None, &short)).summary.digests;
    let changed = replay(&scenario_with(THURSDAY, Some("no retries"), &short)).summary.digests;
    for name in
        ["arrivals/checkout", "arrivals/browse", "arrivals/search", "work/search-index", "work/gateway"]
    {
        assert_eq!(base[name], changed[name], "{name}");
    }
    assert_ne!(base["work/user"], changed["work/user"], "fewer attempts are worked off");
}

#[test]
fn the_first_difference_is_found_and_named() {
    let short = ["horizon=\"30s\"", "expect=[]"];
    let base = scenario_with(THURSDAY, None, &short);
    let setup = |scenario| Setup { scenario, variant: None, overrides: &[], twin: true };
    assert_eq!(first_difference(&setup(&base), &setup(&base)), None);
    // A pause that ends a second earlier: everything is equal until then.
    let shorter = scenario_with(THURSDAY, None, &[&short[..], &["faults.gc.for=\"11s\""]].concat());
    let difference = first_difference(&setup(&base), &setup(&shorter)).unwrap();
    assert!((difference.at_s - 11.0).abs() < 0.1 && difference.event > 100_000, "{difference:?}");
    assert!(difference.second.contains("user-db/0 is ready at T+11 s"), "{difference:?}");
    let other_seed = scenario_with(THURSDAY, None, &[&short[..], &["seed=43"]].concat());
    let difference = first_difference(&setup(&base), &setup(&other_seed)).unwrap();
    assert!(difference.event == 1 && difference.first.contains("arrived"), "{difference:?}");
}

/// Those who watch change nothing, nor does another world beside it.
#[test]
fn a_world_is_the_same_alone_and_unwatched() {
    let scenario = scenario_with(THURSDAY, None, &["horizon=\"60s\"", "expect=[]"]);
    let among_others = replay(&scenario).record.actual;
    let alone = Setup { scenario: &scenario, variant: None, overrides: &[], twin: false };
    assert_eq!(knockon::experiment::replay(&alone, &()).record.actual, among_others);
    let model = Model::compile(&scenario);
    let end = model.end + SimDuration::from_nanos(1);
    let mut recorder = Recorder::new(&model);
    let watched = events(Simulation::new(&model), &model, end, &mut recorder);
    assert_eq!(watched, events(Simulation::new(&model), &model, end, &mut ()));
    assert_eq!(recorder.finish(model.end), among_others);
}

/// Where events lie until they are due changes nothing: all in one sorted list is the oracle.
#[test]
fn every_scenario_is_the_same_on_a_sorted_list() {
    let files = std::fs::read_dir(library("")).unwrap().map(|entry| entry.unwrap().file_name());
    let files =
        files.chain(["peers/mmc.ron", "peers/chain.ron"].map(|file| format!("../benches/{file}").into()));
    let mut compared = 0;
    for file in files {
        let scenario = scenario_with(file.to_str().unwrap(), None, &[]);
        let model = Model::compile(&scenario);
        // Long enough for the first fault and what follows.
        let first = model.first_fault().unwrap_or(model.origin) + SimDuration::from_secs(15);
        let end = model.end.min(first);
        let run = |simulation| {
            let mut recorder = Recorder::new(&model);
            let events = events(simulation, &model, end, &mut recorder);
            (events, recorder.finish(end).fingerprint)
        };
        assert_eq!(run(Simulation::new(&model)), run(Simulation::sorted(&model)), "{file:?}");
        compared += 1;
    }
    assert!(compared > 15, "{compared}");
}

/// Runs an actual world in one go; how many events it handles.
fn events(mut simulation: Simulation, model: &Model, end: SimTime, observer: &mut dyn Observer) -> u64 {
    if let Some(at) = model.first_fault().filter(|at| *at < end) {
        run_until(&mut simulation, at, observer);
        simulation.schedule_faults();
    }
    run_until(&mut simulation, end, observer);
    simulation.handled()
}
