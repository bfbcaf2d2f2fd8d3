//! Each mechanism of the engine in the smallest scenario that shows it, with constant times so that answers are exact.

use knockon::analysis::Summary;
use knockon::record::Record;
use knockon::scenario::Scenario;

use crate::support::replay;

/// A caller `a` and a callee `b` (constant work of 100 ms), 20 requests a second for a minute.
fn run(b: &str, policy: &str, more: &str) -> (Record, Summary) {
    run_at("20/s", b, policy, more)
}

fn run_at(rate: &str, b: &str, policy: &str, more: &str) -> (Record, Summary) {
    let text = format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"5s\", horizon: \"60s\", seed: 11,
        services: {{
            \"a\": Service(threads: 1000, queue: Fifo(capacity: Unbounded), operations: {{ \"op\": [Call(\"b.op\")] }}),
            \"b\": Service({b}, operations: {{ \"op\": [Work(Constant(\"100ms\"))] }}),
        }},
        calls: {{ \"a -> b\": Policy({policy}) }},
        traffic: {{ \"c\": Open(rate: \"{rate}\", entry: \"a.op\") }},
        {more})"
    );
    let scenario =
        Scenario::parse(&text).unwrap_or_else(|rejected| panic!("{:?}\n{text}", rejected.diagnostics));
    let incident = replay(&scenario);
    (incident.record, incident.summary)
}

const PLENTY: &str = "threads: 1000, queue: Fifo(capacity: Unbounded)";

#[test]
fn an_attempt_takes_the_network_both_ways_and_its_work() {
    let (_, summary) = run(PLENTY, "network: Constant(\"7ms\")", "");
    let latency = summary.traffic["c"].latency_ms;
    assert!((latency.mean - 114.0).abs() < 1e-9 && (latency.max - 114.0).abs() < 1e-9, "{latency:?}");
}

#[test]
fn attempts_on_one_replica_slow_each_other_down() {
    let slowest = |b: &str, more: &str| {
        let text = format!(
            "Scenario(format: 1, name: \"crowd\", horizon: \"60s\", seed: 4,
            services: {{
                \"a\": Service(operations: {{ \"op\": [Parallel([\"b.op\", \"b.op\", \"b.op\", \"b.op\"])] }}),
                \"b\": Service({b}, operations: {{ \"op\": [Work(\"100ms\")] }}),
            }},
            traffic: {{ \"c\": Open(rate: \"0.2/s\", entry: \"a.op\") }}, {more})"
        );
        crate::support::simulate(&text).1.traffic["c"].latency_ms.p50
    };
    let near =
        |found: f64, wanted: f64| assert!((found / wanted - 1.0).abs() < 0.01, "{found}, not {wanted}");
    near(slowest("threads: 10", ""), 100.0);
    // The last of four finds four, itself included.
    near(slowest("threads: 10, contention: \"10%\"", ""), 140.0);
    // On two replicas there are two each; with two threads the others wait and then find as many.
    near(slowest("replicas: 2, threads: 10, contention: \"10%\"", ""), 120.0);
    near(slowest("threads: 2, contention: \"10%\"", ""), 120.0 + 120.0);
    let slow = "faults: [Fault(at: \"T+0s\", on: \"b\", effect: Slow(2))]";
    near(slowest("threads: 10, contention: \"10%\"", slow), 280.0);
}

#[test]
fn a_timeout_fails_the_caller_and_leaves_a_zombie() {
    let (_, summary) = run(PLENTY, "timeout: \"40ms\"", "");
    let (class, b) = (&summary.traffic["c"], &summary.services["b"]);
    assert_eq!((class.ok, class.failed_by_cause["dependency"]), (0, class.failed));
    assert_eq!(b.failed_by_cause["timeout"], b.failed);
    assert!(
        (b.mean_service_ms - 100.0).abs() < 1e-9,
        "the callee worked on to the end: {}",
        b.mean_service_ms
    );
    // 20/s x 40 ms at the caller, 20/s x 100 ms at the callee.
    let a = &summary.services["a"];
    assert!((b.mean_in_flight / a.mean_in_flight - 2.5).abs() < 0.01);
}

#[test]
fn cancellation_at_once_frees_the_thread_with_the_timeout() {
    let (_, summary) = run(PLENTY, "timeout: \"40ms\", cancel: AtOnce", "");
    let b = &summary.services["b"];
    assert!((b.mean_service_ms - 40.0).abs() < 1e-9, "{}", b.mean_service_ms);
}

#[test]
fn cancellation_at_dequeue_drops_only_what_has_not_begun() {
    // One thread, 20/s x 100 ms of work: half of it has to wait for longer than the timeout.
    let (record, summary) =
        run("threads: 1, queue: Fifo(capacity: Unbounded)", "timeout: \"150ms\", cancel: AtDequeue", "");
    let b = &summary.services["b"];
    let begun: u64 = record.actual.services["b"].admitted.iter().sum();
    assert!(begun < b.attempts * 6 / 10, "most of the abandoned were dropped: {begun} of {}", b.attempts);
    assert!((b.mean_service_ms - 100.0).abs() < 1e-9, "what had begun was worked off");
    let (_, zombies) = run("threads: 1, queue: Fifo(capacity: Unbounded)", "timeout: \"150ms\"", "");
    assert!(zombies.traffic["c"].ok * 5 < summary.traffic["c"].ok, "without it nearly nothing succeeds");
}

#[test]
fn a_late_reply_completes_the_call_if_it_is_accepted() {
    // First attempt abandoned at 60 ms, second sent; the reply of the first arrives at 100 ms.
    let policy = "timeout: \"60ms\", retry: Retry(max_attempts: 2)";
    let (_, ignored) = run(PLENTY, policy, "");
    assert_eq!(ignored.traffic["c"].ok, 0);
    let (_, accepted) = run(PLENTY, &format!("{policy}, late_reply: Accept"), "");
    let class = &accepted.traffic["c"];
    assert_eq!(class.failed, 0);
    assert!((class.latency_ms.mean - 100.0).abs() < 1e-9, "{}", class.latency_ms.mean);
}

#[test]
fn retries_wait_their_backoff_and_end_with_their_count() {
    let policy = "timeout: \"60ms\", retry: Retry(max_attempts: 3, backoff: Exponential(base: \"100ms\"))";
    let (_, summary) = run(PLENTY, policy, "");
    let call = &summary.calls["a -> b"];
    assert!((call.attempts as f64 / call.first_attempts as f64 - 3.0).abs() < 0.02);
    // 60 + 100 + 60 + 200 + 60 ms in `a`'s thread.
    assert!((summary.services["a"].mean_service_ms - 480.0).abs() < 1e-9);
}

#[test]
fn a_deadline_covers_all_attempts_and_backoffs() {
    let policy =
        "timeout: \"60ms\", deadline: \"200ms\", retry: Retry(max_attempts: 10, backoff: Fixed(\"30ms\"))";
    let (_, summary) = run(PLENTY, policy, "");
    // 60 + 30 + 60 + 30 ms, then 20 ms of the third attempt.
    assert!((summary.services["a"].mean_service_ms - 200.0).abs() < 1e-9);
    assert!(summary.services["b"].failed_by_cause["deadline"] > 1_000);
}

#[test]
fn only_listed_failures_are_retried() {
    let policy = "timeout: \"60ms\", retry: Retry(max_attempts: 3, on: [Refused, QueueFull])";
    let (_, summary) = run(PLENTY, policy, "");
    assert_eq!(summary.calls["a -> b"].attempts, summary.calls["a -> b"].first_attempts);
}

#[test]
fn a_full_queue_refuses_or_stays_silent() {
    let (_, refused) = run_at("40/s", "threads: 2, queue: Fifo(capacity: 3)", "timeout: \"2s\"", "");
    let b = &refused.services["b"];
    assert_eq!(b.failed_by_cause["queue_full"], b.failed);
    assert_eq!(b.peak_queue, 3);
    let (_, silent) =
        run_at("40/s", "threads: 2, queue: Fifo(capacity: 3), when_full: Silent", "timeout: \"2s\"", "");
    assert_eq!(silent.services["b"].failed_by_cause["timeout"], silent.services["b"].failed);
}

#[test]
fn the_last_come_is_served_first() {
    let policy = "timeout: \"500ms\"";
    let (_, fifo) = run_at("30/s", "threads: 2, queue: Fifo(capacity: Unbounded)", policy, "");
    let (_, lifo) = run_at("30/s", "threads: 2, queue: Lifo(capacity: Unbounded)", policy, "");
    assert!(fifo.traffic["c"].availability < 0.2, "{}", fifo.traffic["c"].availability);
    assert!(lifo.traffic["c"].availability > 0.6, "{}", lifo.traffic["c"].availability);
}

#[test]
fn a_bulkhead_refuses_at_once_or_after_its_wait() {
    // 20/s x 100 ms need two permits on average.
    let (_, fast) = run(PLENTY, "bulkhead: Bulkhead(max_concurrent: 1)", "");
    let call = &fast.calls["a -> b"];
    assert!(call.refused > 500 && fast.traffic["c"].failed == call.refused);
    let service = &fast.services["b"];
    assert!(service.mean_in_flight <= 1.0);
    let (_, patient) = run(PLENTY, "bulkhead: Bulkhead(max_concurrent: 3, max_wait: \"10s\")", "");
    assert_eq!(patient.traffic["c"].failed, 0);
    assert!(patient.traffic["c"].latency_ms.max > 150.0, "some had to wait for a permit");
}

#[test]
fn a_pool_bounds_connections_and_its_wait_counts_for_the_timeout() {
    let (_, summary) = run(PLENTY, "pool: Pool(size: 1, max_wait: \"30s\"), timeout: \"150ms\"", "");
    // Twice as much as one connection can carry. Whoever holds it began earlier than whoever waits, so it is given back
    // by the holder's timeout before the next one's: everybody gets it, nearly nobody for long enough.
    let class = &summary.traffic["c"];
    assert!(class.failed > 800 && class.failed + class.unfinished + class.ok == class.requests, "{class:?}");
    assert!(class.latency_ms.max <= 150.0, "the wait counts: {}", class.latency_ms.max);
    // The abandoned are worked off without a connection.
    assert!(summary.services["b"].mean_in_flight > 1.5);
    let (_, waited) = run(PLENTY, "pool: Pool(size: 1, max_wait: \"30ms\")", "");
    let ended = waited.traffic["c"].latency_ms.max;
    assert!(ended <= 130.1, "nobody waits longer than 30 ms: {ended}");
}

#[test]
fn a_pause_shifts_work_and_makes_arrivals_queue() {
    let pause = "faults: [Fault(at: \"T+20s\", for: \"5s\", on: \"b\", effect: Pause)]";
    let (record, summary) = run_at("200/s", PLENTY, "", pause);
    let class = &summary.traffic["c"];
    assert_eq!(class.failed, 0, "nobody has a timeout");
    // What was under way at T+20 s ends 5 s later; what arrived in the pause begins at its end.
    assert!((class.latency_ms.max - 5_100.0).abs() < 120.0 && class.latency_ms.max <= 5_100.0 + 1e-6);
    let series = &record.actual.services["b"];
    let during = |column: &[u64]| -> u64 {
        let window = |at: f64| (at / record.actual.window_s).round() as usize;
        column[window(20.0)..window(25.0)].iter().sum()
    };
    assert_eq!((during(&series.admitted), during(&series.completed)), (0, 0), "nothing moves");
    assert!(summary.services["b"].peak_queue > 900);
    // 20 attempts were under way: each held its thread for exactly the pause longer.
    let finished = series.completed.iter().sum::<u64>() as f64;
    let longer = (summary.services["b"].mean_service_ms / 1e3 - 0.1) * finished;
    let under_way = (longer / 5.0).round();
    assert!((8.0..35.0).contains(&under_way) && (longer - 5.0 * under_way).abs() < 0.01, "{longer} s longer");
    assert_eq!(summary.propagation[0].via, "pause");
}

#[test]
fn timers_of_a_paused_caller_run_when_it_wakes_after_its_replies() {
    // `a` pauses; replies of `b` (100 ms) and timeouts (150 ms) both fall due in the pause: the replies came first.
    let pause = "faults: [Fault(at: \"T+20s\", for: \"5s\", on: \"a\", effect: Pause)]";
    let (_, summary) = run_at("200/s", PLENTY, "timeout: \"150ms\"", pause);
    assert_eq!(summary.services["b"].failed, 0, "{:?}", summary.services["b"]);
    assert_eq!(summary.traffic["c"].failed, 0);
    // A timeout that falls due before the reply does come first, although nobody could see it.
    let (_, summary) = run_at("200/s", PLENTY, "timeout: \"99ms\", cancel: Never", pause);
    assert_eq!(summary.services["b"].ok, 0, "{:?}", summary.services["b"]);
    // At equal times the reply is first.
    let (_, summary) = run_at("200/s", PLENTY, "timeout: \"100ms\"", pause);
    let late = summary.services["b"].ok;
    assert!((8..35).contains(&late), "those under way when the pause began: {late}");
}

#[test]
fn work_is_rescaled_by_what_remains_of_it_when_the_pause_began() {
    // Half-way through its pause the replica becomes three times slower, for ever: what was under way keeps what it had
    // done, and the rest of it takes three times as long.
    let faults = "faults: [Fault(at: \"T+20s\", for: \"4s\", on: \"b\", effect: Pause),
        Fault(at: \"T+22s\", on: \"b\", effect: Slow(3))]";
    let (record, _) = run_at("200/s", PLENTY, "", faults);
    let busy = &record.actual.services["b"];
    let window = |at: f64| (at / record.actual.window_s).round() as usize;
    // Under way at T+20 s were 20 attempts with 50 ms left on average; tripled they need 150 ms on average, 300 ms at most.
    let done: u64 = busy.completed[window(24.0)..window(24.3)].iter().sum();
    let before: u64 = busy.completed[window(24.0)..window(24.1)].iter().sum();
    assert!((8..35).contains(&done), "{done}");
    assert!(before < done * 6 / 10, "a third of them would be done in 100 ms: {before} of {done}");
}

#[test]
fn a_new_process_has_a_closed_breaker() {
    // The breaker of `a` opens on a failing `b` and would stay open to the end; `a` is restarted after `b` has recovered.
    let faults = "faults: [Fault(at: \"T+10s\", for: \"5s\", on: \"b\", effect: Errors(\"100%\")),
        Fault(at: \"T+30s\", on: \"a\", effect: Restart)]";
    let breaker = "breaker: Consecutive(failures: 5, open_for: \"10m\")";
    let (record, summary) = run_at("100/s", PLENTY, breaker, faults);
    let breakers: Vec<_> =
        record.actual.transitions.iter().filter(|t| t.kind == "breaker").map(|t| t.state).collect();
    assert_eq!(breakers, ["open", "closed"]);
    assert!(summary.traffic["c"].ok > 2_500, "10 s before, 20 s after: {}", summary.traffic["c"].ok);
}

#[test]
fn a_breaker_that_opens_by_itself_is_seen_on_time() {
    let errors = "faults: [Fault(at: \"T+10s\", for: \"50s\", on: \"b\", effect: Errors(\"100%\"))]";
    let breaker =
        "breaker: Resilience4j(window: Calls(10), min_calls: 10, open_for: \"7s\", automatic: true)";
    let (record, _) = run_at("100/s", PLENTY, breaker, errors);
    let at = |state: &str| {
        record.actual.transitions.iter().find(|t| t.kind == "breaker" && t.state == state).unwrap().at_s
    };
    assert!((at("half-open") - at("open") - 7.0).abs() < 1e-9, "{} {}", at("open"), at("half-open"));
}

#[test]
fn a_pause_puts_off_a_start_up() {
    let faults = "faults: [Fault(at: \"T+10s\", on: \"b\", effect: Restart), Fault(at: \"T+12s\", for: \"20s\", on: \"b\", effect: Pause)]";
    let (record, summary) = run(&format!("{PLENTY}, restart: Restart(startup: \"5s\")"), "", faults);
    let ready = record.actual.transitions.iter().find(|t| t.kind == "replica" && t.state == "ready").unwrap();
    assert!((ready.at_s - 35.0).abs() < 1e-9, "{}", ready.at_s);
    assert_eq!(summary.services["b"].restarts, 1);
}

#[test]
fn a_token_is_not_spent_on_a_retry_that_has_no_time() {
    let errors = "faults: [Fault(at: \"T+10s\", for: \"50s\", on: \"b\", effect: Errors(\"100%\"))]";
    let retries = |deadline: &str| {
        let policy = format!(
            "deadline: \"{deadline}\", retry: Retry(max_attempts: 2, backoff: Fixed(\"200ms\"), budget: Tokens(share: \"0%\", capacity: 30))"
        );
        let (_, summary) = run_at("20/s", PLENTY, &policy, errors);
        let call = &summary.calls["a -> b"];
        call.attempts - call.first_attempts
    };
    assert_eq!((retries("10s"), retries("150ms")), (30, 0));
}

/// A thread that becomes free counts before the queue is full: two calls in a row without any network in between lose no
/// more than with a network of a microsecond.
#[test]
fn a_thread_just_freed_makes_room() {
    let loss = |network: &str| {
        let text = format!(
            "Scenario(format: 1, name: \"twice\", warm_up: \"10s\", horizon: \"10m\", seed: 5,
            services: {{
                \"a\": Service(threads: 1000, operations: {{ \"op\": [Call(\"b.op\"), Call(\"b.op\")] }}),
                \"b\": Service(threads: 1, queue: Fifo(capacity: 5), operations: {{ \"op\": [Work(Exp(\"10ms\"))] }}),
            }},
            calls: {{ \"a -> b\": Policy(network: Constant(\"{network}\")) }},
            traffic: {{ \"c\": Open(rate: \"60/s\", entry: \"a.op\") }})"
        );
        let summary = replay(&Scenario::parse(&text).unwrap()).summary;
        let b = &summary.services["b"];
        b.failed as f64 / b.attempts as f64
    };
    let (none, tiny) = (loss("0s"), loss("1us"));
    assert!((none - tiny).abs() < 0.01, "{none} against {tiny}");
}

#[test]
fn a_crash_resets_what_was_under_way_and_refuses_what_comes() {
    let crash = "faults: [Fault(at: \"T+20s\", for: \"5s\", on: \"b\", effect: Crash)]";
    let (record, summary) = run(&format!("{PLENTY}, restart: Restart(startup: \"3s\")"), "", crash);
    let b = &summary.services["b"];
    let of = |cause: &str| b.failed_by_cause.get(cause).copied().unwrap_or(0);
    let (reset, refused) = (of("reset"), of("refused"));
    assert!(reset <= 6, "what was under way: {reset}");
    assert!((refused as f64 - 160.0).abs() < 45.0, "20/s for 5 s dead and 3 s starting: {refused}");
    assert_eq!(b.restarts, 1);
    let states: Vec<_> =
        record.actual.transitions.iter().filter(|t| t.kind == "replica").map(|t| (t.at_s, t.state)).collect();
    assert_eq!(states, [(20.0, "down"), (25.0, "starting"), (28.0, "ready")]);
}

#[test]
fn a_balancer_leaves_out_what_does_not_run() {
    let crash = "faults: [Fault(at: \"T+20s\", for: \"5s\", on: Replica(\"b\", 1), effect: Crash)]";
    let (_, summary) = run(&format!("replicas: 3, {PLENTY}"), "retry: Retry(max_attempts: 2)", crash);
    assert_eq!(summary.traffic["c"].failed, 0, "a retry finds another replica");
    assert!(summary.services["b"].failed <= 3, "only what was under way: {}", summary.services["b"].failed);
}

#[test]
fn a_restart_is_a_crash_that_starts_up_at_once() {
    let restart = "faults: [Fault(at: \"T+20s\", on: \"b\", effect: Restart)]";
    let (record, summary) = run(&format!("{PLENTY}, restart: Restart(startup: \"3s\")"), "", restart);
    assert_eq!(summary.services["b"].restarts, 1);
    let ready = record.actual.transitions.iter().find(|t| t.state == "ready").unwrap();
    assert!((ready.at_s - 23.0).abs() < 1e-9);
}

#[test]
fn slowness_rescales_what_is_under_way() {
    let slow = "faults: [Fault(at: \"T+20s\", for: \"10s\", on: \"b\", effect: Slow(3))]";
    let (_, summary) = run(PLENTY, "", slow);
    let latency = summary.traffic["c"].latency_ms;
    assert!((latency.max - 300.0).abs() < 1e-6, "{}", latency.max);
    // A sixth of the time at 300 ms, the rest at 100 ms; at both edges a mixture of the two.
    assert!((latency.mean - 133.3).abs() < 6.0, "{}", latency.mean);
}

#[test]
fn injected_errors_hit_their_share() {
    let errors = "faults: [Fault(at: \"T+0s\", for: \"60s\", on: \"b\", effect: Errors(\"30%\"))]";
    let (_, summary) = run_at("200/s", PLENTY, "", errors);
    let share = 1.0 - summary.traffic["c"].availability;
    assert!((share - 0.3).abs() < 4.0 * (0.3 * 0.7 / 12_000.0_f64).sqrt(), "{share}");
    let on_call = "faults: [Fault(at: \"T+0s\", for: \"60s\", on: \"a -> b\", effect: Errors(\"30%\"))]";
    let (_, retried) = run_at("200/s", PLENTY, "retry: Retry(max_attempts: 2)", on_call);
    let share = 1.0 - retried.traffic["c"].availability;
    assert!(
        (share - 0.09).abs() < 4.0 * (0.09 * 0.91 / 12_000.0_f64).sqrt(),
        "independent per attempt: {share}"
    );
}

#[test]
fn a_breaker_opens_on_failures_and_closes_when_they_end() {
    let crash = "faults: [Fault(at: \"T+20s\", for: \"10s\", on: \"b\", effect: Errors(\"100%\"))]";
    let breaker =
        "breaker: Resilience4j(window: Calls(20), min_calls: 20, open_for: \"2s\", half_open_calls: 4)";
    let (record, summary) = run_at("100/s", PLENTY, breaker, crash);
    let call = &summary.calls["a -> b"];
    assert!(call.breaker_opened >= 3 && call.refused > 700, "{call:?}");
    let last = record.actual.transitions.iter().rfind(|t| t.kind == "breaker").unwrap();
    assert_eq!(last.state, "closed");
    assert!(last.at_s < 33.0, "probes find out within its 2 s: {}", last.at_s);
    assert!(summary.services["b"].failed < 60, "what it let through: {}", summary.services["b"].failed);
}

#[test]
fn retries_inside_the_breaker_count_once() {
    let errors = "faults: [Fault(at: \"T+0s\", for: \"60s\", on: \"b\", effect: Errors(\"50%\"))]";
    // Half of the attempts fail, an eighth of the calls: below 40 % for a breaker that sees only calls.
    let breaker = "breaker: Resilience4j(window: Calls(50), min_calls: 50, failure_rate: \"40%\")";
    let (_, inside) =
        run_at("100/s", PLENTY, &format!("{breaker}, retry: Retry(max_attempts: 3, order: Inside)"), errors);
    assert_eq!(inside.calls["a -> b"].breaker_opened, 0);
    let (_, outside) = run_at("100/s", PLENTY, &format!("{breaker}, retry: Retry(max_attempts: 3)"), errors);
    assert!(outside.calls["a -> b"].breaker_opened > 0);
}

#[test]
fn a_retry_budget_bounds_the_load() {
    let errors = "faults: [Fault(at: \"T+10s\", for: \"50s\", on: \"b\", effect: Errors(\"100%\"))]";
    // Over 50 s the tokens allow 10 % and the 5 that were there; the ratio allows 10 % of what the last 10 s before the
    // fault had sent as well: 10 % x 60 s / 50 s.
    for (budget, most) in
        [("Tokens(share: \"10%\", capacity: 5)", 1.105), ("Ratio(share: \"10%\", window: \"10s\")", 1.125)]
    {
        let policy = format!("retry: Retry(max_attempts: 4, budget: {budget})");
        let (_, summary) = run_at("100/s", PLENTY, &policy, errors);
        let amplification = summary.calls["a -> b"].amplification.unwrap();
        assert!((1.08..most).contains(&amplification), "{budget}: {amplification}");
    }
}

#[test]
fn a_probe_sees_what_a_probe_would_see() {
    let monitors = "monitors: { \"health\": Healthy(of: \"b\", window: \"1s\", scrape: \"1s\") }, faults: ";
    let at = |record: &Record, t: f64| {
        record.actual.monitors["health"].samples.iter().find(|s| s.0 >= t).unwrap().1
    };
    let probe = "probe: Probe(interval: \"1s\", timeout: \"500ms\", failures: 3)";
    let pause = format!("{monitors}[Fault(at: \"T+20s\", for: \"10s\", on: \"b\", effect: Pause)]");
    let (record, _) = run(&format!("{PLENTY}, {probe}"), "", &pause);
    let healthy: Vec<f64> = [19.0, 21.0, 25.0, 29.0, 32.0].map(|t| at(&record, t)).to_vec();
    assert_eq!(healthy, [1.0, 1.0, 0.0, 0.0, 1.0], "unhealthy from the third failure to the first success");
    let slow = "probe: Probe(interval: \"5s\", timeout: \"1s\", failures: 3)";
    let (record, _) = run(&format!("{PLENTY}, {slow}"), "", &pause);
    assert!(record.actual.monitors["health"].samples.iter().all(|s| s.1 > 0.5), "a slow probe never notices");
}

#[test]
fn branches_follow_chance_and_header() {
    let text = "Scenario(format: 1, name: \"branches\", warm_up: \"5s\", horizon: \"60s\", seed: 11,
        services: { \"s\": Service(threads: 1000, operations: { \"op\": [
            Branch(Class(\"robots\"), then: [Fail]),
            Branch(Access(Write), then: [Work(Constant(\"40ms\"))], otherwise: [Work(Constant(\"10ms\"))]),
            Branch(Chance(\"25%\"), then: [Work(Constant(\"100ms\"))]),
            Branch(Users(\"20%\"), then: [Fail]),
        ] }) },
        traffic: {
            \"robots\": Open(rate: \"50/s\", entry: \"s.op\"),
            \"writers\": Open(rate: \"200/s\", entry: \"s.op\", access: Write, users: 100),
            \"readers\": Open(rate: \"200/s\", entry: \"s.op\", users: 100000),
        })";
    let summary = replay(&Scenario::parse(text).unwrap()).summary;
    assert_eq!(summary.traffic["robots"].ok, 0);
    let (writers, readers) = (&summary.traffic["writers"], &summary.traffic["readers"]);
    assert!((writers.latency_ms.mean - 65.0).abs() < 3.0 && (readers.latency_ms.mean - 35.0).abs() < 3.0);
    assert!((readers.availability - 0.8).abs() < 0.02, "{}", readers.availability);
}

#[test]
fn work_per_request_is_drawn_once() {
    // A query that takes longer than the timeout takes as long on every retry; one drawn per attempt may be lucky.
    let run = |per: &str| {
        let text = format!(
            "Scenario(format: 1, name: \"per\", warm_up: \"5s\", horizon: \"60s\", seed: 11,
            services: {{
                \"a\": Service(threads: 1000, operations: {{ \"op\": [Call(\"b.op\")] }}),
                \"b\": Service(threads: 1000, operations: {{ \"op\": [Work(Exp(\"100ms\"), per: {per})] }}),
            }},
            calls: {{ \"a -> b\": Policy(timeout: \"100ms\", retry: Retry(max_attempts: 4)) }},
            traffic: {{ \"c\": Open(rate: \"100/s\", entry: \"a.op\") }})"
        );
        1.0 - replay(&Scenario::parse(&text).unwrap()).summary.traffic["c"].availability
    };
    let slow = libm::exp(-1.0);
    assert!((run("Request") - slow).abs() < 0.03, "P(X > timeout)");
    assert!((run("Attempt") - slow.powi(4)).abs() < 0.01, "P(X > timeout)^4");
}

#[test]
fn the_least_loaded_replica_is_preferred() {
    // One of three replicas is ten times slower: round robin sends it a third, least in flight nearly nothing.
    let slow = "faults: [Fault(at: \"T+0s\", for: \"60s\", on: Replica(\"b\", 0), effect: Slow(10))]";
    let service = "replicas: 3, threads: 100";
    let mean = |policy: &str| run_at("60/s", service, policy, slow).1.traffic["c"].latency_ms.mean;
    let (round_robin, random, least) =
        (mean("balancer: RoundRobin"), mean("balancer: Random"), mean("balancer: LeastInFlight"));
    let two = mean("balancer: PowerOfTwo");
    assert!((round_robin - 400.0).abs() < 20.0, "{round_robin}");
    assert!((random - 400.0).abs() < 40.0, "{random}");
    assert!(least < 250.0, "{least}");
    // With probability 1/9 both draws are the slow one, at best.
    assert!((least..round_robin).contains(&two) && two > 100.0 + 900.0 / 9.0 - 20.0, "{two}");
}

#[test]
fn of_two_drawn_replicas_the_one_with_less_to_do_is_taken() {
    // One request every 10 ms on average and 100 ms of work: about ten in flight at 20 replicas of one thread each.
    let waits =
        |policy: &str| run_at("100/s", "replicas: 20, threads: 1", policy, "").1.services["b"].mean_wait_ms;
    let (one, two, all) =
        (waits("balancer: Random"), waits("balancer: PowerOfTwo"), waits("balancer: LeastInFlight"));
    // M/D/1 at 50 % waits for 50 ms, the supermarket queue for much less; with a look at all nobody waits.
    assert!((one - 50.0).abs() < 6.0, "{one}");
    assert!(two < one / 2.5 && two > 3.0, "{two}");
    assert!(all < 0.5, "{all}");
}
