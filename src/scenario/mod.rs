//! What the person wrote: text -> tree with positions -> base, variant and overrides applied -> typed, checked scenario.
//!
//! | where | what |
//! |---|---|
//! | `text` | text into a tree of values with places |
//! | `edit` | base, variants and overrides, applied on the tree; what a run will set, tried out on it |
//! | `read` | the tree into values, guided by the schema |
//! | `check` | what must hold between the parts |
//! | `whole` | a tree with nothing to be applied to it any more, read and checked |
//! | `document` | all of these in order |
//! | `words` | what words mean: `explain` |
//! | the other files | the types themselves, every field with its unit, range and default |
//!
//! Unknown fields and names are refused with their place in the file; all mistakes are reported, not the first.
//! Knows nothing of simulation.

mod admission;
mod breaker;
mod call;
mod change;
mod check;
mod document;
mod edit;
mod expectation;
mod fault;
mod monitor;
mod read;
mod response;
mod root;
mod service;
mod slo;
mod text;
mod traffic;
mod whole;
mod words;

pub use admission::{RateLimit, Shed};
pub use breaker::{Breaker, BreakerTrip, BreakerWindow, MOST_BUCKETS};
pub use call::{
    Backoff, Balancer, Budget, Bulkhead, Cancel, Detection, Fallback, FallbackTime, Jitter, LateReply, Order,
    Policy, Pool, Retry, Scope, Throttle,
};
pub use change::{Change, Changed, NewValue, Patch};
pub use document::{Choice, Document, FORMAT, Rejected, Resolved, VariantInfo};
pub use expectation::{Bound, Check, Expectation, VerdictKind, World};
pub use fault::{Effect, Fault, Target};
pub use monitor::{Alert, Monitor, Reading, Side, Subject, View};
pub use read::size::Bytes;
pub use response::{Act, Action, Circumstance, Misdiagnosis, OnCall, RunbookRule, Trigger, Verification};
pub use root::{Impact, Limits, Name, Named, Scenario};
pub use service::{
    Access, Cache, Capacity, Condition, CrashBackoff, Join, Memory, Per, Probe, Queue, Restart, Rollout,
    Service, Step, WhenFull,
};
pub use slo::Slo;
pub use text::parse::MAX_BYTES;
pub use traffic::{Rate, StepOf, Traffic, TrafficClass, Visit};
pub use words::explain::{Explanation, Term, TermKind, explain, terms};
pub use words::glossary::{WORDS, Word};

#[cfg(test)]
mod tests;
