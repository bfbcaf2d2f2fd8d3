//! When monitors take their readings, and when their alerts change. What they count is their own business.

use crate::engine::event::Event;
use crate::engine::observer::{ModelEvent, Observer};
use crate::engine::simulation::Engine;
use crate::engine::state::{Process, Replica};
use crate::id::{MonitorId, ServiceId};
use crate::model::{Monitor, Subject};
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
            self.events.schedule(SimTime::from_nanos(first), Event::Scrape(id));
        }
    }

    /// A monitor takes a reading, and its alert is judged.
    pub(crate) fn scrape(&mut self, id: MonitorId) {
        let monitor = &self.model.monitors[id];
        let now = self.now();
        self.events.schedule(now + monitor.scrape, Event::Scrape(id));
        let reading = self.instant(monitor).or_else(|| self.state.monitors.read(id, monitor));
        if let Some(value) = reading {
            self.emit(ModelEvent::Scraped(id, value));
        }
        if let Some(firing) = self.state.monitors.end_interval(id, monitor, reading, now) {
            self.emit(ModelEvent::AlertChanged(id, firing));
            self.alert_heard(id, firing);
        } else if now >= self.model.origin
            && now < self.model.origin + monitor.scrape
            && self.state.monitors.is_firing(id)
        {
            // It has been firing since the warm-up, in which nobody listens.
            self.alert_heard(id, true);
        }
    }

    /// The reading of a monitor that looks at a service as it is, rather than at what ended.
    fn instant(&self, monitor: &Monitor) -> Option<f64> {
        let Subject::Service(service) = monitor.of else { return None };
        let threads = f64::from(self.state.settings.services[service].threads);
        // More threads are held than there are while fewer of them are being drained.
        let busy = |replica: &Replica| (replica.threads.len() as f64 / threads).min(1.0);
        match monitor.reading {
            Reading::Healthy => {
                Some(self.mean(service, |replica| f64::from(u8::from(replica.probe.healthy))))
            }
            Reading::Ready => {
                Some(self.mean(service, |replica| f64::from(u8::from(replica.process == Process::Ready))))
            }
            Reading::Busy => Some(self.mean(service, busy)),
            Reading::Queue => Some(self.sum(service, |replica| f64::from(replica.queue_length))),
            Reading::Pauses => Some(self.state.monitors.paused_s(self.model, monitor, service, self.now())),
            _ => None,
        }
    }

    /// A quantity summed over all replicas of a service.
    fn sum(&self, service: ServiceId, of: impl Fn(&Replica) -> f64) -> f64 {
        self.model.services[service].replica_ids().map(|id| of(&self.state.replicas[id])).sum()
    }

    /// A quantity averaged over all replicas of a service.
    fn mean(&self, service: ServiceId, of: impl Fn(&Replica) -> f64) -> f64 {
        self.sum(service, of) / f64::from(self.model.services[service].replicas)
    }
}
