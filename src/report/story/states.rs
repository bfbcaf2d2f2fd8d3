//! Replicas, breakers and probes as moments: many changes of state in a few sentences. Knows no cause.

use indexmap::IndexMap;

use crate::record::{Record, ResponseKind, Transition};
use crate::report::block::{Line, Tone};
use crate::report::quantity;
use crate::report::story::moments::{Happening, Weight};

/// Deaths closer together than this are one moment.
const TOGETHER_S: f64 = 5.0;
/// So many moments of death are told for a service; the rest is one sentence.
const WAVES: usize = 2;

/// Deaths this soon after a restart by the response are its own.
const AT_ONCE_S: f64 = 1.0;

/// All of them.
pub(super) fn all(record: &Record) -> Vec<Happening> {
    let mut found = Vec::new();
    let restarts = record.actual.response.iter().filter(|entry| entry.kind == ResponseKind::Restart);
    let restarts: Vec<f64> = restarts.map(|entry| entry.at_s).collect();
    for (service, changes) in by(record, "replica", replica_of) {
        found.extend(deaths(&service, &changes, &restarts));
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

/// Deaths of a service's replicas, in waves; those of a restart by the response are told by when it was over.
fn deaths(service: &str, changes: &[&Transition], restarts: &[f64]) -> Vec<Happening> {
    let wanted = |at: f64| restarts.iter().any(|restart| (0.0..=AT_ONCE_S).contains(&(at - restart)));
    let downs: Vec<f64> =
        changes.iter().filter(|c| c.state == "down" && !wanted(c.at_s)).map(|c| c.at_s).collect();
    let waves: Vec<&[f64]> = downs.chunk_by(|a, b| b - a < TOGETHER_S).collect();
    let mut found: Vec<Happening> =
        restarts.iter().filter_map(|restart| ready_again(service, changes, *restart)).collect();
    let loops = waves.len() > WAVES && waves[1..].iter().all(|wave| starved(changes, wave) == wave.len());
    let one_by_one = if loops { 1 } else { WAVES };
    found.extend(waves.iter().take(one_by_one).map(|wave| death(service, changes, wave)));
    let (Some(first), Some(last)) = (waves.get(one_by_one), downs.last()) else { return found };
    let rest: usize = waves[one_by_one..].iter().map(|wave| wave.len()).sum();
    let until = quantity::instant(*last);
    let weight = if loops { Weight::Essential } else { Weight::Important };
    let what = if loops {
        let before = starved(changes, waves[0]);
        Line::toned(Tone::Bad, "out of memory ").and(format!(
            "replicas of {service} in a restart loop: {} by {}, {} in all, the last at {until}",
            quantity::counted((before + first.len()) as u64, "kill"),
            quantity::instant(first[first.len() - 1].round()),
            before + rest
        ))
    } else {
        let times = quantity::counted(rest as u64, "time");
        Line::toned(Tone::Bad, "down ")
            .and(format!("replicas of {service} go down {times} more, until {until}"))
    };
    found.push(Happening { at_s: first[0], weight, what });
    found
}

/// Deaths of a wave that were kills for the memory that was used.
fn starved(changes: &[&Transition], wave: &[f64]) -> usize {
    let during = wave[0]..=wave[wave.len() - 1];
    changes.iter().filter(|c| c.state == "out of memory" && during.contains(&c.at_s)).count()
}

/// What becomes next of a replica that went down: the instant of it, and whether it is ready then; none if nothing does.
fn afterwards(changes: &[&Transition], down: usize) -> Option<(f64, bool)> {
    let own = changes[down + 1..].iter().filter(|change| change.subject == changes[down].subject);
    own.filter(|change| matches!(change.state, "ready" | "down"))
        .map(|change| (change.at_s, change.state == "ready"))
        .next()
}

/// One wave of deaths, and when all who died were back.
fn death(service: &str, changes: &[&Transition], wave: &[f64]) -> Happening {
    let during = |change: &Transition| (wave[0]..=wave[wave.len() - 1]).contains(&change.at_s);
    let died = (0..changes.len()).filter(|at| changes[*at].state == "down" && during(changes[*at]));
    let next: Vec<Option<(f64, bool)>> = died.map(|at| afterwards(changes, at)).collect();
    let again = if next.iter().any(|next| matches!(next, Some((_, false)))) {
        ", not ready again before the next".to_owned()
    } else if next.contains(&None) {
        ", not ready again".to_owned()
    } else {
        let back = next.iter().flatten().map(|(at, _)| *at).fold(wave[0], f64::max);
        format!(", ready again by {}", quantity::instant(back))
    };
    let who = quantity::counted(wave.len() as u64, "replica");
    let killed = starved(changes, wave);
    let weight = if killed > 0 { Weight::Essential } else { Weight::Important };
    let what = match killed {
        all if all == wave.len() => {
            Line::toned(Tone::Bad, "out of memory ").and(format!("{who} of {service} killed{again}"))
        }
        some => {
            let verb = if wave.len() == 1 { "goes" } else { "go" };
            let why = if some > 0 { ", some of them out of memory" } else { "" };
            Line::toned(Tone::Bad, "down ").and(format!("{who} of {service} {verb} down{why}{again}"))
        }
    };
    Happening { at_s: wave[0], weight, what }
}

/// That the replicas of a restart are all back; none if one died first, or if the restart was of another service.
fn ready_again(service: &str, changes: &[&Transition], restart: f64) -> Option<Happening> {
    let during = |change: &Transition| (0.0..=AT_ONCE_S).contains(&(change.at_s - restart));
    let stopped = (0..changes.len()).filter(|at| changes[*at].state == "down" && during(changes[*at]));
    let next: Vec<Option<(f64, bool)>> = stopped.map(|at| afterwards(changes, at)).collect();
    let back: Option<Vec<f64>> =
        next.iter().map(|next| next.and_then(|(at, ready)| ready.then_some(at))).collect();
    let at_s = back?.into_iter().reduce(f64::max)?;
    let later = |change: &&&Transition| change.at_s > restart + AT_ONCE_S && change.at_s < at_s;
    if changes.iter().filter(later).any(|change| change.state == "down") {
        return None;
    }
    let who = quantity::counted(next.len() as u64, "replica");
    let verb = if next.len() == 1 { "is" } else { "are" };
    let after = quantity::seconds(at_s - restart);
    let what = Line::toned(Tone::Good, "ready ")
        .and(format!("{who} of {service} {verb} back, {after} after the restart"));
    Some(Happening { at_s, weight: Weight::Important, what })
}

/// Openings of a call's breakers.
fn breaker(call: &str, changes: &[&Transition]) -> Option<Happening> {
    let opened: Vec<&&Transition> = changes.iter().filter(|change| change.state == "open").collect();
    let first = opened.first()?;
    let mut subjects: Vec<&str> = opened.iter().map(|change| change.subject.as_str()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let still_open = left_unlike(changes, "closed");
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

/// How many end in another state than this.
fn left_unlike(changes: &[&Transition], state: &str) -> usize {
    let last: IndexMap<&str, &str> =
        changes.iter().map(|change| (change.subject.as_str(), change.state)).collect();
    last.values().filter(|last| **last != state).count()
}

/// What a service's probe believed.
fn probe(service: &str, changes: &[&Transition]) -> Option<Happening> {
    let red: Vec<&&Transition> = changes.iter().filter(|change| change.state == "unhealthy").collect();
    let first = red.first()?;
    let mut subjects: Vec<&str> = red.iter().map(|change| change.subject.as_str()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let who = quantity::counted(subjects.len() as u64, "replica");
    let often = if red.len() > subjects.len() { format!(", {} times", red.len()) } else { String::new() };
    let end = match (left_unlike(changes, "healthy"), changes.last()) {
        (0, Some(last)) => format!(", green again by {}", quantity::instant(last.at_s)),
        (some, _) if some < subjects.len() => format!(", on {some} of them to the end"),
        _ if often.is_empty() => " to the end".to_owned(),
        _ => ", and is at the end".to_owned(),
    };
    Some(Happening {
        at_s: first.at_s,
        weight: Weight::Detail,
        what: Line::toned(Tone::Caution, "probe ")
            .and(format!("of {service} turns red on {who}{often}{end}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_of_kills_after_a_restart_is_three_sentences() {
        let (record, _) = crate::analysis::fixture::attended();
        let told: Vec<String> = all(&record).iter().map(|happening| happening.what.text()).collect();
        assert_eq!(
            told,
            [
                "ready 5 replicas of user are back, 47 s after the restart",
                "ready 5 replicas of user are back, 47 s after the restart",
                "out of memory 5 replicas of user killed, ready again by T+221s",
                "out of memory replicas of user in a restart loop: 10 kills by T+278s, 25 in all, the last at T+12m15s",
            ]
        );
    }

    #[test]
    fn subjects_give_their_owner() {
        assert_eq!(replica_of("user-db/0"), "user-db");
        assert_eq!(replica_of("a/b/12"), "a/b");
        assert_eq!(call_of("checkout -> user #12"), "checkout -> user");
        assert_eq!(call_of("shoppers -> gateway"), "shoppers -> gateway");
    }

    /// Two replicas, one after the other, as a rolling restart has it.
    #[test]
    fn each_replica_is_ready_when_it_is() {
        let change = |at_s, replica: u32, state| Transition {
            at_s,
            kind: "replica",
            subject: format!("api/{replica}"),
            state,
        };
        let changes = [
            change(30.0, 0, "down"),
            change(50.0, 0, "ready"),
            change(50.0, 1, "down"),
            change(70.0, 1, "ready"),
        ];
        let changes: Vec<&Transition> = changes.iter().collect();
        let told = |changes: &[&Transition]| -> Vec<String> {
            deaths("api", changes, &[]).iter().map(|death| death.what.text()).collect()
        };
        let (first, second) = (
            "down 1 replica of api goes down, ready again by T+50s".to_owned(),
            "down 1 replica of api goes down, ready again by T+70s".to_owned(),
        );
        assert_eq!(told(&changes), [first.clone(), second]);
        assert_eq!(
            told(&changes[..3]),
            [first, "down 1 replica of api goes down, not ready again".to_owned()]
        );
    }

    /// A pause ends in the instant of the restart.
    #[test]
    fn ready_before_it_was_stopped_is_not_ready_again() {
        let change = |at_s, state| Transition { at_s, kind: "replica", subject: "api/0".to_owned(), state };
        let changes =
            [change(70.0, "ready"), change(70.0, "down"), change(70.0, "starting"), change(80.0, "ready")];
        let changes: Vec<&Transition> = changes.iter().collect();
        let told = ready_again("api", &changes, 70.0).unwrap().what.text();
        assert_eq!(told, "ready 1 replica of api is back, 10 s after the restart");
        assert_eq!(ready_again("api", &changes[..3], 70.0).map(|told| told.at_s), None);
        // Another one dies before: that is what is told.
        let other = Transition { subject: "api/1".to_owned(), ..change(75.0, "down") };
        let changes = [&changes[..3], &[&other], &changes[3..]].concat();
        assert!(ready_again("api", &changes, 70.0).is_none());
    }

    #[test]
    fn a_crash_is_no_kill_of_the_loop_that_follows() {
        let change = |at_s, state| Transition { at_s, kind: "replica", subject: "user/0".to_owned(), state };
        let kill = |k: u32| {
            let at_s = f64::from(k) * 60.0;
            [change(at_s, "out of memory"), change(at_s, "down"), change(at_s + 45.0, "ready")]
        };
        let changes: Vec<Transition> =
            [change(0.0, "down"), change(45.0, "ready")].into_iter().chain((1..5).flat_map(kill)).collect();
        let changes: Vec<&Transition> = changes.iter().collect();
        let told: Vec<String> = deaths("user", &changes, &[]).iter().map(|h| h.what.text()).collect();
        assert_eq!(
            told,
            [
                "down 1 replica of user goes down, ready again by T+45s",
                "out of memory replicas of user in a restart loop: 1 kill by T+60s, 4 in all, the last at T+240s",
            ]
        );
    }

    #[test]
    fn a_probe_that_turns_again_and_again_is_told_by_how_it_ends() {
        let change = |at_s: u32, replica: u32, state| Transition {
            at_s: f64::from(at_s),
            kind: "probe",
            subject: format!("user/{replica}"),
            state,
        };
        let told = |changes: &[(u32, u32, &'static str)]| {
            let changes: Vec<Transition> =
                changes.iter().map(|(at_s, replica, state)| change(*at_s, *replica, state)).collect();
            probe("user", &changes.iter().collect::<Vec<_>>()).unwrap().what.text()
        };
        let (red, green) = ("unhealthy", "healthy");
        assert_eq!(told(&[(1, 0, red)]), "probe of user turns red on 1 replica to the end");
        assert_eq!(
            told(&[(1, 0, red), (9, 0, green)]),
            "probe of user turns red on 1 replica, green again by T+9s"
        );
        assert_eq!(
            told(&[(1, 0, red), (2, 1, red), (9, 0, green)]),
            "probe of user turns red on 2 replicas, on 1 of them to the end"
        );
        assert_eq!(
            told(&[(1, 0, red), (2, 0, green), (3, 0, red), (4, 0, green)]),
            "probe of user turns red on 1 replica, 2 times, green again by T+4s"
        );
        assert_eq!(
            told(&[(1, 0, red), (2, 0, green), (3, 0, red)]),
            "probe of user turns red on 1 replica, 2 times, and is at the end"
        );
    }

    #[test]
    fn a_restart_loop_is_a_few_sentences() {
        let change = |at_s, state| Transition { at_s, kind: "replica", subject: "user/0".to_owned(), state };
        let changes: Vec<Transition> = (0..10)
            .flat_map(|k| [change(f64::from(k) * 60.0, "down"), change(f64::from(k) * 60.0 + 45.0, "ready")])
            .collect();
        let changes: Vec<&Transition> = changes.iter().collect();
        let told: Vec<String> = deaths("user", &changes, &[]).iter().map(|h| h.what.text()).collect();
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
