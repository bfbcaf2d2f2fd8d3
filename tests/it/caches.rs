//! What caches are filled by, and how they lose what they know.

use crate::support::simulate;

/// Users of `app`, which asks its cache and, if that does not know, `db`. 100 requests a second for a minute.
fn run(cache: &str, policy: &str, more: &str) -> (knockon::record::Record, knockon::analysis::Summary) {
    simulate(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"0s\", horizon: \"60s\", seed: 5,
        services: {{
            \"app\": Service(replicas: 2, threads: 1000, caches: {{ \"rows\": Warming({cache}) }}, operations: {{
                \"page\": [Lookup(\"rows\", miss: [Call(\"db.read\")]), Work(Constant(\"1ms\"))] }}),
            \"db\": Service(threads: 1000, operations: {{ \"read\": [Work(Constant(\"50ms\"))] }}),
        }},
        calls: {{ \"app -> db\": Policy({policy}) }},
        traffic: {{ \"c\": Open(rate: \"100/s\", entry: \"app.page\") }}, {more})"
    ))
}

const COLD: &str = "hit_ratio: \"100%\", after: 100, at_begin: \"0%\"";
const ERRORS: &str = "faults: [Fault(at: \"T+0s\", for: \"30s\", on: \"db\", effect: Errors(\"100%\"))]";

#[test]
fn a_miss_that_fails_fills_nothing() {
    // Every miss is answered: each replica holds its 100 entries after ln(101) x 100 = 460 lookups or so.
    let (_, summary) = run(COLD, "", "");
    assert!((150..=230).contains(&summary.services["app"].misses), "{:?}", summary.services["app"]);
    // For half a minute none is, by an error or by a timeout whose work is done all the same.
    for (policy, faults) in [("", ERRORS), ("timeout: \"40ms\"", "")] {
        let (record, summary) = run(COLD, policy, faults);
        let app = &record.actual.services["app"];
        let half = app.hits.len() / 2;
        assert_eq!(app.hits[..half].iter().sum::<u64>(), 0, "{policy}");
        let heals = policy.is_empty();
        assert_eq!(summary.services["app"].hits > 2_000, heals, "{:?}", summary.services["app"]);
    }
}

#[test]
fn what_a_fallback_says_is_not_kept() {
    let (_, summary) = run(COLD, "fallback: Fixed()", &ERRORS.replace("for: \"30s\", ", ""));
    assert_eq!((summary.services["app"].hits, summary.traffic["c"].failed), (0, 0));
}

#[test]
fn a_flush_empties_caches_and_nothing_else() {
    let warm = COLD.replace("at_begin: \"0%\"", "at_begin: \"100%\"");
    let flush = |effect: &str, on: &str| {
        let fault = format!("faults: [Fault(at: \"T+30s\", on: {on}, effect: {effect})]");
        run(&warm, "", &fault).1
    };
    let all = flush("Flush", "\"app\"");
    assert!((150..=230).contains(&all.services["app"].misses), "{:?}", all.services["app"]);
    assert_eq!((all.services["app"].restarts, all.traffic["c"].failed), (0, 0));
    // Half of the entries of one replica of two: 50 misses at most, since each answered one adds an entry.
    let some = flush("Flush(share: \"50%\", cache: \"rows\")", "Replica(\"app\", 1)");
    assert!((40..=52).contains(&some.services["app"].misses), "{:?}", some.services["app"]);
    assert_eq!(some.twin.unwrap().services["app"].misses, 0);
}
