//! A bounded number of places, and who waits for one. Knows neither what a place is for nor when a waiter gives up.

use std::collections::VecDeque;

use crate::scenario::{Bulkhead, Pool};
use crate::time::SimDuration;

/// A semaphore that is first come, first served, with a bounded wait: a bulkhead or a connection pool.
///
/// As resilience4j's `SemaphoreBulkhead` with its default fair handling, Envoy's `max_requests` and `max_connections`,
/// and `HikariCP`'s pool without its departures from order: whoever asks just as a connection is given back mostly gets
/// it before those who wait, a busy thread has a list of its own, and connections are created one after the other.
/// A place is handed from its holder to the longest waiter directly, so nobody who comes later can take it in between.
///
/// Whoever waits for longer than [`Permits::max_wait`] is to be taken out with [`Permits::abandon`]: no clock in here.
/// A waiter (`W`) waits at most once at a time.
#[derive(Clone, Debug)]
pub struct Permits<W> {
    capacity: u32,
    max_wait: SimDuration,
    in_use: u32,
    /// Nobody waits while a place is free.
    queue: VecDeque<W>,
}

/// What came of asking for a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquired {
    /// The asker holds a place.
    Granted,
    /// The asker waits; a release will name it, or it abandons.
    Waiting,
    /// None is free and nobody may wait.
    Refused,
}

impl<W: Copy + PartialEq> Permits<W> {
    /// So many places, all free. With a `max_wait` of zero nobody waits (resilience4j's zero; `HikariCP`'s would mean
    /// for ever).
    pub const fn new(capacity: u32, max_wait: SimDuration) -> Self {
        Self { capacity, max_wait, in_use: 0, queue: VecDeque::new() }
    }

    /// Asks for a place. With none free, the asker waits behind all others, or is refused if nobody may wait.
    pub fn acquire(&mut self, waiter: W) -> Acquired {
        if self.in_use < self.capacity {
            self.in_use += 1;
            Acquired::Granted
        } else if self.max_wait.is_zero() {
            Acquired::Refused
        } else {
            self.queue.push_back(waiter);
            Acquired::Waiting
        }
    }

    /// Gives a place back. The longest waiter, if any, is returned and holds it from now on; unless the place is one
    /// that there is no more since the capacity was lowered.
    pub fn release(&mut self) -> Option<W> {
        assert!(self.in_use > 0, "a place is given back that nobody held");
        let next = if self.in_use > self.capacity { None } else { self.queue.pop_front() };
        if next.is_none() {
            self.in_use -= 1;
        }
        next
    }

    /// Another number of places and another wait from now on, as resilience4j's `Bulkhead.changeConfig`: who holds a
    /// place keeps it, and who waits keeps waiting. Those for whom there is a place now, the longest waiters, are
    /// returned and hold one; of places that are too many, each is lost when it is given back.
    pub fn reconfigure(&mut self, capacity: u32, max_wait: SimDuration) -> Vec<W> {
        self.capacity = capacity;
        self.max_wait = max_wait;
        let free = capacity.saturating_sub(self.in_use) as usize;
        let granted: Vec<W> = self.queue.drain(..free.min(self.queue.len())).collect();
        self.in_use += granted.len() as u32;
        granted
    }

    /// All who wait, the longest waiter first, when there are no bounds any more.
    pub fn into_waiting(self) -> impl Iterator<Item = W> {
        self.queue.into_iter()
    }

    /// Takes a waiter out of the queue; false if it did not wait (it holds a place by now, or never asked).
    ///
    /// Those who give up have mostly waited longest, so the search begins at the front and mostly ends there.
    pub fn abandon(&mut self, waiter: W) -> bool {
        let place = self.queue.iter().position(|&other| other == waiter);
        place.and_then(|index| self.queue.remove(index)).is_some()
    }

    /// Places held: 0 to capacity, or more while they drain after the capacity was lowered.
    pub const fn in_use(&self) -> u32 {
        self.in_use
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// How long a waiter waits before it is to be taken out.
    pub const fn max_wait(&self) -> SimDuration {
        self.max_wait
    }
}

impl<W: Copy + PartialEq> From<Bulkhead> for Permits<W> {
    fn from(bulkhead: Bulkhead) -> Self {
        Self::new(bulkhead.max_concurrent, bulkhead.max_wait)
    }
}

impl<W: Copy + PartialEq> From<Pool> for Permits<W> {
    fn from(pool: Pool) -> Self {
        Self::new(pool.size, pool.max_wait)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WAIT: SimDuration = SimDuration::from_secs(30);

    #[test]
    fn without_a_wait_the_next_is_refused() {
        // resilience4j: maxWaitDuration 0 is immediate.
        let bulkhead = Bulkhead { max_concurrent: 2, max_wait: SimDuration::ZERO };
        let mut permits = Permits::from(bulkhead);
        let asked = [1, 2, 3].map(|waiter| permits.acquire(waiter));
        assert_eq!(asked, [Acquired::Granted, Acquired::Granted, Acquired::Refused]);
        assert_eq!((permits.in_use(), permits.waiting()), (2, 0));
        assert_eq!(permits.release(), None);
        assert_eq!(permits.acquire(4), Acquired::Granted);
    }

    #[test]
    fn a_released_place_goes_to_the_longest_waiter() {
        let mut permits = Permits::from(Pool { size: 1, max_wait: WAIT });
        let asked = [1, 2, 3, 4].map(|waiter| permits.acquire(waiter));
        assert_eq!(asked[0], Acquired::Granted);
        assert_eq!(asked[1..], [Acquired::Waiting; 3]);
        assert_eq!(permits.max_wait(), WAIT);
        assert!(permits.abandon(3));
        assert!(!permits.abandon(3), "it waits no more");
        assert!(!permits.abandon(1), "it holds a place");
        assert_eq!((permits.in_use(), permits.waiting()), (1, 2));
        assert_eq!(permits.release(), Some(2));
        assert_eq!(permits.acquire(5), Acquired::Waiting, "the place was handed over, not freed");
        assert_eq!([permits.release(), permits.release(), permits.release()], [Some(4), Some(5), None]);
        assert_eq!((permits.in_use(), permits.waiting()), (0, 0));
    }

    #[test]
    fn more_places_go_to_the_longest_waiters_at_once() {
        let mut permits = Permits::from(Pool { size: 1, max_wait: WAIT });
        (1..=4).for_each(|waiter| assert_ne!(permits.acquire(waiter), Acquired::Refused));
        assert_eq!(permits.reconfigure(3, WAIT), [2, 3]);
        assert_eq!((permits.in_use(), permits.waiting()), (3, 1));
        assert_eq!(permits.reconfigure(9, SimDuration::ZERO), [4]);
        assert_eq!((permits.in_use(), permits.waiting()), (4, 0));
        assert_eq!(permits.max_wait(), SimDuration::ZERO);
    }

    #[test]
    fn fewer_places_drain() {
        let mut permits = Permits::from(Pool { size: 3, max_wait: WAIT });
        (1..=5).for_each(|waiter| assert_ne!(permits.acquire(waiter), Acquired::Refused));
        assert!(permits.reconfigure(1, WAIT).is_empty());
        assert_eq!((permits.in_use(), permits.waiting()), (3, 2));
        assert_eq!(permits.acquire(6), Acquired::Waiting);
        assert_eq!([permits.release(), permits.release()], [None, None], "these places are no more");
        assert_eq!([permits.release(), permits.release()], [Some(4), Some(5)], "this one is handed on");
        assert_eq!(permits.into_waiting().collect::<Vec<_>>(), [6]);
    }

    #[test]
    #[should_panic(expected = "nobody held")]
    fn more_releases_than_grants_are_a_bug() {
        Permits::<u32>::new(1, WAIT).release();
    }

    #[derive(Clone, Copy, Debug)]
    enum Op {
        Acquire,
        Release,
        Abandon(prop::sample::Index),
        Resize(u32),
    }

    fn op() -> impl Strategy<Value = Op> {
        prop_oneof![
            3 => Just(Op::Acquire),
            2 => Just(Op::Release),
            1 => any::<prop::sample::Index>().prop_map(Op::Abandon),
            1 => (0_u32..5).prop_map(Op::Resize),
        ]
    }

    proptest! {
        #[test]
        fn never_more_than_capacity_and_first_come_first_served(
            capacity in 0_u32..5, ops in prop::collection::vec(op(), 0..200),
        ) {
            let mut permits = Permits::new(capacity, WAIT);
            let mut capacity = capacity;
            let (mut held, mut queue) = (0_u32, Vec::new());
            for (waiter, op) in ops.into_iter().enumerate() {
                match op {
                    Op::Acquire if held < capacity => {
                        prop_assert_eq!(permits.acquire(waiter), Acquired::Granted);
                        held += 1;
                    }
                    Op::Acquire => {
                        prop_assert_eq!(permits.acquire(waiter), Acquired::Waiting);
                        queue.push(waiter);
                    }
                    Op::Release if held == 0 => {}
                    Op::Release if queue.is_empty() || held > capacity => {
                        prop_assert_eq!(permits.release(), None);
                        held -= 1;
                    }
                    Op::Release => prop_assert_eq!(permits.release(), Some(queue.remove(0))),
                    Op::Abandon(_) if queue.is_empty() => prop_assert!(!permits.abandon(waiter)),
                    Op::Abandon(index) => {
                        let gone = queue.remove(index.index(queue.len()));
                        prop_assert!(permits.abandon(gone));
                    }
                    Op::Resize(to) => {
                        capacity = to;
                        let free = (to.saturating_sub(held) as usize).min(queue.len());
                        let granted: Vec<usize> = queue.drain(..free).collect();
                        held += granted.len() as u32;
                        prop_assert_eq!(permits.reconfigure(to, WAIT), granted);
                    }
                }
                prop_assert_eq!((permits.in_use(), permits.waiting()), (held, queue.len()));
                prop_assert!(queue.is_empty() || held >= capacity, "nobody waits while a place is free");
            }
        }
    }
}
