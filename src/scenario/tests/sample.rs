//! A complete scenario, read field by field.

use crate::diagnostic::Diagnostic;
use crate::distribution::DurationDistribution;
use crate::scenario::{
    Bound, Capacity, Check, Choice, Condition, Document, Per, Queue, Rate, Reading, Rejected, Resolved, Side,
    Step, Subject, Target, VerdictKind, View, World,
};
use crate::time::SimDuration;

const THURSDAY: &str = include_str!("thursday.ron");

fn document(text: &str) -> Document {
    Document::parse("thursday.ron", text.as_bytes(), &|path| Err(format!("no {path}"))).unwrap()
}

fn resolve(choice: &Choice) -> Result<Resolved, Rejected> {
    document(THURSDAY).resolve(choice)
}

fn sets(sets: &[&str]) -> Choice {
    Choice { sets: sets.iter().map(|&set| set.to_owned()).collect(), ..Choice::default() }
}

fn messages(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect()
}

#[test]
fn the_sample_is_read() {
    let resolved =
        resolve(&Choice::default()).unwrap_or_else(|rejected| panic!("{:#?}", rejected.diagnostics));
    assert_eq!(resolved.warnings, []);
    let scenario = resolved.scenario;
    assert_eq!(scenario.name, "Thursday afternoon checkout outage");
    assert_eq!(scenario.start, Some(50_400));
    assert_eq!(scenario.warm_up, SimDuration::from_secs(60));
    assert_eq!(scenario.horizon.value, SimDuration::from_secs(600));
    assert_eq!((scenario.seed, scenario.currency.as_str()), (42, "$"));
    let names: Vec<&str> = scenario.services.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["user-db", "user", "checkout"]);
    let user = &scenario.services[1].1;
    assert_eq!((user.replicas, user.threads), (5, 10));
    assert_eq!(user.queue, Queue::Fifo { capacity: Capacity::Unbounded });
    let ms = SimDuration::from_millis;
    let [work, Step::Branch { when, then, otherwise }] = &user.operations[0].1[..] else { panic!() };
    assert_eq!(*work, Step::Work { time: DurationDistribution::Exp(ms(45)), per: Per::Attempt });
    assert_eq!(*when, Condition::Chance(0.1));
    assert!(matches!(&then[..], [Step::Call { to }] if to.value == "user-db.read") && otherwise.is_empty());
    let policy = &scenario.calls[0].1;
    assert_eq!(policy.timeout, Some(ms(1500)));
    assert_eq!(policy.retry.as_ref().unwrap().max_attempts, 4);
    assert_eq!(policy.retry.as_ref().unwrap().on.len(), 12);
    assert_eq!(policy.network, DurationDistribution::Constant(SimDuration::ZERO));
    let class = &scenario.classes()[0];
    assert_eq!(*class.rate, Rate::Constant(10_000.0 / 60.0));
    assert_eq!((class.users, class.priority), (50_000, 0));
    let fault = &scenario.faults[0];
    assert_eq!(fault.name.as_ref().unwrap().value, "gc");
    assert_eq!(fault.lasting.unwrap().value, SimDuration::from_secs(12));
    assert!(matches!(&fault.on, Target::Service(name) if name.value == "user-db"));
    let monitor = &scenario.monitors[0].1;
    assert_eq!(monitor.reading, Reading::ErrorRate { view: View::Callers });
    assert!(matches!(&monitor.of, Subject::Service(name) if name.value == "user"));
    let alert = monitor.alert.unwrap();
    assert_eq!((alert.side, alert.lasting), (Side::Above, SimDuration::from_secs(10)));
    assert!((alert.threshold - 0.5).abs() < 1e-12);
    assert_eq!(scenario.expect.len(), 5);
    assert_eq!(scenario.expect[0].text, "At(\"T+10s\", \"user errors\", Within(\"22%\", \"38%\"))");
    assert_eq!(
        scenario.expect[1].check,
        Check::Verdict { is: vec![VerdictKind::Metastable], world: World::Actual }
    );
    assert!(matches!(&scenario.expect[3].check, Check::Load { bound: Bound::Within(2.5, 4.0), .. }));
}

#[test]
fn a_variant_changes_what_it_sets_and_brings_its_own_expectations() {
    let choice = Choice { variant: Some("no retries".to_owned()), ..Choice::default() };
    let scenario = resolve(&choice).unwrap().scenario;
    assert_eq!(scenario.calls[0].1.retry.as_ref().unwrap().max_attempts, 1);
    assert_eq!(scenario.calls[0].1.timeout, Some(SimDuration::from_millis(1500)));
    assert_eq!(scenario.expect.len(), 1);
    let Check::Verdict { is, .. } = &scenario.expect[0].check else { panic!() };
    assert_eq!(*is, [VerdictKind::Recovered, VerdictKind::Contained]);
    assert_eq!(document(THURSDAY).variants()[0].name, "no retries");
}

#[test]
fn an_unknown_variant_is_refused_with_a_suggestion() {
    let choice = Choice { variant: Some("no retry".to_owned()), ..Choice::default() };
    let rejected = resolve(&choice).unwrap_err();
    assert_eq!(messages(&rejected.diagnostics), ["there is no variant `no retry`"]);
    assert_eq!(rejected.diagnostics[0].label, "did you mean `no retries`?");
    assert_eq!(rejected.sources.snippet(rejected.diagnostics[0].span), "no retry");
}

#[test]
fn overrides_reach_everything() {
    let choice = sets(&[
        "horizon=30m",
        "services.user.threads=20",
        "services.user.queue=Fifo(capacity: 150)",
        "services.user.queue.capacity=151",
        "services.checkout.queue.capacity=7",
        "services.user-db.probe.timeout=2s",
        "calls.\"checkout -> user\".retry.max_attempts=1",
        "calls.\"user -> user-db\".bulkhead.max_concurrent=3",
        "calls.'user->user-db'.network=5ms",
        "faults.gc.for=20s",
        "faults[0].at=T+5s",
        "faults.gc.on=user",
        "traffic.checkout.rate=80/s",
        "monitors.'user errors'.alert.for=5s",
        "services.user.operations.authenticate[0]=Work(Exp(\"2ms\"))",
        "impact.contained=2%",
        "expect=[]",
    ]);
    let resolved = resolve(&choice).unwrap_or_else(|rejected| panic!("{:#?}", rejected.diagnostics));
    let scenario = resolved.scenario;
    let seconds = SimDuration::from_secs;
    assert_eq!(scenario.horizon.value, seconds(1800));
    let [user_db, user, checkout] = &scenario.services[..] else { panic!() };
    assert_eq!(user.1.threads, 20);
    assert_eq!(user.1.queue, Queue::Fifo { capacity: Capacity::AtMost(151) });
    assert_eq!(checkout.1.queue, Queue::Fifo { capacity: Capacity::AtMost(7) });
    let probe = user_db.1.probe.clone().unwrap();
    assert_eq!((probe.timeout, probe.interval), (seconds(2), seconds(5)));
    assert_eq!(scenario.calls[0].1.retry.as_ref().unwrap().max_attempts, 1);
    assert_eq!(scenario.calls[1].0.value, "user -> user-db");
    assert_eq!(scenario.calls[1].1.bulkhead.unwrap().max_concurrent, 3);
    assert_eq!(scenario.calls[1].1.network, DurationDistribution::Constant(SimDuration::from_millis(5)));
    assert_eq!(scenario.faults[0].lasting.unwrap().value, seconds(20));
    assert_eq!(scenario.faults[0].at.value, seconds(5));
    assert!(matches!(&scenario.faults[0].on, Target::Service(name) if name.value == "user"));
    assert_eq!(*scenario.classes()[0].rate, Rate::Constant(80.0));
    assert_eq!(scenario.monitors[0].1.alert.unwrap().lasting, seconds(5));
    assert!((scenario.impact.contained - 0.02).abs() < 1e-12);
    assert!(scenario.expect.is_empty());
}

#[test]
fn overrides_that_lead_nowhere_say_so() {
    for (set, message, label) in [
        ("services.usr.threads=20", "nothing here is called `usr`", "did you mean `user`?"),
        ("services.user.thread=20", "`Service` has no field `thread`", "did you mean `threads`?"),
        ("faults.gcs.for=20s", "no item of this list has the name `gcs`", "did you mean `gc`?"),
        ("faults[3].for=20s", "the list has one item, 0; 3 is beyond", "no such item"),
        ("variants=[]", "`variants` cannot be set from outside the file", "decides what the file is"),
        ("horizon.x=1", "this path goes on where the scenario ends", "a text has no parts"),
        ("horizon=30", "the unit is missing: expected a duration, like \"250ms\"", "a number without a unit"),
        ("horizon=100000000d", "100000000d is out of range: 1ms to 10 years", "allowed: 1ms to 10 years"),
        ("calls.'checkout -> usr'.timeout=1s", "there is no service `usr`", "did you mean `user`?"),
        ("horizn=5s", "`Scenario` has no field `horizn`", "did you mean `horizon`?"),
    ] {
        let rejected = resolve(&sets(&[set])).unwrap_err();
        assert_eq!(messages(&rejected.diagnostics), [message], "{set}");
        assert_eq!(rejected.diagnostics[0].label, label, "{set}");
        let source = rejected.sources.get(rejected.diagnostics[0].span.source);
        assert_eq!((source.name.as_str(), source.text.as_str()), ("--set", set));
    }
}

#[test]
fn the_seed_of_a_choice_wins() {
    let choice = Choice { seed: Some(7), ..Choice::default() };
    assert_eq!(resolve(&choice).unwrap().scenario.seed, 7);
}
