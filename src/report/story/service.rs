//! What an incident did to the service as facts: its times, how much was left, what was promised, and what contained it.

use crate::analysis::{
    BurnState, Containment, DegradationKind, DegradationSummary, IncidentTimes, SloSummary, Summary,
};
use crate::report::block::{Line, Tone};
use crate::report::quantity;

/// So many objectives are told, of those that lost most of their budget.
const OBJECTIVES: usize = 3;

/// From the first impact until it was detected, diagnosed, mitigated and over.
pub(in crate::report) fn times(times: Option<&IncidentTimes>) -> Option<Line> {
    let times = times?;
    let phases = [
        ("detected", times.to_detect_s),
        ("diagnosed", times.to_diagnose_s),
        ("mitigated", times.to_mitigate_s),
        ("recovered", times.to_recover_s),
    ];
    let told: Vec<String> = phases
        .iter()
        .filter_map(|(what, after)| Some(format!("{what} after {}", quantity::seconds((*after)?))))
        .collect();
    let never = if times.to_detect_s.is_none() { "no alert and no page" } else { "" };
    let told = match (told.is_empty(), never.is_empty()) {
        (true, true) => return None,
        (true, false) => never.to_owned(),
        (false, true) => told.join(", "),
        (false, false) => format!("{never}; {}", told.join(", ")),
    };
    Some(Line::plain(told))
}

/// What users noticed, and how much was left at the worst.
pub(in crate::report) fn degradation(told: Option<&DegradationSummary>) -> Option<Line> {
    let told = told?;
    let hit = told.classes.iter().filter_map(|(name, class)| Some((name, class, class.kind?)));
    let (name, class, kind) = hit.max_by(|a, b| {
        (a.2, a.1.bad_minutes).partial_cmp(&(b.2, b.1.bad_minutes)).unwrap_or(std::cmp::Ordering::Equal)
    })?;
    let tone = match kind {
        DegradationKind::Critical | DegradationKind::Transactional => Tone::Bad,
        DegradationKind::Functional => Tone::Caution,
        DegradationKind::Cosmetic | DegradationKind::Invisible => Tone::Plain,
    };
    let bad_minutes = quantity::plain(libm::round(10.0 * class.bad_minutes) / 10.0);
    Some(Line::toned(tone, kind.name()).and(format!(
        " ({}): {name} down to {} of its capability, level {} of 100; {bad_minutes} bad minute{}",
        kind.calls_for(),
        quantity::share(class.lowest),
        class.level,
        if bad_minutes == "1" { "" } else { "s" }
    )))
}

/// What was promised and not kept, one line for each class.
pub(in crate::report) fn objectives(summary: &Summary) -> Vec<Line> {
    let mut all: Vec<(&String, &SloSummary)> = summary.slo.iter().collect();
    all.sort_by(|a, b| b.1.budget_spent.total_cmp(&a.1.budget_spent));
    all.into_iter().take(OBJECTIVES).map(|(name, slo)| objective(name, slo)).collect()
}

fn objective(name: &str, slo: &SloSummary) -> Line {
    let met = slo.availability >= slo.objective;
    let fired = slo.alerts.iter().filter_map(|alert| Some((alert.first_s?, alert)));
    let first = fired.min_by(|a, b| a.0.total_cmp(&b.0));
    let judged = slo.alerts.iter().any(|alert| alert.state != BurnState::NotJudged);
    let alert = match first {
        Some((at, alert)) => {
            format!("; a burn-rate {} at {}", alert.calls_for, quantity::instant(at))
        }
        None if judged => "; no burn-rate alert".to_owned(),
        None => "; burn-rate alerts not judged, the run is too short".to_owned(),
    };
    Line::toned(if met { Tone::Good } else { Tone::Bad }, format!("{name} ")).and(format!(
        "{} good of {} promised; {} of the error budget of {} spent{alert}",
        quantity::share(slo.availability),
        quantity::share(slo.objective),
        quantity::share(slo.budget_spent),
        quantity::seconds(slo.over_s)
    ))
}

/// So many mechanisms at most that acted most beyond what is normal; fallbacks are told elsewhere.
pub(in crate::report) fn containment(all: &[Containment], most: usize) -> Vec<Line> {
    let beyond = |one: &Containment| one.acted.saturating_sub(one.twin.unwrap_or(0));
    let mut told: Vec<&Containment> =
        all.iter().filter(|one| one.requests.is_some() && beyond(one) > 0).collect();
    told.sort_by_key(|one| std::cmp::Reverse(beyond(one)));
    told.into_iter().take(most).map(acted).collect()
}

fn acted(one: &Containment) -> Line {
    let verb = if one.spared > 0 { "kept off" } else { "gave up" };
    let opened = match one.opened {
        0 => String::new(),
        1 => ", opened once".to_owned(),
        times => format!(", opened {} times", quantity::count(times)),
    };
    let ended = one.requests.map_or_else(String::new, |requests| {
        let answered = requests.ok + requests.degraded;
        let of = quantity::counted(answered + requests.failed, "request");
        match answered {
            0 if requests.failed == 0 => String::new(),
            0 => format!("; none of {of} was answered"),
            answered => format!("; {} of {of} were answered all the same", quantity::count(answered)),
        }
    });
    Line::plain(format!(
        "{} of {} {verb} {}{opened}{ended}",
        one.mechanism.replace('_', " "),
        one.call,
        quantity::counted(one.acted, "attempt"),
    ))
}
