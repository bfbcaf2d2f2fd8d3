//! From the names of a scenario to the ids of its model. Forgotten after compilation.

use std::collections::BTreeMap;

use crate::id::{ClassId, OperationId, ServiceId};

/// From names to ids.
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub(crate) services: BTreeMap<String, ServiceId>,
    pub(crate) operations: BTreeMap<String, OperationId>,
    pub(crate) classes: BTreeMap<String, ClassId>,
}
