//! Worst cases that can last: one service fails every attempt, and all its callers try again as their policies say.
//!
//! Retries multiply over layers (Google SRE book, ch. 22: 4 attempts on each of three layers are 4^3 = 64; Brooker,
//! "Timeouts, retries, and backoff with jitter": 3^5 = 243). What a layer does is exact for independent attempts; a
//! budget bounds it to its share, a breaker that trips to the first attempts. Of a `Parallel` that fails early, the
//! calls that it abandons are counted as if they had gone on.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{ClassId, Id, IdVec, OperationId, ServiceId, SiteId};
use crate::model::load::{Forecast, rates, zeros};
use crate::model::parts::{Instruction, Model};
use crate::model::span::at_least;
use crate::model::walk::{Kind, kinds, sites, walk};

/// Fills in the worst case of every service, at the instant of its forecast.
///
/// Only those classes have to be looked at anew that ask the failing service, and only the services that they ask.
pub(super) fn worst_cases(
    model: &Model,
    reached: &IdVec<ClassId, Vec<OperationId>>,
    forecast: &mut Forecast,
) {
    let asked: IdVec<ClassId, BTreeSet<ServiceId>> = reached
        .iter()
        .map(|operations| operations.iter().map(|id| model.operations[*id].service).collect())
        .collect();
    let mut classes: IdVec<ServiceId, Vec<ClassId>> = model.services.ids().map(|_| Vec::new()).collect();
    for (class, services) in asked.enumerate() {
        for service in services {
            classes[*service].push(class);
        }
    }
    let of_class: IdVec<ServiceId, Vec<f64>> =
        forecast.services.iter().map(|load| rates(model, load.at)).collect();
    let kinds = kinds(model);
    let attempts = |forecast: &Forecast, failing, class: ClassId| {
        let mut attempts = BTreeMap::new();
        for kind in kinds.iter().filter(|kind| kind.class == class) {
            let storm = Storm { model, forecast, failing, kind: *kind };
            storm.add(&reached[class], &mut attempts);
        }
        attempts
    };
    let calm: IdVec<ClassId, BTreeMap<ServiceId, f64>> =
        model.classes.ids().map(|class| attempts(forecast, None, class)).collect();
    for failing in model.services.ids() {
        if forecast.services[failing].attempts_per_s <= 0.0 {
            continue;
        }
        let stormy: BTreeMap<ClassId, BTreeMap<ServiceId, f64>> = classes[failing]
            .iter()
            .map(|class| (*class, attempts(forecast, Some(failing), *class)))
            .collect();
        let hit: BTreeSet<ServiceId> = stormy.keys().flat_map(|class| &asked[*class]).copied().collect();
        for service in hit {
            let worst: f64 = classes[service]
                .iter()
                .map(|class| {
                    let attempts = stormy.get(class).unwrap_or(&calm[*class]);
                    attempts.get(&service).unwrap_or(&0.0) * of_class[service][class.position()]
                })
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

/// What one kind of request does while one service, if any, fails every attempt.
struct Storm<'m> {
    model: &'m Model,
    forecast: &'m Forecast,
    failing: Option<ServiceId>,
    kind: Kind,
}

impl Storm<'_> {
    /// Adds the attempts of a request at each service, given the operations that it may reach, callers first.
    fn add(&self, order: &[OperationId], attempts: &mut BTreeMap<ServiceId, f64>) {
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
            *attempts.entry(self.model.operations[*operation].service).or_default() += visited;
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
        if Some(self.model.operations[operation].service) == self.failing {
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
                if Some(self.model.operations[operation].service) != self.failing =>
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
        let direct = Some(edge.callee) == self.failing;
        let calls_per_s = self.forecast.edges[place.edge].calls_per_s;
        let guards = edge.guard_count(&self.model.services);
        edge.mean_attempts(fails[place.operation], direct, calls_per_s, guards)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn classes_that_do_not_ask_what_fails_are_as_in_health() {
        let text = r#"Scenario(format: 1, name: "x", horizon: "60s",
            services: {
                "a": Service(operations: { "x": [Call("store.get")] }),
                "b": Service(operations: { "x": [Call("store.get"), Call("c.y")] }),
                "c": Service(operations: { "y": [Work("1ms")] }),
                "store": Service(operations: { "get": [Work("1ms")] }),
            },
            calls: {
                "others -> b": Policy(timeout: "1s", retry: Retry(max_attempts: 3)),
                "b -> c": Policy(timeout: "1s", retry: Retry(max_attempts: 2)),
            },
            traffic: { "users": Open(rate: "100/s", entry: "a.x"), "others": Open(rate: "50/s", entry: "b.x") })"#;
        let forecast = Forecast::of(&Model::compile(&Scenario::parse(text).unwrap()));
        let worst: Vec<f64> = forecast.services.iter().map(|load| load.worst_per_s).collect();
        // 3 attempts of each of the others at b, each of which asks the store once and c twice.
        assert_eq!(worst, [100.0, 150.0, 300.0, 250.0]);
        assert!(forecast.services.iter().next().unwrap().worst_when.is_none());
    }
}
