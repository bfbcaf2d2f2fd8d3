//! Whole incidents: what the twin and the comparison add to one world. Read the ratios, not the times.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use knockon::experiment::{Setup, replay};
use knockon::scenario::{Choice, Document, Scenario};

fn scenario(file: &str, horizon: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file);
    let bytes = std::fs::read(path).expect("the scenario is in the repository");
    let document = Document::parse(file, &bytes, &|_| Err("no base".to_owned())).expect("it is valid");
    let sets = vec![format!("horizon=\"{horizon}\""), "expect=[]".to_owned()];
    document.resolve(&Choice { sets, ..Choice::default() }).expect("it is valid").scenario
}

fn incidents(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("incident");
    group.sample_size(10);
    for (file, horizon) in [("thursday-checkout-outage.ron", "2m"), ("00-single-queue.ron", "20m")] {
        let scenario = scenario(file, horizon);
        for (name, twin) in [("one world", false), ("with its twin", true)] {
            let setup = Setup { scenario: &scenario, variant: None, overrides: &[], twin };
            group.bench_function(format!("{file}/{name}"), |bencher| {
                bencher.iter(|| black_box(replay(&setup, &())));
            });
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    // Its plots want fonts that a machine without a desktop does not have.
    config = Criterion::default().without_plots();
    targets = incidents
}
criterion_main!(benches);
