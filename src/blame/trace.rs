//! What is kept of attempts, calls and requests while they are under way. Times are in seconds.

use crate::blame::Root;
use crate::blame::shares::Shares;
use crate::id::{FaultId, PairId};
use crate::time::SimTime;

/// An attempt as far as it has got. Seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct AttemptTrace {
    pub(super) load: Load,
    /// Why it asks what a warm cache would know.
    pub(super) misses: Option<Root>,
    pub(super) works_since: Option<SimTime>,
    /// What had held up its caller before it began, if it was late by then.
    pub(super) delayed: Shares,
    /// What kept it at its caller before it was sent, in the waits that are over.
    pub(super) kept: Shares,
    /// When it began to wait at its caller for what it has not got yet.
    pub(super) waits_since: SimTime,
    /// When its answer reached its caller, or would have if that had not stood still.
    pub(super) answered_at: Option<SimTime>,
    /// What it waited for in line.
    pub(super) waited: Shares,
    /// What its thread waited for.
    pub(super) past: Shares,
    /// What failed it, if a call of it did.
    pub(super) cause: Shares,
    /// What made its answer a lesser one.
    pub(super) lesser: Shares,
}

/// What an attempt is to the load of its callee.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Load {
    /// A first attempt, on behalf of first attempts.
    #[default]
    First,
    /// A retry of this call, or on behalf of one.
    Retry(PairId),
    /// It came with this surge, or on behalf of what did.
    Surge(FaultId),
    /// It asks for what a warm cache would know, or on behalf of one that does; and why the cache is cold.
    Miss(Root),
}

impl Load {
    /// Why it is there, if it would not be usually.
    pub(super) const fn root(self) -> Option<Root> {
        match self {
            Self::First => None,
            Self::Retry(pair) => Some(Root::Retries(pair)),
            Self::Surge(fault) => Some(Root::Fault(fault)),
            Self::Miss(root) => Some(root),
        }
    }
}

/// A call as far as it has got. Seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct CallTrace {
    pub(super) past: Shares,
    /// The last attempt that failed, as shares of one, and when it did.
    pub(super) last: Shares,
    pub(super) last_at: SimTime,
    /// What made its answer a lesser one, if it came from below.
    pub(super) lesser: Shares,
}

/// Why a request did not end well, as shares of one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Why {
    /// What it waited for, or what failed it if that took no time.
    pub(crate) wait: Shares,
    /// What failed it, if it failed.
    pub(crate) failed: Shares,
    /// What made its answer a lesser one.
    pub(crate) lesser: Shares,
}

impl Why {
    /// Why its user got nothing: what failed it, or, if nothing has so far, what it waits for.
    pub(crate) fn of_loss(&self) -> &Shares {
        if self.failed.is_empty() { &self.wait } else { &self.failed }
    }
}

impl CallTrace {
    /// The time since the last failure goes to what failed.
    pub(super) fn backed_off(&mut self, now: SimTime) {
        if !self.last.is_empty() {
            let seconds = now.saturating_since(self.last_at).as_secs_f64();
            self.past.add_scaled(&self.last, seconds);
            self.last_at = now;
        }
    }

    /// An attempt has failed, by these shares of one.
    pub(super) fn failed(&mut self, now: SimTime, by: &Shares) {
        self.last.clone_from(by);
        self.last_at = now;
    }
}
