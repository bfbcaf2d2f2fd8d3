//! Where two runs first differ: both are simulated side by side and compared event by event.

use crate::engine::{ModelEvent, Observer};
use crate::experiment::Setup;
use crate::experiment::alone::Actual;
use crate::model::Model;
use crate::record::describe;
use crate::time::{SimDuration, SimTime};

/// How far one run may be ahead of the other.
const SLICE: SimDuration = SimDuration::from_secs(1);

/// The first event in which two runs differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Its number among the model events, from 1.
    pub event: u64,
    /// When, in seconds since T+0 of the first run.
    pub at_s: f64,
    /// What happened in the first run; "nothing more" if it had no such event.
    pub first: String,
    /// What happened in the second.
    pub second: String,
}

/// Keeps the events of one slice of time.
#[derive(Debug, Default)]
struct Log(Vec<(SimTime, ModelEvent)>);

impl Observer for Log {
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        self.0.push((now, *event));
    }
}

/// Simulates the actual worlds of two setups, a second at a time, and finds the first event in which they differ.
///
/// Two runs of the same setup must not differ; anything else is a defect. Limits end the comparison.
pub fn first_difference(first: &Setup, second: &Setup) -> Option<Difference> {
    let models = (Model::compile(first.scenario), Model::compile(second.scenario));
    let mut worlds = (Actual::new(&models.0), Actual::new(&models.1));
    let end = models.0.end.max(models.1.end) + SimDuration::from_nanos(1);
    let mut seen = 0;
    let mut until = SimTime::ZERO;
    while until < end {
        until = end.min(until + SLICE);
        let mut logs = (Log::default(), Log::default());
        let run = |world: &mut Actual<'_>, log: &mut Log| {
            world.run_until(until, &mut (log as &mut dyn Observer)).is_err()
        };
        let stopped = (run(&mut worlds.0, &mut logs.0), run(&mut worlds.1, &mut logs.1));
        let (one, other) = (&logs.0.0, &logs.1.0);
        if one != other {
            let position = one.iter().zip(other).take_while(|(a, b)| a == b).count();
            let (a, b) = (one.get(position), other.get(position));
            let at = a.or(b).map_or(until, |(at, _)| *at);
            let words = |model: &Model, event: Option<&(SimTime, ModelEvent)>| match event {
                Some((at, event)) => {
                    format!("{} at T+{} s", describe(model, event), at.secs_since(model.origin))
                }
                None => "nothing more".to_owned(),
            };
            return Some(Difference {
                event: seen + position as u64 + 1,
                at_s: at.secs_since(models.0.origin),
                first: words(&models.0, a),
                second: words(&models.1, b),
            });
        }
        seen += one.len() as u64;
        if stopped.0 || stopped.1 {
            return None;
        }
    }
    None
}
