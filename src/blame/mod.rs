//! Blame: why requests wait and fail. Every wait is followed along its chain, from the user down to a root.
//!
//! A request waits for a call, the call for a thread of its callee, that thread for a call of its own, and so on, until
//! something is found that waits for nothing: a paused process, a dead one, or work. Each interval of waiting goes to what
//! held it then.
//!
//! | file | owns |
//! |---|---|
//! | `root` | what chains end at |
//! | `chain` | chains of waits, each stored once |
//! | `shares` | seconds, by chain |
//! | `onset` | when something began to hold a request |
//! | `origins` | when each root began, and which are behind dead processes and cold caches |
//! | `fault_times` | when faults held the work of a replica |
//! | `tracker`, `trace` | follow the attempts and calls of one world as their waits begin and end |
//! | `changes` | what changes for those who wait when processes die, and when faults begin and end |
//! | `wait` | what an attempt has waited for so far |
//! | `failure` | what is to blame if it failed |
//! | `holders` | what holds the threads of a replica, and so those who stand in line for them |
//! | `gates` | what keeps attempts at their caller before they are sent |
//! | `line` | what held the threads behind a line, as it was seen now and then |
//! | `reasons` | what was found of requests that have ended, for those who compare |
//! | `tally` | the harm of all requests, by chain, class and time |
//!
//! **Lines.** Who stands in line waits for those who hold the threads, and shares their reasons. A thread that works at
//! its usual speed is no reason by itself; the question is why its attempt is there now. If it is a retry, or was
//! called because a cache was cold, that is the answer. A first attempt that stood in line before passes on what it
//! waited for: in this way a backlog remembers what built it, and forgets it as retries take its place. One that did not
//! wait is the usual load; if replicas are missing, paused or slow, they are the answer, and take over from what a late one
//! passes on by as much as is missing of the service. A line that is never empty stays what made it, though
//! those who came last may be served first.
//!
//! **The usual.** What the twin waits for the usual load as well is nobody's harm if there is anything else, and what a callee fails
//! by design opens no breaker.
//!
//! **Failures.** What failed an attempt takes what is left of its time: who stood two minutes in front of one that was paused,
//! and was then reset, has waited for the pause. That it got nothing goes back to what failed its last attempt.
//!
//! **Dates.** Harm is dated by when a chain began to hold the request, not by when the request ended: who was refused and
//! tries again twenty minutes later was hit by what refused him. A wait that goes back to several roots has a date for each.
//!
//! **What is exact, and what is not.** That a request was harmed, the time of its waits, and what pauses, slow-downs and
//! latency faults took of its work are exact. What holds the threads of a replica is looked at now and then: every tenth of a
//! second while somebody joins its line, or every sixteenth of the wait in question; dates of what is found there are no finer,
//! but neither faults nor restarts and kills are to blame for anything before they begin. What keeps an attempt from a permit
//! or a connection of its caller is looked at in the same way, on all replicas of the callee together, and what makes it wait for
//! a throttle once, at the end of that wait. Of parallel calls the one that ended the step counts, or while they last the one with
//! the most to tell. A sum tells at most some dozens of chains apart.

mod chain;
mod changes;
mod failure;
mod fault_times;
mod gates;
mod holders;
mod line;
mod onset;
mod origins;
mod reasons;
mod root;
mod shares;
mod tally;
mod trace;
mod tracker;
mod wait;

pub use chain::{ChainId, Chains, How};
pub use reasons::Reasons;
pub use root::Root;
pub use tally::BlameTally;
pub(crate) use trace::Why;
pub use tracker::Tracker;
