//! What must hold in every world, whatever it is made of. Engine and auditor assert the rest while it runs.

use knockon::engine::{Observer, Simulation};
use knockon::experiment::{Incident, Run, Setup, replay_all, replay_at_once};
use knockon::model::Model;
use knockon::record::{Audit, Recorder, WorldRecord};
use knockon::scenario::Scenario;
use knockon::time::SimDuration;

use crate::world::{Besides, World};

/// How long a world may take to come to rest: much longer than any fault or patience in it.
const REST: u64 = 600;

/// What it took to look at a world.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) worlds: u64,
    pub(crate) stopped: u64,
    pub(crate) events: u64,
    pub(crate) simulated_s: f64,
    pub(crate) unattended: u64,
    /// Harmed requests, and those of which nobody knows why.
    pub(crate) harmed: f64,
    pub(crate) unknown: f64,
}

impl Seen {
    pub(crate) fn add(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.stopped += other.stopped;
        self.events += other.events;
        self.simulated_s += other.simulated_s;
        self.unattended += other.unattended;
        self.harmed += other.harmed;
        self.unknown += other.unknown;
    }

    fn run(&mut self, record: &WorldRecord, simulated_s: f64) {
        self.events += record.events;
        self.simulated_s += simulated_s;
    }
}

/// What is wrong, as a sentence.
type Law = Result<(), String>;

fn law(holds: bool, what: &str) -> Law {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

/// Checks a world by all laws.
pub(crate) fn check(world: &World, thoroughly: bool) -> Result<Seen, String> {
    let scenario = read(&world.text(Besides::default()))?;
    let incident = replay(&scenario, true);
    let mut seen = Seen { worlds: 1, ..Seen::default() };
    let simulated_s = incident.record.simulated_s;
    let worlds =
        [Some(&incident.record.actual), incident.record.twin.as_ref(), incident.record.unattended.as_ref()];
    for record in worlds.into_iter().flatten() {
        seen.run(record, simulated_s);
        nothing_is_lost(record)?;
    }
    law(
        replay_by(&scenario, true, 3) == incident,
        "two runs differ, of which one has a thread for each world",
    )?;
    blame_adds_up(&incident, &mut seen)?;
    what_is_told_agrees(&incident)?;
    if incident.stopped.is_some() {
        seen.stopped = 1;
        return Ok(seen);
    }
    let (actual, twin) = (&incident.record.actual, incident.record.twin.as_ref().ok_or("it has no twin")?);
    law(twin_is_calm(&scenario) == twin.fingerprint, "the twin is not the world without faults and people")?;
    let left_alone = replay(&Scenario { response: Vec::new(), on_call: None, ..scenario.clone() }, false);
    let unattended = incident.record.unattended.as_ref().unwrap_or(actual);
    law(
        left_alone.stopped.is_some() || left_alone.record.actual.fingerprint == unattended.fingerprint,
        "the unattended world is not the one without a response",
    )?;
    seen.unattended = u64::from(incident.record.unattended.is_some());
    alone_and_to_rest(&scenario, actual)?;
    unrelated_changes_nothing(world, actual)?;
    if thoroughly {
        jobs_make_no_difference(&scenario)?;
    }
    Ok(seen)
}

fn read(text: &str) -> Result<Scenario, String> {
    Scenario::parse(text).map_err(|rejected| format!("it is rejected: {:?}", rejected.diagnostics))
}

fn replay(scenario: &Scenario, twin: bool) -> Incident {
    replay_by(scenario, twin, 1)
}

fn replay_by(scenario: &Scenario, twin: bool, threads: usize) -> Incident {
    let setup = Setup { scenario, variant: None, overrides: &[], twin };
    replay_at_once(&setup, threads, &())
}

/// The fingerprint of the world in which nothing happens and nobody does anything.
fn twin_is_calm(scenario: &Scenario) -> String {
    let calm = Scenario { faults: Vec::new(), response: Vec::new(), on_call: None, ..scenario.clone() };
    replay(&calm, false).record.actual.fingerprint
}

/// Everything that began has ended in one way, or is still under way.
fn nothing_is_lost(world: &WorldRecord) -> Law {
    for (name, class) in &world.totals.classes {
        let series = &world.classes[name];
        let ended = class.ok + class.degraded + class.failed;
        let holds = ended <= class.requests
            && series.arrived.iter().sum::<u64>() == class.requests
            && series.ok.iter().sum::<u64>() == class.ok + class.degraded
            && series.degraded.iter().sum::<u64>() == class.degraded
            && series.failed.iter().sum::<u64>() == class.failed
            && class.failed_by_cause.values().sum::<u64>() == class.failed;
        law(holds, &format!("{name}: requests of the record do not add up"))?;
    }
    for (name, service) in &world.totals.services {
        let to_it = world.totals.calls.iter().filter(|(call, _)| call.ends_with(&format!("-> {name}")));
        let series = &world.services[name];
        let holds = service.ok + service.failed + service.abandoned <= service.attempts
            && service.failed_by_cause.values().sum::<u64>() == service.failed
            && to_it.map(|(_, calls)| calls.attempts).sum::<u64>() == service.attempts
            && series.offered.iter().sum::<u64>() == service.attempts;
        law(holds, &format!("{name}: attempts of the record do not add up"))?;
    }
    let share = |unit: &str, value: f64| unit != "share" || (0.0..=1.0).contains(&value);
    let shares =
        world.monitors.values().all(|track| track.samples.iter().all(|(_, v)| share(&track.unit, *v)));
    law(shares, "a reading is no share")
}

/// Every harmed request goes back to roots, one in all, in some window and in its class.
fn blame_adds_up(incident: &Incident, seen: &mut Seen) -> Law {
    let Some(blame) = &incident.record.blame else { return Err("it has no blame".to_owned()) };
    let alike = |a: f64, b: f64| (a - b).abs() <= 1e-3 * (2.0 + a.max(b));
    let affected = incident.summary.blast_radius.as_ref().map_or(0, |blast| blast.by_severity.affected());
    let sum: f64 = blame.roots.iter().map(|root| root.harmed).sum();
    law(
        blame.harmed == affected && alike(sum, affected as f64),
        "the shares of the roots are not all of it",
    )?;
    for root in &blame.roots {
        let by_class: f64 = root.classes.iter().map(|(_, sum)| sum).sum();
        let by_window: f64 = root.windows.iter().sum();
        // Each number is rounded to a thousandth.
        let rounding = 1e-3 * root.windows.len() as f64;
        law(alike(by_class, root.harmed), "the classes of a root are not all of it")?;
        law((by_window - root.harmed).abs() <= rounding + 1e-3, "the windows of a root are not all of it")?;
        seen.unknown += if root.kind == "unknown" { root.harmed } else { 0.0 };
    }
    for chain in &blame.chains {
        let told = |window: &f64| *window > 0.0;
        let windows = &blame.roots[chain.root].windows;
        let first = windows.iter().position(told).unwrap_or(0) as f64 * blame.window_s;
        let last = windows.iter().rposition(told).map_or(0, |last| last + 1) as f64 * blame.window_s;
        let within = first <= chain.from_s + 1e-9 && chain.to_s <= last + 1e-9;
        law(within, "a chain is dated outside of the time of its root")?;
    }
    seen.harmed += sum;
    Ok(())
}

/// What the summary says of an incident does not contradict itself.
fn what_is_told_agrees(incident: &Incident) -> Law {
    let summary = &incident.summary;
    let from_itself = summary.propagation.iter().any(|impact| impact.from.as_ref() == Some(&impact.service));
    law(!from_itself, "harm came to a service from itself")?;
    if let Some(times) = &summary.times
        && let (Some(mitigated), Some(recovered)) = (times.to_mitigate_s, times.to_recover_s)
    {
        law(mitigated <= recovered, "it recovered before it was mitigated")?;
    }
    let shares = summary.blast_radius.iter().flat_map(|radius| {
        let classes = radius.classes.values().map(|class| class.requests_affected);
        classes.chain([radius.requests_affected, radius.users_affected])
    });
    law(shares.into_iter().all(|share| (0.0..=1.0).contains(&share)), "more were affected than there are")?;
    let phases = summary.phases.windows(2).all(|pair| pair[0].from_s < pair[1].from_s);
    law(phases, "phases are not in order")
}

/// A world by itself, in one go, with all its events in one sorted list, and watched by nobody but one recorder, is what
/// it is among others. Once nobody asks for anything any more it comes to rest, and nothing of it is left.
fn alone_and_to_rest(scenario: &Scenario, actual: &WorldRecord) -> Law {
    let model = Model::compile(scenario);
    let mut recorder = Recorder::new(&model);
    let mut simulation = run(Simulation::sorted(&model), &model, &mut recorder);
    recorder.end_waits(&simulation, model.end);
    let alone = recorder.finish(model.end);
    law(alone == *actual, "the same world alone is another")?;
    let unwatched = run(Simulation::new(&model), &model, &mut ());
    law(unwatched.handled() == simulation.handled(), "a world that nobody watches is another")?;
    // From the begin once more, so that the auditor has seen everything.
    let mut audit = Audit::new(&model);
    simulation = run(Simulation::new(&model), &model, &mut audit);
    simulation.stop_arrivals();
    let mut until = model.end;
    for _ in 0..REST {
        if simulation.is_at_rest() {
            break;
        }
        until += SimDuration::from_secs(1);
        if simulation.run_until(until, &mut (&mut audit as &mut dyn Observer)).is_err() {
            return Ok(());
        }
        simulation.check_invariants();
        audit.check(&simulation);
    }
    if !simulation.is_at_rest() {
        let left = simulation.known_requests().count();
        return Err(format!("it does not come to rest: {left} requests are left after {REST} s"));
    }
    simulation.check_rest();
    Ok(())
}

/// Runs an actual world to its end, in as few steps as an incident does: faults come into sight with the first of them.
fn run<'m>(mut simulation: Simulation<'m>, model: &Model, mut observer: &mut dyn Observer) -> Simulation<'m> {
    let end = model.end + SimDuration::from_nanos(1);
    let limit = "the same world stopped at no limit before";
    if let Some(at) = model.first_fault().filter(|at| *at < end) {
        simulation.run_until(at, &mut observer).expect(limit);
        simulation.schedule_faults();
    }
    simulation.run_until(end, &mut observer).expect(limit);
    simulation
}

/// What has to do with nothing else moves no draw and no outcome of anything else.
fn unrelated_changes_nothing(world: &World, actual: &WorldRecord) -> Law {
    let more = replay(&read(&world.text(Besides { unrelated: true }))?, false);
    if more.stopped.is_some() {
        return Ok(());
    }
    let more = more.record.actual;
    for (name, digest) in &actual.digests {
        law(more.digests.get(name) == Some(digest), &format!("unrelated parts move the digest {name}"))?;
    }
    for (name, class) in &actual.classes {
        law(more.classes.get(name) == Some(class), &format!("unrelated parts change {name}"))?;
    }
    Ok(())
}

/// Several runs at once leave what they leave one after another.
fn jobs_make_no_difference(scenario: &Scenario) -> Law {
    let setup = Setup { scenario, variant: None, overrides: &[], twin: false };
    let plan: Vec<Run> = (1..=3).map(|seed| Run { setup, seed }).collect();
    let all = |jobs| replay_all(&plan, jobs, |_| (), |_, incident| incident.record.actual);
    law(all(1) == all(3), "several runs at once differ from one after another")
}
