//! The whole forecast: the load in health, and what cold caches and retries can make of it. Computes neither.

use crate::model::cold::cold_caches;
use crate::model::storm::worst_cases;
use crate::model::walk::reached;
use crate::model::{Forecast, Model};

impl Forecast {
    /// The forecast for a model.
    pub fn of(model: &Model) -> Self {
        let reached = reached(model);
        let mut forecast = Self::in_health(model, &reached);
        cold_caches(model, &reached, &mut forecast);
        worst_cases(model, &reached, &mut forecast);
        forecast
    }
}
