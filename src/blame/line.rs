//! What held the threads behind a line, as those saw it who looked now and then.

use std::collections::VecDeque;

use crate::blame::onset::Onset;
use crate::blame::shares::Shares;
use crate::time::{SimDuration, SimTime};

/// The parts that a wait is made of, at most.
pub(super) const PARTS: u64 = 16;
/// Samples that are kept; of more every other one is.
const KEPT: usize = 1_024;
/// A sample says what holds a line now only if it is no older.
const FRESH: SimDuration = SimDuration::from_secs(1);
/// Stretches of a line that are remembered.
const REMEMBERED: usize = 4;

/// What held the threads of a replica, or of a service, at some instants, as shares of one.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    samples: VecDeque<(SimTime, Shares)>,
    /// Whether it is being looked at: chains can lead back to it.
    pub(super) looking: bool,
    stretches: [Stretch; REMEMBERED],
}

/// What held a line from the second of its parts to the last but one: the same for all who joined it between the same two
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
        !self.looking && self.samples.back().is_none_or(|(at, _)| now >= *at + every)
    }

    /// Somebody has seen what holds it.
    pub(super) fn seen(&mut self, now: SimTime, sample: Shares) {
        self.samples.push_back((now, sample));
        if self.samples.len() > KEPT {
            self.thin();
        }
    }

    /// What holds it, if anybody has looked lately: a line in which nobody stood for a while says nothing of today's.
    pub(super) fn latest(&self, now: SimTime) -> Option<&Shares> {
        self.samples.back().filter(|(at, _)| now <= *at + FRESH).map(|(_, sample)| sample)
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
    /// for as many seconds as `seconds` says. Of many samples the middle one of some neighbors speaks for all of them.
    pub(super) fn over(
        &mut self,
        from: SimTime,
        to: SimTime,
        sum: &mut Shares,
        onset: impl Fn(SimTime) -> Onset,
        seconds: impl Fn(SimTime, SimTime) -> f64,
    ) {
        let Self { samples, stretches, .. } = self;
        let first = samples.partition_point(|(at, _)| *at <= from).saturating_sub(1);
        let neighbors = (samples.len() - first).div_ceil(PARTS as usize).max(1);
        let Some(last) = (first..samples.len()).step_by(neighbors).next_back() else { return };
        let begins = |place: usize| samples.get(place).map_or(to, |(at, _)| *at).clamp(from, to);
        let add = |sum: &mut Shares, place: usize, begin: SimTime| {
            let middle = (place + neighbors / 2).min(samples.len() - 1);
            sum.add_scaled_since(onset(begin), &samples[middle].1, seconds(begin, begins(place + neighbors)));
        };
        add(sum, first, from);
        if last > first {
            let key = (first, samples.len());
            let known = stretches.iter().position(|stretch| stretch.samples == key);
            let known = known.unwrap_or_else(|| {
                stretches.rotate_right(1);
                let Stretch { samples, held } = &mut stretches[0];
                *samples = key;
                held.clear();
                for place in (first + neighbors..last).step_by(neighbors) {
                    add(held, place, begins(place));
                }
                0
            });
            sum.add_all(&stretches[known].held);
            add(sum, last, begins(last));
        }
        if sum.is_empty() {
            sum.add_scaled_since(onset(from), &samples[samples.len() - 1].1, 1.0);
        }
    }
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
