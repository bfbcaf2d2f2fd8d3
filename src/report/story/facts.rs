//! The closing facts of a story: how far it spread, what misled, what was expected, and how to repeat it.

use crate::analysis::{BlastRadius, ClassRadius, ExpectationResult, Summary};
use crate::record::Record;
use crate::report::block::{Line, Tone};
use crate::report::quantity;
use crate::report::story::tell::Telling;
use crate::report::story::{service, signals};

/// So many mechanisms are told.
const MECHANISMS: usize = 2;
/// Why expectations are told and do not count.
pub(in crate::report) const NOT_JUDGED: &str = "not judged, --set changed the scenario";
/// So many calls are named, of those that were amplified or answered by a fallback.
const CALLS: usize = 3;

/// All facts, each under its name.
pub(super) fn all(record: &Record, summary: &Summary, telling: &Telling) -> Vec<(String, Line)> {
    let mut facts = Facts::default();
    if let Some(radius) = &summary.blast_radius {
        blast_radius(&mut facts, radius);
    }
    facts.extend("degradation", service::degradation(summary.degradation.as_ref()));
    for line in service::objectives(summary) {
        facts.add("SLO", line);
    }
    facts.extend("times", service::times(summary.times.as_ref()));
    facts.extend("amplification", amplification(summary));
    for line in service::containment(&summary.containment, MECHANISMS) {
        facts.add("containment", line);
    }
    facts.extend("fallbacks", fallbacks(summary));
    for line in misleading(record, summary) {
        facts.add("misleading", line);
    }
    expectations(&mut facts, &summary.expectations, telling.changed);
    if let Some((directory, names)) = &telling.files {
        facts.add("files", Line::plain(format!("{directory}/ ")).then(Tone::Dim, names.join(" ")));
    }
    let fingerprint: String = summary.fingerprint.chars().take(16).collect();
    facts.add("repeat", Line::toned(Tone::Strong, telling.repeat.clone()));
    facts.add("fingerprint", Line::dim(fingerprint));
    facts.list
}

/// Facts under way.
#[derive(Debug, Default)]
struct Facts {
    list: Vec<(String, Line)>,
}

impl Facts {
    /// One more; under the name before if that is the same.
    fn add(&mut self, name: &str, line: Line) {
        let last = self.list.iter().rev().find(|(name, _)| !name.is_empty());
        let same = last.is_some_and(|(last, _)| last == name);
        self.list.push((if same { String::new() } else { name.to_owned() }, line));
    }

    /// One more, if there is any.
    fn extend(&mut self, name: &str, line: Option<Line>) {
        if let Some(line) = line {
            self.add(name, line);
        }
    }
}

/// How far it spread, alone, and without the class that it hit most.
#[cfg(feature = "report")]
pub(in crate::report) fn radius(radius: &BlastRadius) -> Vec<(String, Line)> {
    let mut facts = Facts::default();
    scope(&mut facts, radius);
    facts.list
}

/// What was expected, alone.
#[cfg(feature = "report")]
pub(in crate::report) fn expected(summary: &Summary, telling: &Telling) -> Vec<(String, Line)> {
    let mut facts = Facts::default();
    expectations(&mut facts, &summary.expectations, telling.changed);
    facts.list
}

/// How far it spread, and whom it hit most.
fn blast_radius(facts: &mut Facts, radius: &BlastRadius) {
    scope(facts, radius);
    facts.extend("blast radius", worst_class(radius).filter(|_| radius.by_severity.affected() > 0));
}

/// Scope and severity.
fn scope(facts: &mut Facts, radius: &BlastRadius) {
    let severity = radius.by_severity;
    if severity.affected() == 0 {
        facts.add("blast radius", Line::plain("no request was worse off than in the twin"));
        return;
    }
    let scope = format!(
        "{} of the requests, {} of the users; {} of {}; {}",
        quantity::share(radius.requests_affected),
        quantity::share(radius.users_affected),
        radius.services_affected,
        quantity::counted(radius.services_total as u64, "service"),
        lasted(radius)
    );
    facts.add("blast radius", Line::plain(scope));
    let mut kinds: Vec<String> = Vec::new();
    for (number, what) in [
        (severity.failed, "failed"),
        (severity.unanswered, "without an answer at the end"),
        (severity.incorrect, "answered wrongly"),
        (severity.degraded, "answered by a fallback"),
        (severity.slower, "slower"),
    ] {
        if number > 0 {
            kinds.push(format!("{} {what}", quantity::count(number)));
        }
    }
    let improved = match radius.improved {
        0 => String::new(),
        number => format!("; {} fared better than in the twin", quantity::count(number)),
    };
    facts.add("blast radius", Line::plain(format!("{}{improved}", kinds.join(", "))));
}

/// How long it was from the first affected request to the last, and how soon it was nearly over if a few came much later.
fn lasted(radius: &BlastRadius) -> String {
    let whole = format!("{} from the first to the last", quantity::seconds(radius.duration_s));
    nearly_all(radius).map_or(whole.clone(), |most| format!("{whole}, {most}"))
}

/// Within which time nearly all of the harm was, where a few requests make the whole much longer.
pub(in crate::report) fn nearly_all(radius: &BlastRadius) -> Option<String> {
    radius.nearly_all_s().map(|most| format!("99 % of them within {}", quantity::seconds(most)))
}

/// The class of whose requests the largest share was affected, and its worst minute.
pub(in crate::report) fn worst_class(radius: &BlastRadius) -> Option<Line> {
    let share = |class: &ClassRadius| class.requests_affected;
    let (name, class) = radius.classes.iter().max_by(|a, b| share(a.1).total_cmp(&share(b.1)))?;
    let minute = class.worst_minute?;
    let of = |part: u64| quantity::share(part as f64 / minute.requests.max(1) as f64);
    let lost = match minute.lost {
        0 => String::new(),
        lost => format!(", {} got nothing", of(lost)),
    };
    Some(Line::plain(format!(
        "{name} most: {} of its requests; worst from {} to {}: {} affected{lost}",
        quantity::share(class.requests_affected),
        quantity::instant(minute.from_s),
        quantity::instant(minute.to_s),
        of(minute.affected)
    )))
}

/// The calls that carried more than normal.
pub(in crate::report) fn amplification(summary: &Summary) -> Option<Line> {
    let mut calls: Vec<(&str, f64, f64)> = summary
        .calls
        .iter()
        .filter_map(|(name, call)| Some((name.as_str(), call.amplification?, call.peak_amplification?)))
        .filter(|(_, mean, peak)| *mean >= 1.2 || *peak >= 1.5)
        .collect();
    calls.sort_by(|a, b| b.2.total_cmp(&a.2));
    let told: Vec<String> = calls
        .iter()
        .take(CALLS)
        .map(|(name, mean, peak)| {
            format!("{name} {} on average, {} at its peak", quantity::ratio(*mean), quantity::ratio(*peak))
        })
        .collect();
    (!told.is_empty()).then(|| Line::plain(told.join("; ")))
}

/// The calls that were answered by something else, those that were so most often first.
pub(in crate::report) fn fallbacks(summary: &Summary) -> Option<Line> {
    let answered = summary.calls.iter().map(|(name, call)| (name, call.fallbacks));
    let mut calls: Vec<(&String, u64)> = answered.filter(|(_, fallbacks)| *fallbacks > 0).collect();
    calls.sort_by_key(|(_, fallbacks)| std::cmp::Reverse(*fallbacks));
    let told: Vec<String> = calls
        .iter()
        .take(CALLS)
        .map(|(name, fallbacks)| format!("{} of {name}", quantity::counted(*fallbacks, "call")))
        .collect();
    (!told.is_empty()).then(|| Line::plain(format!("answered {}", told.join(", "))))
}

/// What made people look elsewhere.
pub(in crate::report) fn misleading(record: &Record, summary: &Summary) -> Vec<Line> {
    let faulty = record.faults.iter().map(|fault| fault.service.as_str());
    let hit: Vec<&str> =
        faulty.chain(summary.propagation.iter().map(|impact| impact.service.as_str())).collect();
    let greens = signals::greens(record, &hit);
    let mut found: Vec<Line> = greens.into_iter().map(|green| Line::toned(Tone::Caution, green)).collect();
    let harmed = summary.blast_radius.as_ref().is_some_and(|radius| radius.requests_affected > 0.0);
    if harmed && signals::nobody_was_called(record) {
        found.push(Line::toned(Tone::Caution, "no alert fired"));
    }
    found
}

/// What was expected, and what was found.
fn expectations(facts: &mut Facts, results: &[ExpectationResult], changed: bool) {
    if results.is_empty() {
        return;
    }
    let failed = results.iter().filter(|result| !result.held).count();
    let held = results.len() - failed;
    if changed {
        let words = format!("{held} held, {failed} not held: {NOT_JUDGED}");
        facts.add("expectations", Line::plain(words));
        return;
    }
    let tone = if failed > 0 { Tone::Bad } else { Tone::Good };
    facts.add("expectations", Line::toned(tone, format!("{held} held, {failed} failed")));
    for result in results.iter().filter(|result| !result.held) {
        let line = Line::toned(Tone::Bad, "FAILED ").and(result.text.clone());
        facts.add("expectations", line.and(format!(": {}", found(result))));
    }
}

/// What an expectation found, in words.
pub fn found(result: &ExpectationResult) -> String {
    match result.measured.map(|value| measured(result, value)) {
        Some(value) if result.found.is_empty() => format!("measured {value}"),
        Some(value) => format!("measured {value} ({})", result.found),
        None if result.found.is_empty() => "there was nothing to measure".to_owned(),
        None => result.found.clone(),
    }
}

/// What was measured, as the bound was written.
fn measured(result: &ExpectationResult, value: f64) -> String {
    match result.unit {
        "" if result.text.contains("%\"") => quantity::share(value),
        "" => quantity::plain(value),
        unit => signals::quantity_of(unit, value),
    }
}
