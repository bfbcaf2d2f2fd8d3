//! Worst cases that can last: one service fails every attempt, and all its callers try again as their policies say.
//!
//! Retries multiply over layers (Google SRE book, ch. 22: 4 attempts on each of three layers are 4^3 = 64; Brooker,
//! "Timeouts, retries, and backoff with jitter": 3^5 = 243). What a layer does is exact for independent attempts; a
//! budget bounds it to its share, a breaker that trips to the first attempts. Of a `Parallel` that fails early, the
//! calls that it abandons are counted as if they had gone on.

use crate::id::{Id, IdVec, OperationId, ServiceId, SiteId};
use crate::model::load::{Forecast, rates, zeros};
use crate::model::parts::{Instruction, Model};
use crate::model::span::at_least;
use crate::model::walk::{Kind, kinds, sites, walk};

/// Fills in the worst case of every service, at the instant of its forecast.
pub(super) fn worst_cases(model: &Model, order: &[OperationId], forecast: &mut Forecast) {
    let kinds = kinds(model);
    let of_class: IdVec<ServiceId, Vec<f64>> =
        forecast.services.iter().map(|load| rates(model, load.at)).collect();
    for failing in model.services.ids() {
        if forecast.services[failing].attempts_per_s <= 0.0 {
            continue;
        }
        let mut per_request: Vec<IdVec<ServiceId, f64>> =
            model.classes.iter().map(|_| zeros(model.services.ids())).collect();
        for kind in &kinds {
            let storm = Storm { model, forecast, failing, kind: *kind };
            storm.add(order, &mut per_request[kind.class.position()]);
        }
        for service in model.services.ids() {
            let worst: f64 = per_request
                .iter()
                .zip(&of_class[service])
                .map(|(attempts, rate)| attempts[service] * rate)
                .sum();
            let load = &mut forecast.services[service];
            // Services that only repeat what failing ones above them do are told by the service itself.
            let is_worse = worst > load.worst_per_s * (1.0 + 1e-9)
                || failing == service && worst > load.worst_per_s * (1.0 - 1e-9) && load.worst_when.is_some();
            if is_worse {
                load.worst_per_s = worst;
                load.worst_when = Some(failing);
            }
        }
    }
}

/// What one kind of request does while one service fails every attempt.
struct Storm<'m> {
    model: &'m Model,
    forecast: &'m Forecast,
    failing: ServiceId,
    kind: Kind,
}

impl Storm<'_> {
    /// Adds the attempts of a request at each service.
    fn add(&self, order: &[OperationId], attempts: &mut IdVec<ServiceId, f64>) {
        let mut fails: IdVec<OperationId, f64> = zeros(self.model.operations.ids());
        for operation in order.iter().rev() {
            fails[*operation] = self.fails(*operation, &fails);
        }
        let mut visits: IdVec<OperationId, f64> = zeros(self.model.operations.ids());
        let entry = self.model.classes[self.kind.class].site;
        visits[self.model.sites[entry].operation] = self.kind.share * self.attempts(entry, &fails);
        for operation in order {
            let visited = visits[*operation];
            if visited <= 0.0 {
                continue;
            }
            attempts[self.model.operations[*operation].service] += visited;
            walk(self.model, self.kind, *operation, |step, probability| {
                let Instruction::Call { first, count, .. } = step else { return 1.0 };
                for site in sites(*first, *count) {
                    let called = visited * probability * self.attempts(site, &fails);
                    visits[self.model.sites[site].operation] += called;
                }
                self.succeeds(*operation, step, &fails)
            });
        }
    }

    /// How likely an attempt at an operation fails.
    fn fails(&self, operation: OperationId, fails: &IdVec<OperationId, f64>) -> f64 {
        if self.model.operations[operation].service == self.failing {
            return 1.0;
        }
        let mut failed = 0.0;
        walk(self.model, self.kind, operation, |step, probability| {
            let succeeds = self.succeeds(operation, step, fails);
            failed += probability * (1.0 - succeeds);
            succeeds
        });
        // Sums of products may miss 1 by a rounding.
        if failed > 1.0 - 1e-12 { 1.0 } else { failed }
    }

    /// How likely a step succeeds. What fails still does its work: nobody waits for it, but nobody tells it.
    fn succeeds(&self, operation: OperationId, step: &Instruction, fails: &IdVec<OperationId, f64>) -> f64 {
        match step {
            Instruction::Call { first, count, needed }
                if self.model.operations[operation].service != self.failing =>
            {
                let chances = sites(*first, *count).map(|site| {
                    let failing = fails[self.model.sites[site].operation];
                    1.0 - libm::pow(failing, self.attempts(site, fails))
                });
                at_least(chances, *needed as usize)
            }
            _ => 1.0,
        }
    }

    /// Attempts that a call from a place makes on average.
    fn attempts(&self, site: SiteId, fails: &IdVec<OperationId, f64>) -> f64 {
        let place = &self.model.sites[site];
        let edge = &self.model.edges[place.edge];
        let direct = edge.callee == self.failing;
        let calls_per_s = self.forecast.edges[place.edge];
        let guards = edge.guard_count(&self.model.services);
        edge.mean_attempts(fails[place.operation], direct, calls_per_s, guards)
    }
}
