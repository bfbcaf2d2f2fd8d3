//! What changes a tree before it is read: what it is based on, variants, and overrides.

pub(in crate::scenario) mod apply;
pub(in crate::scenario) mod merge;
pub(in crate::scenario) mod path;
pub(in crate::scenario) mod variant;
