//! What a record means: impact against the twin, verdicts, propagation, expectations.

mod interval;
mod summary;

pub use interval::{Interval, wilson};
pub use summary::{
    BlastRadius, BySeverity, CallSummary, ExpectationResult, Impact, LatencySummary, MonitorSummary,
    RootCause, SUMMARY_VERSION, ServiceSummary, Summary, TrafficSummary, TwinSummary,
};
