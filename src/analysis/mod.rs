//! What a record means: impact against the twin, verdicts, propagation, expectations.
//!
//! | file | answers |
//! |---|---|
//! | `worse` | when something counts as worse off than its twin |
//! | `outbox`, `pairing` | which requests and attempts are worse off than their twins |
//! | `impact`, `propagation` | which service was hit when, and by what |
//! | `blast` | how many requests and users were affected, and how badly |
//! | `verdict` | how it ended |
//! | `summarize`, `summary` | the numbers of `summary.json` |
//! | `expect` | whether the scenario's expectations held |

mod assemble;
mod blast;
mod expect;
mod impact;
mod interval;
mod outbox;
mod pairing;
mod propagation;
mod summarize;
mod summary;
mod verdict;
mod worse;

pub use assemble::analyze;
pub use blast::BlastTally;
pub use impact::ImpactTracker;
pub use interval::{Interval, wilson};
pub use outbox::Outbox;
pub use pairing::Comparison;
pub use summary::{
    BlastRadius, BySeverity, CallSummary, ExpectationResult, Impact, MonitorSummary, RootCause,
    SUMMARY_VERSION, ServiceSummary, Summary, TrafficSummary, TwinSummary,
};
