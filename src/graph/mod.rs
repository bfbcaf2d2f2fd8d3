//! A scenario as boxes and arrows: who calls whom, what bounds each service, what limits each call. Simulates nothing;
//! the picture is drawn by `plot`.
//!
//! | file | owns |
//! |---|---|
//! | `parts` | nodes and arrows, made from a model |
//! | `facts` | bounds and policies in few words |
//! | `choice` | which part of a large system is shown |
//! | `dot`, `mermaid` | text for other people's tools |
//! | [`layout`](mod@layout), [`spread`](mod@spread) | where boxes and arrows go, for pictures and pages |

mod choice;
mod dot;
mod facts;
pub mod layout;
mod mermaid;
mod parts;
pub mod spread;
#[cfg(test)]
mod tests;

pub use dot::dot;
pub use mermaid::mermaid;
pub use parts::{Arrow, Graph, Kind, Node, Rules};
