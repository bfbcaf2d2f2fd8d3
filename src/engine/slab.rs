//! Slots that are used again: no allocation per request in the steady state. Knows nothing of what it holds.

use std::ops::{Index, IndexMut};

/// Values in slots, addressed by position.
#[derive(Clone, Debug)]
pub(crate) struct Slab<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Slot<T> {
    /// Counts the values that came and went here: odd while one lives.
    generation: u32,
    value: T,
}

impl<T> Slot<T> {
    const fn lives(&self) -> bool {
        self.generation % 2 == 1
    }
}

/// A slot and the one value that lived there: finds nothing once that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handle {
    /// The slot.
    pub(crate) slot: u32,
    generation: u32,
}

impl Handle {
    /// Finds nothing, ever.
    pub(crate) const NONE: Self = Self { slot: u32::MAX, generation: 0 };
}

impl<T: Copy> Slab<T> {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new(), free: Vec::new() }
    }

    /// Puts a value into a free slot.
    pub(crate) fn insert(&mut self, value: T) -> Handle {
        self.insert_with(|_| value)
    }

    /// Puts a value into a free slot that knows where it will live.
    pub(crate) fn insert_with(&mut self, value: impl FnOnce(Handle) -> T) -> Handle {
        if let Some(slot) = self.free.pop() {
            let entry = &mut self.slots[slot as usize];
            entry.generation = entry.generation.wrapping_add(1);
            let handle = Handle { slot, generation: entry.generation };
            entry.value = value(handle);
            return handle;
        }
        let handle = Handle { slot: self.slots.len() as u32, generation: 1 };
        self.slots.push(Slot { generation: 1, value: value(handle) });
        handle
    }

    /// Slots, in use or not.
    pub(crate) const fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Frees a slot, and returns the value that lived there.
    pub(crate) fn remove(&mut self, slot: u32) -> T {
        let entry = &mut self.slots[slot as usize];
        assert!(entry.lives(), "a slot is freed once");
        entry.generation = entry.generation.wrapping_add(1);
        self.free.push(slot);
        entry.value
    }

    /// The value in a slot, if one lives there.
    pub(crate) fn get(&self, slot: u32) -> Option<&T> {
        self.slots.get(slot as usize).filter(|entry| entry.lives()).map(|entry| &entry.value)
    }

    /// Whether the value that a handle was given for still lives.
    pub(crate) fn is_live(&self, handle: Handle) -> bool {
        self.slots.get(handle.slot as usize).is_some_and(|entry| entry.generation == handle.generation)
    }

    /// The handle of the value in a slot.
    pub(crate) fn handle(&self, slot: u32) -> Handle {
        Handle { slot, generation: self.slots[slot as usize].generation }
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// All values, by position, to be changed.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.slots.iter_mut().filter(|entry| entry.lives()).map(|entry| &mut entry.value)
    }

    /// All slots in use, by position.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let slots = self.slots.iter().enumerate().filter(|(_, entry)| entry.lives());
        slots.map(|(slot, entry)| (slot as u32, &entry.value))
    }
}

impl<T> Index<u32> for Slab<T> {
    type Output = T;
    fn index(&self, slot: u32) -> &T {
        let entry = &self.slots[slot as usize];
        debug_assert!(entry.lives(), "the slot is in use");
        &entry.value
    }
}

impl<T> IndexMut<u32> for Slab<T> {
    fn index_mut(&mut self, slot: u32) -> &mut T {
        let entry = &mut self.slots[slot as usize];
        debug_assert!(entry.lives(), "the slot is in use");
        &mut entry.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_outlive_their_values_harmlessly() {
        let mut slab = Slab::new();
        let a = slab.insert('a');
        assert!(slab.is_live(a));
        assert_eq!(slab.remove(a.slot), 'a');
        let b = slab.insert('b');
        assert_eq!(a.slot, b.slot, "slots are used again");
        assert!(!slab.is_live(a) && slab.is_live(b) && !slab.is_live(Handle::NONE));
        assert_eq!(slab.len(), 1);
    }
}
