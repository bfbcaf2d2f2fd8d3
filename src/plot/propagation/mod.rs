//! The failure's way through the services: who calls whom, who was hit when and by what, and who got over it.

mod boxes;
mod build;
mod edges;
mod legend;
mod status;

pub(super) use boxes::person;
pub use build::propagation;
