//! What would have to be decided: questions that follow from numbers of the run. Answers none of them.

use crate::analysis::{LOST_PHASES, Summary, outage_s};
use crate::record::Record;
use crate::report::block::Line;
use crate::report::postmortem::detection;
use crate::report::quantity;
use crate::scenario::VerdictKind;

/// All that follow, the most far-reaching first.
pub(in crate::report) fn all(record: &Record, summary: &Summary) -> Vec<Line> {
    let mut found: Vec<String> = Vec::new();
    found.extend(held(summary));
    found.extend(alone(summary));
    found.extend(restarted(summary));
    found.extend(added(record, summary));
    found.extend(misled(record, summary));
    found.extend(in_vain(summary));
    found.extend(lost_time(summary));
    found.extend(promised(summary));
    found.into_iter().map(Line::plain).collect()
}

/// The loop that feeds itself.
fn held(summary: &Summary) -> Option<String> {
    let held = summary.sustaining_loop.as_ref()?;
    let gain = held.gain.filter(|gain| *gain > 1.0)?;
    Some(format!(
        "After the last fault was over {} held {} at {gain:.2} times what it can do: what should keep this below 1?",
        held.root, held.service
    ))
}

/// The end without help.
fn alone(summary: &Summary) -> Option<String> {
    let kind = summary.verdict_unattended.or(summary.verdict)?;
    if kind != VerdictKind::Metastable {
        return None;
    }
    let first = summary.people.as_ref().and_then(|people| people.first_action_s);
    let waited = first
        .map_or_else(String::new, |at_s| format!(" (the first action came at {})", quantity::instant(at_s)));
    Some(format!("Without help it does not end{waited}: may anything act before people do?"))
}

/// A restart that made it worse.
fn restarted(summary: &Summary) -> Option<String> {
    let first = summary.waves.first()?;
    Some(format!(
        "The restart at {} was followed by a second wave at {} ({}: {}): when is a restart safe, and how?",
        quantity::instant(first.restart_s),
        quantity::instant(first.at_s),
        first.service,
        first.via
    ))
}

/// A response that did harm.
fn added(record: &Record, summary: &Summary) -> Option<String> {
    let people = summary.people.as_ref()?;
    people.first_action_s?;
    let saved = people.saved.as_ref()?;
    let mut parts = Vec::new();
    if saved.requests < 0 {
        parts.push(quantity::counted(saved.requests.unsigned_abs(), "failed request"));
    }
    if saved.value < 0.0 {
        parts.push(quantity::money(-saved.value, &record.currency));
    }
    (!parts.is_empty())
        .then(|| format!("Acting added {}: what should have been left alone?", parts.join(" and ")))
}

/// Fixes that did not end it.
fn in_vain(summary: &Summary) -> Option<String> {
    let fixes = &summary.people.as_ref()?.vain_fixes;
    let longest = fixes.iter().max_by(|a, b| (a.to_s - a.at_s).total_cmp(&(b.to_s - b.at_s)))?;
    Some(format!(
        "What was done at {} had not ended it {} later: what would have shown sooner that it does not?",
        quantity::instant(longest.at_s),
        quantity::seconds(longest.to_s - longest.at_s)
    ))
}

/// What pointed elsewhere.
fn misled(record: &Record, summary: &Summary) -> Option<String> {
    let number = detection::misled(record, summary).len() as u64;
    (number > 0).then(|| {
        let signals = quantity::counted(number, "signal");
        format!("{signals} said nothing of the root or pointed elsewhere: what would have pointed at it?")
    })
}

/// Time in which nothing was done that could help.
fn lost_time(summary: &Summary) -> Option<String> {
    let people = summary.people.as_ref()?;
    let share = people.share_of_outage.filter(|share| *share > 0.0)?;
    let longest = people.delays_s.iter().filter(|(name, _)| LOST_PHASES.contains(&name.as_str()));
    let (name, delay) = longest.max_by(|a, b| a.1.total_cmp(b.1))?;
    Some(format!(
        "Notice, dismissal, misdiagnosis and escalation took {} of the outage of {}, {name} the longest with {}: which of \
         it can be shorter?",
        quantity::share(share),
        quantity::seconds(outage_s(summary)),
        quantity::seconds(*delay)
    ))
}

/// Objectives that were not met.
fn promised(summary: &Summary) -> Option<String> {
    let missed = summary.slo.values().filter(|slo| slo.availability < slo.objective).count() as u64;
    (missed > 0).then(|| {
        format!(
            "{} not met: what follows for the budget that is left?",
            quantity::counted(missed, "objective")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_needs_its_number() {
        let ask = |record: &Record, summary: &Summary| -> Vec<String> {
            all(record, summary).iter().map(Line::text).collect()
        };
        let has = |told: &[String], words: &str| told.iter().any(|question| question.contains(words));
        let (record, mut summary) = crate::analysis::fixture::attended();
        let told = ask(&record, &summary);
        assert!(has(&told, "Without help it does not end (the first action came at"), "{told:?}");
        assert!(has(&told, "followed by a second wave"), "{told:?}");
        assert!(!has(&told, "Acting added"), "{told:?}");
        assert!(has(&told, "What was done at T+61s had not ended it 5m later"), "{told:?}");
        summary.people.as_mut().unwrap().vain_fixes.clear();
        summary.verdict_unattended = Some(VerdictKind::Recovered);
        summary.waves.clear();
        let saved = summary.people.as_mut().unwrap().saved.as_mut().unwrap();
        (saved.requests, saved.value) = (-7, -3.5);
        let told = ask(&record, &summary);
        assert!(!has(&told, "Without help") && !has(&told, "second wave"), "{told:?}");
        assert!(!has(&told, "What was done"), "{told:?}");
        assert!(has(&told, "Acting added 7 failed requests and $3.50"), "{told:?}");
    }
}
