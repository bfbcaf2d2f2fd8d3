//! How the cost of an event depends on the size of the system, on its load, and on what it uses. Read the ratios, not the
//! times.
//!
//! A world is warmed up once; each iteration runs a copy of it for so many events, as `experiment::replay` does without
//! a twin. Horizons are ten minutes, so that the record's windows are as wide as in the runs of people. The scenarios of
//! `services` are left in `target/tmp`, for `knockon run target/tmp/scale-1000.ron --set 'horizon="10s"'`.

#[path = "scale/topology.rs"]
mod topology;

use std::cell::LazyCell;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group,
    criterion_main,
};
use knockon::engine::{Observer, Reached, Simulation};
use knockon::experiment::{Setup, replay};
use knockon::model::{Forecast, Model};
use knockon::record::{Audit, Recorder};
use knockon::scenario::Scenario;
use knockon::time::{SimDuration, SimTime};
use topology::{BREAKER, BUDGET, Topology};

/// Events of one iteration.
const EVENTS: u64 = 500_000;

/// Events before the first iteration.
const WARM_UP: u64 = 200_000;

/// Events between two looks at everything, unless that is more; as `experiment::replay` has it.
const SLICE: u64 = 100_000;

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

fn scenario(text: &str) -> Scenario {
    Scenario::parse(text).expect("it is valid")
}

fn model(text: &str) -> Model {
    Model::compile(&scenario(text))
}

/// One world with those who watch it.
#[derive(Clone)]
struct World<'m> {
    simulation: Simulation<'m>,
    audit: Audit<'m>,
    recorder: Recorder<'m>,
}

impl<'m> World<'m> {
    fn new(model: &'m Model) -> Self {
        Self { simulation: Simulation::new(model), audit: Audit::new(model), recorder: Recorder::new(model) }
    }

    fn warmed_up(model: &'m Model) -> Self {
        Self::new(model).run_for(WARM_UP, model.end)
    }

    /// Runs so many events, at most until an instant.
    fn run_for(mut self, events: u64, until: SimTime) -> Self {
        let end = self.simulation.handled().saturating_add(events);
        while self.simulation.handled() < end {
            let slice = SLICE.max(self.simulation.extent()).min(end - self.simulation.handled());
            let Self { simulation, audit, recorder } = &mut self;
            let reached =
                simulation.run_for(slice, until, &mut (audit, recorder)).expect("there are no limits");
            self.simulation.check_invariants();
            self.audit.check(&self.simulation);
            if reached == Reached::Time {
                break;
            }
        }
        self
    }
}

fn group<'c>(criterion: &'c mut Criterion, name: &str) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(2));
    group
}

/// Nanoseconds per event of a world with everything that watches it. The world is made if it is asked for.
fn bench_world(group: &mut BenchmarkGroup<WallTime>, id: BenchmarkId, text: &str) {
    let model = LazyCell::new(|| model(text));
    let world = LazyCell::new(|| World::warmed_up(&model));
    group.throughput(Throughput::Elements(EVENTS)).bench_function(id, |bencher| {
        let run = |world: World| world.run_for(EVENTS, SimTime::MAX).simulation.handled();
        bencher.iter_batched(|| world.clone(), run, BatchSize::PerIteration);
    });
}

/// The same number of requests, spread over more and more services.
fn services(criterion: &mut Criterion) {
    let mut group = group(criterion, "services");
    for services in SIZES {
        let text = Topology { services, ..Topology::default() }.text();
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("scale-{services}.ron"));
        std::fs::write(path, &text).expect("cargo's folder for it can be written");
        bench_world(&mut group, BenchmarkId::from_parameter(services), &text);
    }
    group.finish();
}

/// What comes before the first event, by service.
fn startup(criterion: &mut Criterion) {
    let mut group = group(criterion, "startup");
    for services in SIZES {
        let text = Topology { services, ..Topology::default() }.text();
        let scenario = LazyCell::new(|| scenario(&text));
        let model = LazyCell::new(|| Model::compile(&scenario));
        group.throughput(Throughput::Elements(services as u64));
        let mut bench = |name: &str, run: &dyn Fn()| {
            group.bench_function(BenchmarkId::new(name, services), |bencher| bencher.iter(run));
        };
        bench("parse", &|| drop(black_box(Scenario::parse(&text))));
        bench("compile", &|| drop(black_box(Model::compile(&scenario))));
        bench("world", &|| drop(black_box(World::new(&model))));
        bench("forecast", &|| drop(black_box(Forecast::of(&model))));
    }
    group.finish();
}

/// 100,000 requests a second through 1,000 services. An element is a simulated millisecond: 1,000 a second is real time.
/// What is in flight is what Little's law says, however long it goes on.
fn load(criterion: &mut Criterion) {
    let mut group = group(criterion, "load");
    let topology = Topology { services: 1_000, per_s: 100_000.0, ..Topology::default() };
    let model = LazyCell::new(|| model(&topology.text()));
    let run = |world: World, ms| {
        let until = world.simulation.now() + SimDuration::from_millis(ms);
        world.run_for(u64::MAX, until).simulation.in_flight()
    };
    let world = LazyCell::new(|| {
        let world = World::new(&model).run_for(u64::MAX, SimTime::ZERO + SimDuration::from_secs(1));
        let (early, late) = (world.simulation.in_flight(), run(world.clone(), 1_000));
        assert!(
            (0.9..1.1).contains(&(late as f64 / early as f64)),
            "in flight: {early}, a second later {late}"
        );
        world
    });
    group.throughput(Throughput::Elements(100)).bench_function("milliseconds", |bencher| {
        bencher.iter_batched(|| world.clone(), |world| run(world, 100), BatchSize::PerIteration);
    });
    group.finish();
}

/// What each feature costs, against timeouts alone; who watches, against nobody; a twin, against two worlds.
fn features(criterion: &mut Criterion) {
    let mut group = group(criterion, "features");
    let plain = Topology { policies: [""; 2], ..Topology::default() };
    let with = |policy| Topology { policies: [policy; 2], ..plain };
    for (name, topology) in [
        ("none", plain),
        ("retry", with("retry: Retry(max_attempts: 3)")),
        ("retry budget", with(BUDGET)),
        ("breaker", with(BREAKER)),
        ("bulkhead", with("bulkhead: Bulkhead(max_concurrent: 1000)")),
        ("pool", with("pool: Pool(size: 1000)")),
        ("least in flight", with("balancer: LeastInFlight")),
        ("probes", Topology { service: r#"probe: Probe(interval: "1s")"#, ..plain }),
        ("monitors", Topology { monitored: true, ..plain }),
    ] {
        bench_world(&mut group, BenchmarkId::from_parameter(name), &topology.text());
    }
    let model = model(&plain.text());
    watched(&mut group, "nobody watches", &model, || ());
    watched(&mut group, "recorder alone", &model, || Recorder::new(&model));
    watched(&mut group, "audit alone", &model, || Audit::new(&model));
    twin(&mut group);
    group.finish();
}

/// A world that one observer watches, from its begin and without a look at what is in flight.
fn watched<'m, O: Observer>(
    group: &mut BenchmarkGroup<WallTime>,
    name: &str,
    model: &'m Model,
    observer: impl Fn() -> O,
) {
    group.throughput(Throughput::Elements(EVENTS)).bench_function(name, |bencher| {
        let run = |(mut simulation, mut observer): (Simulation<'m>, O)| {
            simulation.run_for(EVENTS, SimTime::MAX, &mut observer).expect("there are no limits");
            (simulation, observer)
        };
        bencher.iter_batched(|| (Simulation::new(model), observer()), run, BatchSize::PerIteration);
    });
}

/// A short incident: a world with a fault, one without, and both side by side.
fn twin(group: &mut BenchmarkGroup<WallTime>) {
    let faulted = r#"faults: [Fault(at: "T+0s", for: "300ms", on: "s95", effect: Slow(2))]"#;
    let calm = Topology { horizon: "500ms", ..Topology::default() };
    let hit = Topology { more: faulted, ..calm };
    for (name, topology, twin) in
        [("incident, calm", calm, false), ("incident, hit", hit, false), ("incident, twin", hit, true)]
    {
        let scenario = scenario(&topology.text());
        let setup = Setup { scenario: &scenario, variant: None, overrides: &[], twin };
        group.throughput(Throughput::Elements(1)).bench_function(name, |bencher| {
            bencher.iter(|| black_box(replay(&setup, &())));
        });
    }
}

/// One service with an unbounded queue, asked for a part of what it can do, and for more and more than that.
fn overload(criterion: &mut Criterion) {
    let mut group = group(criterion, "overload");
    for load in [0.5, 0.9, 1.1, 1.5, 2.0, 4.0] {
        let text = format!(
            r#"Scenario(
                format: 1, name: "overload", horizon: "10m",
                services: {{ "s": Service(threads: 10, queue: Fifo(capacity: Unbounded),
                    operations: {{ "run": [Work(Exp("1ms"))] }}) }},
                calls: {{ "t -> s": Policy(timeout: "100ms", retry: Retry(max_attempts: 3)) }},
                traffic: {{ "t": Open(rate: "{}/s", entry: "s.run") }},
            )"#,
            load * 10_000.0
        );
        bench_world(&mut group, BenchmarkId::from_parameter(load), &text);
    }
    group.finish();
}

criterion_group! {
    name = benches;
    // Its plots want fonts that a machine without a desktop does not have.
    config = Criterion::default().without_plots();
    targets = services, startup, load, features, overload
}
criterion_main!(benches);
