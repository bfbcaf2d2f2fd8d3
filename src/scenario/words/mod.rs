//! What words mean: fields, types, diagnostic codes, and the terms of the trade.

pub(in crate::scenario) mod code;
pub(in crate::scenario) mod explain;
pub(in crate::scenario) mod glossary;
