//! When the last good answer was given for whom: what a cached fallback has at hand. Knows no answers, only their age.

use crate::random::{Key, KeyMap};
use crate::time::{SimDuration, SimTime};

/// The instants of the last good answers, by what was asked for whom.
///
/// Kept in two generations: once the younger has collected for as long as answers are of use, it becomes the older, and
/// what that held is forgotten, all at once and too old by then. Memory is that of whoever was answered within twice
/// that time.
#[derive(Clone, Debug)]
pub struct LastAnswers {
    /// Older answers are of use to nobody.
    keep: SimDuration,
    /// Since when the younger generation collects.
    since: SimTime,
    young: KeyMap<SimTime>,
    old: KeyMap<SimTime>,
}

impl LastAnswers {
    /// No answers yet; they will be of use for so long.
    pub fn new(keep: SimDuration) -> Self {
        Self { keep, since: SimTime::ZERO, young: KeyMap::default(), old: KeyMap::default() }
    }

    /// Somebody may want answers of this age: they are kept for at least so long from now on.
    pub fn keep(&mut self, max_age: SimDuration) {
        self.keep = self.keep.max(max_age);
    }

    /// Notes a good answer.
    pub fn put(&mut self, key: Key, now: SimTime) {
        let collected = now - self.since;
        if collected >= self.keep {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
            if collected >= self.keep * 2 {
                self.old.clear();
            }
            self.since = now;
        }
        self.young.insert(key.0, now);
    }

    /// Whether there is an answer no older than `max_age`.
    pub fn has(&self, key: Key, max_age: SimDuration, now: SimTime) -> bool {
        let at = self.young.get(&key.0).or_else(|| self.old.get(&key.0));
        at.is_some_and(|at| now - *at <= max_age)
    }

    /// How many instants are kept.
    pub fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: u64) -> SimTime {
        SimTime::ZERO + secs(s)
    }

    fn secs(s: u64) -> SimDuration {
        SimDuration::from_secs(s)
    }

    #[test]
    fn answers_are_at_hand_up_to_their_age_to_the_instant() {
        let mut answers = LastAnswers::new(secs(60));
        assert_eq!((answers.is_empty(), answers.len()), (true, 0));
        let (one, other) = (Key(1), Key(2));
        answers.put(one, at(10));
        assert_eq!((answers.is_empty(), answers.len()), (false, 1));
        let tick = SimDuration::from_nanos(1);
        assert!(answers.has(one, secs(60), at(70)) && !answers.has(one, secs(60), at(70) + tick));
        assert!(answers.has(one, secs(5), at(15)) && !answers.has(one, secs(5), at(15) + tick));
        assert!(!answers.has(other, secs(60), at(10)));
        answers.put(one, at(50));
        assert!(answers.has(one, secs(60), at(110)), "each answer makes it young again");
    }

    #[test]
    fn nothing_of_use_is_forgotten_and_little_else_is_kept() {
        // A new user every second, each answered once; answers are of use for 60 s.
        let mut answers = LastAnswers::new(secs(60));
        for second in 0..10_000 {
            answers.put(Key(second), at(second));
            for age in [0, 1, 30, 59, 60] {
                if let Some(user) = second.checked_sub(age) {
                    assert!(answers.has(Key(user), secs(60), at(second)), "{age} s after {user} s");
                }
            }
            assert!(answers.len() <= 120, "{}", answers.len());
        }
        // After a long silence nothing is left but what is new.
        answers.put(Key(1), at(20_000));
        assert_eq!(answers.len(), 1);
    }

    #[test]
    fn whoever_wants_older_answers_gets_them_from_then_on() {
        let mut answers = LastAnswers::new(secs(1));
        answers.keep(secs(100));
        answers.keep(secs(10));
        answers.put(Key(1), at(0));
        answers.put(Key(2), at(99));
        assert!(answers.has(Key(1), secs(100), at(100)) && !answers.is_empty());
    }
}
