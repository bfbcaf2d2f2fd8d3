//! knockon replays how a small fault becomes an outage: a deterministic discrete-event simulator of cascading failures.
//!
//! Data flows one way; a module imports only from those above it:
//!
//! | layer | owns |
//! |---|---|
//! | [`time`], [`random`], [`distribution`], [`failure`], [`id`], [`histogram`], [`diagnostic`], [`suggest`], [`unseen`] | values with no opinion |
//! | [`scenario`] | what the person wrote: text, tree, typed and checked |
//! | [`policy`] | how resilience mechanisms decide: pure state machines |
//! | [`model`] | the scenario in dense, immutable form |
//! | [`graph`] | the scenario as boxes and arrows |
//! | [`engine`] | the simulation of one world |
//! | [`record`] | what a run left behind |
//! | [`analysis`] | what it means |
//! | [`experiment`] | many runs |
//! | [`validation`] | the engine against queueing theory |
//! | [`report`] | what people and programs read |
//! | `plot` (feature `plot`) | pictures of one run |

pub mod analysis;
pub mod blame;
pub mod diagnostic;
pub mod distribution;
pub mod engine;
pub mod experiment;
pub mod failure;
pub mod graph;
pub mod histogram;
pub mod id;
pub mod model;
#[cfg(feature = "plot")]
pub mod plot;
pub mod policy;
pub mod random;
pub mod record;
pub mod report;
pub mod scenario;
pub mod suggest;
pub mod time;
pub mod unseen;
pub mod validation;
