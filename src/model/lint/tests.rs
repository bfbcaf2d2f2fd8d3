//! The review of small models whose findings are known.
