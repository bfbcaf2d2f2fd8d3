//! The three systems of `benches/peers` as programs written for nothing else, beside knockon: the floor under what any
//! simulator of them costs. Read the ratios, not the times.
//!
//! A floor counts and sums up no more than it must to be checked: no configuration, no series, no fingerprint, no draws
//! that another world could share. Beside it and knockon stand knockon's two halves: the simulation with nobody told, and the
//! auditor and the recorder told again what happened, with nothing simulated.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use knockon::engine::{ModelEvent, Observer, Simulation};
use knockon::experiment::{Setup, replay};
use knockon::model::Model;
use knockon::random::{Draws, Key, Stream};
use knockon::record::{Audit, Recorder};
use knockon::scenario::{Choice, Document, Scenario};
use knockon::time::SimTime;

/// Pending events by (nanoseconds, order of scheduling).
struct Events<E> {
    now: u64,
    scheduled: u64,
    heap: BinaryHeap<Reverse<(u64, u64, E)>>,
}

impl<E: Ord> Events<E> {
    const fn new() -> Self {
        Self { now: 0, scheduled: 0, heap: BinaryHeap::new() }
    }

    fn after(&mut self, delay: u64, event: E) {
        self.scheduled += 1;
        self.heap.push(Reverse((self.now + delay, self.scheduled, event)));
    }

    fn next(&mut self) -> Option<E> {
        let Reverse((at, _, event)) = self.heap.pop()?;
        self.now = at;
        Some(event)
    }
}

/// An exponential draw in nanoseconds.
fn exponential(draws: &mut Draws, mean_s: f64) -> u64 {
    (-mean_s * 1e9 * libm::log(1.0 - draws.uniform())) as u64
}

fn draws(name: &'static str) -> Draws {
    Key::of_seed(1).draws(Stream::named(name))
}

/// One thread at a utilization of 0.8: the mean wait, in mean services.
fn single_queue(customers: u64) -> f64 {
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    enum Event {
        Arrival,
        Done,
    }
    let (mut gaps, mut work) = (draws("gaps"), draws("work"));
    let mut events = Events::new();
    let mut queue = VecDeque::new();
    let (mut served, mut waited) = (0, 0);
    events.after(exponential(&mut gaps, 1.25), Event::Arrival);
    while served < customers {
        match events.next().expect("arrivals never end") {
            Event::Arrival => {
                queue.push_back(events.now);
                if queue.len() == 1 {
                    events.after(exponential(&mut work, 1.0), Event::Done);
                }
                events.after(exponential(&mut gaps, 1.25), Event::Arrival);
            }
            Event::Done => {
                queue.pop_front();
                served += 1;
                if let Some(arrived) = queue.front() {
                    waited += events.now - arrived;
                    events.after(exponential(&mut work, 1.0), Event::Done);
                }
            }
        }
    }
    waited as f64 / served as f64 / 1e9
}

/// Five tiers of 64 threads that work 1 ms and hold their thread until the next tier has answered, each call with a
/// timeout of 200 ms that is always canceled: the mean latency in seconds.
fn chain(seconds: u64) -> f64 {
    const TIERS: usize = 5;
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    enum Event {
        Arrival,
        WorkDone(usize),
        Timeout(usize, u64),
    }
    struct Request {
        arrived: u64,
        tier: usize,
        /// Tells apart those that had this slot.
        generation: u64,
    }
    let (mut gaps, mut work) = (draws("gaps"), draws("work"));
    let mut events = Events::new();
    let mut requests: Vec<Request> = Vec::new();
    let mut free = Vec::new();
    let mut busy = [0; TIERS];
    let mut queues: [VecDeque<usize>; TIERS] = std::array::from_fn(|_| VecDeque::new());
    let (mut served, mut sum) = (0_u64, 0);
    events.after(exponential(&mut gaps, 1e-4), Event::Arrival);
    while let Some(event) = events.next().filter(|_| events.now < seconds * 1_000_000_000) {
        // A request that calls a tier, if there is one.
        let mut calls = None;
        match event {
            Event::Arrival => {
                let slot = free.pop().unwrap_or_else(|| {
                    requests.push(Request { arrived: 0, tier: 0, generation: 0 });
                    requests.len() - 1
                });
                (requests[slot].arrived, requests[slot].tier) = (events.now, 0);
                events.after(exponential(&mut gaps, 1e-4), Event::Arrival);
                calls = Some(slot);
            }
            Event::WorkDone(slot) if requests[slot].tier + 1 < TIERS => {
                requests[slot].tier += 1;
                calls = Some(slot);
            }
            Event::WorkDone(slot) => {
                sum += events.now - requests[slot].arrived;
                served += 1;
                requests[slot].generation += 1;
                free.push(slot);
                for (tier, queue) in queues.iter_mut().enumerate() {
                    busy[tier] -= 1;
                    if let Some(next) = queue.pop_front() {
                        busy[tier] += 1;
                        events.after(exponential(&mut work, 1e-3), Event::WorkDone(next));
                    }
                }
            }
            Event::Timeout(slot, generation) => {
                assert!(requests[slot].generation != generation, "no timeout passes");
            }
        }
        if let Some(slot) = calls {
            let tier = requests[slot].tier;
            events.after(200_000_000, Event::Timeout(slot, requests[slot].generation));
            if busy[tier] < 64 {
                busy[tier] += 1;
                events.after(exponential(&mut work, 1e-3), Event::WorkDone(slot));
            } else {
                queues[tier].push_back(slot);
            }
        }
    }
    sum as f64 / served as f64 / 1e9
}

/// 50 threads, a queue of 1,000, a timeout of 100 ms with three retries, and a pause of 5 s: the share of the requests
/// that was answered.
fn retry_storm(seconds: u64, pause: (u64, u64)) -> f64 {
    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    enum Event {
        Arrival,
        WorkDone(usize),
        Timeout(usize),
        Retry(u32),
        PauseOver,
    }
    const SECOND: u64 = 1_000_000_000;
    let (mut gaps, mut work, mut backoff) = (draws("gaps"), draws("work"), draws("backoff"));
    let mut events = Events::new();
    // Of each attempt its number, and whether its caller still waits. Timers stay as long as their attempts.
    let mut attempts: Vec<(u32, bool)> = Vec::new();
    let (mut busy, mut queue) = (0, VecDeque::new());
    let (mut requests, mut answered) = (0_u64, 0_u64);
    let (stops, goes_on) = (pause.0 * SECOND, pause.1 * SECOND);
    events.after(goes_on, Event::PauseOver);
    events.after(exponential(&mut gaps, 1.0 / 4_000.0), Event::Arrival);
    while let Some(event) = events.next().filter(|_| events.now < seconds * SECOND) {
        let paused = (stops..goes_on).contains(&events.now);
        let mut begins = None;
        let mut fails = None;
        match event {
            Event::Arrival => {
                requests += 1;
                events.after(exponential(&mut gaps, 1.0 / 4_000.0), Event::Arrival);
                begins = Some(1);
            }
            Event::Retry(number) => begins = Some(number),
            // The rest of the work waits until the pause is over.
            Event::WorkDone(attempt) if paused => events.after(goes_on - stops, Event::WorkDone(attempt)),
            Event::WorkDone(attempt) => {
                busy -= 1;
                answered += u64::from(std::mem::take(&mut attempts[attempt].1));
            }
            Event::Timeout(attempt) if std::mem::take(&mut attempts[attempt].1) => {
                fails = Some(attempts[attempt].0);
            }
            Event::Timeout(_) | Event::PauseOver => {}
        }
        if let Some(number) = begins {
            if queue.len() < 1_000 {
                attempts.push((number, true));
                events.after(100_000_000, Event::Timeout(attempts.len() - 1));
                queue.push_back(attempts.len() - 1);
            } else {
                fails = Some(number);
            }
        }
        if let Some(number) = fails.filter(|number| *number < 4) {
            let wait = 5e7 * f64::from(1 << (number - 1)) * backoff.uniform();
            events.after(wait as u64, Event::Retry(number + 1));
        }
        while busy < 50
            && !paused
            && let Some(attempt) = queue.pop_front()
        {
            busy += 1;
            events.after(exponential(&mut work, 0.01), Event::WorkDone(attempt));
        }
    }
    answered as f64 / requests as f64
}

fn scenario(workload: &str, sets: &[&str]) -> Scenario {
    let file = format!("benches/peers/{workload}.ron");
    let bytes =
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(&file)).expect("it is in the repository");
    let document = Document::parse(&file, &bytes, &|_| Err("no base".to_owned())).expect("it is valid");
    let sets = sets.iter().map(|set| (*set).to_owned()).collect();
    document.resolve(&Choice { sets, ..Choice::default() }).expect("it is valid").scenario
}

/// What one world tells, kept to be told again.
struct Tape(Vec<(SimTime, ModelEvent)>);

impl Observer for Tape {
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        self.0.push((now, *event));
    }
}

/// Runs the actual world alone.
fn simulate(model: &Model, observer: &mut impl Observer) -> u64 {
    let mut simulation = Simulation::new(model);
    simulation.schedule_faults();
    simulation.run_until(model.end, observer).expect("it is far from any limit");
    simulation.handled()
}

/// Tells the auditor and the recorder what happened in a world.
fn tell(model: &Model, tape: &Tape) -> u64 {
    let (mut audit, mut recorder) = (Audit::new(model), Recorder::new(model));
    for (now, event) in &tape.0 {
        (&mut audit, &mut recorder).observe(*now, event);
    }
    recorder.finish(model.end).events
}

fn floors(criterion: &mut Criterion) {
    // Of each system: what to change of its scenario to make it short, the floor, and the same number from knockon.
    let single = ("mm1", vec!["horizon=\"125000s\""]);
    let storm = ("mmc", vec!["horizon=\"12s\"", "faults[0].at=\"T+2s\"", "faults[0].for=\"2s\""]);
    let tiers = ("chain", vec!["horizon=\"2s\""]);
    for ((workload, sets), floor) in [
        (single, (|| single_queue(100_000)) as fn() -> f64),
        (storm, || retry_storm(12, (2, 4))),
        (tiers, || chain(2)),
    ] {
        let scenario = scenario(workload, &sets);
        let setup = Setup { scenario: &scenario, variant: None, overrides: &[], twin: false };
        let summary = replay(&setup, &()).summary;
        let (clients, first) = (&summary.traffic[0], &summary.services[0]);
        let ours = match workload {
            "mm1" => first.mean_wait_ms / 1e3,
            "mmc" => clients.ok as f64 / clients.requests as f64,
            _ => clients.latency_ms.mean / 1e3,
        };
        let theirs = floor();
        assert!((ours / theirs - 1.0).abs() < 0.1, "{workload}: {ours} and {theirs} are two systems");
        let model = Model::compile(&scenario);
        let mut tape = Tape(Vec::new());
        simulate(&model, &mut tape);
        let mut group = criterion.benchmark_group(workload);
        group.sample_size(10);
        group.bench_function("floor", |bencher| bencher.iter(|| black_box(floor())));
        group.bench_function("simulated, nobody told", |bencher| {
            bencher.iter(|| black_box(simulate(&model, &mut ())));
        });
        group.bench_function("told, nothing simulated", |bencher| {
            bencher.iter(|| black_box(tell(&model, &tape)));
        });
        group.bench_function("knockon", |bencher| bencher.iter(|| black_box(replay(&setup, &()))));
        group.finish();
    }
}

criterion_group! {
    name = benches;
    // Criterion's plots panic where there are no fonts.
    config = Criterion::default().without_plots();
    targets = floors
}
criterion_main!(benches);
