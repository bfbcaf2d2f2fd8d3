//! What a record means: impact against the twin, verdicts, propagation, expectations.
//!
//! | file | answers |
//! |---|---|
//! | `worse` | when something counts as worse off than its twin |
//! | `outbox`, `pairing` | which requests and attempts are worse off than their twins |
//! | `impact`, `propagation` | which service was hit when, and by what |
//! | `causes`, `phases`, `sustaining` | what the harm goes back to, in all and over time, and what kept it up |
//! | `blast` | how many requests and users were affected, and how badly |
//! | `verdict` | how it ended |
//! | `people` | how long people took, and what they saved or added |
//! | `waves` | what got worse again after a restart that they made |
//! | `summarize`, `summary` | the numbers of `summary.json` |
//! | `expect` | whether the scenario's expectations held |

mod assemble;
mod blast;
mod causes;
mod check;
mod expect;
#[cfg(test)]
pub(crate) mod fixture;
mod impact;
mod interval;
mod outbox;
mod pairing;
mod people;
mod phases;
mod propagation;
mod summarize;
mod summary;
mod sustaining;
mod verdict;
mod waves;
mod worse;

pub use assemble::analyze;
pub use blast::BlastTally;
pub use causes::blame_record;
pub use impact::ImpactTracker;
pub use interval::{Interval, wilson};
pub use outbox::Outbox;
pub use pairing::{Compared, Comparison};
pub use phases::Phase;
pub use summary::{
    BlastRadius, BySeverity, CallSummary, ExpectationResult, Impact, MonitorSummary, PeopleSummary,
    RootCause, SUMMARY_VERSION, Saved, ServiceSummary, Summary, TrafficSummary, Wave, WorldSummary,
};
pub use sustaining::SustainingLoop;
