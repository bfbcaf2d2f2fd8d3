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
#[cfg(feature = "report")]
pub(super) use {
    cause::{contributing, root},
    detection::misled,
    impact::section as impact,
    moments::section as times,
    opening::summary,
    questions::all as questions,
    response::section as response,
};
