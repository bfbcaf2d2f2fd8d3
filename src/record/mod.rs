//! What a run leaves behind. An observer of the engine turns what happens into a [`Record`]; nothing here judges.

mod data;

pub use data::{
    CallSeries, ClassNode, ClassSeries, Edge, FaultSpan, MonitorTrack, Quantiles, RECORD_VERSION, Record,
    ServiceNode, ServiceSeries, Topology, Transition, WorldRecord,
};
