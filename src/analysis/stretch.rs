//! When requests were affected: counts over time in bounded memory, the worst minute, and by when nearly all had been.
//! Names nobody.

use crate::time::{SimDuration, SimTime};

/// Buckets at the most: when full, neighbors merge and the width doubles.
const MOST: usize = 2_048;
/// Their width at first.
const WIDTH: SimDuration = SimDuration::from_secs(1);
/// Length of the stretch that is looked for.
const MINUTE: SimDuration = SimDuration::from_secs(60);

/// Requests over time, each where it arrived, or where it ended.
#[derive(Clone, Debug)]
pub(crate) struct Stretches {
    width: SimDuration,
    counts: Vec<Count>,
}

/// Requests that arrived in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// Those that were compared with their twin.
    pub(crate) requests: u64,
    /// Of those: worse off than it.
    pub(crate) affected: u64,
    /// Of those: answered with less, wrongly or not at all.
    pub(crate) less: u64,
    /// Of those: failed, or never answered.
    pub(crate) lost: u64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.affected += other.affected;
        self.less += other.less;
        self.lost += other.lost;
    }
}

/// A stretch of time, and the requests that arrived in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) from: SimTime,
    pub(crate) to: SimTime,
    pub(crate) count: Count,
}

impl Default for Stretches {
    fn default() -> Self {
        Self { width: WIDTH, counts: Vec::new() }
    }
}

impl Stretches {
    /// Counts what arrived at an instant.
    pub(crate) fn count(&mut self, arrived_at: SimTime, count: Count) {
        let mut position = self.position(arrived_at);
        while position >= MOST {
            let merged = |pair: &[Count]| {
                pair.iter().fold(Count::default(), |mut sum, count| {
                    sum.add(*count);
                    sum
                })
            };
            self.counts = self.counts.chunks(2).map(merged).collect();
            self.width = self.width + self.width;
            position = self.position(arrived_at);
        }
        if self.counts.len() <= position {
            self.counts.resize(position + 1, Count::default());
        }
        self.counts[position].add(count);
    }

    fn position(&self, at: SimTime) -> usize {
        (at.as_nanos() / self.width.as_nanos()) as usize
    }

    /// The minute in which most requests arrived that were affected, the first of equals; it begins with an affected one,
    /// to the width of a bucket. In very long runs a bucket is longer than a minute and stands for it.
    pub(crate) fn worst_minute(&self) -> Option<Stretch> {
        self.worst(|count| count.affected)
    }

    /// When all but one in so many of some kind had been counted: the end of the bucket in which it was reached.
    pub(crate) fn all_but(&self, one_in: u64, of: fn(&Count) -> u64) -> Option<SimTime> {
        let all: u64 = self.counts.iter().map(of).sum();
        let wanted = all - all / one_in;
        let mut counted = 0;
        let position = self.counts.iter().position(|count| {
            counted += of(count);
            counted > 0 && counted >= wanted
        })?;
        Some(self.begin(position + 1))
    }

    fn begin(&self, position: usize) -> SimTime {
        SimTime::from_nanos(position as u64 * self.width.as_nanos())
    }

    /// The minute in which most of some kind arrived.
    pub(crate) fn worst(&self, of: fn(&Count) -> u64) -> Option<Stretch> {
        let buckets = ((MINUTE.as_nanos() / self.width.as_nanos()) as usize).max(1);
        let mut worst: Option<(usize, Count)> = None;
        for (position, first) in self.counts.iter().enumerate().filter(|(_, count)| of(count) > 0) {
            let mut sum = *first;
            for next in self.counts[position + 1..].iter().take(buckets - 1) {
                sum.add(*next);
            }
            if worst.is_none_or(|(_, most)| of(&sum) > of(&most)) {
                worst = Some((position, sum));
            }
        }
        worst.map(|(position, count)| Stretch {
            from: self.begin(position),
            to: self.begin(position + buckets),
            count,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFFECTED: Count = Count { requests: 1, affected: 1, less: 0, lost: 0 };
    const LOST: Count = Count { requests: 1, affected: 1, less: 1, lost: 1 };
    const WELL: Count = Count { requests: 1, affected: 0, less: 0, lost: 0 };

    fn at(s: u64) -> SimTime {
        SimTime::from_nanos(s * 1_000_000_000)
    }

    #[test]
    fn the_worst_minute_has_most_affected_requests() {
        let mut stretches = Stretches::default();
        assert_eq!(stretches.worst_minute(), None, "nobody came");
        (0..1_000).for_each(|s| stretches.count(at(s), WELL));
        assert_eq!(stretches.worst_minute(), None, "nobody was affected");
        // Three of which never two are within a minute, then two within one.
        for s in [100, 160, 500, 559] {
            stretches.count(at(s), AFFECTED);
        }
        stretches.count(at(500), LOST);
        let worst = stretches.worst_minute().unwrap();
        assert_eq!((worst.from, worst.to), (at(500), at(560)));
        assert_eq!(worst.count, Count { requests: 63, affected: 3, less: 1, lost: 1 });
        // Two seconds more apart, and a minute no longer holds both.
        stretches.count(at(100), LOST);
        stretches.count(at(100), LOST);
        assert_eq!(stretches.worst_minute().unwrap().from, at(100), "3 of 3, and the first of equals");
    }

    #[test]
    fn stragglers_are_left_out_up_to_one_in_so_many() {
        let affected = |count: &Count| count.affected;
        let mut stretches = Stretches::default();
        assert_eq!(stretches.all_but(100, affected), None);
        (0..50).for_each(|s| stretches.count(at(s), WELL));
        assert_eq!(stretches.all_but(100, affected), None, "nobody was affected");
        (10..109).for_each(|s| stretches.count(at(s), AFFECTED));
        stretches.count(at(1_500), LOST);
        assert_eq!(stretches.all_but(100, affected), Some(at(109)), "99 of 100, to the end of their second");
        assert_eq!(stretches.all_but(101, affected), Some(at(1_501)), "not one of 100");
        // Wider buckets: 1 s has become 2 s.
        stretches.count(at(3_000), WELL);
        assert_eq!(stretches.all_but(100, affected), Some(at(110)));
    }

    #[test]
    fn long_runs_have_wider_buckets_and_lose_nothing() {
        let mut stretches = Stretches::default();
        (0..10_000).for_each(|s| stretches.count(at(s), if s == 7_000 { LOST } else { WELL }));
        assert!(stretches.counts.len() <= MOST, "{}", stretches.counts.len());
        let sum: u64 = stretches.counts.iter().map(|count| count.requests).sum();
        assert_eq!((sum, stretches.width), (10_000, SimDuration::from_secs(8)));
        let worst = stretches.worst_minute().unwrap();
        assert_eq!(
            (worst.from, worst.count),
            (at(7_000), Count { requests: 56, affected: 1, less: 1, lost: 1 })
        );
        // A year: a bucket stands for a minute.
        stretches.count(at(365 * 24 * 3600), LOST);
        assert!(stretches.counts.len() <= MOST && stretches.width > MINUTE);
        assert_eq!(stretches.worst_minute().unwrap().count.affected, 1);
    }
}
