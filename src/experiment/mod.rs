//! Runs: the worlds of one incident side by side, many incidents one after another or at once, and some requests of one
//! looked at closely.

mod alone;
mod difference;
mod hidden_capacity;
mod incident;
mod jobs;
mod manifest;
mod others;
mod runner;
mod trace;
mod world;
mod worlds;

pub use difference::{Difference, first_difference};
pub use hidden_capacity::replay_with_hidden_capacity;
pub use incident::{Incident, Progress, Setup, Stop, Watch};
pub(crate) use jobs::Jobs;
pub use runner::{Run, replay_all};
pub use trace::{Span, SpanKind, Trace, TraceWindow, trace};
pub use worlds::{replay, replay_at_once};
