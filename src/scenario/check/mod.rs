//! What must hold between the parts of a scenario. Every rule always runs; no mistake hides another.

pub(in crate::scenario) mod admission;
pub(in crate::scenario) mod cache;
pub(in crate::scenario) mod fault;
pub(in crate::scenario) mod monitor;
pub(in crate::scenario) mod names;
pub(in crate::scenario) mod policy;
pub(in crate::scenario) mod response;
pub(in crate::scenario) mod rules;
pub(in crate::scenario) mod unknown;
pub(in crate::scenario) mod unseen;
