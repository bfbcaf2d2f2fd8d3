//! The scenario as a whole, as written.

use crate::diagnostic::Spanned;
use crate::scenario::read::schema::{Rule, schema};
use crate::scenario::{Act, Expectation, Fault, Monitor, OnCall, Policy, Service, Traffic};
use crate::time::SimDuration;

/// A name, and where it was written.
pub type Name = Spanned<String>;

/// Named things in the order they were written.
pub type Named<T> = Vec<(Name, T)>;

schema! {
    /// Everything a person wrote, checked: one incident with one choice of variant and overrides.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Scenario {
        /// Its title.
        pub name: String where Rule::Nonempty,
        /// What it teaches, in a sentence or two.
        pub description: String = "",
        /// What to tell those who learn from it, for the presenter mode of report.html: paragraphs with blank lines between.
        pub notes: String = "",
        /// The wall-clock time of T+0, for people: seconds since midnight, written `"14:00:00"`. Default none.
        pub start: Option<u32> where Rule::Clock,
        /// Time to fill the system before T+0; nothing in it counts.
        pub warm_up: SimDuration = "0s",
        /// Length of the run from T+0.
        pub horizon: Spanned<SimDuration> where Rule::duration_from_millis(1),
        /// The root of all draws.
        pub seed: u64 = 1,
        /// What the money signs say: `"$"`.
        pub currency: String = "$",
        /// The services.
        pub services: Named<Service>,
        /// Policies of calls, keyed `"caller -> callee"`. Calls without an entry have the defaults.
        pub calls: Named<Policy> = {},
        /// The traffic classes.
        pub traffic: Named<Traffic>,
        /// What is broken on purpose.
        pub faults: Vec<Fault> = [],
        /// What the people see.
        pub monitors: Named<Monitor> = {},
        /// Who is called by alerts, and what they do. Default: nobody.
        pub on_call: Option<OnCall>,
        /// What is done by script or automation.
        pub response: Vec<Act> = [],
        /// When a request counts as affected.
        pub impact: Impact = (Impact()),
        /// When a runaway simulation is stopped.
        pub limits: Limits = (Limits()),
        /// What must be true of a run.
        pub expect: Vec<Expectation> = [],
    }
}

schema! {
    /// When a request or attempt counts as slower than its twin, and an incident as contained.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Impact {
        /// Latency beyond `slower_factor` x the twin's + `slower_margin` is slower.
        pub slower_factor: f64 = 2 where Rule::factor(1.0, 1e6),
        /// See `slower_factor`.
        pub slower_margin: SimDuration = "50ms",
        /// Contained: no class failed more than this share of its requests beyond its twin, 0 to 1.
        pub contained: f64 = "1%" where Rule::share(1.0),
    }
}

schema! {
    /// When a runaway simulation is stopped, each for one world.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Limits {
        /// Events handled.
        pub events: u64 = 10_000_000_000 where Rule::count(1, u64::MAX),
        /// Attempts in flight, zombies included.
        pub in_flight: u64 = 2_000_000 where Rule::count(1, u64::MAX),
    }
}
