//! What is kept of the requests that are followed: plain data, by position.

use crate::engine::RequestId;
use crate::failure::{FailureCause, Outcome};
use crate::id::{ReplicaId, SiteId};
use crate::random::Key;
use crate::time::SimTime;

/// Who makes a call, by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Maker {
    Request(usize),
    Attempt(usize),
}

/// A request.
#[derive(Clone, Debug)]
pub(super) struct RequestPart {
    pub(super) id: RequestId,
    pub(super) over: Option<(SimTime, Outcome)>,
    /// Attempts on its behalf, by position.
    pub(super) attempts: Vec<usize>,
}

/// A call, as its caller sees it.
#[derive(Clone, Debug)]
pub(super) struct CallPart {
    pub(super) maker: Maker,
    pub(super) key: Key,
    pub(super) site: SiteId,
    pub(super) begun: SimTime,
    pub(super) over: Option<(SimTime, Outcome)>,
    /// Its attempts, by position.
    pub(super) attempts: Vec<usize>,
    /// Attempts that were refused before there were any.
    pub(super) refused: Vec<(SimTime, FailureCause)>,
}

/// An attempt, as its caller and its replica see it.
#[derive(Clone, Debug)]
pub(super) struct AttemptPart {
    pub(super) key: Key,
    pub(super) request: usize,
    pub(super) call: usize,
    pub(super) number: u32,
    pub(super) begun: SimTime,
    pub(super) sent: Option<SimTime>,
    pub(super) over: Option<(SimTime, Outcome)>,
    /// Where it is, and since when.
    pub(super) replica: Option<(ReplicaId, SimTime)>,
    pub(super) started: Option<SimTime>,
    pub(super) finished: Option<SimTime>,
    pub(super) work: Vec<(SimTime, Option<SimTime>)>,
    /// When its thread last went on to something else.
    pub(super) went_on: SimTime,
    /// When the last trace of its request was gone.
    pub(super) gone: Option<SimTime>,
}

impl AttemptPart {
    /// When it left its replica, as far as that is known; the end of the run if it was still there.
    pub(super) fn left(&self, end: SimTime) -> SimTime {
        let over = self.over.map(|(at, _)| at).filter(|_| self.started.is_none());
        self.finished.or(over).or(self.gone).unwrap_or(end)
    }
}

/// All that is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    pub(super) requests: Vec<RequestPart>,
    pub(super) calls: Vec<CallPart>,
    pub(super) attempts: Vec<AttemptPart>,
}
