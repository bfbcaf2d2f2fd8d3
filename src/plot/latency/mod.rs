//! The latency that users saw over time, against the twin's.

mod bands;
mod build;
mod panel;
mod pool;
mod scale;
mod title;

pub use build::latency;
