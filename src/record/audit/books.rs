//! The books of the auditor: what is open, how much there was of it, and what happens on one replica. Knows no names.

use crate::engine::ReplicaState;
use crate::failure::Outcome;
use crate::random::Key;
use crate::scenario::{Capacity, Service};
use crate::time::{SimDuration, SimTime};

/// What has begun and not ended: how many, and the sum of their identities. One that ends twice cannot stand for one
/// that never does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    count: u64,
    sum: u64,
}

/// What began since T+0, and how it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) begun: u64,
    pub(super) ok: u64,
    pub(super) degraded: u64,
    pub(super) failed: u64,
    pub(super) abandoned: u64,
}

/// Attempts at one service: one line of the cache.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub(super) struct Attempts {
    /// Those that were sent and have not ended.
    pub(super) sent: Account,
    /// Those of traffic, since T+0.
    pub(super) tally: Tally,
}

/// What happens on one replica.
#[derive(Clone, Copy, Debug)]
pub(super) struct Books {
    state: ReplicaState,
    /// Attempts on threads, of these waiting on calls, and in the queue.
    busy: u32,
    blocked: u32,
    queued: u32,
    /// The sum of the instants at which those on threads took them: nothing is left of it when nobody is.
    since: u64,
    /// How many may be on threads and, these taken, in the queue.
    threads: u32,
    places: u32,
}

impl Account {
    pub(super) fn begins(&mut self, identity: u64) {
        self.count += 1;
        self.sum = self.sum.wrapping_add(identity);
    }

    pub(super) fn ends(&mut self, identity: u64) -> bool {
        self.sum = self.sum.wrapping_sub(identity);
        self.count = self.count.wrapping_sub(1);
        self.count != u64::MAX
    }
}

impl Tally {
    pub(super) fn ends(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Ok => &mut self.ok,
            Outcome::Degraded => &mut self.degraded,
            Outcome::Failed(_) => &mut self.failed,
            Outcome::Abandoned => &mut self.abandoned,
        } += 1;
    }
}

impl Books {
    /// With room for so many on threads and in the queue.
    pub(super) fn new(service: &Service) -> Self {
        let mut books = Self {
            state: ReplicaState::Ready,
            busy: 0,
            blocked: 0,
            queued: 0,
            since: 0,
            threads: 0,
            places: 0,
        };
        books.set(service);
        books
    }

    /// Its service has these settings from now on.
    pub(super) fn set(&mut self, service: &Service) {
        self.threads = service.threads;
        self.places = match service.queue.capacity() {
            Capacity::Unbounded => u32::MAX,
            Capacity::AtMost(most) => most,
        };
    }

    /// Threads held, threads that wait on calls, and attempts in the queue.
    pub(super) fn occupancy(&self) -> (u32, u32, u32) {
        (self.busy, self.blocked, self.queued)
    }

    // Each of the following notes something that happened, and returns whether it can have.

    /// An attempt joined the queue. A free thread will take one of the waiting before the instant is over: its place counts.
    pub(super) fn queue(&mut self, length: u32) -> bool {
        self.queued += 1;
        let free = if self.moves() { self.threads.saturating_sub(self.busy) } else { 0 };
        let open = matches!(self.state, ReplicaState::Ready | ReplicaState::Paused);
        open && self.queued == length && self.queued <= self.places.saturating_add(free)
    }

    /// An attempt left the queue without a thread.
    pub(super) fn unqueue(&mut self) -> bool {
        self.queued = self.queued.wrapping_sub(1);
        self.lives() && self.queued != u32::MAX
    }

    /// An attempt took a thread.
    pub(super) fn begin(&mut self, now: SimTime, waited: SimDuration, from_queue: bool) -> bool {
        let in_turn = if from_queue {
            self.queued > 0 && waited.as_nanos() <= now.as_nanos()
        } else {
            self.queued == 0 && waited.is_zero() && self.state == ReplicaState::Ready
        };
        self.queued = self.queued.wrapping_sub(u32::from(from_queue));
        self.busy += 1;
        self.since = self.since.wrapping_add(now.as_nanos());
        in_turn && self.moves() && self.busy <= self.threads
    }

    /// An attempt gave its thread back.
    pub(super) fn finish(&mut self, now: SimTime, held: SimDuration) -> bool {
        self.busy = self.busy.wrapping_sub(1);
        self.since = self.since.wrapping_sub(now.as_nanos().wrapping_sub(held.as_nanos()));
        self.lives() && self.busy != u32::MAX && (self.busy > 0 || self.since == 0)
    }

    /// A thread waits on a call.
    pub(super) fn block(&mut self) -> bool {
        self.blocked += 1;
        self.moves() && self.blocked <= self.busy
    }

    /// A thread waits on a call no more.
    pub(super) fn unblock(&mut self) -> bool {
        self.blocked = self.blocked.wrapping_sub(1);
        self.lives() && self.blocked != u32::MAX
    }

    /// A thread does something.
    pub(super) fn work(&self) -> bool {
        self.moves() && self.blocked < self.busy
    }

    /// The replica went into a state. The dead have nothing.
    pub(super) fn enter(&mut self, next: ReplicaState) -> bool {
        let may = self.may_become(next) && (next != ReplicaState::Down || self.is_empty());
        self.state = next;
        may
    }

    /// Whether there is a process that has something.
    pub(super) fn lives(&self) -> bool {
        !matches!(self.state, ReplicaState::Down | ReplicaState::Starting)
    }

    /// Whether threads move.
    fn moves(&self) -> bool {
        matches!(self.state, ReplicaState::Ready | ReplicaState::Draining)
    }

    fn is_empty(&self) -> bool {
        (self.busy, self.blocked, self.queued, self.since) == (0, 0, 0, 0)
    }

    /// Whether a replica can be in a state right after the one it is in.
    fn may_become(&self, next: ReplicaState) -> bool {
        use ReplicaState::{Down, Draining, Paused, Ready, Starting};
        match self.state {
            Ready => matches!(next, Paused | Draining | Down),
            Paused => matches!(next, Paused | Ready | Draining | Down),
            Draining => matches!(next, Paused | Down),
            Down => next == Starting,
            Starting => matches!(next, Ready | Down),
        }
    }
}

/// One number for what has a key and began at some time. Keys are draws: their sums tell any two collections apart.
pub(super) fn identity(key: Key, since: SimTime) -> u64 {
    key.0 ^ since.as_nanos().rotate_left(32)
}
