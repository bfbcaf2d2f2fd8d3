//! Many seeds of one scenario as data: what is kept of each run, and how often they ended how. Told in `seed_story`.

use indexmap::IndexMap;
use serde::Serialize;

use crate::analysis::{Summary, wilson};
use crate::report::story::found;
use crate::scenario::VerdictKind;

/// Version of the format of [`SeedTable`] as JSON.
const SEEDS_VERSION: u32 = 1;

/// The runs of many seeds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeedTable {
    /// Version of this format.
    pub seeds_version: u32,
    /// The scenario's name.
    pub scenario: String,
    /// The variant, if any.
    pub variant: Option<String>,
    /// Currency of values.
    pub currency: String,
    /// How often each verdict, the most frequent first.
    pub verdicts: Vec<Frequency>,
    /// One for each run, in the order of the seeds.
    pub runs: Vec<SeedOutcome>,
}

/// How often a verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Frequency {
    /// The verdict; none of runs without one.
    pub verdict: Option<VerdictKind>,
    /// Runs that ended so.
    pub runs: u64,
    /// Their share.
    pub share: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
}

/// What is kept of the run of one seed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeedOutcome {
    /// The seed.
    pub seed: u64,
    /// How it ended.
    pub verdict: Option<VerdictKind>,
    /// Digest of its events.
    pub fingerprint: String,
    /// Expectations that held.
    pub held: usize,
    /// Expectations that did not.
    pub failed: Vec<FailedExpectation>,
    /// The numbers that matter, by name: `checkout_availability`, `lost_value`, `duration_s`.
    pub values: IndexMap<String, Option<f64>>,
}

/// An expectation that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FailedExpectation {
    /// As written.
    pub text: String,
    /// What was found instead.
    pub found: String,
}

impl SeedTable {
    /// The table of these runs.
    pub fn new(scenario: &str, variant: Option<&str>, currency: &str, runs: Vec<SeedOutcome>) -> Self {
        Self {
            seeds_version: SEEDS_VERSION,
            scenario: scenario.to_owned(),
            variant: variant.map(str::to_owned),
            currency: currency.to_owned(),
            verdicts: frequencies(&runs),
            runs,
        }
    }
}

impl SeedOutcome {
    /// What is kept of a run.
    pub fn of(summary: &Summary) -> Self {
        let mut values = IndexMap::new();
        for (name, class) in &summary.traffic {
            values.insert(format!("{name}_availability"), Some(class.availability));
            values.insert(format!("{name}_unavailable_s"), Some(class.unavailable_s));
        }
        let radius = summary.blast_radius.as_ref();
        let lost_value = summary.traffic.values().map(|class| class.lost_value).sum();
        values.insert("lost_value".to_owned(), Some(lost_value));
        values.insert("requests_affected".to_owned(), radius.map(|radius| radius.requests_affected));
        values.insert("duration_s".to_owned(), radius.map(|radius| radius.duration_s));
        let failed: Vec<FailedExpectation> = summary
            .expectations
            .iter()
            .filter(|result| !result.held)
            .map(|result| FailedExpectation { text: result.text.clone(), found: found(result) })
            .collect();
        Self {
            seed: summary.seed,
            verdict: summary.verdict,
            fingerprint: summary.fingerprint.clone(),
            held: summary.expectations.len() - failed.len(),
            failed,
            values,
        }
    }

    /// Its verdict as one word.
    pub fn verdict_name(&self) -> &'static str {
        self.verdict.map_or("none", VerdictKind::name)
    }
}

/// How often each verdict; of equals, the better one first.
fn frequencies(runs: &[SeedOutcome]) -> Vec<Frequency> {
    let mut counts: IndexMap<Option<VerdictKind>, u64> = IndexMap::new();
    for run in runs {
        *counts.entry(run.verdict).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(verdict, count)| (std::cmp::Reverse(*count), *verdict));
    let all = runs.len() as u64;
    counts
        .into_iter()
        .map(|(verdict, count)| {
            let interval = wilson(count, all);
            let share = count as f64 / all as f64;
            Frequency { verdict, runs: count, share, low: interval.low, high: interval.high }
        })
        .collect()
}
