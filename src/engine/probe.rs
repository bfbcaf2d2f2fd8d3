//! Health probes: what a dashboard believes about a replica, from shallow questions asked now and then.

use crate::engine::event::Event;
use crate::engine::observer::{ModelEvent, Observer};
use crate::engine::simulation::Engine;
use crate::engine::state::Process;
use crate::id::ReplicaId;
use crate::random::{Key, Stream};
use crate::time::SimTime;

const PHASE: Stream = Stream::named("probe phase");

impl<O: Observer> Engine<'_, O> {
    /// Schedules the first probe of every replica, at a phase of its own.
    pub(crate) fn schedule_probes(&mut self) {
        let root = Key::of_seed(self.model.seed).child(Stream::named("probes"));
        for (id, replica) in self.model.replicas.enumerate() {
            let service = &self.model.services[replica.service];
            if let Some(probe) = &service.settings.probe {
                let phase = root.child(service.stream).nth(u64::from(replica.number)).uniform(PHASE);
                self.state.events.schedule(SimTime::ZERO + probe.interval.scaled(phase), Event::Probe(id));
            }
        }
    }

    /// Asks a replica whether it is well. A paused one does not answer until it wakes; a missing one refuses.
    pub(crate) fn probe(&mut self, id: ReplicaId) {
        let Some(probe) = self.state.settings.services[self.model.replicas[id].service].probe else { return };
        let now = self.now();
        self.state.events.schedule(now + probe.interval, Event::Probe(id));
        let replica = &mut self.state.replicas[id];
        if replica.process != Process::Ready {
            self.probe_answered(id, false);
        } else if replica.is_paused() {
            if replica.probe.timeout_event == 0 {
                replica.probe.timeout_event =
                    self.state.events.schedule(now + probe.timeout, Event::ProbeTimeout(id));
            }
        } else {
            self.probe_answered(id, true);
        }
    }

    /// A probe was answered, or not in time; enough of the same in a row change the belief.
    pub(crate) fn probe_answered(&mut self, id: ReplicaId, well: bool) {
        let Some(probe) = self.state.settings.services[self.model.replicas[id].service].probe else { return };
        let state = &mut self.state.replicas[id].probe;
        state.timeout_event = 0;
        if state.healthy == well {
            state.streak = 0;
            return;
        }
        state.streak += 1;
        if state.streak >= if well { probe.successes } else { probe.failures } {
            state.healthy = well;
            state.streak = 0;
            self.emit(ModelEvent::ProbeChanged(id, well));
        }
    }
}
