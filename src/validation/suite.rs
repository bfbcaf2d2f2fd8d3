//! All comparisons: every case under every seed, several at once, and what came out of it.

use crate::experiment::{Jobs, Watch};
use crate::validation::case::{Case, Group, Row, Rule, Verdict};
use crate::validation::exact::exact;
use crate::validation::interval::Interval;
use crate::validation::library::library;
use crate::validation::limits::{approximate, asymptotic, bounds};
use crate::validation::measure::Measured;
use crate::validation::witness::Gap;

/// How thoroughly it is compared. The first seed is always 1: none is chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// Independent runs of each case, at least 2.
    pub seeds: u64,
    /// Runs at once.
    pub jobs: usize,
    /// Horizons are this many times as long as written.
    pub length: f64,
}

/// A comparison that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// What kind of theory.
    pub group: Group,
    /// The case.
    pub name: String,
    /// Its parameters.
    pub parameters: String,
    /// What was compared.
    pub quantity: String,
    /// What theory says.
    pub theory: f64,
    /// What the simulation says.
    pub found: Interval,
    /// Whether they agree.
    pub verdict: Verdict,
}

/// All comparisons that were made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Validation {
    /// Runs of each case.
    pub seeds: u64,
    /// In the order of the cases.
    pub rows: Vec<Compared>,
}

impl Validation {
    /// How many rows agree, and how many were judged.
    pub fn score(&self) -> (usize, usize) {
        let judged = self.rows.iter().filter(|row| row.verdict != Verdict::Begins);
        (judged.clone().filter(|row| row.verdict.is_right()).count(), judged.count())
    }

    /// Whether all of them do.
    pub fn agrees(&self) -> bool {
        let (agree, judged) = self.score();
        agree == judged
    }
}

/// What is kept of one run: the value of each row, and the worst gap of each law over its services.
struct Values {
    rows: Vec<f64>,
    gaps: [Vec<Gap>; 3],
}

/// The laws, in the order of [`Values::gaps`].
const LAWS: [&str; 3] = [
    "threads held = sum of holding times (U = X S)",
    "queue length = sum of waits (Lq = X W)",
    "number at a service, record against own count (L)",
];

/// Sides of a law may differ so much: sums of floating point numbers against exact ones.
const ROUNDING: f64 = 1e-9;

/// How many runs there are: each case under each seed, or once.
pub fn runs(cases: &[Case], seeds: u64) -> u64 {
    cases.iter().map(|case| case.seeds(seeds)).sum()
}

/// Compares all cases. `watch` gives the one who watches a run, by its index; none if it stopped one of them.
pub fn validate<W: Watch>(
    cases: &[Case],
    effort: Effort,
    watch: impl Fn(usize) -> W + Sync,
) -> Option<Validation> {
    let scenarios: Vec<_> = cases.iter().map(|case| case.scenario(effort.length)).collect();
    let runs_of =
        |(index, case): (usize, &Case)| (1..=case.seeds(effort.seeds)).map(move |seed| (index, seed));
    let plan: Vec<(usize, u64)> = cases.iter().enumerate().flat_map(runs_of).collect();
    let runs = Jobs::new(effort.jobs.min(plan.len())).in_order(plan.len(), |index| {
        let watch = watch(index);
        if watch.stop().is_some() {
            return None;
        }
        let (case, seed) = plan[index];
        let measured = Measured::of(&scenarios[case], seed, cases[case].waits, &watch)?;
        Some(Values {
            rows: cases[case].rows.iter().map(|row| (row.read)(&measured)).collect(),
            gaps: [measured.laws.threads, measured.laws.queues, measured.laws.record],
        })
    });
    let runs: Vec<Values> = runs.into_iter().collect::<Option<_>>()?;
    let mut rows: Vec<Compared> = Vec::new();
    let mut rest = runs.as_slice();
    for case in cases {
        let (own, others) = rest.split_at(case.seeds(effort.seeds) as usize);
        compare(case, own, effort.length, &mut rows);
        rest = others;
    }
    rows.extend(
        LAWS.iter()
            .enumerate()
            .filter_map(|(law, name)| law_row(name, runs.iter().flat_map(|run| &run.gaps[law]))),
    );
    Some(Validation { seeds: effort.seeds, rows })
}

/// The rows of one case.
fn compare(case: &Case, runs: &[Values], length: f64, rows: &mut Vec<Compared>) {
    for (position, row) in case.rows.iter().enumerate() {
        // The longer the runs, the less their means differ.
        let theory = if row.rule == Rule::Spread { row.theory / libm::sqrt(length) } else { row.theory };
        let row = &Row { theory, ..*row };
        let values: Vec<f64> = runs.iter().map(|run| run.rows[position]).collect();
        let found = row.interval(&values);
        let same = |other: &&Compared| {
            row.rule == Rule::Nearer && other.name == case.name && other.quantity == row.quantity
        };
        let before = rows.iter().rfind(same).map(|other| other.found.estimate);
        rows.push(Compared {
            group: case.group,
            name: case.name.to_owned(),
            parameters: case.parameters.to_owned(),
            quantity: row.quantity.to_owned(),
            theory: row.theory,
            found,
            verdict: row.verdict(found, before),
        });
    }
}

/// The row of a law: the worst gap over all services of all runs.
fn law_row<'a>(quantity: &str, gaps: impl Iterator<Item = &'a Gap>) -> Option<Compared> {
    let (mut number, mut worst) = (0_u64, 0.0_f64);
    for gap in gaps {
        number += 1;
        // A gap that is no number is the worst of all.
        worst = if gap.relative.is_nan() { f64::INFINITY } else { worst.max(gap.relative) };
    }
    (number > 0).then(|| Compared {
        group: Group::Laws,
        name: "worst gap".to_owned(),
        parameters: format!("{number} services in all runs above"),
        quantity: quantity.to_owned(),
        theory: 0.0,
        found: Interval { estimate: worst, low: worst, high: worst },
        verdict: if worst <= ROUNDING { Verdict::Agrees } else { Verdict::Differs },
    })
}

/// All cases, in the order of their groups.
pub fn cases() -> Vec<Case> {
    exact().into_iter().chain(approximate()).chain(asymptotic()).chain(bounds()).chain(library()).collect()
}
