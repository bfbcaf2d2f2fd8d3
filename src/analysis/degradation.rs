//! How much of the service was left, over time and at its worst. Levels and kinds are the trade's; their bounds stand here.
//!
//! **Capability** is goodput against the twin's, from 0 to 1: an answer counts 1, one by a fallback [`FALLBACK`], both
//! in the actual world and in the twin. **Bad minutes** add up what was missing: 40 % for 20 minutes are 12. Answers that come
//! a little later make up for it; a backlog that is answered at once, after an outage, makes up for no more than that moment.
//!
//! Of a few requests a second many fail in some seconds by chance: what a stretch tells is the capability of the ten seconds
//! that end or begin with it, whichever is more like its own, unless that lies further from both than chance would have it, or
//! nothing was answered at all.
//!
//! The **level** is the highest on this spectrum that the capability reaches; the first from 99 % on:
//!
//! | level | means |
//! |---|---|
//! | 100 | normal |
//! | 80 | slight degradation |
//! | 60 | visible degradation |
//! | 40 | major degradation |
//! | 20 | minimal viable service |
//! | 5 | a status page and little more |
//! | 0 | down |
//!
//! The **kind** says what users noticed, in the minute in which most did. Each takes three requests and 1 % of those of the
//! minute, `critical` 90 %, from which on a class is unavailable; so is one that is down for 90 % of a minute, even if all of
//! them are answered in the end:
//!
//! | kind | requests were | calls for |
//! |---|---|---|
//! | `invisible` | affected, but fewer | monitor |
//! | `cosmetic` | slower | investigate |
//! | `functional` | answered with less | alert |
//! | `transactional` | lost: failed or never answered | page |
//! | `critical` | lost, nearly all | war room |

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::analysis::blast::{BlastTally, ClassBlast};
use crate::analysis::goodput::{Piece, pieces};
use crate::analysis::stretch::Count;
use crate::model::Model;
use crate::record::{Record, WorldRecord};

/// What an answer by a fallback is worth.
const FALLBACK: f64 = 0.5;
/// Capability from which on everything is as normal.
const NORMAL: f64 = 0.99;
/// The levels below normal.
const LEVELS: [u8; 6] = [80, 60, 40, 20, 5, 0];
/// Requests that somebody notices, and their share of a minute.
const NOTICED: u64 = 3;
const NOTICED_SHARE: f64 = 0.01;
/// Share of lost requests at which a class is unavailable.
const UNAVAILABLE: f64 = 0.9;
/// Capability that counts in a stretch, at most: chance evens out, and no stretch makes up for more than one like it.
const MADE_UP: f64 = 2.0;
/// What a stretch has by itself is told if it lies so many standard deviations from what is around it,
const CHANCE: f64 = 4.0;
/// with this variance for one request, at least: where nothing fails, answers come a little earlier or later.
const LEAST_VARIANCE: f64 = 0.1;
/// So many seconds before or after a stretch are around it.
const AROUND_S: f64 = 10.0;
/// Seconds at level 0 from which on it is critical.
const DOWN_S: f64 = UNAVAILABLE * 60.0;

/// How much of the service was left.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DegradationSummary {
    /// Of all requests together; its kind is the worst of the classes'.
    pub overall: Degradation,
    /// By traffic class.
    pub classes: IndexMap<String, Degradation>,
}

/// How much was left of a class, or of all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Degradation {
    /// What users noticed; none if no request was affected.
    pub kind: Option<DegradationKind>,
    /// The lowest capability, 0 to 1.
    pub lowest: f64,
    /// When it was so low.
    pub lowest_s: Option<f64>,
    /// Its level on the spectrum, 100 to 0.
    pub level: u8,
    /// What was missing, in minutes of full outage.
    pub bad_minutes: f64,
    /// Time at each level that was reached, from 100 on down.
    pub seconds_at: IndexMap<String, f64>,
    /// The level over time: (from when, level), each until the next.
    pub levels: Vec<(f64, u8)>,
}

/// What users notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DegradationKind {
    /// Hardly anybody notices anything.
    Invisible,
    /// Answers are slower.
    Cosmetic,
    /// Answers give less.
    Functional,
    /// Requests are lost.
    Transactional,
    /// Nearly all requests are lost.
    Critical,
}

impl DegradationKind {
    /// Its name in files and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invisible => "invisible",
            Self::Cosmetic => "cosmetic",
            Self::Functional => "functional",
            Self::Transactional => "transactional",
            Self::Critical => "critical",
        }
    }

    /// What it calls for.
    pub const fn calls_for(self) -> &'static str {
        match self {
            Self::Invisible => "monitor",
            Self::Cosmetic => "investigate",
            Self::Functional => "alert",
            Self::Transactional => "page",
            Self::Critical => "war room",
        }
    }
}

/// How much of each class was left, and of all; none without a twin.
pub(crate) fn degradation(model: &Model, record: &Record, blast: &BlastTally) -> Option<DegradationSummary> {
    let twin = record.twin.as_ref()?;
    let traffic = model.traffic().map(|id| (&model.classes[id].name, blast.class(id).and_then(kind)));
    let one = |(name, kind): (&String, Option<DegradationKind>)| {
        let told = over_time(record, twin, Some(name));
        let down_s = told.seconds_at.get("0").copied().unwrap_or_default();
        let kind = kind.max((down_s >= DOWN_S).then_some(DegradationKind::Critical));
        (name.clone(), Degradation { kind, ..told })
    };
    let classes: IndexMap<String, Degradation> = traffic.map(one).collect();
    let kind = classes.values().filter_map(|class| class.kind).max();
    Some(DegradationSummary { overall: Degradation { kind, ..over_time(record, twin, None) }, classes })
}

/// What the users of a class noticed.
fn kind(class: &ClassBlast) -> Option<DegradationKind> {
    let noticed = |of: fn(&Count) -> u64| {
        let count = class.worst(of)?.count;
        let share = of(&count) as f64 / count.requests.max(1) as f64;
        (of(&count) >= NOTICED && share >= NOTICED_SHARE).then_some(share)
    };
    if class.by_severity.affected() == 0 {
        return None;
    }
    Some(match (noticed(|c| c.lost), noticed(|c| c.less), noticed(|c| c.affected)) {
        (Some(share), ..) if share >= UNAVAILABLE => DegradationKind::Critical,
        (Some(_), ..) => DegradationKind::Transactional,
        (None, Some(_), _) => DegradationKind::Functional,
        (None, None, Some(_)) => DegradationKind::Cosmetic,
        (None, None, None) => DegradationKind::Invisible,
    })
}

/// The capability of a stretch of time; above 1 where answers come that were missing before.
fn capability(piece: &Piece) -> f64 {
    let worth = |ok: u64, degraded: u64| ok as f64 + FALLBACK * degraded as f64;
    worth(piece.ok, piece.degraded) / worth(piece.twin_ok, piece.twin_degraded)
}

/// The capability that one of all stretches tells.
fn told(pieces: &[Piece], position: usize) -> f64 {
    let piece = &pieces[position];
    let begin = pieces.partition_point(|other| other.to_s <= piece.from_s - AROUND_S);
    let end = pieces.partition_point(|other| other.from_s < piece.to_s + AROUND_S);
    let own = capability(piece);
    let [before, after] =
        [begin..position + 1, position..end].map(|around| capability(&together(&pieces[around])));
    let around = if (own - before).abs() < (own - after).abs() { before } else { after };
    let requests = (piece.twin_ok + piece.twin_degraded) as f64;
    let variance = (around * (1.0 - around)).max(LEAST_VARIANCE);
    let is_silent = piece.ok + piece.degraded == 0;
    if is_silent || (own - around).abs() > CHANCE * (variance / requests).sqrt() { own } else { around }
}

/// Stretches together.
fn together(pieces: &[Piece]) -> Piece {
    pieces[1..].iter().fold(pieces[0], |sum, piece| Piece {
        from_s: sum.from_s,
        to_s: piece.to_s,
        ok: sum.ok + piece.ok,
        degraded: sum.degraded + piece.degraded,
        twin_ok: sum.twin_ok + piece.twin_ok,
        twin_degraded: sum.twin_degraded + piece.twin_degraded,
    })
}

/// The level that a capability reaches.
fn level(capability: f64) -> u8 {
    if capability >= NORMAL {
        return 100;
    }
    // A rounding error is no step down.
    let reached = |level: &&u8| 100.0 * capability + 1e-9 >= f64::from(**level);
    LEVELS.iter().find(reached).copied().unwrap_or(0)
}

fn over_time(record: &Record, twin: &WorldRecord, class: Option<&str>) -> Degradation {
    let mut found = Degradation { lowest: 1.0, level: 100, ..Degradation::default() };
    let pieces = pieces(&record.actual, twin, class);
    for (position, piece) in pieces.iter().enumerate() {
        found.add(piece, told(&pieces, position));
    }
    found.bad_minutes = found.bad_minutes.max(0.0);
    found.seconds_at.sort_by_key(|level, _| std::cmp::Reverse(level.parse::<u8>().unwrap_or(0)));
    found
}

impl Degradation {
    /// Adds a stretch, which tells this capability.
    fn add(&mut self, piece: &Piece, told: f64) {
        let length_s = piece.to_s - piece.from_s;
        if told < self.lowest {
            (self.lowest, self.lowest_s) = (told, Some(piece.from_s));
        }
        let level = level(told);
        self.level = self.level.min(level);
        self.bad_minutes += (1.0 - capability(piece).min(MADE_UP)) * length_s / 60.0;
        *self.seconds_at.entry(level.to_string()).or_default() += length_s;
        if self.levels.last().is_none_or(|last| last.1 != level) {
            self.levels.push((piece.from_s, level));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::fixture::attended;

    #[test]
    fn levels_are_the_highest_that_is_reached() {
        let levels = [1.0, 0.99, 0.989, 0.8, 0.799, 0.6, 0.45, 0.2, 0.19, 0.05, 0.049, 0.0].map(level);
        assert_eq!(levels, [100, 100, 80, 80, 60, 60, 40, 20, 5, 5, 0, 0]);
    }

    /// 40 % for 20 minutes are 12 bad minutes; what fallbacks answer counts half.
    #[test]
    fn bad_minutes_are_what_was_missing() {
        let (mut record, _) = attended();
        let class = record.actual.classes.get_mut("search").unwrap();
        class.ok.iter_mut().take(1_200).for_each(|ok| *ok = 80);
        let told = |record: &Record| over_time(record, record.twin.as_ref().unwrap(), Some("search"));
        let found = told(&record);
        assert!((found.bad_minutes - 12.0).abs() < 1e-6, "{found:?}");
        assert_eq!(
            (found.level, found.lowest_s, found.levels.clone()),
            (40, Some(0.0), vec![(0.0, 40), (1200.0, 100)])
        );
        assert_eq!(
            found.seconds_at.into_iter().collect::<Vec<_>>(),
            [("100".to_owned(), 300.0), ("40".to_owned(), 1200.0)]
        );
        // The other 60 % get an answer of half the worth.
        let class = record.actual.classes.get_mut("search").unwrap();
        class.ok.iter_mut().take(1_200).for_each(|ok| *ok = 200);
        class.degraded.iter_mut().take(1_200).for_each(|degraded| *degraded = 120);
        let found = told(&record);
        assert!((found.bad_minutes - 6.0).abs() < 1e-6 && (found.lowest - 0.7).abs() < 1e-9, "{found:?}");
        // A backlog is answered at once: that second makes up for another, and for no more.
        let class = record.actual.classes.get_mut("search").unwrap();
        class.ok[1_300] += 20_000;
        let later = told(&record);
        assert!((later.bad_minutes - (6.0 - 1.0 / 60.0)).abs() < 1e-6, "{later:?}");
        record.actual.classes.get_mut("search").unwrap().ok[1_300] -= 20_000;
        // As many windows of two seconds last twice as long.
        (record.actual.window_s, record.twin.as_mut().unwrap().window_s) = (2.0, 2.0);
        assert!((told(&record).bad_minutes - 12.0).abs() < 1e-6);
    }

    /// Of 20 a second three in ten are missing for five minutes, fewer or more of them by chance, and all for ten seconds.
    #[test]
    fn what_a_second_lacks_by_chance_is_told_by_those_around_it() {
        let (mut record, _) = attended();
        let windows = record.actual.windows;
        for world in [&mut record.actual, record.twin.as_mut().unwrap()] {
            world.window_s = 1.0;
            let class = world.classes.get_mut("search").unwrap();
            (class.ok, class.degraded) = (vec![20; windows], vec![0; windows]);
        }
        let class = record.actual.classes.get_mut("search").unwrap();
        (300..600).for_each(|second| class.ok[second] = [9, 14, 19][second % 3]);
        let found = |record: &Record| over_time(record, record.twin.as_ref().unwrap(), Some("search"));
        let told = found(&record);
        assert!((told.lowest - 0.7).abs() < 0.03 && told.level == 60, "{told:?}");
        assert!((told.bad_minutes - 1.5).abs() < 1e-6);
        assert_eq!(told.levels[..2], [(0.0, 100), (300.0, 60)]);
        assert!(told.seconds_at["60"] > 290.0 && told.seconds_at["100"] > 1_199.0, "{told:?}");
        let class = record.actual.classes.get_mut("search").unwrap();
        class.ok[310..320].fill(0);
        let told = found(&record);
        assert_eq!((told.lowest, told.lowest_s, told.level), (0.0, Some(310.0), 0));
        assert!((told.seconds_at["0"] - 10.0).abs() < 1e-9, "{told:?}");
    }

    /// So many requests in a second, so many of which come 900 ms late.
    #[test]
    fn somebody_notices_three_requests_if_they_are_one_in_a_hundred() {
        use crate::analysis::worse::End;
        use crate::engine::RequestId;
        use crate::failure::Outcome;
        use crate::id::{ClassId, Id};
        use crate::time::{SimDuration, SimTime};
        let limits = crate::scenario::Impact {
            slower_factor: 2.0,
            slower_margin: SimDuration::from_millis(50),
            contained: 0.0,
        };
        let found = |requests: u64, late: u64| {
            let mut blast = BlastTally::default();
            for number in 0..requests {
                let arrived_at = SimTime::ZERO + SimDuration::from_millis(number % 1_000);
                let key = crate::random::Key(number);
                let id = RequestId { class: ClassId::new(0), number, key, user: number, arrived_at };
                let end = |ms| {
                    let latency = SimDuration::from_millis(ms);
                    Some(End { outcome: Outcome::Ok, at: arrived_at + latency, latency })
                };
                let actual = end(if number < late { 910 } else { 10 });
                blast.request(&id, actual, end(10), arrived_at + SimDuration::from_secs(2), &limits);
            }
            blast.class(ClassId::new(0)).and_then(kind)
        };
        assert_eq!(found(300, 3), Some(DegradationKind::Cosmetic));
        assert_eq!(found(301, 3), Some(DegradationKind::Invisible), "too small a share");
        assert_eq!(found(10, 2), Some(DegradationKind::Invisible), "too few");
        assert_eq!(found(10, 0), None);
    }
}
