//! Who calls whom, as a record tells it. Knows nothing of what happened.

use serde::{Deserialize, Serialize};

/// Who calls whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Topology {
    /// Traffic classes, as written.
    pub classes: Vec<ClassNode>,
    /// Services, as written.
    pub services: Vec<ServiceNode>,
    /// Pairs of caller and callee, each once, in the order of the scenario.
    pub calls: Vec<Edge>,
}

/// A traffic class.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassNode {
    /// Its name.
    pub name: String,
    /// The service it enters at.
    pub entry: String,
    /// Its users.
    pub users: u64,
    /// Value of one answered request.
    pub value: f64,
    /// The longest that its users wait for an answer, all attempts together, as the run began; none if they wait for ever, or
    /// if it is drawn for each of them.
    pub patience_s: Option<f64>,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceNode {
    /// Its name.
    pub name: String,
    /// Its copies.
    pub replicas: u32,
    /// Threads of one copy, at the begin of the run.
    pub threads: u32,
}

impl ServiceNode {
    /// Threads of all replicas at the begin of the run.
    pub fn all_threads(&self) -> f64 {
        f64::from(self.replicas) * f64::from(self.threads)
    }
}

/// A pair of caller and callee. A class and a service may have the same name: `from_class` tells which the caller is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// `"caller -> callee"`, the key of [`WorldRecord::calls`](crate::record::WorldRecord::calls).
    pub name: String,
    /// The calling service or class.
    pub caller: String,
    /// Whether the caller is a traffic class.
    pub from_class: bool,
    /// The called service.
    pub callee: String,
}
