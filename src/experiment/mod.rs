//! Runs: the worlds of one incident side by side, and many incidents one after another or at once.

mod difference;
mod hidden_capacity;
mod incident;
mod manifest;
mod runner;

pub use difference::{Difference, first_difference};
pub use hidden_capacity::replay_with_hidden_capacity;
pub use incident::{Incident, Progress, Setup, Stop, Watch, replay};
pub(crate) use runner::in_order;
pub use runner::{Run, replay_all};
