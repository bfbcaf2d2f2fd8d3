//! How far an incident reached: affected requests by severity, and their users.

use std::collections::BTreeSet;

use crate::analysis::BySeverity;
use crate::analysis::worse::{End, Severity, severity};
use crate::engine::RequestId;
use crate::id::{ClassId, IdVec};
use crate::model::Model;
use crate::scenario;
use crate::time::SimTime;

/// Affected requests and users.
#[derive(Clone, Debug)]
pub struct BlastTally {
    pub(crate) by_severity: BySeverity,
    pub(crate) improved: u64,
    pub(crate) first: Option<SimTime>,
    pub(crate) last: Option<SimTime>,
    /// Users with a request since the worlds parted, and those with an affected one.
    users: IdVec<ClassId, Users>,
}

#[derive(Clone, Debug, Default)]
struct Users {
    seen: BTreeSet<u64>,
    affected: BTreeSet<u64>,
}

impl BlastTally {
    pub(crate) fn new(model: &Model) -> Self {
        Self {
            by_severity: BySeverity::default(),
            improved: 0,
            first: None,
            last: None,
            users: model.classes.iter().map(|_| Users::default()).collect(),
        }
    }

    /// Counts a request that ended in at least one of the worlds.
    pub(crate) fn request(
        &mut self,
        id: &RequestId,
        actual: Option<End>,
        twin: Option<End>,
        now: SimTime,
        limits: &scenario::Impact,
    ) {
        let users = &mut self.users[id.class];
        users.seen.insert(id.user);
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
        users.affected.insert(id.user);
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
        let sum = |of: fn(&Users) -> usize| self.users.iter().map(of).sum::<usize>() as f64;
        let seen = sum(|users| users.seen.len());
        if seen > 0.0 { sum(|users| users.affected.len()) / seen } else { 0.0 }
    }
}
