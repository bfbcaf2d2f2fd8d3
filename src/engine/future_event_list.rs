//! The future event list: pending events in the order of (time, sequence). Knows nothing of what they mean.
//!
//! Ties are first scheduled, first run: the order is that of one sorted list, whatever lies where. Most timers are
//! canceled long before they are due; sorting them in and out would be most of the work. So only what is due next is
//! kept sorted, the rest lies unsorted in buckets of time, and of a bucket only the living get into the sorted part:
//!
//! | where | what | how |
//! |---|---|---|
//! | `lane` | what is due now | first in, first out |
//! | `few` | what is due next, and everything while there is little | sorted |
//! | `buckets` | what is due within the span | unsorted, by time |
//! | `heap` | what finds no place among the few, and what is due after the span | a heap |
//!
//! Whether an event still matters is asked when its bucket is opened, when it is due, and when the dead may be many.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::time::{SimDuration, SimTime};

/// Buckets that the span has.
const BUCKETS: usize = 1024;
/// Events that are sorted by insertion, at most.
const FEW: usize = 64;
/// Events that are sorted before any are put into buckets.
const SORTED: usize = 16;
/// Events for which a bucket keeps memory while it is empty.
const KEPT: usize = 64;
/// Events that are never looked through for the dead.
const UNSWEPT: usize = 100_000;

/// Pending events and the clock.
#[derive(Clone, Debug)]
pub(crate) struct FutureEventList<E> {
    now: SimTime,
    next_sequence: u64,
    lane: VecDeque<(u64, E)>,
    /// The last is the first that is due.
    few: Vec<Entry<E>>,
    heap: BinaryHeap<Reverse<Entry<E>>>,
    buckets: Buckets<E>,
    /// Events that are sorted before any are put into buckets.
    sorts: usize,
    /// When so many are in buckets and in the heap, the dead are looked for.
    sweep_at: usize,
}

/// An event and when it is due; compares by (time, sequence) alone.
#[derive(Clone, Copy, Debug)]
struct Entry<E> {
    at: SimTime,
    sequence: u64,
    event: E,
}

/// The place of an event among all.
const fn rank(at: SimTime, sequence: u64) -> u128 {
    (at.as_nanos() as u128) << 64 | sequence as u128
}

impl<E> Entry<E> {
    fn rank(&self) -> u128 {
        rank(self.at, self.sequence)
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
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
        self.rank().cmp(&other.rank())
    }
}

/// Unsorted events by time: a ring of buckets. Those of one bucket are due after all of the bucket before.
#[derive(Clone, Debug)]
struct Buckets<E> {
    /// The width of a bucket is 2^shift nanoseconds.
    shift: u32,
    ring: Vec<Vec<Entry<E>>>,
    /// A bit for every bucket that is not empty.
    occupied: [u64; BUCKETS / 64],
    /// The buckets up to this one, counted from the begin of time, have been opened.
    opened: u64,
    /// The first bucket that is not empty; later than everything if all are.
    first: u64,
    len: usize,
}

impl<E: Copy> Buckets<E> {
    /// Buckets of a width for which the span covers a delay twice.
    fn spanning(delay: SimDuration) -> Self {
        let width = (delay.as_nanos() / (BUCKETS as u64 / 2)).max(1);
        Self {
            // Delays of a third of all time and more are as good as never.
            shift: width.checked_next_power_of_two().map_or(63, u64::trailing_zeros),
            ring: vec![Vec::new(); BUCKETS],
            occupied: [0; BUCKETS / 64],
            opened: 0,
            first: u64::MAX,
            len: 0,
        }
    }

    /// The bucket of an instant, counted from the begin of time.
    const fn number(&self, at: SimTime) -> u64 {
        at.as_nanos() >> self.shift
    }

    const fn position(number: u64) -> usize {
        number as usize % BUCKETS
    }

    fn push(&mut self, number: u64, entry: Entry<E>) {
        let position = Self::position(number);
        self.ring[position].push(entry);
        self.occupied[position / 64] |= 1 << (position % 64);
        self.first = self.first.min(number);
        self.len += 1;
    }

    /// Takes out the first bucket that is not empty, and says where it was.
    fn open(&mut self) -> (Vec<Entry<E>>, usize) {
        let position = Self::position(self.first);
        let bucket = std::mem::take(&mut self.ring[position]);
        self.len -= bucket.len();
        self.occupied[position / 64] &= !(1 << (position % 64));
        self.opened = self.first;
        self.first = self.next_occupied();
        (bucket, position)
    }

    /// The first bucket after those opened that is not empty.
    fn next_occupied(&self) -> u64 {
        if self.len == 0 {
            return u64::MAX;
        }
        let from = Self::position(self.opened + 1);
        let words = self.occupied.len();
        for step in 0..=words {
            let word = (from / 64 + step) % words;
            let mut bits = self.occupied[word];
            if step == 0 {
                bits &= u64::MAX << (from % 64);
            }
            if bits != 0 {
                let position = word * 64 + bits.trailing_zeros() as usize;
                return self.opened + 1 + ((position + BUCKETS - from) % BUCKETS) as u64;
            }
        }
        u64::MAX
    }

    /// Drops the dead.
    fn sweep(&mut self, mut is_live: impl FnMut(u64, E) -> bool) {
        for (position, bucket) in self.ring.iter_mut().enumerate() {
            bucket.retain(|entry| is_live(entry.sequence, entry.event));
            if bucket.is_empty() {
                self.occupied[position / 64] &= !(1 << (position % 64));
            }
        }
        self.len = self.ring.iter().map(Vec::len).sum();
        self.first = self.next_occupied();
    }
}

impl<E: Copy> FutureEventList<E> {
    /// An empty list at the begin of time, made for delays of about so long: much longer ones take more time each.
    pub(crate) fn new(delay: SimDuration) -> Self {
        // Sequence 0 is never given out: it marks "no event" in the slots.
        Self {
            now: SimTime::ZERO,
            next_sequence: 1,
            lane: VecDeque::new(),
            few: Vec::with_capacity(FEW),
            heap: BinaryHeap::new(),
            buckets: Buckets::spanning(delay),
            sorts: SORTED,
            sweep_at: UNSWEPT,
        }
    }

    /// The same, but everything is kept sorted: the plain way, slower, as an oracle.
    pub(crate) fn sorted() -> Self {
        Self { sorts: usize::MAX, ..Self::new(SimDuration::ZERO) }
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
            return sequence;
        }
        let number = self.buckets.number(at);
        if number <= self.buckets.opened || self.few.len() < self.sorts {
            self.sort_in(at, sequence, event);
        } else if number - self.buckets.opened < BUCKETS as u64 {
            self.buckets.push(number, Entry { at, sequence, event });
        } else {
            self.heap.push(Reverse(Entry { at, sequence, event }));
        }
        sequence
    }

    /// Sorts an event in among the few, if there is a place.
    fn sort_in(&mut self, at: SimTime, sequence: u64, event: E) {
        if self.few.len() >= FEW {
            return self.heap.push(Reverse(Entry { at, sequence, event }));
        }
        // By time alone, which takes no branch that the processor would have to guess; ties are rare.
        let mut position = self.few.partition_point(|other| other.at > at);
        while self.few.get(position).is_some_and(|other| other.at == at && other.sequence > sequence) {
            position += 1;
        }
        self.few.insert(position, Entry { at, sequence, event });
    }

    /// Schedules an event for this instant, after all that are already scheduled for it.
    pub(crate) fn schedule_now(&mut self, event: E) -> u64 {
        self.schedule(self.now, event)
    }

    /// Takes the next event before `limit` that still matters, and moves the clock to it. An event that does not matter
    /// once never will.
    pub(crate) fn pop_before(
        &mut self,
        limit: SimTime,
        mut is_live: impl FnMut(u64, E) -> bool,
    ) -> Option<(u64, E)> {
        if self.buckets.len + self.heap.len() > self.sweep_at {
            self.sweep(&mut is_live);
        }
        loop {
            let few = self.few.last().map_or(u128::MAX, Entry::rank);
            let heap = self.heap.peek().map_or(u128::MAX, |Reverse(entry)| entry.rank());
            let next = few.min(heap);
            if let Some(&(sequence, event)) = self.lane.front()
                // Nothing in a bucket is due by now.
                && next > rank(self.now, sequence)
            {
                if self.now >= limit {
                    return None;
                }
                self.lane.pop_front();
                if is_live(sequence, event) {
                    return Some((sequence, event));
                }
                continue;
            }
            let at = SimTime::from_nanos((next >> 64) as u64);
            if self.buckets.first <= self.buckets.number(at) && self.buckets.len > 0 {
                self.open_bucket(&mut is_live);
                continue;
            }
            if next == u128::MAX || at >= limit {
                return None;
            }
            let entry = if few <= heap { self.few.pop()? } else { self.heap.pop()?.0 };
            if is_live(entry.sequence, entry.event) {
                self.now = at;
                self.buckets.opened = self.buckets.opened.max(self.buckets.number(at));
                return Some((entry.sequence, entry.event));
            }
        }
    }

    /// Drops the dead, but for the few that are due next.
    #[cold]
    fn sweep(&mut self, is_live: &mut impl FnMut(u64, E) -> bool) {
        self.heap.retain(|Reverse(entry)| is_live(entry.sequence, entry.event));
        self.buckets.sweep(is_live);
        self.sweep_at = UNSWEPT.max(2 * (self.buckets.len + self.heap.len()));
    }

    /// Sorts in what lives of the first bucket that is not empty.
    fn open_bucket(&mut self, is_live: &mut impl FnMut(u64, E) -> bool) {
        let (mut bucket, position) = self.buckets.open();
        for entry in bucket.drain(..).filter(|entry| is_live(entry.sequence, entry.event)) {
            self.sort_in(entry.at, entry.sequence, entry.event);
        }
        // Its memory will be used again, unless it was a burst.
        bucket.shrink_to(KEPT);
        self.buckets.ring[position] = bucket;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use proptest::prelude::*;

    const ANY: fn(u64, char) -> bool = |_, _| true;

    fn at(nanos: u64) -> SimTime {
        SimTime::from_nanos(nanos)
    }

    #[test]
    fn ties_run_in_the_order_they_were_scheduled() {
        let mut list = FutureEventList::new(SimDuration::from_nanos(10));
        list.schedule(at(5), 'a');
        list.schedule(at(5), 'b');
        assert_eq!(list.pop_before(SimTime::MAX, ANY).map(|e| e.1), Some('a'));
        list.schedule_now('c');
        list.schedule(at(4), 'd');
        let rest: Vec<char> =
            std::iter::from_fn(|| list.pop_before(SimTime::MAX, ANY).map(|e| e.1)).collect();
        assert_eq!(rest, ['b', 'c', 'd'], "what is scheduled for the past runs now, and last");
    }

    #[test]
    fn the_limit_is_not_reached() {
        let mut list = FutureEventList::new(SimDuration::from_nanos(10));
        list.schedule(at(5), 'a');
        assert_eq!(list.pop_before(at(5), ANY), None);
        assert_eq!(list.pop_before(at(6), ANY).map(|e| e.1), Some('a'));
        list.schedule_now('b');
        assert_eq!(list.pop_before(at(5), ANY), None, "the present is not before the limit");
    }

    #[test]
    fn the_dead_do_not_move_the_clock() {
        for mut list in [FutureEventList::new(SimDuration::from_nanos(10)), FutureEventList::sorted()] {
            list.schedule(at(5), 'a');
            list.schedule(at(7), 'b');
            assert_eq!(list.pop_before(SimTime::MAX, |_, event| event == 'a').map(|e| e.1), Some('a'));
            assert_eq!(list.pop_before(SimTime::MAX, |_, event| event == 'a'), None);
            assert_eq!(list.now(), at(5));
        }
    }

    #[test]
    fn the_dead_do_not_pile_up() {
        // In buckets, and after their span.
        for span_s in [1_000, 1] {
            let mut list = FutureEventList::new(SimDuration::from_secs(span_s));
            let mut now = 0;
            for n in 0..500_000_u64 {
                // Canceled as soon as the next is scheduled.
                let alive = list.schedule(at(now + 500_000_000_000), ());
                list.schedule(at(now + 1_000), ());
                assert!(list.pop_before(SimTime::MAX, |sequence, ()| sequence >= alive).is_some());
                now = list.now().as_nanos();
                assert!(list.buckets.len + list.heap.len() <= UNSWEPT + 1, "{n}");
            }
        }
    }

    proptest! {
        /// Against a sorted map, for delays of every order of magnitude, with events that are scheduled and canceled while
        /// others run: few of them, so that all are sorted, or many.
        #[test]
        fn runs_as_a_sorted_map_would(
            delays in prop::collection::vec((0_u32..40, 0_u64..16, any::<bool>()), 1..400),
            at_once in 1_usize..60,
            span in 0_u32..40,
        ) {
            let mut list = FutureEventList::new(SimDuration::from_nanos(1 << span));
            let mut oracle = BTreeSet::new();
            let mut canceled = Vec::new();
            let mut delays = delays.into_iter();
            loop {
                for (order, mantissa, is_canceled) in delays.by_ref().take(at_once) {
                    let due = list.now().as_nanos() + ((mantissa << order) >> 3);
                    let sequence = list.schedule(at(due), ());
                    oracle.insert((due, sequence));
                    if is_canceled {
                        canceled.push(sequence);
                    }
                }
                let limit = at(list.now().as_nanos() + (1 << span));
                let mut is_live = |sequence, ()| !canceled.contains(&sequence);
                while let Some((sequence, ())) = list.pop_before(limit, &mut is_live) {
                    oracle.retain(|(_, sequence)| is_live(*sequence, ()));
                    let first = oracle.pop_first();
                    prop_assert_eq!(Some((list.now().as_nanos(), sequence)), first);
                }
                oracle.retain(|(_, sequence)| is_live(*sequence, ()));
                if oracle.is_empty() && delays.len() == 0 {
                    break;
                }
                let next = oracle.first().map(|(due, _)| *due);
                prop_assert!(next.is_none_or(|due| at(due) >= limit), "it stopped before the limit");
                // On to whatever is next.
                if let Some(due) = next {
                    let popped = list.pop_before(at(due + 1), &mut is_live).map(|(sequence, ())| sequence);
                    prop_assert_eq!(popped, oracle.pop_first().map(|(_, sequence)| sequence));
                }
            }
        }
    }
}
