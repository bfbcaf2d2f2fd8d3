//! How much load calls carried against the twin, and how busy the services at their ends were.

mod build;
mod calls;
mod threads;
mod title;

pub use build::amplification;
