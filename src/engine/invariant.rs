//! What must hold between any two events. Broken means a defect of the engine: it panics.

use crate::engine::guard::Gates;
use crate::engine::replica::CANCELED_KEPT;
use crate::engine::state::{Attempt, Place, Process, Replica, State};
use crate::engine::terms::{CallTerms, ServiceTerms};
use crate::id::{IdVec, ReplicaId};
use crate::model::Model;
use crate::policy::{BreakerState, InProgress, Permits};
use crate::time::SimTime;

/// The attempts that say that they are on a replica.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    running: usize,
    /// In its queue, the canceled included, and without them.
    queued: usize,
    waiting: u32,
    /// The sum of the squares of the slots of those in the queue: one that is there twice cannot stand for another.
    slots: u64,
}

fn square(slot: u32) -> u64 {
    u64::from(slot) * u64::from(slot)
}

impl State {
    /// Asserts conservation: every attempt is in exactly one place, every thread and permit belongs to an attempt.
    pub(crate) fn check_invariants(&self, model: &Model, now: SimTime) {
        self.check_beliefs(model, now);
        self.check_services(model);
        let mut loads: IdVec<ReplicaId, Load> = self.replicas.iter().map(|_| Load::default()).collect();
        let mut by_request =
            vec![0_u32; self.requests.iter().map(|(slot, _)| slot as usize + 1).max().unwrap_or(0)];
        let mut permits = vec![(0, 0, 0); self.guards.len()];
        let mut in_progress = vec![InProgress::default(); self.guards.len()];
        // One pass over all attempts: there may be many.
        for (slot, attempt) in self.attempts.iter() {
            self.place(slot, attempt, &mut loads);
            by_request[attempt.request as usize] += 1;
            let held = &mut permits[attempt.guard as usize];
            held.0 += u32::from(attempt.has_permit);
            held.1 += u32::from(attempt.has_connection);
            held.2 += u32::from(attempt.counted);
            assert!(
                attempt.place != Place::AwaitsTurn || attempt.event != 0,
                "a throttled attempt has its time"
            );
            in_progress[attempt.guard as usize].attempts += u32::from(attempt.awaited);
            assert!(!attempt.awaited || self.runs.is_live(attempt.run), "an awaited attempt has a call");
        }
        for (id, replica) in self.replicas.enumerate() {
            let service = &model.services[model.replicas[id].service];
            let most = self.settings.most_threads[model.replicas[id].service];
            let settings = &self.settings.services[model.replicas[id].service];
            assert_eq!(replica.terms, ServiceTerms::of(settings), "{}: terms of a service", service.name);
            Self::check_life(replica, &service.name);
            Self::check_load(replica, loads[id], most, &service.name);
        }
        for (slot, request) in self.requests.iter() {
            assert_eq!(request.attempts, by_request[slot as usize], "attempts of a request");
        }
        for (_, run) in self.runs.iter() {
            in_progress[run.guard as usize].retries += u32::from(run.retrying);
        }
        for (guard, counted) in self.guards.iter().zip(in_progress) {
            assert_eq!(guard.in_progress, counted, "attempts and retries in progress");
        }
        for (guard, held) in self.guards.iter().zip(permits) {
            assert_eq!(guard.terms, CallTerms::of(&self.settings.policies[guard.edge]), "terms of a policy");
            let in_use = |places: fn(&Gates) -> &Option<Permits<u32>>| {
                guard.gates.as_deref().and_then(|gates| places(gates).as_ref()).map_or(0, Permits::in_use)
            };
            assert_eq!(in_use(|gates| &gates.bulkhead), held.0, "permits of a bulkhead");
            assert_eq!(in_use(|gates| &gates.pool), held.1, "connections of a pool");
            assert_eq!(guard.in_flight.iter().sum::<u32>(), held.2, "attempts that a balancer counts");
        }
    }

    /// Adds an attempt to the load of the replica that it is on, if it is on one.
    fn place(&self, slot: u32, attempt: &Attempt, loads: &mut IdVec<ReplicaId, Load>) {
        match attempt.place {
            Place::Running => {
                loads[attempt.replica].running += 1;
                let thread = self.replicas[attempt.replica].threads.get(attempt.thread as usize);
                assert_eq!(thread, Some(&slot), "a thread has one attempt");
                assert!(!(attempt.working && attempt.delayed), "an attempt does one thing at a time");
            }
            Place::Queued => {
                let load = &mut loads[attempt.replica];
                load.queued += 1;
                load.waiting += u32::from(!attempt.canceled);
                load.slots = load.slots.wrapping_add(square(slot));
            }
            _ => {}
        }
    }

    /// Asserts that a replica has those attempts that are on it, and no more than it may.
    fn check_load(replica: &Replica, load: Load, most: u32, name: &str) {
        assert!(replica.threads.len() <= most as usize, "{name}: more attempts than threads");
        assert!(
            replica.process.serves() || replica.threads.is_empty() && replica.queue.is_empty(),
            "{name}: something is on a replica that does not run"
        );
        let slots = replica.queue.iter().fold(0, |sum: u64, slot| sum.wrapping_add(square(slot)));
        assert_eq!(
            (load.running, load.queued, load.slots),
            (replica.threads.len(), replica.queue.len(), slots),
            "{name}: attempts running and queued, and which"
        );
        assert_eq!(load.waiting, replica.queue_length, "{name}: the length of the queue");
        let canceled_kept = if load.waiting == 0 { 0 } else { CANCELED_KEPT };
        let kept = 2 * replica.queue_length as usize + canceled_kept;
        assert!(load.queued <= kept, "{name}: canceled attempts pile up");
    }

    /// Asserts that nothing is held, by anybody, on behalf of requests that there are none of.
    pub(crate) fn check_rest(&self, model: &Model, now: SimTime) {
        let left = (self.requests.len(), self.runs.len(), self.attempts.len());
        assert_eq!(left, (0, 0, 0), "requests, calls and attempts at rest");
        for (id, replica) in self.replicas.enumerate() {
            let name = &model.services[model.replicas[id].service].name;
            let held = (replica.threads.len(), replica.queue.len(), replica.queue_length);
            assert_eq!(held, (0, 0, 0), "{name}: threads, places of the queue and its length at rest");
        }
        for guard in &self.guards {
            let name = &model.pairs[model.edges[guard.edge].pair].name;
            for places in guard.gates.iter().flat_map(|gates| [&gates.bulkhead, &gates.pool]).flatten() {
                assert_eq!(
                    (places.in_use(), places.waiting()),
                    (0, 0),
                    "{name}: places of a bulkhead or pool at rest"
                );
            }
            assert!(
                guard.in_flight.iter().all(|count| *count == 0),
                "{name}: its balancer counts attempts at rest"
            );
            let half_open = guard.breaker.clone().filter(|breaker| breaker.state() == BreakerState::HalfOpen);
            let admits = half_open.is_none_or(|mut breaker| breaker.try_acquire(now).is_some());
            assert!(admits, "{name}: a half-open breaker waits at rest for what nobody will tell it");
        }
    }

    /// Asserts that a replica's process is in one state, and that something will move it on.
    fn check_life(replica: &Replica, name: &str) {
        let (process, life) = (replica.process, &replica.life);
        let is_held_down = !replica.hit_by(|faults| &faults.downed_by).is_empty();
        assert_eq!(
            life.ready_event != 0,
            process == Process::Starting,
            "{name}: a starting process gets ready"
        );
        assert_eq!(life.drain_event != 0, process == Process::Draining, "{name}: a drain ends");
        assert!(life.start_event == 0 || process == Process::Down, "{name}: the living are not started");
        assert!(life.memory_event == 0 || process.serves(), "{name}: nobody dies twice");
        assert!(!is_held_down || process == Process::Down, "{name}: a fault keeps it down");
        let comes_back = life.start_event != 0 || is_held_down;
        assert!(process != Process::Down || comes_back, "{name}: nothing stays dead by itself");
        assert!(process != Process::Down || !replica.is_paused(), "{name}: the dead do not pause");
    }

    /// Asserts that balancers know the ready replicas in order, and that each restart under way waits for something.
    fn check_services(&self, model: &Model) {
        for (id, service) in model.services.enumerate() {
            let is_ready = |replica: &ReplicaId| self.replicas[*replica].process == Process::Ready;
            assert!(
                service.replica_ids().filter(is_ready).eq(self.ready[id].iter().copied()),
                "{}",
                service.name
            );
            if let Some(rollout) = &self.rollouts[id] {
                let not_ready = |replica: &ReplicaId| self.replicas[*replica].process != Process::Ready;
                let moves = !rollout.under_way.is_empty() && rollout.under_way.iter().all(not_ready);
                assert!(moves, "{}: a restart is under way and waits for nobody", service.name);
            }
        }
    }

    /// Asserts that balancers know what probes believe, and that each probe under way is one request.
    fn check_beliefs(&self, model: &Model, now: SimTime) {
        for (id, service) in model.services.enumerate() {
            let healthy = service.replica_ids().filter(|replica| self.replicas[*replica].probe.is_believed());
            assert!(
                healthy.eq(self.believed[id].iter().copied()),
                "{}: what its probe believes",
                service.name
            );
        }
        let mut asked: Vec<_> = self
            .requests
            .iter()
            .filter(|(_, r)| !r.ended)
            .filter_map(|(_, request)| request.probes)
            .collect();
        asked.sort_unstable();
        assert!(asked.windows(2).all(|pair| pair[0] != pair[1]), "two deep probes of one replica");
        assert!(
            asked.iter().all(|id| self.replicas[*id].probe.under_way),
            "a deep probe that nobody waits for"
        );
        for (id, limiter) in self.rate_limits.enumerate() {
            let left = limiter.as_deref().map_or(0.0, |limiter| limiter.left(now));
            assert!(
                left >= 0.0 && left.is_finite(),
                "{}: tokens of its rate limit",
                model.operations[id].name
            );
        }
    }
}
