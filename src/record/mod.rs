//! What a run leaves behind. An observer of the engine turns what happens into a [`Record`]; nothing here judges.

mod audit;
mod containment;
mod data;
mod describe;
mod fingerprint;
mod latency;
mod level;
mod recorder;
mod tally;

pub use audit::Audit;
pub use data::{
    CallSeries, CallTotals, ClassNode, ClassSeries, ClassTotals, Edge, FaultSpan, MAX_TRANSITIONS,
    MonitorTrack, Quantiles, RECORD_VERSION, Record, ResponseEntry, ResponseKind, ServiceNode, ServiceSeries,
    ServiceTotals, Stopped, Topology, Totals, Transition, WorldRecord,
};
pub use describe::describe;
pub use latency::LatencySummary;
pub use recorder::Recorder;
