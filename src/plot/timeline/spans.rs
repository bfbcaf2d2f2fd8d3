//! What happened from when to when, read from faults, alerts and transitions. Draws nothing.

use indexmap::IndexMap;

use crate::plot::{headline, words};
use crate::record::{Record, Transition};

/// Something that lasted.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Span {
    /// When it began.
    pub(super) from_s: f64,
    /// When it ended; none if it lasted to the end of the run.
    pub(super) to_s: Option<f64>,
}

/// Things of one kind that happened to one subject.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Track<'a> {
    /// What it says in the lane.
    pub(super) name: String,
    /// Whose look it has, if not that of its kind.
    pub(super) of: Option<&'a str>,
    /// When it happened.
    pub(super) spans: Vec<Span>,
}

/// The faults.
pub(super) fn faults(record: &Record) -> Vec<Track<'static>> {
    let mut tracks: IndexMap<String, Vec<Span>> = IndexMap::new();
    for fault in &record.faults {
        let span = Span { from_s: fault.from_s, to_s: fault.to_s };
        tracks.entry(headline::fault(fault)).or_default().push(span);
    }
    named(tracks, |name, n| if n == 1 { name } else { format!("{name}, {n} times") })
}

/// The alerts.
pub(super) fn alerts(record: &Record) -> Vec<Track<'_>> {
    let firing = record.actual.monitors.iter().filter(|(_, monitor)| !monitor.alerts.is_empty());
    firing
        .map(|(name, monitor)| Track {
            name: name.clone(),
            of: Some(&monitor.of),
            spans: monitor
                .alerts
                .iter()
                .map(|(from_s, to_s)| Span { from_s: *from_s, to_s: *to_s })
                .collect(),
        })
        .collect()
}

/// Open breakers, by call; half open counts as open.
pub(super) fn breakers(record: &Record) -> Vec<Track<'static>> {
    let is_open = |state: &str| state != "closed";
    let of = |subject: &str| {
        let (caller, callee) = subject.split_once(" -> ").unwrap_or((subject, ""));
        let caller = caller.split('/').next().unwrap_or(caller);
        let callee = callee.split(" #").next().unwrap_or(callee);
        if callee.is_empty() { caller.to_owned() } else { format!("{caller} \u{2192} {callee}") }
    };
    let tracks = merged(record, "breaker", is_open, of);
    named(tracks, |name, n| format!("{name} open{}", count(n)))
}

/// Services with a replica that is not ready, unless a fault or a panel says so already.
pub(super) fn replicas(record: &Record) -> Vec<Track<'static>> {
    let of = |subject: &str| subject.split('/').next().unwrap_or(subject).to_owned();
    let mut tracks = merged(record, "replica", |state| state != "ready", of);
    for (service, spans) in &mut tracks {
        spans.retain(|span| {
            let same = |fault: &&crate::record::FaultSpan| {
                fault.service == *service
                    && (fault.from_s - span.from_s).abs() < 0.5
                    && fault.effect == "pause"
            };
            !record.faults.iter().any(|fault| same(&fault))
        });
    }
    let shown = super::replicas::shown(record);
    tracks.retain(|service, spans| !spans.is_empty() && !shown.contains(&service.as_str()));
    named(tracks, |name, n| format!("{name} not ready{}", count(n)))
}

fn count(n: usize) -> String {
    if n == 1 { String::new() } else { format!(", {}", words::several(n, "time", "times")) }
}

fn named(tracks: IndexMap<String, Vec<Span>>, name: impl Fn(String, usize) -> String) -> Vec<Track<'static>> {
    tracks.into_iter().map(|(of, spans)| Track { name: name(of, spans.len()), of: None, spans }).collect()
}

/// Periods in which at least one subject of a group was in an active state.
fn merged(
    record: &Record,
    kind: &str,
    active: impl Fn(&str) -> bool,
    group: impl Fn(&str) -> String,
) -> IndexMap<String, Vec<Span>> {
    let mut tracks: IndexMap<String, Vec<Span>> = IndexMap::new();
    let mut on: IndexMap<&str, bool> = IndexMap::new();
    let mut counts: IndexMap<String, usize> = IndexMap::new();
    let of_kind = |transition: &&Transition| transition.kind == kind;
    for transition in record.actual.transitions.iter().filter(of_kind) {
        let now = active(transition.state);
        let before = on.insert(&transition.subject, now).unwrap_or(false);
        if now == before {
            continue;
        }
        let name = group(&transition.subject);
        let count = counts.entry(name.clone()).or_default();
        *count = if now { *count + 1 } else { count.saturating_sub(1) };
        if now && *count == 1 {
            tracks.entry(name).or_default().push(Span { from_s: transition.at_s.max(0.0), to_s: None });
        } else if !now && *count == 0 {
            let open = tracks.get_mut(&name).and_then(|spans| spans.last_mut());
            if let Some(span) = open {
                span.to_s = Some(transition.at_s);
            }
        }
    }
    for spans in tracks.values_mut() {
        spans.retain(|span| span.to_s.is_none_or(|to| to > 0.0));
    }
    tracks.retain(|_, spans| !spans.is_empty());
    tracks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::fixture;

    fn transition(at_s: f64, kind: &'static str, subject: &str, state: &'static str) -> Transition {
        Transition { at_s, kind, subject: subject.into(), state }
    }

    #[test]
    fn replicas_of_a_service_are_told_together() {
        let (mut record, _) = fixture::thursday();
        record.actual.transitions = vec![
            transition(0.0, "replica", "user-db/0", "paused"),
            transition(12.0, "replica", "user-db/0", "ready"),
            transition(60.0, "replica", "user/0", "down"),
            transition(61.0, "replica", "user/1", "down"),
            transition(70.0, "replica", "user/0", "starting"),
            transition(90.0, "replica", "user/0", "ready"),
            transition(95.0, "replica", "user/1", "ready"),
            transition(99.0, "replica", "user/1", "down"),
        ];
        let tracks = replicas(&record);
        assert_eq!(tracks.len(), 1, "{tracks:?}");
        assert_eq!(tracks[0].name.replace('\u{a0}', " "), "user not ready, 2 times");
        let expected = [Span { from_s: 60.0, to_s: Some(95.0) }, Span { from_s: 99.0, to_s: None }];
        assert_eq!(tracks[0].spans, expected);
    }

    #[test]
    fn breakers_are_told_by_call() {
        let (mut record, _) = fixture::thursday();
        record.actual.transitions = vec![
            transition(5.0, "breaker", "checkout -> user #0", "open"),
            transition(10.0, "breaker", "checkout -> user #0", "half-open"),
            transition(11.0, "breaker", "checkout -> user #0", "closed"),
        ];
        let tracks = breakers(&record);
        assert_eq!(tracks[0].name, "checkout \u{2192} user open");
        assert_eq!(tracks[0].spans, [Span { from_s: 5.0, to_s: Some(11.0) }]);
    }
}
