//! What the person wrote: text -> tree with positions -> base, variant and overrides applied -> typed, checked scenario.
//!
//! Every field is documented with its unit, range and default where it is defined; unknown fields and names are refused
//! with their place in the file. Knows nothing of simulation.

mod call;
mod expectation;
mod fault;
mod monitor;
mod root;
mod service;
mod traffic;

pub use call::{
    Backoff, Balancer, Breaker, BreakerWindow, Budget, Bulkhead, Cancel, Jitter, LateReply, Order, Policy,
    Pool, Retry, Scope,
};
pub use expectation::{Bound, Check, Expectation, VerdictKind, World};
pub use fault::{Effect, Fault, Target};
pub use monitor::{Alert, Monitor, Reading, Side, Subject, View};
pub use root::{Impact, Limits, Name, Named, Scenario};
pub use service::{Access, Capacity, Condition, Join, Per, Probe, Queue, Restart, Service, Step, WhenFull};
pub use traffic::{Rate, Traffic};
