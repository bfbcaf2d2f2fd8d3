//! What is done with a fuzzed input: all that `check` does, and the begin of a simulation. Nothing may panic, hang or
//! grow without bound. Used by the fuzz targets, and by the test that replays what they have found.

use knockon::engine::Simulation;
use knockon::model::{Forecast, Model, lint};
use knockon::report::{design_review, diagnostic, text};
use knockon::scenario::{Choice, Document, Rejected, Scenario};

/// Events of a simulation after which it is left alone.
const EVENTS: u64 = 2_000;
/// Replicas of a scenario from which on it is not simulated, but only checked: fuzzing is about speed.
const MOST_REPLICAS: u32 = 100;

/// Variants of a document that are looked at.
const VARIANTS: usize = 3;

/// What is fuzzed, by name: the text of a `scenario`, or `overrides` of one.
pub(crate) fn run(target: &str, bytes: &[u8]) {
    match target {
        "scenario" => scenario(bytes),
        "overrides" => overrides(bytes),
        _ => unreachable!("no such target: {target}"),
    }
}

/// Reads a scenario and its first variants, and looks at what there is.
fn scenario(bytes: &[u8]) {
    let document = match Document::parse("fuzzed.ron", bytes, &no_files) {
        Ok(document) => document,
        Err(rejected) => return show(&rejected),
    };
    let variants = document.variants().into_iter().take(VARIANTS).map(|variant| Some(variant.name));
    for variant in std::iter::once(None).chain(variants) {
        resolve(&document, &Choice { variant, ..Choice::default() });
    }
}

/// Overrides the starter scenario, a line for each `--set`.
fn overrides(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let starter = include_bytes!("../src/cli/starter.ron");
    let document = Document::parse("starter.ron", starter, &no_files).expect("the starter scenario is sound");
    resolve(&document, &Choice { sets: text.lines().map(str::to_owned).collect(), ..Choice::default() });
}

fn no_files(path: &str) -> Result<Vec<u8>, String> {
    Err(format!("{path}: there are no files here"))
}

fn resolve(document: &Document, choice: &Choice) {
    match document.resolve(choice) {
        Ok(resolved) => {
            let _ = diagnostic::framed(&resolved.sources, &resolved.warnings);
            look_at(&resolved.scenario);
        }
        Err(rejected) => show(&rejected),
    }
}

/// Refused is fine, if it can be said why.
fn show(rejected: &Rejected) {
    assert!(!rejected.diagnostics.is_empty(), "refused without a word");
    let framed = diagnostic::framed(&rejected.sources, &rejected.diagnostics);
    let concise = diagnostic::concise(&rejected.sources, &rejected.diagnostics);
    assert!(!framed.is_empty() && !concise.is_empty(), "refused without a word");
}

/// Reviews a scenario, and begins to simulate it.
fn look_at(scenario: &Scenario) {
    let mut model = Model::compile(scenario);
    let forecast = Forecast::of(&model);
    let report = design_review(&model, &forecast, &lint::review(&model, &forecast));
    assert!(!text::plain(&report, 100).is_empty(), "a review without a word");
    if scenario.services.iter().map(|(_, service)| service.replicas).sum::<u32>() > MOST_REPLICAS {
        return;
    }
    model.limits.events = EVENTS;
    let end = model.end;
    let mut simulation = Simulation::new(&model);
    simulation.schedule_faults();
    // A limit that is hit is fine.
    let _ = simulation.run_until(end, &mut ());
    simulation.check_invariants();
}
