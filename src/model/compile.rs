//! Checked scenario -> model: names become ids, steps become instructions. Reports nothing: the check comes before.

use std::collections::BTreeMap;

use crate::id::{ClassId, EdgeId, Id, IdVec, OperationId, PairId, ReplicaId, ServiceId, SiteId};
use crate::model::changes::compile_changes;
use crate::model::faults::{compile_faults, compile_monitors};
use crate::model::names::Names;
use crate::model::parts::{
    CallSite, Caller, Class, Condition, Edge, JourneyStep, Model, Operation, Pair, Replica, Service,
};
use crate::model::program::ProgramBuilder;
use crate::model::response::compile_response;
use crate::model::{ArrivalRate, Response};
use crate::random::Stream;
use crate::scenario::{self, Policy, Rate, Scenario, Scope, TrafficClass};
use crate::time::SimTime;

impl Model {
    /// Compiles a checked scenario.
    ///
    /// # Panics
    ///
    /// Panics if the scenario refers to something that it does not define: the check of the scenario refuses that.
    pub fn compile(scenario: &Scenario) -> Self {
        let origin = SimTime::ZERO + scenario.warm_up;
        let mut compiler = Compiler::new(scenario, origin);
        compiler.operations();
        compiler.classes();
        compiler.probes();
        let Model { sites, operations, .. } = &mut compiler.model;
        sites.iter_mut().for_each(|site| site.start = operations[site.operation].start);
        let faults = compile_faults(scenario, &compiler.model, &compiler.names);
        let monitors = compile_monitors(scenario, &compiler.model, &compiler.names);
        let changes = compile_changes(scenario, &compiler.model, &compiler.names);
        let model = Self { faults, monitors, changes, ..compiler.model };
        let response = compile_response(scenario, &model, &compiler.names);
        Self { response, ..model }
    }
}

/// The priority of deep probes: a service that sheds spares them.
const PROBE_PRIORITY: u8 = u8::MAX;

/// The model under construction.
struct Compiler<'a> {
    scenario: &'a Scenario,
    classes: Vec<TrafficClass<'a>>,
    policies: BTreeMap<&'a str, &'a Policy>,
    names: Names,
    /// The edges and pairs so far, by what tells them apart.
    edges: BTreeMap<(Caller, Stream), EdgeId>,
    pairs: BTreeMap<(Caller, ServiceId), PairId>,
    model: Model,
}

impl<'a> Compiler<'a> {
    fn new(scenario: &'a Scenario, origin: SimTime) -> Self {
        let mut compiler = Self {
            scenario,
            classes: scenario.classes(),
            policies: scenario.calls.iter().map(|(key, policy)| (key.value.as_str(), policy)).collect(),
            names: Names::default(),
            edges: BTreeMap::new(),
            pairs: BTreeMap::new(),
            model: Model {
                seed: scenario.seed,
                origin,
                end: origin + scenario.horizon.value,
                services: IdVec::default(),
                replicas: IdVec::default(),
                operations: IdVec::default(),
                program: Vec::new(),
                sites: IdVec::default(),
                edges: IdVec::default(),
                pairs: IdVec::default(),
                classes: IdVec::default(),
                faults: IdVec::default(),
                monitors: IdVec::default(),
                changes: IdVec::default(),
                response: Response::default(),
                limits: scenario.limits,
            },
        };
        for (name, service) in &scenario.services {
            compiler.service(name, service);
        }
        for (position, class) in compiler.classes.iter().enumerate() {
            compiler.names.classes.insert(class.name.value.clone(), ClassId::new(position));
        }
        compiler
    }

    /// Adds a service, its replicas, and its operations without their steps.
    fn service(&mut self, name: &str, written: &scenario::Service) {
        let first_replica = ReplicaId::new(self.model.replicas.len());
        let id = self.model.services.push(Service {
            name: name.to_owned(),
            stream: Stream::named(name),
            first_replica,
            replicas: written.replicas,
            settings: scenario::Service { operations: Vec::new(), ..written.clone() },
            calls_out: Vec::new(),
            caches: written.caches.iter().map(|(name, _)| Stream::named(name)).collect(),
            probed_by: None,
        });
        self.names.services.insert(name.to_owned(), id);
        for number in 0..written.replicas {
            self.model.replicas.push(Replica { service: id, number });
        }
        for (operation, _) in &written.operations {
            let name = format!("{name}.{}", operation.value);
            let stream = Stream::named(&name);
            let id =
                self.model.operations.push(Operation { service: id, name: name.clone(), stream, start: 0 });
            self.names.operations.insert(name, id);
        }
    }

    /// Flattens the steps of all operations.
    fn operations(&mut self) {
        let scenario = self.scenario;
        for (service, written) in &scenario.services {
            for (operation, steps) in &written.operations {
                let id = self.names.operations[&format!("{}.{}", service.value, operation.value)];
                let start = self.model.program.len() as u32;
                self.model.operations[id].start = start;
                let program = ProgramBuilder::new(self, id, start).build(steps);
                self.model.program.extend(program);
            }
        }
    }

    /// Adds the traffic classes and their first calls.
    fn classes(&mut self) {
        let origin = self.model.origin;
        for (position, written) in self.classes.clone().iter().enumerate() {
            let name = &written.name.value;
            let site = self.site(Caller::Class(ClassId::new(position)), name, written.entry, 0);
            let step = written.step.map(|step| JourneyStep {
                journey: Stream::named(step.journey),
                stream: Stream::named(step.name),
                first: step.first,
                next: (!step.last).then(|| ClassId::new(position + 1)),
                think: step.think,
            });
            self.model.classes.push(Class {
                name: name.clone(),
                stream: Stream::named(name),
                site,
                rate: match written.rate {
                    Rate::Constant(per_s) => ArrivalRate::constant(*per_s),
                    Rate::Steps(points) => ArrivalRate::profile(points, false, origin),
                    Rate::Ramp(points) => ArrivalRate::profile(points, true, origin),
                },
                users: written.users,
                value: written.value,
                region: written.region.to_owned(),
                priority: written.priority,
                access: written.access,
                patience: written.patience,
                slo: written.slo,
                probes: None,
                step,
            });
        }
    }

    /// Adds a class for the deep probes of each service that has them. They come at the rate of the probes; a name in
    /// brackets cannot be written, so no policy is theirs but the limit of the probe.
    fn probes(&mut self) {
        let scenario = self.scenario;
        for (service, written) in &scenario.services {
            let Some((probe, asks)) = written.probe.as_ref().and_then(|p| Some((p, p.asks.as_ref()?))) else {
                continue;
            };
            let id = ClassId::new(self.model.classes.len());
            let name = format!("[probe of {}]", service.value);
            let site = self.site(Caller::Class(id), &name, &format!("{}.{}", service.value, asks.value), 0);
            self.model.sites[site].is_probe = true;
            self.model.edges[self.model.sites[site].edge].policy.timeout = Some(probe.timeout);
            let of = self.names.services[&service.value];
            self.model.services[of].probed_by = Some(id);
            self.model.classes.push(Class {
                stream: Stream::named(&name),
                name,
                site,
                rate: ArrivalRate::constant(f64::from(written.replicas) / probe.interval.as_secs_f64()),
                users: u64::from(written.replicas),
                value: 0.0,
                region: String::new(),
                priority: PROBE_PRIORITY,
                access: scenario::Access::Read,
                patience: None,
                slo: None,
                probes: Some(of),
                step: None,
            });
        }
    }

    /// Adds a place from which `caller` (an operation's or a class's name) calls `to`, the `nth` to there from there.
    fn site(&mut self, caller: Caller, caller_name: &str, to: &str, nth: u64) -> SiteId {
        let operation = self.names.operations[to];
        let callee = self.model.operations[operation].service;
        let edge = self.edge(caller, caller_name, callee, to);
        let &Edge { pair, per_replica, first_guard, .. } = &self.model.edges[edge];
        self.model.sites.push(CallSite {
            edge,
            callee,
            pair,
            is_probe: false,
            per_replica,
            first_guard,
            operation,
            start: 0,
            stream: Stream::named(to).nth(nth),
        })
    }

    /// The edge from a caller to an operation, under the most specific policy that is written for it.
    fn edge(&mut self, caller: Caller, caller_name: &str, callee: ServiceId, to: &str) -> EdgeId {
        let callee_name = self.model.services[callee].name.clone();
        // What people see as the caller, and what covers it under `calls`.
        let (seen, whole) = match caller {
            Caller::Class(id) => {
                let whole = self.classes.get(id.position()).map_or(caller_name, TrafficClass::whole_name);
                (caller_name.to_owned(), whole.to_owned())
            }
            Caller::Service(id) => {
                let service = &self.model.services[id].name;
                (service.clone(), service.clone())
            }
        };
        let pair_name = format!("{seen} -> {callee_name}");
        let key = [
            format!("{caller_name} -> {to}"),
            format!("{caller_name} -> {callee_name}"),
            format!("{whole} -> {to}"),
            format!("{whole} -> {callee_name}"),
        ]
        .into_iter()
        .find(|key| self.policies.contains_key(key.as_str()))
        .unwrap_or_else(|| pair_name.clone());
        let stream = Stream::named(&key);
        if let Some(id) = self.edges.get(&(caller, stream)) {
            return *id;
        }
        let policy = self.policies.get(key.as_str()).map_or_else(Policy::default, |policy| (*policy).clone());
        let pair = self.pair(caller, callee, pair_name);
        let per_replica = matches!(caller, Caller::Service(_)) && policy.scope == Scope::Replica;
        let first_guard = self.guards();
        let edge =
            self.model.edges.push(Edge { pair, caller, callee, stream, policy, per_replica, first_guard });
        self.edges.insert((caller, stream), edge);
        if let Caller::Service(id) = caller {
            self.model.services[id].calls_out.push(edge);
        }
        edge
    }

    /// Number of states of all edges so far.
    fn guards(&self) -> u32 {
        let Some(last) = self.model.edges.iter().last() else { return 0 };
        last.first_guard + last.guard_count(&self.model.services)
    }

    /// The pair of a caller and a callee.
    fn pair(&mut self, caller: Caller, callee: ServiceId, name: String) -> PairId {
        let pairs = &mut self.model.pairs;
        *self.pairs.entry((caller, callee)).or_insert_with(|| {
            let stream = Stream::named(&name);
            pairs.push(Pair { name, stream, caller, callee })
        })
    }
}

impl Edge {
    /// How many copies of its state there are.
    pub(crate) fn guard_count(&self, services: &IdVec<ServiceId, Service>) -> u32 {
        match self.caller {
            Caller::Service(id) if self.per_replica => services[id].replicas,
            _ => 1,
        }
    }
}

/// What the flattening of steps needs to know about everything else.
impl crate::model::program::Context for Compiler<'_> {
    fn call_site(&mut self, from: OperationId, to: &str, nth: u64) -> SiteId {
        let caller = Caller::Service(self.model.operations[from].service);
        let name = self.model.operations[from].name.clone();
        self.site(caller, &name, to, nth)
    }

    fn operation_stream(&self, operation: OperationId) -> Stream {
        self.model.operations[operation].stream
    }

    fn cache(&self, operation: OperationId, name: &str) -> u32 {
        let service = &self.model.services[self.model.operations[operation].service];
        let position = service.settings.caches.iter().position(|(known, _)| known.value == name);
        position.expect("caches are checked before compilation") as u32
    }

    fn condition(&self, written: &scenario::Condition, stream: Stream) -> Condition {
        match written {
            scenario::Condition::Chance(chance) => Condition::Chance(*chance, stream),
            scenario::Condition::Class(name) => Condition::Class(self.names.classes[&name.value]),
            scenario::Condition::Region(region) => Condition::Region(region.clone()),
            scenario::Condition::Access(access) => Condition::Access(*access),
            scenario::Condition::Priority(priority) => Condition::Priority(*priority),
            scenario::Condition::Users(share) => Condition::Users(*share),
        }
    }
}
