//! Findings about attempts beyond the first: storms, layers, refusals that are tried again.

use crate::failure::FailureCause;
use crate::id::{EdgeId, Id, IdVec, OperationId, ServiceId};
use crate::model::Edge;
use crate::model::lint::finding::{Finding, Gravity, Lint, listed, number, rate};
use crate::model::load::zeros;
use crate::model::walk::{calls_of, reached};
use crate::scenario::{Backoff, Cancel, Capacity, Order, Queue};

/// `L010`: `load < capacity < attempts x load`, the condition under which retries alone can keep a service overloaded
/// (Bronson et al., "Metastable Failures in Distributed Systems", `HotOS` 2021: the vulnerable state).
pub(super) fn storm(lint: &Lint<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (id, service) in lint.model.services.enumerate() {
        let load = &lint.forecast.services[id];
        let Some(failing) = load.worst_when else { continue };
        if !(load.attempts_per_s < load.capacity_per_s && load.capacity_per_s < load.worst_per_s) {
            continue;
        }
        let callers: Vec<(EdgeId, &Edge)> =
            lint.edges().filter(|(_, edge)| edge.callee == failing && edge.most_attempts(true) > 1).collect();
        let place =
            if failing == id { "it".to_owned() } else { format!("`{}`", lint.model.services[failing].name) };
        let names: Vec<String> = callers.iter().map(|(edge, _)| lint.name(*edge)).collect();
        let on = if names.is_empty() { String::new() } else { format!(" on {}", listed(&names)) };
        let has_budget = |edge: &Edge| edge.policy.retry.as_ref().is_some_and(|retry| retry.budget.is_some());
        let budget = if callers.iter().any(|(_, edge)| has_budget(edge)) {
            "tighter retry budget"
        } else {
            "retry budget"
        };
        let worst = rate(load.worst_per_s);
        findings.push(Finding {
            code: "L010",
            gravity: if is_dampened(lint, id) { Gravity::Caution } else { Gravity::Serious },
            message: format!(
                "`{}` is vulnerable to a retry storm: {} of first attempts < {} of capacity < {worst} when every \
                 attempt at {place} fails",
                service.name,
                rate(load.attempts_per_s),
                rate(load.capacity_per_s),
            ),
            hint: format!(
                "fewer attempts, a {budget} or a breaker{on}, or a capacity above {worst}; until then an overload \
                 of any cause may keep itself up"
            ),
        });
    }
    findings
}

/// Whether a service does little work that nobody waits for: its queue is shorter than its callers' patience, or all of
/// them take their abandoned attempts back.
fn is_dampened(lint: &Lint<'_>, id: ServiceId) -> bool {
    let service = &lint.model.services[id];
    let callers = || lint.edges().filter(|(_, edge)| edge.callee == id);
    let drain_s = match (service.settings.queue, service.settings.queue.capacity()) {
        (_, Capacity::AtMost(most)) => {
            f64::from(most) * lint.forecast.services[id].hold_s / f64::from(service.settings.threads)
        }
        // The newest attempt is served first: its caller still waits.
        (Queue::Lifo { .. }, Capacity::Unbounded) => 0.0,
        (Queue::Fifo { .. } | Queue::Priority { .. }, Capacity::Unbounded) => f64::INFINITY,
    };
    callers().all(|(_, edge)| edge.policy.cancel != Cancel::Never)
        || callers()
            .all(|(_, edge)| edge.longest_attempt().is_none_or(|patience| drain_s <= patience.as_secs_f64()))
}

/// A chain of calls on which retries multiply.
#[derive(Clone, Debug, Default)]
struct Chain {
    /// Attempts at its end for one call at its begin.
    attempts: f64,
    /// The edges that try again, from above.
    layers: Vec<EdgeId>,
    /// The service at its end.
    end: Option<ServiceId>,
}

/// `L011`: retries on more than one layer of a path; of each class the path on which they multiply most. Layers with a
/// retry budget are not counted: they add a share, they do not multiply.
pub(super) fn layers(lint: &Lint<'_>) -> Vec<Finding> {
    let reached = reached(lint.model);
    let mut findings = Vec::new();
    let mut known: Vec<Vec<EdgeId>> = Vec::new();
    for (class, of) in lint.model.classes.enumerate().filter(|(_, class)| class.probes.is_none()) {
        let calls = &lint.forecast.requests[class.position()].calls;
        let mut worst: IdVec<OperationId, Chain> = zeros(lint.model.operations.ids());
        for operation in reached[class].iter().rev() {
            let below = calls_of(lint.model, *operation).filter(|site| calls[*site] > 0.0);
            let chains = below.map(|site| extended(lint, site, &worst));
            let most = chains.max_by(|a, b| a.attempts.total_cmp(&b.attempts));
            worst[*operation] = most.unwrap_or_default();
        }
        let chain = extended(lint, of.site, &worst);
        let (Some(end), true) = (chain.end, chain.layers.len() > 1) else { continue };
        if known.contains(&chain.layers) {
            continue;
        }
        let factors: Vec<String> = chain
            .layers
            .iter()
            .map(|edge| format!("{} on {}", number(factor(&lint.model.edges[*edge], true)), lint.name(*edge)))
            .collect();
        findings.push(Finding {
            code: "L011",
            gravity: Gravity::Caution,
            message: format!(
                "retries on {} layers multiply: a request of `{}` can make {}x the attempts at `{}` ({})",
                chain.layers.len(),
                of.name,
                number(chain.attempts),
                lint.model.services[end].name,
                factors.join(" x ")
            ),
            hint: "retry on one layer, the one closest to what fails, or bound the others by a retry budget"
                .to_owned(),
        });
        known.push(chain.layers);
    }
    findings
}

/// The worst chain that begins with the calls from a place.
fn extended(lint: &Lint<'_>, site: crate::id::SiteId, worst: &IdVec<OperationId, Chain>) -> Chain {
    let place = &lint.model.sites[site];
    let edge = &lint.model.edges[place.edge];
    let below = &worst[place.operation];
    let ends_here = below.layers.is_empty();
    let own = factor(edge, ends_here);
    let mut layers = below.layers.clone();
    if own > 1.0 {
        layers.insert(0, place.edge);
    }
    let below_attempts = if ends_here { 1.0 } else { below.attempts };
    let end = if layers.is_empty() { None } else { below.end.or(Some(edge.callee)) };
    Chain { attempts: own * below_attempts, layers, end }
}

/// Attempts of one call on an edge without a budget.
fn factor(edge: &Edge, direct: bool) -> f64 {
    let has_budget = edge.policy.retry.as_ref().is_some_and(|retry| retry.budget.is_some());
    if has_budget { 1.0 } else { f64::from(edge.most_attempts(direct)) }
}

/// `L012`: the refusals of an open breaker are tried again at once.
pub(super) fn open_breaker_tried_again(lint: &Lint<'_>) -> Vec<Finding> {
    let find = |(id, edge): (EdgeId, &Edge)| {
        let retry = edge.policy.retry.as_ref()?;
        let wasteful = edge.policy.breaker.is_some()
            && retry.order == Order::Outside
            && retry.max_attempts > 1
            && retry.backoff == Backoff::None
            && retry.on.contains(&FailureCause::BreakerOpen);
        wasteful.then(|| Finding {
            code: "L012",
            gravity: Gravity::Note,
            message: format!(
                "{} tries refusals of its own open breaker again at once: all {} attempts are refused within an instant",
                lint.name(id),
                retry.max_attempts
            ),
            hint: "leave `BreakerOpen` out of `retry.on`, or put a backoff between attempts".to_owned(),
        })
    };
    lint.edges().filter_map(find).collect()
}
