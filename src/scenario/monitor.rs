//! Monitors as written: what the people can see, and when it calls them.

use crate::scenario::Name;
use crate::scenario::read::schema::{Rule, schema};
use crate::time::SimDuration;

/// A reading over a trailing window, taken at a scrape interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Monitor {
    /// What it reads.
    pub reading: Reading,
    /// Whose reading it is.
    pub of: Subject,
    /// Length of the trailing window, a multiple of the scrape interval. Default 60 s; the scrape interval for what is
    /// read off the instant.
    pub window: SimDuration,
    /// From one reading to the next. Default 15 s.
    pub scrape: SimDuration,
    /// When it calls somebody. Default never.
    pub alert: Option<Alert>,
}

/// What a monitor reads. Attempts and requests count when they end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reading {
    /// Failed / ended, 0 to 1.
    ErrorRate {
        /// Who counts. Default `Callers`.
        view: View,
    },
    /// Ended per second.
    Rate {
        /// Who counts. Default `Callers`.
        view: View,
    },
    /// A quantile of the latency of what ended, in seconds; a failure counts with the time it took.
    Latency {
        /// 0 to 1. Default 0.99.
        quantile: f64,
        /// Who counts. Default `Callers`.
        view: View,
    },
    /// Share of the service's replicas that its probe believes healthy, 0 to 1.
    Healthy,
    /// Share of the service's threads that are held, 0 to 1.
    Busy,
    /// Attempts that wait for a thread of the service.
    Queue,
    /// Share of the service's replicas whose process is ready, 0 to 1; paused ones are.
    Ready,
    /// Seconds for which the replica that was paused the longest stood still.
    Pauses,
    /// Retries / attempts sent, 0 to 1.
    Retries,
}

schema! {
    /// Who counts an attempt.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum View {
        /// The callers: a timeout is a failure.
        Callers,
        /// The service itself: an answer that nobody waits for any more is a success.
        Own,
    }
}

schema! {
    /// Whose reading a monitor takes. A plain name is enough where it is unambiguous.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Subject {
        /// Requests of a traffic class: `Class("checkout")`.
        Class(class: Name),
        /// Attempts at a service: `Service("user")`.
        Service(service: Name),
        /// Attempts of a call: `"checkout -> user"`.
        Call(call: Name where Rule::Edge),
    }
}

/// Fires when the reading has been beyond the threshold at every scrape for a while; resolved when it is not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alert {
    /// Which side is bad.
    pub side: Side,
    /// The threshold, in the reading's unit.
    pub threshold: f64,
    /// How long it must hold (written `for`). Default 0 s.
    pub lasting: SimDuration,
}

/// Which side of a threshold is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Strictly above it.
    Above,
    /// Strictly below it.
    Below,
}
