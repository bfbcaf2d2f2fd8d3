//! When replicas stood still, as far back as monitors look. Knows no cause.

use std::collections::VecDeque;

use crate::engine::observer::ReplicaState;
use crate::id::{IdVec, ReplicaId, ServiceId};
use crate::model::{Model, Monitor, Subject};
use crate::scenario::Reading;
use crate::time::{SimDuration, SimTime};

/// The pauses of the replicas that a monitor reads.
#[derive(Clone, Debug)]
pub(crate) struct PauseLog {
    /// How far back each service is read; zero for not at all.
    kept: IdVec<ServiceId, SimDuration>,
    replicas: IdVec<ReplicaId, Stills>,
}

/// When one replica stood still.
#[derive(Clone, Debug, Default)]
struct Stills {
    /// Since when it does.
    since: Option<SimTime>,
    /// Those that are over: from, to.
    over: VecDeque<(SimTime, SimTime)>,
}

/// The trailing window of a monitor.
pub(crate) fn window_of(monitor: &Monitor) -> SimDuration {
    monitor.scrape * u64::from(monitor.buckets)
}

impl PauseLog {
    pub(crate) fn new(model: &Model) -> Self {
        let mut kept: IdVec<ServiceId, SimDuration> =
            model.services.iter().map(|_| SimDuration::ZERO).collect();
        for monitor in &model.monitors {
            if let (Reading::Pauses, Subject::Service(service)) = (monitor.reading, monitor.of) {
                kept[service] = kept[service].max(window_of(monitor));
            }
        }
        Self { kept, replicas: model.replicas.iter().map(|_| Stills::default()).collect() }
    }

    /// A replica changed its state.
    pub(crate) fn observe(&mut self, model: &Model, now: SimTime, id: ReplicaId, state: ReplicaState) {
        let kept = self.kept[model.replicas[id].service];
        if kept.is_zero() {
            return;
        }
        let stills = &mut self.replicas[id];
        match state {
            ReplicaState::Paused => {
                stills.since.get_or_insert(now);
            }
            ReplicaState::Ready | ReplicaState::Draining | ReplicaState::Starting | ReplicaState::Down => {
                if let Some(from) = stills.since.take() {
                    stills.over.push_back((from, now));
                }
                while stills.over.front().is_some_and(|(_, to)| *to + kept <= now) {
                    stills.over.pop_front();
                }
            }
        }
    }

    /// Seconds for which the replica with the most of them stood still in the window that ends now.
    pub(crate) fn longest_s(
        &self,
        model: &Model,
        service: ServiceId,
        window: SimDuration,
        now: SimTime,
    ) -> f64 {
        let begin = now - window;
        let still = |id: ReplicaId| {
            let stills = &self.replicas[id];
            let last = stills.since.map(|from| (from, now));
            let all = stills.over.iter().copied().chain(last);
            all.map(|(from, to)| to.saturating_since(from.max(begin))).fold(SimDuration::ZERO, |a, b| a + b)
        };
        let longest = model.services[service].replica_ids().map(still).max();
        longest.unwrap_or_default().as_secs_f64()
    }
}
