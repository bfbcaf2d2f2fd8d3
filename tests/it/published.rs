//! Published results that are frequencies, against the frequencies of many seeds.
//!
//! Marc Brooker's `simple_collapse_sim` (`mbrooker/simulator_example`), run as published: how many of 12 runs
//! were still collapsed at the end, and what went through in each phase on average.

use std::fmt::Write;

use knockon::experiment::{Incident, Run, Setup, replay_all};

use crate::support::scenario_with;

const SEEDS: u64 = 40;

/// A spike to 80/s that begins at T+20 s.
fn spike(base: u32, until: u32) -> String {
    format!("Steps([(\"T+0s\", \"{base}/s\"), (\"T+20s\", \"80/s\"), (\"T+{until}s\", \"{base}/s\")])")
}

/// Something of every run of the scenario at this rate.
fn runs<T: Send>(rate: &str, variant: Option<&str>, reduce: impl Fn(Incident) -> T + Sync) -> Vec<T> {
    let rate = format!("traffic.clients.rate={rate}");
    let scenario = scenario_with("brooker-simple-collapse.ron", variant, &[&rate, "expect=[]"]);
    let setup = Setup { scenario: &scenario, variant: None, overrides: &[], twin: false };
    let plan: Vec<Run> = (1..=SEEDS).map(|seed| Run { setup, seed }).collect();
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    replay_all(&plan, jobs, |_| (), |_, incident| reduce(incident)).into_iter().flatten().collect()
}

/// Whether less than half of what ended between 60 s and 79 s was answered.
fn stays_down(incident: &Incident) -> bool {
    let errors = &incident.record.actual.monitors["errors"].samples;
    let (_, last) = errors.iter().rev().find(|(at, _)| *at <= 79.0).unwrap();
    *last > 0.5
}

/// Fisher's exact test, two-sided: how likely two shares are at least as far apart as these if they are of one kind.
fn fisher(a: u64, of_a: u64, b: u64, of_b: u64) -> f64 {
    let ln_choose =
        |n: u64, k: u64| -> f64 { (1..=k).map(|i| libm::log((n - k + i) as f64 / i as f64)).sum() };
    let both = a + b;
    let ln_p = |k: u64| ln_choose(of_a, k) + ln_choose(of_b, both - k) - ln_choose(of_a + of_b, both);
    let seen = ln_p(a);
    let least = both.saturating_sub(of_b);
    (least..=both.min(of_a)).map(ln_p).filter(|p| *p <= seen + 1e-9).map(libm::exp).sum()
}

#[test]
fn fishers_test_is_the_textbooks() {
    // The lady tasting tea: 3 of 4 against 1 of 4.
    assert!((fisher(3, 4, 1, 4) - 0.485_714).abs() < 1e-6);
    assert!((fisher(8, 12, 0, 12) - 0.001_346).abs() < 1e-6);
    assert!((fisher(5, 12, 15, 36) - 1.0).abs() < 1e-9);
}

#[test]
fn a_spike_leaves_a_collapse_behind_as_often_as_published() {
    let mut found = String::new();
    let mut differs = false;
    for (name, rate, variant, published) in [
        ("40/s, 5 s", spike(40, 25), None, 8),
        ("40/s, 5 s, backoff", spike(40, 25), Some("backoff"), 0),
        ("40/s, 3 s", spike(40, 23), None, 0),
        ("40/s, 8 s", spike(40, 28), None, 12),
        ("30/s, 5 s", spike(30, 25), None, 3),
        ("20/s, 5 s", spike(20, 25), None, 0),
    ] {
        let down = runs(&rate, variant, |incident| stays_down(&incident));
        let down = down.into_iter().filter(|down| *down).count() as u64;
        let p = fisher(published, 12, down, SEEDS);
        differs |= p < 0.001;
        writeln!(found, "{name}: {down}/{SEEDS}, published {published}/12, p = {p:.4}").unwrap();
    }
    assert!(!differs, "{found}");
}

/// Requests answered and retries decided upon, per second of a phase, on average over all runs.
fn phases<const N: usize>(variant: Option<&str>, phases: [(f64, f64); N]) -> [(f64, f64); N] {
    let of_runs = runs(&spike(40, 25), variant, |incident| {
        let world = &incident.record.actual;
        let (class, call) = (&world.classes["clients"], &world.calls["clients -> server"]);
        phases.map(|(from, to)| {
            let windows = (from / world.window_s) as usize..(to / world.window_s) as usize;
            let sum = |counts: &[u64]| counts[windows.clone()].iter().sum::<u64>() as f64;
            // What has timed out and will be tried again, now or after a backoff.
            let retries = sum(&call.failed) - sum(&class.failed);
            (sum(&class.ok) / (to - from), retries / (to - from))
        })
    });
    let mut mean = [(0.0, 0.0); N];
    for run in &of_runs {
        for (sum, (answered, retries)) in mean.iter_mut().zip(run) {
            sum.0 += answered / of_runs.len() as f64;
            sum.1 += retries / of_runs.len() as f64;
        }
    }
    mean
}

/// The published means are of ten runs. After 30 s those without backoff are a mixture of the collapsed and the healed.
#[test]
fn each_phase_carries_what_was_published() {
    let before = [(5.0, 20.0), (20.0, 25.0), (25.0, 30.0)];
    let found = phases(None, before);
    let published = [(39.2, 0.0), (51.0, 0.4), (32.0, 37.0)];
    close(&found, &published);
    let all = [(5.0, 20.0), (20.0, 25.0), (25.0, 30.0), (30.0, 40.0), (60.0, 79.0)];
    let found = phases(Some("backoff"), all);
    let published = [(39.0, 0.0), (52.0, 0.3), (34.5, 28.0), (49.3, 0.3), (40.3, 0.0)];
    close(&found, &published);
}

/// Within 15 %, or 1.5/s where there is little.
#[track_caller]
fn close(found: &[(f64, f64)], published: &[(f64, f64)]) {
    let near = |found: f64, wanted: f64| (found - wanted).abs() <= (0.15 * wanted).max(1.5);
    let same = found.iter().zip(published).all(|(f, p)| near(f.0, p.0) && near(f.1, p.1));
    assert!(same, "answered and retried per second: {found:.1?}, published {published:?}");
}
