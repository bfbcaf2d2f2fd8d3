//! The story of an incident in words: the verdict first, then what happened, the numbers, and how to repeat it.

mod capacity;
mod causes;
mod facts;
mod load;
mod moments;
mod numbers;
mod outage;
mod people;
mod service;
mod signals;
mod states;
mod tell;
mod why;

pub use facts::found;
pub(super) use facts::{NOT_JUDGED, amplification, fallbacks, misleading, nearly_all, worst_class};
pub(super) use moments::all as moments;
pub(super) use people::facts as people_facts;
pub(super) use service::{containment, degradation, objectives, times};
pub use tell::{Telling, brief, story};
pub(super) use tell::{fewer, inputs, meaning, partial, sentence, tone as verdict_tone};
pub(super) use why::{behind, held, misled};
#[cfg(feature = "report")]
pub(super) use {
    capacity::hidden as hidden_capacity,
    facts::{expected, radius},
    moments::response,
    numbers::{calls, services, traffic},
    people::{Deed, done},
    signals::quantity_of as reading,
};
