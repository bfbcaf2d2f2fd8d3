//! The text of a scenario: whatever it is, it is read or refused.
#![no_main]

#[path = "../exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exercise::run("scenario", bytes));
