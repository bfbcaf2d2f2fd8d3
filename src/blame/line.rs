//! What held the threads behind a line, as those saw it who looked now and then.

use std::collections::VecDeque;

use crate::blame::onset::Onset;
use crate::blame::shares::Shares;
use crate::time::{SimDuration, SimTime};

/// How often a line is looked at while it grows, and how finely a wait is looked at, at most.
pub(super) const OFTEN: SimDuration = SimDuration::from_millis(100);
/// The same, at least.
pub(super) const SELDOM: SimDuration = SimDuration::from_secs(1);
/// How often it is looked at where somebody asks now, and while it shows what a fault has changed that began or ended.
pub(super) const FINEST: SimDuration = SimDuration::from_millis(10);
/// The parts that a wait is made of, at most.
pub(super) const PARTS: u64 = 16;
/// Samples that are kept; of more every other one is.
const KEPT: usize = 1_024;
/// Samples of which no share differs by more are the same.
const SAME: f64 = 0.01;
/// A sample says what holds a line now only if it is no older.
const FRESH: SimDuration = SimDuration::from_secs(1);
/// Stretches of a line that are remembered.
const REMEMBERED: usize = 4;

/// What held the threads of a replica, or of a service, at some instants, as shares of one.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    samples: VecDeque<(SimTime, Shares)>,
    /// When somebody looked last: what was as before has no sample of its own.
    looked_at: SimTime,
    /// When a fault began or ended last: what that changes shows soon after.
    pub(super) changed_at: SimTime,
    /// Since when it has not been empty, if it is not.
    pub(super) began: SimTime,
    /// Whether it is being looked at: chains can lead back to it.
    pub(super) looking: bool,
    stretches: [Stretch; REMEMBERED],
}

/// What held a line from the second sample that counts to the last: the same for all who joined it between the same two
/// samples, and most do who leave it before the next is taken.
#[derive(Clone, Debug, Default)]
struct Stretch {
    /// The first sample, and how many there were.
    samples: (usize, usize),
    held: Shares,
}

impl Line {
    /// Whether nobody has looked at it for so long, nor is about to.
    pub(super) fn is_due(&self, now: SimTime, every: SimDuration) -> bool {
        // The last look may have seen but a part of what has changed.
        let is_changing = self.looked_at < self.changed_at + OFTEN;
        let every = if is_changing { every.min(FINEST) } else { every };
        !self.looking && (self.samples.is_empty() || now >= self.looked_at + every)
    }

    /// Somebody has seen what holds it.
    pub(super) fn seen(&mut self, now: SimTime, sample: Shares) {
        self.looked_at = now;
        if self.samples.back().is_some_and(|(_, last)| last.is_close_to(&sample, SAME)) {
            return;
        }
        self.samples.push_back((now, sample));
        if self.samples.len() > KEPT {
            self.thin();
        }
    }

    /// Whether anybody has looked at it, ever.
    pub(super) fn is_known(&self) -> bool {
        !self.samples.is_empty()
    }

    /// What held it when it was last looked at, if it has not been empty since.
    pub(super) fn latest_of_these(&self) -> Option<&Shares> {
        self.samples.back().filter(|_| self.looked_at >= self.began).map(|(_, sample)| sample)
    }

    /// What holds it, if anybody has looked lately: a line in which nobody stood for a while says nothing of today's.
    pub(super) fn latest(&self, now: SimTime) -> Option<&Shares> {
        self.samples.back().filter(|_| now <= self.looked_at + FRESH).map(|(_, sample)| sample)
    }

    /// Forgets every other sample but the last: whoever has stood in line for long is told of all of it, less finely.
    fn thin(&mut self) {
        let mut place = self.samples.len();
        self.samples.retain(|_| {
            place -= 1;
            place.is_multiple_of(2)
        });
        self.stretches = Default::default();
    }

    /// What held it between two instants: each sample counts from when it was taken to the next one, since `onset` says, and
    /// for as many seconds as `seconds` says. Between the first and the last of many they are read at some instants alone.
    pub(super) fn over(
        &mut self,
        from: SimTime,
        to: SimTime,
        sum: &mut Shares,
        onset: impl Fn(SimTime) -> Onset,
        seconds: impl Fn(SimTime, SimTime) -> f64,
    ) {
        let Self { samples, stretches, .. } = self;
        let Some(last) = samples.len().checked_sub(1) else { return };
        let first = samples.partition_point(|(at, _)| *at <= from).saturating_sub(1);
        let begins = |place: usize| samples.get(place).map_or(to, |(at, _)| *at).clamp(from, to);
        let add = |sum: &mut Shares, place: usize, begin: SimTime, end: SimTime| {
            sum.add_scaled_since(onset(begin), &samples[place].1, seconds(begin, end));
        };
        add(sum, first, from, begins(first + 1));
        if last > first {
            let key = (first, samples.len());
            let known = stretches.iter().position(|stretch| stretch.samples == key);
            let known = known.unwrap_or_else(|| {
                stretches.rotate_right(1);
                let Stretch { samples: of, held } = &mut stretches[0];
                *of = key;
                held.clear();
                for (place, begin, end) in parts(samples, first + 1, last) {
                    add(held, place, begin, end);
                }
                0
            });
            sum.add_all(&stretches[known].held);
            add(sum, last, begins(last), to);
        }
        if sum.is_empty() {
            sum.add_scaled_since(onset(from), &samples[last].1, 1.0);
        }
    }
}

/// The time from one sample to another in parts, each with its begin, its end, and the sample of its middle: one for each sample, or
/// of many so many that are as long as each other.
fn parts(
    samples: &VecDeque<(SimTime, Shares)>,
    first: usize,
    last: usize,
) -> impl Iterator<Item = (usize, SimTime, SimTime)> + '_ {
    let (begin, length) = (samples[first].0, samples[last].0 - samples[first].0);
    let count = (last - first).min(PARTS as usize);
    let is_each = count == last - first;
    let instant = move |half_parts: usize| begin + length.scaled(half_parts as f64 / (2 * count) as f64);
    (0..count).map(move |part| {
        if is_each {
            return (first + part, samples[first + part].0, samples[first + part + 1].0);
        }
        let middle = instant(2 * part + 1);
        let place = samples.partition_point(|(at, _)| *at <= middle).saturating_sub(1);
        (place, instant(2 * part), instant(2 * part + 2))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blame::{Chains, Root};
    use crate::id::{Id, ServiceId};

    #[test]
    fn what_is_remembered_of_a_line_is_what_it_would_be_found_to_be() {
        let mut chains = Chains::default();
        let at = |s: usize| SimTime::ZERO + SimDuration::from_secs(s as u64);
        let over = |line: &mut Line, from: usize, to: usize| {
            let mut sum = Shares::default();
            line.over(
                at(from),
                at(to),
                &mut sum,
                |_| Onset::UNKNOWN,
                |from, to| to.saturating_since(from).as_secs_f64(),
            );
            sum.iter().collect::<Vec<_>>()
        };
        let mut line = Line::default();
        for taken in 0..60 {
            let mut sample = Shares::default();
            sample.add(chains.root(Root::Work(ServiceId::new(taken / 4))), 1.0);
            line.samples.push_back((at(10 * taken), sample));
            if taken == 40 {
                line.thin();
            }
            // Two leave between the same two samples, who came at different times.
            let now = 10 * taken + 5;
            for from in [0, now / 2, now / 2 + 3, now.saturating_sub(25)] {
                let mut unread = Line { stretches: Default::default(), ..line.clone() };
                assert_eq!(over(&mut line, from, now), over(&mut unread, from, now), "from {from} to {now}");
            }
        }
    }
}
