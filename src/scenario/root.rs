//! The scenario as a whole, as written.

use crate::diagnostic::Spanned;
use crate::scenario::{Expectation, Fault, Monitor, Policy, Service, Traffic};
use crate::time::SimDuration;

/// A name, and where it was written.
pub type Name = Spanned<String>;

/// Named things in the order they were written.
pub type Named<T> = Vec<(Name, T)>;

/// Everything a person wrote, checked: one incident with one choice of variant and overrides.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its title.
    pub name: String,
    /// What it teaches, in a sentence or two. Default none.
    pub description: String,
    /// The wall-clock time of T+0, for people: seconds since midnight, written `"14:00:00"`. Default none.
    pub start: Option<u32>,
    /// Time to fill the system before T+0; nothing in it counts. Default 0 s.
    pub warm_up: SimDuration,
    /// Length of the run from T+0.
    pub horizon: Spanned<SimDuration>,
    /// The root of all draws. Default 1.
    pub seed: u64,
    /// What the money signs say: `"$"`. Default `"$"`.
    pub currency: String,
    /// The services.
    pub services: Named<Service>,
    /// Policies of calls, keyed `"caller -> callee"`. Calls without an entry have the defaults.
    pub calls: Named<Policy>,
    /// The traffic classes.
    pub traffic: Named<Traffic>,
    /// What is broken on purpose. Default nothing.
    pub faults: Vec<Fault>,
    /// What the people see. Default nothing.
    pub monitors: Named<Monitor>,
    /// When a request counts as affected.
    pub impact: Impact,
    /// When a runaway simulation is stopped.
    pub limits: Limits,
    /// What must be true of a run. Default nothing.
    pub expect: Vec<Expectation>,
}

/// When a request or attempt counts as slower than its twin, and an incident as contained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Impact {
    /// Latency beyond `slower_factor` x the twin's + `slower_margin` is slower. Default 2.
    pub slower_factor: f64,
    /// See `slower_factor`. Default 50 ms.
    pub slower_margin: SimDuration,
    /// Contained: no class failed more than this share of its requests beyond its twin, 0 to 1. Default 1 %.
    pub contained: f64,
}

/// When a runaway simulation is stopped, each for one world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events handled. Default 10,000,000,000.
    pub events: u64,
    /// Attempts in flight, zombies included. Default 20,000,000.
    pub in_flight: u64,
}
