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
mod topology;
pub(crate) mod word;

pub use audit::Audit;
pub use blame::{BlameRecord, CallHarm, CallRoot, ChainHarm, Link, RootHarm};
pub use data::{
    CallSeries, CallTotals, ClassSeries, ClassTotals, FaultSpan, MAX_TRANSITIONS, MonitorTrack, Quantiles,
    RECORD_VERSION, Record, ResponseEntry, ResponseKind, ServiceSeries, ServiceTotals, Stopped, Totals,
    Transition, WorldRecord,
};
pub use describe::describe;
pub use latency::LatencySummary;
pub use recorder::Recorder;
pub(crate) use recorder::window_width;
pub use topology::{ClassNode, Edge, ServiceNode, Topology};
pub use word::Word;
