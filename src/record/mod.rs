//! What a run leaves behind. An observer of the engine turns what happens into a [`Record`]; nothing here judges.

mod audit;
mod blame;
mod check;
mod containment;
mod data;
mod describe;
mod fingerprint;
mod latency;
mod level;
mod monitor;
mod recorder;
mod tally;
pub(crate) mod word;

pub use audit::Audit;
pub use blame::{BlameRecord, CallHarm, CallRoot, ChainHarm, Link, RootHarm};
pub use data::{
    CallSeries, CallTotals, ClassNode, ClassSeries, ClassTotals, Edge, FaultSpan, MAX_TRANSITIONS,
    MonitorTrack, Quantiles, RECORD_VERSION, Record, ResponseEntry, ResponseKind, ServiceNode, ServiceSeries,
    ServiceTotals, Stopped, Topology, Totals, Transition, WorldRecord,
};
pub use describe::describe;
pub use latency::LatencySummary;
pub use recorder::Recorder;
pub(crate) use recorder::window_width;
pub use word::Word;
