//! The tree into typed values, guided by the schema: what can be written where, stated once with each type.

mod breaker;
pub(in crate::scenario) mod container;
pub(in crate::scenario) mod decode;
pub(in crate::scenario) mod example;
pub(in crate::scenario) mod forms;
pub(in crate::scenario) mod journeys;
pub(in crate::scenario) mod quantity;
pub(in crate::scenario) mod reading;
pub(in crate::scenario) mod scalar;
pub(in crate::scenario) mod schema;
pub(in crate::scenario) mod size;
