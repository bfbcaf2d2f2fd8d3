//! How far an incident reached, by class, service and time, where arithmetic says so.

use knockon::analysis::Summary;
use knockon::scenario::VerdictKind;

use crate::support::simulate;

/// Two classes at two services with plenty of threads, and a fault.
fn shop(horizon: &str, timeout: &str, fault: &str) -> Summary {
    let (_, summary) = simulate(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"1s\", horizon: \"{horizon}\",
        services: {{
            \"shop\": Service(threads: 100000, queue: Fifo(capacity: 100000),
                operations: {{ \"buy\": [Work(\"10ms\")] }}),
            \"blog\": Service(threads: 100000, operations: {{ \"read\": [Work(\"10ms\")] }}),
        }},
        calls: {{ \"buyers -> shop\": Policy(timeout: {timeout}) }},
        traffic: {{
            \"buyers\": Open(rate: \"50/s\", entry: \"shop.buy\", value: 2),
            \"readers\": Open(rate: \"50/s\", entry: \"blog.read\"),
        }},
        faults: [{fault}])"
    ));
    summary
}

const ERRORS: &str = "Fault(at: \"T+100s\", for: \"30s\", on: \"shop\", effect: Errors(\"100%\"))";
const BLACKOUT: &str = "Fault(at: \"T+50s\", on: \"shop\", effect: Pause)";

#[test]
fn only_the_class_behind_a_fault_is_hit_and_only_as_long_as_it_lasts() {
    let summary = shop("200s", "None", ERRORS);
    let radius = summary.blast_radius.as_ref().unwrap();
    let (buyers, readers) = (&radius.classes["buyers"], &radius.classes["readers"]);
    let failed = summary.traffic["buyers"].failed;
    assert!((1_300..1_700).contains(&failed), "50/s for 30 s: {failed}");
    assert_eq!((buyers.by_severity.failed, buyers.by_severity.affected()), (failed, failed));
    assert_eq!(radius.by_severity, buyers.by_severity);
    let share = failed as f64 / summary.traffic["buyers"].requests as f64;
    assert!((buyers.requests_affected - share).abs() < 1e-9 && (radius.duration_s - 30.0).abs() < 0.5);
    assert!((buyers.lost_value - 2.0 * failed as f64).abs() < 1e-6);
    let (first, last) = (buyers.first_s.unwrap(), buyers.last_s.unwrap());
    // Requests at work when the fault begins fail as well.
    assert!((99.9..100.5).contains(&first) && (129.5..130.1).contains(&last), "{first} to {last}");
    assert_eq!((readers.by_severity.affected(), readers.first_s, readers.worst_minute), (0, None, None));
    // The worst minute holds all of it, and as many from after the fault.
    let worst = buyers.worst_minute.unwrap();
    assert_eq!((worst.affected, worst.lost), (failed, failed));
    assert!((99.0..101.0).contains(&worst.from_s) && (2_700..3_300).contains(&worst.requests), "{worst:?}");
    let (shop, blog) = (summary.services["shop"].harm.as_ref(), summary.services["blog"].harm.as_ref());
    assert_eq!(shop.map(|harm| (harm.harmed, harm.callers.clone())), Some((failed, vec!["buyers".into()])));
    assert!(shop.is_some_and(|harm| (harm.share - 0.15).abs() < 0.02), "30 of 200 s: {shop:?}");
    assert_eq!(blog.map(|harm| (harm.harmed, harm.callers.len(), harm.callers_total)), Some((0, 0, 1)));
}

/// A moment of errors, much later, is less than one in a hundred of those that half a minute of errors hits.
#[test]
fn a_few_late_requests_do_not_make_the_harm_long() {
    let late = "Fault(at: \"T+180s\", for: \"100ms\", on: \"shop\", effect: Errors(\"100%\"))";
    let summary = shop("200s", "None", &format!("{ERRORS}, {late}"));
    let radius = summary.blast_radius.unwrap();
    assert!((79.9..80.5).contains(&radius.duration_s), "{radius:?}");
    // The begin is exact, the end is that of its second.
    assert!((29.4..31.1).contains(&radius.duration_99_s.unwrap()), "{radius:?}");
    let alone = shop("200s", "None", ERRORS).blast_radius.unwrap();
    assert!((29.0..=alone.duration_s).contains(&alone.duration_99_s.unwrap()), "{alone:?}");
    assert_eq!(shop("200s", "None", "").blast_radius.unwrap().duration_99_s, None);
}

#[test]
fn who_waits_for_ever_is_never_answered() {
    let hangs = shop("100s", "None", BLACKOUT);
    let radius = hangs.blast_radius.as_ref().unwrap();
    let buyers = radius.classes["buyers"].by_severity;
    let open = hangs.traffic["buyers"].unfinished;
    assert_eq!((hangs.traffic["buyers"].failed, buyers.failed, buyers.slower), (0, 0, 0));
    // Those who came in the last 70 ms are not late yet: twice the twin's 10 ms, and 50 ms.
    assert!(
        buyers.unanswered <= open && buyers.unanswered + 15 > open && open > 2_200,
        "{buyers:?} of {open}"
    );
    assert!((radius.classes["buyers"].lost_value - 2.0 * buyers.unanswered as f64).abs() < 1e-6);
    assert_eq!(hangs.verdict, Some(VerdictKind::Down));
    // The service is as late with its attempts as the users see it.
    let harm = hangs.services["shop"].harm.as_ref().unwrap();
    assert!(harm.harmed.abs_diff(buyers.unanswered) <= 2, "{harm:?}, {buyers:?}");
    // With a timeout the same requests fail, but for those of its last second.
    let fails = shop("100s", "\"1s\"", BLACKOUT);
    let told = fails.blast_radius.unwrap().classes["buyers"].by_severity;
    assert_eq!(told.failed + told.unanswered, buyers.unanswered);
    assert!(told.unanswered < 70, "{told:?}");
}

/// A third of a second of work in a run of a second: a third of the requests is under way at any time, the end included.
#[test]
fn what_is_in_flight_at_the_end_of_a_short_run_is_no_unhealthy_baseline() {
    let run = |rate: &str, threads: u32| {
        let (_, summary) = simulate(&format!(
            "Scenario(format: 1, name: \"test\", warm_up: \"2s\", horizon: \"1s\",
            services: {{ \"s\": Service(threads: {threads}, queue: Fifo(capacity: Unbounded),
                operations: {{ \"op\": [Work(\"300ms\")] }}) }},
            traffic: {{ \"c\": Open(rate: \"{rate}\", entry: \"s.op\") }},
            faults: [Fault(at: \"T+100ms\", for: \"1ms\", on: \"s\", effect: Errors(\"1%\"))])"
        ));
        let class = &summary.twin.as_ref().unwrap().traffic["c"];
        (class.unfinished as f64 / class.requests as f64, summary.verdict_reason)
    };
    let (open, reason) = run("200/s", 1_000);
    assert!(open > 0.2 && !reason.contains("unhealthy baseline"), "{open}: {reason}");
    // Three of four have no thread: more and more are open.
    let (open, reason) = run("200/s", 15);
    assert!(open > 0.5 && reason.contains("unhealthy baseline"), "{open}: {reason}");
}

/// A pause of the last third of a minute but for its last five seconds.
#[test]
fn a_service_that_was_well_for_as_long_as_decides_is_not_hit_to_the_end() {
    let fault = |lasts: u32| {
        format!("Fault(at: \"T+40s\", for: \"{lasts}s\", on: \"shop\", effect: Errors(\"100%\"))")
    };
    let over = shop("60s", "None", &fault(15));
    assert_eq!(over.verdict, Some(VerdictKind::Recovered), "{}", over.verdict_reason);
    let recovered = over.services["shop"].recovered_s;
    assert!(recovered.is_some_and(|at| (54.9..55.1).contains(&at)), "{recovered:?}");
    let lasts = shop("60s", "None", &fault(30));
    assert_eq!((lasts.verdict, lasts.services["shop"].recovered_s), (Some(VerdictKind::Down), None));
}

/// Retries hide every failure, so goodput is the twin's; the callee is hit all the same, and the verdict says so.
#[test]
fn a_healthy_end_names_services_that_are_still_hit() {
    let (_, summary) = simulate(
        "Scenario(format: 1, name: \"test\", warm_up: \"1s\", horizon: \"100s\",
        services: {
            \"front\": Service(threads: 100000, operations: { \"op\": [Call(\"back.op\")] }),
            \"back\": Service(threads: 100000, operations: { \"op\": [Work(\"1ms\")] }),
        },
        calls: { \"front -> back\": Policy(retry: Retry(max_attempts: 10, backoff: None)) },
        traffic: { \"c\": Open(rate: \"100/s\", entry: \"front.op\") },
        faults: [
            Fault(at: \"T+20s\", for: \"1s\", on: \"back\", effect: Errors(\"100%\")),
            Fault(at: \"T+30s\", on: \"back\", effect: Errors(\"20%\")),
        ])",
    );
    assert_eq!(summary.verdict, Some(VerdictKind::Contained), "{}", summary.verdict_reason);
    let reason = &summary.verdict_reason;
    assert!(reason.contains("back was still slower or failing more often"), "{reason}");
    // Retries are attempts like others.
    let back = &summary.services["back"];
    assert!(back.attempts > summary.twin.unwrap().services["back"].attempts + 1_000);
    assert_eq!(back.harm.as_ref().unwrap().attempts, back.attempts);
}

/// Worlds that are one are not compared, and their attempts count.
#[test]
fn attempts_count_from_the_begin_however_late_the_fault() {
    let (record, summary) = simulate(
        "Scenario(format: 1, name: \"test\", warm_up: \"1s\", horizon: \"40s\",
        services: { \"s\": Service(threads: 1000, operations: { \"op\": [Work(\"1ms\")] }) },
        traffic: { \"c\": Open(rate: \"2000/s\", entry: \"s.op\") },
        faults: [Fault(at: \"T+39s\", for: \"100ms\", on: \"s\", effect: Errors(\"50%\"))])",
    );
    assert!(record.actual.events > 400_000, "more than are compared at once");
    let service = &summary.services["s"];
    assert!(service.harm.as_ref().unwrap().attempts.abs_diff(service.attempts) < 10, "{service:?}");
}
