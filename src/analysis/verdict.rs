//! How a world ended: contained, recovered, metastable ... against its twin.
//!
//! A run that did not reach its horizon is `undecided`. Else asked in this order: `unaffected`, `down`, healthy again
//! (`contained` or `recovered`), `undecided`, `limited`, else `metastable`.

use std::collections::BTreeMap;

use crate::record::{ClassSeries, Record, ResponseKind, WorldRecord};
use crate::scenario::{self, VerdictKind};
use crate::time::SimDuration;

/// Goodput of at least this share of the twin's is healthy.
const HEALTHY: f64 = 0.99;
/// Goodput that is higher than ever since the trigger, by this share of the twin's, is still rising.
const RISING: f64 = 0.02;
/// A backlog below this share of the lowest since the trigger is still falling.
const FALLING: f64 = 0.95;

/// So many attempts for each call of the twin are an amplification worth a word.
const AMPLIFIED: f64 = 1.2;
/// Limits that turned away this share of what is missing explain it.
const LIMITED: f64 = 0.5;
/// A backlog that fell by fewer attempts than this says nothing.
const TELLING: f64 = 10.0;
/// So many windows are looked back at, at the most.
const MOST_EARLIER: u32 = 30;
/// A twin that leaves this share of its requests unfinished, more and more of them, does not keep up.
const BEHIND: f64 = 0.1;
/// So many times as many requests open at the end as at half time are more and more. What a healthy system has in flight
/// stays the same, however large a share of a short run it is; that of one that does not keep up doubles.
const MORE_AND_MORE: f64 = 1.5;

/// A verdict, and why.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) kind: VerdictKind,
    pub(crate) reason: String,
}

/// What of a class decides.
struct ClassView<'a> {
    name: &'a str,
    /// Goodput of the last window, as a share of the twin's, and the best since the last trigger or act was over.
    last: f64,
    best_before: f64,
    /// Requests of the last window that the twin answered and this world did not.
    missing: f64,
}

/// A world that is judged against its twin.
struct Case<'a> {
    record: &'a Record,
    world: &'a WorldRecord,
    twin: &'a WorldRecord,
    /// How it would have ended if nobody had done anything.
    alone: Option<VerdictKind>,
    limits: &'a scenario::Impact,
    /// Length of the window at the end that decides.
    last_s: f64,
}

/// Judges a world of a record; a twin that misses its own demand is reported with any verdict. `affected` is the number of
/// its affected requests; `alone` the verdict of the unattended world, if there is one.
pub(crate) fn judge(
    record: &Record,
    world: &WorldRecord,
    twin: &WorldRecord,
    affected: u64,
    alone: Option<VerdictKind>,
    limits: &scenario::Impact,
) -> Verdict {
    let case = Case { record, world, twin, alone, limits, last_s: last_window_s(record) };
    let mut verdict = case.against_twin(affected);
    if let Some(baseline) = unhealthy_baseline(twin, limits) {
        verdict.reason = format!("{}; {baseline}", verdict.reason);
    }
    verdict
}

/// Length of the window at the end that decides: 60 s, or 5 % of the horizon if that is shorter.
pub(crate) fn last_window(horizon: SimDuration) -> SimDuration {
    horizon.scaled(0.05).min(SimDuration::from_secs(60))
}

/// The same, but at least one window of the record.
fn last_window_s(record: &Record) -> f64 {
    last_window(SimDuration::from_secs_f64(record.horizon_s)).as_secs_f64().max(record.actual.window_s)
}

impl Verdict {
    /// Says that services are worse off than in the twin, where nothing else does: goodput decides whether a world is healthy,
    /// and answers may count in it that are late or that cost several attempts.
    pub(crate) fn mention(&mut self, still_hit: &[&str]) {
        if !is_healthy(self.kind) {
            return;
        }
        let named = match still_hit {
            [one] => format!("{one} was"),
            [one, other] => format!("{one} and {other} were"),
            [one, rest @ ..] => format!("{one} and {} other services were", rest.len()),
            [] => return,
        };
        let reason = &self.reason;
        self.reason = format!("{reason}; {named} still slower or failing more often than in the twin");
    }
}

impl Case<'_> {
    /// The verdict, for what the twin is worth.
    fn against_twin(&self, affected: u64) -> Verdict {
        let (record, last_s) = (self.record, self.last_s);
        let verdict = |kind, reason: String| Verdict { kind, reason };
        if record.simulated_s < record.horizon_s {
            return verdict(VerdictKind::Undecided, "the run ended before its horizon".to_owned());
        }
        if affected == 0 {
            return verdict(VerdictKind::Unaffected, "no request was worse off than in the twin".to_owned());
        }
        let views: Vec<ClassView> = self.views().collect();
        let worst = views.iter().min_by(|a, b| a.last.total_cmp(&b.last));
        let impaired = worst.filter(|view| is_impaired(view));
        let hanging = views.iter().find(|view| self.leaves_hanging(view.name));
        let Some(worst) = impaired.or(hanging) else { return self.healthy() };
        let gap = if is_impaired(worst) {
            let share = 100.0 * worst.last.max(0.0);
            format!("in the last {last_s:.0} s {} had {share:.1} % of the twin's goodput", worst.name)
        } else {
            format!("at the end requests of {} still waited for their answer", worst.name)
        };
        if let Some(fault) = record.faults.iter().find(|fault| fault.to_s.is_none()) {
            return verdict(VerdictKind::Down, format!("{gap}, and {} was still active", fault.name));
        }
        if let Some(why) = self.unsettled(worst) {
            return verdict(VerdictKind::Undecided, format!("{gap}, but {why}; a longer horizon is needed"));
        }
        if let Some(limit) = self.limited(worst) {
            return verdict(VerdictKind::Limited, format!("{gap}, {limit}"));
        }
        let changed = self.world.response.iter().any(|entry| entry.kind == ResponseKind::Set);
        if changed && self.alone.is_some_and(is_healthy) {
            let why = "and without what was set it would have been healthy";
            return verdict(VerdictKind::Limited, format!("{gap}, {why}"));
        }
        let quiet = record.simulated_s - self.last_fault_s();
        let loop_ = self.sustained_by().map(|text| format!("; {text}")).unwrap_or_default();
        verdict(VerdictKind::Metastable, format!("{gap}, {quiet:.0} s after the last fault was over{loop_}"))
    }

    /// When the last fault was over.
    fn last_fault_s(&self) -> f64 {
        self.record.faults.iter().filter_map(|fault| fault.to_s).fold(0.0, f64::max)
    }

    /// When something was last done about it in this world.
    fn last_act_s(&self) -> f64 {
        let acts = self.world.response.iter().filter(|entry| entry.kind.changes_the_world());
        acts.map(|entry| entry.at_s).fold(0.0, f64::max)
    }

    /// The call whose extra attempts, against the twin's calls, are the most at the end: what keeps the load up.
    fn sustained_by(&self) -> Option<String> {
        let (end, last_s) = (self.record.simulated_s, self.last_s);
        let extra = |(name, series): (&String, &crate::record::CallSeries)| {
            let attempts = sum(&series.attempts, self.world.window_s, end - last_s, end);
            let calls =
                sum(&self.twin.calls.get(name)?.first_attempts, self.twin.window_s, end - last_s, end);
            (attempts > AMPLIFIED * calls && calls > 0.0)
                .then(|| (attempts - calls, attempts / calls, name.clone()))
        };
        let (_, ratio, name) =
            self.world.calls.iter().filter_map(extra).max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(format!("{name} still makes {ratio:.1} attempts for each call of the twin"))
    }

    /// Whether more of a class's requests were left without an answer than in the twin, beyond what is contained.
    fn leaves_hanging(&self, class: &str) -> bool {
        let open = |world: &WorldRecord| {
            let Some(t) = world.totals.classes.get(class) else { return 0 };
            let answered = world.classes.get(class).map_or(0, |series| series.of_surges.iter().sum());
            let of_surges = t.surge_requests.saturating_sub(t.surge_failed + answered);
            (t.requests - t.ok - t.degraded - t.failed).saturating_sub(of_surges)
        };
        let totals = self.world.totals.classes.get(class);
        let requests = totals.map_or(0, |totals| totals.requests - totals.surge_requests);
        let excess = open(self.world).saturating_sub(open(self.twin));
        leaves_open(excess, requests, self.limits.contained)
    }

    /// Whether limits that the response had set turned away most of what is missing.
    fn limited(&self, worst: &ClassView) -> Option<String> {
        let (end, window_s) = (self.record.simulated_s, self.world.window_s);
        let sets = self.world.response.iter().filter(|entry| entry.kind == ResponseKind::Set);
        let changed = sets.filter(|entry| entry.what.contains("rate_limits") || entry.what.contains("shed"));
        let series = self.world.classes.get(worst.name)?;
        let count = sum(&series.limited, window_s, end - self.last_s, end);
        (changed.count() > 0 && count >= LIMITED * worst.missing)
            .then(|| format!("and limits that were set turned {count:.0} of its requests away"))
    }

    /// Healthy at the end: contained if no class failed more than a little beyond its twin.
    fn healthy(&self) -> Verdict {
        let excess = |(name, totals): (&String, &crate::record::ClassTotals)| {
            let before = self.twin.totals.classes.get(name).map_or(0, |t| t.failed);
            // What comes in addition has no twin.
            let failed = totals.failed - totals.surge_failed;
            let requests = totals.requests - totals.surge_requests;
            (name.clone(), failed.saturating_sub(before) as f64 / requests.max(1) as f64)
        };
        let worst = self.world.totals.classes.iter().map(excess).max_by(|a, b| a.1.total_cmp(&b.1));
        let (name, share) = worst.unwrap_or_default();
        // Of little more than nothing more is told than of nothing.
        let percent = (100.0 * share).max(0.01);
        if share <= self.limits.contained {
            let reason = if share > 0.0 {
                format!("healthy at the end; no class failed more than {percent:.2} % beyond its twin")
            } else {
                "healthy at the end; no class failed beyond its twin".to_owned()
            };
            return Verdict { kind: VerdictKind::Contained, reason };
        }
        let reason = format!("healthy at the end, after {percent:.1} % of {name} failed beyond its twin");
        Verdict { kind: VerdictKind::Recovered, reason }
    }

    /// Why it is too early to say, if it is.
    fn unsettled(&self, worst: &ClassView) -> Option<String> {
        let (end, last_s) = (self.record.simulated_s, self.last_s);
        let quiet = end - self.last_fault_s();
        if quiet < 2.0 * last_s {
            return Some(format!("the last fault was over only {quiet:.0} s before the end"));
        }
        let calm = end - self.last_act_s();
        if calm < 2.0 * last_s {
            return Some(format!("something was done about it only {calm:.0} s before the end"));
        }
        let coming = self.still_to_come();
        if coming > 0 {
            let (noun, verb) = if coming == 1 { ("replica", "was") } else { ("replicas", "were") };
            return Some(format!("{coming} {noun} that had been stopped {verb} not ready again"));
        }
        if worst.last > worst.best_before + RISING {
            return Some(format!("the goodput of {} was still rising", worst.name));
        }
        let backlog = |from: f64, to: f64| -> f64 {
            let series = self.world.services.values();
            series.map(|series| mean(&series.in_flight, self.world.window_s, from, to)).sum()
        };
        let lowest = self.earlier_windows().map(|(from, to)| backlog(from, to)).fold(f64::INFINITY, f64::min);
        let last = backlog(end - last_s, end);
        (last < FALLING * lowest && lowest - last >= TELLING && self.all_run())
            .then(|| format!("the backlog was still falling, from {lowest:.0} to {last:.0} attempts"))
    }

    /// Replicas that a fault or a restart has stopped and that were not ready again at the end: the trigger is not over. One
    /// that dies of what it uses is not among them: it would again.
    fn still_to_come(&self) -> usize {
        /// What is known of a replica: whether it serves, and when it last died of what it used.
        #[derive(Default)]
        struct Life {
            stopped: bool,
            starved_s: Option<f64>,
        }
        if self.world.transitions_left_out > 0 {
            return 0;
        }
        let mut lives: BTreeMap<&str, Life> = BTreeMap::new();
        for change in self.world.transitions.iter().filter(|change| change.kind == "replica") {
            let life = lives.entry(&change.subject).or_default();
            match change.state {
                "out of memory" => life.starved_s = Some(change.at_s),
                "ready" => *life = Life::default(),
                "down" => {
                    let starved = life.starved_s.is_some_and(|at| at >= change.at_s);
                    *life = Life { stopped: true, starved_s: life.starved_s.filter(|_| starved) };
                }
                "starting" | "draining" => life.stopped = true,
                _ => {}
            }
        }
        lives.values().filter(|life| life.stopped && life.starved_s.is_none()).count()
    }

    /// Whether all processes ran in the last window: a backlog that died with its process was not worked off.
    fn all_run(&self) -> bool {
        let (end, window_s) = (self.record.simulated_s, self.world.window_s);
        self.record.topology.services.iter().all(|service| {
            self.world.services.get(&service.name).is_none_or(|series| {
                mean(&series.running_replicas, window_s, end - self.last_s, end)
                    > f64::from(service.replicas) - 0.5
            })
        })
    }

    /// The windows before the last one, back to when the last trigger or act was over: what is better than all of them is
    /// still getting better; what only comes and goes, like the life of processes in a crash loop, is not.
    fn earlier_windows(&self) -> impl Iterator<Item = (f64, f64)> {
        let (end, last_s) = (self.record.simulated_s, self.last_s);
        let settled = end - self.last_fault_s().max(self.last_act_s());
        let count = (settled / last_s) as u32;
        (1..count.clamp(2, MOST_EARLIER)).map(move |back| {
            let to = end - f64::from(back) * last_s;
            (to - last_s, to)
        })
    }

    fn views(&self) -> impl Iterator<Item = ClassView<'_>> {
        let (end, last_s) = (self.record.simulated_s, self.last_s);
        self.world.classes.iter().filter_map(move |(name, series)| {
            let other = self.twin.classes.get(name)?;
            let ok = |series: &ClassSeries, from: f64, to: f64| {
                sum(&series.usual_ok(), self.world.window_s, from, to)
            };
            let share = |from: f64, to: f64| {
                let wanted = ok(other, from, to);
                if wanted > 0.0 { ok(series, from, to) / wanted } else { 1.0 }
            };
            let missing = ok(other, end - last_s, end) - ok(series, end - last_s, end);
            Some(ClassView {
                name,
                last: share(end - last_s, end),
                best_before: self.earlier_windows().map(|(from, to)| share(from, to)).fold(0.0, f64::max),
                missing,
            })
        })
    }
}

/// Whether a world that ended so was healthy at its end.
const fn is_healthy(kind: VerdictKind) -> bool {
    matches!(kind, VerdictKind::Unaffected | VerdictKind::Contained | VerdictKind::Recovered)
}

/// Whether the goodput of a class is that of a sick one.
fn is_impaired(view: &ClassView) -> bool {
    falls_short(view.last, view.missing)
}

/// Whether this share of the twin's goodput is that of something sick, where so many answers are missing: a single one that
/// comes a little late is not.
pub(crate) fn falls_short(share: f64, missing: f64) -> bool {
    share < HEALTHY && (missing >= 3.0 || missing >= 1.0 && share < 0.5)
}

/// Whether so many more requests than in the twin were left without an answer that it is beyond what is contained.
pub(crate) fn leaves_open(excess: u64, requests: u64, contained: f64) -> bool {
    excess >= 3 && excess as f64 > contained * requests as f64
}

/// What is wrong with the twin itself, if it misses its own demand: of the class that misses most of it.
fn unhealthy_baseline(twin: &WorldRecord, limits: &scenario::Impact) -> Option<String> {
    let wrong = twin.totals.classes.iter().filter_map(|(name, totals)| {
        let of = |count: u64| count as f64 / totals.requests.max(1) as f64;
        let (failed, unfinished) =
            (of(totals.failed), of(totals.requests - totals.ok - totals.degraded - totals.failed));
        let (share, words) = if failed > limits.contained {
            (failed, format!("fails {:.1} % of {name}", 100.0 * failed))
        } else if unfinished > BEHIND && twin.classes.get(name).is_some_and(leaves_more_and_more) {
            (unfinished, format!("leaves {:.1} % of {name} unfinished", 100.0 * unfinished))
        } else {
            return None;
        };
        Some((share, format!("the twin itself {words}: an unhealthy baseline")))
    });
    wrong.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, words)| words)
}

/// Whether a class has many more requests open at its end than at half time.
fn leaves_more_and_more(series: &ClassSeries) -> bool {
    let open = |windows: usize| -> f64 {
        let count = |column: &[u64]| column.iter().take(windows).sum::<u64>() as f64;
        count(&series.arrived) - count(&series.ok) - count(&series.failed)
    };
    let windows = series.arrived.len();
    open(windows) >= MORE_AND_MORE * open(windows / 2)
}

/// Positions of the windows that begin within a period.
fn range(len: usize, window_s: f64, from: f64, to: f64) -> std::ops::Range<usize> {
    let position = |at: f64| (libm::ceil(at / window_s - 1e-9).max(0.0) as usize).min(len);
    position(from)..position(to).max(position(from))
}

/// Sum of a column over the windows that begin within a period.
pub(crate) fn sum(column: &[u64], window_s: f64, from: f64, to: f64) -> f64 {
    column[range(column.len(), window_s, from, to)].iter().sum::<u64>() as f64
}

/// Mean of a column over the windows that begin within a period.
fn mean(column: &[f64], window_s: f64, from: f64, to: f64) -> f64 {
    let range = range(column.len(), window_s, from, to);
    let count = range.len().max(1) as f64;
    column[range].iter().sum::<f64>() / count
}

#[cfg(test)]
mod tests;
