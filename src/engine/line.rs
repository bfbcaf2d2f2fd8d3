//! The line of a replica: attempts that wait for a thread, and which of them is next. Knows neither threads nor capacity.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use crate::scenario::Queue;

/// Attempts that wait, by slot; canceled ones stay until they are found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    /// In the order of arrival, unless priorities count.
    arrived: VecDeque<u32>,
    /// The most important first, of these the first that came.
    ranked: BinaryHeap<Ranked>,
    /// Attempts that were ranked so far.
    number: u64,
}

/// An attempt where priorities count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ranked {
    priority: u8,
    number: Reverse<u64>,
    slot: u32,
}

impl Line {
    /// An attempt joins; its priority is only asked for where it counts.
    pub(crate) fn push(&mut self, by: Queue, slot: u32, priority: impl FnOnce() -> u8) {
        match by {
            Queue::Fifo { .. } | Queue::Lifo { .. } => self.arrived.push_back(slot),
            Queue::Priority { .. } => self.rank(slot, priority()),
        }
    }

    fn rank(&mut self, slot: u32, priority: u8) {
        self.ranked.push(Ranked { priority, number: Reverse(self.number), slot });
        self.number += 1;
    }

    /// The next one leaves.
    pub(crate) fn pop(&mut self, by: Queue) -> Option<u32> {
        match by {
            Queue::Fifo { .. } => self.arrived.pop_front(),
            Queue::Lifo { .. } => self.arrived.pop_back(),
            Queue::Priority { .. } => self.ranked.pop().map(|first| first.slot),
        }
    }

    /// Another order rules from now on: those who wait keep the order in which they came, and are ranked if it counts.
    pub(crate) fn reorder(&mut self, by: Queue, priority: impl Fn(u32) -> u8) {
        match by {
            Queue::Fifo { .. } | Queue::Lifo { .. } => {
                let ranked = std::mem::take(&mut self.ranked);
                self.arrived.extend(in_order(ranked.into_vec()));
            }
            Queue::Priority { .. } => {
                for slot in std::mem::take(&mut self.arrived) {
                    self.rank(slot, priority(slot));
                }
            }
        }
    }

    /// Takes out those of whom it holds, in the order in which they came.
    pub(crate) fn extract(&mut self, holds: impl Fn(u32) -> bool) -> Vec<u32> {
        let (mut out, stay): (Vec<u32>, Vec<u32>) = self.arrived.drain(..).partition(|slot| holds(*slot));
        self.arrived.extend(stay);
        let ranked = std::mem::take(&mut self.ranked).into_vec();
        let (leave, stay): (Vec<Ranked>, Vec<Ranked>) = ranked.into_iter().partition(|one| holds(one.slot));
        self.ranked = stay.into();
        out.extend(in_order(leave));
        out
    }

    /// How many there are, canceled ones included.
    pub(crate) fn len(&self) -> usize {
        self.arrived.len() + self.ranked.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.arrived.iter().copied().chain(self.ranked.iter().map(|one| one.slot))
    }
}

/// Slots in the order in which they came.
fn in_order(mut ranked: Vec<Ranked>) -> impl Iterator<Item = u32> {
    ranked.sort_unstable_by_key(|one| Reverse(one.number));
    ranked.into_iter().map(|one| one.slot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Capacity;

    const FIFO: Queue = Queue::Fifo { capacity: Capacity::Unbounded };
    const LIFO: Queue = Queue::Lifo { capacity: Capacity::Unbounded };
    const PRIORITY: Queue = Queue::Priority { capacity: Capacity::Unbounded };

    /// Slots 0 to 5 with these priorities.
    const PRIORITIES: [u8; 6] = [1, 9, 1, 5, 9, 5];

    fn priority(slot: u32) -> u8 {
        PRIORITIES[slot as usize]
    }

    fn line(by: Queue) -> Line {
        let mut line = Line::default();
        (0..6).for_each(|slot| line.push(by, slot, || priority(slot)));
        line
    }

    fn rest(line: &mut Line, by: Queue) -> Vec<u32> {
        std::iter::from_fn(|| line.pop(by)).collect()
    }

    #[test]
    fn each_order_is_its_own() {
        assert_eq!(rest(&mut line(FIFO), FIFO), [0, 1, 2, 3, 4, 5]);
        assert_eq!(rest(&mut line(LIFO), LIFO), [5, 4, 3, 2, 1, 0]);
        assert_eq!(rest(&mut line(PRIORITY), PRIORITY), [1, 4, 3, 5, 0, 2]);
    }

    #[test]
    fn who_waits_is_not_lost_when_the_order_changes() {
        for (from, to, wanted) in [
            (FIFO, PRIORITY, [1, 4, 3, 5, 0, 2]),
            (PRIORITY, FIFO, [0, 1, 2, 3, 4, 5]),
            (PRIORITY, LIFO, [5, 4, 3, 2, 1, 0]),
        ] {
            let mut line = line(from);
            line.reorder(to, priority);
            assert_eq!((line.len(), line.iter().count()), (6, 6));
            assert_eq!(rest(&mut line, to), wanted);
            assert!(line.is_empty());
        }
    }

    #[test]
    fn some_are_taken_out_and_the_others_stay_in_order() {
        for (by, wanted) in [(FIFO, [0, 1, 3, 5]), (PRIORITY, [1, 3, 5, 0])] {
            let mut line = line(by);
            assert_eq!(line.extract(|slot| slot == 4 || slot == 2), [2, 4]);
            assert_eq!(rest(&mut line, by), wanted);
        }
    }
}
