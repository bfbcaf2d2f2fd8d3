//! Evaluates a scenario's expectations against what was found.

use serde_json::Value;

use crate::analysis::verdict::sum;
use crate::analysis::{ExpectationResult, Summary};
use crate::record::{MonitorTrack, Record, WorldRecord};
use crate::scenario::{Bound, Check, Expectation, VerdictKind, World};
use crate::time::SimDuration;

/// A scrape may be a rounding error late.
const EPSILON_S: f64 = 1e-6;

/// What one check found.
struct Finding {
    held: bool,
    measured: Option<f64>,
    unit: &'static str,
    found: String,
}

/// The results of all expectations, in order.
pub(crate) fn evaluate(
    expectations: &[Expectation],
    record: &Record,
    summary: &Summary,
) -> Vec<ExpectationResult> {
    // Paths into the summary go over its JSON, so that what can be asserted is what can be read.
    let wants_json = expectations.iter().any(|e| matches!(e.check, Check::Value { .. }));
    let json = if wants_json { serde_json::to_value(summary).unwrap_or(Value::Null) } else { Value::Null };
    let one = |expectation: &Expectation| {
        let finding = check(&expectation.check, record, summary, &json);
        ExpectationResult {
            text: expectation.text.clone(),
            held: finding.held,
            measured: finding.measured,
            unit: finding.unit,
            found: finding.found,
        }
    };
    expectations.iter().map(one).collect()
}

fn check(check: &Check, record: &Record, summary: &Summary, json: &Value) -> Finding {
    if check.looks_until().is_some_and(|until| until.as_secs_f64() > record.simulated_s + EPSILON_S) {
        return nothing("the run ends before that");
    }
    match check {
        Check::Verdict { is, world } => verdict(is, *world, summary),
        Check::At { at, monitor, bound, world } => match track(record, *world, monitor) {
            Ok(track) => at_time(track, *at, *bound),
            Err(missing) => missing,
        },
        Check::During { from, to, monitor, bound, world } => match track(record, *world, monitor) {
            Ok(track) => during(track, *from, *to, *bound),
            Err(missing) => missing,
        },
        Check::Firing { at, monitor } => match track(record, World::Actual, monitor) {
            Ok(track) => firing(track, at.as_secs_f64()),
            Err(missing) => missing,
        },
        Check::Silent { from, to } => silent(record, from.as_secs_f64(), to.as_secs_f64()),
        Check::Load { from, to, of, bound } => load(record, from.as_secs_f64(), to.as_secs_f64(), of, *bound),
        Check::Order(services) => order(services.iter().map(|name| name.value.as_str()), summary),
        Check::Value { path, bound } => value(json, path, *bound),
    }
}

fn nothing(found: impl Into<String>) -> Finding {
    Finding { held: false, measured: None, unit: "", found: found.into() }
}

fn number(value: f64, unit: &'static str, bound: Bound, found: String) -> Finding {
    Finding { held: bound.holds(value), measured: Some(value), unit, found }
}

fn verdict(wanted: &[VerdictKind], world: World, summary: &Summary) -> Finding {
    let found = match world {
        World::Actual => summary.verdict,
        // Without a response the unattended world is the actual one.
        World::Unattended => summary.verdict_unattended.or(summary.verdict),
        World::Twin => Some(VerdictKind::Unaffected),
    };
    match found {
        Some(kind) => Finding {
            held: wanted.contains(&kind),
            measured: None,
            unit: "",
            found: match world {
                World::Actual => format!("{} ({})", kind.name(), summary.verdict_reason),
                World::Twin | World::Unattended => kind.name().to_owned(),
            },
        },
        None => nothing("there is no verdict without a twin"),
    }
}

fn world(record: &Record, world: World) -> Option<&WorldRecord> {
    match world {
        World::Actual => Some(&record.actual),
        // Without anything done about it the unattended world is the actual one.
        World::Unattended => Some(record.unattended.as_ref().unwrap_or(&record.actual)),
        World::Twin => record.twin.as_ref(),
    }
}

fn track<'a>(record: &'a Record, of: World, monitor: &str) -> Result<&'a MonitorTrack, Finding> {
    let world = world(record, of).ok_or_else(|| nothing("that world was not simulated"))?;
    world.monitors.get(monitor).ok_or_else(|| nothing("there is no such monitor"))
}

fn unit(track: &MonitorTrack) -> &'static str {
    match track.unit.as_str() {
        "share" => "share",
        "per_s" => "per_s",
        "count" => "count",
        _ => "s",
    }
}

fn at_time(track: &MonitorTrack, at: SimDuration, bound: Bound) -> Finding {
    let at_s = at.as_secs_f64() + EPSILON_S;
    match track.samples.iter().rev().find(|(t, _)| *t <= at_s) {
        Some((t, value)) => number(*value, unit(track), bound, format!("the reading of T+{t} s")),
        None => nothing("there is no reading up to then"),
    }
}

/// The reading farthest from what it must be, of those in a period.
fn during(track: &MonitorTrack, from: SimDuration, to: SimDuration, bound: Bound) -> Finding {
    let (from, to) = (from.as_secs_f64() - EPSILON_S, to.as_secs_f64() + EPSILON_S);
    let within: Vec<_> = track.samples.iter().filter(|(t, _)| (from..=to).contains(t)).collect();
    let Some(first) = within.iter().find(|(_, value)| !bound.holds(*value)).or_else(|| within.last()) else {
        return nothing("there is no reading in that period");
    };
    let wrong = within.iter().filter(|(_, value)| !bound.holds(*value)).count();
    let found = match wrong {
        0 => format!("all {} readings", within.len()),
        _ => format!("{wrong} of {} readings are not, the first at T+{} s", within.len(), first.0),
    };
    number(first.1, unit(track), bound, found)
}

fn fires_at(track: &MonitorTrack, at: f64) -> bool {
    track.fires_at(at + EPSILON_S)
}

fn firing(track: &MonitorTrack, at: f64) -> Finding {
    let found = match track.alerts.as_slice() {
        [] => "it never fired".to_owned(),
        alerts => {
            let spans = alerts.iter().map(|(from, to)| match to {
                Some(to) => format!("T+{from} s to T+{to} s"),
                None => format!("T+{from} s on"),
            });
            format!("it fired from {}", spans.collect::<Vec<_>>().join(", "))
        }
    };
    Finding { held: fires_at(track, at), measured: None, unit: "", found }
}

fn silent(record: &Record, from: f64, to: f64) -> Finding {
    let loud = record.actual.monitors.iter().find(|(_, track)| {
        track
            .alerts
            .iter()
            .any(|(begin, end)| *begin <= to + EPSILON_S && end.is_none_or(|end| end > from + EPSILON_S))
    });
    let found =
        loud.map_or_else(|| "no alert fired".to_owned(), |(name, _)| format!("the alert on {name} fired"));
    Finding { held: loud.is_none(), measured: None, unit: "", found }
}

fn load(record: &Record, from: f64, to: f64, of: &str, bound: Bound) -> Finding {
    let Some(twin) = &record.twin else { return nothing("there is no twin to compare with") };
    let attempts = |world: &WorldRecord| {
        let call = world.calls.get(of).map(|series| &series.attempts);
        let column = call.or_else(|| world.services.get(of).map(|series| &series.offered))?;
        Some(sum(column, world.window_s, from, to))
    };
    match (attempts(&record.actual), attempts(twin)) {
        (Some(actual), Some(twin)) if twin > 0.0 => {
            number(actual / twin, "ratio", bound, format!("{actual:.0} attempts, the twin {twin:.0}"))
        }
        (Some(_), Some(_)) => nothing("the twin made no attempt in that period"),
        _ => nothing("there is no such call or service"),
    }
}

fn order<'a>(wanted: impl Iterator<Item = &'a str>, summary: &Summary) -> Finding {
    let mut hit = summary.propagation.iter().map(|impact| impact.service.as_str());
    let mut wanted = wanted;
    let held = wanted.all(|name| hit.any(|other| other == name));
    let all: Vec<&str> = summary.propagation.iter().map(|impact| impact.service.as_str()).collect();
    let found =
        if all.is_empty() { "no service was hit".to_owned() } else { format!("hit: {}", all.join(", ")) };
    Finding { held, measured: None, unit: "", found }
}

fn value(json: &Value, path: &str, bound: Bound) -> Finding {
    let mut at = json;
    for part in parts(path) {
        let next = match at {
            Value::Array(items) => part.parse().ok().and_then(|position: usize| items.get(position)),
            _ => at.get(&part),
        };
        match next {
            Some(next) => at = next,
            None => return nothing(format!("summary.json has no {part} there")),
        }
    }
    match at.as_f64() {
        Some(value) => number(value, "", bound, String::new()),
        None => nothing(format!("it is {at}, not a number")),
    }
}

/// The parts of a path; a part in quotes may hold dots.
fn parts(path: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    for c in path.chars() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('.', None) => parts.push(String::new()),
            (c, _) => {
                if let Some(last) = parts.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_split_at_dots_outside_quotes() {
        assert_eq!(parts("calls.'a.x -> b'.attempts"), ["calls", "a.x -> b", "attempts"]);
        assert_eq!(parts("traffic.search.failed"), ["traffic", "search", "failed"]);
    }

    #[test]
    fn values_are_found_or_explained() {
        let json = serde_json::json!({ "a": { "b.c": [1, 2.5] }, "text": "x" });
        assert!(value(&json, "a.'b.c'.1", Bound::Exactly(2.5)).held);
        let wrong = value(&json, "a.nothing", Bound::AtLeast(0.0));
        assert!(!wrong.held && wrong.found.contains("nothing"));
        assert!(!value(&json, "text", Bound::AtLeast(0.0)).held, "a text is not a number");
    }

    #[test]
    fn readings_are_those_up_to_the_instant() {
        let track = MonitorTrack {
            samples: vec![(0.0, 0.1), (5.0, 0.2), (10.0, 0.9)],
            unit: "share".to_owned(),
            ..MonitorTrack::default()
        };
        let at = |s, bound| at_time(&track, SimDuration::from_secs(s), bound).held;
        assert!(at(5, Bound::Exactly(0.2)) && at(9, Bound::Exactly(0.2)) && at(10, Bound::Exactly(0.9)));
        let period = |from, to, bound| {
            during(&track, SimDuration::from_secs(from), SimDuration::from_secs(to), bound).held
        };
        assert!(
            period(0, 5, Bound::Below(0.5))
                && !period(0, 10, Bound::Below(0.5))
                && !period(11, 20, Bound::Below(1.0))
        );
    }

    #[test]
    fn alerts_fire_from_their_begin_until_before_their_end() {
        let track =
            MonitorTrack { alerts: vec![(30.0, Some(40.0)), (50.0, None)], ..MonitorTrack::default() };
        let fires: Vec<bool> =
            [29.0, 30.0, 39.9, 40.0, 50.0, 900.0].iter().map(|at| fires_at(&track, *at)).collect();
        assert_eq!(fires, [false, true, true, false, true, true]);
    }

    #[test]
    fn a_finding_says_how_many_readings_are_not_what_they_must_be() {
        let track = |unit: &str| MonitorTrack {
            samples: vec![(0.0, 0.1), (5.0, 0.6), (10.0, 0.9)],
            unit: unit.to_owned(),
            ..MonitorTrack::default()
        };
        let period =
            |bound| during(&track("share"), SimDuration::from_secs(5), SimDuration::from_secs(10), bound);
        let wrong = period(Bound::Below(0.5));
        assert_eq!((wrong.held, wrong.measured, wrong.unit), (false, Some(0.6), "share"));
        assert_eq!(wrong.found, "2 of 2 readings are not, the first at T+5 s");
        let right = period(Bound::Above(0.5));
        assert_eq!((right.held, right.measured, right.found.as_str()), (true, Some(0.9), "all 2 readings"));
        assert_eq!(
            ["share", "per_s", "count", "s"].map(|name| unit(&track(name))),
            ["share", "per_s", "count", "s"]
        );
    }

    /// An alert that fires from T+30s until before T+40s, and again from T+50s on.
    #[test]
    fn silence_is_no_alert_at_any_time_of_a_period() {
        let track =
            MonitorTrack { alerts: vec![(30.0, Some(40.0)), (50.0, None)], ..MonitorTrack::default() };
        let mut world = WorldRecord::default();
        world.monitors.insert("errors".into(), track);
        let record = crate::analysis::fixture::bare(100.0, world, None);
        for (from, to, held) in [
            (0.0, 29.0, true),
            (0.0, 30.0, false),
            (35.0, 36.0, false),
            (40.0, 49.0, true),
            (39.0, 49.0, false),
            (20.0, 45.0, false),
            (60.0, 70.0, false),
        ] {
            assert_eq!(silent(&record, from, to).held, held, "{from} to {to}");
        }
        let found = firing(&record.actual.monitors["errors"], 35.0);
        assert_eq!(found.found, "it fired from T+30 s to T+40 s, T+50 s on");
        assert_eq!(silent(&record, 0.0, 99.0).found, "the alert on errors fired");
    }

    #[test]
    fn a_load_is_that_of_a_call_or_of_a_service_against_the_twin() {
        use crate::record::{CallSeries, ServiceSeries};
        let world = |calls: u64, offered: u64| {
            let mut world = WorldRecord { window_s: 1.0, ..WorldRecord::default() };
            let series = CallSeries { attempts: vec![0, calls, calls, 0], ..CallSeries::default() };
            world.calls.insert("a -> b".into(), series);
            let series = ServiceSeries { offered: vec![0, offered, offered, 0], ..ServiceSeries::default() };
            world.services.insert("b".into(), series);
            world
        };
        let record = crate::analysis::fixture::bare(4.0, world(30, 50), Some(world(20, 40)));
        let measured = |from, to, of| load(&record, from, to, of, Bound::Above(1.0)).measured;
        assert_eq!(measured(1.0, 2.0, "a -> b"), Some(1.5));
        assert_eq!(measured(0.0, 4.0, "b"), Some(1.25));
        assert_eq!(measured(3.0, 4.0, "b"), None, "the twin made none");
        assert_eq!(measured(0.0, 4.0, "x"), None);
        assert!(load(&record, 3.0, 4.0, "b", Bound::AtLeast(0.0)).found.contains("made no attempt"));
        assert!(load(&record, 0.0, 4.0, "x", Bound::AtLeast(0.0)).found.contains("no such call"));
    }

    /// Up to the end of a run, but for a rounding error.
    #[test]
    fn what_lies_beyond_the_run_is_not_held() {
        let mut world = WorldRecord::default();
        let track = MonitorTrack { samples: vec![(99.0, 1.0)], ..MonitorTrack::default() };
        world.monitors.insert("errors".into(), track);
        let record = crate::analysis::fixture::bare(100.0, world, None);
        let summary = crate::analysis::summarize::summarize(&record);
        let silent = |to_ms: u64| {
            let period = Check::Silent { from: SimDuration::ZERO, to: SimDuration::from_millis(to_ms) };
            check(&period, &record, &summary, &Value::Null)
        };
        assert!(silent(100_000).held);
        assert_eq!(silent(100_001).found, "the run ends before that");
    }

    #[test]
    fn services_are_hit_in_an_order_with_others_between_them() {
        let (_, summary) = crate::analysis::fixture::attended();
        let held = |names: &[&str]| order(names.iter().copied(), &summary).held;
        assert!(held(&["user-db", "checkout", "browse"]) && held(&[]));
        assert!(!held(&["checkout", "user-db"]) && !held(&["search"]) && !held(&["user", "user"]));
        assert_eq!(order([].into_iter(), &summary).found, "hit: user-db, user, checkout, gateway, browse");
    }
}
