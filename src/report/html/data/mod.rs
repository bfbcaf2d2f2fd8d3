//! What the replay reads: a run as compact JSON, rounded to what a screen can show. Judges nothing.
//!
//! | file | owns |
//! |---|---|
//! | `run` | a run: its parts, in the order in which they are read |
//! | `topology` | services and classes in layers, and the lines between them |
//! | `world` | series of a world, window by window |
//! | `series` | numbers over time in few letters |
//! | `events` | what changed, as parts of sentences |
//! | `harm` | what the harm goes back to, over time and by service |

mod events;
mod harm;
mod run;
mod series;
mod topology;
mod world;

pub(super) use run::{json, monitor_anchor};
