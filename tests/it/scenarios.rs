//! Every shipped scenario, and every variant of it, shows its own lesson: under its own seed here, under
//! more with `knockon test scenarios --seeds 20`.

use std::path::Path;

use knockon::experiment::{Run, Setup, replay_all};
use knockon::scenario::{Choice, Document, Scenario};

/// All scenarios of the library, each alone and in each variant.
fn library() -> Vec<(String, Option<String>, Scenario)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut all = Vec::new();
    for path in files {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let load = |base: &str| std::fs::read(path.with_file_name(base)).map_err(|error| error.to_string());
        let document = Document::parse(&file, &std::fs::read(&path).unwrap(), &load).unwrap();
        let variants = document.variants().into_iter().map(|variant| Some(variant.name));
        for variant in std::iter::once(None).chain(variants) {
            let choice = Choice { variant: variant.clone(), ..Choice::default() };
            let resolved = document.resolve(&choice).unwrap();
            assert!(resolved.warnings.is_empty(), "{file} {variant:?}: {:?}", resolved.warnings);
            assert!(!resolved.scenario.expect.is_empty(), "{file} {variant:?} asserts nothing");
            all.push((file.clone(), variant, resolved.scenario));
        }
    }
    assert!(all.len() >= 18, "the library was found");
    all
}

#[test]
fn every_scenario_shows_its_lesson() {
    let library = library();
    let plan: Vec<Run> = library
        .iter()
        .map(|(_, variant, scenario)| {
            let setup = Setup { scenario, variant: variant.as_deref(), overrides: &[], twin: true };
            Run { setup, seed: scenario.seed }
        })
        .collect();
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let failures = replay_all(
        &plan,
        jobs,
        |_| (),
        |index, incident| {
            let (file, variant, _) = &library[index];
            let failed = incident.summary.expectations.into_iter().filter(|expectation| !expectation.held);
            let seed = plan[index].seed;
            failed
                .map(|e| format!("{file} {variant:?} seed {seed}: {} {:?} {}", e.text, e.measured, e.found))
                .collect::<Vec<_>>()
        },
    );
    let failures: Vec<String> = failures.into_iter().flatten().flatten().collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The header of a scenario tells people how to run it and what is stated and what is made up.
#[test]
fn headers_say_how_to_run_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let header: Vec<&str> = text.lines().take_while(|line| line.starts_with("//")).collect();
        let command = format!("knockon run scenarios/{}", path.file_name().unwrap().to_string_lossy());
        assert!(header.iter().any(|line| line.contains(&command)), "{}: no command", path.display());
        let lower = header.join(" ").to_lowercase();
        assert!(
            lower.contains("stated") || lower.contains("calibrated"),
            "{}: whose numbers?",
            path.display()
        );
    }
}
