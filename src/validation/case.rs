//! What is compared: a scenario, what is read from its runs, what theory says, and when the two agree.

use crate::scenario::{Choice, Document, Scenario};
use crate::time::SimDuration;
use crate::validation::Measured;
use crate::validation::interval::Interval;

/// The widest interval that still says something: half its width over the estimate.
pub const WIDEST: f64 = 0.02;
/// An interval of a standard deviation as wide as this share of its estimate, to either side, says nothing.
const WIDEST_SPREAD: f64 = 0.5;

/// How theory and simulation are related.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Theory is exact.
    Exact,
    /// Theory is an approximation of known quality.
    Approximate,
    /// Theory is a limit.
    Asymptotic,
    /// What holds of every run, whatever the theory.
    Laws,
}

impl Group {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Approximate, Self::Asymptotic, Self::Laws];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "Exact",
            Self::Approximate => "Approximate",
            Self::Asymptotic => "Asymptotic",
            Self::Laws => "Laws",
        }
    }

    /// When its rows agree.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Exact => "theory lies in the 99.9 % interval, which is narrower than +-2 %",
            Self::Approximate => "the 99.9 % interval lies in the band given around theory",
            Self::Asymptotic => {
                "from row to row simulation comes nearer to the limit, or its 99.9 % interval holds it; of a spread, the \
                 99.9 % interval holds it"
            }
            Self::Laws => "the two sides of the law are equal to nine digits; what is a bound is not passed",
        }
    }
}

/// When a row agrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Theory is inside an interval narrower than [`WIDEST`].
    Inside,
    /// The interval lies within this share of theory.
    Band(f64),
    /// Nearer to theory than the row before, or theory is inside. The first row of a case begins.
    Nearer,
    /// The standard deviation of the seeds' values: theory is inside its interval.
    Spread,
    /// The largest value of all seeds is at most theory, to six digits: times are whole nanoseconds.
    AtMost,
}

/// One comparison.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// What is compared, with its unit.
    pub quantity: &'static str,
    /// What theory says.
    pub theory: f64,
    /// How it is read from a run.
    pub read: fn(&Measured) -> f64,
    /// When it agrees.
    pub rule: Rule,
}

/// A scenario and what is compared in it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What kind of theory.
    pub group: Group,
    /// What it is called; cases of one name follow each other.
    pub name: &'static str,
    /// Its parameters, as people write them.
    pub parameters: &'static str,
    /// The file under `validation/`, without its ending, and its text.
    pub file: (&'static str, &'static str),
    /// The variant; none for the file as it stands.
    pub variant: Option<&'static str>,
    /// Whether the waits of users are asked for.
    pub waits: bool,
    /// Run under the first seed only, and for so long at the most; none for all seeds and the whole horizon.
    pub once: Option<SimDuration>,
    /// What is compared.
    pub rows: Vec<Row>,
}

impl Case {
    /// A case without rows.
    pub fn new(
        group: Group,
        name: &'static str,
        parameters: &'static str,
        file: (&'static str, &'static str),
        variant: impl Into<Option<&'static str>>,
    ) -> Self {
        Self {
            group,
            name,
            parameters,
            file,
            variant: variant.into(),
            waits: false,
            once: None,
            rows: Vec::new(),
        }
    }

    /// With a comparison that is decided by the usual rule.
    #[must_use]
    pub fn row(self, quantity: &'static str, theory: f64, read: fn(&Measured) -> f64) -> Self {
        self.row_by(Rule::Inside, quantity, theory, read)
    }

    /// With a comparison.
    #[must_use]
    pub fn row_by(
        mut self,
        rule: Rule,
        quantity: &'static str,
        theory: f64,
        read: fn(&Measured) -> f64,
    ) -> Self {
        self.rows.push(Row { quantity, theory, read, rule });
        self
    }

    /// With the waits of users.
    #[must_use]
    pub fn with_waits(mut self) -> Self {
        self.waits = true;
        self
    }

    /// Under how many of so many seeds it is run.
    pub fn seeds(&self, seeds: u64) -> u64 {
        if self.once.is_some() { 1 } else { seeds }
    }

    /// The scenario, with its horizon times `length`.
    ///
    /// # Panics
    ///
    /// If the file is wrong: it is part of the program, and read by its tests.
    pub fn scenario(&self, length: f64) -> Scenario {
        let (name, text) = self.file;
        let no_files = |path: &str| Err(format!("{path}: no files can be read here"));
        let choice = Choice { variant: self.variant.map(str::to_owned), ..Choice::default() };
        let resolved =
            Document::parse(name, text.as_bytes(), &no_files).and_then(|document| document.resolve(&choice));
        match resolved {
            Ok(resolved) => {
                let mut scenario = resolved.scenario;
                let horizon = scenario.horizon.value;
                scenario.horizon.value =
                    self.once.map_or_else(|| horizon.scaled(length), |most| horizon.min(most));
                scenario
            }
            Err(rejected) => unreachable!("validation/{name}.ron: {:?}", rejected.diagnostics),
        }
    }
}

/// How a row came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Theory and simulation agree.
    Agrees,
    /// Nearer to its limit than the size before, and not there yet: as it should be.
    Nearer,
    /// They do not.
    Differs,
    /// The interval is too wide to tell.
    TooWide,
    /// The first of several sizes, against which the next is judged.
    Begins,
}

impl Verdict {
    /// Whether that is what theory says.
    pub const fn is_right(self) -> bool {
        matches!(self, Self::Agrees | Self::Nearer)
    }

    /// One word or two.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Nearer => "nearer",
            Self::Differs => "differs",
            Self::TooWide => "too wide",
            Self::Begins => "begins",
        }
    }
}

impl Row {
    /// What the seeds' values say.
    pub fn interval(&self, values: &[f64]) -> Interval {
        match self.rule {
            Rule::Spread => Interval::of_deviation(values),
            Rule::AtMost => Interval::of_largest(values),
            Rule::Inside | Rule::Band(_) | Rule::Nearer => Interval::of_mean(values),
        }
    }

    /// Whether they agree with theory; `before` is the estimate of the row before, where sizes are compared.
    pub fn verdict(&self, found: Interval, before: Option<f64>) -> Verdict {
        let theory = self.theory;
        let agrees = match (self.rule, before) {
            (Rule::Inside, _) if found.holds(theory) && found.relative_half_width() >= WIDEST => {
                return Verdict::TooWide;
            }
            (Rule::Spread, _) if found.holds(theory) && found.relative_half_width() >= WIDEST_SPREAD => {
                return Verdict::TooWide;
            }
            (Rule::Inside | Rule::Spread, _) => found.holds(theory),
            (Rule::Band(share), _) => {
                let (low, high) = (theory * (1.0 - share), theory * (1.0 + share));
                let inside = found.low >= low && found.high <= high;
                if !inside && found.low <= high && found.high >= low {
                    return Verdict::TooWide;
                }
                inside
            }
            (Rule::Nearer, None) => return Verdict::Begins,
            (Rule::Nearer, Some(_)) if found.holds(theory) => true,
            (Rule::Nearer, Some(before)) if (found.estimate - theory).abs() < (before - theory).abs() => {
                return Verdict::Nearer;
            }
            (Rule::Nearer, Some(_)) => false,
            (Rule::AtMost, _) => found.estimate <= theory * (1.0 + 1e-6),
        };
        if agrees { Verdict::Agrees } else { Verdict::Differs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(rule: Rule, theory: f64, values: &[f64], before: Option<f64>) -> Verdict {
        let row = Row { quantity: "", theory, read: |_| 0.0, rule };
        row.verdict(row.interval(values), before)
    }

    #[test]
    fn theory_must_be_inside_a_narrow_interval() {
        let values: Vec<f64> = (0..20).map(|n| 10.0 + 0.01 * f64::from(n % 5)).collect();
        assert_eq!(verdict(Rule::Inside, 10.02, &values, None), Verdict::Agrees);
        assert_eq!(verdict(Rule::Inside, 10.2, &values, None), Verdict::Differs);
        let wide: Vec<f64> = (0..20).map(|n| 10.0 + f64::from(n % 5)).collect();
        assert_eq!(verdict(Rule::Inside, 12.0, &wide, None), Verdict::TooWide);
        assert_eq!(verdict(Rule::Inside, 20.0, &wide, None), Verdict::Differs, "however wide");
    }

    #[test]
    fn approximations_limits_and_bounds_have_rules_of_their_own() {
        let values = [9.9, 10.0, 10.1, 10.0, 10.0, 9.95, 10.05, 10.0];
        assert_eq!(verdict(Rule::Band(0.05), 10.2, &values, None), Verdict::Agrees);
        assert_eq!(verdict(Rule::Band(0.05), 11.0, &values, None), Verdict::Differs);
        assert_eq!(verdict(Rule::Nearer, 12.0, &values, None), Verdict::Begins);
        assert_eq!(verdict(Rule::Nearer, 12.0, &values, Some(9.0)), Verdict::Nearer);
        assert_eq!(verdict(Rule::Nearer, 12.0, &values, Some(11.0)), Verdict::Differs);
        assert_eq!(verdict(Rule::Nearer, 10.0, &values, Some(10.0)), Verdict::Agrees, "inside");
        assert_eq!(verdict(Rule::AtMost, 10.1, &values, None), Verdict::Agrees);
        assert_eq!(verdict(Rule::AtMost, 10.0, &values, None), Verdict::Differs);
        assert_eq!(verdict(Rule::Band(0.005), 10.1, &values, None), Verdict::TooWide, "half in the band");
        let many: Vec<f64> = values.iter().cycle().take(80).copied().collect();
        assert_eq!(verdict(Rule::Spread, 0.06, &many, None), Verdict::Agrees);
        assert_eq!(verdict(Rule::Spread, 0.06, &values, None), Verdict::TooWide);
        assert_eq!(verdict(Rule::Spread, 6.0, &values, None), Verdict::Differs);
    }
}
