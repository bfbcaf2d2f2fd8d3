//! All integration tests, in one binary: it links once, and a test that is not listed here is not run by accident.

mod determinism;
mod mechanisms;
mod support;
mod theory;
mod tidy;
