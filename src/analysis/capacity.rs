//! Hidden capacity: under how little load a world that ended metastable would heal by itself, and whether it did. See
//! "hidden capacity" in the glossary. Runs nothing.

use serde::{Deserialize, Serialize};

use crate::analysis::verdict::{falls_short, leaves_open};
use crate::engine::{ModelEvent, Observer};
use crate::id::{ClassId, IdVec};
use crate::model::{Forecast, Model};
use crate::time::SimTime;

/// Under how little load a world that ended metastable heals by itself: from its state at the horizon on, with no fault and
/// nobody who acts. Of the actual world, or of the unattended one if only that ended so.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HiddenCapacity {
    /// The largest share of the traffic at the horizon under which it healed; 0 if it did under none, 1 if under all of it.
    pub share: f64,
    /// The same in requests per second.
    pub rate_per_s: f64,
    /// The share of that traffic at which the threads of the busiest service are all busy in health; none if nothing bounds
    /// it.
    pub advertised_share: Option<f64>,
    /// The same in requests per second.
    pub advertised_per_s: Option<f64>,
    /// How long that share took, to the length of the stretches after which it was looked at; if it healed under none, how
    /// long the most patient probe waited.
    pub healed_within_s: f64,
    /// (share, whether it healed), in the order in which they were tried.
    pub probes: Vec<(f64, bool)>,
}

/// What came of a share of the traffic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Probe {
    pub(crate) share: f64,
    pub(crate) healed: bool,
    /// How long it took, or was given.
    pub(crate) took_s: f64,
}

impl HiddenCapacity {
    /// What was found by `probes`, in the words of a model's rates.
    pub(crate) fn new(model: &Model, probes: Vec<Probe>) -> Self {
        let healed = probes.iter().filter(|probe| probe.healed);
        let best = healed.max_by(|a, b| a.share.total_cmp(&b.share));
        let longest = probes.iter().map(|probe| probe.took_s).fold(0.0, f64::max);
        let (share, healed_within_s) = best.map_or((0.0, longest), |probe| (probe.share, probe.took_s));
        let now_per_s = arriving_per_s(model, model.end);
        let advertised_per_s = advertised_per_s(model);
        Self {
            share,
            rate_per_s: share * now_per_s,
            advertised_share: advertised_per_s.filter(|_| now_per_s > 0.0).map(|rate| rate / now_per_s),
            advertised_per_s,
            healed_within_s,
            probes: probes.into_iter().map(|probe| (probe.share, probe.healed)).collect(),
        }
    }
}

/// Requests that arrive by themselves at an instant, per second; the later steps of journeys do not.
fn arriving_per_s(model: &Model, at: SimTime) -> f64 {
    let classes = model.traffic().map(|id| &model.classes[id]).filter(|class| class.arrives());
    classes.map(|class| class.rate.at(at).max(0.0)).sum()
}

/// The traffic that the service which is busiest in health could bear: its own at its busiest instant, stretched until all
/// of its threads are busy. None if nothing is held anywhere.
fn advertised_per_s(model: &Model) -> Option<f64> {
    let forecast = Forecast::of(model);
    let bearable = forecast
        .services
        .iter()
        .filter(|load| load.attempts_per_s > 0.0)
        .map(|load| arriving_per_s(model, load.at) * load.capacity_per_s / load.attempts_per_s);
    bearable.filter(|rate| rate.is_finite()).min_by(f64::total_cmp)
}

/// Counts by traffic class what becomes of the requests that arrive from an instant on.
#[derive(Clone, Debug)]
pub(crate) struct Goodput {
    since: SimTime,
    /// Answers from here on decide.
    last_from: SimTime,
    classes: IdVec<ClassId, ClassGoodput>,
}

/// What became of the requests of a class.
#[derive(Clone, Copy, Debug, Default)]
struct ClassGoodput {
    arrived: u64,
    ended: u64,
    /// Answers in the last window, whenever asked for.
    answered_last: u64,
}

impl Goodput {
    /// Counts from `since` on; from `last_from` on answers decide.
    pub(crate) fn new(model: &Model, since: SimTime, last_from: SimTime) -> Self {
        let classes = model.classes.iter().map(|_| ClassGoodput::default()).collect();
        Self { since, last_from, classes }
    }

    /// Whether it is healthy beside its twin, as a verdict would have it (`verdict`): goodput in the last window, and not
    /// more than a contained share of the requests left without an answer. Where nobody asks for anything, nothing is shown.
    pub(crate) fn is_healthy_beside(&self, twin: &Self, model: &Model, contained: f64) -> bool {
        let asked = model.traffic().any(|class| twin.classes[class].answered_last > 0);
        asked
            && model.traffic().all(|class| {
                let (own, other) = (self.classes[class], twin.classes[class]);
                let (answered, wanted) = (own.answered_last as f64, other.answered_last as f64);
                let share = if wanted > 0.0 { answered / wanted } else { 1.0 };
                let open = |counts: ClassGoodput| counts.arrived - counts.ended;
                let excess = open(own).saturating_sub(open(other));
                !falls_short(share, wanted - answered) && !leaves_open(excess, own.arrived, contained)
            })
    }
}

impl Observer for Goodput {
    fn observe(&mut self, now: SimTime, event: &ModelEvent) {
        match event {
            ModelEvent::RequestArrived(id) => self.classes[id.class].arrived += 1,
            ModelEvent::RequestEnded(id, outcome) => {
                let counts = &mut self.classes[id.class];
                counts.ended += u64::from(id.arrived_at >= self.since);
                counts.answered_last += u64::from(now >= self.last_from && outcome.is_answered());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::RequestId;
    use crate::failure::{FailureCause, Outcome};
    use crate::id::Id;
    use crate::random::Key;
    use crate::scenario::Scenario;
    use crate::time::SimDuration;

    fn model() -> Model {
        let text = r#"Scenario(format: 1, name: "test", warm_up: "0s", horizon: "100s",
            services: { "s": Service(operations: { "op": [Work("1ms")] }) },
            traffic: { "a": Open(rate: "1/s", entry: "s.op"), "b": Open(rate: "1/s", entry: "s.op") })"#;
        Model::compile(&Scenario::parse(text).unwrap())
    }

    /// Of both classes: how many arrived, how many ended, and how many were answered in the last window.
    fn counted(model: &Model, counts: [(u64, u64, u64); 2]) -> Goodput {
        let mut goodput = Goodput::new(model, SimTime::ZERO, SimTime::ZERO);
        for (position, (arrived, ended, answered_last)) in counts.into_iter().enumerate() {
            goodput.classes[ClassId::new(position)] = ClassGoodput { arrived, ended, answered_last };
        }
        goodput
    }

    #[test]
    fn a_world_is_healthy_if_every_class_is_and_anybody_asks() {
        let model = model();
        let healthy =
            |own, twin| counted(&model, own).is_healthy_beside(&counted(&model, twin), &model, 0.01);
        let (well, idle) = ((1_000, 1_000, 100), (0, 0, 0));
        assert!(healthy([well; 2], [well; 2]) && healthy([well, idle], [well, idle]));
        assert!(!healthy([well, idle], [idle; 2]), "nothing is shown");
        assert!(healthy([well, (1_000, 1_000, 98)], [well; 2]), "two answers are late");
        assert!(!healthy([well, (1_000, 1_000, 97)], [well; 2]));
        assert!(healthy([well, (1_000, 990, 100)], [well; 2]), "no more than what is contained");
        assert!(!healthy([well, (1_000, 989, 100)], [well; 2]));
        assert!(healthy([well, (1_000, 989, 100)], [well, (1_000, 990, 100)]), "the twin's wait as well");
    }

    #[test]
    fn what_arrived_before_neither_ended_here_nor_do_failures_answer() {
        let model = model();
        let at = |s| SimTime::ZERO + SimDuration::from_secs(s);
        let mut goodput = Goodput::new(&model, at(10), at(20));
        let id =
            |arrived_at| RequestId { class: ClassId::new(0), number: 0, key: Key(1), user: 0, arrived_at };
        goodput.observe(at(10), &ModelEvent::RequestArrived(id(at(10))));
        let failed = Outcome::Failed(FailureCause::Timeout);
        for (arrived, ended, outcome) in [
            (9, 11, Outcome::Ok),
            (10, 19, Outcome::Ok),
            (10, 19, Outcome::Ok),
            (9, 20, Outcome::Ok),
            (10, 25, failed),
            (11, 26, Outcome::Degraded),
        ] {
            goodput.observe(at(ended), &ModelEvent::RequestEnded(id(at(arrived)), outcome));
        }
        let counts = goodput.classes[ClassId::new(0)];
        assert_eq!((counts.arrived, counts.ended, counts.answered_last), (1, 4, 2));
    }
}
