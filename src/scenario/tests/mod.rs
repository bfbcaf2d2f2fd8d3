//! Tests of the whole way from text to scenario.

mod catalogue;
mod layers;
mod mistakes;
mod reading;
mod sample;
