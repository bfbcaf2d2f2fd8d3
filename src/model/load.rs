//! The load forecast: attempts, thread time and capacity as the model alone implies them. Simulates nothing and knows
//! neither failures nor waiting.
//!
//! Requests flow as in an open network of queues: the rate at a service is what arrives there, times how often each
//! visits it (the traffic equations; J. R. Jackson, "Networks of Waiting Lines", Operations Research 5 (1957)). Threads
//! are busy by the utilization law, `U = lambda S / c` (Denning and Buzen, "The Operational Analysis of Queueing Network
//! Models", Computing Surveys 10 (1978)), where S is the time that an attempt holds its thread: its own work and its
//! waits for the calls it makes. Neither asks for anything about distributions.
//!
//! **First attempts only**: no call fails, so that none is tried again; an operation still ends where it says `Fail`.
//! Nothing is answered by a fallback before it is called.
//! **No waiting**: queues, permits, connections and pauses would lengthen what callers of busy services hold, and so
//! would the contention of those services. Their own threads are held for longer by it, and this is counted.

use crate::id::{ClassId, EdgeId, Id, IdVec, OperationId, ServiceId, SiteId};
use crate::model::parts::{Instruction, Model, Service};
use crate::model::span::{Span, until};
use crate::model::walk::{Kind, kinds, sites, walk};
use crate::time::SimTime;

/// What is to be expected of a model in health.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Each service at the instant of the run at which its threads are busiest.
    pub services: IdVec<ServiceId, ServiceLoad>,
    /// Each operation at the instant of its service.
    pub operations: IdVec<OperationId, OperationLoad>,
    /// Each edge at the instant at which there are most calls.
    pub edges: IdVec<EdgeId, EdgeLoad>,
    /// What a request of each class brings along.
    pub(super) requests: Vec<PerRequest>,
}

/// The load of a service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ServiceLoad {
    /// The instant it is for.
    pub at: SimTime,
    /// First attempts per second.
    pub attempts_per_s: f64,
    /// Mean time for which an attempt holds its thread, in seconds; infinite if there is no mean.
    pub hold_s: f64,
    /// Threads of all replicas.
    pub threads: u64,
    /// Attempts per second at which all threads are busy, `threads / hold_s`; infinite if nothing holds them.
    pub capacity_per_s: f64,
    /// The same while its caches are as cold as after a start of all its replicas; no more than in health.
    pub cold_capacity_per_s: f64,
    /// First attempts per second while the caches of another service are as cold as after a start: the most that come so.
    pub cold_per_s: f64,
    /// The service whose caches are cold then.
    pub cold_when: Option<ServiceId>,
    /// Attempts per second in the worst case that can last: every attempt at one service fails, and is tried again.
    pub worst_per_s: f64,
    /// The service that fails in the worst case.
    pub worst_when: Option<ServiceId>,
}

impl ServiceLoad {
    /// Threads that are busy on average (the offered load in erlangs), `attempts_per_s x hold_s`.
    pub fn busy_threads(&self) -> f64 {
        times(self.attempts_per_s, self.hold_s)
    }

    /// The share of threads that are busy on average; above 1 if they cannot keep up.
    pub fn utilization(&self) -> f64 {
        self.busy_threads() / self.threads as f64
    }
}

/// The load of an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OperationLoad {
    /// First attempts per second.
    pub attempts_per_s: f64,
    /// Mean time for which an attempt holds its thread, in seconds; infinite if there is no mean.
    pub hold_s: f64,
}

/// The load of an edge.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EdgeLoad {
    /// Calls per second.
    pub calls_per_s: f64,
    /// Calls in progress on average, of all callers: `calls_per_s` times how long each waits for its answer (Little's
    /// law). They hold that many connections, and permits.
    pub in_progress: f64,
}

/// What one request brings along on average.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PerRequest {
    /// First attempts at each operation.
    pub(super) visits: IdVec<OperationId, f64>,
    /// Thread time at each operation, in seconds, without contention.
    pub(super) busy_s: IdVec<OperationId, f64>,
    /// The work in it.
    pub(super) work_s: IdVec<OperationId, f64>,
    /// Calls from each place.
    pub(super) calls: IdVec<SiteId, f64>,
    /// How long they wait for their answers, in seconds of all of them.
    waits_s: IdVec<SiteId, f64>,
}

impl Forecast {
    /// The forecast for a model in health; cold caches and the worst cases are still those of health.
    pub(super) fn in_health(model: &Model, reached: &IdVec<ClassId, Vec<OperationId>>) -> Self {
        let requests = per_request(model, reached, None);
        let instants: Vec<(SimTime, Vec<f64>)> =
            instants(model).into_iter().map(|at| (at, rates(model, at))).collect();
        let mut forecast = Self {
            services: IdVec::default(),
            operations: zeros(model.operations.ids()),
            edges: edges(model, &requests, &instants),
            requests,
        };
        let mut own: IdVec<ServiceId, Vec<OperationId>> = model.services.ids().map(|_| Vec::new()).collect();
        for (id, operation) in model.operations.enumerate() {
            own[operation.service].push(id);
        }
        for (service, own) in own.enumerate() {
            let load = forecast.busiest(model, service, own, &instants);
            forecast.services.push(load);
        }
        forecast
    }

    /// A service at the instant at which its threads are busiest; also fills in its operations.
    fn busiest(
        &mut self,
        model: &Model,
        service: ServiceId,
        own: &[OperationId],
        instants: &[(SimTime, Vec<f64>)],
    ) -> ServiceLoad {
        let load = |rates: &[f64], of: &dyn Fn(&PerRequest) -> f64| -> f64 {
            self.requests.iter().zip(rates).map(|(request, rate)| times(*rate, of(request))).sum()
        };
        let busy = |rates: &[f64]| load(rates, &|request| own.iter().map(|op| request.busy_s[*op]).sum());
        let visits = |rates: &[f64]| load(rates, &|request| own.iter().map(|op| request.visits[*op]).sum());
        let mut best = (model.origin, Vec::new(), 0.0, 0.0);
        for (at, rates) in instants {
            let (busy, visits) = (busy(rates), visits(rates));
            if best.1.is_empty() || (busy, visits) > (best.2, best.3) {
                best = (*at, rates.clone(), busy, visits);
            }
        }
        let (at, rates, busy, attempts_per_s) = best;
        let work = load(&rates, &|request| own.iter().map(|op| request.work_s[*op]).sum());
        let shared = Shared::of(&model.services[service]);
        let (hold_s, work_s) = (ratio(busy, attempts_per_s), ratio(work, attempts_per_s));
        let crowding = shared.crowding(attempts_per_s, hold_s, work_s);
        for op in own {
            let attempts_per_s = load(&rates, &|request| request.visits[*op]);
            let hold_s = ratio(load(&rates, &|request| request.busy_s[*op]), attempts_per_s);
            let work_s = ratio(load(&rates, &|request| request.work_s[*op]), attempts_per_s);
            self.operations[*op] = OperationLoad { attempts_per_s, hold_s: hold_s + times(crowding, work_s) };
        }
        let capacity_per_s = shared.capacity(hold_s, work_s);
        ServiceLoad {
            at,
            attempts_per_s,
            hold_s: hold_s + times(crowding, work_s),
            threads: shared.replicas * shared.threads,
            capacity_per_s,
            cold_capacity_per_s: capacity_per_s,
            cold_per_s: attempts_per_s,
            cold_when: None,
            worst_per_s: attempts_per_s,
            worst_when: None,
        }
    }
}

/// The threads of a service, and how much those who hold them slow each other down.
pub(super) struct Shared {
    replicas: u64,
    /// Of one replica.
    threads: u64,
    contention: f64,
}

impl Shared {
    pub(super) fn of(service: &Service) -> Self {
        let settings = &service.settings;
        Self {
            replicas: u64::from(service.replicas),
            threads: u64::from(settings.threads),
            contention: settings.contention,
        }
    }

    /// By which share contention lengthens work at a load. An attempt finds the mean number of attempts, and itself:
    /// with k the contention, W the work, H the rest of what a thread is held for, and lambda the rate at one replica,
    /// n = lambda S and S = H + W (1 + k (n + 1)). At most all threads are held.
    fn crowding(&self, attempts_per_s: f64, hold_s: f64, work_s: f64) -> f64 {
        let rate = attempts_per_s / self.replicas as f64;
        let most = self.contention * self.threads as f64;
        let growth = rate * times(self.contention, work_s);
        if growth < 1.0 { (self.contention * (1.0 + rate * hold_s) / (1.0 - growth)).min(most) } else { most }
    }

    /// Attempts per second at which all threads are busy.
    pub(super) fn capacity(&self, hold_s: f64, work_s: f64) -> f64 {
        let hold_s = hold_s + times(self.contention * self.threads as f64, work_s);
        if hold_s > 0.0 { (self.replicas * self.threads) as f64 / hold_s } else { f64::INFINITY }
    }
}

/// What a request of each class brings along; one service may have cold caches.
pub(super) fn per_request(
    model: &Model,
    reached: &IdVec<ClassId, Vec<OperationId>>,
    cold: Option<ServiceId>,
) -> Vec<PerRequest> {
    let none = || PerRequest {
        visits: zeros(model.operations.ids()),
        busy_s: zeros(model.operations.ids()),
        work_s: zeros(model.operations.ids()),
        calls: zeros(model.sites.ids()),
        waits_s: zeros(model.sites.ids()),
    };
    let mut requests: Vec<PerRequest> = model.classes.iter().map(|_| none()).collect();
    for kind in kinds(model) {
        let request = &mut requests[kind.class.position()];
        add_kind(model, Kind { cold, ..kind }, &reached[kind.class], request);
    }
    requests
}

/// Adds what a kind of request brings along, at the operations that it may reach, to what all of its class do.
fn add_kind(model: &Model, kind: Kind, order: &[OperationId], request: &mut PerRequest) {
    let mut holds: IdVec<OperationId, Span> = zeros(model.operations.ids());
    let mut works: IdVec<OperationId, f64> = zeros(model.operations.ids());
    for operation in order.iter().rev() {
        let mut hold = Span::default();
        walk(model, kind, *operation, |step, probability| {
            let length = length(model, step, &holds);
            hold = hold.then(length, probability);
            if let Instruction::Work { .. } = step {
                works[*operation] += times(probability, length.mean_s());
            }
            1.0
        });
        holds[*operation] = hold;
    }
    let mut visits: IdVec<OperationId, f64> = zeros(model.operations.ids());
    let entry = model.classes[kind.class].site;
    visits[model.sites[entry].operation] = kind.share;
    request.calls[entry] += kind.share;
    request.waits_s[entry] += times(kind.share, answer(model, entry, &holds).mean_s());
    for operation in order {
        let visited = visits[*operation];
        if visited <= 0.0 {
            continue;
        }
        let hold_s = holds[*operation].mean_s();
        request.visits[*operation] += visited;
        request.busy_s[*operation] += visited * hold_s;
        request.work_s[*operation] += visited * works[*operation];
        walk(model, kind, *operation, |step, probability| {
            if let Instruction::Call { first, count, .. } = step {
                for site in sites(*first, *count) {
                    request.calls[site] += visited * probability;
                    request.waits_s[site] +=
                        times(visited * probability, answer(model, site, &holds).mean_s());
                    visits[model.sites[site].operation] += visited * probability;
                }
            }
            1.0
        });
    }
}

/// How long a step takes.
fn length(model: &Model, step: &Instruction, holds: &IdVec<OperationId, Span>) -> Span {
    match step {
        Instruction::Work { time, .. } => Span::of(time),
        Instruction::Call { first, count, needed } => {
            let calls: Vec<Span> = sites(*first, *count).map(|site| answer(model, site, holds)).collect();
            until(&calls, *needed as usize)
        }
        _ => Span::default(),
    }
}

/// How long a caller waits for an answer in health: the network, twice, and the callee, but not longer than it would.
fn answer(model: &Model, site: SiteId, holds: &IdVec<OperationId, Span>) -> Span {
    let place = &model.sites[site];
    let edge = &model.edges[place.edge];
    let network = Span::of(&edge.policy.network);
    let whole = network.then(holds[place.operation], 1.0).then(network, 1.0);
    match edge.longest_call() {
        Some(limit) => whole.at_most(limit.as_secs_f64()),
        None => whole,
    }
}

/// Instants among which every sum of rates has its maximum: rates are linear between them.
fn instants(model: &Model) -> Vec<SimTime> {
    let before = |at: SimTime| SimTime::from_nanos(at.as_nanos().saturating_sub(1));
    let mut instants = vec![SimTime::ZERO, before(model.end)];
    for corner in model.classes.iter().flat_map(|class| class.rate.corners()) {
        if corner < model.end {
            instants.extend([before(corner), corner]);
        }
    }
    instants.sort();
    instants.dedup();
    instants
}

/// Requests per second of each class at an instant.
pub(super) fn rates(model: &Model, at: SimTime) -> Vec<f64> {
    model.classes.iter().map(|class| class.rate.at(at).max(0.0)).collect()
}

/// Each edge at the instant at which there are most calls.
fn edges(
    model: &Model,
    requests: &[PerRequest],
    instants: &[(SimTime, Vec<f64>)],
) -> IdVec<EdgeId, EdgeLoad> {
    let mut most: IdVec<EdgeId, EdgeLoad> = zeros(model.edges.ids());
    for (_, rates) in instants {
        let mut loads: IdVec<EdgeId, EdgeLoad> = zeros(model.edges.ids());
        for (request, rate) in requests.iter().zip(rates) {
            for (site, place) in model.sites.enumerate() {
                let load = &mut loads[place.edge];
                load.calls_per_s += request.calls[site] * rate;
                load.in_progress += times(*rate, request.waits_s[site]);
            }
        }
        for (most, load) in most.iter_mut().zip(loads.iter()) {
            if load.calls_per_s > most.calls_per_s {
                *most = *load;
            }
        }
    }
    most
}

/// The mean network latency of both directions of an edge, in seconds.
pub(super) fn network_s(model: &Model, edge: EdgeId) -> f64 {
    2.0 * Span::of(&model.edges[edge].policy.network).mean_s()
}

/// A product in which nothing of something infinite is nothing.
pub(super) fn times(rate: f64, amount: f64) -> f64 {
    if rate > 0.0 { rate * amount } else { 0.0 }
}

/// A ratio, zero if there is nothing to divide by.
pub(super) fn ratio(amount: f64, of: f64) -> f64 {
    if of > 0.0 { amount / of } else { 0.0 }
}

/// One zero for each id.
pub(super) fn zeros<I: crate::id::Id, T: Default>(ids: impl Iterator<Item = I>) -> IdVec<I, T> {
    ids.map(|_| T::default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    fn forecast(services: &str, traffic: &str) -> (Model, Forecast) {
        let text = format!(
            "Scenario(format: 1, name: \"x\", horizon: \"60s\", services: {{ {services} }}, traffic: {{ {traffic} }})"
        );
        let model = Model::compile(&Scenario::parse(&text).unwrap());
        let forecast = Forecast::of(&model);
        (model, forecast)
    }

    #[track_caller]
    fn near(value: f64, wanted: f64) {
        assert!((value - wanted).abs() < 1e-6 * wanted.abs().max(1e-3), "{value}, not {wanted}");
    }

    #[test]
    fn rates_and_holds_follow_branches_and_headers() {
        // Users: 100/s, of which 30 % go to b; admins: 10/s, all of them, twice.
        let (_, forecast) = forecast(
            r#""a": Service(replicas: 2, threads: 5, operations: { "x": [
                   Work(Constant("10ms")),
                   Branch(Class("admins"), then: [Call("b.y"), Call("b.y")], otherwise: [Branch(Chance("30%"), then: [Call("b.y")])]),
               ] }),
               "b": Service(threads: 50, operations: { "y": [Work(Exp("100ms"))] })"#,
            r#""users": Open(rate: "100/s", entry: "a.x"), "admins": Open(rate: "10/s", entry: "a.x")"#,
        );
        let loads: Vec<ServiceLoad> = forecast.services.iter().copied().collect();
        near(loads[0].attempts_per_s, 110.0);
        near(loads[0].busy_threads(), 100.0 * (0.01 + 0.3 * 0.1) + 10.0 * (0.01 + 0.2));
        near(loads[0].utilization(), 0.61);
        near(loads[1].attempts_per_s, 50.0);
        near(loads[1].hold_s, 0.1);
        near(loads[1].capacity_per_s, 500.0);
    }

    #[test]
    fn contention_holds_threads_for_longer() {
        // 1 s of work and 1 % for each attempt on the replica: S = (1 + 0.01) / (1 - 0.01 x 40), and 100/s at most.
        let text = |threads: u32| {
            format!(
                r#""a": Service(replicas: 2, threads: {threads}, contention: "1%", operations: {{ "x": [Work("1s")] }})"#
            )
        };
        let traffic = r#""users": Open(rate: "80/s", entry: "a.x")"#;
        let (_, forecast) = self::forecast(&text(1_000_000), traffic);
        let load = forecast.services.iter().next().unwrap();
        near(load.hold_s, 1.01 / 0.6);
        near(load.capacity_per_s, 2e6 / 10_001.0);
        // Fewer threads let in less, and what is in is quicker: 50 / 1.5 = 33/s each.
        let (_, forecast) = self::forecast(&text(50), traffic);
        let load = forecast.services.iter().next().unwrap();
        near(load.capacity_per_s, 100.0 / 1.5);
        near(load.hold_s, 1.5);
        assert!(load.utilization() > 1.0);
    }

    #[test]
    fn branches_by_users_below_one_another_are_the_same_users() {
        // Whoever is among the first 20 % is among the first 50 %: not 10 % of the requests, but 20 %.
        let (_, forecast) = forecast(
            r#""a": Service(operations: { "x": [Branch(Users("50%"), then: [Call("b.y")])] }),
               "b": Service(operations: { "y": [Branch(Users("20%"), then: [Call("c.z")])] }),
               "c": Service(operations: { "z": [Work(Exp("1ms"))] })"#,
            r#""users": Open(rate: "100/s", entry: "a.x")"#,
        );
        let rates: Vec<f64> = forecast.services.iter().map(|load| load.attempts_per_s).collect();
        near(rates[1], 50.0);
        near(rates[2], 20.0);
    }

    #[test]
    fn calls_side_by_side_take_as_long_as_the_slowest() {
        let (_, forecast) = forecast(
            r#""a": Service(threads: 10, operations: { "x": [Parallel(["b.y", "b.y"]), Fail, Call("b.y")] }),
               "b": Service(operations: { "y": [Work(Exp("10ms"))] })"#,
            r#""users": Open(rate: "100/s", entry: "a.x")"#,
        );
        let loads: Vec<ServiceLoad> = forecast.services.iter().copied().collect();
        // H_2 = 1.5; nothing comes after `Fail`.
        assert!((loads[0].hold_s - 0.015).abs() < 1e-6, "{}", loads[0].hold_s);
        near(loads[1].attempts_per_s, 200.0);
    }

    #[test]
    fn each_service_is_seen_at_its_own_peak() {
        // a is busiest at T+30s (40/s), b at T+10s, just before its class falls silent; what is beyond the run is not.
        let (model, forecast) = forecast(
            r#""a": Service(operations: { "x": [Work(Exp("10ms"))] }), "b": Service(operations: { "x": [Work(Exp("10ms"))] })"#,
            r#""one": Open(rate: Steps([("T+0s", "10/s"), ("T+30s", "40/s"), ("T+100s", "99/s")]), entry: "a.x"),
               "two": Open(rate: Ramp([("T+0s", "0/s"), ("T+10s", "50/s"), ("T+20s", "0/s")]), entry: "b.x")"#,
        );
        let loads: Vec<ServiceLoad> = forecast.services.iter().copied().collect();
        near(loads[0].attempts_per_s, 40.0);
        near(loads[0].at.secs_since(model.origin), 30.0);
        near(loads[1].attempts_per_s, 50.0);
        near(loads[1].at.secs_since(model.origin), 10.0);
    }

    #[test]
    fn what_has_no_mean_is_infinite_and_harms_nobody_who_gives_up() {
        let text = r#"Scenario(format: 1, name: "x", horizon: "60s",
            services: {
                "a": Service(operations: { "x": [Call("b.y")] }),
                "b": Service(operations: { "y": [Work(Pareto(min: "10ms", alpha: 0.9))] }),
            },
            calls: { "a -> b": Policy(timeout: "1s") },
            traffic: { "users": Open(rate: "10/s", entry: "a.x") })"#;
        let forecast = Forecast::of(&Model::compile(&Scenario::parse(text).unwrap()));
        let loads: Vec<ServiceLoad> = forecast.services.iter().copied().collect();
        near(loads[0].hold_s, 1.0);
        assert!(loads[1].hold_s.is_infinite());
        near(loads[1].capacity_per_s + 1.0, 1.0);
    }
}
