//! All integration tests, in one binary: it links once, and a test that is not listed here is not run by accident.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

mod admission;
mod bad_input;
mod blame;
mod breakers;
mod budgets;
mod caches;
mod check_command;
mod conformance;
mod corners;
mod desk;
mod determinism;
mod explain_command;
mod fallbacks;
mod fuzzing;
mod graph_command;
mod help;
mod journeys;
mod life;
mod mechanisms;
mod new_command;
mod objectives;
mod patience;
mod people;
mod places;
mod probes;
mod published;
mod reach;
mod readings;
mod readme;
mod report_command;
mod rest;
mod review;
mod run_command;
mod saved;
mod scenarios;
mod seeds_option;
mod settings;
mod support;
mod test_command;
mod theory;
mod throttles;
mod tidy;
mod validate_command;
mod verdicts;
