//! Surges: more traffic than usual, in one world only.

use knockon::analysis::Summary;
use knockon::record::Record;
use knockon::scenario::VerdictKind;

use crate::support::simulate;

/// 50 requests a second, each 60 ms on one of some threads, for two minutes, and what strikes them.
fn run(threads: u32, faults: &str) -> (Record, Summary) {
    simulate(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: {{ \"a\": Service(threads: {threads}, queue: Fifo(capacity: Unbounded), operations: {{ \"op\": [Work(\"60ms\")] }}) }},
        traffic: {{ \"c\": Open(rate: Steps([(\"T+0s\", \"50/s\"), (\"T+30s\", \"100/s\")]), entry: \"a.op\") }},
        faults: [{faults}])"
    ))
}

const SURGE: &str = "Fault(at: \"T+20s\", for: \"20s\", on: Traffic(\"c\"), effect: Surge(4))";

/// Three times the usual in addition: 50 a second for ten seconds, 100 for the next ten.
#[test]
fn a_surge_adds_so_many_times_the_usual_and_moves_nobody() {
    let (record, summary) = run(500, SURGE);
    let twin = record.twin.as_ref().unwrap();
    let requests = |record: &knockon::record::WorldRecord| record.totals.classes["c"].requests;
    let added = requests(&record.actual) - requests(twin);
    let expected = 3.0 * (50.0 * 10.0 + 100.0 * 10.0);
    assert!((added as f64 - expected).abs() < 4.0 * expected.sqrt(), "{added}, not {expected}");
    let series = |record: &knockon::record::WorldRecord| record.classes["c"].arrived.clone();
    for (window, (mine, usual)) in series(&record.actual).into_iter().zip(series(twin)).enumerate() {
        let at_s = window as f64 * twin.window_s;
        let surges = (20.0..40.0).contains(&at_s);
        assert!(mine >= usual && (surges || mine == usual), "{mine} and {usual} at {at_s} s");
    }
    // There is room for all of them.
    assert_eq!(summary.blast_radius.unwrap().by_severity.slower, 0);
    assert_eq!(summary.verdict, Some(VerdictKind::Unaffected));
    assert_eq!(record.faults[0].name, "surge of c");
}

/// 400 a second where 133 can be done; nobody tries again. The users of the surge itself count for nothing.
#[test]
fn what_a_surge_overloads_is_its_fault() {
    let (record, summary) = run(8, SURGE);
    let cause = &summary.root_causes[0];
    assert!(cause.root == "surge of c" && cause.share > 0.999, "{:#?}", summary.root_causes);
    let harmed = record.blame.unwrap().harmed;
    let twin = record.twin.unwrap().totals.classes["c"].requests;
    assert!(harmed > 1_000 && harmed < twin, "{harmed} of {twin}");
    assert_eq!(summary.propagation[0].via, "surge");
}

/// Half of those who come are turned away: of the usual ones those that the twin answered are lost, and no other.
#[test]
fn who_comes_with_a_surge_is_counted_apart() {
    let (record, summary) = simulate(&format!(
        "Scenario(format: 1, name: \"test\", horizon: \"1m\",
        services: {{ \"a\": Service(threads: 6, queue: Fifo(capacity: 6), operations: {{ \"op\": [Work(\"60ms\")] }}) }},
        traffic: {{ \"c\": Open(rate: \"50/s\", entry: \"a.op\") }},
        faults: [{SURGE}])"
    ));
    let (mine, usual) = (&record.actual.totals.classes["c"], &record.twin.unwrap().totals.classes["c"]);
    assert_eq!(mine.requests - mine.surge_requests, usual.requests);
    let failed = mine.failed - mine.surge_failed;
    assert!(mine.surge_failed > failed && failed > 100, "{mine:?}");
    let lost = summary.blast_radius.unwrap().by_severity.failed;
    assert_eq!((lost, usual.surge_requests, usual.failed), (failed, 0, 0));
    let share = format!("after {:.1} % of c failed", 100.0 * failed as f64 / usual.requests as f64);
    assert!(summary.verdict_reason.contains(&share), "{}", summary.verdict_reason);
}

/// What is drawn for a surge follows from its name: neither from its place among the faults nor from what else happens.
#[test]
fn a_surge_is_the_same_among_others() {
    let other = "Fault(at: \"T+60s\", for: \"1s\", on: \"a\", effect: Pause), ";
    let arrived = |faults: &str| run(500, faults).0.actual.classes["c"].arrived.clone();
    assert_eq!(arrived(SURGE), arrived(&format!("{other}{SURGE}")));
}

/// Who comes with a surge goes all the way.
#[test]
fn journeys_of_a_surge_take_every_step() {
    let (record, _) = simulate(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"2m\", seed: 7,
        services: { \"a\": Service(threads: 500, operations: { \"find\": [Work(\"5ms\")], \"buy\": [Work(\"5ms\")] }) },
        traffic: { \"trip\": Journey(rate: \"20/s\", steps: {
            \"find\": Visit(\"a.find\", think: Constant(\"1s\")), \"buy\": Visit(\"a.buy\") }) },
        faults: [Fault(at: \"T+20s\", for: \"20s\", on: Traffic(\"trip\"), effect: Surge(3))])",
    );
    let twin = record.twin.unwrap();
    let added =
        |class: &str| record.actual.totals.classes[class].requests - twin.totals.classes[class].requests;
    assert!((added("trip: find") as f64 - 800.0).abs() < 4.0 * 800.0_f64.sqrt());
    assert_eq!(added("trip: find"), added("trip: buy"));
}
