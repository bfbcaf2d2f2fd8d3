//! What changes a tree before it is read: what it is based on, variants, overrides, and what a run will set.

pub(in crate::scenario) mod apply;
pub(in crate::scenario) mod merge;
pub(in crate::scenario) mod path;
pub(in crate::scenario) mod place;
pub(in crate::scenario) mod trial;
pub(in crate::scenario) mod variant;
