//! Replicas, breakers and probes as moments: many changes of state in a few sentences. Knows no cause.

use indexmap::IndexMap;

use crate::record::{Record, Transition};
use crate::report::block::{Line, Tone};
use crate::report::quantity;
use crate::report::story::moments::{Happening, Weight};

/// Deaths closer together than this are one moment.
const TOGETHER_S: f64 = 5.0;
/// So many moments of death are told for a service; the rest is one sentence.
const WAVES: usize = 2;

/// All of them.
pub(super) fn all(record: &Record) -> Vec<Happening> {
    let mut found = Vec::new();
    for (service, changes) in by(record, "replica", replica_of) {
        found.extend(deaths(&service, &changes));
    }
    for (call, changes) in by(record, "breaker", call_of) {
        found.extend(breaker(&call, &changes));
    }
    for (service, changes) in by(record, "probe", replica_of) {
        found.extend(probe(&service, &changes));
    }
    found
}

/// The actual world's changes of one kind, by what the subject belongs to.
fn by<'a>(record: &'a Record, kind: &str, of: fn(&str) -> String) -> IndexMap<String, Vec<&'a Transition>> {
    let mut groups: IndexMap<String, Vec<&Transition>> = IndexMap::new();
    for change in &record.actual.transitions {
        if change.kind == kind && change.at_s >= 0.0 {
            groups.entry(of(&change.subject)).or_default().push(change);
        }
    }
    groups
}

/// `user-db` of `user-db/0`.
fn replica_of(subject: &str) -> String {
    subject.rsplit_once('/').map_or(subject, |(service, _)| service).to_owned()
}

/// `checkout -> user` of `checkout -> user #0`, the breaker of the first replica.
fn call_of(subject: &str) -> String {
    subject.rsplit_once(" #").map_or(subject, |(call, _)| call).to_owned()
}

/// Deaths of a service's replicas, in waves.
fn deaths(service: &str, changes: &[&Transition]) -> Vec<Happening> {
    let downs: Vec<f64> = changes.iter().filter(|c| c.state == "down").map(|c| c.at_s).collect();
    let waves: Vec<&[f64]> = downs.chunk_by(|a, b| b - a < TOGETHER_S).collect();
    let mut found = Vec::new();
    for (index, wave) in waves.iter().take(WAVES).enumerate() {
        let next = waves.get(index + 1).map_or(f64::INFINITY, |wave| wave[0]);
        let back = changes
            .iter()
            .filter(|change| change.state == "ready" && change.at_s >= wave[0] && change.at_s < next)
            .map(|change| change.at_s)
            .next_back();
        let again = back.map_or_else(
            || ", not ready again before the next".to_owned(),
            |at| format!(", ready again by {}", quantity::instant(at)),
        );
        let again = if back.is_none() && next.is_infinite() { ", not ready again".to_owned() } else { again };
        let (from, to) = (wave[0], wave[wave.len() - 1]);
        let starved =
            |change: &&&Transition| change.state == "out of memory" && (from..=to).contains(&change.at_s);
        let why = match changes.iter().filter(starved).count() {
            0 => "",
            some if some == wave.len() => ", out of memory",
            _ => ", some of them out of memory",
        };
        let who = quantity::counted(wave.len() as u64, "replica");
        let verb = if wave.len() == 1 { "goes" } else { "go" };
        found.push(Happening {
            at_s: wave[0],
            weight: Weight::Important,
            what: Line::toned(Tone::Bad, "down ").and(format!("{who} of {service} {verb} down{why}{again}")),
        });
    }
    if let (Some(first), Some(last)) = (waves.get(WAVES), downs.last()) {
        let rest: usize = waves[WAVES..].iter().map(|wave| wave.len()).sum();
        let text = format!(
            "replicas of {service} go down {} more, until {}",
            quantity::counted(rest as u64, "time"),
            quantity::instant(*last)
        );
        let what = Line::toned(Tone::Bad, "down ").and(text);
        found.push(Happening { at_s: first[0], weight: Weight::Important, what });
    }
    found
}

/// Openings of a call's breakers.
fn breaker(call: &str, changes: &[&Transition]) -> Option<Happening> {
    let opened: Vec<&&Transition> = changes.iter().filter(|change| change.state == "open").collect();
    let first = opened.first()?;
    let mut subjects: Vec<&str> = opened.iter().map(|change| change.subject.as_str()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let mut last_states: IndexMap<&str, &Transition> = IndexMap::new();
    for change in changes {
        last_states.insert(&change.subject, change);
    }
    let still_open = last_states.values().filter(|change| change.state != "closed").count();
    let end = match (still_open, changes.last()) {
        (0, Some(last)) => format!("closed for good at {}", quantity::instant(last.at_s)),
        _ => "not closed at the end".to_owned(),
    };
    let often = match (opened.len(), subjects.len()) {
        (1, _) => "once".to_owned(),
        (times, 1) => format!("{times} times"),
        (times, breakers) => format!("{times} times on {breakers} replicas"),
    };
    Some(Happening {
        at_s: first.at_s,
        weight: Weight::Important,
        what: Line::toned(Tone::Caution, "breaker ").and(format!("of {call} opens, {often}; {end}")),
    })
}

/// What a service's probe believed.
fn probe(service: &str, changes: &[&Transition]) -> Option<Happening> {
    let red: Vec<&&Transition> = changes.iter().filter(|change| change.state == "unhealthy").collect();
    let first = red.first()?;
    let mut subjects: Vec<&str> = red.iter().map(|change| change.subject.as_str()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let who = quantity::counted(subjects.len() as u64, "replica");
    let green =
        changes.iter().filter(|change| change.state == "healthy").map(|change| change.at_s).next_back();
    let end = match green {
        Some(at) if at > first.at_s => format!(", green again by {}", quantity::instant(at)),
        _ => " to the end".to_owned(),
    };
    Some(Happening {
        at_s: first.at_s,
        weight: Weight::Detail,
        what: Line::toned(Tone::Caution, "probe ").and(format!("of {service} turns red on {who}{end}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_give_their_owner() {
        assert_eq!(replica_of("user-db/0"), "user-db");
        assert_eq!(replica_of("a/b/12"), "a/b");
        assert_eq!(call_of("checkout -> user #12"), "checkout -> user");
        assert_eq!(call_of("shoppers -> gateway"), "shoppers -> gateway");
    }

    #[test]
    fn a_restart_loop_is_a_few_sentences() {
        let change = |at_s, state| Transition { at_s, kind: "replica", subject: "user/0".to_owned(), state };
        let changes: Vec<Transition> = (0..10)
            .flat_map(|k| [change(f64::from(k) * 60.0, "down"), change(f64::from(k) * 60.0 + 45.0, "ready")])
            .collect();
        let changes: Vec<&Transition> = changes.iter().collect();
        let told: Vec<String> = deaths("user", &changes).iter().map(|h| h.what.text()).collect();
        assert_eq!(
            told,
            [
                "down 1 replica of user goes down, ready again by T+45s",
                "down 1 replica of user goes down, ready again by T+105s",
                "down replicas of user go down 8 times more, until T+540s",
            ]
        );
    }
}
