//! What must hold between any two events. Broken means a defect of the engine: it panics.

use crate::engine::replica::CANCELED_KEPT;
use crate::engine::state::{Place, Process, State};
use crate::model::Model;
use crate::policy::Permits;

impl State {
    /// Asserts conservation: every attempt is in exactly one place, every thread and permit belongs to an attempt.
    pub(crate) fn check_invariants(&self, model: &Model) {
        let mut queued = 0;
        let mut running = 0;
        for (id, replica) in self.replicas.enumerate() {
            let service = &model.services[model.replicas[id].service];
            let most = self.settings.most_threads[model.replicas[id].service];
            assert!(replica.threads.len() <= most as usize, "{}: more attempts than threads", service.name);
            assert!(
                replica.process == Process::Ready || replica.threads.is_empty() && replica.queue.is_empty(),
                "{}: something is on a replica that does not run",
                service.name
            );
            for (position, slot) in replica.threads.iter().enumerate() {
                let attempt = &self.attempts[*slot];
                assert!(
                    attempt.place == Place::Running && attempt.thread as usize == position,
                    "a thread has one attempt"
                );
            }
            let waiting = replica.queue.iter().filter(|slot| !self.attempts[**slot].canceled).count();
            assert_eq!(waiting, replica.queue_length as usize, "{}: the length of the queue", service.name);
            let kept = 2 * replica.queue_length as usize + CANCELED_KEPT;
            assert!(replica.queue.len() <= kept, "{}: canceled attempts pile up", service.name);
            queued += replica.queue.len();
            running += replica.threads.len();
        }
        let mut in_place = (0, 0);
        let mut by_request =
            vec![0_u32; self.requests.iter().map(|(slot, _)| slot as usize + 1).max().unwrap_or(0)];
        let mut permits = vec![(0, 0); self.guards.len()];
        for (_, attempt) in self.attempts.iter() {
            in_place.0 += usize::from(attempt.place == Place::Queued);
            in_place.1 += usize::from(attempt.place == Place::Running);
            by_request[attempt.request as usize] += 1;
            permits[attempt.guard as usize].0 += u32::from(attempt.has_permit);
            permits[attempt.guard as usize].1 += u32::from(attempt.has_connection);
            assert!(!attempt.awaited || self.runs.is_live(attempt.run), "an awaited attempt has a call");
        }
        assert_eq!(in_place, (queued, running), "attempts queued and running");
        for (slot, request) in self.requests.iter() {
            assert_eq!(request.attempts, by_request[slot as usize], "attempts of a request");
        }
        for (guard, held) in self.guards.iter().zip(permits) {
            assert_eq!(guard.bulkhead.as_ref().map_or(0, Permits::in_use), held.0, "permits of a bulkhead");
            assert_eq!(guard.pool.as_ref().map_or(0, Permits::in_use), held.1, "connections of a pool");
        }
    }
}
