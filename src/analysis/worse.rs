//! When something counts as worse off than its twin: the definitions, and nothing else.

use crate::engine::RequestId;
use crate::failure::Outcome;
use crate::scenario;
use crate::time::{SimDuration, SimTime};

/// How something ended in one world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) outcome: Outcome,
    pub(crate) at: SimTime,
    pub(crate) latency: SimDuration,
}

/// What became of a request, against its twin.
pub(crate) enum Severity {
    Unaffected,
    Improved,
    Slower,
    Degraded,
    Failed,
}

/// When a latency counts as worse than the twin's.
pub(crate) fn bound(limits: &scenario::Impact, twin: SimDuration) -> SimDuration {
    twin.scaled(limits.slower_factor) + limits.slower_margin
}

fn is_degraded(end: End) -> bool {
    end.outcome == Outcome::Degraded
}

/// What became of a request that ended in at least one of the worlds by `now`.
pub(crate) fn severity(
    id: &RequestId,
    actual: Option<End>,
    twin: Option<End>,
    now: SimTime,
    limits: &scenario::Impact,
) -> Severity {
    let age = now - id.arrived_at;
    match (actual, twin) {
        (Some(actual), Some(twin)) => match (actual.outcome.is_failed(), twin.outcome.is_failed()) {
            (true, false) => Severity::Failed,
            (false, true) => Severity::Improved,
            (false, false) if is_degraded(actual) && !is_degraded(twin) => Severity::Degraded,
            (false, false) if is_degraded(twin) && !is_degraded(actual) => Severity::Improved,
            (false, false) if actual.latency > bound(limits, twin.latency) => Severity::Slower,
            _ => Severity::Unaffected,
        },
        // Still under way at the horizon, or never begun by then: late if its twin was done long ago.
        (None, Some(twin)) if !twin.outcome.is_failed() && age > bound(limits, twin.latency) => {
            Severity::Slower
        }
        _ => Severity::Unaffected,
    }
}
