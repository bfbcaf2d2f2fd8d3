//! Health probes: what dashboards and balancers believe about a replica, from questions asked now and then.

use crate::engine::event::Event;
use crate::engine::observer::{ModelEvent, Observer, RequestId};
use crate::engine::simulation::Engine;
use crate::engine::state::{Parent, ProbeState, Process, Request};
use crate::id::{ClassId, ReplicaId};
use crate::random::{Key, Stream};
use crate::time::SimTime;

const PHASE: Stream = Stream::named("probe phase");

impl<O: Observer> Engine<'_, O> {
    /// Schedules the first probe of every replica, at a phase of its own.
    pub(crate) fn schedule_probes(&mut self) {
        for (id, replica) in self.model.replicas.enumerate() {
            if let Some(probe) = &self.model.services[replica.service].settings.probe {
                let phase = self.probe_key(id).uniform(PHASE);
                self.events.schedule(SimTime::ZERO + probe.interval.scaled(phase), Event::Probe(id));
            }
        }
    }

    /// The root of the draws of a replica's probes.
    fn probe_key(&self, id: ReplicaId) -> Key {
        let replica = self.model.replicas[id];
        let root = Key::of_seed(self.model.seed).child(Stream::named("probes"));
        root.child(self.model.services[replica.service].stream).nth(u64::from(replica.number))
    }

    /// Asks a replica whether it is well. A paused one does not answer until it wakes; a missing one refuses.
    pub(crate) fn probe(&mut self, id: ReplicaId) {
        let service = self.model.replicas[id].service;
        let Some(probe) = &self.state.settings.services[service].probe else { return };
        let timeout = probe.timeout;
        let now = self.now();
        self.events.schedule(now + probe.interval, Event::Probe(id));
        if let Some(class) = self.model.services[service].probed_by {
            return self.ask(id, class);
        }
        let replica = &mut self.state.replicas[id];
        if replica.process != Process::Ready {
            self.probe_answered(id, false);
        } else if replica.is_paused() {
            if replica.probe.timeout_event == 0 {
                replica.probe.timeout_event = self.events.schedule(now + timeout, Event::ProbeTimeout(id));
            }
        } else {
            self.probe_answered(id, true);
        }
    }

    /// A deep probe asks a replica for an operation: a request of its own class, to this replica alone. While one is
    /// under way no other is sent, as Kubernetes does.
    fn ask(&mut self, id: ReplicaId, class: ClassId) {
        let root = self.probe_key(id);
        let probe = &mut self.state.replicas[id].probe;
        let turn = probe.turns;
        probe.turns += 1;
        if probe.under_way || self.state.closed {
            return;
        }
        probe.under_way = true;
        let replica = self.model.replicas[id];
        let replicas = u64::from(self.model.services[replica.service].replicas);
        let request = RequestId {
            class,
            number: turn * replicas + u64::from(replica.number),
            key: root.nth(turn),
            user: u64::from(replica.number),
            arrived_at: self.now(),
        };
        self.emit(ModelEvent::RequestArrived(request));
        let new = Request { id: request, attempts: 0, ended: false, probes: Some(id) };
        let slot = self.state.requests.insert(new).slot;
        self.begin_call(Parent::Request(slot), self.model.classes[class].site, None, request.key, slot);
    }

    /// A deep probe was answered, refused, or not answered in time.
    pub(crate) fn asked(&mut self, id: ReplicaId, well: bool) {
        self.state.replicas[id].probe.under_way = false;
        self.probe_answered(id, well);
    }

    /// A probe was answered, or not in time; enough of the same in a row change the belief.
    pub(crate) fn probe_answered(&mut self, id: ReplicaId, well: bool) {
        let service = self.model.replicas[id].service;
        let Some(probe) = &self.state.settings.services[service].probe else { return };
        let state = &mut self.state.replicas[id].probe;
        state.timeout_event = 0;
        if state.healthy == well {
            state.streak = 0;
            return;
        }
        state.streak += 1;
        if state.streak < if well { probe.successes } else { probe.failures } {
            return;
        }
        state.healthy = well;
        state.streak = 0;
        self.tell_believers(id);
        self.emit(ModelEvent::ProbeChanged(id, well));
    }

    /// A replica signs off to drain, or is ready again.
    pub(crate) fn sign_off(&mut self, id: ReplicaId, off: bool) {
        self.state.replicas[id].probe.signed_off = off;
        self.tell_believers(id);
    }

    /// Balancers that believe probes learn whether a replica can be chosen.
    fn tell_believers(&mut self, id: ReplicaId) {
        let believed = &mut self.state.believed[self.model.replicas[id].service];
        let place = believed.partition_point(|other| *other < id);
        let is_known = believed.get(place) == Some(&id);
        match (self.state.replicas[id].probe.is_believed(), is_known) {
            (true, false) => believed.insert(place, id),
            (false, true) => {
                believed.remove(place);
            }
            _ => {}
        }
    }
}

impl ProbeState {
    /// Whether balancers that believe probes choose the replica.
    pub(crate) const fn is_believed(&self) -> bool {
        self.healthy && !self.signed_off
    }
}
