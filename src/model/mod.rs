//! The scenario compiled to dense, immutable form: arrays indexed by ids, steps as instructions, no strings to look up.

mod arrival_rate;
mod compile;
mod faults;
mod names;
mod parts;
mod program;

pub use arrival_rate::ArrivalRate;
pub use faults::effect_name;
pub use parts::{
    CallSite, Caller, Class, Condition, Edge, Fault, Instruction, Model, Monitor, Operation, Pair, Replica,
    Service, Subject, Target,
};
