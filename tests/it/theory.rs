//! `knockon validate` in short: every row of it, with shorter or fewer runs, and that it can fail.

use knockon::scenario::{Choice, Document};
use knockon::time::SimDuration;
use knockon::validation::{
    Case, Effort, Group, Interval, Measured, Rule, Validation, Verdict, approximate, asymptotic, bounds,
    cases, exact, validate,
};

use crate::support::{library, replay, scenario};

/// Compares cases under so many seeds, with horizons this many times as long.
fn compare(cases: &[Case], seeds: u64, length: f64) -> Validation {
    validate(cases, Effort { seeds, jobs: 2, length }, |_| ()).unwrap()
}

#[test]
fn what_is_exactly_known_is_inside_the_interval_of_short_runs() {
    let validation = compare(&exact(), 20, 0.1);
    let differs = validation.rows.iter().filter(|row| row.verdict == Verdict::Differs);
    assert_eq!(differs.collect::<Vec<_>>(), [] as [&knockon::validation::Compared; 0]);
    assert!(validation.rows.len() > 60, "every row was compared");
    let narrow = validation.rows.iter().filter(|row| row.found.relative_half_width() < 0.1).count();
    assert!(narrow > 50, "a tenth of the time still says something: {narrow}");
}

#[test]
fn approximations_are_as_near_as_they_are_said_to_be() {
    let validation = compare(&approximate(), 2, 1.0);
    let rules = approximate().into_iter().flat_map(|case| case.rows);
    for (row, rule) in validation.rows.iter().zip(rules.map(|row| row.rule)) {
        let Rule::Band(band) = rule else { panic!("{row:?} has a band") };
        assert!((row.found.estimate / row.theory - 1.0).abs() < band, "{row:?}");
    }
}

#[test]
fn larger_systems_are_nearer_to_their_limit() {
    let mut small = asymptotic();
    small.retain(|case| !case.parameters.ends_with("1000") && !case.parameters.ends_with("0.97"));
    let validation = compare(&small, 4, 1.0);
    assert!(validation.rows.len() >= 8, "{:#?}", validation.rows);
    // The spread of four values says nothing: it takes all seeds.
    let (spread, sizes): (Vec<_>, Vec<_>) =
        validation.rows.iter().partition(|row| row.quantity.starts_with("standard deviation"));
    assert!(spread.len() == 3 && spread.iter().all(|row| row.verdict != Verdict::Differs), "{spread:#?}");
    assert!(sizes.iter().all(|row| row.verdict.is_right() || row.verdict == Verdict::Begins), "{sizes:#?}");
    let spread: Vec<_> =
        asymptotic().into_iter().filter(|case| case.name.contains("error of the mean")).collect();
    assert!(compare(&spread, 40, 1.0).agrees());
    assert_eq!(validation.rows.iter().filter(|row| row.verdict == Verdict::Begins).count(), 2);
}

#[test]
fn a_token_bucket_keeps_its_bound() {
    let validation = compare(&bounds(), 3, 0.2);
    assert!(validation.agrees(), "{:#?}", validation.rows);
    assert!(validation.rows[0].found.estimate > 9.5, "and makes use of it");
}

/// `validate` looks at the laws in every scenario there is.
#[test]
fn no_scenario_is_left_out() {
    let mut names: Vec<String> = std::fs::read_dir(crate::support::library(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".ron").map(str::to_owned))
        .collect();
    names.sort();
    let known: Vec<&str> = cases().iter().filter(|case| case.once.is_some()).map(|case| case.name).collect();
    assert_eq!(known, names);
}

#[test]
fn the_laws_of_all_queues_hold_in_the_whole_library() {
    let mut paths: Vec<_> =
        std::fs::read_dir(library("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "ron"));
    paths.sort();
    let (mut threads, mut queues) = (0, 0);
    for path in paths {
        let name = path.to_string_lossy();
        let load = |path: &str| std::fs::read(path).map_err(|error| error.to_string());
        let document = Document::parse(&name, &std::fs::read(&path).unwrap(), &load).unwrap();
        let mut scenario = document.resolve(&Choice::default()).unwrap().scenario;
        scenario.horizon.value = scenario.horizon.value.min(SimDuration::from_secs(60));
        let laws = Measured::of(&scenario, 1, false, &()).unwrap().laws;
        threads += laws.threads.len();
        queues += laws.queues.len();
        for gap in laws.threads.iter().chain(&laws.queues).chain(&laws.record) {
            assert!(gap.relative < 1e-9, "{name}: {gap:?}");
        }
    }
    assert!(threads > 40 && queues > 10, "{threads} {queues}");
}

/// The same of the numbers in a summary: L = lambda T, U = lambda S / c.
#[test]
fn littles_law_holds_in_a_summary() {
    let incident = replay(&scenario("00-single-queue.ron", "20m"));
    let service = &incident.summary.services["queue"];
    let rate = service.attempts as f64 / (20.0 * 60.0);
    let sojourn_s = (service.mean_wait_ms + service.mean_service_ms) / 1e3;
    assert!((service.mean_in_flight / (rate * sojourn_s) - 1.0).abs() < 1e-3, "L = lambda T");
    assert!(
        (service.utilization / (rate * service.mean_service_ms / 1e3) - 1.0).abs() < 1e-3,
        "U = lambda S"
    );
}

const MM1: &str = include_str!("../../validation/mm1.ron");

/// The share of busy time of an M/M/1 queue, which should be this.
fn busy(text: &'static str, theory: f64) -> Verdict {
    let case =
        Case::new(Group::Exact, "M/M/1", "", ("mm1", text), "half")
            .row("share of busy time", theory, |m| m.service("queue").utilization);
    let validation = compare(&[case], 20, 0.6);
    assert_eq!(validation.agrees(), validation.rows[0].verdict == Verdict::Agrees);
    validation.rows[0].verdict
}

#[test]
fn a_wrong_theory_and_a_wrong_scenario_differ() {
    assert_eq!(busy(MM1, 0.5), Verdict::Agrees);
    assert_eq!(busy(MM1, 0.52), Verdict::Differs);
    let slower = MM1.replace("Exp(\"10ms\")", "Exp(\"10.4ms\")");
    assert_ne!(slower, MM1);
    assert_eq!(busy(slower.leak(), 0.5), Verdict::Differs);
}

/// The table of `docs/validation.md` is the one that the program prints, up to what depends on the draws.
#[test]
fn the_documentation_has_every_row() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/validation.md");
    let text = std::fs::read_to_string(path).unwrap();
    let mut wanted = Validation { seeds: 20, rows: Vec::new() };
    for case in cases() {
        for row in &case.rows {
            wanted.rows.push(knockon::validation::Compared {
                group: case.group,
                name: case.name.to_owned(),
                parameters: case.parameters.to_owned(),
                quantity: row.quantity.to_owned(),
                theory: row.theory,
                found: Interval { estimate: row.theory, low: row.theory, high: row.theory },
                verdict: Verdict::Agrees,
            });
        }
    }
    let table = knockon::report::markdown::markdown(&knockon::report::validation_report(&wanted));
    let first_columns =
        |line: &str| line.replace("\\|", "/").split('|').take(5).collect::<Vec<_>>().join("|");
    let known: Vec<String> = text.lines().map(first_columns).collect();
    for line in table.lines().filter(|line| line.starts_with("| ")) {
        assert!(known.contains(&first_columns(line)), "docs/validation.md lacks: {line}");
    }
    assert!(!text.contains("| differs |") && !text.contains("| too wide |"));
}
