//! A service that is killed for its memory, starts, and is killed again without having got on in between: told at the kill
//! by which that shows. Knows no cause.

use std::ops::Range;

use indexmap::IndexMap;

use crate::record::{Record, ServiceSeries, Transition, WorldRecord};
use crate::report::html::key::all::KeyMoment;
use crate::report::quantity::{counted, instant, ratio, seconds, share};

/// It gets on if such a share of the attempts at it succeeds over such a time, of so many at the least.
const WELL: f64 = 0.9;
const WELL_S: f64 = 10.0;
const ENOUGH: u64 = 10;
/// Caches that know less than this share of what they usually do are cold.
const COLD: f64 = 0.8;
/// More attempts than this, against the twin, are worth telling.
const MANY: f64 = 1.5;

/// Kills of the replicas of a service between which it never got on.
struct Cycle<'a> {
    service: &'a str,
    series: &'a ServiceSeries,
    /// When and which replica, in order.
    kills: Vec<(f64, &'a str)>,
    /// When one was killed that had been killed before.
    again_s: f64,
}

/// The longest cycle of a run, as a moment; none if there is none.
pub(super) fn moment(record: &Record) -> Option<KeyMoment> {
    let cycles = record.actual.services.iter().filter_map(|(name, series)| cycle(record, name, series));
    // The first of equals: `max_by_key` would take the last.
    let longest = cycles.reduce(|a, b| if b.kills.len() > a.kills.len() { b } else { a })?;
    let ask = "It was killed, it started, it is killed again. What kills it each time, and is the next start any better off?";
    let Cycle { service, kills, again_s, .. } = &longest;
    let tell = format!(
        "Replicas of {service} run out of memory at {}, start, and run out of memory again at {}.",
        instant(kills[0].0),
        instant(*again_s)
    );
    let moment = KeyMoment::new(*again_s, "Killed again", ask, &[tell]);
    Some(moment.and(kills[kills.len() - 1].0, told(record, &longest).join(" ")))
}

/// The first cycle of a service.
fn cycle<'a>(record: &'a Record, service: &'a str, series: &'a ServiceSeries) -> Option<Cycle<'a>> {
    let own = |change: &&Transition| {
        change.kind == "replica"
            && change.state == "out of memory"
            && change.subject.rsplit_once('/').is_some_and(|(name, _)| name == service)
    };
    let killed = record.actual.transitions.iter().filter(own);
    let kills: Vec<(f64, &str)> = killed.map(|kill| (kill.at_s, kill.subject.as_str())).collect();
    let lasts = |a: &(f64, &str), b: &(f64, &str)| !got_on(&record.actual, series, a.0, b.0);
    kills.chunk_by(lasts).find_map(|kills| {
        let before = |at: usize| kills[..at].iter().any(|(_, replica)| *replica == kills[at].1);
        let again = (1..kills.len()).find(|at| before(*at))?;
        Some(Cycle { service, series, kills: kills.to_vec(), again_s: kills[again].0 })
    })
}

/// Whether a service did well for a while between two instants.
fn got_on(world: &WorldRecord, series: &ServiceSeries, from_s: f64, to_s: f64) -> bool {
    let width = (WELL_S / world.window_s).ceil().max(1.0) as usize;
    let windows = windows(world, from_s, to_s);
    (windows.start..windows.end.saturating_sub(width - 1)).any(|first| {
        let ok = total(&series.ok, first..first + width);
        let all = ok + total(&series.failed, first..first + width);
        all >= ENOUGH && ok as f64 >= WELL * all as f64
    })
}

/// What all kills have in common: known when the last has happened.
fn told(record: &Record, cycle: &Cycle<'_>) -> Vec<String> {
    let Cycle { service, series, kills, .. } = cycle;
    let last_s = kills[kills.len() - 1].0;
    let first_s = kills[0].0;
    let mut tell = vec![format!("{} until {}.", counted(kills.len() as u64, "kill"), instant(last_s))];
    tell.extend(lived(record, kills).map(|mean| format!("A start lives for {} on average.", seconds(mean))));
    let during = windows(&record.actual, first_s, last_s);
    let usual = record.twin.as_ref().and_then(|twin| twin.services.get(*service));
    let mut meets = Vec::new();
    let load = |series: &ServiceSeries| total(&series.offered, during.clone()) as f64;
    let more = usual.map(|twin| load(series) / load(twin)).filter(|more| more.is_finite() && *more >= MANY);
    meets.extend(more.map(|more| format!("{} the usual attempts", ratio(more))));
    let known = |series: &ServiceSeries| {
        let [hits, misses] = [&series.hits, &series.misses].map(|all| total(all, during.clone()));
        (hits + misses > 0).then(|| hits as f64 / (hits + misses) as f64)
    };
    let cold = known(series).zip(usual.and_then(known)).filter(|(now, usual)| *now < COLD * usual);
    meets.extend(cold.map(|(now, usual)| {
        format!("caches that know {} of what is looked up instead of {}", share(now), share(usual))
    }));
    tell.extend((!meets.is_empty()).then(|| format!("Each start meets {}.", meets.join(" with "))));
    let ok = total(&series.ok, during.clone());
    let ended = ok + total(&series.failed, during);
    tell.extend(
        (ended > 0)
            .then(|| format!("Meanwhile {} of the attempts at it succeed.", share(ok as f64 / ended as f64))),
    );
    tell
}

/// How long a replica lived on average from when it was ready to its next kill.
fn lived(record: &Record, kills: &[(f64, &str)]) -> Option<f64> {
    let mut ready: IndexMap<&str, f64> = IndexMap::new();
    let (mut lives, mut sum) = (0, 0.0);
    for change in record.actual.transitions.iter().filter(|change| change.kind == "replica") {
        let of = change.subject.as_str();
        if change.state == "ready" {
            ready.insert(of, change.at_s);
        } else if change.state == "out of memory"
            && let Some(since) = ready.swap_remove(of)
            && kills.iter().any(|(at_s, replica)| *replica == of && at_s.total_cmp(&change.at_s).is_eq())
        {
            lives += 1;
            sum += change.at_s - since;
        }
    }
    (lives > 0).then(|| sum / f64::from(lives))
}

/// The windows that lie between two instants.
fn windows(world: &WorldRecord, from_s: f64, to_s: f64) -> Range<usize> {
    let place = |at_s: f64| (at_s.max(0.0) / world.window_s) as usize;
    place(from_s)..place(to_s).min(world.windows)
}

fn total(counts: &[u64], windows: Range<usize>) -> u64 {
    counts.iter().take(windows.end).skip(windows.start).sum()
}
