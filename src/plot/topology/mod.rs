//! A scenario before anything happens: services with their bounds, calls with their limits.

mod boxes;
mod build;
mod labels;
mod legend;
#[cfg(test)]
mod tests;

pub use build::topology;
