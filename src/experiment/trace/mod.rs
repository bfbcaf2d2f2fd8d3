//! Some requests of a run, followed call by call. The actual world is simulated twice more by itself: first to choose the
//! requests, then to follow them. Every run is the same, so nobody pays who does not ask.
//!
//! | file | owns |
//! |---|---|
//! | `run` | the two simulations |
//! | `choose` | which requests: those worst off, and healthy ones to compare |
//! | `follow` | the observer that keeps what happens to them |
//! | `parts` | what it keeps |
//! | `span` | that as spans, each within its parent |

mod choose;
mod follow;
mod parts;
mod run;
mod span;

pub use run::{Trace, TraceWindow, trace};
pub use span::{Span, SpanKind};
