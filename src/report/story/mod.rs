//! The story of an incident in words: the verdict first, then what happened, the numbers, and how to repeat it.

mod capacity;
mod causes;
mod facts;
mod load;
mod moments;
mod numbers;
mod people;
mod service;
mod signals;
mod states;
mod tell;
mod why;

pub(super) use facts::NOT_JUDGED;
pub use facts::found;
pub(super) use tell::tone as verdict_tone;
pub use tell::{Telling, story};
