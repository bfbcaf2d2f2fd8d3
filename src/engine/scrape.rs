//! When monitors take their readings, and when their alerts change. What they count is their own business.

use crate::engine::event::Event;
use crate::engine::observer::{ModelEvent, Observer};
use crate::engine::simulation::Engine;
use crate::id::{MonitorId, ServiceId};
use crate::model::Subject;
use crate::scenario::Reading;
use crate::time::SimTime;

impl<O: Observer> Engine<'_, O> {
    /// Schedules the first reading of every monitor, on a grid through T+0.
    pub(crate) fn schedule_scrapes(&mut self) {
        for (id, monitor) in self.model.monitors.enumerate() {
            let step = monitor.scrape.as_nanos().max(1);
            let first = match self.model.origin.as_nanos() % step {
                0 => step,
                rest => rest,
            };
            self.state.events.schedule(SimTime::from_nanos(first), Event::Scrape(id));
        }
    }

    /// A monitor takes a reading, and its alert is judged.
    pub(crate) fn scrape(&mut self, id: MonitorId) {
        let monitor = &self.model.monitors[id];
        let now = self.now();
        self.state.events.schedule(now + monitor.scrape, Event::Scrape(id));
        let reading = match (monitor.reading, monitor.of) {
            (Reading::Healthy, Subject::Service(service)) => Some(self.healthy_share(service)),
            _ => self.state.monitors.read(id, monitor),
        };
        if let Some(value) = reading {
            self.emit(ModelEvent::Scraped(id, value));
        }
        if let Some(firing) = self.state.monitors.end_interval(id, monitor, reading, now) {
            self.emit(ModelEvent::AlertChanged(id, firing));
            self.alert_heard(id, firing);
        }
    }

    /// Share of the replicas of a service that its probe believes healthy.
    fn healthy_share(&self, service: ServiceId) -> f64 {
        let replicas = self.model.services[service].replica_ids();
        let healthy = replicas.filter(|id| self.state.replicas[*id].probe.healthy).count();
        healthy as f64 / f64::from(self.model.services[service].replicas)
    }
}
