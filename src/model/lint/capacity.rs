//! Findings about what services can carry: threads, queues, copies. Knows no retries.

use crate::id::ServiceId;
use crate::model::lint::finding::{Finding, Gravity, Lint, exact, listed, number, rate, time};
use crate::model::{EdgeLoad, Instruction, Service, ServiceLoad};
use crate::scenario::{Cancel, Capacity, Queue};

/// A share of busy threads beyond this leaves little room.
const BUSY: f64 = 0.8;

/// The services that traffic reaches, with their loads.
fn services<'m>(lint: &Lint<'m>) -> impl Iterator<Item = (ServiceId, &'m Service, &'m ServiceLoad)> {
    let loads = lint.model.services.ids().zip(lint.forecast.services.iter());
    let model = lint.model;
    loads.filter(|(_, load)| load.attempts_per_s > 0.0).map(move |(id, load)| (id, &model.services[id], load))
}

/// `L001`: more work than threads.
pub(super) fn too_busy(lint: &Lint<'_>) -> Vec<Finding> {
    let find = |(_, service, load): (ServiceId, &Service, &ServiceLoad)| {
        let utilization = load.utilization();
        (utilization >= 1.0 && utilization.is_finite()).then(|| Finding {
            code: "L001",
            gravity: Gravity::Serious,
            message: format!(
                "`{}` gets {} of {} each, which keep {} threads busy, but it has {}",
                service.name,
                rate(load.attempts_per_s),
                time(load.hold_s),
                number(load.busy_threads()),
                load.threads
            ),
            hint: format!("it can carry {} at most, before any fault", rate(load.capacity_per_s)),
        })
    };
    services(lint).filter_map(find).collect()
}

/// `L002`: nearly as much work as threads. Up to and with 80 % nothing is said.
pub(super) fn little_room(lint: &Lint<'_>) -> Vec<Finding> {
    let find = |(_, service, load): (ServiceId, &Service, &ServiceLoad)| {
        let utilization = load.utilization();
        (utilization > BUSY + 1e-9 && utilization < 1.0).then(|| Finding {
            code: "L002",
            gravity: Gravity::Caution,
            message: format!(
                "`{}` is {} % busy in health: {} of the {} that it can carry",
                service.name,
                number(utilization * 100.0),
                rate(load.attempts_per_s),
                rate(load.capacity_per_s)
            ),
            hint: format!(
                "{} more is all that it takes to overload it",
                rate(load.capacity_per_s - load.attempts_per_s)
            ),
        })
    };
    services(lint).filter_map(find).collect()
}

/// `L003`: lengths without a mean.
pub(super) fn no_mean(lint: &Lint<'_>) -> Vec<Finding> {
    let has_none = |id: ServiceId| {
        lint.model.operations.enumerate().any(|(operation, of)| {
            let steps = &lint.model.program[of.start as usize..];
            of.service == id
                && lint.forecast.operations[operation].attempts_per_s > 0.0
                && steps
                    .iter()
                    .take_while(|step| !matches!(step, Instruction::Done))
                    .any(|step| matches!(step, Instruction::Work { time, .. } if time.mean_s().is_infinite()))
        })
    };
    let find = |(id, service, load): (ServiceId, &Service, &ServiceLoad)| {
        (load.hold_s.is_infinite() && has_none(id)).then(|| Finding {
            code: "L003",
            gravity: Gravity::Serious,
            message: format!(
                "work at `{}` has no finite mean: no number of threads is enough for ever",
                service.name
            ),
            hint: "a Pareto distribution has a mean above an alpha of 1".to_owned(),
        })
    };
    services(lint).filter_map(find).collect()
}

/// `L004`: enough threads with warm caches, too few with cold ones.
pub(super) fn cold_start(lint: &Lint<'_>) -> Vec<Finding> {
    let find = |(_, service, load): (ServiceId, &Service, &ServiceLoad)| {
        let cold = load.cold_capacity_per_s;
        (cold < load.attempts_per_s && load.attempts_per_s < load.capacity_per_s).then(|| Finding {
            code: "L004",
            gravity: Gravity::Serious,
            message: format!(
                "cold, `{}` holds {} of its {}: a restart of all replicas would overload it",
                service.name,
                rate(cold),
                rate(load.attempts_per_s)
            ),
            hint: format!(
                "with warm caches it carries {}; warm them before a replica is ready, or restart one at a time",
                rate(load.capacity_per_s)
            ),
        })
    };
    services(lint).filter_map(find).collect()
}

/// `L005`: enough capacity behind a warm cache, too little behind a cold one.
pub(super) fn capacity_cache(lint: &Lint<'_>) -> Vec<Finding> {
    let find = |(_, service, load): (ServiceId, &Service, &ServiceLoad)| {
        let cache = &lint.model.services[load.cold_when?].name;
        let carries = load.attempts_per_s < load.capacity_per_s && load.capacity_per_s < load.cold_per_s;
        carries.then(|| Finding {
            code: "L005",
            gravity: Gravity::Serious,
            message: format!(
                "with the caches of `{cache}` cold, {} reach `{}`, which can carry {}",
                rate(load.cold_per_s),
                service.name,
                rate(load.capacity_per_s)
            ),
            hint: format!(
                "with warm ones it is {}; what it then answers too late fills no cache, so that a cache once lost may \
                stay lost: warm it before it takes traffic, or let in less until it is",
                rate(load.attempts_per_s)
            ),
        })
    };
    services(lint).filter_map(find).collect()
}

/// `L006`: more calls at once than a bulkhead or a pool has places.
pub(super) fn too_few_places(lint: &Lint<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (id, edge) in lint.edges() {
        let EdgeLoad { calls_per_s, in_progress } = lint.forecast.edges[id];
        let callers = u64::from(edge.guard_count(&lint.model.services));
        let bulkhead = edge.policy.bulkhead.map(|bulkhead| ("bulkhead", bulkhead.max_concurrent));
        let pool = edge.policy.pool.map(|pool| ("pool", pool.size));
        for (what, size) in [bulkhead, pool].into_iter().flatten() {
            let places = callers * u64::from(size);
            if in_progress < places as f64 || !in_progress.is_finite() {
                continue;
            }
            let each =
                if callers > 1 { format!(" ({callers} callers of {size} each)") } else { String::new() };
            let hold_s = in_progress / calls_per_s;
            findings.push(Finding {
                code: "L006",
                gravity: Gravity::Serious,
                message: format!(
                    "{} makes {} calls of {} each, {} at once, but its {what} has {places} places{each}",
                    lint.name(id),
                    rate(calls_per_s),
                    time(hold_s),
                    number(in_progress),
                ),
                hint: format!("it lets through {} at most, before any fault", rate(places as f64 / hold_s)),
            });
        }
    }
    findings
}

/// `L030`: queues without a bound.
pub(super) fn unbounded_queue(lint: &Lint<'_>) -> Vec<Finding> {
    let is_unbounded = |service: &Service| service.settings.queue.capacity() == Capacity::Unbounded;
    let names: Vec<String> = services(lint)
        .filter(|(_, service, _)| is_unbounded(service))
        .map(|(_, service, _)| format!("`{}`", service.name))
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    vec![Finding {
        code: "L030",
        gravity: Gravity::Caution,
        message: format!("the queue of {} has no bound: a backlog costs time without limit", listed(&names)),
        hint: "bound it to what is worked off within its callers' patience".to_owned(),
    }]
}

/// `L031`: a full queue takes longer than callers wait. First come, first served only: others do not wait for all.
pub(super) fn queue_beyond_patience(lint: &Lint<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (id, service, load) in services(lint) {
        let Queue::Fifo { capacity: Capacity::AtMost(capacity) } = service.settings.queue else { continue };
        let drain_s = f64::from(capacity) * load.hold_s / f64::from(service.settings.threads);
        // Where abandoned attempts are dropped, a queue is shorter than it looks.
        let least = lint
            .edges()
            .filter(|(_, edge)| edge.callee == id && edge.policy.cancel == Cancel::Never)
            .filter_map(|(edge, of)| Some((of.longest_attempt()?, edge)))
            .min();
        let Some((patience, edge)) = least else { continue };
        if drain_s > patience.as_secs_f64() * (1.0 + 1e-9) && drain_s.is_finite() {
            let fits = patience.as_secs_f64() / load.hold_s * f64::from(service.settings.threads);
            findings.push(Finding {
                code: "L031",
                gravity: Gravity::Caution,
                message: format!(
                    "the last of {capacity} in the queue of `{}` waits about {}, but {} gives up after {}",
                    service.name,
                    time(drain_s),
                    lint.name(edge),
                    exact(patience)
                ),
                hint: format!("an attempt behind {} others is answered too late", number(fits.floor())),
            });
        }
    }
    findings
}

/// `L032`: a queue that holds more than the memory of its replica. Without a bound it is `L030`'s.
pub(super) fn queue_beyond_memory(lint: &Lint<'_>) -> Vec<Finding> {
    let find = |(_, service, _): (ServiceId, &Service, &ServiceLoad)| {
        let settings = &service.settings;
        let most = settings.memory?.most_requests()?;
        let threads = u64::from(settings.threads);
        let places = match settings.queue.capacity() {
            Capacity::AtMost(capacity) if threads + u64::from(capacity) > most => {
                format!("it has {threads} threads and a queue of {capacity}")
            }
            Capacity::Unbounded => "its queue has no bound".to_owned(),
            Capacity::AtMost(_) => return None,
        };
        Some(Finding {
            code: "L032",
            gravity: Gravity::Caution,
            message: format!(
                "a replica of `{}` has memory for {most} requests, but {places}: a backlog kills it",
                service.name
            ),
            hint: "bound the queue to what fits, so that a backlog is refused and the process lives"
                .to_owned(),
        })
    };
    services(lint).filter_map(find).collect()
}

/// `L050`: services of one copy.
pub(super) fn single_copy(lint: &Lint<'_>) -> Vec<Finding> {
    let names: Vec<String> = services(lint)
        .filter(|(_, service, _)| service.replicas == 1)
        .map(|(_, service, _)| format!("`{}`", service.name))
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    vec![Finding {
        code: "L050",
        gravity: Gravity::Note,
        message: if let [only] = names.as_slice() {
            format!("{only} is a single point of failure: one replica")
        } else {
            format!("{} are single points of failure: one replica each", listed(&names))
        },
        hint: "while the only replica is paused or restarts, nobody else answers".to_owned(),
    }]
}
