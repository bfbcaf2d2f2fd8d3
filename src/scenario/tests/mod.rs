//! Tests of the whole way from text to scenario.

mod admission;
mod catalogue;
mod changes;
mod journeys;
mod layers;
mod limits;
mod mistakes;
mod policies;
mod reading;
mod sample;
mod unseen;
