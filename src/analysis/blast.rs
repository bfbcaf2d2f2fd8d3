//! How far an incident reached: affected requests by severity, and their users.

use crate::analysis::BySeverity;
use crate::analysis::worse::{End, Severity, severity};
use crate::engine::RequestId;
use crate::random::{KeyMap, mix};
use crate::scenario;
use crate::time::SimTime;

/// Affected requests and users.
#[derive(Clone, Debug, Default)]
pub struct BlastTally {
    pub(crate) by_severity: BySeverity,
    pub(crate) improved: u64,
    pub(crate) first: Option<SimTime>,
    pub(crate) last: Option<SimTime>,
    /// Users with a request since the worlds parted, by number, and whether one was affected; the same in several classes
    /// is one.
    users: KeyMap<bool>,
    users_hit: u64,
}

impl BlastTally {
    /// Counts a request that ended in at least one of the worlds.
    pub(crate) fn request(
        &mut self,
        id: &RequestId,
        actual: Option<End>,
        twin: Option<End>,
        now: SimTime,
        limits: &scenario::Impact,
    ) {
        let user_hit = self.users.entry(mix(id.user, 0)).or_default();
        match severity(id, actual, twin, now, limits) {
            Severity::Unaffected => return,
            Severity::Improved => {
                self.improved += 1;
                return;
            }
            Severity::Slower => self.by_severity.slower += 1,
            Severity::Degraded => self.by_severity.degraded += 1,
            Severity::Failed => self.by_severity.failed += 1,
        }
        self.users_hit += u64::from(!std::mem::replace(user_hit, true));
        let ended_at = actual.map_or(now, |end| end.at);
        self.first = Some(self.first.map_or(id.arrived_at, |first| first.min(id.arrived_at)));
        self.last = Some(self.last.map_or(ended_at, |last| last.max(ended_at)));
    }

    /// Affected requests, of any severity.
    pub(crate) const fn affected(&self) -> u64 {
        let by = &self.by_severity;
        by.slower + by.degraded + by.incorrect + by.failed
    }

    /// Share of the users with a request since the worlds parted that had an affected one.
    pub(crate) fn users_affected(&self) -> f64 {
        let seen = self.users.len();
        if seen > 0 { self.users_hit as f64 / seen as f64 } else { 0.0 }
    }
}
