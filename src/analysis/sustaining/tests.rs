//! A hundred windows of a second; a fault lasts from T+10s to T+20s, and what is to blame from T+60s on holds the world.

use super::*;
use crate::analysis::fixture;
use crate::record::{FaultSpan, Link, ResponseEntry, ServiceNode, WorldRecord};

const END: usize = 100;
/// When the later half begins of what is left after the fault.
const FROM: usize = 60;

fn record() -> Record {
    let world = WorldRecord { window_s: 1.0, windows: END, ..WorldRecord::default() };
    let mut record = fixture::bare(END as f64, world, None);
    for (from_s, to_s) in [(10.0, 20.0), (5.0, 6.0)] {
        record.faults.push(FaultSpan {
            name: "gc".into(),
            effect: "pause".into(),
            on: "db".into(),
            service: "db".into(),
            from_s,
            to_s: Some(to_s),
        });
    }
    record
}

fn act(record: &mut Record, at_s: f64, kind: ResponseKind) {
    let entry = ResponseEntry { at_s, by: "on-call".into(), kind, what: String::new(), readings: Vec::new() };
    record.actual.response.push(entry);
}

/// Something of before, and of the time that counts but for its first and last window, and of those.
fn column<T: Copy>(before: T, within: T, edge: T) -> Vec<T> {
    let mut all = [vec![before; FROM], vec![within; END - FROM]].concat();
    (all[FROM], all[END - 1]) = (edge, edge);
    all
}

fn root(kind: &str, name: &str, place: &str, before: f64, harm: f64) -> RootHarm {
    RootHarm {
        root: name.into(),
        kind: kind.into(),
        place: place.into(),
        harmed: 0.0,
        lost: 0.0,
        classes: Vec::new(),
        windows: column(before, harm, harm),
    }
}

fn chain(root: usize, harmed: f64, links: &[(&str, &str)]) -> ChainHarm {
    let link = |(call, how): &(&str, &str)| Link { call: (*call).into(), how: (*how).into() };
    ChainHarm { root, links: links.iter().map(link).collect(), harmed, from_s: 0.0, to_s: 0.0 }
}

fn blame(roots: Vec<RootHarm>, chains: Vec<ChainHarm>) -> BlameRecord {
    BlameRecord { window_s: 1.0, roots, chains, ..BlameRecord::default() }
}

/// One root with one chain.
fn of(kind: &str, name: &str, place: &str, links: &[(&str, &str)]) -> BlameRecord {
    blame(vec![root(kind, name, place, 0.0, 1.0)], vec![chain(0, 40.0, links)])
}

/// A service of two replicas with ten threads each, of which all but one are held where it counts, and asked for twice as much
/// as it begins. In the first and in the last of these windows it is idle.
fn serve(record: &mut Record, name: &str) {
    record.topology.services.push(ServiceNode { name: name.into(), replicas: 2, threads: 10 });
    let series = ServiceSeries {
        offered: column(1_000, 20, 10),
        admitted: column(10, 10, 10),
        failed: column(0, 10, 0),
        timed_out: column(1_000, 5, 0),
        hits: column(1_000, 3, 3),
        misses: column(0, 7, 7),
        busy_threads: column(20.0, 19.0, 10.0),
        ..ServiceSeries::default()
    };
    record.actual.services.insert(name.into(), series);
}

fn retries() -> BlameRecord {
    of("retries", "retries of a -> b", "a -> b", &[("c -> a", "thread"), ("a -> b", "line")])
}

#[test]
fn a_world_is_looked_at_in_the_later_half_of_what_is_left_to_itself() {
    let left = |acts: &[(f64, ResponseKind)]| {
        let mut record = record();
        for (at_s, kind) in acts {
            act(&mut record, *at_s, *kind);
        }
        left_alone(&record)
    };
    assert_eq!(left(&[]), Some((60.0, 100.0)));
    assert_eq!(left(&[(30.0, ResponseKind::Paged), (31.0, ResponseKind::Decided)]), Some((60.0, 100.0)));
    for kind in [ResponseKind::Set, ResponseKind::Restart] {
        assert_eq!(left(&[(15.0, kind), (50.0, kind), (70.0, kind)]), Some((35.0, 50.0)));
    }
    assert_eq!(left(&[(20.0, ResponseKind::Set), (70.0, ResponseKind::Set)]), None, "at once");
    // Two windows are enough.
    assert_eq!(left(&[(24.0, ResponseKind::Set)]), Some((22.0, 24.0)));
    assert_eq!(left(&[(23.9, ResponseKind::Set)]), None);
    let mut wide = record();
    wide.actual.window_s = 2.0;
    act(&mut wide, 27.9, ResponseKind::Set);
    assert_eq!(left_alone(&wide), None);
    wide.actual.response[0].at_s = 28.0;
    assert_eq!(left_alone(&wide), Some((24.0, 28.0)));
    let mut record = record();
    record.faults[1].to_s = None;
    assert_eq!(left_alone(&record), None, "a fault is still active");
    record.faults.clear();
    assert_eq!(left_alone(&record), Some((50.0, 100.0)));
}

#[test]
fn only_a_root_with_half_of_the_harm_of_that_time_holds_a_world() {
    let held = |own: f64, other: f64| {
        let roots = vec![
            root("fault", "pause of db", "db", 1_000.0, other),
            root("retries", "retries of a -> b", "a -> b", 0.0, own),
        ];
        let chains = vec![chain(0, 9e9, &[("c -> a", "thread")]), chain(1, 9.0, &[("a -> b", "line")])];
        sustaining_loop(&record(), &blame(roots, chains)).map(|held| held.root)
    };
    assert_eq!(held(1.0, 0.9).as_deref(), Some("retries of a -> b"));
    assert_eq!(held(1.0, 1.1), None, "a pause holds nothing by itself");
    assert_eq!(held(0.0, 0.0), None);
    let three = |other: f64| {
        let mut blame = retries();
        for name in ["pause of x", "pause of y"] {
            blame.roots.push(root("fault", name, "x", 0.0, other));
        }
        sustaining_loop(&record(), &blame).is_some()
    };
    assert!(three(0.5) && !three(0.51));
    // In windows of two seconds.
    let mut wide = retries();
    wide.window_s = 2.0;
    wide.roots[0].windows = [vec![0.0; 30], vec![1.0; 20], vec![0.0; 50]].concat();
    assert!(sustaining_loop(&record(), &wide).is_some());
    wide.roots[0].windows[30..50].fill(0.0);
    wide.roots[0].windows[50..].fill(1.0);
    assert!(sustaining_loop(&record(), &wide).is_none(), "the run ends at T+100s");
    // What lies in the windows before and after it does not count.
    let mut record = record();
    act(&mut record, 51.0, ResponseKind::Set);
    let mut blame = retries();
    blame.roots.push(root("fault", "pause of x", "x", 0.0, 0.0));
    for root in &mut blame.roots {
        root.windows.fill(0.0);
    }
    (blame.roots[0].windows[36], blame.roots[0].windows[50]) = (1.0, 1.0);
    (blame.roots[1].windows[35], blame.roots[1].windows[51]) = (9.0, 9.0);
    let held = sustaining_loop(&record, &blame).unwrap();
    assert_eq!((held.root.as_str(), held.from_s, held.to_s), ("retries of a -> b", 35.5, 51.0));
    blame.roots[1].windows[36] = 1.5;
    assert_eq!(sustaining_loop(&record, &blame).map(|held| held.root), Some("retries of a -> b".into()));
    blame.roots[1].windows[50] = 1.0;
    assert_eq!(sustaining_loop(&record, &blame), None);
}

/// The lowest call of the chain that stands in line, or finds no room; else where the root is.
#[test]
fn the_service_that_is_short_is_the_lowest_on_the_chain() {
    let service = |kind: &str, place: &str, links: &[(&str, &str)]| {
        overloaded(&root(kind, "", place, 0.0, 1.0), &chain(0, 1.0, links)).unwrap()
    };
    for how in OVERLOADED {
        assert_eq!(
            service("retries", "a -> b", &[("a -> b", "line"), ("b -> d", how), ("d -> e", "thread")]),
            "d"
        );
    }
    assert_eq!(service("retries", "a -> b", &[("c -> a", "thread")]), "b");
    assert_eq!(service("cold_caches", "a", &[("c -> a", "thread")]), "a");
}

#[test]
fn the_gain_is_what_is_asked_over_what_is_there_while_all_threads_are_held() {
    let mut record = record();
    serve(&mut record, "b");
    let gain = |record: &Record| gain(record, "b", FROM..END);
    let replicas = f64::from(record.topology.services[0].replicas);
    // Twice what begins, on 19 of 20 threads.
    assert!((gain(&record).unwrap() - 1.9).abs() < 1e-9);
    // Never all: then all of the time counts.
    record.actual.services["b"].busy_threads[FROM..].fill(18.0);
    let all = 0.9 * (38.0 * 20.0 + 2.0 * 10.0) / (40.0 * 10.0);
    assert!((gain(&record).unwrap() - all).abs() < 1e-9);
    record.actual.services["b"].admitted[FROM..].fill(0);
    assert_eq!(gain(&record), None, "nobody began");
    record.actual.services["b"].admitted[END - 1] = 1;
    let whole = gain(&record).unwrap();
    record.actual.services["b"].running_replicas = vec![0.5 * replicas; END];
    assert!((gain(&record).unwrap() - 2.0 * whole).abs() < 1e-9, "half of them lend no threads");
    record.topology.services[0].threads = 0;
    assert_eq!(gain(&record), None, "nobody was there");
    record.topology.services.clear();
    assert_eq!(gain(&record), None);
}

#[track_caller]
fn assert_steps(record: &Record, blame: &BlameRecord, wanted: &[&str]) {
    assert_eq!(sustaining_loop(record, blame).unwrap().steps, wanted);
}

#[test]
fn retries_are_told_by_how_the_calls_fail() {
    let mut record = record();
    serve(&mut record, "b");
    let asked = "b is asked for 1.90 times what it can do";
    assert_steps(&record, &retries(), &["calls of b time out", "a tries them again", asked]);
    record.actual.services["b"].timed_out[FROM + 1] = 4;
    assert_steps(&record, &retries(), &["calls of b fail", "a tries them again", asked]);
    record.actual.services.clear();
    let asked = "b is asked for more than it can do";
    assert_steps(&record, &retries(), &["calls of b fail", "a tries them again", asked]);
}

#[test]
fn cold_caches_are_told_by_whom_they_ask_and_what_they_miss() {
    let mut record = record();
    serve(&mut record, "a");
    serve(&mut record, "d");
    let links = [("c -> a", "thread"), ("a -> d", "line")];
    let missing = "70 % of the lookups of a still miss";
    let wanted = [
        "the caches of a are cold",
        "it makes the calls a -> d that they would spare",
        "d is asked for 1.90 times what it can do",
    ];
    for (kind, name) in [("cold_caches", "cold caches of a"), ("fault", "flush of a (z)")] {
        assert_steps(&record, &of(kind, name, "a", &links), &[wanted.as_slice(), &[missing]].concat());
    }
    // Whether probes fail of it, and how much of the harm that is.
    let mut cold = of("cold_caches", "cold caches of a", "a", &links);
    let probes = "probes of a fail, and take its replicas out of rotation";
    cold.chains.push(chain(0, 5.0, &[("[probe of a] -> a", "thread"), ("a -> d", "line")]));
    assert_steps(&record, &cold, &[wanted.as_slice(), &[probes, missing]].concat());
    cold.chains[1].harmed = 4.0;
    assert_steps(&record, &cold, &[wanted.as_slice(), &[missing]].concat());
    // The harm may lie behind a call of whom it asks.
    let deep = of(
        "cold_caches",
        "cold caches of a",
        "a",
        &[("c -> a", "thread"), ("a -> d", "line"), ("e -> d", "line")],
    );
    assert_eq!(sustaining_loop(&record, &deep).unwrap().steps[1], wanted[1]);
    // Chains of another root say nothing.
    cold.chains[1].root = 1;
    cold.chains[1].harmed = 5.0;
    assert_steps(&record, &cold, &[wanted.as_slice(), &[missing]].concat());
    let series = &mut record.actual.services["a"];
    series.misses[FROM..].fill(0);
    assert_steps(&record, &cold, &[wanted.as_slice(), &["0 % of the lookups of a still miss"]].concat());
    record.actual.services["a"].hits[FROM..].fill(0);
    assert_steps(&record, &cold, &[wanted.as_slice(), &["no answer comes in time to warm them"]].concat());
}

#[test]
fn kills_and_replicas_out_of_rotation_are_loops_and_pauses_are_none() {
    let mut record = record();
    serve(&mut record, "a");
    let asked = "a is asked for 1.90 times what it can do";
    let links = [("c -> a", "line")];
    let killed = [
        "processes of a are killed for their memory",
        "those that are left, or come back, get all the load",
        asked,
        "what they have in flight fills their memory",
    ];
    assert_steps(&record, &of("out_of_memory", "out-of-memory kills of a", "a", &links), &killed);
    let out = ["probes take replicas of a out of rotation", "the others get their load", asked];
    assert_steps(&record, &of("out_of_rotation", "a out of rotation", "a", &links), &out);
    for kind in ["fault", "restart", "work"] {
        assert_eq!(sustaining_loop(&record, &of(kind, "pause of a", "a", &links)), None, "{kind}");
    }
}
