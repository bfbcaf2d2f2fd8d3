//! The health of the services over time: a row for each, a cell for each stretch of time.

mod build;
mod health;
mod rows;
mod title;

pub use build::heatmap;
