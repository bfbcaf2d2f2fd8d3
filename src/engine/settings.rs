//! The settings of a run: what a response may change while it goes on. Begins as what the scenario says.

use crate::id::{EdgeId, IdVec, ServiceId};
use crate::model::Model;
use crate::scenario::{Policy, Service};

/// The run's own copy of the settings.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Services as written, without their operations.
    pub(crate) services: IdVec<ServiceId, Service>,
    /// Policies of calls.
    pub(crate) policies: IdVec<EdgeId, Policy>,
    /// The most threads that a replica of each service has been given so far: more can never be busy.
    pub(crate) most_threads: IdVec<ServiceId, u32>,
}

impl Settings {
    /// As the scenario has them.
    pub(crate) fn new(model: &Model) -> Self {
        Self {
            services: model.services.iter().map(|service| service.settings.clone()).collect(),
            policies: model.edges.iter().map(|edge| edge.policy.clone()).collect(),
            most_threads: model.services.iter().map(|service| service.settings.threads).collect(),
        }
    }
}
