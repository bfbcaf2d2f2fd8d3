//! Helpers of the tests: scenarios from the library, replayed.

use std::path::{Path, PathBuf};

use knockon::analysis::Summary;
use knockon::engine::{Observer, Simulation};
use knockon::experiment::{Incident, Setup};
use knockon::record::Record;
use knockon::scenario::{Choice, Document, Scenario};
use knockon::time::SimTime;

/// A file of the scenario library.
pub(crate) fn library(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(file)
}

/// A scenario of the library with overrides.
pub(crate) fn scenario_with(file: &str, variant: Option<&str>, sets: &[&str]) -> Scenario {
    let bytes = std::fs::read(library(file)).unwrap();
    let document = Document::parse(file, &bytes, &|_| Err("no base".to_owned())).unwrap();
    let sets = sets.iter().map(|set| (*set).to_owned()).collect();
    let choice = Choice { variant: variant.map(str::to_owned), sets, seed: None };
    document.resolve(&choice).unwrap().scenario
}

/// A scenario of the library with another horizon.
pub(crate) fn scenario(file: &str, horizon: &str) -> Scenario {
    scenario_with(file, None, &[&format!("horizon=\"{horizon}\""), "expect=[]"])
}

/// A scenario, replayed.
pub(crate) fn replay(scenario: &Scenario) -> Incident {
    let setup = Setup { scenario, variant: None, overrides: &[], twin: true };
    knockon::experiment::replay(&setup, &())
}

/// Simulates a world up to a moment, watched by somebody.
pub(crate) fn run_until(world: &mut Simulation<'_>, until: SimTime, mut observer: &mut dyn Observer) {
    world.run_until(until, &mut observer).unwrap();
}

/// A scenario in a text, replayed.
pub(crate) fn simulate(text: &str) -> (Record, Summary) {
    let scenario =
        Scenario::parse(text).unwrap_or_else(|rejected| panic!("{:?}\n{text}", rejected.diagnostics));
    let incident = replay(&scenario);
    (incident.record, incident.summary)
}
