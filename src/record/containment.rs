//! What stood between callers and callees: attempts that a mechanism stopped, by call, and what became of the requests that
//! they were made for.
//!
//! Nothing is looked at but what was stopped: where no mechanism acts this costs a comparison for each request. Memory grows
//! with the requests in flight that a mechanism has touched.

use indexmap::IndexMap;
use smallvec::SmallVec;

use crate::failure::{FailureCause, Outcome};
use crate::id::{Id, PairId};
use crate::random::{Key, KeyMap};
use crate::record::Stopped;

/// A mechanism that bounds what a caller or a callee takes upon itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mechanism {
    Timeout,
    Breaker,
    Bulkhead,
    Throttle,
    Pool,
    RateLimit,
    Shedding,
    QueueBound,
    RetryBudget,
}

impl Mechanism {
    /// In the order in which they are told: as an attempt meets them.
    const ALL: [Self; 9] = [
        Self::Breaker,
        Self::Bulkhead,
        Self::Throttle,
        Self::Pool,
        Self::RateLimit,
        Self::Shedding,
        Self::QueueBound,
        Self::Timeout,
        Self::RetryBudget,
    ];

    /// What made an attempt fail for this reason; none if no mechanism did, but a fault or the lack of an answer.
    const fn of(cause: FailureCause) -> Option<Self> {
        Some(match cause {
            FailureCause::Timeout | FailureCause::Deadline => Self::Timeout,
            FailureCause::BreakerOpen => Self::Breaker,
            FailureCause::BulkheadFull => Self::Bulkhead,
            FailureCause::Throttled => Self::Throttle,
            FailureCause::PoolTimeout => Self::Pool,
            FailureCause::RateLimited => Self::RateLimit,
            FailureCause::Shed => Self::Shedding,
            FailureCause::QueueFull => Self::QueueBound,
            FailureCause::Refused
            | FailureCause::Reset
            | FailureCause::Error
            | FailureCause::Dependency
            | FailureCause::NotMade => return None,
        })
    }

    /// Its name in files.
    const fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Breaker => "breaker",
            Self::Bulkhead => "bulkhead",
            Self::Throttle => "throttle",
            Self::Pool => "pool",
            Self::RateLimit => "rate_limit",
            Self::Shedding => "shedding",
            Self::QueueBound => "queue_bound",
            Self::RetryBudget => "retry_budget",
        }
    }
}

/// Counts what mechanisms stopped.
#[derive(Clone, Debug)]
pub(crate) struct ContainmentTally {
    /// By pair, then by mechanism.
    stopped: Vec<Stopped>,
    /// Positions in there of what touched a request that is under way, by its key. Only looked up.
    touched: KeyMap<SmallVec<[u32; 4]>>,
}

impl ContainmentTally {
    pub(crate) fn new(pairs: usize) -> Self {
        let stopped = vec![Stopped::default(); pairs * Mechanism::ALL.len()];
        Self { stopped, touched: KeyMap::default() }
    }

    /// An attempt of a call failed, or was refused.
    pub(crate) fn failed(&mut self, pair: PairId, request: Key, outcome: Outcome) {
        let Outcome::Failed(cause) = outcome else { return };
        if let Some(mechanism) = Mechanism::of(cause) {
            self.stopped(pair, mechanism, request);
        }
    }

    /// A retry was not made, for there was no budget left.
    pub(crate) fn denied(&mut self, pair: PairId, request: Key) {
        self.stopped(pair, Mechanism::RetryBudget, request);
    }

    fn stopped(&mut self, pair: PairId, mechanism: Mechanism, request: Key) {
        let position = pair.position() * Mechanism::ALL.len() + mechanism as usize;
        self.stopped[position].attempts += 1;
        let touches = self.touched.entry(request.0).or_default();
        if !touches.contains(&(position as u32)) {
            touches.push(position as u32);
        }
    }

    /// A request ended.
    #[inline]
    pub(crate) fn ended(&mut self, request: Key, outcome: Outcome) {
        if self.touched.is_empty() {
            return;
        }
        let Some(touches) = self.touched.remove(&request.0) else { return };
        for position in &touches {
            let stopped = &mut self.stopped[*position as usize];
            match outcome {
                Outcome::Ok => stopped.requests_ok += 1,
                Outcome::Degraded => stopped.requests_degraded += 1,
                Outcome::Failed(_) => stopped.requests_failed += 1,
                Outcome::Abandoned => {}
            }
        }
    }

    /// The last trace of a request is gone: what was stopped on its behalf after it had ended is nobody's loss.
    #[inline]
    pub(crate) fn drained(&mut self, request: Key) {
        if !self.touched.is_empty() {
            self.touched.remove(&request.0);
        }
    }

    /// What stopped attempts of a pair, by name.
    pub(crate) fn of(&self, pair: PairId) -> IndexMap<String, Stopped> {
        let first = pair.position() * Mechanism::ALL.len();
        let all =
            Mechanism::ALL.iter().map(|mechanism| (mechanism, self.stopped[first + *mechanism as usize]));
        all.filter(|(_, stopped)| stopped.attempts > 0)
            .map(|(mechanism, stopped)| (mechanism.name().to_owned(), stopped))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Outcome = Outcome::Failed(FailureCause::BreakerOpen);
    const FULL: Outcome = Outcome::Failed(FailureCause::QueueFull);
    const ERROR: Outcome = Outcome::Failed(FailureCause::Error);

    #[test]
    fn each_request_counts_once_for_what_touched_it() {
        let mut tally = ContainmentTally::new(2);
        let (first, second) = (PairId::new(0), PairId::new(1));
        // Three refusals of one request, which is answered; one of another, by two mechanisms, which fails; an error is none.
        (0..3).for_each(|_| tally.failed(first, Key(1), OPEN));
        tally.failed(first, Key(2), OPEN);
        tally.failed(second, Key(2), FULL);
        tally.failed(second, Key(3), ERROR);
        tally.ended(Key(1), Outcome::Ok);
        tally.ended(Key(2), ERROR);
        tally.ended(Key(3), Outcome::Ok);
        // What a zombie was refused later changes nothing about how its request ended.
        tally.failed(second, Key(1), FULL);
        tally.drained(Key(1));
        assert!(tally.touched.is_empty(), "what is over is forgotten");
        let (first, second) = (tally.of(first), tally.of(second));
        let breaker = Stopped { attempts: 4, requests_ok: 1, requests_failed: 1, ..Stopped::default() };
        assert_eq!(first, IndexMap::from([("breaker".to_owned(), breaker)]));
        let queue = Stopped { attempts: 2, requests_failed: 1, ..Stopped::default() };
        assert_eq!(second, IndexMap::from([("queue_bound".to_owned(), queue)]));
    }

    #[test]
    fn mechanisms_have_places_of_their_own() {
        let mut tally = ContainmentTally::new(1);
        for cause in FailureCause::ALL {
            tally.failed(PairId::new(0), Key(cause as u64), Outcome::Failed(cause));
        }
        tally.denied(PairId::new(0), Key(99));
        let found = tally.of(PairId::new(0));
        let names: Vec<&str> = found.keys().map(String::as_str).collect();
        let wanted = Mechanism::ALL.map(Mechanism::name);
        assert_eq!(names, wanted);
        // Timeout and deadline are one mechanism.
        assert!(found.iter().all(|(name, stopped)| stopped.attempts == 1 + u64::from(name == "timeout")));
    }
}
