//! Tests of the whole way from text to scenario.

mod admission;
mod catalogue;
mod changes;
mod layers;
mod limits;
mod mistakes;
mod reading;
mod sample;
