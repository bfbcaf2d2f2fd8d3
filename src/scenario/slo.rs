//! Service level objectives as written: what is promised to the users of a traffic class.

use crate::scenario::read::schema::{Rule, schema};
use crate::time::SimDuration;

schema! {
    /// What is promised to the users of a traffic class: `Slo(availability: "99.9%", latency: "300ms")`. A request is good if
    /// it is answered, by a fallback as well, and in time. What may be bad is the error budget: 1 - availability of
    /// the requests of the whole period.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Slo {
        /// Share of the requests that must be good, below 100 %.
        pub availability: f64 = "99.9%" where Rule::Share { above: true, max: 0.999_999 },
        /// Answers later than this are bad. Default none: however late.
        pub latency: Option<SimDuration> where Rule::positive_duration(),
        /// The period over which it is promised.
        pub over: SimDuration = "30d" where Rule::positive_duration(),
        /// How much a bad request of this class counts: 10 spends ten times as much of the budget.
        pub weight: f64 = 1 where Rule::positive_factor(1e6),
    }
}
