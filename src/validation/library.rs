//! The library of failures, in which no theory is known but the laws that hold for every queue.

use crate::time::SimDuration;
use crate::validation::{Case, Group};

/// Its scenarios, by name.
const LIBRARY: [(&str, &str); 18] = [
    ("00-single-queue", include_str!("../../scenarios/00-single-queue.ron")),
    ("brooker-simple-collapse", include_str!("../../scenarios/brooker-simple-collapse.ron")),
    ("bulkhead-shared-pool", include_str!("../../scenarios/bulkhead-shared-pool.ron")),
    ("exercise-3am-inventory-latency", include_str!("../../scenarios/exercise-3am-inventory-latency.ron")),
    ("hotos21-cache", include_str!("../../scenarios/hotos21-cache.ron")),
    ("hotos21-retries", include_str!("../../scenarios/hotos21-retries.ron")),
    ("payment-brownout-cascade", include_str!("../../scenarios/payment-brownout-cascade.ron")),
    ("process-crash-timeline", include_str!("../../scenarios/process-crash-timeline.ron")),
    ("restart-storm", include_str!("../../scenarios/restart-storm.ron")),
    ("retry-amplification", include_str!("../../scenarios/retry-amplification.ron")),
    ("retry-storm-minimal", include_str!("../../scenarios/retry-storm-minimal.ron")),
    ("shared-db-connection-exhaustion", include_str!("../../scenarios/shared-db-connection-exhaustion.ron")),
    ("slow-db-diamond", include_str!("../../scenarios/slow-db-diamond.ron")),
    ("slow-node", include_str!("../../scenarios/slow-node.ron")),
    ("sre-cascade", include_str!("../../scenarios/sre-cascade.ron")),
    ("tail-at-scale", include_str!("../../scenarios/tail-at-scale.ron")),
    ("thursday-checkout-outage", include_str!("../../scenarios/thursday-checkout-outage.ron")),
    ("thursday-human-factors", include_str!("../../scenarios/thursday-human-factors.ron")),
];

/// As much of each as shows its fault.
const LENGTH: SimDuration = SimDuration::from_secs(120);

/// A case without rows for each of them.
pub fn library() -> Vec<Case> {
    let case = |file: &(&'static str, &'static str)| Case {
        once: Some(LENGTH),
        ..Case::new(Group::Laws, file.0, "", *file, None)
    };
    LIBRARY.iter().map(case).collect()
}
