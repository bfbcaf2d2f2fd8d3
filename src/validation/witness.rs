//! Watches one world and counts for itself: waits of users, and both sides of the laws that hold for every queue. Shares
//! nothing with the recorder but the events.

use std::collections::BTreeMap;

use crate::engine::{AttemptId, ModelEvent, Observer, Simulation};
use crate::id::{ClassId, IdVec, ReplicaId, ServiceId};
use crate::model::Model;
use crate::scenario::RateLimit;
use crate::time::{SimDuration, SimTime};

/// What became of the calls that the users of a class made themselves, from T+0 on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Waits {
    /// Calls.
    pub calls: u64,
    /// Of those, they had to wait for a thread, for however long.
    pub waited: u64,
    /// Of those, they left, or were turned away, before they had one.
    pub left: u64,
    /// How long they waited in all, those who left included.
    pub seconds: f64,
}

/// A number of attempts over time, and what their own clocks say.
#[derive(Clone, Copy, Debug, Default)]
struct Stay {
    number: u64,
    since: SimTime,
    /// Number x time, in nanoseconds, since the begin of the warm-up.
    area: u128,
    /// The same up to T+0.
    before: u128,
    /// Time that those took who are gone, in nanoseconds.
    stayed: u128,
}

impl Stay {
    fn change(&mut self, now: SimTime, by: i64) {
        self.area += u128::from(self.number) * u128::from((now - self.since).as_nanos());
        self.since = now;
        self.number = self.number.saturating_add_signed(by);
    }
}

/// What happened at a service.
#[derive(Clone, Debug, Default)]
struct Place {
    queued: Stay,
    busy: Stay,
    /// Attempts that left the queue without a thread: their waits are not told.
    dropped: u64,
    /// The most that began in any time beyond `rate` x that time.
    excess: f64,
    begun: f64,
    least: f64,
    /// Tokens per second, if it has a rate limit of one number.
    rate: f64,
}

/// Two sides of a law, and how far they are apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// Where.
    pub service: String,
    /// Difference over the larger side.
    pub relative: f64,
}

/// The laws in one world, for each service that was ever used.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Laws {
    /// Threads held over time against the times for which attempts held them: U = X S.
    pub threads: Vec<Gap>,
    /// Length of the queue over time against the waits of those in it: L = lambda W. Only where nobody left the queue.
    pub queues: Vec<Gap>,
    /// Attempts over time as counted here against the record.
    pub record: Vec<Gap>,
}

/// Counts what happens in one world.
#[derive(Debug)]
pub struct Witness<'m> {
    model: &'m Model,
    classes: IdVec<ClassId, Waits>,
    places: IdVec<ServiceId, Place>,
    /// Calls of users that have no thread yet, by the key of the attempt; none if waits are not asked for.
    waiting: Option<BTreeMap<u64, (ClassId, SimTime)>>,
    has_begun: bool,
}

impl<'m> Witness<'m> {
    /// Watches from the begin of the warm-up on; waits of users only if asked to.
    pub fn new(model: &'m Model, waits: bool) -> Self {
        let place = |service: &crate::model::Service| Place {
            rate: match service.settings.rate_limits.as_slice() {
                [(_, RateLimit::TokenBucket { rate, .. })] => *rate,
                _ => 0.0,
            },
            ..Place::default()
        };
        Self {
            model,
            classes: model.classes.iter().map(|_| Waits::default()).collect(),
            places: model.services.iter().map(place).collect(),
            waiting: waits.then(BTreeMap::new),
            has_begun: false,
        }
    }

    /// Waits of the users of a class.
    pub fn waits(&self, class: &str) -> Waits {
        let found = self.model.classes.enumerate().find(|(_, known)| known.name == class);
        found.map_or(Waits::default(), |(id, _)| self.classes[id])
    }

    /// The most attempts that began at a service in any time, beyond its rate limit x that time.
    pub fn excess(&self, service: &str) -> f64 {
        let found = self.model.services.enumerate().find(|(_, known)| known.name == service);
        found.map_or(0.0, |(id, _)| self.places[id].excess)
    }

    /// The laws over all that was watched, up to `end`; `in_flight` is the record's mean number of attempts at a service.
    pub fn laws(mut self, simulation: &Simulation, end: SimTime, in_flight: impl Fn(&str) -> f64) -> Laws {
        self.begin(end);
        let mut laws = Laws::default();
        let under_way = simulation.under_way(end);
        let seconds = (end - self.model.origin).as_secs_f64();
        for (id, service) in self.model.services.enumerate() {
            let place = &mut self.places[id];
            place.queued.change(end, 0);
            place.busy.change(end, 0);
            let (waiting, holding) = under_way[id];
            let tell = |into: &mut Vec<Gap>, one: f64, other: f64| {
                let larger = one.max(other);
                if larger > 0.0 {
                    into.push(Gap { service: service.name.clone(), relative: (one - other).abs() / larger });
                }
            };
            tell(&mut laws.threads, place.busy.area as f64, (place.busy.stayed + holding) as f64);
            if place.dropped == 0 {
                tell(&mut laws.queues, place.queued.area as f64, (place.queued.stayed + waiting) as f64);
            }
            let area = |stay: &Stay| (stay.area - stay.before) as f64 / 1e9;
            if seconds > 0.0 {
                tell(
                    &mut laws.record,
                    (area(&place.queued) + area(&place.busy)) / seconds,
                    in_flight(&service.name),
                );
            }
        }
        laws
    }

    /// T+0 has come.
    fn begin(&mut self, now: SimTime) {
        if self.has_begun || now < self.model.origin {
            return;
        }
        self.has_begun = true;
        let origin = self.model.origin;
        for place in &mut self.places {
            for stay in [&mut place.queued, &mut place.busy] {
                stay.change(origin, 0);
                stay.before = stay.area;
            }
        }
    }

    fn place(&mut self, replica: ReplicaId) -> &mut Place {
        &mut self.places[self.model.replicas[replica].service]
    }

    /// An attempt got a thread.
    fn begun(&mut self, now: SimTime, replica: ReplicaId, waited: SimDuration, from_queue: bool) {
        let place = self.place(replica);
        place.busy.change(now, 1);
        if from_queue {
            place.queued.change(now, -1);
            place.queued.stayed += u128::from(waited.as_nanos());
        }
        if place.rate > 0.0 {
            let due = place.rate * (now - SimTime::ZERO).as_secs_f64();
            place.least = place.least.min(place.begun - due);
            place.begun += 1.0;
            place.excess = place.excess.max(place.begun - due - place.least);
        }
    }

    /// A user called.
    fn sent(&mut self, now: SimTime, id: &AttemptId) {
        let class = id.request.class;
        if now >= self.model.origin
            && id.site == self.model.classes[class].site
            && let Some(waiting) = &mut self.waiting
        {
            self.classes[class].calls += 1;
            waiting.insert(id.key.0, (class, now));
        }
    }

    /// The wait of a user's call is over, if it is one.
    fn waited(&mut self, now: SimTime, key: u64, left: bool) {
        let Some((class, since)) = self.waiting.as_mut().and_then(|waiting| waiting.remove(&key)) else {
            return;
        };
        let waits = &mut self.classes[class];
        waits.waited += u64::from(left || now > since);
        waits.left += u64::from(left);
        waits.seconds += (now - since).as_secs_f64();
    }
}

impl Observer for Witness<'_> {
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        self.begin(now);
        match *event {
            ModelEvent::Queued(replica, _) => self.place(replica).queued.change(now, 1),
            ModelEvent::Unqueued(replica) => {
                let place = self.place(replica);
                place.queued.change(now, -1);
                place.dropped += 1;
            }
            ModelEvent::Begun(replica, waited, from_queue) => self.begun(now, replica, waited, from_queue),
            ModelEvent::Finished(replica, held, _) => {
                let place = self.place(replica);
                place.busy.change(now, -1);
                place.busy.stayed += u128::from(held.as_nanos());
            }
            ModelEvent::AttemptSent(ref id) => self.sent(now, id),
            ModelEvent::WorkBegun(_, key, _) => self.waited(now, key.0, false),
            ModelEvent::AttemptEnded(ref id, _) => self.waited(now, id.key.0, true),
            _ => {}
        }
    }
}
