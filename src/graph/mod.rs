//! A scenario as boxes and arrows: who calls whom, what bounds each service, what limits each call. Simulates nothing;
//! the picture is drawn by `plot`.
//!
//! | file | owns |
//! |---|---|
//! | `parts` | nodes and arrows, made from a model |
//! | `facts` | bounds and policies in few words |
//! | `choice` | which part of a large system is shown |
//! | `dot`, `mermaid` | text for other people's tools |

mod choice;
mod dot;
mod facts;
mod mermaid;
mod parts;
#[cfg(test)]
mod tests;

pub use dot::dot;
pub use mermaid::mermaid;
pub use parts::{Arrow, Graph, Kind, Node, Rules};
