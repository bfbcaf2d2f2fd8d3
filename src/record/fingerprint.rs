//! Digests of what happened: the fingerprint over all model events, and digests of arrivals and of drawn work.

use crate::engine::{AttemptId, ModelEvent};
use crate::failure::Outcome;
use crate::id::{ClassId, IdVec, ReplicaId, ServiceId};
use crate::model::{Model, Replica};
use crate::random::{Stream, mix};
use crate::time::SimTime;

/// A digest in which the order of what is added matters.
#[derive(Clone, Copy, Debug)]
struct Digest(u64);

impl Digest {
    /// Adds a word: multiply and fold, a bijection of the state for every word.
    fn add(&mut self, word: u64) {
        let product = (self.0 ^ word).wrapping_mul(0x9fb2_1c65_1e98_df25);
        self.0 = product ^ (product >> 32);
    }
}

/// Two words into one. The multiplication of two events does not wait for each other, unlike that of [`Digest::add`].
///
/// The folded product of `wyhash` (Wang Yi, 2019), which passes the usual tests of hash functions.
fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0xa076_1d64_78bd_642f) * u128::from(b ^ 0xe703_7ed1_a0b4_28db);
    product as u64 ^ (product >> 64) as u64
}

/// The digests of one world. Made of times, names, keys and numbers: nothing of the implementation enters.
#[derive(Clone, Debug)]
pub(crate) struct Digests {
    events: u64,
    all: Digest,
    /// In the order of arrival.
    arrivals: IdVec<ClassId, Digest>,
    /// Sums over (key, demand): the order in which work began does not matter.
    work: IdVec<ServiceId, u64>,
    /// A word for the name of each replica.
    replicas: IdVec<ReplicaId, u64>,
}

impl Digests {
    pub(crate) fn new(model: &Model) -> Self {
        let named =
            |replica: &Replica| mix(model.services[replica.service].stream.0, u64::from(replica.number));
        Self {
            events: 0,
            all: Digest(0),
            arrivals: model.classes.iter().map(|_| Digest(0)).collect(),
            work: model.services.iter().map(|_| 0).collect(),
            replicas: model.replicas.iter().map(named).collect(),
        }
    }

    /// Number of model events so far.
    pub(crate) const fn events(&self) -> u64 {
        self.events
    }

    /// The fingerprint of all model events so far.
    pub(crate) fn fingerprint(&self) -> String {
        format!("{:016x}", mix(self.all.0, self.events))
    }

    /// `arrivals/<class>` and `work/<service>`, in the order of the model.
    pub(crate) fn by_name(&self, model: &Model) -> impl Iterator<Item = (String, String)> {
        // A later step of a journey arrives when the one before was answered: that is no draw.
        let drawn = model.classes.enumerate().filter(|(_, class)| class.probes.is_none() && class.arrives());
        let arrivals = drawn.map(|(id, class)| {
            (format!("arrivals/{}", class.name), format!("{:016x}", mix(self.arrivals[id].0, 0)))
        });
        let work = model.services.enumerate().map(|(id, service)| {
            (format!("work/{}", service.name), format!("{:016x}", mix(self.work[id], 0)))
        });
        arrivals.chain(work).collect::<Vec<_>>().into_iter()
    }

    /// Adds what happened.
    #[expect(clippy::inline_always, reason = "as for all observers: see `Engine::emit`")]
    #[inline(always)]
    pub(crate) fn observe(&mut self, model: &Model, now: SimTime, event: &ModelEvent) {
        match event {
            ModelEvent::RequestArrived(id) => {
                let digest = &mut self.arrivals[id.class];
                digest.add(now.as_nanos());
                digest.add(id.key.0);
            }
            ModelEvent::WorkBegun(replica, key, demand) => {
                let work = &mut self.work[model.replicas[*replica].service];
                *work = work.wrapping_add(folded(key.0, demand.as_nanos()));
            }
            _ => {}
        }
        let Some((kind, [a, b, c])) = self.words(model, event) else { return };
        self.events += 1;
        self.all.add(folded(now.as_nanos(), a.wrapping_add(kind << 56)) ^ folded(b, c).rotate_left(32));
    }

    /// What of an event enters the fingerprint: its kind, and three words.
    #[expect(clippy::inline_always, reason = "as for all observers: see `Engine::emit`")]
    #[inline(always)]
    fn words(&self, model: &Model, event: &ModelEvent) -> Option<(u64, [u64; 3])> {
        let class = |id: ClassId| model.classes[id].stream.0;
        let replica = |id| self.replicas[id];
        let attempt = |id: &AttemptId| {
            let site: Stream = model.sites[id.site].stream;
            [site.0, id.key.0, u64::from(id.number)]
        };
        let with_outcome = |id: &AttemptId, outcome: &Outcome| {
            let [site, key, number] = attempt(id);
            [site ^ outcome.code(), key, number]
        };
        Some(match event {
            ModelEvent::RequestArrived(id) => (1, [class(id.class), id.key.0, id.user]),
            ModelEvent::RequestEnded(id, outcome) => (2, [class(id.class), id.key.0, outcome.code()]),
            ModelEvent::RequestDrained(id) => (3, [class(id.class), id.key.0, 0]),
            ModelEvent::AttemptSent(id) => (4, attempt(id)),
            ModelEvent::AttemptRefused(id, outcome) => (5, with_outcome(id, outcome)),
            ModelEvent::AttemptEnded(id, outcome) => (6, with_outcome(id, outcome)),
            ModelEvent::Queued(id, length) => (7, [replica(*id), u64::from(*length), 0]),
            ModelEvent::Unqueued(id) => (8, [replica(*id), 0, 0]),
            ModelEvent::Begun(id, waited, from_queue) => {
                (9, [replica(*id), waited.as_nanos(), u64::from(*from_queue)])
            }
            ModelEvent::Blocked(id) => (10, [replica(*id), 0, 0]),
            ModelEvent::Unblocked(id) => (11, [replica(*id), 0, 0]),
            // Which replica it is, the thread's begin has told.
            ModelEvent::WorkBegun(id, key, demand) => {
                let service = model.replicas[*id].service;
                (12, [model.services[service].stream.0, key.0, demand.as_nanos()])
            }
            ModelEvent::Finished(id, held, outcome) => (13, [replica(*id), held.as_nanos(), outcome.code()]),
            ModelEvent::ReplicaChanged(id, state) => (14, [replica(*id), *state as u64, 0]),
            ModelEvent::BreakerChanged(id, number, state) => {
                (15, [model.edges[*id].stream.0, u64::from(*number), *state as u64])
            }
            ModelEvent::ProbeChanged(id, healthy) => (16, [replica(*id), u64::from(*healthy), 0]),
            ModelEvent::Scraped(id, value) => (17, [model.monitors[*id].stream.0, value.to_bits(), 0]),
            ModelEvent::AlertChanged(id, firing) => {
                (18, [model.monitors[*id].stream.0, u64::from(*firing), 0])
            }
            ModelEvent::FaultBegan(id) => (19, [model.faults[*id].stream.0, 0, 0]),
            ModelEvent::FaultEnded(id) => (20, [model.faults[*id].stream.0, 0, 0]),
            ModelEvent::SettingChanged(id) => (24, [model.changes[*id].stream.0, 0, 0]),
            ModelEvent::Acted(id, step) => {
                (40, [model.response.procedures[*id].stream.0, u64::from(*step), 0])
            }
            ModelEvent::LookedUp(id, cache, hit) => {
                let caches = &model.services[model.replicas[*id].service].caches;
                (21, [replica(*id), caches[*cache as usize].0, u64::from(*hit)])
            }
            ModelEvent::OutOfMemory(id) => (22, [replica(*id), 0, 0]),
            ModelEvent::FellBack(id, key, outcome) => {
                (23, [model.edges[*id].stream.0, key.0, outcome.code()])
            }
            ModelEvent::RetryDenied(site, id) => (25, [model.sites[*site].stream.0, id.key.0, 0]),
            // What people know and think is not part of the world; what they do is.
            ModelEvent::Responded(..) => return None,
        })
    }
}
