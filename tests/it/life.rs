//! How replicas die and come back, what memory and caches do to them, and restarts by people.

use knockon::analysis::Summary;
use knockon::model::{Forecast, Model};
use knockon::record::Record;
use knockon::scenario::Scenario;

use crate::support::replay;

/// Users of `a`, which calls `b`; both as given.
fn scenario(horizon: &str, rate: &str, b: &str, steps: &str, policy: &str, faults: &str) -> Scenario {
    let text = format!(
        "Scenario(format: 1, name: \"test\", warm_up: \"5s\", horizon: \"{horizon}\", seed: 11,
        services: {{
            \"a\": Service(threads: 5000, queue: Fifo(capacity: Unbounded), operations: {{ \"op\": [Call(\"b.op\")] }}),
            \"b\": Service({b}, operations: {{ \"op\": [{steps}] }}),
        }},
        calls: {{ \"a -> b\": Policy({policy}) }},
        traffic: {{ \"c\": Open(rate: \"{rate}\", entry: \"a.op\") }},
        faults: [{faults}])"
    );
    Scenario::parse(&text).unwrap_or_else(|rejected| panic!("{:?}\n{text}", rejected.diagnostics))
}

fn run_for(horizon: &str, rate: &str, b: &str, steps: &str, policy: &str, faults: &str) -> (Record, Summary) {
    let incident = replay(&scenario(horizon, rate, b, steps, policy, faults));
    (incident.record, incident.summary)
}

/// A minute of 100 ms of work, 50 times a second.
fn run(b: &str, policy: &str, faults: &str) -> (Record, Summary) {
    run_for("60s", "50/s", b, "Work(Constant(\"100ms\"))", policy, faults)
}

const PLENTY: &str = "threads: 1000, queue: Fifo(capacity: Unbounded)";

/// The changes of a replica's state.
fn changes<'r>(record: &'r Record, replica: &str) -> Vec<(f64, &'r str)> {
    let own = record.actual.transitions.iter().filter(|t| t.kind == "replica" && t.subject == replica);
    own.map(|t| (t.at_s, t.state)).collect()
}

/// When a replica came into a state.
fn times(record: &Record, replica: &str, state: &str) -> Vec<f64> {
    changes(record, replica).into_iter().filter(|(_, s)| *s == state).map(|(at, _)| at).collect()
}

#[track_caller]
fn near(found: &[f64], wanted: &[f64]) {
    let fits = found.len() == wanted.len() && found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(fits, "{found:?}, not {wanted:?}");
}

fn crash(at_s: f64, lasts: &str) -> String {
    format!(
        "Fault(name: \"crash at {at_s}\", at: \"T+{at_s}s\", for: \"{lasts}\", on: \"b\", effect: Crash),"
    )
}

/// Crashes of a process a second after it became ready; the last one after ten minutes.
#[test]
fn a_crash_loop_waits_longer_and_longer() {
    let b = format!("{PLENTY}, restart: Restart(startup: \"1s\")");
    let waits = [0.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 0.0, 10.0];
    let (mut at, mut faults, mut starts) = (10.0, String::new(), Vec::new());
    for (death, wait) in waits.into_iter().enumerate() {
        faults.push_str(&crash(at, "1ms"));
        // The fault itself lasts a millisecond.
        let start = at + f64::max(wait, 0.001);
        starts.push(start);
        at = start + 1.0 + if death == 7 { 600.0 } else { 1.0 };
    }
    let (record, summary) = run_for("40m", "1/s", &b, "Work(\"1ms\")", "", &faults);
    near(&times(&record, "b/0", "starting"), &starts);
    assert_eq!((summary.services["b"].restarts, summary.services["b"].oom_kills), (10, 0));
    let immediate = b.replace("startup: \"1s\"", "startup: \"1s\", backoff: Immediate");
    let faults: String = [10.0, 20.0, 30.0].map(|at| crash(at, "1ms")).concat();
    let (record, _) = run(&immediate, "", &faults);
    near(&times(&record, "b/0", "starting"), &[10.001, 20.001, 30.001]);
}

#[test]
fn a_fault_and_the_back_off_run_side_by_side() {
    let b = format!("{PLENTY}, restart: Restart(startup: \"1s\", notice: \"2s\")");
    // 2 s until it is noticed; a back-off of 10 s, longer than the fault; one of 20 s, shorter than the fault.
    let faults = [crash(5.0, "1ms"), crash(10.0, "3s"), crash(22.0, "30s")].concat();
    let (record, _) = run(&b, "", &faults);
    near(&times(&record, "b/0", "starting"), &[7.0, 20.0, 52.0]);
    // Whatever happens to the dead happens to nobody.
    let faults = [crash(10.0, "20s"), crash(15.0, "3s"), crash(16.0, "20s"), crash(45.0, "1ms")].concat();
    let (record, summary) = run(&b, "", &faults);
    near(&times(&record, "b/0", "down"), &[10.0, 45.0]);
    near(&times(&record, "b/0", "starting"), &[36.0, 55.0]);
    assert_eq!(summary.services["b"].restarts, 2);
}

#[test]
fn people_start_a_dead_process_at_once_unless_a_fault_holds_it() {
    let b = format!("{PLENTY}, restart: Restart(startup: \"1s\")");
    let restart =
        |at: &str| format!("Fault(name: \"restart {at}\", at: \"{at}\", on: \"b\", effect: Restart),");
    // Back-off of 10 s from T+13s, cut short; then the next death is the first again.
    let faults = [crash(10.0, "1ms"), crash(13.0, "1ms"), restart("T+15s"), crash(20.0, "1ms")].concat();
    let (record, _) = run(&b, "", &faults);
    near(&times(&record, "b/0", "starting"), &[10.001, 15.0, 20.001]);
    let faults = [crash(10.0, "20s"), restart("T+15s"), crash(40.0, "1ms")].concat();
    let (record, _) = run(&b, "", &faults);
    near(&times(&record, "b/0", "starting"), &[30.0, 40.001]);
}

#[test]
fn start_ups_vary_by_draws_of_their_own() {
    let ready = |more: &str, restart: &str| {
        let b = format!("replicas: 40, {PLENTY}, {more} restart: Restart({restart})");
        let (record, _) = run(&b, "", "Fault(at: \"T+10s\", on: \"b\", effect: Restart)");
        (0..40).map(|n| times(&record, &format!("b/{n}"), "ready")[0] - 10.0).collect::<Vec<f64>>()
    };
    let varied = ready("", "startup: \"10s\", jitter: \"30%\"");
    assert!(varied.iter().all(|length| (7.0..=13.0).contains(length)), "{varied:?}");
    let mean = varied.iter().sum::<f64>() / 40.0;
    // The standard deviation of U(7, 13) is 1.73.
    assert!((mean - 10.0).abs() < 4.0 * 1.73 / 40_f64.sqrt(), "{mean}");
    let (low, high) = varied.iter().fold((20.0, 0.0), |(l, h): (f64, f64), x| (l.min(*x), h.max(*x)));
    assert!(low < 8.0 && high > 12.0, "{low} to {high}");
    let twice = ready("when_full: Silent,", "startup: \"20s\", jitter: \"30%\"");
    near(&twice, &varied.iter().map(|length| 2.0 * length).collect::<Vec<f64>>());
    near(&ready("", "startup: \"10s\""), &[10.0; 40]);
}

/// Room for exactly ten attempts.
const TEN: &str = "memory: Memory(limit: \"1000B\", idle: \"499B\", per_request: \"50B\"), restart: Restart(startup: \"1s\", backoff: Immediate)";

#[test]
fn the_attempt_that_does_not_fit_kills_the_process() {
    let never = "Work(Constant(\"1h\"))";
    let b = format!("threads: 2, queue: Fifo(capacity: Unbounded), {TEN}");
    let (record, summary) = run_for("60s", "4/s", &b, never, "", "");
    let b_seen = &summary.services["b"];
    assert!(b_seen.oom_kills > 10, "{}", b_seen.oom_kills);
    assert_eq!(b_seen.restarts, b_seen.oom_kills);
    // Kills in the warm-up belong to it; all others reset the eleven that did not fit, the first perhaps older ones.
    let resets = b_seen.failed_by_cause["reset"];
    assert!((11 * (b_seen.oom_kills - 1)..=11 * b_seen.oom_kills).contains(&resets), "{resets}");
    assert_eq!(b_seen.peak_queue, 9, "two on threads, nine waiting");
    let states: Vec<&str> =
        changes(&record, "b/0").iter().map(|(_, state)| *state).filter(|state| *state != "ready").collect();
    assert_eq!(states[..6], ["out of memory", "down", "starting", "out of memory", "down", "starting"]);
    // As many as fit kill nobody.
    let full = format!("threads: 2, queue: Fifo(capacity: 8), {TEN}");
    assert_eq!(run_for("60s", "4/s", &full, never, "", "").1.services["b"].oom_kills, 0);
    let full = format!("threads: 11, queue: Fifo(capacity: 0), {TEN}");
    assert!(run_for("60s", "4/s", &full, never, "", "").1.services["b"].oom_kills > 0);
}

#[test]
fn zombies_use_memory_and_are_not_told() {
    let b = format!("threads: 2, queue: Fifo(capacity: Unbounded), {TEN}");
    let work = "Work(Constant(\"1h\"))";
    let (_, summary) = run_for("60s", "4/s", &b, work, "timeout: \"10ms\"", "");
    let b_seen = &summary.services["b"];
    assert!(b_seen.oom_kills > 10, "{}", b_seen.oom_kills);
    let causes = &b_seen.failed_by_cause;
    // Only the last one was still waited for.
    assert!(causes["timeout"] > 9 * b_seen.oom_kills, "{causes:?}");
    assert!(causes["reset"].abs_diff(b_seen.oom_kills) <= 1, "{causes:?}");
    // What is canceled uses nothing.
    let (_, summary) = run_for("60s", "4/s", &b, work, "timeout: \"10ms\", cancel: AtOnce", "");
    assert_eq!(summary.services["b"].oom_kills, 0);
}

#[test]
fn a_lower_limit_kills_at_once() {
    let b = format!("threads: 2, queue: Fifo(capacity: 8), {TEN}");
    let set = "], response: [Act(at: \"T+20s\", does: Set(\"services.b.memory.limit\", \"900B\"))";
    let (record, summary) = run_for("30s", "20/s", &b, "Work(Constant(\"1h\"))", "", set);
    let killed = times(&record, "b/0", "out of memory");
    near(&killed[..1], &[20.0]);
    assert!(summary.services["b"].oom_kills > 2, "{killed:?}");
}

/// The least and the largest number of ready replicas of `b`, from T+0 on.
fn ready(record: &Record, replicas: usize) -> (usize, usize) {
    let mut is_ready = vec![true; replicas];
    let mut counts = (replicas, 0);
    for change in record.actual.transitions.iter().filter(|t| t.kind == "replica") {
        let number: usize = change.subject.strip_prefix("b/").unwrap().parse().unwrap();
        is_ready[number] = change.state == "ready";
        let now = is_ready.iter().filter(|ready| **ready).count();
        counts = (counts.0.min(now), counts.1.max(now));
    }
    assert!(is_ready.iter().all(|ready| *ready), "all came back");
    counts
}

#[test]
fn a_rolling_restart_keeps_the_others_ready() {
    let b = format!("replicas: 5, {PLENTY}, restart: Restart(startup: \"3s\")");
    let restart =
        |how: &str| run(&b, "", &format!("Fault(at: \"T+10s\", on: \"b\", effect: Restart({how}))"));
    for (how, least, over) in [
        ("how: AtOnce", 0, 13.0),
        ("how: Rolling()", 4, 25.0),
        ("how: Rolling(at_once: 2)", 3, 19.0),
        ("how: Rolling(at_once: 9)", 0, 13.0),
    ] {
        let (record, summary) = restart(how);
        assert_eq!(ready(&record, 5), (least, 5), "{how}");
        assert_eq!(summary.services["b"].restarts, 5);
        let last = record.actual.transitions.iter().rfind(|t| t.state == "ready").unwrap();
        near(&[last.at_s], &[over]);
        assert!(summary.services["b"].failed_by_cause["reset"] > 0, "what was in flight was reset");
    }
}

#[test]
fn a_drained_restart_fails_nothing() {
    let b = format!("replicas: 3, {PLENTY}, restart: Restart(startup: \"3s\")");
    let restart = |policy: &str, how: &str| {
        run(&b, policy, &format!("Fault(at: \"T+10s\", on: \"b\", effect: Restart({how}))"))
    };
    let (record, summary) = restart("", "how: Rolling(), drain: \"20s\"");
    assert_eq!((summary.traffic["c"].failed, summary.services["b"].failed), (0, 0));
    assert_eq!(ready(&record, 3), (2, 3));
    let first = changes(&record, "b/0");
    assert_eq!(first.iter().map(|(_, s)| *s).collect::<Vec<_>>(), ["draining", "down", "starting", "ready"]);
    let drained = first[1].0 - first[0].0;
    assert!(drained > 0.0 && drained <= 0.1 + 1e-9, "no longer than what it had: {drained}");
    // Too short a drain resets the rest of what was in flight.
    let (record, summary) = restart("", "how: Rolling(), drain: \"50ms\"");
    let causes = &summary.services["b"].failed_by_cause;
    assert!(causes["reset"] > 0 && causes.len() == 1, "{causes:?}");
    near(&times(&record, "b/0", "down"), &[10.05]);
    // What is on its way to a replica that drains is refused.
    let (_, summary) = restart("network: Constant(\"40ms\")", "how: Rolling(), drain: \"20s\"");
    let causes = &summary.services["b"].failed_by_cause;
    assert!(causes["refused"] > 0 && causes.len() == 1, "{causes:?}");
}

#[test]
fn a_second_restart_takes_the_place_of_the_first() {
    let b = format!("replicas: 4, {PLENTY}, restart: Restart(startup: \"3s\")");
    let faults = "Fault(name: \"one\", at: \"T+10s\", on: \"b\", effect: Restart(how: Rolling())),
        Fault(name: \"two\", at: \"T+14s\", on: \"b\", effect: Restart)";
    let (record, summary) = run(&b, "", faults);
    // One ready, the second under way: all start afresh at T+14s, and nobody at T+16s.
    near(&times(&record, "b/1", "starting"), &[13.0, 14.0]);
    near(&times(&record, "b/2", "starting"), &[14.0]);
    assert_eq!(summary.services["b"].restarts, 6);
}

#[test]
fn people_restart_what_they_name() {
    let b = format!("replicas: 3, {PLENTY}, restart: Restart(startup: \"3s\")");
    let response =
        "], response: [Act(at: \"T+10s\", does: Restart(\"b\", how: Rolling(at_once: 2), drain: \"20s\"))";
    let (record, summary) = run(&b, "", response);
    assert_eq!(ready(&record, 3), (1, 3));
    assert_eq!((summary.services["b"].restarts, summary.traffic["c"].failed), (3, 0));
    let nobody = record.unattended.as_ref().unwrap();
    assert_eq!(nobody.totals.services["b"].restarts, 0);
}

#[test]
fn a_draining_replica_can_pause_and_die() {
    let b = format!("replicas: 2, {PLENTY}, restart: Restart(startup: \"3s\")");
    let restart =
        "Fault(name: \"restart\", at: \"T+10s\", on: \"b\", effect: Restart(how: Rolling(), drain: \"8s\")),";
    let pause = "Fault(name: \"gc\", at: \"T+10.05s\", for: \"4s\", on: Replica(\"b\", 0), effect: Pause)";
    let (record, summary) = run(&b, "", &format!("{restart}{pause}"));
    let states = changes(&record, "b/0");
    let names: Vec<&str> = states.iter().map(|(_, state)| *state).collect();
    assert_eq!(names, ["draining", "paused", "draining", "down", "starting", "ready"]);
    assert!((14.05..14.11).contains(&states[3].0), "the work shifted by the pause: {states:?}");
    assert_eq!(summary.traffic["c"].failed, 0);
    // The pause does not put off the end of the drain.
    let long = pause.replace("4s", "40s");
    let (record, _) = run(&b, "", &format!("{restart}{long}"));
    near(&times(&record, "b/0", "down"), &[18.0]);
    // Its crash is what was wanted anyway: no back-off.
    let (record, _) = run(&b, "", &format!("{}{restart}{}", crash(5.0, "1ms"), crash(10.05, "1ms")));
    let states = changes(&record, "b/0");
    assert_eq!(states[3].1, "draining");
    near(&times(&record, "b/0", "starting"), &[5.001, 10.051]);
}

/// Hits and misses of `b` from one instant to another.
fn lookups(record: &Record, from_s: f64, to_s: f64) -> (u64, u64) {
    let series = &record.actual.services["b"];
    let window = |at: f64| (at / record.actual.window_s).round() as usize;
    let sum = |column: &[u64]| column[window(from_s)..window(to_s)].iter().sum();
    (sum(&series.hits), sum(&series.misses))
}

/// Whether so many hits are within four standard deviations of what these chances make.
#[track_caller]
fn plausible(hits: u64, chances: impl Iterator<Item = f64>) {
    let (mean, variance) = chances.fold((0.0, 0.0), |(m, v), p| (m + p, v + p * (1.0 - p)));
    assert!((hits as f64 - mean).abs() <= 4.0 * f64::sqrt(variance) + 1.0, "{hits} hits, expected {mean}");
}

const ASK: &str = "Lookup(\"profile\", hit: [Work(\"1ms\")], miss: [Work(\"20ms\")])";

fn cache(more: &str) -> String {
    format!(
        "{PLENTY}, restart: Restart(startup: \"1s\"), caches: {{ \"profile\": Warming(hit_ratio: \"80%\", after: 6000{more}) }}"
    )
}

#[test]
fn a_cache_warms_with_each_miss_that_is_answered() {
    let restart = "Fault(at: \"T+20s\", on: \"b\", effect: Restart)";
    let (record, summary) = run_for("120s", "200/s", &cache(""), ASK, "", restart);
    let (hits, misses) = lookups(&record, 0.0, 20.0);
    plausible(hits, (0..hits + misses).map(|_| 0.8));
    // Cold at T+21s, warm 6,000 misses later.
    let mut entries = 0;
    for from in [21.0, 31.0, 41.0, 51.0, 61.0, 71.0, 81.0, 91.0] {
        let (hits, misses) = lookups(&record, from, from + 10.0);
        let per_lookup = misses as f64 / (hits + misses) as f64;
        let held = (0..hits + misses).map(|k| (entries as f64 + k as f64 * per_lookup) / 6_000.0);
        plausible(hits, held.map(|warmth| 0.8 * warmth.min(1.0)));
        entries += misses;
    }
    // ln(1 / (1 - 0.8)) / 0.8 x 6,000 = 12,071 lookups after it was cold.
    assert!(entries > 6_000, "{entries}");
    let misses = lookups(&record, 21.0, 21.0 + 12_071.0 / 200.0).1;
    assert!((5_700..6_300).contains(&misses), "{misses}");
    let b = &summary.services["b"];
    assert_eq!(lookups(&record, 0.0, 120.0), (b.hits, b.misses));
    let twin = &summary.twin.as_ref().unwrap().services["b"];
    assert!(twin.hits > b.hits && twin.hits + twin.misses > 23_000);
}

#[test]
fn a_cache_may_begin_cold_or_start_warm() {
    let restart = "Fault(at: \"T+30s\", on: \"b\", effect: Restart)";
    let more = ", at_begin: \"50%\", after_start: \"100%\"";
    let (record, _) = run_for("60s", "200/s", &cache(more), ASK, "", restart);
    // The warm-up of 5 s asked about 1,000 times.
    let (hits, misses) = lookups(&record, 0.0, 1.0);
    let share = hits as f64 / (hits + misses) as f64;
    assert!((share - 0.8 * 0.68).abs() < 0.15, "{share}");
    let (hits, misses) = lookups(&record, 31.0, 60.0);
    plausible(hits, (0..hits + misses).map(|_| 0.8));
    let always = cache("").replace("6000", "0");
    let (record, _) = run_for("60s", "200/s", &always, ASK, "", restart);
    let (hits, misses) = lookups(&record, 31.0, 60.0);
    plausible(hits, (0..hits + misses).map(|_| 0.8));
}

#[test]
fn a_lookup_takes_one_of_two_ways_and_no_time() {
    let mean = |hit_ratio: &str, steps: &str| {
        let b = cache("").replace("80%", hit_ratio);
        run_for("60s", "50/s", &b, steps, "", "").1.traffic["c"].latency_ms
    };
    assert!((mean("100%", ASK).mean - 1.0).abs() < 1e-9);
    assert!((mean("0%", ASK).mean - 20.0).abs() < 1e-9);
    let only_miss = "Lookup(\"profile\", miss: [Work(\"20ms\")]), Work(\"3ms\")";
    assert!((mean("100%", only_miss).mean - 3.0).abs() < 1e-9);
    assert!((mean("0%", only_miss).mean - 23.0).abs() < 1e-9);
    let nothing = "Work(\"3ms\"), Lookup(\"profile\")";
    assert!((mean("50%", nothing).max - 3.0).abs() < 1e-9);
    // Zombies ask as well.
    let b = cache("");
    let (_, summary) = run_for("60s", "50/s", &b, &format!("Work(\"30ms\"), {ASK}"), "timeout: \"10ms\"", "");
    let b = &summary.services["b"];
    assert!(b.ok == 0 && (b.hits + b.misses).abs_diff(b.attempts) < 10, "{b:?}");
}

/// 2 x 10 threads; 45 ms and every tenth time, or every time, 200 ms more.
#[test]
fn cold_capacity_is_forecast_and_seen() {
    let text = |fault: &str| {
        format!(
            "Scenario(format: 1, name: \"cold\", warm_up: \"20s\", horizon: \"4m\", seed: 3,
            services: {{
                \"user\": Service(replicas: 5, threads: 10, restart: Restart(startup: \"1s\"),
                    caches: {{ \"profile\": Warming(hit_ratio: \"90%\", after: 1000000) }},
                    operations: {{ \"auth\": [Work(Exp(\"45ms\")), Lookup(\"profile\", miss: [Call(\"db.read\")])] }}),
                \"db\": Service(threads: 500, operations: {{ \"read\": [Work(Exp(\"200ms\"))] }}),
            }},
            traffic: {{ \"c\": Open(rate: \"300/s\", entry: \"user.auth\") }}, faults: [{fault}])"
        )
    };
    let scenario = Scenario::parse(&text("")).unwrap();
    let model = Model::compile(&scenario);
    let forecast = Forecast::of(&model);
    let loads: Vec<_> = forecast.services.iter().copied().collect();
    assert!((loads[0].capacity_per_s - 50.0 / 0.065).abs() < 1e-6, "{:?}", loads[0]);
    assert!((loads[0].cold_capacity_per_s - 50.0 / 0.245).abs() < 1e-6, "{:?}", loads[0]);
    assert!((loads[1].attempts_per_s - 30.0).abs() < 1e-9);
    let findings = knockon::model::lint::review(&model, &forecast);
    let cold = findings.iter().find(|finding| finding.code == "L004").unwrap();
    assert!(cold.message.starts_with("cold, `user` holds 204/s of its 300/s"), "{}", cold.message);
    // Warm caches: as busy as forecast. Cold ones: the threads carry what was said, and not more.
    let calm = replay(&scenario).summary;
    assert!((calm.services["user"].utilization / loads[0].utilization() - 1.0).abs() < 0.03);
    let faulty = Scenario::parse(&text("Fault(at: \"T+10s\", on: \"user\", effect: Restart)")).unwrap();
    let record = replay(&faulty).record;
    let series = &record.actual.services["user"];
    let window = |at: f64| (at / record.actual.window_s).round() as usize;
    let done: u64 = series.completed[window(30.0)..window(230.0)].iter().sum();
    assert!((done as f64 / 200.0 / 204.1 - 1.0).abs() < 0.03, "{} a second", done as f64 / 200.0);
}

#[test]
fn a_callee_finishes_for_a_caller_that_is_no_more() {
    let text = "Scenario(format: 1, name: \"orphans\", warm_up: \"5s\", horizon: \"60s\", seed: 11,
        services: {
            \"a\": Service(threads: 1000, operations: { \"op\": [Call(\"b.op\")] }),
            \"b\": Service(threads: 1000, restart: Restart(startup: \"1s\"), operations: { \"op\": [Call(\"c.op\")] }),
            \"c\": Service(threads: 1000, operations: { \"op\": [Work(Constant(\"500ms\"))] }),
        },
        traffic: { \"users\": Open(rate: \"40/s\", entry: \"a.op\") },
        faults: [Fault(at: \"T+20s\", on: \"b\", effect: Restart)])";
    let incident = replay(&Scenario::parse(text).unwrap());
    let (b, c) = (&incident.summary.services["b"], &incident.summary.services["c"]);
    let reset = b.failed_by_cause["reset"];
    assert!((10..35).contains(&reset), "40/s x 0.5 s were in flight: {reset}");
    assert_eq!((c.failed, c.abandoned), (0, reset), "nobody waits for those any more");
    assert!(
        (c.mean_service_ms - 500.0).abs() < 1e-9,
        "they are worked off to the end: {}",
        c.mean_service_ms
    );
    let done: u64 = incident.record.actual.services["c"].completed.iter().sum();
    assert!(done >= c.attempts - c.unfinished, "{done} of {}", c.attempts);
}

#[test]
fn added_latency_holds_a_share_of_the_attempts() {
    let latency = |share: &str, more: &str| {
        let fault = format!(
            "Fault(at: \"T+10s\", for: \"40s\", on: \"b\", effect: Latency(\"50ms\"{share})), {more}"
        );
        run_for("60s", "200/s", PLENTY, "Work(Constant(\"100ms\"))", "", &fault)
    };
    let (record, summary) = latency("", "");
    let seen = summary.traffic["c"].latency_ms;
    assert!(
        (seen.max - 150.0).abs() < 1e-6 && (seen.mean - (100.0 + 50.0 * 40.0 / 60.0)).abs() < 1.0,
        "{seen:?}"
    );
    let twin = record.twin.as_ref().unwrap();
    assert_eq!(record.actual.digests["work/b"], twin.digests["work/b"], "the work itself is the same");
    let (_, summary) = latency(", share: \"30%\"", "");
    let added = (summary.traffic["c"].latency_ms.mean - 100.0) / 50.0 * 60.0 / 40.0;
    assert!((added - 0.3).abs() < 4.0 * f64::sqrt(0.3 * 0.7 / 8_000.0) + 0.01, "{added}");
    // It is not scaled by slowness, but shifted by a pause.
    let (_, summary) = latency("", "Fault(at: \"T+10s\", for: \"40s\", on: \"b\", effect: Slow(3))");
    assert!(
        (summary.traffic["c"].latency_ms.max - 350.0).abs() < 1e-6,
        "{:?}",
        summary.traffic["c"].latency_ms
    );
    let (_, summary) = latency("", "Fault(at: \"T+20s\", for: \"5s\", on: \"b\", effect: Pause)");
    let max = summary.traffic["c"].latency_ms.max;
    assert!(max > 5_100.0 && max <= 5_150.0 + 1e-6, "{max}");
}
