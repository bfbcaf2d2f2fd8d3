//! Which root held the harm when: an incident as a sequence of phases, from the record of blame.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::record::{BlameRecord, RootHarm};

/// Blame is looked at in stretches of this length, unless windows are longer.
const STRETCH_S: f64 = 2.0;
/// Phases with less than this share of all harm are part of the one before, unless they are the first.
const TELLING: f64 = 0.01;
/// The first phase, and a stretch in which another root takes over, have at least this share.
const LEAST: f64 = 0.000_5;
/// What a root holds so long after the last that it held is a phase of its own, until it says something.
const APART_S: f64 = 20.0;
/// Phases of two roots that follow each other so often are one.
const IN_TURN: usize = 4;

/// A time in which one root, or two in turn, was behind most of the harm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// Its root, and the other if they took turns.
    pub roots: Vec<String>,
    /// When it begins.
    pub from_s: f64,
    /// When it ends: with the next phase, or with the harm.
    pub to_s: f64,
    /// Requests that were harmed meanwhile, of whatever root.
    pub harmed: f64,
}

/// A phase of one root, by its position in the record.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    root: usize,
    from: usize,
    to: usize,
    harmed: f64,
}

/// The phases of an incident, in order.
pub(crate) fn phases(blame: &BlameRecord) -> Vec<Phase> {
    let windows = ((STRETCH_S / blame.window_s).round() as usize).max(1);
    let spans = telling(stretches(blame, windows));
    let mut found: Vec<Phase> = Vec::new();
    let mut rest = spans.as_slice();
    while let Some(first) = rest.first() {
        let (length, roots) = match in_turn(rest) {
            length if length >= IN_TURN => (length, vec![rest[0].root, rest[1].root]),
            _ => (1, vec![first.root]),
        };
        let (these, others) = rest.split_at(length);
        found.push(Phase {
            roots: roots.into_iter().map(|root| blame.roots[root].root.clone()).collect(),
            from_s: first.from as f64 * blame.window_s,
            to_s: these[length - 1].to as f64 * blame.window_s,
            harmed: these.iter().map(|span| span.harmed).sum(),
        });
        rest = others;
    }
    found
}

/// The largest root of each stretch of time with any harm; neighbors with the same are one. Where the root changes, which
/// takes more than a trace of harm, the new one begins with the first window of the stretch that is its own.
fn stretches(blame: &BlameRecord, windows: usize) -> Vec<Span> {
    let end = blame.roots.iter().map(|root| root.windows.len()).max().unwrap_or(0);
    let within = |range: Range<usize>| blame.roots.iter().map(|root| harm(root, range.clone())).sum::<f64>();
    let trace = LEAST * within(0..end);
    let apart = (APART_S / blame.window_s).ceil() as usize;
    let mut spans: Vec<Span> = Vec::new();
    for begin in (0..end).step_by(windows) {
        let to = (begin + windows).min(end);
        let Some(root) = largest(blame, begin..to) else { continue };
        if within(begin..to) < trace && spans.last().is_some_and(|last| last.root != root) {
            continue;
        }
        let from =
            (begin..to).find(|window| largest(blame, *window..window + 1) == Some(root)).unwrap_or(begin);
        if spans.is_empty()
            && let Some(before) = largest(blame, begin..from)
        {
            let first = (begin..from).find(|window| largest(blame, *window..window + 1).is_some());
            spans.push(Span { root: before, from: first.unwrap_or(begin), to: from, harmed: 0.0 });
        }
        match spans.last_mut() {
            Some(last) if last.to == begin || largest(blame, begin..from) == Some(last.root) => {
                last.to = from;
            }
            _ => {}
        }
        match spans.last_mut() {
            Some(last) if last.root == root && from < last.to + apart => last.to = to,
            _ => spans.push(Span { root, from, to, harmed: 0.0 }),
        }
    }
    for span in &mut spans {
        span.harmed = within(span.from..span.to);
    }
    spans
}

/// The root with the most harm in some windows; none if there is no harm.
fn largest(blame: &BlameRecord, windows: Range<usize>) -> Option<usize> {
    let sums = blame.roots.iter().map(|root| harm(root, windows.clone())).enumerate();
    let (root, most) = sums.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))?;
    (most > 0.0).then_some(root)
}

fn harm(root: &RootHarm, windows: Range<usize>) -> f64 {
    root.windows.iter().take(windows.end).skip(windows.start).sum()
}

/// Adds a span, or makes the last one longer if it has the same root.
fn join(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if last.root == span.root => {
            last.to = span.to;
            last.harmed += span.harmed;
        }
        _ => spans.push(span),
    }
}

/// The spans that say something. Of others what comes together until it says something is one; what never does is given to
/// the span before it.
fn telling(spans: Vec<Span>) -> Vec<Span> {
    let all: f64 = spans.iter().map(|span| span.harmed).sum();
    let mut found: Vec<Span> = Vec::new();
    let mut little: Vec<Span> = Vec::new();
    for span in spans {
        let least = if found.is_empty() { LEAST } else { TELLING };
        if span.harmed >= least * all {
            give(&mut found, &mut little);
            join(&mut found, span);
        } else if !found.is_empty() {
            little.push(span);
            let sum = together(&little);
            if sum.harmed >= TELLING * all {
                little.clear();
                join(&mut found, sum);
            }
        }
    }
    give(&mut found, &mut little);
    found
}

/// Gives spans that say too little to the last one that says something.
fn give(found: &mut [Span], little: &mut Vec<Span>) {
    if let Some(last) = found.last_mut() {
        for span in little.drain(..) {
            last.to = span.to;
            last.harmed += span.harmed;
        }
    }
}

/// Several spans as one, of the root that has most of them.
fn together(spans: &[Span]) -> Span {
    let of = |root| spans.iter().filter(|span| span.root == root).map(|span| span.harmed).sum::<f64>();
    let most = spans.iter().max_by(|a, b| of(a.root).total_cmp(&of(b.root)).then(b.root.cmp(&a.root)));
    Span {
        root: most.map_or(0, |span| span.root),
        from: spans[0].from,
        to: spans[spans.len() - 1].to,
        harmed: spans.iter().map(|span| span.harmed).sum(),
    }
}

/// How many spans from here on are of the first two roots in turn.
fn in_turn(spans: &[Span]) -> usize {
    let [first, second, ..] = spans else { return spans.len() };
    spans
        .iter()
        .enumerate()
        .take_while(|(place, span)| span.root == [first.root, second.root][place % 2])
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Roots with their harm by window of a second.
    fn blame(roots: &[(&str, &[f64])]) -> BlameRecord {
        let root = |(name, windows): &(&str, &[f64])| RootHarm {
            root: (*name).to_owned(),
            kind: "fault".to_owned(),
            place: String::new(),
            harmed: windows.iter().sum(),
            lost: 0.0,
            classes: Vec::new(),
            windows: windows.to_vec(),
        };
        BlameRecord { window_s: 1.0, roots: roots.iter().map(root).collect(), ..BlameRecord::default() }
    }

    fn told(blame: &BlameRecord) -> Vec<(String, f64, f64)> {
        phases(blame).into_iter().map(|p| (p.roots.join(", "), p.from_s, p.to_s)).collect()
    }

    #[test]
    fn one_root_takes_over_from_another() {
        let blame = blame(&[
            ("pause", &[0.0, 0.0, 9.0, 9.0, 9.0, 9.0, 5.0, 2.0]),
            ("storm", &[0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 5.0, 9.0, 9.0, 9.0, 9.0, 9.0]),
        ]);
        // In the seventh second they are even, and nothing has changed yet.
        let wanted = [("pause".to_owned(), 2.0, 7.0), ("storm".to_owned(), 7.0, 12.0)];
        assert_eq!(told(&blame), wanted);
        assert!((phases(&blame)[0].harmed - 47.0).abs() < 1e-9);
    }

    #[test]
    fn a_phase_begins_where_its_root_is_the_largest() {
        let blame = blame(&[("storm", &[9.0, 9.0, 9.0, 0.0]), ("restart", &[0.0, 0.0, 0.0, 20.0, 9.0])]);
        assert_eq!(told(&blame), [("storm".to_owned(), 0.0, 3.0), ("restart".to_owned(), 3.0, 5.0)]);
    }

    #[test]
    fn a_trace_long_before_begins_no_phase() {
        let storm = |trace_at: usize| {
            let mut storm = vec![0.0; 60];
            storm[trace_at] = 2.0;
            storm.extend([9.0; 60]);
            blame(&[("pause", &[99.0; 4]), ("storm", &storm)])
        };
        let phases = |to_s, from_s| [("pause".to_owned(), 0.0, to_s), ("storm".to_owned(), from_s, 120.0)];
        assert_eq!(told(&storm(5)), phases(6.0, 60.0), "it belongs to the phase before");
        assert_eq!(told(&storm(50)), phases(4.0, 50.0));
    }

    #[test]
    fn what_hardly_matters_is_left_out_unless_it_comes_first_and_is_more_than_a_trace() {
        let long = [[1.0; 2].as_slice(), &[0.0; 2], &[500.0; 40], &[0.0; 2], &[500.0; 40]].concat();
        let blip = [[0.0; 44].as_slice(), &[1.0; 2]].concat();
        let mut blame = blame(&[("long", &long), ("blip", &blip)]);
        assert_eq!(told(&blame), [("long".to_owned(), 0.0, 86.0)]);
        blame.roots[1].windows = vec![15.0, 15.0];
        assert_eq!(told(&blame), [("blip".to_owned(), 0.0, 2.0), ("long".to_owned(), 4.0, 86.0)]);
        // Three of twenty thousand were not how it began.
        blame.roots[1].windows = vec![3.0, 3.0];
        assert_eq!(told(&blame), [("long".to_owned(), 4.0, 86.0)]);
    }

    #[test]
    fn a_trace_of_harm_between_two_phases_is_none() {
        let pause = [[500.0; 10].as_slice(), &[0.0; 2], &[0.0, 400.0]].concat();
        let usual = [[0.0; 10].as_slice(), &[1.0]].concat();
        let storm = [[0.0; 12].as_slice(), &[0.0, 300.0, 900.0, 900.0]].concat();
        assert_eq!(
            told(&blame(&[("pause", &pause), ("usual", &usual), ("storm", &storm)])),
            [("pause".to_owned(), 0.0, 14.0), ("storm".to_owned(), 14.0, 16.0)]
        );
    }

    #[test]
    fn what_says_too_little_by_itself_says_enough_together() {
        // A hundred short spans after the first, each below the hundredth that tells, a third of them of another root.
        let spans = |wanted: fn(usize) -> bool| (0..300).map(move |s| if wanted(s / 2) { 1.0 } else { 0.0 });
        let first: Vec<f64> = [50.0; 4].into_iter().chain([0.0; 300]).collect();
        let pause: Vec<f64> = [0.0; 4].into_iter().chain(spans(|span| span % 3 != 0)).collect();
        let other: Vec<f64> = [0.0; 4].into_iter().chain(spans(|span| span % 3 == 0)).collect();
        assert_eq!(
            told(&blame(&[("first", &first), ("pause", &pause), ("other", &other)])),
            [("first".to_owned(), 0.0, 4.0), ("pause".to_owned(), 4.0, 304.0)]
        );
    }

    #[test]
    fn roots_that_take_turns_are_one_phase() {
        let a = [[0.0; 2].as_slice(), &[9.0; 2], &[0.0; 2], &[9.0; 2], &[0.0; 2]].concat();
        let b = [[9.0; 2].as_slice(), &[0.0; 2], &[9.0; 2], &[0.0; 2], &[9.0; 2]].concat();
        assert_eq!(told(&blame(&[("a", &a), ("b", &b)])), [("b, a".to_owned(), 0.0, 10.0)]);
        assert!(told(&blame(&[])).is_empty());
    }

    #[test]
    fn phases_are_told_in_seconds_however_wide_the_windows() {
        let mut blame = blame(&[
            ("pause", &[0.0, 9.0, 9.0, 9.0, 9.0, 0.0, 0.0, 0.0]),
            ("storm", &[0.0, 0.0, 0.0, 0.0, 0.0, 9.0, 9.0, 9.0]),
        ]);
        // Four windows are a stretch of two seconds; the second stretch begins with a window of the pause.
        blame.window_s = 0.5;
        assert_eq!(told(&blame), [("pause".to_owned(), 0.5, 2.5), ("storm".to_owned(), 2.5, 4.0)]);
        blame.window_s = 5.0;
        assert_eq!(told(&blame), [("pause".to_owned(), 5.0, 25.0), ("storm".to_owned(), 25.0, 40.0)]);
    }

    /// A phase that says nothing adds its harm to the one before it.
    #[test]
    fn no_harm_is_lost_between_phases() {
        let long = [[500.0; 40].as_slice(), &[0.0; 2], &[500.0; 40]].concat();
        let blip = [[0.0; 40].as_slice(), &[1.0; 2]].concat();
        let found = phases(&blame(&[("long", &long), ("blip", &blip)]));
        assert_eq!(found.len(), 1);
        assert!((found[0].harmed - 40_002.0).abs() < 1e-9, "{found:?}");
        // More than a trace, and less than a phase.
        let blip = [[0.0; 40].as_slice(), &[100.0; 2]].concat();
        let found = phases(&blame(&[("long", &long), ("blip", &blip)]));
        assert_eq!(found.len(), 1);
        assert!((found[0].harmed - 40_200.0).abs() < 1e-9, "{found:?}");
    }

    /// Once the storm is over a trace of harm is left: only if it is the storm's own it lasts as long.
    #[test]
    fn a_trace_of_another_root_makes_no_phase_longer() {
        let storm = [500.0; 40];
        let trace = [[0.0; 50].as_slice(), &[1.0; 2]].concat();
        let own: Vec<f64> =
            trace.iter().enumerate().map(|(at, sum)| sum + storm.get(at).unwrap_or(&0.0)).collect();
        assert_eq!(told(&blame(&[("storm", &storm), ("usual", &trace)])), [("storm".to_owned(), 0.0, 40.0)]);
        assert_eq!(told(&blame(&[("storm", &own)])), [("storm".to_owned(), 0.0, 52.0)]);
    }

    /// The stretch in which the storm takes over begins with a second in which nobody is harmed, or with one of the pause.
    #[test]
    fn a_phase_lasts_until_the_next_one_begins() {
        for (pause, wanted) in
            [(vec![9.0; 10], 11.0), ([[9.0; 8].as_slice(), &[0.0; 2], &[9.0]].concat(), 11.0)]
        {
            let storm = [[0.0; 11].as_slice(), &[20.0; 5]].concat();
            let wanted = [("pause".to_owned(), 0.0, wanted), ("storm".to_owned(), 11.0, 16.0)];
            assert_eq!(told(&blame(&[("pause", &pause), ("storm", &storm)])), wanted);
        }
    }
}
