//! The two simulations of a trace: one to choose its requests, one to follow them.

use crate::engine::{LimitHit, Observer};
use crate::experiment::alone::Actual;
use crate::experiment::trace::choose::Chooser;
use crate::experiment::trace::follow::Follower;
use crate::experiment::trace::span::{Span, Spans};
use crate::experiment::{Setup, Stop, Watch};
use crate::model::Model;
use crate::time::{SimDuration, SimTime};

/// How often the end is looked for.
const SLICE: SimDuration = SimDuration::from_millis(100);

/// Which requests are to be followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TraceWindow {
    /// They arrive from this instant on, in seconds since T+0,
    pub from_s: f64,
    /// and before this one.
    pub to_s: f64,
    /// So many of them at most, those that were worst off.
    pub requests: usize,
}

/// Some requests of a run, and what became of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// T+0, since the begin of the run.
    pub origin: SimTime,
    /// The services, as written.
    pub services: Vec<String>,
    /// Requests that were followed.
    pub requests: usize,
    /// What became of them.
    pub spans: Vec<Span>,
}

/// Follows the requests of a window in the actual world that were worst off, and a few healthy ones before it.
///
/// # Errors
///
/// Somebody stopped it.
pub fn trace(setup: &Setup, window: &TraceWindow, watch: &dyn Watch) -> Result<Trace, Stop> {
    let model = Model::compile(setup.scenario);
    let instant = |at_s: f64| model.origin + SimDuration::from_secs_f64(at_s.max(0.0));
    let mut chooser = Chooser::new(&model, instant(window.from_s), instant(window.to_s), window.requests);
    let mut world = Actual::new(&model);
    let end = run(&mut world, &model, watch, &mut chooser, Chooser::is_done)?;
    chooser.close(end, world.simulation.open_requests());
    let mut follower = Follower::new(&chooser.into_keys());
    let mut world = Actual::new(&model);
    let end = run(&mut world, &model, watch, &mut follower, |follower, _| follower.is_done())?;
    let parts = follower.parts;
    Ok(Trace {
        origin: model.origin,
        services: model.services.iter().map(|service| service.name.clone()).collect(),
        requests: parts.requests.len(),
        spans: Spans::new(&model, &parts, end).all(),
    })
}

/// Runs a world until an observer has seen enough, or to its end; returns when that was.
fn run<O: Observer>(
    world: &mut Actual<'_>,
    model: &Model,
    watch: &dyn Watch,
    observer: &mut O,
    is_done: impl Fn(&O, SimTime) -> bool,
) -> Result<SimTime, Stop> {
    let end = model.end + SimDuration::from_nanos(1);
    let mut now = SimTime::ZERO;
    while now < end && !is_done(observer, now) {
        if let Some(stop) = watch.stop() {
            return Err(stop);
        }
        now = end.min(now + SLICE);
        match world.run_until(now, &mut (observer as &mut dyn Observer)) {
            Ok(()) => {}
            // The incident ended here, too: what is known until then is told.
            Err(LimitHit::Events(_) | LimitHit::InFlight(_)) => return Ok(world.simulation.now()),
        }
    }
    Ok(now.min(model.end))
}
