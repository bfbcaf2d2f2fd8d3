//! Counters of one class, service or call: what the current window holds, the windows before it, and what no window
//! tells. Nothing here knows a clock but `now`.
//!
//! A window is one row while the run goes on, and its numbers become columns at the end: with a column for each number,
//! closing a window of many services was a walk through twenty places of the memory for each of them.

mod call;
mod class;
mod rows;
mod service;

pub(crate) use call::CallTally;
pub(crate) use class::ClassTally;
pub(crate) use service::ServiceTally;
