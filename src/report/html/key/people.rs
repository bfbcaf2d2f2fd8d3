//! What people saw and did as key moments, what got worse again after it, and the end.

use indexmap::IndexMap;

use crate::analysis::{Summary, Wave};
use crate::record::{Record, ResponseEntry, ResponseKind};
use crate::report::html::key::all::KeyMoment;
use crate::report::html::key::goodput;
use crate::report::quantity::{counted, instant, money, seconds, share};
use crate::report::story::{self, Deed};

/// Deeds closer together than this are one moment.
const TOGETHER_S: f64 = 300.0;
/// So many such moments are told.
const ACTS: usize = 3;
/// What users got is measured over this time.
const WHILE_S: f64 = 30.0;
/// So many readings and services are named.
const READINGS: usize = 3;
const SERVICES: usize = 3;

/// All of them but the end.
pub(super) fn moments(record: &Record, summary: &Summary) -> Vec<KeyMoment> {
    let mut found: Vec<KeyMoment> = called(record).into_iter().collect();
    let deeds = deeds(record);
    for (place, group) in deeds.iter().take(ACTS).enumerate() {
        let next = deeds.get(place + 1).and_then(|deeds| Some(deeds.first()?.at_s)).unwrap_or(f64::INFINITY);
        found.push(acted(record, group, next, place));
    }
    found.extend(worse_again(summary));
    found
}

/// The first alert or page, and where it pointed.
fn called(record: &Record) -> Option<KeyMoment> {
    let firings = record
        .actual
        .monitors
        .iter()
        .filter_map(|(name, track)| Some((track.alerts.first()?.0, name, track)));
    let (at_s, name, track) = firings.min_by(|a, b| a.0.total_cmp(&b.0))?;
    let tell = vec![
        format!("It fires {}.", after(record, at_s)),
        story::misled(record).map_or_else(
            || format!("The alert on {name} is the first; it points at {}.", track.of),
            |misled| story::sentence(&misled.told()),
        ),
    ];
    let ask = "An alert fires. Which one is it, what does it point at, and is the cause there?";
    Some(KeyMoment::new(at_s, "An alert fires", ask, &tell))
}

/// `30 s after the first fault began`.
fn after(record: &Record, at_s: f64) -> String {
    let first = record.faults.iter().map(|fault| fault.from_s).fold(f64::INFINITY, f64::min);
    if first <= at_s {
        format!("{} after the fault began", seconds(at_s - first))
    } else {
        format!("at {}", instant(at_s))
    }
}

/// What was done, those close together as one.
fn deeds(record: &Record) -> Vec<Vec<Deed>> {
    let done = story::done(record);
    done.chunk_by(|a, b| b.at_s - a.at_s <= TOGETHER_S).map(<[Deed]>::to_vec).collect()
}

/// The last thing that somebody did from `from_s` on and before `next_s`: a row of the story may be several deeds.
pub(super) fn last_deed(record: &Record, from_s: f64, next_s: f64) -> f64 {
    let deeds = record.actual.response.iter().filter(|entry| entry.kind.changes_the_world());
    deeds.map(|deed| deed.at_s).filter(|at_s| *at_s < next_s).fold(from_s, f64::max)
}

/// Somebody looks, and acts; what is done from `next_s` on is told later.
fn acted(record: &Record, deeds: &[Deed], next_s: f64, place: usize) -> KeyMoment {
    let begin = deeds.first().map_or(0.0, |deed| deed.at_s);
    let end = last_deed(record, deeds.last().map_or(begin, |deed| deed.at_s), next_s);
    let looked = record.actual.response.iter().rev().find(|entry| {
        entry.kind == ResponseKind::Started && (begin - TOGETHER_S..=begin).contains(&entry.at_s)
    });
    let looked = looked.filter(|_| place == 0);
    let worst = goodput::worst(record, begin - WHILE_S, begin);
    let got = |from_s, to_s| goodput::of(record, worst?, from_s, to_s);
    let before = got(begin - WHILE_S, begin);
    let after_s = end + 2.0 * WHILE_S;
    let change = before.as_ref().zip(got(end + WHILE_S, after_s));
    let change = change.map(|(before, then)| format!("Before it {before}; at {} {then}.", instant(after_s)));
    let seen = looked.and_then(|entry| readings(record, entry));
    let (title, ask) = match (seen, before) {
        (Some(seen), _) => ("Somebody looks", format!("The dashboards say: {seen}. What would you do?")),
        (None, Some(before)) => (
            "Somebody acts",
            format!("Now {before}. What would you change, in which order, and what could go wrong?"),
        ),
        (None, None) => {
            ("Somebody acts", "What would you change, in which order, and what could go wrong?".to_owned())
        }
    };
    let mut moment = KeyMoment::new(looked.map_or(begin, |entry| entry.at_s), title, ask, &[]);
    if let Some(first) = deeds.first() {
        let done_s = last_deed(record, begin, deeds.get(1).map_or(next_s, |next| next.at_s));
        moment = moment.and(done_s, story::sentence(&first.what));
    }
    if end > begin {
        moment = moment.and(end, format!("They go on until {}.", instant(end)));
    }
    change.into_iter().fold(moment, |moment, change| moment.and(after_s, change))
}

/// What somebody saw who looked: alerts first, then the lights.
fn readings(record: &Record, entry: &ResponseEntry) -> Option<String> {
    let track = |name: &str| record.actual.monitors.get(name);
    let rank = |name: &str| {
        track(name)
            .map_or(2, |track| u8::from(track.threshold.is_none()) + u8::from(track.reading != "healthy"))
    };
    let mut seen: Vec<&(String, f64)> = entry.readings.iter().collect();
    seen.sort_by_key(|(name, _)| rank(name));
    let one = |(name, value): &&(String, f64)| {
        format!("{name} {}", story::reading(track(name).map_or("", |track| track.unit.as_str()), *value))
    };
    let told: Vec<String> = seen.iter().take(READINGS).map(one).collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// The services that got worse again after the first restart that this followed, and those that merely had more load.
fn worse_again(summary: &Summary) -> Option<KeyMoment> {
    let first = summary.waves.first()?;
    let ask = "The restart is done. Is it over? What did the restart take away, and who has to bear that?";
    let mut moment = KeyMoment::new(first.at_s, "After the restart", ask, &[]);
    // Of each service the first.
    let mut hit: IndexMap<&str, &Wave> = IndexMap::new();
    for wave in summary.waves.iter().filter(|wave| wave.is_of_restart(first)) {
        if wave.more_load {
            let after = seconds(wave.at_s - wave.restart_s);
            let tell = format!("{after} after the restart {} has more load ({}).", wave.service, wave.via);
            moment = moment.and(wave.at_s, tell);
        } else {
            hit.entry(&wave.service).or_insert(wave);
        }
    }
    let Some(begin) = hit.values().next().copied() else { return Some(moment) };
    let (at_once, later): (Vec<&Wave>, Vec<&Wave>) = hit.values().partition(|wave| wave.at_s <= begin.at_s);
    let mut told: Vec<String> =
        at_once.iter().map(|wave| format!("{} ({})", wave.service, wave.via)).collect();
    let others = told.len().saturating_sub(SERVICES) as u64;
    told.truncate(SERVICES);
    let more = if others > 0 { format!(" and {}", counted(others, "other")) } else { String::new() };
    let verb = if at_once.len() == 1 { "is" } else { "are" };
    let after = seconds(begin.at_s - begin.restart_s);
    let tell = format!("{after} after the restart {}{more} {verb} hit again.", told.join(", "));
    let moment = moment.and(begin.at_s, tell);
    let Some(last) = later.last() else { return Some(moment) };
    let names: Vec<&str> = later.iter().map(|wave| wave.service.as_str()).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    Some(moment.and(last.at_s, format!("By {} so {verb} {}.", instant(last.at_s), names.join(", "))))
}

/// The end of the run, and of the incident if it has one; none if nobody was harmed.
pub(super) fn end(record: &Record, summary: &Summary) -> Option<KeyMoment> {
    let verdict = summary.verdict?;
    let radius = summary.blast_radius.as_ref().filter(|radius| radius.by_severity.affected() > 0)?;
    let back = summary.times.and_then(|times| Some(times.impact_s + times.to_recover_s?));
    let at_s = back.unwrap_or(record.simulated_s);
    let value: f64 = radius.classes.values().map(|class| class.lost_value).sum();
    let worth = if value > 0.0 {
        format!(" and {} were lost", money(value, &record.currency))
    } else {
        String::new()
    };
    let lost = counted(radius.by_severity.lost(), "request");
    let mut tell = vec![format!("It ended {}: {lost} got nothing{worth}.", verdict.name())];
    tell.extend(
        summary
            .verdict_unattended
            .filter(|alone| *alone != verdict)
            .map(|alone| format!("Without the response it would have ended {}.", alone.name())),
    );
    let largest = summary.root_causes.first().map(|cause| {
        format!("The largest part of the harm, {}, goes back to {}.", share(cause.share), cause.root)
    });
    tell.extend(largest);
    let title = if back.is_some() { "It is over" } else { "The end of the run" };
    let ask = "What would you change first, so that the same fault does not become this again?";
    Some(KeyMoment::new(at_s, title, ask, &tell))
}
