//! Expectations as written: what must be true of a run, so that a scenario can be wrong.

use serde::{Deserialize, Serialize};

use crate::diagnostic::Span;
use crate::scenario::Name;
use crate::scenario::read::schema::{Rule, schema};
use crate::time::SimDuration;

/// Something that must be true of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// As written.
    pub text: String,
    /// Where it was written.
    pub span: Span,
    /// What is checked.
    pub check: Check,
}

schema! {
    /// What an expectation checks. Times count from the end of the warm-up.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Check {
        /// The verdict of a world: `Verdict(Metastable, world: Actual)`.
        Verdict {
            /// One of these.
            is: Vec<VerdictKind> where Rule::OneOrMore,
            /// Which world it is about.
            world: World = Actual,
        },
        /// The reading of a monitor at its last scrape up to a time: `At("T+10s", "user errors", Within("22%", "38%"))`.
        At {
            /// When.
            at: SimDuration where Rule::Instant,
            /// Which monitor.
            monitor: Name,
            /// What its reading must be.
            bound: Bound,
            /// Which world it is about.
            world: World = Actual,
        },
        /// Every reading of a monitor in a period: `During("T+60s", "T+600s", "user errors", Above("90%"))`.
        During {
            /// First instant.
            from: SimDuration where Rule::Instant,
            /// Last instant.
            to: SimDuration where Rule::Instant,
            /// Which monitor.
            monitor: Name,
            /// What each reading must be.
            bound: Bound,
            /// Which world it is about.
            world: World = Actual,
        },
        /// The alert of a monitor fires at a time: `Firing("T+30s", "user errors")`.
        Firing {
            /// When.
            at: SimDuration where Rule::Instant,
            /// Which monitor.
            monitor: Name,
        },
        /// No alert fires at any time of a period: `Silent("T+0s", "T+10s")`.
        Silent {
            /// First instant.
            from: SimDuration where Rule::Instant,
            /// Last instant.
            to: SimDuration where Rule::Instant,
        },
        /// Attempts of a call, or at a service, in a period, divided by the twin's:
        /// `Load("T+20s", "T+30s", "checkout -> user", Within(2.5, 4))`.
        Load {
            /// Begin of the period.
            from: SimDuration where Rule::Instant,
            /// Its end.
            to: SimDuration where Rule::Instant,
            /// A service or a call.
            of: Name where Rule::Edge,
            /// What the ratio must be.
            bound: Bound,
        },
        /// The services first hit, in this order: `Order(["user-db", "user", "checkout"])`.
        Order(services: Vec<Name>),
        /// A number of `summary.json`: `Value("traffic.search.failed", AtMost(0))`.
        Value {
            /// Its path; a part with a space or a dot stands in quotes.
            path: Name,
            /// What it must be.
            bound: Bound,
        },
    }
}

schema! {
    /// Which of a scenario's worlds.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum World {
        /// As it happened: with faults and response.
        Actual,
        /// Without faults and response.
        Twin,
        /// With faults, without response.
        Unattended,
    }
}

schema! {
    /// How a world ended; see `analysis::verdict` for the definitions.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum VerdictKind {
        /// No request is worse off than in the twin.
        Unaffected,
        /// Impaired at the end, with a fault still active.
        Down,
        /// Healthy at the end; no class failed more than a little beyond its twin.
        Contained,
        /// Healthy at the end.
        Recovered,
        /// Impaired at the end, but not settled: a longer horizon is needed.
        Undecided,
        /// Impaired at the end because the response limits it.
        Limited,
        /// Impaired at the end, long after the trigger is gone, and held there by the load itself.
        Metastable,
    }
}

impl Check {
    /// The last instant it looks at; none if it looks at the run as a whole.
    pub const fn looks_until(&self) -> Option<SimDuration> {
        match self {
            Self::At { at, .. } | Self::Firing { at, .. } => Some(*at),
            Self::During { to, .. } | Self::Silent { to, .. } | Self::Load { to, .. } => Some(*to),
            Self::Verdict { .. } | Self::Order(_) | Self::Value { .. } => None,
        }
    }
}

impl VerdictKind {
    /// Its name in files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unaffected => "unaffected",
            Self::Down => "down",
            Self::Contained => "contained",
            Self::Recovered => "recovered",
            Self::Undecided => "undecided",
            Self::Limited => "limited",
            Self::Metastable => "metastable",
        }
    }
}

schema! {
    /// What a number must be, in SI units: shares as 0 to 1, seconds, per second.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum Bound {
        /// From the first to the second, both included.
        Within(low: f64 where Rule::Quantity, high: f64 where Rule::Quantity),
        /// At least.
        AtLeast(low: f64 where Rule::Quantity),
        /// At most.
        AtMost(high: f64 where Rule::Quantity),
        /// Strictly more than.
        Above(low: f64 where Rule::Quantity),
        /// Strictly less than.
        Below(high: f64 where Rule::Quantity),
        /// Exactly.
        Exactly(value: f64 where Rule::Quantity),
    }
}

impl Bound {
    /// Whether a value is as it must be; NaN never is.
    pub fn holds(self, value: f64) -> bool {
        match self {
            Self::Within(low, high) => (low..=high).contains(&value),
            Self::AtLeast(low) => value >= low,
            Self::AtMost(high) => value <= high,
            Self::Above(low) => value > low,
            Self::Below(high) => value < high,
            Self::Exactly(wanted) => value.total_cmp(&wanted).is_eq(),
        }
    }
}
