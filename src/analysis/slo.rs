//! What an incident did to the objectives of its traffic classes: good requests, good minutes, and the error budget.
//!
//! A request is good if it was answered, by a fallback as well, and within the objective's latency. It is bad if it failed, came
//! too late, or was never answered although its twin was. The budget is what may be bad of the requests of the whole
//! period, at the rate of this run's twin. A minute is good if as many of its requests were good as was promised;
//! one in which nothing ended although something ended in the twin is not.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::analysis::Summary;
use crate::analysis::burn::{BurnAlert, Ended, burn};
use crate::record::{ClassSeries, ClassTotals, Record, WorldRecord};
use crate::scenario::{Scenario, Slo};
use crate::time::SimDuration;

/// What an incident did to an objective.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SloSummary {
    /// Share of the requests that must be good.
    pub objective: f64,
    /// How late an answer may be; none for as late as it likes.
    pub latency_ms: Option<f64>,
    /// The period over which it is promised.
    pub over_s: f64,
    /// Requests that ended, or were never answered although their twins were.
    pub requests: u64,
    /// Of those: bad.
    pub bad: u64,
    /// Good requests / requests.
    pub availability: f64,
    /// Good minutes / minutes.
    pub availability_by_minutes: f64,
    /// Minutes that were not good.
    pub bad_minutes: f64,
    /// The error budget of the whole period, in minutes of full outage.
    pub budget_min: f64,
    /// What this run spent of it, in minutes of full outage.
    pub spent_min: f64,
    /// The same as a share: 1 is all of it.
    pub budget_spent: f64,
    /// Of that: beyond what the twin spent; none without a twin.
    pub budget_spent_by_incident: Option<f64>,
    /// When each alert on the burn rate would have fired.
    pub alerts: Vec<BurnAlert>,
}

/// The objectives of all classes that have one.
pub(crate) fn slo(scenario: &Scenario, record: &Record, summary: &Summary) -> IndexMap<String, SloSummary> {
    let classes = scenario.classes();
    let promised = classes.iter().filter_map(|class| Some((&class.name.value, class.slo?)));
    promised.filter_map(|(name, slo)| Some((name.clone(), of_class(name, slo, record, summary)?))).collect()
}

fn of_class(name: &str, slo: Slo, record: &Record, summary: &Summary) -> Option<SloSummary> {
    let radius = summary.blast_radius.as_ref().and_then(|radius| radius.classes.get(name));
    let unanswered = radius.map_or(0, |class| class.by_severity.unanswered);
    let totals = record.actual.totals.classes.get(name)?;
    let twin = record.twin.as_ref();
    let normal = twin.and_then(|twin| twin.totals.classes.get(name));
    let rate = normal.unwrap_or(totals).requests as f64 / record.simulated_s.max(f64::MIN_POSITIVE);
    let over_s = slo.over.as_secs_f64();
    let may_fail = 1.0 - slo.availability;
    let spent = |bad: u64| slo.weight * bad as f64 / (may_fail * rate * over_s).max(f64::MIN_POSITIVE);
    let bad = bad(totals) + unanswered;
    let requests = totals.ok + totals.degraded + totals.failed + unanswered;
    let series = record.actual.classes.get(name)?;
    let minutes = Minutes::of(series, twin.and_then(|twin| twin.classes.get(name)), &record.actual, slo);
    let budget_min = may_fail * over_s / 60.0;
    Some(SloSummary {
        objective: slo.availability,
        latency_ms: slo.latency.map(SimDuration::as_millis_f64),
        over_s,
        requests,
        bad,
        availability: 1.0 - bad as f64 / requests.max(1) as f64,
        availability_by_minutes: 1.0 - minutes.bad / minutes.all.max(f64::MIN_POSITIVE),
        bad_minutes: minutes.bad,
        budget_min,
        spent_min: spent(bad) * budget_min,
        budget_spent: spent(bad),
        budget_spent_by_incident: normal.map(|twin| spent(bad) - spent(self::bad(twin))),
        alerts: burn(&slo, &ended(series), record.actual.window_s, rate, record.simulated_s),
    })
}

/// Requests that ended badly.
const fn bad(totals: &ClassTotals) -> u64 {
    totals.failed + totals.too_slow
}

/// What ended in each window, and how much of it badly.
fn ended(series: &ClassSeries) -> Vec<Ended> {
    let windows = 0..series.ok.len();
    let late = |window| series.too_slow.get(window).copied().unwrap_or(0);
    windows
        .map(|window| Ended {
            all: series.ok[window] + series.failed[window],
            bad: series.failed[window] + late(window),
        })
        .collect()
}

/// Minutes of a run, as near as the record's windows come to them.
struct Minutes {
    all: f64,
    bad: f64,
}

impl Minutes {
    fn of(series: &ClassSeries, twin: Option<&ClassSeries>, world: &WorldRecord, slo: Slo) -> Self {
        let width = (libm::round(60.0 / world.window_s) as usize).max(1);
        let normal = twin.map(ended).unwrap_or_default();
        let sum = |windows: &[Ended]| {
            windows.iter().fold((0, 0), |sum: (u64, u64), ended| (sum.0 + ended.all, sum.1 + ended.bad))
        };
        let mut minutes = Self { all: 0.0, bad: 0.0 };
        for (position, windows) in ended(series).chunks(width).enumerate() {
            let (all, bad) = sum(windows);
            let from = (position * width).min(normal.len());
            let (wanted, _) = sum(&normal[from..(from + width).min(normal.len())]);
            let silent = all == 0 && wanted > 0;
            let is_bad = silent || bad as f64 > (1.0 - slo.availability) * all as f64 + 1e-9;
            let length = windows.len() as f64 * world.window_s / 60.0;
            minutes.all += length;
            minutes.bad += if is_bad { length } else { 0.0 };
        }
        minutes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{BlastRadius, BySeverity, ClassRadius, fixture, summarize};
    use crate::record::Totals;

    /// Ten percent may be bad of 1,000 s; each counts twice.
    const SLO: Slo =
        Slo { availability: 0.9, latency: None, over: SimDuration::from_secs(1_000), weight: 2.0 };

    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-9, "{found} instead of {wanted}");
    }

    fn world(series: ClassSeries, totals: ClassTotals) -> WorldRecord {
        WorldRecord {
            window_s: 1.0,
            windows: series.ok.len(),
            classes: [("c".to_owned(), series)].into(),
            totals: Totals { classes: [("c".to_owned(), totals)].into(), ..Totals::default() },
            ..WorldRecord::default()
        }
    }

    /// 180 s: 1,000 requests came, 200 were bad, 20 of them never answered; the twin's 900 had 18 bad ones, five a second came.
    #[test]
    fn a_budget_is_that_of_the_period_at_the_rate_of_the_twin() {
        let mut series = ClassSeries { ok: vec![5; 180], failed: vec![0; 180], ..ClassSeries::default() };
        series.failed[..60].fill(1);
        let totals = ClassTotals {
            requests: 1_000,
            ok: 700,
            degraded: 100,
            failed: 150,
            too_slow: 30,
            ..ClassTotals::default()
        };
        let usual = ClassTotals { requests: 900, ok: 880, failed: 9, too_slow: 9, ..ClassTotals::default() };
        let twin = world(series.clone(), usual);
        let mut record = fixture::bare(180.0, world(series, totals), Some(twin));
        let mut summary = summarize::summarize(&record);
        let by_severity = BySeverity { unanswered: 20, failed: 90, ..BySeverity::default() };
        let radius = ClassRadius { by_severity, ..ClassRadius::default() };
        let classes = [("c".to_owned(), radius)].into();
        summary.blast_radius = Some(BlastRadius { classes, ..BlastRadius::default() });
        let found = of_class("c", SLO, &record, &summary).unwrap();
        assert_eq!((found.requests, found.bad), (970, 200));
        near(found.availability, 1.0 - 200.0 / 970.0);
        near(found.budget_min, 100.0 / 60.0);
        // Of the 5,000 requests of the period 500 may be bad.
        near(found.budget_spent, 2.0 * 200.0 / 500.0);
        near(found.spent_min, 80.0 / 60.0);
        near(found.budget_spent_by_incident.unwrap(), 2.0 * (200.0 - 18.0) / 500.0);
        near(found.availability_by_minutes, 2.0 / 3.0);
        near(found.bad_minutes, 1.0);
        // Without a twin the rate is its own, and it is not known what is the incident's.
        record.twin = None;
        let found = of_class("c", SLO, &record, &summary).unwrap();
        near(found.budget_spent, 2.0 * 200.0 / (100.0 * 1_000.0 / 180.0));
        assert_eq!(found.budget_spent_by_incident, None);
    }

    /// Two minutes and a half: a tenth is bad, then one more, then nothing ends although something does in the twin.
    #[test]
    fn a_minute_is_good_if_as_many_were_as_was_promised() {
        let mut series = ClassSeries {
            ok: [vec![9; 120], vec![0; 30]].concat(),
            failed: [vec![1; 120], vec![0; 30]].concat(),
            too_slow: vec![0; 150],
            ..ClassSeries::default()
        };
        series.too_slow[119] = 1;
        let mut twin = ClassSeries { ok: vec![0; 130], failed: vec![0; 130], ..ClassSeries::default() };
        twin.ok[125] = 1;
        let world = world(series.clone(), ClassTotals::default());
        let minutes = |series: &ClassSeries, twin: Option<&ClassSeries>| {
            let minutes = Minutes::of(series, twin, &world, SLO);
            (minutes.all, minutes.bad)
        };
        assert_eq!(minutes(&series, Some(&twin)), (2.5, 1.5));
        assert_eq!(minutes(&series, None), (2.5, 1.0));
        twin.ok.swap(119, 125);
        assert_eq!(minutes(&series, Some(&twin)), (2.5, 1.0), "nothing ended in the twin either");
        series.too_slow.clear();
        assert_eq!(minutes(&series, Some(&twin)), (2.5, 0.0));
        series.ok[..60].fill(0);
        series.failed[..60].fill(0);
        assert_eq!(minutes(&series, Some(&twin)), (2.5, 0.0), "silent, as in the twin");
        twin.ok[0] = 1;
        assert_eq!(minutes(&series, Some(&twin)), (2.5, 1.0), "the first minute as any other");
        // Nine windows of 7 s are the nearest to a minute: the ninth and the eighteenth are the last of a minute.
        let bad = |window: usize| {
            let mut series = ClassSeries { ok: vec![9; 20], failed: vec![1; 20], ..ClassSeries::default() };
            series.failed[window] = 2;
            let world = WorldRecord { window_s: 7.0, ..WorldRecord::default() };
            Minutes::of(&series, None, &world, SLO).bad
        };
        for (window, length) in [(8, 63.0), (9, 63.0), (17, 63.0), (18, 14.0)] {
            near(bad(window), length / 60.0);
        }
    }
}
