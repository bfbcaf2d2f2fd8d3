//! Compiles what a run may change while it goes on: whose settings, found by id.

use crate::id::{ChangeId, EdgeId, IdVec, ServiceId};
use crate::model::names::Names;
use crate::model::parts::Model;
use crate::random::Stream;
use crate::scenario::{self, Patch, Policy, Scenario};

/// A change of settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// In words: `calls.'checkout -> user'.retry.max_attempts = 1`.
    pub label: String,
    /// Those words, hashed.
    pub stream: Stream,
    /// What changes, and how.
    pub what: Changed,
}

/// Whose settings change.
#[derive(Clone, Debug, PartialEq)]
pub enum Changed {
    /// Those of a service.
    Service(ServiceId, Patch<scenario::Service>),
    /// The policies of these edges.
    Calls(Vec<(EdgeId, Patch<Policy>)>),
}

impl Change {
    /// The service whose threads it changes, and how many each of its replicas has from then on; none if it changes anything
    /// else.
    pub fn threads(&self) -> Option<(ServiceId, u32)> {
        match &self.what {
            Changed::Service(id, patch) if patch.concerns(&["threads"]) => Some((*id, patch.after().threads)),
            _ => None,
        }
    }
}

/// The changes of a checked scenario, in the order of their ids.
pub(crate) fn compile_changes(scenario: &Scenario, model: &Model, names: &Names) -> IdVec<ChangeId, Change> {
    let edges = |key: &str| {
        let stream = Stream::named(key);
        model.edges.enumerate().filter(move |(_, edge)| edge.stream == stream).map(|(id, _)| id)
    };
    let compile = |written: &scenario::Change| Change {
        label: written.label.clone(),
        stream: Stream::named(&written.label),
        what: match &written.what {
            scenario::Changed::Service(name, patch) => Changed::Service(names.services[name], patch.clone()),
            scenario::Changed::Calls(policies) => Changed::Calls(
                policies.iter().flat_map(|(key, patch)| edges(key).map(|id| (id, patch.clone()))).collect(),
            ),
        },
    };
    scenario.changes().map(compile).collect()
}

impl Model {
    /// Whether anything changes how many threads a service has.
    pub fn changes_threads(&self, service: ServiceId) -> bool {
        self.changes.iter().filter_map(Change::threads).any(|(id, _)| id == service)
    }

    /// Whether something holds of the policy of an edge, as it is written or after a change.
    pub fn ever(&self, edge: EdgeId, holds: fn(&Policy) -> bool) -> bool {
        let mut changes = self.changes.iter();
        let changed = |change: &Change| match &change.what {
            Changed::Service(..) => false,
            Changed::Calls(edges) => edges.iter().any(|(id, patch)| *id == edge && holds(patch.after())),
        };
        holds(&self.edges[edge].policy) || changes.any(changed)
    }
}
