//! Traffic as written: who asks for what, and how often.

use crate::scenario::read::schema::{Rule, schema};
use crate::scenario::{Access, Name};
use crate::time::SimDuration;

schema! {
    /// A traffic class: requests of one kind, arriving whether or not earlier ones were answered (open loop).
    #[derive(Clone, Debug, PartialEq)]
    pub struct Traffic as "Open" {
        /// Arrivals per second over time: a Poisson process.
        pub rate: Rate,
        /// The operation that requests ask for, `service.operation`.
        pub entry: Name,
        /// How many users make these requests, at least 1; each request is of one of them at random.
        pub users: u64 = 1_000 where Rule::count(1, 1_000_000_000_000),
        /// Value of one answered request, in the scenario's currency.
        pub value: f64 = 0 where Rule::factor(0.0, 1e12),
        /// The region that requests carry in their header.
        pub region: String = "",
        /// The priority that requests carry in their header; higher matters more.
        pub priority: u8 = 0,
        /// Whether requests read or write.
        pub access: Access = Read,
    }
}

schema! {
    /// A rate over time. Times count from the end of the warm-up (T+0); before its first time a profile has its first rate.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Rate {
        /// Always the same, per second.
        Constant(rate: f64 where Rule::PerSecond) = bare,
        /// Jumps to a rate at each time: `Steps([("T+0s", "100/s"), ("T+60s", "200/s")])`.
        Steps(points: Vec<(SimDuration, f64)>),
        /// Runs straight from one point to the next, and stays at the last: `Ramp([...])`.
        Ramp(points: Vec<(SimDuration, f64)>),
    }
}
