//! What an incident did to the service, where arithmetic says so: objectives, levels, times, and what contained it.

use knockon::analysis::{BurnState, Containment, DegradationKind, Summary};
use knockon::scenario::VerdictKind;

use crate::support::simulate;

/// Two services, fifty calls a second, and what is said of the call, the class, the fault and the rest.
fn run(policy: &str, class: &str, fault: &str, rest: &str) -> Summary {
    let (_, summary) = simulate(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"180s\",
        services: {{
            \"a\": Service(threads: 100000, operations: {{ \"op\": [Call(\"b.op\")] }}),
            \"b\": Service(threads: 100000, queue: Fifo(capacity: Unbounded),
                operations: {{ \"op\": [Work(Constant(\"10ms\"))] }}),
        }},
        calls: {{ \"a -> b\": Policy({policy}) }},
        traffic: {{ \"c\": Open(rate: \"50/s\", entry: \"a.op\"{class}) }},
        faults: [{fault}]{rest})"
    ));
    summary
}

fn errors(share: &str, from_s: u32, lasts_s: u32) -> String {
    format!("Fault(at: \"T+{from_s}s\", for: \"{lasts_s}s\", on: \"b\", effect: Errors(\"{share}\"))")
}

fn mechanism<'a>(summary: &'a Summary, call: &str, mechanism: &str) -> &'a Containment {
    let wanted = |one: &&Containment| one.call == call && one.mechanism == mechanism;
    summary.containment.iter().find(wanted).unwrap_or_else(|| panic!("{:?}", summary.containment))
}

/// 43.2 minutes of 30 days may be bad at 99.9 %. A tenth of the requests for 40 s costs as much as all of them for 4 s.
#[test]
fn a_budget_is_spent_by_the_request_not_by_the_minute() {
    let slo = ", slo: Slo(availability: \"99.9%\")";
    let (some, all) = (run("", slo, &errors("10%", 70, 40), ""), run("", slo, &errors("100%", 70, 4), ""));
    for summary in [&some, &all] {
        let (class, slo) = (&summary.traffic["c"], &summary.slo["c"]);
        assert_eq!((slo.bad, slo.requests), (class.failed, class.requests - class.unfinished));
        assert!((slo.budget_min - 43.2).abs() < 1e-6, "{slo:?}");
        // 200 bad requests at 50/s are 4 s of full outage.
        let full_s = slo.bad as f64 / (class.requests as f64 / 180.0);
        assert!((slo.spent_min - full_s / 60.0).abs() < 1e-6 && (2.5..5.5).contains(&full_s), "{slo:?}");
        assert!((slo.budget_spent - slo.spent_min / 43.2).abs() < 1e-9);
        assert_eq!(slo.budget_spent_by_incident, Some(slo.budget_spent), "the twin failed nothing");
        assert!(
            (slo.bad_minutes - 1.0).abs() < 1e-9 && (slo.availability_by_minutes - 2.0 / 3.0).abs() < 1e-9
        );
    }
    let weighted = run("", ", slo: Slo(availability: \"99.9%\", weight: 10)", &errors("10%", 70, 40), "");
    assert!((weighted.slo["c"].budget_spent - 10.0 * some.slo["c"].budget_spent).abs() < 1e-9);
    assert!(run("", "", &errors("10%", 70, 40), "").slo.is_empty(), "nothing was promised");
}

/// 14.4 times too many in an hour are 51.84 s of outage; in the time before there was none.
#[test]
fn burn_rate_alerts_fire_when_enough_has_burned() {
    let summary = run("", ", slo: Slo(availability: \"99.9%\")", &errors("100%", 70, 60), "");
    let alerts = &summary.slo["c"].alerts;
    assert_eq!(alerts[0].state, BurnState::Fired);
    assert!(alerts[0].first_s.is_some_and(|at| (117.0..127.0).contains(&at)), "{alerts:?}");
    assert!(alerts[1..].iter().all(|alert| alert.state == BurnState::NotJudged), "{alerts:?}");
}

#[test]
fn an_answer_that_comes_too_late_is_bad() {
    let strict = run("", ", slo: Slo(latency: \"9ms\")", &errors("1%", 70, 1), "");
    let slo = &strict.slo["c"];
    assert_eq!((slo.bad, slo.availability.abs() < 1e-9), (slo.requests, true));
    assert!(slo.budget_spent_by_incident.is_some_and(|share| share.abs() < 1e-9), "as in the twin: {slo:?}");
    let lenient = run("", ", slo: Slo(latency: \"11ms\")", &errors("1%", 70, 1), "");
    assert!(lenient.slo["c"].bad < 5, "{:?}", lenient.slo["c"]);
}

/// Nothing ends, so no alert on what ended can fire; the budget is spent all the same.
#[test]
fn who_is_never_answered_spends_the_budget_and_fires_no_alert() {
    let blackout = "Fault(at: \"T+90s\", on: \"b\", effect: Pause)";
    let summary = run("", ", slo: Slo()", blackout, "");
    let slo = &summary.slo["c"];
    let unanswered = summary.blast_radius.as_ref().unwrap().by_severity.unanswered;
    assert!(slo.bad == unanswered && unanswered > 4_000, "{slo:?}");
    assert!(slo.alerts.iter().all(|alert| alert.first_s.is_none()), "{slo:?}");
    assert!((slo.bad_minutes - 1.0).abs() < 1e-9, "the last minute was silent: {slo:?}");
    let degradation = summary.degradation.unwrap();
    assert_eq!(degradation.overall.kind, Some(DegradationKind::Critical));
    assert!((degradation.overall.bad_minutes - 1.5).abs() < 0.05 && degradation.overall.level == 0);
}

#[test]
fn each_kind_of_degradation_has_its_case() {
    let kind = |policy: &str, fault: &str| {
        let class = run(policy, "", fault, "").degradation.unwrap().classes["c"].clone();
        (class.kind, class.level, class.bad_minutes)
    };
    assert_eq!(kind("retry: Retry(max_attempts: 9, backoff: None)", &errors("1%", 30, 1)), (None, 100, 0.0));
    let all = errors("100%", 30, 60);
    let (found, level, bad) = kind("", &all);
    assert_eq!((found, level), (Some(DegradationKind::Critical), 0));
    assert!((bad - 1.0).abs() < 0.05, "a minute of it: {bad}");
    let (found, level, bad) = kind("", &errors("30%", 30, 60));
    assert!(found == Some(DegradationKind::Transactional) && (40..=60).contains(&level), "{found:?} {level}");
    assert!((bad - 0.3).abs() < 0.05, "{bad}");
    // What a fallback answers is worth half.
    let (found, level, bad) = kind("fallback: Fixed()", &all);
    assert!(found == Some(DegradationKind::Functional) && level == 40, "{found:?} {level}");
    assert!((bad - 0.5).abs() < 0.03, "{bad}");
    let slow = "Fault(at: \"T+30s\", for: \"60s\", on: \"b\", effect: Latency(\"400ms\"))";
    let (found, _, bad) = kind("", slow);
    assert!(found == Some(DegradationKind::Cosmetic) && bad < 0.03, "{found:?} {bad}");
}

#[test]
fn times_of_an_incident_that_ends_by_itself() {
    let monitors = ", monitors: { \"errors\": ErrorRate(of: \"c\", window: \"5s\", scrape: \"5s\", \
        alert: Above(\"50%\", for: \"10s\")) }";
    let times = run("", "", &errors("100%", 60, 60), monitors).times.unwrap();
    assert!((times.impact_s - 60.0).abs() < 1e-9);
    assert!(times.to_detect_s.is_some_and(|after| (10.0..25.0).contains(&after)), "{times:?}");
    assert!(times.to_mitigate_s.is_some_and(|after| (59.5..61.5).contains(&after)), "{times:?}");
    assert!(times.to_recover_s.is_some_and(|after| (59.9..60.1).contains(&after)), "{times:?}");
    assert_eq!(times.to_diagnose_s, None, "nobody did anything");
    let forever = run("", "", "Fault(at: \"T+60s\", on: \"b\", effect: Errors(\"100%\"))", "");
    let told = forever.times.unwrap();
    assert_eq!((told.to_detect_s, told.to_mitigate_s, told.to_recover_s), (None, None, None));
    assert_eq!(forever.verdict, Some(VerdictKind::Down));
}

const BREAKER: &str = "breaker: Consecutive(failures: 5, open_for: \"10s\")";

/// What a breaker refuses is lost without a fallback, and answered with less with one.
#[test]
fn a_breaker_contains_and_a_fallback_makes_up_for_it() {
    let broken = errors("100%", 60, 60);
    let bare = run(BREAKER, "", &broken, "");
    let (call, class) = (&bare.calls["a -> b"], &bare.traffic["c"]);
    let breaker = mechanism(&bare, "a -> b", "breaker");
    assert_eq!(
        (breaker.acted, breaker.spared, breaker.opened),
        (call.refused, call.refused, call.breaker_opened)
    );
    assert!(call.refused > 2_000 && breaker.twin == Some(0), "{breaker:?}");
    let ended = breaker.requests.unwrap();
    assert_eq!((ended.ok, ended.degraded, ended.failed), (0, 0, call.refused));
    assert!(class.failed > ended.failed, "some were sent, and failed as well");
    let kept = run(&format!("{BREAKER}, fallback: Fixed()"), "", &broken, "");
    let (breaker, fallback) = (mechanism(&kept, "a -> b", "breaker"), mechanism(&kept, "a -> b", "fallback"));
    let ended = breaker.requests.unwrap();
    assert_eq!((ended.ok, ended.degraded, ended.failed), (0, breaker.acted, 0));
    assert_eq!((fallback.degraded, fallback.answered), (kept.traffic["c"].degraded, 0));
    assert_eq!(fallback.requests, None);
}

/// Every attempt of a second is given up, and so are its first retries; the last is answered.
#[test]
fn what_a_timeout_gave_up_a_retry_answered() {
    let pause = "Fault(at: \"T+60s\", for: \"1s\", on: \"b\", effect: Pause)";
    let summary = run("timeout: \"200ms\", retry: Retry(max_attempts: 8, backoff: None)", "", pause, "");
    let timeout = mechanism(&summary, "a -> b", "timeout");
    let ended = timeout.requests.unwrap();
    assert_eq!((summary.traffic["c"].failed, ended.failed, timeout.spared), (0, 0, 0));
    assert!(timeout.acted > 2 * ended.ok && (30..70).contains(&ended.ok), "{timeout:?}");
}
