//! Each verdict, from the smallest change of one scenario that leads to it.

use knockon::analysis::{DegradationKind, Summary};
use knockon::report::{Telling, story, text};
use knockon::scenario::VerdictKind;

use crate::support::{replay, scenario_with, simulate};

fn summary(sets: &[&str]) -> Summary {
    let sets: Vec<&str> = sets.iter().copied().chain(["expect=[]"]).collect();
    replay(&scenario_with("retry-storm-minimal.ron", None, &sets)).summary
}

#[test]
fn each_verdict_has_its_case() {
    let no_retries = "calls.\"front -> back\".retry.max_attempts=1";
    for (wanted, sets) in [
        (VerdictKind::Unaffected, vec!["faults=[]"]),
        (VerdictKind::Metastable, vec![]),
        (VerdictKind::Recovered, vec![no_retries]),
        (VerdictKind::Contained, vec!["faults.pause.for=\"600ms\""]),
        // Active to the end, whether it is said or not.
        (VerdictKind::Down, vec!["faults.pause.for=\"290s\""]),
        (VerdictKind::Down, vec!["faults=[Fault(at: \"T+10s\", on: \"back\", effect: Crash)]"]),
        // Healthy either way: how much may fail is the scenario's to say.
        (
            VerdictKind::Recovered,
            vec![no_retries, "faults.pause.for=\"1100ms\"", "impact=Impact(contained: \"0%\")"],
        ),
        (VerdictKind::Contained, vec![no_retries, "impact=Impact(contained: \"20%\")"]),
        // Two of the windows that decide, 15 s each, must have passed since the fault was over.
        (VerdictKind::Undecided, vec!["faults.pause.at=\"T+266s\""]),
        (VerdictKind::Metastable, vec!["faults.pause.at=\"T+264s\""]),
        // Over 15 s before the end: too early to say.
        (VerdictKind::Undecided, vec!["faults.pause.at=\"T+280s\""]),
    ] {
        let found = summary(&sets);
        assert_eq!(found.verdict, Some(wanted), "{sets:?}: {}", found.verdict_reason);
    }
}

#[test]
fn a_metastable_verdict_names_what_sustains_it() {
    let found = summary(&[]);
    let reason = &found.verdict_reason;
    assert!(reason.contains("front -> back still makes 3."), "{reason}");
    // All attempts of the actual world are looked at, retries as well.
    let back = &found.services["back"];
    let harm = back.harm.as_ref().unwrap();
    assert!(harm.attempts.abs_diff(back.attempts) < back.attempts / 100, "{harm:?} of {}", back.attempts);
}

/// Nobody has a timeout, so nothing ever fails; nothing is answered either.
#[test]
fn requests_that_hang_are_not_available() {
    let hang =
        ["faults.pause.for=\"1h\"", "calls.\"front -> back\".timeout=None", "services.front.threads=100000"];
    let found = summary(&hang);
    let class = &found.traffic["users"];
    assert_eq!((class.failed, found.verdict), (0, Some(VerdictKind::Down)));
    assert!(class.availability < 0.05 && class.unfinished > 17_000, "{class:?}");
    assert!(found.blast_radius.is_some_and(|blast| blast.requests_affected > 0.9));
}

/// Nothing fails, and all are answered once the pause is over.
#[test]
fn who_waits_for_minutes_has_an_outage_of_the_worst_kind() {
    let (record, summary) = simulate(
        "Scenario(format: 1, name: \"test\", horizon: \"20m\",
        services: { \"s\": Service(queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"5ms\")] }) },
        traffic: { \"c\": Open(rate: \"5/s\", entry: \"s.op\") },
        calls: { \"c -> s\": Policy(timeout: None) },
        faults: [Fault(at: \"T+5m\", for: \"5m\", on: \"s\", effect: Pause)])",
    );
    assert_eq!((summary.traffic["c"].failed, summary.verdict), (0, Some(VerdictKind::Contained)));
    let told = &summary.degradation.as_ref().unwrap().classes["c"];
    assert_eq!((told.kind, told.level), (Some(DegradationKind::Critical), 0));
    assert!((4.5..5.0).contains(&told.bad_minutes), "{told:?}");
    let story = text::plain(&story(&record, &summary, &Telling::default()), 1_000);
    assert!(story.contains("hardly anything of c is answered, until T+10m"), "{story}");
}

#[test]
fn a_twin_that_does_not_keep_up_is_said_to_be_unhealthy() {
    let found = summary(&["faults=[]", "traffic.users.rate=\"500/s\"", "calls={}"]);
    assert!(found.verdict_reason.contains("unhealthy baseline"), "{}", found.verdict_reason);
}

/// At least three of the attempts in ten seconds, and a hundredth of them, must be harmed before a service counts as hit.
#[test]
fn a_few_harmed_attempts_are_no_impact() {
    let hit = |rate: &str, lasts_ms: u64| {
        let text = format!(
            "Scenario(format: 1, name: \"test\", warm_up: \"1s\", horizon: \"40s\",
            services: {{ \"s\": Service(threads: 1000, operations: {{ \"op\": [Work(\"1ms\")] }}) }},
            traffic: {{ \"c\": Open(rate: \"{rate}\", entry: \"s.op\") }},
            faults: [Fault(at: \"T+20s\", for: \"{lasts_ms}ms\", on: \"s\", effect: Errors(\"100%\"))])"
        );
        let (_, summary) = simulate(&text);
        (summary.traffic["c"].failed, !summary.propagation.is_empty())
    };
    let seldom: Vec<_> = (1..12).map(|step| hit("20/s", 25 * step)).collect();
    assert!(seldom.iter().all(|(failed, is_hit)| (*failed >= 3) == *is_hit), "{seldom:?}");
    assert!([2, 3].iter().all(|wanted| seldom.iter().any(|(failed, _)| failed == wanted)), "{seldom:?}");
    let (few, some) = (hit("1000/s", 50), hit("1000/s", 200));
    assert!((3..100).contains(&few.0) && !few.1, "{few:?} of 10,000");
    assert!(some.0 > 100 && some.1, "{some:?} of 10,000");
}

/// Restarted for nothing at T+10s: without it nobody would have been harmed, unless a fault comes later.
#[test]
fn what_would_have_been_without_an_act_is_told_by_what_came_after_it() {
    let unattended = |faults: &str| {
        let (_, summary) = simulate(&format!(
            "Scenario(format: 1, name: \"test\", warm_up: \"1s\", horizon: \"100s\",
            services: {{ \"a\": Service(threads: 50, restart: Restart(startup: \"4s\"), operations: {{ \"op\": [Work(\"5ms\")] }}) }},
            traffic: {{ \"c\": Open(rate: \"50/s\", entry: \"a.op\") }}, faults: [{faults}],
            response: [Act(at: \"T+10s\", does: Restart(\"a\"))])"
        ));
        assert_eq!(summary.verdict, Some(VerdictKind::Recovered));
        summary.verdict_unattended
    };
    assert_eq!(unattended(""), Some(VerdictKind::Unaffected));
    let errors = "Fault(at: \"T+40s\", for: \"5s\", on: \"a\", effect: Errors(\"50%\"))";
    assert_eq!(unattended(errors), Some(VerdictKind::Recovered));
}
