//! The actual world of an incident by itself, for those who look at it once more. Records nothing.

use crate::engine::{LimitHit, Observer, Simulation};
use crate::model::Model;
use crate::time::SimTime;

/// An actual world as an incident has it: its faults come into sight at the first of them.
pub(super) struct Actual<'m> {
    pub(super) simulation: Simulation<'m>,
    parts_at: Option<SimTime>,
}

impl<'m> Actual<'m> {
    pub(super) fn new(model: &'m Model) -> Self {
        Self { simulation: Simulation::new(model), parts_at: model.first_fault() }
    }

    pub(super) fn run_until(&mut self, until: SimTime, observer: &mut impl Observer) -> Result<(), LimitHit> {
        if let Some(at) = self.parts_at.filter(|at| *at < until) {
            self.simulation.run_until(at, observer)?;
            self.simulation.schedule_faults();
            self.parts_at = None;
        }
        self.simulation.run_until(until, observer)
    }
}
