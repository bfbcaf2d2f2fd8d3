//! Text into a tree of values, every value with its place. Knows no field and no type.

pub(in crate::scenario) mod lex;
pub(in crate::scenario) mod parse;
pub(in crate::scenario) mod tree;
