//! The post-mortem of an incident: what a review begins with, as far as the run alone tells. Blames nobody, advises
//! nothing, and says nothing where the run knows nothing.

mod cause;
mod detection;
mod impact;
mod moments;
mod opening;
mod questions;
mod response;
mod tell;
#[cfg(all(test, feature = "report"))]
mod tests;

pub use tell::postmortem;
