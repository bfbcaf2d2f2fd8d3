//! All integration tests, in one binary: it links once, and a test that is not listed here is not run by accident.
