//! How far the incident reached, and when: who failed how much over time, users first, then services.

mod build;
mod cells;
mod legend;
mod rows;

pub use build::blast_radius;
pub(in crate::plot) use cells::asked;
