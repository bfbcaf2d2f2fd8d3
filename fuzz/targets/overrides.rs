//! Overrides, one per line, as given with `--set`: whatever they are, they are applied or refused.
#![no_main]

#[path = "../exercise.rs"]
mod exercise;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exercise::run("overrides", bytes));
