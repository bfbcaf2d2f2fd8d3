//! Findings about how long callers wait: timeouts that are missing, too short, or in the wrong order; breakers that
//! wait for more calls than there are.

use crate::id::EdgeId;
use crate::model::lint::finding::{Finding, Gravity, Lint, exact, listed, number, rate, time};
use crate::model::load::network_s;
use crate::model::walk::calls_of;
use crate::model::{Caller, Edge};
use crate::scenario::{Cancel, Order};

/// `L020`: calls that wait for ever. Users are not asked: they hold no thread.
pub(super) fn no_timeout(lint: &Lint<'_>) -> Vec<Finding> {
    let waits_for_ever =
        |edge: &Edge| matches!(edge.caller, Caller::Service(_)) && edge.longest_attempt().is_none();
    let names: Vec<String> =
        lint.edges().filter(|(_, edge)| waits_for_ever(edge)).map(|(id, _)| lint.name(id)).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let calls =
        if names.len() == 1 { "1 call waits".to_owned() } else { format!("{} calls wait", names.len()) };
    vec![Finding {
        code: "L020",
        gravity: Gravity::Caution,
        message: format!("{calls} without a timeout: {}", listed(&names)),
        hint: "a callee that stands still takes the threads of its caller with it".to_owned(),
    }]
}

/// `L021`: timeouts shorter than what the answer takes on average.
pub(super) fn shorter_than_the_answer(lint: &Lint<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (id, edge) in lint.edges() {
        let Some(patience) = edge.longest_attempt() else { continue };
        let slowest = lint
            .model
            .sites
            .enumerate()
            .filter(|(site, place)| place.edge == id && lint.calls(*site) > 0.0)
            .map(|(_, place)| (lint.forecast.operations[place.operation].hold_s, place.operation))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((hold_s, operation)) = slowest else { continue };
        let answer_s = hold_s + network_s(lint.model, id);
        if answer_s.is_finite() && patience.as_secs_f64() < answer_s {
            findings.push(Finding {
                code: "L021",
                gravity: Gravity::Serious,
                message: format!(
                    "{} gives up after {}, but `{}` takes {} on average, without waiting",
                    lint.name(id),
                    exact(patience),
                    lint.model.operations[operation].name,
                    time(answer_s)
                ),
                hint: "a timeout is usually a few times a high quantile of the latency in health".to_owned(),
            });
        }
    }
    findings
}

/// `L022`: a caller gives up while its callee still waits for its own callee, and goes on for nobody.
pub(super) fn caller_gives_up_first(lint: &Lint<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut known: Vec<(EdgeId, EdgeId)> = Vec::new();
    for (site, place) in lint.model.sites.enumerate() {
        let outer = &lint.model.edges[place.edge];
        let Some(patience) = outer.longest_attempt() else { continue };
        if lint.calls(site) <= 0.0 || outer.policy.cancel == Cancel::AtOnce {
            continue;
        }
        for below in calls_of(lint.model, place.operation).filter(|below| lint.calls(*below) > 0.0) {
            let inner_id = lint.model.sites[below].edge;
            let inner = &lint.model.edges[inner_id];
            let Some(longest) = inner.longest_call() else { continue };
            if longest <= patience || known.contains(&(place.edge, inner_id)) {
                continue;
            }
            known.push((place.edge, inner_id));
            let attempts = inner.policy.retry.as_ref().map_or(1, |retry| retry.max_attempts);
            let attempts =
                if attempts > 1 { format!(", in up to {attempts} attempts") } else { String::new() };
            findings.push(Finding {
                code: "L022",
                gravity: Gravity::Caution,
                message: format!(
                    "{} gives up after {}, but {} below it may go on for {}{attempts}",
                    lint.name(place.edge),
                    exact(patience),
                    lint.name(inner_id),
                    exact(longest)
                ),
                hint: "a callee should give up before its caller does; else it works for nobody".to_owned(),
            });
        }
    }
    findings
}

/// `L040`: breakers that never see enough calls to decide, even when everything fails and is tried again.
pub(super) fn breaker_cannot_open(lint: &Lint<'_>) -> Vec<Finding> {
    let find = |(id, edge): (EdgeId, &Edge)| {
        let inside = edge.policy.retry.as_ref().is_some_and(|retry| retry.order == Order::Inside);
        let own = if inside { 1 } else { edge.most_attempts(true) };
        let above = match edge.caller {
            Caller::Class(_) => 1.0,
            Caller::Service(caller) => {
                let load = &lint.forecast.services[caller];
                (load.worst_per_s / load.attempts_per_s).max(1.0)
            }
        };
        let states = edge.guard_count(&lint.model.services);
        let seen_per_s = lint.forecast.edges[id].calls_per_s * above * f64::from(own) / f64::from(states);
        let (seen, needed, window) = edge.breaker_shortfall(seen_per_s)?;
        let of_states =
            if states > 1 { format!(" (each of {states} replicas has its own)") } else { String::new() };
        Some(Finding {
            code: "L040",
            gravity: Gravity::Serious,
            message: format!(
                "the breaker of {} cannot open: it sees at most about {} calls in {}{of_states} and decides from {needed} on",
                lint.name(id),
                number(seen.ceil()),
                exact(window)
            ),
            hint: format!(
                "lower `min_calls`, lengthen the window, or share its state: {} reach it",
                rate(seen_per_s)
            ),
        })
    };
    lint.edges().filter_map(find).collect()
}
