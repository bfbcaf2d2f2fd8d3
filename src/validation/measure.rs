//! One world, simulated for its numbers: recorded as every run is, and watched by a witness beside the recorder.

use indexmap::IndexMap;

use crate::engine::Simulation;
use crate::experiment::{Progress, Watch};
use crate::model::Model;
use crate::record::{CallTotals, ClassTotals, Recorder, ServiceTotals, WorldRecord};
use crate::scenario::Scenario;
use crate::time::{SimDuration, SimTime};
use crate::validation::witness::{Laws, Waits, Witness};

/// How often the watcher is asked.
const SLICES: u64 = 50;

/// What was measured in one world, by name.
#[derive(Debug)]
pub struct Measured {
    /// The record of the world.
    pub record: WorldRecord,
    /// The laws in it.
    pub laws: Laws,
    /// Length of the run from T+0.
    pub seconds: f64,
    waits: IndexMap<String, Waits>,
    excess: IndexMap<String, f64>,
}

impl Measured {
    /// Simulates a scenario, faults included, under a seed; none if the watcher stopped it. Waits of users are only
    /// measured if asked for.
    ///
    /// # Panics
    ///
    /// If a limit of the scenario is hit, which stands for a mistake in it.
    pub fn of(scenario: &Scenario, seed: u64, waits: bool, watch: &dyn Watch) -> Option<Self> {
        let mut model = Model::compile(scenario);
        model.seed = seed;
        let mut simulation = Simulation::new(&model);
        simulation.schedule_faults();
        let mut recorder = Recorder::new(&model);
        let mut witness = Witness::new(&model, waits);
        let length = (model.end - SimTime::ZERO).as_nanos();
        for slice in 1..=SLICES {
            let until =
                if slice == SLICES { model.end } else { SimTime::from_nanos(length / SLICES * slice) };
            // As in every run, what happens at the horizon itself still counts.
            let just_after = until + SimDuration::from_nanos(u64::from(slice == SLICES));
            let limit = simulation.run_until(just_after, &mut (&mut recorder, &mut witness)).err();
            assert!(limit.is_none(), "{}: stopped by {limit:?}", scenario.name);
            watch.progress(Progress {
                share: slice as f64 / SLICES as f64,
                at_s: until.secs_since(model.origin),
                events: simulation.handled(),
            });
            if slice < SLICES && watch.stop().is_some() {
                return None;
            }
        }
        simulation.check_invariants();
        let record = recorder.finish(model.end);
        let names = model.classes.iter().map(|class| &class.name);
        let waits = names.map(|name| (name.clone(), witness.waits(name))).collect();
        let names = model.services.iter().map(|service| &service.name);
        let excess = names.map(|name| (name.clone(), witness.excess(name))).collect();
        let in_flight = |service: &str| record.totals.services[service].mean_in_flight;
        let laws = witness.laws(&simulation, model.end, in_flight);
        let seconds = (model.end - model.origin).as_secs_f64();
        Some(Self { record, laws, seconds, waits, excess })
    }

    /// Requests of a class.
    pub fn class(&self, name: &str) -> &ClassTotals {
        &self.record.totals.classes[name]
    }

    /// Attempts at a service.
    pub fn service(&self, name: &str) -> &ServiceTotals {
        &self.record.totals.services[name]
    }

    /// Attempts of a call.
    pub fn call(&self, name: &str) -> &CallTotals {
        &self.record.totals.calls[name]
    }

    /// Waits of the users of a class.
    pub fn waits(&self, class: &str) -> Waits {
        self.waits[class]
    }

    /// The most attempts that began at a service in any time beyond its rate limit x that time.
    pub fn excess(&self, service: &str) -> f64 {
        self.excess[service]
    }

    /// Share of the requests of a class that failed, of those that ended.
    pub fn failed(&self, class: &str) -> f64 {
        let class = self.class(class);
        class.failed as f64 / (class.ok + class.degraded + class.failed) as f64
    }

    /// Mean time at a service by Little's law, number / rate. Where runs are short the mean of those who were answered is too
    /// small: who takes long is still under way at the end.
    pub fn mean_time_s(&self, service: &str) -> f64 {
        let service = self.service(service);
        service.mean_in_flight * self.seconds / service.attempts as f64
    }

    /// Attempts per second sent to a service in the second half of the run.
    pub fn late_rate(&self, service: &str) -> f64 {
        let offered = &self.record.services[service].offered;
        let late = &offered[offered.len() / 2..];
        late.iter().sum::<u64>() as f64 / (late.len() as f64 * self.record.window_s)
    }
}
