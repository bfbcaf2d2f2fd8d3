//! First impact: when each service was first hit, and when last.
//!
//! A service is hit at the first instant at which at least max(3, 1 %) of the attempts at it in the trailing 10 s are
//! harmed, dated back to the first of them. Counted in buckets of 100 ms (of 1/2,000 of the horizon, if that is
//! longer), so the instant is exact and the test for it is made at the end of each bucket.
//!
//! The trailing window outlasts the harm. So that a run of a minute or two is not said to end with services hit that have
//! been well for as long as decides the verdict, a hit is over as well if nothing was harmed in that time.

use crate::analysis::verdict::last_window;
use crate::failure::FailureCause;
use crate::id::{IdVec, PairId, ServiceId, SiteId};
use crate::model::Model;
use crate::time::{SimDuration, SimTime};

/// Length of the trailing window.
pub(crate) const TRAILING: SimDuration = SimDuration::from_secs(10);
/// Harmed attempts in it that make a hit, whatever their share.
const AT_LEAST: u64 = 3;
/// Share of the attempts in it that makes a hit.
const SHARE: f64 = 0.01;

/// Harmed attempts over time, by service.
#[derive(Clone, Debug)]
pub struct ImpactTracker<'m> {
    model: &'m Model,
    bucket: SimDuration,
    services: IdVec<ServiceId, Vec<Bucket>>,
    /// Whether any attempt of a pair was harmed.
    pairs: IdVec<PairId, bool>,
}

/// What happened in one bucket of time.
#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    attempts: u64,
    harmed: u64,
    first: Option<Harm>,
    last: SimTime,
}

/// A harmed attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Harm {
    pub(crate) at: SimTime,
    /// The failure that it met; none if it was late by then.
    pub(crate) cause: Option<FailureCause>,
    pub(crate) pair: PairId,
}

/// When a service was hit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    /// The first harmed attempt of the first hit.
    pub(crate) first: Harm,
    /// When the last harmed attempt ended; none if the service is still hit at the end.
    pub(crate) over: Option<SimTime>,
}

impl<'m> ImpactTracker<'m> {
    pub(crate) fn new(model: &'m Model) -> Self {
        let horizon = model.end - model.origin;
        let bucket = SimDuration::from_millis(100).max(SimDuration::from_nanos(horizon.as_nanos() / 2_000));
        Self {
            model,
            bucket,
            services: model.services.iter().map(|_| Vec::new()).collect(),
            pairs: model.pairs.iter().map(|_| false).collect(),
        }
    }

    fn bucket(&mut self, service: ServiceId, at: SimTime) -> Option<&mut Bucket> {
        if at < self.model.origin {
            return None;
        }
        let position = ((at - self.model.origin).as_nanos() / self.bucket.as_nanos()) as usize;
        let buckets = &mut self.services[service];
        if buckets.len() <= position {
            buckets.resize(position + 1, Bucket::default());
        }
        buckets.get_mut(position)
    }

    /// Counts an attempt of the actual world, begun at an instant.
    pub(crate) fn attempt(&mut self, site: SiteId, begun_at: SimTime) {
        let service = self.model.sites[site].callee;
        if let Some(bucket) = self.bucket(service, begun_at) {
            bucket.attempts += 1;
        }
    }

    /// Counts an attempt that is worse off than its twin, from that instant on.
    /// `cause` is the failure that it met; none if it was late by then. `over` is when it ended.
    pub(crate) fn harmed(&mut self, site: SiteId, at: SimTime, cause: Option<FailureCause>, over: SimTime) {
        let site = &self.model.sites[site];
        let pair = site.pair;
        if let Some(bucket) = self.bucket(site.callee, at) {
            bucket.harmed += 1;
            bucket.last = bucket.last.max(over);
            // Ties are broken by cause and call, so that the order of pairing does not show.
            let harm = Harm { at, cause, pair };
            if bucket.first.is_none_or(|first| (at, cause, pair) < (first.at, first.cause, first.pair)) {
                bucket.first = Some(harm);
            }
            self.pairs[pair] = true;
        }
    }

    /// Attempts at a service from T+0 on, and how many of them were harmed.
    pub(crate) fn harm(&self, service: ServiceId) -> (u64, u64) {
        let add = |sum: (u64, u64), bucket: &Bucket| (sum.0 + bucket.attempts, sum.1 + bucket.harmed);
        self.services[service].iter().fold((0, 0), add)
    }

    /// Whether any attempt of a pair was harmed.
    pub(crate) fn is_harmed(&self, pair: PairId) -> bool {
        self.pairs[pair]
    }

    /// When a service was hit, if it was, in a run that got as far as `now`.
    pub(crate) fn hit(&self, service: ServiceId, now: SimTime) -> Option<Hit> {
        let buckets = &self.services[service];
        let reached = (now.saturating_since(self.model.origin).as_nanos() / self.bucket.as_nanos()) as usize;
        let width = (TRAILING.as_nanos() / self.bucket.as_nanos()).max(1) as usize;
        let (mut attempts, mut harmed) = (0, 0);
        let calm = last_window(self.model.end - self.model.origin);
        let mut first = None;
        let mut over = None;
        for (position, bucket) in buckets.iter().enumerate() {
            attempts += bucket.attempts;
            harmed += bucket.harmed;
            if let Some(old) = position.checked_sub(width) {
                attempts -= buckets[old].attempts;
                harmed -= buckets[old].harmed;
            }
            let is_hit = harmed >= AT_LEAST && harmed as f64 >= SHARE * attempts as f64;
            if !is_hit {
                continue;
            }
            let window = &buckets[(position + 1).saturating_sub(width)..=position];
            if first.is_none() {
                first = window.iter().filter_map(|bucket| bucket.first).min_by_key(|harm| harm.at);
            }
            let last = window.iter().map(|bucket| bucket.last).max().unwrap_or_default();
            over = (position + 1 < reached || last + calm <= now).then_some(last);
        }
        first.map(|first| Hit { first, over })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use crate::scenario::Scenario;

    const SCENARIO: &str = r#"Scenario(
        format: 1,
        name: "alone",
        warm_up: "5s",
        horizon: "100s",
        services: { "shop": Service(operations: { "buy": [Work("1ms")] }) },
        traffic: { "users": Open(rate: "1/s", entry: "shop.buy") },
    )"#;

    /// The hit of the only service, with so many good attempts from T+20 s to T+21 s and these harmed ones, from when to
    /// when, in ms. One before T+0 counts nowhere.
    fn hit(good: u64, harmed: &[(u64, u64)]) -> Option<(u64, Option<u64>)> {
        hit_in("100s", good, harmed)
    }

    /// The same in a run of another length.
    fn hit_in(horizon: &str, good: u64, harmed: &[(u64, u64)]) -> Option<(u64, Option<u64>)> {
        let model = Model::compile(&Scenario::parse(&SCENARIO.replace("100s", horizon)).unwrap());
        let at = |ms| model.origin + SimDuration::from_millis(ms);
        let (site, shop) = (SiteId::new(0), ServiceId::new(0));
        let mut tracker = ImpactTracker::new(&model);
        tracker.attempt(site, SimTime::ZERO);
        tracker.harmed(site, SimTime::ZERO, None, SimTime::ZERO);
        (0..good).for_each(|n| tracker.attempt(site, at(20_000 + n % 1_000)));
        // Somebody still asks at the end.
        tracker.attempt(site, at((model.end - model.origin).as_nanos() / 1_000_000 - 50));
        for (from, over) in harmed {
            tracker.attempt(site, at(*from));
            tracker.harmed(site, at(*from), None, at(*over));
        }
        let ms = |time: SimTime| (time - model.origin).as_nanos() / 1_000_000;
        tracker.hit(shop, model.end).map(|hit| (ms(hit.first.at), hit.over.map(ms)))
    }

    #[test]
    fn three_harmed_of_few_in_ten_seconds_are_a_hit() {
        assert_eq!(hit(0, &[(20_000, 21_000), (20_500, 21_000)]), None, "two are none");
        let three = [(20_050, 21_000), (20_500, 23_000), (29_900, 30_000)];
        assert_eq!(
            hit(0, &three),
            Some((20_050, Some(30_000))),
            "from the first of them to the end of the last"
        );
        assert_eq!(hit(297, &three), Some((20_050, Some(30_000))), "3 of 300");
        assert_eq!(hit(298, &three), None, "3 of 301");
        assert_eq!(
            hit(0, &[(20_050, 21_000), (20_500, 23_000), (30_050, 30_100)]),
            None,
            "ten seconds are over"
        );
    }

    #[test]
    fn what_is_older_than_ten_seconds_neither_makes_a_hit_nor_begins_it() {
        let two = [(20_050, 20_100), (20_060, 20_100)];
        assert_eq!(hit(0, &[two.as_slice(), &[(31_000, 31_100), (32_000, 32_100)]].concat()), None);
        // The bucket of the first one ends when that of the other three begins to count.
        let later = [(30_050, 30_900), (30_060, 30_900), (30_070, 30_900)];
        assert_eq!(hit(0, &[&two[..1], &later].concat()), Some((30_050, Some(30_900))));
    }

    #[test]
    fn a_service_that_is_hit_at_the_end_is_not_over_it() {
        let late = [(99_000, 99_100), (99_500, 99_600), (99_950, 99_960)];
        assert_eq!(hit(0, &late), Some((99_000, None)));
        // Still three within ten seconds at the end, but none in the last five, which decide how it ended.
        let before = [(92_000, 92_100), (93_000, 93_100), (94_000, 95_000)];
        assert_eq!(hit(0, &before), Some((92_000, Some(95_000))));
        assert_eq!(hit(0, &[before[0], before[1], (94_000, 95_001)]), Some((92_000, None)));
        let twice = [late, [(40_000, 41_000), (40_001, 45_000), (40_002, 42_000)]].concat();
        assert_eq!(hit(0, &twice), Some((40_000, None)));
        assert_eq!(hit(0, &twice[3..]), Some((40_000, Some(45_000))));
    }

    #[test]
    fn what_was_well_more_than_ten_seconds_ago_does_not_hide_a_hit() {
        let three = [(40_000, 41_000), (40_001, 41_000), (40_002, 41_000)];
        assert_eq!(hit(1_000, &three), Some((40_000, Some(41_000))));
    }

    /// A minute decides how a run of 2,000 s ended; the ten seconds are over sooner.
    #[test]
    fn a_hit_is_over_when_its_ten_seconds_are() {
        let three = |ms: u64| [(ms, ms + 100); 3];
        assert_eq!(hit_in("2000s", 0, &three(1_960_000)), Some((1_960_000, Some(1_960_100))));
        assert_eq!(hit_in("2000s", 0, &three(1_995_000)), Some((1_995_000, None)));
    }
}
