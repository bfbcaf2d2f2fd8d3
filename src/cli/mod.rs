//! The program around the library: arguments, files, terminal, exit codes. One file for each command.
//!
//! | command | file |
//! |---|---|
//! | `new` | `new.rs`, with `starter.ron` |
//! | `check` | `check.rs` |
//! | `graph` | `graph.rs` |
//! | `run` | `run.rs`; with `--seeds` `seeds.rs` |
//! | `report` | `report.rs` |
//! | `test` | `test.rs`, which `protocol.rs` prints |
//! | `validate` | `validate.rs` |
//! | `explain` | `explain.rs` |

mod args;
mod check;
mod collect;
mod crash;
mod determinism;
mod dispatch;
mod ending;
mod exit;
mod explain;
mod files;
mod graph;
mod interrupt;
mod new;
mod output;
mod progress;
mod protocol;
mod report;
mod run;
mod seeds;
mod setup;
mod source;
mod terminal;
mod test;
mod trace;
mod validate;

pub(crate) use dispatch::main;
