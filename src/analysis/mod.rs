//! What a record means: impact against the twin, verdicts, propagation, expectations.
//!
//! | file | answers |
//! |---|---|
//! | `worse` | when something counts as worse off than its twin |
//! | `outbox`, `pairing` | which requests and attempts are worse off than their twins |
//! | `impact`, `propagation`, `carrier` | which service was hit when, and by what |
//! | `causes`, `phases`, `sustaining` | what the harm goes back to, in all and over time, and what kept it up |
//! | `blast`, `stretch` | how many requests and users were affected, how badly, and when most |
//! | `reach` | the same by traffic class and by service |
//! | `verdict` | how it ended |
//! | `capacity` | under how little load an impaired world would have healed, and whether it did |
//! | `goodput`, `degradation` | how much of the service was left, and what users noticed |
//! | `slo`, `burn` | what it did to error budgets, and which alerts would have fired |
//! | `containment` | which mechanisms acted, how often, and what became of the requests |
//! | `times` | how long it took to detect, diagnose, mitigate and recover |
//! | `people` | how long people took, and what they saved or added |
//! | `waves` | what got worse again after a restart that they made |
//! | `summarize`, `summary` | the numbers of `summary.json` |
//! | `expect` | whether the scenario's expectations held |

mod assemble;
mod blast;
mod burn;
mod capacity;
mod carrier;
mod causes;
mod check;
mod containment;
mod degradation;
mod expect;
#[cfg(test)]
pub(crate) mod fixture;
mod goodput;
mod impact;
mod interval;
mod outbox;
mod pairing;
mod people;
mod phases;
mod propagation;
mod reach;
mod slo;
mod stretch;
mod summarize;
mod summary;
mod sustaining;
mod times;
mod verdict;
mod waves;
mod ways;
mod worse;

pub use assemble::analyze;
pub use blast::BlastTally;
pub use burn::{BurnAlert, BurnState};
pub use capacity::HiddenCapacity;
pub(crate) use capacity::{Goodput, Probe};
pub use causes::blame_record;
pub use containment::{Contained, Containment};
pub use degradation::{Degradation, DegradationKind, DegradationSummary};
pub use impact::ImpactTracker;
pub use interval::{Interval, wilson};
pub use outbox::Outbox;
pub use pairing::{Compared, Comparison};
pub(crate) use people::{LOST_PHASES, outage_s};
pub use phases::Phase;
pub use slo::SloSummary;
pub use summary::{
    BlastRadius, BySeverity, CallSummary, ClassRadius, ExpectationResult, Impact, MonitorSummary,
    PeopleSummary, RootCause, SUMMARY_VERSION, Saved, ServiceHarm, ServiceSummary, Summary, TrafficSummary,
    VainFix, Wave, WorldSummary, WorstMinute,
};
pub use sustaining::SustainingLoop;
pub(crate) use times::CHANCE;
pub use times::IncidentTimes;
pub(crate) use verdict::last_window;
