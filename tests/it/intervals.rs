//! Each part of a wait goes to what held the request then, whatever failed it in the end.

use knockon::analysis::Summary;

use crate::blame::{all_of_it, run_at, share, told};

/// Ten users a second of `front`, who wait for as long as it takes, for ten minutes.
fn of_front(services: &str, calls: &str, faults: &str, response: &str) -> (knockon::record::Record, Summary) {
    told(&format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"10s\", horizon: \"10m\", seed: 1,
        services: {{
            \"front\": Service(threads: 10000, operations: {{ \"op\": [Call(\"mid.op\")] }}),
            {services}
        }},
        calls: {{ {calls} }},
        traffic: {{ \"users\": Open(rate: \"10/s\", entry: \"front.op\") }},
        faults: [{faults}],
        response: [{response}])"
    ))
}

/// Of what failed, the share of a root.
fn lost(summary: &Summary, root: &str) -> f64 {
    summary.root_causes.iter().find(|cause| cause.root == root).map_or(0.0, |cause| cause.share_of_lost)
}

#[track_caller]
fn close(found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() < within, "{found}, not {wanted}");
}

/// Of 1,250 who fail, 1,200 have waited for up to two minutes when the errors meet them.
#[test]
fn who_waits_for_minutes_and_is_then_answered_with_an_error_waited_for_the_pause() {
    let (_, summary) = of_front(
        "\"mid\": Service(threads: 100, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(\"25ms\"), Call(\"db.q\")] }),
        \"db\": Service(threads: 1000, operations: { \"q\": [Work(\"5ms\")] }),",
        "",
        "Fault(at: \"T+0s\", for: \"120s\", on: \"mid\", effect: Pause),
        Fault(at: \"T+110s\", for: \"15s\", on: \"db\", effect: Errors(\"100%\"))",
        "",
    );
    close(share(&summary, "pause of mid"), 0.96, 0.01);
    close(share(&summary, "errors of db"), 0.04, 0.01);
    close(lost(&summary, "errors of db"), 1.0, 0.001);
}

/// 1,200 stand in line when the process dies, and 400 come while it is down and starts.
#[test]
fn who_stands_in_line_when_a_process_dies_has_waited_for_what_held_it() {
    let (_, summary) = of_front(
        "\"mid\": Service(threads: 10, queue: Fifo(capacity: Unbounded), restart: Restart(startup: \"10s\"),
            operations: { \"op\": [Work(\"25ms\")] }),",
        "",
        "Fault(at: \"T+0s\", for: \"120s\", on: \"mid\", effect: Pause),
        Fault(at: \"T+120s\", for: \"30s\", on: \"mid\", effect: Crash)",
        "",
    );
    close(share(&summary, "pause of mid"), 0.75, 0.01);
    close(share(&summary, "crash of mid"), 0.25, 0.01);
    close(lost(&summary, "crash of mid"), 1.0, 0.001);
}

/// Its threads wait for `db` when `mid` dies.
#[test]
fn who_is_on_a_thread_when_a_process_dies_has_waited_for_what_held_it() {
    let (_, summary) = of_front(
        "\"mid\": Service(threads: 5000, restart: Restart(startup: \"10s\"), operations: { \"op\": [Call(\"db.q\")] }),
        \"db\": Service(threads: 5000, queue: Fifo(capacity: Unbounded), operations: { \"q\": [Work(\"5ms\")] }),",
        "",
        "Fault(at: \"T+0s\", for: \"120s\", on: \"db\", effect: Pause),
        Fault(at: \"T+120s\", for: \"30s\", on: \"mid\", effect: Crash)",
        "",
    );
    close(share(&summary, "pause of db"), 0.75, 0.01);
    close(lost(&summary, "crash of mid"), 1.0, 0.001);
}

/// Those who are refused for 30 s and meet the errors five minutes later, and those who meet the errors alone for a minute.
#[test]
fn what_fails_the_last_attempt_lost_the_request() {
    let (_, summary) = of_front(
        "\"mid\": Service(threads: 10, restart: Restart(startup: \"10s\"), operations: { \"op\": [Work(\"25ms\")] }),",
        "\"front -> mid\": Policy(retry: Retry(max_attempts: 2, backoff: Fixed(\"5m\"))),",
        "Fault(at: \"T+10s\", for: \"20s\", on: \"mid\", effect: Crash),
        Fault(at: \"T+300s\", for: \"60s\", on: \"mid\", effect: Errors(\"100%\"))",
        "",
    );
    close(share(&summary, "crash of mid"), 1.0 / 3.0, 0.02);
    close(lost(&summary, "errors of mid"), 1.0, 0.001);
}

/// Who comes at `t` before T+110s waits so long for the pause, and then a minute for the slow work, or 2.5 times `t` if the
/// bulkhead lets it pass before that is over: all in all 512 of 1,736.
#[test]
fn who_waits_for_a_permit_is_held_by_one_thing_after_the_other() {
    let (_, summary) = of_front(
        "\"mid\": Service(threads: 1000, operations: { \"op\": [Work(\"25ms\")] }),",
        "\"front -> mid\": Policy(bulkhead: Bulkhead(max_concurrent: 10, max_wait: \"10m\")),",
        "Fault(at: \"T+0s\", for: \"110s\", on: \"mid\", effect: Pause),
        Fault(at: \"T+110s\", for: \"60s\", on: \"mid\", effect: Slow(100))",
        "",
    );
    close(share(&summary, "pause of mid"), 512.0 / 1_736.0, 0.03);
    close(share(&summary, "slow of mid"), 1_224.0 / 1_736.0, 0.03);
}

/// All connections are held by attempts that wait for `db`, for 116 s because of its pause, then for six of its restart: of
/// 1,220 who wait, 979.
#[test]
fn who_waits_for_a_connection_is_held_by_nothing_before_it_is_there() {
    let (record, summary) = of_front(
        "\"mid\": Service(threads: 1000, operations: { \"op\": [Call(\"db.q\")] }),
        \"db\": Service(threads: 1000, restart: Restart(startup: \"5s\"), operations: { \"q\": [Work(\"5ms\")] }),",
        "\"front -> mid\": Policy(pool: Pool(size: 10, max_wait: \"10m\")),
        \"mid -> db\": Policy(timeout: \"3s\", retry: Retry(max_attempts: 100, backoff: Fixed(\"1s\"))),",
        "Fault(at: \"T+0s\", for: \"117s\", on: \"db\", effect: Pause)",
        "Act(at: \"T+116s\", does: [Restart(\"db\")])",
    );
    close(share(&summary, "pause of db"), 979.0 / 1_220.0, 0.05);
    let blame = record.blame.as_ref().unwrap();
    let restart = blame.roots.iter().find(|root| root.root == "restart of db").unwrap();
    let first = restart.windows.iter().position(|harm| *harm > 0.0).unwrap() as f64 * blame.window_s;
    assert!((115.0..118.0).contains(&first), "{first}");
}

/// 90 % busy: who waits in line for a tenth of a second does so in the twin as well.
#[test]
fn the_usual_line_takes_nothing_from_an_error_at_the_end_of_it() {
    let (_, summary) = run_at(
        "75/s",
        "\"b\": Service(threads: 5, queue: Fifo(capacity: Unbounded), operations: { \"op\": [Work(Exp(\"60ms\")), Call(\"d.op\")] }),
        \"d\": Service(threads: 100, operations: { \"op\": [Work(\"1ms\")] }),",
        "",
        "Fault(at: \"T+20s\", for: \"60s\", on: \"d\", effect: Errors(\"100%\"))",
    );
    all_of_it(&summary, "errors of d");
}
