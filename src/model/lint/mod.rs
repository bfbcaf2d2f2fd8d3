//! The design review: what is worth a second look in a model, said without simulating it. A finding is true as stated.
//!
//! | file | finds |
//! |---|---|
//! | `capacity` | services that are too busy, places that are too few, queues, single copies |
//! | `retries` | storms, layers, refusals tried again |
//! | `waits` | timeouts that are missing, too short or in the wrong order, breakers that cannot open |
//! | `probes` | probes that ask for what needs others |
//! | `review` | all of them, in order |
//! | `finding` | what a finding is, and how numbers and names are written in one |
//! | `code` | what each code means, for `explain` |

mod capacity;
mod code;
mod finding;
mod probes;
mod retries;
mod review;
#[cfg(test)]
mod tests;
mod waits;

pub use code::{explain, terms};
pub use finding::{Finding, Gravity};
pub use review::review;
