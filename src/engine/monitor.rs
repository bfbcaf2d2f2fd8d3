//! Monitors: trailing windows over what was sent and what ended, and the alerts on their readings. When they are read is not their business.

use crate::engine::observer::ModelEvent;
use crate::engine::pauses::{PauseLog, window_of};
use crate::failure::Outcome;
use crate::histogram::Histogram;
use crate::id::{ClassId, IdVec, MonitorId, PairId, ServiceId};
use crate::model::{Model, Monitor, Subject};
use crate::scenario::{Reading, Side, View};
use crate::time::{SimDuration, SimTime};

/// All monitors, and who feeds which.
#[derive(Clone, Debug)]
pub(crate) struct MonitorBank {
    windows: IdVec<MonitorId, Window>,
    of_class: IdVec<ClassId, Vec<MonitorId>>,
    of_service: IdVec<ServiceId, Vec<MonitorId>>,
    of_pair: IdVec<PairId, Vec<MonitorId>>,
    pauses: PauseLog,
}

/// What one monitor remembers: a bucket per scrape interval, in a ring.
#[derive(Clone, Debug)]
struct Window {
    buckets: Vec<Bucket>,
    current: usize,
    /// Scrapes so far, up to the number of buckets.
    filled: usize,
    bad_since: Option<SimTime>,
    firing: bool,
    /// The last reading.
    last: Option<f64>,
}

/// What ended in one scrape interval; for retries, what was sent.
#[derive(Clone, Debug, Default)]
struct Bucket {
    /// Of `ended`; for retries, those that are retries.
    failed: u64,
    ended: u64,
    /// Latencies in microseconds; only for monitors that read them.
    latency: Option<Histogram>,
}

impl MonitorBank {
    pub(crate) fn new(model: &Model) -> Self {
        let mut bank = Self {
            windows: model.monitors.iter().map(Window::new).collect(),
            of_class: model.classes.iter().map(|_| Vec::new()).collect(),
            of_service: model.services.iter().map(|_| Vec::new()).collect(),
            of_pair: model.pairs.iter().map(|_| Vec::new()).collect(),
            pauses: PauseLog::new(model),
        };
        for (id, monitor) in model.monitors.enumerate() {
            match monitor.of {
                Subject::Class(class) => bank.of_class[class].push(id),
                Subject::Service(service) => bank.of_service[service].push(id),
                Subject::Pair(pair) => bank.of_pair[pair].push(id),
            }
        }
        bank
    }

    /// The reading of a monitor over its window; none if nothing ended in it.
    pub(crate) fn read(&self, id: MonitorId, monitor: &Monitor) -> Option<f64> {
        self.windows[id].read(monitor)
    }

    /// Seconds for which the replica of a service that was paused the longest stood still in a monitor's window.
    pub(crate) fn paused_s(&self, model: &Model, monitor: &Monitor, service: ServiceId, now: SimTime) -> f64 {
        self.pauses.longest_s(model, service, window_of(monitor), now)
    }

    /// Ends a scrape interval with its reading; says whether the alert changed, to firing or not.
    pub(crate) fn end_interval(
        &mut self,
        id: MonitorId,
        monitor: &Monitor,
        reading: Option<f64>,
        now: SimTime,
    ) -> Option<bool> {
        let window = &mut self.windows[id];
        window.last = reading;
        let change = window.judge(monitor, reading, now);
        window.advance();
        change
    }

    /// Whether the alert of a monitor fires.
    pub(crate) fn is_firing(&self, id: MonitorId) -> bool {
        self.windows[id].firing
    }

    /// Whether any alert fires.
    pub(crate) fn any_firing(&self) -> bool {
        self.windows.iter().any(|window| window.firing)
    }

    /// The first monitor whose alert fires.
    pub(crate) fn first_firing(&self) -> Option<MonitorId> {
        self.windows.enumerate().find(|(_, window)| window.firing).map(|(id, _)| id)
    }

    /// The last reading of a monitor; none if there was nothing to read.
    pub(crate) fn last_reading(&self, id: MonitorId) -> Option<f64> {
        self.windows[id].last
    }

    /// Counts what was sent, what ended, and what stood still. What probes ask is nobody's attempt.
    #[expect(clippy::inline_always, reason = "as for all observers: see `Engine::emit`")]
    #[inline(always)]
    pub(crate) fn observe(&mut self, model: &Model, now: SimTime, event: &ModelEvent) {
        if self.windows.is_empty() {
            return;
        }
        match event {
            ModelEvent::RequestEnded(id, outcome) if outcome.was_made() => {
                for monitor in &self.of_class[id.class] {
                    self.windows[*monitor].count(*outcome, now - id.arrived_at);
                }
            }
            ModelEvent::AttemptSent(id) => {
                let site = &model.sites[id.site];
                for monitor in self.of_pair[site.pair].iter().chain(&self.of_service[site.callee]) {
                    if model.monitors[*monitor].reading == Reading::Retries && !site.is_probe {
                        self.windows[*monitor].count_sent(id.number > 1);
                    }
                }
            }
            ModelEvent::AttemptEnded(id, outcome) if *outcome != Outcome::Abandoned => {
                let site = &model.sites[id.site];
                for monitor in &self.of_pair[site.pair] {
                    if view(model.monitors[*monitor].reading).is_some() {
                        self.windows[*monitor].count(*outcome, now - id.begun_at);
                    }
                }
                for monitor in &self.of_service[site.callee] {
                    if view(model.monitors[*monitor].reading) == Some(View::Callers) && !site.is_probe {
                        self.windows[*monitor].count(*outcome, now - id.begun_at);
                    }
                }
            }
            ModelEvent::Finished(replica, held, outcome) if *outcome != Outcome::Abandoned => {
                for monitor in &self.of_service[model.replicas[*replica].service] {
                    if view(model.monitors[*monitor].reading) == Some(View::Own) {
                        self.windows[*monitor].count(*outcome, *held);
                    }
                }
            }
            ModelEvent::ReplicaChanged(id, state) => self.pauses.observe(model, now, *id, *state),
            _ => {}
        }
    }
}

/// Who counts what ended for a reading; none if it reads something else.
const fn view(reading: Reading) -> Option<View> {
    match reading {
        Reading::ErrorRate { view } | Reading::Rate { view } | Reading::Latency { view, .. } => Some(view),
        _ => None,
    }
}

impl Window {
    fn new(monitor: &Monitor) -> Self {
        let latency = matches!(monitor.reading, Reading::Latency { .. });
        let bucket = Bucket { latency: latency.then(Histogram::coarse), ..Bucket::default() };
        Self {
            buckets: vec![bucket; monitor.buckets as usize],
            current: 0,
            filled: 0,
            bad_since: None,
            firing: false,
            last: None,
        }
    }

    fn count(&mut self, outcome: Outcome, latency: SimDuration) {
        let bucket = &mut self.buckets[self.current];
        bucket.ended += 1;
        bucket.failed += u64::from(outcome.is_failed());
        if let Some(histogram) = &mut bucket.latency {
            histogram.record((latency.as_nanos() / 1_000).max(1));
        }
    }

    fn count_sent(&mut self, is_retry: bool) {
        let bucket = &mut self.buckets[self.current];
        bucket.ended += 1;
        bucket.failed += u64::from(is_retry);
    }

    /// The reading over the window; none if nothing ended in it.
    fn read(&self, monitor: &Monitor) -> Option<f64> {
        let sum = |of: fn(&Bucket) -> u64| self.buckets.iter().map(of).sum::<u64>();
        let ended = sum(|bucket| bucket.ended);
        match monitor.reading {
            Reading::ErrorRate { .. } | Reading::Retries => {
                (ended > 0).then(|| sum(|bucket| bucket.failed) as f64 / ended as f64)
            }
            Reading::Rate { .. } => Some(
                ended as f64
                    / (monitor.scrape.as_secs_f64() * (self.filled + 1).min(self.buckets.len()) as f64),
            ),
            Reading::Latency { quantile, .. } => {
                let mut histograms = self.buckets.iter().filter_map(|bucket| bucket.latency.as_ref());
                let mut all = histograms.next()?.clone();
                histograms.for_each(|histogram| all.add(histogram));
                all.quantile(quantile).map(|micros| micros as f64 / 1e6)
            }
            Reading::Healthy | Reading::Busy | Reading::Queue | Reading::Ready | Reading::Pauses => None,
        }
    }

    /// Begins the next scrape interval: the oldest bucket is forgotten.
    fn advance(&mut self) {
        self.filled = (self.filled + 1).min(self.buckets.len());
        self.current = (self.current + 1) % self.buckets.len();
        let bucket = &mut self.buckets[self.current];
        bucket.failed = 0;
        bucket.ended = 0;
        if let Some(histogram) = &mut bucket.latency {
            histogram.clear();
        }
    }

    /// Whether the alert changes with this reading: it fires once it has been bad for as long as it must.
    fn judge(&mut self, monitor: &Monitor, reading: Option<f64>, now: SimTime) -> Option<bool> {
        let alert = monitor.alert?;
        let bad = reading.is_some_and(|value| match alert.side {
            Side::Above => value > alert.threshold,
            Side::Below => value < alert.threshold,
        });
        if !bad {
            self.bad_since = None;
        }
        let firing = bad && now - *self.bad_since.get_or_insert(now) >= alert.lasting;
        let changed = firing != self.firing;
        self.firing = firing;
        changed.then_some(firing)
    }
}
