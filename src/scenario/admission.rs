//! Admission as written: which attempts a service turns away before they wait for a thread.

use crate::diagnostic::Spanned;
use crate::scenario::read::schema::{Rule, schema};
use crate::time::SimDuration;

schema! {
    /// How many attempts of an operation a service lets in: one token bucket for all its replicas, which answers at once
    /// (429). Starts full and refills continuously, as Envoy's does. A plain rate means `TokenBucket`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub enum RateLimit {
        /// All of them.
        Unlimited,
        /// So many per second, and `burst` at once: at most `burst + rate x t` in any time t.
        TokenBucket {
            /// Tokens per second.
            rate: f64 where Rule::PerSecond,
            /// Tokens that the bucket holds, at least 1.
            burst: u32 = 10 where Rule::count(1, 1_000_000_000),
        } = bare,
        /// A bucket whose rate runs straight from one to the other, from the moment it is set (T+0 if it stands in the
        /// scenario), and then stays: traffic is let back in bit by bit.
        Ramp {
            /// Tokens per second at first.
            from: f64 where Rule::PerSecond,
            /// Tokens per second in the end.
            to: f64 where Rule::PerSecond,
            /// How long it takes from one to the other.
            over: SimDuration where Rule::positive_duration(),
            /// Tokens that the bucket holds, at least 1.
            burst: u32 = 10 where Rule::count(1, 1_000_000_000),
        },
    }
}

schema! {
    /// Turns away what matters least while others wait: `Shed(queue: 50, below: 5)`. Done by the process itself, so not
    /// while it is paused.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Shed {
        /// Attempts that wait at the replica, from which on it sheds.
        pub queue: Spanned<u32> where Rule::count(0, 1_000_000_000),
        /// Requests of a priority below this are shed, 1 to 255.
        pub below: Spanned<u8> where Rule::count(1, 255),
    }
}
