//! Key moments of a run, each with a question and its answer: where a presenter stops. They follow from what the run shows,
//! whatever scenario it is of.
//!
//! | file | owns |
//! |---|---|
//! | `all` | the moments in order, and what they are made of |
//! | `cycle` | a service is killed, starts, and is killed again |
//! | `fault` | faults begin, end, and hand over to what they set off |
//! | `people` | somebody is called, looks, acts; what got worse again; the end |
//! | `goodput` | what users got, against the twin |

mod all;
mod cycle;
mod fault;
mod goodput;
mod people;
#[cfg(test)]
mod tests;

pub(super) use all::{KeyMoment, key_moments};
pub(super) use fault::{no_return, no_return_s};
