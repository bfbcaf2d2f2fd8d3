//! What changes for those who wait when a process dies, and when faults begin and end.

use crate::blame::Tracker;
use crate::engine::View;
use crate::id::{FaultId, ReplicaId};
use crate::model::Target;
use crate::scenario::Effect;
use crate::time::SimDuration;

impl Tracker<'_> {
    /// Those on its threads and in its line have waited for whatever held them; from here on nothing does any more.
    pub(super) fn process_dies(&mut self, view: &View<'_>, id: ReplicaId) {
        let replica = view.replica(id);
        for slot in replica.threads.iter().copied().filter(|slot| view.attempt(*slot).awaited) {
            let mut past = std::mem::take(&mut self.trace(slot).past);
            self.held_at_work(view, slot, &mut past);
            self.wait_of_calls(view, view.attempt(slot), &mut past);
            self.trace(slot).past = past;
        }
        for slot in replica.queue.iter().filter(|slot| view.attempt(*slot).awaited) {
            self.thread_taken(view, slot);
        }
        self.origins.dies(id);
        self.fault_times.dies(id, view.now);
    }

    pub(super) fn caches_flushed(&mut self, view: &View<'_>, id: FaultId) {
        let fault = &self.model.faults[id];
        let (Target::Replicas(replicas), Effect::Flush { share, .. }) = (&fault.target, &fault.effect) else {
            return;
        };
        for replica in replicas {
            for cache in &fault.caches {
                let warmth = view.warmth(*replica, *cache);
                self.origins.flushed(id, *replica, *cache, (*share, warmth));
            }
        }
    }

    /// What is down cannot be paused.
    pub(super) fn spare_the_dead(&mut self, id: FaultId) {
        let Target::Replicas(replicas) = &self.model.faults[id].target else { return };
        for replica in replicas.iter().filter(|replica| self.origins.is_down(**replica)) {
            self.fault_times.spares(*replica, id);
        }
    }

    /// Those who stand in line now have waited for what held them until now, and wait for something else from here on.
    pub(super) fn fault_changed(&mut self, view: &View<'_>) {
        for id in self.model.replicas.ids() {
            self.lines[id].changed_at = view.now;
            if view.replica(id).queue_length > 0 {
                self.look_at_line(view, id, SimDuration::ZERO);
            }
        }
        for service in self.model.services.ids() {
            self.callees[service].changed_at = view.now;
            if self.callees[service].is_known() {
                self.look_at_callee(view, service, SimDuration::ZERO);
            }
        }
    }
}
