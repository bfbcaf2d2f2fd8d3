//! How far an incident reached: affected requests by severity, class and time, and their users.

use crate::analysis::BySeverity;
use crate::analysis::stretch::{Count, Stretch, Stretches};
use crate::analysis::worse::{End, Severity, severity};
use crate::engine::RequestId;
use crate::id::{ClassId, Id};
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
    /// Affected requests over time, each where it ended.
    ends: Stretches,
    /// By class, as far as any request was compared.
    classes: Vec<ClassBlast>,
    /// Users with a request since the worlds parted, by number, and whether one was affected; the same in several classes
    /// is one.
    users: KeyMap<bool>,
    users_hit: u64,
}

/// What became of the requests of one class.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClassBlast {
    pub(crate) by_severity: BySeverity,
    pub(crate) improved: u64,
    /// From the arrival of the first affected request to the end of the last one.
    pub(crate) span: Option<(SimTime, SimTime)>,
    stretches: Stretches,
}

impl ClassBlast {
    /// The minute in which most requests arrived that were affected.
    pub(crate) fn worst_minute(&self) -> Option<Stretch> {
        self.stretches.worst_minute()
    }

    /// The same for requests of some kind.
    pub(crate) fn worst(&self, of: fn(&Count) -> u64) -> Option<Stretch> {
        self.stretches.worst(of)
    }
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
    ) -> Severity {
        let user_hit = self.users.entry(mix(id.user, 0)).or_default();
        let severity = severity(id, actual, twin, now, limits);
        let position = id.class.position();
        if self.classes.len() <= position {
            self.classes.resize_with(position + 1, ClassBlast::default);
        }
        let class = &mut self.classes[position];
        let (affected, improved) =
            (u64::from(severity.is_affected()), u64::from(severity == Severity::Improved));
        let count = Count {
            requests: 1,
            affected,
            less: u64::from(severity.gave_less()),
            lost: u64::from(severity.is_lost()),
        };
        class.stretches.count(id.arrived_at, count);
        self.improved += improved;
        class.improved += improved;
        if affected == 0 {
            return severity;
        }
        self.by_severity.count(severity);
        class.by_severity.count(severity);
        self.users_hit += u64::from(!std::mem::replace(user_hit, true));
        let ended_at = actual.map_or(now, |end| end.at);
        self.ends.count(ended_at, count);
        self.first = Some(self.first.map_or(id.arrived_at, |first| first.min(id.arrived_at)));
        self.last = Some(self.last.map_or(ended_at, |last| last.max(ended_at)));
        class.span = Some(class.span.map_or((id.arrived_at, ended_at), |(first, last)| {
            (first.min(id.arrived_at), last.max(ended_at))
        }));
        severity
    }

    /// When 99 % of the affected requests had ended, to the width of a bucket.
    pub(crate) fn nearly_all(&self) -> Option<SimTime> {
        let reached = self.ends.all_but(100, |count| count.affected)?;
        self.last.map(|last| reached.min(last))
    }

    /// Affected requests, of any severity.
    pub(crate) const fn affected(&self) -> u64 {
        self.by_severity.affected()
    }

    /// What became of the requests of a class; none if none was compared.
    pub(crate) fn class(&self, id: ClassId) -> Option<&ClassBlast> {
        self.classes.get(id.position())
    }

    /// Share of the users with a request since the worlds parted that had an affected one.
    pub(crate) fn users_affected(&self) -> f64 {
        let seen = self.users.len();
        if seen > 0 { self.users_hit as f64 / seen as f64 } else { 0.0 }
    }
}

impl BySeverity {
    /// Counts an affected request; of those that are not there is nothing to count.
    const fn count(&mut self, severity: Severity) {
        match severity {
            Severity::Unaffected | Severity::Improved => {}
            Severity::Slower => self.slower += 1,
            Severity::Degraded => self.degraded += 1,
            Severity::Unanswered => self.unanswered += 1,
            Severity::Failed => self.failed += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{FailureCause, Outcome};
    use crate::id::{ClassId, Id};
    use crate::random::Key;
    use crate::time::SimDuration;

    #[test]
    fn each_request_counts_once_and_each_user_once() {
        let failed = Outcome::Failed(FailureCause::Timeout);
        let limits = scenario::Impact {
            slower_factor: 2.0,
            slower_margin: SimDuration::from_millis(50),
            contained: 0.0,
        };
        let at = |ms| SimTime::ZERO + SimDuration::from_millis(ms);
        let mut blast = BlastTally::default();
        assert!(blast.users_affected().abs() < 1e-9, "nobody was there");
        // User, arrival, and how it ended in both worlds: when, and how.
        for (user, arrived, actual, twin) in [
            (1, 100, (Outcome::Ok, 110), (Outcome::Ok, 110)),
            (1, 300, (failed, 400), (Outcome::Ok, 310)),
            (1, 200, (failed, 350), (Outcome::Ok, 210)),
            (2, 250, (Outcome::Degraded, 260), (Outcome::Ok, 260)),
            (3, 220, (Outcome::Ok, 900), (Outcome::Ok, 230)),
            (4, 150, (Outcome::Ok, 160), (failed, 990)),
            (4, 160, (Outcome::Ok, 170), (failed, 990)),
        ] {
            let id =
                RequestId { class: ClassId::new(0), number: 0, key: Key(1), user, arrived_at: at(arrived) };
            let end = |(outcome, ms)| Some(End { outcome, at: at(ms), latency: at(ms) - at(arrived) });
            blast.request(&id, end(actual), end(twin), at(1_000), &limits);
        }
        // One who waits at the end, and whose twin does not.
        let id = RequestId { class: ClassId::new(0), number: 0, key: Key(1), user: 3, arrived_at: at(500) };
        let twin = End { outcome: Outcome::Ok, at: at(510), latency: at(510) - at(500) };
        blast.request(&id, None, Some(twin), at(900), &limits);
        let by = blast.by_severity;
        assert_eq!((by.failed, by.unanswered, by.degraded, by.slower), (2, 1, 1, 1));
        let class = blast.class(ClassId::new(0)).unwrap();
        assert_eq!((class.by_severity, class.improved), (by, 2));
        assert_eq!((blast.affected(), blast.improved), (5, 2));
        assert_eq!((blast.first, blast.last), (Some(at(200)), Some(at(900))));
        assert!((blast.users_affected() - 0.75).abs() < 1e-9, "three of four");
        assert_eq!(blast.nearly_all(), Some(at(900)), "with less than a hundred it is the last one");
    }
}
