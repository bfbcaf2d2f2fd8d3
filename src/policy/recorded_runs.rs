//! Recordings of the real libraries and programs (`tests/recorded`), replayed on the mechanisms that are named after them.
//!
//! A recording is made of cases, with an empty line between two. The first line of a case says what was set, every other
//! what happened and, after an arrow, what the program did. Nothing of it was written by hand.

mod botocore;
mod envoy;
mod envoy_limits;
mod grpc;
mod hikari;
mod libraries;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::str::FromStr;

use crate::scenario::{Backoff, Budget, Jitter, Order, Retry};
use crate::time::{SimDuration, SimTime};

/// A case of a recording.
struct Case {
    settings: &'static str,
    lines: Vec<&'static str>,
}

impl Case {
    /// The number that follows a name in the settings: 20 after `budget` in `budget 20 %, at least 3`.
    fn number<T: FromStr<Err: Debug>>(&self, name: &str) -> T {
        let part = self.settings.split(", ").find_map(|part| part.strip_prefix(name));
        let part = part.unwrap_or_else(|| panic!("no {name} in {}", self.settings));
        part.split_whitespace().next().unwrap().parse().unwrap()
    }
}

fn cases(recording: &'static str) -> Vec<Case> {
    let case = |text: &'static str| {
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        Some(Case { settings: lines.next()?, lines: lines.collect() })
    };
    recording.split("\n\n").filter_map(case).collect()
}

/// What happened, and what the program did.
fn halves(line: &str) -> (&str, &str) {
    line.split_once(" -> ").unwrap_or((line, ""))
}

/// A retry policy of so many attempts that asks its budget for whatever it tries again.
fn retry(max_attempts: u32, on: &[crate::failure::FailureCause], budget: Budget) -> Retry {
    Retry {
        max_attempts,
        backoff: Backoff::None,
        jitter: Jitter::None,
        on: on.to_vec(),
        budget: Some(budget),
        order: Order::Outside,
    }
}

fn ms(millis: f64) -> SimDuration {
    SimDuration::from_secs(1).scaled(millis / 1e3)
}

fn at_ms(millis: f64) -> SimTime {
    SimTime::ZERO + ms(millis)
}

/// How often each thing was seen, to be sure that a recording shows enough of it.
#[derive(Default)]
struct Seen(BTreeMap<String, u32>);

impl Seen {
    fn one(&mut self, what: &str) {
        *self.0.entry(what.to_owned()).or_default() += 1;
    }

    fn at_least(&self, least: u32, what: &[&str]) {
        for what in what {
            assert!(self.0.get(*what).is_some_and(|&often| often >= least), "{what}: {:?}", self.0);
        }
    }
}
