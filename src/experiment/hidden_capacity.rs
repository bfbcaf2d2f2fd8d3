//! How little load heals a world that ended metastable: it goes on from its horizon with ever less of its traffic, beside a
//! twin with as little. See "hidden capacity" in the glossary.

use std::cell::Cell;

use crate::analysis::{Goodput, HiddenCapacity, last_window};
use crate::engine::{LimitHit, Reached, Simulation};
use crate::experiment::incident::{Ended, replay_keeping};
use crate::experiment::{Incident, Progress, Setup, Stop, Watch};
use crate::model::Model;
use crate::scenario::VerdictKind;
use crate::time::{SimDuration, SimTime};

/// How long a world is given to heal, unless somebody says otherwise or the horizon is shorter.
const USUAL: SimDuration = SimDuration::from_secs(600);
/// Shares are looked for to so many hundredths.
const TO: u32 = 2;
/// Probes that the search takes: the whole traffic, then halves of it down to a pair of hundredths.
const PROBES: u32 = 8;
/// Events between two looks at the clock and at invariants.
const SLICE: u64 = 100_000;

/// Replays an incident. If the actual world ended metastable, or else the unattended one, the largest share of its traffic
/// under which it heals by itself `within` so much time is put into the summary.
///
/// A share is tried from the state at the horizon on, the worst that was seen to last: no fault, nobody acts, and of the
/// requests that would arrive only that share does, the same ones in the twin beside it. Less load is taken to be no harder
/// than more, so that the shares between those that heal and those that do not can be halved.
pub fn replay_with_hidden_capacity(
    setup: &Setup,
    within: Option<SimDuration>,
    watch: &dyn Watch,
) -> Incident {
    let model = Model::compile(setup.scenario);
    let (mut incident, ended) = replay_keeping(&model, setup, &Part { watch, from: 0.0, to: 0.5 });
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
        let span = within.unwrap_or_else(|| USUAL.min(*setup.scenario.horizon));
        let search = Search::new(&model, world, twin, span, setup.scenario.impact.contained, handled);
        match search.run(Part { watch, from: 0.5, to: 1.0 }) {
            Ok(probes) => {
                let found = HiddenCapacity::new(&model, probes, span.as_secs_f64());
                incident.summary.hidden_capacity = Some(found);
            }
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
    /// Answers from here on decide.
    last_from: SimTime,
    until: SimTime,
    contained: f64,
    /// Events so far, those of the replay included.
    events: Cell<u64>,
}

impl<'m> Search<'m> {
    fn new(
        model: &'m Model,
        mut world: Simulation<'m>,
        twin: Simulation<'m>,
        span: SimDuration,
        contained: f64,
        events: u64,
    ) -> Self {
        world.leave_unattended();
        let since = model.end + SimDuration::from_nanos(1);
        let until = since + span;
        let last_from = since + span.saturating_sub(last_window(span));
        Self { model, world, twin, since, last_from, until, contained, events: Cell::new(events) }
    }

    /// What was tried, and whether it healed.
    fn run(&self, watch: Part) -> Result<Vec<(f64, bool)>, Stop> {
        let mut probes = Vec::new();
        let mut heals = |hundredths: u32| {
            let share = f64::from(hundredths) / 100.0;
            let healed = self.heals(share, watch.step(probes.len() as u32, PROBES))?;
            probes.push((share, healed));
            Ok(healed)
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

    /// Whether it heals under a share of its traffic.
    fn heals(&self, share: f64, watch: Part) -> Result<bool, Stop> {
        let world = self.goodput(&self.world, share, watch.step(0, 2))?;
        let twin = self.goodput(&self.twin, share, watch.step(1, 2))?;
        Ok(world.is_healthy_beside(&twin, self.model, self.contained))
    }

    /// What a world achieves under a share of its traffic.
    fn goodput(&self, world: &Simulation<'m>, share: f64, watch: Part) -> Result<Goodput, Stop> {
        let mut world = world.clone();
        world.thin_arrivals(share);
        let mut goodput = Goodput::new(self.model, self.since, self.last_from);
        loop {
            let before = world.handled();
            let reached = world.run_for(SLICE, self.until, &mut goodput).map_err(|limit| match limit {
                LimitHit::Events(most) => Stop::Events(most),
                LimitHit::InFlight(most) => Stop::InFlight(most),
            })?;
            world.check_invariants();
            self.events.set(self.events.get() + world.handled() - before);
            watch.progress(self.progress(world.now()));
            if reached == Reached::Time {
                return Ok(goodput);
            }
            if let Some(stop) = watch.stop() {
                return Err(stop);
            }
        }
    }

    /// How far a probe has got.
    fn progress(&self, now: SimTime) -> Progress {
        let share = now.saturating_since(self.since).as_secs_f64() / (self.until - self.since).as_secs_f64();
        Progress { share, at_s: now.secs_since(self.model.origin), events: self.events.get() }
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
