//! Whoever is looked up and whoever is not, and however the worlds are cut into slices: what is found is the same.

use super::*;
use crate::engine::{ModelEvent, Observer};
use crate::failure::FailureCause;
use crate::id::{ClassId, Id, SiteId};
use crate::random::Stream;
use crate::time::SimDuration;
use proptest::prelude::*;

const SCENARIO: &str = r#"Scenario(
    format: 1,
    name: "two in a row",
    warm_up: "0s",
    horizon: "100s",
    services: {
        "shop": Service(operations: { "buy": [Call("bank.pay")] }),
        "bank": Service(operations: { "pay": [Work("1ms")] }),
    },
    traffic: { "users": Open(rate: "1/s", entry: "shop.buy") },
)"#;

fn at(ms: u64) -> SimTime {
    SimTime::ZERO + SimDuration::from_millis(ms)
}

/// How something ended in both worlds: after so many milliseconds; not at all, in one of them.
type Ends = [Option<(u64, Outcome)>; 2];

/// A request that arrives at some millisecond, and its attempts.
type Story = (u64, Ends, Vec<Ends>);

fn end() -> impl Strategy<Value = (u64, Outcome)> {
    let outcomes =
        [Outcome::Ok, Outcome::Degraded, Outcome::Abandoned, Outcome::Failed(FailureCause::Timeout)];
    (prop_oneof![0..5_u64, 0..500_u64], prop::sample::select(outcomes.to_vec()))
}

fn ends(may_lack: bool) -> impl Strategy<Value = Ends> {
    let lacking = u32::from(may_lack);
    prop_oneof![
        4 => end().prop_map(|end| [Some(end); 2]),
        2 => (end(), end()).prop_map(|(actual, twin)| [Some(actual), Some(twin)]),
        lacking => end().prop_map(|end| [Some(end), None]),
        lacking => end().prop_map(|end| [None, Some(end)]),
    ]
}

fn stories() -> impl Strategy<Value = Vec<Story>> {
    prop::collection::vec((0..2_000_u64, ends(false), prop::collection::vec(ends(true), 0..4)), 1..60)
}

/// What ends in one world, in the order of time.
fn world(stories: &[Story], world: usize) -> Vec<(SimTime, ModelEvent)> {
    let mut told = Vec::new();
    for (number, (arrival, request, attempts)) in stories.iter().enumerate() {
        let key = Key::of_seed(7).nth(number as u64);
        let arrived_at = at(*arrival);
        let id = RequestId { class: ClassId::new(0), number: 0, key, user: number as u64 % 20, arrived_at };
        for (attempt, ends) in attempts.iter().enumerate() {
            let site = SiteId::new(attempt % 2);
            let key = key.child(Stream::named("attempt")).nth(attempt as u64);
            let id = AttemptId { key, request: id, site, number: 1, begun_at: arrived_at };
            told.extend(ends[world].map(|(ms, o)| (at(arrival + ms), ModelEvent::AttemptEnded(id, o))));
        }
        told.extend(request[world].map(|(ms, o)| (at(arrival + ms), ModelEvent::RequestEnded(id, o))));
        told.push((at(arrival + 500), ModelEvent::RequestDrained(id)));
    }
    told.sort_by_key(|(at, _)| *at);
    told
}

/// What is found if both worlds are looked at up to some instants, in some order.
fn found(stories: &[Story], looks: &[[SimTime; 2]]) -> String {
    let scenario = scenario::Scenario::parse(SCENARIO).unwrap();
    let model = Model::compile(&scenario);
    let mut comparison = Comparison::new(&model, scenario.impact);
    let mut boxes = [Outbox::new(&model), Outbox::new(&model)];
    let mut worlds = [world(stories, 0).into_iter().peekable(), world(stories, 1).into_iter().peekable()];
    for until in looks {
        for ((outbox, world), until) in boxes.iter_mut().zip(&mut worlds).zip(until) {
            while let Some((now, event)) = world.next_if(|(now, _)| now < until) {
                outbox.observe(now, &event);
            }
        }
        let [actual, twin] = &mut boxes;
        comparison.advance(actual, twin);
    }
    assert!(comparison.pairs.is_empty(), "what is over in both worlds is forgotten");
    let Compared { impact, blast, .. } = comparison.into_found();
    let hits = model.services.ids().map(|id| format!("{:?}", impact.hit(id, model.end)));
    let users = blast.users_affected();
    format!(
        "{:?} {} {:?} {:?} {users} {impact:?} {:?}",
        blast.by_severity,
        blast.improved,
        blast.first,
        blast.last,
        hits.collect::<Vec<_>>(),
    )
}

proptest! {
    #[test]
    fn what_ended_alike_need_not_be_looked_up(stories in stories(), cuts in prop::collection::vec(0..3_000_u64, 0..6)) {
        let end = SimTime::MAX;
        // One world after the other: everything is looked up.
        let looked_up = found(&stories, &[[SimTime::ZERO, end], [end, end]]);
        prop_assert_eq!(&found(&stories, &[[end, SimTime::ZERO], [end, end]]), &looked_up);
        prop_assert_eq!(&found(&stories, &[[end, end]]), &looked_up);
        let mut cuts: Vec<_> = cuts.into_iter().map(|ms| [at(ms); 2]).collect();
        cuts.sort();
        cuts.push([end, end]);
        prop_assert_eq!(&found(&stories, &cuts), &looked_up);
    }
}

/// One request, four attempts: what ended alike is no harm, whatever became of the others.
#[test]
fn only_what_is_worse_than_its_twin_is_harm() {
    let failed = Outcome::Failed(FailureCause::Timeout);
    let attempts = vec![
        [Some((10, failed)), Some((10, failed))],
        [Some((10, failed)), Some((10, Outcome::Ok))],
        [Some((400, Outcome::Ok)), Some((10, Outcome::Ok))],
        [Some((60, Outcome::Ok)), Some((10, Outcome::Ok))],
    ];
    let stories = [(0, [Some((400, Outcome::Ok)), Some((10, Outcome::Ok))], attempts)];
    let end = SimTime::MAX;
    for looks in [vec![[end, end]], vec![[SimTime::ZERO, end], [end, end]]] {
        let told = found(&stories, &looks);
        assert!(told.contains("slower: 1") && told.contains("failed: 0"), "{told}");
        // Each service has two of the attempts. The second failed where its twin did not; the third was late: after twice
        // its twin's 10 ms and 50 ms.
        assert_eq!(told.matches("attempts: 2, harmed: 1").count(), 2, "{told}");
    }
}

/// Late is what takes longer than twice its twin's 10 ms and 50 ms, and it is late from then on.
#[test]
fn an_attempt_is_late_from_the_bound_on() {
    let harmed = |ms: u64| {
        let attempts = vec![[Some((ms, Outcome::Ok)), Some((10, Outcome::Ok))]];
        let end = Some((10, Outcome::Ok));
        found(&[(0, [end, end], attempts)], &[[SimTime::MAX; 2]])
    };
    assert!(harmed(70).contains("attempts: 1, harmed: 0, first: None"), "{}", harmed(70));
    let late = format!("attempts: 1, harmed: 1, first: Some(Harm {{ at: {:?}, cause: None", at(70));
    assert!(harmed(71).contains(&late), "{}", harmed(71));
    assert!(harmed(400).contains(&late), "{}", harmed(400));
}

/// What has no twin is harm only if it failed in the actual world.
#[test]
fn an_attempt_without_a_twin_is_harmed_if_it_failed() {
    let failed = Outcome::Failed(FailureCause::Timeout);
    let harmed = |ends: Ends| {
        let end = Some((10, Outcome::Ok));
        found(&[(0, [end, end], vec![ends])], &[[SimTime::MAX; 2]]).contains("harmed: 1")
    };
    assert!(harmed([Some((10, failed)), None]) && !harmed([None, Some((10, failed))]));
    assert!(!harmed([Some((400, Outcome::Ok)), None]));
}
