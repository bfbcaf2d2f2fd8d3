//! Faults as key moments: one begins, the last is over, and something else takes over. The one that takes over where no
//! time would heal it is the moment from which on recovery is impossible without help.

use crate::analysis::{Impact, Phase, Summary};
use crate::record::{FaultSpan, Record};
use crate::report::block::{Line, Tone};
use crate::report::html::key::all::KeyMoment;
use crate::report::html::key::goodput;
use crate::report::quantity::{counted, instant, seconds};
use crate::scenario::VerdictKind;

/// So many faults are moments of their own.
const FAULTS: usize = 2;
/// So many services are named.
const SERVICES: usize = 4;
/// What users got is measured over this time.
const WHILE_S: f64 = 10.0;
/// What takes over is asked for so much later: it may do so as the fault ends, which is a question of its own, and then there is
/// something to see of it.
const SHOWS_S: f64 = 2.0;

/// All of them.
pub(super) fn moments(record: &Record, summary: &Summary) -> Vec<KeyMoment> {
    let mut faults: Vec<&FaultSpan> = record.faults.iter().collect();
    faults.sort_by(|a, b| a.from_s.total_cmp(&b.from_s));
    let begins =
        faults.iter().take(FAULTS).enumerate().map(|(place, fault)| begin(record, summary, fault, place));
    let mut found: Vec<KeyMoment> = begins.collect();
    found.extend(over(record, summary));
    found.extend(handed_over(record, summary));
    found
}

fn begin(record: &Record, summary: &Summary, fault: &FaultSpan, place: usize) -> KeyMoment {
    let title = if place == 0 { "A fault begins" } else { "Another fault begins" };
    let ask = if record.topology.services.len() > 1 {
        "Something has just gone wrong, in one place. Where is it, who feels it first, and how does it reach the users?"
    } else {
        "Something has just gone wrong. What is it, and what will the users notice?"
    };
    let moment = KeyMoment::new(fault.from_s, title, ask, &[format!("{}.", what(fault))]);
    let moment = if place == 0 { reached(record, summary, moment) } else { moment };
    match fault.to_s {
        Some(to) if to > fault.from_s => {
            moment.and(to, format!("The fault lasts for {}.", seconds(to - fault.from_s)))
        }
        Some(_) => moment,
        None => moment.and(record.simulated_s, "The fault lasts to the end of the run."),
    }
}

/// What a fault does, as the begin of a sentence.
fn what(fault: &FaultSpan) -> String {
    let service = &fault.service;
    match fault.effect.as_str() {
        "pause" => format!("{service} stands still"),
        "crash" => format!("{service} loses processes"),
        "restart" => format!("{service} is restarted"),
        "flush" => format!("{service} loses its caches"),
        "slow" => format!("{service} works more slowly"),
        "latency" => format!("{service} answers later"),
        "errors" => format!("{service} answers with errors"),
        "surge" => format!("More requests of {} come than usual", fault.on),
        effect => format!("{effect} of {}", fault.on),
    }
}

/// Who was hit by way of whom, and how soon; without a twin nobody knows.
fn reached(record: &Record, summary: &Summary, moment: KeyMoment) -> KeyMoment {
    if summary.services.len() == 1 || record.twin.is_none() {
        return moment;
    }
    let from_s = moment.at_s;
    let all: Vec<&Impact> = summary.propagation.iter().filter(|impact| impact.from.is_some()).collect();
    let Some(last) = all.last() else { return moment.and(from_s, "No other service is hit.") };
    let told = &all[..all.len().min(SERVICES)];
    let hit = told
        .iter()
        .map(|hit| format!("{} after {} ({})", hit.service, seconds(hit.at_s - from_s), hit.via))
        .collect::<Vec<String>>()
        .join(", ");
    let (reached, services) = (summary.propagation.len(), counted(summary.services.len() as u64, "service"));
    moment
        .and(told[told.len() - 1].at_s, format!("It reaches {hit}."))
        .and(last.at_s, format!("In the end {reached} of {services} are hit."))
}

/// When the last fault was over; none if one stays.
fn last_end(record: &Record) -> Option<f64> {
    let mut ends = record.faults.iter().map(|fault| fault.to_s);
    let over = ends.try_fold(f64::NEG_INFINITY, |last, to| Some(last.max(to?)))?;
    (over.is_finite() && over < record.simulated_s).then_some(over)
}

fn over(record: &Record, summary: &Summary) -> Option<KeyMoment> {
    let over = last_end(record)?;
    // What is over as it begins is asked about when something can be seen.
    let at_once = record.faults.iter().all(|fault| over - fault.from_s < 1.0);
    let next = taken_over(record, summary).map_or(record.simulated_s, |(at_s, _)| at_s);
    let at_s = if at_once { (over + WHILE_S).min(next) } else { over };
    let back = summary.times.and_then(|times| Some(times.impact_s + times.to_recover_s?));
    let back = back.filter(|_| summary.verdict_unattended.is_none());
    let mut tell = vec![match alone(summary)? {
        VerdictKind::Metastable => {
            "No. Left alone it never heals: long after the fault it is still down.".to_owned()
        }
        VerdictKind::Unaffected => "There is nothing to heal: no request is worse off.".to_owned(),
        VerdictKind::Contained | VerdictKind::Recovered => "Yes, it heals by itself.".to_owned(),
        other => format!("Left alone it ends {}.", other.name()),
    }];
    tell.extend(waiting(record, at_s));
    let ask = "The fault is over. Will the system heal by itself now, and how long will that take?";
    let mut moment = KeyMoment::new(at_s, "The fault is over", ask, &tell);
    if let Some(got) = goodput::least(record, at_s, at_s + WHILE_S) {
        moment = moment.and(at_s + WHILE_S, format!("In the {} from then on {got}.", seconds(WHILE_S)));
    }
    let heals = matches!(alone(summary)?, VerdictKind::Contained | VerdictKind::Recovered);
    Some(match back.filter(|_| heals) {
        Some(back) => moment.and(back, format!("All is well again from {} on.", instant(back))),
        None => moment,
    })
}

/// How the world in which nobody acts ended.
fn alone(summary: &Summary) -> Option<VerdictKind> {
    summary.verdict_unattended.or(summary.verdict)
}

/// The longest line at that moment.
fn waiting(record: &Record, at_s: f64) -> Option<String> {
    let window = (at_s / record.actual.window_s) as usize;
    let lines = record
        .actual
        .services
        .iter()
        .filter_map(|(name, series)| Some((*series.queue_length.get(window)?, name)));
    let (longest, name) = lines.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(longest, _)| *longest >= 1.0)?;
    Some(format!("{} wait in line at {name}.", counted(longest.round() as u64, "attempt")))
}

/// When something else than a fault took over after the last one, unless that is what somebody did: it is told with that.
fn taken_over<'a>(record: &Record, summary: &'a Summary) -> Option<(f64, &'a Phase)> {
    let over = last_end(record)?;
    let roots = &record.blame.as_ref()?.roots;
    let is_fault = |name: &String| roots.iter().any(|root| root.root == *name && root.kind == "fault");
    let other = |phase: &&Phase| phase.to_s > over && !phase.roots.iter().any(is_fault);
    let phase = summary.phases.iter().find(other)?;
    let at_s = phase.from_s.max(over);
    let acted = summary.people.as_ref().and_then(|people| people.first_action_s);
    acted.is_none_or(|acted| at_s < acted).then_some((at_s, phase))
}

/// What keeps it failing.
fn handed_over(record: &Record, summary: &Summary) -> Option<KeyMoment> {
    let (at_s, phase) = taken_over(record, summary)?;
    let before =
        summary.phases.iter().rfind(|before| before.to_s <= phase.from_s && before.roots != phase.roots);
    let until = before
        .map_or_else(String::new, |before| format!(", not to {} as before", before.roots.join(" and ")));
    let mut tell = vec![format!(
        "Since {} most of the harm goes back to {}{until}.",
        instant(at_s),
        phase.roots.join(" and ")
    )];
    tell.extend(held(summary, phase).map(|held| format!("A loop: {held}")));
    let since = no_return_s(record, summary);
    tell.extend(
        since.map(|since| {
            format!("Since {} at the latest recovery is impossible without help.", instant(since))
        }),
    );
    let ask = "The fault is over, requests still fail. What keeps them failing now? Is waiting enough, or must somebody act?";
    let shows_s = (at_s + SHOWS_S).min(record.simulated_s);
    let moment = KeyMoment::new(shows_s, "Something takes over", ask, &tell);
    Some(match held(summary, phase) {
        Some(_) => moment,
        None => moment.and(phase.to_s, format!("It lasts until {}.", instant(phase.to_s))),
    })
}

/// How the loop turns that keeps a phase up, as the end of a sentence; none if no loop does.
fn held(summary: &Summary, phase: &Phase) -> Option<String> {
    let held = summary.sustaining_loop.as_ref().filter(|held| phase.roots.contains(&held.root))?;
    let feeds = if held.gain.is_some_and(|gain| gain > 1.0) { " It feeds itself." } else { "" };
    Some(format!("{}, and again.{feeds}", held.steps.join(", ")))
}

/// When no time heals it any more: at the latest as the last fault ends, for nothing comes after it that could.
pub(in crate::report::html) fn no_return_s(record: &Record, summary: &Summary) -> Option<f64> {
    last_end(record).filter(|_| alone(summary) == Some(VerdictKind::Metastable))
}

/// The same moment and why, as a paragraph of the story; none if there is none.
pub(in crate::report::html) fn no_return(record: &Record, summary: &Summary) -> Option<Line> {
    let over = no_return_s(record, summary)?;
    let left = waiting(record, over).map_or_else(String::new, |waiting| format!(" Then {waiting}"));
    let why = match taken_over(record, summary) {
        Some((at_s, phase)) => match held(summary, phase) {
            Some(held) => format!("From {} on a loop keeps it down: {held}", instant(at_s)),
            None => format!("What keeps it down from {} on: {}.", instant(at_s), phase.roots.join(" and ")),
        },
        None => "What the fault leaves behind is enough.".to_owned(),
    };
    Some(Line::toned(Tone::Bad, "NO RETURN").and(format!(
        ": recovery by itself is possible until {} at the latest, when the fault ends.{left} {why} Without help it does not recover.",
        instant(over)
    )))
}
