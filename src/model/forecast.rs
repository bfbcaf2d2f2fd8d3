//! The whole forecast: the load in health, and what cold caches and retries can make of it. Computes neither.

use crate::model::cold::cold_caches;
use crate::model::storm::worst_cases;
use crate::model::walk::callers_first;
use crate::model::{Forecast, Model};

impl Forecast {
    /// The forecast for a model.
    pub fn of(model: &Model) -> Self {
        let order = callers_first(model);
        let mut forecast = Self::in_health(model, &order);
        cold_caches(model, &order, &mut forecast);
        worst_cases(model, &order, &mut forecast);
        forecast
    }
}
