//! What services carry while caches are cold, and what then comes through to those whom the misses ask. Knows neither how
//! caches are lost nor how they warm.

use crate::id::{ClassId, IdVec, OperationId, ServiceId};
use crate::model::load::{PerRequest, ServiceLoad, Shared, per_request, rates, ratio, times};
use crate::model::{Forecast, Model};

/// Two loads are not the same if they differ by more than this share.
const NOTICEABLE: f64 = 1e-9;

/// Fills in what becomes of every service while the caches of one are cold: one after another, not several at once.
pub(super) fn cold_caches(
    model: &Model,
    reached: &IdVec<ClassId, Vec<OperationId>>,
    forecast: &mut Forecast,
) {
    for cold in model.services.ids().filter(|id| !model.services[*id].caches.is_empty()) {
        let requests = per_request(model, reached, Some(cold));
        for service in model.services.ids() {
            let load = &mut forecast.services[service];
            if service == cold {
                load.cold_capacity_per_s = capacity(model, &requests, service, load);
            } else {
                let comes = mean(model, &requests, service, load, |request, op| request.visits[op]);
                if comes > load.cold_per_s * (1.0 + NOTICEABLE) {
                    load.cold_per_s = comes;
                    load.cold_when = Some(cold);
                }
            }
        }
    }
}

/// What a service can carry while its own caches are cold.
fn capacity(model: &Model, requests: &[PerRequest], service: ServiceId, load: &ServiceLoad) -> f64 {
    let per_attempt = |of: fn(&PerRequest, OperationId) -> f64| {
        ratio(mean(model, requests, service, load, of), load.attempts_per_s)
    };
    let hold_s = per_attempt(|request, op| request.busy_s[op]);
    let work_s = per_attempt(|request, op| request.work_s[op]);
    // Misses may be quicker than hits; what a service carries in health it carries.
    Shared::of(&model.services[service]).capacity(hold_s, work_s).min(load.capacity_per_s)
}

/// Something of the operations of a service, per second, at the instant of its load.
fn mean(
    model: &Model,
    requests: &[PerRequest],
    service: ServiceId,
    load: &ServiceLoad,
    of: impl Fn(&PerRequest, OperationId) -> f64,
) -> f64 {
    let own = || model.operations.enumerate().filter(|(_, op)| op.service == service).map(|(id, _)| id);
    let sums = requests.iter().map(|request| own().map(|op| of(request, op)).sum::<f64>());
    sums.zip(rates(model, load.at)).map(|(sum, rate)| times(rate, sum)).sum()
}
