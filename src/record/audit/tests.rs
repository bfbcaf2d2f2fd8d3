//! The auditor finds what is wrong: false stories, told event by event.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::engine::ReplicaState;
use crate::failure::FailureCause;
use crate::id::{Id, SiteId};
use crate::random::Key;
use crate::scenario::Scenario;
use crate::time::SimDuration;

/// Users call a, which has two replicas of one thread each and room for one attempt to wait.
fn model() -> Model {
    let text = r#"Scenario(format: 1, name: "two", horizon: "60s",
        services: { "a": Service(replicas: 2, threads: 1, queue: Fifo(capacity: 1), operations: { "op": [Work("1s")] }) },
        traffic: { "users": Open(rate: "1/s", entry: "a.op") },
        calls: { "users -> a": Policy(breaker: Consecutive()) },
        monitors: { "errors": ErrorRate(of: "a", alert: Above("1%")) },
        faults: [Fault(at: "10s", on: "a", effect: Crash)],
        response: [Act(at: "20s", does: [Set("services.a.threads", 2)])])"#;
    Model::compile(&Scenario::parse(text).expect("it is valid"))
}

fn at(ms: u64) -> SimTime {
    SimTime::from_nanos(ms * 1_000_000)
}

fn replica(position: usize) -> ReplicaId {
    ReplicaId::new(position)
}

fn request(key: u64, arrived_at: SimTime) -> RequestId {
    RequestId { class: ClassId::new(0), number: key, key: Key(key), user: 0, arrived_at }
}

fn attempt(key: u64, begun_at: SimTime) -> AttemptId {
    let request = request(key, begun_at);
    AttemptId { key: Key(key).nth(1), request, site: SiteId::new(0), number: 1, begun_at }
}

/// What the auditor says to a story, told at these milliseconds; none if it believes it.
fn objection(story: &[(u64, ModelEvent)]) -> Option<String> {
    let model = model();
    let mut audit = Audit::new(&model);
    said(|| story.iter().for_each(|(ms, event)| audit.observe(at(*ms), event)))
}

/// The words of a panic.
fn said(work: impl FnOnce()) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(work)).err()?;
    Some(panic.downcast_ref::<String>().expect("an assertion with words").clone())
}

/// An objection that has these words.
fn objects(story: &[(u64, ModelEvent)], words: &[&str]) {
    let said = objection(story).unwrap_or_else(|| panic!("it believes {story:?}"));
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
}

use ModelEvent::{
    AttemptEnded, AttemptSent, Begun, Blocked, BreakerChanged, Finished, Queued, ReplicaChanged,
    RequestArrived, RequestDrained, RequestEnded, SettingChanged, Unblocked, Unqueued, WorkBegun,
};

const NO_WAIT: SimDuration = SimDuration::ZERO;

#[test]
fn a_true_story_is_believed() {
    let (id, sent) = (request(7, at(0)), attempt(7, at(0)));
    let second = SimDuration::from_secs(1);
    let story = [
        (0, RequestArrived(id)),
        (0, AttemptSent(sent)),
        (0, Begun(replica(0), NO_WAIT, false)),
        (0, Blocked(replica(0))),
        (500, Queued(replica(0), 1)),
        (900, Unblocked(replica(0))),
        (900, WorkBegun(replica(0), Key(7), second)),
        (1_000, Finished(replica(0), second, Outcome::Ok)),
        (1_000, AttemptEnded(sent, Outcome::Ok)),
        (1_000, RequestEnded(id, Outcome::Ok)),
        (1_000, RequestDrained(id)),
        (1_000, Begun(replica(0), SimDuration::from_millis(500), true)),
        (1_200, ReplicaChanged(replica(0), ReplicaState::Paused)),
        (1_200, Queued(replica(0), 1)),
        (1_300, Finished(replica(0), SimDuration::from_millis(300), Outcome::Failed(FailureCause::Reset))),
        (1_300, Unqueued(replica(0))),
        (1_300, ReplicaChanged(replica(0), ReplicaState::Down)),
        (1_300, ReplicaChanged(replica(0), ReplicaState::Starting)),
        (1_300, ReplicaChanged(replica(0), ReplicaState::Ready)),
    ];
    assert_eq!(objection(&story), None);
}

#[test]
fn time_does_not_go_back() {
    let story = [(5, RequestArrived(request(1, at(5)))), (4, RequestArrived(request(2, at(4))))];
    objects(&story, &["request 2 of users", "at T+0.004 s", "time goes back"]);
}

#[test]
fn nothing_ends_that_did_not_begin() {
    let (id, sent) = (request(1, at(0)), attempt(1, at(0)));
    objects(&[(0, RequestEnded(id, Outcome::Ok))], &["request 1 of users", "no such request"]);
    objects(&[(0, RequestDrained(id))], &["no such request"]);
    objects(&[(0, AttemptEnded(sent, Outcome::Ok))], &["no such attempt"]);
    let twice = [
        (0, RequestArrived(id)),
        (1, RequestEnded(id, Outcome::Ok)),
        (2, RequestEnded(id, Outcome::Failed(FailureCause::Timeout))),
    ];
    objects(&twice, &["at T+0.002 s", "no such request"]);
}

#[test]
fn the_dead_and_the_paused_do_nothing() {
    let dead = |event| [(0, ReplicaChanged(replica(1), ReplicaState::Down)), (1, event)];
    for event in [
        Begun(replica(1), NO_WAIT, false),
        Queued(replica(1), 1),
        WorkBegun(replica(1), Key(1), NO_WAIT),
        Finished(replica(1), NO_WAIT, Outcome::Ok),
    ] {
        objects(&dead(event), &["a/1", "at T+0.001 s", "it cannot", "state: Down"]);
    }
    let paused = |event| [(0, ReplicaChanged(replica(1), ReplicaState::Paused)), (1, event)];
    objects(&paused(Begun(replica(1), NO_WAIT, false)), &["state: Paused"]);
    let draining = [(0, ReplicaChanged(replica(1), ReplicaState::Draining)), (1, Queued(replica(1), 1))];
    objects(&draining, &["state: Draining"]);
    let resurrected = [
        (0, ReplicaChanged(replica(1), ReplicaState::Down)),
        (1, ReplicaChanged(replica(1), ReplicaState::Ready)),
    ];
    objects(&resurrected, &["a/1 is ready"]);
    let left_behind =
        [(0, Begun(replica(1), NO_WAIT, false)), (1, ReplicaChanged(replica(1), ReplicaState::Down))];
    objects(&left_behind, &["a/1", "busy: 1"]);
}

#[test]
fn threads_and_places_are_bounded() {
    let begun = (0, Begun(replica(0), NO_WAIT, false));
    objects(&[begun, begun], &["busy: 2"]);
    objects(&[begun, (0, Queued(replica(0), 1)), (0, Queued(replica(0), 2))], &["queued: 2"]);
    objects(&[begun, (0, Queued(replica(0), 3))], &["now 3 long", "queued: 1"]);
    // Two threads from now on.
    let more = (0, SettingChanged(ChangeId::new(0)));
    assert_eq!(objection(&[begun, more, begun]), None);
}

#[test]
fn nobody_overtakes_and_holding_times_add_up() {
    let (begun, queued) = ((0, Begun(replica(0), NO_WAIT, false)), (0, Queued(replica(0), 1)));
    let second = SimDuration::from_secs(1);
    let finished = (1_000, Finished(replica(0), second, Outcome::Ok));
    objects(&[begun, queued, finished, (1_000, Begun(replica(0), NO_WAIT, false))], &["it cannot"]);
    objects(&[begun, (900, finished.1)], &["it cannot", "busy: 0"]);
    objects(&[finished], &["it cannot"]);
    objects(&[begun, (0, Blocked(replica(0))), (0, WorkBegun(replica(0), Key(1), second))], &["blocked: 1"]);
    objects(&[begun, (0, Unblocked(replica(0)))], &["it cannot"]);
    objects(&[(0, Unqueued(replica(0)))], &["it cannot"]);
}

#[test]
fn what_changes_was_otherwise_before() {
    let breaker = |state| (0, BreakerChanged(EdgeId::new(0), 0, state));
    objects(&[breaker(BreakerState::Open), breaker(BreakerState::Open)], &["it was so before"]);
    assert_eq!(objection(&[breaker(BreakerState::Open), breaker(BreakerState::Closed)]), None);
    objects(&[(0, ModelEvent::AlertChanged(MonitorId::new(0), false))], &["it was so before"]);
    objects(&[(0, ModelEvent::ProbeChanged(replica(0), true))], &["it was so before"]);
    objects(&[(0, ModelEvent::FaultEnded(FaultId::new(0)))], &["it was so before"]);
}

/// A world, watched but for those events that are left out or told as another.
fn after_ten_seconds(mut falsify: impl FnMut(&ModelEvent) -> Option<ModelEvent>) -> Option<String> {
    struct Liar<'a, 'm, F>(&'a mut Audit<'m>, F);
    impl<F: FnMut(&ModelEvent) -> Option<ModelEvent>> Observer for Liar<'_, '_, F> {
        fn observe(&mut self, now: SimTime, event: &ModelEvent) {
            if let Some(told) = (self.1)(event) {
                self.0.observe(now, &told);
            }
        }
    }
    let model = model();
    let mut audit = Audit::new(&model);
    let mut simulation = Simulation::new(&model);
    said(|| {
        let until = at(10_000);
        let mut liar = Liar(&mut audit, &mut falsify);
        simulation.run_until(until, &mut (&mut liar as &mut dyn Observer)).expect("there is no limit");
        audit.check(&simulation);
    })
}

#[test]
fn what_is_lost_is_missed() {
    assert_eq!(after_ten_seconds(|event| Some(*event)), None);
    let mut first = true;
    let mut once = |is: bool| is && std::mem::take(&mut first);
    let lost = after_ten_seconds(|event| (!once(matches!(event, RequestEnded(..)))).then_some(*event));
    assert!(lost.is_some_and(|said| said.contains("users at T+") && said.contains("have not ended")));
    let mut first = true;
    let mut once = |is: bool| is && std::mem::take(&mut first);
    let lost = after_ten_seconds(|event| (!once(matches!(event, AttemptEnded(..)))).then_some(*event));
    assert!(
        lost.is_some_and(|said| said.contains("a at T+") && said.contains("attempts that have not ended"))
    );
}

#[test]
fn an_end_that_stands_for_another_is_found() {
    // Two requests; one ends twice, the other never: the counts are right, and yet it is wrong.
    let mut earlier: Option<RequestId> = None;
    let mut told = 0;
    let swapped = after_ten_seconds(|event| {
        let RequestEnded(id, outcome) = event else { return Some(*event) };
        told += 1;
        let instead = if told == 2 { earlier.expect("one ended before") } else { *id };
        earlier = Some(*id);
        Some(RequestEnded(instead, *outcome))
    });
    assert!(swapped.is_some_and(|said| said.contains("requests that have not ended")));
}

#[test]
fn a_record_that_counts_otherwise_is_found() {
    let model = model();
    let (mut audit, mut recorder) = (Audit::new(&model), crate::record::Recorder::new(&model));
    Simulation::new(&model)
        .run_until(at(10_000), &mut (&mut audit, &mut recorder))
        .expect("there is no limit");
    let mut record = recorder.finish(at(10_000));
    assert_eq!(said(|| audit.check_record(&record)), None);
    record.totals.classes["users"].ok -= 1;
    assert!(said(|| audit.check_record(&record)).is_some_and(|said| said.contains("users: requests")));
}
