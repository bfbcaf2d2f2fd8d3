//! What the person wrote: text -> tree with positions -> base, variant and overrides applied -> typed, checked scenario.
//!
//! | files | do |
//! |---|---|
//! | `lex`, `parse`, `tree` | text into a tree of values with places |
//! | `merge`, `path`, `apply`, `variant` | base, variants and overrides, applied on the tree |
//! | `schema`, `example` | what can be written where, as data; each type's definition states it |
//! | `decode`, `container`, `scalar`, `quantity`, `forms`, `reading` | the tree into values, guided by the schema |
//! | `names`, `check`, `check_*` | what must hold between the parts |
//! | `document` | all of these in order |
//! | `code`, `glossary`, `explain` | what words mean |
//! | the rest | the types themselves, every field with its unit, range and default |
//!
//! Unknown fields and names are refused with their place in the file; all mistakes are reported, not the first.
//! Knows nothing of simulation.

mod apply;
mod call;
mod check;
mod check_fault;
mod check_monitor;
mod check_policy;
mod code;
mod container;
mod decode;
mod document;
mod example;
mod expectation;
mod explain;
mod fault;
mod forms;
mod glossary;
mod lex;
mod merge;
mod monitor;
mod names;
mod parse;
mod path;
mod quantity;
mod reading;
mod root;
mod scalar;
mod schema;
mod service;
mod traffic;
mod tree;
mod unknown;
mod variant;

pub use call::{
    Backoff, Balancer, Breaker, BreakerWindow, Budget, Bulkhead, Cancel, Jitter, LateReply, Order, Policy,
    Pool, Retry, Scope,
};
pub use document::{Choice, Document, FORMAT, Rejected, Resolved, VariantInfo};
pub use expectation::{Bound, Check, Expectation, VerdictKind, World};
pub use explain::{Explanation, Term, TermKind, explain, terms};
pub use fault::{Effect, Fault, Target};
pub use monitor::{Alert, Monitor, Reading, Side, Subject, View};
pub use parse::MAX_BYTES;
pub use root::{Impact, Limits, Name, Named, Scenario};
pub use service::{Access, Capacity, Condition, Join, Per, Probe, Queue, Restart, Service, Step, WhenFull};
pub use traffic::{Rate, Traffic};

#[cfg(test)]
mod tests;
