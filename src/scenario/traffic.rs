//! Traffic as written: who asks for what, and how often.

use crate::scenario::{Access, Name};
use crate::time::SimDuration;

/// A traffic class: requests of one kind, arriving whether or not earlier ones were answered (open loop).
#[derive(Clone, Debug, PartialEq)]
pub struct Traffic {
    /// Arrivals per second over time: a Poisson process.
    pub rate: Rate,
    /// The operation that requests ask for, `service.operation`.
    pub entry: Name,
    /// How many users make these requests, at least 1; each request is of one of them at random. Default 1,000.
    pub users: u64,
    /// Value of one answered request, in the scenario's currency. Default 0.
    pub value: f64,
    /// The region that requests carry in their header. Default none.
    pub region: String,
    /// The priority that requests carry in their header; higher matters more. Default 0.
    pub priority: u8,
    /// Whether requests read or write. Default `Read`.
    pub access: Access,
}

/// A rate over time. Times count from the end of the warm-up (T+0); before its first time a profile has its first rate.
#[derive(Clone, Debug, PartialEq)]
pub enum Rate {
    /// Always the same, per second.
    Constant(f64),
    /// Jumps to a rate at each time: `Steps([("T+0s", "100/s"), ("T+60s", "200/s")])`.
    Steps(Vec<(SimDuration, f64)>),
    /// Runs straight from one point to the next, and stays at the last: `Ramp([...])`.
    Ramp(Vec<(SimDuration, f64)>),
}
