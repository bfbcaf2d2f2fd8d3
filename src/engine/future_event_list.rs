//! The future event list: pending events in the order of (time, sequence). Knows nothing of what they mean.
//!
//! Ties are first scheduled, first run. What is scheduled for the present goes into a lane beside the heap: cheap, and
//! in the same total order, because everything in the heap for this instant was scheduled before anything in the lane.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::time::SimTime;

/// Pending events and the clock.
#[derive(Clone, Debug)]
pub(crate) struct FutureEventList<E> {
    now: SimTime,
    next_sequence: u64,
    heap: BinaryHeap<Reverse<Entry<E>>>,
    lane: VecDeque<(u64, E)>,
}

/// An event in the heap; compares by (time, sequence) alone.
#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    at: SimTime,
    sequence: u64,
    event: E,
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<E> Eq for Entry<E> {}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.sequence).cmp(&(other.at, other.sequence))
    }
}

impl<E: Copy> FutureEventList<E> {
    /// An empty list at the begin of time.
    pub(crate) fn new() -> Self {
        // Sequence 0 is never given out: it marks "no event" in the slots.
        Self { now: SimTime::ZERO, next_sequence: 1, heap: BinaryHeap::new(), lane: VecDeque::new() }
    }

    /// The time of the event that was popped last.
    pub(crate) const fn now(&self) -> SimTime {
        self.now
    }

    /// Schedules an event, now if its time has passed, and returns its sequence number.
    pub(crate) fn schedule(&mut self, at: SimTime, event: E) -> u64 {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        if at <= self.now {
            self.lane.push_back((sequence, event));
        } else {
            self.heap.push(Reverse(Entry { at, sequence, event }));
        }
        sequence
    }

    /// Schedules an event for this instant, after all that are already scheduled for it.
    pub(crate) fn schedule_now(&mut self, event: E) -> u64 {
        self.schedule(self.now, event)
    }

    /// Takes the next event before `limit` and moves the clock to it.
    pub(crate) fn pop_before(&mut self, limit: SimTime) -> Option<(u64, E)> {
        if let Some(&(sequence, event)) = self.lane.front() {
            let heap_first = self
                .heap
                .peek()
                .is_some_and(|Reverse(entry)| (entry.at, entry.sequence) < (self.now, sequence));
            if !heap_first && self.now < limit {
                self.lane.pop_front();
                return Some((sequence, event));
            }
        }
        if self.heap.peek()?.0.at >= limit {
            return None;
        }
        let Reverse(entry) = self.heap.pop()?;
        self.now = entry.at;
        Some((entry.sequence, entry.event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_run_in_the_order_they_were_scheduled() {
        let mut list = FutureEventList::new();
        let at = SimTime::from_nanos(5);
        list.schedule(at, 'a');
        list.schedule(at, 'b');
        assert_eq!(list.pop_before(SimTime::MAX).map(|e| e.1), Some('a'));
        list.schedule_now('c');
        list.schedule(SimTime::from_nanos(4), 'd');
        let rest: Vec<char> = std::iter::from_fn(|| list.pop_before(SimTime::MAX).map(|e| e.1)).collect();
        assert_eq!(rest, ['b', 'c', 'd'], "what is scheduled for the past runs now, and last");
    }

    #[test]
    fn the_limit_is_not_reached() {
        let mut list = FutureEventList::new();
        list.schedule(SimTime::from_nanos(5), 'a');
        assert_eq!(list.pop_before(SimTime::from_nanos(5)), None);
        assert_eq!(list.pop_before(SimTime::from_nanos(6)).map(|e| e.1), Some('a'));
        list.schedule_now('b');
        assert_eq!(list.pop_before(SimTime::from_nanos(5)), None, "the present is not before the limit");
    }

    proptest! {
        /// Against a stable sort of everything by time, with events scheduled while others run.
        #[test]
        fn runs_in_the_order_of_time_then_sequence(first in prop::collection::vec(0_u64..50, 1..40), later in prop::collection::vec(0_u64..5, 0..40)) {
            let mut list = FutureEventList::new();
            for at in &first {
                list.schedule(SimTime::from_nanos(*at), ());
            }
            let mut later = later.into_iter();
            let mut last = (SimTime::ZERO, 0);
            let mut count = 0;
            while let Some((sequence, ())) = list.pop_before(SimTime::MAX) {
                prop_assert!((list.now(), sequence) > last);
                last = (list.now(), sequence);
                count += 1;
                if let Some(delay) = later.next() {
                    list.schedule(SimTime::from_nanos(list.now().as_nanos() + delay), ());
                }
            }
            prop_assert!(count >= first.len());
        }
    }
}
