//! How little load heals a world that ended metastable: it goes on from its horizon with ever less of its traffic, beside a
//! twin with as little. See "hidden capacity" in the glossary.

use std::cell::Cell;

use crate::analysis::{Goodput, HiddenCapacity, Probe, last_window};
use crate::engine::{Reached, Simulation};
use crate::experiment::worlds::{Ended, replay_keeping};
use crate::experiment::{Incident, Progress, Setup, Stop, Watch};
use crate::model::Model;
use crate::scenario::VerdictKind;
use crate::time::{SimDuration, SimTime};

/// How long a world is given to heal before it is looked at, unless somebody says otherwise or the horizon is shorter.
const USUAL: SimDuration = SimDuration::from_secs(600);
/// So many times as long it is given, while fewer and fewer requests and attempts are in flight: a backlog may take hours to
/// work off.
const STRETCHES: u32 = 12;
/// What falls by less than this share in a stretch does not fall.
const FALLS: f64 = 0.01;
/// Shares are looked for to so many hundredths.
const TO: u32 = 2;
/// Probes that the search takes: the whole traffic, then halves of it down to a pair of hundredths.
const PROBES: u32 = 7;
/// Events between two looks at the clock and at invariants.
const SLICE: u64 = 100_000;

/// Replays an incident. If the actual world ended metastable, or else the unattended one, the largest share of its traffic
/// under which it heals by itself is put into the summary: `within` so much time, or as long as its backlog shrinks.
///
/// A share is tried from the state at the horizon on, the worst that was seen to last: no fault, nobody acts, and of the
/// requests that would arrive only that share does, the same ones in the twin beside it. Less load is taken to be no harder
/// than more, so that the shares between those that heal and those that do not can be halved. At most `jobs` threads replay it.
pub fn replay_with_hidden_capacity(
    setup: &Setup,
    within: Option<SimDuration>,
    jobs: usize,
    watch: &dyn Watch,
) -> Incident {
    let model = Model::compile(setup.scenario);
    let (mut incident, ended) = replay_keeping(&model, setup, jobs, &Part { watch, from: 0.0, to: 0.5 });
    let held = |verdict| verdict == Some(VerdictKind::Metastable);
    let Ended { actual, twin, unattended } = ended;
    let worlds = [Some(&actual), twin.as_ref(), unattended.as_ref()];
    let handled = worlds.into_iter().flatten().map(Simulation::handled).sum();
    let world = if held(incident.summary.verdict) {
        Some(actual)
    } else {
        unattended.filter(|_| held(incident.summary.verdict_unattended))
    };
    if let (None, Some(world), Some(twin)) = (incident.stopped, world, twin) {
        let stretch = within.unwrap_or_else(|| USUAL.min(*setup.scenario.horizon));
        let stretches = if within.is_some() { 1 } else { STRETCHES };
        let contained = setup.scenario.impact.contained;
        let search = Search::new(&model, world, twin, (stretch, stretches), contained, handled);
        match search.run(Part { watch, from: 0.5, to: 1.0 }) {
            Ok(probes) => incident.summary.hidden_capacity = Some(HiddenCapacity::new(&model, probes)),
            Err(stop) => incident.stopped = Some(stop),
        }
    }
    incident
}

/// A search from the state at the horizon.
struct Search<'m> {
    model: &'m Model,
    world: Simulation<'m>,
    twin: Simulation<'m>,
    since: SimTime,
    /// How long it is given before it is looked at, and how often at most.
    stretch: SimDuration,
    stretches: u32,
    contained: f64,
    /// Events so far, those of the replay included.
    events: Cell<u64>,
}

impl<'m> Search<'m> {
    fn new(
        model: &'m Model,
        mut world: Simulation<'m>,
        twin: Simulation<'m>,
        (stretch, stretches): (SimDuration, u32),
        contained: f64,
        events: u64,
    ) -> Self {
        world.leave_unattended();
        let since = model.end + SimDuration::from_nanos(1);
        Self { model, world, twin, since, stretch, stretches, contained, events: Cell::new(events) }
    }

    /// What was tried, and what came of it.
    fn run(&self, watch: Part) -> Result<Vec<Probe>, Stop> {
        let mut probes = Vec::new();
        let mut heals = |hundredths: u32| {
            let share = f64::from(hundredths) / 100.0;
            let probe = self.probe(share, watch.step(probes.len() as u32, PROBES))?;
            probes.push(probe);
            Ok::<_, Stop>(probe.healed)
        };
        if !heals(100)? {
            let (mut below, mut above) = (0, 100);
            while above - below > TO {
                let between = u32::midpoint(below, above);
                *(if heals(between)? { &mut below } else { &mut above }) = between;
            }
        }
        Ok(probes)
    }

    /// Whether it heals under a share of its traffic. It is given a second stretch, and more while less is in flight after
    /// each.
    fn probe(&self, share: f64, watch: Part) -> Result<Probe, Stop> {
        let (mut world, mut twin) = (self.world.clone(), self.twin.clone());
        world.thin_arrivals(share);
        twin.thin_arrivals(share);
        let mut took = SimDuration::ZERO;
        for stretch in 0..self.stretches {
            let (before, part) = (world.in_flight() as f64, watch.step(stretch, self.stretches));
            let from = self.since + took;
            let own = self.goodput(&mut world, from, part.step(0, 2));
            let pair = own.and_then(|own| Ok((own, self.goodput(&mut twin, from, part.step(1, 2))?)));
            let (own, twin) = match pair {
                // Patience has a limit, in either world.
                Err(Stop::Events(_) | Stop::InFlight(_)) if stretch > 0 => break,
                pair => pair?,
            };
            took += self.stretch;
            if own.is_healthy_beside(&twin, self.model, self.contained) {
                return Ok(Probe { share, healed: true, took_s: took.as_secs_f64() });
            }
            // In the first one there may come more of what was asked for before.
            if stretch > 0 && world.in_flight() as f64 > (1.0 - FALLS) * before {
                break;
            }
        }
        Ok(Probe { share, healed: false, took_s: took.as_secs_f64() })
    }

    /// What a world achieves in the stretch from an instant on.
    fn goodput(&self, world: &mut Simulation<'m>, from: SimTime, watch: Part) -> Result<Goodput, Stop> {
        let until = from + self.stretch;
        let last_from = from + self.stretch.saturating_sub(last_window(self.stretch));
        let mut goodput = Goodput::new(self.model, from, last_from);
        loop {
            let before = world.handled();
            let reached = world.run_for(SLICE, until, &mut goodput)?;
            world.check_invariants();
            self.events.set(self.events.get() + world.handled() - before);
            let passed = world.now().saturating_since(from).as_secs_f64();
            let (at_s, events) = (world.now().secs_since(self.model.origin), self.events.get());
            watch.progress(Progress { share: passed / self.stretch.as_secs_f64(), at_s, events });
            if reached == Reached::Time {
                return Ok(goodput);
            }
            if let Some(stop) = watch.stop() {
                return Err(stop);
            }
        }
    }
}

/// A stretch of what somebody watches.
#[derive(Clone, Copy)]
struct Part<'a> {
    watch: &'a dyn Watch,
    /// Its begin and its end, as shares of the whole.
    from: f64,
    to: f64,
}

impl Part<'_> {
    /// One of so many equal stretches of it, from 0.
    fn step(self, number: u32, of: u32) -> Self {
        let at = |step: u32| self.from + (self.to - self.from) * f64::from(step) / f64::from(of);
        Self { from: at(number), to: at(number + 1), ..self }
    }
}

impl Watch for Part<'_> {
    fn progress(&self, progress: Progress) {
        let share = self.from + (self.to - self.from) * progress.share;
        self.watch.progress(Progress { share, ..progress });
    }

    fn stop(&self) -> Option<Stop> {
        self.watch.stop()
    }
}
