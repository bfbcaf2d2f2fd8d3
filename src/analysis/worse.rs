//! When something counts as worse off than its twin: the definitions, and nothing else.
//!
//! A request has one severity, its worst: failed > unanswered > incorrect > degraded > slower. **Unanswered** is one that is
//! still open at the horizon, or could not even be begun by then, although its twin's answer is overdue by more than
//! makes an answer slower. Its user has got nothing, as if it had failed, and its value is lost with the failed ones'; but
//! nobody was told so, and what it would have become lies beyond the horizon. So it is not said to have failed, and stands next
//! to it. A blackout in which every user hangs thus reads as one.

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    Unaffected,
    Improved,
    Slower,
    Degraded,
    Unanswered,
    Failed,
}

impl Severity {
    /// Whether it is worse off.
    pub(crate) const fn is_affected(self) -> bool {
        !matches!(self, Self::Unaffected | Self::Improved)
    }

    /// Whether its user got less than the twin's, or nothing.
    pub(crate) const fn gave_less(self) -> bool {
        matches!(self, Self::Degraded | Self::Unanswered | Self::Failed)
    }

    /// Whether its user got nothing that the twin's got.
    pub(crate) const fn is_lost(self) -> bool {
        matches!(self, Self::Unanswered | Self::Failed)
    }
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
        (None, Some(twin)) if !twin.outcome.is_failed() && age > bound(limits, twin.latency) => {
            Severity::Unanswered
        }
        _ => Severity::Unaffected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::FailureCause;
    use crate::id::{ClassId, Id};
    use crate::random::Key;

    const FAILED: Outcome = Outcome::Failed(FailureCause::Timeout);

    fn ms(ms: u64) -> SimDuration {
        SimDuration::from_millis(ms)
    }

    fn limits() -> scenario::Impact {
        scenario::Impact { slower_factor: 2.0, slower_margin: ms(50), contained: 0.0 }
    }

    #[expect(clippy::unnecessary_wraps, reason = "rows read better")]
    fn end(outcome: Outcome, latency_ms: u64) -> Option<End> {
        let at = SimTime::ZERO + ms(1_000 + latency_ms);
        Some(End { outcome, at, latency: ms(latency_ms) })
    }

    #[test]
    fn a_request_is_judged_by_its_twin() {
        use Outcome::{Degraded, Ok};
        let id = RequestId {
            class: ClassId::new(0),
            number: 0,
            key: Key(1),
            user: 0,
            arrived_at: SimTime::ZERO + ms(1_000),
        };
        let now = SimTime::ZERO + ms(1_500);
        for (actual, twin, wanted) in [
            (end(Ok, 10), end(Ok, 10), Severity::Unaffected),
            (end(FAILED, 10), end(Ok, 10), Severity::Failed),
            (end(FAILED, 10), end(Degraded, 10), Severity::Failed),
            (end(FAILED, 900), end(FAILED, 10), Severity::Unaffected),
            (end(Ok, 900), end(FAILED, 10), Severity::Improved),
            (end(Degraded, 10), end(Ok, 10), Severity::Degraded),
            (end(Degraded, 900), end(Degraded, 10), Severity::Slower),
            (end(Ok, 10), end(Degraded, 10), Severity::Improved),
            // Late after twice the twin's latency and 50 ms.
            (end(Ok, 70), end(Ok, 10), Severity::Unaffected),
            (end(Ok, 71), end(Ok, 10), Severity::Slower),
            // Under way for 500 ms.
            (None, end(Ok, 224), Severity::Unanswered),
            (None, end(Ok, 225), Severity::Unaffected),
            (None, end(FAILED, 10), Severity::Unaffected),
            (None, None, Severity::Unaffected),
            (end(FAILED, 10), None, Severity::Unaffected),
        ] {
            assert_eq!(severity(&id, actual, twin, now, &limits()), wanted, "{actual:?} {twin:?}");
        }
    }
}
