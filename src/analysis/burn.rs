//! Alerts on the burn rate of an error budget, as the SRE workbook has them: which would have fired, and when.
//!
//! The burn rate is the share of bad requests over the share that may be bad. An alert fires when it is too high over a long
//! window and over a short one, so that it is neither noisy nor late, and ceases soon. For a period of 30 days:
//!
//! | burn rate | long window | short window | calls for |
//! |---|---|---|---|
//! | 14.4 | 1 h | 5 min | a page |
//! | 6 | 6 h | 30 min | a page |
//! | 1 | 3 d | 6 h | a ticket |
//!
//! For another period the windows are as much longer or shorter. What a window holds from before T+0 is taken to be good
//! requests at the twin's rate. If an alert fires in spite of that, it would have fired, at the latest then. If it does not and
//! the run is shorter than its long window, it is not judged: the time before could have decided.
//!
//! Alerts see what has ended: as long as everybody hangs, none fires.

use serde::{Deserialize, Serialize};

use crate::scenario::Slo;

/// The period that the windows are meant for.
const PERIOD_S: f64 = 30.0 * 86_400.0;
/// Burn rate, long and short window, what it calls for.
const RULES: [(f64, f64, f64, &str); 3] = [
    (14.4, 3_600.0, 300.0, "page"),
    (6.0, 6.0 * 3_600.0, 1_800.0, "page"),
    (1.0, 3.0 * 86_400.0, 6.0 * 3_600.0, "ticket"),
];

/// An alert on a burn rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BurnAlert {
    /// What it calls for: `page` or `ticket`.
    pub calls_for: String,
    /// The burn rate from which on it fires.
    pub burn_rate: f64,
    /// Its long window.
    pub long_s: f64,
    /// Its short window.
    pub short_s: f64,
    /// Whether it fired.
    pub state: BurnState,
    /// When it first did.
    pub first_s: Option<f64>,
}

/// Whether an alert fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BurnState {
    /// It did.
    Fired,
    /// It did not.
    Quiet,
    /// The run is shorter than its long window, and did not make it fire by itself.
    NotJudged,
}

/// Requests that ended in a window of the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) all: u64,
    /// Of those: bad.
    pub(crate) bad: u64,
}

/// The alerts on an objective, over windows of this width; `rate` is how many requests end per second normally.
pub(crate) fn burn(slo: &Slo, ended: &[Ended], window_s: f64, rate: f64, simulated_s: f64) -> Vec<BurnAlert> {
    let scale = slo.over.as_secs_f64() / PERIOD_S;
    let one = |(burn_rate, long_s, short_s, calls_for): &(f64, f64, f64, &str)| {
        let (long_s, short_s) = (long_s * scale, short_s * scale);
        let long = burn_rates(slo, ended, window_s, rate, long_s);
        let short = burn_rates(slo, ended, window_s, rate, short_s);
        // What follows from round numbers is not to be missed for a rounding error.
        let burns = |burn: &f64| *burn >= *burn_rate - 1e-9;
        let first = long.zip(short).position(|(long, short)| burns(&long) && burns(&short));
        let first_s = first.map(|window| ((window + 1) as f64 * window_s).min(simulated_s));
        let state = match first {
            Some(_) => BurnState::Fired,
            None if simulated_s >= long_s - 1e-9 => BurnState::Quiet,
            None => BurnState::NotJudged,
        };
        BurnAlert {
            calls_for: (*calls_for).to_owned(),
            burn_rate: *burn_rate,
            long_s,
            short_s,
            state,
            first_s,
        }
    };
    RULES.iter().map(one).collect()
}

/// The burn rate over the time before the end of each window; a length shorter than a window is that of one.
fn burn_rates(
    slo: &Slo,
    ended: &[Ended],
    window_s: f64,
    rate: f64,
    length_s: f64,
) -> impl Iterator<Item = f64> {
    let width = (libm::round(length_s / window_s) as usize).max(1);
    let may_fail = 1.0 - slo.availability;
    let (mut all, mut bad) = (0, 0);
    (0..ended.len()).map(move |last| {
        all += ended[last].all;
        bad += ended[last].bad;
        if let Some(gone) = last.checked_sub(width) {
            all -= ended[gone].all;
            bad -= ended[gone].bad;
        }
        let before = rate * width.saturating_sub(last + 1) as f64 * window_s;
        let requests = all as f64 + before;
        if requests > 0.0 { bad as f64 / requests / may_fail } else { 0.0 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SimDuration;

    const SLO: Slo =
        Slo { availability: 0.999, latency: None, over: SimDuration::from_secs(30 * 86_400), weight: 1.0 };

    /// Seconds of ten requests each, of which so many are bad from a second on.
    fn seconds(count: usize, bad_from: usize, bad: u64) -> Vec<Ended> {
        (0..count).map(|second| Ended { all: 10, bad: if second >= bad_from { bad } else { 0 } }).collect()
    }

    fn told(slo: &Slo, ended: &[Ended]) -> Vec<(BurnState, Option<f64>)> {
        let alerts = burn(slo, ended, 1.0, 10.0, ended.len() as f64);
        alerts.into_iter().map(|alert| (alert.state, alert.first_s)).collect()
    }

    /// Of an hour 1.44 % must be bad: 51.84 s of outage; of six hours 0.6 %: 129.6 s; of three days 0.1 %: 259.2 s.
    #[test]
    fn an_outage_fires_each_alert_once_it_has_burned_enough() {
        let fired = |s| (BurnState::Fired, Some(s));
        let outage = seconds(1_500, 100, 10);
        assert_eq!(told(&SLO, &outage), [fired(152.0), fired(230.0), fired(360.0)]);
        // A tenth of the period: windows of a tenth of the length.
        let short = Slo { over: SimDuration::from_secs(3 * 86_400), ..SLO };
        assert_eq!(told(&short, &outage), [fired(106.0), fired(113.0), fired(126.0)]);
        let lengths: Vec<_> = burn(&short, &outage, 1.0, 10.0, 1_500.0)
            .iter()
            .map(|alert| (alert.long_s.round() as u32, alert.short_s.round() as u32))
            .collect();
        assert_eq!(lengths, [(360, 30), (2_160, 180), (25_920, 2_160)]);
    }

    /// One request in a hundred may be bad: 576 s in which nine of ten are make 14.4 times as many of those of an hour, to the
    /// request. The same in windows of two seconds.
    #[test]
    fn an_alert_fires_at_its_rate() {
        let slo = Slo { availability: 0.99, ..SLO };
        let outage = seconds(1_000, 100, 9);
        assert_eq!(told(&slo, &outage)[0], (BurnState::Fired, Some(676.0)));
        let wide: Vec<Ended> = outage
            .chunks(2)
            .map(|two| Ended { all: two[0].all + two[1].all, bad: two[0].bad + two[1].bad })
            .collect();
        assert_eq!(burn(&slo, &wide, 2.0, 10.0, 1_000.0)[0].first_s, Some(676.0));
    }

    #[test]
    fn what_the_time_before_could_have_decided_is_not_judged() {
        use BurnState::{NotJudged, Quiet};
        let nothing = [(NotJudged, None); 3];
        assert_eq!(told(&SLO, &seconds(3_599, 0, 0)), nothing);
        assert_eq!(told(&SLO, &seconds(3_600, 0, 0)), [(Quiet, None), nothing[1], nothing[2]]);
        assert_eq!(told(&SLO, &[]), nothing);
    }

    /// 50 s of outage are too little for an hour. Later every tenth request is bad: the hour has enough of it after 19 s, the five
    /// minutes, of which the outage is no longer part, after 44 s.
    #[test]
    fn it_takes_both_windows() {
        let outage = [seconds(600, 0, 0), seconds(50, 0, 10), seconds(320, 0, 0)].concat();
        assert_eq!(told(&SLO, &outage)[0], (BurnState::NotJudged, None));
        let more = [outage, seconds(100, 0, 1)].concat();
        assert_eq!(told(&SLO, &more)[0], (BurnState::Fired, Some(1_014.0)));
    }
}
