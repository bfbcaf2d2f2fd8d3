//! The simulation itself: requests, calls, attempts, replicas and faults on one clock.
//!
//! | file | owns |
//! |---|---|
//! | `simulation` | the loop and the only `match` over events |
//! | `future_event_list`, `event`, `due` | the order of events, which there are, and which still matter |
//! | `state`, `slab`, `guard`, `line` | everything that changes: plain data, `Clone` |
//! | `arrival` | requests: begin, end, and what follows in a journey |
//! | `call`, `outcome`, `fallback` | the caller's side: the way out, the way back, and what answers instead |
//! | `change`, `settings`, `terms` | what is set while a run goes on, and what every attempt asks of it |
//! | `admission`, `replica`, `step` | the callee's side: the door, queue, threads, and what runs on them |
//! | `process`, `restart` | how a replica dies and comes back, by itself and by people |
//! | `fault`, `probe`, `scrape`, `monitor`, `pauses` | what is done to the world, and what people see of it |
//! | `response`, `person`, `verification` | what people and automation do about it |
//! | `observer`, `view`, `invariant` | those who watch, what they see, and what must always hold |
//!
//! The engine knows ids and no names, files or output. Policies decide ([`crate::policy`]); the engine alone schedules.

mod admission;
mod arrival;
mod call;
mod change;
mod due;
mod event;
mod fallback;
mod fault;
mod future_event_list;
mod guard;
mod invariant;
mod line;
mod monitor;
mod observer;
mod outcome;
mod pauses;
mod person;
mod probe;
mod process;
mod replica;
mod response;
mod restart;
mod scrape;
mod settings;
mod simulation;
mod slab;
mod state;
mod step;
mod terms;
mod verification;
mod view;

pub use observer::{AttemptId, ModelEvent, Moment, Observer, ReplicaState, RequestId};
pub use simulation::{LimitHit, Reached, Simulation};
pub(crate) use state::{Attempt, CallRun, Parent, Place, Process};
pub use view::{Turn, View};
