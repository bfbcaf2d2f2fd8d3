//! The scenario compiled to dense, immutable form: arrays indexed by ids, steps as instructions, no strings to look up. And
//! what can be said about it without simulating: the load [`Forecast`] and the findings of [`lint`].

mod arrival_rate;
mod changes;
mod cold;
mod compile;
mod faults;
mod forecast;
pub mod lint;
mod load;
mod names;
mod parts;
mod patience;
mod program;
mod response;
mod span;
mod storm;
mod walk;

pub use arrival_rate::ArrivalRate;
pub use changes::{Change, Changed};
pub use faults::effect_name;
pub use load::{EdgeLoad, Forecast, OperationLoad, ServiceLoad};
pub use parts::{
    CallSite, Caller, Class, Condition, Edge, Fault, Instruction, JourneyStep, Model, Monitor, Operation,
    Pair, Replica, Service, Subject, Target,
};
pub use response::{Act, By, Circumstance, OnCall, Procedure, Response, Rule, Step, Trigger};
