//! Whole incidents: what recorder, auditor, comparison and blame add to the worlds themselves. Read the ratios, not the times.
//!
//! *Bare worlds* are all worlds of the incident, one after the other, with nobody told. The first incident is short and
//! has people in it; in the second nearly everybody is harmed nearly all the time, which is where blame has the most to do;
//! in the third nobody is.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use knockon::engine::Simulation;
use knockon::experiment::{Setup, replay, replay_at_once};
use knockon::model::Model;
use knockon::scenario::{Choice, Document, Scenario};

/// Name, file and settings of an incident.
type Case = (&'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    ("outage", "thursday-checkout-outage.ron", &["horizon=\"6m\""]),
    (
        "long outage",
        "hotos21-retries.ron",
        &[
            "traffic.users.rate=\"2800/s\"",
            "services.db.threads=90",
            "services.db.queue.capacity=15000",
            "services.app.threads=200000",
            "horizon=\"2m\"",
        ],
    ),
    ("no harm", "00-single-queue.ron", &["horizon=\"20m\""]),
];

fn scenario((_, file, sets): &Case) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let bytes = std::fs::read(path).expect("the scenario is in the repository");
    let document = Document::parse(file, &bytes, &|_| Err("no base".to_owned())).expect("it is valid");
    let sets = sets.iter().map(|set| (*set).to_owned()).chain(["expect=[]".to_owned()]).collect();
    document.resolve(&Choice { sets, ..Choice::default() }).expect("it is valid").scenario
}

/// A world of an incident.
#[derive(Clone, Copy)]
enum World {
    Twin,
    Actual,
    Unattended,
}

/// Simulates a world with nobody told; the events that it took.
fn bare(model: &Model, world: World) -> u64 {
    let mut simulation = Simulation::new(model);
    match world {
        World::Twin => simulation.leave_unattended(),
        World::Actual => simulation.schedule_faults(),
        World::Unattended => {
            simulation.schedule_faults();
            simulation.leave_unattended();
        }
    }
    simulation.run_until(model.end, &mut ()).expect("no limit is hit");
    simulation.handled()
}

fn incidents(criterion: &mut Criterion) {
    for case in CASES {
        let mut group = criterion.benchmark_group(case.0);
        group.sample_size(10);
        let scenario = scenario(case);
        let model = Model::compile(&scenario);
        let setup = |twin| Setup { scenario: &scenario, variant: None, overrides: &[], twin };
        let has_unattended = replay(&setup(true), &()).record.unattended.is_some();
        let others = has_unattended.then_some(World::Unattended);
        group.bench_function("one bare world", |bencher| {
            bencher.iter(|| bare(&model, World::Actual));
        });
        group.bench_function("the same, recorded", |bencher| {
            bencher.iter(|| black_box(replay(&setup(false), &())));
        });
        group.bench_function("bare worlds", |bencher| {
            let worlds = [World::Twin, World::Actual].into_iter().chain(others);
            bencher.iter(|| worlds.clone().map(|world| bare(&model, world)).sum::<u64>());
        });
        for (name, threads) in [("the incident", 1), ("the incident, by a thread for each world", 3)] {
            group.bench_function(name, |bencher| {
                bencher.iter(|| black_box(replay_at_once(&setup(true), threads, &())));
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    // Its plots want fonts that a machine without a desktop does not have.
    config = Criterion::default().without_plots();
    targets = incidents
}
criterion_main!(benches);
