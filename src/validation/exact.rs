//! Scenarios for which theory is exact.

use crate::validation::formulas::{
    arrival_root, deterministic_loss, erlang_a, erlang_b, erlang_c, erlang_c_wait, fork_join_two,
    geometric_attempts, gm1_wait, harmonic, impatient, longest_quantile, mm1_quantile, mmck,
    pollaczek_khinchine, priority_waits, quorum,
};
use crate::validation::{Case, Group, Measured};

const MM1: (&str, &str) = ("mm1", include_str!("../../validation/mm1.ron"));
const MMC: (&str, &str) = ("mmc", include_str!("../../validation/mmc.ron"));
const MMCK: (&str, &str) = ("mmck", include_str!("../../validation/mmck.ron"));
const LOSS: (&str, &str) = ("loss", include_str!("../../validation/loss.ron"));
const MG1: (&str, &str) = ("mg1", include_str!("../../validation/mg1.ron"));
const MGINF: (&str, &str) = ("mginf", include_str!("../../validation/mginf.ron"));
const GM1: (&str, &str) = ("general-arrivals", include_str!("../../validation/general-arrivals.ron"));
const PRIORITY: (&str, &str) = ("priority", include_str!("../../validation/priority.ron"));
const IMPATIENCE: (&str, &str) = ("impatience", include_str!("../../validation/impatience.ron"));
const JACKSON: (&str, &str) = ("jackson", include_str!("../../validation/jackson.ron"));
const FAN_OUT: (&str, &str) = ("fan-out", include_str!("../../validation/fan-out.ron"));
const FORK_JOIN: (&str, &str) = ("fork-join", include_str!("../../validation/fork-join.ron"));
const BUCKET: (&str, &str) = ("token-bucket", include_str!("../../validation/token-bucket.ron"));
const RETRIES: (&str, &str) = ("retry-count", include_str!("../../validation/retry-count.ron"));

const WAIT: &str = "mean wait, ms";
const LOST: &str = "share refused";
const DELAYED: &str = "share that waits";
const QUEUE: &str = "mean queue";
const NUMBER: &str = "mean number";
const TIME: &str = "mean time, ms";
const P50: &str = "median of time, ms";
const P99: &str = "99th percentile of time, ms";

/// Milliseconds of a second.
const MS: f64 = 1e3;

/// All of them.
pub fn exact() -> Vec<Case> {
    let groups = [
        single(),
        many(),
        bounded(),
        general(),
        arrivals(),
        priorities(),
        patience(),
        networks(),
        admission(),
    ];
    groups.into_iter().flatten().collect()
}

fn case(
    name: &'static str,
    parameters: &'static str,
    file: (&'static str, &'static str),
    variant: impl Into<Option<&'static str>>,
) -> Case {
    Case::new(Group::Exact, name, parameters, file, variant)
}

/// Mean number of attempts in the queues of a service with so many threads.
fn queued(measured: &Measured, service: &str, threads: f64) -> f64 {
    let service = measured.service(service);
    service.mean_in_flight - service.utilization * threads
}

fn queue_wait(measured: &Measured) -> f64 {
    measured.service("queue").mean_wait_ms
}

fn pool_wait(measured: &Measured) -> f64 {
    measured.service("pool").mean_wait_ms
}

fn refused(measured: &Measured) -> f64 {
    measured.failed("clients")
}

fn delayed(measured: &Measured) -> f64 {
    let waits = measured.waits("clients");
    waits.waited as f64 / waits.calls as f64
}

fn single() -> Vec<Case> {
    let mm1 = |parameters, variant: Option<&'static str>, lambda: f64| {
        let mu = 100.0;
        case("M/M/1", parameters, MM1, variant)
            .row("share of busy time", lambda / mu, |m| m.service("queue").utilization)
            .row(NUMBER, lambda / (mu - lambda), |m| m.service("queue").mean_in_flight)
            .row(WAIT, lambda / mu / (mu - lambda) * MS, queue_wait)
            .row(P50, mm1_quantile(lambda, mu, 0.5) * MS, |m| m.class("clients").latency_ms.p50)
    };
    vec![
        mm1("rho 0.5", Some("half"), 50.0)
            .row(P99, mm1_quantile(50.0, 100.0, 0.99) * MS, |m| m.class("clients").latency_ms.p99),
        mm1("rho 0.8", None, 80.0),
        case("M/M/1, last come first", "rho 0.8", MM1, "last come").row(WAIT, 0.8 / 20.0 * MS, queue_wait),
        case("M/M/1, users leave", "rho 0.5, after 50 ms, worked off all the same", MM1, "gives up").row(
            "share without an answer",
            libm::exp(-2.5),
            refused,
        ),
        case("M/M/1, split at random", "4 queues, rho 0.7 each", MM1, "four").row(
            WAIT,
            0.7 / 30.0 * MS,
            queue_wait,
        ),
    ]
}

fn many() -> Vec<Case> {
    let mmc = |parameters: &'static str, threads: u32, lambda: f64| {
        case("M/M/c", parameters, MMC, parameters).with_waits().row(
            DELAYED,
            erlang_c(threads, lambda / 10.0),
            delayed,
        )
    };
    let wait = |threads, lambda| erlang_c_wait(threads, lambda, 10.0);
    vec![
        mmc("c=4 a=3", 4, 30.0).row(WAIT, wait(4, 30.0) * MS, pool_wait).row(
            QUEUE,
            30.0 * wait(4, 30.0),
            |m| queued(m, "pool", 4.0),
        ),
        mmc("c=10 a=8", 10, 80.0).row(WAIT, wait(10, 80.0) * MS, pool_wait).row(
            QUEUE,
            80.0 * wait(10, 80.0),
            |m| queued(m, "pool", 10.0),
        ),
        mmc("c=100 a=90", 100, 900.0),
    ]
}

fn bounded() -> Vec<Case> {
    let mmck = |parameters: &'static str, threads: u32, places: u32, lambda: f64| {
        let theory = mmck(threads, places, lambda, 10.0);
        let accepted = lambda * (1.0 - theory.at_least(places));
        case("M/M/c/K", parameters, MMCK, parameters)
            .row(LOST, theory.at_least(places), refused)
            .row(NUMBER, theory.mean(|n| n), |m| m.service("pool").mean_in_flight)
            .row("mean time of the accepted, ms", theory.mean(|n| n) / accepted * MS, |m| {
                m.class("clients").latency_ms.mean
            })
    };
    let loss = |parameters, variant: &'static str| {
        case("M/G/c/c", parameters, LOSS, variant).row(LOST, erlang_b(10, 8.0), refused)
    };
    vec![
        mmck("c=1 K=10 a=0.9", 1, 10, 9.0),
        mmck("c=10 K=20 a=9", 10, 20, 90.0),
        mmck("c=10 K=20 a=12", 10, 20, 120.0),
        loss("c=10 a=8, exponential", "exponential"),
        loss("c=10 a=8, constant", "constant"),
        loss("c=10 a=8, log-normal, cv 1.5", "log-normal"),
        loss("c=10 a=8, hyperexponential", "two kinds"),
    ]
}

fn general() -> Vec<Case> {
    let mg1 = |parameters, variant: &'static str, scv: f64| {
        case("M/G/1", parameters, MG1, variant).row(
            WAIT,
            pollaczek_khinchine(70.0, 0.01, scv) * MS,
            queue_wait,
        )
    };
    vec![
        mg1("rho 0.7, constant", "constant", 0.0),
        mg1("rho 0.7, Erlang-4", "Erlang-4", 0.25),
        mg1("rho 0.7, uniform", "uniform", 1.0 / 3.0),
        mg1("rho 0.7, log-normal, cv 0.5", "log-normal 0.5", 0.25),
        mg1("rho 0.7, log-normal, cv 1.5", "log-normal 1.5", 2.25),
        mg1("rho 0.7, hyperexponential, cv^2 5.5", "two kinds", 5.5),
        case("M/G/infinity", "a=20, log-normal, cv 1.5", MGINF, None)
            .row(NUMBER, 20.0, |m| m.service("crowd").mean_in_flight),
    ]
}

fn arrivals() -> Vec<Case> {
    let (mu, lambda) = (100.0, 80.0);
    let constant = |s: f64| libm::exp(-s / lambda);
    let erlang = |s: f64| libm::pow(2.0 * lambda / (2.0 * lambda + s), 2.0);
    vec![
        case("G/M/1", "rho 0.8, constant gaps", GM1, "D/M/1")
            .row(WAIT, gm1_wait(mu, constant) * MS, queue_wait)
            .row(NUMBER, 0.8 / (1.0 - arrival_root(mu, constant)), |m| m.service("queue").mean_in_flight),
        case("G/M/1", "rho 0.8, Erlang-2 gaps", GM1, "E2/M/1").row(
            WAIT,
            gm1_wait(mu, erlang) * MS,
            queue_wait,
        ),
    ]
}

fn priorities() -> Vec<Case> {
    // Rate, mean and mean square: of an exponential time twice the mean squared.
    let waits = priority_waits(&[(30.0, 0.01, 2e-4), (20.0, 0.02, 8e-4)]);
    vec![
        case("M/G/1 with priorities", "rho 0.3 of 10 ms before 0.4 of 20 ms", PRIORITY, None)
            .with_waits()
            .row("mean wait of the first, ms", waits[0] * MS, |m| wait_of(m, "buyers"))
            .row("mean wait of the second, ms", waits[1] * MS, |m| wait_of(m, "readers")),
    ]
}

/// Mean wait of the users of a class, in milliseconds.
fn wait_of(measured: &Measured, class: &str) -> f64 {
    let waits = measured.waits(class);
    waits.seconds / waits.calls as f64 * MS
}

fn patience() -> Vec<Case> {
    let impatience = |parameters, variant: &'static str, threads: u32, lambda: f64, theta: f64| {
        let theory = erlang_a(threads, lambda, 10.0, theta);
        case("Erlang-A", parameters, IMPATIENCE, variant)
            .with_waits()
            .row(DELAYED, theory.at_least(threads), delayed)
            .row("share that leaves the queue", theta * theory.waiting(threads) / lambda, |m| {
                let waits = m.waits("clients");
                waits.left as f64 / waits.calls as f64
            })
            .row(QUEUE, theory.waiting(threads), |m| m.waits("clients").seconds / m.seconds)
    };
    let all_leave = impatient(10, 120.0, 10.0, 5.0).mean(|n| n);
    vec![
        impatience("c=10 a=9 theta/mu=1/3", "light", 10, 90.0, 10.0 / 3.0),
        impatience("c=10 a=10 theta/mu=1", "critical", 10, 100.0, 10.0),
        impatience("c=10 a=12 theta/mu=1/2", "overloaded", 10, 120.0, 5.0),
        impatience("c=100 a=100 theta/mu=1", "large", 100, 1000.0, 10.0),
        case("Erlang-A, the served leave, too", "c=10 a=12 theta/mu=1/2", IMPATIENCE, "leave at once")
            .row("share that leaves", 5.0 * all_leave / 120.0, refused)
            .row(NUMBER, all_leave, |m| m.service("pool").mean_in_flight),
    ]
}

fn networks() -> Vec<Case> {
    let (front, back) = (2.5, 15.0 / 41.0);
    vec![
        case("Jackson network", "rates 71.4 of 100/s and 21.4 of 80/s", JACKSON, None)
            .row("mean number at the front", front, |m| m.service("front").mean_in_flight)
            .row("mean number at the back", back, |m| m.service("back").mean_in_flight)
            .row("mean time from end to end, ms", (front + back) / 50.0 * MS, |m| {
                m.class("users").latency_ms.mean
            }),
        case("Fan-out", "Exp(100 ms), no queues", FAN_OUT, None)
            .row("both of 2, mean ms", harmonic(2) * 100.0, |m| m.class("two").latency_ms.mean)
            .row("all of 10, mean ms", harmonic(10) * 100.0, |m| m.class("all").latency_ms.mean)
            .row("all of 10, 99th percentile ms", longest_quantile(0.99, 10) * 100.0, |m| {
                m.class("all").latency_ms.p99
            })
            .row("7 of 10, mean ms", quorum(7, 10) * 100.0, |m| m.class("seven").latency_ms.mean)
            .row("first of 10, mean ms", quorum(1, 10) * 100.0, |m| m.class("first").latency_ms.mean),
        case("Fork-join", "n=2 rho 0.7", FORK_JOIN, "n=2")
            .row(TIME, fork_join_two(70.0, 100.0) * MS, |m| m.class("users").latency_ms.mean),
    ]
}

fn admission() -> Vec<Case> {
    let bucket = |parameters, variant: &'static str, rho: f64, burst: u32| {
        case("Token bucket", parameters, BUCKET, variant).row(LOST, deterministic_loss(rho, burst), refused)
    };
    // The store fails for good with p^3, and is asked again up to four times.
    let (disk, store) = (geometric_attempts(0.4, 3), geometric_attempts(0.4 * 0.4 * 0.4, 4));
    vec![
        bucket("0.9 of its rate, burst 10", "below", 0.9, 10),
        bucket("1.2 of its rate, burst 10", "above", 1.2, 10),
        bucket("0.9 of its rate, burst 1", "no burst", 0.9, 1),
        case("Retries, independent failures", "p 40 %, 3 attempts below 4", RETRIES, None)
            .row("attempts for each call of the lower layer", disk, |m| {
                let call = m.call("store -> disk");
                call.attempts as f64 / call.first_attempts as f64
            })
            .row("attempts for each call of the upper layer", store, |m| {
                let call = m.call("shop -> store");
                call.attempts as f64 / call.first_attempts as f64
            })
            .row("attempts at the bottom for each request", disk * store, |m| {
                m.service("disk").attempts as f64 / m.class("users").requests as f64
            }),
    ]
}
